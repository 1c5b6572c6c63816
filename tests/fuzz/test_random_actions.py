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

WINDOWS, ACTIONS = 8, 250
FIRST = number("31")


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
