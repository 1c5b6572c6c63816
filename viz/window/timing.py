"""Timing: how long the last frame took to compute and to paint, and how many there were."""

from __future__ import annotations

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QLabel, QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.views.paint_clock import PaintClock

REFRESH_MS = 500
"""The numbers change twice a second: often enough to follow, slowly enough to read."""

BUSY_FRAMES = 8
"""Fewer in one refresh are a few clicks, not a motion whose rate means anything."""


class Timing(QLabel):
    """A line of the status bar, off the live path."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._frames, self._paint_ms, self._waiting = 0, 0.0, True
        self.setToolTip(
            tr(
                "Times of rasterising, of one forward pass, and of painting all views for one "
                "frame; while something moves, the updates per second."
            )
        )
        self.setText(tr("loading the network …"))
        clock.frame_painted.connect(self._count)
        ticker = QTimer(self)
        ticker.setInterval(REFRESH_MS)
        ticker.timeout.connect(self._refresh)
        ticker.start()

    def _count(self, _number: int, paint_ms: float) -> None:
        self._frames += 1
        self._paint_ms = paint_ms
        if self._waiting:
            self._waiting = False
            self._refresh()

    def _refresh(self) -> None:
        snapshot = self._document.snapshot
        if snapshot is None:
            return
        times = {"raster": snapshot.raster_ms, "forward": snapshot.forward_ms}
        if self._paint_ms >= 0.05:
            text = tr(
                "raster {raster:.1f}  forward {forward:.1f}  paint {paint:.1f} ms",
                **times, paint=self._paint_ms,
            )  # fmt: skip
        else:  # no view that is timed had anything to paint
            text = tr("raster {raster:.1f}  forward {forward:.1f} ms", **times)
        if self._frames >= BUSY_FRAMES:
            rate = 1000 // REFRESH_MS * self._frames
            text = tr("{rate} updates/s", rate=rate) + "   " + text
        if text != self.text():
            self.setText(text)
        self._frames = 0
