"""The toy's bars: a value as a height, its number above, and the outline of what it was at rest."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from viz.views.theme import Theme
from viz.views.widgets.text_cache import TextCache, signed

SAME = 0.005
"""A change that two decimals do not show."""


class ToyBars:
    """Paints bars in a theme's colours, their numbers in small text."""

    def __init__(self, theme: Theme, small: TextCache) -> None:
        self._theme, self._small = theme, small

    def paint(
        self,
        painter: QPainter,
        column: tuple[float, float],
        base: float,
        unit: float,
        value: float,
        rest: float,
        signs: bool = False,
    ) -> None:
        """A bar of ``unit`` pixels per 1 on ``base``, its number, and the outline of its rest.

        ``column`` is its left edge and its width in pixels; ``value`` and ``rest`` lie in 0 … 1, or
        with ``signs`` in −1 … 1. The painter's font is that of the numbers.
        """
        theme, small = self._theme, self._small
        left, wide = column
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(QPointF(left, base), QPointF(left + wide, base))
        top = base - value * unit
        if abs(value) >= SAME:
            painter.setPen(QPen(theme.line, 1))
            painter.setBrush(self._colour(float(value), signs))
            painter.drawRect(QRectF(left, min(top, base), wide - 1, abs(value) * unit))
        changed = abs(value - rest) >= SAME
        if changed:
            painter.setPen(QPen(theme.quiet, 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ghost = QRectF(left, base - max(rest, 0) * unit, wide - 1, abs(rest) * unit)
            painter.drawRect(ghost)
        painter.setPen(theme.text if abs(value) >= SAME or changed else theme.quiet)
        text = signed(float(value), 2)
        if abs(value) < SAME and small.width(text) > wide:
            text = "0"
        highest = max(value, rest if changed else 0.0, 0.0)
        small.draw(painter, left + wide / 2, base - highest * unit - small.height, text, 0.5)

    def _colour(self, value: float, signs: bool) -> QColor:
        """As activations are coloured on the maps: 0 … 1, or −1 … 1 where there are signs."""
        if signs:
            return QColor(int(self._theme.diverging[round(127.5 + 127.5 * value)]))
        return QColor(int(self._theme.sequential[min(255, round(255 * value))]))
