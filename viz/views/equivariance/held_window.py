"""A window held: an instrument moves the drawing, and the window through which it looks stays.

It is held only as long as the drawing is what the instrument made of it. Undo, a drag on the canvas
or another digit lets it go, unless the user had chosen it, or chose another meanwhile.
"""

from __future__ import annotations

from PyQt6.QtCore import QObject

from viz.document import Document
from viz.scene import Scene


class HeldWindow(QObject):
    """Applies changes of the drawing behind a window that is held meanwhile."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._held: tuple[int, int] | None = None
        self._made: Scene | None = None
        document.scene_changed.connect(self._look)

    def apply(
        self, place: tuple[int, int], scene: Scene, text: str, gesture: int | None = None
    ) -> None:
        """Make ``scene`` current, as ``Document.apply`` does, and look through ``place`` still."""
        if self._document.window is None:
            self._document.select_window(place)
            self._held = place
        self._made = scene
        self._document.apply(scene, text, gesture=gesture)

    def release(self) -> None:
        """Let the window go, if it is held and still the one chosen."""
        held, self._held = self._held, None
        if held is not None and self._document.window == held:
            self._document.select_window(None)

    def _look(self) -> None:
        if self._document.scene is not self._made:
            self.release()
