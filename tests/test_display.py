"""Whether a window can be opened, asked without Qt."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QLibraryInfo

from viz import display

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only X and Wayland can be absent"
)

SCREEN = os.environ.get("DISPLAY", "")

VARIABLES = (
    "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, ["DISPLAY"]),
        ({"DISPLAY": ":4321"}, [":4321"]),
        ({"WAYLAND_DISPLAY": "w" * 300}, ["w" * 300]),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "foo"}, ["'foo'", "QT_QPA_PLATFORM"]),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "foo:fullscreen"}, ["'foo'", "QT_QPA_PLATFORM"]),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xbc;foo"}, ["'xbc'", "QT_QPA_PLATFORM"]),
    ],
)
def test_what_is_missing_is_named(
    environment: dict[str, str], named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert all(word in str(display.obstacle()) for word in named)


@pytest.mark.parametrize(
    "platform",
    ["offscreen:enable_fonts", "foo;offscreen", "xcb;offscreen", "Minimal", ";offscreen"],
)
def test_the_first_platform_that_works_is_enough(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert display.obstacle() is None


def test_a_wayland_compositor_that_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind("wayland-7")
        compositor.listen()
        monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        monkeypatch.setattr(display, "missing_library", lambda plugin: None)
        assert display.obstacle() is None
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        assert display.obstacle() is not None


def test_a_plugin_in_a_folder_of_the_users_own_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    offscreen = Path(shipped) / "platforms" / "libqoffscreen.so"
    (tmp_path / "platforms").mkdir()
    (tmp_path / "platforms" / "libqmine.so").symlink_to(offscreen)
    monkeypatch.setenv("QT_QPA_PLATFORM", "mine")
    assert display.obstacle() is not None
    monkeypatch.setenv("QT_PLUGIN_PATH", str(tmp_path))
    assert display.obstacle() is None
    monkeypatch.delenv("QT_PLUGIN_PATH")
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", str(tmp_path / "platforms"))
    assert display.obstacle() is None


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    monkeypatch.setattr(display.ctypes, "CDLL", absent)
    monkeypatch.setenv("DISPLAY", ":0")
    assert "libxcb-cursor.so.0" in str(display.obstacle())


@pytest.mark.xvfb
def test_a_display_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", SCREEN)
    assert display.obstacle() is None


@pytest.mark.parametrize("command", ["run", "render --chapter live --out {out}", "bench"])
def test_without_any_font_it_says_which_to_install(command: str, tmp_path: Path) -> None:
    """And draws no boxes; in a process of its own, because Qt finds fonts once."""
    nothing = tmp_path / "fonts.conf"
    nothing.write_text("<fontconfig></fontconfig>", encoding="utf-8")
    out = tmp_path / "out.png"
    done = subprocess.run(
        [sys.executable, "-m", "viz.cli", *command.format(out=out).split()],
        env={
            **os.environ,
            "FONTCONFIG_FILE": str(nothing),
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("lenetscope: ") and "fonts-dejavu-core" in said
    assert "Error" not in said and "Traceback" not in done.stderr
    assert not out.exists()
