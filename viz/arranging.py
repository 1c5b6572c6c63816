"""Arranging: what stands below the canvas, and how wide the canvas's side of the window is.

Usually palette, sliders and kernels; while presenting the scores, as a strip under the largest
canvas; beside a frozen state that state. Enlarged text is no reason for a smaller canvas: the
kernels go where they would take its room, and the sliders where it would have less than a third of
its side. The kernels do so in every chapter but the first, too, whose instruments speak of other
things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import theme as themes
from viz.outline import CHAPTER_IDS

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout

    from viz.window import MainWindow

USUAL, PRESENTED, BESIDE = 34, 53, 40
"""The left side's share of the width in percent: usually, while presenting, beside a frozen
state."""

LEAST_SHARE = 3
"""One part in so many of its side's height is the canvas's at least."""

STRIP = 8, 13
"""The least and the greatest height of the scores below the canvas, in em."""

_ANY = 16_777_215
"""Qt's greatest height."""


class Arranging:
    """``arrange`` after what is on the screen changed, ``fit`` after sizes did."""

    def __init__(self, window: MainWindow, left: QVBoxLayout, whole: QHBoxLayout) -> None:
        """``left`` holds the canvas's side from above to below, a stretch at its end; ``whole``
        both sides."""
        self._window, self._left, self._whole = window, left, whole
        self._fitted: object = None

    @property
    def _presenting(self) -> bool:
        return self._window.presenting.on or self._window.presenting.stage

    @property
    def _frozen(self) -> bool:
        return self._window.freezing.frozen is not None

    @property
    def _lent(self) -> bool:
        return self._left.indexOf(self._window.maps.scores) >= 0

    def arrange(self) -> None:
        """Put everything where it belongs now."""
        window, presenting, frozen = self._window, self._presenting, self._frozen
        for part in (window.palette_strip, window.panel, window.kernels):
            part.setVisible(not presenting and not frozen)
        if presenting and not frozen and not self._lent:
            self._left.insertWidget(self._left.count() - 1, window.maps.lend_scores(), 1)
        elif self._lent and (frozen or not presenting):
            scores = window.maps.scores
            self._left.removeWidget(scores)
            scores.setMaximumHeight(_ANY)
            scores.setMinimumHeight(scores.minimumSizeHint().height())
            window.maps.take_scores_back()
        share = BESIDE if frozen else PRESENTED if presenting else USUAL
        self._whole.setStretch(0, share)
        self._whole.setStretch(1, 100 - share)
        self._fitted = None

    def fit(self) -> None:
        """Divide the height for a canvas of this size; quick if nothing changed."""
        window = self._window
        height, text_px = self._left.geometry().height(), window.appearance.text_px
        wanted = window.canvas.useful_height()
        large = text_px > themes.text_pixels(window.height(), projection=False)
        yielding = large or window.document.chapter != CHAPTER_IDS[0]
        state = wanted, height, text_px, yielding
        if state == self._fitted:
            return
        self._fitted = state
        window.canvas.setMaximumHeight(wanted)  # the rest is that of what stands below
        if self._lent:
            least, most = STRIP
            window.maps.scores.setMinimumHeight(least * text_px)
            window.maps.scores.setMaximumHeight(most * text_px)
        elif not self._presenting and not self._frozen:
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
