"""Help: what is on the screen, the sheet of shortcuts, and what this program is."""

from __future__ import annotations

from PyQt6.QtWidgets import QMessageBox

from viz import __version__
from viz.i18n import tr
from viz.model.command import Command
from viz.model.view_state import ViewState
from viz.nets.variants import MAIN, VARIANTS
from viz.window.commands import Commands
from viz.window.dialogs import Dialogs
from viz.window.shortcuts import Row, ShortcutSheet


class Help:
    """The Help menu's handlers."""

    def __init__(self, dialogs: Dialogs, commands: Commands, view: ViewState) -> None:
        self._dialogs, self._commands, self._view = dialogs, commands, view
        self._sheet: ShortcutSheet | None = None
        view.changed.connect(self._close_sheet)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands of the Help menu."""
        menu, view = tr("&Help"), self._view
        return (
            Command("explain", menu, tr("&What am I looking at?"), "F2",
                    tr("Explain the chapter and the instrument, in place of the maps, with the "
                       "present numbers; again, or Esc, closes the explanation."),
                    lambda: setattr(view, "explained", not view.explained),
                    checked=lambda: view.explained, short=tr("Explain"), once=True),
            Command("shortcuts", menu, tr("&Shortcuts…"), "F1",
                    tr("All commands with their keys; type to search."), self.show_shortcuts,
                    short=tr("Keys"), dialog=True),
            Command("about", menu, tr("&About LeNetScope"), "",
                    tr("Version, network and licence."), self.show_about, dialog=True),
        )  # fmt: skip

    def show_shortcuts(self) -> None:
        """Open the searchable sheet of all commands."""
        if not self._dialogs.may_open():
            return
        if self._sheet is None:
            rows = self._commands.rows

            def trigger(row: int) -> None:
                if row < len(rows):  # below them stand gestures, which only the pointer can make
                    self._commands.actions[rows[row].id].trigger()

            self._sheet = ShortcutSheet(
                [*self._commands.sheet(), *gestures()], trigger, self._dialogs.parent
            )
        self._sheet.show()
        self._sheet.raise_()
        self._sheet.activateWindow()

    def _close_sheet(self, name: str) -> None:
        """Close the sheet while presenting."""
        if name == "presenting" and self._view.presenting and self._sheet is not None:
            self._sheet.close()

    def show_about(self) -> None:
        """Say version, network and licence."""
        if not self._dialogs.may_open():
            return
        QMessageBox.about(
            self._dialogs.parent,
            tr("About LeNetScope"),
            tr(
                "LeNetScope {version}: see a convolutional network at work.\n\nThe default model "
                "is the network of the lecture: fully convolutional, with 20, 50 and 500 maps, "
                "ReLU, max pooling, eleven classes and {parameters:,} parameters.\n\nIts layers "
                "have the names and the order of those of LeNet-5 (LeCun, Bottou, Bengio, Haffner "
                "1998), which has 6, 16 and 120 maps, tanh, trained subsampling, ten classes and "
                "about 60,000 parameters.\n\nGPL-3.0-or-later.",
                version=__version__,
                parameters=VARIANTS[MAIN].architecture.parameters,
            ),
        )


def gestures() -> list[Row]:
    """Return rows of the shortcut sheet for what pointer and arrow keys do without a command."""
    canvas, maps, play = tr("Canvas"), tr("Maps"), tr("Demonstrations")
    chapter = tr("Chapter")
    return [
        (canvas, tr("Move by 1 px"), tr("Arrow keys"), tr("The selection, or the whole drawing.")),
        (canvas, tr("Move by ¼ px"), tr("Shift+Arrow keys"), tr("Strokes move between pixels.")),
        (canvas, tr("Scale"), tr("Wheel"), tr("The selection, or the whole drawing.")),
        (canvas, tr("Rotate"), tr("Ctrl+Wheel"), tr("The selection, or the whole drawing.")),
        (canvas, tr("Take a single stroke"), tr("Double-click, Alt+Click"),
         tr("Then move or rotate it alone, with Select.")),
        (canvas, tr("Add to the selection"), tr("Shift+Click"), tr("Or drag a frame round it.")),
        (canvas, tr("Squeeze, slant, rotate"), tr("Drag the handles"),
         tr("Corners scale, sides squeeze, top and bottom slant, the knob rotates.")),
        (canvas, tr("Resize the canvas"), tr("Drag its edges"), tr("32×32 to 128×512 pixels.")),
        (play, tr("Take over"), tr("Drag anything"),
         tr("The demonstration pauses; Space continues it.")),
        (play, tr("Go to another chapter"), tr("Its number"),
         tr("The demonstration pauses and stays; Space plays that of the new chapter.")),
        (play, tr("Go to a time"), tr("Drag the timeline"), tr("Or click on it.")),
        (chapter, tr("Go to an instrument"), tr("Alt and its number"),
         tr("The tabs of the chapter's instruments count from 1.")),
        (maps, tr("Enlarge the layer"), tr("Double-click its head"), tr("Esc goes back.")),
        (maps, tr("Enlarge a map"), tr("Double-click"), tr("With its numbers; again goes back.")),
        (maps, tr("Inspect a unit"), tr("Point at it"),
         tr("Its value, receptive field and targets.")),
        (maps, tr("Pin a unit"), tr("Click"), tr("The inspector keeps following it.")),
        (maps, tr("Ablate a map"), tr("Ctrl+Click"), tr("Again restores it.")),
        (maps, tr("Menu of a map"), tr("Right click"),
         tr("Ablate, pin, enlarge, copy its values, save it as an image.")),
    ]  # fmt: skip
