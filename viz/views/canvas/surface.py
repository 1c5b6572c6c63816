"""The canvas's surface: what it shows. ``gestures`` adds tools and gestures.

The image is the latest snapshot's, so it agrees with every other view; feedback to the user (the
end of a stroke, the selection's frame) is drawn at once from the document's scene, before the
network has answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.scene import Group
from viz.scene.hits import Box
from viz.scene.model import Points
from viz.views.canvas import painting
from viz.views.canvas.commands import selected_stroke
from viz.views.canvas.handles import (
    MARGIN,
    Edge,
    Frame,
    Grip,
    Mapping,
    frame_of,
    framed_item,
    useful_height,
)
from viz.views.canvas.margin import draw_note, unread
from viz.views.canvas.tools import (
    ERASER_PX,
    Gesture,
    Moving,
    PenStroke,
    Resizing,
    RubberBand,
    Shaping,
    Tool,
)
from viz.views.paint_clock import PaintClock
from viz.views.theme import Theme, font, theme
from viz.views.widgets.text_cache import TextCache

AHEAD_MS = 8
"""How long a change waits for its snapshot before it is painted ahead of it: less than a frame of
the screen. A repaint for every event would fight with the worker for Python's lock."""


class CanvasSurface(QWidget):
    """Paints the image, the live stroke, the selection and the fields of inspected units."""

    geometry_changed = pyqtSignal()
    """``image_rect`` and the mapping between widget and canvas changed."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._theme, self._text_px = theme("dark"), 13
        self._small = TextCache(font(13))
        self._unread: list[tuple[QRectF, Box]] = []
        """Bars of the margin with an item in them that is not read, and its box."""
        self._mapping = Mapping.fit(document.scene, 560, 300, 1.0)
        self._ruled = QPixmap()
        self._ink = painting.InkImage()
        self._snapshot: Snapshot | None = None
        self._tool = Tool.PEN
        self._gesture: Gesture | None = None
        self._under: Grip | Edge | None = None
        """The grip or the canvas's edge under the pointer."""
        self._ringed = False
        """The keyboard brought the focus here, and wants to see it."""
        self._pointer: QPointF | None = None
        self._note = ""
        """A readout that stays for a moment, of keys and wheel."""
        self._hovered_window: tuple[int, int] | None = None
        self._overlay: tuple[QImage, QRectF] | None = None
        self._pointed_out: Sequence[Points] = ()
        self._preview: Group | None = None
        """A digit that is being dragged in."""
        self.invitation = ""
        """What an empty canvas says."""
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setTimerType(Qt.TimerType.PreciseTimer)
        self._ahead.setInterval(AHEAD_MS)
        self._ahead.timeout.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
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
        document.network_changed.connect(self._network_changed)

    # What the window tells

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the image that the network saw."""
        self._snapshot = snapshot
        self._unread = unread(snapshot.architecture, snapshot.scene, snapshot.reading)
        self._ink.show(snapshot.image, self._theme.ink)
        self._ahead.stop()
        self.update()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Take another theme and text size."""
        self._theme, self._text_px = theme, text_px
        self._small = TextCache(font(text_px))
        self._rule()
        if self._snapshot is not None:
            self._ink.show(self._snapshot.image, theme.ink)
        self.update()

    def set_hovered_window(self, window: tuple[int, int] | None) -> None:
        """Outline this window, (row, column) of the output, that is hovered elsewhere."""
        self._hovered_window = window
        self.update()

    def _follow(self, name: str) -> None:
        """The view state has another value."""
        if name == "pixel_grid":
            self._rule()
            self.update()

    def set_invitation(self, text: str) -> None:
        """Say this while the canvas is empty."""
        if text != self.invitation:
            self.invitation = text
            self.update()

    @property
    def overlay(self) -> tuple[QImage, QRectF] | None:
        """The picture over the ink and where it lies, in canvas pixels."""
        return self._overlay

    @property
    def pointed_out(self) -> Sequence[Points]:
        """The lines that an instrument speaks of."""
        return self._pointed_out

    def set_overlay(self, image: QImage | None, rect: QRectF | None = None) -> None:
        """Lay a translucent picture over the ink, on ``rect`` in canvas pixels; None: none."""
        self._overlay = None if image is None or rect is None else (image, rect)
        self.update()

    def point_out(self, lines: Sequence[Points]) -> None:
        """Trace these lines, (N, 2) canvas points each, as what an instrument speaks of."""
        self._pointed_out = lines
        self.update()

    # Geometry

    def image_rect(self) -> QRectF:
        """Where the canvas's pixels lie in the widget."""
        return self._mapping.rect

    def to_scene(self, point: QPointF) -> QPointF:
        """A widget position in canvas pixels."""
        return QPointF(*self._mapping.to_scene(point))

    def to_widget(self, x: float, y: float) -> QPointF:
        """A point of the canvas, in pixels, as a widget position."""
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

    def useful_height(self) -> int:
        """The height beyond which the canvas would not become larger at this width."""
        return useful_height(self._document.scene, self.width(), self.devicePixelRatioF())

    def useful_size(self, width: int, height: int) -> QSize:
        """The size beyond which the canvas would not become larger in a place of this size."""
        rect = Mapping.fit(self._document.scene, width, height, self.devicePixelRatioF()).rect
        return QSize(ceil(rect.width()) + 2 * MARGIN, ceil(rect.height()) + 2 * MARGIN)

    def sizeHint(self) -> QSize:
        return QSize(540, 284)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 96)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._remap()

    def _remap(self) -> None:
        mapping = Mapping.fit(
            self._document.scene,
            self.width(),
            self.height(),
            self.devicePixelRatioF(),
        )
        if mapping != self._mapping:
            self._mapping = mapping
            self._rule()
            self.geometry_changed.emit()

    def _rule(self) -> None:
        """Paint margin and pixel grid for the size and the theme of now."""
        ratio = self.devicePixelRatioF()
        self._ruled = painting.ruled_pixmap(
            self._document.architecture,
            self._mapping,
            self._theme,
            self._small.font,
            ratio,
            self._document.view.pixel_grid,
        )

    def _network_changed(self) -> None:
        """Another network may have other windows, and so another margin."""
        self._rule()
        self.update()

    def _scene_changed(self) -> None:
        scene = self._document.scene
        if (scene.width, scene.height) != (self._mapping.width, self._mapping.height):
            self._remap()
        if not self._ahead.isActive():
            self._ahead.start()

    @property
    def frame(self) -> Frame | None:
        """The selection's frame with its grips, where it is to be seen now."""
        if isinstance(self._gesture, Shaping):
            return self._gesture.frame
        if self._tool != Tool.SELECT or not self._document.selection:
            return None
        if isinstance(self._gesture, Moving):
            return None  # outlines do: there is nothing else to grip now
        stroke = selected_stroke(self._document)
        room = self.size().toSizeF()
        return frame_of(self._document.scene, self._document.selection, stroke, self._mapping, room)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with self._clock.painting(self):
            painter = QPainter(self)
            self._paint_image(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ahead(painter)
            self._paint_fields(painter)
            frame = self.frame
            self._paint_selection(painter, frame)
            self._paint_hand(painter, frame)
            painter.end()

    def _paint_image(self, painter: QPainter) -> None:
        shown, rect = self._theme, self._mapping.rect
        painter.fillRect(self.rect(), shown.background)
        painter.fillRect(rect, QColor.fromRgb(int(shown.ink[0])))
        self._ink.draw(painter, self._mapping)
        if self._overlay is not None:
            dark = shown.name == "dark"
            painting.draw_overlay(painter, *self._overlay, self._mapping, dark=dark)
        if not self._ruled.isNull():
            painter.drawPixmap(rect.topLeft(), self._ruled)
        for bar, box in self._unread:
            draw_note(painter, self._mapping, bar, box, shown, self._small)
        colour = shown.accent if self._ringed else shown.line
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        if not self._document.scene.items and self._preview is None:
            painting.draw_hint(painter, self.invitation, rect, shown, font(self._text_px))

    def _paint_ahead(self, painter: QPainter) -> None:
        """What the scene has and the snapshot not yet, as far as it is ink."""
        ink = QColor.fromRgb(int(self._theme.ink[-1]))
        scene, mapping = self._document.scene, self._mapping
        painter.setClipRect(mapping.rect)
        if self._snapshot is None:
            for index in range(len(scene.items)):
                painting.draw_strokes(painter, scene.strokes_of(index), mapping, ink)
        elif isinstance(self._gesture, PenStroke) and self._snapshot.scene is not scene:
            points = self._gesture.ahead_of(self._snapshot.scene)
            width = self._gesture.width_px * mapping.zoom
            painting.draw_polyline(painter, points, width, mapping, ink)
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
        if window is not None and snapshot.architecture.windows(*snapshot.image.shape) != (1, 1):
            faint = QColor(self._theme.field)
            faint.setAlpha(90)
            painting.draw_field(painter, output.receptive_field(*window), self._mapping, faint, 1)
        if self._hovered_window is not None:
            field = output.receptive_field(*self._hovered_window)
            painting.draw_field(painter, field, self._mapping, self._theme.field, 2)
        unit = document.inspected
        if unit is not None and snapshot.has_unit(unit):
            layer = snapshot.layer(unit.layer)
            field = layer.receptive_field(unit.row, unit.column, snapshot.origin)
            painting.draw_field(painter, field, self._mapping, self._theme.field, 2)

    def _paint_selection(self, painter: QPainter, frame: Frame | None) -> None:
        scene, chosen = self._document.scene, self._document.selection
        moving = isinstance(self._gesture, Moving)
        stroke = selected_stroke(self._document)
        for line in self._pointed_out:
            painting.draw_polyline(painter, line, 2, self._mapping, self._theme.accent)
        if moving or len(chosen) > 1:
            for index in chosen if stroke is None else ():
                corners = framed_item(scene, index, self._mapping)
                painting.draw_outline(painter, corners, self._theme)
        if stroke is not None:
            points = scene.strokes_of(stroke[0])[stroke[1]].points
            painting.draw_polyline(painter, points, 2, self._mapping, self._theme.accent)
        if frame is not None:
            held = self._under if isinstance(self._under, Grip) else None
            painting.draw_frame(painter, frame, held, self._theme)

    def _paint_hand(self, painter: QPainter, frame: Frame | None) -> None:
        gesture, shown = self._gesture, self._theme
        edge = self._under if isinstance(self._under, Edge) else None
        painting.draw_edges(painter, self._mapping, edge, shown)
        if self._pointer is None:
            return
        if isinstance(gesture, RubberBand):
            fill = QColor(shown.accent)
            fill.setAlpha(40)
            painter.setPen(QPen(shown.accent, 1))
            painter.setBrush(fill)
            painter.drawRect(gesture.rect)
        if self._tool == Tool.ERASER and edge is None:
            radius = ERASER_PX * self._mapping.zoom
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((shown.background, 3), (shown.text, 1)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(self._pointer, radius, radius)
        note = self.readout
        if note:
            room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            beside = QRectF(self._pointer, self._pointer)
            chosen = self._document.selection
            if isinstance(gesture, Moving) and chosen:
                corners = framed_item(self._document.scene, min(chosen), self._mapping)
                beside = painting.polygon(corners).boundingRect()
            elif frame is not None and not isinstance(gesture, Resizing):
                beside = painting.polygon(frame.corners).boundingRect()
            painting.draw_label(painter, note, beside, room, shown, font(self._text_px))
