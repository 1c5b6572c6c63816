"""The strip: one column for each window of the output, with the class that wins there.

What shows windows side by side (the reading's steps, the networks' answers) shares these columns; a
canvas with more windows than there is room for shows those around one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import number, tr
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import GRID, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache

WIDEST = 4.5
"""The widest column, in heights of small text."""

BAR = 2 * GRID
"""Height of the bars of probabilities."""


@dataclass(frozen=True)
class Columns:
    """``count`` of ``total`` columns, ``pitch`` pixels wide, from ``first`` at x = ``left`` on."""

    left: float
    pitch: float
    first: int
    count: int
    total: int

    @classmethod
    def within(
        cls, left: float, right: float, total: int, small: TextCache, shown: int, first: int = 0
    ) -> Columns:
        """Return as many columns as fit, ``shown`` among them.

        If they are not all, they begin with ``first`` unless ``shown`` would fall out of sight.
        """
        room, least = max(0.0, right - left), small.width("0") + 4
        if total * least <= room:
            return cls(left, min(room / total, WIDEST * small.height), 0, total, total)
        count = max(1, int(room // least))
        edge = min(2, (count - 1) // 2)  # the shown one has neighbours
        first = min(max(first, shown + edge + 1 - count), shown - edge)
        return cls(left, room / count, min(max(first, 0), total - count), count, total)

    @property
    def visible(self) -> range:
        """The columns in sight."""
        return range(self.first, self.first + self.count)

    @property
    def right(self) -> float:
        """Where the last one ends."""
        return self.left + self.count * self.pitch

    def x(self, column: float) -> float:
        """Return the middle of a column, or of a place between two."""
        return self.left + (column - self.first + 0.5) * self.pitch

    def at(self, x: float) -> int | None:
        """Return the column under x; None beside them."""
        column = self.first + int((x - self.left) // self.pitch)
        return column if column in self.visible and x >= self.left else None


def draw_winners(
    painter: QPainter,
    small: TextCache,
    theme: Theme,
    columns: Columns,
    top: float,
    winners: NDArray[np.int64],
    probabilities: NDArray[np.float32],
) -> None:
    """Draw the winner of every column in sight, and below it its probability as a bar of its hue.

    A digit is as opaque as it is probable; "none" is a dot.
    """
    floor = top + small.height + BAR
    painter.setFont(small.font)
    for column in columns.visible:
        winner, sure = int(winners[column]), float(min(probabilities[column], 1))
        x, wide = columns.x(column), max(2.0, columns.pitch - 4)
        hue = theme.line if winner == NONE_CLASS else theme.class_colour(winner)
        painter.fillRect(QRectF(x - wide / 2, floor - BAR * sure, wide, BAR * sure), hue)
        if winner == NONE_CLASS:
            painter.fillRect(QRectF(x - 1, top + small.middle - 1, 2, 2), theme.quiet)
            continue
        ink = QColor(theme.text)
        ink.setAlphaF(0.25 + 0.75 * sure)
        painter.setPen(ink)
        small.draw(painter, x, top, str(winner), 0.5)
    if columns.count < columns.total:
        painter.setPen(theme.quiet)
        if columns.first > 0:
            small.draw(painter, columns.left - 2, top, "‹", align=1.0)
        if columns.first + columns.count < columns.total:
            small.draw(painter, columns.right + 2, top, "›")


class WinnerStrip(PaintedView):
    """The winners of a row of windows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._winners: NDArray[np.int64] = np.empty(0, np.int64)
        self._probabilities: NDArray[np.float32] = np.empty(0, np.float32)
        self._shown = self._first = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("The likeliest class of each column of windows"))

    def set_winners(
        self, winners: NDArray[np.int64], probabilities: NDArray[np.float32], shown: int
    ) -> None:
        """Show these (W′,) winners and their probabilities, column ``shown`` in sight."""
        self._winners, self._probabilities = winners, probabilities
        self._shown = min(shown, max(0, len(winners) - 1))
        self.setAccessibleDescription(" ".join(map(class_mark, winners.tolist())))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * self.text_px, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(5 * self.text_px, round(self.small.height) + BAR)

    @property
    def columns(self) -> Columns:
        """Where the windows stand."""
        inset, total = self.small.width("‹") + 2, max(1, len(self._winners))
        found = Columns.within(
            inset, self.width() - inset, total, self.small, self._shown, self._first
        )
        self._first = found.first
        return found

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if len(self._winners):
            painter = QPainter(self)
            draw_winners(
                painter, self.small, self.theme, self.columns, 0.0, self._winners,
                self._probabilities,
            )  # fmt: skip
            painter.end()

    def tooltip(self, position: QPointF) -> str | None:
        column = self.columns.at(position.x()) if len(self._winners) else None
        if column is None:
            return None
        return tr(
            "window column {column}: {name}, p = {p}",
            column=column, name=class_mark(int(self._winners[column])),
            p=number(float(self._probabilities[column]), 3),
        )  # fmt: skip


def class_mark(winner: int) -> str:
    """Return the digit, or a dot for "none"."""
    return "·" if winner == NONE_CLASS else str(winner)
