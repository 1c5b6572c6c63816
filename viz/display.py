"""Whether a window can be opened here, asked before Qt is, because Qt aborts the process if not.

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
    """One sentence that says why no window can be opened, or None if one can."""
    if not sys.platform.startswith("linux"):
        return None
    chosen = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen not in ("", "xcb", "wayland"):
        return None
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    missing = None
    if chosen != "xcb" and wayland and _wayland_answers(wayland):
        missing = missing_library("libqwayland.so")
        if missing is None:
            return None
    if chosen != "wayland" and display:
        missing = missing_library("libqxcb.so")
        if missing is None and _x_server_answers():
            return None
    if missing is not None:
        return missing
    if display or wayland:
        return tr("The display {display} cannot be opened.", display=display or wayland)
    return tr("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).")


def _wayland_answers(name: str) -> bool:
    """Whether a Wayland compositor accepts a connection."""
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / name
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


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
    """A sentence that names the library which keeps a platform plugin from loading, if any.

    ``plugin``: a file name, such as ``libqoffscreen.so``. None where there is no such file.
    """
    package = importlib.util.find_spec("PyQt6")
    folders = package.submodule_search_locations if package else None
    for folder in folders or ():
        file = Path(folder) / "Qt6" / "plugins" / "platforms" / plugin
        try:
            if file.is_file():  # a distribution's own PyQt6 keeps its plugins, complete, elsewhere
                ctypes.CDLL(str(file))
        except OSError as error:
            return tr(
                "Qt cannot start, a library of the system is missing ({error}); "
                "on Debian and Ubuntu `make run` installs it.",
                error=str(error).split(":")[0],
            )
    return None
