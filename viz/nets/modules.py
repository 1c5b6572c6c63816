"""Modules: what can be switched on in front of and behind the first convolution of a network.

A network with modules is another network, with a name of its own, so whatever takes a network takes
it too. Its weights are those of the network it comes from, which was not trained for the modules.

Normalisations, of each unit x in the middle of a window of k×k units, m and σ the mean and the
standard deviation in the window:

    mean          x − m                        equal weights, each map by itself
    high-pass     x − m                        Gaussian weights, each map by itself
    subtractive   x − m                        Gaussian weights, over all maps
    divisive      g·(x − m) / max(c, σ)        Gaussian weights, over all maps
    variance      g·x / max(c, σ)              equal weights, each map by itself
    whitening     Σ w·(window − its mean)      w: the middle row of the ZCA matrix, each map's own

All are local: a unit depends on its window alone. Local contrast normalisation follows Jarrett,
Kavukcuoglu, Ranzato, LeCun, "What is the best multi-stage architecture for object recognition?"
(ICCV 2009), but for two things: there c is the mean of σ over the whole picture, which is not
local, and here it is a constant; and σ is taken about the mean of the same window, so that one
window decides. ZCA: Bell, Sejnowski, "The independent components of natural scenes are edge
filters" (1997); fitted on windows of shipped digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from viz.nets.architecture import NORMALISATIONS, Architecture, Layer

Array = NDArray[np.float32]
Wide = NDArray[np.float64]

SIGN = "+"
"""Between the name of a network and its modules."""

SIDES = (3, 5, 7, 9)
"""Units along a window of the normalisations."""

ACTIVATIONS = ("identity", "relu", "tanh", "sigmoid", "leaky-relu", "absolute")
POOLINGS = ("max", "average", "lp", "log-prob", "blur", "min", "maxout")
MOST_MAPS, MOST_PADDING = 5, 1

LEAK = 0.01
"""Slope of a leaky ReLU below 0."""

GAIN, FLOOR = 0.3, 0.05
"""g and c as shares of the magnitude that the layer's colours end at: about the deviation of a
window with a stroke of full ink in it, and a sixth of that."""

DIGITS = 60
"""Shipped digits that whitening is fitted on, and what is added to each variance, as a share of
their mean: smooth strokes have next to no variance in fine detail, which must not be blown up."""
RIDGE = 0.1


@dataclass(frozen=True)
class Modules:
    """What is switched on; "" is none, or the network's own.

    ``before`` and ``behind`` (of ``NORMALISATIONS``): normalisations in front of and behind C1, in
    windows of ``side`` of ``SIDES``. ``activation``: that of C1. ``pooling`` (of ``POOLINGS``): of
    what comes next, with the network's own window and stride, ``padding`` units on each side,
    maxout over groups of ``maps`` maps. Raises ValueError for anything else.
    """

    before: str = ""
    behind: str = ""
    side: int = 7
    activation: str = ""
    pooling: str = ""
    padding: int = 0
    maps: int = 2

    def __post_init__(self) -> None:
        for value, known in (
            (self.before, NORMALISATIONS),
            (self.behind, NORMALISATIONS),
            (self.activation, ACTIVATIONS),
            (self.pooling, POOLINGS),
        ):
            if value and value not in known:
                raise ValueError(f"there is no module {value!r}")
        if self.side not in SIDES or not 2 <= self.maps <= MOST_MAPS:
            raise ValueError("a window or a group of maps has another size")
        if not 0 <= self.padding <= MOST_PADDING:
            raise ValueError(f"padding is 0 to {MOST_PADDING}, not {self.padding}")

    @property
    def needed(self) -> Modules:
        """The same without numbers that nothing depends on, so that equal networks are equal."""
        own = Modules()
        return replace(
            self,
            side=self.side if self.before or self.behind else own.side,
            maps=self.maps if self.pooling == "maxout" else own.maps,
        )


NONE = Modules()


def joined(base: str, modules: Modules) -> str:
    """Return the name of a network with modules in it; its own without any."""
    modules = modules.needed
    changed = [
        f"{field.name}={getattr(modules, field.name)}"
        for field in fields(Modules)
        if getattr(modules, field.name) != field.default
    ]
    return base + "".join(SIGN + one for one in changed)


def split(name: str) -> tuple[str, Modules]:
    """Return the name of the network that another comes from, and the modules in it.

    Raises ValueError for what ``joined`` does not return.
    """
    base, *changed = name.split(SIGN)
    values: dict[str, str | int] = {}
    for one in changed:
        key, _, value = one.partition("=")
        values[key] = int(value) if isinstance(getattr(NONE, key, ""), int) else value
    if not values.keys() <= vars(NONE).keys():
        raise ValueError(f"there are no modules like {name!r}")
    modules = Modules(**values)  # type: ignore[arg-type]
    if joined(base, modules) != name:
        raise ValueError(f"{name!r} is not how these modules are written")
    return base, modules


def base_of(name: str) -> str:
    """Return the name of the network that one comes from: its own, without modules."""
    return name.partition(SIGN)[0]


def filter_bank(architecture: Architecture) -> Layer | None:
    """Return the first layer where it is a convolution that shares its weights, C1 as a rule."""
    first = architecture.layers[0]
    return first if first.operation == "conv" and not first.unshared else None


def pooled(architecture: Architecture) -> Layer | None:
    """Return the pooling behind the filter bank, if there is one without weights."""
    layer = architecture.layers[1] if len(architecture.layers) > 1 else None
    return layer if layer and layer.operation == "pool" and not layer.has_weights else None


def modified(
    architecture: Architecture, modules: Modules, scales: Mapping[str, float] | None = None
) -> Architecture:
    """Return a network's architecture with modules in it; ``scales`` are its colour scales.

    Raises ValueError where they do not go together.
    """
    bank, pool = filter_bank(architecture), pooled(architecture)
    if modules == NONE:
        return architecture
    if bank is None or (pool is None and (modules.pooling or modules.padding)):
        raise ValueError("the network does not begin with a convolution, or does not pool it")
    layers = list(architecture.layers)
    if pool is not None:
        layers[1] = _pooling(pool, modules)
    if modules.activation:
        layers[0] = replace(bank, activation=modules.activation)
    if modules.behind:
        peak = 1.0 if scales is None else _peak(bank, layers[0], scales)
        layers.insert(1, _normalisation("N1", modules.behind, bank.maps, modules.side, peak))
    if modules.before:
        peak = max(abs(architecture.blank), abs(architecture.ink))
        layers.insert(0, _normalisation("N0", modules.before, 1, modules.side, peak))
    return replace(architecture, layers=tuple(layers))


def _normalisation(name: str, kind: str, maps: int, side: int, peak: float) -> Layer:
    return Layer(
        name, "normalise", maps, side, normalisation=kind, gain=GAIN * peak, floor=FLOOR * peak
    )


def _pooling(layer: Layer, modules: Modules) -> Layer:
    layer = replace(layer, padding=modules.padding)
    if not modules.pooling:
        return layer
    if modules.pooling == "maxout":
        return replace(layer, pooling="max", across=modules.maps)
    return replace(layer, pooling=modules.pooling)


def _peak(bank: Layer, changed: Layer, scales: Mapping[str, float]) -> float:
    """The magnitude that the colours of C1 end at with another activation."""
    if changed.activation == bank.activation:
        return scales[bank.name]
    return 1.0 if changed.activation in ("tanh", "sigmoid") else scales[f"{bank.name} pre"]


def scales(
    architecture: Architecture, changed: Architecture, scales: Mapping[str, float]
) -> dict[str, float]:
    """Return the colour scales of a network with modules: the network's own, so that both can be
    compared, but where the modules themselves set the range."""
    bank = filter_bank(architecture)
    assert bank is not None
    found = {name: scales[name] for name in changed.scaled if name in scales}
    found[bank.name] = _peak(bank, changed.layer(bank.name), scales)
    peak = max(abs(architecture.blank), abs(architecture.ink))
    for layer in changed.layers:
        if layer.operation == "normalise":
            found[layer.name] = peak if layer.name == "N0" else found[bank.name]
    pool = pooled(architecture)
    if pool is not None and found[bank.name] != scales[bank.name]:
        found[pool.name] = found[bank.name]
    return found


# Windows and whitening


def window_weights(side: int, kind: str) -> Array:
    """Return the weights (side,) along one axis of a window, which add up to 1."""
    if kind in ("mean", "variance"):
        return np.full(side, 1 / side, np.float32)
    at = np.arange(side) - side // 2
    bell = np.exp(-0.5 * (at / (side / 5)) ** 2)
    return np.asarray(bell / bell.sum(), np.float32)


def weights(
    architecture: Architecture, changed: Architecture, weights: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the weights of a network with modules: its own, and those of whitening."""
    found = dict(weights)
    if not any(layer.normalisation == "whitening" for layer in changed.layers):
        return found
    below = _seen(architecture)
    for layer in changed.layers:
        if layer.operation == "conv" and layer.name == architecture.layers[0].name:
            below = _convolved(below, layer, found)
        elif layer.normalisation == "whitening":
            fitted = [whitening(below[:, number], layer.kernel) for number in range(layer.maps)]
            found[f"{layer.name}.weight"] = np.stack([weight for weight, _ in fitted])
            found[f"{layer.name}.bias"] = np.array([bias for _, bias in fitted], np.float32)
        if layer.name == "N1" or (layer.operation == "pool"):
            break
    return found


