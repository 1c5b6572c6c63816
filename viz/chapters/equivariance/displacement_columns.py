"""The columns of the displacement table: their heads, formulas, and the texts in their cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from viz.chapters.equivariance.live_shift import Shown
from viz.chapters.equivariance.measure.displacement import LEAST_SIDE
from viz.i18n import tr
from viz.nets.architecture import Layer
from viz.views.widgets.text_cache import signed

UNKNOWN = "\N{EN DASH}"

WIDEST = signed(-88.88, 2)
PAIR = "  "
"""Between the x and the y of a pair."""


@dataclass(frozen=True)
class Column:
    """Its head, the formula in its tip, the widest text that it must hold, and the smaller heads
    below its own, of x and y or of one number. The column after one that ``spans`` shares its
    head."""

    head: str
    tip: str
    widest: str
    under: str = ""
    numeric: bool = True
    spans: bool = False


def columns(layers: Sequence[Layer] = ()) -> tuple[Column, ...]:
    """The table's columns from left to right, for these layers."""
    pair, axes = WIDEST + PAIR + WIDEST, "x" + PAIR + "y"
    widest = max(("output", *(layer.name for layer in layers)), key=len)
    return (
        Column(tr("layer"), tr("The layer whose maps are compared."), widest, numeric=False),
        Column(
            tr("expected"),
            tr(
                "(dx, dy) / stride: how far T′ moves the maps, in map pixels. A layer's cumulative "
                "stride is {strides}.",
                strides=_strides(layers),
            ),
            pair,
            axes,
        ),
        Column(
            tr("measured"),
            tr(
                "The (dx, dy) in map pixels at which the maps before and after fit best: the "
                "d that minimises Σ (after(p + d/2) − before(p − d/2))² over all maps, by "
                "cross-correlation and Gauss–Newton steps, without knowing what to expect. Its "
                "own error is some 0.05 map pixels in LeNet-5, in the output 0.15. – where the "
                "maps are shorter than {least} or hold nothing to follow.",
                least=LEAST_SIDE,
            ),
            pair,
            axes,
        ),
        Column(
            tr("off by"),
            tr("√((measured − expected)²), over x and y where both are known, in map pixels."),
            "88.88",
            tr("units"),
        ),
        Column(
            tr("residual"),
            tr(
                "r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2) over the units that see only "
                "the canvas, before and after. 0 wherever the shift is a multiple of the stride; "
                "– where the canvas leaves no such units."
            ),
            "0.888",
            tr("inside"),
            spans=True,
        ),
        Column(
            "",
            tr(
                "The same r over all other units: they see the canvas's edge, or T′ would take "
                "them from beyond the map, where it puts the response to a blank canvas."
            ),
            "0.888",
            tr("at border"),
        ),
        Column(
            tr("compared"),
            tr(
                "exactly: the shift is a multiple of the layer's stride, T′ only moves the maps. "
                "interpolated: it is not, T′ interpolates bilinearly between neighbours."
            ),
            max(tr("exactly"), tr("interpolated"), key=len),
            numeric=False,
        ),
    )


def _strides(layers: Sequence[Layer]) -> str:
    """The strides and the layers that have them: ``1 in C1; 2 in S2, C3``."""
    return "; ".join(
        tr("{stride} in {layers}", stride=stride, layers=", ".join(one.name for one in group))
        for stride, group in groupby(layers, key=lambda layer: layer.stride)
    )


ROUNDING = 1e-6


def residual_text(value: float) -> str:
    """Three decimals; small ones as a power of ten, unknown ones as –.

    What is below ``ROUNDING``, the noise of summing 32-bit numbers in another order, is 0.
    """
    if math.isnan(value):
        return UNKNOWN
    if value < ROUNDING:
        return "0"
    return f"{value:.3f}" if value >= 0.0005 else f"{value:.0e}".replace("e-0", "e−")


def pair_text(pair: tuple[float, float], decimals: int = 2) -> str:
    """(x, y) as two numbers; – for one that is not known."""
    return PAIR.join(UNKNOWN if math.isnan(d) else signed(d, decimals) for d in pair)


def off_by(measured: Sequence[float], expected: Sequence[float]) -> float:
    """The distance of the two over the axes where they are known; NaN if over none."""
    known = [m - e for m, e in zip(measured, expected, strict=True) if not math.isnan(m)]
    return math.hypot(*known) if known else math.nan


def row(shown: Shown, name: str) -> tuple[str, ...]:
    """The texts of one layer's row, as ``columns`` orders them."""
    one, measured = shown.measured.layers[name], shown.measured.measured[name]
    if not shown.comparable:
        pair = UNKNOWN + PAIR + UNKNOWN
        return name, pair, pair, *4 * (UNKNOWN,)
    off = off_by(measured, one.expected)
    return (
        name,
        pair_text(one.expected),
        pair_text(measured),
        UNKNOWN if math.isnan(off) else f"{off:.2f}",
        residual_text(one.interior),
        residual_text(one.border),
        tr("exactly") if one.aligned else tr("interpolated"),
    )


def shift_text(shown: Shown) -> str:
    """The shift that a result belongs to."""
    if not shown.comparable:
        return tr("shift  {unknown}", unknown=UNKNOWN)
    dx, dy = shown.measured.shift
    return tr("shift  {dx}, {dy} px", dx=signed(dx, 2), dy=signed(dy, 2))
