"""Cost: one pass over the canvas beside a crop for each window, counted and measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPalette, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.sliding_window.measure import one_pass as sliding
from viz.chapters.sliding_window.measure.one_pass import TOLERANCE
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, significant, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture
from viz.views.theme import GRID, text_px
from viz.views.widgets.bars import Bars, Group
from viz.views.widgets.table import Column, Table

REST_MS = 400
"""Between two measurements during a drag: restarting at every change would let none finish."""

SPACING = 6 * GRID
"""Pixels between table and bars."""

LEAST_BARS, SHARE = 16, 0.375
"""Width of the bars: so many times the size of the text at least, such a share of all at most."""


class Cost(MeasuredInstrument):
    """Multiply-adds and milliseconds of both ways, their ratios, and how equal the outputs are.

    Milliseconds are medians of repeats, with their quartiles: a single time tells little.
    """

    id = "cost"
    title = tr("Cost")
    hint = tr("Drag the right edge of the canvas: what does each further window cost?")
    tip = tr(
        "One pass over the canvas against a crop for each of its windows: multiply-adds "
        "(maps·h·w·inputs·k² of every convolution) and milliseconds, medians of repeats."
    )
    rest_ms = REST_MS
    explanation = tr(
        "Every window could be cut out and run alone, or the network run once over the whole "
        "canvas, which computes what windows share only once. <b>Multiply-adds</b> count all "
        "products: maps · height · width · maps below · kernel²; maps · height · width are units, "
        "not parameters as in the notes. Drag the right edge of the canvas: what does each further "
        "window cost? With padding the outputs would differ. Flattening loses nothing, but the "
        "notes’ <i>view(−1, 800)</i> silently regroups larger pictures."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        number = "888,888,888"
        self.table = Table(
            tr("Cost of one pass and of a crop for each window"),
            (
                Column("", left=True, widest=tr("median of {n} / ms", n=8)),
                Column(tr("one pass"), widest=number),
                Column(
                    tr("one crop per window"),
                    widest="≈ " + number,
                    tip=tr("Every window is cut out and run alone."),
                ),
                Column(
                    tr("ratio"),
                    widest="× 88.8 … 88.8",
                    tip=tr("A crop for each window, relative to one pass."),
                ),
            ),
        )
        self.table.describe = self._describe
        self.bars = Bars(tr("blue: one pass; grey: crops"), tr("relative cost"))
        self.bars.set_ranges((0.0, 1.0), (0.0, 1.0))
        self.bars.names = tr("one pass"), tr("one crop per window")
        self.worst = QPushButton()
        self.worst.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.worst.clicked.connect(self._show_worst)
        self.reasons = QLabel()
        self.reasons.setWordWrap(True)
        self.reasons.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        view = QWidget()
        grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.addWidget(self.table, 0, 0)
        grid.addWidget(self.worst, 1, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.reasons, 2, 0)
        grid.addWidget(self.bars, 0, 1, 4, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(3, 1)
        self.set_view(view)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The bars have what the table leaves; where that is little, there are none."""
        spare = self.width() - self.table.full_width - SPACING
        self.bars.setVisible(spare >= LEAST_BARS * text_px(self))
        self.bars.setFixedWidth(round(max(0.0, min(spare, SHARE * self.width()))))
        super().resizeEvent(event)

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # blank paper costs as much

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        return request.scene, request.network, request.ablated

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        _, network, ablated = key
        return sliding.compare(nets(network), snapshot.image, dict(ablated))

    def show_result(self, result: sliding.Cost) -> None:
        whole, alone = counts(result)
        one, crops = sliding.median(result.one_pass), sliding.median(result.crops)
        about = "≈ " if result.estimated else ""
        spread = [
            tr("{low} … {high}", low=significant(low), high=significant(high))
            for low, high in map(
                sliding.quartiles, (result.one_pass, result.crops, result.ratios)
            )
        ]  # fmt: skip
        if result.estimated:
            spread = [UNKNOWN] * 3
        times = tr("median of {n} / ms", n=len(result.crops))
        if result.estimated:
            times = tr("milliseconds")
        self.table.set_rows(
            [
                (tr("windows"), "", f"{result.windows:,}", ""),
                (tr("multiply-adds"), f"{whole:,}", f"{alone:,}", ratio(alone, whole)),
                (times, about + significant(one), about + significant(crops), ratio(crops, one)),
                (tr("quartiles / ms"), *spread[:2], tr("× {ratio}", ratio=spread[2])),
            ]
        )
        colours = [lambda theme: theme.accent, lambda theme: theme.quiet]
        pairs = (tr("multiply-adds"), whole, alone), (tr("time"), one, crops)
        self.bars.set_groups(
            [
                Group(name, [less / max(less, more), more / max(less, more)],
                      ratio(more, less), tr("Blue: one pass; grey: a crop for each window."),
                      colours)
                for name, less, more in pairs
            ]
        )  # fmt: skip
        self._show_difference(result)
        self.reasons.setText(about_ratio(result.architecture))

    def formula(self) -> str:
        law = tr("saving = windows · multiply-adds of a window / multiply-adds of one pass")
        if self.snapshot is None:
            return law
        architecture, side = self.snapshot.architecture, self.snapshot.architecture.window
        height, width = self.snapshot.image.shape
        rows, columns = architecture.windows(height, width)
        one = sum(sliding.multiply_adds(architecture, side, side).values())
        whole = sum(sliding.multiply_adds(architecture, height, width).values())
        return law + tr(
            "<br>= {windows:,} · {one:,} / {whole:,} = <b>{ratio}</b>",
            windows=rows * columns, one=one, whole=whole,
            ratio=significant(rows * columns * one / whole),
        )  # fmt: skip

    def _show_difference(self, cost: sliding.Cost) -> None:
        """Whether both ways give the same outputs; a click shows the window that differs most."""
        equal = cost.difference <= TOLERANCE
        size = f"{cost.difference:.1e}".replace("e-0", "e−") if cost.difference else "0"
        text = (
            tr("outputs equal: largest difference {value}", value=size)
            if equal
            else tr("outputs differ: largest difference {value}", value=size)
        )
        if cost.done < cost.windows:
            text += "  " + tr("({done:,} of {windows:,})", done=cost.done, windows=cost.windows)
        self.worst.setText(text)
        tip = tr(
            "The largest |log p(one pass) − log p(crop)| over {windows:,} windows and {classes} "
            "classes, in window row {row}, column {column}; up to 1e−4 comes from the order in "
            "which 32-bit numbers are added. Click to choose that window.",
            windows=cost.done, classes=cost.architecture.classes, row=cost.where[0],
            column=cost.where[1],
        )  # fmt: skip
        self.worst.setToolTip(f"{tip} {about_padding()}" if is_padded(cost.architecture) else tip)

    def _show_worst(self) -> None:
        if self.result is not None:
            self.document.select_window(self.result.where)

    def _describe(self, row: int, column: int) -> str:
        """How a number of the table comes about."""
        cost: sliding.Cost | None = self.result
        if cost is None or not column or not row or (row == 1 and column == 3):
            return ""
        if row > 1:
            return tr(
                "Both ways are timed {n} times, alternately, on one thread of low priority; crops "
                "{batch} at a time. The numbers are the median and the quartiles, between which "
                "half of the times lie; a single time depends on what else the computer does.",
                n=cost.repeats, batch=sliding.BATCH,
            )  # fmt: skip
        side = cost.architecture.window
        height, width = (cost.height, cost.width) if column == 1 else (side, side)
        formula = sliding.formula(cost.architecture, height, width)
        if column == 1:
            return formula
        return tr("{windows:,} windows, each:", windows=cost.windows) + "\n" + formula


