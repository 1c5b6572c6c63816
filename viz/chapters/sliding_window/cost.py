"""The cost of one pass over the canvas beside that of a crop per window, counted and measured."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from viz.chapters.sliding_window import measure as sliding
from viz.chapters.sliding_window.measure import TOLERANCE, Cost
from viz.chapters.sliding_window.window_instrument import SlidingInstrument
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture
from viz.views.theme import GRID

REST_MS = 400
"""Interval of measurements during a drag: restarting on every change would let none finish."""


def milliseconds(value: float) -> str:
    """Three significant digits: ``0.86``, ``6.83``, ``29.1``, ``532``."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


class SlidingCost(SlidingInstrument):
    """Multiply-adds and milliseconds of both ways, their ratios, and how equal the outputs are."""

    id = "cost"
    NAME = "sliding window"

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(document, engine, parent)
        self.title = tr("Cost")
        self.hint = tr(
            "Drag the canvas's right edge: crops, one per window, cost many times one pass."
        )
        self.tip = tr(
            "One pass over the canvas against a crop for each of its windows: multiply-adds "
            "(maps·h·w·inputs·k² of every convolution) and milliseconds."
        )
        self._measured: Snapshot | None = None
        self.cost: Cost | None = None
        self._regions: list[tuple[QRectF, str]] = []
        self._worst = QRectF()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._post)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key acts here
        self.setAccessibleName(tr("Cost of one pass and of a crop per window"))

    def _post(self) -> None:
        if not self._rest.isActive():  # else it comes after the rest
            super()._post()

    def measure(self, snapshot: Snapshot) -> None:
        """Measure this canvas, at once if nothing was measured just now, else after a rest."""
        if self.cost is not None and self._measured and _same(self._measured, snapshot):
            return  # another unit is inspected: nothing that is measured here
        self._measured = snapshot
        image, network = snapshot.image, snapshot.request.network
        ablated = dict(snapshot.request.ablated)

        def work(nets: Nets) -> Iterator[Cost | None]:
            return sliding.compare(nets(network), image, ablated)

        self._engine.measure(self.NAME, work, self._show)
        self._rest.start()

    def _show(self, cost: Cost) -> None:
        self.cost = cost
        self.setAccessibleDescription(self._summary(cost) if cost.done == cost.windows else "")
        self.update()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """What is shown again is measured again."""
        self._rest.stop()
        self._measured = None
        super().hideEvent(event)

    # Texts

    def _summary(self, cost: Cost) -> str:
        whole, alone = counts(cost)
        return tr(
            "{whole:,} against {alone:,} multiply-adds, {one} against {many} ms; the outputs "
            "differ by at most {difference:.1e}",
            whole=whole, alone=alone, one=milliseconds(cost.one_pass_ms),
            many=milliseconds(cost.crops_ms), difference=cost.difference,
        )  # fmt: skip

    def _count_tips(self, cost: Cost) -> tuple[str, str]:
        whole = tr(
            "maps · h×w · inputs · k² of each convolution on {height}×{width} pixels; pooling "
            "multiplies nothing.",
            height=cost.height, width=cost.width,
        )  # fmt: skip
        architecture, side = cost.architecture, cost.architecture.window
        each = sum(sliding.multiply_adds(architecture, side, side).values())
        alone = tr("{windows:,} windows × {each:,} for each:", windows=cost.windows, each=each)
        return (
            whole + "\n" + sliding.formula(architecture, cost.height, cost.width),
            alone + "\n" + sliding.formula(architecture, side, side),
        )

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Two columns and their ratio; bars to scale within each row."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.background)
        self._regions, self._worst = [], QRectF()
        cost, small = self.cost, self._small
        painter.setFont(small.font)
        painter.setPen(self._theme.quiet)
        if cost is None:
            small.draw(painter, 0, 0, tr("measuring …"))
            painter.end()
            return
        label = max(small.width(tr("multiply-adds")), small.width(tr("milliseconds"))) + 4 * GRID
        ratio = self._large[0].width("× 99.9") + 4 * GRID
        wide = (self.width() - label - ratio) / 2
        lefts = label, label + wide, label + 2 * wide
        for x, name in zip(lefts, self._names(cost, wide), strict=True):
            small.draw(painter, x, 0, name)
        gap = (self.height() - 2 * small.height - 2 * self._row_height) / 4
        gap = min(max(gap, 0.0), small.height)
        top = small.height + gap
        whole, alone = counts(cost)
        self._row(
            painter, top, lefts, tr("multiply-adds"), (whole, alone),
            (f"{whole:,}", f"{alone:,}"), self._count_tips(cost),
        )  # fmt: skip
        top += self._row_height + gap
        about = "≈ " if cost.done < cost.windows else ""
        self._row(
            painter, top, lefts, tr("milliseconds"), (cost.one_pass_ms, cost.crops_ms),
            (milliseconds(cost.one_pass_ms), about + milliseconds(cost.crops_ms)),
            (
                tr("The median of {runs} passes, on one thread that yields to the live lane.",
                   runs=sliding.RUNS),
                tr("All windows, cut out and run {batch} at a time on the same thread.",
                   batch=sliding.BATCH),
            ),
        )  # fmt: skip
        top += self._row_height + gap
        self._paint_difference(painter, top, cost)
        self._paint_why(painter, top + small.height + gap, cost.architecture)
        painter.end()

    @property
    def _row_height(self) -> float:
        return self._large[0].height + 2 * GRID + 2

    def _names(self, cost: Cost, room: float) -> tuple[str, str, str]:
        many = tr("a crop per window: {windows:,}", windows=cost.windows)
        if self._small.width(many) > room - GRID:
            many = tr("crops: {windows:,}", windows=cost.windows)
        return tr("one pass"), many, tr("ratio")

    def _row(
        self,
        painter: QPainter,
        top: float,
        lefts: tuple[float, float, float],
        name: str,
        values: tuple[float, float],
        texts: tuple[str, str],
        tips: tuple[str, str],
    ) -> None:
        theme, small, large = self._theme, self._small, self._large[0]
        painter.setPen(theme.quiet)
        painter.setFont(small.font)
        small.draw(painter, 0, top + (large.height - small.height) / 2, name)
        full = lefts[1] - lefts[0] - 4 * GRID
        for x, value, text, tip in zip(lefts[:2], values, texts, tips, strict=True):
            fits = large if large.width(text) <= full else small
            painter.setFont(fits.font)
            painter.setPen(theme.text)
            fits.draw(painter, x, top + (large.height - fits.height) / 2, text)
            bar = QRectF(x, top + large.height + 2, full, 2 * GRID)
            painter.fillRect(bar, theme.line)
            bar.setWidth(max(1.0, full * value / max(*values, 1e-9)))
            painter.fillRect(bar, theme.quiet)
            self._regions.append((QRectF(x, top, full, self._row_height), tip))
        painter.setFont(large.font)
        painter.setPen(theme.text)
        text = tr("× {ratio}", ratio=times(values[1] / max(values[0], 1e-9)))
        large.draw(painter, lefts[2], top, text)
        tip = tr("a crop per window : one pass = {many} : {one}", many=texts[1], one=texts[0])
        place = QRectF(lefts[2], top, self.width() - lefts[2], self._row_height)
        self._regions.append((place, tip))

    def _paint_difference(self, painter: QPainter, top: float, cost: Cost) -> None:
        theme, small = self._theme, self._small
        equal = cost.difference <= TOLERANCE
        verdict = tr("outputs equal") if equal else tr("outputs differ")
        painter.setFont(small.font)
        painter.setPen(theme.text)
        x = small.draw(painter, 0, top, verdict) + 3 * GRID
        painter.setPen(theme.quiet)
        size = f"{cost.difference:.1e}" if cost.difference else "0"
        value = tr("largest difference {value}", value=size)
        texts = [value + (" ≤ 1e-4" if equal else " > 1e-4")]
        if cost.difference > 0:
            row, column = cost.where
            texts.append(tr("at row {row}, column {column}", row=row, column=column))
        if cost.done < cost.windows:
            texts.append(tr("{done:,} of {windows:,}", done=cost.done, windows=cost.windows))
        for text in texts:
            if x + small.width(text) <= self.width():
                x += small.draw(painter, x, top, text) + 3 * GRID
        self._worst = QRectF(0, top, x, small.height)
        compared = {"windows": cost.done, "classes": cost.architecture.classes}
        if _is_padded(cost.architecture):
            tip = tr(
                "The largest |log p(one pass) − log p(crop)| over {windows:,} windows and "
                "{classes} classes. {padding} Click shows the window.",
                padding=about_padding(), **compared,
            )  # fmt: skip
        else:
            tip = tr(
                "The largest |log p(one pass) − log p(crop)| over {windows:,} windows and "
                "{classes} classes: sums of 32-bit numbers in another order. Click shows the "
                "window.",
                **compared,
            )
        self._regions.append((self._worst, tip))

    def _paint_why(self, painter: QPainter, top: float, architecture: Architecture) -> None:
        """Where the ratio comes from, and what makes outputs differ, if there is room to say it."""
        room = QRectF(0, top, self.width(), self.height() - top)
        texts = [about_ratio(architecture)]
        if _is_padded(architecture):
            texts = [f"{about_padding()} {texts[0]}", about_padding()]
        flags = Qt.TextFlag.TextWordWrap
        painter.setPen(self._theme.quiet)
        for text in texts:
            if painter.boundingRect(room, flags, text).height() <= room.height():
                painter.drawText(room, flags, text)
                return

    # Pointer

    def window_at(self, position: QPointF) -> tuple[int, int] | None:
        """The window that differs most, over the difference."""
        over = self.cost is not None and self._worst.contains(position)
        return self.cost.where if over and self.cost else None

    def tooltip(self, position: QPointF) -> str:
        """The formula behind what stands at a point."""
        return next((tip for rect, tip in self._regions if rect.contains(position)), self.tip)


