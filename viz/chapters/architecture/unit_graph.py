"""The graph of a network's units along x: the input below, each layer above what it sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy

from viz.chapters.architecture.measure.units import Floats, Levels, both, related
from viz.i18n import tr
from viz.views.theme import GRID, colour_in
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.plot import layer_colour
from viz.views.widgets.pointing import ARROWS

Node = tuple[int, int]
"""A level, and the number of one of its units."""

Lines = dict[int, list[QLineF]]
"""Edges, by the cell of the window that they have their weight from."""

LEAST_APART = 2.5
"""Pixels between two units, below which only the edges of the unit pointed at are drawn."""

FAINT, PLAIN = 0.15, 0.6
"""Opacity of edges beside those of the unit that is pointed at, and without one."""


class UnitGraph(PaintedView):
    """Pointing shows what a unit sees and what sees it. The end of the input can be dragged, and a
    drag from one unit of the input to another marks a pair."""

    pointed = pyqtSignal(object)
    """The unit pointed at, or None."""
    chosen = pyqtSignal(int)
    """The level of a unit that the user clicked, the input not among them."""
    grown = pyqtSignal(int)
    """The user dragged the end of the input: how many units it has now."""
    paired = pyqtSignal(object)
    """Two units of the input that the user marked, (a, b); None: none."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: Levels = ()
        self.base: tuple[int, ...] = ()
        """The units of each level before the input grew."""
        self.span = 1
        """Units of the input that there is room for."""
        self.can_grow = False
        self.node: Node | None = None
        """The unit pointed at."""
        self.pair: tuple[int, int] | None = None
        self.profile: Floats = np.zeros(0)
        """By units of the input, from ``start`` on: how much the unit of the profile depends on
        each, the greatest 1."""
        self.start = 0
        self.describe: Callable[[Node], str] = lambda node: ""
        """What the tip says of a unit."""
        self._dragged = ""
        self._from = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("graph of units"))

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * self.text_px, 4 * self.text_px)

    # What is shown

    def set_levels(self, levels: Levels, base: tuple[int, ...], span: int, can_grow: bool) -> None:
        """Show this network, of which ``base`` units of each level are not new."""
        new = levels, base, span, can_grow
        if new != (self.levels, self.base, self.span, self.can_grow):
            self.levels, self.base, self.span, self.can_grow = new
            if self.node is not None:
                level, unit = self.node
                if level >= len(levels) or unit >= levels[level].units:
                    self.node = None
            units = ", ".join(f"{level.name} {level.units}" for level in levels)
            self.setAccessibleDescription(units)
            self._lay_out()

    def set_pair(self, pair: tuple[int, int] | None) -> None:
        """Mark two units of the input, or none."""
        self.pair = pair
        self.update()

    def set_profile(self, profile: Floats, start: int) -> None:
        """Show below the input how much a unit depends on each of its units."""
        self.profile, self.start = profile, start
        self.update()

    # Geometry

    @cached_property
    def _sides(self) -> tuple[float, float]:
        """Pixels to the left of all nodes and to their right, for names and numbers."""
        names = max(map(self.small.width, (tr("effective"), *(one.name for one in self.levels))))
        return names + 3 * GRID, self.small.width("888 +88") + 3 * GRID

    @cached_property
    def unit_width(self) -> float:
        """Pixels of one unit of the input."""
        return max(1.0, (self.width() - sum(self._sides)) / self.span)

    @cached_property
    def _nodes(self) -> list[list[QPointF]]:
        """Where all units stand, by level."""
        left, wide = self._sides[0], self.unit_width
        return [
            [QPointF(left + row.centre(unit) * wide, self.y_of(level)) for unit in range(row.units)]
            for level, row in enumerate(self.levels)
        ]

    @cached_property
    def _drawn(self) -> QPixmap:
        """All edges but those that would lie too close, drawn once: that takes longer than a frame
        has."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap((QSizeF(self.size()) * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for level, row in enumerate(self.levels):
            if level and row.stride * self.unit_width >= LEAST_APART:
                self._draw(painter, level, self._edges(level, range(row.units)), 1.3)
        painter.end()
        return pixmap

    def _edges(self, level: int, units: range, below: range | None = None) -> Lines:
        """The edges to some units of a level, from all that they see or from those of ``below``."""
        upper, lower = self.levels[level], self.levels[level - 1]
        ends, starts = self._nodes[level], self._nodes[level - 1]
        lines: Lines = defaultdict(list)
        for unit in units:
            first = unit * upper.step - upper.before
            for start in upper.window(unit, lower.units):
                if below is None or start in below:
                    cell = start - first if upper.weighted else 0
                    lines[cell].append(QLineF(starts[start], ends[unit]))
        return lines

    def _lay_out(self) -> None:
        """Measure names and room anew."""
        for name in ("_sides", "unit_width", "_nodes", "_drawn"):
            vars(self).pop(name, None)
        self.update()

    def restyle(self) -> None:
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._lay_out()

    @property
    def _foot(self) -> float:
        """The height below the input, for the profile and the letters of a pair."""
        return min(2.5 * self.small.height, 0.25 * self.height())

    def y_of(self, level: int) -> float:
        """Return the height at which a level stands, in pixels of this widget."""
        top, bottom = self.small.height / 2 + 2, self.height() - self._foot - 6
        return bottom - level * (bottom - top) / max(1, len(self.levels) - 1)

    def place(self, node: Node) -> QPointF:
        """Return where a unit stands, in pixels of this widget."""
        level, unit = node
        return self._nodes[level][unit]

    def grip(self) -> QPointF:
        """Return where the end of the input is dragged."""
        units = self.levels[0].units if self.levels else 0
        return QPointF(self._sides[0] + units * self.unit_width + self.text_px, self.y_of(0))

    def node_at(self, position: QPointF) -> Node | None:
        """Return the unit nearest to a position; None beside all of them."""
        if not self.levels:
            return None
        level = min(range(len(self.levels)), key=lambda one: abs(self.y_of(one) - position.y()))
        gap = abs(self.y_of(0) - self.y_of(len(self.levels) - 1)) / max(1, len(self.levels) - 1)
        units, row = self._input_at(position), self.levels[level]
        node = level, min(max(row.nearest(units), 0), row.units - 1)
        near = max(6.0, 0.5 * row.stride * self.unit_width)
        off = self.place(node) - position
        return node if abs(off.x()) <= near and abs(off.y()) <= max(6.0, 0.4 * gap) else None

    def _input_at(self, position: QPointF) -> float:
        return (position.x() - self._sides[0]) / self.unit_width

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small.font)
        if self.levels:
            spans = related(self.levels, *self.node) if self.node is not None else None
            self._paint_edges(painter, spans)
            self._paint_nodes(painter, spans)
            self._paint_words(painter)
            self._paint_foot(painter)
        if self.framed:
            painter.setPen(self.theme.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_edges(self, painter: QPainter, spans: tuple[range, ...] | None) -> None:
        painter.setOpacity(PLAIN if spans is None else FAINT)
        painter.drawPixmap(0, 0, self._drawn)
        painter.setOpacity(1.0)
        for level, (below, span) in enumerate(pairwise(spans or ()), 1):
            self._draw(painter, level, self._edges(level, span, below), 2.0)

    def _draw(self, painter: QPainter, level: int, lines: Lines, width: float) -> None:
        """Draw edges in the colours of their weights; those of poolings have none."""
        row = self.levels[level]
        for cell, some in lines.items():
            own = layer_colour(cell, row.reach) if row.weighted else self.theme.quiet
            painter.setPen(QPen(colour_in(self.theme, own), width))
            painter.drawLines(some)

    def _paint_nodes(self, painter: QPainter, spans: tuple[range, ...] | None) -> None:
        theme, node = self.theme, self.node
        seen = both(self.levels, *self.pair) if self.pair is not None else None
        for level, (row, places) in enumerate(zip(self.levels, self._nodes, strict=True)):
            base, wide = self.base[level], 0.7 * self.unit_width * row.stride**0.5
            size = max(1.5, min(wide, 0.8 * self.text_px))
            related = spans[level] if spans is not None else range(0)
            for colour, some in (
                (theme.text, places[:base]),
                (theme.accent, places[base:]),
                (theme.field, places[related.start : related.stop]),
            ):
                painter.setPen(QPen(colour, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                if some:
                    painter.drawPoints(some)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 2))
            for unit in seen[level] if seen is not None and level else ():
                painter.drawEllipse(places[unit], size / 2 + 3, size / 2 + 3)
            if node is not None and node[0] == level:
                painter.setPen(QPen(theme.text, 2))
                painter.drawEllipse(places[node[1]], size / 2 + 3, size / 2 + 3)

    def _paint_words(self, painter: QPainter) -> None:
        small, theme = self.small, self.theme
        right = self.width() - self._sides[1] + 2 * GRID
        for level, row in enumerate(self.levels):
            top = self.y_of(level) - small.middle
            painter.setPen(theme.quiet)
            small.draw(painter, 0, top, row.name)
            painter.setPen(theme.text)
            wide = small.draw(painter, right, top, str(row.units))
            if row.units > self.base[level]:
                painter.setPen(theme.accent)
                more = tr("+{count}", count=row.units - self.base[level])
                small.draw(painter, right + wide + GRID, top, more)
        if self.can_grow:
            at, size = self.grip(), 0.4 * self.text_px
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent if self._dragged == "end" else theme.quiet)
            for way in (-1, 1):
                corners = (2.2 * way, 0.0), (0.6 * way, 1.0), (0.6 * way, -1.0)
                painter.drawPolygon([at + size * QPointF(*corner) for corner in corners])

    def _paint_foot(self, painter: QPainter) -> None:
        left, wide, small = self._sides[0], self.unit_width, self.small
        base, high = self.height() - 2.0, self._foot - 4
        if len(self.profile):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.field)
            for number, value in enumerate(self.profile.tolist()):
                x = left + (self.start + number + 0.15) * wide
                painter.drawRect(QRectF(x, base - value * high, 0.7 * wide, value * high))
            painter.setPen(QPen(self.theme.field, 1))
            ends = (left + (self.start + along) * wide for along in (0, len(self.profile)))
            painter.drawLine(*(QPointF(x, base) for x in ends))
            painter.setPen(self.theme.quiet)
            small.draw(painter, 0, base - small.height, tr("effective"))
        if self.pair is not None:
            painter.setPen(self.theme.accent)
            for letter, unit in zip("AB", self.pair, strict=True):
                at = self.place((0, unit))
                small.draw(painter, at.x(), at.y() + 4, letter, 0.5)

    # Input

    def tooltip(self, position: QPointF) -> str | None:
        node = self.node_at(position)
        return self.describe(node) if node is not None else None

    def _point(self, node: Node | None) -> None:
        if node != self.node:
            self.node = node
            self.update()
            self.pointed.emit(node)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        offset, node = event.position() - self.grip(), self.node_at(event.position())
        if self.can_grow and abs(offset.x()) < self.text_px and abs(offset.y()) < self.text_px:
            self._dragged = "end"
            self._point(None)
        elif node is not None and node[0] == 0:
            self._dragged, self._from = "pair", node[1]
            self.paired.emit(None)
        elif node is not None:
            self.chosen.emit(node[0])

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        unit = self._input_at(event.position())
        if self._dragged == "end":
            self.grown.emit(round(unit - self.text_px / self.unit_width))
        elif self._dragged == "pair" and self.levels:
            self.paired.emit((self._from, min(max(int(unit), 0), self.levels[0].units - 1)))
        else:
            self._point(self.node_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._dragged = ""
        self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        if key not in ARROWS or not self.levels:
            super().keyPressEvent(event)
            return
        down, right = ARROWS[key]
        if right and self.can_grow and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.grown.emit(self.levels[0].units + right)
            return
        level, unit = self.node or (len(self.levels) - 1, 0)
        if self.node is not None:
            middle = self.levels[level].centre(unit)
            level = min(max(level - down, 0), len(self.levels) - 1)
            row = self.levels[level]
            unit = (
                unit + right if right else round((middle + row.lead - row.field / 2) / row.stride)
            )
        self._point((level, min(max(unit, 0), self.levels[level].units - 1)))
