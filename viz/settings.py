"""Preferences that outlive the program: one row per preference, kept by QSettings."""

from __future__ import annotations

from PyQt6.QtCore import QByteArray, QSettings

DEFAULTS: dict[str, str | bool | int | float] = {
    "theme": "system",  # or "light", "dark"
    "projection": False,
    "pre_activation": False,
    "pixel_grid": True,
    "pen_width": 2.4,
    "handwriting": "",
    "folder": "",
}


def get(name: str) -> str | bool | int | float:
    """A preference, of its default's type; a damaged value counts as the default."""
    default = DEFAULTS[name]
    stored = _settings().value(name)
    if stored is None:
        return default
    if isinstance(default, bool):
        return str(stored).lower() == "true"
    try:
        return type(default)(stored)
    except (TypeError, ValueError):
        return default


def put(name: str, value: str | bool | int | float) -> None:
    """Keep a preference; unknown names are a KeyError."""
    if name not in DEFAULTS:
        raise KeyError(name)
    _settings().setValue(name, value)


def geometry() -> QByteArray | None:
    """The window's place and size of last time."""
    stored = _settings().value("geometry")
    return stored if isinstance(stored, QByteArray) else None


def put_geometry(geometry: QByteArray) -> None:
    """Keep the window's place and size."""
    _settings().setValue("geometry", geometry)


def _settings() -> QSettings:
    return QSettings("LeNetScope", "LeNetScope")
