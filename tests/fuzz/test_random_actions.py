"""Random actions in the real window, dialogs answered at once: nothing raises, and nothing is lost.

Each case is a window of its own. At its end undo leads back to the first scene and redo to the
last, the drawing can be saved, and the screen shows what the scene is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzzing import case, numbers
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from random_hands import Hands
from scene_files import IDS
from stepped_window import answer_dialogs, keep_up, stepped

from viz.app import Application
from viz.engine.compute import Nets
from viz.model import autosave
from viz.scene import rasterize_scene
from viz.scene.digits import number
from viz.session import files
from viz.views import theme as themes
from viz.views.canvas.margin import read_box

WINDOWS, ACTIONS = 8, 250
FIRST = number("31")


def check_canvas(application: Application) -> None:
    """Check that the canvas shows the drawing where windows have their centres, though outlines and
    notes lie over it; an empty canvas shows what it offers, one in little room blends pixels."""
    window, document = application.window, application.document
    document.select(())
    document.pin(None)
    document.hover(None)
    document.view.chapter, document.view.tool = "live", "pen"
    document.view.pixel_grid = False
    keep_up(application.engine)  # type: ignore[arg-type]
    QApplication.processEvents()
    canvas, snapshot = window.canvas, document.snapshot
    assert snapshot is not None
    if not snapshot.scene.items or canvas.image_rect().width() < 2 * snapshot.scene.width:
        return
    shown = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    height, width = snapshot.image.shape
    box = read_box(document.architecture, height, width).toRect().adjusted(1, 1, -1, -1)
    centres = [
        (x, y, canvas.to_widget(x + 0.5, y + 0.5).toPoint())
        for y in range(box.top(), box.bottom())
        for x in range(box.left(), box.right())
    ]
    colours = themes.of(canvas).ink[(snapshot.image * np.float32(255)).astype(np.uint8)]
    wrong = [(x, y) for x, y, at in centres if (shown.pixel(at) ^ int(colours[y, x])) & 0xFFFFFF]
    assert len(wrong) <= len(centres) / 20, f"{len(wrong)} of {len(centres)}: {wrong[:40]}"


def check_end(application: Application, hands: Hands) -> None:
    """Check what holds whatever was done."""
    window, document = application.window, application.document
    hands.leave_all()
    window.player.pause()
    keep_up(hands.engine)
    last, stack = document.scene, document.undo_stack
    saved = files.dumps(window.session_store.capture(), IDS)
    assert (
        files.parse(saved.encode(), IDS).session.scene
        == files.parse(saved.encode(), IDS).session.scene
    )
    count = stack.index()
    while stack.canUndo():
        stack.undo()
    assert document.scene == FIRST
    for _ in range(count):
        stack.redo()
    assert document.scene == last
    keep_up(hands.engine)
    snapshot = document.snapshot
    assert snapshot is not None and snapshot.request.scene == last
    np.testing.assert_array_equal(snapshot.image, rasterize_scene(last))
    check_canvas(application)


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_nothing_that_is_done_in_the_window_raises_or_loses_anything(
    qtbot: QtBot,
    qtlog: Any,
    nets: Nets,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for each in numbers(WINDOWS):
        with case(each) as rng, monkeypatch.context() as patched:
            folder = tmp_path / str(each)
            folder.mkdir()
            application, engine = stepped(patched, nets, FIRST, keep=True)
            failed: list[str] = []
            engine.failed.connect(failed.append)
            hands = Hands(application, engine, rng, folder)
            answer_dialogs(patched, rng, lambda hands=hands: hands.files)
            try:
                with qtbot.capture_exceptions() as raised:
                    for _ in range(ACTIONS):
                        hands.do()
                        assert not raised and not failed
                    check_end(application, hands)
                assert not raised and not failed
                warned = [one.message for one in qtlog.records if not one.ignored]
                assert not warned
            except BaseException as error:
                for _, value, _ in raised:
                    error.add_note(f"raised: {value!r}")
                error.add_note(f"failed: {failed}")
                error.add_note(f"done: {hands.done[-12:]}")
                raise
            finally:
                application.window.close()
                application.dispose()
                autosave.clear()
