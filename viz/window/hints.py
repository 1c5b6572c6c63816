"""Hints: one sentence at the foot of the window that says what to try, or what to watch, now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QAction, QKeySequence

from viz.chapters.panels import ChapterPanels
from viz.chapters.registry import chapters
from viz.engine.engine import Engine
from viz.i18n import number, percent, tr
from viz.measure.difficulty import Competing, Difficulty, OddSize, OutOfReach, difficulty
from viz.model.document import Document
from viz.model.player import Player
from viz.window.caption import HintLine
from viz.window.stage import Stage

REMIND_MS = 10_000
"""How long after taking over a hint says how to go on; then the tools' own hints come back."""

PASSING_MS = 6_000
"""How long a passing sentence stays, unless there is something newer to say."""

REST_MS = 300
"""How long the drawing rests before it is said why it is not read."""

MANY = 200
"""Items of which that is found out on the measuring lane: of 10,000 it takes 0.2 s."""


class Hints(QObject):
    """Chooses what the hint ``line`` says, and what an empty canvas says."""

    def __init__(
        self,
        line: HintLine,
        document: Document,
        player: Player,
        panels: ChapterPanels,
        stage: Stage,
        engine: Engine,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._line, self._document, self._player = line, document, player
        self._panels, self._stage = panels, stage
        self._view = document.view
        self._reminder = self._timer(REMIND_MS)
        self._passing = self._timer(PASSING_MS)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._judge)
        self._difficulty: Difficulty | None = None
        self._state: object = None
        self._heading: tuple[str, object] = ("", None)
        player.taken_over_changed.connect(self._follow_player)
        player.demonstration_changed.connect(self.show)
        player.seen_changed.connect(self.show)
        player.playing_changed.connect(self.show)
        stage.parts_changed.connect(self.show)
        document.view.changed.connect(self._follow)
        document.request_changed.connect(self._follow_document)
        document.selection_changed.connect(self._follow_document)
        document.snapshot_changed.connect(self._follow_snapshot)

    def _timer(self, milliseconds: int) -> QTimer:
        """A timer after which the usual hint comes back."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.show)
        return timer

    def _follow_player(self, taken_over: bool) -> None:
        if taken_over:
            self._reminder.start()
        self.show()

    def _follow(self, name: str) -> None:
        if name in ("tool", "chapter", "instrument", "presenting", "answer_hidden", "enlarged"):
            self.show()

    def _follow_document(self, *_: object) -> None:
        if self._state != self._document_state():  # on the live path nothing of this changes
            self.show()

    def _follow_snapshot(self, _: object) -> None:
        if self._player.filming:  # a frame does not depend on the machine
            self._judge()
        else:
            self._rest.start()

    def _judge(self) -> None:
        """Find out why the user's own drawing, as it is on the screen now, is not read."""
        snapshot, player = self._document.snapshot, self._player
        if snapshot is None or not (player.demonstration is None or player.taken_over):
            self._say_why(None)
            return
        find = partial(difficulty, snapshot.scene, snapshot.architecture, snapshot.reading)
        if len(snapshot.scene.items) < MANY:
            self._say_why(find())
            return

        def say(found: tuple[Difficulty | None]) -> None:
            if snapshot is self._document.snapshot:
                self._say_why(*found)

        self._engine.measure("difficulty", lambda _: iter([(find(),)]), say)

    def _say_why(self, found: Difficulty | None) -> None:
        if found != self._difficulty:
            self._difficulty = found
            if not self._passing.isActive():
                self.show()

    def _key(self, command: str) -> str:
        """The shortcut of a command as it is now; "" if it has none."""
        action = self.parent().findChild(QAction, command) if self.parent() is not None else None
        if action is None:
            return ""
        return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def _document_state(self) -> tuple[bool, bool, bool, bool]:
        """What of the document a hint depends on: drawn, selected, ablated, pinned."""
        document = self._document
        return (
            bool(document.scene.items),
            bool(document.selection),
            bool(document.ablated),
            document.pinned is not None,
        )

    def tell_chapters(self, number: int) -> None:
        """Say for a while which keys turn to chapters, unless ``number`` is one of them."""
        last = len(chapters())
        if not 1 <= number <= last:
            self.tell(no_chapter(number, last))

    def tell_instruments(self, number: int) -> None:
        """Say for a while which instruments the chapter has, unless ``number`` is one of them."""
        panel = self._panels.shown
        titles = [one.title for one in panel.instruments] if panel is not None else []
        if titles and not 1 <= number <= len(titles):
            self.tell(no_instrument(number, titles))

    def tell(self, text: str, for_ms: int = PASSING_MS) -> None:
        """Say this for a while."""
        self._line.set_hint(text)
        self._passing.start(for_ms)

    def head(self, title: str) -> None:
        """Say to a hall what the lecture's step is about, until the screen shows something else."""
        self._heading = title, self._screen()
        self.show()

    def _screen(self) -> object:
        """What is on the screen, as far as a heading belongs to it."""
        view, player = self._view, self._player
        shown = view.chapter, view.instrument, player.at_hand, player.taken_over, player.playing
        return shown, self._document.scene, self._document_state()

    @property
    def at_rest(self) -> bool:
        """Whether nothing more important is said than what to try."""
        drawn, _, ablated, pinned = self._document_state()
        told = self._passing.isActive() or self._reminder.isActive()
        special = ablated or pinned or self._player.at_hand is not None or self._view.presenting
        return drawn and self._stage.has_instrument and not (told or special)

    def show(self) -> None:
        """Say what to try or to watch now."""
        player, panel = self._player, self._panels.shown
        demonstration, presenting = player.at_hand, self._view.presenting
        reminding = not player.taken_over or self._reminder.isActive()
        drawn, selected, ablated, pinned = self._state = self._document_state()
        offered = ""
        to_try = panel.current.hint if panel is not None else ""
        if not drawn and (to_try or presenting):
            offered = player.offered.title if player.offered is not None else ""
        self._stage.canvas.set_invitation(
            invitation(has_palette=self._stage.has_palette, offered=offered if presenting else "")
        )
        if self._view.answer_hidden:  # a demonstration's words would tell it
            self._line.set_hint(tr("What does the network answer? Q shows it."))
            return
        heading, screen = self._heading
        if presenting and heading and screen == self._screen():
            self._line.set_hint(heading)
            return
        self._line.set_hint(
            hint(
                self._view.tool,
                drawn=drawn,
                selected=selected,
                ablated=ablated,
                pinned=pinned,
                demonstration=DemonstrationWords(
                    demonstration.title,
                    demonstration.watch,
                    demonstration.proves,
                    player.seen,
                    player.taken_over,
                )
                if demonstration is not None and reminding
                else None,
                trouble=trouble(self._difficulty, self._key("centre")),
                claim=self._panels.chapter.claim if presenting else "",
                to_try=to_try if self._view.enlarged in ("", "instrument") else "",
                offered=offered,
                has_instrument=self._stage.has_instrument or bool(self._view.enlarged),
                has_canvas=not self._stage.canvas.isHidden(),
                has_maps=self._stage.has_maps,
            )
        )


