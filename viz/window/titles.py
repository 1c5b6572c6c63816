"""Titles: what the stage's title says, in step with chapter, demonstration and instrument."""

from __future__ import annotations

from viz.chapters.panels import ChapterPanels
from viz.model.document import Document
from viz.model.player import Player
from viz.window.stage import Stage


class Titles:
    """Keeps a stage's title in step with chapter, demonstration and instrument."""

    def __init__(
        self, stage: Stage, document: Document, player: Player, panels: ChapterPanels
    ) -> None:
        self._stage, self._player, self._panels = stage, player, panels
        self._view = document.view
        for signal in (
            document.view.changed, document.inspected_changed, player.demonstration_changed,
            panels.shown_changed, stage.parts_changed,
        ):  # fmt: skip
            signal.connect(self.show)

    def show(self, *_: object) -> None:
        """Say what is on the stage now."""
        chapter, panel, player = self._panels.chapter, self._panels.shown, self._player
        demonstration, hidden = player.at_hand, self._view.answer_hidden  # its title would tell
        shown = panel.current.title if panel is not None and self._stage.has_instrument else ""
        self._stage.title.set_parts(
            (
                f"{chapter.number} {chapter.title}",
                "" if demonstration is None or hidden else demonstration.title,
                shown,
            )
        )