def counts(cost: sliding.Cost) -> tuple[int, int]:
    """Return the multiply-adds of one pass, and of a crop for each window."""
    architecture, side = cost.architecture, cost.architecture.window
    whole = sliding.multiply_adds(architecture, cost.height, cost.width)
    alone = sliding.multiply_adds(architecture, side, side)
    return sum(whole.values()), cost.windows * sum(alone.values())


def ratio(more: float, less: float) -> str:
    """Write how many times as large one number is as another."""
    return tr("× {ratio}", ratio=significant(more / max(less, 1e-9)))


def about_ratio(architecture: Architecture) -> str:
    """Say where the ratio of the two costs comes from, and what makes outputs differ."""
    stride, side = architecture.stride, architecture.window
    if not architecture.is_convolutional:
        return tr(
            "This network is not fully convolutional: its one pass is a crop for each window, "
            "so both ways compute the same."
        )
    if stride >= side:
        text = tr(
            "Windows stand {stride} px apart and are {side} px wide: they share nothing that one "
            "pass could compute once.",
            stride=stride, side=side,
        )  # fmt: skip
    else:
        text = tr(
            "Windows stand {stride} px apart, so neighbours share {shared} of their {side} "
            "columns. One pass computes what they share once; crops compute it again for each.",
            stride=stride, shared=side - stride, side=side,
        )  # fmt: skip
    return f"{about_padding()} {text}" if is_padded(architecture) else text


def about_padding() -> str:
    """Say why a network with padding answers otherwise."""
    return tr(
        "Padding: at the border of a crop there is padding where in one pass there is what lies "
        "beside, so the outputs differ."
    )


def is_padded(architecture: Architecture) -> bool:
    """Return whether padding is where another window would be seen."""
    return architecture.is_convolutional and any(layer.padding for layer in architecture.layers)
