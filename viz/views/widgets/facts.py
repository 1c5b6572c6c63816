"""Facts: numbers that change while one looks, each before the words that say what it is.

Painted, because a label would lay the whole window out anew whenever its text changes. The numbers
stand in a column of their own, right-aligned; the words wrap, and are condensed where that brings
more rows into the height. The formula is the row's tip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.fitting import STRETCHES, WRAP, condensed, height_of
from viz.views.widgets.tooltip import wrapped


@dataclass(frozen=True)
class Fact:
    """One row: a ``value`` such as "96.4 %", what it is, its formula, and the value's colour."""

    value: str
    words: str
    tip: str = ""
    colour: QColor | None = None


class Facts(QWidget):
    """A heading and rows of facts; rows that do not fit into the height are left out."""

    def __init__(self, widest: str, parent: QWidget | None = None) -> None:
        """``widest`` is the widest value that the column of numbers must hold."""
        super().__init__(parent)
        self._widest = widest
        self._heading = ""
        self._facts: tuple[Fact, ...] = ()
        self._theme: Theme = themes.theme("dark")
        self._text_px = 13
        self._places: list[QRect] = []
        self._stretch = STRETCHES[0]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 48))

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._lay_out()
        self.update()

    def set_facts(self, heading: str, facts: Sequence[Fact]) -> None:
        """What is shown from now on."""
        new = tuple(facts)
        if (heading, new) == (self._heading, self._facts):
            return
        words = [fact.words for fact in self._facts]
        anew = heading != self._heading or words != [fact.words for fact in new]
        self._heading, self._facts = heading, new
        if anew:
            self._lay_out()
        self.update()
        spoken = "; ".join(f"{fact.value} {fact.words}" for fact in new)
        self.setAccessibleDescription(f"{heading}: {spoken}")

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The rows, those included that do not fit."""
        return self._facts

    def rows(self) -> list[QRect]:
        """Where the rows that fit stand, the heading not among them."""
        return self._places

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The words wrap elsewhere."""
        self._lay_out()

    @property
    def _column(self) -> int:
        """The width of the numbers, with the gap behind them."""
        metrics = QFontMetrics(themes.font(self._text_px, bold=True))
        return metrics.horizontalAdvance(self._widest) + 2 * GRID

    def _lay_out(self) -> None:
        self._stretch, self._places = STRETCHES[0], self._fitting(STRETCHES[0])
        for stretch in STRETCHES[1:]:
            if len(self._places) == len(self._facts):
                return
            places = self._fitting(stretch)
            if len(places) > len(self._places):
                self._stretch, self._places = stretch, places

    def _fitting(self, stretch: int) -> list[QRect]:
        """Where the rows stand that fit with letters so wide."""
        font = condensed(self._text_px, stretch)
        top, column = 0, self._column
        if self._heading:
            top = height_of(self._heading, self.width(), font) + GRID
        places = []
        for fact in self._facts:
            high = height_of(fact.words, max(1, self.width() - column), font)
            if top + high > self.height():
                break
            places.append(QRect(0, top, self.width(), high))
            top += high + GRID
        return places

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint heading and rows."""
        painter = QPainter(self)
        normal = condensed(self._text_px, self._stretch)
        bold = themes.font(self._text_px, bold=True)
        painter.setFont(normal)
        painter.setPen(self._theme.quiet)
        painter.drawText(self.rect(), WRAP, self._heading)
        column = self._column
        high = QFontMetrics(normal).height()
        for place, fact in zip(self._places, self._facts, strict=False):
            painter.setFont(bold)
            painter.setPen(fact.colour or self._theme.text)
            number = QRect(0, place.top(), column - 2 * GRID, high)
            painter.drawText(number, Qt.AlignmentFlag.AlignRight, fact.value)
            painter.setFont(normal)
            painter.setPen(self._theme.quiet)
            painter.drawText(place.adjusted(column, 0, 0, 0), WRAP, fact.words)
        painter.end()

    def tip_at(self, at: QPoint) -> str:
        """The formula of the row at a point."""
        for place, fact in zip(self._places, self._facts, strict=False):
            if place.contains(at):
                return fact.tip
        return ""

    def event(self, event: QEvent | None) -> bool:
        """A row's tip is its formula."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), wrapped(self.tip_at(event.pos())), self)
            return True
        return super().event(event)
