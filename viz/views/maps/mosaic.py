"""The mosaic: all feature maps of one layer side by side, at a locked colour scale.

One plain widget paints one picture; 140 image items took 50 ms a repaint where four such widgets
take 2.5. Tiles keep square pixels and are enlarged by whole numbers; maps too large for the place
are averaged down by whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import ceil
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF
from PyQt6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
from viz.nets.architecture import Layer, input_range, target_range
from viz.views import theme as themes
from viz.views.maps.layer_view import LayerView
from viz.views.maps.map_picture import MapPicture
from viz.views.maps.marks import Badges, draw_marks, ear, ear_side, marked_units
from viz.views.maps.mosaic_head import draw_head, head_height, head_width, layer_tip, size_text
from viz.views.maps.tiling import Plan, grid_columns, plan
from viz.views.maps.unit_values import draw_values
from viz.views.paint_clock import PaintClock


class Mosaic(LayerView):
    """The feature maps of one layer, as large as their place allows in the columns given."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        layer: Layer,
        scales: Mapping[str, float],
        parent: QWidget | None = None,
    ) -> None:
        self._picture = MapPicture()
        self._shape = (0, 0, 0)
        self._columns: int | None = None
        self._enlarged = False
        self._only: int | None = None
        self._area, self._dirty = QRectF(), QRect()
        super().__init__(document, clock, layer, scales, parent)
        self.setAccessibleName(tr("Feature maps of {layer}", layer=layer.name))
        self.setAccessibleDescription(
            tr(
                "Point at a unit to inspect it, click to pin it, double-click to enlarge its map, "
                "right-click for its menu."
            )
        )

        self._outlined: Any = None
        """What ``_outlines`` are of: fifty of them take longer to find than to draw."""
        self._outlines: list[QRectF] = []

    def _make_badges(self) -> Badges:
        return Badges(
            self._document, self.layer.name, ear, lambda map_: self._tile(map_).topRight()
        )

    # What is shown

    def restyle(self) -> None:
        self._lay_out()

    def set_columns(self, columns: int) -> None:
        """Lay the maps out in so many columns from now on."""
        if columns != self._columns:
            self._columns = columns
            self._lay_out()

    def enlarge(self, enlarged: bool, only: int | None = None) -> None:
        """Have the whole stage, or not: then the columns may be others, for larger maps; ``only``:
        show this map alone, with its numbers."""
        if (enlarged, only) != (self._enlarged, self._only):
            self._enlarged, self._only = enlarged, only
            self._lay_out()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show these activations."""
        before, self._snapshot = self._snapshot, snapshot
        shape = snapshot.maps[self.layer.name].shape
        if shape != self._shape:
            self._shape = shape
            self._lay_out()
        else:
            self._refill()
            unit = self._document.inspected
            if unit is not None and unit.layer == self.layer.name:
                self.update()  # its value stands in the header
            elif len(self._shown_maps) == 1 and before is not None:
                self._update_changed(before, snapshot)
            else:
                self.update(self._dirty)

    def _update_changed(self, before: Snapshot, snapshot: Snapshot) -> None:
        """Have the one map painted where it differs from before: its numbers take time."""
        name, number = self.layer.name, self._shown_maps.start
        ablated = (of.request.ablated.get(name) for of in (before, snapshot))
        if self._document.marks is not None or len(set(ablated)) > 1:
            self.update(self._dirty)
            return
        old, new = (of.maps[self._shown][number] for of in (before, snapshot))
        rows, columns = np.nonzero(old != new)
        if not len(rows):
            self._clock.skip(self)
            return
        cell, at = self._cell, self._area.topLeft()
        left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
        place = QRectF(left * cell, top * cell, (right - left) * cell, (bottom - top) * cell)
        self.update(place.translated(at).toAlignedRect())

    def _repaint_data(self) -> None:
        self.update(self._dirty)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        ratio = self.devicePixelRatioF()
        head = self._head
        space = (int((self.height() - head) * ratio), int(self.width() * ratio))
        maps, height, width = self._shape
        if not maps or min(space) < 1:
            return
        columns = self._columns or grid_columns(maps, height, width)
        shown = self._shown_maps
        layout = plan(len(shown), height, width, space, columns=min(columns, len(shown)))
        if self._enlarged and layout.size[0] * layout.size[1] < space[0] * space[1] / 2:
            layout = plan(len(shown), height, width, space)
        self._picture.lay_out(layout, ratio)
        size_h, size_w = layout.size
        self._area = QRectF(0, head, size_w / ratio, size_h / ratio)
        self._dirty = self._area.toAlignedRect()
        tile = self._tile(0)
        self._badges.lay_out(ear_side(tile.height(), tile.width()))
        self._refill()
        self.update()

    def _refill(self) -> None:
        if self._snapshot is not None and not self._image.isNull():
            first, end = self._shown_maps.start, self._shown_maps.stop
            values = self._snapshot.maps[self._shown][first:end]
            self._picture.fill(values, self._scale, self.theme)

    @property
    def _shown_maps(self) -> range:
        """The numbers of the maps that are shown."""
        maps, only = self._shape[0], self._only
        return range(only, only + 1) if only is not None and only < maps else range(maps)

    @property
    def _image(self) -> QImage:
        return self._picture.image

    @property
    def _plan(self) -> Plan:
        return self._picture.plan

    # Painting

    @property
    def _head(self) -> int:
        return head_height(self.text_px)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        assert event is not None
        with self._clock.painting(self):
            painter = QPainter(self)
            whole = not self._dirty.contains(event.rect())
            if whole:
                self._paint_around(painter)
            if self._snapshot is not None and not self._image.isNull():
                painter.drawImage(self._area.topLeft(), self._image)
                if len(self._shown_maps) == 1:
                    self._paint_values(painter, event.rect())
                self._paint_marks(painter)
            if whole:
                self._paint_head(painter)
            painter.end()

    def _paint_values(self, painter: QPainter, place: QRect) -> None:
        """The numbers of the one map that is shown, in ``place``."""
        assert self._snapshot is not None
        values = self._snapshot.maps[self._shown][self._shown_maps.start]
        at, cell = self._area.topLeft(), self._cell
        block = (
            _cells(place.top() - at.y(), place.bottom() + 1 - at.y(), cell),
            _cells(place.left() - at.x(), place.right() + 1 - at.x(), cell),
        )
        draw_values(painter, values, at, cell, self._scale, self.theme, self.text_px, block)

    def _paint_around(self, painter: QPainter) -> None:
        """Background where no tile is: the widget is opaque, so each pixel is painted once."""
        background = self.theme.background
        painter.fillRect(QRect(0, 0, self.width(), self._head), background)
        if self._image.isNull():
            painter.fillRect(self.rect(), background)
            return
        area = self._area
        right, bottom = int(area.right()), int(area.bottom())
        painter.fillRect(QRect(right, self._head, self.width() - right, self.height()), background)
        painter.fillRect(QRect(0, bottom, self.width(), self.height() - bottom), background)

    def _paint_head(self, painter: QPainter) -> None:
        layer, unit, snapshot = self.layer, self._document.inspected, self._snapshot
        value = ""
        if unit and snapshot and unit.layer == layer.name and snapshot.has_unit(unit):
            values = snapshot.maps[self._shown]
            value = tr(
                "{value:.3f}  map {map} row {row} col {column}",
                map=unit.map,
                row=unit.row,
                column=unit.column,
                value=float(values[unit.map, unit.row, unit.column]),
            ).replace("-", "−")
        _, height, width = self._shape
        right = self.width()
        if not self._image.isNull():  # the legend ends with the tiles, if that leaves it room
            right = min(right, max(int(self._area.right()), self.head_width(height, width)))
        place = QRect(0, 0, right, self._head - themes.GRID)
        size = size_text(layer, height, width) if height and width else str(layer.maps)
        if self._only is not None:
            size = tr("map {map} of {size}", map=self._only, size=size)
        draw_head(painter, place, layer.name, size, value, self._scale, self.theme, self.text_px)

    def head_width(self, height: int, width: int) -> int:
        """Return the pixels that the head takes for maps of height × width."""
        return head_width(self.layer, height, width, self._scales, self.text_px)

    def _paint_marks(self, painter: QPainter) -> None:
        """Badges and dots; ablated maps crossed out; the inspected unit, its field and targets."""
        snapshot = self._snapshot
        assert snapshot is not None
        theme = self.theme
        shown = self._shown_maps
        if len(shown) == self.layer.maps:
            self._badges.paint(painter, theme)
        units = marked_units(self._document.marks, snapshot, self.layer.name)
        units = units[(units[:, 0] >= shown.start) & (units[:, 0] < shown.stop)]
        if len(units):
            ratio, layout = self.devicePixelRatioF(), self._plan
            steps = np.array(layout.pitch) / ratio
            tiles = np.stack(np.divmod(units[:, 0] - shown.start, layout.columns), 1) * steps
            corners = tiles + units[:, 1:] * self._cell
            at = self._area.topLeft()
            draw_marks(painter, corners[:, ::-1] + (at.x(), at.y()), self._cell)
        for number in snapshot.request.ablated.get(self.layer.name, ()):
            if number not in shown:
                continue
            tile = self._tile(number)
            frame = tile.adjusted(1, 1, -1, -1)  # within what is painted again with the maps
            painter.setPen(QPen(theme.accent, 2))
            painter.drawLine(frame.topLeft(), frame.bottomRight())
            painter.drawLine(frame.topRight(), frame.bottomLeft())
            painter.drawRect(frame)
        unit = self._document.inspected
        if unit is None or not snapshot.has_unit(unit):
            return
        key = (
            unit, snapshot.request.network, self._shape, self._plan, self._area,
            self._shown_maps, self.devicePixelRatioF(),
        )  # fmt: skip
        if key != self._outlined:
            self._outlined, self._outlines = key, self._outlines_of(unit)
        painter.setPen(QPen(theme.field, 1))
        painter.drawRects(self._outlines)

    def _outlines_of(self, unit: Unit) -> list[QRectF]:
        """Around what the unit sees, or is seen by, in each map; around the unit and its map."""
        rows, columns, own = self._marked(unit)
        if not rows[1] or not columns[1]:
            return []
        shown, cell, layout, ratio = (
            self._shown_maps, self._cell, self._plan, self.devicePixelRatioF(),
        )  # fmt: skip
        tile = self._tile(shown.start)  # from whose field the others' lie whole tiles away
        field = QRectF(
            tile.x() + columns[0] * cell - 0.5,
            tile.y() + rows[0] * cell - 0.5,
            max(columns[1] * cell, 2),
            max(rows[1] * cell, 2),
        ) & tile.adjusted(-0.5, -0.5, 0.5, 0.5)
        down, right = (pitch / ratio for pitch in layout.pitch)
        places = (
            divmod(number - shown.start, layout.columns)
            for number in self._joined(unit)
            if number in shown
        )
        rects = [field.translated(across * right, along * down) for along, across in places]
        if own and unit.map in shown:
            rects.append(self._tile(unit.map).adjusted(-1, -1, 0, 0))
        return rects

    def _marked(self, unit: Unit) -> tuple[tuple[int, int], tuple[int, int], bool]:
        """((first row, count), (first column, count), whether it is the unit's own layer)."""
        assert self._snapshot is not None
        other, layer = self._snapshot.layer(unit.layer), self.layer
        _, height, width = self._shape
        if other == layer:
            return (unit.row, 1), (unit.column, 1), True
        layers = self._snapshot.architecture.layers
        below = layers.index(layer) < layers.index(other)
        rows, columns = (
            input_range(other, layer, at) if below else target_range(other, layer, at, size)
            for at, size in ((unit.row, height), (unit.column, width))
        )
        return rows, columns, False

    def _joined(self, unit: Unit) -> Collection[int]:
        """Which maps have units that see the unit, or are seen by it, or are its own."""
        assert self._snapshot is not None
        if unit.layer == self.layer.name:
            return (unit.map,)
        layers = self._snapshot.architecture.layers
        mine, other = layers.index(self.layer), layers.index(self._snapshot.layer(unit.layer))
        upper = layers[max(mine, other)]
        if abs(mine - other) > 1:
            return range(self.layer.maps)
        if upper.normalisation in ("subtractive", "divisive"):
            return range(self.layer.maps)
        if upper.operation in ("pool", "normalise"):  # each map by itself, or with its group
            first = unit.map // upper.across * upper.across
            return range(first, min(first + upper.across, upper.maps))
        if upper.connections is None:
            return range(self.layer.maps)
        if mine < other:
            return upper.connections[unit.map]
        return [n for n, below in enumerate(upper.connections) if unit.map in below]

    # Geometry

    @property
    def _cell(self) -> float:
        """One map pixel in widget pixels."""
        return self._plan.cell / self.devicePixelRatioF()

    def _tile(self, number: int) -> QRectF:
        down, right = self._plan.pitch
        ratio = self.devicePixelRatioF()
        row, column = divmod(number - self._shown_maps.start, self._plan.columns)
        return QRectF(
            self._area.left() + column * right / ratio,
            self._area.top() + row * down / ratio,
            self._plan.width * self._plan.zoom / ratio,
            self._plan.height * self._plan.zoom / ratio,
        )

    def unit_at(self, position: QPointF) -> Unit | None:
        """Return the unit under a point of the widget; None between tiles and outside."""
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
        number = self._shown_maps.start + int(row) * self._plan.columns + int(column)
        step, gap = self._plan.cell, self._plan.gap
        unit = Unit(self.layer.name, number, int(y / step), int(x / step))
        inside = column < self._plan.columns and x < right - gap and y < down - gap
        inside = inside and number in self._shown_maps
        return unit if inside and self._snapshot.has_unit(unit) else None

    def unit_rect(self, unit: Unit) -> QRectF:
        if self._image.isNull():
            return QRectF()
        side, centre = self._cell, self.unit_position(unit)
        place = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
        return place if self._area.contains(centre) else QRectF()

    def name_of_map(self, number: int) -> str:
        return f"{self.layer.name}:{number}"

    def unit_position(self, unit: Unit) -> QPointF:
        """Return the centre of a unit of this layer, in a map that is shown, in the widget."""
        corner, cell = self._tile(unit.map).topLeft(), self._cell
        return QPointF(
            corner.x() + (unit.column + 0.5) * cell, corner.y() + (unit.row + 0.5) * cell
        )

    def tooltip(self, position: QPointF) -> str:
        if position.y() >= self._head:  # over the maps a tip would cover data
            return ""
        enlarge = tr(
            "Double-click here, or press Z, to enlarge the layer; double-click a map, or press "
            "Shift+Z over it, to enlarge that map, with its numbers; Esc goes back."
        )
        return f"{layer_tip(self.layer)} {enlarge} {self._badges.tip()}"


def _cells(start: float, end: float, cell: float) -> slice:
    """The cells of this size that lie between two places, or partly."""
    return slice(max(0, int(start / cell)), max(0, ceil(end / cell)))
