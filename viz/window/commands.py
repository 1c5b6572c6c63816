"""Commands: menus, shortcuts and the shortcut sheet, made of what the parts of the program offer.

The only code that makes, greys and ticks the QActions of commands. Each part contributes its own
``Command``s; which are grey and which are ticked is asked of them whenever the model changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar, QWidget

from viz.model.command import Command
from viz.model.document import Document
from viz.model.player import Player
from viz.model.view_state import ViewState


class Commands(QObject):
    """Holds the ``rows``, and by their ids the ``actions``."""

    def __init__(self, window: QWidget, menu_bar: QMenuBar, view: ViewState) -> None:
        """``window``: where the keys hold, also while the menus are folded away."""
        super().__init__(window)
        self._window, self._menu_bar, self._view = window, menu_bar, view
        self.rows: list[Command] = []
        self.actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        view.changed.connect(self.refresh)

    def add(self, commands: Iterable[Command]) -> None:
        """Take commands in, each at the end of its menu."""
        for command in commands:
            self.rows.append(command)
            self.actions[command.id] = self._action(command)

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
        action.setShortcuts([QKeySequence(key) for key in command.shortcut.split(", ") if key])
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

    def _run(self, command: Command) -> None:
        command.run()
        self.refresh()  # Qt has ticked it already, whatever became of it

    def watch(self, document: Document, player: Player) -> None:
        """Follow the model from now on."""
        for signal in (
            document.request_changed, document.selection_changed, document.file_changed,
            document.undo_stack.moved, player.mode_changed, player.demonstration_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Bring what is grey and what is ticked up to date."""
        for command in self.rows:
            action = self.actions[command.id]
            enabled = not (command.dialog and self._view.presenting)
            if enabled and command.enabled is not None:
                enabled = command.enabled()
            if enabled != action.isEnabled():
                action.setEnabled(enabled)
            if command.checked is not None:
                checked = command.checked()
                if checked != action.isChecked():
                    action.setChecked(checked)

    def sheet(self) -> list[tuple[str, str, str, str]]:
        """(menu, text, shortcuts, tip) of every command, for the shortcut sheet."""
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
