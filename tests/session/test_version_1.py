"""Files of version 1, written by the program as it was at commit 0ba821f, show the same screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from opening import Open, settled
from pytestqt.qtbot import QtBot
from scene_files import loads

from viz.chapters.registry import chapters, known_ids
from viz.errors import UserError
from viz.model.snapshot import Unit
from viz.session import files
from viz.session.session import Playback, Session

IDS = known_ids()
FOLDER = Path(__file__).parent / "version_1"
FILES = sorted(FOLDER.glob("*.scene.json"))


def opened(name: str) -> Session:
    session = files.load(FOLDER / f"{name}.scene.json", IDS)
    assert isinstance(session, Session)
    return session


def test_the_file_with_settings_in_every_instrument() -> None:
    session = opened("every-instrument")
    assert (session.chapter, session.instrument) == ("binding", "interaction")
    assert session.ablated == {"C1": {5}, "C3": {12}}
    assert session.pinned == Unit("C3", 7, 2, 9)
    assert (session.window, session.kernel) == ((0, 4), 11)
    assert (session.pre_activation, session.pixel_grid) == (True, False)
    assert session.comparison is not None and session.comparison.ablated == session.ablated
    states = session.instruments
    assert states["displacement"] == {"shift": [3.5, -3.0], "partly": False}
    assert states["difference"] == {"layer": "S2", "maps": {"C1": 3, "S2": 7, "C5": 41}}
    assert states["residual"] == {"axis": "y", "layer": "C3"}
    assert states["invariance"] == {"sweep": "angle", "class": 7}
    assert states["pooling-toy"]["operator"]["p"] == 4.0
    assert states["pooling-maps"]["maps"] == {"C1": 4, "C3": 17}
    assert states["pooling-change"]["shift"] == 2.0
    assert states["binding-map"] == {"axes": "ax", "overlay": False}
    assert states["interaction"] == {"marks": False}
    assert states["trajectory"]["part"] == [0, 1]


def test_the_file_of_a_demonstration_half_way() -> None:
    session = opened("demonstration")
    assert (session.chapter, session.instrument) == ("sliding-window", "cost")
    assert session.demonstration == Playback("35-53", 6.4, speed=0.5, loop=False)


def test_the_file_of_a_drawing_with_a_picture_and_noise() -> None:
    session = opened("drawing")
    assert (session.chapter, session.instrument) == ("pooling", "pooling-steps")
    assert (session.network, session.ablated, session.tool) == ("blur", {"C5": {3}}, "eraser")
    assert [item.name for item in session.scene.items] == ["4", "7", "photo of a 1"]
    assert session.scene.noise.seed == 7


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_screen_is_the_same_again(
    file: Path, open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    """Shown by this program and captured again, all that the file says is there; saved as version 2
    and opened once more, too."""
    session = files.load(file, IDS)
    assert isinstance(session, Session)
    application = open_application()
    application.window.session_store.restore(session, file)
    for chapter in chapters():  # so that each instrument takes its settings
        application.document.view.chapter = chapter.id
    application.document.view.chapter = session.chapter
    application.document.select_window(session.window)
    settled(application, qtbot)
    captured = application.window.session_store.capture()
    for name, state in session.instruments.items():
        # Displacement tells where the drawing is, not what was set; Trajectory keeps no path now
        if name not in ("displacement", "trajectory"):
            assert captured.instruments.get(name, {}) == state, name
    for name in (
        "scene", "chapter", "instrument", "network", "ablated", "pinned", "window", "selection",
        "stroke", "tool", "demonstration", "pre_activation", "pixel_grid", "comparison", "kernel",
    ):  # fmt: skip
        assert getattr(captured, name) == getattr(session, name), name
    files.save(captured, tmp_path / "again.scene.json", IDS)
    assert files.load(tmp_path / "again.scene.json", IDS) == captured
    assert json.loads((tmp_path / "again.scene.json").read_text())["version"] == 2


def changed(**changes: Any) -> str:
    data = json.loads((FOLDER / "every-instrument.scene.json").read_text())
    data["session"].update(changes)
    return json.dumps(data)


HOSTILE: dict[str, dict[str, Any]] = {
    "instrument negative": {"instrument": -1},
    "instrument of fractions": {"instrument": 0.5},
    "instrument true": {"instrument": True},
    "pinned short": {"pinned": ["C3", 5]},
    "pinned unknown": {"pinned": ["C9", 5, 2, 3]},
    "pinned a list": {"pinned": [["C3"], 5, 2, 3]},
    "pinned beyond": {"pinned": ["C3", 50, 2, 3]},
    "settings a list": {"settings": []},
    "pre-activation a number": {"settings": {"pre_activation": 1}},
    "kernels null": {"kernels": None},
    "beside a number": {"beside": 8},
    "beside without a scene": {"beside": {}},
    "beside of another format": {"beside": {"scene": {"format": "?", "version": 1}}},
    "beside too wide": {
        "beside": {
            "scene": {"format": "lenetscope-scene", "version": 1, "height": 32, "width": 10**400}
        }
    },
    "instruments a list": {"instruments": []},
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_session_gives_one_sentence(kind: str) -> None:
    with pytest.raises(
        UserError, match=r"^This (is not a LeNetScope scene file: .*|file's .*); .*\.$"
    ):
        loads(changed(**HOSTILE[kind]))


def test_a_tab_that_the_chapter_never_had_is_left_to_the_demonstration() -> None:
    assert loads(changed(instrument=9)).instrument is None
