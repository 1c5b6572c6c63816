"""Whether a window can be opened here, asked before Qt is, because Qt aborts the process if not;
and whether there is a font, which Qt has to be asked.

Two things go wrong on Linux: there is no display, or a shared library that Qt's platform plugin
needs is not installed. Loading the plugin finds the second; its libraries stay loaded for Qt, so
asking costs next to nothing. Windows and macOS always have a display.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from pathlib import Path

from viz.i18n import tr


def obstacle() -> str | None:
    """Say in one sentence why no window can be opened; return None if one can."""
    if not sys.platform.startswith("linux"):
        return None
    # Qt takes the first that works of platforms separated by ";", each with options after ":".
    chosen = os.environ.get("QT_QPA_PLATFORM", "").split(";")
    names = [name for part in chosen if (name := part.split(":")[0].strip().lower())]
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    reasons = []
    for name in names or ["wayland", "xcb"]:
        if name == "xcb" and not display:
            continue
        if name.startswith("wayland") and not (wayland and _wayland_answers(wayland)):
            continue
        if reason := _unloadable(name):
            reasons.append(reason)
        elif name != "xcb" or _x_server_answers():
            return None
    if reasons:
        return reasons[0]
    if display or wayland:
        return tr("The display {display} cannot be opened.", display=display or wayland)
    return tr("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).")


def _unloadable(name: str) -> str | None:
    """A sentence that says why Qt cannot load the platform ``name``, or None if it can."""
    plugin = f"libq{name.split('-')[0]}.so"  # wayland-egl is in the plug-in of wayland
    folders = _plugin_folders()
    if folders and not any((folder / plugin).is_file() for folder in folders):
        return tr("Qt has no platform {name}; unset QT_QPA_PLATFORM.", name=repr(name))
    return missing_library(plugin)


def _wayland_answers(name: str) -> bool:
    """Whether a Wayland compositor accepts a connection."""
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / name
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(path)) == 0
    except OSError:  # a path longer than an address can hold
        return False


def _x_server_answers() -> bool:
    """Whether the X server named by DISPLAY accepts us, its access control included."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = bool(xcb.xcb_connection_has_error(connection) == 0)
    xcb.xcb_disconnect(connection)
    return answers


def missing_library(plugin: str) -> str | None:
    """Name in a sentence the library which keeps a platform plugin from loading, if any.

    ``plugin``: a file name, such as ``libqoffscreen.so``. None where there is no such file.
    """
    for folder in _plugin_folders():
        file = folder / plugin
        try:
            if file.is_file():
                ctypes.CDLL(str(file))
        except OSError as error:
            return tr(
                "Qt cannot start because a system library is missing ({error}); on Debian and "
                "Ubuntu `make run` installs it.",
                error=str(error).split(":")[0],
            )
    return None


def missing_font() -> str | None:
    """Say in one sentence that no font is installed; return None if text can be written.

    To be asked once there is a QApplication: Qt alone knows which fonts it finds. It lists families
    even where there are none, so a digit is looked for.
    """
    from PyQt6.QtGui import QFont, QFontMetrics

    if QFontMetrics(QFont()).inFont("0"):
        return None
    return tr(
        "No font is installed, so no text can be shown; install one, for example the package "
        "fonts-dejavu-core on Debian and Ubuntu."
    )


def _plugin_folders() -> list[Path]:
    """Where Qt looks for platform plug-ins.

    Empty for a distribution's own PyQt6, which keeps its plug-ins, complete, elsewhere.
    """
    package = importlib.util.find_spec("PyQt6")
    own = package.submodule_search_locations if package else None
    candidates = [Path(folder) / "Qt6" / "plugins" / "platforms" for folder in own or ()]
    if not any(folder.is_dir() for folder in candidates):
        return []
    added = os.environ.get("QT_PLUGIN_PATH", "").split(os.pathsep)
    candidates += [Path(folder) / "platforms" for folder in added if folder]
    if folder := os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH"):
        candidates.append(Path(folder))
    return [folder for folder in candidates if folder.is_dir()]
