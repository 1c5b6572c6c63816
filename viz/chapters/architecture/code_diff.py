"""A class as a diff: lines with a mistake, below each the mended one. A click chooses a mistake."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.architecture.measure.mistakes import LINES
from viz.i18n import tr
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView

PITCH = 1.5
"""The most height of a line, in sizes of the text."""


def diff() -> list[tuple[str, str, str]]:
    """Return the sign of each line, −, + or none, its text, and the mistake that it has or mends;
    each wrong line before the mended one."""
    lines = []
    for mistake, wrong, mended in LINES:
        lines.append(("−" if mistake else "", wrong, mistake))
        if mistake:
            lines.append(("+", mended, mistake))
    return lines


class CodeDiff(PaintedView):
    """The lines; those of the chosen mistake stand out."""

    chosen = pyqtSignal(str)
    """The mistake that the user clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines, self.mistake = diff(), ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the words above take the keys
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("LeNet-5 in code, with mistakes and mended"))
        self.setAccessibleDescription(
            "; ".join(f"{sign} {text}".strip() for sign, text, _ in self.lines)
        )

    def show_mistake(self, mistake: str) -> None:
        """Let the lines of a mistake stand out; "" those of none."""
        self.mistake = mistake
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * self.text_px, 3 * self.text_px)

    def line_rect(self, number: int) -> QRectF:
        """Return where a line stands, in pixels of this widget."""
        high = min(self.height() / len(self.lines), PITCH * self.text_px)
        return QRectF(0, number * high, self.width(), high)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, small = QPainter(self), self.theme, self.small
        painter.setFont(small.font)
        left = small.width("+") + 2 * GRID
        for number, (sign, text, mistake) in enumerate(self.lines):
            place = self.line_rect(number)
            if mistake and mistake == self.mistake:
                painter.fillRect(place, theme.line)
            top = place.center().y() - small.middle
            painter.setPen(theme.field if sign == "−" else theme.accent)
            small.draw(painter, GRID, top, sign)
            painter.setPen(theme.quiet if sign == "−" else theme.text)
            small.draw(painter, left, top, text)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        for number, (_, _, mistake) in enumerate(self.lines):
            if mistake and self.line_rect(number).contains(event.position()):
                self.chosen.emit(mistake)
