"""The canvas: where the drawing is made. Mouse, keys, wheel and drops come in here.

Events become presses, drags and releases in ``gestures``, whose effects ``surface`` shows. Those
of pens and fingers come in ``touch``.
Positions are floats throughout, since a stroke is finer than a pixel of the screen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.command import Command
from viz.model.document import Document
from viz.scene import Group
from viz.scene.digits import HANDWRITINGS, digit
from viz.views.canvas import commands, transferred
from viz.views.canvas.tools import Tool
from viz.views.canvas.touch import TouchCanvas
from viz.views.paint_clock import PaintClock

_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Canvas(TouchCanvas):
    """The complete canvas: surface, gestures, and every kind of input event."""

    files_dropped = pyqtSignal(list)
    """Paths (str) of files dropped on the canvas."""
    image_dropped = pyqtSignal(QImage)
    """A picture dropped as such, from a browser for instance."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, clock, parent)
        self._nudges = commands.Nudges(document)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Canvas"))
        self.setAccessibleDescription(
            tr("The input of the network. Arrow keys move the selection or the drawing.")
        )

    # Commands

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that change what is drawn, and those that choose a tool."""
        edit, tools, document = tr("&Edit"), tr("&Tools"), self._document

        def run(change: Callable[[Document], None]) -> Callable[[], None]:
            def run_() -> None:
                with self._refusing():
                    change(document)

            return run_

        def is_selected() -> bool:
            return bool(document.selection)

        def is_drawn() -> bool:
            return bool(document.scene.items)

        return (
            Command("duplicate", edit, tr("&Duplicate"), "Ctrl+D",
                    tr("Put a copy of the selection a few pixels beside it."),
                    run(commands.duplicate_selection), enabled=is_selected),
            Command("delete", edit, tr("De&lete"), "Del, Backspace",
                    tr("Delete the selection."), run(commands.delete_selection),
                    enabled=is_selected, short=tr("Delete")),
            Command("select_all", edit, tr("Select &all"), "Ctrl+A",
                    tr("Select everything on the canvas."), run(commands.select_all),
                    enabled=is_drawn),
            Command("group", edit, tr("&Group"), "Ctrl+G",
                    tr("Combine the selected strokes into one digit, so that they move together."),
                    run(commands.group_selection), enabled=is_selected),
            Command("ungroup", edit, tr("U&ngroup"), "Ctrl+Shift+G",
                    tr("Take the selected digit apart into its strokes."),
                    run(commands.ungroup_selection), enabled=is_selected),
            Command("centre", edit, tr("&Centre"), "C",
                    tr("Move the selection, or the whole drawing, to the middle of the canvas. "
                       "Nothing is centred automatically: that would hide what is shown here."),
                    run(commands.centre), enabled=is_drawn, separated=True),
            Command("clear", edit, tr("Cl&ear"), "Ctrl+Backspace",
                    tr("Remove everything from the canvas; undo brings it back."),
                    run(commands.clear), enabled=is_drawn),
            *(
                Command(tool, tools, text, keys, tip, partial(self.set_tool, tool),
                        checked=partial(self._has_tool, tool), short=short, group="tool")
                for tool, text, keys, tip, short in (
                    (Tool.PEN, tr("&Pen"), "P", tr("Draw strokes."), ""),
                    (Tool.ERASER, tr("&Eraser"), "E", tr("Erase parts of strokes."), ""),
                    (Tool.SELECT, tr("&Select and move"), "S, V",
                     tr("Move, scale, rotate, squeeze and slant digits; double-click a single "
                        "stroke."), tr("Select")),
                )
            ),
            Command("pen_pressure", tools, tr("P&ressure of the pen"), "",
                    tr("Let the pressure of a tablet's pen vary the width of strokes, from half "
                       "the pen's width to one and a half of it."),
                    self.toggle_pen_pressure, checked=lambda: self.pen_pressure, separated=True),
        )  # fmt: skip

    def _has_tool(self, tool: Tool) -> bool:
        return self._document.view.tool == tool

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_mouse(event):
            inside = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            self._press(event.position(), event.modifiers(), self._tool, inside=inside)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_mouse(event):
            self._press(event.position(), event.modifiers(), self._tool, inside=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._is_mouse(event):
            return
        if self._gesture is not None and not event.buttons() & Qt.MouseButton.LeftButton:
            self._release()  # the release was lost, to another window for instance
        self._drag(event.position(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_mouse(event):
            self._release()

    def leaveEvent(self, event: QEvent) -> None:
        if self._gesture is None:
            self._pointer, self._under = None, None
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.redraw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._release()
        super().focusOutEvent(event)
        self.redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        self._release()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return super().event(event)

    # Keys and wheel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in _ARROWS and not modifiers & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier):
            step = 0.25 if modifiers & _SHIFT else 1.0
            dx, dy = _ARROWS[key]
            self._release()
            self._say(self._nudges.shift(step * dx, step * dy))
        elif key == Qt.Key.Key_Escape and self._gesture is not None:
            self._cancel()
        elif key == Qt.Key.Key_Escape and self._document.selection:
            self._document.select(())
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._gesture is not None:
            return
        delta = event.angleDelta()
        steps = (delta.y() or delta.x()) / 120
        if steps:
            self._pointer = event.position()
            if event.modifiers() & _CONTROL:
                self._say(self._nudges.turn(5 * steps))
            else:
                self._say(self._nudges.scale(steps / 4 if event.modifiers() & _SHIFT else steps))
        event.accept()

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasFormat(commands.DIGIT_MIME) or mime.hasUrls() or mime.hasImage():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(commands.DIGIT_MIME):
            self._preview = self._dragged_digit(event)
            self.update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._preview = None
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        mime = event.mimeData()
        self._preview = None
        self.setFocus()
        if mime.hasFormat(commands.DIGIT_MIME):
            group = self._dragged_digit(event)
            if group is not None:
                with self._refusing():
                    commands.drop_digit(self._document, group)
        elif mime is not None:
            with self._refusing():
                content = transferred.content(mime)
                if isinstance(content, QImage):
                    self.image_dropped.emit(content)
                else:
                    self.files_dropped.emit(content)
        event.acceptProposedAction()
        self.update()

    def _dragged_digit(self, event: QDropEvent) -> Group | None:
        """Return the digit of a drag, centred under the pointer; None if the data are not ours."""
        try:
            carried = json.loads(event.mimeData().data(commands.DIGIT_MIME).data())
            value, handwriting = carried["value"], carried["handwriting"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        if handwriting not in HANDWRITINGS or type(value) is not int or not 0 <= value <= 9:
            return None
        centre = self._mapping.to_scene(event.position())
        return digit(value, handwriting, centre=centre, width_px=self._pen_width)
