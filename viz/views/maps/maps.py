"""The map panel: every feature map, with an instrument and the scores below, sharing one place.

The four mosaics divide their place so that map pixels become as large as whole numbers allow;
the division follows the canvas's size and the panel's own. Below stands the chapter's panel, or the
inspector where a chapter has none and wherever a unit is pinned. A frozen state's maps stand above
the live ones, and what stands below makes way for them where units would have less than a pixel.
"""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from viz.model.document import Document
from viz.nets.layers import LAYERS
from viz.views import theme as themes
from viz.views.answer.scores import Scores
from viz.views.inspector.inspector import Inspector
from viz.views.maps.barcode import Barcode
from viz.views.maps.frozen_maps import BESIDE, FrozenMaps, lay_out
from viz.views.maps.map_grid import Division, best_division
from viz.views.maps.mosaic import Mosaic
from viz.views.maps.mosaic_head import head_height
from viz.views.paint_clock import PaintClock

BELOW = 0.2
CHAPTER_BELOW = 0.46
CHAPTER_ALONE = 0.40
"""The share of the height below the mosaics: for the inspector, for a chapter's panel, and for one
that has the width to itself while the scores are lent."""

BESIDE_BELOW, BESIDE_EM = 0.3, 14
"""The share of the height, and the least in em, for a chapter's panel below two states' maps."""

STRIP = 8
"""The height of scores that stand alone, in em."""

ROUNDING = 4
"""Device pixels that whole pixels of the layout may cost the tiles."""


class CurrentPage(QStackedWidget):
    """A stack that is as small as its current page allows, whatever pages were visited before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return super().minimumSizeHint()
        return page.minimumSizeHint().expandedTo(page.minimumSize())


class Maps(QWidget):
    """Holds ``mosaics`` (C1, S2, C3, S4), ``barcode`` (C5), ``instruments``, which are the
    ``inspector`` or the chapter's panel, and ``scores``."""

    below_changed = pyqtSignal()
    """What stands below made way for a frozen state's maps, or came back: ``crowded``."""

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
        self.instruments = CurrentPage()
        self.instruments.addWidget(self.inspector)
        below.addWidget(self.instruments, 62)
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
        self.lent: QWidget | None = None
        """Which of ``instruments`` and ``scores`` stands elsewhere."""
        self.crowded = False
        """Whether there is no room for what stands below."""
        self._divided: object = None

    @property
    def has_panel(self) -> bool:
        """Whether a chapter's panel has a place here."""
        return self._panel is not None

    def set_panel(self, panel: QWidget | None) -> None:
        """Show a chapter's panel below the mosaics; None: the inspector."""
        if panel is not None and self.instruments.indexOf(panel) < 0:
            self.instruments.addWidget(panel)
        self._panel = panel
        self._below.setStretch(0, 62 if panel is None else 74)
        self._below.setStretch(1, 38 if panel is None else 26)
        self._divided = None
        self._choose()

    def lend(self, part: QWidget | None) -> None:
        """Give ``instruments`` or ``scores`` away, to stand elsewhere for a while; None: show both
        in their own place again."""
        if part is self.lent:
            return
        if self.lent is not None:
            self._below.insertWidget(0 if self.lent is self.instruments else 1, self.lent)
        if part is not None:
            self._below.removeWidget(part)
        self.lent = part
        self.set_panel(self._panel)

    def set_frozen(self, frozen: FrozenMaps | None) -> None:
        """Show frozen maps above the live ones, as large as these; None: no more."""
        if self._frozen is not None:
            self._whole.removeWidget(self._frozen)
        self._frozen = frozen
        if frozen is not None:
            self._whole.insertWidget(0, frozen, 1)
        else:
            self._crowd(False)
        self._divided = None

    def _crowd(self, crowded: bool) -> None:
        if crowded == self.crowded:
            return
        self.crowded = crowded
        for part in (self.instruments, self.scores):
            part.setVisible(not crowded)
        self.below_changed.emit()

    def _choose(self) -> None:
        """Which of the two stands below now."""
        pinned = self._document.pinned is not None
        shown = self._panel if self._panel is not None and not pinned else self.inspector
        if shown is not self.instruments.currentWidget():
            self.instruments.setCurrentWidget(shown)

    def divide(self, height: int, width: int, text_px: int) -> None:
        """Divide the place for a canvas of height × width pixels; quick if nothing changed."""
        state = (height, width, text_px, self.size())
        place = self._mosaics.geometry().width() - BESIDE
        if state == self._divided or self.height() < 100 or place < 100:
            return
        self._divided = state
        ratio = self.devicePixelRatioF()
        gap = self._whole.spacing()
        shapes = tuple(layer.shape(height, width) for layer in LAYERS[:4])
        heads = (
            mosaic.head_width(*shape[1:])
            for mosaic, shape in zip(self.mosaics.values(), shapes, strict=True)
        )
        first, second, third, fourth = (int(head * ratio) + 1 for head in heads)
        head, wide = int(head_height(text_px) * ratio) + 1, int(place * ratio) - ROUNDING

        def below(share: float) -> float:
            return max(150, round(9.5 * text_px), self.height() * share)

        def room(below: float) -> int:
            return int((self.height() - 3 * gap - below) * ratio) - 2 * head

        def divided(below: float) -> Division:
            return best_division(
                shapes, wide, room(below), tuple(map(room, usual)), (first, second, third, fourth)
            )

        chapter = below(CHAPTER_ALONE if self.lent is self.scores else CHAPTER_BELOW)
        # Which count for more: four chapters to one
        usual: tuple[float, ...] = (below(BELOW),) * 2 + (chapter,) * 3
        taken = usual[0 if self._panel is None else -1]
        if self.lent is self.instruments:
            taken = STRIP * text_px
            usual = (taken,)
        if self._frozen is not None:
            if self._panel is not None:
                taken = max(BESIDE_EM * text_px, self.height() * BESIDE_BELOW)
            division = divided((self.height() + taken) / 2)
            self._crowd(division.smallest < 1)
            if self.crowded:
                taken, division = 0, divided(self.height() / 2)
            self._frozen.divide(division, shapes, wide, head)
            each = round(self.height() - taken) // 2 - gap
            for number, stretch in enumerate((each, each, round(taken))):
                self._whole.setStretch(number, stretch)
        else:
            division = divided(taken)
            above = sum(division.heights) + 2 * head + int(2 * gap * ratio)
            self._whole.setStretch(0, above)
            self._whole.setStretch(1, max(1, int(self.height() * ratio) - above))
        lay_out(self.mosaics, (self._rows, self._mosaics), division, shapes, wide, head)
