"""Edges on the stage: lines from the inspected unit to the units that it is computed from, to its
targets and to its receptive field on the canvas.

They lie on a widget of their own over the views, which all have to paint with it. So it is hidden
while anything moves, and comes back once the input rests; pointing at units costs no more than the
frame that follows the pointer anyway. Names and numbers stay free of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QLineF, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.measure.edges import Edge, edges
from viz.measure.inspection import INPUT
from viz.model.command import Command
from viz.model.player import Player
from viz.model.snapshot import Snapshot, Unit
from viz.nets import networks
from viz.scene import Scene
from viz.views import theme as themes
from viz.views.canvas.gestures import GestureCanvas
from viz.window.stage import Stage

REST_MS = 120
"""How long nothing has changed before they are drawn again."""

THIN, THICK = 0.6, 2.2
"""The least width of a line, and that of the strongest edge, in pixels where text is small."""

FIELD_ALPHA = 110
"""Of the lines to the corners of the receptive field, which carry no number."""


@dataclass(frozen=True)
class Line:
    """``line`` on the stage; ``share`` is its product by the largest one's size, −1 … 1; None of
    a line to a corner of the receptive field."""

    line: QLineF
    share: float | None


class EdgeLines(QWidget):
    """Lies over a stage and lets the pointer through."""

    def __init__(self, stage: Stage, canvas: GestureCanvas, player: Player) -> None:
        super().__init__(stage)
        self._stage, self._canvas, self._player = stage, canvas, player
        self._document, self._view = stage.document, stage.document.view
        self._scene: Scene | None = None
        self.lines: tuple[Line, ...] = ()
        """What is drawn, the weakest first."""
        self._words = QRegion()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._draw)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        for changed in (
            self._view.changed, player.playing_changed, player.filmed, stage.button.toggled,
            canvas.geometry_changed, canvas.gesture_ended, stage.parts_changed,
        ):  # fmt: skip
            changed.connect(self.wait)
        self._document.window_changed.connect(self._follow_window)
        stage.installEventFilter(self)

    def commands(self) -> tuple[Command, ...]:
        """Return the one command."""
        view = self._view
        return (
            Command("edges", tr("&View"), tr("Connec&tions of the unit"), "W",
                    tr("Draw the strongest connections of the hovered or pinned unit, by "
                       "activation × weight, while nothing moves."),
                    lambda: setattr(view, "edges", not view.edges), checked=lambda: view.edges),
        )  # fmt: skip

    # When they are shown

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the unit while the drawing is still; while it changes there are none."""
        is_still = snapshot.scene is self._scene
        self._scene = snapshot.scene
        if snapshot.trace is None:
            self._rest.stop()
            self.hide()
        elif is_still and not self._rest.isActive():
            self._draw()
        else:
            self.wait()

    def wait(self) -> None:
        """Hide them until nothing has changed for a while."""
        self.hide()
        if self._document.inspected is not None and self._view.edges:
            self._rest.start()

    @property
    def waiting(self) -> bool:
        """Whether they come once nothing has changed for a while."""
        return self._rest.isActive()

    def _follow_window(self) -> None:
        if self.isVisible():
            self._draw()

    @property
    def _is_busy(self) -> bool:
        """Whether something moves; in a film all does, so that its frames are alike."""
        return self._player.playing or self._player.filming or self._canvas.held

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() in (
            QEvent.Type.Resize, QEvent.Type.FontChange, QEvent.Type.PaletteChange,
        ):  # fmt: skip
            self.wait()
        return False

    # What they are

    def _draw(self) -> None:
        """Draw those of the present snapshot, unless something moves."""
        snapshot = self._document.snapshot
        if snapshot is None or self._is_busy or not self._view.edges:
            self.hide()
            return
        self.lines = tuple(self._find(snapshot))
        if not self.lines:
            self.hide()
            return
        self._words = QRegion()
        for place in self._stage.words:
            self._words += place
        around = QRectF()
        for each in self.lines:
            around |= QRectF(each.line.p1(), each.line.p2()).normalized()
        margin = themes.text_px(self)
        self.setGeometry(around.toAlignedRect().adjusted(-margin, -margin, margin, margin))
        self.show()
        self.update()

    def _find(self, snapshot: Snapshot) -> Iterator[Line]:
        trace, request = snapshot.trace, snapshot.request
        if trace is None:
            return
        unit = trace.map, trace.row, trace.column
        here = self._place(snapshot, trace.layer, *unit)
        found = edges(
            snapshot.image, snapshot.maps, networks.trained(request.network), trace.layer, unit,
            ablated=request.ablated, origin=snapshot.origin,
        )  # fmt: skip
        if here.isEmpty() or found is None:
            return
        centre = here.center()
        for corner in self._field(snapshot, trace.layer, trace.row, trace.column):
            yield Line(QLineF(centre, corner), None)
        for side in (found.below, found.above):
            yield from reversed(list(self._lines(snapshot, centre, side)))

    def _lines(self, snapshot: Snapshot, centre: QPointF, side: tuple[Edge, ...]) -> Iterator[Line]:
        largest = max((abs(each.product) for each in side), default=1.0)
        for each in side:
            there = self._place(snapshot, each.layer, each.map, each.row, each.column)
            if not there.isEmpty():
                yield Line(QLineF(centre, there.center()), each.product / largest)

    def _place(self, snapshot: Snapshot, layer: str, number: int, row: int, column: int) -> QRectF:
        """Where a unit stands on the stage; an empty rectangle if it has no place on it."""
        stage = self._stage
        if layer == INPUT:
            scale = snapshot.architecture.scale
            top, left = snapshot.origin
            return self._on_canvas(top + scale * row, left + scale * column, scale, scale)
        if layer == snapshot.architecture.output.name:
            scores = stage.live.scores if stage.live else None
            is_shown = (row, column) == self._document.shown_window()
            if scores is None or not is_shown or self._view.answer_hidden:
                return QRectF()
            foot = scores.bar(number)
            foot.setTop(foot.bottom() - 1)
            return self._on_stage(scores, foot)
        view = stage.maps.mosaics.get(layer) or stage.maps.barcodes.get(layer)
        if view is None:
            return QRectF()
        return self._on_stage(view, view.unit_rect(Unit(layer, number, row, column)))

    def _on_stage(self, view: QWidget, place: QRectF) -> QRectF:
        if not view.isVisible():
            return QRectF()
        return place.translated(QPointF(view.mapTo(self._stage, QPoint())))

    def _on_canvas(self, top: float, left: float, height: float, width: float) -> QRectF:
        canvas = self._canvas
        corners = canvas.to_widget(left, top), canvas.to_widget(left + width, top + height)
        return self._on_stage(canvas, QRectF(*corners) & canvas.image_rect())

    def _field(self, snapshot: Snapshot, layer: str, row: int, column: int) -> list[QPointF]:
        """The corners of a receptive field, as far as it lies on the canvas."""
        field = snapshot.layer(layer).receptive_field(row, column, snapshot.origin)
        place = self._on_canvas(*field)
        if place.isEmpty():
            return []
        return [place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight()]

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = themes.of(self)
        faint = QColor(theme.field)
        faint.setAlpha(FIELD_ALPHA)
        hues = [QColor.fromRgb(int(theme.diverging[at])) for at in (0, -1)]
        size = themes.text_px(self) / 13  # thicker for the last row
        painter = QPainter(self)
        painter.translate(-QPointF(self.pos()))
        painter.setClipRegion(QRegion(self.geometry()) - self._words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for each in self.lines:
            if each.share is None:
                pen = QPen(faint, size)
            else:
                pen = QPen(hues[each.share > 0], size * max(THIN, THICK * abs(each.share)))
            painter.setPen(pen)
            painter.drawLine(each.line)
        painter.end()
