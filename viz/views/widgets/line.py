"""A line of text that changes while one looks: where there is no room a shorter one, if there is
one, else elided; whole in its tip.

Painted, because a label would lay the window out anew with each change.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView

Texts = tuple[str, str]
"""A text and the note after it."""


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
        self._shorter: tuple[Texts, ...] = ()
        self._align, self._quiet = align, quiet
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(
        self, text: str, note: str = "", tip: str = "", *, shorter: Sequence[Texts] = ()
    ) -> None:
        """Show these. ``tip`` tells more, such as the formula of the numbers in the text.

        ``shorter`` are texts and notes for less room, the longest first.
        """
        new = text, note, tip, tuple(shorter)
        if new == (self.text, self.note, self._tip, self._shorter):
            return
        self.text, self.note, self._tip, self._shorter = new
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
    def shown(self) -> Texts:
        """The text and the note that there is room for, else the shortest."""
        texts = ((self.text, self.note), *self._shorter)
        return next((one for one in texts if self._width_of(one) <= self.width()), texts[-1])

    @property
    def is_elided(self) -> bool:
        """Whether there is no room for all of it."""
        return self._width_of((self.text, self.note)) > self.width()

    def _width_of(self, texts: Texts) -> float:
        text, note = texts
        return self.small.width(text) + (2 * GRID + self.small.width(note) if note else 0.0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, theme = QPainter(self), self.small, self.theme
        painter.setFont(small.font)
        shown = self.shown
        left = max(0.0, self.width() - self._width_of(shown))
        left *= {Qt.AlignmentFlag.AlignHCenter: 0.5, Qt.AlignmentFlag.AlignRight: 1.0}.get(
            self._align, 0.0
        )
        top = self.height() / 2 - small.middle
        pens = theme.quiet if self._quiet else theme.text, theme.quiet
        for text, pen in zip(shown, pens, strict=True):
            room = self.width() - left
            if text and room > 0:
                painter.setPen(pen)
                if small.width(text) > room + 0.01:  # to the right end it is as wide as its room
                    mode = Qt.TextElideMode.ElideRight
                    text = painter.fontMetrics().elidedText(text, mode, int(room))
                left += small.draw(painter, left, top, text) + 2 * GRID
        painter.end()
