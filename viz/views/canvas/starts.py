"""Starts: what an empty canvas offers to begin with, as buttons below its sentence.

They take presses on themselves alone: a pen beside them draws, and with its first ink they are
gone. Where the canvas has no room for all, the first ones stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QPushButton, QWidget

from viz.model.document import Document
from viz.views.canvas.gestures import GestureCanvas
from viz.views.theme import GRID


class Starts(QObject):
    """The ``buttons`` on a canvas."""

    def __init__(
        self, canvas: GestureCanvas, document: Document, offered: Sequence[tuple[str, QAction]]
    ) -> None:
        """``offered``: (text, what it does), the most important first; shown as far as enabled."""
        super().__init__(canvas)
        self._canvas, self._document = canvas, document
        self._actions = [action for _, action in offered]
        self.buttons = [self._button(*one) for one in offered]
        self._due = False
        for first, second in zip([canvas, *self.buttons], self.buttons, strict=False):
            QWidget.setTabOrder(first, second)
        for action in self._actions:
            action.changed.connect(self._place)
        document.scene_changed.connect(self._refresh)
        document.view.changed.connect(self._follow)
        canvas.gesture_ended.connect(self._refresh)
        canvas.geometry_changed.connect(self._place)
        canvas.invitation_changed.connect(self._place)
        self._refresh()

    def _button(self, text: str, action: QAction) -> QPushButton:
        button = QPushButton(text, self._canvas)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setToolTip(action.toolTip())
        button.clicked.connect(lambda: action.trigger())
        button.installEventFilter(self)
        button.hide()
        return button

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if (
            event is not None
            and event.type() == QEvent.Type.FontChange
            and watched is self.buttons[-1]
        ):
            self._place()
        return False

    def _follow(self, name: str) -> None:
        if name == "stage_only":
            self._refresh()

    def _refresh(self) -> None:
        """Come with an empty canvas and go with ink; quick, for it is asked at every change."""
        due = not (
            self._document.scene.items or self._document.view.stage_only or self._canvas.held
        )
        if due != self._due:
            self._due = due
            self._place()

    def _place(self) -> None:
        """Stand below the sentence, in the middle of the canvas."""
        rect = self._canvas.image_rect().adjusted(2 * GRID, 2 * GRID, -2 * GRID, -2 * GRID)
        offered = zip(self.buttons, self._actions, strict=True)
        shown = [
            button
            for button, action in offered
            if self._due and action.isEnabled() and button.sizeHint().width() <= rect.width()
        ]
        above = self._canvas.invitation_height()
        high = self.buttons[0].sizeHint().height()
        shown = shown[: max(0, int((rect.height() - above - GRID) // (high + GRID)))]
        below = GRID + len(shown) * (high + GRID) if shown else 0
        wide = max((button.sizeHint().width() for button in shown), default=0)
        left, top = rect.center().x() - wide / 2, rect.center().y() + (above - below) / 2
        for button in self.buttons:
            if button not in shown and not button.isHidden():
                if button.hasFocus():
                    self._canvas.setFocus()
                button.hide()
        for number, button in enumerate(shown):
            button.setGeometry(
                round(left), round(top + 2 * GRID + number * (high + GRID)), round(wide), high
            )
            button.show()
        self._canvas.keep_below_invitation(below)
