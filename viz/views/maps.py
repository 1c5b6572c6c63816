"""The map panel: every feature map, with an instrument and the scores below, sharing one place.

The four mosaics divide their place so that map pixels become as large as whole numbers allow;
the division follows the canvas's size and the panel's own. Below stands the chapter's panel, or the
inspector where a chapter has none and wherever a unit is pinned.
"""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from viz import theme as themes
from viz.document import Document
from viz.nets.layers import LAYERS
from viz.views.barcode import Barcode
from viz.views.dividing import best_division
from viz.views.frozen import BESIDE, FrozenMaps, lay_out
from viz.views.inspector.inspector import Inspector
from viz.views.mosaic import Mosaic
from viz.views.mosaic_head import head_height
from viz.views.paint_clock import PaintClock
from viz.views.scores import Scores

BELOW = 0.2
CHAPTER_BELOW = 0.46
CHAPTER_ALONE = 0.40
"""The share of the height below the mosaics: for the inspector, for a chapter's panel, and for one
that has the width to itself while the scores are lent."""

ROUNDING = 4
"""Device pixels that whole pixels of the layout may cost the tiles."""


class Maps(QWidget):
    """Holds ``mosaics`` (C1, S2, C3, S4), ``barcode`` (C5), ``inspector`` and ``scores``."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        scales: dict[str, float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.mosaics = {
            name: Mosaic(document, clock, name, scales) for name in ("C1", "S2", "C3", "S4")
        }
        self.barcode = Barcode(document, clock, scales)
        self.inspector = Inspector(document, clock)
        self.scores = Scores(document, clock)
        self._rows = QHBoxLayout(), QHBoxLayout()
        self._mosaics, above, below = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, names in zip(self._rows, (("C1", "S2"), ("C3", "S4")), strict=True):
            for name in names:
                row.addWidget(self.mosaics[name])
            self._mosaics.addLayout(row)
        above.addLayout(self._mosaics, 9)
        above.addWidget(self.barcode, 1)
        self._below = below
        self._panel: QWidget | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.inspector)
        below.addWidget(self._stack, 62)
        below.addWidget(self.scores, 38)
        document.inspected_changed.connect(self._choose)
        self._document = document
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addLayout(above, 75)
        self._whole.addLayout(below, 25)
        for layout in (*self._rows, self._mosaics, above, below, self._whole):
            layout.setSpacing(4 * themes.GRID)
        for row in (*self._rows, above):
            row.setSpacing(BESIDE)
        self._frozen: FrozenMaps | None = None
        self._divided: object = None

    def set_panel(self, panel: QWidget | None) -> None:
        """Show a chapter's panel below the mosaics; None: the inspector."""
        if panel is not None and self._stack.indexOf(panel) < 0:
            self._stack.addWidget(panel)
        self._panel = panel
        self._below.setStretch(0, 62 if panel is None else 74)
        self._below.setStretch(1, 38 if panel is None else 26)
        self._divided = None
        self._choose()

    def lend_scores(self) -> Scores:
        """Give the scores away, to stand elsewhere for a while."""
        self._below.removeWidget(self.scores)
        self._divided = None
        return self.scores

    def take_scores_back(self) -> None:
        """Show the scores in their own place again."""
        self._below.addWidget(self.scores)
        self.set_panel(self._panel)

    def set_frozen(self, frozen: FrozenMaps | None) -> None:
        """Show frozen maps above the live ones, as large as these, and nothing below; None: what
        stood there."""
        if self._frozen is not None:
            self._whole.removeWidget(self._frozen)
        self._frozen = frozen
        if frozen is not None:
            self._whole.insertWidget(0, frozen, 1)
        self._stack.setVisible(frozen is None)
        self.scores.setVisible(frozen is None)
        self._divided = None

    def _choose(self) -> None:
        """Which of the two stands below now."""
        pinned = self._document.pinned is not None
        shown = self._panel if self._panel is not None and not pinned else self.inspector
        if shown is not self._stack.currentWidget():
            self._stack.setCurrentWidget(shown)

    def set_pre_activation(self, pre: bool) -> None:
        """Show the sums before ReLU, or activations."""
        for mosaic in self.mosaics.values():
            mosaic.set_pre_activation(pre)
        self.barcode.set_pre_activation(pre)

    def divide(self, height: int, width: int, text_px: int) -> None:
        """Divide the place for a canvas of height × width pixels; quick if nothing changed."""
        state = (height, width, text_px, self.size())
        place = self._mosaics.geometry().width() - BESIDE
        if state == self._divided or self.height() < 100 or place < 100:
            return
        self._divided = state
        lent = self._below.indexOf(self.scores) < 0
        chapter = CHAPTER_ALONE if lent else CHAPTER_BELOW
        usual = (BELOW,) * 2 + (chapter,) * 3  # which count for more: four chapters to one
        share = 0.5 if self._frozen is not None else BELOW if self._panel is None else chapter
        ratio = self.devicePixelRatioF()
        gap = self._whole.spacing()
        shapes = tuple(layer.shape(height, width) for layer in LAYERS[:4])
        heads = (
            mosaic.head_width(*shape[1:])
            for mosaic, shape in zip(self.mosaics.values(), shapes, strict=True)
        )
        first, second, third, fourth = (int(head * ratio) + 1 for head in heads)
        head, wide = int(head_height(text_px) * ratio) + 1, int(place * ratio) - ROUNDING

        def room(share: float) -> int:
            below = max(150, round(9.5 * text_px), self.height() * share)
            return int((self.height() - 3 * gap - below) * ratio) - 2 * head

        division = best_division(
            shapes, wide, room(share), tuple(map(room, usual)),
            (first, second, third, fourth),
        )  # fmt: skip
        lay_out(self.mosaics, (self._rows, self._mosaics), division, shapes, wide, head)
        if self._frozen is not None:
            self._frozen.divide(division, shapes, wide, head)
            for number, stretch in enumerate((1, 1, 0)):
                self._whole.setStretch(number, stretch)
            return
        above = sum(division.heights) + 2 * head + int(2 * gap * ratio)
        self._whole.setStretch(0, above)
        self._whole.setStretch(1, max(1, int(self.height() * ratio) - above))
