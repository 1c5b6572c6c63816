"""The caption over each side of A|B."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.views.answer.scores import probabilities
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView


class ComparisonCaption(PaintedView):
    """``A`` or ``B`` and what it means; at the right what the shown window says, painted, since a
    label would lay the whole window out anew with every frame."""

    def __init__(self, letter: str, *meanings: str, parent: QWidget | None = None) -> None:
        """``meanings``, the longest first: that is shown which leaves room for the rest."""
        super().__init__(parent)
        self._letter, self._meanings, self._winner = letter, meanings, ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{letter} {meanings[0]}")

    def sizeHint(self) -> QSize:
        return QSize(160, round(self.small.height) + GRID)

    def show_window(self, snapshot: Snapshot | None, window: tuple[int, int] | None) -> None:
        """Show the class that wins in this window, and its probability."""
        winner = ""
        if snapshot is not None and window is not None:
            row, column = window
            scores = probabilities(snapshot, window)
            number = int(scores.argmax())
            winner = tr(
                "row {row}, column {column}:  {name}  {score:.3f}",
                row=row,
                column=column,
                name=tr("none") if number == NONE_CLASS else str(number),
                score=float(scores[number]),
            )
        if winner != self._winner:
            self._winner = winner
            self.setAccessibleDescription(winner)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, small = QPainter(self), self.theme, self.small
        painter.setPen(theme.accent)
        painter.setFont(self.bold.font)
        x = self.bold.draw(painter, 0, 0, self._letter) + 2 * GRID
        painter.setFont(small.font)
        room = self.width() - x - 2 * GRID - small.width(self._winner)
        fitting = (meaning for meaning in self._meanings if small.width(meaning) <= room)
        meaning = next(fitting, self._meanings[-1])
        if small.draw(painter, x, 0, meaning) <= room:
            painter.setPen(theme.text)
            small.draw(painter, self.width(), 0, self._winner, align=1.0)
        painter.end()
