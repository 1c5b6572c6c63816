"""Axes: round numbers for ticks, and names moved apart; plain arithmetic for plots."""

from __future__ import annotations

import math
from collections.abc import Sequence

MANTISSAS = (1, 2, 2.5, 4, 5, 8)
"""Distances of ticks, times a power of ten."""


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` + 1 round numbers within low … high, the ends among them if they can be."""
    span = high - low
    fits: list[list[float]] = []
    for power in range(math.floor(math.log10(span)) - 2, math.floor(math.log10(span)) + 2):
        for mantissa in MANTISSAS:
            step = mantissa * 10.0**power
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if 1 <= last - first <= max(1, most):
                found = [number * step for number in range(first, last + 1)]
                if abs(found[0] - low) + abs(found[-1] - high) < 1e-6 * span:
                    return found
                fits.append(found)
    return fits[0] if fits else [low, high]


def figure(value: float) -> str:
    """A tick's number, with a real minus sign and no needless zeros."""
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The places moved apart to at least ``gap``, in their order, and kept within low … high if
    there is room for that."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    result = list(places)
    floor = low
    for i in order:
        result[i] = floor = max(places[i], floor)
        floor += gap
    ceiling = high
    for i in reversed(order):
        result[i] = ceiling = min(result[i], ceiling)
        ceiling -= gap
    return result
