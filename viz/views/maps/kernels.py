"""The kernels: the learned weights of C1, and those of one C3 map over the twenty maps of S2.

They are those of the network that answers. Weights do not change while the input does, so nothing
here is painted per frame. Colours are symmetric about zero and locked for each layer of a network:
one network's weights may be three times another's, and would be all pale or all glaring there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QToolButton, QWidget

from viz.errors import UserError
from viz.i18n import tr
from viz.model.document import Document
from viz.nets.layers import BY_NAME
from viz.nets.weights import load_weights, pretrained_path
from viz.views import theme as themes
from viz.views.maps.tiling import GAP, Plan, plan
from viz.views.theme import GRID, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache, signed
from viz.views.widgets.tiles import Array, Tiles, diverging_colours, locked_peak, ramp

APART = 5
"""Pixels between kernels: a weight of zero has the colour of the ground in the light theme."""
BETWEEN = 4 * GRID
"""Pixels between the two groups of kernels."""


@dataclass
class _Group:
    """Twenty kernels side by side: ``weights`` (20, 5, 5), the layer's ``peak``, its place."""

    layer: str
    weights: Array
    peak: float
    left: int = 0
    width: int = 0
    plan: Plan | None = None
    tiles: Tiles = field(default_factory=Tiles)

    def corner(self, number: int) -> tuple[int, int]:
        """The upper left of a kernel within the group."""
        assert self.plan is not None
        row, column = divmod(number, self.plan.columns)
        down, right = self.plan.pitch
        return column * right, row * down


