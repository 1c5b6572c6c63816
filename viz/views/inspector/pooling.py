"""The inspector's body for a pooling unit: the numbers of its window, and what is passed on."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from viz.i18n import number, tr
from viz.measure.inspection import Trace
from viz.views.inspector.cell_text import compact
from viz.views.inspector.look import Cell, Legend, Look, paint_cell_frame, place_of
from viz.views.layer_words import formula
from viz.views.theme import GRID
from viz.views.widgets.tiles import Tiles


class PoolingBody:
    """The patch of a pooling unit, of max pooling with the winner marked, and what is passed on."""

    def __init__(self, trace: Trace, look: Look, width: int, height: int) -> None:
        _, self._rows, self._columns = trace.patches.shape
        self.look, small = look, look.small
        self._head = round(small.height) + GRID
        self._height = height - self._head
        side = max(self._rows, self._columns)
        high = max(0, min(round(5 * small.height), self._height // side))
        self._written = small.width("8.888")
        self._cell = max(0, min(max(high, round(self._written) + 2 * GRID), width // 6)), high
        self._tiles = Tiles()
        self._tiles.resize(self._cell[0] * side, high * side)

    def fill(self, trace: Trace) -> None:
        """Put this trace's patch into the buffer."""
        if all(self._cell):
            self._tiles.paint(self.look.patch_colours(trace), [(0, 0)], *self._cell)

    def find(self, x: float, y: float) -> Cell | None:
        """Return the cell under a point of the body."""
        wide, high = self._cell
        if not wide or not high:
            return None
        u, v = int((y - self._head) // high), int(x // wide)
        return (0, u, v) if 0 <= u < self._rows and 0 <= v < self._columns else None

    def paint(self, painter: QPainter, at: QPointF, trace: Trace, hovered: Cell | None) -> None:
        """Paint the patch, its numbers, the winner and what is said about it."""
        wide, high = self._cell
        if not wide or not high:
            return
        theme, small = self.look.theme, self.look.small
        patch = trace.patches[0]
        origin = at + QPointF(0, self._head)
        painter.drawImage(origin, self._tiles.image)
        white = self.look.is_dark(trace, patch)
        fits = self._written <= wide - 2
        for (u, v), value in np.ndenumerate(patch):
            painter.setPen(QColor("white") if white[u, v] else QColor("black"))
            text = number(float(value), 3) if fits else compact(float(value))
            x, y = origin.x() + (v + 0.5) * wide, origin.y() + (u + 0.5) * high
            small.draw(painter, x, y - small.middle, text, align=0.5)
        winner = tuple(int(i) for i in np.unravel_index(int(patch.argmax()), patch.shape))
        is_even = bool((patch == patch[winner]).all())
        is_max = trace.spec.pooling == "max" and trace.spec.across == 1
        if not is_even and is_max:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.field, 2))
            painter.drawRect(self._rect(origin, winner))
        if hovered is not None:
            paint_cell_frame(painter, self.look, self._rect(origin, hovered[1:]))
        self._paint_words(painter, at, trace, winner, is_even)

    def _rect(self, origin: QPointF, place: tuple[int, ...]) -> QRectF:
        u, v = place
        wide, high = self._cell
        return QRectF(origin.x() + v * wide + 1, origin.y() + u * high + 1, wide - 2, high - 2)

    def _paint_words(
        self, painter: QPainter, at: QPointF, trace: Trace, winner: tuple[int, ...], is_even: bool
    ) -> None:
        theme, look = self.look.theme, self.look
        low, high = look.numbers()
        Legend(trace.source, low, look.source_lut(trace), high).paint(painter, at, look)
        x = at.x() + self._tiles.image.width() + 4 * GRID
        area = QRectF(x, at.y() + self._head, look.width - x, self._height)
        map_, row, column = place_of(trace, (0, winner[0], winner[1]))
        painter.setPen(theme.text)
        kind, k = trace.spec.pooling, trace.spec.kernel
        if trace.spec.operation == "normalise":
            said = tr("{formula}.", formula=formula(trace.spec))
        elif trace.spec.across > 1:
            said = tr("The largest value of this window in a group of maps is passed on.")
        elif kind == "min":
            said = tr("The smallest of all {count} is passed on.", count=k * k)
        elif kind == "blur":
            said = tr("The largest of each {k}×{k}, averaged with weights 1 2 1 both ways.", k=k)
            if trace.is_cut:
                said += " " + tr("At the border, units count that the map does not show.")
        elif kind in ("lp", "log-prob"):
            said = tr("A mean that gives more weight to large values is passed on.")
        elif kind == "subsampling":
            said = tr("The mean of all {count}, times a, plus b; a and b are trained.", count=k * k)
        elif kind == "average":
            said = tr("The mean of all {count} is passed on.", count=k * k)
        elif is_even:
            said = tr("All {count} are equal: pooling passes on their value.", count=k * k)
        else:
            said = tr(
                "{layer} map {map}, row {row}, column {column} is the largest.",
                layer=trace.source, map=map_, row=row, column=column,
            )  # fmt: skip
        wrapped = Qt.TextFlag.TextWordWrap
        painter.drawText(area, wrapped, said)
        area.setTop(painter.boundingRect(area, wrapped, said).bottom() + GRID)
        if kind == "max" and trace.spec.across == 1 and not is_even:
            painter.setPen(theme.quiet)
            painter.drawText(area, wrapped, tr("Where in the patch it was is forgotten."))
