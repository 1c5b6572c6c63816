"""Fully connected = convolution: one product as a matrix and as kernels, and a band as a matrix."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.architecture.measure.dense import (
    Banded,
    Dense,
    across,
    as_band,
    below,
    compare,
    dense_layer,
    first_convolution,
    inked,
    scale_below,
    tiles,
)
from viz.chapters.architecture.words import difference_text
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture, Layer
from viz.nets.networks import trained
from viz.views.theme import GRID
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Cell, Heatmap
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tiles import locked_peak

DENSE, BAND = "dense", "band"
MOST = 99_999
"""The largest number of a unit or a product that can be chosen."""

MOST_CELLS = 1_000_000
"""Of a larger matrix not every entry is shown."""


class FullyConnected(MeasuredInstrument):
    """A matrix, the same numbers as kernels, and what they are multiplied with."""

    id = "fully-connected"
    title = tr("Fully connected")
    hint = tr("Point at a weight: it stands in matrix and kernel alike; then widen the canvas.")
    tip = tr(
        "A fully connected layer multiplies a matrix with the flattened maps below: the same sums "
        "as a convolution by kernels as large as those maps."
    )
    explanation = tr(
        "A <b>fully connected</b> layer multiplies a matrix with all values below, flattened. Cut "
        "each row into pieces as large as the maps below, and it is a <b>kernel</b>; the layer is "
        "a <b>convolution</b> with a single window, equal up to rounding. On a wider canvas the "
        "matrix no longer fits, while the convolution goes on with more windows. The other way "
        "round a convolution is a <b>banded</b> matrix: the same few weights in each row, in "
        "one colour each, and zeros elsewhere. Flattening loses nothing, but forgets what is "
        "beside what."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.way = Segmented(
            tr("Which way"),
            (
                Option(DENSE, tr("matrix as kernels"), tr("The fully connected layer.")),
                Option(BAND, tr("kernel as a matrix"), tr("A convolution of the first layer.")),
            ),
        )
        self.unit = CountBox(tr("map"), tr("A row of the matrix, or a kernel."), 0, MOST, 0)
        self.product = CountBox(
            tr("product"), tr("A column of the matrix: an input, and its weight."), 0, MOST, 637
        )
        self.side = CountBox(tr("n"), tr("Pixels along a side of the input."), 3, 12, 8)
        for name, control in (
            ("way", self.way), ("unit", self.unit), ("product", self.product), ("side", self.side),
        ):  # fmt: skip
            self.add_setting(name, control)
            control.chosen.connect(lambda _: self._show_product())
        self.document.window_changed.connect(self._show_product)
        signed = LockedScale(1.0, signed=True)
        self.matrix, self.kernels = Heatmap(signed), Heatmap(signed, legend=False)
        self.values = Heatmap(LockedScale(1.0))
        self.matrix.pointed.connect(self._point_matrix)
        self.kernels.pointed.connect(lambda cell: self._point_tile(self.kernels, cell))
        self.values.pointed.connect(lambda cell: self._point_tile(self.values, cell))
        self.facts = Facts("500 × 1,250")
        view = QWidget()
        grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        for part in (self.matrix, self.kernels, self.values):
            part.setMinimumSize(24, 12)  # so that the least room holds all
        grid.addWidget(self.matrix, 0, 0, 1, 2)
        grid.addWidget(self.kernels, 1, 0)
        grid.addWidget(self.values, 1, 1)
        grid.addWidget(self.facts, 0, 2, 2, 1)
        for place, (high, wide) in enumerate(((3, 4), (2, 4), (0, 7))):
            grid.setRowStretch(place, high)
            grid.setColumnStretch(place, wide)
        self.set_view(view)

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self._show_product()

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        if _layer(self.way.value, snapshot.architecture) is None:
            return tr("This network has no such layer: choose another one in the Network menu.")
        return super().reason(snapshot)

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        asked = request.scene, request.network, request.ablated, snapshot.origin, self.way.value
        return (*asked, self.unit.value, self.side.value) if self.way.value == BAND else asked

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Dense | Banded]:
        _, name, _, origin, way, *rest = key
        network = nets(name)
        architecture, scales = network.architecture, trained(name).scales
        layer = _layer(way, architecture)
        assert layer is not None  # ``reason`` told
        values = below(network, layer, snapshot.image, snapshot.maps, origin)
        scale = scale_below(architecture, layer, scales)
        if way == DENSE:
            yield from compare(network, layer, values, scale)
            return
        unit, side = rest[0] % layer.maps, max(rest[1], layer.reach)
        weights = network.weights(layer).detach().numpy()[unit, 0]
        kernel = np.array(weights.reshape(*weights.shape[:2], -1)[..., 0])
        yield as_band(layer, unit, kernel, inked(values[0], side), scale)

    # What is shown

    def show_result(self, result: Dense | Banded) -> None:
        shown, step = result.matrix, 1
        if isinstance(result, Dense):
            step = max(1, math.ceil(math.sqrt(shown.size / MOST_CELLS)))
            shown = shown[::step, ::step]
        if not np.array_equal(shown, self.matrix.values):  # to colour it takes some milliseconds
            self.matrix.set_scale(LockedScale(locked_peak(result.matrix), signed=True))
            self.matrix.set_array(shown, stride=float(step), grid=result.matrix.shape)
        self.kernels.set_scale(self.matrix.scale)
        self._show_product()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.matrix, self.kernels, self.values):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("<i>y</i> = <i>b</i> + Σ<sub><i>j</i></sub> <i>W</i><sub><i>j</i></sub> "
                 "<i>x</i><sub><i>j</i></sub> = <i>b</i> + Σ <i>k</i> ⋆ <i>x</i>")  # fmt: skip
        if (result := self.result) is None:
            return law
        if isinstance(result, Banded):
            rows, columns = result.matrix.shape
            return law + tr(
                "<br>{rows}×{columns} entries, {weights} of them weights, <b>{zeros} zeros</b>",
                rows=rows, columns=columns, weights=f"{int((result.places >= 0).sum()):,}",
                zeros=f"{int((result.places < 0).sum()):,}",
            )  # fmt: skip
        unit, _, window = self._chosen(result)
        total, bias = result.products(unit, window).sum(), float(result.biases[unit])
        return law + tr(
            "<br>map {unit} of {layer}: {bias} + ({total}) = <b>{value}</b>",
            unit=unit, layer=result.layer.name, bias=number(bias, 3), total=number(total, 3),
            value=number(bias + total, 3),
        )  # fmt: skip

    def _chosen(self, result: Dense) -> tuple[int, int, tuple[int, int]]:
        """The row and the column of the matrix that are followed, and the window."""
        rows, columns = result.matrix.shape
        unit, product = self.unit.value % rows, self.product.value % columns
        row, column = self.document.shown_window() or (0, 0)
        most = result.windows
        return unit, product, (min(row, most[0] - 1), min(column, most[1] - 1))

    def _show_product(self) -> None:
        """Show one product in the matrix, in the kernel and in what is below."""
        self.side.setVisible(self.way.value == BAND)
        if isinstance(self.result, Dense):
            self._show_dense(self.result)
        elif self.result is not None:
            self._show_band(self.result)

    def _show_dense(self, result: Dense) -> None:
        layer, (unit, product, window) = result.layer, self._chosen(result)
        side, seen = layer.kernel, result.window(*window)
        kernel = result.matrix[unit].reshape(seen.shape)
        self.kernels.set_array(tiles(kernel))
        self.values.set_scale(LockedScale(*result.scale))
        self.values.set_array(tiles(seen))
        which, cell = divmod(product, side**2)
        row, column = divmod(cell, side)
        down, right = divmod(which, across(layer.inputs))
        at = down * (side + 1) + row, right * (side + 1) + column
        tile = QRectF(right * (side + 1), down * (side + 1), side, side)
        for part in (self.kernels, self.values):
            part.set_marks([tile])
            part.point_at(at)
        height, width = result.matrix.shape
        self.matrix.set_marks([QRectF(0, unit, width, 1), QRectF(product, 0, 1, height)])
        weight, value = float(kernel[which, row, column]), float(seen[which, row, column])
        named = {"unit": unit, "product": product, "map": which, "row": row, "column": column,
                 "weight": number(weight, 3), "value": number(value, 3)}  # fmt: skip
        for part, text, shorter in (
            (self.matrix, tr("matrix: W[{unit}, {product}] = {weight}", **named), tr("matrix")),
            (self.kernels, tr("kernel {unit}: k[{map}, {row}, {column}] = {weight}", **named),
             tr("kernel {unit}: {weight}", **named)),
            (self.values, tr("below: x[{map}, {row}, {column}] = {value}", **named),
             tr("below: x = {value}", **named)),
        ):  # fmt: skip
            part.set_caption(text, shorter=shorter)
        products = result.products(unit, window)
        self.facts.set_facts(
            tr("W · x = k · x = {product}; the first {n} products: {sum}.",
               product=number(weight * value, 3), n=product + 1,
               sum=number(float(products[: product + 1].sum()), 3)),
            _facts(result),
        )  # fmt: skip

    def _show_band(self, result: Banded) -> None:
        size = len(result.kernel)
        weight = self.product.value % size**2
        self.values.set_scale(LockedScale(*result.scale))
        for part, values in ((self.kernels, result.kernel), (self.values, result.patch)):
            part.set_array(values)
            part.set_marks(())
        self.kernels.point_at(divmod(weight, size))
        self.matrix.set_marks(
            [QRectF(x, y, 1, 1) for y, x in np.argwhere(result.places == weight).tolist()]
        )
        rows, columns = result.matrix.shape
        named = {"layer": result.layer.name, "number": result.number, "n": len(result.patch),
                 "rows": rows, "columns": columns,
                 "weight": number(float(result.kernel.reshape(-1)[weight]), 3)}  # fmt: skip
        for part, text, shorter in (
            (self.matrix, tr("{rows}×{columns}: a row a window, a column a pixel", **named),
             tr("matrix")),
            (self.kernels, tr("{layer} kernel {number}: {weight}", **named), tr("kernel")),
            (self.values, tr("{n}×{n} of its input", **named), tr("input")),
        ):  # fmt: skip
            part.set_caption(text, shorter=shorter)
        self.facts.set_facts("", _band_facts(result))

    def _point_matrix(self, cell: Cell | None) -> None:
        if cell is None or self.result is None:
            return
        step = self.result.matrix.shape[1] // self.matrix.values.shape[1]
        row, column = cell[0] * step, cell[1] * step
        if isinstance(self.result, Dense):
            self.unit.show_value(min(row, MOST))
            self.product.show_value(min(column, MOST))
        elif self.result.places[row, column] >= 0:
            self.product.show_value(int(self.result.places[row, column]))
        self._show_product()

    def _point_tile(self, part: Heatmap, cell: Cell | None) -> None:
        if cell is None or self.result is None:
            return
        if isinstance(self.result, Banded):
            if part is self.kernels:
                self.product.show_value(cell[0] * len(self.result.kernel) + cell[1])
        else:
            side, count = self.result.layer.kernel, self.result.layer.inputs
            (down, row), (right, column) = (divmod(at, side + 1) for at in cell)
            which = down * across(count) + right
            if row < side and column < side and which < count:
                product = which * side**2 + row * side + column
                self.product.show_value(min(product, MOST))
        self._show_product()


def _layer(way: str, architecture: Architecture) -> Layer | None:
    return (dense_layer if way == DENSE else first_convolution)(architecture)


def _facts(result: Dense) -> list[Fact]:
    layer, (rows, columns) = result.layer, result.windows
    maps, inputs = result.matrix.shape
    fits = (
        tr("values for {inputs} columns: the matrix fails; the convolution makes {rows}×{columns} "
           "units a map", inputs=f"{inputs:,}", rows=rows, columns=columns)
        if result.refusal
        else tr("values, as many as columns: the matrix fits; widen the canvas")
    )  # fmt: skip
    facts = [
        Fact(
            f"{maps:,} × {inputs:,}",
            tr("matrix of {layer}, or {maps} kernels of {below}×{side}×{side}",
               layer=layer.name, maps=maps, below=layer.inputs, side=layer.kernel),
        ),
        Fact(f"{result.values.size:,}", fits, result.refusal),
        *_differences(result, tr("in double precision, over {units} units, the largest difference",
                                 units=f"{result.done:,}")),
    ]  # fmt: skip
    return facts + ([_times(result.milliseconds, result.timed)] if result.milliseconds else [])


def _band_facts(result: Banded) -> list[Fact]:
    rows, columns = result.matrix.shape
    zeros = int((result.places < 0).sum())
    return [
        Fact(
            f"{zeros:,}",
            tr("zeros of {entries} entries: {share}", entries=f"{rows * columns:,}",
               share=percent(zeros / (rows * columns))),
        ),
        Fact(
            f"{result.kernel.size}",
            tr("different weights, each {rows} times, in a colour of its own; fully connected "
               "would have {entries}", rows=rows, entries=f"{rows * columns:,}"),
        ),
        *_differences(result, tr("in double precision, the largest difference")),
        _times(result.milliseconds, 1),
    ]  # fmt: skip


def _differences(result: Dense | Banded, words: str) -> list[Fact]:
    tip = tr("The matrix by NumPy, the convolution by torch; window by window where several are.")
    single = tr("in single precision: sums in another order")
    pairs = (result.difference64, words), (result.difference32, single)
    return [Fact(difference_text(value), told, tip) for value, told in pairs]


def _times(milliseconds: tuple[float, float], windows: int) -> Fact:
    one, other = (number(each, 2) for each in milliseconds)
    return Fact(
        tr("{one} | {other}", one=one, other=other),
        tr("ms, windows: {n}, as a matrix | as a convolution", n=windows),
        tr("Medians of repeats, both by torch on one thread."),
    )
