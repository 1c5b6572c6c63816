"""Steps: what one undo takes back, and one redo makes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtGui import QUndoCommand

from viz.model.recovery import UnsavedDrawings
from viz.scene import Scene


@dataclass(frozen=True, eq=False)
class State:
    """What a step may change. ``file`` is the one that the drawing belongs to."""

    scene: Scene
    descent: UnsavedDrawings
    file: Path | None
    network: str
    ablated: Mapping[str, frozenset[int]]


class Step(QUndoCommand):
    """From one state to another; steps of one gesture merge into one."""

    def __init__(
        self,
        put: Callable[[State, State], None],
        before: State,
        after: State,
        text: str,
        gesture: int | None = None,
    ) -> None:
        """``put(old, new)`` makes what differs between the two as it is in ``new``."""
        super().__init__(text)
        self._put, self._before, self._after = put, before, after
        self._gesture = gesture

    def redo(self) -> None:
        self._put(self._before, self._after)

    def undo(self) -> None:
        self._put(self._after, self._before)

    def id(self) -> int:
        return -1 if self._gesture is None else 1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        if not isinstance(other, Step) or other._gesture != self._gesture:
            return False
        self._after = other._after
        if self._after.scene == self._before.scene:
            self.setObsolete(True)  # it goes without being undone, but its descent must not stay
            self._put(self._after, replace(self._before, scene=self._after.scene))
        return True
