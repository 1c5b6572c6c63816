"""Help commands: the sheet of shortcuts, and what this program is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QMessageBox

from viz import __version__
from viz.i18n import tr
from viz.window import commands
from viz.window.shortcuts import ShortcutSheet

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


class Help:
    """The Help menu's handlers."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._sheet: ShortcutSheet | None = None

    def show_shortcuts(self) -> None:
        """The searchable sheet of all commands."""
        if self._sheet is None:
            by_id = self._window.actions_by_id
            handlers = [by_id[command.id] for command in commands.commands()]

            def trigger(row: int) -> None:
                if row < len(handlers):  # below them stand gestures, which only hands can make
                    handlers[row].trigger()

            rows = [*commands.rows(by_id), *commands.gestures()]
            self._sheet = ShortcutSheet(rows, trigger, self._window)
        self._sheet.show()
        self._sheet.raise_()
        self._sheet.activateWindow()

    def close_sheet(self) -> None:
        """Put the sheet away, if it is open."""
        if self._sheet is not None:
            self._sheet.close()

    def show_about(self) -> None:
        """Version, network and licence."""
        QMessageBox.about(
            self._window,
            tr("About LeNetScope"),
            tr(
                "LeNetScope {version}: see a convolutional network at work.\nLeNet-5, fully "
                "convolutional, 656,581 parameters (LeCun et al. 1998).\nGPL-3.0-or-later.",
                version=__version__,
            ),
        )
