"""The drawing with the pieces it was cut into, or the digits of the one pass, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from viz.nets.architecture import NONE_CLASS
from viz.views.theme import DIM, GRID, Lut, Theme
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale


@dataclass(frozen=True)
class Label:
    """What is said of one place: the answer ``text`` above ``x``, in the hue of class ``number``;
    ``box``: the piece's outline, None where nothing is cut; all in pixels of the canvas."""

    text: str
    number: int
    x: float
    box: QRectF | None
    tip: str


class PieceView(Heatmap):
    """The drawing in ink, boxes round its pieces, and a line of answers above it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(LockedScale(1.0), parent, legend=False)
        self.labels: tuple[Label, ...] = ()
        self.describe = self._tip_at

    def set_labels(self, labels: Sequence[Label]) -> None:
        """Show these, sorted by their place."""
        self.labels = tuple(sorted(labels, key=lambda label: label.x))
        self.setAccessibleDescription(" ".join(label.text for label in self.labels))
        self.update()

    def colours(self, theme: Theme) -> Lut:
        return theme.ink

    def _head(self) -> int:
        return round(self.bold.height) + GRID // 2

    def area(self) -> QRectF:
        """Where the drawing stands: in the middle, below its answers."""
        area = super().area()
        area.translate(max(0.0, (self.width() - area.width()) // 2), 0)
        return area

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter, theme, area, bold = QPainter(self), self.theme, self.area(), self.bold
        zoom = area.width() / max(1.0, self.grid_size[1])
        painter.setFont(bold.font)
        painter.setOpacity(DIM if self.dimmed else 1.0)
        inside, free = QRectF(self.rect()).adjusted(1, 1, -1, -1), 0.0
        for label in self.labels:
            ink = theme.quiet if label.number == NONE_CLASS else theme.class_ink(label.number)
            painter.setPen(ink)
            wide = bold.width(label.text)
            x = max(free, area.left() + label.x * zoom - wide / 2)
            bold.draw(painter, x, 0, label.text)
            free = x + wide + 1
            if label.box is not None:
                corner = area.topLeft() + label.box.topLeft() * zoom
                painter.setPen(QPen(ink, 1.5))
                box = QRectF(corner, label.box.size() * zoom).adjusted(-1, -1, 1, 1)
                painter.drawRect(box.intersected(inside))
            else:
                middle = area.left() + label.x * zoom
                painter.drawLine(QPointF(middle, area.top()), QPointF(middle, area.top() + GRID))
        painter.end()

    def _tip_at(self, row: int, column: int) -> str:
        """What is said of the piece at a pixel, or of the digit that is nearest to it."""
        boxed = [label for label in self.labels if label.box is not None]
        for label in boxed:
            if label.box is not None and label.box.contains(QPointF(column + 0.5, row + 0.5)):
                return label.tip
        if boxed or not self.labels:
            return ""
        return min(self.labels, key=lambda label: abs(label.x - column - 0.5)).tip
