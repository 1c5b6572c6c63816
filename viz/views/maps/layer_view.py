"""The base of what shows one layer: its scale, its sums on request, pointing at units, badges."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, pyqtSlot
from PyQt6.QtGui import QContextMenuEvent, QMouseEvent
from PyQt6.QtWidgets import QWidget

from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
from viz.nets.architecture import Layer
from viz.views.maps.map_menu import map_menu
from viz.views.maps.marks import Badges
from viz.views.paint_clock import PaintClock
from viz.views.widgets.locked_scale import LockedScale, scale_of
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.pointing import press_unit


class LayerView(PaintedView):
    """Hover shows a unit, click pins it, Ctrl+click ablates its map, right click opens a menu; a
    double click enlarges: on the head the layer, on a map that map."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        layer: Layer,
        scales: Mapping[str, float],
        parent: QWidget | None = None,
    ) -> None:
        """``scales`` are the network's colour scales by layer name."""
        super().__init__(parent)
        self._document, self._clock, self._scales = document, clock, scales
        self.layer = layer
        self._pre = document.view.pre_activation and layer.has_weights
        self._snapshot: Snapshot | None = None
        self._pinned_before: tuple[Unit | None] | None = None
        """What was pinned before the last click, of which a second one may make a double click."""
        self._badges = self._make_badges()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        clock.register(self)
        document.inspected_changed.connect(self.update)
        document.marks_changed.connect(self._repaint_data)
        document.badges_changed.connect(self._badges_changed)
        document.view.changed.connect(self._follow)

    # For subclasses

    def _make_badges(self) -> Badges:
        """Return how maps with marked units are badged."""
        raise NotImplementedError

    def _refill(self) -> None:
        """Show the same snapshot again, as another scale or theme has it."""
        raise NotImplementedError

    def _repaint_data(self) -> None:
        """Have the place of the activations painted again."""
        raise NotImplementedError

    def unit_at(self, position: QPointF) -> Unit | None:
        """Return the unit under a point of the widget; None beside all of them."""
        raise NotImplementedError

    def unit_rect(self, unit: Unit) -> QRectF:
        """Return where a unit of this layer lies in the widget; an empty one if it is not shown."""
        raise NotImplementedError

    @property
    def _head(self) -> int:
        """The height of the head in pixels."""
        raise NotImplementedError

    @property
    def _shown(self) -> str:
        """The key of what is shown among a snapshot's maps."""
        return f"{self.layer.name} pre" if self._pre else self.layer.name

    @property
    def _scale(self) -> LockedScale:
        return scale_of(self.layer, self._pre, self._scales)

    @property
    def words(self) -> tuple[QRect, ...]:
        """Where names and numbers stand, in the widget: nothing is to cross them."""
        return (QRect(0, 0, self.width(), self._head),)

    # What changes

    @pyqtSlot(str)  # a slot of Qt's: the connection ends with this view
    def _follow(self, name: str) -> None:
        """Show the sums before the activation, on a diverging scale, or no longer."""
        if name == "pre_activation":
            self._pre = self._document.view.pre_activation and self.layer.has_weights
            self._refill()
            self.update()  # the legend too

    def _badges_changed(self) -> None:
        if self._badges.changed():
            self._repaint_data()

    # Menu

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Enlarge, or give back; what the first of the two clicks has pinned is taken back."""
        assert event is not None
        document, unit = self._document, self.unit_at(event.position())
        on_head = event.position().y() < self._head
        left = event.button() == Qt.MouseButton.LeftButton
        ablates = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not left or ablates or not (on_head or unit):
            self.mousePressEvent(event)
            return
        before, self._pinned_before = self._pinned_before, None
        if before is not None and document.pinned != before[0]:
            document.pin(before[0])
        document.view.toggle_enlarged(
            self.layer.name if unit is None else self.name_of_map(unit.map)
        )

    def name_of_map(self, number: int) -> str:
        """Return the name by which a map of this layer is enlarged."""
        raise NotImplementedError

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        unit = self.unit_at(QPointF(event.pos()))
        if unit is None:
            event.ignore()
        else:
            self.open_menu(unit, event.globalPos())

    def open_menu(self, unit: Unit, position: QPoint) -> None:
        """Open the menu of a unit's map at a position on the screen."""
        name = self.name_of_map(unit.map)
        map_menu(self, self._document, unit, name, lambda: self.values(unit.map)).popup(position)

    def values(self, number: int) -> list[list[float]]:
        """Return the values of a map as they are shown, row by row; none before a snapshot."""
        if self._snapshot is None:
            return []
        rows: list[list[float]] = self._snapshot.maps[self._shown][number].tolist()
        return rows

    # Pointer

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._document.hover(self.unit_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._document.hover(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._pinned_before = (self._document.pinned,)
        press_unit(self._document, self.unit_at(event.position()), event)
