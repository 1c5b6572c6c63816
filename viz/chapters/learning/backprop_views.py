"""The four views of *Backpropagation*."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.learning.measure.backprop import (
    Gradients,
    LayerGradient,
    Turned,
    Updated,
    in_rows,
)
from viz.chapters.learning.measure.passing_back import Back
from viz.i18n import number, percent, tr
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import GRID
from viz.views.widgets.bars import Bars, Group
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.slider import Slider

LEAST_PEAK = 2.0**-20
LEAST_HIGH = 64
"""Pixels of a chart at least: a slider stands below one."""

LEAST_MAP = 34
"""Pixels of a map with its name at least: two stand below a line of text."""

KNOBS = 200
"""Positions of the slider that turns a weight."""


@dataclass(frozen=True)
class FineScale(LockedScale):
    """A scale of small numbers, such as gradients."""

    def numbers(self) -> tuple[str, str]:
        high = short(self.peak)
        return (f"−{high}" if self.signed else "0"), high


def short(value: float) -> str:
    """Write a number of any size in a few letters."""
    size = abs(value)
    if size == 0 or not math.isfinite(size):
        return number(value)
    text = f"{size:,.2g}" if 0.001 <= size < 100 else f"{size:,.0f}"
    if size < 0.001:
        text = f"{size:.0e}".replace("e-0", "e−").replace("e-", "e−")
    return f"−{text}" if value < 0 else text


def class_name(label: int) -> str:
    """Return what a class is called."""
    return tr("none") if label == NONE_CLASS else str(label)


class GradientView(QWidget):
    """Of the input and each layer the map that matters most, and its gradient below it."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Heatmap, Heatmap]] = []
        self._peaks: dict[str, float] = {}
        self._names: tuple[str, ...] = ()
        self.told = Line()
        self._row = QHBoxLayout()
        self._row.setSpacing(2 * GRID)
        _below(self, self.told, self._row)

    def set_found(self, found: Gradients, scales: dict[str, LockedScale]) -> None:
        """Show gradients; ``scales`` are those of the layers' maps."""
        names = (*(one.name for one in found.layers), "")
        if names != self._names:
            self._build(names)
        self.told.set_text(
            tr("loss = −log p({target}) = {loss}", target=class_name(found.target),
               loss=number(found.loss, 3)),
            tr("shown of each layer: the map with the largest Σ ∣value · gradient∣"),
        )  # fmt: skip
        values, gradient = self.pairs[-1]
        values.set_array(in_rows(found.probabilities))
        values.set_caption(tr("output, p(class)"), shorter=tr("p(class)"))
        for grid in (values, gradient):
            grid.describe = partial(_class_told, grid, len(found.logits))
        gradient.set_scale(FineScale(1.0, signed=True))
        gradient.set_array(in_rows(found.logits))
        gradient.set_caption(tr("gradient: p − target"), shorter=tr("p − target"))
        for (values, gradient), one in zip(self.pairs[:-1], found.layers, strict=True):
            values.set_scale(scales[one.name])
            values.set_array(one.values)
            values.set_caption(_named(one))
            gradient.set_scale(FineScale(self._peak(one), signed=True))
            gradient.set_array(one.gradient)
            gradient.set_caption(tr("gradient"), shorter="∂")

    def _build(self, names: Sequence[str]) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.setParent(None)
                old.deleteLater()
        self.pairs, self._names, self._peaks = [], tuple(names), {}
        for _ in names:
            both = Heatmap(LockedScale(1.0), legend=False), Heatmap(LockedScale(1.0))
            column, part = QVBoxLayout(), QWidget()
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GRID)
            for one in both:
                one.setMinimumHeight(LEAST_MAP)
                column.addWidget(one)
            part.setLayout(column)
            self._row.addWidget(part)
            self.pairs.append(both)

    def _peak(self, one: LayerGradient) -> float:
        """The end of the scale: a power of two, which grows with what is met and never shrinks, so
        that nothing flickers."""
        largest = max(LEAST_PEAK, float(np.abs(one.gradient).max()))
        needed = 2.0 ** math.ceil(math.log2(largest))
        self._peaks[one.name] = max(self._peaks.get(one.name, 0.0), needed)
        return self._peaks[one.name]

    def set_dimmed(self, dimmed: bool) -> None:
        """Show them faintly."""
        for pair in self.pairs:
            for one in pair:
                one.set_dimmed(dimmed)


def _named(one: LayerGradient) -> str:
    if one.name == "input":
        return tr("input")
    return one.name if one.map < 0 else tr("{layer} map {map}", layer=one.name, map=one.map)


