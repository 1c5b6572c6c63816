"""Unsaved drawings: what the user drew that no file may hold, on the canvas or gone from it.

Demonstrations and opened files take the place of the user's drawing. It must come back even if the
program ends now, so it is set aside; so is ink drawn into a demonstration's scene. A demonstration
that was only moved about does not count as a drawing unless there is no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viz.scene import Group, Scene

MOST_ASIDE = 20
"""How many drawings are set aside, the oldest forgotten first."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A user's scene, the ``file`` it belongs to, and the ``screen`` that it left; None while it is
    still on it."""

    scene: Scene
    file: Path | None = None
    screen: object = None


@dataclass(frozen=True, eq=False)
class UnsavedDrawings:
    """User drawings that left the canvas, ``aside``, oldest first; autosave writes them.

    ``staged`` is the demonstration's scene that the one on the canvas was made from, None if that
    is the user's own.
    """

    staged: Scene | None = None
    aside: tuple[Drawing, ...] = ()

    def owns(self, scene: Scene) -> bool:
        """Tell whether ``scene``, on the canvas, holds ink of the user's."""
        if self.staged is None:
            return bool(scene.items)
        return scene is not self.staged and not _ink(scene) <= _ink(self.staged)

    def drawings(self, shown: Drawing) -> tuple[Drawing, ...]:
        """List all of the user's drawings while ``shown`` is on the canvas, the newest last."""
        scene = shown.scene
        if self.owns(scene):
            return *self.aside, shown
        arranged = self.staged is not None and scene is not self.staged and bool(scene.items)
        return (shown,) if arranged and not self.aside else self.aside

    def replaced(self, left: Drawing | None, staged: Scene | None) -> UnsavedDrawings:
        """Return the drawings once another scene is on the canvas; ``left``, if any, is set aside.

        ``staged`` is the other scene if it is a demonstration's.
        """
        left_too = () if left is None else (left,)
        return UnsavedDrawings(staged, (*self.aside, *left_too)[-MOST_ASIDE:])


def _ink(scene: Scene) -> set[bytes | int]:
    """Return what was drawn, wherever it lies: strokes by their points, images by the array that
    all copies share."""
    found: set[bytes | int] = set()
    for item in scene.items:
        if isinstance(item, Group):
            found.update(stroke.points.tobytes() for stroke in item.strokes)
        else:
            found.add(id(item.pixels))
    return found
