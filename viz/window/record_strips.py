"""Record strips: in the status bar, how long a take or how far a film is, and what ends it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from viz.i18n import tr
from viz.views.theme import GRID

RED = "#e5484d"
"""Of the dot: on light ground and on dark."""


class _Strip(QWidget):
    """Parts side by side in the status bar, which does not grow: they are one line high."""

    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        self._parts = parts
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4 * GRID, 0, 4 * GRID, 0)
        layout.setSpacing(2 * GRID)
        for part in parts:
            layout.addWidget(part)
            if isinstance(part, QPushButton):
                part.setStyleSheet("QPushButton { padding: 0 8px; }")
                part.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # keys stay with what one is at
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        """Text grows for a lecture, and shrinks again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        for part in (self, *self._parts):
            part.setFixedHeight(self.fontMetrics().lineSpacing() + GRID)


class TakeStrip(_Strip):
    """That a take is under way: a red dot, the seconds so far, and what ends it."""

    stopped = pyqtSignal()
    """The film is to be made."""
    cancelled = pyqtSignal()

    def __init__(self) -> None:
        dot = QLabel("●")
        dot.setStyleSheet(f"color: {RED}")
        dot.setAccessibleName(tr("What you do is being recorded"))
        self.seconds = QLabel()
        self.stop, self.cancel = QPushButton(tr("Stop")), QPushButton(tr("Cancel"))
        self.stop.setToolTip(tr("Make the film of what you did since."))
        super().__init__(dot, self.seconds, self.stop, self.cancel)
        self.stop.clicked.connect(self.stopped)
        self.cancel.clicked.connect(self.cancelled)

    def _fit(self) -> None:
        super()._fit()
        self.seconds.setFixedWidth(self.fontMetrics().horizontalAdvance("000 s"))

    def count(self, seconds: float) -> None:
        """So many seconds are noted."""
        text = tr("{seconds} s", seconds=int(seconds))
        if text != self.seconds.text():
            self.seconds.setText(text)


class RecordStrip(_Strip):
    """How far a recording is, and a button that ends it; in the status bar while there is one."""

    cancelled = pyqtSignal()

    def __init__(self) -> None:
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Recording"))
        self.bar.setFixedWidth(40 * GRID)  # numbers that change move nothing
        self.cancel = QPushButton(tr("Cancel"))
        super().__init__(QLabel(tr("Recording")), self.bar, self.cancel)
        self.cancel.clicked.connect(self.cancelled)

    def begin(self) -> None:
        """Show that a recording has begun; its number of frames is not known yet."""
        self.bar.setRange(0, 0)
        self.bar.setFormat("")
        self.show()

    def count(self, done: int, total: int) -> None:
        """So many frames are done."""
        self.bar.setRange(0, total)
        self.bar.setFormat("%v / %m")
        self.bar.setValue(done)
