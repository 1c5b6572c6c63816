"""Units along one axis of a network: which of them see which, and how much of what they see.

A network along x is a tuple of ``Level``s, the input first. Convolutions share their weights, so an
edge has the weight of the cell of the window that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import Architecture, Layer
from viz.nets.data import load_mnist
from viz.nets.shipped_digits import shipped_windows

if TYPE_CHECKING:
    from viz.nets.network import Network

Floats = NDArray[np.floating[Any]]

COUNTS, BATCH = (60, 300), 20
"""Digits after which there is a result, the coarse ones first; and those that take one turn."""


@dataclass(frozen=True)
class Level:
    """The ``units`` of a layer along one axis. Unit i sees those below in [i·step − before,
    i·step − before + reach), and of the input [i·stride − lead, i·stride − lead + field)."""

    name: str
    units: int
    reach: int = 1
    step: int = 1
    before: int = 0
    weighted: bool = False
    stride: int = 1
    field: int = 1
    lead: int = 0

    def window(self, unit: int, below: int) -> range:
        """Return the units that one sees of so many below."""
        first = unit * self.step - self.before
        return range(max(first, 0), min(first + self.reach, below))

    def centre(self, unit: int) -> float:
        """Return the middle of the receptive field, in units of the input."""
        return unit * self.stride - self.lead + self.field / 2

    def nearest(self, centre: float) -> int:
        """Return the unit whose receptive field has its middle nearest to a place."""
        return round((centre + self.lead - self.field / 2) / self.stride)


Levels = tuple[Level, ...]


def stacked(layers: int, kernel: int, pooling: int, length: int) -> Levels:
    """Return convolutions and poolings in turn above an input, as many as fit; with a pooling of 1
    convolutions alone."""
    levels = [Level(tr("input"), length)]
    for number in range(layers):
        pools = pooling > 1 and number % 2 == 1
        reach, step = (pooling, pooling) if pools else (kernel, 1)
        if levels[-1].units < reach:
            break
        name = tr("pool {n}", n=number + 1) if pools else tr("conv {n}", n=number + 1)
        units = (levels[-1].units - reach) // step + 1
        levels.append(_above(levels[-1], Level(name, units, reach, step, weighted=not pools)))
    return tuple(levels)


def along(architecture: Architecture, width: int) -> Levels:
    """Return a network on a canvas so wide; of one window where it sees windows one by one."""
    if not architecture.is_convolutional:
        width = architecture.window
    levels = [Level(tr("input"), width // architecture.scale)]
    for layer in architecture.layers:
        before = layer.padding + (layer.pooling == "blur")
        has_weights, units = layer.operation != "pool", layer.shape(width, width)[2]
        own = Level(layer.name, units, layer.reach, layer.step, before, has_weights)
        levels.append(_above(levels[-1], own))
    return tuple(levels)


def _above(below: Level, level: Level) -> Level:
    """A level with what follows from the one below it."""
    return replace(
        level,
        stride=below.stride * level.step,
        field=below.field + (level.reach - 1) * below.stride,
        lead=below.lead + level.before * below.stride,
    )


def related(levels: Levels, level: int, unit: int) -> tuple[range, ...]:
    """Return for each level the units that a unit sees, itself, and those that see it; none where
    it sees nothing but padding."""
    spans = [range(unit, unit + 1)]
    for upper, lower in pairwise(reversed(levels[: level + 1])):
        if not spans[0]:
            spans.insert(0, range(0))
            continue
        first, last = (upper.window(one, lower.units) for one in (spans[0][0], spans[0][-1]))
        spans.insert(0, range(first.start, last.stop))
    for upper in levels[level + 1 :]:
        below = spans[-1]
        first_above = -(-(below.start - upper.reach + 1 + upper.before) // upper.step)
        last_above = (below.stop - 1 + upper.before) // upper.step
        above = range(max(0, first_above), min(last_above + 1, upper.units))
        spans.append(above if below else range(0))
    return tuple(spans)


def both(levels: Levels, one: int, other: int) -> tuple[range, ...]:
    """Return for each level the units whose receptive field holds two units of the input."""
    low, high = min(one, other), max(one, other)
    spans = []
    for level in levels:
        first = max(0, -(-(high + 1 - level.field + level.lead) // level.stride))
        last = min((low + level.lead) // level.stride, level.units - 1)
        spans.append(range(first, max(first, last + 1)))
    return tuple(spans)


def edges(levels: Levels, level: int) -> int:
    """Return how many edges lead up to a level."""
    upper, lower = levels[level], levels[level - 1]
    return sum(len(upper.window(unit, lower.units)) for unit in range(upper.units))


def paths(levels: Levels, level: int, unit: int) -> Floats:
    """Return the share of each unit of the input in all paths up to a unit: the gradient of linear
    units with equal weights."""
    counts = np.zeros(levels[level].units)
    counts[unit] = 1
    for upper, lower in pairwise(reversed(levels[: level + 1])):
        below = np.zeros(lower.units)
        for one in np.flatnonzero(counts):
            span = upper.window(int(one), lower.units)
            below[span.start : span.stop] += counts[one]
        counts = below
    shares: Floats = counts / max(1.0, counts.sum())
    return shares


@dataclass(frozen=True, eq=False)
class Effective:
    """An effective receptive field: the mean absolute gradient of the units in the middle of a
    layer's maps by the pixels of their receptive field, (field, field), over so many digits."""

    layer: str
    gradient: Floats
    digits: int
    is_mnist: bool

    @property
    def half(self) -> int:
        """The fewest pixels that have half of the gradient's sum."""
        ordered = np.sort(self.gradient.ravel())[::-1].cumsum()
        return int(np.searchsorted(ordered, ordered[-1] / 2)) + 1


