"""Limits: how many, how far and how large, the same for editing and for files.

A record's limits stand beside its fields, as ``Annotated[float, Between(0, 1)]``: the codec
(``viz/session/codec.py``) holds files to them, ``viz/scene/capacity.py`` what is edited, so that
whatever was drawn can be saved, and whatever was saved can be opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

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


@dataclass(frozen=True)
class AtMost:
    """So many characters of a text, or entries of a list, at the most; ``least`` at the least."""

    most: int
    least: int = 0


@dataclass(frozen=True)
class Known:
    """A name out of those that the reader of a file is given for this ``kind``."""

    kind: str


@dataclass(frozen=True)
class OneOf:
    """One of these names."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class PointList:
    """Points (N, 2), N ≥ 1, in pixels, none farther than ``farthest`` along an axis."""

    farthest: float = FARTHEST


@dataclass(frozen=True)
class GreyPicture:
    """A picture (h, w) of float32 in [0, 1], which a file keeps as a PNG under the name ``key``."""

    key: str = "png"


REQUIRED = "required"
"""A file must have this field, although the record has a default for it."""

APART = "apart"
"""This field stands elsewhere in the file."""

Coordinate = Annotated[float, Between(-FARTHEST, FARTHEST)]
Name = Annotated[str, AtMost(MOST_NAME)]


@cache
def hints_of(record: Any) -> Mapping[str, Any]:
    """The types of a dataclass's fields by name, with their limits."""
    hints = get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in fields(record)}


@cache
def ranges_of(record: Any) -> Mapping[str, Between]:
    """The ranges of those fields of a dataclass that are numbers."""
    found = {}
    for name, hint in hints_of(record).items():
        for limit in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
            if isinstance(limit, Between):
                found[name] = limit
    return found