class UpdateView(QWidget):
    """Probabilities before and after the updates, and what the steps are."""

    def __init__(self) -> None:
        super().__init__()
        self.bars = Bars("", tr("p(class), before and after"))
        self.bars.setMinimumHeight(LEAST_HIGH)
        self.facts = Facts("−88.888")
        _side_by_side(self, (self.bars, 5), (self.facts, 2))

    def set_found(self, found: Gradients, made: Updated) -> None:
        """Show what updates do to the answer."""
        before, after = made.probabilities[0], made.probabilities[-1]
        self.bars.set_ranges(self.bars.ranges[0], (0.0, 1.0))
        self.bars.names = (tr("before"), tr("after"))
        self.bars.set_groups([
            Group(
                class_name(label), (float(before[label]), float(after[label])),
                tip=tr("class {label}: {before} before, {after} after", label=class_name(label),
                       before=percent(before[label]), after=percent(after[label])),
                colours=(_faint(label), _hue(label)),
            )
            for label in range(len(before))
        ])  # fmt: skip
        count = len(made.losses) - 1
        target = class_name(found.target)
        facts = [
            Fact(number(float(made.losses[0]), 3), tr("loss for {target}", target=target)),
            Fact(
                number(float(made.losses[-1]), 3),
                tr("after {count} updates", count=count)
                if count != 1 else tr("after one update"),
            ),
            Fact(
                number(made.predicted, 3),
                tr("change that the slope predicts for the first"),
                tr("−η ‖∇‖²: exact only for steps so small that the slope does not change."),
            ),
        ]  # fmt: skip
        if count:
            change = float(made.losses[1] - made.losses[0])
            facts.append(Fact(number(change, 3), tr("change by the first")))
        lengths = ", ".join(
            tr("{layer} {length}", layer=layer, length=short(length))
            for layer, length in made.steps.items()
        )
        facts.append(Fact("", tr("length of the last step: {lengths}", lengths=lengths)))
        self.facts.set_facts("", facts)

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly."""
        self.bars.set_dimmed(dimmed)


class WeightView(QWidget):
    """The loss over one weight with the line that its slope predicts; the kernel beside it."""

    turned = pyqtSignal(float)
    """The user turned the weight: from −1, the left end of the curve, to 1."""
    picked = pyqtSignal(int, int)
    """The user chose another weight of the kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = Plot(tr("weight"), tr("loss"), step=0.05, fine=0.01)
        self.plot.setMinimumHeight(LEAST_HIGH)
        self.plot.chosen.connect(self._drag)
        self.kernel = NumberGrid(LockedScale(1.0, signed=True))
        self.kernel.chosen.connect(self.picked)
        self.slider = Slider(neutral=KNOBS // 2)
        self.slider.setRange(0, KNOBS)
        self.slider.setAccessibleName(tr("The weight"))
        self.slider.valueChanged.connect(lambda at: self.turned.emit(2 * at / KNOBS - 1))
        self.slider.stepped.connect(lambda way: self.slider.setValue(self.slider.value() + way))
        self.slider.reset.connect(lambda: self.turned.emit(0.0))
        self.facts = Facts("−88.888")
        left, side = QWidget(), QWidget()
        for part, widgets in (
            (left, ((self.plot, 1), (self.slider, 0))),
            (side, ((self.kernel, 3), (self.facts, 2))),
        ):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GRID)
            for widget, share in widgets:
                column.addWidget(widget, share)
        _side_by_side(self, (left, 5), (side, 3))
        self._found: Turned | None = None

    def value_at(self, share: float) -> float:
        """Return the weight for a share of its range, −1 … 1."""
        assert self._found is not None
        low, high = float(self._found.values[0]), float(self._found.values[-1])
        return (low + high) / 2 + share * (high - low) / 2

    def _drag(self, x: float) -> None:
        if self._found is not None:
            low, high = float(self._found.values[0]), float(self._found.values[-1])
            self.turned.emit((2 * x - low - high) / (high - low))

    def set_found(self, found: Turned, share: float) -> None:
        """Show the curve, with the weight turned to a share of its range."""
        self._found = found
        value = self.value_at(share)
        predicted = found.loss + found.slope * (found.values - np.float32(found.own))
        self.plot.set_ranges(
            (float(found.values[0]), float(found.values[-1])),
            (0.0, max(0.1, 1.1 * float(found.losses.max()))),
        )
        self.plot.set_series([
            Series(tr("predicted by the slope"), found.values, predicted, dashed=True),
            Series(tr("loss"), found.values, found.losses, thick=True),
        ])  # fmt: skip
        self.plot.set_references([(found.own, tr("learned"))])
        self.plot.set_mark(value)
        if self.slider.value() != (at := round((share + 1) * KNOBS / 2)):
            self.slider.blockSignals(True)
            self.slider.setValue(at)
            self.slider.blockSignals(False)
        map_, input_, row, column = found.place
        shown = found.kernel.copy()
        shown[row, column] = value
        peak = max(float(np.abs(found.kernel).max()), float(np.abs(found.values).max()) / 3)
        self.kernel.set_scale(LockedScale(peak, signed=True))
        self.kernel.set_array(shown)
        self.kernel.point_at((row, column))
        self.kernel.set_caption(
            tr("{layer}: kernel {map} over map {input}", layer=found.layer, map=map_, input=input_),
            shorter=found.layer,
        )
        self.facts.set_facts("", [
            Fact(number(value, 3), tr("the weight; learned: {own}", own=number(found.own, 3))),
            Fact(number(found.at(value), 3), tr("loss")),
            Fact(
                number(found.predicted(value), 3),
                tr("predicted: {loss} + slope {slope} · {by}", loss=number(found.loss, 3),
                   slope=number(found.slope, 3), by=number(value - found.own, 3)),
            ),
        ])  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly."""
        self.plot.set_dimmed(dimmed)


class ModuleView(QWidget):
    """A patch of one module: what comes in and out, δ at its output, and what it hands on."""

    def __init__(self) -> None:
        super().__init__()
        self.grids = tuple(
            NumberGrid(LockedScale(1.0, signed=True), legend=False) for _ in range(5)
        )
        self.told, row = Line(), QHBoxLayout()
        row.setSpacing(2 * GRID)
        for place, grid in enumerate(self.grids):
            row.addWidget(grid, 2 if place == len(self.grids) - 1 else 6)
        _below(self, self.told, row)
        for grid in self.grids:
            grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_found(self, back: Back) -> None:
        """Show how the gradient passes."""
        if back.kernel is None:
            shown = [
                (back.into, tr("in")), (back.out, tr("out")),
                (back.delta, tr("δ = ∂loss/∂out")), (back.handed, tr("∂loss/∂in")),
            ]  # fmt: skip
        else:
            assert back.turned is not None and back.kernel_gradient is not None
            shown = [
                (back.kernel, tr("kernel w")), (back.kernel_gradient, tr("∂loss/∂w")),
                (back.delta, tr("δ")), (back.turned, tr("w turned by 180°")),
                (back.handed, tr("Σ δ·w")),
            ]  # fmt: skip
        self.told.set_text(*_place_of(back))
        for grid, (values, caption) in zip(self.grids, shown, strict=False):
            self._fill(grid, values, caption)
        self.grids[-1].setVisible(len(shown) == len(self.grids))

    @staticmethod
    def _fill(grid: NumberGrid, values: NDArray[np.float32], caption: str) -> None:
        peak = max(1e-6, float(np.abs(values).max()))
        grid.set_scale(FineScale(peak, signed=True))
        grid.set_array(np.asarray(values, np.float32))
        grid.set_caption(caption)

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly."""
        for grid in self.grids:
            grid.set_dimmed(dimmed)


