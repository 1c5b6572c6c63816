"""Stage layout: what stands below the canvas, and how wide the canvas's side of the window is.

Usually palette, sliders and kernels. While presenting the chapter's instrument, and the scores are
a strip below the maps; under a canvas too high for that they change places. Beside a frozen state
that state. Both times the column is as wide as the canvas can use. Enlarged text is no reason for a
smaller canvas: the kernels go where they would take its room, and the sliders where it would have
less than a third of its side. The kernels do so in every chapter but the first, too, whose
instruments speak of other things.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

from viz.outline import CHAPTER_IDS
from viz.views import theme as themes
from viz.views.maps.maps import STRIP

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

    from viz.window.main_window import MainWindow

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
"""How often it is looked whether a hand has let go of the canvas."""

_ANY = 16_777_215
"""Qt's greatest width."""


class StageLayout:
    """``arrange`` after what is on the screen changed, ``fit`` after sizes did."""

    def __init__(self, window: MainWindow, left: QVBoxLayout, whole: QHBoxLayout) -> None:
        """``left`` holds the canvas's side from above to below, a stretch at its end; ``whole``
        both sides."""
        self._window, self._left, self._whole = window, left, whole
        self._fitted: object = None
        self._later = QTimer(window)  # an edge of the canvas must not slip from under a hand
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(window.settle)

    @property
    def _presenting(self) -> bool:
        return self._window.presentation.on or self._window.presentation.stage

    @property
    def _frozen(self) -> bool:
        return self._window.comparison.frozen is not None

    def arrange(self) -> None:
        """Put everything where it belongs now."""
        window, presenting, frozen = self._window, self._presenting, self._frozen
        for part in (window.palette_strip, window.panel, window.kernels):
            part.setVisible(not presenting and not frozen)
        centre = window.centralWidget()
        if centre is not None and (column := centre.layout()) is not None:
            margins = column.contentsMargins()
            margins.setBottom(
                margins.top() if window.presentation.stage else 0
            )  # or a line follows
            column.setContentsMargins(margins)
        if frozen or not presenting:
            self._lend(None)
        if not frozen and not presenting:
            self._divide(USUAL)
        self._fitted = None

    def fit(self) -> None:
        """Divide the height for a canvas of this size; quick if nothing changed."""
        window = self._window
        # The maps are as high; a layout that is about to change knows no height
        height, text_px = window.maps.height(), window.appearance.text_px
        wanted, scene = window.canvas.useful_height(), window.document.scene
        large = text_px > themes.text_pixels(window.height(), projection=False)
        yielding = large or window.document.chapter != CHAPTER_IDS[0]
        chapter = window.panel_shown is not None
        state = wanted, height, scene.height, scene.width, text_px, yielding, chapter
        if state == self._fitted:
            return
        if window.canvas.held and (self._frozen or self._presenting):
            self._later.start()
            return
        self._fitted = state
        if self._frozen:
            wanted = self._beside(height)
        elif self._presenting:
            wanted = self._stage(height)
        window.canvas.setMaximumHeight(wanted)  # the rest is that of what stands below
        if not self._presenting and not self._frozen:
            room = height - sum(
                part.sizeHint().height() + self._left.spacing()
                for part in (window.answer, window.palette_strip)
            )
            for part, least in (
                (window.panel, min(wanted, height // LEAST_SHARE)),
                (window.kernels, wanted if yielding else 0),
            ):
                without = part.sizeHint().height() + self._left.spacing()
                part.setVisible(room - without >= least)
                room -= without if room - without >= least else 0

    def _lend(self, part: QWidget | None) -> None:
        """Let this part of the maps stand below the canvas; None: nothing."""
        maps = self._window.maps
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
        window, whole = self._window, self._whole_width()
        high = height - window.answer.sizeHint().height() - 2 * self._left.spacing()
        left = round(high - BELOW[window.panel_shown is None] * height)
        largest = window.canvas.useful_size(whole * PRESENTED // 100, _ANY)
        if left >= YIELDS * largest.height():
            self._lend(window.maps.instruments)
            self._divide_for(largest.width(), USUAL, PRESENTED)
            return window.canvas.useful_size(largest.width(), left).height()
        scores = STRIP * window.appearance.text_px
        self._lend(window.maps.scores)
        window.maps.scores.setMinimumHeight(scores)
        largest = window.canvas.useful_size(whole * PRESENTED // 100, high - scores)
        self._divide_for(largest.width(), USUAL, PRESENTED)
        return largest.height()

    def _beside(self, height: int) -> int:
        """The height of each of two canvases, one above the other."""
        window = self._window
        used = window.answer.sizeHint().height() + window.comparison.caption.height()
        each = height // 2 - used - 3 * self._left.spacing()
        size = window.canvas.useful_size(self._whole_width() * WIDEST // 100, each)
        self._divide_for(size.width(), NARROWEST, WIDEST)
        return size.height()

    def _whole_width(self) -> int:
        """What both sides have together."""
        left, right = self._window.canvas.geometry(), self._window.maps.geometry()
        return max(1, right.right() + 1 - left.left() - self._whole.spacing())

    def _divide_for(self, width: int, least: int, most: int) -> None:
        """Make the left side this wide, within these shares in percent."""
        self._divide(min(max(least, ceil(100 * width / self._whole_width())), most))

    def _divide(self, share: int) -> None:
        """Give the left side this share of the width, in percent."""
        if share != self._whole.stretch(0):
            self._whole.setStretch(0, share)
            self._whole.setStretch(1, 100 - share)
            QTimer.singleShot(0, self._window.settle)