@dataclass(frozen=True)
class DemonstrationWords:
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
    demonstration: DemonstrationWords | None = None,
    trouble: str = "",
    claim: str = "",
    to_try: str = "",
    offered: str = "",
    has_instrument: bool = True,
    has_canvas: bool = True,
    has_maps: bool = True,
) -> str:
    """Return what to try with this tool on a canvas in this state; the most special case wins.

    ``trouble`` says why the drawing is not read.

    ``claim`` is the chapter's, to be read by an audience that has no tools; ``to_try`` the hint of
    the chapter's instrument on the screen, "" in chapter 1. ``offered`` is the title of what Space
    plays, said where there is nothing to try an instrument with. Without room for an instrument,
    in A|B, none is spoken of; nor of canvas and maps while something else
    has their place.
    """
    if demonstration is not None and has_instrument:
        if demonstration.taken_over and not drawn:
            return tr(
                "You have taken over: draw a digit, or drag one from the palette. Space continues "
                "“{title}”.",
                title=demonstration.title,
            )
        if demonstration.taken_over:
            return tr(
                "You have taken over: move what you like. Space continues “{title}”.",
                title=demonstration.title,
            )
        return demonstration.proves if demonstration.seen else demonstration.watch
    if ablated and not has_canvas:
        return tr(
            "Crossed-out maps are ablated, that is, set to zero; Ctrl+R restores them. Esc goes "
            "back to the whole stage."
        )
    if ablated:
        return tr("Crossed-out maps are ablated, that is, set to zero; Ctrl+R restores them.")
    if pinned:
        return tr(
            "The pinned unit keeps updating while the input moves. X ablates its map, Esc unpins. "
            "Lines (W): activation × weight, red adds, blue subtracts."
        )
    if not has_instrument:
        return tr(
            "A stays as it was, B follows the pointer: compare them map by map. Key F brings the "
            "instruments back."
        )
    if trouble and drawn:
        return trouble
    if claim:
        return claim
    if not has_canvas and to_try:
        return to_try
    if not has_canvas and has_maps:
        return tr(
            "Point at a unit to see its value, click to pin it, right-click for more. Esc goes "
            "back to the whole stage."
        )
    if not has_canvas:
        return tr("Esc goes back to the whole stage.")
    if tool == "eraser":
        return tr("Wipe over strokes to cut them; the cut parts stay movable.")
    if not drawn and offered:
        return tr(
            "Space plays “{title}”; or draw a digit of your own, or drag one from the palette.",
            title=offered,
        )
    if not drawn:
        return tr("Draw a digit, or drag one from the palette: every map follows while you move.")
    if to_try:
        return to_try
    if tool == "pen":
        return tr("Now take Select (S) and drag the digit: every map shifts with it.")
    if selected:
        return tr(
            "Drag or use the arrow keys (Shift: ¼ px), the wheel scales, Ctrl+wheel rotates; "
            "double-click takes a single stroke."
        )
    if not has_maps:
        return tr(
            "Click a digit to select it, drag it to move it: the answer follows. Esc goes back to "
            "the whole stage."
        )
    return tr(
        "Click a digit to select it. Point at a unit of a map to see how its value is computed, "
        "click to pin it, right-click for more."
    )


