"""Hinting: puts the hint of the moment at the foot of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

from viz.chapters import chapters
from viz.hints import Shown, hint, invitation, no_chapter

if TYPE_CHECKING:
    from viz.window import MainWindow

REMIND_MS = 10_000
"""So long one is told how to go on after taking over; then the tools' own hints come back."""

TOLD_MS = 6_000
"""So long a passing sentence stays, unless there is something newer to say."""


class Hinting:
    """Listens to canvas, player and document on behalf of the window's ``hint_line``."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._reminder = QTimer(window)
        self._reminder.setSingleShot(True)
        self._reminder.setInterval(REMIND_MS)
        self._reminder.timeout.connect(self.show)
        self._passing = QTimer(window)
        self._passing.setSingleShot(True)
        self._passing.setInterval(TOLD_MS)
        self._passing.timeout.connect(self.show)
        player = window.player
        player.taken_over_changed.connect(self._taken_over)
        player.demonstration_changed.connect(self.show)
        player.seen_changed.connect(self.show)
        window.canvas.tool_changed.connect(self.show)

    def _taken_over(self, taken: bool) -> None:
        if taken:
            self._reminder.start()
        self.show()

    def tell_chapters(self, number: int) -> None:
        """Say for a while which chapters there are, if ``number`` is none of them."""
        titles = [chapter.title for chapter in chapters()]
        if not 1 <= number <= len(titles):
            self._window.hint_line.set_hint(no_chapter(number, titles))
            self._passing.start()

    def show(self) -> None:
        """Say what to try or to watch now."""
        window = self._window
        document, player = window.document, window.player
        demonstration, panel = player.at_hand, window.panel_shown
        told = demonstration is not None and (not player.taken_over or self._reminder.isActive())
        drawn, presenting = bool(document.scene.items), window.presenting.on
        offered = ""
        if not drawn and (panel is not None or presenting):
            offered = player.offered.title if player.offered is not None else ""
        window.canvas.set_invitation(invitation(folded=presenting, offered=offered))
        window.hint_line.set_hint(
            hint(
                window.canvas.tool,
                drawn=drawn,
                selected=bool(document.selection),
                ablated=bool(document.ablated),
                pinned=document.pinned is not None,
                shown=Shown(
                    demonstration.title,
                    demonstration.watch,
                    demonstration.proves,
                    player.seen,
                    player.taken_over,
                )
                if told and demonstration is not None
                else None,
                claim=window.chapter.about if presenting else "",
                instrument=panel.current.id if panel is not None and panel.current else "",
                offered=offered,
                beside=window.maps.crowded,
            )
        )
