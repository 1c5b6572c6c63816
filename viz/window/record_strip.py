"""The record strip: how long a live session or how far a film is, in the status bar."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from viz.i18n import tr
from viz.views.theme import GRID

RED = "#e5484d"
"""Of the dot: on light ground and on dark."""


class RecordStrip(QWidget):
    """Shown only while something is recorded; one line high, since the status bar does not grow."""

    stopped = pyqtSignal()
    """The live session is to end, and its film to be made."""
    cancelled = pyqtSignal()
    """Nothing is to be left of the recording."""

    def __init__(self) -> None:
        super().__init__()
        self._dot = QLabel("●")
        self._dot.setStyleSheet(f"color: {RED}")
        self._dot.setAccessibleName(tr("The live session is being recorded"))
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Recording"))
        self.bar.setFixedWidth(40 * GRID)  # numbers that change move nothing
        self.stop, self.cancel = QPushButton(tr("Stop")), QPushButton(tr("Cancel"))
        self.stop.setToolTip(tr("End the live session and make its film."))
        self.stop.clicked.connect(self.stopped)
        self.cancel.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4 * GRID, 0, 4 * GRID, 0)
        layout.setSpacing(2 * GRID)
        for part in (self._dot, self.text, self.bar, self.stop, self.cancel):
            layout.addWidget(part)
        for button in (self.stop, self.cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # keys stay with the canvas
        self._fit()
        self.hide()

    def count_seconds(self, seconds: float) -> None:
        """Show how long the live session is, in whole seconds."""
        self._show(live=True)
        self.text.setText(tr("{seconds} s", seconds=int(seconds)))

    def count_frames(self, done: int, total: int) -> None:
        """Show how many of a film's frames are done; a ``total`` of 0 is not known yet."""
        self._show(live=False)
        self.text.setText(tr("Recording"))
        self.bar.setRange(0, total)
        self.bar.setFormat("%v / %m" if total else "")
        self.bar.setValue(done)

    def _show(self, *, live: bool) -> None:
        for part in (self._dot, self.stop):
            part.setVisible(live)
        self.bar.setVisible(not live)
        self.show()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        height = self.fontMetrics().lineSpacing() + GRID
        for part in (self, self._dot, self.text, self.bar, self.stop, self.cancel):
            part.setFixedHeight(height)
        self.text.setMinimumWidth(self.fontMetrics().horizontalAdvance("000 s"))