class Kernels(PaintedView):
    """C1's kernels on the left, those of a chosen C3 map on the right."""

    map_chosen = pyqtSignal(str, int)
    """A kernel was clicked: (layer, map) of the map that it makes."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._chosen = 0
        self._weights: dict[str, tuple[Array, Array]] = {}
        """(C1's, C3's) of each network shown so far: reading them takes milliseconds."""
        c1, c3 = self._of_network()
        self._groups = (
            _Group("C1", c1[:, 0], locked_peak(c1)),
            _Group("C3", c3[0], locked_peak(c3)),
        )
        self._hovered: tuple[str, int] | None = None
        self._previous = self._button("‹", tr("Previous map of C3"), -1)
        self._next = self._button("›", tr("Next map of C3"), 1)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Kernels"))
        document.inspected_changed.connect(self._follow)
        document.network_changed.connect(self._show_network)
        self.set_theme(themes.theme("dark"), 13)

    def _button(self, text: str, name: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.choose(self._chosen + step))
        return button

    # What is shown

    def _of_network(self) -> tuple[Array, Array]:
        """The weights of C1 (20, 1, 5, 5) and of C3 (50, 20, 5, 5) of the document's network."""
        name = self._document.network
        if name not in self._weights:
            try:
                found = load_weights(pretrained_path(name))
            except UserError:  # reported by the engine, which keeps the previous network
                if "max" not in self._weights:
                    raise
                return self._weights["max"]
            self._weights[name] = found["C1.weight"], found["C3.weight"]
        return self._weights[name]

    def _show_network(self) -> None:
        c1, c3 = self._of_network()
        for group, weights in zip(self._groups, (c1, c3), strict=True):
            group.peak = locked_peak(weights)
        self._groups[0].weights = c1[:, 0]
        self._hovered = None
        self.setToolTip("")
        self._fill(self._groups[0])
        self._show_map()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._small = TextCache(themes.font(text_px))
        self._bold = TextCache(themes.font(text_px, bold=True))
        self._head = text_px + 2 * GRID
        for button in (self._previous, self._next):
            button.setFont(themes.font(text_px))
            button.setStyleSheet(
                f"QToolButton {{ border: 1px solid {theme.line.name()}; border-radius: 3px; "
                f"padding: 0; color: {theme.text.name()}; }}"
                f"QToolButton:hover {{ border-color: {theme.accent.name()}; }}"
            )
        self.updateGeometry()
        self._lay_out()

    def sizeHint(self) -> QSize:
        """Two groups of three rows of kernels, with cells that grow with the text."""
        cell = max(4, round(self._text_px * 5 / 13))
        return QSize(300, self._head + 3 * (5 * cell + GAP))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint; narrower windows get smaller cells."""
        return QSize(240, self.sizeHint().height())

    @property
    def chosen(self) -> int:
        """The C3 map whose kernels are shown while none is pointed at."""
        return self._chosen

    @property
    def shown_map(self) -> int:
        """The C3 map whose kernels are shown: the inspected one, else the chosen one."""
        unit = self._document.hovered
        return unit.map if unit is not None and unit.layer == "C3" else self._chosen

    def choose(self, number: int) -> None:
        """Show the kernels of this C3 map; numbers wrap around."""
        self._chosen = number % BY_NAME["C3"].maps
        self._show_map()

    def _follow(self) -> None:
        """A pinned C3 map stays chosen; a hovered one is shown while it is hovered."""
        pinned = self._document.pinned
        if pinned is not None and pinned.layer == "C3":
            self._chosen = pinned.map
        self._show_map()

    def _show_map(self) -> None:
        self._groups[1].weights = self._of_network()[1][self.shown_map]
        self.setAccessibleDescription(self._name(self._groups[1]))
        self._fill(self._groups[1])
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the kernels out anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = (self.width() - BETWEEN) // 2, self.height() - self._head
        for number, group in enumerate(self._groups):
            group.left, group.width = number * (width + BETWEEN), width
            group.plan = plan(*group.weights.shape, (height, width), APART) if width > 0 else None
            if group.plan is not None and group.plan.shrink > 1:
                group.plan = None  # no room for weights
            if group.plan is not None:
                high, wide = group.plan.size
                group.tiles.resize(wide, high)
                group.tiles.clear(self._theme.background)
            self._fill(group)
        x = round(self._groups[1].left + self._bold.width(tr("C3 map {map}", map=88))) + GRID
        for button in (self._previous, self._next):
            side = round(self._small.height)
            button.setGeometry(x, GRID, side, side)
            x += side
        self.update()

    def _fill(self, group: _Group) -> None:
        if group.plan is not None:
            colours = diverging_colours(self._theme.diverging, group.weights, group.peak)
            corners = [group.corner(number) for number in range(len(group.weights))]
            group.tiles.paint(colours, corners, group.plan.zoom)

    def _name(self, group: _Group) -> str:
        if group.layer == "C1":
            return tr("C1 kernels")
        return tr("C3 map {map}", map=f"{self.shown_map:>2}")

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint names, scales and kernels."""
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.background)
        for group in self._groups:
            painter.setFont(self._bold.font)
            painter.setPen(theme.text)
            used = self._bold.draw(painter, group.left, GRID, self._name(group))
            if group.layer == "C3":
                used = self._next.geometry().right() - group.left
            self._paint_scale(painter, group, used + 2 * GRID)
            if group.plan is not None:
                painter.drawImage(QPointF(group.left, self._head), group.tiles.image)
        self._paint_marks(painter)
        if self.framed:
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.accent)
        painter.end()

    def _paint_scale(self, painter: QPainter, group: _Group, used: float) -> None:
        """The locked scale, right-aligned with the kernels: with a ramp where there is room."""
        theme, small = self._theme, self._small
        painter.setFont(small.font)
        painter.setPen(theme.quiet)
        right = group.left + (group.plan.size[1] if group.plan is not None else group.width)
        low, high = signed(-group.peak, 2), signed(group.peak, 2)
        bar = 6 * GRID
        full = small.width(low) + small.width(high) + bar + 2 * GRID
        if group.left + used + full <= right:
            x = right - full
            x += small.draw(painter, x, GRID, low) + GRID
            strip = QRectF(x, GRID + small.height * 0.3, bar, small.height * 0.4)
            painter.drawImage(strip, ramp(theme.diverging))
            small.draw(painter, right, GRID, high, align=1)
        elif group.left + used + small.width(f"±{high}") <= group.left + group.width:
            x = max(right, group.left + used + small.width(f"±{high}"))
            small.draw(painter, x, GRID, f"±{high}", align=1)

    def _paint_marks(self, painter: QPainter) -> None:
        """The pinned C1 map in the accent, the kernel under the pointer in the text colour."""
        pinned = self._document.pinned
        marks = []
        if pinned is not None and pinned.layer == "C1":
            marks.append((("C1", pinned.map), self._theme.accent))
        if self._hovered is not None:
            marks.append((self._hovered, self._theme.text))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (layer, number), colour in marks:
            group = self._groups[0 if layer == "C1" else 1]
            if group.plan is None:
                continue
            x, y = group.corner(number)
            side = group.plan.zoom * group.plan.width
            painter.setPen(QPen(colour, 1))
            painter.drawRect(QRectF(group.left + x - 0.5, self._head + y - 0.5, side + 1, side + 1))

    # Pointer and keys

    def kernel_at(self, position: QPointF) -> tuple[str, int] | None:
        """("C1", map) or ("C3", S2 map) of the kernel under a point."""
        for group in self._groups:
            if group.plan is None:
                continue
            down, right = group.plan.pitch
            column = int((position.x() - group.left) // right)
            row = int((position.y() - self._head) // down)
            number = row * group.plan.columns + column
            if 0 <= column < group.plan.columns and row >= 0 and number < len(group.weights):
                return group.layer, number
        return None

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Point at a kernel: its numbers are in the tooltip."""
        assert event is not None
        hovered = self.kernel_at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            self.setToolTip(self._numbers(*hovered) if hovered else "")
            self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        """No kernel is pointed at."""
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the map that the kernel makes."""
        assert event is not None
        kernel = self.kernel_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and kernel is not None:
            layer, number = kernel
            self.map_chosen.emit(layer, number if layer == "C1" else self.shown_map)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Over the C3 kernels the wheel goes through the maps."""
        assert event is not None
        turn = event.angleDelta().y()
        if event.position().x() >= self._groups[1].left and turn:
            self.choose(self._chosen + (1 if turn < 0 else -1))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and right go through the maps of C3."""
        assert event is not None
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._chosen + step)

    def _numbers(self, layer: str, number: int) -> str:
        """The weights of one kernel as a table, for the tooltip."""
        group = self._groups[0 if layer == "C1" else 1]
        if layer == "C1":
            head = tr("Kernel of C1 map {map}", map=number)
        else:
            head = tr(
                "Kernel of C3 map {map} over S2 map {source}", map=self.shown_map, source=number
            )
        rows = "".join(
            "<tr>"
            + "".join(f"<td align=right>&nbsp;{signed(float(w))}</td>" for w in row)
            + "</tr>"
            for row in group.weights[number]
        )
        return f"{head}<table>{rows}</table>"
