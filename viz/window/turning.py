"""Turning: what else changes when the user turns to a demonstration, a chapter or another drawing.

The instrument that shows a demonstration best comes to the front, and the hand gets Select, since
on what moves one wants to lay hold; the tool of before comes back with an empty canvas. A window
that was chosen belonged to what was there before, and is let go. The sliders tell where that is
which a demonstration moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.views.canvas.tools import Tool

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


class Turning:
    """Listens to player, document and canvas on behalf of the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._tool: Tool | None = None
        """What the hand held before a demonstration gave it Select."""
        document = window.document
        player = window.player
        player.brought_on.connect(self._bring_on)
        player.demonstration_changed.connect(self._tell_movers)
        player.taken_over_changed.connect(self._tell_movers)
        window.canvas.tool_changed.connect(self._note_tool)
        document.chapter_changed.connect(self._let_go)
        document.file_changed.connect(self._let_go)
        document.scene_changed.connect(self._note_empty)

    def _let_go(self) -> None:
        self._window.document.select_window(None)

    def _bring_on(self) -> None:
        self._let_go()
        canvas = self._window.canvas
        if canvas.tool != Tool.SELECT:
            before = canvas.tool
            canvas.set_tool(Tool.SELECT)
            self._tool = before
        self.show_instrument()

    def show_instrument(self) -> None:
        """Bring the instrument that shows the demonstration best to the front, if there is one."""
        demonstration, panel = self._window.player.demonstration, self._window.panel_shown
        if demonstration is not None and panel is not None:
            panel.choose(demonstration.instrument)

    def _tell_movers(self) -> None:
        """What was taken over is the user's drawing, with the numbers of one."""
        player = self._window.player
        moving: tuple[int, ...] = ()
        if player.demonstration is not None and not player.taken_over:
            from viz.chapters.motion import movers  # as demonstrations: when first asked for

            moving = movers(player.demonstration)
        self._window.panel.set_movers(moving)

    def _note_tool(self, tool: str) -> None:
        if tool != Tool.SELECT:
            self._tool = None  # the hand has taken what it wants

    def _note_empty(self) -> None:
        """New and Clear leave nothing to lay hold on."""
        if not self._window.document.scene.items:
            self._let_go()
            if self._tool is not None:
                self._window.canvas.set_tool(self._tool)
