"""Steps: what one undo takes back, and one redo makes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

from viz.model.recovery import UnsavedDrawings
from viz.scene import Scene


@dataclass(frozen=True, eq=False)
class State:
    """All that a step may change. ``file`` is the one that the drawing belongs to; ``loaded``
    counts the drawings that were opened."""

    scene: Scene
    unsaved: UnsavedDrawings
    file: Path | None
    network: str
    ablated: Mapping[str, frozenset[int]]
    loaded: int = 0


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
        before, after = self._before, self._after
        if after.scene == before.scene and after.network == before.network:
            self.setObsolete(True)  # removed without undo, but what it set aside must not stay
            self._put(self._after, replace(self._before, scene=self._after.scene))
        return True


class UndoStack(QUndoStack):
    """An undo stack with a signal of its own.

    Qt's are emitted in its destructor, too, where Python may be collecting what is connected.
    """

    moved = pyqtSignal()
    """What can be undone or redone may have changed."""

    def push(self, step: QUndoCommand | None) -> None:
        before = self.canUndo(), self.canRedo()
        super().push(step)
        if (self.canUndo(), self.canRedo()) != before:  # not for each step of a gesture
            self.moved.emit()

    def undo(self) -> None:
        super().undo()
        self.moved.emit()

    def redo(self) -> None:
        super().redo()
        self.moved.emit()

    def clear(self) -> None:
        super().clear()
        self.moved.emit()
