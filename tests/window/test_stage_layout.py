"""Stage layout: the canvas is never smaller while presenting or in projection; A is above B."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from opening import run_out, running_out
from painted import columns, tile
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene.digits import number
from viz.window.main_window import MainWindow
from viz.window.record_dialog import Wish
from viz.window.record_strips import RecordStrip


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    application = Application(number("35", height=32, width=64), keep=False)
    window = application.window
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(application.document.snapshot_changed, timeout=20000):
        application.start()
    yield window
    window.close()


def canvas_pixels(window: MainWindow, qtbot: QtBot) -> float:
    document = window.document
    qtbot.waitUntil(
        lambda: document.snapshot is not None and document.snapshot.scene is document.scene,
        timeout=20000,
    )
    places: list[object] = []
    while len(places) < 4 or len(set(places[-4:])) > 1:  # layouts settle in some turns of the loop
        qtbot.wait(10)
        rect = window.canvas.image_rect()
        parts = window.canvas, window.maps, window.kernels, window.transform_panel
        places.append((rect.getRect(), *(part.geometry().getRect() for part in parts)))
    return rect.width() * rect.height()


def top(part: QWidget, window: MainWindow) -> int:
    return part.mapTo(window, part.rect().topLeft()).y()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("canvas", [(32, 64), (48, 64), (32, 80), (64, 64)])
def test_enlarged_text_is_no_reason_for_a_smaller_canvas(
    size: tuple[int, int], canvas: tuple[int, int], window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(*size)
    height, width = canvas
    window.document.apply(number("35", height=height, width=width), "other")
    usual = canvas_pixels(window, qtbot)
    assert window.kernels.isVisible()
    window.commands.actions["projection"].trigger()
    assert canvas_pixels(window, qtbot) >= usual
    below = [part for part in (window.transform_panel, window.kernels) if part.isVisible()]
    assert all(top(part, window) + part.height() <= window.height() for part in below)
    assert window.transform_panel in below
    window.commands.actions["projection"].trigger()
    assert canvas_pixels(window, qtbot) == usual
    assert window.kernels.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_stage_has_the_largest_canvas_and_a_strip_of_scores(
    size: tuple[int, int], window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(*size)
    usual = canvas_pixels(window, qtbot)
    window.view.stage_only = True
    window.stage_layout.arrange()
    assert canvas_pixels(window, qtbot) > 1.5 * usual
    scores = window.maps.scores
    assert top(scores, window) >= top(window.canvas, window) + window.canvas.height()
    assert scores.height() < window.canvas.height()
    window.view.stage_only = False
    window.stage_layout.arrange()
    assert canvas_pixels(window, qtbot) == usual
    assert scores.width() < window.maps.width()
    assert scores.height() > 0.15 * window.height(), "its height is free again"


def test_a_stands_above_b_with_the_same_window_and_its_probability(
    window: MainWindow, qtbot: QtBot
) -> None:
    document = window.document
    document.select_window((0, 4))
    window.resize(1280, 720)
    window.comparison.toggle()
    frozen = window.comparison.frozen
    assert frozen is not None
    canvas_pixels(window, qtbot)
    for above, below in (
        (frozen.caption, frozen.answer),
        (frozen.canvas, window.comparison.caption),
        (window.comparison.caption, window.answer),
        (window.answer, window.canvas),
        (frozen.maps, window.maps.layers.mosaics["C1"]),
    ):
        assert top(above, window) + above.height() <= top(below, window)
    assert frozen.document.shown_window() == (0, 4)
    same = frozen.caption.accessibleDescription()
    assert same
    assert same == window.comparison.caption.accessibleDescription()
    document.select_window((0, 0))
    assert window.comparison.caption.accessibleDescription() != same
    assert frozen.caption.accessibleDescription() == same
    assert frozen.document.shown_window() == (0, 4)
    kept = window.comparison.state()
    assert kept is not None
    assert kept.window == (0, 4)
    window.comparison.toggle()


def test_what_tells_that_all_went_well_goes_by_itself(window: MainWindow) -> None:
    bar = window.messages
    bar.show("Done.", for_ms=60_000)
    assert bar.text == "Done."
    run_out(bar, 60_000)
    assert bar.text == ""
    bar.show("Done.", for_ms=60_000)
    bar.show("This must be read.")
    assert running_out(bar) == []


@pytest.mark.parametrize("projected", [False, True])
def test_a_recording_moves_nothing(
    projected: bool,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window.resize(1280, 720)
    if projected:
        window.commands.actions["projection"].trigger()
    canvas_pixels(window, qtbot)
    before = window.maps.geometry(), window.statusBar().geometry()
    process = window.recorder.process
    monkeypatch.setattr(process, "start", lambda *_: None)
    wish = Wish("mp4", False, (1280, 720), 30, tmp_path / "a.mp4")
    window.recorder.start(wish, window.session_store.capture())
    process.counted.emit(3, 240)
    strip = window.findChild(RecordStrip)
    assert strip is not None
    canvas_pixels(window, qtbot)
    assert strip.cancel.isVisible()
    assert (window.maps.geometry(), window.statusBar().geometry()) == before
    strip.hide()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_projected_controls_are_read_from_the_last_row(
    size: tuple[int, int], window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(*size)
    window.commands.actions["projection"].trigger()
    canvas_pixels(window, qtbot)
    least = size[1] / 45
    assert window.transform_panel.target.font().pixelSize() >= least
    for row in window.transform_panel.rows.values():
        for part in (row.label, row.number):
            assert part.font().pixelSize() >= least
            assert part.height() >= part.fontMetrics().height(), "whole lines"
    assert window.palette_strip.handwritings.font().pixelSize() >= least


@pytest.mark.parametrize("scale", [1.5, 2.0])
@pytest.mark.parametrize("canvas", [(32, 64), (64, 64)])
def test_the_largest_text_leaves_the_canvas_a_third_of_its_side(
    canvas: tuple[int, int], scale: float, window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1920, 1080)
    window.document.apply(number("35", height=canvas[0], width=canvas[1]), "other")
    window.appearance.fix("dark", scale)
    canvas_pixels(window, qtbot)
    side = window.maps.height()
    assert window.canvas.height() >= min(side // 3, window.canvas.useful_height())
    assert not window.kernels.isVisible() or window.canvas.height() >= (
        window.canvas.useful_height()
    )


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("canvas", [(32, 64), (48, 64)])
def test_a_map_stays_at_its_place_in_every_chapter(
    canvas: tuple[int, int], size: tuple[int, int], window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(*size)
    window.document.apply(number("35", height=canvas[0], width=canvas[1]), "other")
    seen = set()
    for chapter in ("live", "pooling", "live", "binding"):
        window.document.view.chapter = chapter
        canvas_pixels(window, qtbot)
        maps, snapshot = window.maps, window.document.snapshot
        assert snapshot is not None
        seen.add(tuple(columns(maps, layer, snapshot) for layer in maps.layers.mosaics))
        for pooled, below in (("S2", "C1"), ("S4", "C3")):
            assert np.less_equal(tile(maps, pooled, snapshot), tile(maps, below, snapshot)).all()
    assert len(seen) == 1
