"""The window that is looked at: where it lies on the canvas, and which item it shows."""

from __future__ import annotations

from viz.nets.architecture import Architecture
from viz.scene import Scene
from viz.scene.hits import item_bounds

Box = tuple[int, int, int]
"""Top, left and side of a window, in pixels of the canvas."""


def box_of(
    architecture: Architecture, shape: tuple[int, ...], window: tuple[int, int] | None
) -> Box:
    """Return where a window (row, column) lies on a canvas (H, W), all of it within; the first one
    where there is none."""
    side = architecture.window
    top, left = (
        min(max(0, at * architecture.stride), length - side)
        for at, length in zip(window or (0, 0), shape, strict=True)
    )
    return top, left, side


def item_in(scene: Scene, window: Box) -> int | None:
    """Return the item whose middle lies nearest to that of a window; None of an empty canvas."""
    top, left, side = window
    middle = (left + side / 2, top + side / 2)
    found = []
    for index in range(len(scene.items)):
        box = item_bounds(scene, index)
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        found.append((abs(x - middle[0]) + abs(y - middle[1]), index))
    return min(found)[1] if found else None
