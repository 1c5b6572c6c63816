"""Modules: switched in the network that answers, seen on maps, undone, kept, demonstrated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.architecture.demos import SWITCHED, UNEVEN
from viz.chapters.architecture.measure.modules import PLACES, shown_layers
from viz.chapters.registry import by_id, known_ids
from viz.engine.compute import Computer, Nets
from viz.errors import UserError
from viz.measure.inspection import INPUT
from viz.model.document import Document
from viz.model.snapshot import Request
from viz.nets import networks
from viz.nets.modules import NONE, Modules, joined
from viz.scene import Scene
from viz.session import files
from viz.session.session import Session
from viz.views.widgets.network_names import network_name
from viz.views.widgets.segmented import Segmented


def click(control: Segmented, value: object) -> None:
    point = control.option_rect(value).center()
    QTest.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPointF(point).toPoint())


def test_a_click_switches_the_network_and_undo_switches_back(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    lab.document.select_window((0, 2))  # the 3's
    view = lab.show("modules")
    assert view.result.largest == 0 and view.result.now.answer == 10  # none
    click(view.choices["before"], "divisive")
    lab.settle()
    assert lab.document.modules == Modules(before="divisive")
    assert lab.document.snapshot.reading.text == "31"
    assert (view.result.plain.answer, view.result.now.answer) == (10, 3)
    assert view.facts.facts[0].value.startswith("none ")
    assert view.facts.facts[1].value == "3 0.97"
    assert "trained without these modules" in view.facts.facts[3].words
    three = view.bars.groups[3]
    assert three.values == (view.result.plain.probabilities[3], view.result.now.probabilities[3])
    assert three.values[0] < 0.2 < 0.9 < three.values[1]
    np.testing.assert_array_equal(view.before.values, lab.document.snapshot.image)
    np.testing.assert_array_equal(view.after.values, lab.document.snapshot.maps["N0"][0])
    assert "0.3·(x − m)/max(0.05, σ)" in view.formula()
    lab.document.undo_stack.undo()
    lab.settle()
    assert lab.document.modules == NONE and view.choices["before"].value == ""
    assert view.result.largest == 0


def test_each_place_has_its_choices_and_its_maps(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    view = lab.show("modules")
    for place, value, names in (
        ("activation", "tanh", ("in: sums of C1, map 3", "out: C1 map 3")),
        ("behind", "mean", ("in: C1 map 3", "out: N1 map 3")),
        ("pooling", "maxout", ("in: N1 map 3", "out: S2 map 3")),
    ):
        view.restore({"place": place, "map": 3})
        click(view.choices[place], value)
        lab.settle()
        assert (view.before.caption, view.after.caption) == names
        assert [name for name, one in view.choices.items() if one.isVisible()] == [place]
    assert lab.document.modules == Modules(behind="mean", activation="tanh", pooling="maxout")
    assert view.maps.isVisible()
    view.maps.box.setValue(5)
    lab.settle()
    maps = lab.document.snapshot.maps["S2"]
    assert np.array_equal(maps[0], maps[4]) and not np.array_equal(maps[4], maps[5])


def test_what_excludes_each_other_is_said_and_not_done(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    view = lab.show("modules")
    click(view.choices["before"], "mean")
    lab.settle()
    view.restore({"place": "pooling"})
    view.padding.click()
    lab.settle()
    assert lab.document.modules == Modules(before="mean") and not view.padding.value
    assert "exclude each other" in view.facts.facts[3].words
    lab.document.undo_stack.undo()
    lab.settle()
    view.padding.click()
    lab.settle()
    assert lab.document.modules == Modules(padding=1)
    assert lab.document.snapshot.maps["S2"].shape == (20, 15, 31)


def test_layers_are_named_with_modules_and_without() -> None:
    plain = networks.architecture("max")
    assert [shown_layers(plain, place) for place in PLACES] == [
        (INPUT, INPUT), ("C1 pre", "C1"), ("C1", "C1"), ("C1", "S2"),
    ]  # fmt: skip
    both = networks.architecture(joined("max", Modules(before="mean", behind="mean")))
    assert [shown_layers(both, place) for place in PLACES] == [
        (INPUT, "N0"), ("C1 pre", "C1"), ("C1", "N1"), ("N1", "S2"),
    ]  # fmt: skip


def test_the_badge_names_one_module_and_counts_several() -> None:
    assert network_name(joined("max", Modules(before="mean"))) == "max pooling + mean removal"
    two = Modules(before="mean", activation="identity")
    assert network_name(joined("blur", two)) == "blur pooling + 2 modules"


def test_ablated_maps_and_pinned_units_stay_as_far_as_there_are_any(new_lab: NewLab) -> None:
    document = new_lab(UNEVEN).document
    document.toggle_ablation("C1", 4)
    document.set_modules(Modules(behind="mean"), "on")
    document.toggle_ablation("N1", 2)
    assert document.ablated == {"C1": frozenset({4}), "N1": frozenset({2})}
    document.choose_network("max", "off")
    assert document.ablated == {"C1": frozenset({4})}


def test_a_document_refuses_what_its_network_cannot_have() -> None:
    document = Document(UNEVEN)
    with pytest.raises(ValueError, match="padding"):
        document.set_modules(Modules(before="mean", padding=1), "on")
    assert document.network == "max"
    document.open(Scene(32, 32), None, "New drawing", network="max", ablated={}, keep=False)
    assert document.modules == NONE


def test_files_keep_them_and_refuse_others() -> None:
    name = joined("max", Modules(before="divisive", activation="tanh"))
    ablated = {"N0": frozenset({0})}
    text = files.dumps(Session(UNEVEN, network=name, ablated=ablated), known_ids())
    opened = files.parse(text.encode(), known_ids()).session
    assert (opened.network, opened.ablated, opened.scene) == (name, ablated, UNEVEN)
    for bad in ("max+before=magic", "max+", "other+before=mean", "max+padding=1+before=mean"):
        with pytest.raises(UserError):
            files.parse(text.replace(name, bad).encode(), known_ids())
    with pytest.raises(UserError):  # that network has no such layer
        files.parse(text.replace(name, "max").encode(), known_ids())


def test_the_demonstration_shows_that_only_division_reads_31(nets: Nets) -> None:
    demo, compute = by_id("each-module"), Computer(nets)
    assert demo.scene_at(0) is demo.scene_at(3.0) is UNEVEN
    read = {}
    for number, modules in enumerate(SWITCHED):
        time = (number + 0.5) * demo.duration / len(SWITCHED)
        name = demo.network_at(time, "max")
        assert name == joined("max", modules)
        if not (modules.behind or modules.activation or modules.pooling):
            read[modules.before] = compute(Request(1, UNEVEN, network=name)).reading.text
    assert read[""] == "" and read["mean"] == "3" and read["divisive"] == "31"
    assert [kind for kind, text in read.items() if text == "31"] == ["divisive"]
    assert demo.network_at(demo.duration, "max") == demo.network_at(0, "max") == "max"


def test_playing_is_one_step_and_the_next_demonstration_has_no_modules(new_lab: NewLab) -> None:
    lab = new_lab(replace(UNEVEN, items=()))
    player, document = lab.player, lab.document
    document.view.chapter = "architecture"
    player.load(by_id("each-module"))
    player.seek(1.3)
    assert document.modules == Modules(before="mean")
    player.seek(2.5)
    assert document.modules == Modules(before="high-pass") and not player.taken_over
    document.undo_stack.undo()
    assert document.network == "max" and document.scene.items == ()
    document.undo_stack.redo()
    assert document.modules == Modules(before="high-pass")
    player.load(by_id("each-module"))
    player.seek(1.3)
    player.load(by_id("one-window-then-a-row"))
    assert document.network == "max"


def test_a_click_takes_the_demonstration_over(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    lab.document.view.chapter = "architecture"
    view = lab.show("modules")
    lab.player.load(by_id("each-module"))
    lab.player.seek(1.3)
    lab.settle()
    click(view.choices["before"], "whitening")
    assert lab.player.taken_over and lab.document.modules == Modules(before="whitening")


def test_a_network_that_cannot_have_modules_says_so(new_lab: NewLab, monkeypatch) -> None:
    lab = new_lab(UNEVEN)
    view = lab.show("modules")
    monkeypatch.setattr("viz.chapters.architecture.modules.goes_with", lambda architecture: False)
    lab.document.ask()
    lab.settle()
    assert "Network menu" in view.message
