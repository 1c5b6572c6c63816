"""What every test is held to: no Qt warning, no unraised exception, no leaked thread, no traces.

Qt warnings and exceptions in slots fail through pytest-qt (``qt_log_level_fail``), exceptions in
threads and destructors through ``filterwarnings = error``; threads and the user's own files are
watched here. Data that a stranger lacks (MNIST, the pen strokes) skips a test with the reason.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt
os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: several tests may run at a time

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from lab import Lab, NewLab
    from opening import Open
    from pytestqt.qtbot import QtBot

    from viz.engine.compute import Nets
    from viz.model.command import Command
    from viz.scene import Scene

# A busy machine is no failure. HYPOTHESIS_PROFILE=thorough searches four times as long.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a real X server where there is none."""
    if os.environ["QT_QPA_PLATFORM"] == "xcb" and os.environ.get("DISPLAY"):
        return
    skip = pytest.mark.skip(reason="needs an X server; `make test` runs it under xvfb-run")
    for item in items:
        if item.get_closest_marker("xvfb"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Preferences, autosave and caches of a test lie in its own folder, never in the user's."""
    from PyQt6.QtCore import QSettings

    from viz.model import settings

    settings.remember(True)  # a window made for a picture switches it off
    home = tmp_path / "home"
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        folder = home / name.lower()
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder))
    QSettings.setPath(
        QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(home / "config")
    )
    return home


@pytest.fixture(autouse=True)
def no_opened_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that a test opens are known to no other one."""
    from viz.nets import networks

    monkeypatch.setattr(networks, "opened", {})


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """A thread that a test started must have ended soon after it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2.0
    while leaked := [t for t in threading.enumerate() if t not in before and not _kept(t)]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads still running after the test: {leaked}")
        leaked[0].join(0.05)


def _kept(thread: threading.Thread) -> bool:
    """tqdm keeps one monitor for the whole process, by design."""
    return type(thread).__module__.startswith("tqdm")


@pytest.fixture
def open_application(qtbot: QtBot) -> Iterator[Open]:
    """Opens the program's window; see ``opening``."""
    from opening import opening

    with opening(qtbot) as open_:
        yield open_


@pytest.fixture(scope="session")
def nets() -> Nets:
    """The program's networks, each read from its file once in a process; to be left unchanged."""
    from viz.engine.compute import Nets

    return Nets()


@pytest.fixture
def new_lab(qtbot: QtBot, nets: Nets) -> Iterator[NewLab]:
    """Joins a document, a player and an engine without threads; see ``lab``."""
    from lab import Lab

    made: list[Lab] = []

    def new(scene: Scene, own: Nets | None = None) -> Lab:
        made.append(Lab(qtbot, scene, own or nets))
        return made[-1]

    yield new
    assert [lab.failures for lab in made] == [[] for _ in made]


@pytest.fixture(scope="module")
def rows(qapp: object) -> Iterator[list[Command]]:
    """The commands that all parts of the program contribute."""
    from viz.app import Application

    application = Application(keep=False)
    yield application.window.commands.rows
    application.window.close()


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The folder with MNIST's four original files."""
    named = os.environ.get("MNIST_DIR")
    folder = Path(named) if named else SHARED / "mnist"
    if not any(folder.glob("t10k-images*")):
        pytest.skip(f"needs MNIST: nothing in MNIST_DIR or {folder}")
    return folder


@pytest.fixture(scope="session")
def strokes_file() -> Path:
    """The pen trajectories of 30 writers."""
    for file in sorted((SHARED / "pendigits").glob("pendigits-orig.tra*")):
        return file
    pytest.skip(f"needs the pen strokes: nothing in {SHARED / 'pendigits'}")
