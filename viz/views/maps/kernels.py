"""The kernels: those of the first convolution, and those of one map of the second.

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
from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.networks import TrainedNetwork
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
    """Kernels side by side: ``weights`` (n, k, k) of ``layer``, the layer's ``peak``, its place."""

    layer: Layer
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


def shown_layers(architecture: Architecture) -> tuple[Layer, ...]:
    """The layers whose kernels are shown: the first two convolutions that share theirs."""
    return tuple(
        layer
        for layer in architecture.layers
        if layer.operation == "conv" and layer.kernel > 1 and "weights" not in layer.unshared
    )[:2]


class Kernels(PaintedView):
    """On the left the kernels of the first convolution, on the right those of a chosen map of the
    second, one over each map below."""

    map_chosen = pyqtSignal(str, int)
    """A kernel was clicked: (layer, map) of the map that it makes."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._chosen = 0
        self._network = networks.trained()
        self._network = self._of_network()
        self._groups = self._grouped()
        self._hovered: tuple[str, int] | None = None
        self._previous = self._button("‹", tr("Previous map"), -1)
        self._next = self._button("›", tr("Next map"), 1)
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

    def _of_network(self) -> TrainedNetwork:
        """The document's network; the previous one, or the main one, where it cannot be read."""
        try:
            return networks.trained(self._document.network)
        except UserError:  # reported by the engine, which keeps the previous network
            return self._network

    def _grouped(self) -> tuple[_Group, ...]:
        """The groups of the network, without places."""
        groups = []
        for number, layer in enumerate(shown_layers(self._network.architecture)):
            weights = self._network.weights[f"{layer.name}.weight"]
            shown = weights[:, 0] if layer.inputs == 1 and number == 0 else weights[0]
            groups.append(_Group(layer, shown, locked_peak(weights)))
        return tuple(groups)

    @property
    def _upper(self) -> Layer | None:
        """The layer of which one map's kernels are shown."""
        return self._groups[1].layer if len(self._groups) > 1 else None

    @property
    def _widest(self) -> str:
        """As wide as any number of a map of the second convolution."""
        return "8" * len(str(self._upper.maps - 1)) if self._upper is not None else ""

    def _show_network(self) -> None:
        """Show the kernels of another network."""
        network = self._of_network()
        if network is self._network:
            return
        self._network = network
        self._groups = self._grouped()
        self._hovered = None
        self.setToolTip("")
        self._lay_out()
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
        """The map of the second convolution whose kernels are shown while none is pointed at."""
        return self._chosen

    @property
    def shown_map(self) -> int:
        """The map whose kernels are shown: the inspected one, else the chosen one."""
        unit, upper = self._document.hovered, self._upper
        if upper is None:
            return 0
        if unit is not None and unit.layer == upper.name:
            return unit.map
        return self._chosen % upper.maps

    def choose(self, number: int) -> None:
        """Show the kernels of this map; numbers wrap around."""
        if self._upper is not None:
            self._chosen = number % self._upper.maps
        self._show_map()

    def _follow(self) -> None:
        """A pinned map stays chosen; a hovered one is shown while it is hovered."""
        pinned, upper = self._document.pinned, self._upper
        if pinned is not None and upper is not None and pinned.layer == upper.name:
            self._chosen = pinned.map
        self._show_map()

    def _show_map(self) -> None:
        if self._upper is not None:
            group, weights = self._groups[1], self._network.weights[f"{self._upper.name}.weight"]
            group.weights = weights[self.shown_map]
            self.setAccessibleDescription(self._name(group))
            self._fill(group)
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
        x = 0
        if self._upper is not None:
            name = tr("{layer} map {map}", layer=self._upper.name, map=self._widest)
            x = round(self._groups[1].left + self._bold.width(name)) + GRID
        for button in (self._previous, self._next):
            button.setVisible(self._upper is not None)
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
        if group is self._groups[0]:
            return tr("{layer} kernels", layer=group.layer.name)
        return tr(
            "{layer} map {map}",
            layer=group.layer.name,
            map=f"{self.shown_map:>{len(self._widest)}}",
        )

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint names, scales and kernels."""
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.background)
        if not self._groups:
            painter.setFont(self._small.font)
            painter.setPen(theme.quiet)
            self._small.draw(painter, 0, GRID, tr("This network shares no kernels."))
        for group in self._groups:
            painter.setFont(self._bold.font)
            painter.setPen(theme.text)
            used = self._bold.draw(painter, group.left, GRID, self._name(group))
            if group is not self._groups[0]:
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
        """The pinned map of the first layer in the accent, the kernel under the pointer in the text
        colour."""
        pinned = self._document.pinned
        marks = []
        if pinned is not None and self._groups and pinned.layer == self._groups[0].layer.name:
            marks.append(((pinned.layer, pinned.map), self._theme.accent))
        if self._hovered is not None:
            marks.append((self._hovered, self._theme.text))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (layer, number), colour in marks:
            group = self._group(layer)
            if group.plan is None or number >= len(group.weights):
                continue
            x, y = group.corner(number)
            side = group.plan.zoom * group.plan.width
            painter.setPen(QPen(colour, 1))
            painter.drawRect(QRectF(group.left + x - 0.5, self._head + y - 0.5, side + 1, side + 1))

    def _group(self, layer: str) -> _Group:
        """The group of a layer's kernels."""
        return next(group for group in self._groups if group.layer.name == layer)

    # Pointer and keys

    def kernel_at(self, position: QPointF) -> tuple[str, int] | None:
        """(layer, number) of the kernel under a point: the first layer's map, or the map below the
        second layer's."""
        for group in self._groups:
            if group.plan is None:
                continue
            down, right = group.plan.pitch
            column = int((position.x() - group.left) // right)
            row = int((position.y() - self._head) // down)
            number = row * group.plan.columns + column
            if 0 <= column < group.plan.columns and row >= 0 and number < len(group.weights):
                return group.layer.name, number
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
            first = self._group(layer) is self._groups[0]
            self.map_chosen.emit(layer, number if first else self.shown_map)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Over the second layer's kernels the wheel goes through its maps."""
        assert event is not None
        turn = event.angleDelta().y()
        if self._upper is not None and event.position().x() >= self._groups[1].left and turn:
            self.choose(self._chosen + (1 if turn < 0 else -1))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and right go through the maps of the second layer."""
        assert event is not None
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._chosen + step)

    def _numbers(self, layer: str, number: int) -> str:
        """The weights of one kernel as a table, for the tooltip."""
        group = self._group(layer)
        below = self._network.architecture.below(group.layer)
        if group is self._groups[0] or below is None:
            head = tr("Kernel of {layer} map {map}", layer=layer, map=number)
        else:
            head = tr(
                "Kernel of {layer} map {map} over {below} map {source}",
                layer=layer,
                map=self.shown_map,
                below=below.name,
                source=number,
            )
        rows = "".join(
            "<tr>"
            + "".join(f"<td align=right>&nbsp;{signed(float(w))}</td>" for w in row)
            + "</tr>"
            for row in group.weights[number]
        )
        return f"{head}<table>{rows}</table>"
