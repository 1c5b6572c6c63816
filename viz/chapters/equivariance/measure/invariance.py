"""Invariance: how far a drawing may be changed before the network reads something else.

Two measures. *Sweeps* change one thing about the drawing (shift, scale, angle, squeeze, slant, pen,
noise, light) and ask one window for its probabilities; the window stays where it is, as a camera
would.
It is told by its middle, because networks have windows of different sizes at different places.
*Consistency* is the share of neighbouring shifts that keep the answer: after Zhang, "Making
convolutional networks shift-invariant again" (ICML 2019), which compares two random shifts of a
picture. Here all pairs one pixel apart are counted, so the result is deterministic, and changes
over one pixel are due to pooling and strides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.measure.shift_map import Classes, Place, place_near, shift_maps
from viz.nets.architecture import Architecture
from viz.scene import Group, Scene, rasterize_scene
from viz.scene.edit import moved, with_width
from viz.scene.hits import bounds_of, item_bounds
from viz.scene.shaping import seen_transform, shaped

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]
Point = tuple[float, float]
"""(x, y) in canvas pixels."""

COARSE, FINE = 17, 65
"""Points of a sweep at first, and in the end."""

PUBLISHED_SCALE, PUBLISHED_ANGLE, PUBLISHED_HEIGHT = 2.0, 40.0, 0.5
"""What LeCun, Bottou, Bengio, Haffner (1998, section X.D) report of LeNet-5: robust for scale
variations of about a factor of 2, vertical shifts of about half the character's height to each
side, rotations to ±40°."""


@dataclass(frozen=True)
class Kind:
    """What a sweep changes, and from where to where."""

    name: str
    low: float
    high: float

    def values(self, count: int) -> NDArray[np.float64]:
        """Return ``count`` values, evenly spaced."""
        return np.linspace(self.low, self.high, count)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("dx", -14, 14),
        Kind("dy", -14, 14),
        Kind("scale", 0.4, 2),
        Kind("angle", -60, 60),
        Kind("squeeze", 0.5, 2),
        Kind("slant", -1, 1),
        Kind("width", 0.4, 8),
        Kind("sigma", 0, 0.6),
        Kind("contrast", 0, 1),
        Kind("background", 0, 1),
        Kind("ramp", 0, 1),
        Kind("direction", -180, 180),
    )
}
"""By name. ``dx`` and ``dy`` are pixels from the window's middle to that of the ink's box, so that
the curve stays while the drawing moves along it; the others are the transform's own numbers, the
pen's width in pixels, the noise's standard deviation where ink is 1, and the light's."""

