"""Why this answer: what in a window's pixels and maps its logit of one class depends on.

z is the logit: the sum of the output layer before the softmax. Everything is computed on that part
of the canvas which the window sees, so it costs the same on a canvas of any size.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]
T = TypeVar("T")

GRADIENT, OCCLUSION, OFF = "gradient", "occlusion", "off"

BLANKED = 5
"""Side of the square of pixels that occlusion sets to paper."""

STEPS = (4, 2, 1)
"""Pixels between the places that are blanked, coarse first."""

BATCH, MOST_UNITS = 32, 8_000_000
"""Inputs computed at once are so many at most, and have so many activations, or are one."""


@dataclass(frozen=True, eq=False)
class Patch:
    """What a window sees of the canvas: ``image`` (h, w) from pixel (``top``, ``left``) on.

    ``unit`` (row, column) is the window's own output where the network computes the patch alone.
    """

    image: Array
    top: int
    left: int
    unit: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Why:
    """What the logit of class ``number`` in ``window`` (row, column) depends on.

    ``layer`` is the last with maps of several units, None where there is none; ``losses`` (maps,):
    by how much the logit falls when each of its maps is set to zero, from that layer on.
    ``values`` (h, w) lie on the patch: of ``kind`` gradient ∂z/∂x, for x = 1 of full ink; of
    occlusion by how much the logit falls when the square around each pixel is blanked, one value
    for each ``step``² pixels. ``scale``: the magnitude that the network's logits hardly ever have.
    """

    window: tuple[int, int]
    number: int
    logit: float
    layer: Layer | None
    losses: Array
    kind: str
    patch: Patch
    values: Array
    step: int = 1
    scale: float = 1.0


def patch_of(architecture: Architecture, image: Array, window: tuple[int, int]) -> Patch:
    """Cut what a window (row, column) sees out of a canvas (H, W).

    It begins at a multiple of the stride, so that all layers have their units where they have them
    on the canvas; so it may be a few pixels larger than the receptive field.
    """
    stride, spans, unit = architecture.stride, [], []
    top, left, height, width = architecture.output.receptive_field(*window)
    for start, length, side, index in zip(
        (top, left), (height, width), image.shape, window, strict=True
    ):
        first = max(0, start // stride * stride)
        end = min(side, max(start + length, first + architecture.window))  # which each layer fits
        if first >= end:  # it sees nothing but padding: the whole axis will do
            first, end = 0, side
        spans.append(slice(first, end))
        unit.append(index - first // stride)
    patch = np.array(image[*spans])  # a copy, because torch does not take read-only arrays
    return Patch(patch, spans[0].start, spans[1].start, (unit[0], unit[1]))


def explain(
    net: Network,
    image: Array,
    window: tuple[int, int],
    number: int | None,
    kind: str,
    ablated: Ablation | None = None,
    scale: float = 1.0,
) -> Iterator[Why | None]:
    """Measure in steps; None where others may have their turn. ``number`` None: the class that wins
    in the window."""
    import torch

    architecture, ablated = net.architecture, ablated or {}
    patch = patch_of(architecture, image, window)
    with torch.inference_mode():
        logits = _logits(net, torch.from_numpy(patch.image)[None], patch, ablated)[0]
    number = int(logits.argmax()) if number is None else number
    logit = float(logits[number])
    layer = architecture.mosaics[-1] if architecture.mosaics else None
    losses = np.zeros(0, np.float32)
    if layer is not None:
        found = yield from _without_maps(net, layer, patch, ablated)
        losses = np.float32(logit) - found[:, number]

    def why(values: Array, step: int = 1) -> Why:
        return Why(window, number, logit, layer, losses, kind, patch, values, step, scale)

    if kind == GRADIENT:
        yield why(gradient(net, patch, number, ablated))
    elif kind == OCCLUSION:
        for step in STEPS:
            values = yield from _lost_by_place(net, patch, number, logit, step, ablated)
            yield why(values, step)
    else:
        yield why(np.zeros((0, 0), np.float32))


def gradient(net: Network, patch: Patch, number: int, ablated: Ablation) -> Array:
    """Return ∂z/∂x (h, w) of a class's logit by every pixel; 0 where there is no slope."""
    import torch

    with torch.enable_grad():
        x = torch.from_numpy(patch.image).requires_grad_()
        logit = _logits(net, x[None], patch, ablated)[0, number]
        (slopes,) = torch.autograd.grad(logit, x)
    return np.asarray(np.nan_to_num(slopes.numpy(), posinf=0.0, neginf=0.0))


