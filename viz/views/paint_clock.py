"""The paint clock: when the screen has caught up with a snapshot, and how long painting took.

Every view that shows snapshots wraps its paintEvent in ``painting``; when the last of them has
painted a snapshot's number, ``frame_painted`` tells the status line and the bench. Where none of
them has anything to paint, it does so once all have the snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget


class PaintClock(QObject):
    """Counts the views that still owe a paint of the latest snapshot."""

    frame_painted = pyqtSignal(int, float)
    """(request number, milliseconds spent in paint events for it)."""

    def __init__(self) -> None:
        super().__init__()
        self._views: set[QWidget] = set()
        self._owing: set[QWidget] = set()
        self._number = 0
        self._spent = 0.0

    def register(self, view: QWidget) -> None:
        """Count this view from the next snapshot on; call it in the view's constructor."""
        self._views.add(view)

    def forget(self, view: QWidget) -> None:
        """Do not count this view any longer."""
        self._views.discard(view)
        self.skip(view)

    def begin(self, number: int) -> None:
        """A snapshot was handed to the views; those on screen owe a paint."""
        self._number, self._spent = number, 0.0
        self._owing = {view for view in self._views if view.isVisible()}

    def skip(self, view: QWidget) -> None:
        """Nothing that ``view`` shows differs in the new snapshot, so it need not paint."""
        self._owing.discard(view)

    def handed_out(self) -> None:
        """All views have the snapshot; those that it took from the screen owe nothing."""
        self._owing = {view for view in self._owing if view.isVisible()}
        if not self._owing:
            self.frame_painted.emit(self._number, self._spent)

    @contextmanager
    def painting(self, view: QWidget) -> Iterator[None]:
        """Time a paint event of ``view``."""
        start = time.perf_counter()
        yield
        self._spent += (time.perf_counter() - start) * 1e3
        if view in self._owing:
            self._owing.discard(view)
            if not self._owing:
                self.frame_painted.emit(self._number, self._spent)
