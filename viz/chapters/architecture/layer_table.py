"""The table of layers, of which one is chosen, and the line in which a stack of them is written."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QLineEdit, QSizePolicy

from viz.chapters.architecture.measure.stack import Row, StackError, parse
from viz.i18n import UNKNOWN, percent, tr
from viz.views.widgets.table import Column, Table

MOST_ROWS = 64
"""Of all networks, which have at most 32 layers."""

SHARE = 4
"""The column whose numbers are bars, too."""


class LayerTable(Table):
    """A click or an arrow key chooses a row, whose number is its ``value``; 0 is the input."""

    chosen = pyqtSignal(int)
    """The user chose another row."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.value = 1
        self.shares: tuple[float, ...] = ()
        """Of all parameters, by row."""

    def show_value(self, value: int) -> None:
        """Choose a row. Raises ValueError for what is no number of one."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_ROWS:
            raise ValueError(value)
        self.value = value
        self.update()

    def set_layers(self, names: Sequence[str], rows: Sequence[Row]) -> None:
        """Show these; the last layers have a name only where they do not fit."""
        total = sum(row.parameters for row in rows)
        self.shares = tuple(row.parameters / total if total else 0.0 for row in rows)
        texts = [_texts(row, share) for row, share in zip(rows, self.shares, strict=True)]
        texts += [(UNKNOWN,) * len(_columns())] * (len(names) - len(rows))
        texts = [(name, *others[1:]) for name, others in zip(names, texts, strict=True)]
        self.set_columns(
            [
                Column(head, "", tip, max((one[place] for one in texts), key=len) + "0" * room,
                       left=place == 0, rank=rank)
                for place, (head, tip, rank, room) in enumerate(_columns())
            ]
        )  # fmt: skip
        self.set_rows(texts)
        self.value = min(self.value, len(names) - 1)
        self.update()

    def row_rect(self, row: int, block: int = 0) -> QRectF:
        """Return where a row stands in a block, all of its columns."""
        line = row - self.rows_in_sight.start + self._heads
        right = max((one.right for one in self.places() if one.block == block), default=0.0)
        return QRectF(0, self.top_of(block) + line * self.pitch, right, self.pitch)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, colour = QPainter(self), QColor(self.theme.quiet)
        colour.setAlphaF(0.4)
        if self.value in self.rows_in_sight:
            for block in range(self._blocks):
                painter.fillRect(self.row_rect(self.value, block), self.theme.line)
        for place in self.places():
            if place.number == SHARE:
                for row in self.rows_in_sight[: len(self.shares) - self.rows_in_sight.start]:
                    bar = self.row_rect(row, place.block).adjusted(0, 2, 0, -2)
                    bar.setLeft(place.left)
                    bar.setWidth(self.shares[row] * (place.right - place.left))
                    painter.fillRect(bar, colour)
        painter.end()
        super().paintEvent(event)

    def _choose(self, row: int) -> None:
        row = min(max(row, 0), len(self.rows) - 1)
        if row != self.value and self.rows:
            self.value = row
            if row not in self.rows_in_sight:
                self._scroll(row - self.rows_in_sight.start)
            self.update()
            self.chosen.emit(row)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        for block in range(self._blocks):
            for row in self.rows_in_sight:
                if self.row_rect(row, block).contains(event.position()):
                    self._choose(row)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if way:
            self._choose(self.value + way)
        else:
            super().keyPressEvent(event)


class StackEdit(QLineEdit):
    """The stack as text. Enter takes it, and so does leaving; Escape takes back what was typed."""

    chosen = pyqtSignal(str)
    """The user wrote another stack, which can be read."""
    refused = pyqtSignal(str)
    """Why what the user wrote cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.value = text
        """The stack that the user wrote last."""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("stack of layers"))
        self.editingFinished.connect(self._take)

    def show_value(self, value: str) -> None:
        """Take a stack from elsewhere. Raises ValueError for what is none."""
        if not isinstance(value, str):
            raise ValueError(value)
        self.value = str(parse(value))
        self.setText(self.value)

    def _take(self) -> None:
        if self.text() == self.value:
            return
        try:
            self.show_value(self.text())
        except StackError as error:
            self.refused.emit(str(error))
        else:
            self.chosen.emit(self.value)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape and self.text() != self.value:
            self.setText(self.value)
        else:
            super().keyPressEvent(event)


def _columns() -> tuple[tuple[str, str, int, int], ...]:
    """Of each column its head, its tip, in which order it goes, and room for a bar in figures."""
    return (
        (tr("layer"), tr("Click a row to compare the layer with others."), 0, 0),
        (tr("w×h×maps"), tr("Columns × rows × maps."), 0, 0),
        (tr("units"), tr("Maps · rows · columns, each a node of the network."), 1, 0),
        (tr("parameters"), tr("Weights and biases."), 0, 0),
        (tr("share"), tr("Of the parameters of all layers."), 0, 3),
        (tr("sees / px"), tr("Receptive field: pixels of the input that a unit sees."), 2, 0),
        (tr("multiply-adds"), tr("Of one pass; biases and pooling are not counted."), 3, 0),
        (tr("memory"), tr("Units and parameters, 4 bytes each."), 4, 0),
        (tr("unshared"), tr("Parameters if locally connected: a kernel for each place."), 5, 0),
        (tr("fully connected"), tr("Parameters if fully connected to as many units."), 5, 0),
    )


def _texts(row: Row, share: float) -> tuple[str, ...]:
    maps, height, width = row.shape
    rows, columns = row.field
    return (
        row.name,
        f"{width}×{height}×{maps:,}" if width * height > 1 else f"{maps:,}",
        f"{row.size:,}",
        f"{row.parameters:,}",
        percent(share),
        f"{rows}" if rows == columns else f"{columns}×{rows}",
        f"{row.multiply_adds:,}",
        memory(row.memory),
        f"{row.unshared:,}" if row.parameters else UNKNOWN,
        f"{row.dense:,}" if row.parameters else UNKNOWN,
    )


def memory(count: int) -> str:
    """Write a number of bytes: ``512 B``, ``18.3 kB``, ``471.9 MB``."""
    if count >= 1_000_000:
        return tr("{count:,.1f} MB", count=count / 1_000_000)
    return (
        tr("{count:,.1f} kB", count=count / 1_000)
        if count >= 1_000
        else tr("{count} B", count=count)
    )
