"""The open lecture: its steps, which of them is the current one, its file, and what is not saved.

Nothing here changes the screen; ``viz/window/lectures.py`` brings steps to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from viz.i18n import tr
from viz.session.lecture import MOST_NOTE, Lecture, Step, one_line


@dataclass(frozen=True, eq=False)
class Kept:
    """A lecture that no file holds as it is, the ``file`` it belongs to, if any, and the ``index``
    of its current step."""

    lecture: Lecture
    file: Path | None = None
    index: int = 0


class OpenLecture(QObject):
    """The one lecture that is open, or none. Lives on the GUI thread."""

    changed = pyqtSignal()
    """Another lecture, another current step, or something else in it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lecture: Lecture | None = None
        self.index = 0
        """Of the current step, from 0."""
        self.file: Path | None = None
        self._saved: Lecture | None = None

    # What there is

    @property
    def is_open(self) -> bool:
        """Whether there is a lecture."""
        return self.lecture is not None

    @property
    def title(self) -> str:
        """The lecture's, "" without one."""
        return "" if self.lecture is None else self.lecture.title

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in their order."""
        return () if self.lecture is None else self.lecture.steps

    @property
    def step(self) -> Step | None:
        """The current one."""
        return self._at(self.index)

    @property
    def next_step(self) -> Step | None:
        """The one after the current one."""
        return self._at(self.index + 1)

    def _at(self, index: int) -> Step | None:
        return self.steps[index] if 0 <= index < len(self.steps) else None

    @property
    def title_of_step(self) -> str:
        """The current step's, "" without one."""
        return "" if self.step is None else self.step.title

    @property
    def place(self) -> str:
        """Which of how many the current step is, in words; "" without one."""
        if self.step is None:
            return ""
        return tr("Step {number} of {count}", number=self.index + 1, count=len(self.steps))

    @property
    def unsaved(self) -> Kept | None:
        """The lecture, if its file does not hold it as it is."""
        if self.lecture is None or self.lecture is self._saved:
            return None
        return Kept(self.lecture, self.file, self.index)

    # Which one

    def open(self, lecture: Lecture, file: Path | None = None) -> None:
        """Take another lecture, as ``file`` holds it; its first step is the current one."""
        self._take(Kept(lecture, file), saved=lecture)

    def bring_back(self, kept: Kept) -> None:
        """Take a lecture that no file holds as it is."""
        self._take(kept, saved=None)

    def _take(self, kept: Kept, saved: Lecture | None) -> None:
        self.lecture, self.file, self._saved = kept.lecture, kept.file, saved
        self.index = min(max(kept.index, 0), max(0, len(self.steps) - 1))
        self.changed.emit()

    def close(self) -> None:
        """Have no lecture any more."""
        self.lecture = self.file = self._saved = None
        self.index = 0
        self.changed.emit()

    def saved_as(self, file: Path) -> None:
        """Note that this file holds the lecture as it is now."""
        self.file, self._saved = file, self.lecture
        self.changed.emit()

    # Changes

    def turn(self, index: int) -> None:
        """Make another step the current one."""
        if index != self.index and self._at(index) is not None:
            self.index = index
            self.changed.emit()

    def insert(self, step: Step, index: int) -> None:
        """Put a step before the one at ``index``; it becomes the current one."""
        self._put((*self.steps[:index], step, *self.steps[index:]), index)

    def remove(self, index: int) -> None:
        """Take a step out; if it was the current one, the next is."""
        if self._at(index) is not None:
            current = self.index - (index < self.index)
            self._put((*self.steps[:index], *self.steps[index + 1 :]), current)

    def move(self, index: int, to: int) -> None:
        """Give a step another place; the current one stays that."""
        step, current = self._at(index), self.step
        if step is None or not 0 <= to < len(self.steps) or to == index:
            return
        rest = [*self.steps[:index], *self.steps[index + 1 :]]
        rest.insert(to, step)
        self._put(tuple(rest), next(i for i, one in enumerate(rest) if one is current))

    def rename(self, index: int, title: str) -> None:
        """Give a step another title, one line; an empty one is ignored."""
        title = one_line(title)
        if title:
            self._change(index, title=title)

    def note(self, index: int, note: str) -> None:
        """Give a step another speaker's note."""
        self._change(index, note=note[:MOST_NOTE])

    def rename_lecture(self, title: str) -> None:
        """Give the lecture another title, one line; an empty one is ignored."""
        title = one_line(title)
        if self.lecture is not None and title not in ("", self.lecture.title):
            self.lecture = replace(self.lecture, title=title)
            self.changed.emit()

    def _change(self, index: int, **fields: str) -> None:
        step = self._at(index)
        if step is None or all(getattr(step, name) == new for name, new in fields.items()):
            return
        steps = list(self.steps)
        steps[index] = replace(step, **fields)  # type: ignore[arg-type]
        self._put(tuple(steps), self.index)

    def _put(self, steps: tuple[Step, ...], index: int) -> None:
        assert self.lecture is not None
        self.lecture = replace(self.lecture, steps=steps)
        self.index = min(max(index, 0), max(0, len(steps) - 1))
        self.changed.emit()