def counts(cost: Cost) -> tuple[int, int]:
    """Multiply-adds of one pass, and of a crop per window."""
    architecture, side = cost.architecture, cost.architecture.window
    whole = sliding.multiply_adds(architecture, cost.height, cost.width)
    alone = sliding.multiply_adds(architecture, side, side)
    return sum(whole.values()), cost.windows * sum(alone.values())


def about_ratio(architecture: Architecture) -> str:
    """Where the ratio of the two costs comes from."""
    if not architecture.is_convolutional:
        return tr(
            "This network is no convolution all through: its one pass is a crop per window, so "
            "both ways compute the same."
        )
    stride, side = architecture.stride, architecture.window
    if stride >= side:
        return tr(
            "Windows stand {stride} px apart and are {side} px wide: they share nothing that one "
            "pass could compute once.",
            stride=stride, side=side,
        )  # fmt: skip
    return tr(
        "Windows stand {stride} px apart, so neighbours share {shared} of their {side} columns. "
        "One pass computes what they share once; crops compute it anew for each.",
        stride=stride, shared=side - stride, side=side,
    )  # fmt: skip


def about_padding() -> str:
    """Why a network with padding answers otherwise."""
    return tr(
        "Padding: at the border of a crop the network sees its padding where in one pass it sees "
        "what lies beside, so the outputs differ."
    )


def _is_padded(architecture: Architecture) -> bool:
    """Whether padding is where another window would be seen."""
    return architecture.is_convolutional and any(layer.padding for layer in architecture.layers)


def times(ratio: float) -> str:
    """A ratio with two or three digits: ``2.44``, ``11.3``, ``120``."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}" if ratio < 100 else f"{ratio:.0f}"


def _same(one: Snapshot, other: Snapshot) -> bool:
    return (
        one.scene == other.scene
        and one.request.network == other.request.network
        and one.request.ablated == other.request.ablated
    )
