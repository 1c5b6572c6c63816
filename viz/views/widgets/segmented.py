"""A choice: a few words in a row, of which one is chosen; a name may stand before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache


@dataclass(frozen=True)
class Option:
    """One of the words: what it stands for, its text and its tip."""

    value: Any
    text: str
    tip: str


class Segmented(PaintedView):
    """The row. A click or an arrow key chooses."""

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
        self._current = 0
        self._theme = themes.theme("dark")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.set_theme(self._theme, 13)
        self._describe()

    @property
    def value(self) -> Any:
        """The chosen option's value."""
        return self._options[self._current].value

    def show_value(self, value: Any) -> None:
        """Show a choice made elsewhere; nothing is reported back."""
        index = [option.value for option in self._options].index(value)
        if index != self._current:
            self._current = index
            self._describe()
            self.update()

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other words. The value chosen stays so if it is among them, else the first one is,
        and nothing is reported back."""
        if tuple(options) == self._options:
            return
        value, values = self.value, [option.value for option in options]
        self._options = tuple(options)
        self._current = values.index(value) if value in values else 0
        self._describe()
        self.set_theme(self._theme, self._text_px)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of the words."""
        self._theme, self._text_px = theme, text_px
        self._small = small = TextCache(themes.font(text_px))
        pad = GRID + text_px // 6
        x = small.width(self._label) + GRID if self._label else 0.0
        height = round(1.6 * text_px)
        self._rects = []
        for option in self._options:
            wide = small.width(option.text) + 2 * pad
            self._rects.append(QRectF(x, 0, wide, height))
            x += wide
        self.setFixedSize(round(x) + 1, height)
        self.update()

    def option_rect(self, value: Any) -> QRectF:
        """Where an option's word stands."""
        return self._rects[[option.value for option in self._options].index(value)]

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return self.size()

    def _describe(self) -> None:
        self.setAccessibleDescription(self._options[self._current].text)

    def _at(self, x: float) -> int | None:
        for index, rect in enumerate(self._rects):
            if rect.left() <= x < rect.right():
                return index
        return None

    def _choose(self, index: int) -> None:
        if index != self._current:
            self._current = index
            self._describe()
            self.update()
            self.chosen.emit(self._options[index].value)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The words; the chosen one on a ground of its own."""
        painter, theme, small = QPainter(self), self._theme, self._small
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small.font)
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
        """Choose the word under the pointer."""
        assert event is not None
        index = self._at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and right arrow choose the neighbour."""
        assert event is not None
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if way:
            self._choose(min(max(self._current + way, 0), len(self._options) - 1))
        else:
            super().keyPressEvent(event)

    def tooltip(self, position: QPointF) -> str:
        """Each word has its own tip."""
        index = self._at(position.x())
        return self._options[index].tip if index is not None else ""
