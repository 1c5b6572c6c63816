"""The inspector: how the inspected unit comes to its value, live while the input moves.

Incoming patches × kernels = products, summed, + bias, → activation, with the numbers. A cell of
a patch is a unit of the layer below: clicking it pins that unit, so a reader can walk from the
answer down to the pixels.
"""

from __future__ import annotations

import html
import math
from itertools import zip_longest

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolButton, QWidget

from viz import theme as themes
from viz.document import Document
from viz.i18n import tr
from viz.measure.inspection import Trace
from viz.nets.layers import BY_NAME, NONE_CLASS
from viz.snapshot import Snapshot, Unit
from viz.theme import GRID, Theme
from viz.views.inspector_convolution import ConvolutionBody
from viz.views.inspector_look import Cell, Look, locked_scales, place_of
from viz.views.inspector_output import OutputBody
from viz.views.inspector_pooling import PoolingBody
from viz.views.lettering import Lettering, signed
from viz.views.paint_clock import PaintClock

Body = ConvolutionBody | PoolingBody | OutputBody
Terms = list[tuple[str, float]]
"""Words and the number after each."""


def result_terms(trace: Trace) -> list[Terms]:
    """The lines that lead from the sum of products to the unit's value."""
    if BY_NAME[trace.layer].operation == "pool":
        lines = [[(tr("maximum"), trace.pre_activation)]]
    else:
        total = float(trace.sums.sum(dtype=np.float64))
        lines = [[(tr("Σ x·w"), total), (tr("+ bias"), trace.bias), ("=", trace.pre_activation)]]
        if trace.layer == "output":
            lines.append(
                [
                    (tr("− log Σ exp"), trace.pre_activation - trace.activation),
                    (tr("= log p"), trace.activation),
                    (tr("→ p"), math.exp(trace.activation)),
                ]
            )
        elif not trace.ablated:
            lines[0].append((tr("ReLU →"), trace.activation))
    if trace.ablated:
        lines[0].append((tr("ablated →"), trace.activation))
    return lines


