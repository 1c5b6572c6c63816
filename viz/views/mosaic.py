"""The mosaic: all feature maps of one layer side by side, at a locked colour scale.

One plain widget paints one RGB32 image that NumPy filled through a lookup table; 140 image items
took 50 ms a repaint where four such widgets take 2.5. Tiles keep square pixels and are enlarged
by whole numbers; maps too large for the place are averaged down by whole numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viz import theme as themes
from viz.document import Document
from viz.i18n import tr
from viz.nets.layers import BY_NAME, LAYERS, input_range, target_range
from viz.nets.variants import VARIANTS
from viz.snapshot import Snapshot, Unit
from viz.theme import Theme
from viz.views.legend import draw_legend
from viz.views.locked_scale import LockedScale, scale_of
from viz.views.marks import draw_marks, marked_units
from viz.views.paint_clock import PaintClock
from viz.views.pointing import press_unit
from viz.views.tiling import Plan, averaged, plan
from viz.views.tips import wrapped


class Mosaic(QWidget):
    """The feature maps of one layer. Hover shows a unit, click pins it, right click ablates."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        layer: str,
        scales: dict[str, float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._layer = BY_NAME[layer]
        self._scales = scales
        self._pre = False
        self._theme: Theme = themes.theme("dark")
        self._text_px = 13
        self._snapshot: Snapshot | None = None
        self._plan = Plan(1, 1, 1, 1, 1, 1)
        self._shape = (0, 0, 0)
        self._image = QImage()
        self._area, self._dirty = QRectF(), QRect()
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 80))
        self.setAccessibleName(tr("Feature maps of {layer}", layer=layer))
        self.setAccessibleDescription(
            tr("Point at a unit to inspect it, click to pin it, right-click to ablate its map.")
        )
        clock.register(self)
        document.inspected_changed.connect(self.update)
        document.marks_changed.connect(self._marks_changed)

    # What is shown

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._lay_out()

    def set_pre_activation(self, pre: bool) -> None:
        """Show the sums before ReLU, on a diverging scale; pooling layers have none."""
        self._pre = pre and self._layer.operation == "conv"
        self._fill()
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show these activations."""
        self._snapshot = snapshot
        shape = snapshot.maps[self._layer.name].shape
        if shape != self._shape:
            self._shape = shape
            self._lay_out()
        else:
            self._fill()
            unit = self._document.inspected
            if unit is not None and unit.layer == self._layer.name:
                self.update()  # its value stands in the header
            else:
                self.update(self._dirty)

    def _marks_changed(self) -> None:
        self.update(self._dirty)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the tiles out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        """Choose the tiling and allocate the buffers that every frame reuses."""
        ratio = self.devicePixelRatioF()
        head = self._head
        space = (int((self.height() - head) * ratio), int(self.width() * ratio))
        maps, height, width = self._shape
        if not maps or min(space) < 1:
            return
        layout = self._plan = plan(maps, height, width, space)
        down, right = layout.pitch
        rows, columns, zoom = layout.rows, layout.columns, layout.zoom
        pixels = np.zeros((rows * down, columns * right), np.uint32)
        self._pixels = pixels
        # Enlarged in two steps, along the lines and then whole lines: six times as fast as one
        # broadcast over single pixels. First (row, map line, column, map pixel, zoom) …
        lines = np.zeros((rows, layout.height, columns, right), np.uint32)
        step = lines.strides
        self._lines = lines.reshape(rows, layout.height, 1, columns * right)
        self._stretched = as_strided(
            lines, (rows, layout.height, columns, layout.width, zoom), (*step[:3], 4 * zoom, 4)
        )
        # … then (row, map line, zoom, pixel)
        line = pixels.strides[0]
        self._repeated = as_strided(
            pixels,
            (rows, layout.height, zoom, columns * right),
            (down * line, zoom * line, line, 4),
        )
        places = layout.rows * layout.columns
        self._index = np.zeros((places, layout.height, layout.width), np.intp)
        self._colours = np.zeros((places, layout.height, layout.width), np.uint32)
        self._image = QImage(
            pixels.data,  # type: ignore[arg-type]
            pixels.shape[1],
            pixels.shape[0],
            pixels.strides[0],
            QImage.Format.Format_RGB32,
        )
        self._image.setDevicePixelRatio(ratio)
        size_h, size_w = layout.size
        self._area = QRectF(0, head, size_w / ratio, size_h / ratio)
        self._dirty = self._area.toAlignedRect()
        self._fill()
        self.update()

    def _fill(self) -> None:
        """Activations → colours → tiles, in preallocated buffers."""
        if self._snapshot is None or self._image.isNull():
            return
        name = self._layer.name
        values = self._snapshot.maps[f"{name} pre" if self._pre else name]
        layout = self._plan
        if layout.shrink > 1:
            values = averaged(values, layout)
        maps = len(values)
        index = self._index[:maps]
        self._scale.index(values, index)
        np.take(self._scale.lut(self._theme), index, out=self._colours[:maps], mode="clip")
        empty = np.uint32(self._theme.background.rgb())
        self._colours[maps:] = empty
        if self._pixels[-1, -1] != empty:  # the gaps, after a change of theme or layout
            self._pixels[:] = empty
            self._lines[:] = empty
        tiles = self._colours.reshape(layout.rows, layout.columns, layout.height, layout.width)
        for k in range(layout.zoom):
            self._stretched[..., k] = tiles.transpose(0, 2, 1, 3)
        self._repeated[:] = self._lines

    # Painting

    @property
    def _head(self) -> int:
        return self._text_px + 2 * themes.GRID

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint header, tiles and marks."""
        assert event is not None
        with self._clock.painting(self):
            painter = QPainter(self)
            whole = not self._dirty.contains(event.rect())
            if whole:
                self._paint_around(painter)
            if self._snapshot is not None and not self._image.isNull():
                painter.drawImage(self._area.topLeft(), self._image)
                self._paint_marks(painter)
            if whole:
                self._paint_head(painter)
            painter.end()

    def _paint_around(self, painter: QPainter) -> None:
        """Background where no tile is: the widget is opaque, so each pixel is painted once."""
        background = self._theme.background
        painter.fillRect(QRect(0, 0, self.width(), self._head), background)
        if self._image.isNull():
            painter.fillRect(self.rect(), background)
            return
        area = self._area
        right, bottom = int(area.right()), int(area.bottom())
        painter.fillRect(QRect(right, self._head, self.width() - right, self.height()), background)
        painter.fillRect(QRect(0, bottom, self.width(), self.height() - bottom), background)

    def _paint_head(self, painter: QPainter) -> None:
        theme, layer = self._theme, self._layer
        line = QRect(0, 0, self.width(), self._head - themes.GRID)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(themes.font(self._text_px, bold=True))
        painter.setPen(theme.text)
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, layer.name)
        used = painter.fontMetrics().horizontalAdvance(layer.name) + 2 * themes.GRID
        painter.setFont(themes.font(self._text_px))
        painter.setPen(theme.quiet)
        _, height, width = self._shape
        text = f"{layer.maps}@{height}×{width}"
        unit = self._document.inspected
        snapshot = self._snapshot
        if unit and snapshot and unit.layer == layer.name and unit.exists_on(*snapshot.image.shape):
            values = snapshot.maps[f"{layer.name} pre" if self._pre else layer.name]
            painter.setPen(theme.field)
            text = tr(
                "{value:.3f}  map {map} row {row} col {column}",
                map=unit.map,
                row=unit.row,
                column=unit.column,
                value=float(values[unit.map, unit.row, unit.column]),
            )
        right = int(self._area.right()) if not self._image.isNull() else self.width()
        colour = painter.pen().color()
        rest = line.adjusted(used, 0, right - self.width(), 0)
        wide = draw_legend(painter, rest, self._scale.numbers(), self._scale.lut(theme), theme)
        room = right - wide - used
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.setPen(colour)
        painter.drawText(line.adjusted(used, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, text)

    @property
    def _scale(self) -> LockedScale:
        return scale_of(self._layer.name, self._pre, self._scales)

    def _paint_marks(self, painter: QPainter) -> None:
        """Ablated maps crossed out; the inspected unit, its field below and its targets above."""
        snapshot = self._snapshot
        assert snapshot is not None
        units = marked_units(self._document.marks, snapshot, self._layer.name)
        if len(units):
            ratio, layout = self.devicePixelRatioF(), self._plan
            steps = np.array(layout.pitch) / ratio
            tiles = np.stack(np.divmod(units[:, 0], layout.columns), 1) * steps
            corners = tiles + units[:, 1:] * self._cell
            at = self._area.topLeft()
            draw_marks(painter, corners[:, ::-1] + (at.x(), at.y()), self._cell)
        for number in snapshot.request.ablated.get(self._layer.name, ()):
            tile = self._tile(number)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawLine(tile.topLeft(), tile.bottomRight())
            painter.drawLine(tile.topRight(), tile.bottomLeft())
            painter.drawRect(tile)
        unit = self._document.inspected
        if unit is None or not unit.exists_on(*snapshot.image.shape):
            return
        rows, columns, own = self._marked(unit)
        if not rows[1] or not columns[1]:
            return
        painter.setPen(QPen(self._theme.field, 1))
        cell = self._cell
        mine, other = LAYERS.index(self._layer), LAYERS.index(BY_NAME[unit.layer])
        # A pooling unit sees, and is seen by, the map of its own number only
        pooled = abs(mine - other) == 1 and LAYERS[max(mine, other)].operation == "pool"
        numbers = (unit.map,) if own or pooled else range(self._layer.maps)
        rects = []
        for number in numbers:
            tile = self._tile(number)
            field = QRectF(
                tile.x() + columns[0] * cell - 0.5,
                tile.y() + rows[0] * cell - 0.5,
                max(columns[1] * cell, 2),
                max(rows[1] * cell, 2),
            )
            rects.append(field & tile.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.drawRects(rects)
        if own:
            painter.drawRect(self._tile(unit.map).adjusted(-1, -1, 0, 0))

    def _marked(self, unit: Unit) -> tuple[tuple[int, int], tuple[int, int], bool]:
        """((first row, count), (first column, count), whether it is the unit's own layer)."""
        assert self._snapshot is not None
        other, layer = self._snapshot.layer(unit.layer), self._snapshot.layer(self._layer.name)
        _, height, width = self._shape
        if other is layer:
            return (unit.row, 1), (unit.column, 1), True
        if layer.field < other.field:
            return (
                input_range(other, layer, unit.row),
                input_range(other, layer, unit.column),
                False,
            )
        return (
            target_range(other, layer, unit.row, height),
            target_range(other, layer, unit.column, width),
            False,
        )

    # Geometry

    @property
    def _cell(self) -> float:
        """One map pixel in widget pixels."""
        return self._plan.zoom / self._plan.shrink / self.devicePixelRatioF()

    def _tile(self, number: int) -> QRectF:
        down, right = self._plan.pitch
        ratio = self.devicePixelRatioF()
        row, column = divmod(number, self._plan.columns)
        return QRectF(
            self._area.left() + column * right / ratio,
            self._area.top() + row * down / ratio,
            self._plan.width * self._plan.zoom / ratio,
            self._plan.height * self._plan.zoom / ratio,
        )

    def unit_at(self, position: QPointF) -> Unit | None:
        """The unit under a point of the widget; None between tiles and outside."""
        if self._image.isNull() or self._snapshot is None:
            return None
        down, right = self._plan.pitch
        ratio = self.devicePixelRatioF()
        x = (position.x() - self._area.left()) * ratio
        y = (position.y() - self._area.top()) * ratio
        if x < 0 or y < 0:
            return None
        column, x = divmod(x, right)
        row, y = divmod(y, down)
        number = int(row) * self._plan.columns + int(column)
        step = self._plan.zoom / self._plan.shrink
        gap_y, gap_x = self._plan.gaps
        unit = Unit(self._layer.name, number, int(y / step), int(x / step))
        inside = column < self._plan.columns and x < right - gap_x and y < down - gap_y
        return unit if inside and unit.exists_on(*self._snapshot.image.shape) else None

    def unit_position(self, unit: Unit) -> QPointF:
        """The centre of a unit of this layer in the widget."""
        corner, cell = self._tile(unit.map).topLeft(), self._cell
        return QPointF(
            corner.x() + (unit.column + 0.5) * cell, corner.y() + (unit.row + 0.5) * cell
        )

    # Pointer

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Hover a unit."""
        assert event is not None
        self._document.hover(self.unit_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is hovered any more."""
        self._document.hover(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Pin or ablate what is under the pointer."""
        assert event is not None
        press_unit(self._document, self.unit_at(event.position()), event)

    def event(self, event: QEvent | None) -> bool:
        """The header's tip tells the layer's formula, its size and its field."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            over = event.pos().y() < self._head  # over the maps a tip would cover data
            QToolTip.showText(event.globalPos(), self._tip() if over else "", self)
            return True
        return super().event(event)

    def _tip(self) -> str:
        layer = self._document.layer(self._layer.name)
        formula = (
            tr("y = max(0, b + Σ x·w) over the 5×5 patches below")
            if layer.operation == "conv"
            else {
                "max": tr("y = max of 2×2 units of the map below"),
                "average": tr("y = mean of 2×2 units of the map below"),
                "blur": tr("y = Σ of the maxima of 2×2 units, weighted by [1 2 1]⊗[1 2 1]/16"),
            }[VARIANTS[self._document.network].pooling]
        )
        return wrapped(
            tr(
                "{name}: {maps} maps, {parameters} parameters. {formula}. One unit sees "
                "{field}×{field} pixels, neighbours lie {stride} px apart. The scale is fixed.",
                name=layer.name, maps=layer.maps, parameters=f"{layer.parameters:,}",
                formula=formula, field=layer.field, stride=layer.stride,
            )
        )  # fmt: skip
