"""The inspector: how the inspected unit comes to its value, live while the input moves.

Incoming patches × kernels = products, summed, + bias, → activation, with the numbers. A cell of
a patch is a unit of the layer below: clicking it pins that unit, so a reader can walk from the
answer down to the pixels.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolButton, QToolTip, QWidget

from viz.i18n import tr
from viz.measure.inspection import INPUT, Trace
from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
from viz.nets import networks
from viz.views import theme as themes
from viz.views.inspector.convolution import ConvolutionBody
from viz.views.inspector.head import paint_head, title
from viz.views.inspector.layer_table import draw_table
from viz.views.inspector.look import Cell, Look, locked_scales, place_of
from viz.views.inspector.output import OutputBody
from viz.views.inspector.pooling import PoolingBody
from viz.views.inspector.result import paint_result, result_terms
from viz.views.layer_words import formula
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import show_tip

CELL_TEXT = 10
"""Pixels of the smallest text of a cell, where text may be smaller than elsewhere."""

Body = ConvolutionBody | PoolingBody | OutputBody


class Inspector(QWidget):
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
        self._unpin = QToolButton(self)
        self._unpin.setText(tr("unpin"))
        self._unpin.setToolTip(tr("Let the pinned unit go (Esc)"))
        self._unpin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._unpin.clicked.connect(lambda: self._document.pin(None))
        self._unpin.hide()
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Inspector"))
        self.setAccessibleDescription(self._invitation())
        clock.register(self)
        document.inspected_changed.connect(self._show_pinned)
        self.set_theme(themes.theme("dark"), 13)

    def sizeHint(self) -> QSize:
        """Room for twenty channels with their sums."""
        return QSize(560, 200)

    def minimumSizeHint(self) -> QSize:
        """Room for the head, the result and a few small cells."""
        return QSize(320, 136)

    # What is shown

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._small = TextCache(themes.font(text_px))
        self._bold = TextCache(themes.font(text_px, bold=True))
        self._head = text_px + 2 * GRID
        self._unpin.setFont(themes.font(text_px))
        self._unpin.setStyleSheet(
            f"QToolButton {{ border: 1px solid {theme.line.name()}; border-radius: 3px; "
            f"padding: 0 6px; color: {theme.text.name()}; }}"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.accent.name()}; }}"
        )
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Arrange everything anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._bodies = {}
        width = min(self._unpin.sizeHint().width(), self.width())
        height = min(round(self._small.height) + GRID, self._head)
        middle = GRID + round(self._small.height / 2)
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
            look = Look(
                self._theme, self._small, self._scales[trace.layer], self.width(), self._least()
            )
            lines = len(result_terms(trace))
            height = int(self.height() - self._head - GRID - lines * self._small.height)
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
        return self._text_px if self._text_px >= projected else min(CELL_TEXT, self._text_px)

    @staticmethod
    def _invitation() -> str:
        return tr(
            "Point at a unit of any feature map to see how its value comes about; click to pin it."
        )

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint title, body and result; or, with nothing inspected, one sentence."""
        with self._clock.painting(self):
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._theme.background)
            painter.setFont(self._small.font)
            trace = self._snapshot.trace if self._snapshot else None
            if trace is None or self._snapshot is None or self._unit is None:
                self._paint_sentence(painter)
            else:
                letterings, theme = (self._small, self._bold), self._theme
                states, room = self._states(trace), self._unpin.x()
                paint_head(painter, self._unit, self._snapshot, room, states, letterings, theme)
                self._body(trace).paint(painter, QPointF(0, self._head), self._cell)
                largest = self._scales[trace.layer].result
                width, bottom = self.width(), self.height()
                paint_result(painter, bottom, width, trace, largest, letterings, theme)
            painter.end()

    def _paint_sentence(self, painter: QPainter) -> None:
        outside = self._snapshot is not None and self._snapshot.request.inspected is not None
        said = tr("This unit lies outside the canvas now.") if outside else self._invitation()
        painter.setPen(self._theme.quiet)
        area = QRectF(0, GRID, self.width(), self.height() - GRID)
        wrap = Qt.TextFlag.TextWordWrap
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
                self._small,
                self._theme,
            )

    def _states(self, trace: Trace) -> list[str]:
        states = [tr("pinned")] if self._document.pinned == self._unit else []
        return [*states, tr("ablated")] if trace.ablated else states

    # Pointer and keys

    def cell_at(self, position: QPointF) -> Cell | None:
        """The cell of the incoming patches under a point of the widget."""
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

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Point at a cell: its product is written out."""
        assert event is not None
        cell = self.cell_at(event.position())
        if cell != self._cell:
            self._cell = cell
            leads = cell is not None and self._source_unit(cell) is not None
            if leads:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
            self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        """No cell is pointed at."""
        self._cell = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Pin the unit of the layer below that the cell shows."""
        assert event is not None
        cell = self.cell_at(event.position())
        unit = self._source_unit(cell) if cell else None
        if event.button() == Qt.MouseButton.LeftButton and unit is not None:
            self._document.pin(unit)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape lets the pinned unit go."""
        assert event is not None
        if event.key() == Qt.Key.Key_Escape and self._document.pinned is not None:
            self._document.pin(None)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        """The tooltip tells the formula, below; over the cells that are read here there is none."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._cell is None and self._unit is not None:
                show_tip(self, self._formula(self._unit), 0, above=False)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _formula(self, unit: Unit) -> str:
        """What is computed, in words, for the tooltip."""
        assert self._snapshot is not None
        layer = self._snapshot.layer(unit.layer)
        said = formula(layer) + "."
        if self._snapshot.architecture.below(layer) is not None:
            said += "\n" + tr("Click a cell to pin the unit whose value it shows.")
        return said
