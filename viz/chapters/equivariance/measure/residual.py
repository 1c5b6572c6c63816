"""Equivariance: f(Tx) against T′f(x), the maps of the shifted drawing against the shifted maps.

x is the canvas with the drawing where it was, Tx the canvas with the drawing moved by (dx, dy)
pixels, f the network up to a layer, and T′ moves that layer's maps by (dx, dy) / stride, stride
being the layer's cumulative one. Convolution and pooling of stride s commute with shifts by
multiples of s; so f(Tx) = T′f(x) wherever the shift is *aligned*, a multiple of the stride.
Between, T′ has to interpolate (bilinearly), and what is left over is the price of the stride.

A shifted canvas loses what leaves it and gains blank. So the units are parted in two: *interior*
are those that see only the canvas, and that T′ takes from units that see only the canvas, before
and after. For them the theorem holds for any content and any weights. The others are the *border*:
there T′ takes the response to a blank canvas, as if there were no more drawing beyond.

The residual is the relative L2 distance of the two, symmetric, over either part:

    r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²) / 2),       0 where both vanish.

It is 0 for equal maps and at most √2 for maps that are nowhere active together. Of the output the
probabilities are compared, not their logarithms, whose size says little. ReLU is 0, or nearly, on
blank paper. Other activations are not, and what they answer to it says nothing of the drawing: of
their layers the sizes below the root are those of the response above that to blank paper.

The maps of a network that is not fully convolutional belong to one window, the same one before
and after: there the window is what the canvas is elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.equivariance.measure.displacement import (
    LEAST_SIDE,
    LEAST_SIDE_OF_PROBABILITIES,
    displacement,
)
from viz.nets.architecture import Architecture, Layer
from viz.scene import Scene, rasterize_scene
from viz.scene.shifts import Shift, shifted

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]
Maps = Mapping[str, Array]
"""Layer name → (maps, h, w)."""

REACH = 16
"""Pixels to each side that the curves cover."""

AXES = ("x", "y")

_WHOLE = 1e-6

_FAINT = 1e-5
"""Relative to the response to blank paper: what is above it by less is rounding."""


@dataclass(frozen=True, eq=False)
class Reference:
    """f(x): ``maps`` of a scene, the response ``blank`` to a canvas without ink, and the
    ``architecture`` of the network that gave them. ``blank`` is (maps, 1, 1), or (maps, h, w) where
    it differs from place to place: with padding, and where weights are not shared."""

    maps: Maps
    blank: Maps
    architecture: Architecture
    size: tuple[int, int]
    """(height, width) of the canvas."""
    window: tuple[int, int] | None = None
    """The window to which the maps belong, if they belong to one."""


@dataclass(frozen=True, eq=False)
class LayerShift:
    """One layer's comparison. ``after`` is f(Tx), ``moved`` T′f(x), both (maps, h, w);
    ``inside`` (h, w) tells the interior units. A residual is NaN where there are no units."""

    expected: Shift
    """In map pixels."""
    after: Array
    moved: Array
    inside: NDArray[np.bool_]
    interior: float
    border: float
    aligned: bool


@dataclass(frozen=True, eq=False)
class Equivariance:
    """All layers' comparisons for one ``shift`` (dx, dy) in pixels, and the displacements (dx, dy)
    measured in map pixels; see ``viz.chapters.equivariance.measure.displacement``."""

    shift: Shift
    layers: Mapping[str, LayerShift]
    measured: Mapping[str, Shift]


def activity(outputs: Mapping[str, Array], architecture: Architecture) -> Maps:
    """The maps that are compared: a network's activations, the output as probabilities."""
    maps = {layer.name: np.asarray(outputs[layer.name]) for layer in architecture.layers}
    maps["output"] = np.exp(maps["output"])
    return MappingProxyType(maps)


def reference(
    net: Network,
    image: Array,
    ablated: Ablation | None = None,
    window: tuple[int, int] | None = None,
) -> Reference:
    """f(x) of an image (H, W) float32, and what a comparison with it needs.

    ``window`` (row, column) is the one whose maps are compared, of a network that is no convolution
    all through.
    """
    architecture, (height, width) = net.architecture, image.shape
    alike = architecture.is_convolutional and not any(
        layer.padding for layer in architecture.layers
    )
    size = (architecture.window,) * 2 if alike else image.shape
    blank = next(activities(net, np.zeros((1, *size), np.float32), ablated, window))
    if alike:
        blank = MappingProxyType({name: maps[:, :1, :1] for name, maps in blank.items()})
    maps = next(activities(net, image[None], ablated, window))
    return Reference(maps, blank, architecture, (height, width), window)


