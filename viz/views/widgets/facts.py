"""Facts: numbers that change while one looks, each before the words that say what it is.

Painted, because a label would lay the window out anew whenever its text changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRect, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import GRID, Colour, colour_in
from viz.views.widgets.painted_view import PaintedView

_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True)
class Fact:
    """One row: a ``value`` such as "96.4 %", what it is, its formula, and the value's colour."""

    value: str
    words: str
    tip: str = ""
    colour: Colour = None


class Facts(PaintedView):
    """A heading and rows of facts: the numbers right-aligned in a column, the words wrapped.

    A row without a number has the whole width.
    Rows that do not fit into the height are left out whole. A row's tip is its formula.
    """

    def __init__(self, widest: str, parent: QWidget | None = None) -> None:
        """``widest`` is the widest value that the column of numbers must hold."""
        super().__init__(parent)
        self._widest, self._heading = widest, ""
        self.facts: tuple[Fact, ...] = ()
        """The rows, those included that do not fit."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_facts(self, heading: str, facts: Sequence[Fact]) -> None:
        """Show these from now on."""
        if (heading, tuple(facts)) != (self._heading, self.facts):
            self._heading, self.facts = heading, tuple(facts)
            self.update()
            spoken = "; ".join(f"{fact.value} {fact.words}" for fact in facts)
            self.setAccessibleDescription(f"{heading}: {spoken}")

    def minimumSizeHint(self) -> QSize:
        return QSize(self._column + 8 * self.text_px, 3 * self.text_px)

    @property
    def _column(self) -> int:
        """The width of the numbers, with the gap behind them."""
        return round(self.bold.width(self._widest)) + 2 * GRID

    def _left_of(self, fact: Fact) -> int:
        """Where the words of a row begin."""
        return self._column if fact.value else 0

    def _height_of(self, text: str, width: int) -> int:
        room = QRect(0, 0, max(1, width), 10_000)
        return self.fontMetrics().boundingRect(room, _WRAP, text).height()

    def rows(self) -> list[QRect]:
        """Return where the rows that fit stand, the heading not among them."""
        top, found = 0, []
        if self._heading:
            top = self._height_of(self._heading, self.width()) + GRID
        for fact in self.facts:
            high = self._height_of(fact.words, self.width() - self._left_of(fact))
            if top + high > self.height():
                break
            found.append(QRect(0, top, self.width(), high))
            top += high + GRID
        return found

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, column = QPainter(self), self.theme, self._column
        painter.setPen(theme.quiet)
        painter.drawText(self.rect(), _WRAP, self._heading)
        for place, fact in zip(self.rows(), self.facts, strict=False):
            painter.setFont(self.bold.font)
            painter.setPen(colour_in(theme, fact.colour))
            self.bold.draw(painter, column - 2 * GRID, place.top(), fact.value, 1)
            painter.setFont(self.small.font)
            painter.setPen(theme.quiet)
            painter.drawText(place.adjusted(self._left_of(fact), 0, 0, 0), _WRAP, fact.words)
        painter.end()

    def tooltip(self, position: QPointF) -> str:
        rows = zip(self.rows(), self.facts, strict=False)
        return next((fact.tip for place, fact in rows if place.contains(position.toPoint())), "")
