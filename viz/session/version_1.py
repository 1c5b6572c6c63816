"""Version 1 of scene files, read as version 2: what the program wrote up to November 2026.

There an instrument was a tab's number in its chapter, and its settings lay under a class's name;
units were lists, and two settings an object of their own. These tables are history: they never
change.
"""

from __future__ import annotations

from typing import Any

from viz.i18n import tr
from viz.session.codec import SceneFileError, array, mapping, whole, wrong

TABS = {
    "equivariance": (
        "displacement", "difference", "residual", "shift-map", "invariance", "networks",
    ),
    "pooling": ("pooling-toy", "pooling-maps", "pooling-change", "pooling-steps"),
    "binding": ("binding-map", "interaction", "trajectory"),
    "sliding-window": ("reading", "cost", "training"),
}  # fmt: skip
"""Ids of instruments in the order of the tabs that each chapter had."""

CLASSES = {
    "Displacement": "displacement",
    "Difference": "difference",
    "Residual": "residual",
    "ShiftMapView": "shift-map",
    "Sweeps": "invariance",
    "Networks": "networks",
    "PoolingToy": "pooling-toy",
    "PoolingMaps": "pooling-maps",
    "PoolingChange": "pooling-change",
    "PoolingSteps": "pooling-steps",
    "BindingMapView": "binding-map",
    "BindingInteractionView": "interaction",
    "BindingTrajectoryView": "trajectory",
    "SlidingReading": "reading",
    "SlidingCost": "cost",
    "SlidingTraining": "training",
}
"""Ids of instruments by the names of the classes that they had."""

MOST_TABS = 100


def upgraded(session: object, format_: str) -> dict[str, Any]:
    """A session of version 1 as version 2 has it. Raises UserError for what makes no sense; what is
    only carried over is checked later, with the rest."""
    old = mapping(session, "session")
    new = {name: value for name, value in old.items() if name not in _CHANGED}
    settings = mapping(old.get("settings", {}), "settings")
    for name in ("pre_activation", "pixel_grid"):
        if name in settings:
            new[name] = settings[name]
    for name in ("pinned", "hovered"):
        if name in old:
            new[name] = _unit(old[name], name)
    for before, now in (("surest", "focus_window"), ("kernels", "kernel")):
        if before in old:
            new[now] = old[before]
    if "beside" in old:
        new["comparison"] = _comparison(old["beside"], format_)
    new["instrument"] = _instrument(old.get("instrument"), old.get("chapter", "live"))
    states = mapping(old.get("instruments", {}), "instruments")
    new["instruments"] = {CLASSES.get(name, name): state for name, state in states.items()}
    return new


_CHANGED = (
    "settings", "pinned", "hovered", "surest", "kernels", "beside", "instrument", "instruments",
)  # fmt: skip


def _instrument(tab: object, chapter: object) -> str | None:
    if tab is None:
        return None
    number = whole(tab, "instrument", 0, MOST_TABS)
    tabs = TABS.get(chapter, ()) if isinstance(chapter, str) else ()
    return tabs[number] if number < len(tabs) else None


def _unit(value: object, key: str) -> dict[str, Any] | None:
    if value is None:
        return None
    return dict(zip(("layer", "map", "row", "column"), array(value, key, 4, 4), strict=True))


def _comparison(value: object, format_: str) -> dict[str, Any] | None:
    """A of A|B, whose scene was a whole scene file."""
    if value is None:
        return None
    data = mapping(value, "beside")
    scene = mapping(data.get("scene"), "beside")
    if scene.get("format") != format_:
        raise SceneFileError(tr("it has another format"))
    if scene.get("version") != 1:
        wrong("version")
    return data
