"""A line of text that changes while one looks: elided where there is no room, whole in its tip.

Painted, because a label would lay the window out anew with each change.
"""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView


class Line(PaintedView):
    """``text``, and after it a quieter ``note``; the note is cut first."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        quiet: bool = False,
    ) -> None:
        """``quiet``: the text is as quiet as the note, for names of axes."""
        super().__init__(parent)
        self.text, self.note, self._tip = "", "", ""
        self._align, self._quiet = align, quiet
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str, note: str = "", tip: str = "") -> None:
        """Show these. ``tip`` tells more, such as the formula of the numbers in the text."""
        if (text, note, tip) == (self.text, self.note, self._tip):
            return
        self.text, self.note, self._tip = text, note, tip
        self.setAccessibleName(f"{text}  {note}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(10 * self.text_px, round(1.5 * self.text_px))

    def minimumSizeHint(self) -> QSize:
        return QSize(GRID, round(1.5 * self.text_px))

    def tooltip(self, position: QPointF) -> str:
        """The whole text where it is cut, and what ``tip`` tells."""
        whole = self.accessibleName() if self.is_elided else ""
        return "\n".join(filter(None, (whole, self._tip)))

    @property
    def is_elided(self) -> bool:
        """Whether there is no room for all of it."""
        return self._width > self.width()

    @property
    def _width(self) -> float:
        note = 2 * GRID + self.small.width(self.note) if self.note else 0.0
        return self.small.width(self.text) + note

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, theme = QPainter(self), self.small, self.theme
        painter.setFont(small.font)
        left = max(0.0, self.width() - self._width)
        left *= {Qt.AlignmentFlag.AlignHCenter: 0.5, Qt.AlignmentFlag.AlignRight: 1.0}.get(
            self._align, 0.0
        )
        top = self.height() / 2 - small.middle
        pens = theme.quiet if self._quiet else theme.text, theme.quiet
        for text, pen in zip((self.text, self.note), pens, strict=True):
            room = self.width() - left
            if text and room > 0:
                painter.setPen(pen)
                if small.width(text) > room + 0.01:  # to the right end it is as wide as its room
                    mode = Qt.TextElideMode.ElideRight
                    text = painter.fontMetrics().elidedText(text, mode, int(room))
                left += small.draw(painter, left, top, text) + 2 * GRID
        painter.end()
