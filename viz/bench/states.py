"""The live drag in other states of the screen, beside the usual one of the same window.

Short drags take turns, round after round, so that whatever else the machine does falls upon all
states alike; of each state the medians of its drags' p50 and p99 are reported.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from viz import app
from viz.bench.drag import PAUSED_HZ, Drag, opened, scene_to_drag
from viz.model.snapshot import Unit

ROUNDS, WARM_S, DRAG_S = 5, 0.3, 1.2
"""Rounds of all states; seconds of each drag, and of what goes before it."""

UNIT = Unit("C3", 7, 4, 10)
"""In the middle of the map, so that it has edges wherever the digit goes."""

STATES: dict[str, dict[str, Any]] = {
    "usual": {},
    "C1 enlarged": {"enlarged": "C1"},
    "C1:3 enlarged": {"enlarged": "C1:3"},
    "explanation": {"explained": True},
    "unit pinned": {"pinned": UNIT},
    "edges": {"pinned": UNIT, "edges": True},
}
"""What differs from the usual state."""


def enter(
    application: app.Application,
    *,
    enlarged: str = "",
    explained: bool = False,
    pinned: Unit | None = None,
    edges: bool = False,
) -> None:
    """Bring the screen to a state."""
    document = application.document
    view = document.view
    view.enlarged, view.explained, view.edges = enlarged, explained, edges
    if pinned != document.pinned:
        document.pin(pinned)


def latencies(application: app.Application, grip: tuple[float, float]) -> dict[str, Any]:
    """By state: p50 and p99 of a drag in ms."""
    found = {state: list[Any]() for state in STATES}
    drag = Drag(application, grip)
    for _ in range(ROUNDS):
        for state, differs in STATES.items():
            enter(application, **differs)
            drag.press()  # a canvas that goes off the screen lets go
            drag.lead(PAUSED_HZ, WARM_S)
            drag.lead(PAUSED_HZ, DRAG_S)
            drag.release()
            found[state].append(np.percentile(drag.latencies_ms, [50, 99]))
            application.document.undo_stack.undo()  # the digit is back where it was taken
    medians = {state: np.median(each, 0).tolist() for state, each in found.items()}
    return {state: {"p50": p50, "p99": p99} for state, (p50, p99) in medians.items()}


def measure() -> dict[str, Any]:
    """Return the latencies in all states."""
    scene, grip = scene_to_drag(32, 64)
    application = opened(scene)
    figures = latencies(application, grip)
    application.window.close()
    return figures


if __name__ == "__main__":
    print(json.dumps(measure()))
