"""Padding and stride: how many windows fit, what they cover, and what zeros do at the border."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.convolution.measure.correlation import Array, Axis, axis, correlate
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Cell
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.segmented import Option, Segmented

OWN = "own"
"""Padding of a number of pixels that is chosen by itself."""

CANVAS, SQUARE = "canvas", "square"
SIDE = 7
"""Pixels along a side of the small input, all of them 1."""


@dataclass(frozen=True)
class Padded:
    """Both axes, the windows that cover each pixel (H, W), and the mean over each window
    (H′, W′), in which padding counts as 0."""

    rows: Axis
    columns: Axis
    coverage: Array
    means: Array


class Padding(MeasuredInstrument):
    """The windows that cover each pixel, beside the map that a kernel of equal weights makes."""

    id = "padding"
    title = tr("Padding and stride")
    hint = tr("Point at a unit of the map: the window that it sees is outlined on the input.")
    tip = tr(
        "How many windows of the kernel fit: ⌊(n + 2p − f)/s⌋ + 1 along each side of n pixels, "
        "with padding p, kernel side f and stride s; and how many of them cover each pixel."
    )
    explanation = tr(
        "<b>Padding</b> surrounds the input with zeros, the <b>stride</b> is the step from window "
        "to window. <b>Valid</b> adds no zeros, so the map is smaller than its input and a pixel "
        "in a corner is covered by a single window; <b>same</b> keeps the size at stride 1; "
        "<b>full</b> lets every window count that touches the input. Where the stride does not "
        "divide, some pixels at the end are left over. An odd kernel has a middle pixel; an even "
        "one needs one zero more on one side, and its map is shifted by half a pixel. Zeros are "
        "not neutral: at the border the mean falls."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.input = Segmented(
            tr("Input"),
            (
                Option(CANVAS, tr("canvas"), tr("The drawing on the canvas.")),
                Option(
                    SQUARE,
                    tr("{n}×{n} ones", n=SIDE),
                    tr("A small input whose pixels are all 1."),
                ),
            ),
            label=tr("input"),
        )
        self.kernel = CountBox(
            tr("kernel f"), tr("Pixels along a side of the kernel, 1 to 11."), 1, 11, 5
        )
        self.mode = Segmented(
            tr("Padding"),
            (
                Option("valid", tr("valid"), tr("No zeros: windows lie within the input.")),
                Option("same", tr("same"), tr("So many zeros that stride 1 keeps the size.")),
                Option("full", tr("full"), tr("Every window that touches the input.")),
                Option(OWN, tr("p ="), tr("So many zeros on every side as the box says.")),
            ),
            label=tr("padding"),
        )
        self.padding = CountBox(tr("p"), tr("Zeros on every side, 0 to 12."), 0, 12, 1)
        self.stride = CountBox(tr("stride s"), tr("Pixels from window to window, 1 to 5."), 1, 5, 1)
        self.add_setting("input", self.input)
        self.add_setting("kernel", self.kernel)
        self.add_setting("mode", self.mode)
        self.add_setting("padding", self.padding)
        self.add_setting("stride", self.stride)
        self.coverage, self.map = NumberGrid(LockedScale(25.0)), NumberGrid(LockedScale(1.0))
        self.coverage.describe, self.map.describe = self._describe_pixel, self._describe_unit
        self.map.pointed.connect(self._point)
        self.facts = Facts("88 × 888")
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        for part, share in ((self.coverage, 5), (self.map, 5), (self.facts, 4)):
            row.addWidget(part, share)
        self.set_view(view)

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # sizes do not depend on what is drawn

    def key(self, snapshot: Snapshot) -> Any:
        self.padding.setVisible(self.mode.value == OWN)
        padding = self.padding.value if self.mode.value == OWN else self.mode.value
        scene = snapshot.request.scene if self.input.value == CANVAS else None
        return self.kernel.value, padding, self.stride.value, scene

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Padded]:
        kernel, padding, stride, scene = key
        image = np.ones((SIDE, SIDE), np.float32) if scene is None else snapshot.image
        rows, columns = (axis(side, kernel, padding, stride) for side in image.shape)
        covered = np.outer(rows.coverage(), columns.coverage()).astype(np.float32)
        means = np.zeros((0, 0), np.float32)
        if rows.outputs and columns.outputs:
            weights = np.full((kernel, kernel), 1 / kernel**2, np.float32)
            means = correlate(image, weights, rows, columns)
        yield Padded(rows, columns, covered, means)

    def show_result(self, result: Padded) -> None:
        rows, columns = result.rows, result.columns
        self.coverage.set_scale(LockedScale(float(rows.kernel * columns.kernel)))
        self.coverage.set_array(
            result.coverage,
            start=float(rows.before),
            grid=(_span(rows), _span(columns)),
        )
        self.coverage.set_caption(
            tr("Windows that cover each pixel"), shorter=tr("Covering windows")
        )
        self.map.set_array(result.means)
        self.map.set_caption(
            tr("Mean over each window: {rows} × {columns}", rows=rows.outputs,
               columns=columns.outputs),
            shorter=tr("Means"),
        )  # fmt: skip
        self.map.set_message(
            "" if result.means.size else tr("The kernel is larger than the input: no window fits.")
        )
        self.coverage.set_marks(())
        self.facts.set_facts("", self._facts(result))

    def set_dimmed(self, dimmed: bool) -> None:
        self.coverage.set_dimmed(dimmed)
        self.map.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("outputs = ⌊(<i>n</i> + 2<i>p</i> − <i>f</i>) / <i>s</i>⌋ + 1")
        if self.result is None:
            return law
        padded: Padded = self.result
        return law + "".join(
            tr(
                "<br>{side} = ⌊({n} + {p} − {f}) / {s}⌋ + 1 = <b>{outputs}</b>",
                side=side, n=one.size, p=one.before + one.after, f=one.kernel, s=one.stride,
                outputs=one.outputs,
            )
            for side, one in ((tr("rows"), padded.rows), (tr("columns"), padded.columns))
        )  # fmt: skip

    def _facts(self, padded: Padded) -> list[Fact]:
        rows, columns, covered = padded.rows, padded.columns, padded.coverage
        facts = [
            Fact(
                tr("{rows} × {columns}", rows=rows.outputs, columns=columns.outputs),
                tr("units of the map"),
                tr("⌊(n + 2p − f)/s⌋ + 1 along each side."),
            ),
            Fact(
                tr("{rows} × {columns}", rows=rows.left_over, columns=columns.left_over),
                tr("rows and columns left over at the end, zeros included"),
                tr("(n + 2p − f) mod s: the stride does not divide what there is."),
            ),
            Fact(f"{int((covered == 0).sum()):,}", tr("pixels that no window covers")),
            Fact(
                f"{int(covered[0, 0]):,}",
                tr("windows cover the pixel in the corner, at most {most} any other",
                   most=f"{int(covered.max()):,}"),
            ),
        ]  # fmt: skip
        if rows.before != rows.after:
            facts.append(
                Fact(
                    tr("{before} | {after}", before=rows.before, after=rows.after),
                    tr("zeros before and after: an even kernel has no middle"),
                )
            )
        return facts

    def _point(self, cell: Cell | None) -> None:
        """Outline the window of a unit of the map on the input."""
        marks = []
        if cell is not None and self.result is not None:
            padded: Padded = self.result
            (top, bottom), (left, right) = (
                padded.rows.window(cell[0]),
                padded.columns.window(cell[1]),
            )
            marks = [
                QRectF(left + padded.columns.before, top + padded.rows.before, right - left,
                       bottom - top)
            ]  # fmt: skip
        self.coverage.set_marks(marks)

    def _describe_pixel(self, row: int, column: int) -> str:
        padded: Padded = self.result
        return tr(
            "row {row}, column {column}: windows that cover it: {count}",
            row=row, column=column, count=int(padded.coverage[row, column]),
        )  # fmt: skip

    def _describe_unit(self, row: int, column: int) -> str:
        padded: Padded = self.result
        (top, bottom), (left, right) = padded.rows.window(row), padded.columns.window(column)
        return tr(
            "row {row}, column {column}: mean {value} over rows {top} to {bottom} and columns "
            "{left} to {right}",
            row=row, column=column, value=f"{padded.means[row, column]:.3f}", top=top,
            bottom=bottom - 1, left=left, right=right - 1,
        )  # fmt: skip


def _span(one: Axis) -> float:
    """Pixels along an axis, padding included."""
    return float(one.before + one.size + one.after)
