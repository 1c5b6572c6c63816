"""A lock on a window: the drawing is moved, and the window through which an instrument looks stays.

It holds only as long as the drawing is what the instrument, or a demonstration, made of it. Undo,
a drag on the canvas or another digit releases it, unless the user had chosen it, or chose another
meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from viz.model.document import Document
from viz.scene import Scene


class WindowLock(QObject):
    """Holds a window fixed while this object or its caller changes the drawing."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._held: tuple[int, int] | None = None
        self._stays: Callable[[Scene], bool] = lambda scene: False
        document.scene_changed.connect(self._look)

    def hold(self, place: tuple[int, int], stays: Callable[[Scene], bool]) -> None:
        """Look through ``place`` for as long as ``stays`` says so of each new drawing, unless the
        user has chosen a window."""
        if self._document.window is None:
            self._document.select_window(place)
            self._held = place
        self._stays = stays

    def apply(
        self, place: tuple[int, int], scene: Scene, text: str, gesture: int | None = None
    ) -> None:
        """Make ``scene`` current, as ``Document.apply`` does, and look through ``place`` still."""
        self.hold(place, lambda shown: shown is scene)
        self._document.apply(scene, text, gesture=gesture)

    def release(self) -> None:
        """Let the window go, if it is held and still the one chosen."""
        held, self._held = self._held, None
        if held is not None and self._document.window == held:
            self._document.select_window(None)

    def _look(self) -> None:
        if not self._stays(self._document.scene):
            self.release()
