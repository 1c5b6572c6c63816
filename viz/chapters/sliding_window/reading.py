"""Reading: windows, the segments they are merged to, competing classes, and the answer.

Every step is drawn in the columns of its windows, below one sentence that states its rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent

from viz.chapters.instrument import Context, Instrument
from viz.chapters.sliding_window.strip import BAR, Columns, draw_winners
from viz.chapters.sliding_window.tips import (
    about_competing,
    about_segment,
    about_segments,
    nothing,
    segment_name,
    state_name,
    verdict,
)
from viz.i18n import number, tr
from viz.measure.reading import (
    EDGE,
    SEGMENT_COST,
    Evidence,
    Line,
    Reading,
    Segment,
    evidence,
)
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views.answer.answer_tips import about_window
from viz.views.answer.window_view import WindowView
from viz.views.theme import GRID
from viz.views.widgets.text_cache import TextCache, text_cache

SUMS, LEAST_SUMS = 4, 2
"""Rows of log-probabilities of a segment: its likeliest classes, and last none where all fit."""

LARGE = 1.25
"""Size of the answer's digits, in sizes of small text."""

WINDOWS, SEGMENTS, CLASSES, ANSWER = range(4)


class ReadingView(WindowView):
    """The steps of ``viz.measure.reading`` on the current outputs, one above the other.

    Pointing at a segment below the first step points at its most confident window.
    """

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._snapshot: Snapshot | None = None
        self._columns: Columns | None = None
        self._scroll = 0
        self._evidence: dict[Segment, Evidence] = {}
        self.setAccessibleName(tr("The reading, step by step"))
        document.window_changed.connect(self.update)
        document.selection_changed.connect(self.update)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how this snapshot was read."""
        self._snapshot = snapshot
        self._evidence.clear()
        self.setAccessibleDescription(snapshot.reading.text or tr("nothing read"))
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(
            20 * self.text_px, round(sum(self._heights()[:ANSWER]) - GRID)
        )  # without space below

    # What is shown

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

    def headings(self) -> list[tuple[str, str]]:
        """Return each step's name and rule."""
        line, reading, columns = self.line, self.reading, self._columns
        if line is None or reading is None:
            return []
        where = tr("row {row}", row=self.row)
        if self.row != line.row and line.segments:
            where += tr(" (segments of row {row})", row=line.row)
        if len(reading.lines) > 1:
            place = reading.lines.index(line) + 1
            where += tr(", line {n} of {all}", n=place, all=len(reading.lines))
        if columns is not None and columns.count < columns.total:
            last = columns.first + columns.count - 1
            where += tr(
                ", columns {first}–{last} of {all}",
                first=columns.first, last=last, all=columns.total,
            )  # fmt: skip
        merged = tr(
            "1 to 3 windows each, of the largest Σ log p; in brackets: log-odds against {none}",
            none=nothing(self._none),
        )
        spoken_of = self._spoken_of(line)
        weighed = None if spoken_of is None else self.evidence(spoken_of)
        text = "".join(map(segment_name, line.segments))
        nowhere = tr("no segment is likelier than {none}", none=nothing(self._none))
        return [
            (tr("windows"), tr("the likeliest class and its probability: {where}", where=where)),
            (tr("segments"), merged),
            (tr("competing classes"), verdict(spoken_of, weighed, self._none)),
            (tr("answer"), text or nowhere),
        ]  # fmt: skip

    def _shorter(self) -> list[str]:
        """The rules for less room, in the order of the steps; "" where there is none."""
        merged = tr(
            "1 to 3 windows; in brackets: log-odds against {none}", none=nothing(self._none)
        )
        spoken_of = None if self.line is None else self._spoken_of(self.line)
        weighed = None if spoken_of is None else self.evidence(spoken_of)
        return ["", merged, verdict(spoken_of, weighed, self._none, brief=True), ""]

    def _spoken_of(self, line: Line) -> Segment | None:
        """The segment that the shown window belongs to, else the nearest."""
        column = (self._document.shown_window() or (0, 0))[1]
        return min(
            line.segments,
            key=lambda one: (
                max(one.start - column, column + 1 - one.end, 0),
                abs(one.digit.column - column),
            ),
            default=None,
        )

    def evidence(self, segment: Segment) -> Evidence:
        """Return the log-probabilities that decided a segment of the line that is shown."""
        if segment not in self._evidence:
            assert self._snapshot is not None and self.line is not None
            output = self._snapshot.maps["output"]
            self._evidence[segment] = evidence(output, self.line, segment)
        return self._evidence[segment]

    # Geometry

    @property
    def _large(self) -> TextCache:
        return text_cache(round(LARGE * self.text_px), bold=True)

    def _heights(self, sums: int = LEAST_SUMS) -> tuple[float, ...]:
        """What the four steps need, their headings and some rows of sums included."""
        small = self.small.height
        return (
            2 * small + BAR + 2, 2 * small + GRID + self._bracket, (1 + sums) * small + GRID / 2,
            small + self._large.height,
        )  # fmt: skip

    @property
    def _bracket(self) -> float:
        """From the sentence on segments down to their brackets, which are not to look like a line
        under it."""
        return max(GRID + 1.0, 0.4 * self.text_px)

    @property
    def sums(self) -> int:
        """How many rows of sums there is room for."""
        spare = int((self.height() - sum(self._heights())) / self.small.height)
        return min(SUMS, LEAST_SUMS + max(0, spare))

    def _tops(self) -> list[float]:
        """Where the four steps begin, and where the last one ends."""
        heights = self._heights(self.sums)
        gap = min(max(0.0, (self.height() - sum(heights)) / 4), 1.5 * self.small.height)
        return np.cumsum([0.0, *(height + gap for height in heights)]).tolist()

    def _layout(self, total: int) -> Columns:
        """The columns now in sight; hovering here never scrolls."""
        shown = self._document.window or self._document.shown_window() or (0, 0)
        column = min(shown[1], total - 1)
        if self._hovered is not None and self._columns and self._columns.total == total:
            column = self._columns.first + self._columns.count // 2
        inset = self.small.width("‹") + GRID
        self._columns = Columns.within(
            inset, self.width() - inset, total, self.small, column, self._scroll
        )
        self._scroll = self._columns.first
        return self._columns

    def place(self, column: int, step: int) -> QPointF:
        """Return the middle of what a step draws in a column of windows."""
        assert self._columns is not None
        tops, below = self._tops(), self.small.height
        return QPointF(self._columns.x(column), (tops[step] + below + tops[step + 1]) / 2)

    @property
    def columns(self) -> Columns | None:
        """The columns in sight; None before they were painted."""
        return self._columns

    def step_at(self, position: QPointF) -> int:
        """Return which of the four steps lies under a point."""
        return sum(position.y() >= top for top in self._tops()[1:-1])

    def segment_at(self, x: float) -> Segment | None:
        """Return the segment whose columns lie under x."""
        column = self._columns.at(x) if self._columns else None
        line = self.line
        if line is None or column is None:
            return None
        return next((one for one in line.segments if one.start <= column < one.end), None)

    def window_at(self, position: QPointF) -> tuple[int, int] | None:
        line = self.line
        column = self._columns.at(position.x()) if self._columns else None
        if line is None or column is None:
            return None
        if self.step_at(position) == WINDOWS:
            return self.row, column
        segment = self.segment_at(position.x())
        return segment.window if segment else None

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        line, snapshot, small, theme = self.line, self._snapshot, self.small, self.theme
        if line is None or snapshot is None:
            return
        painter = QPainter(self)
        seen = snapshot.maps["output"][:, self.row]
        columns, tops = self._layout(seen.shape[1]), self._tops()
        self._paint_shown(painter, columns, tops)
        for top, (name, rule), shorter in zip(tops, self.headings(), self._shorter(), strict=False):
            self._paint_heading(painter, top, name, (rule, shorter or rule))
        winners, sure = seen.argmax(0), np.exp(seen.max(0))
        draw_winners(painter, small, theme, columns, tops[WINDOWS] + small.height, winners, sure)
        painter.setClipRect(QRectF(columns.left, 0, columns.right - columns.left, self.height()))
        self._paint_segments(
            painter, columns, tops[SEGMENTS] + small.height + self._bracket, line.segments
        )
        painter.setClipping(False)
        self._paint_sums(painter, columns, tops[CLASSES] + small.height + GRID / 2, line.segments)
        painter.setClipRect(QRectF(columns.left, 0, columns.right - columns.left, self.height()))
        large = self._large
        painter.setFont(large.font)
        painter.setPen(theme.text)
        for segment in line.segments if tops[-1] <= self.height() + GRID else ():
            x, name = columns.x(segment.digit.column), segment_name(segment)
            large.draw(painter, x, tops[ANSWER] + small.height, name, align=0.5)
        painter.setClipping(False)
        if self.framed:
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.accent)
        painter.end()

    def _paint_heading(
        self, painter: QPainter, top: float, name: str, rules: tuple[str, str]
    ) -> None:
        """A step's name, and its rule or the shorter one."""
        painter.setFont(self.bold.font)
        painter.setPen(self.theme.text)
        x = self.bold.draw(painter, 0, top, name) + 2 * GRID
        painter.setFont(self.small.font)
        painter.setPen(self.theme.quiet)
        mode, room = Qt.TextElideMode.ElideRight, int(self.width() - x)
        rule = self.small.fitting(rules, room)
        self.small.draw(painter, x, top, painter.fontMetrics().elidedText(rule, mode, room))

    def _paint_shown(self, painter: QPainter, columns: Columns, tops: list[float]) -> None:
        """The column of the shown window, through all steps."""
        shown = self._document.shown_window()
        if shown is not None and shown[1] in columns.visible:
            band = QColor(self.theme.field if self._hovered else self.theme.accent)
            band.setAlpha(45)
            x, top = columns.x(shown[1]), tops[WINDOWS] + self.small.height
            band_place = QRectF(x - columns.pitch / 2, top, columns.pitch, tops[-1] - top)
            painter.fillRect(band_place, band)

    def _paint_segments(
        self, painter: QPainter, columns: Columns, top: float, segments: Sequence[Segment]
    ) -> None:
        """A bracket over each segment, its digit and, where there is room, its log-odds."""
        small, free = self.small, columns.left
        painter.setFont(small.font)
        for place, segment in enumerate(segments):
            left, right = _span(columns, segment)
            digit = segment.digit.digit
            hue = self.theme.text if digit is None else self.theme.class_ink(digit)
            painter.fillRect(QRectF(left, top, right - left, 2), hue)
            for x in (left, right - 2):
                painter.fillRect(QRectF(x, top, 2, GRID), hue)
            last = place + 1 == len(segments)
            end = columns.right if last else (right + _span(columns, segments[place + 1])[0]) / 2
            name = segment_name(segment)
            text = f"{name} ({number(segment.ahead, 1)})"
            text = text if small.width(text) <= end - free - GRID else name
            wide = small.width(text)
            x = max(min((left + right - wide) / 2, end - wide), free)
            painter.setPen(self.theme.text)
            small.draw(painter, x, top + GRID, text)  # between the ends of the bracket
            free = end

    def _paint_sums(
        self, painter: QPainter, columns: Columns, top: float, segments: Sequence[Segment]
    ) -> None:
        """For each segment, where there is room, that of the shown window first: the log p of its
        likeliest classes in each of its windows, and their sums; the largest decides."""
        small = self.small
        painter.setFont(small.font)
        line = self.line
        assert line is not None
        spoken_of = self._spoken_of(line)
        names = [nothing(self._none), *map(state_name, range(11))]
        label = max(map(small.width, names)) + GRID
        cell, total = small.width("−0.00") + GRID, small.width("= −00.00") + 2 * GRID
        taken: list[tuple[float, float]] = []
        for segment in sorted(segments, key=lambda one: (one is not spoken_of, not one.doubt)):
            count = segment.end - segment.start
            pitch = max(cell, columns.pitch)
            middle = (columns.x(segment.start) + columns.x(segment.end - 1)) / 2
            left = middle - count * pitch / 2
            left = min(max(left, label), max(label, self.width() - total - count * pitch))
            right = left + count * pitch
            if any(left - label < end and right + total > begin for begin, end in taken):
                continue
            taken.append((left - label, right + total))
            self._paint_evidence(painter, segment, top, left, pitch)

    def _paint_evidence(
        self, painter: QPainter, segment: Segment, top: float, left: float, pitch: float
    ) -> None:
        """The rows of one segment; its windows begin at ``left`` and are ``pitch`` wide."""
        small, theme, found, rows = self.small, self.theme, self.evidence(segment), self.sums
        shown = [
            (state_name(state), found.terms[state], theme.text if place == 0 else theme.quiet)
            for place, state in enumerate(found.likeliest(rows - (rows == SUMS)))
        ]
        if rows == SUMS:
            shown.append((nothing(self._none), found.none, theme.quiet))
        right = left + len(found.none) * pitch
        for row, (name, terms, ink) in enumerate(shown):
            y = top + row * small.height
            painter.setPen(ink)
            small.draw(painter, left - GRID, y, name, align=1.0)
            for place, term in enumerate(terms.tolist()):
                small.draw(painter, left + (place + 0.5) * pitch, y, number(term, 2), align=0.5)
            text = tr("= {sum}", sum=number(float(terms.sum()), 2))
            small.draw(painter, right + GRID, y, text)

    # Keys and tips

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._hover(None)  # nothing is pointed at out of sight
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The arrow keys choose the neighbouring window or line."""
        assert event is not None
        shown, line, reading = self._document.shown_window(), self.line, self.reading
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        across = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if line is None or shown is None or reading is None or not (sideways or across):
            super().keyPressEvent(event)
        elif sideways:
            column = min(max(shown[1] + sideways, 0), len(reading.winners) - 1)
            self._document.select_window((self.row, column))
        elif across:
            place = min(max(reading.lines.index(line) + across, 0), len(reading.lines) - 1)
            self._document.select_window((reading.lines[place].row, shown[1]))

    def tooltip(self, position: QPointF) -> str:
        step, segment = self.step_at(position), self.segment_at(position.x())
        headings = self.headings()
        rule = headings[step][1] if headings else ""
        if step == WINDOWS:
            window, snapshot = self.window_at(position), self._snapshot
            if window is not None and snapshot is not None:
                return about_window(snapshot.architecture, *window, snapshot.maps["output"])
            dot = " " + tr("“None” is a dot.") if self._none else ""
            return f"{rule}\n" + tr("p(class) = exp(log-softmax).") + dot
        if step == SEGMENTS:
            return (
                about_segment(segment, self.evidence(segment), self._none)
                if segment
                else about_segments(self._none)
            )
        if step == CLASSES:
            if segment is None:
                return rule
            return about_competing(segment, self.evidence(segment), self._none)
        return tr("Each segment's digit at the centre of its evidence; [?] where it is undecided.")


def _span(columns: Columns, segment: Segment) -> tuple[float, float]:
    """The left and right end of a segment's columns."""
    left = columns.x(segment.start) - columns.pitch / 2 + 2
    return left, columns.x(segment.end - 1) + columns.pitch / 2 - 2


