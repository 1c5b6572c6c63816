"""Hints: one sentence at the foot of the window that says what to try, or what to watch, now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QTimer

from viz.chapters.panels import ChapterPanels
from viz.chapters.registry import chapters
from viz.i18n import tr
from viz.model.document import Document
from viz.model.player import Player
from viz.views.canvas.canvas import Canvas
from viz.views.maps.maps import Maps
from viz.window.caption import HintLine

REMIND_MS = 10_000
"""So long it is said how to go on after taking over; then the tools' own hints come back."""

TOLD_MS = 6_000
"""So long a passing sentence stays, unless there is something newer to say."""


class Hints(QObject):
    """Listens to document, player and view state on behalf of the hint ``line``."""

    def __init__(
        self,
        line: HintLine,
        document: Document,
        player: Player,
        panels: ChapterPanels,
        canvas: Canvas,
        maps: Maps,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._line, self._document, self._player = line, document, player
        self._panels, self._canvas, self._maps = panels, canvas, maps
        self._view = document.view
        self._reminder = QTimer(self)
        self._reminder.setSingleShot(True)
        self._reminder.setInterval(REMIND_MS)
        self._reminder.timeout.connect(self.show)
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.setInterval(TOLD_MS)
        self._passing.timeout.connect(self.show)
        self._said: object = None
        player.taken_over_changed.connect(self._taken_over)
        player.demonstration_changed.connect(self.show)
        player.seen_changed.connect(self.show)
        document.view.changed.connect(self._follow)
        document.request_changed.connect(self._follow_document)
        document.selection_changed.connect(self._follow_document)

    def _taken_over(self, taken: bool) -> None:
        if taken:
            self._reminder.start()
        self.show()

    def _follow(self, name: str) -> None:
        if name in ("tool", "chapter", "instrument", "presenting"):
            self.show()

    def _follow_document(self, *_: object) -> None:
        """On the live path nothing of this changes."""
        state = self._state()
        if state != self._said:
            self.show()

    def _state(self) -> tuple[bool, bool, bool, bool]:
        """What of the document a hint depends on: drawn, selected, ablated, pinned."""
        document = self._document
        return (
            bool(document.scene.items),
            bool(document.selection),
            bool(document.ablated),
            document.pinned is not None,
        )

    def tell_chapters(self, number: int) -> None:
        """Say for a while which chapters there are, if ``number`` is none of them."""
        titles = [chapter.title for chapter in chapters()]
        if not 1 <= number <= len(titles):
            self._line.set_hint(no_chapter(number, titles))
            self._passing.start()

    def show(self) -> None:
        """Say what to try or to watch now."""
        player, panel = self._player, self._panels.shown
        demonstration, presenting = player.at_hand, self._view.presenting
        told = demonstration is not None and (not player.taken_over or self._reminder.isActive())
        drawn, selected, ablated, pinned = self._said = self._state()
        offered = ""
        if not drawn and (panel is not None or presenting):
            offered = player.offered.title if player.offered is not None else ""
        self._canvas.set_invitation(invitation(folded=presenting, offered=offered))
        self._line.set_hint(
            hint(
                self._view.tool,
                drawn=drawn,
                selected=selected,
                ablated=ablated,
                pinned=pinned,
                shown=Shown(
                    demonstration.title,
                    demonstration.watch,
                    demonstration.proves,
                    player.seen,
                    player.taken_over,
                )
                if told and demonstration is not None
                else None,
                claim=self._panels.chapter.claim if presenting else "",
                to_try=panel.current.hint if panel is not None and panel.current else "",
                offered=offered,
                beside=self._maps.crowded,
            )
        )


@dataclass(frozen=True)
class Shown:
    """What a loaded demonstration has to say, translated. ``seen``: it came to its end once;
    ``taken_over``: it is no longer what is on the canvas."""

    title: str
    watch: str
    proves: str
    seen: bool = False
    taken_over: bool = False


def hint(
    tool: str,
    *,
    drawn: bool,
    selected: bool,
    ablated: bool,
    pinned: bool,
    shown: Shown | None = None,
    claim: str = "",
    to_try: str = "",
    offered: str = "",
    beside: bool = False,
) -> str:
    """What to try with this tool on a canvas in this state; the most special case wins.

    ``claim`` is the chapter's, to be read by an audience that has no tools; ``to_try``
    the hint of the chapter's instrument on the screen, "" in chapter 1. ``offered`` is the title
    of what Space plays, told where there is nothing to try an instrument with. ``beside``: a frozen
    state's maps have taken the place of every instrument, so that none is spoken of.
    """
    if shown is not None and not beside:
        if shown.taken_over and not drawn:
            return tr(
                "You have taken over: draw a digit, or drag one from below. Space goes on with "
                "“{title}”.",
                title=shown.title,
            )
        if shown.taken_over:
            return tr(
                "You have taken over: move what you like. Space goes on with “{title}”.",
                title=shown.title,
            )
        return shown.proves if shown.seen else shown.watch
    if ablated:
        return tr("Crossed-out maps are set to zero from there on; “Restore” brings them back.")
    if pinned:
        return tr(
            "The pinned unit keeps updating while the input moves. X ablates its map, Esc unpins."
        )
    if beside:
        return tr(
            "A stays as it was, B follows your hand: compare them map by map. Key B brings the "
            "instruments back."
        )
    if claim:
        return claim
    if tool == "eraser":
        return tr("Wipe over strokes to cut them; the cut parts stay movable.")
    if not drawn and offered:
        return tr(
            "Space plays “{title}”; or draw a digit of your own, or drag one from below.",
            title=offered,
        )
    if not drawn:
        return tr("Draw a digit, or drag one from below: every map follows while you move.")
    if to_try:
        return to_try
    if tool == "pen":
        return tr("Now take Select (S) and drag the digit: every map shifts with it.")
    if selected:
        return tr(
            "Drag or use the arrow keys (Shift: ¼ px), the wheel scales, Ctrl+wheel turns; "
            "double-click takes a single stroke."
        )
    return tr(
        "Click a digit to select it. Point at a map's unit to see where its value comes from, "
        "click to pin it, right-click to ablate its map."
    )


def invitation(*, folded: bool, offered: str = "") -> str:
    """What an empty canvas says of itself; ``folded``: there is nothing to drag from below it, and
    the line at the foot is the audience's, so that ``offered`` is told here."""
    if folded and offered:
        return tr("Draw a digit here, or play “{title}” (Space).", title=offered)
    return tr("Draw a digit here.") if folded else tr("Draw a digit here, or drag one from below.")


def no_chapter(number: int, titles: Sequence[str]) -> str:
    """What a number key says that has no chapter; ``titles`` are those of chapters 1, 2, …"""
    there = ", ".join(f"{of}\N{NO-BREAK SPACE}{title}" for of, title in enumerate(titles, 1))
    return tr("There is no chapter {number}: {there}.", number=number, there=there)
