"""A table: heads above columns, and rows of short texts that may change with every frame.

Painted, because a QTableWidget would lay out each text anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import GRID
from viz.views.widgets.export import Rows, export_menu
from viz.views.widgets.painted_view import PaintedView

LEAST_GAP, GAP, JOINED = 2 * GRID, 6 * GRID, 3 * GRID
"""Pixels between two columns, and between two below one head."""

LEAST_PITCH, PITCH = 1.0, 1.7
"""Height of a row, in text sizes."""

BETWEEN = 0.5
"""Between two blocks, in rows."""


@dataclass(frozen=True)
class Column:
    """One column: its ``head``, a smaller one ``under`` it, and its ``tip``.

    ``widest`` is the widest text that it must hold. A column that is ``joined`` shares the head of
    the one before it. Where there is no room for all, not even in blocks one below the other, those
    of the highest ``rank`` go first; 0 stays.
    """

    head: str
    under: str = ""
    tip: str = ""
    widest: str = ""
    left: bool = False
    """Whether its texts stand at the left, as words do; numbers stand at the right."""
    joined: bool = False
    rank: int = 0


@dataclass(frozen=True)
class Place:
    """Where a column stands, by its ``number``: its ends in pixels, and its block, from the top."""

    number: int
    left: float
    right: float
    block: int = 0


class Table(PaintedView):
    """The rows; where there is no room for all, wheel and arrow keys lead through them.

    Where it is too narrow for all columns and high enough, the last ones stand in a block below,
    beside the first column once more.
    """

    def __init__(
        self, name: str, columns: Sequence[Column] = (), parent: QWidget | None = None
    ) -> None:
        """``name`` is for screen readers."""
        super().__init__(parent)
        self.columns: tuple[Column, ...] = tuple(columns)
        self.rows: tuple[tuple[str, ...], ...] = ()
        """The texts, one tuple for each row."""
        self.describe: Callable[[int, int], str] = lambda row, column: ""
        """What the tip adds to that of the column, by row and column."""
        self._first, self._dimmed, self._turned = 0, False, 0.0
        self._places: tuple[tuple[int, int], tuple[Place, ...]] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    # What is shown

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        if tuple(columns) != self.columns:
            self.columns, self._places = tuple(columns), None
            self.update()

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these texts, one for each column in each row."""
        new = tuple(tuple(row) for row in rows)
        if new != self.rows:
            if len(new) != len(self.rows):
                self._places = None
                self.updateGeometry()
            self.rows = new
            self.setAccessibleDescription("; ".join(" ".join(texts) for texts in new))
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show the rows faintly: they belong to something that is no longer there."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def table(self) -> Rows:
        """The heads and the rows."""
        heads, head = [], ""
        for column in self.columns:
            head = head if column.joined else column.head
            heads.append(f"{head} {column.under}".strip())
        return [heads, *self.rows]

    def restyle(self) -> None:
        self._places = None

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(40 * self.text_px, round(PITCH * self.text_px * (2 + len(self.rows))))

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * self.text_px, 4 * self.text_px)

    @property
    def _heads(self) -> int:
        """Lines of heads."""
        return 2 if any(column.under for column in self.columns) else 1

    @property
    def _blocks(self) -> int:
        places = self.places()
        return places[-1].block + 1 if places else 1

    @property
    def pitch(self) -> float:
        """Pixels from one row to the next."""
        blocks = self._blocks
        lines = blocks * (self._heads + len(self.rows)) + BETWEEN * (blocks - 1)
        fit = self.height() / max(1, lines)
        return min(PITCH * self.text_px, max(LEAST_PITCH * self.text_px, fit))

    @property
    def rows_in_sight(self) -> range:
        """The numbers of the rows that there is room for."""
        lines = self.height() / self.pitch / self._blocks
        count = max(1, int(lines + 0.01) - self._heads)
        first = min(self._first, max(0, len(self.rows) - count))
        return range(first, min(first + count, len(self.rows)))

    def top_of(self, block: int) -> float:
        """Return where a block of columns begins, in pixels from the top."""
        return block * self.pitch * (self._heads + len(self.rows_in_sight) + BETWEEN)

    def places(self) -> tuple[Place, ...]:
        """The columns that there is room for, from left to right, block by block."""
        size = self.width(), self.height()
        if self._places is None or self._places[0] != size:
            self._places = size, self._lay_out()
        return self._places[1]

    @property
    def full_width(self) -> float:
        """How many pixels all columns need side by side."""
        wide = self._widths()
        return self.width() - self._left_over(range(len(wide)), wide)

    def _widths(self) -> list[float]:
        wide = [self._least_width(number) for number in range(len(self.columns))]
        # A head over several columns may need more than they do
        for first in range(len(wide)):
            span = self._span(first)
            if len(span) > 1:
                lacking = self.small.width(self.columns[first].head) - JOINED * (len(span) - 1)
                wide[span[-1]] += max(0.0, lacking - sum(wide[number] for number in span))
        return wide

    def _lay_out(self) -> tuple[Place, ...]:
        wide = self._widths()
        block = (self._heads + len(self.rows) + BETWEEN) * LEAST_PITCH * self.text_px
        most = max(1, int((self.height() + BETWEEN * self.text_px) / block))
        numbers = list(range(len(wide)))
        blocks = self._wrapped(numbers, wide)
        for rank in sorted({column.rank for column in self.columns if column.rank}, reverse=True):
            if len(blocks) <= most:
                break
            numbers = [number for number in numbers if self.columns[number].rank != rank]
            blocks = self._wrapped(numbers, wide)
        found: list[Place] = []
        for place, numbers in enumerate(blocks[:most]):
            found += self._in_a_line(numbers, wide, place)
        return tuple(found)

    def _wrapped(self, numbers: Sequence[int], wide: Sequence[float]) -> list[list[int]]:
        """The columns of each block, joined ones together; each begins with the first column."""
        blocks: list[list[int]] = []
        for number in numbers:
            if self.columns[number].joined:
                continue
            span = [one for one in self._span(number) if one in numbers]
            together = [*blocks[-1], *span] if blocks else span
            if not blocks:
                blocks.append(span)
            elif self._left_over(together, wide) >= 0 or blocks[-1] == numbers[:1]:
                blocks[-1] = together
            else:
                blocks.append([numbers[0], *span])
        return blocks

    def _in_a_line(
        self, numbers: Sequence[int], wide: Sequence[float], block: int
    ) -> Iterator[Place]:
        groups = sum(not self.columns[number].joined for number in numbers)
        spare = self._left_over(numbers, wide) / max(1, groups - 1)
        gap, right = min(GAP, LEAST_GAP + max(0.0, spare)), 0.0
        for number in numbers:
            left = right
            if number != numbers[0]:
                left += JOINED if self.columns[number].joined else gap
            right = left + wide[number]
            yield Place(number, left, right, block)

    def _left_over(self, numbers: Sequence[int], wide: Sequence[float]) -> float:
        gaps = (JOINED if self.columns[number].joined else LEAST_GAP for number in numbers[1:])
        return self.width() - sum(wide[number] for number in numbers) - sum(gaps)

    def _least_width(self, number: int) -> float:
        column = self.columns[number]
        texts = [column.widest, column.under]
        if self._span(number) == [number]:
            texts.append(column.head)
        return max(self.small.width(text) for text in texts)

    def _span(self, first: int) -> list[int]:
        """The columns that share the head of this one; none of one that is joined itself."""
        if self.columns[first].joined:
            return []
        span = [first]
        while span[-1] + 1 < len(self.columns) and self.columns[span[-1] + 1].joined:
            span.append(span[-1] + 1)
        return span

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme = QPainter(self), self.theme
        painter.setFont(self.small.font)
        for block in range(self._blocks):
            places = [place for place in self.places() if place.block == block]
            self._paint_block(painter, places, self.top_of(block))
        if self.framed:
            painter.setPen(theme.accent)
            painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_block(self, painter: QPainter, places: Sequence[Place], top: float) -> None:
        theme, small, pitch, heads = self.theme, self.small, self.pitch, self._heads
        by_number = {place.number: place for place in places}
        inset = top + (pitch - small.height) / 2
        rows = [(heads + line, self.rows[row]) for line, row in enumerate(self.rows_in_sight)]
        for place in places:
            column = self.columns[place.number]
            painter.setPen(theme.quiet)
            span = [by_number[number] for number in self._span(place.number) if number in by_number]
            if len(span) > 1:
                middle = (span[0].left + span[-1].right) / 2
                small.draw(painter, middle, inset, column.head, 0.5)
            elif span:
                self._draw(painter, place, inset, column.head)
            if heads > 1:
                self._draw(painter, place, pitch + inset, column.under)
            painter.setPen(theme.quiet if column.left or self._dimmed else theme.text)
            for line, texts in rows:
                self._draw(painter, place, line * pitch + inset, texts[place.number])
        if places:
            painter.setPen(theme.line)
            rule = top + heads * pitch
            painter.drawLine(QPointF(0, rule), QPointF(min(places[-1].right, self.width()), rule))

    def _draw(self, painter: QPainter, place: Place, top: float, text: str) -> None:
        if self.columns[place.number].left:
            self.small.draw(painter, place.left, top, text)
        else:
            self.small.draw(painter, place.right, top, text, 1)

    # Input

    def tooltip(self, position: QPointF) -> str | None:
        block = min(int(position.y() / max(1.0, self.top_of(1))), self._blocks - 1)
        places = [
            place for place in self.places() if place.block == block and place.left <= position.x()
        ]
        if not places:
            return None
        number = places[-1].number
        line = int((position.y() - self.top_of(block)) / self.pitch) - self._heads
        texts = [self.columns[number].tip]
        if 0 <= line < len(self.rows_in_sight):
            texts.append(self.describe(self.rows_in_sight[line], number))
        return "\n".join(filter(None, texts))

    def _scroll(self, lines: int) -> None:
        shown = self.rows_in_sight
        self._first = min(max(shown.start + lines, 0), max(0, len(self.rows) - len(shown)))
        self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        self._turned += event.angleDelta().y() / 120  # a touchpad sends small parts of a step
        lines = int(self._turned)
        self._turned -= lines
        self._scroll(-lines)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        lines = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if lines:
            self._scroll(lines)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        export_menu(self, self.table).popup(event.globalPos())
