"""The barcode: a layer with one unit a map and window, as one column per window of a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
from viz.nets.architecture import Layer, input_range, target_range
from viz.views import theme as themes
from viz.views.layer_words import formula
from viz.views.maps.layer_view import LayerView
from viz.views.maps.marks import Badges, draw_marks, marked_units, notch
from viz.views.paint_clock import PaintClock
from viz.views.widgets.legend import draw_legend

BADGE = 8.0
"""Height and width of a badge in pixels."""


class Barcode(LayerView):
    """Units × W′ windows at a locked scale, e.g. the 500 of C5."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        layer: Layer,
        scales: Mapping[str, float],
        parent: QWidget | None = None,
    ) -> None:
        self._units, self._columns, self._row = layer.maps, 0, 0
        self._share = 1
        self._image = QImage()
        super().__init__(document, clock, layer, scales, parent)
        self.setAccessibleName(tr("Activations of {layer}", layer=layer.name))
        document.window_changed.connect(self._refill)
        document.selection_changed.connect(self._refill)

    def _make_badges(self) -> Badges:
        return Badges(self._document, self.layer.name, notch, self._end_of)

    def restyle(self) -> None:
        self._badges.lay_out(BADGE)
        self._refill()

    def _repaint_data(self) -> None:
        self.update(self._area.toAlignedRect())

    def _end_of(self, number: int) -> QPointF:
        """The right end of a unit's line."""
        area = self._area
        return QPointF(area.right(), area.top() + (number + 0.5) / self._units * area.height())

    def _refill(self) -> None:
        """Show the same snapshot again, unless the document has a newer one, which is on its way:
        the row of windows shown may not be one of the older one's."""
        if self._snapshot is not None and self._snapshot is self._document.snapshot:
            self.show_snapshot(self._snapshot)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._badges.lay_out(BADGE)
        self._refill()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show these activations, of the row of windows whose scores are shown."""
        self._snapshot = snapshot
        values = snapshot.maps[self._shown]
        window = self._document.shown_window()
        self._row = window[0] if window and not self.layer.fixed else 0
        self._row = min(self._row, values.shape[1] - 1)
        values = values[:, self._row]
        units, columns = values.shape
        shared = self._shared()
        resized = self._image.isNull() or (columns, shared) != (self._columns, self._share)
        if resized:
            self._columns, self._share = columns, shared
            bars = units // shared
            self._index = np.zeros((bars, columns), np.intp)
            self._pixels = np.zeros((bars, columns), np.uint32)
            self._image = QImage(
                self._pixels.data,  # type: ignore[arg-type]
                columns,
                bars,
                columns * 4,
                QImage.Format.Format_RGB32,
            )
        if shared > 1:
            values = values.reshape(units // shared, shared, columns).max(1)
        scale = self._scale
        scale.index(values, self._index)
        np.take(scale.lut(self.theme), self._index, out=self._pixels, mode="clip")
        unit, name = self._document.inspected, self.layer.name
        if resized or len(snapshot.maps[name][0]) > 1 or (unit and unit.layer == name):
            self.update()
        else:
            self.update(self._area.toAlignedRect())

    def _shared(self) -> int:
        """How many units share a bar as their maximum, where there are fewer pixels than units."""
        pixels = self._area.height() * self.devicePixelRatioF()
        divisors = (n for n in range(1, self._units) if self._units % n == 0)
        return next((n for n in divisors if self._units / n <= pixels), self._units)

    @property
    def _area(self) -> QRectF:
        top = self._head
        return QRectF(0, top, self.width(), max(1, self.height() - 2 * top))

    @property
    def _head(self) -> int:
        return self.text_px + 2 * themes.GRID

    @property
    def words(self) -> tuple[QRect, ...]:
        foot = QRect(0, self.height() - self._head, self.width(), self._head)
        return (*super().words, foot)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with self._clock.painting(self):
            painter = QPainter(self)
            assert event is not None
            if event.rect().top() < self._head:
                self._paint_head(painter)
                self._paint_foot(painter)
            if self._image.isNull():
                painter.fillRect(self._area, self.theme.surface)
            else:
                painter.drawImage(self._area, self._image)
                self._paint_marks(painter)
            painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        theme = self.theme
        painter.fillRect(QRect(0, 0, self.width(), self._head), theme.background)
        painter.setFont(self.bold.font)
        painter.setPen(theme.text)
        line = QRect(0, 0, self.width(), self._head - themes.GRID)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(line, middle, self.layer.name)
        used = painter.fontMetrics().horizontalAdvance(self.layer.name) + 2 * themes.GRID
        painter.setFont(self.small.font)
        painter.setPen(theme.quiet)
        caption = self._caption()
        if used + painter.fontMetrics().horizontalAdvance(caption) > self.width():
            _, value, shorter = caption.partition(": ")  # of a unit's value, the value alone
            caption = shorter if value else f"{self._units}"
            used = min(used, self.width() - painter.fontMetrics().horizontalAdvance(caption))
        painter.drawText(line.adjusted(used, 0, 0, 0), middle, caption)

    def _paint_foot(self, painter: QPainter) -> None:
        """The locked scale, below the bars where it has room."""
        foot = QRect(0, int(self._area.bottom()), self.width(), self._head)
        painter.fillRect(foot, self.theme.background)
        legend = foot.adjusted(0, themes.GRID, 0, 0)
        lut = self._scale.lut(self.theme)
        draw_legend(painter, legend, self._scale.numbers(), lut, self.theme)

    def _caption(self) -> str:
        unit, snapshot = self._document.inspected, self._snapshot
        if snapshot is None:
            return f"{self._units}"
        if unit and unit.layer == self.layer.name and snapshot.has_unit(unit):
            values = snapshot.maps[self._shown]
            value = f"{float(values[unit.map, unit.row, unit.column]):.2f}".replace("-", "−")
            return f"{unit.map}: {value}"
        _, height, width = snapshot.maps[self.layer.name].shape
        if height > 1:
            return tr("row {row} of {rows}", row=self._row, rows=height)
        return f"{self._units}@{height}×{width}"

    def _paint_marks(self, painter: QPainter) -> None:
        assert self._snapshot is not None
        area, theme = self._area, self.theme
        wide, tall = area.width() / self._columns, area.height() / self._units
        self._badges.paint(painter, theme)
        units = marked_units(self._document.marks, self._snapshot, self.layer.name)
        units = units[units[:, 1] == self._row]
        if len(units):
            corners = units[:, [2, 0]] * (wide, tall) + (area.left(), area.top())
            draw_marks(painter, corners, tall)
        painter.setPen(QPen(theme.accent, 1))
        for number in self._snapshot.request.ablated.get(self.layer.name, ()):
            y = area.top() + (number + 0.5) * tall
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        unit = self._document.inspected
        if unit is None or not self._snapshot.has_unit(unit):
            return
        painter.setPen(QPen(theme.field, 1))
        layers = self._snapshot.architecture.layers
        other = self._snapshot.layer(unit.layer)
        if other == self.layer:
            y = area.top() + unit.map * tall - 1
            painter.drawRect(QRectF(area.left() + unit.column * wide, y, wide - 1, max(tall, 3)))
        else:
            if layers.index(other) > layers.index(self.layer):
                first, count = input_range(other, self.layer, unit.column)
            else:
                first, count = target_range(other, self.layer, unit.column, self._columns)
            painter.drawRect(
                QRectF(area.left() + first * wide, area.top(), count * wide - 1, area.height() - 1)
            )

    def name_of_map(self, number: int) -> str:
        return self.layer.name  # a map is one line of it

    def unit_rect(self, unit: Unit) -> QRectF:
        if self._image.isNull() or unit.row != self._row or unit.column >= self._columns:
            return QRectF()
        area = self._area
        wide, tall = area.width() / self._columns, area.height() / self._units
        return QRectF(area.left() + unit.column * wide, area.top() + unit.map * tall, wide, tall)

    def unit_at(self, position: QPointF) -> Unit | None:
        """Return the unit under a point of the widget."""
        area = self._area
        if not self._columns or not area.contains(position):
            return None
        column = int((position.x() - area.left()) / area.width() * self._columns)
        number = int((position.y() - area.top()) / area.height() * self._units)
        return Unit(
            self.layer.name, min(number, self._units - 1), self._row, min(column, self._columns - 1)
        )

    def tooltip(self, position: QPointF) -> str:
        badges = self._badges.tip()
        if self._area.contains(position) and not badges:
            return ""  # it would cover what the inspector says of the unit
        text = tr(
            "{layer}: {units} units from top to bottom, one column per window of the output from "
            "left to right. {formula}.",
            layer=self.layer.name,
            units=self._units,
            formula=formula(self.layer),
        )
        enlarge = tr("Double-click, or press Z, to enlarge the layer; Esc goes back.")
        return f"{text} {enlarge} {badges}"
