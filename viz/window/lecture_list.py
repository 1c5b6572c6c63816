"""The list of a lecture's steps, beside the stage: gone to, renamed, moved, removed; and notes."""

from __future__ import annotations

import html
from functools import cached_property

from PyQt6.QtCore import (
    QEvent,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PyQt6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.model.command import Command
from viz.model.view_state import ViewState
from viz.session.lecture import MOST_NOTE, MOST_TITLE, one_line
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.window.lectures import Lectures
from viz.window.stage import StageArea

WIDTH_EM = 17
"""Width of the list in em."""

NOTE_EM = 9
"""Height of the note in em."""

BESIDE_PX = 1200
"""In narrower windows the list lies over the stage and comes only when it is asked for: with less
than this the stage has no width to give."""

_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap

_CHORDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class _Numbered(QStyledItemDelegate):
    """Sets a step's number before its title, which alone is edited and takes the lines it needs."""

    typed = pyqtSignal(int, str)
    """A row, and the title that is being typed there: it is kept as it is typed, since whatever
    ends the editing, such as a kill, might not ask for it. Esc brings the one of before back."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view, self._before = view, ""
        self.closeEditor.connect(self._close)

    def _indent(self, metrics: QFontMetrics) -> int:
        """Pixels before a title, for the longest number."""
        return GRID + metrics.horizontalAdvance(f"{self._view.count()}  ")

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        metrics, width = option.fontMetrics, _viewport(self._view).width()
        room = QRect(0, 0, width - self._indent(metrics) - GRID, 1 << 16)
        title = metrics.boundingRect(room, _WRAPPED, index.data())
        return QSize(width, title.height() + 2 * GRID)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        super().paint(painter, option, index)  # without a text, see ``displayText``
        if painter is None:
            return
        role = QPalette.ColorRole
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        indent = self._indent(option.fontMetrics)
        room = option.rect.adjusted(GRID, GRID, -GRID, 0)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(role.HighlightedText if chosen else role.Text))
        painter.drawText(room, _WRAPPED, str(index.row() + 1))
        painter.drawText(room.adjusted(indent - GRID, 0, 0, 0), _WRAPPED, index.data())
        painter.restore()

    def displayText(self, value: object, locale: QLocale) -> str:
        return ""

    def updateEditorGeometry(
        self, editor: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        if editor is not None:
            editor.setGeometry(option.rect.adjusted(self._indent(option.fontMetrics), 0, 0, 0))

    def createEditor(
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget | None:
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(MOST_TITLE)
            self._before, at = index.data(), QPersistentModelIndex(index)
            editor.textEdited.connect(
                lambda text: self.typed.emit(at.row(), one_line(text) or self._before)
            )
        return editor

    def setEditorData(self, editor: QWidget | None, index: QModelIndex) -> None:
        if not isinstance(editor, QLineEdit) or one_line(editor.text()) != index.data():
            super().setEditorData(editor, index)  # or the blank that was just typed would go

    def _close(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        if hint == self.EndEditHint.RevertModelCache:
            at = self._view.indexAt(editor.geometry().center())
            self.typed.emit(at.row(), self._before)


class StepList(QListWidget):
    """The steps of the open lecture; the current one is marked. A click goes to a step."""

    def __init__(self, lectures: Lectures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lectures, self._lecture = lectures, lectures.lecture
        self._filling = False
        self._delegate = _Numbered(self)  # Qt does not own it
        self.setItemDelegate(self._delegate)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(tr("Steps of the lecture"))
        self.itemClicked.connect(lambda item: lectures.go(self.row(item)))
        self.itemChanged.connect(self._rename)
        self._delegate.typed.connect(self._lecture.rename)
        self.customContextMenuRequested.connect(self._open_menu)
        model = self.model()
        assert model is not None
        model.rowsMoved.connect(self._move)
        self._lecture.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        """Show the steps as they are, and mark the current one."""
        titles = [step.title for step in self._lecture.steps]
        self._filling = True
        if self.count() != len(titles):
            self.clear()
            for title in titles:
                item = QListWidgetItem(title)
                item.setFlags(
                    (item.flags() | Qt.ItemFlag.ItemIsEditable) & ~Qt.ItemFlag.ItemIsDropEnabled
                )
                self.addItem(item)
        if titles and self.currentRow() != self._lecture.index:
            self.setCurrentRow(self._lecture.index)  # which ends the editing of another title
        for row, title in enumerate(titles):
            if self.item(row).text() != title:
                self.item(row).setText(title)
            self.item(row).setToolTip(_tip(title))
        self._filling = False

    def _rename(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self._lecture.rename(self.row(item), item.text())
            self._show()  # what was refused, or put on one line

    def _move(self, _: QModelIndex, start: int, end: int, to: QModelIndex, row: int) -> None:
        if not self._filling:
            self._lecture.move(start, row - 1 if row > start else row)
            self._show()

    def _open_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is None:
            return
        row, menu = self.row(item), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, run in (
            (tr("Rename\tEnter"), lambda: self.editItem(item)),
            (tr("Move up\tCtrl+Up"), lambda: self._lecture.move(row, row - 1)),
            (tr("Move down\tCtrl+Down"), lambda: self._lecture.move(row, row + 1)),
            (tr("Remove\tDelete"), lambda: self._lectures.remove(row)),
        ):
            action = menu.addAction(text)
            assert action is not None
            action.triggered.connect(run)
        menu.popup(self.viewport().mapToGlobal(at))

    # Keys

    def event(self, event: QEvent | None) -> bool:
        """Take the keys that mean something in the list before they are commands' shortcuts."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        what = self._of(event) if event is not None else None
        if what is None:
            if event is not None:
                event.ignore()  # the window's: no search by letters here
            return
        lecture, lectures, row = self._lecture, self._lectures, self.currentRow()
        if what == "rename":
            self.editItem(self.currentItem())
        elif what == "remove":
            lectures.remove(row)
        elif what in ("move up", "move down"):
            lecture.move(row, row + (1 if what == "move down" else -1))
        else:
            to = row + (1 if what == "down" else -1)
            if 0 <= to < self.count():
                lectures.go(to)

    def _of(self, event: QKeyEvent) -> str | None:
        """What a key does here."""
        key, chord = event.key(), bool(event.modifiers() & _CHORDS)
        if self.currentItem() is None or self.state() == self.State.EditingState:
            return None
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            way = "up" if key == Qt.Key.Key_Up else "down"
            return f"move {way}" if chord else way
        if chord:
            return None
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return "rename"
        return "remove" if key == Qt.Key.Key_Delete else None


class TitleEdit(QLineEdit):
    """A title that ends in … where it is too long, but while it is edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = ""
        """The text when its editing began."""

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.before = self.text()

    @property
    def shown(self) -> str:
        """The text as it stands on the screen."""
        if self.hasFocus():
            return self.text()
        right = Qt.TextElideMode.ElideRight
        room = self.width() - 2 * GRID
        return self.fontMetrics().elidedText(self.text(), right, room)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.shown == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(self.rect().adjusted(GRID, 0, 0, 0), line, self.shown)
        painter.end()


class LecturePanel(QFrame):
    """The lecture's title with its ``close_button``, its ``steps``, and the ``note`` of the current
    one."""

    def __init__(self, lectures: Lectures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lectures, self._lecture = lectures, lectures.lecture
        self.setObjectName("lecture")
        self.setAutoFillBackground(True)
        self.title = TitleEdit()
        self.title.setMaxLength(MOST_TITLE)
        self.title.setObjectName("lecture_title")
        self.title.setFrame(False)
        self.title.setAccessibleName(tr("Title of the lecture"))
        self.title.textEdited.connect(self._rename)
        self.title.editingFinished.connect(self._show)
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.steps = StepList(lectures)
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText(tr("Note for the speaker"))
        self.note.setAccessibleName(tr("Note for the speaker"))
        self.note.setTabChangesFocus(True)
        self.note.textChanged.connect(self._write_note)
        self.keys = QLabel(tr("PageDown: next step. PageUp: step before."))
        self.keys.setWordWrap(True)
        self.keys.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip(tr("Close the lecture; the screen stays as it is."))
        self.close_button.setAccessibleName(tr("Close the lecture"))
        self.close_button.clicked.connect(lectures.close)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self.keys)
        layout.addWidget(self.state)
        layout.addWidget(self.steps, 1)
        layout.addWidget(self.note)
        self._showing = False
        self._lecture.changed.connect(self._show)
        self._show()
        self._restyle()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        text_px = themes.text_px(self)
        self.title.setFont(themes.font(text_px, bold=True))
        self.note.setFixedHeight(NOTE_EM * text_px)

    def _show(self) -> None:
        lecture, step = self._lecture, self._lecture.step
        self._showing = True
        if one_line(self.title.text()) != lecture.title or not self.title.hasFocus():
            self.title.setText(lecture.title)
            self.title.before = lecture.title
            self.title.setCursorPosition(0)
            self.title.setToolTip(_tip(lecture.title))
        where = lecture.file.name if lecture.file is not None else ""
        if lecture.unsaved is not None:
            where = tr("{file}, not saved", file=where) if where else tr("not saved")
        self.state.setText(where)
        self.state.setVisible(bool(where))
        self.note.setEnabled(step is not None)
        note = "" if step is None else step.note
        if self.note.toPlainText() != note:
            self.note.setPlainText(note)
        self._showing = False

    def _rename(self, text: str) -> None:
        """Keep the title as it is typed: what ends the typing, such as a kill, may not ask for it.
        An empty one is none."""
        self._lecture.rename_lecture(one_line(text) or self.title.before)

    def _write_note(self) -> None:
        if self._showing:
            return
        text = self.note.toPlainText()
        if len(text) > MOST_NOTE:
            at = self.note.textCursor().position()
            self._showing = True
            self.note.setPlainText(text[:MOST_NOTE])
            self._showing = False
            cursor = self.note.textCursor()
            cursor.setPosition(min(at, MOST_NOTE))
            self.note.setTextCursor(cursor)
            self._lectures.told.emit(
                tr(
                    "A note has at most {limit} characters; the rest was left out.",
                    limit=f"{MOST_NOTE:,}",
                )
            )
        self._lecture.note(self._lecture.index, text)


class LectureSide(QWidget):
    """The window's middle: the stage's ``area``, and at its right, or over it, the ``panel``."""

    toggled = pyqtSignal()
    """The list was asked for, or is not wanted any more."""

    def __init__(
        self, area: StageArea, lectures: Lectures, view: ViewState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.area, self._view = area, view
        self._lectures, self._lecture = lectures, lectures.lecture
        area.setParent(self)
        self._wanted, self._was_open = False, False
        self._lecture.changed.connect(self._follow_lecture)
        view.changed.connect(self._follow)

    @cached_property
    def panel(self) -> LecturePanel:
        """Made when it is first shown, lest the window open later."""
        panel = LecturePanel(self._lectures, self)
        panel.hide()
        return panel

    def commands(self) -> tuple[Command, ...]:
        """Return the command that shows the list."""
        return (
            Command("lecture_list", tr("&Lecture"), tr("Show the &list"), "",
                    tr("Show the steps beside the stage: click one to go to it; Enter renames it, "
                       "Ctrl+Up and Ctrl+Down or dragging move it, Delete removes it."),
                    self.toggle, checked=lambda: self._wanted and self._lecture.is_open,
                    enabled=lambda: self._lecture.is_open, separated=True, once=True),
        )  # fmt: skip

    def toggle(self) -> None:
        """Show the list, or hide it."""
        self._wanted = not self._wanted
        self.arrange()
        self.toggled.emit()

    def fold(self) -> bool:
        """Hide the list if it lies over the stage; return whether it did."""
        covers = self.panel.isVisible() and self.width() < BESIDE_PX
        if covers:
            self.toggle()
        return covers

    def _follow_lecture(self) -> None:
        is_open = self._lecture.is_open
        if is_open and not self._was_open:
            self._wanted = self.width() >= BESIDE_PX or not self._lecture.steps  # a new one
        if is_open != self._was_open:
            self._was_open = is_open
            self.arrange()

    def _follow(self, name: str) -> None:
        if name in ("presenting", "stage_only", "text_px"):
            self.arrange()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.arrange()

    def arrange(self) -> None:
        """Give the stage and the list their places."""
        view, width, height = self._view, self.width(), self.height()
        shown = (
            self._wanted and self._lecture.is_open and not view.presenting and not view.stage_only
        )
        if shown or "panel" in vars(self):  # it is made
            focused = self.window().focusWidget()
            if not shown and focused is not None and self.panel.isAncestorOf(focused):
                self.area.live.canvas.setFocus()
            self.panel.setVisible(shown)
        across = min(WIDTH_EM * themes.text_px(self), width // 2)
        taken = across if shown and width >= BESIDE_PX else 0
        self.area.setGeometry(0, 0, width - taken, height)
        if shown:
            self.panel.setGeometry(width - across, 0, across, height)
            self.panel.raise_()


def _viewport(view: QListWidget) -> QWidget:
    viewport = view.viewport()
    assert viewport is not None
    return viewport


def _tip(title: str) -> str:
    """A title as a tip, which Qt would otherwise take for markup if it looked like it."""
    return f"<span>{html.escape(title)}</span>"
