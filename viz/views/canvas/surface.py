"""The canvas's surface: what it shows. ``gestures`` adds tools and gestures.

The image is the latest snapshot's, so it agrees with every other view; feedback to the user (the
end of a stroke, the selection's frame) is drawn at once from the document's scene, before the
network has answered.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.scene import Group
from viz.scene.hits import Box
from viz.scene.model import Points
from viz.views.canvas import painting
from viz.views.canvas.commands import selected_stroke
from viz.views.canvas.handles import Edge, Frame, Grip, Mapping, frame_of, framed_items
from viz.views.canvas.margin import draw_note, unread
from viz.views.canvas.tools import (
    ERASER_PX,
    Gesture,
    MoveGesture,
    PenGesture,
    ResizeGesture,
    RubberBandGesture,
    ShapeGesture,
    Tool,
)
from viz.views.paint_clock import PaintClock
from viz.views.widgets.painted_view import PaintedView

AHEAD_MS = 8
"""How long a change waits for its snapshot before it is painted ahead of it: less than a frame of
the screen. A repaint for every event would fight with the worker for Python's lock."""

_NO_OUTLINES: Points = np.empty((0, 4, 2))


class CanvasSurface(PaintedView):
    """Paints the image, the live stroke, the selection and the fields of inspected units."""

    geometry_changed = pyqtSignal()
    """``image_rect`` and the mapping between widget and canvas changed."""
    invitation_changed = pyqtSignal()

    _gesture: Gesture | None = None  # of the class, too: Qt hides one that Python took apart

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._unread: list[tuple[QRectF, Box]] = []
        """Bars of the margin with an item in them that is not read, and its box."""
        self._mapping = Mapping.fit(document.scene, 560, 300, 1.0)
        self._ground: QPixmap | None = None
        """What lies below the image; kept, like the next, until something of it changes."""
        self._ruled = QPixmap()
        """What lies over the image: margin and pixel grid."""
        self._ink = painting.InkImage()
        self._snapshot: Snapshot | None = None
        self._tool = Tool.PEN
        self._gesture = None
        self._under: Grip | Edge | None = None
        """The grip or the canvas's edge under the pointer."""
        self._pointer: QPointF | None = None
        self._note = ""
        """A readout that stays for a moment, of keys and wheel."""
        self._hovered_window: tuple[int, int] | None = None
        self._overlay: tuple[QImage, QRectF] | None = None
        self._over_ink = False
        self._pointed_out: Sequence[Points] = ()
        self._preview: Group | None = None
        """A digit that is being dragged in."""
        self.invitation = ""
        """What an empty canvas says."""
        self._below_invitation = 0
        """So many pixels below it belong to what the canvas offers to start with."""
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setTimerType(Qt.TimerType.PreciseTimer)
        self._ahead.setInterval(AHEAD_MS)
        self._ahead.timeout.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        clock.register(self)
        document.scene_changed.connect(self._scene_changed)
        document.view.changed.connect(self._follow)
        for changed in (
            document.selection_changed,
            document.inspected_changed,
            document.window_changed,
        ):
            changed.connect(self.update)
        document.network_changed.connect(self.redraw)  # it may have another margin

    # What the window tells

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the image that the network saw."""
        self._snapshot = snapshot
        self._unread = unread(snapshot.architecture, snapshot.scene, snapshot.reading)
        self._ink.show(snapshot.image, self.theme.ink)
        self._ahead.stop()
        self.update()

    def restyle(self) -> None:
        if self._snapshot is not None:
            self._ink.show(self._snapshot.image, self.theme.ink)
        self.redraw()

    def redraw(self) -> None:
        """Draw anew what is kept from one paint event to the next."""
        self._ground = None
        self.update()

    def set_hovered_window(self, window: tuple[int, int] | None) -> None:
        """Outline this window, (row, column) of the output, that is hovered elsewhere."""
        self._hovered_window = window
        self.update()

    @pyqtSlot(str)  # a slot of Qt's: the connection ends with this view
    def _follow(self, name: str) -> None:
        """The view state has another value."""
        if name == "pixel_grid":
            self.redraw()
        elif name == "answer_hidden":
            self.update()

    def set_invitation(self, text: str) -> None:
        """Say this while the canvas is empty."""
        if text != self.invitation:
            self.invitation = text
            self.invitation_changed.emit()
            self.update()

    def invitation_height(self) -> int:
        """Return the pixels that it takes on the canvas, as high as its lines need."""
        return painting.hint_height(self.invitation, self._mapping.rect, self.small.font)

    def keep_below_invitation(self, pixels: int) -> None:
        """Keep so many pixels free below it, both together in the middle of the canvas."""
        if pixels != self._below_invitation:
            self._below_invitation = pixels
            self.update()

    @property
    def overlay(self) -> tuple[QImage, QRectF] | None:
        """The picture over the ink and where it lies, in canvas pixels."""
        return self._overlay

    @property
    def pointed_out(self) -> Sequence[Points]:
        """The lines that an instrument speaks of."""
        return self._pointed_out

    def set_overlay(
        self, image: QImage | None, rect: QRectF | None = None, *, over_ink: bool = False
    ) -> None:
        """Lay a translucent picture over the drawing, on ``rect`` in canvas pixels; None: none.

        It colours the paper and leaves the ink as it is, unless it says something of the ink, too:
        ``over_ink``.
        """
        self._overlay = None if image is None or rect is None else (image, rect)
        self._over_ink = over_ink
        self.update()

    def point_out(self, lines: Sequence[Points]) -> None:
        """Trace these lines, (N, 2) canvas points each, as what an instrument speaks of."""
        self._pointed_out = lines
        self.update()

    # Geometry

    def image_rect(self) -> QRectF:
        """Return where the canvas's pixels lie in the widget."""
        return self._mapping.rect

    def to_scene(self, point: QPointF) -> QPointF:
        """Return a widget position in canvas pixels."""
        return QPointF(*self._mapping.to_scene(point))

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return a point of the canvas, in pixels, as a widget position."""
        mapping = self._mapping
        return QPointF(mapping.left + x * mapping.zoom, mapping.top + y * mapping.zoom)

    @property
    def held(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    @property
    def under_pointer(self) -> Grip | Edge | None:
        """The grip or the canvas's edge that a press would take hold of."""
        return self._under

    @property
    def readout(self) -> str:
        """How far the gesture, or a key just pressed, has changed the drawing; "" if neither."""
        return self._note if self._gesture is None else self._gesture.readout

    def sizeHint(self) -> QSize:
        return QSize(540, 284)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 96)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.redraw()
        self._remap()

    def _remap(self) -> None:
        mapping = Mapping.fit(
            self._document.scene, self.width(), self.height(), self.devicePixelRatioF()
        )
        if mapping != self._mapping:
            self._mapping = mapping
            self.redraw()
            self.geometry_changed.emit()

    def _scene_changed(self) -> None:
        scene = self._document.scene
        if (scene.width, scene.height) != (self._mapping.width, self._mapping.height):
            self._remap()
        if not self._ahead.isActive():
            self._ahead.start()

    @property
    def frame(self) -> Frame | None:
        """The selection's frame with its grips, where it is to be seen now."""
        if isinstance(self._gesture, ShapeGesture):
            return self._gesture.frame
        if self._tool != Tool.SELECT or not self._document.selection:
            return None
        if isinstance(self._gesture, MoveGesture):
            return None  # outlines do: there is nothing else to grip now
        stroke = selected_stroke(self._document)
        room = self.size().toSizeF()
        return frame_of(self._document.scene, self._document.selection, stroke, self._mapping, room)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with self._clock.painting(self):
            painter = QPainter(self)
            self._paint_image(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ahead(painter)
            self._paint_fields(painter)
            frame, outlines = self.frame, self._outlines()
            self._paint_selection(painter, frame, outlines)
            self._paint_pointer(painter, frame, outlines)
            painter.end()

    def _kept(self) -> tuple[QPixmap, QPixmap]:
        """Return what lies below the image and what over it, drawn if need be."""
        if self._ground is None:
            mapping, theme, ratio = self._mapping, self.theme, self.devicePixelRatioF()
            self._ground = painting.ground_pixmap(
                self.size(), mapping, theme, ratio,
                framed=self.framed, edges=not self._document.read_only,
            )  # fmt: skip
            self._ruled = painting.ruled_pixmap(
                self._document.architecture, mapping, theme, self.small.font, ratio,
                self._document.view.pixel_grid,
            )  # fmt: skip
        return self._ground, self._ruled

    def _paint_image(self, painter: QPainter) -> None:
        theme, rect = self.theme, self._mapping.rect
        ground, ruled = self._kept()
        painter.drawPixmap(0, 0, ground)
        self._ink.draw(painter, self._mapping)
        if self._overlay is not None and not self._document.view.answer_hidden:
            dark = None if self._over_ink else theme.name == "dark"
            painting.draw_overlay(painter, *self._overlay, self._mapping, dark=dark)
        if not ruled.isNull():
            painter.drawPixmap(rect.topLeft(), ruled)
        for bar, box in self._unread:
            draw_note(painter, self._mapping, bar, box, theme, self.small)
        if not self._document.scene.items and self._preview is None:
            hint = rect.adjusted(0, 0, 0, -self._below_invitation)
            painting.draw_hint(painter, self.invitation, hint, theme, self.small.font)

    def _paint_ahead(self, painter: QPainter) -> None:
        """What the scene has and the snapshot not yet, as far as it is ink."""
        ink = QColor.fromRgb(int(self.theme.ink[-1]))
        scene, mapping = self._document.scene, self._mapping
        painter.setClipRect(mapping.rect)
        if self._snapshot is None:
            for index in range(len(scene.items)):
                painting.draw_strokes(painter, scene.strokes_of(index), mapping, ink)
        elif isinstance(self._gesture, PenGesture) and self._snapshot.scene is not scene:
            end = self._gesture.ahead_of(self._snapshot.scene)
            painting.draw_strokes(painter, [end], mapping, ink)
        if self._preview is not None:
            ink.setAlpha(150)
            painting.draw_strokes(painter, self._preview.strokes, mapping, ink)
        painter.setClipping(False)

    def _paint_fields(self, painter: QPainter) -> None:
        """The shown window faintly, and the receptive field of the inspected unit."""
        document = self._document
        snapshot = self._snapshot
        if snapshot is None:
            return
        output, window = snapshot.architecture.output, document.shown_window()
        colour = self.theme.field
        if window is not None and snapshot.architecture.windows(*snapshot.image.shape) != (1, 1):
            faint = QColor(colour)
            faint.setAlpha(90)
            painting.draw_field(painter, output.receptive_field(*window), self._mapping, faint, 1)
        if self._hovered_window is not None:
            field = output.receptive_field(*self._hovered_window)
            painting.draw_field(painter, field, self._mapping, colour, 2)
        unit = document.inspected
        if unit is not None and snapshot.has_unit(unit):
            layer = snapshot.layer(unit.layer)
            field = layer.receptive_field(unit.row, unit.column, snapshot.origin)
            painting.draw_field(painter, field, self._mapping, colour, 2)

    def _outlines(self) -> Points:
        """Return the corners (N, 4, 2), in the widget, of the selected items to be outlined."""
        scene, chosen = self._document.scene, self._document.selection
        if not chosen or not (isinstance(self._gesture, MoveGesture) or len(chosen) > 1):
            return _NO_OUTLINES
        return framed_items(scene, sorted(chosen), self._mapping)

    def _paint_selection(self, painter: QPainter, frame: Frame | None, outlines: Points) -> None:
        theme, mapping = self.theme, self._mapping
        for line in self._pointed_out:
            painting.draw_polyline(painter, line, 2, mapping, theme.accent)
        stroke = selected_stroke(self._document)
        if stroke is not None:
            points = self._document.scene.stroke(*stroke).points
            painting.draw_polyline(painter, points, 2, mapping, theme.accent)
        else:
            painting.draw_outlines(painter, outlines, theme)
        if frame is not None:
            held = self._under if isinstance(self._under, Grip) else None
            painting.draw_frame(painter, frame, held, theme)

    def _paint_pointer(self, painter: QPainter, frame: Frame | None, outlines: Points) -> None:
        """Paint what the pointer has hold of, and how far it has moved that."""
        gesture, theme = self._gesture, self.theme
        edge = self._under if isinstance(self._under, Edge) else None
        if edge is not None:
            painting.draw_edge(painter, self._mapping, edge, theme.accent)
        if self._pointer is None:
            return
        if isinstance(gesture, RubberBandGesture):
            fill = QColor(theme.accent)
            fill.setAlpha(40)
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(fill)
            painter.drawRect(gesture.rect)
        if self._tool == Tool.ERASER and edge is None:
            radius = ERASER_PX * self._mapping.zoom
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((theme.background, 3), (theme.text, 1)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(self._pointer, radius, radius)
        note = self.readout
        if note:
            room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            beside = QRectF(self._pointer, self._pointer)
            if isinstance(gesture, MoveGesture) and len(outlines):
                beside = painting.polygon(outlines[0]).boundingRect()
            elif frame is not None and not isinstance(gesture, ResizeGesture):
                beside = painting.polygon(frame.corners).boundingRect()
            painting.draw_label(painter, note, beside, room, theme, self.small)