def _lost_by_place(
    net: Network, patch: Patch, number: int, logit: float, step: int, ablated: Ablation
) -> Generator[None, None, Array]:
    """Return by how much the logit falls for each blanked square, (h, w); 0 where that holds no
    ink, which is not computed."""
    import torch

    image, reach = patch.image, BLANKED // 2
    height, width = image.shape
    values = np.zeros(image.shape, np.float32)
    centres = [
        (y, x)
        for y in range(step // 2, height, step)
        for x in range(step // 2, width, step)
        if _square(image, y, x, reach).any()
    ]
    for some in _batches(centres, net.architecture):
        blanked = np.repeat(image[None], len(some), 0)
        for one, (y, x) in zip(blanked, some, strict=True):
            _square(one, y, x, reach)[:] = 0.0
        with torch.inference_mode():
            found = _logits(net, torch.from_numpy(blanked), patch, ablated)[:, number].tolist()
        for (y, x), value in zip(some, found, strict=True):
            top, left = y - step // 2, x - step // 2
            values[top : top + step, left : left + step] = logit - value
        yield None
    return values


def _square(image: Array, y: int, x: int, reach: int) -> Array:
    """The pixels up to ``reach`` from a pixel, as far as there are any."""
    return image[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]


def _without_maps(
    net: Network, layer: Layer, patch: Patch, ablated: Ablation
) -> Generator[None, None, Array]:
    """Return the logits (maps, classes) with each map of a layer set to zero."""
    import torch

    layers, found = net.architecture.layers, []
    above = layers.index(layer) + 1
    with torch.inference_mode():
        x = _entered(net, torch.from_numpy(patch.image)[None])
        x = _through(net, layers[:above], x, ablated)
    for some in _batches(range(layer.maps), net.architecture):
        with torch.inference_mode():
            without = x.repeat(len(some), 1, 1, 1)
            without[range(len(some)), list(some)] = 0.0
            sums = _through(net, layers[above:], without, ablated)
        found.append(_of_unit(sums, patch).numpy())
        yield None
    return np.concatenate(found)


def _batches(things: Sequence[T], architecture: Architecture) -> Iterator[Sequence[T]]:
    units = sum(layer.maps * layer.size**2 for layer in architecture.layers)
    batch = min(BATCH, max(1, MOST_UNITS // units))
    for first in range(0, len(things), batch):
        yield things[first : first + batch]


def _logits(net: Network, images: Tensor, patch: Patch, ablated: Ablation) -> Tensor:
    """Compute the window's logits (N, classes) of patches (N, h, w)."""
    layers = net.architecture.layers
    return _of_unit(_through(net, layers, _entered(net, images), ablated), patch)


def _of_unit(sums: Tensor, patch: Patch) -> Tensor:
    row, column = patch.unit
    return sums[:, :, row, column]


def _entered(net: Network, images: Tensor) -> Tensor:
    """Return what the first layer sees of patches (N, h, w), the rim included."""
    from viz.nets.network import surrounded

    return net.entered(surrounded(images[:, None], net.architecture.rim, net.architecture))


def _through(net: Network, layers: Sequence[Layer], x: Tensor, ablated: Ablation) -> Tensor:
    """Compute these layers, one after the other; the output's sums, without the softmax."""
    from viz.nets.network import activation

    for layer in layers:
        x = net.sums(layer, x) if layer.has_weights else net.reduced(layer, x)
        if layer is net.architecture.output:
            break
        x = activation(x, layer.activation)
        if maps := ablated.get(layer.name):
            x = x.clone()
            x[:, sorted(maps)] = 0.0
    return x
