"""What excites the maps of a network most: patches of digits, their mean, a pattern of one's own.

The excitation of a map is its activation, and of the output its logit. The patch of a unit is
what its receptive field holds. Sources: the patches that excite a unit most and the maps they are
made of, Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2014; the mean
patch weighted by the response, de Boer, Kuyper, "Triggered correlation", 1968; the pattern found by
gradient ascent, Erhan et al., "Visualizing higher-layer features of a deep network", 2009.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.assumptions.measure.digits import Array, DigitSet, digit_set
from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network

Ints = NDArray[np.intp]

BEST = 9
"""Patches that are kept of each map, one a digit at most."""

BATCH = 20
COARSE = 100
"""Digits after which there is a first result."""

STEPS, RATE = 60, 0.12
"""Steps of the ascent, and the change of a pixel in the first of them; it falls to 0."""
PLAIN = 2e-3
"""What a pixel of full ink costs beside the excitation by the best patch, which counts 1."""
SHOWN_EVERY = 10


@dataclass(frozen=True, eq=False)
class Excited:
    """What excites the maps of one layer.

    ``values`` (maps, BEST), the largest first; ``places`` (maps, BEST, 3): digit, row, column of
    the unit. ``mean`` (maps,): mean excitation over all units and digits; ``active`` (maps,): the
    share of units above 0. ``patches`` (maps, field, field): the mean patch, weighted by what is
    above 0 of the excitation; ``best`` (maps, field, field): the best patch of each, blank where no
    digit excites it. ``sources`` (maps, maps below): what each map of the ``below`` layer
    adds to the sum at the best patch, activation × weight summed over the kernel; None of the
    first layer, and until it is measured.
    """

    layer: Layer
    values: Array
    places: Ints
    mean: Array
    active: Array
    patches: Array
    best: Array
    sources: Array | None = None
    below: str = ""

    def is_silent(self, number: int) -> bool:
        """Tell whether no digit excites a map."""
        return bool(self.values[number, 0] <= 0) and self.layer.name != "output"


@dataclass(frozen=True, eq=False)
class Excitations:
    """Those of all layers with weights by name, from the first up, over so many digits."""

    architecture: Architecture
    digits: DigitSet
    count: int
    layers: dict[str, Excited]
    has_sources: bool = False

    def patch(self, layer: str, number: int, rank: int) -> Array:
        """Cut out (field, field) pixels: what excites a map most, or next; beyond is blank."""
        found = self.layers[layer]
        digit, row, column = (int(one) for one in found.places[number, rank])
        window = self.digits.windows(range(digit, digit + 1), self.architecture.window)[0]
        return cut(window, found.layer, row, column)

    def upper(self, layer: str) -> str:
        """Name the next layer with weights; "" above the last."""
        names = list(self.layers)
        after = names.index(layer) + 1
        return names[after] if after < len(names) else ""

    def users(self, layer: str, number: int) -> tuple[tuple[int, float], ...]:
        """Return maps of the next layer and what this map adds to each, the most first."""
        upper = self.upper(layer)
        sources = self.layers[upper].sources if upper else None
        if sources is None or number >= sources.shape[1]:
            return ()
        added = sources[:, number]
        return tuple((int(one), float(added[one])) for one in np.argsort(-added, kind="stable"))

    def parts(self, layer: str, number: int) -> tuple[tuple[int, float], ...]:
        """Return maps of the layer below and what each adds to this map, the most first."""
        sources = self.layers[layer].sources
        if sources is None:
            return ()
        added = sources[number]
        return tuple((int(one), float(added[one])) for one in np.argsort(-added, kind="stable"))


@dataclass(frozen=True, eq=False)
class Pattern:
    """A pattern (field, field) found by ascent from blank paper, and its excitation of a map."""

    layer: str
    map: int
    pixels: Array
    value: float
    step: int


def cut(window: Array, layer: Layer, row: int, column: int) -> Array:
    """Cut the receptive field (field, field) of a unit out of a window; beyond is blank."""
    top, left, high, wide = layer.receptive_field(row, column)
    out = max(0, -top, -left, top + high - window.shape[0], left + wide - window.shape[1])
    around = np.pad(window, out)
    return np.array(around[top + out : top + out + high, left + out : left + out + wide])


def measured_layers(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers whose maps are measured: those with weights from maps to maps."""
    return tuple(one for one in architecture.layers if one.operation not in ("pool", "normalise"))


