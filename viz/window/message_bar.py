"""The message bar: one sentence over a corner that says what happened and what to do.

While presenting no message stays: it would lie over what is shown. What has not been closed by then
comes back afterwards, one after another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from viz.i18n import tr
from viz.views.theme import GRID

PASSING_MS = 8_000
"""So long a message stays that must not lie in the way; two lines are read in half of it."""


@dataclass(frozen=True)
class _Message:
    text: str
    button: str = ""
    run: Callable[[], object] | None = None


class MessageBar(QWidget):
    """Hidden until something is said. A button may offer what to do about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._button = QPushButton()
        self._button.clicked.connect(lambda: self._close(self._run))
        self._run: Callable[[], object] | None = None
        close = QPushButton(tr("Close"))
        close.clicked.connect(lambda: self._close())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)
        layout.addWidget(close)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.timeout.connect(self._pass)
        self._passing = False
        self._shown: _Message | None = None
        """What is to be closed by hand."""
        self._kept: list[_Message] = []
        """What was not closed before it went, oldest first."""
        self.hide()

    def set_passing(self, passing: bool) -> None:
        """Let messages go by themselves from now on; or no longer, and bring those back."""
        self._passing = passing
        if passing and self._shown is not None:
            self._gone.start(PASSING_MS)
        elif not passing:
            self._keep()
            self._show_kept()

    def _keep(self) -> None:
        """What is on the screen is still to be closed."""
        if self._shown is not None and self._shown not in self._kept:
            self._kept.append(self._shown)
        self._shown = None

    def _pass(self) -> None:
        self._keep()
        self.hide()

    def _close(self, run: Callable[[], object] | None = None) -> None:
        self._shown = None
        self.hide()
        if run is not None:
            run()
        if self.isHidden() and not self._passing:
            self._show_kept()

    def _show_kept(self) -> None:
        if self._kept:
            message = self._kept.pop(0)
            self.say(message.text, message.button, message.run)

    def place(self) -> None:
        """Lie over the lower left corner of the parent, as high as the text needs."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(parent.width() - 8 * GRID, 56 * self.fontMetrics().averageCharWidth() + 240)
        layout = self.layout()
        assert layout is not None
        height = max(layout.heightForWidth(width), self.sizeHint().height())
        self.setGeometry(4 * GRID, parent.height() - height - GRID, width, height)
        self.raise_()

    def say(
        self,
        text: str,
        button: str = "",
        run: Callable[[], object] | None = None,
        *,
        for_ms: int = 0,
    ) -> None:
        """Show ``text``, and a button that calls ``run`` if it is given one; ``for_ms``
        milliseconds, 0: until it is closed."""
        if self._passing:
            self._keep()
        self._gone.stop()
        if for_ms or self._passing:
            self._gone.start(for_ms or PASSING_MS)
        self._shown = None if for_ms else _Message(text, button, run)
        self._label.setText(text)
        self._button.setVisible(bool(button))
        self._button.setText(button)
        self._run = run
        self.show()
        self.place()

    @property
    def text(self) -> str:
        """The message on screen, or "" if there is none."""
        return "" if self.isHidden() else self._label.text()
