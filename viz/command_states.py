"""Command states: which commands are grey, and which are ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import settings

if TYPE_CHECKING:
    from viz.window import MainWindow


class CommandStates:
    """Keeps the window's actions as the document, the player and the preferences are."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._actions = window, window.actions_by_id
        self._enabled: object = None
        document, player = window.document, window.player
        for name, stack_can in (
            ("undo", document.undo_stack.canUndoChanged),
            ("redo", document.undo_stack.canRedoChanged),
        ):
            self._actions[name].setEnabled(False)
            stack_can.connect(self._actions[name].setEnabled)
        for name, key in (("grid", "pixel_grid"), ("pre", "pre_activation")):
            self._actions[name].setChecked(bool(settings.get(key)))
        self._actions["projection"].setChecked(bool(settings.get("projection")))
        self._actions[f"theme_{settings.get('theme')}"].setChecked(True)
        self._actions["pen"].setChecked(True)
        document.request_changed.connect(self.refresh)
        document.selection_changed.connect(self.refresh)
        document.chapter_changed.connect(self._tick)
        player.mode_changed.connect(self._tick)
        player.demonstration_changed.connect(self._tick)
        self._tick()

    def refresh(self) -> None:
        """Commands that could do nothing now are grey."""
        document = self._window.document
        state = (
            bool(document.selection),
            bool(document.scene.items),
            bool(document.ablated),
            document.pinned is not None,
        )
        if state == self._enabled:
            return  # on the live path nothing of this changes
        self._enabled = state
        selected, drawn, ablated, pinned = state
        self._window.hinting.show()
        for names, can in (
            ("duplicate delete group ungroup", selected),
            ("ablate unpin", pinned),
            ("clear centre select_all", drawn),
            ("restore", ablated),
        ):
            for name in names.split():
                self._actions[name].setEnabled(can)

    def _tick(self) -> None:
        window = self._window
        self._actions[f"chapter_{window.document.chapter}"].setChecked(True)
        self._actions["loop"].setChecked(window.player.loop)
        for name in ("step_on", "step_back"):
            self._actions[name].setEnabled(window.player.at_hand is not None)
