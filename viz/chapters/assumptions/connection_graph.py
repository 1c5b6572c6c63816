"""A graph of two rows of units, small enough that each connection shows which weight it has."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy

from viz.chapters.assumptions.measure.connections import INPUTS, OUTPUTS, Edge
from viz.i18n import tr
from viz.views.theme import GRID, colour_in
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.plot import layer_colour

FAINT = 0.2
"""Opacity of the edges of the other outputs, while one is pointed at."""


class ConnectionGraph(PaintedView):
    """Inputs x below, outputs y above; connections of one weight have one colour. Pointing at an
    output, or the arrow keys, show its own connections."""

    pointed = pyqtSignal(object)
    """The number of the output pointed at, or None."""

    def __init__(self) -> None:
        super().__init__()
        self.edges: tuple[Edge, ...] = ()
        self.output: int | None = None
        """The output pointed at."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("graph of connections"))

    def minimumSizeHint(self) -> QSize:
        return QSize(9 * self.text_px, 5 * self.text_px)

    def set_edges(self, edges: tuple[Edge, ...]) -> None:
        """Show these connections."""
        if edges != self.edges:
            self.edges = edges
            count = len({edge.weight for edge in edges})
            self.setAccessibleDescription(
                tr("{edges} connections, {count} weights", edges=len(edges), count=count)
            )
            self.update()

    # Geometry

    def place(self, row: int, unit: int) -> QPointF:
        """Return where a unit stands: of the inputs (row 0) or of the outputs (row 1)."""
        count, left = (OUTPUTS if row else INPUTS), 2 * self.text_px
        pitch = (self.width() - 2 * left) / max(1, INPUTS - 1)
        first = left + (INPUTS - count) / 2 * pitch
        margin = self.small.height + 2 * GRID
        return QPointF(first + unit * pitch, margin if row else self.height() - margin)

    def output_at(self, position: QPointF) -> int | None:
        """Return the output nearest to a position in the upper half; None elsewhere."""
        if position.y() > self.height() / 2:
            return None
        return min(range(OUTPUTS), key=lambda one: abs(self.place(1, one).x() - position.x()))

    def colour(self, weight: int) -> QColor:
        """Return the colour of the connections with a weight."""
        count = len({edge.weight for edge in self.edges})
        return colour_in(self.theme, layer_colour(weight, max(2, count)))

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, small = QPainter(self), self.theme, self.small
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small.font)
        for edge in self.edges:
            own = self.output in (None, edge.output)
            painter.setOpacity(1.0 if own else FAINT)
            painter.setPen(QPen(self.colour(edge.weight), 2.5))
            painter.drawLine(QLineF(self.place(0, edge.input), self.place(1, edge.output)))
        painter.setOpacity(1.0)
        seen = {edge.input for edge in self.edges if edge.output == self.output}
        size = 0.35 * self.text_px
        for row, name, count in ((0, "x", INPUTS), (1, "y", OUTPUTS)):
            for unit in range(count):
                at = self.place(row, unit)
                marked = unit == self.output if row else unit in seen
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.accent if marked else theme.text)
                painter.drawEllipse(at, size, size)
                painter.setPen(theme.accent if marked else theme.quiet)
                top = at.y() - size - GRID - small.height if row else at.y() + size + GRID / 2
                small.draw(painter, at.x(), top, f"{name}{chr(0x2081 + unit)}", 0.5)
        if self.framed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.accent)
            painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))
        painter.end()

    # Input

    def _point(self, output: int | None) -> None:
        if output != self.output:
            self.output = output
            self.update()
            self.pointed.emit(output)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._point(self.output_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not way:
            super().keyPressEvent(event)
            return
        at = OUTPUTS // 2 if self.output is None else self.output + way
        self._point(min(max(at, 0), OUTPUTS - 1))
