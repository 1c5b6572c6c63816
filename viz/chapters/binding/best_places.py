"""The best place of each class on a binding map: how sure it can get, where, and a click away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.binding.measure.binding_map import REACH, BindingMap
from viz.chapters.binding.words import place_text
from viz.i18n import number, tr
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import DIM, GRID
from viz.views.widgets.class_image import colour_of
from viz.views.widgets.class_map import CHOOSING, class_name
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache, text_cache

Place = tuple[int, float, int, int]
"""Class, probability, and the row and column of the map."""

LARGE = 1.7
"""How many times as large as the other text the answer is."""


def best_places(result: BindingMap) -> tuple[Place, ...]:
    """Return each digit's most confident place on the map, in the order of digits, without none.

    Among places that agree to a hundredth, take the one nearest to the part's present position.
    """
    rows, columns = np.indices(result.classes.shape)
    way = np.hypot(rows - REACH, columns - REACH)
    found = []
    for digit in np.unique(result.classes):
        here = (result.classes == digit) & result.known
        if digit != NONE_CLASS and here.any():
            worth = np.where(here, np.round(result.probabilities, 2) - 1e-4 * way, -1)
            row, column = np.unravel_index(int(worth.argmax()), worth.shape)
            p = float(result.probabilities[row, column])
            found.append((int(digit), p, int(row), int(column)))
    return tuple(found)


class BestPlaces(PaintedView):
    """The answer at one place, and a line for each digit. A click chooses a place, or Enter."""

    chosen = pyqtSignal(float, float)
    """(x, y) on the map of the line that was clicked."""
    hovered = pyqtSignal(object)
    """(x, y) on the map of the line pointed at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: tuple[Place, ...] = ()
        self.answer: tuple[int, str] | None = None
        """The class, and how sure it is and where."""
        self._shorter: Sequence[str] = ()
        self.tell_answer: Callable[[], str] = lambda: ""
        """What the tip says of the answer."""
        self.dimmed = False
        self._axes = ""
        self._at: int | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 64)
        self.setAccessibleName(tr("The best place of each digit on the map"))

    # What is shown

    def show_map(self, result: BindingMap) -> None:
        """List the digits of this map."""
        self.places, self._axes = best_places(result), result.axes
        texts = (f"{n}: p = {number(p, 2)}, {self._text(*at)}" for n, p, *at in self.places)
        self.setAccessibleDescription("; ".join(texts))
        self._point_at(None)
        self.update()

    def show_answer(self, class_: int, text: str, shorter: Sequence[str] = ()) -> None:
        """Show what is answered at one place of the map; ``shorter`` texts for less room."""
        if (class_, text) != self.answer:
            self.answer, self._shorter = (class_, text), shorter
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Paint it faintly while it is not about the present drawing."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def _text(self, row: int, column: int, *, brief: bool = False) -> str:
        return place_text(column - REACH, row - REACH, self._axes, brief=brief)

    @property
    def texts(self) -> tuple[str, ...]:
        """Where the places are that are shown, all of them briefly if any has no room else."""
        room = self.width() - self._middle
        whole, brief = (
            tuple(self._text(*at, brief=brief) for _, _, *at in self.shown)
            for brief in (False, True)
        )
        return whole if all(self.small.width(text) <= room for text in whole) else brief

    # Geometry

    @property
    def _large(self) -> TextCache:
        return text_cache(round(LARGE * self.text_px), bold=True)

    @property
    def _left(self) -> float:
        """Where the probabilities begin."""
        return 3 * GRID + self.small.width("8") + 0.7 * self.text_px

    @property
    def _middle(self) -> float:
        """Where the places begin."""
        return self._left + self.small.width("1.00") + self.text_px

    def line(self, index: int) -> QRectF:
        """Return where a line stands, the caption's being −1."""
        high = self.small.height + GRID / 2
        return QRectF(0, self._large.height + GRID + (index + 1) * high, self.width(), high)

    @property
    def shown(self) -> tuple[Place, ...]:
        """The places that fit: if not all do, those of the most confident digits (rounded to a
        tenth, so that smaller changes do not swap lines)."""
        first = self.line(0)
        room = max(0, int((self.height() + 1 - first.top()) / first.height()))
        best = sorted(self.places, key=lambda place: -round(place[1], 1))
        return tuple(sorted(best[:room]))

    def tooltip(self, position: QPointF) -> str:
        if position.y() < self.line(-1).top():
            return self.tell_answer()
        return tr("For each digit, the place of A where p(digit) is largest. Click to put A there.")

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, large, theme = QPainter(self), self.small, self._large, self.theme
        if self.answer is None:
            painter.end()
            return
        painter.setOpacity(DIM if self.dimmed else 1.0)
        class_, text = self.answer
        painter.setFont(large.font)
        painter.setPen(theme.class_ink(class_))
        left = large.draw(painter, 0, 0, class_name(class_)) + 3 * GRID
        painter.setFont(small.font)
        painter.setPen(theme.text)
        self._write(painter, left, large.middle - small.middle, text, *self._shorter)
        painter.setPen(theme.quiet)
        title = tr("best place of each digit (click)"), tr("best places (click)")
        self._write(painter, 0, self.line(-1).top(), *title)
        left, texts = self._left, self.texts
        for index, (digit, p, *_) in enumerate(self.shown):
            area = self.line(index)
            if index == self._at:
                painter.fillRect(area, theme.line)
            bar = QRectF(0, area.top() + 2, 2 * GRID, area.height() - 4)
            painter.fillRect(bar, colour_of(digit, theme))
            painter.setPen(theme.text)
            small.draw(painter, 3 * GRID, area.top(), str(digit))
            small.draw(painter, left, area.top(), number(p, 2))
            painter.setPen(theme.quiet)
            self._write(painter, self._middle, area.top(), texts[index])
        painter.setOpacity(1.0)
        if self.framed:
            painter.setPen(QPen(theme.accent, 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _write(self, painter: QPainter, left: float, top: float, *texts: str) -> None:
        """The first of the texts that has room from here to the right end."""
        self.small.draw(painter, left, top, self.small.fitting(texts, self.width() - left))

    # Input

    def _under(self, position: QPointF) -> int | None:
        lines = range(len(self.shown))
        return next((i for i in lines if self.line(i).contains(position)), None)

    def _on_map(self, index: int) -> tuple[float, float]:
        """(x, y) of a line's place."""
        *_, row, column = self.shown[index]
        return float(column - REACH), float(row - REACH)

    def _point_at(self, index: int | None) -> None:
        if index != self._at:
            self._at = index
            self.hovered.emit(None if index is None else self._on_map(index))
            self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._point_at(None)  # other lines may fit

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._point_at(self._under(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        index = self._under(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.chosen.emit(*self._on_map(index))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key)
        if step is not None and self.shown:
            last = len(self.shown) - 1
            first = 0 if step > 0 else last
            at = first if self._at is None else self._at + step
            self._point_at(min(max(at, 0), last))
        elif self._at is not None and key in CHOOSING:
            self.chosen.emit(*self._on_map(self._at))
        else:
            super().keyPressEvent(event)
