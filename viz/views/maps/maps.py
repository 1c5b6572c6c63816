"""The map panel: every feature map, with an instrument and the scores below, sharing one place.

The mosaics divide their place so that map pixels become as large as whole numbers allow, for the
network, the canvas's size and the panel's own. Below stands the chapter's panel, or the inspector
where a chapter has none and wherever a unit is pinned. A frozen state's maps stand above the live
ones, and what stands below makes way for them where units would have less than a pixel.
"""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.answer.scores import Scores
from viz.views.inspector.inspector import Inspector
from viz.views.maps.layer_maps import LayerMaps
from viz.views.maps.map_grid import Division, best_division
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
    """Holds ``layers``, the maps of all layers, ``instruments``, which are the ``inspector`` or the
    chapter's panel, and ``scores``."""

    below_changed = pyqtSignal()
    """What stands below made way for a frozen state's maps, or came back: ``crowded``."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.layers = LayerMaps(document, clock)
        self.inspector = Inspector(document, clock)
        self.scores = Scores(document, clock)
        below = QHBoxLayout()
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
        self._whole.addWidget(self.layers, 75)
        self._whole.addLayout(below, 25)
        for layout in (below, self._whole):
            layout.setSpacing(4 * themes.GRID)
        self.layers.built.connect(self._divide_again)
        self._frozen: LayerMaps | None = None
        self.lent: QWidget | None = None
        """Which of ``instruments`` and ``scores`` stands elsewhere."""
        self.crowded = False
        """Whether there is no room for what stands below."""
        self._divided: tuple[int, int, int, QSize] | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show these activations."""
        self.layers.show_snapshot(snapshot)

    def _divide_again(self) -> None:
        """Divide the place among the views of another network."""
        if self._divided is not None:
            height, width, text_px, _ = self._divided
            self._divided = None
            self.divide(height, width, text_px)

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

    def set_frozen(self, frozen: LayerMaps | None) -> None:
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
        if state == self._divided or self.height() < 100 or self.width() < 100:
            return
        self._divided = state
        taken = self._below_height(text_px)
        if self._frozen is None:
            self._stand(height, width, text_px, taken)
        else:
            self._stand_two(height, width, text_px, taken)

    def _share(self, share: float, text_px: int) -> float:
        return max(150, round(9.5 * text_px), self.height() * share)

    def _below_height(self, text_px: int) -> float:
        """Pixels of what stands below the maps, without a frozen state."""
        if self.lent is self.instruments:
            return STRIP * text_px
        if self._panel is None:
            return self._share(BELOW, text_px)
        alone = self.lent is self.scores
        return self._share(CHAPTER_ALONE if alone else CHAPTER_BELOW, text_px)

    def _usual(self, text_px: int) -> tuple[float, ...]:
        """The heights below the maps for which their grids are chosen."""
        if self.lent is self.instruments:
            return (STRIP * text_px,)
        chapter = CHAPTER_ALONE if self.lent is self.scores else CHAPTER_BELOW
        # Which count for more: four chapters to one
        return (self._share(BELOW, text_px),) * 2 + (self._share(chapter, text_px),) * 3

    def _division(
        self, maps: LayerMaps, size: tuple[int, int], text_px: int, below: float
    ) -> tuple[Division, int]:
        """The division of ``maps`` above ``below`` pixels, and the tiles' width; in device pixels.

        It follows this widget's own size: a child's may be that of before the layout."""
        ratio = self.devicePixelRatioF()
        shapes = maps.shapes(*size)
        head = int(head_height(text_px) * ratio) + 1
        rows = max(1, -(-len(shapes) // 2))
        wide = int(maps.place_in(self.width()) * ratio) - ROUNDING

        def height(below: float) -> int:
            gaps = (rows + 1) * self._whole.spacing()
            return int((self.height() - gaps - below) * ratio) - rows * head

        heads = tuple(int(each * ratio) + 1 for each in maps.head_widths(shapes))
        usual = tuple(map(height, self._usual(text_px)))
        cramped = self._frozen is not None  # two states share the place of one
        division = best_division(shapes, wide, height(below), usual, heads, any_grid=cramped)
        return division, wide

    def _stand(self, height: int, width: int, text_px: int, taken: float) -> None:
        """Divide the place between the maps and what stands below them."""
        ratio = self.devicePixelRatioF()
        head = int(head_height(text_px) * ratio) + 1
        layers, size = self.layers, (height, width)
        division, wide = self._division(layers, size, text_px, taken)
        if division.heights:
            rows = len(division.heights)
            above = sum(division.heights) + rows * (head + int(self._whole.spacing() * ratio))
        else:
            above = int((self.height() - taken) * ratio)
        self._whole.setStretch(0, above)
        self._whole.setStretch(1, max(1, int(self.height() * ratio) - above))
        layers.divide(division, layers.shapes(*size), wide, head)

    def _stand_two(self, height: int, width: int, text_px: int, taken: float) -> None:
        """Divide the place between a frozen state's maps, the live ones, and what stands below
        them, which makes way where a unit would have less than a pixel."""
        assert self._frozen is not None
        head = int(head_height(text_px) * self.devicePixelRatioF()) + 1
        size = (height, width)
        if self._panel is not None:
            taken = max(BESIDE_EM * text_px, self.height() * BESIDE_BELOW)
        both = (self._frozen, self.layers)

        def divided(below: float) -> list[tuple[Division, int]]:
            return [self._division(each, size, text_px, below) for each in both]

        divisions = divided((self.height() + taken) / 2)
        self._crowd(min(division.smallest for division, _ in divisions) < 1)
        if self.crowded:
            taken, divisions = 0, divided(self.height() / 2)
        for maps, (division, wide) in zip(both, divisions, strict=True):
            maps.divide(division, maps.shapes(*size), wide, head)
        each = round(self.height() - taken) // 2 - self._whole.spacing()
        for number, stretch in enumerate((each, each, round(taken))):
            self._whole.setStretch(number, stretch)
