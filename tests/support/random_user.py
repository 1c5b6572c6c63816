"""A user who does random things in the real window, and a log of what must not be lost.

A program of its own, to be killed: ``random_user.py SEED LOG FILE FOLDER NETWORK`` (1: the network
answers, 0: it is never loaded). Each line of the log is what happened, and when (``monotonic``):

    ready 12.3
    beat 12.35             the event loop is alive
    kept 12.4 1f… 2e…      what no file holds from now on: digests of the scenes
    vanished 12.5          somebody removed the folder of what is kept
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtTest import QTest
from scene_files import dumps

from viz import app
from viz.model import autosave
from viz.model.document import Document
from viz.scene import Scene

LEFT = Qt.MouseButton.LeftButton
PAUSE_MS, BEAT_MS = 60, 50

COMMANDS = {
    "select_all": 20, "duplicate": 10, "delete": 10, "group": 10, "ungroup": 10, "centre": 10,
    "undo": 40, "redo": 20, "random": 20, "invert": 5, "lecture_add": 5, "present": 5,
    "play": 3, "save_as": 3, "clear": 2, "new": 1,
}  # fmt: skip
"""How often each command is given."""


def digest(scene: Scene) -> str:
    """What tells a scene from all others, before it is written and once it is back."""
    return hashlib.sha256(dumps(scene).encode()).hexdigest()


class RandomUser:
    """Draws, and gives commands, one every ``PAUSE_MS``."""

    def __init__(self, application: Any, seed: str, log: Path, file: Path, folder: Path) -> None:
        self.window, self.document = application.window, application.document
        self.random, self.file, self.folder = random.Random(seed), file, folder
        self.log = log.open("w", buffering=1)
        self.logged: tuple[str, ...] | None = None
        self.digests: dict[int, tuple[Scene, str]] = {}
        self.window.files.ask = lambda *_: file
        document: Document = self.document
        document.request_changed.connect(self.note)
        document.file_changed.connect(self.note)
        self.timers = []
        for pause, act in ((PAUSE_MS, self.act), (BEAT_MS, lambda: self.write("beat"))):
            timer = QTimer(application)
            timer.timeout.connect(act)
            timer.start(pause)
            self.timers.append(timer)
        self.write("ready")
        self.note()

    def write(self, word: str, *more: str) -> None:
        print(word, time.monotonic(), *more, file=self.log)

    def note(self, *_: object) -> None:
        kept = []
        for drawing in self.document.kept:
            scene = drawing.scene
            if id(scene) not in self.digests:
                self.digests[id(scene)] = scene, digest(scene)
            kept.append(self.digests[id(scene)][1])
        if tuple(kept) != self.logged:
            self.logged = tuple(kept)
            self.write("kept", *kept)

    def act(self) -> None:
        """Draw a stroke, as a rule; else something else."""
        chance = self.random.random()
        if chance < 0.6:
            self.stroke()
        elif chance < 0.9:
            names, weights = zip(*COMMANDS.items(), strict=True)
            (name,) = self.random.choices(names, weights)
            action = self.window.commands.actions[name]
            if action.isEnabled():
                action.trigger()
        elif chance < 0.95:
            QTest.keyClick(self.window.canvas, self.random.choice((Qt.Key.Key_Left, Qt.Key.Key_Up)))
        elif chance < 0.97 and self.file.exists():
            self.window.files.open_paths([str(self.file)])
        elif chance < 0.98:
            set_ = time.time_ns() + self.random.randrange(-(10**18), 10**18)
            autosave.time.time_ns = lambda: set_  # the clock is set, and stands
        elif chance < 0.985:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.write("vanished")
        self.note()

    def stroke(self) -> None:
        canvas, scene = self.window.canvas, self.document.scene
        canvas.set_tool(self.random.choice(("pen", "pen", "pen", "eraser")))
        points = [
            canvas.to_widget(
                self.random.uniform(0, scene.width), self.random.uniform(0, scene.height)
            ).toPoint()
            for _ in range(self.random.randint(1, 5))
        ]
        self.pull(points)

    def pull(self, points: list[QPoint]) -> None:
        canvas = self.window.canvas
        QTest.mousePress(canvas, LEFT, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(canvas, point)
        QTest.mouseRelease(canvas, LEFT, pos=points[-1])


def main(seed: str, log: str, file: str, folder: str, network: str) -> int:
    start = app.Application.start

    def start_and_use(self: Any) -> None:
        if network == "1":
            start(self)
        self.user = RandomUser(self, seed, Path(log), Path(file), Path(folder))

    app.Application.start = start_and_use
    return app.run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
