"""The player: a demonstration's clock, which puts its scenes on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

if TYPE_CHECKING:
    from viz.demos import Demonstration
    from viz.document import Document


class Player(QObject):
    """Holds the loaded ``demonstration``, if any, and its ``time`` in seconds."""

    demonstration_changed = pyqtSignal()
    time_changed = pyqtSignal(float)
    playing_changed = pyqtSignal(bool)

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self.demonstration: Demonstration | None = None
        self.time = 0.0
        self.playing = False
