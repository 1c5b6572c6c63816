"""The real window with an engine that computes when it is told to, and dialogs answered at once:
what happens follows from a seed, but for Qt's own timers."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lab import StepEngine
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QDrag
from PyQt6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMessageBox

from viz import app
from viz.app import Application
from viz.engine.compute import Nets
from viz.recording import transfer
from viz.recording.render_process import RenderProcess
from viz.scene import Scene


class SteppedEngine(StepEngine):
    """Jobs wait for their turn, too."""

    ended, rest_s = True, 0.0

    def __init__(self, nets: Nets) -> None:
        super().__init__(nets)
        self._jobs: deque[Callable[[], None]] = deque()

    def start(self) -> None:
        """There is no thread to start."""

    def stop(self) -> None:
        self._jobs.clear()

    def run_job(
        self,
        job: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._jobs.append(partial(super().run_job, job, done, failed))

    def run_next_job(self) -> bool:
        """Run the job whose turn it is; tell whether there was one."""
        if self._jobs:
            self._jobs.popleft()()
            return True
        return False

    def step(self) -> bool:
        """Run a job; if there is none, answer and measure."""
        return self.run_next_job() or super().step()


def stepped(
    monkeypatch: pytest.MonkeyPatch, nets: Nets, scene: Scene | None = None, *, keep: bool = False
) -> tuple[Application, SteppedEngine]:
    """Open the window with such an engine."""
    engine = SteppedEngine(nets)
    monkeypatch.setattr(app, "Engine", lambda: engine)
    application = Application(scene, keep=keep)
    window = application.window
    window.resize(1280, 720)
    window.show()
    window.activateWindow()
    QApplication.processEvents()
    application.start()
    return application, engine


def answer(engine: SteppedEngine) -> None:
    """Run all jobs, and answer to the state as it is then."""
    while engine.run_next_job() or engine.answer():
        pass


def keep_up(engine: SteppedEngine) -> None:
    """Do that, measure a little, and let the screen show it."""
    answer(engine)
    engine.step()
    QApplication.processEvents()
    answer(engine)


def answer_dialogs(
    monkeypatch: pytest.MonkeyPatch, rng: random.Random, files: Callable[[], list[Path]]
) -> None:
    """Answer every dialog at once, at random: ``files`` are those that there are to choose."""

    def existing(*_: object) -> str:
        return str(rng.choice(files())) if rng.random() < 0.8 else ""

    def decide(dialog: QDialog) -> int:
        rng.choice((dialog.accept, dialog.reject))()
        return dialog.result()

    def render(process: RenderProcess, file: Path, _: list[str], shown: Any) -> None:
        assert transfer.load(BytesIO(transfer.dumps(shown))) == shown
        QTimer.singleShot(0, partial(process.ended.emit, 0))

    folder = files()[0].parent
    patch = monkeypatch.setattr
    patch(QFileDialog, "getOpenFileName", lambda *_: (existing(), ""))
    patch(QFileDialog, "getOpenFileNames", lambda *_: ([f for f in (existing(),) if f], ""))
    patch(QFileDialog, "getSaveFileName", lambda *_: (str(folder / rng.choice("abc")), "PNG"))
    patch(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    patch(QFileDialog, "exec", lambda _: rng.randint(0, 1))
    names = ("a.scene.json", "b.scene.json", "no folder/a.json", "c.lecture.json", "d.lecture.zip")
    patch(QFileDialog, "selectedFiles", lambda _: [str(folder / rng.choice(names))])
    patch(QInputDialog, "getInt", lambda *a: (rng.randint(a[4], a[5]), rng.random() < 0.8))
    patch(QInputDialog, "getItem", lambda *a: (rng.choice(a[3]), rng.random() < 0.8))
    patch(QDialog, "exec", decide)
    patch(QDialog, "open", decide)
    for name in ("about", "critical", "warning", "information", "question"):
        patch(QMessageBox, name, lambda *_: QMessageBox.StandardButton.Ok)
    patch(QDrag, "exec", lambda *_: Qt.DropAction.IgnoreAction)
    patch(RenderProcess, "start", render)
