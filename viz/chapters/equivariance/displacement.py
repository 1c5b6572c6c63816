"""Displacement: how far each layer's maps should have moved, and how far they have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton

from viz.chapters.equivariance.live_shift import Comparison, ShiftInstrument, residual_text
from viz.chapters.equivariance.measure.displacement import LEAST_SIDE
from viz.chapters.instrument import Context
from viz.i18n import UNKNOWN, number, tr
from viz.nets.architecture import Layer
from viz.scene.shifts import Shift
from viz.views.widgets.line import Line
from viz.views.widgets.table import Column, Table
from viz.views.widgets.tooltip import wrapped

WIDEST = number(-88.88, 2)

MEASURED = (3, 4)
"""The columns of what is measured, x and y."""


class Displacement(ShiftInstrument):
    """A row for each layer, below the shift and the button that takes a new reference."""

    id = "displacement"
    title = tr("Displacement")
    hint = tr(
        "Drag the whole drawing (Ctrl+A), or nudge it with the arrow keys: each row shows how far "
        "a layer's maps moved."
    )
    tip = tr(
        "How far the maps of each layer moved, compared with (dx, dy) / stride, and how well f(Tx) "
        "equals T′f(x)."
    )
    explanation = tr(
        "The maps are compared with those of the <b>reference</b>, the drawing in its first place. "
        "A layer should move by the input’s shift divided by its <b>stride</b>, the canvas pixels "
        "from unit to unit; what is measured is the shift at which the maps fit best, without use "
        "of the expected one. The <b>residual</b> is what remains when the old maps are moved as "
        "expected. Press an arrow key four times: S2 is exact at every second step, S4 at every "
        "fourth. Where only part of the drawing moved, there is no single shift."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.button = QPushButton(tr("Set as reference"))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip(
            wrapped(
                tr(
                    "Measure shifts from the present place. Any change of the drawing other than a "
                    "shift of the whole does the same."
                )
            )
        )
        self.button.clicked.connect(self.live.take_reference)
        self.line = Line()
        self.table = Table(tr("Displacement and residual of each layer"))
        self.table.describe = self._describe
        self.add_control(self.button)
        self.add_control(self.line)
        self.set_view(self.table)

    def show_result(self, result: Comparison) -> None:
        layers = result.snapshot.architecture.layers
        self.table.set_columns(_columns(layers))
        self.table.set_rows([_row(result, layer.name) for layer in layers])
        about = tr(
            "(dx, dy): how far the whole drawing stands from the reference, in pixels of the "
            "canvas; – if not all of it moved alike."
        )
        self.line.set_text(result.shift_text, result.notes, about)

    def formula(self) -> str:
        result: Comparison | None = self.result
        if result is None or result.partly:
            return tr("expected shift = input shift / stride")
        layers = result.snapshot.architecture.layers
        layer = next((one for one in layers if one.stride > 1), layers[0])
        measured = result.measured
        along_x = measured.shift[1] == 0
        return tr(
            "expected shift in {layer} = input shift / stride<br>= {shift} px / {stride} = "
            "<b>{expected}</b> units, measured <b>{found}</b>",
            layer=layer.name, shift=_way(measured.shift, along_x), stride=layer.stride,
            expected=_way(measured.layers[layer.name].expected, along_x),
            found=_way(measured.measured[layer.name], along_x),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.table.set_dimmed(dimmed)

    def _describe(self, row: int, column: int) -> str:
        """Why a layer tells no displacement along an axis."""
        layer = self.result.snapshot.architecture.layers[row].name
        _, height, width = self.result.measured.layers[layer].after.shape
        if column not in MEASURED or min(height, width) >= LEAST_SIDE:
            return ""
        return tr(
            "On this canvas {layer} has only {width}×{height} positions, too few to measure a "
            "shift along {axis}.",
            layer=layer, width=width, height=height, axis="y" if height < LEAST_SIDE else "x",
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        return self.live.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        self.live.restore(state)
        super().restore(state)

    def reset(self, state: Mapping[str, Any]) -> None:
        self.live.reset()
        super().restore(state)


@lru_cache(maxsize=2)
def _columns(layers: tuple[Layer, ...]) -> tuple[Column, ...]:
    """The columns from left to right, for these layers."""
    strides = "; ".join(
        tr("{stride} in {layers}", stride=stride, layers=", ".join(one.name for one in group))
        for stride, group in groupby(layers, key=lambda layer: layer.stride)
    )
    expected = tr(
        "(dx, dy) / stride: how far T′ moves the maps, in units. A layer's cumulative stride is "
        "{strides}.",
        strides=strides,
    )
    measured = tr(
        "The (dx, dy), in units, at which the maps before and after fit best: the d that minimises "
        "Σ (after(p + d/2) − before(p − d/2))² over all maps, by cross-correlation and "
        "Gauss–Newton steps, without use of the expected shift. Its own error is about 0.05 units "
        "in LeNet-5, and 0.15 in the output. – where the maps are shorter than {least} units or "
        "too weak to be followed.",
        least=LEAST_SIDE,
    )
    error = tr("√((measured − expected)²), over x and y where both are known, in units.")
    inside = tr(
        "r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2) over the units whose receptive fields "
        "lie on the canvas, before and after. 0 wherever the shift is a multiple of the stride; – "
        "where the canvas leaves no such units."
    )
    border = tr(
        "The same r over all other units: their receptive fields reach beyond the canvas, or T′ "
        "takes them from beyond the map, where it puts the response to a blank canvas."
    )
    how = tr(
        "exact: the shift is a multiple of the layer's stride, so T′ only moves the maps. "
        "interpolated: it is not, so T′ interpolates bilinearly between neighbours."
    )
    name = max((layer.name for layer in layers), key=len)
    return (
        Column(tr("layer"), tip=tr("The layer whose maps are compared."), widest=name, left=True),
        Column(tr("expected / units"), "x", expected, WIDEST),
        Column("", "y", expected, WIDEST, joined=True),
        Column(tr("measured / units"), "x", measured, WIDEST),
        Column("", "y", measured, WIDEST, joined=True),
        Column(tr("error"), tr("/ units"), error, "88.88", rank=1),
        Column(tr("residual"), tr("interior"), inside, "0.888"),
        Column("", tr("border"), border, "0.888", joined=True),
        Column(tr("comparison"), tip=how, widest=tr("interpolated"), left=True, rank=2),
    )


def _row(result: Comparison, name: str) -> tuple[str, ...]:
    """The texts of one layer's row."""
    if result.partly:
        return name, *8 * (UNKNOWN,)
    one, measured = result.measured.layers[name], result.measured.measured[name]
    off = [m - e for m, e in zip(measured, one.expected, strict=True) if not math.isnan(m)]
    return (
        name,
        *(number(d, 2) for d in (*one.expected, *measured)),
        number(math.hypot(*off), 2) if off else UNKNOWN,
        residual_text(one.interior),
        residual_text(one.border),
        tr("exact") if one.aligned else tr("interpolated"),
    )


def _way(way: Shift, along_x: bool) -> str:
    """Write a way (dx, dy), as one number if it goes along x only."""
    dx, dy = (number(round(d, 2)) for d in way)
    return dx if along_x else f"({dx}, {dy})"