def activities(
    net: Network,
    images: Array,
    ablated: Ablation | None = None,
    window: tuple[int, int] | None = None,
) -> Iterator[Maps]:
    """The ``activity`` of each image (N, H, W), computed as one batch."""
    import torch

    with torch.inference_mode():
        outputs = net(torch.from_numpy(images)[:, None], ablated, window=window)
    arrays = {layer.name: outputs[layer.name].numpy() for layer in net.architecture.layers}
    for number in range(len(images)):
        yield activity({name: array[number] for name, array in arrays.items()}, net.architecture)


def compare(before: Reference, after: Maps, shift: Shift) -> Equivariance:
    """All layers of f(Tx) (``activity``) against f(x), for a shift (dx, dy) in pixels."""
    return Equivariance(
        shift,
        compare_layers(before, after, shift),
        {
            name: displacement(
                before.maps[name],
                after[name],
                before.blank[name],
                LEAST_SIDE_OF_PROBABILITIES if name == "output" else LEAST_SIDE,
            )
            for name in after
        },
    )


def compare_layers(before: Reference, after: Maps, shift: Shift) -> dict[str, LayerShift]:
    """The comparisons alone, without measuring displacements."""
    architecture, result = before.architecture, {}
    for layer, grounded in zip(architecture.layers, _grounded(architecture), strict=True):
        maps, blank = before.maps[layer.name], before.blank[layer.name]
        height, width = (architecture.window,) * 2 if layer.fixed else before.size
        way = shift[0] / layer.stride, shift[1] / layer.stride
        if blank.shape[1:] == (1, 1):
            moved = moved_maps(maps, blank, way)
        else:  # the paper's own response stays where it is
            moved = blank + moved_maps(maps - blank, np.zeros_like(blank[:, :1, :1]), way)
        inside = np.logical_and.outer(
            interior(layer, way[1], maps.shape[1], height),
            interior(layer, way[0], maps.shape[2], width),
        )
        ground = blank if grounded else None
        result[layer.name] = LayerShift(
            expected=way,
            after=after[layer.name],
            moved=moved,
            inside=inside,
            interior=residual(after[layer.name], moved, inside, ground),
            border=residual(after[layer.name], moved, ~inside, ground),
            aligned=all(_parts(d)[1] == 0 for d in way),
        )
    return result


def _grounded(architecture: Architecture) -> Iterator[bool]:
    """Of each layer, whether it answers to blank paper, too: not ReLU, and not the probabilities.
    Pooling does as what it pools."""
    grounded = architecture.blank != 0
    for layer in architecture.layers:
        if layer.has_weights:
            grounded = layer.activation not in ("relu", "log-softmax")
        yield grounded


def residual(
    after: Array, moved: Array, where: NDArray[np.bool_], ground: Array | None = None
) -> float:
    """The symmetric relative L2 distance of (maps, h, w) over the units ``where`` (h, w).

    Relative to what is above ``ground`` (maps, 1, 1) or (maps, h, w), if that is given.
    """
    if not where.any():
        return math.nan
    distance2 = np.square(after - moved).sum(0)[where].sum(dtype=np.float64)
    size2 = (np.square(after).sum(0) + np.square(moved).sum(0))[where].sum(dtype=np.float64)
    if ground is not None:
        whole2, after, moved = size2, after - ground, moved - ground
        size2 = (np.square(after).sum(0) + np.square(moved).sum(0))[where].sum(dtype=np.float64)
        if size2 <= _FAINT**2 * whole2:
            return 0.0
    return math.sqrt(float(distance2) / (float(size2) / 2)) if size2 > 0 else 0.0


def moved_maps(maps: Array, blank: Array, way: Shift) -> Array:
    """T′: (maps, h, w) moved by (dx, dy) map pixels; ``blank`` (maps, 1, 1) comes in.

    Whole ways copy, others interpolate between neighbours.
    """
    for axis, d in ((2, way[0]), (1, way[1])):
        whole, part = _parts(d)
        near = _copied(maps, blank, whole, axis)
        if part:
            far = _copied(maps, blank, whole + 1, axis)
            near += np.float32(part) * (far - near)
        maps = near
    return maps


def _parts(d: float) -> tuple[int, float]:
    """``d`` as a whole number and a part 0 ≤ p < 1; parts that only rounding left are 0."""
    whole = math.floor(d + _WHOLE)
    part = d - whole
    return whole, part if part > _WHOLE else 0.0


