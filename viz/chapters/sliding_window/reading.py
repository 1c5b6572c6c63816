"""Reading step by step: windows, their merged segments, competing classes, the answer.

Every step is drawn in the columns of its windows, below one sentence that states its rule.
"""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from viz.chapters.sliding_window.segments import draw_rivals, draw_runs, draw_shares
from viz.chapters.sliding_window.strip import Columns, draw_winners
from viz.chapters.sliding_window.tips import (
    about_rivals,
    about_run,
    about_runs,
    nothing,
    run_name,
    verdicts,
)
from viz.chapters.sliding_window.window_instrument import SlidingInstrument
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.reading import Line, Reading, Run
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views.answer.answer_tips import about_window
from viz.views.theme import GRID

BAR = 2 * GRID
"""Height of the bars of probabilities and shares."""
AIR = 6
"""Between a step's caption and what it says, where there is room: a bracket would underline it."""
WINDOWS, RUNS, RIVALS, ANSWER = range(4)


class SlidingReading(SlidingInstrument):
    """The states of ``viz.measure.reading`` on the current outputs, one above the other. In the
    steps below the first, pointing at a segment selects its most confident window."""

    id = "reading"
    NAME = "sliding reading"

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(document, engine, parent)
        self.title = tr("Reading")
        self.hint = tr(
            "Move digits together and apart: windows beside each other that agree are one digit."
        )
        self.tip = tr(
            "How digits are read off the windows: the likeliest division of the row into runs of "
            "one to three windows per digit, and nothing between them."
        )
        self._snapshot: Snapshot | None = None
        self._columns: Columns | None = None
        self._scroll = 0
        self.setAccessibleName(tr("The reading, step by step"))
        document.window_changed.connect(self.update)
        document.selection_changed.connect(self.update)

    def measure(self, snapshot: Snapshot) -> None:
        """Show how this snapshot was read: nothing is left to be measured."""
        self._snapshot = snapshot
        text = snapshot.reading.text or tr("nothing read")
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
        self.update()

    # Geometry

    @property
    def reading(self) -> Reading | None:
        """What is shown step by step."""
        return None if self._snapshot is None else self._snapshot.reading

    @property
    def _none(self) -> bool:
        """Whether the network has the class "none"."""
        return self._snapshot is None or self._snapshot.architecture.none

    @property
    def row(self) -> int:
        """The row of windows that is shown: the shown window's."""
        assert self._snapshot is not None
        row = (self._document.shown_window() or (0, 0))[0]
        return min(row, self._snapshot.maps["output"].shape[1] - 1)

    @property
    def line(self) -> Line | None:
        """The line of writing that is shown: the one nearest to the shown window."""
        if self.reading is None:
            return None
        row = self.row
        return min(self.reading.lines, key=lambda line: abs(line.row - row))

    def _layout(self, total: int) -> Columns:
        """The columns now in sight; hovering here never scrolls."""
        shown = self._document.window or self._document.shown_window() or (0, 0)
        column = min(shown[1], total - 1)
        if self._hovered is not None and self._columns and self._columns.total == total:
            column = self._columns.first + self._columns.count // 2
        inset = self._small.width("‹") + GRID
        self._columns = Columns.within(
            inset, self.width() - inset, total, self._small, column, self._scroll
        )
        self._scroll = self._columns.first
        return self._columns

    def _air(self) -> float:
        """How far below its caption a step begins, besides."""
        return min(max(0.0, (self.height() - sum(self._heights())) / 8), AIR)

    def _heights(self) -> tuple[float, ...]:
        """What the four steps need."""
        small, large = self._small.height, self._large[0].height
        return (
            2 * small + BAR + 2, 2 * small + 2 * GRID, 2 * small + BAR + 2 + GRID, small + large,
        )  # fmt: skip

    def _tops(self) -> list[float]:
        """Where the four steps begin, and where the last one ends."""
        heights = [height + self._air() for height in self._heights()]
        gap = min(max(0.0, (self.height() - sum(heights)) / 4), 1.5 * self._small.height)
        tops = [0.0]
        for height in heights:
            tops.append(tops[-1] + height + gap)
        return tops

    def step_at(self, position: QPointF) -> int:
        """Which of the four steps lies under a point."""
        return sum(position.y() >= top for top in self._tops()[1:-1])

    def run_at(self, x: float) -> Run | None:
        """Return the segment whose columns lie under x."""
        column = self._columns.at(x) if self._columns else None
        line = self.line
        if line is None or column is None:
            return None
        return next((run for run in line.runs if run.start <= column < run.end), None)

    def window_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return a column's window in the first step, below it a segment's most confident one."""
        line = self.line
        column = self._columns.at(position.x()) if self._columns else None
        if line is None or column is None:
            return None
        if self.step_at(position) == WINDOWS:
            return self.row, column
        run = self.run_at(position.x())
        return run.window if run else None

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The four steps."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.background)
        line, snapshot = self.line, self._snapshot
        if line is None or snapshot is None:
            painter.setFont(self._small.font)
            painter.setPen(self._theme.quiet)
            self._small.draw(painter, 0, 0, tr("loading the network …"))
            painter.end()
            return
        seen = snapshot.maps["output"][:, self.row]
        columns, tops = self._layout(seen.shape[1]), self._tops()
        self._paint_shown(painter, columns)
        for top, (name, rules) in zip(tops, self._headings(line, columns), strict=False):
            self._heading(painter, top, name, rules)
        below = self._small.height + self._air()
        place = tops[WINDOWS] + below, float(BAR)
        draw_winners(
            painter, self._small, self._theme, columns, place, seen.argmax(0), np.exp(seen.max(0))
        )
        painter.setClipRect(QRectF(columns.left, 0, columns.right - columns.left, self.height()))
        top = tops[RUNS] + below + GRID
        draw_runs(painter, self._small, self._theme, columns, top, line.runs, self._none)
        for run in line.runs:
            draw_shares(painter, self._theme, columns, tops[RIVALS] + below + GRID, BAR, run)
            self._paint_digit(painter, tops[ANSWER] + below, columns, run)
        pairs = tops[RIVALS] + below + GRID + BAR + 2
        draw_rivals(painter, self._small, self._theme, columns, pairs, line.runs)
        painter.setClipping(False)
        self._paint_focus(painter)
        painter.end()

    def _headings(self, line: Line, columns: Columns) -> list[tuple[str, tuple[str, ...]]]:
        """Each step's name and rule, in wordings from the longest to the shortest."""
        assert self.reading is not None
        lines = self.reading.lines
        of_row = tr("row {row}", row=self.row)
        if self.row != line.row and line.runs:
            of_row += tr(" (runs from row {row})", row=line.row)
        if len(lines) > 1:
            of_row += tr(", line {n} of {all}", n=lines.index(line) + 1, all=len(lines))
        if columns.count < columns.total:
            of_row += tr(
                ", columns {first}–{last} of {all}",
                first=columns.first, last=columns.first + columns.count - 1, all=columns.total,
            )  # fmt: skip
        text = "".join(run_name(run) for run in line.runs)
        return [
            (tr("windows"), (tr("the likeliest class of each: {where}", where=of_row), of_row)),
            (
                tr("runs"),
                (
                    tr("1 to 3 neighbours that say the same are one digit"),
                    tr("1 to 3 that agree are one digit"),
                ),
            ),
            (tr("rivals"), verdicts(self._spoken_of(line), self._none)),
            (
                tr("answer"),
                (text or tr("no run is likelier than {none}", none=nothing(self._none)),),
            ),
        ]

    def _spoken_of(self, line: Line) -> Run | None:
        """The [?] of the line that is nearest to the shown window."""
        column = (self._document.shown_window() or (0, 0))[1]
        doubtful = [run for run in line.runs if run.doubt]
        return min(doubtful, key=lambda run: abs(run.digit.column - column), default=None)

    def _heading(self, painter: QPainter, top: float, name: str, rules: tuple[str, ...]) -> None:
        painter.setFont(self._bold.font)
        painter.setPen(self._theme.text)
        x = self._bold.draw(painter, 0, top, name) + 2 * GRID
        painter.setFont(self._small.font)
        painter.setPen(self._theme.quiet)
        self._small.draw(painter, x, top, self._worded(painter, self.width() - x, rules))

    def _paint_shown(self, painter: QPainter, columns: Columns) -> None:
        """The column of the shown window, through all steps."""
        shown = self._document.shown_window()
        if shown is not None and shown[1] in columns.visible:
            band = QColor(self._theme.field if self._hovered else self._theme.accent)
            band.setAlpha(45)
            x, tops = columns.x(shown[1]), self._tops()
            top, bottom = tops[WINDOWS] + self._small.height, tops[-1]
            painter.fillRect(QRectF(x - columns.pitch / 2, top, columns.pitch, bottom - top), band)

    def _paint_digit(self, painter: QPainter, top: float, columns: Columns, run: Run) -> None:
        painter.setFont(self._large[0].font)
        painter.setPen(self._theme.text)
        self._large[0].draw(painter, columns.x(run.digit.column), top, run_name(run), align=0.5)

    # Keys and words

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Choose the neighbouring window or line (arrow keys) or the focus window (Escape)."""
        assert event is not None
        shown, line = self._document.shown_window(), self.line
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        across = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self._document.select_window(None)
        elif line is None or shown is None or self.reading is None:
            super().keyPressEvent(event)
        elif sideways:
            column = min(max(shown[1] + sideways, 0), len(self.reading.winners) - 1)
            self._document.select_window((self.row, column))
        elif across:
            lines = self.reading.lines
            number = min(max(lines.index(line) + across, 0), len(lines) - 1)
            self._document.select_window((lines[number].row, shown[1]))
        else:
            super().keyPressEvent(event)

    def tooltip(self, position: QPointF) -> str:
        """Return the text for the window or segment under a point, else for its step."""
        step, run = self.step_at(position), self.run_at(position.x())
        if step == WINDOWS:
            window = self.window_at(position)
            if window is not None and self._snapshot is not None:
                snapshot = self._snapshot
                return about_window(snapshot.architecture, *window, snapshot.maps["output"])
            if not self._none:
                return tr("p(class) = exp(log-softmax).")
            return tr("p(class) = exp(log-softmax); none is a dot.")
        if step == RUNS:
            return about_run(run, self._none) if run else about_runs(self._none)
        if step == RIVALS:
            return about_rivals(run, self._none) if run else self.tip
        return tr("Each run's digit at the centre of its evidence; [?] where it is undecided.")