def effective_field(net: Network, layer: Layer) -> Iterator[Effective | None]:
    """Measure it over MNIST's test digits, else over those that ship; after each of ``COUNTS``.

    Source: Luo, Li, Urtasun, Zemel, "Understanding the effective receptive field in deep
    convolutional neural networks", NeurIPS 2016.
    """
    total, done = np.zeros((layer.field, layer.field)), 0
    for count in COUNTS:
        images, is_mnist = _digits(count, net.architecture.window)
        while done < count:
            batch = images[done : min(done + BATCH, count)]
            total += absolute_gradients(net, layer, batch, done)
            done += len(batch)
            yield None if done < count else Effective(layer.name, total / done, done, is_mnist)


def absolute_gradients(net: Network, layer: Layer, images: Floats, first: int = 0) -> Floats:
    """Sum |∂unit/∂pixel| over images (N, side, side) float32 and a layer's receptive field.

    For image n the unit is the one in the middle of the map ``first`` + n, counted round, without
    its activation: a unit that is 0 has no gradient.
    """
    import torch

    x = torch.from_numpy(images)[:, None].requires_grad_()
    values = net(x)[f"{layer.name} pre" if layer.has_weights else layer.name]
    row, column = ((side - 1) // 2 for side in values.shape[2:])
    numbers = torch.arange(len(images))
    units = values[numbers, (first + numbers) % layer.maps, row, column]
    (slopes,) = torch.autograd.grad(units.sum(), x)
    top, left, high, wide = layer.receptive_field(row, column)
    out = max(0, -top, -left, top + high - x.shape[2], left + wide - x.shape[3])
    total = np.pad(slopes.abs().sum((0, 1)).numpy().astype(np.float64), out)
    return total[top + out : top + out + high, left + out : left + out + wide]


def _digits(count: int, side: int) -> tuple[Floats, bool]:
    """The first digits of a set, in the middle of side² pixels; whether they are MNIST's."""
    images: Floats
    try:
        images, is_mnist = load_mnist(test=True).images[:count].astype(np.float32) / 255, True
    except UserError:
        images, is_mnist = shipped_windows(32, count)[0], False
    off = side - images.shape[1]
    cut, before = max(0, -off) // 2, max(0, off) // 2
    images = images[:, cut : cut + side, cut : cut + side]
    around = (before, side - images.shape[1] - before)
    return np.pad(images, ((0, 0), around, around)), is_mnist
