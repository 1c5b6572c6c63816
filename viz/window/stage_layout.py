"""Stage layout: what stands below the canvas, and how wide the canvas's side of the window is.

Usually palette, sliders and kernels. While presenting the chapter's instrument, and the scores are
a strip below the maps; under a canvas too high for that they change places. Beside a frozen state
that state. Both times the column is as wide as the canvas can use. Enlarged text is no reason for a
smaller canvas: the kernels go where they would take its room, and the sliders where it would have
less than a third of its side. The kernels do so in every chapter but the first, too, whose
instruments speak of other things.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.model.document import Document
from viz.views import theme as themes
from viz.views.answer.answer import Answer
from viz.views.canvas.canvas import Canvas
from viz.views.canvas.palette import Palette
from viz.views.canvas.transform_panel import TransformPanel
from viz.views.maps.kernels import Kernels
from viz.views.maps.maps import STRIP, Maps
from viz.window.comparison_caption import Caption

CANVAS_STRETCH = 8

USUAL, PRESENTED = 34, 53
"""The left side's share of the width in percent: usually, and at most while presenting."""

LEAST_SHARE = 3
"""One part in so many of its side's height is the canvas's at least."""

BELOW = 0.44, 0.25
"""The share of the height that an instrument of a chapter, and the inspector, has below the canvas
while presenting."""

YIELDS = 0.8
"""For that the canvas gives up a fifth of its size at most."""

NARROWEST, WIDEST = 28, 46
"""The bounds of that share beside a frozen state."""

LATER_MS = 150
"""Interval of checks whether the gesture on the canvas has ended, in milliseconds."""

_ANY = 16_777_215
"""Qt's greatest width."""


@dataclass(frozen=True)
class StageParts:
    """What stands on the stage: the canvas's side from above to below, and the ``maps``."""

    caption: Caption
    answer: Answer
    canvas: Canvas
    palette: Palette
    transforms: TransformPanel
    kernels: Kernels
    maps: Maps


