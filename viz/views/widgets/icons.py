"""Icons: SVG files in ``icons/`` of the resources, and other drawings, in the palette's colours.

They are drawn when they are painted: at any size, as sharp as the screen, in the present theme.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QWidget

from viz.resources import resource_path
from viz.views import theme as themes

Drawing = Callable[[QPainter, QRectF, QColor], object]
"""Draws into a rectangle, in a colour."""


def icon(name: str) -> QIcon:
    """Return the icon of a file in ``icons/``; its ``currentColor`` is that of ``drawn_icon``."""
    return drawn_icon(partial(_draw_svg, name))


def drawn_icon(draw: Drawing) -> QIcon:
    """Return a drawing as an icon: in the colour of text, the accent while checked, faded while
    disabled."""
    return QIcon(_Engine(draw))


def icon_side(widget: QWidget) -> int:
    """Return how many pixels wide an icon beside a widget's text is."""
    return round(1.2 * themes.text_px(widget))


class _Engine(QIconEngine):
    def __init__(self, draw: Drawing) -> None:
        super().__init__()
        self._draw = draw

    def clone(self) -> QIconEngine:
        return _Engine(self._draw)

    def paint(
        self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State
    ) -> None:
        assert painter is not None
        palette, group, role = QGuiApplication.palette(), QPalette.ColorGroup, QPalette.ColorRole
        if mode == QIcon.Mode.Disabled:
            colour = palette.color(group.Disabled, role.ButtonText)
        else:
            checked = state == QIcon.State.On
            colour = palette.color(group.Active, role.Highlight if checked else role.ButtonText)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(colour.alphaF())
        self._draw(painter, QRectF(rect), QColor(colour.rgb()))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def _draw_svg(name: str, painter: QPainter, rect: QRectF, colour: QColor) -> None:
    _renderer(name, colour.name()).render(painter, rect)


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(svg.replace("currentColor", colour).encode())