@lru_cache(maxsize=1)
def _digits() -> Array:
    from viz.nets.shipped_digits import shipped_windows

    return shipped_windows(count=DIGITS)[0][:, None]


def _seen(architecture: Architecture) -> Array:
    return _digits() * np.float32(architecture.ink - architecture.blank) + np.float32(
        architecture.blank
    )


def _convolved(below: Array, layer: Layer, weights: Mapping[str, Array]) -> Array:
    """C1 of the digits (N, maps, h, w)."""
    windows = sliding_window_view(below[:, 0], (layer.kernel, layer.kernel), (1, 2))
    kernels = weights[f"{layer.name}.weight"].reshape(layer.maps, -1)
    sums = windows.reshape(*windows.shape[:3], -1) @ kernels.T + weights[f"{layer.name}.bias"]
    sums = sums.transpose(0, 3, 1, 2)
    return np.asarray(_ACTIVATED[layer.activation](sums), np.float32)


_ACTIVATED: dict[str, Callable[[Array], NDArray[np.floating]]] = {
    "identity": lambda y: y,
    "relu": lambda y: np.maximum(y, 0),
    "tanh": np.tanh,
    "scaled-tanh": lambda y: 1.7159 * np.tanh(y * (2 / 3)),
    "sigmoid": lambda y: 1 / (1 + np.exp(-y)),
    "leaky-relu": lambda y: np.where(y > 0, y, LEAK * y),
    "absolute": np.abs,
}