class StageLayout(QObject):
    """Lays the ``parts`` out in ``widget``: ``arrange`` after what is on the screen changed,
    ``settle`` after sizes did."""

    settled = pyqtSignal()
    """All have the sizes that they should have now."""

    def __init__(
        self, parts: StageParts, document: Document, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.parts, self._document, self._view = parts, document, document.view
        self._above: tuple[QWidget, ...] = ()
        """What stands above the live side: A of A|B."""
        grid = 2 * themes.GRID
        self.widget = QWidget()
        left = self._left = QVBoxLayout()
        left.setSpacing(grid)
        for part, stretch in (
            (parts.caption, 0), (parts.answer, 0), (parts.canvas, CANVAS_STRETCH),
            (parts.palette, 0), (parts.transforms, 0), (parts.kernels, 1),
        ):  # fmt: skip
            left.addWidget(part, stretch)
        left.addStretch(0)  # what the canvas cannot use while nothing stands below it
        whole = self._whole = QHBoxLayout()
        whole.setSpacing(3 * grid)
        whole.addLayout(left)
        whole.addWidget(parts.maps)
        self._column = QVBoxLayout(self.widget)
        self._column.setContentsMargins(2 * grid, grid, 2 * grid, 0)
        self._column.addLayout(whole, 1)
        parts.caption.hide()
        self._fitted: object = None
        self._later = QTimer(self)  # an edge of the canvas must not slip away while it is dragged
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self.settle)

    @property
    def _presenting(self) -> bool:
        return self._view.presenting or self._view.stage_only

    def put_above(self, parts: tuple[QWidget, ...]) -> None:
        """Put these, caption, answer and canvas, above the live side; none: no more."""
        self._above = parts
        for place, part in enumerate(parts):
            self._left.insertWidget(place, part, CANVAS_STRETCH if part is parts[-1] else 0)
        self.arrange()

    def arrange(self) -> None:
        """Put everything where it belongs now."""
        parts, presenting = self.parts, self._presenting
        for part in (parts.palette, parts.transforms, parts.kernels):
            part.setVisible(not presenting and not self._above)
        margins = self._column.contentsMargins()
        margins.setBottom(margins.top() if self._view.stage_only else 0)  # or a line follows
        self._column.setContentsMargins(margins)
        if self._above or not presenting:
            self._lend(None)
        if not self._above and not presenting:
            self._divide(USUAL)
        self._fitted = None
        QTimer.singleShot(0, self.settle)

    def settle(self) -> None:
        """Bring everything to the sizes that the layouts give."""
        for _ in range(2):  # how wide a side is tells how high its canvas can be
            for whole in (self.widget.window(), self.widget):
                if whole is not None and (layout := whole.layout()) is not None:
                    layout.activate()
            self.share_out()
        self.settled.emit()

    def share_out(self) -> None:
        """Let canvas and maps divide their places for a canvas of this size."""
        scene = self._document.scene
        self.fit()
        self.parts.maps.divide(scene.height, scene.width, self._view.text_px)

    def fit(self) -> None:
        """Divide the height for a canvas of this size; quick if nothing changed."""
        parts, view = self.parts, self._view
        # The maps are as high; a layout that is about to change knows no height
        height, text_px = parts.maps.height(), view.text_px
        wanted, scene = parts.canvas.useful_height(), self._document.scene
        large = text_px > themes.text_pixels(self.widget.window().height(), projection=False)
        chapter = parts.maps.has_panel
        yielding = large or chapter
        state = wanted, height, scene.height, scene.width, text_px, yielding, chapter
        if state == self._fitted:
            return
        if parts.canvas.held and (self._above or self._presenting):
            self._later.start()
            return
        self._fitted = state
        if self._above:
            wanted = self._beside(height)
        elif self._presenting:
            wanted = self._stage(height)
        parts.canvas.setMaximumHeight(wanted)  # the rest is that of what stands below
        if not self._presenting and not self._above:
            room = height - sum(
                part.sizeHint().height() + self._left.spacing()
                for part in (parts.answer, parts.palette)
            )
            for part, least in (
                (parts.transforms, min(wanted, height // LEAST_SHARE)),
                (parts.kernels, wanted if yielding else 0),
            ):
                without = part.sizeHint().height() + self._left.spacing()
                part.setVisible(room - without >= least)
                room -= without if room - without >= least else 0

    def _lend(self, part: QWidget | None) -> None:
        """Let this part of the maps stand below the canvas; None: nothing."""
        maps = self.parts.maps
        before = maps.lent
        if part is before:
            return
        if before is not None:
            self._left.removeWidget(before)
        maps.lend(part)
        maps.scores.setMinimumHeight(maps.scores.minimumSizeHint().height())
        if part is not None:
            self._left.insertWidget(self._left.count() - 1, part, 1)

    def _stage(self, height: int) -> int:
        """The height of the canvas while presenting; below it stands the instrument, or, where that
        would cost a high canvas too much, the scores."""
        parts, whole = self.parts, self._whole_width()
        high = height - parts.answer.sizeHint().height() - 2 * self._left.spacing()
        left = round(high - BELOW[not parts.maps.has_panel] * height)
        largest = parts.canvas.useful_size(whole * PRESENTED // 100, _ANY)
        if left >= YIELDS * largest.height():
            self._lend(parts.maps.instruments)
            self._divide_for(largest.width(), USUAL, PRESENTED)
            return parts.canvas.useful_size(largest.width(), left).height()
        scores = STRIP * self._view.text_px
        self._lend(parts.maps.scores)
        parts.maps.scores.setMinimumHeight(scores)
        largest = parts.canvas.useful_size(whole * PRESENTED // 100, high - scores)
        self._divide_for(largest.width(), USUAL, PRESENTED)
        return largest.height()

    def _beside(self, height: int) -> int:
        """The height of each of two canvases, one above the other."""
        parts = self.parts
        used = parts.answer.sizeHint().height() + parts.caption.height()
        each = height // 2 - used - 3 * self._left.spacing()
        size = parts.canvas.useful_size(self._whole_width() * WIDEST // 100, each)
        self._divide_for(size.width(), NARROWEST, WIDEST)
        return size.height()

    def _whole_width(self) -> int:
        """What both sides have together."""
        left, right = self.parts.canvas.geometry(), self.parts.maps.geometry()
        return max(1, right.right() + 1 - left.left() - self._whole.spacing())

    def _divide_for(self, width: int, least: int, most: int) -> None:
        """Make the left side this wide, within these shares in percent."""
        self._divide(min(max(least, ceil(100 * width / self._whole_width())), most))

    def _divide(self, share: int) -> None:
        """Give the left side this share of the width, in percent."""
        if share != self._whole.stretch(0):
            self._whole.setStretch(0, share)
            self._whole.setStretch(1, 100 - share)
            QTimer.singleShot(0, self.settle)
