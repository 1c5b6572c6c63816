"""The user's path as a session keeps it: what its curves show, not the scenes along it.

A session file is not trusted: an invalid entry is not read as a path.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.lane_plot import DRAWN, LaneCurves
from viz.chapters.binding.measure.trajectory import MOST, Key
from viz.errors import UserError
from viz.measure.reading import UNDECIDED
from viz.measure.stroke_selection import StrokeSelection
from viz.nets.architecture import CLASSES
from viz.scene import Scene
from viz.scene.hits import item_frame
from viz.scene.limits import MOST_ITEMS, MOST_POINTS
from viz.session.codec import array, mapping, number, string, whole, wrong

MOST_BYTES = 24_000
"""Of all probabilities; of a path that has more, every second place is kept, or every third …"""

MOST_LANES, MOST_RUNS, MOST_TEXT = 12, 80, 60
LONGEST = 1e6
"""Pixels."""

CHUNK = 150
"""Bytes of one text: what a session takes is limited."""

WHOLE, UNKNOWN = 65_534, 65_535
"""p = 1, and what stands for no p."""

Band = tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, eq=False)
class TrajectoryPath:
    """The lanes of a ``part``'s path, what was read along it, and where it begins and ends; ``of``
    is the ``fingerprint`` of where it led to."""

    part: StrokeSelection
    of: int
    ends: tuple[float, float]
    lanes: tuple[LaneCurves, ...]
    band: Band

    def as_state(self) -> dict[str, Any]:
        """As JSON can hold it: p in steps of 1/65534, and only of the classes that are drawn."""
        lanes = self.lanes[:MOST_LANES]
        xs = lanes[0].xs if lanes else np.zeros(0)
        drawn = [_drawn(lane.probabilities) for lane in lanes]
        before = [_before(lane, xs) for lane in lanes]
        drawn_before = [_drawn(values) if values is not None else [] for values in before]
        size = 2 * len(xs) * sum(map(len, (*drawn, *drawn_before)))
        thin = slice(None, None, max(1, -(-size // MOST_BYTES)))
        return {
            "part": [self.part.item, self.part.stroke],
            "of": self.of,
            "ends": list(self.ends),
            "xs": _texts(xs[thin].astype("<f4")),
            "lanes": [
                {
                    "now": _out(lane.probabilities[:, thin], classes),
                    "before": None if old is None else _out(old[:, thin], old_classes),
                }
                for lane, classes, old, old_classes in zip(
                    lanes, drawn, before, drawn_before, strict=True
                )
            ],
            "band": [list(run) for run in self.band[-MOST_RUNS:]],
        }


def kept_path(
    state: Mapping[str, Any], name_of: Callable[[int, int], str]
) -> TrajectoryPath | None:
    """The path that ``as_state`` made, its lanes named by ``name_of(number, count)``; None for
    anything else."""
    try:
        return _path_in(dict(state), name_of)
    except UserError:
        return None


def fingerprint(scene: Scene, key: Key) -> int:
    """A number that another drawing, or another network, hardly shares; the same after a file."""
    maps = sorted((layer, sorted(numbers)) for layer, numbers in key[1])
    crc = zlib.crc32(f"{scene.height} {scene.width} {key[0]} {maps}".encode())
    noise = scene.noise
    pieces = [np.array([noise.sigma, noise.salt_pepper, noise.seed], np.float64)]
    for index in range(len(scene.items)):
        strokes = scene.strokes_of(index)
        pieces += [np.array([(s.width_px, s.ink) for s in strokes], np.float64)]
        pieces += [s.points for s in strokes] or [item_frame(scene, index)]
    for piece in pieces:
        crc = zlib.crc32(np.ascontiguousarray(piece, np.float64).tobytes(), crc)
    return crc


def _drawn(values: NDArray[np.float32]) -> list[int]:
    """The classes of which something is seen in (11, N) probabilities."""
    return np.flatnonzero((np.nan_to_num(values) >= DRAWN).any(1)).tolist()


def _before(lane: LaneCurves, xs: NDArray[np.float64]) -> NDArray[np.float32] | None:
    """The probabilities without ablation, if they are known at the same places."""
    if lane.before is None or not np.array_equal(lane.before[0], xs):
        return None
    return lane.before[1]


def _out(values: NDArray[np.float32], classes: Sequence[int]) -> dict[str, Any]:
    steps = np.rint(np.float64(WHOLE) * np.nan_to_num(values[list(classes)]))
    steps[np.isnan(values[list(classes)])] = UNKNOWN
    return {"classes": list(classes), "p": _texts(steps.astype("<u2"))}


def _texts(values: NDArray[Any]) -> list[str]:
    data = values.tobytes()
    pieces = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return [base64.b64encode(piece).decode("ascii") for piece in pieces]


def _values(texts: object, key: str, kind: str, most: int) -> NDArray[Any]:
    """So many values at most, out of texts."""
    size = np.dtype(kind).itemsize
    pieces = []
    for text in array(texts, key, -(-most * size // CHUNK)):
        try:
            pieces.append(base64.b64decode(string(text, key, 2 * CHUNK), validate=True))
        except (binascii.Error, ValueError):
            wrong(key)
    data = b"".join(pieces)
    if len(data) % size or len(data) > most * size:
        wrong(key)
    return np.frombuffer(data, kind)


def _path_in(state: dict[str, Any], name_of: Callable[[int, int], str]) -> TrajectoryPath:
    item, stroke = array(state.get("part"), "part", 2, 2)
    part = StrokeSelection(
        whole(item, "part", 0, MOST_ITEMS),
        None if stroke is None else whole(stroke, "part", 0, MOST_POINTS),
    )
    of = whole(state.get("of"), "of", 0, (1 << 32) - 1)
    first, last = (number(x, "ends", 0, LONGEST) for x in array(state.get("ends"), "ends", 2, 2))
    xs = _values(state.get("xs"), "xs", "<f4", MOST).astype(np.float64)
    if not len(xs) or not np.isfinite(xs).all() or (np.diff(xs) < 0).any() or first > last:
        wrong("xs")
    if xs[0] < 0 or xs[-1] > LONGEST:
        wrong("xs")
    found = array(state.get("lanes"), "lanes", MOST_LANES, 1)
    lanes = []
    for place, lane in enumerate(found):
        data = mapping(lane, "lanes")
        old = data.get("before")
        before = None if old is None else (xs, _probabilities_in(old, len(xs)))
        now = _probabilities_in(data.get("now"), len(xs))
        lanes.append(LaneCurves(name_of(place, len(found)), xs, now, before))
    band = tuple(_run_in(run) for run in array(state.get("band"), "band", MOST_RUNS))
    return TrajectoryPath(part, of, (first, last), tuple(lanes), band)


def _probabilities_in(value: object, count: int) -> NDArray[np.float32]:
    """(11, count) in [0, 1]; NaN where nothing is known."""
    data = mapping(value, "lanes")
    classes = [whole(k, "classes", 0, CLASSES - 1)
               for k in array(data.get("classes"), "classes", CLASSES)]  # fmt: skip
    if sorted(set(classes)) != classes:
        wrong("classes")
    steps = _values(data.get("p"), "p", "<u2", CLASSES * count)
    if len(steps) != len(classes) * count:
        wrong("p")
    steps = steps.reshape(len(classes), count)
    unknown = (steps == UNKNOWN).all(0)  # of no class at all: of a lane without any, everywhere
    values = np.where(unknown, np.float32(np.nan), np.zeros((CLASSES, count), np.float32))
    values[classes] = np.where(steps == UNKNOWN, np.nan, steps / WHOLE)
    return np.asarray(values, np.float32)


_READ = re.compile(rf"(\d|{re.escape(UNDECIDED)})*")


def _run_in(value: object) -> tuple[float, float, str]:
    begin, end, text = array(value, "band", 3, 3)
    text = string(text, "band", MOST_TEXT)
    if not _READ.fullmatch(text) or not text.isascii():
        wrong("band")
    first = number(begin, "band", 0, LONGEST)
    return first, number(end, "band", first, LONGEST), text