class ReadingSteps(Instrument):
    """How the answer comes about, from the windows on."""

    tells_answer = True
    id = "reading"
    title = tr("Reading")
    hint = tr("Move digits together and apart: up to three neighbouring windows are one digit.")
    tip = tr(
        "How digits are read from the windows: the likeliest division of the row into segments of "
        "one to three windows for each digit, and nothing between them."
    )
    explanation = tr(
        "A digit is read in one to three neighbouring windows, so neighbours that agree are one "
        "<b>segment</b>; between segments the windows give “none”. Of all divisions into segments "
        "and “none” the likeliest is chosen: a segment counts the sum of its windows’ log-odds, "
        "less a cost for naming a digit. <b>[?]</b> stands where windows hold ink but disagree, as "
        "for a 3 drawn through a 5. Move two digits together and watch the competing classes. "
        "Nothing here is based on numbers: each digit is read independently of those beside it."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view = ReadingView(context.document)
        self.view.window_hovered.connect(context.canvas.set_hovered_window)
        self.view.window_hovered.connect(context.document.hover_window)
        self.set_view(self.view)

    def refresh(self) -> None:
        if self.snapshot is not None:
            self.view.show_snapshot(self.snapshot)

    def formula(self) -> str:
        law = tr("log-odds = Σ log <i>p</i>(digit)/<i>p</i>(none) − cost")
        line, reading = self.view.line, self.view.reading
        if line is None or reading is None or not line.segments:
            return law
        segment = line.segments[0]
        windows = segment.end - segment.start
        ends = (segment.start == 0) + (segment.end == len(reading.winners))
        cost = float(SEGMENT_COST[windows - 1]) - ends * EDGE
        return tr(
            "{law}<br>= {sum} − {cost} = <b>{ahead}</b> for {digit} in {windows} windows",
            law=law, sum=number(segment.ahead + cost, 1), cost=number(cost, 1),
            ahead=number(segment.ahead, 1), digit=segment_name(segment), windows=windows,
        )  # fmt: skip
