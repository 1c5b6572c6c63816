"""Limits: how many, how far and how large, the same for editing and for files.

A record's limits stand beside its fields, as ``Annotated[float, Between(0, 1)]``. The codec
(``viz/session/codec.py``) checks them when it writes and when it reads, and edits keep to them:
what was drawn can be saved, and what was saved can be opened again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

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

SMALLEST, LARGEST = 1e-3, 100.0
"""How small and large editing makes a scale or squeeze; ± LARGEST is that of a slant."""


@dataclass(frozen=True)
class Between:
    """A finite number of ``low`` … ``high``, both included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high  # NaN is in no range


@dataclass(frozen=True)
class AtMost:
    """The number of a text's characters or a list's entries: ``least`` … ``most``."""

    most: int
    least: int = 0


@dataclass(frozen=True)
class OneOf:
    """One of these names."""

    names: tuple[str, ...]


POINTS = "points"
"""Points (N, 2), N ≥ 1, none farther than ``FARTHEST`` along an axis."""

WIDTHS = "widths"
"""Widths (N,) at a stroke's N points, in multiples of its pen's: each within ``WIDTH_RANGE``."""

PICTURE = "picture"
"""A picture (h, w) of float32 in [0, 1]."""

REQUIRED = "required"
"""A file must have this field, although the record has a default for it."""

APART = "apart"
"""This field stands elsewhere in the file."""

PEN_WIDTHS = Between(1e-6, 1e7)
"""Pixels, before a stroke's transforms."""

WIDTH_RANGE = Between(0.1, 10)

Coordinate = Annotated[float, Between(-FARTHEST, FARTHEST)]
Name = Annotated[str, AtMost(MOST_NAME)]
