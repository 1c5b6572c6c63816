"""All instruments, as the registry has them: each is named, fits, and survives what comes."""

from __future__ import annotations

import json

import pytest
from lab import NewLab
from PyQt6.QtWidgets import QWidget

from viz.chapters.instrument import Instrument
from viz.chapters.registry import chapters
from viz.nets.modules import Modules, joined
from viz.scene import Scene
from viz.scene.digits import number

LEAST = (560, 130)
"""The place of an instrument in the smallest window."""

KINDS = [kind for chapter in chapters() for kind in chapter.instrument_types()]
IDS = [kind.id for kind in KINDS]


def test_each_has_an_id_of_its_own_and_says_what_it_is() -> None:
    assert len(set(IDS)) == len(IDS)
    for kind in KINDS:
        assert kind.id and kind.title, f"{kind.__name__} needs an id and a title"
        assert kind.tip.rstrip().endswith((".", ")")), f"the tip of {kind.id} is no sentence"
        assert kind.hint.endswith((".", "?")) or kind.hint == "", f"{kind.id}: no sentence"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_each_fits_the_least_place(kind: type[Instrument], theme: str, new_lab: NewLab) -> None:
    view = new_lab(number("31")).show(kind.id, LEAST, theme)
    least = view.minimumSizeHint()
    assert least.width() <= LEAST[0], f"{kind.id} needs {least.width()} px of {LEAST[0]}"
    assert least.height() <= LEAST[1], f"{kind.id} needs {least.height()} px of {LEAST[1]}"
    for part in view.findChildren(QWidget):
        parent = part.parentWidget()
        if part.isVisible() and parent is not None and part.metaObject().className() != "QLabel":
            outside = part.geometry().right() >= parent.width() + 1
            assert not outside, f"{type(part).__name__} of {kind.id} stands beyond its parent"
    image = view.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, LEAST[0], 3) for y in range(0, LEAST[1], 3)}
    assert len(colours) > 3, f"{kind.id} shows nothing"


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_each_survives_what_comes(kind: type[Instrument], new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show(kind.id)
    kept = json.loads(json.dumps(view.state()))
    view.restore(kept)
    view.restore({name: ["nonsense", -1] for name in kept})
    assert json.loads(json.dumps(view.state())) == kept, f"{kind.id} took nonsense for a setting"
    lab.go(Scene(32, 32))
    lab.go(number("7"))
    lab.document.set_network("notes")
    lab.settle()
    modules = Modules("divisive", "variance", activation="absolute", pooling="maxout")
    lab.document.set_network(joined("max", modules))
    lab.settle()
    lab.document.set_network("max")
    view.hide()
    lab.go(Scene(64, 96))
    view.show()
    lab.settle()
