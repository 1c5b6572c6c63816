"""The end of the program beside a measurement that cannot be broken off: no abort, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import threading
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
import viz.engine.engine
from viz import app
from viz.scene.digits import number

viz.engine.engine.PATIENCE_S = 0.2
begun = threading.Event()

def deaf(nets):
    import torch
    x = torch.ones(300, 300)
    begun.set()
    while True:
        x = (x @ x).clamp(0, 1)

start = app.Application.start

def start_and_measure(self):
    start(self)
    self.engine.measure("deaf", deaf, print)
    self.timer = QTimer(self)
    self.timer.timeout.connect(lambda: begun.is_set() and QApplication.instance().exit(7))
    self.timer.start(20)
    self.document.apply(number("31"), "draw")

app.Application.start = start_and_measure
print("said before the end", end="")
print("returned", app.run())
"""


def test_the_end_beside_work_that_never_pauses(own_home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 7, ended.stderr
    assert ended.stdout == "said before the end"  # written, and the stuck thread never shut down
    assert list((own_home / "state").rglob("drawing-*.json")), "the drawing was not kept"