def excitations(net: Network, count: int) -> Iterator[Excitations | None]:
    """Measure all layers over the first ``count`` digits; a coarse result, and one with sources."""
    architecture, digits = net.architecture, digit_set()
    count = min(count, len(digits))
    tallies = [_Tally(layer) for layer in measured_layers(architecture)]
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        _tally(net, tallies, digits, numbers)
        if first + BATCH == COARSE and count > COARSE:
            layers = {one.layer.name: one.excited(digits, architecture.window) for one in tallies}
            yield Excitations(architecture, digits, COARSE, layers)
        yield None
    found = Excitations(
        architecture,
        digits,
        count,
        {one.layer.name: one.excited(digits, architecture.window) for one in tallies},
    )
    yield from _with_sources(net, found)


def ascend(net: Network, layer: Layer, number: int, best: float) -> Iterator[Pattern | None]:
    """Find a pattern that excites a map most: the unit in its middle, by its sum.

    ``best`` > 0 is the excitation by the best patch, beside which ink and differences between
    neighbours are charged. From grey paper; pixels stay within 0 … 1.
    """
    import torch

    side = net.architecture.window
    row = column = (layer.size - 1) // 2
    top, left, high, wide = layer.receptive_field(row, column)
    inside = (slice(max(0, top), top + high), slice(max(0, left), left + wide))
    held = torch.zeros(1, 1, side, side)
    held[0, 0][inside] = 1.0
    generator = torch.Generator().manual_seed(1)
    pixels = held * (0.3 + 0.1 * torch.rand(1, 1, side, side, generator=generator))
    mean, square = torch.zeros_like(pixels), torch.zeros_like(pixels)
    name = f"{layer.name} pre"
    for step in range(1, STEPS + 1):
        pixels.requires_grad_()
        with torch.enable_grad():
            gain = _up_to(net, pixels, layer)[name][0, number, row, column] / best
            cost = sum(part.square().sum() for part in (pixels, pixels.diff(dim=2), pixels.diff()))
            (gradient,) = torch.autograd.grad(PLAIN * cost - gain, pixels)
        # Adam (Kingma, Ba 2015); torch.optim's import alone would take a second of the lock
        mean.lerp_(gradient, 0.1)
        square.lerp_(gradient.square(), 0.001)
        slope = mean / (1 - 0.9**step) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
        pixels = ((pixels.detach() - RATE * (1 - (step - 1) / STEPS) * slope) * held).clamp_(0, 1)
        if step % SHOWN_EVERY and step < STEPS:
            yield None
            continue
        with torch.no_grad():
            maps = _up_to(net, pixels, layer)
        value = maps[name if layer.name == "output" else layer.name][0, number, row, column]
        window = pixels[0, 0].numpy().copy()
        yield Pattern(layer.name, number, cut(window, layer, row, column), float(value), step)


def _up_to(net: Network, x: Tensor, last: Layer) -> dict[str, Tensor]:
    """All maps of windows (B, 1, side, side) up to a layer, the sums as ``"C1 pre"``."""
    from viz.nets.network import activation, surrounded

    architecture, maps = net.architecture, {}
    x = net.entered(surrounded(x, architecture.rim, architecture) if architecture.rim else x)
    for layer in architecture.layers:
        rim = layer.rim
        if layer.has_weights:
            x = net.sums(layer, x)
            maps[f"{layer.name} pre"] = x[..., rim:-rim, rim:-rim] if rim else x
            x = activation(x, layer.activation)
        else:
            x = net.reduced(layer, x)
        maps[layer.name] = x[..., rim:-rim, rim:-rim] if rim else x
        if layer.name == last.name:
            break
    return maps


MOST_KEPT = 8
_kept: dict[tuple[str, int], Excitations] = {}


def kept_excitations(net: Network, name: str, count: int) -> Iterator[Excitations | None]:
    """Yield those of a network of this name, measured once and kept for the last few networks.

    A name means the same network for ever; only the measuring lane asks.
    """
    key = name, count
    if key not in _kept:
        for found in excitations(net, count):
            if found is not None and found.has_sources:
                while len(_kept) >= MOST_KEPT:
                    del _kept[next(iter(_kept))]
                _kept[key] = found
            yield found
    else:
        yield _kept[key]


