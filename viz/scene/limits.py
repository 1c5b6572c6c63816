"""Limits: how many, how far and how large, the same for hands and for files.

What a scene file may hold is what a scene may hold: editing refuses or stops at these limits, so
that whatever was drawn can be saved, and whatever was saved can be opened again.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.model import Group, Scene, Transform

MOST_BYTES = 64 << 20
"""Of a scene file. Every picture and point below fits in, at the most that they can take."""

MOST_ITEMS = 10_000
MOST_POINTS = 200_000
MOST_IMAGE_PIXELS = 16 << 20
"""Of all pictures of a scene together."""

MOST_NAME = 1_000
"""Characters."""

FARTHEST = 1e6
"""Pixels from the origin, for points, anchors and shifts."""

Range = tuple[float, float]

WIDTHS: Range = (1e-6, 1e7)
"""Of a pen before its transforms, in pixels."""

INKS: Range = (1e-6, 1)
SIGMAS: Range = (0, 1e3)
SALT_PEPPER: Range = (0, 1)
MOST_SEED = (1 << 63) - 1

TRANSFORMS: dict[str, Range] = {
    "dx": (-FARTHEST, FARTHEST),
    "dy": (-FARTHEST, FARTHEST),
    "scale": (1e-6, 1e6),
    "angle": (-1e6, 1e6),
    "squeeze": (1e-6, 1e6),
    "slant": (-1e6, 1e6),
}

SMALLEST, LARGEST = 1e-3, 100.0
"""How small and large a hand makes a scale or squeeze; ± LARGEST is that of a slant."""


def check_counts(scene: Scene) -> Scene:
    """The scene itself. Raises UserError if it has too many items, points or pixels."""
    if len(scene.items) > MOST_ITEMS:
        raise UserError(
            tr("A drawing has at most {limit} items; delete some of them.", limit=MOST_ITEMS)
        )
    points = pixels = 0
    for item in scene.items:
        if isinstance(item, Group):
            points += sum(len(stroke.points) for stroke in item.strokes)
        else:
            pixels += item.pixels.size
    if points > MOST_POINTS:
        raise UserError(
            tr(
                "A drawing's strokes have at most {limit} points; delete some of them.",
                limit=MOST_POINTS,
            )
        )
    if pixels > MOST_IMAGE_PIXELS:
        raise UserError(
            tr(
                "A drawing's pictures have at most {limit} megapixels together; delete one.",
                limit=MOST_IMAGE_PIXELS >> 20,
            )
        )
    return scene


def check(scene: Scene) -> None:
    """Raises UserError for a scene that, saved, could not be opened again."""
    check_counts(scene)
    _check_transform(scene.transform)
    _check("sigma", scene.noise.sigma, SIGMAS)
    _check("salt_pepper", scene.noise.salt_pepper, SALT_PEPPER)
    _check("seed", scene.noise.seed, (0, MOST_SEED))
    for item in scene.items:
        _check_transform(item.transform)
        if len(item.name) > MOST_NAME:
            raise UserError(tr("A name has at most {limit} letters; shorten it.", limit=MOST_NAME))
        for coordinate in item.anchor:
            _check("anchor", coordinate, (-FARTHEST, FARTHEST))
        if isinstance(item, Group):
            for stroke in item.strokes:
                _check("width_px", stroke.width_px, WIDTHS)
                _check("ink", stroke.ink, INKS)
                _check("points", float(np.abs(stroke.points).max()), (0, FARTHEST))


def _check_transform(transform: Transform) -> None:
    for name, value in asdict(transform).items():
        _check(name, value, TRANSFORMS[name])


def _check(key: str, value: float, allowed: Range) -> None:
    low, high = allowed
    if not low <= value <= high:  # NaN fails this too
        raise UserError(
            tr(
                "This drawing cannot be saved: its “{key}” does not lie in {low}…{high}; undo.",
                key=key,
                low=low,
                high=high,
            )
        )
