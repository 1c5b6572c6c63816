"""The setting that instruments of locality share: how far the permutation of pixels has gone."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QSizePolicy

from viz.chapters.assumptions.measure.permuting import swaps
from viz.i18n import tr
from viz.views.widgets.value_row import Field, ValueRow


class PermutedRow(ValueRow):
    """A slider from 0, the picture as it is, to 1, the whole permutation."""

    chosen = pyqtSignal(object)
    """The user took another share."""

    def __init__(self, share: float = 0.0) -> None:
        """Begin with a share, to which the button behind the number goes back."""
        tip = tr(
            "The share of {count} swaps of two pixels that are made, in one fixed order; after "
            "each of them it is a permutation.",
            count=f"{len(swaps()):,}",
        )
        super().__init__(Field("permuted", tr("permuted"), tip, share, 0, 1, 0, 1, 0.01))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # all of its row
        self.changed.connect(self.chosen.emit)

    def show_value(self, value: float, *, known: bool = True) -> None:
        """As of any row; raises ValueError for what is no share."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise ValueError(value)
        super().show_value(float(value), known=known)