def trouble(found: Difficulty | None, centre: str) -> str:
    """Return why a drawing is not read, and the remedy; "" for no difficulty.

    ``centre`` is the shortcut that centres the drawing.
    """
    match found:
        case OutOfReach(whole=True) if centre:
            return tr(
                "The drawing lies outside the network's reach; press {key} to centre it.",
                key=centre,
            )
        case OutOfReach():
            return tr(
                "A digit lies outside the network's reach; drag it inwards, or drag the edge of "
                "the canvas outwards."
            )
        case OddSize(height, known):
            return tr(
                "The digit is {height} px high; the network expects about {known} px. Scale it "
                "with the wheel.",
                height=number(height, 0),
                known=known,
            )
        case Competing(((first, share), (second, other))):
            return tr(
                "In one window {first} ({share}) and {second} ({other}) compete, so the answer is "
                "[?]. If two digits lie there, drag them apart.",
                first=first,
                share=percent(share, 0),
                second=second,
                other=percent(other, 0),
            )
    return ""


def invitation(*, has_palette: bool, offered: str = "") -> str:
    """Return what an empty canvas says of itself. ``offered``, the title of what Space plays, is
    said where the line at the foot is the audience's."""
    if offered:
        return tr("Draw a digit here, or play “{title}” (Space).", title=offered)
    if has_palette:
        return tr("Draw a digit here, or drag one from below.")
    return tr("Draw a digit here.")


def no_chapter(number: int, last: int) -> str:
    """Return what a number key without a chapter says; ``last`` is the last one's number."""
    return tr(
        "There is no chapter {number}; keys 1 to {last} turn to the chapters.",
        number=number, last=last,
    )  # fmt: skip


def no_instrument(number: int, titles: Sequence[str]) -> str:
    """Return what Alt and a number without an instrument say; ``titles`` are those of the chapter's
    instruments 1, 2, …"""
    return tr(
        "This chapter has no instrument {number}; it has {there}.",
        number=number,
        there=_numbered(titles),
    )


def _numbered(titles: Sequence[str]) -> str:
    return ", ".join(f"{of}\N{NO-BREAK SPACE}{title}" for of, title in enumerate(titles, 1))
