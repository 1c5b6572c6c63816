"""A|B: the state as it was, A, in views of its own above the live ones, B.

The frozen views have a document and a paint clock of their own, so nothing that happens to the live
ones reaches them, and their painting is not taken for the live frame's. Pointing at them tells
values; nothing can be changed there.
"""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from viz import theme as themes
from viz.document import Document
from viz.i18n import tr
from viz.nets.layers import NONE_CLASS
from viz.snapshot import Snapshot
from viz.theme import GRID, Theme
from viz.views.answer import Answer
from viz.views.barcode import Barcode
from viz.views.canvas.handles import Frame
from viz.views.canvas.surface import CanvasSurface
from viz.views.dividing import Division, Shapes
from viz.views.lettering import Lettering
from viz.views.mosaic import Mosaic
from viz.views.paint_clock import PaintClock
from viz.views.scores import probabilities

NAMES = ("C1", "S2", "C3", "S4")

BESIDE = 3 * GRID
"""Pixels between what stands side by side."""


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
        self._small = Lettering(themes.font(text_px))
        self._bold = Lettering(themes.font(text_px, bold=True))
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


class Frozen:
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


class FrozenMaps(QWidget):
    """The right half: four mosaics and the barcode, laid out as the live ones are."""

    def __init__(
        self, mosaics: dict[str, Mosaic], barcode: Barcode, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.mosaics, self.barcode = mosaics, barcode
        self._rows = QHBoxLayout(), QHBoxLayout()
        self._column, whole = QVBoxLayout(), QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        for row, names in zip(self._rows, (NAMES[:2], NAMES[2:]), strict=True):
            for name in names:
                row.addWidget(mosaics[name])
            self._column.addLayout(row)
        whole.addLayout(self._column, 9)
        whole.addWidget(barcode, 1)
        for layout in (*self._rows, self._column, whole):
            layout.setSpacing(4 * GRID)
        for row in self._rows:
            row.setSpacing(BESIDE)
        whole.setSpacing(BESIDE)

    def divide(self, division: Division, shapes: Shapes, place: int, head: int) -> None:
        """Divide the place as the live mosaics divide theirs, ``place`` device pixels wide, each
        with a ``head`` above."""
        lay_out(self.mosaics, (self._rows, self._column), division, shapes, place, head)


def lay_out(
    mosaics: Mapping[str, Mosaic],
    layouts: tuple[tuple[QHBoxLayout, QHBoxLayout], QVBoxLayout],
    division: Division,
    shapes: Shapes,
    place: int,
    head: int,
) -> None:
    """Divide two rows and their column so."""
    rows, column = layouts
    for number, row in enumerate(rows):
        row.setStretch(0, division.lefts[number])
        row.setStretch(1, place - division.lefts[number])
        column.setStretch(number, division.heights[number] + head)
    for mosaic, shape, grid in zip(mosaics.values(), shapes, division.grids, strict=True):
        mosaic.set_grid(shape, grid)
