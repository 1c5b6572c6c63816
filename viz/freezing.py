"""Freezing: keeps the present state as A above the live one, B, which takes the controls' place.

Instruments go on speaking of B, where the window has room for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from viz import settings
from viz.compute import Computer, Nets
from viz.engine import Engine
from viz.i18n import tr
from viz.session.session import ComparisonState
from viz.snapshot import Request, Snapshot
from viz.theme import Theme
from viz.views.frozen import Caption, Frozen
from viz.views.scores import probabilities

if TYPE_CHECKING:
    from viz.window import MainWindow

SLOT = "frozen"
"""Of the measuring lane: the live lane would drop A's request for B's."""


class Freezing:
    """``frozen`` holds the views of A, or None. ``caption`` stands over the live canvas."""

    def __init__(self, window: MainWindow, engine: Engine, scales: dict[str, float]) -> None:
        self._window, self._engine, self._scales = window, engine, scales
        self.frozen: Frozen | None = None
        self._awaited: ComparisonState | None = None
        """A of a session, whose snapshot is under way."""
        self.caption = Caption("B", tr("live"))
        self.caption.hide()
        window.document.snapshot_changed.connect(self._tell)
        window.document.window_changed.connect(self._tell)
        window.maps.below_changed.connect(self._show_below)

    def toggle(self) -> None:
        """Keep what is on the screen now, or let it go."""
        if self.beside is not None:
            self.restore(None)
        elif self._window.document.snapshot is not None:
            self._freeze(self._window.document.shown_window(), self._window.document.snapshot)

    @property
    def beside(self) -> ComparisonState | None:
        """What A shows, or will once its snapshot is there, as a session keeps it."""
        if self.frozen is None:
            return self._awaited
        request = self.frozen.snapshot.request
        return ComparisonState(request.scene, request.network, request.ablated, self.frozen.window)

    def restore(self, beside: ComparisonState | None) -> None:
        """Show this as A, as soon as the network has answered it; None lets A go."""
        if beside == self.beside:
            return
        self._engine.forget(SLOT)
        self._awaited = None
        if self.frozen is not None:
            self._let_go(self.frozen)
        if beside is not None:
            self._awaited = beside
            request = Request(0, beside.scene, beside.ablated, None, beside.network)
            self._engine.measure(
                SLOT, partial(_answer, request), partial(self._freeze, beside.window)
            )

    def _freeze(self, pointed_out: tuple[int, int] | None, snapshot: Snapshot) -> None:
        window, self._awaited = self._window, None
        self.frozen = Frozen(
            snapshot,
            pointed_out,
            self._scales,
            pre=bool(settings.get("pre_activation")),
            grid=bool(settings.get("pixel_grid")),
        )
        self.frozen.set_theme(window.appearance.theme, window.appearance.text_px)
        for place, part in enumerate(self.frozen.left):
            stretch = 8 if part is self.frozen.canvas else 0
            window.left.insertWidget(place, part, stretch)
        self.frozen.canvas.geometry_changed.connect(self.align)
        window.maps.set_frozen(self.frozen.maps)
        shown = self.frozen.document.shown_window()
        window.maps.scores.set_beside(None if shown is None else probabilities(snapshot, shown))
        self._show_state()

    def _let_go(self, frozen: Frozen) -> None:
        window, self.frozen = self._window, None
        frozen.canvas.geometry_changed.disconnect(self.align)
        window.maps.set_frozen(None)
        window.maps.scores.set_beside(None)
        frozen.let_go()
        self._show_state()

    def _show_below(self) -> None:
        """Instruments made way for A, or came back."""
        window = self._window
        if window.panel_shown is not None and window.document.snapshot is not None:
            window.panel_shown.show_snapshot(window.document.snapshot)
        window.hinting.show()

    def _show_state(self) -> None:
        self._tell()
        self.caption.setVisible(self.frozen is not None)
        self._window.actions_by_id["freeze"].setChecked(self.frozen is not None)
        self._window.fold_controls()

    def _tell(self) -> None:
        """The live caption says what the shown window says now."""
        if self.frozen is not None:
            document = self._window.document
            self.caption.show_window(document.snapshot, document.shown_window())

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self.caption.set_theme(theme, text_px)
        if self.frozen is not None:
            self.frozen.set_theme(theme, text_px)

    def set_pre_activation(self, pre: bool) -> None:
        """Show the sums before ReLU in A too: both sides show the same."""
        if self.frozen is not None:
            self.frozen.set_pre_activation(pre)

    def set_pixel_grid(self, on: bool) -> None:
        """Show or hide the pixel grid of A, too."""
        if self.frozen is not None:
            self.frozen.canvas.set_pixel_grid(on)

    def align(self) -> None:
        """Align the frozen answer with its canvas, once the layout has given sizes."""
        if self.frozen is not None:
            self.frozen.align(self._window.canvas.maximumHeight())


def _answer(request: Request, nets: Nets) -> Iterator[Snapshot]:
    yield Computer(nets)(request)
