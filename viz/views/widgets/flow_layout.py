"""A flow layout: controls side by side, wrapped to another row where there is no room.

What ignores its width, as a ``Line`` does, takes the rest of its row; what is wider than a row is
made as wide as that.
"""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from viz.views.theme import GRID


class FlowLayout(QLayout):
    """Lays visible items out in rows, as in Qt's example of this name.

    A widget whose own width is ignored, such as a ``Line``, gets what the others leave of its row,
    or as the last one a row of its own where that is less than half of it.
    """

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 3 * GRID) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self._items: list[QLayoutItem] = []
        self._is_compact = False

    def set_compact(self, compact: bool) -> None:
        """Set whether the last item is left out where it would have a row of its own."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.invalidate()

    def addItem(self, item: QLayoutItem | None) -> None:
        if item is not None:
            self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = self.spacing() * max(0, len(sizes) - 1)
        return QSize(
            sum(size.width() for size in sizes) + gaps,
            max((size.height() for size in sizes), default=0),
        )

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0),
            max((size.height() for size in sizes), default=0),
        )

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        """The visible items, as many side by side as go into ``width``."""
        rows: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wide = item.sizeHint().width()
            if not rows or left + wide > width:
                rows.append([])
                left = 0
            rows[-1].append(item)
            left += wide + self.spacing()
        for row in rows[:]:
            if len(row) > 1 and _grows(row[-1]) and self._spare(row, width, row[-1]) < width / 2:
                rows.insert(rows.index(row) + 1, [row.pop()])
        return rows

    def _spare(self, row: list[QLayoutItem], width: int, item: QLayoutItem) -> int:
        """How wide an item of a row is that takes all that the others leave."""
        others = (one.sizeHint().width() + self.spacing() for one in row if one is not item)
        return width - sum(others)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the items from the left top of ``rect``, or only measure; return the height."""
        top, rows = rect.top(), self._rows(rect.width())
        if self._is_compact and len(rows) > 1 and len(rows[-1]) == 1:
            (left_out,) = rows.pop()
            if move:
                left_out.setGeometry(QRect())
        for number, row in enumerate(rows):
            at = QPoint(rect.left(), top + (GRID if number else 0))
            high = max(item.sizeHint().height() for item in row)
            rest = next(filter(_grows, row), None)
            for item in row:
                wide = item.sizeHint().width()
                if item is rest:
                    wide = self._spare(row, rect.width(), item)
                size = QSize(min(wide, rect.width()), item.sizeHint().height())
                if move:
                    down = (high - size.height()) // 2
                    item.setGeometry(QRect(at + QPoint(0, down), size))
                at.setX(at.x() + size.width() + self.spacing())
            top = at.y() + high
        return top - rect.top()


def _grows(item: QLayoutItem) -> bool:
    """Whether an item takes the rest of its row: the own width of its widget is ignored."""
    widget = item.widget()
    return (
        widget is not None and widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
    )
