"""Preferences that outlive the program: one row per preference, kept by QSettings."""

from __future__ import annotations

import json
import math

from PyQt6.QtCore import QByteArray, QSettings

DEFAULTS: dict[str, str | bool | int | float] = {
    "theme": "system",  # or "light", "dark"
    "projection": False,
    "pre_activation": False,
    "pixel_grid": True,
    "edges": True,
    "pen_width": 2.4,
    "handwriting": "",
    "folder": "",
    "weights_folder": "",
}

MOST_WEIGHTS = 200
"""Opened weights that are noted."""

CHOICES = {"theme": ("system", "light", "dark")}
RANGES = {"pen_width": (0.3, 20.0)}

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
    except (TypeError, ValueError):
        return default
    if value not in CHOICES.get(name, (value,)):
        return default
    low, high = RANGES.get(name, (-math.inf, math.inf))
    if isinstance(value, float) and not low <= value <= high:  # NaN is in no range
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


def noted_weights() -> list[tuple[str, str]]:
    """List (file, SHA-256) of the weights that the user opened here, the latest first.

    Kept whether or not preferences are remembered: a drawing opens no others.
    """
    try:
        stored = json.loads(str(_settings().value("weights") or "[]"))
        return [(str(file), str(checksum)) for file, checksum in stored]
    except (ValueError, TypeError):
        return []


def note_weights(file: str, checksum: str) -> None:
    """Note that the user opened these weights."""
    noted = [(file, checksum), *(one for one in noted_weights() if one != (file, checksum))]
    _settings().setValue("weights", json.dumps(noted[:MOST_WEIGHTS]))


def _settings() -> QSettings:
    return QSettings("LeNetScope", "LeNetScope")
