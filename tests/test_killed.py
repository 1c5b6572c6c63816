"""A real process that is killed or told to end: what was drawn in it comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from viz.chapters.registry import known_ids
from viz.model import autosave
from viz.scene import Group, Scene
from viz.session import files

PROGRAM = """
import sys
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from viz import app

LEFT = Qt.MouseButton.LeftButton
PAUSE_MS = 100
start = app.Application.start


def drive(self):
    start(self)
    canvas = self.window.canvas
    drawn = 0

    def stroke():
        nonlocal drawn
        x = 4 + drawn % 20
        at = [canvas.to_widget(x, y).toPoint() for y in range(6, 26, 4)]
        QTest.mousePress(canvas, LEFT, pos=at[0])
        for point in at[1:]:
            QTest.mouseMove(canvas, point)
        QTest.mouseRelease(canvas, LEFT, pos=at[-1])
        drawn += 1
        print("drawn", drawn, flush=True)

    stroke()
    if sys.argv[1] == "play":
        QTest.keyClick(self.window, Qt.Key.Key_Space)
        self.window.player.time_changed.connect(lambda time: print("time", time, flush=True))
    else:
        self.timer = QTimer(self)
        self.timer.timeout.connect(stroke)
        self.timer.start(PAUSE_MS)


app.Application.start = drive
sys.exit(app.run())
"""

PATIENCE_S = 60.0


@contextmanager
def program(what: str) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, which draws a stroke and plays, or draws on and on."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PROGRAM, what]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str], word: str, least: float) -> None:
    """Read what the process prints until it says ``word`` and a number of at least so much."""
    assert process.stdout is not None
    for line in process.stdout:
        said, number = line.split()
        if said == word and float(number) >= least:
            return
    pytest.fail(f"the process ended before it said {word} {least}")


def folder_of(home: Path) -> Path:
    return home / "state" / "lenetscope" / "autosave"


def kept(home: Path) -> Scene | None:
    """What a next start brings back."""
    found = autosave.recover(lambda data: files.parse(data, known_ids()), folder_of(home))
    return None if found is None else found[0].session.scene


def strokes(scene: Scene | None) -> int:
    """How many strokes a drawing has."""
    assert scene is not None, "nothing was kept"
    return sum(len(item.strokes) for item in scene.items if isinstance(item, Group))


def wait_for_file(home: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not list(folder_of(home).glob("drawing-*.json")):
        assert process.poll() is None and time.monotonic() < deadline, "nothing was kept in time"
        time.sleep(0.02)


def test_kill_9_while_a_demonstration_plays_costs_no_drawing(own_home: Path) -> None:
    with program("play") as process:
        told(process, "time", 0.01)
        wait_for_file(own_home, process)
        process.send_signal(signal.SIGKILL)
    assert strokes(kept(own_home)) == 1


def test_kill_9_while_stroke_follows_stroke_costs_only_the_last_moments(own_home: Path) -> None:
    with program("draw") as process:
        told(process, "drawn", 30)  # three seconds without a pause of 1.5
        process.send_signal(signal.SIGKILL)
    assert strokes(kept(own_home)) >= 10


@pytest.mark.skipif(
    signal.getsignal(signal.SIGHUP) == signal.SIG_IGN, reason="nohup keeps the program from it"
)
@pytest.mark.parametrize(("what", "number"), [("play", signal.SIGTERM), ("draw", signal.SIGHUP)])
def test_a_signal_to_end_keeps_the_drawing_and_ends(
    what: str, number: signal.Signals, own_home: Path
) -> None:
    with program(what) as process:
        told(process, "time" if what == "play" else "drawn", 0.01)
        process.send_signal(number)
        assert process.stdout is not None
        drawn = [line.split()[1] for line in process.stdout if line.startswith("drawn")]
        assert process.wait(PATIENCE_S) == 128 + number
    assert strokes(kept(own_home)) == int(drawn[-1] if drawn else 1)
