"""The kernels: those of the first convolution, and those of one map of the second.

They are those of the network that answers. Weights do not change while the input does, so nothing
here is painted per frame. Colours are symmetric about zero and locked for each layer of a network:
one network's weights may be three times another's, and would be all pale or all glaring there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
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
from viz.i18n import number, tr
from viz.model.document import Document
from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.modules import base_of
from viz.nets.networks import TrainedNetwork
from viz.views.maps.tiling import GAP, Plan, plan
from viz.views.theme import GRID
from viz.views.widgets.legend import draw_legend
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.tiles import Array, Tiles, diverging_colours, locked_peak

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
        """Return the upper left of a kernel within the group."""
        assert self.plan is not None
        row, column = divmod(number, self.plan.columns)
        down, right = self.plan.pitch
        return column * right, row * down


def shown_layers(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers whose kernels are shown: the first two convolutions that share theirs."""
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
        self._lay_out()

    def _button(self, text: str, name: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setObjectName("step")
        button.setProperty("outlined", True)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.choose(self._chosen + step))
        return button

    # What is shown

    def _of_network(self) -> TrainedNetwork:
        """The document's network; the previous one, or the main one, where it cannot be read.

        Modules change no kernels, and those of whitening take seconds to fit.
        """
        try:
            return networks.trained(base_of(self._document.network))
        except UserError:  # reported by the engine, which keeps the previous network
            return self._network

    def _grouped(self) -> tuple[_Group, ...]:
        """The groups of the network, without places."""
        groups = []
        for place, layer in enumerate(shown_layers(self._network.architecture)):
            weights = self._network.weights[f"{layer.name}.weight"]
            shown = weights[:, 0] if layer.inputs == 1 and place == 0 else weights[0]
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

    def restyle(self) -> None:
        self._lay_out()

    def sizeHint(self) -> QSize:
        cell = max(4, round(self.text_px * 5 / 13))
        return QSize(300, self._head + 3 * (5 * cell + GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    @property
    def _head(self) -> int:
        """Height of the names above the kernels, in pixels."""
        return self.text_px + 2 * GRID

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = (self.width() - BETWEEN) // 2, self.height() - self._head
        for place, group in enumerate(self._groups):
            group.left, group.width = place * (width + BETWEEN), width
            group.plan = plan(*group.weights.shape, (height, width), APART) if width > 0 else None
            if group.plan is not None and group.plan.shrink > 1:
                group.plan = None  # no room for weights
            if group.plan is not None:
                high, wide = group.plan.size
                group.tiles.resize(wide, high)
                group.tiles.clear(self.theme.background)
            self._fill(group)
        x = 0
        if self._upper is not None:
            name = tr("{layer} map {map}", layer=self._upper.name, map=self._widest)
            x = round(self._groups[1].left + self.bold.width(name)) + GRID
        for button in (self._previous, self._next):
            button.setVisible(self._upper is not None)
            side = round(self.small.height)
            button.setGeometry(x, GRID, side, side)
            x += side
        self.update()

    def _fill(self, group: _Group) -> None:
        if group.plan is not None:
            colours = diverging_colours(self.theme.diverging, group.weights, group.peak)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self.theme
        painter.fillRect(self.rect(), theme.background)
        if not self._groups:
            painter.setFont(self.small.font)
            painter.setPen(theme.quiet)
            self.small.draw(painter, 0, GRID, tr("This network shares no kernels."))
        for group in self._groups:
            painter.setFont(self.bold.font)
            painter.setPen(theme.text)
            used = self.bold.draw(painter, group.left, GRID, self._name(group))
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
        """Paint the locked scale, right-aligned with the kernels where it has room there."""
        painter.setFont(self.small.font)
        numbers, lut = (number(-group.peak, 2), number(group.peak, 2)), self.theme.diverging
        kernels = group.plan.size[1] if group.plan is not None else 0
        for right in (kernels, group.width):
            room = QRect(0, GRID, right, round(self.small.height)).adjusted(round(used), 0, 0, 0)
            if draw_legend(painter, room.translated(group.left, 0), numbers, lut, self.theme):
                break

    def _paint_marks(self, painter: QPainter) -> None:
        """The pinned map of the first layer in the accent, the kernel under the pointer in the text
        colour."""
        pinned = self._document.pinned
        marks = []
        if pinned is not None and self._groups and pinned.layer == self._groups[0].layer.name:
            marks.append(((pinned.layer, pinned.map), self.theme.accent))
        if self._hovered is not None:
            marks.append((self._hovered, self.theme.text))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (layer, kernel), colour in marks:
            group = self._group(layer)
            if group.plan is None or kernel >= len(group.weights):
                continue
            x, y = group.corner(kernel)
            side = group.plan.zoom * group.plan.width
            painter.setPen(QPen(colour, 1))
            painter.drawRect(QRectF(group.left + x - 0.5, self._head + y - 0.5, side + 1, side + 1))

    def _group(self, layer: str) -> _Group:
        """The group of a layer's kernels."""
        return next(group for group in self._groups if group.layer.name == layer)

    # Pointer and keys

    def kernel_at(self, position: QPointF) -> tuple[str, int] | None:
        """Return (layer, number) of the kernel under a point: its map in the first layer, the map
        that it is over in the second."""
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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self.kernel_at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            self.setToolTip(self._numbers(*hovered) if hovered else "")
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        kernel = self.kernel_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and kernel is not None:
            layer, number = kernel
            first = self._group(layer) is self._groups[0]
            self.map_chosen.emit(layer, number if first else self.shown_map)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if self._upper is not None and event.position().x() >= self._groups[1].left and turn:
            self.choose(self._chosen + (1 if turn < 0 else -1))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._chosen + step)

    def _numbers(self, layer: str, kernel: int) -> str:
        """Return the weights of one kernel as a table, for the tooltip."""
        group = self._group(layer)
        below = self._network.architecture.below(group.layer)
        if group is self._groups[0] or below is None:
            head = tr("Kernel of {layer} map {map}", layer=layer, map=kernel)
        else:
            head = tr(
                "Kernel of {layer} map {map} over {below} map {source}",
                layer=layer, map=self.shown_map, below=below.name, source=kernel,
            )  # fmt: skip
        rows = [
            "".join(f"<td align=right>&nbsp;{number(weight, 3)}</td>" for weight in row)
            for row in group.weights[kernel].tolist()
        ]
        return f"{head}<table><tr>{'</tr><tr>'.join(rows)}</tr></table>"