class Inspector(QWidget):
    """Shows ``snapshot.trace``; the unit is chosen elsewhere, by hovering and pinning."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._scales = locked_scales()
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
        self._theme = theme
        self._small = Lettering(themes.font(text_px))
        self._bold = Lettering(themes.font(text_px, bold=True))
        self._head = text_px + 2 * GRID
        self._space = max(3 * GRID, text_px)
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
        empty = self._snapshot is not None and self._snapshot.trace is None
        self._snapshot = snapshot
        trace = snapshot.trace
        if trace is None and empty:
            self._clock.skip(self)
            return
        unit = Unit(trace.layer, trace.map, trace.row, trace.column) if trace else None
        if unit != self._unit:
            if unit is None or self._unit is None or unit.layer != self._unit.layer:
                self._cell = None
            self._unit = unit
            self.setAccessibleDescription(self._title(trace) if trace else self._invitation())
            self._show_pinned()
            self.setToolTip(self._formula())
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
        body = self._bodies.get(trace.layer)
        if body is None:
            layer = BY_NAME[trace.layer]
            look = Look(self._theme, self._small, self._scales[trace.layer])
            lines = len(result_terms(trace))
            height = int(self.height() - self._head - GRID - lines * self._small.height)
            kind: type[Body] = PoolingBody if layer.operation == "pool" else ConvolutionBody
            if layer.name == "output":
                kind = OutputBody
            body = self._bodies[trace.layer] = kind(layer, look, self.width(), height)
        return body

    @staticmethod
    def _invitation() -> str:
        return tr(
            "Point at a unit of any feature map to see how its value comes about; click to pin it."
        )

    @staticmethod
    def _title(trace: Trace) -> str:
        if trace.layer == "output":
            name = tr("none") if trace.map == NONE_CLASS else str(trace.map)
            return tr(
                "output class {name} window ({row}, {column})",
                name=name, row=trace.row, column=trace.column,
            )  # fmt: skip
        return tr(
            "{layer} map {map} unit ({row}, {column})",
            layer=trace.layer, map=trace.map, row=trace.row, column=trace.column,
        )  # fmt: skip

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint title, body and result; or, with nothing inspected, one sentence."""
        with self._clock.painting(self):
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._theme.background)
            painter.setFont(self._small.font)
            trace = self._snapshot.trace if self._snapshot else None
            if trace is None:
                self._paint_sentence(painter)
            else:
                self._paint_title(painter, trace)
                self._body(trace).paint(painter, QPointF(0, self._head), self._cell)
                self._paint_result(painter, trace)
            painter.end()

    def _paint_sentence(self, painter: QPainter) -> None:
        outside = self._snapshot is not None and self._snapshot.request.inspected is not None
        said = tr("This unit lies outside the canvas now.") if outside else self._invitation()
        painter.setPen(self._theme.quiet)
        area = QRectF(0, GRID, self.width(), self.height() - GRID)
        painter.drawText(area, Qt.TextFlag.TextWordWrap, said)

    def _paint_title(self, painter: QPainter, trace: Trace) -> None:
        """Which unit, what it sees of the input, and whether it is pinned or ablated."""
        theme, small, y = self._theme, self._small, GRID
        painter.setPen(theme.text)
        painter.setFont(self._bold.font)
        x = self._bold.draw(painter, 0, y, self._title(trace)) + self._space
        painter.setFont(small.font)
        room = self._unpin.x() if self._unpin.isVisible() else self.width()
        states: list[tuple[str, QColor]] = []
        if self._document.pinned == self._unit:
            states.append((tr("pinned"), theme.accent))
        if trace.ablated:
            states.append((tr("ablated"), theme.accent))
        needed = sum(small.width(text) + self._space for text, _ in states)
        top, left, high, wide = BY_NAME[trace.layer].receptive_field(trace.row, trace.column)
        for field in (
            tr(
                "receptive field {height}×{width} at ({top}, {left})",
                height=high, width=wide, top=top, left=left,
            ),
            tr("sees {height}×{width} at ({top}, {left})",
                height=high, width=wide, top=top, left=left,
            ),
        ):  # fmt: skip
            if x + small.width(field) + self._space + needed <= room:
                painter.setPen(theme.quiet)
                x += small.draw(painter, x, y, field) + self._space
                break
        for text, colour in states:
            painter.setPen(colour)
            x += small.draw(painter, x, y, text) + self._space

    def _paint_result(self, painter: QPainter, trace: Trace) -> None:
        """The sum, the bias and what becomes of them; each number in a place of fixed width."""
        small, bold, theme = self._small, self._bold, self._theme
        lines = result_terms(trace)
        size = self._scales[trace.layer].result
        wide = bold.width(f"{signed(-8.888)}{'8' * (len(str(int(size))) - 1)}")
        labels = [
            max(small.width(words) for words, _ in column)
            for column in zip_longest(*lines, fillvalue=("", 0.0))
        ]
        taken = sum(labels) + len(labels) * (GRID + wide)
        space = min(self._space, max(GRID, (self.width() - taken) / max(1, len(labels) - 1)))
        y = self.height() - len(lines) * small.height
        for number, line in enumerate(lines):
            x = 0.0
            for place, (words, value) in enumerate(line):
                last = number == len(lines) - 1 and place == len(line) - 1
                painter.setPen(theme.quiet)
                small.draw(painter, x, y, words)
                x += labels[place] + GRID + wide
                painter.setPen(theme.text)
                lettering = bold if last else small
                painter.setFont(lettering.font)
                lettering.draw(painter, x, y, signed(value), align=1)
                painter.setFont(small.font)
                x += space
            y += small.height

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
        if trace is None or trace.source == "input":
            return None
        return Unit(trace.source, *place_of(trace, BY_NAME[trace.layer], cell))

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
            # A tooltip would cover the cells that are read here; it explains everything else
            self.setToolTip("" if cell else self._formula())
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

    def _formula(self) -> str:
        """What is computed, in words, for the tooltip."""
        trace = self._snapshot.trace if self._snapshot else None
        if trace is None:
            return ""
        layer = BY_NAME[trace.layer]
        if layer.operation == "pool":
            said = tr("Max pooling: the largest of the 2×2 units below is passed on.")
        else:
            count = layer.inputs * layer.kernel**2
            said = tr(
                "y = bias + Σ x·w over the {count} inputs (the kernel is laid over the patch "
                "unflipped: cross-correlation)",
                count=count,
            )
            if layer.name == "output":
                said += tr(", then log-softmax: log p = y − log Σ exp y over the 11 classes.")
            else:
                said += tr(", then ReLU: the activation is y if y > 0, else 0.")
        if trace.source != "input":
            said += " " + tr("Click a cell to pin the unit whose value it shows.")
        return f"<qt>{html.escape(said)}</qt>"
