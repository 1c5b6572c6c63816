"""The displacement table: per layer, how far the maps should have moved, have moved, and how well
f(Tx) and T′f(x) agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent, QHideEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from viz import theme as themes
from viz.i18n import tr
from viz.measure.displacement import LEAST_SIDE
from viz.nets.layers import LAYERS
from viz.snapshot import Snapshot
from viz.theme import GRID, Theme
from viz.views.equivariance.live import LiveShift, Shown
from viz.views.lettering import Lettering, signed
from viz.views.tips import wrapped

UNKNOWN = "\N{EN DASH}"

WIDEST = signed(-88.88, 2)
PAIR = "  "
"""Between the x and the y of a pair."""

HEAD = 1.8
"""Height of the title's line, in text sizes."""

LEAST_TEXT = 9
"""Pixels of the smallest text, where all columns would not fit otherwise."""

NAMES = tuple(layer.name for layer in LAYERS)


@dataclass(frozen=True)
class Column:
    """Its head, the formula in its tip, and the widest text that it must hold."""

    head: str
    tip: str
    widest: str
    numeric: bool = True


def columns() -> tuple[Column, ...]:
    """The table's columns from left to right."""
    pair = WIDEST + PAIR + WIDEST
    return (
        Column(tr("layer"), tr("The layer whose maps are compared."), "output", numeric=False),
        Column(
            tr("expected"),
            tr(
                "(dx, dy) / stride: how far T′ moves the maps, in map pixels. A layer's cumulative "
                "stride is 1 in C1, 2 in S2 and C3, 4 in S4, C5 and the output."
            ),
            pair,
        ),
        Column(
            tr("measured"),
            tr(
                "The (dx, dy) in map pixels at which the maps before and after fit best: the "
                "d that minimises Σ (after(p + d/2) − before(p − d/2))² over all maps, by "
                "cross-correlation and Gauss–Newton steps, without knowing what to expect. Its "
                "own error is some 0.05 map pixels, in the output 0.15. – where the maps are "
                "shorter than {least} or hold nothing to follow.",
                least=LEAST_SIDE,
            ),
            pair,
        ),
        Column(
            tr("off by"),
            tr("√((measured − expected)²), over x and y where both are known, in map pixels."),
            "88.88",
        ),
        Column(
            tr("interior"),
            tr(
                "r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2) over the units that see only "
                "the canvas, before and after. 0 wherever the shift is a multiple of the stride; "
                "– where the canvas leaves no such units."
            ),
            "0.888",
        ),
        Column(
            tr("border"),
            tr(
                "The same r over all other units: they see the canvas's edge, or T′ would take "
                "them from beyond the map, where it puts the response to a blank canvas."
            ),
            "0.888",
        ),
        Column(
            tr("T′"),
            tr(
                "aligned: the shift is a multiple of the layer's stride, T′ only moves the maps. "
                "interpolated: it is not, T′ interpolates bilinearly between neighbours."
            ),
            max(tr("aligned"), tr("interpolated"), key=len),
            numeric=False,
        ),
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
    off = off_by(measured, one.expected)
    return (
        name,
        pair_text(one.expected),
        pair_text(measured),
        UNKNOWN if math.isnan(off) else f"{off:.2f}",
        residual_text(one.interior),
        residual_text(one.border),
        tr("aligned") if one.aligned else tr("interpolated"),
    )


def shift_text(shown: Shown) -> str:
    """The shift that a result belongs to."""
    dx, dy = shown.measured.shift
    return tr("shift  {dx}, {dy} px", dx=signed(dx, 2), dy=signed(dy, 2))


class Table(QWidget):
    """Paints the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns()
        self._shown: Shown | None = None
        self._rows: list[tuple[str, ...]] = []
        self._laid_out: tuple[tuple[int, int], tuple[Lettering, list[float]]] | None = None
        self._theme: Theme = themes.theme("dark")
        self._text_px = 13
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Displacement and residual of each layer"))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The texts that are painted, one tuple for each layer."""
        return self._rows

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self.update()

    def show_result(self, shown: Shown) -> None:
        """Show these numbers."""
        rows = [row(shown, name) for name in NAMES]
        if rows != self._rows or shift_text(shown) != self._title or shown.notes != self._notes:
            self._shown, self._rows = shown, rows
            self.update()
            spoken = "; ".join(" ".join(texts) for texts in rows)
            self.setAccessibleDescription(f"{shift_text(shown)}: {spoken}")

    @property
    def _title(self) -> str:
        return shift_text(self._shown) if self._shown else ""

    @property
    def _notes(self) -> tuple[str, ...]:
        return self._shown.notes if self._shown else ()

    def _layout(self) -> tuple[Lettering, list[float]]:
        """The largest lettering in which all columns fit, and their left ends and the last's
        right one."""
        key = self.width(), self._text_px
        if self._laid_out is None or self._laid_out[0] != key:
            self._laid_out = key, self._lay_out()
        return self._laid_out[1]

    def _lay_out(self) -> tuple[Lettering, list[float]]:
        for text_px in range(self._text_px, LEAST_TEXT - 1, -1):
            small = Lettering(themes.font(text_px))
            wide = [max(small.width(c.head), small.width(c.widest)) for c in self._columns]
            left_over = self.width() - sum(wide)
            gap = min(6 * GRID, left_over / (len(wide) - 1))
            if gap >= 2 * GRID or text_px == LEAST_TEXT:
                break
        ends = [0.0]
        for width in wide:
            ends.append(ends[-1] + width + gap)
        return small, ends

    def _pitch(self, small: Lettering) -> float:
        """Height of a row: title, heads, six layers and a note have to fit."""
        return min(2 * small.font.pixelSize(), self.height() / (len(NAMES) + 3.5))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Title, heads, rows, notes."""
        painter, theme = QPainter(self), self._theme
        small, ends = self._layout()
        pitch, gap = self._pitch(small), ends[-1] - ends[-2]
        painter.setFont(small.font)
        painter.setPen(theme.text)
        small.draw(painter, 0, HEAD * self._text_px / 2 - small.middle, self._title)
        for number, column in enumerate(self._columns):
            wide = max(small.width(column.head), small.width(column.widest))
            left, right = ends[number], ends[number] + wide
            x, align = (right, 1.0) if column.numeric else (left, 0.0)
            painter.setPen(theme.quiet)
            small.draw(painter, x, 1.25 * pitch, column.head, align)
            for index, texts in enumerate(self._rows):
                painter.setPen(theme.quiet if number in (0, 6) else theme.text)
                *before, last = texts[number].split(PAIR)
                y = (2.25 + index) * pitch
                small.draw(painter, x, y, last, align)
                for text in before:  # dx right-aligned in a column of its own
                    small.draw(painter, x - small.width(PAIR + WIDEST), y, text, align)
        painter.setPen(theme.line)
        rule = 2.2 * pitch
        painter.drawLine(QPointF(0, rule), QPointF(min(ends[-1] - gap, self.width()), rule))
        painter.setPen(theme.quiet)
        room = QRectF(0, 8.35 * pitch, self.width(), self.height() - 8.35 * pitch)
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), " ".join(self._notes))
        painter.end()

    def tip_at(self, at: QPointF) -> str:
        """What the cell under a point says, and how it is computed."""
        small, ends = self._layout()
        pitch = self._pitch(small)
        index = int(at.y() / pitch - 2.25)
        number = max(i for i, end in enumerate(ends[:-1]) if i == 0 or at.x() >= end)
        text = self._columns[number].tip
        if number in (2, 3) and self._shown is not None and 0 <= index < len(NAMES):
            _, height, width = self._shown.measured.layers[NAMES[index]].after.shape
            if at.y() > 2.25 * pitch and min(height, width) < LEAST_SIDE:
                axis = "y" if height < LEAST_SIDE else "x"
                text += "\n" + tr(
                    "On this canvas {layer} has only {width}×{height} positions: nothing moves "
                    "along {axis} that could be followed.",
                    layer=NAMES[index], width=width, height=height, axis=axis,
                )  # fmt: skip
        return text

    def event(self, event: QEvent | None) -> bool:
        """Each column's tip is its formula."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), wrapped(self.tip_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)


class Displacement(QWidget):
    """The table and the button that takes a new reference."""

    def __init__(self, live: LiveShift, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Displacement")
        self.tip = tr(
            "By how much the maps of each layer moved, against (dx, dy) / stride, and how well "
            "f(Tx) equals T′f(x)."
        )
        self._live = live
        self.table = Table()
        self.button = QPushButton(tr("Take as reference"), self)
        self.button.setFlat(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip(
            wrapped(
                tr(
                    "Shifts are measured from here on. Any change of the drawing other than a "
                    "shift of the whole does the same."
                )
            )
        )
        self.button.clicked.connect(lambda: live.take_reference())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        live.measured.connect(self._refresh)

    def _refresh(self) -> None:
        if self._live.shown is not None and self.isVisible():
            self.table.show_result(self._live.shown)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Measure this snapshot."""
        self._live.follow(snapshot)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self.table.set_theme(theme, text_px)
        self.button.setFont(themes.font(text_px))
        self._place()

    def _place(self) -> None:
        """The button stands at the right end of the title's line."""
        self.button.adjustSize()
        self.button.resize(self.button.width(), round(HEAD * self.button.font().pixelSize()))
        self.button.move(self.width() - self.button.width(), 0)
        self.button.raise_()

    def resizeEvent(self, event: Any) -> None:
        """The button stays at the right."""
        self._place()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody looks: measure no more."""
        self._live.forget()

    def state(self) -> dict[str, Any]:
        """The shift from the reference."""
        return dict(self._live.state())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the shift back."""
        self._live.restore_shift(state.get("shift"))
