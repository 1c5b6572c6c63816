"""The inspector: how the inspected unit comes to its value, live while the input moves.

Incoming patches × kernels = products, summed, + bias, → activation, with the numbers. A cell of
a patch is a unit of the layer below: clicking it pins that unit, so a reader can walk from the
answer down to the pixels.
"""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolButton, QToolTip, QWidget

from viz.i18n import tr
from viz.measure.inspection import INPUT, Trace
from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
from viz.nets import networks
from viz.views import theme as themes
from viz.views.inspector.convolution import ConvolutionBody
from viz.views.inspector.head import Head, paint_head, title
from viz.views.inspector.layer_table import draw_table, least_height
from viz.views.inspector.look import Cell, Look, locked_scales, place_of
from viz.views.inspector.output import OutputBody
from viz.views.inspector.pooling import PoolingBody
from viz.views.inspector.result import paint_result, result_terms
from viz.views.layer_words import formula
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.tooltip import show_tip

CELL_TEXT = 10
"""Pixels of the smallest text of a cell, where text may be smaller than elsewhere."""

Body = ConvolutionBody | PoolingBody | OutputBody


class Inspector(PaintedView):
    """Shows ``snapshot.trace``; the unit is chosen elsewhere, by hovering and pinning."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._network = networks.MAIN
        self._scales = locked_scales(self._network)
        self._snapshot: Snapshot | None = None
        self._bodies: dict[str, Body] = {}
        self._cell: Cell | None = None
        self._unit: Unit | None = None
        self._header = Head("", "", 0.0)
        self._headed: Any = None
        """What ``_header`` was laid out for."""
        self._unpin = QToolButton(self)
        self._unpin.setText(tr("unpin"))
        self._unpin.setToolTip(tr("Unpin the unit (Esc)"))
        self._unpin.setProperty("outlined", True)
        self._unpin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._unpin.clicked.connect(lambda: self._document.pin(None))
        self._unpin.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Inspector"))
        self.setAccessibleDescription(self._invitation())
        clock.register(self)
        document.inspected_changed.connect(self._show_pinned)

    def sizeHint(self) -> QSize:
        return QSize(560, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 96)

    # What is shown

    @property
    def _head(self) -> int:
        """Height of the title's line, in pixels."""
        return self.text_px + 2 * GRID

    def restyle(self) -> None:
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        self._bodies = {}
        width = min(self._unpin.sizeHint().width(), self.width())
        height = min(round(self.small.height) + GRID, self._head)
        middle = GRID + round(self.small.height / 2)
        self._unpin.setGeometry(self.width() - width, middle - height // 2, width, height)
        self._fill()
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how this snapshot's inspected unit came to its value."""
        last = self._snapshot
        same = last is not None and last.trace is None and last.image.shape == snapshot.image.shape
        self._snapshot = snapshot
        if snapshot.request.network != self._network:
            self._network = snapshot.request.network
            self._scales, self._bodies, self._cell = locked_scales(self._network), {}, None
        trace = snapshot.trace
        if trace is None and same:
            self._clock.skip(self)
            return
        unit = Unit(trace.layer, trace.map, trace.row, trace.column) if trace else None
        if unit != self._unit:
            if unit is None or self._unit is None or unit.layer != self._unit.layer:
                self._cell = None
            self._unit = unit
            self.setAccessibleDescription(title(unit) if unit else self._invitation())
            self._show_pinned()
        if trace is not None and self._cell is not None:  # the pointer may rest where none is now
            inside = all(
                at < size for at, size in zip(self._cell, trace.patches.shape, strict=True)
            )
            self._cell = self._cell if inside else None
        self._fill()
        self.update()

    def _show_pinned(self) -> None:
        self._unpin.setVisible(self._document.pinned is not None)
        self.update()

    def _fill(self) -> None:
        trace = self._snapshot.trace if self._snapshot else None
        if trace is not None:
            self._body(trace).fill(trace)

    def _body(self, trace: Trace) -> Body:
        """The body for this trace's layer, made for the present size."""
        key = f"{trace.layer} {trace.patches.shape}"
        body = self._bodies.get(key)
        if body is None:
            scales = self._scales[trace.layer]
            look = Look(self.theme, self.small, self.bold, scales, self.width(), self._least())
            lines = len(result_terms(trace))
            height = int(self.height() - self._head - GRID - lines * self.small.height)
            kind: type[Body] = ConvolutionBody
            if trace.kernels is None:
                kind = PoolingBody
            elif trace.patches[0].size == 1 and len(trace.patches) > 1:
                kind = OutputBody
            body = self._bodies[key] = kind(trace, look, self.width(), height)
        return body

    def _least(self) -> int:
        """The smallest text of a cell, in pixels; when projected nothing is smaller than text."""
        window = self.window()
        projected = themes.text_pixels(window.height() if window else 0, projection=True)
        return self.text_px if self.text_px >= projected else min(CELL_TEXT, self.text_px)

    def _invitation(self) -> str:
        if self._document.view.enlarged == "instrument":  # no map is to be seen
            return tr(
                "No unit is pinned. Esc goes back to the maps: click a unit there, and enlarge "
                "this instrument again."
            )
        return tr(
            "Point at a unit of any feature map to see how its value is computed; click to pin it."
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with self._clock.painting(self):
            painter = QPainter(self)
            painter.fillRect(self.rect(), self.theme.background)
            painter.setFont(self.small.font)
            trace = self._snapshot.trace if self._snapshot else None
            if trace is None or self._snapshot is None or self._unit is None:
                self._paint_sentence(painter)
            else:
                body, room, states = self._body(trace), self._unpin.x(), self._states(trace)
                snapshot = self._snapshot
                key = (
                    self._unit, snapshot.request.network, snapshot.origin,
                    snapshot.maps[self._unit.layer].shape, room, body,
                )  # fmt: skip
                if key != self._headed:
                    self._headed = key
                    self._header = Head.of(body.look, self._unit, snapshot, room)
                paint_head(painter, body.look, self._header, room, states)
                body.paint(painter, QPointF(0, self._head), trace, self._cell)
                paint_result(painter, body.look, trace, self.height())
            painter.end()

    def _paint_sentence(self, painter: QPainter) -> None:
        outside = self._snapshot is not None and self._snapshot.request.inspected is not None
        said = tr("This unit now lies outside the canvas.") if outside else self._invitation()
        painter.setPen(self.theme.quiet)
        area = QRectF(0, GRID, self.width(), self.height() - GRID)
        wrap = Qt.TextFlag.TextWordWrap
        lines = painter.fontMetrics().boundingRect(area.toRect(), wrap, said).height()
        if self._snapshot is not None and not outside:
            table = least_height(self._snapshot.architecture, self.small)
            if GRID + lines + table > area.height() >= GRID + self.small.height + table:
                said = tr("Point at a unit; click to pin it.")  # a line for the table's sake
        painter.drawText(area, wrap, said)
        if self._snapshot is not None and not outside:
            below = (
                painter.fontMetrics().boundingRect(area.toRect(), wrap, said).bottom() + 2 * GRID
            )
            area.setTop(below)
            size = self._snapshot.image.shape
            draw_table(
                painter,
                area,
                self._snapshot.architecture,
                (size[0], size[1]),
                self.small,
                self.theme,
            )

    def _states(self, trace: Trace) -> list[str]:
        states = [tr("pinned")] if self._document.pinned == self._unit else []
        return [*states, tr("ablated")] if trace.ablated else states

    # Pointer and keys

    def cell_at(self, position: QPointF) -> Cell | None:
        """Return the cell of the incoming patches under a point of the widget."""
        trace = self._snapshot.trace if self._snapshot else None
        if trace is None:
            return None
        return self._body(trace).find(position.x(), position.y() - self._head)

    def _source_unit(self, cell: Cell) -> Unit | None:
        """The unit of the layer below that a cell shows; None for a pixel."""
        trace = self._snapshot.trace if self._snapshot else None
        if trace is None or trace.source == INPUT:
            return None
        unit = Unit(trace.source, *place_of(trace, cell))
        assert self._snapshot is not None
        inside = unit.row >= 0 and unit.column >= 0 and self._snapshot.has_unit(unit)
        return unit if inside else None  # padding is no unit

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell != self._cell:
            self._cell = cell
            leads = cell is not None and self._source_unit(cell) is not None
            if leads:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cell = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        unit = self._source_unit(cell) if cell else None
        if event.button() == Qt.MouseButton.LeftButton and unit is not None:
            self._document.pin(unit)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._cell is None and self._unit is not None:
                show_tip(self, self._formula(self._unit), 0, above=False)
            else:
                QToolTip.hideText()  # the cells are read: nothing lies over them
            return True
        return super().event(event)

    def _formula(self, unit: Unit) -> str:
        """What is computed, in words."""
        assert self._snapshot is not None
        layer = self._snapshot.layer(unit.layer)
        said = formula(layer) + "."
        if self._snapshot.architecture.below(layer) is not None:
            said += "\n" + tr("Click a cell to pin the unit whose value it shows.")
        return said
