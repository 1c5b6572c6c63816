"""The stage's title, for a hall: chapter, demonstration and instrument, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView

SIZES = (1.5, 1.25, 1.0)
"""Sizes in multiples of small text; the first in which all fits is taken."""

LEAST_EM = 4.0
"""What is shortened keeps so many sizes of the text, or is left out."""

BETWEEN = "  ·  "


class StageTitle(PaintedView):
    """Shows ``parts``: the chapter, then what of it. What does not fit is cut in the middle, so
    that the chapter and the last part stay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[str, ...] = ()
        self.shown: tuple[str, ...] = ()
        """The parts as they were painted last, shortened where there is no room."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Title"))

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(themes.font(round(SIZES[0] * self.text_px), bold=True))
        return QSize(160, round(metrics.height()) + GRID)

    def set_parts(self, parts: Sequence[str]) -> None:
        """Show these parts; empty ones are left out."""
        named = tuple(part for part in parts if part)
        if named != self.parts:
            self.parts = named
            self.setAccessibleDescription(BETWEEN.join(named))
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(self.theme.text)
        for size in SIZES:
            pixels = round(size * self.text_px)
            fonts = [themes.font(pixels, bold=not number) for number in range(len(self.parts))]
            widths = [
                QFontMetricsF(font).horizontalAdvance(text)
                for font, text in zip(fonts, self._separated(self.parts), strict=True)
            ]
            if sum(widths) <= self.width():
                break
        self.shown = self.parts
        if sum(widths, 0.0) > self.width() and len(self.parts) > 1:
            self.shown = self._shortened(widths, QFontMetricsF(fonts[1]), pixels)
            fonts = [fonts[0], *fonts[1 : len(self.shown)]]
        x, line = 0.0, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        for font, text in zip(fonts, self._separated(self.shown), strict=False):
            painter.setFont(font)
            room = QRectF(x, 0, self.width() - x, self.height() - GRID)
            metrics = QFontMetricsF(font)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
            painter.drawText(room, line, text)
            x += metrics.horizontalAdvance(text)
        painter.end()

    @staticmethod
    def _separated(parts: Sequence[str]) -> list[str]:
        """The parts, each but the first with what stands before it."""
        return [part if not number else BETWEEN + part for number, part in enumerate(parts)]

    def _shortened(
        self, widths: Sequence[float], metrics: QFontMetricsF, pixels: int
    ) -> tuple[str, ...]:
        """The parts with the second one cut, or left out, to the room that the others leave."""
        first, second, *rest = self.parts
        room = self.width() - sum(widths) + metrics.horizontalAdvance(second)
        if room < LEAST_EM * pixels and rest:
            return first, *rest
        return first, metrics.elidedText(second, Qt.TextElideMode.ElideRight, room), *rest
