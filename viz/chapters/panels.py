"""The panels of all chapters, and what else changes with a demonstration, a chapter or a drawing.

A chapter's panel is made at its first visit. The instrument that shows a demonstration best comes
to the front, and the tool becomes Select, so that a click grabs the moving digit; the tool of
before comes back with an empty canvas. A window that was chosen belonged to what was there before,
and is let go.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.chapters.chapter import Chapter
from viz.chapters.instrument import Context
from viz.chapters.panel import ChapterPanel
from viz.chapters.registry import chapters
from viz.i18n import tr
from viz.model.command import Command
from viz.model.snapshot import Snapshot


class ChapterPanels(QObject):
    """``built`` are the panels of the chapters that were visited."""

    shown_changed = pyqtSignal(ChapterPanel)
    """Another panel is to be shown."""
    movers_changed = pyqtSignal(tuple)
    """The items of the drawing that the demonstration on the canvas moves."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document, self._player = context.document, context.player
        self._view = context.document.view
        self._panels: dict[str, ChapterPanel] = {}
        self._waiting: dict[str, Mapping[str, Any]] = {}
        self.defaults: dict[str, Mapping[str, Any]] = {}
        """The settings that the instruments of the visited chapters were built with, by id."""
        self._tool = ""
        """The tool that a demonstration took the place of."""
        self._view.changed.connect(self._follow)
        self._player.brought_on.connect(self._bring_on)
        self._player.staged.connect(self._set_by_demonstration)
        self._player.demonstration_changed.connect(self._tell_movers)
        self._player.taken_over_changed.connect(self._tell_movers)
        self._document.file_changed.connect(self._release_window)
        self._document.scene_changed.connect(self._follow_scene)

    # Panels

    @property
    def built(self) -> tuple[ChapterPanel, ...]:
        """The panels of all chapters that were visited."""
        return tuple(self._panels.values())

    @property
    def shown(self) -> ChapterPanel | None:
        """The panel of the chapter on the screen; None before the first snapshot."""
        return self._panels.get(self._view.chapter)

    @property
    def chapter(self) -> Chapter:
        """The record of the chapter on the screen."""
        return next(chapter for chapter in chapters() if chapter.id == self._view.chapter)

    def show_chapter(self) -> None:
        """Bring the chapter's panel to the screen, made at the first visit."""
        chapter = self.chapter
        if chapter.id not in self._panels:
            self._panels[chapter.id] = panel = ChapterPanel(chapter, self._context)
            self.defaults |= _settings(panel)
            for instrument in panel.instruments:
                instrument.grabbed.connect(partial(self._grab, instrument.id))
        panel = self._panels[chapter.id]
        self.shown_changed.emit(panel)  # first of all: it gets its place, and with it its size
        self._hand_out()
        if self._document.snapshot is not None:
            panel.show_snapshot(self._document.snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand the snapshot to the instrument on the screen."""
        if self.shown is not None:
            self.shown.show_snapshot(snapshot)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that choose the chapter's instrument."""
        menu = tr("&Chapter")
        return (
            Command("next_instrument", menu, tr("&Next instrument"), "Ctrl+PgDown",
                    tr("Show the chapter's next "
                       "instrument; Alt and its number "
                       "shows one directly."), lambda: self._turn(1), separated=True),
            Command("previous_instrument", menu, tr("Pre&vious instrument"), "Ctrl+PgUp",
                    tr("Show the chapter's instrument before this one."),
                    lambda: self._turn(-1)),
        )  # fmt: skip

    def _turn(self, by: int) -> None:
        if self.shown is not None:
            self.shown.turn(by)

    def turn_to(self, number: int) -> None:
        """Bring the chapter's instrument with this number, from 1, to the screen, if there is
        one."""
        if self.shown is not None and 1 <= number <= len(self.shown.instruments):
            self.shown.turn_to(number - 1)

    # Settings of instruments

    def state(self) -> dict[str, Mapping[str, Any]]:
        """The settings of all instruments by their ids, those that wait for a visit included."""
        states: dict[str, Mapping[str, Any]] = {}
        for panel in self.built:
            states |= _settings(panel)
        return {**states, **self._waiting}

    def restore(self, states: Mapping[str, Mapping[str, Any]]) -> None:
        """Hand settings out: now to the chapter on the screen, to the others when they are turned
        to."""
        self._waiting = dict(states)
        self._hand_out()

    def reset(self, chapter: str) -> None:
        """Give the instruments of a chapter the settings that they were built with."""
        panel = self._panels.get(chapter)
        for instrument in panel.instruments if panel is not None else ():
            self._waiting.pop(instrument.id, None)
            if (state := self.defaults.get(instrument.id)) is not None:
                instrument.reset(state)

    def _hand_out(self) -> None:
        for instrument in self.shown.instruments if self.shown is not None else ():
            if (state := self._waiting.pop(instrument.id, None)) is not None:
                instrument.restore(state)

    # What changes with a demonstration, a chapter, a drawing

    def _follow(self, name: str) -> None:
        if name == "chapter":
            self.show_chapter()
            self._release_window()
        elif name == "tool" and self._view.tool != "select":
            self._tool = ""  # the user has taken what is wanted

    def _release_window(self) -> None:
        self._document.select_window(None)

    def _bring_on(self) -> None:
        self._release_window()
        if self._view.tool != "select":
            before = self._view.tool
            self._view.tool = "select"
            self._tool = before
        self.show_instrument()

    def _set_by_demonstration(self) -> None:
        """Give its instrument the settings that the demonstration has at this time."""
        player, panel = self._player, self.shown
        if player.demonstration is None or panel is None:
            return
        for id_, settings in player.demonstration.instruments_at(player.time).items():
            for instrument in panel.instruments:
                if instrument.id == id_:
                    instrument.restore(settings)

    def _grab(self, id_: str) -> None:
        """The user changed a setting of an instrument that the demonstration may be moving."""
        moved = self._player.demonstration
        if moved is not None and id_ in moved.instruments_at(self._player.time):
            self._player.take_over()

    def show_instrument(self) -> None:
        """Bring the instrument that shows the demonstration best to the front, if there is one."""
        demonstration = self._player.demonstration
        if demonstration is not None and self.shown is not None:
            self.shown.choose(demonstration.instrument)

    def _tell_movers(self) -> None:
        """What was taken over is the user's drawing, with the numbers of one."""
        player = self._player
        moving: tuple[int, ...] = ()
        if player.demonstration is not None and not player.taken_over:
            from viz.chapters.motion import movers  # as demonstrations: when first asked for

            moving = movers(player.demonstration)
        self.movers_changed.emit(moving)

    def _follow_scene(self) -> None:
        """New and Clear leave nothing to be grabbed."""
        if not self._document.scene.items:
            self._release_window()
            if self._tool:
                self._view.tool = self._tool


def _settings(panel: ChapterPanel) -> dict[str, Mapping[str, Any]]:
    """The settings of a panel's instruments by their ids, of those that have any."""
    return {one.id: state for one in panel.instruments if (state := one.state())}
