"""Dialogs: whether one may open, asked in one place."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.view_state import ViewState
from viz.window.messages import PASSING_MS, Messages


class Dialogs:
    """``parent`` is the window that dialogs belong to."""

    def __init__(self, parent: QWidget, view: ViewState, messages: Messages) -> None:
        self.parent, self._view, self._messages = parent, view, messages

    def may_open(self) -> bool:
        """Return whether a dialog may open now. While presenting none does, and a message says so.

        To be asked before every dialog: not all of them follow a command at once.
        """
        if self._view.presenting:
            self._messages.show(
                tr("No dialog opens while presenting; press Esc to leave, then try again."),
                holds=lambda: self._view.presenting,
                for_ms=PASSING_MS,
            )
        return not self._view.presenting
