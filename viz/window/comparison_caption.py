"""The caption over each side of A|B."""

from __future__ import annotations

from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.views import theme as themes
from viz.views.answer.scores import probabilities
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache


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
