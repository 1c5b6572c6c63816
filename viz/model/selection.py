"""Selection: where on the screen to look: at which strokes, which unit, which window of the output.

None of it is a step of undo, and only the inspected unit concerns the network, which traces how
that came to its value. A window may be chosen that a smaller canvas no longer has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from viz.measure.focus_window import FocusWindow
from viz.measure.stroke_selection import StrokeSelection
from viz.model.snapshot import Snapshot, Unit

if TYPE_CHECKING:
    from viz.measure.marks import Marks


class Selection(QObject):
    """The part of the document that says where to look. Lives on the GUI thread."""

    selection_changed = pyqtSignal()
    inspected_changed = pyqtSignal()
    """The pinned or hovered unit changed; see ``pinned``, ``hovered``, ``inspected``."""
    window_changed = pyqtSignal()
    """The selected window (row, column of the output) changed."""
    marks_changed = pyqtSignal()
    badges_changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._selection: frozenset[int] = frozenset()
        self._selected_stroke: tuple[int, int] | None = None
        self._pinned: Unit | None = None
        self._hovered: Unit | None = None
        self._window: tuple[int, int] | None = None
        self._hovered_window: tuple[int, int] | None = None
        self._focus: StrokeSelection | None = None
        self._focus_window = FocusWindow()
        self.snapshot: Snapshot | None = None
        """The latest answer, shown by every view."""
        self.marks: Marks | None = None
        """Units that a chapter points out on the maps, where the maps show its ``marks.scene``."""
        self.badges: Mapping[str, tuple[int, ...]] = {}
        """Maps that had such units recently, by layer, whichever scene they show."""

    # Strokes

    @property
    def selection(self) -> frozenset[int]:
        """Indices of the selected items; empty means that sliders act on the whole drawing."""
        return self._selection

    @property
    def selected_stroke(self) -> tuple[int, int] | None:
        """(item, stroke) when a single stroke is selected within a group."""
        return self._selected_stroke

    def select(self, items: Iterable[int], stroke: tuple[int, int] | None = None) -> None:
        """Select items, or one stroke of one item."""
        chosen = frozenset(items)
        if (chosen, stroke) == (self._selection, self._selected_stroke):
            return
        self._selection, self._selected_stroke = chosen, stroke
        self._focus_window.release()
        self.selection_changed.emit()

    # Units

    @property
    def pinned(self) -> Unit | None:
        """The unit that a click pinned."""
        return self._pinned

    @property
    def hovered(self) -> Unit | None:
        """The unit under the pointer."""
        return self._hovered

    @property
    def inspected(self) -> Unit | None:
        """What inspector and receptive fields show: the hovered unit, else the pinned one."""
        return self._hovered or self._pinned

    def hover(self, unit: Unit | None) -> None:
        """Inspect the unit under the pointer, or none."""
        if unit != self._hovered:
            self._hovered = unit
            self.inspected_changed.emit()

    def pin(self, unit: Unit | None) -> None:
        """Pin a unit; None, or the pinned one again, unpins it."""
        self._pinned = None if unit == self._pinned else unit
        self.inspected_changed.emit()

    def mark(self, marks: Marks | None) -> None:
        """Point these units out on the maps, or none."""
        if marks is not self.marks:
            self.marks = marks
            self.marks_changed.emit()

    def badge(self, maps: Mapping[str, tuple[int, ...]]) -> None:
        """Point these maps out, by layer."""
        if maps != self.badges:
            self.badges = maps
            self.badges_changed.emit()

    # Windows

    @property
    def window(self) -> tuple[int, int] | None:
        """The chosen window, as (row, column) of the output; None: ``shown_window`` chooses."""
        return self._window

    def select_window(self, window: tuple[int, int] | None) -> None:
        """Show the scores of this window."""
        if window != self._window:
            self._window = window
            self.window_changed.emit()

    def hover_window(self, window: tuple[int, int] | None) -> None:
        """Show the scores of the window under the pointer meanwhile, or of none."""
        if window != self._hovered_window:
            self._hovered_window = window
            self.window_changed.emit()

    def shown_window(self) -> tuple[int, int] | None:
        """Return the window whose scores are shown now, as (row, column) of the output.

        The hovered window, else the chosen one, else that of the digit to which the selected item
        or the ``focus`` belongs, else that of the most confident digit. That digit is kept until
        another is far more confident, so that views do not jump while two compete; of a
        demonstration's scene what was shown before does not count. None until there is a snapshot.
        """
        snapshot = self.snapshot
        if snapshot is None:
            return None
        output = snapshot.maps["output"]
        _, rows, columns = output.shape
        for window in (self._hovered_window, self._window):
            if window is not None and window[0] < rows and window[1] < columns:
                return window
        if snapshot.window is not None:  # whose maps are shown
            return snapshot.window
        part = self._focus
        if self._selected_stroke is not None:
            part = StrokeSelection(*self._selected_stroke)
        elif len(self._selection) == 1:
            part = StrokeSelection(*self._selection)
        return self._focus_window.of(
            snapshot.scene, snapshot.architecture, output, snapshot.reading, part,
            staged=self.is_staged,
        )  # fmt: skip

    @property
    def is_staged(self) -> bool:
        """Whether the scene is a demonstration's, as that has it."""
        return False

    @property
    def focus_window(self) -> tuple[int, int] | None:
        """The window shown last while none was chosen; its digit stays until another is far more
        probable."""
        return self._focus_window.window

    @property
    def focus(self) -> StrokeSelection | None:
        """The part of the drawing that a chapter speaks of while nothing is selected."""
        return self._focus

    def set_focus(self, part: StrokeSelection | None) -> None:
        """Show the window of this part's digit where nothing is selected and no window is held for
        the scene; None also ends such a hold."""
        if part != self._focus:
            self._focus = part
            if part is None:
                self._focus_window.release()
            self.window_changed.emit()
