"""A|B: the state as it was, A, in views of its own above the live ones, B.

The frozen views have a document and a paint clock of their own, so nothing that happens to the
live ones reaches them, and their painting is not taken for the live frame's. Pointing at them
tells values; nothing can be changed there. A takes the controls' place; instruments go on
speaking of B, where the window has room for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.engine.compute import Computer, Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.model.snapshot import Request, Snapshot
from viz.nets.layers import NONE_CLASS
from viz.session.session import ComparisonState
from viz.views import theme as themes
from viz.views.answer.answer import Answer
from viz.views.answer.scores import probabilities
from viz.views.canvas.handles import Frame
from viz.views.canvas.surface import CanvasSurface
from viz.views.maps.barcode import Barcode
from viz.views.maps.frozen_maps import NAMES, FrozenMaps
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


SLOT = "frozen"
"""Of the measuring lane: the live lane would drop A's request for B's."""


class Comparison:
    """``frozen`` holds the views of A, or None. ``caption`` stands over the live canvas."""

    def __init__(self, window: MainWindow, engine: Engine, scales: dict[str, float]) -> None:
        self._window, self._engine, self._scales = window, engine, scales
        self.frozen: ComparisonView | None = None
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
        self.frozen = ComparisonView(
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

    def _let_go(self, frozen: ComparisonView) -> None:
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
        window.hints.show()

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


class Caption(QWidget):
    """``A`` or ``B`` and what it means; at the right what the shown window says, painted, since a
    label would lay the whole window out anew with every frame."""

    def __init__(self, letter: str, *meanings: str, parent: QWidget | None = None) -> None:
        """``meanings``, the longest first: that is shown which leaves room for the rest."""
        super().__init__(parent)
        self._letter, self._meanings, self._told = letter, meanings, ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{letter} {meanings[0]}")
        self.set_theme(themes.theme("dark"), 13)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        self._small = TextCache(themes.font(text_px))
        self._bold = TextCache(themes.font(text_px, bold=True))
        self.setFixedHeight(round(self._small.height) + GRID)
        self.update()

    def show_window(self, snapshot: Snapshot | None, window: tuple[int, int] | None) -> None:
        """Tell the class that wins in this window, and its probability."""
        told = ""
        if snapshot is not None and window is not None:
            row, column = window
            scores = probabilities(snapshot, window)
            winner = int(scores.argmax())
            told = tr(
                "row {row}, column {column}:  {name}  {score:.3f}",
                row=row,
                column=column,
                name=tr("none") if winner == NONE_CLASS else str(winner),
                score=float(scores[winner]),
            )
        if told != self._told:
            self._told = told
            self.setAccessibleDescription(told)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.accent)
        painter.setFont(self._bold.font)
        x = self._bold.draw(painter, 0, 0, self._letter) + 2 * GRID
        painter.setFont(self._small.font)
        room = self.width() - x - 2 * GRID - self._small.width(self._told)
        fitting = (m for m in self._meanings if self._small.width(m) <= room)
        meaning = next(fitting, self._meanings[-1])
        if self._small.draw(painter, x, 0, meaning) <= room:
            painter.setPen(self._theme.text)
            self._small.draw(painter, self.width(), 0, self._told, align=1.0)
        painter.end()


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
        """There is no hand here, and no edge to be dragged."""


class ComparisonView:
    """``left`` are caption, answer and canvas, to stand above the live ones; ``maps`` the rest."""

    def __init__(
        self,
        snapshot: Snapshot,
        window: tuple[int, int] | None,
        scales: dict[str, float],
        *,
        pre: bool,
        grid: bool,
    ) -> None:
        """``window`` is the one whose scores were shown, (row, column) of the output."""
        self.snapshot, self.window = snapshot, window
        request = snapshot.request
        self.document = Document(request.scene)
        self.document.set_network(request.network)
        clock = PaintClock()
        self.caption = Caption("A", tr("frozen (key B lets it go)"), tr("frozen (B)"), tr("frozen"))
        self.answer = _Answer(self.document, clock)
        self.answer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas = _Canvas(self.document, clock)
        self.canvas.set_pixel_grid(grid)
        self.canvas.setAccessibleName(tr("Frozen canvas"))
        self.maps = FrozenMaps(
            {name: _Mosaic(self.document, clock, name, scales) for name in NAMES},
            _Barcode(self.document, clock, scales),
        )
        self.left: tuple[QWidget, ...] = self.caption, self.answer, self.canvas
        self._maps: tuple[Mosaic | Barcode, ...] = (*self.maps.mosaics.values(), self.maps.barcode)
        self.set_pre_activation(pre)
        self.document.show(snapshot)
        self.document.select_window(window)
        self.caption.show_window(snapshot, self.document.shown_window())
        for view in (self.answer, self.canvas, *self._maps):
            view.show_snapshot(snapshot)
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

    def set_pre_activation(self, pre: bool) -> None:
        """Show the sums before ReLU, or activations."""
        for view in self._maps:
            view.set_pre_activation(pre)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        for view in (self.caption, self.answer, self.canvas, *self._maps):
            view.set_theme(theme, text_px)
