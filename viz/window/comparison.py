"""A|B: the state as it was, A, on a read-only stage of its own above the live one, B.

A has a document and a paint clock of its own, so nothing that happens to B reaches it, and its
painting is not taken for the live frame's. A takes the controls' place; instruments go on speaking
of B, where the window has room for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from viz.chapters.panels import ChapterPanels
from viz.engine.compute import Computer, Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.command import Command
from viz.model.document import Document
from viz.model.snapshot import Request, Snapshot
from viz.nets import networks
from viz.session.session import ComparisonState
from viz.views.answer.scores import Scores, probabilities
from viz.views.canvas.surface import CanvasSurface
from viz.views.paint_clock import PaintClock
from viz.window.comparison_caption import ComparisonCaption
from viz.window.stage import Stage, StageArea

SLOT = "comparison"
"""Of the measuring lane: the live lane would drop A's request for B's."""


class Comparison(QObject):
    """Brings A onto the screen and takes it away."""

    changed = pyqtSignal()
    """A came or went, or the instrument had to make way for it or came back."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        panels: ChapterPanels,
        area: StageArea,
        scores: Scores,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._panels = document, engine, panels
        self._area, self._scores = area, scores
        self._state: ComparisonState | None = None
        document.view.changed.connect(self._follow)
        document.snapshot_changed.connect(self._show_window)
        document.window_changed.connect(self._show_window)
        area.live.parts_changed.connect(self._show_panel)

    def commands(self) -> tuple[Command, ...]:
        """Return the one command."""
        return (
            Command("freeze", tr("&View"), tr("Free&ze for comparison (A|B)"), "F",
                    tr("Keep the present state as A beside the live one, B; again to end the "
                            "comparison."),
                    self.toggle, checked=lambda: self.stage is not None, once=True),
        )  # fmt: skip

    @property
    def stage(self) -> Stage | None:
        """The stage of A, once it is on the screen."""
        return self._area.other

    def toggle(self) -> None:
        """Keep what is on the screen now as A, or let A go."""
        snapshot = self._document.snapshot
        if self._state is not None:
            self.restore(None)
        elif snapshot is not None:
            request, window = snapshot.request, self._document.shown_window()
            networks.hold(request.network)
            self._state = ComparisonState(request.scene, request.network, request.ablated, window)
            self._show(self._state, snapshot)

    def state(self) -> ComparisonState | None:
        """Return what A shows, or will once its snapshot is there, as a session keeps it."""
        return self._state

    def restore(self, state: ComparisonState | None) -> None:
        """Show this as A, as soon as the network has answered it; None lets A go."""
        if state == self._state:
            return
        self._engine.forget(SLOT)
        self._state = state
        if self.stage is not None:
            self._set_stage(None)
        if state is not None:
            request = Request(
                0, state.scene, state.ablated, None, state.network, window=state.window
            )
            self._engine.measure(SLOT, partial(_answer, request), partial(self._show, state))

    def _show(self, state: ComparisonState, snapshot: Snapshot) -> None:
        """Put A on the screen."""
        document, clock = Document(state.scene, self._document.view, read_only=True), PaintClock()
        document.set_network(state.network)
        canvas = CanvasSurface(document, clock)
        canvas.setAccessibleName(tr("Frozen canvas"))
        caption = ComparisonCaption(
            "A", tr("frozen (press F to end)"), tr("frozen (F)"), tr("frozen")
        )
        stage = Stage(document, clock, canvas, caption)
        stage.answer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        document.show(snapshot)
        document.select_window(state.window)
        stage.show_snapshot(snapshot)
        window = document.shown_window()
        self._scores.set_beside(None if window is None else probabilities(snapshot, window))
        self._set_stage(stage)

    def _set_stage(self, stage: Stage | None) -> None:
        if stage is None:
            self._scores.set_beside(None)
        self._area.set_other(stage)
        self._show_window()
        self.changed.emit()

    def _show_panel(self) -> None:
        """Instruments made way for A, or came back."""
        if self._document.snapshot is not None:
            self._panels.show_snapshot(self._document.snapshot)
        self.changed.emit()

    def _follow(self, name: str) -> None:
        if name == "answer_hidden":
            self._show_window()

    def _show_window(self) -> None:
        """Say over A and B what their shown windows say now, unless the hall guesses."""
        if self.stage is None:
            return
        for stage in (self.stage, self._area.live):
            document = stage.document
            hidden = document.view.answer_hidden
            snapshot = None if hidden else document.snapshot
            stage.caption.show_window(snapshot, document.shown_window())


def _answer(request: Request, nets: Nets) -> Iterator[Snapshot]:
    yield Computer(nets)(request)
