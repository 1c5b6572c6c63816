"""Gestures on the canvas: tools, and the one gesture that a press starts and a release ends.

Any interruption (Escape, an undo from elsewhere, a release that never came) ends the gesture and
leaves the scene as the document has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCursor, QHelpEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from viz.errors import UserError
from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.scene.hits import item_at, stroke_at
from viz.views.canvas.commands import selected_stroke
from viz.views.canvas.handles import CORNERS, EDGE_CURSORS, Edge, Grip, under
from viz.views.canvas.margin import margins
from viz.views.canvas.painting import turning_cursor
from viz.views.canvas.surface import CanvasSurface
from viz.views.canvas.tools import (
    EraserGesture,
    Gesture,
    MoveGesture,
    PenGesture,
    Pointer,
    ResizeGesture,
    RubberBandGesture,
    ShapeGesture,
    Tool,
)
from viz.views.paint_clock import PaintClock

_NOTE_MS = 900


class GestureCanvas(CanvasSurface):
    """The surface with tools and gestures; ``canvas.Canvas`` passes events to it."""

    gesture_ended = pyqtSignal()
    refused = pyqtSignal(str)
    """A message for the user: the scene cannot hold the change, and stays as it was."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, clock, parent)
        self._pen_width = float(settings.get("pen_width"))
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.setInterval(_NOTE_MS)
        self._note_timer.timeout.connect(self._forget_note)
        self._tool = Tool(document.view.tool)
        self._turning = QCursor(turning_cursor(self.devicePixelRatioF()))
        document.selection_changed.connect(self._selection_changed)
        self._set_cursor()

    @property
    def tool(self) -> Tool:
        """The current tool."""
        return self._tool

    def set_tool(self, tool: str) -> None:
        """Choose ``"pen"``, ``"eraser"`` or ``"select"``; the first two clear the selection."""
        self._release()
        self._document.view.tool = str(tool)

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "tool":
            self._release()
            self._tool, self._under = Tool(self._document.view.tool), None
            if self._tool != Tool.SELECT:
                self._document.select(())
            self._set_cursor()
            self.update()

    @property
    def pen_width(self) -> float:
        """The pen's width for new strokes, in canvas pixels."""
        return self._pen_width

    def set_pen_width(self, width_px: float) -> None:
        """Draw new strokes this wide (canvas pixels, > 0)."""
        self._pen_width = width_px

    def _pointer_at(
        self, position: QPointF, modifiers: Qt.KeyboardModifier, pressure: float | None = None
    ) -> Pointer:
        x, y = self._mapping.to_scene(position)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        return Pointer(x, y, position.x(), position.y(), shift, pressure)

    def _press(
        self,
        position: QPointF,
        modifiers: Qt.KeyboardModifier,
        tool: Tool,
        *,
        inside: bool = False,
        pressure: float | None = None,
    ) -> None:
        """Start the gesture that begins here; ``inside`` reaches for a stroke within a group."""
        self._release()
        self._pointer = position
        pointer = self._pointer_at(position, modifiers, pressure)
        held = self._under_at(position, inside=inside)
        with self._refusing():
            if isinstance(held, Edge):
                self._gesture = ResizeGesture(self._document, pointer, held)
            elif tool == Tool.PEN:
                self._gesture = PenGesture(self._document, pointer, self._pen_width)
            elif tool == Tool.ERASER:
                self._gesture = EraserGesture(self._document, pointer)
            else:
                self._gesture = self._grasp(held, pointer, inside)
        self._set_cursor()
        self.update()

    def _grasp(self, grip: Grip | None, pointer: Pointer, inside: bool) -> Gesture:
        """Select what a press of the select tool hits, and return the gesture it starts."""
        document = self._document
        scene, chosen = document.scene, document.selection
        stroke = selected_stroke(document)
        frame = self.frame
        if frame is not None and grip is not None:
            return ShapeGesture(document, pointer, grip, frame, stroke)
        reach = max(1.0, 4 / self._mapping.zoom)
        hit_stroke = stroke_at(scene, *pointer.at, reach)
        if hit_stroke and (inside or (stroke and hit_stroke[0] == stroke[0])):
            document.select([hit_stroke[0]], hit_stroke)
            return MoveGesture(document, pointer, hit_stroke)
        hit = item_at(scene, *pointer.at, reach)
        if hit is None:
            return RubberBandGesture(document, pointer, chosen if pointer.shift else ())
        if pointer.shift:
            document.select(chosen ^ {hit})
            return MoveGesture(document, pointer)
        if hit in chosen and stroke is None:
            return MoveGesture(document, pointer, clicked=hit)
        document.select([hit])
        return MoveGesture(document, pointer)

    def _drag(
        self, position: QPointF, modifiers: Qt.KeyboardModifier, pressure: float | None = None
    ) -> None:
        self._pointer = position
        if self._gesture is not None:
            before = self._document.scene
            with self._refusing():
                pointer = self._pointer_at(position, modifiers, pressure)
                self._gesture.move(pointer, self._mapping)
            if self._document.scene is before:  # else the surface repaints with the snapshot
                self.update()
            return
        held = self._under_at(position)
        if held != self._under or self._tool == Tool.ERASER:
            self._under = held
            self.update()
        self._set_cursor()

    def _release(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            with self._refusing():
                gesture.finish()
            self._set_cursor()
            self.update()
            self.gesture_ended.emit()

    def _cancel(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
            self._set_cursor()
            self.update()
            self.gesture_ended.emit()

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """End the gesture with a message if the scene cannot hold its change; keep the rest."""
        try:
            yield
        except UserError as error:
            self._gesture = None
            self.refused.emit(str(error))

    def _scene_changed(self) -> None:
        if self._gesture is not None and self._document.scene is not self._gesture.latest:
            self._gesture = None  # undone or replaced from elsewhere, so the gesture is over
            self._set_cursor()
        super()._scene_changed()

    def _selection_changed(self) -> None:
        if self._document.selection and self._tool != Tool.SELECT and self._gesture is None:
            self.set_tool(Tool.SELECT)

    def _under_at(self, position: QPointF, *, inside: bool = False) -> Grip | Edge | None:
        """Return the grip or the canvas's edge at a widget position; only edges if ``inside``."""
        return under(self._mapping, None if inside else self.frame, position)

    def _set_cursor(self) -> None:
        """Set the cursor for what a press would do, or for the current gesture."""
        held, gesture, frame = self._under, self._gesture, self.frame
        cursor: Qt.CursorShape | QCursor
        if gesture is not None and gesture.cursor is not None:
            cursor = gesture.cursor
        elif held == Grip.KNOB:
            cursor = self._turning
        elif isinstance(held, Grip) and frame is not None:
            cursor = frame.cursor(held)
        elif isinstance(held, Edge):
            cursor = EDGE_CURSORS[held]
        elif self._tool == Tool.SELECT:
            at = self._mapping.to_scene(self._pointer) if self._pointer else (-1e3, -1e3)
            over = item_at(self._document.scene, *at, max(1.0, 4 / self._mapping.zoom))
            idle = Qt.CursorShape.ArrowCursor
            cursor = idle if over is None else Qt.CursorShape.SizeAllCursor
        else:
            pen, eraser = Qt.CursorShape.CrossCursor, Qt.CursorShape.BlankCursor
            cursor = pen if self._tool == Tool.PEN else eraser
        self.setCursor(cursor)

    def _say(self, note: str) -> None:
        """Show a readout for a moment, beside the pointer or in the canvas's corner."""
        self._note = note
        if self._pointer is None:
            self._pointer = self._mapping.rect.topLeft()
        self._note_timer.start()
        self.update()

    def _forget_note(self) -> None:
        self._note = ""
        if not self.underMouse():
            self._pointer = None
        self.update()

    def _tell(self, event: QHelpEvent) -> None:
        """Show a tooltip for the grip or edge under the pointer, or for the shaded margin."""
        position = QPointF(event.pos())
        held = self._under_at(position)
        if isinstance(held, Edge):
            text = tr("Drag to change the canvas's size, 32 × 32 to 512 × 128 pixels")
        elif held == Grip.KNOB:
            text = tr("Drag to rotate; with Shift in steps of 15°")
        elif held in CORNERS:
            text = tr("Drag to scale")
        elif held in (Grip.LEFT, Grip.RIGHT):
            text = tr("Drag to squeeze or stretch")
        elif held is not None:
            text = tr("Drag to slant")
        elif self._in_margin(position):
            text = tr(
                "No {side}×{side} window is centred here: digits in the shaded margin are not "
                "read; drag them in or widen the canvas.",
                side=self._document.architecture.window,
            )
        else:
            QToolTip.hideText()
            event.ignore()
            return
        QToolTip.showText(event.globalPos(), text, self)

    def _in_margin(self, position: QPointF) -> bool:
        at, scene = self.to_scene(position), self._document.scene
        bars = margins(self._document.architecture, scene.height, scene.width)
        return any(bar.contains(at) for bar in bars)
