"""Hints: one sentence at the foot of the window that says what to try, or what to watch, now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

from viz.chapters.registry import chapters
from viz.i18n import tr

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


REMIND_MS = 10_000
"""So long one is told how to go on after taking over; then the tools' own hints come back."""

TOLD_MS = 6_000
"""So long a passing sentence stays, unless there is something newer to say."""


class Hints:
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
        drawn, presenting = bool(document.scene.items), window.presentation.on
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
                claim=window.chapter.claim if presenting else "",
                instrument=panel.current.id if panel is not None and panel.current else "",
                offered=offered,
                beside=window.maps.crowded,
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
    instrument: str = "",
    offered: str = "",
    beside: bool = False,
) -> str:
    """What to try with this tool on a canvas in this state; the most special case wins.

    ``claim`` is the chapter's, to be read by an audience that has no tools in hand; ``instrument``
    the id of the chapter's instrument on the screen, "" in chapter 1. ``offered`` is the title
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
    if told := _to_try(instrument):
        return told
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


def _to_try(instrument: str) -> str:
    """What to try with an instrument of a chapter; "" if there is nothing to say."""
    return {
        "displacement": tr(
            "Drag the whole drawing (Ctrl+A), or nudge it with the arrow keys: each row tells how "
            "far a layer's maps moved."
        ),
        "difference": tr(
            "Drag the whole drawing (Ctrl+A): the difference vanishes where the shift is a "
            "multiple of the layer's stride."
        ),
        "residual": tr(
            "Drag along the curve: the drawing moves, and the residual is 0 at multiples of the "
            "layer's stride."
        ),
        "shift-map": tr(
            "Click into the map: the drawing is shifted there and read as the map says."
        ),
        "invariance": tr("Drag along a curve: the drawing changes so, until the answer is lost."),
        "networks": tr("Click a network to let it answer, then move the digit by single pixels."),
        "pooling-maps": tr(
            "Choose another pooling, and point at a map above to see what is left of it."
        ),
        "pooling-change": tr(
            "Choose another pooling: the lower its curve, the less it tells of a shift."
        ),
        "pooling-steps": tr(
            "Nudge the digit with the arrow keys: how much of a step is left after each pooling?"
        ),
        "pooling-toy": tr(
            "Drag the 1 to the next place: the input changes, what it is pooled to may not."
        ),
        "binding-map": tr(
            "Double-click a stroke and drag it, or click into the map to put it there."
        ),
        "interaction": tr(
            "Double-click a stroke and drag it away: what is there only because both parts are?"
        ),
        "trajectory": tr(
            "Double-click a stroke and drag it slowly: the curves are the answer along its way."
        ),
        "reading": tr(
            "Move digits together and apart: windows beside each other that agree are one digit."
        ),
        "cost": tr(
            "Drag the canvas's right edge: crops, one per window, cost many times one pass."
        ),
        "training": tr(
            "Leave room between digits: which networks read something where nothing is?"
        ),
    }.get(instrument, "")
