"""Preferences that outlive the program: one row per preference, kept by QSettings."""

from __future__ import annotations

import json
import math
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QByteArray, QSettings

DEFAULTS: dict[str, str | bool | int | float] = {
    "theme": "system",  # or "light", "dark"
    "projection": False,
    "pre_activation": False,
    "pixel_grid": True,
    "edges": True,
    "pen_width": 2.4,
    "pen_pressure": True,
    "handwriting": "",
    "folder": "",
    "weights_folder": "",
    "tour_seen": False,
    "tips_seen": 0,
}

MOST_WEIGHTS = 200
"""Opened weights that are noted."""

MOST_FILES = 8
"""Files that are listed as opened or saved last."""

MOST_CHARACTERS = 4096
"""Of a file's name with its folders: as many as Linux allows."""

CHOICES = {"theme": ("system", "light", "dark")}
RANGES = {"pen_width": (0.3, 20.0), "tips_seen": (0, 1_000_000)}

_remembering = True
_for_now: dict[str, str | bool | int | float] = {}
"""What was put while nothing is remembered."""


def remember(on: bool) -> None:
    """Read and keep preferences, or begin with every default: a rendered picture must look the same
    for every user."""
    global _remembering
    _remembering = on
    _for_now.clear()


def get(name: str) -> str | bool | int | float:
    """Return a preference, of its default's type; a damaged value counts as the default."""
    default = DEFAULTS[name]
    stored = _settings().value(name) if _remembering else _for_now.get(name)
    if stored is None:
        return default
    if isinstance(default, bool):
        return str(stored).lower() == "true"
    try:
        value = type(default)(stored)
    except (TypeError, ValueError, OverflowError):
        return default
    if value not in CHOICES.get(name, (value,)):
        return default
    low, high = RANGES.get(name, (-math.inf, math.inf))
    if not isinstance(value, str) and not low <= value <= high:  # NaN is in no range
        return default
    return value


def put(name: str, value: str | bool | int | float) -> None:
    """Keep a preference. Raises KeyError for an unknown name."""
    if name not in DEFAULTS:
        raise KeyError(name)
    if _remembering:
        _settings().setValue(name, value)
    else:
        _for_now[name] = value


def geometry() -> QByteArray | None:
    """Return the window's place and size of last time."""
    stored = _settings().value("geometry") if _remembering else None
    return stored if isinstance(stored, QByteArray) else None


def put_geometry(geometry: QByteArray) -> None:
    """Keep the window's place and size."""
    if _remembering:
        _settings().setValue("geometry", geometry)


def is_first_start() -> bool:
    """Return whether the program never kept anything for this user."""
    return _remembering and not _settings().allKeys()


def recent_files() -> list[str]:
    """List the files that were opened or saved last, the latest first, each with its folder."""
    files = [file for file in _listed("files") if _is_path(file)] if _remembering else []
    return list(dict.fromkeys(files))[:MOST_FILES]


def note_file(file: Path) -> None:
    """Note that a file was opened or saved."""
    path = str(file.absolute())
    if _remembering and _is_path(path):
        _put_files([path, *(one for one in recent_files() if one != path)])


def forget_files(*files: str) -> None:
    """Forget these files; without any, all of them."""
    if _remembering:
        _put_files([one for one in recent_files() if files and one not in files])


def _is_path(file: object) -> bool:
    """Whether this may stand in a menu and be opened: what a settings file says may be anything."""
    return (
        isinstance(file, str)
        and 0 < len(file) <= MOST_CHARACTERS
        and file.isprintable()
        and Path(file).is_absolute()
    )


def _put_files(files: list[str]) -> None:
    _settings().setValue("files", json.dumps(files[:MOST_FILES]))


def _listed(name: str) -> list[Any]:
    """The list that is kept as JSON under a name; empty if it is damaged."""
    try:
        stored = json.loads(str(_settings().value(name) or "[]"))
    except (ValueError, RecursionError):
        return []
    return stored if isinstance(stored, list) else []


def noted_weights() -> list[tuple[str, str]]:
    """List (file, SHA-256) of the weights that the user opened here, the latest first.

    Kept whether or not preferences are remembered: a drawing opens no others.
    """
    try:
        return [(str(file), str(checksum)) for file, checksum in _listed("weights")]
    except (ValueError, TypeError):
        return []


def note_weights(file: str, checksum: str) -> None:
    """Note that the user opened these weights."""
    noted = [(file, checksum), *(one for one in noted_weights() if one != (file, checksum))]
    _settings().setValue("weights", json.dumps(noted[:MOST_WEIGHTS]))


def _settings() -> QSettings:
    stored = QSettings("LeNetScope", "LeNetScope")
    if _put_aside_if_it_has_objects(stored.fileName()):
        stored = QSettings("LeNetScope", "LeNetScope")
    stored.setFallbacksEnabled(False)  # macOS would answer with the whole system's
    return stored


@cache
def _put_aside_if_it_has_objects(path: str) -> bool:
    """Rename a file of settings in which there are objects, once; tell whether there were any.

    PyQt unpickles these when a value is asked for, and unpickling can execute code. None of the
    values above is written as an object.
    """
    try:
        stored = Path(path).read_bytes()
        plain = re.sub(rb"\\x([0-9a-fA-F]{1,4})|\\([0-7]{1,3})", _character, stored)
        if b"@Variant" not in plain and b"@DateTime" not in plain:
            return False
        os.replace(path, f"{path}.damaged")
    except (OSError, ValueError):
        return False  # there is none, or Qt cannot read it either
    return True


def _character(escape: re.Match[bytes]) -> bytes:
    """What an escape in a file of settings stands for."""
    hexadecimal, octal = escape.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(octal, 8)
    return chr(code).encode(errors="replace")