def _class_told(grid: Heatmap, classes: int, row: int, column: int) -> str:
    label = row * grid.values.shape[1] + column
    if label >= classes:
        return ""
    value = number(float(grid.values[row, column]), 3)
    return tr("class {label}: {value}", label=class_name(label), value=value)


def _place_of(back: Back) -> tuple[str, str]:
    """Say which kernel, maps and units of a module are shown."""
    layer, (row, column) = back.module.layer, back.place
    if back.kernel is not None:
        return (
            tr("{layer}: kernel of map {map} over map {input} below", layer=layer, map=back.map,
               input=back.input),
            tr("where ∣δ∣ is largest; Σ δ·w is for unit (row {row}, column {column}) below",
               row=row, column=column),
        )  # fmt: skip
    rows, columns = back.into.shape
    return (
        tr("{layer}: map {map}", layer=layer, map=back.map),
        tr("units from row {row}, column {column} on, {rows}×{columns} of them",
           row=row, column=column, rows=rows, columns=columns),
    )  # fmt: skip


def _hue(label: int):  # type: ignore[no-untyped-def]
    return lambda theme: theme.class_colour(label)


def _faint(label: int):  # type: ignore[no-untyped-def]
    return lambda theme: theme.quiet


def _below(owner: QWidget, line: Line, row: QHBoxLayout) -> None:
    column = QVBoxLayout(owner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID)
    column.addWidget(line)
    column.addLayout(row, 1)


def _side_by_side(owner: QWidget, *parts: tuple[QWidget, int]) -> None:
    row = QHBoxLayout(owner)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4 * GRID)
    for part, share in parts:
        row.addWidget(part, share)
