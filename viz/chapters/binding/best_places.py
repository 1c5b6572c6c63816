"""The best place of each class on a binding map: how sure it can get, where, and a click away."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.chapters.binding.measure.binding_map import REACH, BindingMap
from viz.chapters.binding.words import class_name, place_text
from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.class_image import colour_of
from viz.views.widgets.class_map import CHOOSING
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import wrapped

FAINT = 0.4
"""Opacity of what is not about the present drawing."""

Place = tuple[int, float, int, int]
"""Class, probability, and the row and column of the map."""


def best_places(result: BindingMap) -> tuple[Place, ...]:
    """Return each digit's most confident place on the map, in the order of digits, without none.

    Among places that agree to a hundredth, take the one nearest to the part's present position.
    """
    rows, columns = np.indices(result.classes.shape)
    way = np.hypot(rows - REACH, columns - REACH)
    found = []
    for number in np.unique(result.classes):
        if number != NONE_CLASS:
            here = (result.classes == number) & result.known
            if here.any():
                worth = np.where(here, np.round(result.probabilities, 2) - 1e-4 * way, -1)
                row, column = np.unravel_index(int(worth.argmax()), worth.shape)
                sure = float(result.probabilities[row, column])
                found.append((int(number), sure, int(row), int(column)))
    return tuple(found)


class BestPlaces(QWidget):
    """A list, a line for each digit. A click chooses a place; so do the arrow keys and Enter.

    A map that is not finished sees a digit one moment and misses it the next: while maps are such,
    a digit that has come keeps its line, so that none below it moves.
    """

    chosen = pyqtSignal(float, float)
    """(x, y) on the map of the line that was clicked."""
    hovered = pyqtSignal(object)
    """(x, y) on the map of the line pointed at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: tuple[Place, ...] = ()
        self.lines: tuple[tuple[int, Place | None], ...] = ()
        """The digits that are listed, and their best places; None: none on this map."""
        self._about: tuple[object, ...] = ()
        self._at: int | None = None
        self._dimmed = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("The best place of each digit on the map"))
        self.setToolTip(
            wrapped(tr("Per digit the place of A where p(digit) is largest. Click: put A there."))
        )
        self.set_theme(themes.theme("dark"), 13)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self.update()

    def show_map(self, result: BindingMap) -> None:
        """List the digits of this map."""
        about = result.part, result.window, result.axes
        kept = set() if result.finished or about != self._about else {n for n, _ in self.lines}
        self.places, self._about = best_places(result), about
        found = {place[0]: place for place in self.places}
        self.lines = tuple((n, found.get(n)) for n in sorted(kept | found.keys()))
        texts = (
            f"{n}: p = {sure:.2f}, {self._text(row, col)}" for n, sure, row, col in self.places
        )
        self.setAccessibleDescription("; ".join(texts))
        self._point_at(None)
        self.update()

    def _text(self, row: int, column: int) -> str:
        return place_text(column - REACH, row - REACH, str(self._about[2]))

    @property
    def dimmed(self) -> bool:
        """Whether it is faint."""
        return self._dimmed

    def set_dimmed(self, dimmed: bool) -> None:
        """Paint it faintly while it is not about the present drawing."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def line(self, number: int) -> QRectF:
        """Where a line stands, the caption's being −1."""
        high = self._small.height + GRID / 2
        return QRectF(0, (number + 1) * high, self.width(), high)

    @property
    def shown(self) -> tuple[tuple[int, Place | None], ...]:
        """The lines that fit: if not all do, those of the most confident digits (rounded to a
        tenth, so that smaller changes do not swap lines)."""
        high = self.line(0).height()
        room = max(0, int((self.height() + 1) / high) - 1)
        if room >= len(self.lines):
            return self.lines
        surest = sorted(self.lines, key=lambda line: -round(line[1][1], 1) if line[1] else 0.0)
        return tuple(sorted(surest[:room], key=lambda line: line[0]))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Caption and lines."""
        lines = self.shown
        if not lines:
            return
        painter, small, theme = QPainter(self), self._small, self._theme
        painter.setFont(small.font)
        painter.setPen(theme.quiet)
        captions = tr("best place of each digit (click)"), tr("best place of each digit")
        fitting = [text for text in captions if small.width(text) <= self.width()]
        small.draw(painter, 0, 0, fitting[0] if fitting else tr("best places"))
        left = 2 * GRID + small.width("8") + 2 * GRID
        middle = left + small.width("1.00") + 3 * GRID
        for index, (number, place) in enumerate(lines):
            painter.setOpacity(FAINT if self._dimmed or place is None else 1.0)
            area = self.line(index)
            if index == self._at:
                painter.fillRect(area, theme.line)
            bar = QRectF(0, area.top() + 2, GRID, area.height() - 4)
            painter.fillRect(bar, colour_of(number, theme))
            painter.setPen(theme.text)
            small.draw(painter, 2 * GRID, area.top(), class_name(number))
            small.draw(painter, left, area.top(), "–" if place is None else f"{place[1]:.2f}")
            if place is None:
                continue
            painter.setPen(theme.quiet)
            where = painter.fontMetrics().elidedText(
                self._text(*place[2:]), Qt.TextElideMode.ElideRight, int(self.width() - middle)
            )
            small.draw(painter, middle, area.top(), where)
        painter.setOpacity(1.0)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    # Input

    def _under(self, position: QPointF) -> int | None:
        lines = range(len(self.shown))
        return next((i for i in lines if self.line(i).contains(position)), None)

    def _on_map(self, index: int | None) -> tuple[float, float] | None:
        """(x, y) of a line's place, if it has one."""
        place = None if index is None else self.shown[index][1]
        return None if place is None else (float(place[3] - REACH), float(place[2] - REACH))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """There may be other lines now."""
        self._point_at(None)

    def _choose(self, index: int | None) -> None:
        at = self._on_map(index)
        if at is not None:
            self.chosen.emit(*at)

    def _point_at(self, index: int | None) -> None:
        if index != self._at:
            self._at = index
            self.hovered.emit(self._on_map(index))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Tell of the line under the pointer."""
        self._point_at(self._under(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is pointed at any more."""
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the place of the line under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._under(event.position()))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and Down lead from line to line, Enter and Space choose."""
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key)
        if step is not None and self.shown:
            last = len(self.shown) - 1
            first = 0 if step > 0 else last
            at = first if self._at is None else self._at + step
            self._point_at(min(max(at, 0), last))
        elif self._at is not None and key in CHOOSING:
            self._choose(self._at)
        else:
            super().keyPressEvent(event)
