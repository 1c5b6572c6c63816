"""Drawn icons: the signs of playing, as paths, in the theme's colours and sharp at any size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from viz.views.theme import Theme

SIDE = 24.0
"""Paths are drawn in a square of this side."""

RED = QColor("#e5484d")
"""Seen on the dark and on the light ground."""

RATIOS = (1, 2, 3)
"""Device pixels per pixel for which each icon is drawn."""


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
    path.closeSubpath()
    return path


def _play() -> QPainterPath:
    return _polygon((7, 4), (20, 12), (7, 20))


def _pause() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(6, 4, 4.5, 16))
    path.addRect(QRectF(13.5, 4, 4.5, 16))
    return path


def _previous() -> QPainterPath:
    path = _polygon((20, 5), (9, 12), (20, 19))
    path.addRect(QRectF(4.5, 5, 3, 14))
    return path


def _next() -> QPainterPath:
    path = _polygon((4, 5), (15, 12), (4, 19))
    path.addRect(QRectF(16.5, 5, 3, 14))
    return path


def _loop() -> QPainterPath:
    """A ring, open at the upper right, with an arrow's head at its end."""
    ring = QPainterPath()
    box = QRectF(4, 5, 16, 16)
    ring.arcMoveTo(box, 75)
    ring.arcTo(box, 75, 300)
    outline = _outlined(ring, 2.6)
    outline.addPath(_polygon((12.5, 0.5), (19.5, 5.2), (12.5, 9.9)))
    return outline


def _undo() -> QPainterPath:
    """An arrow that turns back to the left."""
    way = QPainterPath(QPointF(7, 7.5))
    way.lineTo(14, 7.5)
    way.arcTo(QRectF(9, 7.5, 11, 11), 90, -180)
    way.lineTo(8, 18.5)
    outline = _outlined(way, 2.4)
    outline.addPath(_polygon((9, 1.5), (9, 13.5), (2, 7.5)))
    return outline


def _redo() -> QPainterPath:
    return QTransform(-1, 0, 0, 1, SIDE, 0).map(_undo())


def _outlined(path: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker(QPen(Qt.GlobalColor.black, width))
    return stroker.createStroke(path)


def _record() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(12, 12), 7, 7)
    return path


def _more() -> QPainterPath:
    """Two angles to the right: there are more tools."""
    angles = QPainterPath()
    for x in (3.0, 12.0):
        angles.moveTo(x, 4)
        angles.lineTo(x + 8, 12)
        angles.lineTo(x, 20)
    return _outlined(angles, 3.2)


def _present() -> QPainterPath:
    """A screen on its foot."""
    screen = QPainterPath()
    screen.addRoundedRect(QRectF(2.5, 4, 19, 12.5), 1.5, 1.5)
    screen.moveTo(7.5, 21)
    screen.lineTo(16.5, 21)
    return _outlined(screen, 2.2)


PATHS: dict[str, Callable[[], QPainterPath]] = {
    "play": _play,
    "pause": _pause,
    "previous": _previous,
    "next": _next,
    "loop": _loop,
    "record": _record,
    "present": _present,
    "undo": _undo,
    "redo": _redo,
    "more": _more,
}


@cache
def icon(name: str, theme: Theme, side: int) -> QIcon:
    """The sign ``name`` of ``PATHS``, ``side`` pixels wide: in text colour, faded while disabled,
    in the accent while checked; that of recording is red, as on every recorder."""
    faded = QColor(theme.quiet)
    faded.setAlphaF(0.5)
    result = QIcon()
    for mode, state, colour in (
        (QIcon.Mode.Normal, QIcon.State.Off, RED if name == "record" else theme.text),
        (QIcon.Mode.Normal, QIcon.State.On, theme.accent),
        (QIcon.Mode.Disabled, QIcon.State.Off, faded),
        (QIcon.Mode.Disabled, QIcon.State.On, faded),
    ):
        for ratio in RATIOS:
            pixmap = QPixmap(QSize(side, side) * ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(side * ratio / SIDE, side * ratio / SIDE)
            path = PATHS[name]()
            path.setFillRule(Qt.FillRule.WindingFill)
            painter.fillPath(path, colour)
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            result.addPixmap(pixmap, mode, state)
    return result
