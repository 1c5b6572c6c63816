"""Freezing: keeps the present state as A beside the live one, B, in the place of the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import settings
from viz.i18n import tr
from viz.theme import Theme
from viz.views.frozen import Caption, Frozen

if TYPE_CHECKING:
    from viz.window import MainWindow


class Freezing:
    """``frozen`` holds the views of A, or None. ``caption`` stands over the live canvas."""

    def __init__(self, window: MainWindow, scales: dict[str, float]) -> None:
        self._window, self._scales = window, scales
        self.frozen: Frozen | None = None
        self.caption = Caption("B", tr("live"))
        self.caption.hide()

    def toggle(self) -> None:
        """Keep what is on the screen now, or let it go."""
        window = self._window
        snapshot = window.document.snapshot
        if self.frozen is not None:
            self.frozen.canvas.geometry_changed.disconnect(self.align)
            window.maps.set_frozen(None)
            self.frozen.let_go()
            self.frozen = None
            if window.panel_shown is not None and snapshot is not None:
                window.panel_shown.show_snapshot(snapshot)
        elif snapshot is not None:
            self.frozen = Frozen(
                snapshot,
                self._scales,
                pre=bool(settings.get("pre_activation")),
                grid=bool(settings.get("pixel_grid")),
            )
            self.frozen.set_theme(window.theme, window.text_px)
            for part in self.frozen.left:  # above the spring at the end
                stretch = 8 if part is self.frozen.canvas else 0
                window.left.insertWidget(window.left.count() - 1, part, stretch)
            self.frozen.canvas.geometry_changed.connect(self.align)
            window.maps.set_frozen(self.frozen.maps)
        self.caption.setVisible(self.frozen is not None)
        window.actions_by_id["freeze"].setChecked(self.frozen is not None)
        window.fold_controls()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self.caption.set_theme(theme, text_px)
        if self.frozen is not None:
            self.frozen.set_theme(theme, text_px)

    def set_pre_activation(self, pre: bool) -> None:
        """Show the sums before ReLU in A too: both sides show the same."""
        if self.frozen is not None:
            self.frozen.set_pre_activation(pre)

    def align(self) -> None:
        """Align the frozen answer with its canvas, once the layout has given sizes."""
        if self.frozen is not None:
            self.frozen.align(self._window.canvas.maximumHeight())
