"""The inspector's body for a pooling unit: the numbers of its window, and what is passed on."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from viz.i18n import tr
from viz.measure.inspection import Trace
from viz.views.inspector.look import RAMP, Cell, Look, place_of
from viz.views.theme import GRID
from viz.views.widgets.text_cache import compact, signed
from viz.views.widgets.tiles import Tiles, ramp


class PoolingBody:
    """The patch of a pooling unit, of max pooling with the winner marked, and what is passed on."""

    def __init__(self, trace: Trace, look: Look, width: int, height: int) -> None:
        kernel = max(trace.patches.shape)
        self._kernel, self._look = kernel, look
        self._head = round(look.lettering.height) + GRID
        self._height = height - self._head
        small = look.lettering
        high = max(0, min(round(5 * small.height), (height - self._head) // kernel))
        number = round(small.width(signed(8.888))) + 2 * GRID
        self._cell = max(0, min(max(high, number), width // 6)), high
        self._tiles = Tiles()
        self._tiles.resize(self._cell[0] * kernel, high * kernel)
        self._trace: Trace | None = None

    def fill(self, trace: Trace) -> None:
        """Put this trace's patch into the buffer."""
        self._trace = trace
        if all(self._cell):
            self._tiles.paint(self._look.patch_colours(trace), [(0, 0)], *self._cell)

    def find(self, x: float, y: float) -> Cell | None:
        """The cell under a point of the body."""
        wide, high = self._cell
        if not wide or not high:
            return None
        u, v = int((y - self._head) // high), int(x // wide)
        if self._trace is None:
            return None
        _, tall, broad = self._trace.patches.shape
        return (0, u, v) if 0 <= u < tall and 0 <= v < broad else None

    def paint(self, painter: QPainter, at: QPointF, hovered: Cell | None) -> None:
        """Paint the patch, its numbers, the winner and what is said about it."""
        trace, (wide, high) = self._trace, self._cell
        if trace is None or not wide or not high:
            return
        theme, small = self._look.theme, self._look.lettering
        patch = trace.patches[0]
        origin = at + QPointF(0, self._head)
        painter.drawImage(origin, self._tiles.image)
        white = self._look.is_dark(trace, patch)
        fits = small.width(signed(8.888)) <= wide - 2
        for (u, v), value in np.ndenumerate(patch):
            painter.setPen(QColor("white") if white[u, v] else QColor("black"))
            text = signed(float(value)) if fits else compact(float(value))
            x, y = origin.x() + (v + 0.5) * wide, origin.y() + (u + 0.5) * high
            small.draw(painter, x, y - small.middle, text, align=0.5)
        winner = tuple(int(i) for i in np.unravel_index(int(patch.argmax()), patch.shape))
        even = bool((patch == patch[winner]).all())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not even and trace.spec.pooling == "max":
            painter.setPen(QPen(theme.field, 2))
            painter.drawRect(self._rect(origin, winner))
        if hovered is not None:
            painter.setPen(QPen(theme.text, 1))
            painter.drawRect(self._rect(origin, hovered[1:]))
        self._paint_words(painter, at, trace, winner, even)

    def _rect(self, origin: QPointF, place: tuple[int, ...]) -> QRectF:
        u, v = place
        wide, high = self._cell
        return QRectF(origin.x() + v * wide + 1, origin.y() + u * high + 1, wide - 2, high - 2)

    def _paint_words(
        self, painter: QPainter, at: QPointF, trace: Trace, winner: tuple[int, ...], even: bool
    ) -> None:
        theme, small = self._look.theme, self._look.lettering
        painter.setPen(theme.quiet)
        low, high = self._look.numbers()
        x = at.x() + small.draw(painter, at.x(), at.y(), f"{trace.source}  {low}") + GRID
        strip = QRectF(x, at.y() + small.height * 0.3, RAMP, small.height * 0.4)
        painter.drawImage(strip, ramp(self._look.source_lut(trace)))
        small.draw(painter, x + RAMP + GRID, at.y(), high)
        x = at.x() + self._kernel * self._cell[0] + 4 * GRID
        area = QRectF(x, at.y() + self._head, self._look.width - x, self._height)
        number, row, column = place_of(trace, (0, winner[0], winner[1]))
        painter.setPen(theme.text)
        kind, k = trace.spec.pooling, trace.spec.kernel
        if kind == "blur":
            said = tr("The largest of each {k}×{k}, averaged with weights 1 2 1 both ways.", k=k)
            if trace.is_cut:
                said += " " + tr("At the border units count too that the map does not show.")
        elif kind in ("lp", "log-prob"):
            said = tr("A mean in which large values count for more is passed on.")
        elif kind == "subsampling":
            said = tr("The mean of all {count}, times a, plus b; a and b are trained.", count=k * k)
        elif kind == "average":
            said = tr("The mean of all {count} is passed on.", count=k * k)
        elif even:
            said = tr("All {count} are equal: pooling passes on their value.", count=k * k)
        else:
            said = tr(
                "{layer} map {map}, row {row}, column {column} is the largest.",
                layer=trace.source, map=number, row=row, column=column,
            )  # fmt: skip
        wrapped = Qt.TextFlag.TextWordWrap
        painter.drawText(area, wrapped, said)
        area.setTop(painter.boundingRect(area, wrapped, said).bottom() + GRID)
        if kind == "max" and not even:
            painter.setPen(theme.quiet)
            painter.drawText(area, wrapped, tr("Where in the patch it was is forgotten."))
