"""The displacement table: per layer, how far the maps should have moved, have moved, and how well
f(Tx) and T′f(x) agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QHelpEvent, QHideEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from viz.chapters.equivariance.displacement_columns import (
    PAIR,
    WIDEST,
    columns,
    row,
    shift_text,
)
from viz.chapters.equivariance.live_shift import LiveShift, Shown
from viz.chapters.equivariance.measure.displacement import LEAST_SIDE
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Layer
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.fitting import STRETCHES, condensed
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import wrapped

HEAD = 1.8
"""Height of the title's line, in text sizes."""

HEADS, ROWS = (1.2, 2.1), 3.25
"""The tops of the two lines of heads and of the first row, in rows."""

LEAST_GAP, GAP = 2 * GRID, 6 * GRID
"""Between two columns."""

LEAST_PITCH = 1.1
"""Height of a row, in text sizes; the text is smaller where there are too many layers for that."""

GIVE_WAY = (6, 3)
"""Columns that are left out where there is no room for all, the first of them first: the residuals
tell the one, the two columns before it the other. The text stays as large as it was chosen."""


@dataclass(frozen=True)
class Place:
    """Where a column, by its ``number``, stands: its ends in pixels."""

    number: int
    left: float
    right: float


class Table(QWidget):
    """Paints the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[Layer, ...] = ()
        self._columns = columns()
        self._shown: Shown | None = None
        self._rows: list[tuple[str, ...]] = []
        self._text_px = 13
        self._small = TextCache(themes.font(13))
        self._laid_out: tuple[QSize, tuple[Place, ...]] | None = None
        self._theme: Theme = themes.theme("dark")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Displacement and residual of each layer"))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The texts that are painted, one tuple for each layer."""
        return self._rows

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._laid_out = None
        self.update()

    def show_result(self, shown: Shown) -> None:
        """Show these numbers."""
        layers = shown.snapshot.architecture.layers
        if layers != self._layers:
            self._layers, self._columns, self._laid_out = layers, columns(layers), None
        rows = [row(shown, layer.name) for layer in layers]
        if rows != self._rows or shift_text(shown) != self.title or shown.notes != self.notes:
            self._shown, self._rows = shown, rows
            self.update()
            spoken = "; ".join(" ".join(texts) for texts in rows)
            self.setAccessibleDescription(f"{shift_text(shown)}: {spoken}")

    @property
    def title(self) -> str:
        """The shift, as it stands above the columns."""
        return shift_text(self._shown) if self._shown else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said below the rows."""
        return self._shown.notes if self._shown else ()

    def places(self) -> tuple[Place, ...]:
        """The columns that there is room for, from left to right."""
        if self._laid_out is None or self._laid_out[0] != self.size():
            self._laid_out = self.size(), self._lay_out()
        return self._laid_out[1]

    def _lay_out(self) -> tuple[Place, ...]:
        """Columns give way first; then the letters are condensed."""
        room, pixels = self.width() - 2, min(self._text_px, max(1, int(self.pitch / LEAST_PITCH)))
        for stretch in STRETCHES:
            self._small = TextCache(condensed(pixels, stretch))
            wide = self._widths(room)
            if sum(wide.values()) + LEAST_GAP * (len(wide) - 1) <= room:
                break
        left_over = room - sum(wide.values())
        gap = max(LEAST_GAP, min(GAP, left_over / (len(wide) - 1)))
        found, left = [], 0.0
        for number, width in wide.items():
            found.append(Place(number, left, left + width))
            left += width + gap
        return tuple(found)

    def _widths(self, room: float) -> dict[int, float]:
        """The columns that are shown in ``room`` pixels, and their widths."""
        small, all_ = self._small, self._columns
        wide = {
            number: max(
                small.width(all_[number].widest),
                0.0 if all_[number].spans else small.width(all_[number].head),
                *(small.width(text) for text in all_[number].under.split(PAIR)),
            )
            for number in range(len(all_))
        }
        for number in GIVE_WAY:
            if sum(wide.values()) + LEAST_GAP * (len(wide) - 1) <= room:
                break
            del wide[number]
        return wide

    @property
    def pitch(self) -> float:
        """Height of a row: title, two lines of heads, the layers and two of notes have to fit."""
        rows = ROWS + len(self._layers) + 2.0
        return min(2.0 * self._text_px, self.height() / rows)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Title, heads, rows, notes."""
        places, pitch = self.places(), self.pitch
        painter, theme, small = QPainter(self), self._theme, self._small
        painter.setFont(small.font)
        painter.setPen(theme.text)
        small.draw(painter, 0, HEAD * small.font.pixelSize() / 2 - small.middle, self.title)
        for index, place in enumerate(places):
            column = self._columns[place.number]
            painter.setPen(theme.quiet)
            if column.spans:
                middle = (place.left + places[index + 1].right) / 2
                small.draw(painter, middle, HEADS[0] * pitch, column.head, 0.5)
            else:
                self._paint_cell(painter, place, HEADS[0] * pitch, column.head)
            self._paint_cell(painter, place, HEADS[1] * pitch, column.under)
            painter.setPen(theme.text if column.numeric else theme.quiet)
            for number, texts in enumerate(self._rows):
                self._paint_cell(painter, place, (ROWS + number) * pitch, texts[place.number])
        painter.setPen(theme.line)
        rule = (ROWS - 0.05) * pitch
        painter.drawLine(QPointF(0, rule), QPointF(min(places[-1].right, self.width()), rule))
        painter.setPen(theme.quiet)
        under = (ROWS + len(self._layers) + 0.1) * pitch
        room = QRectF(0, under, self.width(), self.height() - under)
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), " ".join(self.notes))
        painter.end()

    def _paint_cell(self, painter: QPainter, place: Place, top: float, text: str) -> None:
        """One number or word, or two numbers, each right-aligned in a column of its own."""
        small = self._small
        if not self._columns[place.number].numeric:
            small.draw(painter, place.left, top, text)
            return
        *before, last = text.split(PAIR)
        small.draw(painter, place.right, top, last, 1)
        for first in before:
            small.draw(painter, place.right - small.width(PAIR + WIDEST), top, first, 1)

    def tip_at(self, at: QPointF) -> str:
        """What the cell under a point, or the title, says, and how it is computed."""
        places, index = self.places(), math.floor(at.y() / self.pitch - ROWS)
        if at.y() < HEAD * self._small.font.pixelSize():
            return tr(
                "(dx, dy): how far the whole drawing stands from the reference, in pixels of the "
                "canvas; – if not all of it moved alike."
            )
        place = max((p for p in places if p.left <= at.x()), key=lambda p: p.left)
        text = self._columns[place.number].tip
        if place.number in (2, 3) and self._shown is not None and 0 <= index < len(self._layers):
            name = self._layers[index].name
            _, height, width = self._shown.measured.layers[name].after.shape
            if min(height, width) < LEAST_SIDE:
                axis = "y" if height < LEAST_SIDE else "x"
                text += "\n" + tr(
                    "On this canvas {layer} has only {width}×{height} positions: nothing moves "
                    "along {axis} that could be followed.",
                    layer=name, width=width, height=height, axis=axis,
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

    id = "displacement"

    def __init__(self, live: LiveShift, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Displacement")
        self.hint = tr(
            "Drag the whole drawing (Ctrl+A), or nudge it with the arrow keys: each row tells "
            "how far a layer's maps moved."
        )
        self.tip = tr(
            "By how much the maps of each layer moved, against (dx, dy) / stride, and how well "
            "f(Tx) equals T′f(x)."
        )
        self._live = live
        self.table = Table()
        self.button = QPushButton(tr("Take as reference"), self)
        self.button.setStyleSheet("QPushButton { padding: 0 8px; }")
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
        """The shift from the reference, and whether only a part has moved."""
        return dict(self._live.state())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take these back."""
        self._live.restore_shift(state.get("shift"), state.get("partly"))
