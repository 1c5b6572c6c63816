"""Commands: menus, shortcuts and the shortcut sheet, made of what the parts of the program offer.

The only code that makes, greys and ticks the QActions of commands. Each part contributes its own
``Command``s; which are grey and which are ticked is asked of them whenever the model changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction, QActionGroup, QCursor, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar, QWidget

from viz.model.command import Command
from viz.model.document import Document
from viz.model.player import Player
from viz.model.view_state import ViewState


class Commands(QObject):
    """The commands as ``rows``, and by their ids the ``actions``."""

    def __init__(self, window: QWidget, menu_bar: QMenuBar, view: ViewState) -> None:
        """``window``: where the keys hold, also while the menus are folded away."""
        super().__init__(window)
        self._window, self._menu_bar, self._view = window, menu_bar, view
        self.rows: list[Command] = []
        self.actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._checked: list[tuple[QAction, Callable[[], bool]]] = []
        self._enabled: list[tuple[QAction, Callable[[], bool]]] = []
        self._set: list[bool] = []
        """What each of ``_enabled`` was set to last."""
        view.changed.connect(self.refresh)
        view.changed.connect(self._lend)

    def add(self, commands: Iterable[Command]) -> None:
        """Take commands in, each at the end of its menu."""
        for command in commands:
            self.rows.append(command)
            action = self.actions[command.id] = self._action(command)
            if command.checked is not None:
                self._checked.append((action, command.checked))
            if command.dialog:
                self._enabled.append((action, lambda: not self._view.presenting))
            elif command.enabled is not None:
                self._enabled.append((action, command.enabled))
        self._set += [True] * (len(self._enabled) - len(self._set))

    def _action(self, command: Command) -> QAction:
        menu = self._menus.get(command.menu)
        if menu is None:
            menu = self._menus[command.menu] = QMenu(command.menu, self._window)
            menu.setToolTipsVisible(True)
            self._menu_bar.addMenu(menu)
        if command.separated:
            menu.addSeparator()
        action = QAction(command.text, self._window)
        action.setObjectName(command.id)
        action.setShortcuts(_keys(command, presenting=self._view.presenting))
        action.setToolTip(command.tip)
        action.setIconText(command.short or command.text.replace("&", ""))
        action.setCheckable(command.checked is not None)
        action.setAutoRepeat(not command.once)
        action.triggered.connect(lambda: self._run(command))
        if command.group:
            group = self._groups.get(command.group)
            if group is None:
                group = self._groups[command.group] = QActionGroup(self._window)
            group.addAction(action)
        menu.addAction(action)
        self._window.addAction(action)
        return action

    def _lend(self, name: str) -> None:
        """Give the keys to other commands that are theirs while presenting, and take them back."""
        if name == "presenting":
            for command in self.rows:
                if command.lent:
                    keys = _keys(command, presenting=self._view.presenting)
                    self.actions[command.id].setShortcuts(keys)

    def key(self, id_: str) -> str:
        """Return the first key of a command as users read it, "" if it has none or is not there."""
        action = self.actions.get(id_)
        native = QKeySequence.SequenceFormat.NativeText
        return "" if action is None else action.shortcut().toString(native)

    def insert_menu(self, menu: QMenu, before: str) -> None:
        """Put a menu above the entry of the command with this id."""
        row = next(row for row in self.rows if row.id == before)
        self._menus[row.menu].insertMenu(self.actions[before], menu)

    def _run(self, command: Command) -> None:
        command.run()
        self.refresh()  # Qt has ticked it already, whatever became of it

    def show_menu(self, menu: str) -> None:
        """Open a menu at the pointer, also while the menus are folded away."""
        self._menus[menu].popup(QCursor.pos())

    def watch(self, document: Document, player: Player) -> None:
        """Follow the model from now on."""
        for signal in (
            document.request_changed, document.selection_changed, document.file_changed,
            document.undo_stack.moved, player.demonstration_changed,
        ):  # fmt: skip
            signal.connect(self._refresh_enabled)
        player.mode_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Bring what is grey and what is ticked up to date."""
        self._refresh_enabled()
        for action, is_checked in self._checked:
            checked = is_checked()
            if checked != action.isChecked():
                action.setChecked(checked)

    def _refresh_enabled(self, *_: object) -> None:
        """Bring what is grey up to date. It runs with every request, when nothing of it changes:
        so what was set last is remembered here, which is quicker than asking Qt."""
        for number, (action, is_enabled) in enumerate(self._enabled):
            enabled = is_enabled()
            if enabled != self._set[number]:
                self._set[number] = enabled
                action.setEnabled(enabled)

    def sheet(self) -> list[tuple[str, str, str, str]]:
        """Return (menu, text, shortcuts, tip) of every command, for the shortcut sheet."""
        plain = str.maketrans("", "", "&")
        native = QKeySequence.SequenceFormat.NativeText
        return [
            (
                row.menu.translate(plain),
                row.text.translate(plain),
                QKeySequence.listToString(self.actions[row.id].shortcuts(), native),
                row.tip,
            )
            for row in self.rows
        ]


def _keys(command: Command, *, presenting: bool) -> list[QKeySequence]:
    """Return the keys that a command has."""
    keys = (key for key in command.shortcut.split(", ") if key)
    return [QKeySequence(key) for key in keys if not (presenting and key == command.lent)]
