"""The message bar: one sentence over a corner that says what happened and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QMetaObject, Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from viz.i18n import tr
from viz.theme import GRID


class MessageBar(QWidget):
    """Hidden until something is said. A button may offer what to do about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._button = QPushButton()
        self._button.clicked.connect(self.hide)
        self._action: QMetaObject.Connection | None = None
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)
        layout.addWidget(close)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.timeout.connect(self.hide)
        self.hide()

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
        self._gone.stop()
        if for_ms:
            self._gone.start(for_ms)
        self._label.setText(text)
        self._button.setVisible(bool(button))
        self._button.setText(button)
        if self._action is not None:
            self._button.clicked.disconnect(self._action)
            self._action = None
        if run is not None:
            self._action = self._button.clicked.connect(lambda: run())
        self.show()
        self.place()

    @property
    def text(self) -> str:
        """The message on screen, or "" if there is none."""
        return "" if self.isHidden() else self._label.text()