def whitening(maps: Array, side: int) -> tuple[Array, float]:
    """Fit ZCA whitening to windows of maps (N, h, w): (weights (side, side), bias).

    The covariance C = U Λ Uᵀ of windows gives W = U (Λ + ε)^(−1/2) Uᵀ; its middle row, that of the
    middle unit, is the filter. It is scaled so that what comes out has the deviation of what went
    in: the layer above was trained for that size. Of maps that never change the identity.
    """
    windows = sliding_window_view(maps, (side, side), (1, 2))[:, ::2, ::2]
    flat = windows.reshape(-1, side * side)
    mean: Wide = flat.mean(0, dtype=np.float64)
    apart = flat - mean.astype(np.float32)
    covariance = (apart.T @ apart).astype(np.float64) / len(flat)
    middle = side * side // 2
    values, vectors = np.linalg.eigh(covariance)
    values = values.clip(0)
    ridge = RIDGE * values.mean()
    if ridge < 1e-12:
        row = np.zeros(side * side)
        row[middle] = 1.0
    else:
        row = (vectors * (values + ridge) ** -0.5) @ vectors[middle]
        row *= np.sqrt(covariance[middle, middle] / (row @ covariance @ row))
    return row.reshape(side, side).astype(np.float32), float(-row @ mean)
