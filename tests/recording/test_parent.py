"""A process that works for a window which is killed ends soon, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

PATIENCE_S = 60.0

DEAF = """
import signal, sys, time
from pathlib import Path
from viz.recording import parent

signal.signal(signal.SIGINT, signal.SIG_IGN)  # as one that is in the middle of a long computation
part = Path(sys.argv[1])
parent.end_with_parent(part.unlink)
part.touch()
time.sleep(600)
"""

WINDOW = """
import os, subprocess, sys
from viz.recording.parent import VARIABLE
environment = {**os.environ, VARIABLE: str(os.getpid())}
child = subprocess.Popen([sys.executable, *sys.argv[1:]], env=environment)
print(child.pid, flush=True)
child.wait()
"""

RECORDING = """
import sys
from pathlib import Path
from PyQt6.QtCore import QCoreApplication
from viz.engine.engine import Engine
from viz.recording.render_process import RenderProcess
from viz.session.session import Playback, Session
from viz.scene import Scene

qapp = QCoreApplication([])
process = RenderProcess(Engine(), qapp)
process.counted.connect(lambda *frames: print(process._number, flush=True))
process.ended.connect(qapp.exit)
session = Session(Scene(), demonstration=Playback("dancing"))
options = ["--out", sys.argv[1], "--size", "911x512", "--rate", "50"]
process.start(Path(sys.argv[1]), options, session)
qapp.exec()
"""


def killed(command: list[str]) -> psutil.Process:
    """Start a window, which tells the number of its child, and kill it; the child."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environment
    ) as window:
        assert window.stdout is not None
        child = psutil.Process(int(window.stdout.readline()))
        window.send_signal(signal.SIGKILL)
    return child


def ends(child: psutil.Process) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "it outlived its parent"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_child_that_hears_nothing_ends_and_leaves_nothing(tmp_path: Path) -> None:
    part = tmp_path / "film.part"
    ends(killed(["-c", WINDOW, "-c", DEAF, str(part)]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_while_recording_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("film", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    ends(killed(["-c", RECORDING, str(tmp_path / "film" / "a.gif")]))
    assert [list((tmp_path / name).iterdir()) for name in ("film", "temporary")] == [[], []]
