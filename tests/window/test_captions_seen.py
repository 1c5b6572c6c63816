"""Captions speak of nothing that is not on the screen."""

from __future__ import annotations

import pytest
from opening import Open, settled
from painted import pixels
from pytestqt.qtbot import QtBot

from viz.scene.digits import number


@pytest.mark.parametrize(
    ("enlarged", "explained", "canvas", "maps"),
    [
        ("", False, True, True), ("", True, True, False), ("canvas", False, True, False),
        ("C3", False, False, True), ("scores", False, False, False),
        ("instrument", False, False, False), ("C3", True, False, True),
    ],
)  # fmt: skip
def test_the_caption_speaks_of_what_is_to_be_seen(
    open_application: Open, qtbot: QtBot, enlarged: str, explained: bool, canvas: bool, maps: bool
) -> None:
    application = open_application(number("31"))
    window, view = application.window, application.document.view
    view.tool = "select"
    settled(application, qtbot)
    view.enlarged, view.explained = enlarged, explained
    settled(application, qtbot)
    assert ("digit" in window.hint_line.hint) == canvas
    assert ("Point at a" in window.hint_line.hint) == maps
    assert ("Esc" in window.hint_line.hint) == (not (canvas and maps))
    view.enlarged, view.explained = "", False
    settled(application, qtbot)
    assert "Point at a unit of a map" in window.hint_line.hint


def test_the_status_line_tells_no_time_of_painting_that_was_none(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window = application.window
    settled(application, qtbot)
    qtbot.waitUntil(lambda: "raster" in window.timing.text())
    for spent, told in ((1.26, "paint 1.3 ms"), (0.04, ""), (2.0, "paint 2.0 ms"), (0.0, "")):
        window.clock.frame_painted.emit(1, spent)  # as where nothing that is timed had to paint
        qtbot.waitUntil(
            lambda told=told: (
                told in window.timing.text() and ("paint" in window.timing.text()) == bool(told)
            )
        )


def test_enlarged_with_nothing_pinned_the_unit_s_place_says_how_to_pin_one(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window, view = application.window, application.document.view
    settled(application, qtbot)
    panel = window.panels.shown
    assert panel is not None
    panel.choose("unit")
    usual = pixels(panel.unit.inspector)
    view.enlarged = "instrument"
    settled(application, qtbot)
    line = 2 * panel.unit.inspector.text_px
    enlarged = pixels(panel.unit.inspector)[:line, : usual.shape[1]]
    assert (enlarged != usual[:line]).any()