def _copied(maps: Array, blank: Array, way: int, axis: int) -> Array:
    result = np.empty_like(maps)
    result[:] = blank
    length = maps.shape[axis]
    if abs(way) < length:
        to = slice(max(0, way), length + min(0, way))
        source = slice(max(0, -way), length - max(0, way))
        lead = (slice(None),) * axis
        result[(*lead, to)] = maps[(*lead, source)]
    return result


def interior(layer: Layer, way: float, units: int, pixels: int) -> NDArray[np.bool_]:
    """Along one axis of ``pixels``, which of a layer's ``units`` are interior; see above.

    ``way`` is the shift in map pixels. Without a shift all are: what lies beyond is equally blank.
    """
    if way == 0:
        return np.ones(units, np.bool_)
    start = np.arange(units) * layer.stride - layer.lead
    clear = (start >= 0) & (start + layer.field <= pixels)
    whole, part = _parts(way)
    good = clear.copy()
    for tap in {whole, whole + 1} if part else {whole}:
        source = np.arange(units) - tap
        held = (source >= 0) & (source < units)
        good &= held & clear[np.clip(source, 0, units - 1)]
    return good


@dataclass(frozen=True, eq=False)
class ShiftCurves:
    """The residuals over ``shifts`` (N,) pixels along one axis: layer → (N,), NaN where they are
    not computed yet or there are no such units. Along the other axis the shift is ``other``."""

    axis: str
    shifts: NDArray[np.float64]
    interior: Mapping[str, NDArray[np.float64]]
    border: Mapping[str, NDArray[np.float64]]
    done: bool
    other: float = 0.0

    def interior_reach(self, name: str) -> float:
        """The largest shift, in pixels to either side, up to which a layer has interior units; −1
        if the first shift leaves none. Without any shift all units are interior, which says
        nothing."""
        bare = np.isnan(self.interior[name]) & (self.shifts != 0)
        moved = np.abs(self.shifts[self.shifts != 0])
        first = np.abs(self.shifts[bare]).min(initial=math.inf)
        return float(moved[moved < first].max(initial=-1.0))


STEPS = (1.5, 0.5)
"""Pixels between the shifts of the curves, coarse to fine. Multiples of a stride alone would show a
residual of 0 everywhere, so the first is none."""

_BATCH_PIXELS = 8 * 2048
"""Images computed together have at most so many pixels, or are one."""


def curves(
    net: Network,
    scene: Scene,
    axis: str,
    before: Reference,
    ablated: Ablation | None = None,
    reach: int = REACH,
    steps: Iterable[float] = STEPS,
    other: float = 0.0,
) -> Iterator[ShiftCurves | None]:
    """Yield the residuals of a scene's shifts along ``"x"`` or ``"y"``: of the whole axis by the
    first of the steps, then finer and finer; along the other axis the scene is ``other`` pixels
    away meanwhile.

    ``before`` is the ``reference`` of the scene. At 32×64 pixels some 65 forward passes; None
    between two images, where others may have their turn.
    """
    known: dict[float, dict[str, tuple[float, float]]] = {}
    batch = max(1, _BATCH_PIXELS // (scene.height * scene.width))
    all_steps = tuple(steps)
    for number, step in enumerate(all_steps):
        count = int(reach / step)
        shifts = {n * step for n in range(-count, count + 1)} | {-float(reach), float(reach)}
        wanted = sorted(shifts - known.keys(), key=abs)  # outwards, from where one looks first
        for first in range(0, len(wanted), batch):
            some = wanted[first : first + batch]
            ways = [(d, other) if axis == "x" else (other, d) for d in some]
            images = []
            for way in ways:
                images.append(rasterize_scene(shifted(scene, *way)))
                yield None
            afters = activities(net, np.stack(images), ablated, before.window)
            for d, way, after in zip(some, ways, afters, strict=True):
                layers = compare_layers(before, after, way)
                known[d] = {name: (one.interior, one.border) for name, one in layers.items()}
                yield None
            last = first + batch >= len(wanted)
            if last or number > 0:
                yield _gathered(axis, other, known, last and step == all_steps[-1])


def _gathered(
    axis: str,
    other: float,
    known: Mapping[float, Mapping[str, tuple[float, float]]],
    done: bool,
) -> ShiftCurves:
    shifts = sorted(known)
    parts = [
        {
            name: np.array([known[d][name][part] for d in shifts], np.float64)
            for name in next(iter(known.values()))
        }
        for part in range(2)
    ]
    return ShiftCurves(axis, np.array(shifts), parts[0], parts[1], done, other)
