"""A choice: a few words in a row, of which one is chosen; a name may stand before them.

Where there is no room for all words, the chosen one stands in the middle, so that one comes to the
others by those beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView

LEAST_WORDS = 12
"""The least width, in heights of a word: about three words."""


@dataclass(frozen=True)
class Option:
    """One of the words: what it stands for, its text and its tip."""

    value: Any
    text: str
    tip: str


class Segmented(PaintedView):
    """The row. A click or an arrow key chooses. It may be empty; then its value is None."""

    chosen = pyqtSignal(object)
    """The user chose this option's value."""

    def __init__(
        self,
        name: str,
        options: Sequence[Option],
        parent: QWidget | None = None,
        *,
        label: str = "",
    ) -> None:
        """``name`` is for screen readers; ``label`` is written before the options."""
        super().__init__(parent)
        self._options, self._label = tuple(options), label
        self._wanted: Any = options[0].value if options else None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.restyle()

    @property
    def _current(self) -> int:
        """The number of the option that is chosen; the first one where what is wanted is not
        offered; −1 where nothing is."""
        values = [option.value for option in self._options]
        return values.index(self._wanted) if self._wanted in values else min(0, len(values) - 1)

    @property
    def value(self) -> Any:
        """The chosen option's value; None where there are no options."""
        return self._options[self._current].value if self._options else None

    @property
    def wanted(self) -> Any:
        """The value that was chosen last, be it offered now or not."""
        return self._wanted

    @property
    def options(self) -> tuple[Option, ...]:
        """What there is to choose from."""
        return self._options

    def show_value(self, value: Any) -> None:
        """Show a choice made elsewhere; nothing is reported back.

        Raises ValueError for a value that is not offered.
        """
        if value not in [option.value for option in self._options]:
            raise ValueError(value)
        self.want(value)

    def want(self, value: Any) -> None:
        """Show a value as soon as it is offered, such as a layer that another network has."""
        if value != self._wanted:
            self._wanted = value
            self._describe()
            self.update()

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other words. What is wanted is chosen if it is among them, else the first; nothing
        is reported back."""
        if tuple(options) != self._options:
            self._options = tuple(options)
            self.restyle()

    def restyle(self) -> None:
        small, text_px = self.small, self.text_px
        pad = GRID + text_px // 6
        x = small.width(self._label) + GRID if self._label else 0.0
        height = round(1.6 * text_px)
        self._rects = []
        for option in self._options:
            wide = small.width(option.text) + 2 * pad
            self._rects.append(QRectF(x, 0, wide, height))
            x += wide
        self._size = QSize(round(x) + 1, height)
        self.updateGeometry()
        self._describe()
        self.update()

    def option_rect(self, value: Any) -> QRectF:
        """Where an option's word stands."""
        number = [option.value for option in self._options].index(value)
        return self._rects[number].translated(-self._beyond, 0)

    @property
    def _beyond(self) -> float:
        """How many pixels of the row lie to the left of the view."""
        lacking = self._size.width() - self.width()
        if lacking <= 0 or not self._rects:
            return 0.0
        middle = self._rects[self._current].center().x()
        return min(max(0.0, middle - self.width() / 2), lacking)

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return self._size.boundedTo(QSize(LEAST_WORDS * self._size.height(), self._size.height()))

    def _describe(self) -> None:
        current = self._current
        self.setAccessibleDescription(self._options[current].text if current >= 0 else "")

    def _at(self, x: float) -> int | None:
        x += self._beyond
        for index, rect in enumerate(self._rects):
            if rect.left() <= x < rect.right():
                return index
        return None

    def _choose(self, index: int) -> None:
        if self._options and index != self._current:
            self.want(self._options[index].value)
            self.chosen.emit(self.value)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, small = QPainter(self), self.theme, self.small
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small.font)
        painter.translate(-self._beyond, 0)
        top = self.height() / 2 - small.middle
        painter.setPen(theme.quiet)
        small.draw(painter, 0, top, self._label)
        for index, (option, rect) in enumerate(zip(self._options, self._rects, strict=True)):
            chosen = index == self._current
            if chosen:
                painter.setPen(QPen(theme.accent, 2) if self.framed else Qt.PenStyle.NoPen)
                painter.setBrush(theme.line)
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 3, 3)
            painter.setPen(theme.text if chosen else theme.quiet)
            small.draw(painter, rect.center().x(), top, option.text, 0.5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index = self._at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if way:
            self._choose(min(max(self._current + way, 0), len(self._options) - 1))
        else:
            super().keyPressEvent(event)

    def tooltip(self, position: QPointF) -> str:
        index = self._at(position.x())
        return self._options[index].tip if index is not None else ""