class _Tally:
    """The running figures of one layer."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.values = np.full((layer.maps, BEST), -np.inf, np.float32)
        self.places = np.zeros((layer.maps, BEST, 3), np.intp)
        self.sums, self.active = np.zeros(layer.maps), np.zeros(layer.maps)
        self.weighted = np.zeros((layer.maps, layer.field**2))
        self.weights, self.units = np.zeros(layer.maps), 0

    def excited(self, digits: DigitSet, window: int) -> Excited:
        """The figures so far, of digits in windows of so many pixels."""
        side, weights = self.layer.field, np.maximum(self.weights, 1e-12)[:, None]
        patches = (self.weighted / weights).reshape(-1, side, side).astype(np.float32)
        units = max(1, self.units)
        return Excited(
            self.layer, self.values.copy(), self.places.copy(),
            (self.sums / units).astype(np.float32), (self.active / units).astype(np.float32),
            patches, self._best(digits, window),
        )  # fmt: skip

    def _best(self, digits: DigitSet, window: int) -> Array:
        best = np.zeros((self.layer.maps, self.layer.field, self.layer.field), np.float32)
        excited = self.values[:, 0] > (-np.inf if self.layer.name == "output" else 0)
        for digit in np.unique(self.places[excited, 0, 0]):
            picture = digits.windows(range(digit, digit + 1), window)[0]
            for number in np.flatnonzero(excited & (self.places[:, 0, 0] == digit)):
                row, column = (int(at) for at in self.places[number, 0, 1:])
                best[number] = cut(picture, self.layer, row, column)
        return best


def _tally(net: Network, tallies: list[_Tally], digits: DigitSet, numbers: range) -> None:
    """Add a batch of digits to all tallies."""
    import torch
    import torch.nn.functional as F

    windows = torch.from_numpy(digits.windows(numbers, net.architecture.window))[:, None]
    with torch.no_grad():
        maps = net(windows)
        for one in tallies:
            layer = one.layer
            found = maps["output pre" if layer.name == "output" else layer.name]
            batch, count, high, wide = found.shape
            flat = found.reshape(batch, count, high * wide)
            one.sums += flat.sum((0, 2)).double().numpy()
            above = flat.clamp(min=0)
            one.active += (flat > 0).sum((0, 2)).double().numpy()
            one.weights += above.sum((0, 2)).double().numpy()
            one.units += batch * high * wide
            lead, reach = layer.lead, (high - 1) * layer.stride + layer.field
            rest = max(0, reach - lead - windows.shape[2])
            padded = F.pad(windows, (lead, rest, lead, rest))[..., :reach, :reach]
            patches = F.unfold(padded, layer.field, stride=layer.stride)
            one.weighted += torch.einsum("bmp,bfp->mf", above, patches).double().numpy()
            peaks, units = flat.max(2)
            _keep_best(one, peaks.numpy().T, units.numpy().T, wide, numbers)


def _keep_best(tally: _Tally, peaks: Array, units: Ints, wide: int, numbers: range) -> None:
    """Merge a batch's peaks (maps, batch), at the flat places ``units``, into the best ones."""
    new = np.stack(
        [np.broadcast_to(np.array(numbers), units.shape), units // wide, units % wide], -1
    )
    values = np.concatenate([tally.values, peaks], 1)
    places = np.concatenate([tally.places, new], 1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :BEST]
    tally.values = np.take_along_axis(values, order, 1)
    tally.places = np.take_along_axis(places, order[..., None], 1)


def _with_sources(net: Network, found: Excitations) -> Iterator[Excitations | None]:
    """Measure at the best patch of each map what the maps below add to its sum."""
    import torch

    layers, architecture = list(found.layers.values()), net.architecture
    done = dict(found.layers)
    for lower, one in itertools.pairwise(layers):
        layer = one.layer
        direct = architecture.below(layer)
        between = architecture.layers[architecture.layers.index(lower.layer) + 1 :]
        between = between[: between.index(layer)]
        if layer.operation == "prototypes" or direct is None or any(b.across > 1 for b in between):
            continue  # no sum of products, or maps that were joined on the way
        weights = net.weights(layer).detach()
        sources = np.zeros((layer.maps, layer.inputs), np.float32)
        best = one.places[:, 0]
        chosen = np.unique(best[:, 0])
        for first in range(0, len(chosen), BATCH):
            numbers = chosen[first : first + BATCH]
            windows = torch.from_numpy(found.digits.windows(numbers, architecture.window))
            with torch.no_grad():
                below = _up_to(net, windows[:, None], direct)[direct.name]
            below = torch.nn.functional.pad(below, (layer.padding,) * 4, value=layer.padding_value)
            for at, digit in enumerate(numbers):
                for number in np.flatnonzero(best[:, 0] == digit):
                    row, column = (int(place) for place in best[number, 1:])
                    top, left = row * layer.step, column * layer.step
                    reach, apart = layer.reach, layer.dilation
                    seen = below[at, :, top : top + reach : apart, left : left + reach : apart]
                    own = weights[number]
                    if own.dim() == 5:
                        own = own[..., row, column]
                    sources[number] = (own * seen).sum((1, 2)).numpy()
            yield None
        done[layer.name] = Excited(
            layer, one.values, one.places, one.mean, one.active, one.patches,
            one.best,
            sources, lower.layer.name,
        )  # fmt: skip
    yield Excitations(architecture, found.digits, found.count, done, has_sources=True)
