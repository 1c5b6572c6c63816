"""The interaction as a table: a row for each step of the network, with its bar and its units.

Where there is no room for all of it the key of the signs goes first, then the heading, then rows;
tips tell these, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.binding.measure.binding import PRE, Decomposition, Row
from viz.chapters.binding.words import (
    NOTHING,
    heading,
    row_name,
    row_note,
    row_tip,
    share_text,
    signs,
)
from viz.i18n import tr
from viz.views.maps.marks import draw_marks
from viz.views.theme import DIM, GRID
from viz.views.widgets.painted_view import PaintedView

DOT = 6
SIGN = 14
"""Room for it, in pixels."""

LEAST_PITCH, MOST_PITCH = 1.0, 1.9
"""From one line to the next, in sizes of the text."""


class InteractionTable(PaintedView):
    """The rows of a ``Decomposition``: name, bar, share, and how many units or what is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result: Decomposition | None = None
        self.dimmed = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 96)
        self.setAccessibleName(tr("Interaction of the part with the rest, by layer"))

    def set_result(self, result: Decomposition | None) -> None:
        """Show this from now on."""
        self.result = result
        shares = {} if result is None else result.shares
        self.setAccessibleDescription(
            ", ".join(f"{name} {share_text(share)}" for name, share in shares.items())
        )
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly: it belongs to another drawing."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    # Geometry

    @property
    def _lines(self) -> int:
        """How many lines of text fit."""
        return int(self.height() / (LEAST_PITCH * self.text_px))

    def rows(self) -> tuple[tuple[Row, QRectF], ...]:
        """Return the rows that fit, and where they stand."""
        if self.result is None:
            return ()
        rows = fitting_rows(self.result.rows, self._lines)
        above = int(self._lines > len(rows))
        lines = min(self._lines, len(rows) + 2)  # with the heading and the key
        pitch = min(self.height() / lines, MOST_PITCH * self.text_px)
        return tuple(
            (row, QRectF(0, (place + above) * pitch, self.width(), pitch))
            for place, row in enumerate(rows)
        )

    def tooltip(self, position: QPointF) -> str:
        if self.result is None:
            return ""
        found = (row for row, place in self.rows() if place.contains(position))
        row = next(found, None)
        return f"{heading()[0]}\n{signs()[0]}" if row is None else row_tip(row, self.result)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, result, rows = QPainter(self), self.small, self.result, self.rows()
        if result is None:
            painter.end()
            return
        painter.setFont(small.font)
        painter.setOpacity(DIM if self.dimmed else 1.0)
        if rows[0][1].top() > 0:
            self._write(painter, QRectF(0, 0, self.width(), rows[0][1].top()), heading())
        names = max(small.width(row_name(row)) for row, _ in rows) + 2 * GRID
        notes = max(small.width(self._note(row, result)) for row, _ in rows)
        notes += 2 * GRID + SIGN
        figures = small.width("100.0 %") + 2 * GRID
        bars = max(0.0, self.width() - names - figures - notes)
        for row, place in rows:
            share = result.shares[row.name]
            top = place.center().y() - small.middle
            colour = self.theme.quiet if row.linear else self.theme.text
            painter.setPen(colour)
            small.draw(painter, names - 2 * GRID, top, row_name(row), 1)
            self._paint_bar(painter, QRectF(names, place.top(), bars, place.height()), row, share)
            painter.setPen(colour)
            small.draw(painter, names + bars + figures, top, share_text(share), 1)
            left = names + bars + figures + 2 * GRID
            if row.marked:
                if len(result.marks.units[row.name]):
                    self._paint_dot(painter, QPointF(left, place.center().y()))
                else:
                    painter.setPen(self.theme.quiet)
            small.draw(painter, left + SIGN, top, self._note(row, result))
        below = rows[-1][1].bottom()
        if self.height() - below >= LEAST_PITCH * self.text_px - 1:
            key = QRectF(0, below, self.width(), min(rows[-1][1].height(), self.height() - below))
            self._paint_dot(painter, QPointF(0, key.center().y()))
            self._write(painter, key.adjusted(SIGN + GRID, 0, 0, 0), signs())
        painter.end()

    def _note(self, row: Row, result: Decomposition) -> str:
        """How many units respond only to both, or what is known of the row."""
        if not row.marked:
            return row_note(row, result)
        found = len(result.marks.units[row.name])
        return tr("{n:,} of {all:,} units", n=found, all=result.sizes[row.name])

    def _paint_bar(self, painter: QPainter, area: QRectF, row: Row, share: float) -> None:
        """From 0 to 100 %: full where the layer makes interaction, hollow where it spreads it."""
        thick = max(4.0, round(min(area.height(), 1.3 * self.text_px) * 0.5))
        top = round(area.center().y() - thick / 2)
        painter.fillRect(QRectF(area.left(), top + thick // 2, area.width(), 1), self.theme.line)
        bar = QRectF(area.left(), top, share * area.width(), thick)
        if share < NOTHING:
            painter.fillRect(QRectF(area.left(), top, 1, thick), self.theme.quiet)
        elif row.linear:
            painter.setPen(QPen(self.theme.quiet, 1))
            painter.setBrush(self.theme.background)
            painter.drawRect(bar.adjusted(0, 0, -1, -1))
        else:
            painter.fillRect(bar, self.theme.text)

    def _write(self, painter: QPainter, area: QRectF, texts: Sequence[str]) -> None:
        """The first of the texts that has room, quiet and in the middle of the height."""
        painter.setPen(self.theme.quiet)
        text = self.small.fitting(texts, area.width())
        self.small.draw(painter, area.left(), area.center().y() - self.small.middle, text)

    def _paint_dot(self, painter: QPainter, at: QPointF) -> None:
        """The sign that marks units on the maps, from ``at`` to the right."""
        draw_marks(painter, np.array([[at.x() + (SIGN - DOT) / 2, at.y() - DOT / 2]]), DOT)


def fitting_rows(rows: tuple[Row, ...], most: int) -> tuple[Row, ...]:
    """Return so many rows at most: without the layers' sums if there are more, and then fewer."""
    if len(rows) > most:
        rows = (*(row for row in rows[:-1] if not row.name.endswith(PRE)), rows[-1])
    if len(rows) > most:
        kept = np.linspace(0, len(rows) - 1, max(2, most)).round().astype(int)
        rows = tuple(rows[place] for place in kept.tolist())
    return rows
