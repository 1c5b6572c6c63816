"""Pooling: many values become one; the operators of the lecture, one formula each.

Over the n values xᵢ of a window:

    max           max xᵢ
    average       (1/n) Σ xᵢ
    lp            ((1/n) Σ |xᵢ|^p)^(1/p)          p = 1: average of |xᵢ|; p → ∞: max |xᵢ|
    log-prob      (1/b) log((1/n) Σ exp(b·xᵢ))    b → 0: average; b → ∞: max
    subsampling   tanh(coefficient · average + bias)
    blur          max at every position, then the binomial filter [1 2 1]/4 along each axis

The lecture's notes print log-prob without its logarithm. Lp has a mean, not a sum, so that it goes
from the average to the maximum as log-prob does: Boureau, Ponce, LeCun, "A theoretical analysis of
feature pooling in visual recognition", ICML 2010, which has both; torch's ``lp_pool2d`` sums and is
n^(1/p) times as large. Subsampling: LeCun et al., NIPS 1990. Blur: Zhang, ICML 2019.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Wide = NDArray[np.float64]

KINDS = ("max", "average", "lp", "log-prob", "subsampling", "blur")
LEAST, MOST = 1, 5
"""The range of size and stride."""

_TINY = 1e-290
"""A smaller b than this leaves b·x no digits; log-prob is the average there to all of them."""


@dataclass(frozen=True)
class Pooling:
    """An operator: ``kind`` of ``KINDS``, windows of ``size`` units a side, ``stride`` units apart.

    ``p`` (1 … ∞) is Lp's, ``b`` (0 … ∞) log-prob's, ``coefficient`` and ``bias`` (finite) are those
    of subsampling. Raises ValueError for anything else.
    """

    kind: str = "max"
    size: int = 2
    stride: int = 2
    p: float = 2.0
    b: float = 1.0
    coefficient: float = 1.0
    bias: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no pooling {self.kind!r}")
        for name, value in (("size", self.size), ("stride", self.stride)):
            if not (isinstance(value, int) and LEAST <= value <= MOST):
                raise ValueError(f"a pooling's {name} is {LEAST} to {MOST}, not {value!r}")
        if not self.p >= 1:
            raise ValueError(f"p is 1 or more, not {self.p}")
        if not self.b >= 0:
            raise ValueError(f"b is 0 or more, not {self.b}")
        if not (math.isfinite(self.coefficient) and math.isfinite(self.bias)):
            raise ValueError(f"coefficient and bias are finite, not {self}")

    @property
    def reach(self) -> int:
        """Units along a side that one output sees: a blur looks one further to each side."""
        return self.size + 2 if self.kind == "blur" else self.size

    def outputs(self, units: int) -> int:
        """Windows that fit into so many units along one axis."""
        return max(0, (units - self.reach) // self.stride + 1)


def pool(x: Array, pooling: Pooling) -> Array:
    """Pool (…, H, W) to (…, H′, W′) float32, whole windows only, nothing padded.

    ``x`` is finite float32. H′ = ⌊(H − size)/stride⌋ + 1, with size + 2 for a blur. Raises
    ValueError where no window fits.
    """
    return _pool(x, pooling, 2)


def pool_1d(x: Array, pooling: Pooling) -> Array:
    """Pool (…, W) to (…, W′) float32 along one axis; a window holds ``size`` values."""
    return _pool(x, pooling, 1)


def pool_window(window: Array, kind: str, p: float = 2.0, b: float = 1.0) -> float:
    """Pool a single window (n, n) of any size; for a blur n is larger by 2.

    ``kind`` of ``KINDS``, but subsampling, or "min"; ``p`` and ``b`` as those of ``Pooling``.
    """
    size = len(window) - 2 if kind == "blur" else len(window)
    return float(_values(window, kind, size, 1, 2, p, b).item())


def _pool(x: Array, pooling: Pooling, axes: int) -> Array:
    sides = x.shape[-axes:]
    if len(sides) < axes or not all(pooling.outputs(side) for side in sides):
        raise ValueError(f"no window of {pooling.reach} fits into {x.shape}")
    is_trained = pooling.kind == "subsampling"
    kind = "average" if is_trained else pooling.kind
    result = _values(x, kind, pooling.size, pooling.stride, axes, pooling.p, pooling.b)
    if is_trained:
        with np.errstate(over="ignore"):  # tanh(±∞) = ±1
            result = np.tanh(pooling.coefficient * result + pooling.bias)
    return np.ascontiguousarray(result, np.float32)


def _values(
    x: Array, kind: str, size: int, stride: int, axes: int, p: float, b: float
) -> NDArray[np.floating[Any]]:
    """What the operators without trained parameters make of each window, in double precision
    where they add up."""
    if kind == "max":
        return _maximum(x, size, stride, axes)
    if kind == "min":  # not the chapter's, but of ``viz.nets.modules``
        return -_maximum(-x, size, stride, axes)
    if kind == "blur":
        return _binomial(_maximum(x, size, 1, axes), stride, axes)
    wide = x.astype(np.float64)
    if kind == "lp":
        return _lp(wide, p, size, stride, axes)
    if kind == "log-prob":
        return _log_prob(wide, b, size, stride, axes)
    return _average(wide, size, stride, axes)


def _parts(
    x: NDArray[np.floating[Any]], size: int, stride: int, axes: int
) -> Iterator[NDArray[Any]]:
    """The windows' values, one place after the other: each part (…, H′, W′) has one place's of
    all windows. Views; ten times as fast as reducing small windows."""
    for corner in product(range(size), repeat=axes):
        places: tuple[Any, ...] = tuple(
            slice(start, start + (side - size) // stride * stride + 1, stride)
            for start, side in zip(corner, x.shape[-axes:], strict=True)
        )
        yield x[(Ellipsis, *places)]


def _maximum(x: NDArray[Any], size: int, stride: int, axes: int) -> NDArray[Any]:
    parts = _parts(x, size, stride, axes)
    result = next(parts).copy()
    for part in parts:
        np.maximum(result, part, out=result)
    return result


def _average(x: Wide, size: int, stride: int, axes: int) -> Wide:
    n = size**axes
    return np.asarray(sum(_parts(x / n, size, stride, axes)))


def _lp(x: Wide, p: float, size: int, stride: int, axes: int) -> Wide:
    """By the largest of the window, so that no power overflows: peak · mean((|x|/peak)^p)^(1/p)."""
    x = np.abs(x)
    peak = _maximum(x, size, stride, axes)
    if math.isinf(p):
        return peak
    unit = np.where(peak > 0, peak, 1)
    powers = sum((part / unit) ** p for part in _parts(x, size, stride, axes))
    return np.asarray(peak * (powers / size**axes) ** (1 / p))


def _log_prob(x: Wide, b: float, size: int, stride: int, axes: int) -> Wide:
    """By the largest of the window, so that no exponential overflows; in terms of exp − 1 and
    log(1 + …), so that nothing cancels where b is small."""
    if b < _TINY:
        return _average(x, size, stride, axes)
    peak = _maximum(x, size, stride, axes)
    if math.isinf(b):
        return peak
    with np.errstate(over="ignore"):  # b·(x − peak) = −∞ adds exp(−∞) = 0
        above = sum(np.expm1(b * (part - peak)) for part in _parts(x, size, stride, axes))
    return np.asarray(peak + np.log1p(above / size**axes) / b)


def _binomial(x: NDArray[Any], stride: int, axes: int) -> NDArray[Any]:
    """[1 2 1]/4 along each of the last axes, at every ``stride``-th place."""
    weights = product((1, 2, 1), repeat=axes)
    parts = zip(weights, _parts(x, 3, stride, axes), strict=True)
    return np.asarray(sum(part * (math.prod(weight) / 4**axes) for weight, part in parts))