LIGHT = ("contrast", "background", "ramp", "direction")
"""Kinds that are fields of the scene's light."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """One sweep: ``values`` (n,), and for each network's name its probabilities (n, classes).

    ``present`` is the drawing's own value, None where it has none. ``target`` is the class that the
    drawing means. ``references`` are the values up to which LeNet-5 is published to be robust.
    """

    kind: str
    values: NDArray[np.float64]
    probabilities: dict[str, Array]
    present: float | None
    target: int
    references: tuple[float, ...]


def swept_items(
    scene: Scene, selection: Collection[int], middle: Point, side: int
) -> frozenset[int]:
    """Return the items that a sweep changes: the selection; without one all, if together they fit a
    window of ``side`` pixels, else the one that stands nearest to its ``middle``."""
    if selection or len(scene.items) < 2:
        return frozenset(selection)
    boxes = [item_bounds(scene, index) for index in range(len(scene.items))]
    left, top, right, bottom = map(list, zip(*boxes, strict=True))
    if max(right) - min(left) <= side and max(bottom) - min(top) <= side:
        return frozenset()
    x, y = middle
    away = [
        np.hypot((a + c) / 2 - x, (b + d) / 2 - y)
        for a, b, c, d in zip(left, top, right, bottom, strict=True)
    ]
    return frozenset({int(np.argmin(away))})


def middle_window(scene: Scene, architecture: Architecture) -> Place | None:
    """Find the window in whose middle the drawing stands best; None without a drawing."""
    middle = _middle(scene, ())
    if middle is None:
        return None
    return place_near(middle, architecture, scene.height, scene.width)


def present_value(
    scene: Scene, selection: Collection[int], kind: str, middle: Point
) -> float | None:
    """Return the drawing's own value of a sweep; None for the pen's width without strokes."""
    if kind == "sigma":
        return scene.noise.sigma
    if kind in LIGHT:
        return float(getattr(scene.light, kind))
    if kind == "width":
        items = (scene.items[index] for index in sorted(_chosen(scene, selection)))
        groups = (item for item in items if isinstance(item, Group) and item.strokes)
        return next((group.strokes[0].width_px for group in groups), None)
    if kind in ("dx", "dy"):
        ink = _middle(scene, selection)
        if ink is None:
            return None
        axis = 0 if kind == "dx" else 1
        return ink[axis] - middle[axis]
    return float(getattr(seen_transform(scene, selection), kind))


def posed(
    scene: Scene, selection: Collection[int], kind: str, value: float, middle: Point
) -> Scene:
    """Return the scene with one thing about the selection (empty: the whole drawing) changed.

    For every ``value`` of a sweep; a value equal to ``present_value`` changes nothing one sees.
    """
    if kind == "sigma":
        return replace(scene, noise=replace(scene.noise, sigma=value))
    if kind in LIGHT:
        return replace(scene, light=replace(scene.light, **{kind: value}))
    if kind == "width":
        return with_width(scene, _chosen(scene, selection), value)
    if kind in ("dx", "dy"):
        present = present_value(scene, selection, kind, middle)
        if present is None:
            return scene
        by = value - present
        return moved(scene, _chosen(scene, selection), *((by, 0.0) if kind == "dx" else (0.0, by)))
    return shaped(scene, selection, **{kind: value})


def target_class(scene: Scene, selection: Collection[int], middle: Point, read: int) -> int:
    """Return the class that a drawing means: a digit's name, else what was ``read`` in the window.

    Without a single selected item, the topmost digit over the window's middle counts.
    """
    x, y = middle
    chosen = sorted(_chosen(scene, selection), reverse=True)
    for index in chosen:
        name = scene.items[index].name
        if len(name) == 1 and name in "0123456789":
            left, top, right, bottom = item_bounds(scene, index)
            if len(chosen) == 1 or (left <= x <= right and top <= y <= bottom):
                return int(name)
    return read


def references(scene: Scene, selection: Collection[int], kind: str) -> tuple[float, ...]:
    """Return LeNet-5's published tolerance on a sweep's axis; () where none was published.

    "Scale variations of about a factor of 2" are taken as a largest size twice the smallest, as
    many times above the digit's own size as below: 1/√2 … √2. Shifts are told from the middle.
    """
    if kind == "scale":
        return (PUBLISHED_SCALE**-0.5, PUBLISHED_SCALE**0.5)
    if kind == "angle":
        return (-PUBLISHED_ANGLE, PUBLISHED_ANGLE)
    box = bounds_of(scene, _chosen(scene, selection)) if kind == "dy" else None
    if box is None:
        return ()
    half = PUBLISHED_HEIGHT * (box[3] - box[1])
    return (-half, half)


def window_probabilities(
    net: Network, images: Array, place: Place, ablated: Ablation | None = None
) -> Array:
    """Return what one window says of each canvas (N, H, W): probabilities (N, classes).

    Only the pixels that its output sees are computed; the answer is that of the whole canvas.
    """
    import torch

    architecture = net.architecture
    output, rim = architecture.output, architecture.rim
    around = ((0, 0), (rim, rim), (rim, rim))
    padded = np.pad(images, around, architecture.beyond)
    cut, at = [], []
    for number, length in zip(place, padded.shape[1:], strict=True):
        start = number * output.stride - output.lead + rim  # before 0 with padding, and unaligned
        # Less than one window, where most of what is seen is padding, would not pass the layers
        latest = (length - architecture.window - 2 * rim) // output.stride
        first = max(0, min(start // output.stride, latest))
        end = max(start + output.field, first * output.stride + architecture.window + 2 * rim)
        cut.append(slice(first * output.stride, min(length, end)))
        at.append(number - first)
    crops = np.ascontiguousarray(padded[:, None, *cut])
    with torch.inference_mode():
        found = net(torch.from_numpy(crops), ablated, rimmed=rim > 0)["output"]
        return np.asarray(found[:, :, *at].exp().numpy())


def sweeping(
    nets: Mapping[str, Network],
    scene: Scene,
    selection: Collection[int],
    kind: str,
    middle: Point,
    values: NDArray[np.float64],
    ablated: Mapping[str, Ablation] | None = None,
) -> Iterator[Sweep | None]:
    """Measure a sweep over ``values`` for networks by name, each with its own ablated maps, if any,
    and as seen through the window nearest to ``middle``.

    Yields None between two images and two networks, where others may have their turn, and the
    ``Sweep`` at last. The first network reads a drawing without a name (``target_class``).
    """
    images = [rasterize_scene(scene)]
    for value in values:
        yield None
        images.append(rasterize_scene(posed(scene, selection, kind, float(value), middle)))
    stack = np.stack(images)
    found = {}
    for name, net in nets.items():
        yield None
        place = place_near(middle, net.architecture, scene.height, scene.width)
        found[name] = window_probabilities(net, stack, place, (ablated or {}).get(name))
    read = int(next(iter(found.values()))[0].argmax())
    yield Sweep(
        kind,
        values,
        {name: part[1:] for name, part in found.items()},
        present_value(scene, selection, kind, middle),
        target_class(scene, selection, middle, read),
        references(scene, selection, kind),
    )


def joined(parts: Sequence[Sweep]) -> Sweep:
    """Join several sweeps of the same drawing, one after the other, to one."""
    first = parts[0]
    return replace(
        first,
        values=np.concatenate([part.values for part in parts]),
        probabilities={
            name: np.concatenate([part.probabilities[name] for part in parts])
            for name in first.probabilities
        },
    )


# Consistency

SHIFTS = 4
"""Pixels to each side within which consistency is measured: a digit of MNIST, at most 20 px wide
and high, stays whole in its window of 32 px. Farther off, answers differ because a digit is cut."""

DIGITS = 1000
"""MNIST test digits that the consistency of a network is measured on, the first ones."""

_BATCH = 20


def pairs_kept(classes: Classes) -> tuple[int, int]:
    """Return (pairs with one answer, all pairs) of answers (…, n, m) one place apart along rows and
    columns."""
    down = classes[..., 1:, :] == classes[..., :-1, :]
    right = classes[..., 1:] == classes[..., :-1]
    return int(down.sum()) + int(right.sum()), down.size + right.size


def consistency(classes: Classes) -> float:
    """Return the share, 0 … 1, of horizontally and vertically neighbouring answers (…, n, m) that
    are the same; 1 where there is nothing to compare."""
    kept, pairs = pairs_kept(classes)
    return kept / pairs if pairs else 1.0


def central(classes: Classes, reach: int) -> Classes:
    """Return the middle of a map (n, n), n odd: shifts up to ``reach`` px along both axes."""
    middle = len(classes) // 2
    return classes[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1]


def mean_consistency(
    net: Network, windows: Array, reach: int = SHIFTS, ablated: Ablation | None = None
) -> Iterator[tuple[int, float]]:
    """Measure the consistency over all shifts to ±``reach`` px of windows (N, side, side), batch by
    batch: yields (windows so far, consistency over all of their pairs)."""
    kept = pairs = 0
    for start in range(0, len(windows), _BATCH):
        maps = shift_maps(net, windows[start : start + _BATCH], reach, ablated)
        more = pairs_kept(maps.argmax(1))
        kept, pairs = kept + more[0], pairs + more[1]
        yield min(start + _BATCH, len(windows)), kept / pairs if pairs else 1.0


def _chosen(scene: Scene, selection: Collection[int]) -> Collection[int]:
    return selection or range(len(scene.items))


def _middle(scene: Scene, selection: Collection[int]) -> tuple[float, float] | None:
    box = bounds_of(scene, _chosen(scene, selection))
    return box and ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
