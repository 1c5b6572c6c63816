"""The shortcut sheet: every command with its key, searchable, and run from here with Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.views.theme import GRID

Row = tuple[str, str, str, str]
"""(group, text, shortcut, tip) of one command."""

MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -10,
    Qt.Key.Key_PageDown: 10,
}
"""How many commands a key goes down."""


class ShortcutSheet(QDialog):
    """Lists ``rows`` by group. Typing filters, the arrow keys choose, Enter closes the sheet and
    calls ``trigger`` with the chosen row's index."""

    def __init__(
        self,
        rows: Sequence[Row],
        trigger: Callable[[int], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows, self._trigger = tuple(rows), trigger
        self.setWindowTitle(tr("Shortcuts"))
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(tr("Type to search: pen, undo, Ctrl+Z …"))
        self._search.setAccessibleName(tr("Search the commands"))
        self._search.setClearButtonEnabled(True)
        self._list = QTreeWidget(self)
        self._list.setColumnCount(3)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setIndentation(0)
        self._list.setUniformRowHeights(True)
        self._list.setObjectName("commands")
        self._list.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The search field keeps the keyboard and chooses in the list
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(tr("Commands"))
        self._nothing = QLabel(tr("No command matches; clear the search to see them all."), self)
        self._nothing.setForegroundRole(self._nothing.palette().ColorRole.PlaceholderText)
        # Tips that are longer than their column are read here
        self._tip = QLabel(self)
        self._tip.setTextFormat(Qt.TextFormat.PlainText)
        self._tip.setWordWrap(True)
        self._tip.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        hint = QLabel(tr("↑ ↓ choose   Enter runs   Esc closes"), self)
        hint.setForegroundRole(hint.palette().ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*4 * (4 * GRID,))
        layout.setSpacing(2 * GRID)
        for widget in (self._search, self._list, self._nothing, self._tip, hint):
            layout.addWidget(widget)
        layout.setStretchFactor(self._list, 1)
        self._items = self._fill()
        self._search.textChanged.connect(self.filter)
        self._search.installEventFilter(self)
        self._list.currentItemChanged.connect(self._show_tip)
        self._list.itemActivated.connect(self._run)
        self._list.itemClicked.connect(self._run)
        self.filter("")

    def sizeHint(self) -> QSize:
        # For most tips and commands, but no larger than the screen less the window's frame
        line = self.fontMetrics().height()
        size = QSize(52 * line, 40 * line)
        screen = self.screen()
        if screen is None:
            return size
        return size.boundedTo(screen.availableSize() - QSize(2 * GRID, 3 * line))

    def _fill(self) -> list[QTreeWidgetItem]:
        groups: dict[str, QTreeWidgetItem] = {}
        items = []
        for index, (group, text, shortcut, tip) in enumerate(self._rows):
            if group not in groups:
                heading = QTreeWidgetItem(self._list, [group])
                heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
                groups[group] = heading
            item = QTreeWidgetItem(groups[group], [text, shortcut, tip])
            item.setData(0, Qt.ItemDataRole.UserRole, index)
            item.setToolTip(2, tip)
            items.append(item)
        for heading in groups.values():
            heading.setFirstColumnSpanned(True)
        self._list.expandAll()
        header = self._list.header()
        assert header is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setStretchLastSection(True)
        return items

    def showEvent(self, event: QShowEvent | None) -> None:
        self._dress()
        self._search.clear()
        self._search.setFocus()
        self.resize(self.sizeHint())  # for the present text and screen
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        # The list shows whole rows; what is left of the height is the tip's
        super().resizeEvent(event)
        tip = 2 * self.fontMetrics().lineSpacing()
        row = self._list.visualItemRect(self._list.topLevelItem(0)).height()
        rest = self._list.height() + self._tip.height() - tip
        self._tip.setFixedHeight(tip + (rest % row if row > 0 else 0))

    def _dress(self) -> None:
        """Bold headings, quiet tips and columns that stay put, for the present theme and text."""
        heading, quiet = self.font(), self.palette().placeholderText()
        heading.setBold(True)
        metrics = self._list.fontMetrics()
        for column in (0, 1):
            widest = max(
                (metrics.horizontalAdvance(row[column + 1]) for row in self._rows), default=0
            )
            self._list.setColumnWidth(column, widest + 8 * GRID)
        for item in self._items:
            item.setForeground(2, quiet)
            group = item.parent()
            assert group is not None
            group.setFont(0, heading)

    def filter(self, text: str) -> None:
        """Show the commands that contain every word of ``text``, and choose the first."""
        words = text.casefold().split()
        shown = []
        for row, item in zip(self._rows, self._items, strict=True):
            everything = " ".join(row).casefold()
            item.setHidden(not all(word in everything for word in words))
            if not item.isHidden():
                shown.append(item)
        for item in self._items:
            group = item.parent()
            assert group is not None
            group.setHidden(all(group.child(i).isHidden() for i in range(group.childCount())))
        self._nothing.setVisible(not shown)
        self._list.setVisible(bool(shown))
        self._list.setCurrentItem(shown[0] if shown else None)

    def _show_tip(self, item: QTreeWidgetItem | None) -> None:
        self._tip.setText(item.text(2) if item is not None else "")

    def shown(self) -> list[int]:
        """Return the indices of the rows that the search leaves."""
        return [index for index, item in enumerate(self._items) if not item.isHidden()]

    def _run(self, item: QTreeWidgetItem | None) -> None:
        index = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        # Where one click activates, it is also a click: run once
        if index is not None and self.isVisible():
            self.accept()
            self._trigger(index)

    def _move(self, step: int) -> None:
        """Choose the command ``step`` further down; headings are passed over."""
        shown = [self._items[index] for index in self.shown()]
        current = self._list.currentItem()
        if current in shown:
            at = shown.index(current) + step
            self._list.setCurrentItem(shown[min(max(at, 0), len(shown) - 1)])

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentItem())
                return True
            step = MOVES.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
        return super().eventFilter(watched, event)
