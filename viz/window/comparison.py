"""A|B: the state as it was, A, in views of its own above the live ones, B.

The frozen views have a document and a paint clock of their own, so nothing that happens to the
live ones reaches them, and their painting is not taken for the live frame's. Pointing at them
tells values; nothing can be changed there. A takes the controls' place; instruments go on
speaking of B, where the window has room for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from viz.chapters.panels import ChapterPanels
from viz.engine.compute import Computer, Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.command import Command
from viz.model.document import Document
from viz.model.snapshot import Request, Snapshot
from viz.model.view_state import ViewState
from viz.session.session import ComparisonState
from viz.views.answer.answer import Answer
from viz.views.answer.scores import probabilities
from viz.views.canvas.handles import Frame
from viz.views.canvas.surface import CanvasSurface
from viz.views.maps.barcode import Barcode
from viz.views.maps.layer_maps import LayerMaps
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock
from viz.views.theme import Theme
from viz.window.appearance import Appearance
from viz.window.comparison_caption import Caption
from viz.window.stage_layout import StageLayout

SLOT = "frozen"
"""Of the measuring lane: the live lane would drop A's request for B's."""


class Comparison(QObject):
    """``frozen`` holds the views of A, or None. ``caption`` stands over the live canvas, B."""

    changed = pyqtSignal()
    """A came, or was let go, or instruments made way for it."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        panels: ChapterPanels,
        layout: StageLayout,
        appearance: Appearance,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._panels = document, engine, panels
        self._layout, self._appearance = layout, appearance
        self._maps, self._canvas = layout.parts.maps, layout.parts.canvas
        self.frozen: ComparisonView | None = None
        self._awaited: ComparisonState | None = None
        """A of a session, whose snapshot is under way."""
        self.caption = layout.parts.caption
        document.snapshot_changed.connect(self._tell)
        document.window_changed.connect(self._tell)
        self._maps.below_changed.connect(self._show_below)

    def commands(self) -> tuple[Command, ...]:
        """The one command."""
        return (
            Command("freeze", tr("&View"), tr("Free&ze beside (A|B)"), "B",
                    tr("Keep the present state as A beside the live one, B; again lets it go."),
                    self.toggle, checked=lambda: self.frozen is not None, once=True),
        )  # fmt: skip

    def toggle(self) -> None:
        """Keep what is on the screen now, or let it go."""
        if self.state() is not None:
            self.restore(None)
        elif self._document.snapshot is not None:
            self._freeze(self._document.shown_window(), self._document.snapshot)

    def state(self) -> ComparisonState | None:
        """What A shows, or will once its snapshot is there, as a session keeps it."""
        if self.frozen is None:
            return self._awaited
        request = self.frozen.snapshot.request
        return ComparisonState(request.scene, request.network, request.ablated, self.frozen.window)

    def restore(self, state: ComparisonState | None) -> None:
        """Show this as A, as soon as the network has answered it; None lets A go."""
        if state == self.state():
            return
        self._engine.forget(SLOT)
        self._awaited = None
        if self.frozen is not None:
            self._let_go(self.frozen)
        if state is not None:
            self._awaited = state
            request = Request(
                0, state.scene, state.ablated, None, state.network, window=state.window
            )
            self._engine.measure(
                SLOT, partial(_answer, request), partial(self._freeze, state.window)
            )

    def _freeze(self, pointed_out: tuple[int, int] | None, snapshot: Snapshot) -> None:
        self._awaited = None
        self.frozen = ComparisonView(snapshot, pointed_out, self._document.view)
        self.frozen.set_theme(self._appearance.theme, self._appearance.text_px)
        self.frozen.canvas.geometry_changed.connect(self.align)
        self._maps.set_frozen(self.frozen.maps)
        shown = self.frozen.document.shown_window()
        self._maps.scores.set_beside(None if shown is None else probabilities(snapshot, shown))
        self._show_state(self.frozen.left)

    def _let_go(self, frozen: ComparisonView) -> None:
        self.frozen = None
        frozen.canvas.geometry_changed.disconnect(self.align)
        self._maps.set_frozen(None)
        self._maps.scores.set_beside(None)
        frozen.let_go()
        self._show_state(())

    def _show_below(self) -> None:
        """Instruments made way for A, or came back."""
        if self._document.snapshot is not None:
            self._panels.show_snapshot(self._document.snapshot)
        self.changed.emit()

    def _show_state(self, above: tuple[QWidget, ...]) -> None:
        self._tell()
        self.caption.setVisible(self.frozen is not None)
        self._layout.put_above(above)
        self.changed.emit()

    def _tell(self) -> None:
        """The live caption says what the shown window says now."""
        if self.frozen is not None:
            self.caption.show_window(self._document.snapshot, self._document.shown_window())

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self.caption.set_theme(theme, text_px)
        if self.frozen is not None:
            self.frozen.set_theme(theme, text_px)

    def align(self) -> None:
        """Align the frozen answer with its canvas, once the layout has given sizes."""
        if self.frozen is not None:
            self.frozen.align(self._canvas.maximumHeight())


def _answer(request: Request, nets: Nets) -> Iterator[Snapshot]:
    yield Computer(nets)(request)


class _Answer(Answer):
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Nothing is chosen here."""


class _Mosaic(Mosaic):
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Nothing is pinned or ablated here."""


class _Barcode(Barcode):
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Nothing is pinned or ablated here."""


class _Canvas(CanvasSurface):
    def _paint_hand(self, painter: QPainter, frame: Frame | None) -> None:
        """Paint nothing: a frozen canvas has no gestures and no edges to drag."""


class ComparisonView:
    """``left`` are caption, answer and canvas, to stand above the live ones; ``maps`` the rest."""

    def __init__(
        self,
        snapshot: Snapshot,
        window: tuple[int, int] | None,
        view: ViewState,
    ) -> None:
        """``window``, (row, column) of the output, is the one whose scores were shown. ``view`` is
        shared with the live side, so that both show their data in the same way."""
        self.snapshot, self.window = snapshot, window
        request = snapshot.request
        self.document = Document(request.scene, view)
        self.document.set_network(request.network)
        clock = PaintClock()
        self.caption = Caption("A", tr("frozen (key B lets it go)"), tr("frozen (B)"), tr("frozen"))
        self.answer = _Answer(self.document, clock)
        self.answer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas = _Canvas(self.document, clock)
        self.canvas.setAccessibleName(tr("Frozen canvas"))
        self.maps = LayerMaps(self.document, clock, _Mosaic, _Barcode)
        self.left: tuple[QWidget, ...] = self.caption, self.answer, self.canvas
        self.document.show(snapshot)
        self.document.select_window(window)
        self.caption.show_window(snapshot, self.document.shown_window())
        for part in (self.answer, self.canvas, self.maps):
            part.show_snapshot(snapshot)
        self.answer.window_hovered.connect(self.canvas.set_hovered_window)
        self.answer.window_hovered.connect(self.document.hover_window)

    def let_go(self) -> None:
        """Take everything off the screen, for good."""
        for part in (self.maps, *self.left):
            part.hide()
            part.setParent(None)
            part.deleteLater()

    def align(self, height: int) -> None:
        """The canvas is as high as the live one may be, the answer row lies exactly over it."""
        self.canvas.setMaximumHeight(height)
        rect = self.canvas.image_rect()
        scale = rect.width() / max(1, self.document.scene.width)
        self.answer.set_mapping(rect.left() + self.canvas.x() - self.answer.x(), scale)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        for part in (self.caption, self.answer, self.canvas, self.maps):
            part.set_theme(theme, text_px)
