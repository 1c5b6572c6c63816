"""Unsaved drawings: where the scene on the screen comes from, and what the user drew that is not on
it.

Demonstrations and opened files take the place of the user's drawing, with or without a file that
holds it. What the user drew must come back even if the program ends now, so it is set aside; and so
is ink drawn into a demonstration's scene, while a scene that was only moved about does not count as
a drawing unless there is no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viz.scene import Group, Scene

MOST_ASIDE = 20
"""How many drawings are set aside, the oldest forgotten first."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """What the user drew, the ``file`` it belongs to, and the ``screen`` it was on when it left;
    that is None while it is still there."""

    scene: Scene
    file: Path | None = None
    screen: object = None


@dataclass(frozen=True, eq=False)
class UnsavedDrawings:
    """``staged`` is the demonstration's scene that the one on the screen was made from, None if it
    is the user's own; ``aside`` are the user's drawings that left the screen, oldest first."""

    staged: Scene | None = None
    aside: tuple[Drawing, ...] = ()

    def owns(self, scene: Scene) -> bool:
        """Whether ``scene``, on the screen, holds ink of the user's."""
        if self.staged is None:
            return bool(scene.items)
        return scene is not self.staged and not _ink(scene) <= _ink(self.staged)

    def drawings(self, shown: Drawing) -> tuple[Drawing, ...]:
        """All drawings of the user's while ``shown`` is on the screen, the newest last."""
        scene = shown.scene
        if self.owns(scene):
            return *self.aside, shown
        arranged = self.staged is not None and scene is not self.staged and bool(scene.items)
        return (shown,) if arranged and not self.aside else self.aside

    def replaced(self, left: Drawing | None, staged: Scene | None) -> UnsavedDrawings:
        """The descent once another scene has come to the screen; ``left``, if any, is set aside."""
        return UnsavedDrawings(
            staged, self.aside if left is None else (*self.aside, left)[-MOST_ASIDE:]
        )


def _ink(scene: Scene) -> set[bytes | int]:
    """What was drawn, wherever it lies and however wide: strokes by their points, images by the
    array that all copies share."""
    found: set[bytes | int] = set()
    for item in scene.items:
        if isinstance(item, Group):
            found.update(stroke.points.tobytes() for stroke in item.strokes)
        else:
            found.add(id(item.pixels))
    return found
