"""Painting the canvas: the network's input image, and what lies over it during editing.

Functions of a painter and the current ``Mapping``; the one buffer that is kept is InkImage's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from viz.nets.architecture import Architecture
from viz.scene import Stroke
from viz.scene.model import Points
from viz.views.canvas.handles import CORNERS, Edge, Frame, Grip, Mapping, edge_lines
from viz.views.canvas.margin import draw_marks, margins
from viz.views.theme import Lut, Theme
from viz.views.widgets.text_cache import TextCache

GRID_FROM = 6
"""Widget pixels per canvas pixel from which the pixel grid is drawn."""

_WIDTH_STEP = 0.1
"""Canvas pixels by which a line that varies in width changes at once, until the image is here."""

GRID_ALPHA, IDLE_ALPHA = 38, 110
"""Of the quiet colour, 0 … 255: of the grid, just visible on paper and on ink, and of the edges'
grips."""


class InkImage:
    """An image (H, W) float32 in [0, 1] as a QImage in the theme's ink colours."""

    def __init__(self) -> None:
        self._levels = np.zeros((1, 1), np.uint8)
        self._colours = np.zeros((1, 1), np.uint32)
        self._image: QImage | None = None

    def show(self, image: NDArray[np.float32], ink: Lut) -> None:
        """Colour this image; the buffers are made anew only if its size changed."""
        if image.shape != self._levels.shape or self._image is None:
            height, width = image.shape
            self._levels = np.zeros((height, width), np.uint8)
            self._colours = np.zeros((height, width), np.uint32)
            self._image = QImage(
                self._colours.data, width, height, 4 * width, QImage.Format.Format_RGB32
            )
        np.multiply(image, np.float32(255), out=self._levels, casting="unsafe")
        np.take(ink, self._levels, out=self._colours, mode="clip")

    def draw(self, painter: QPainter, mapping: Mapping) -> None:
        """Paint it, each pixel a square; it may be of another size than the canvas is by now."""
        if self._image is None:
            return
        zoom = mapping.zoom
        size = self._image.size()
        target = QRectF(mapping.left, mapping.top, size.width() * zoom, size.height() * zoom)
        is_same = target == mapping.rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 1)
        if not is_same:
            painter.setClipRect(mapping.rect)
        painter.drawImage(target, self._image)
        if not is_same:
            painter.setClipping(False)


def draw_overlay(
    painter: QPainter, image: QImage, rect: QRectF, mapping: Mapping, *, dark: bool | None
) -> None:
    """Draw a picture on ``rect`` in canvas pixels, each of its pixels a square.

    It is cut at the canvas, colours the paper and leaves the ink: on ``dark`` paper it lightens,
    on light it darkens; with None it covers both alike.
    """
    corner = QPointF(
        mapping.left + rect.left() * mapping.zoom, mapping.top + rect.top() * mapping.zoom
    )
    painter.save()
    painter.setClipRect(mapping.rect)
    mode = QPainter.CompositionMode
    if dark is not None:
        painter.setCompositionMode(
            mode.CompositionMode_Screen if dark else mode.CompositionMode_Multiply
        )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(corner, rect.size() * mapping.zoom), image)
    painter.restore()


def ground_pixmap(
    size: QSize, mapping: Mapping, theme: Theme, ratio: float, *, framed: bool, edges: bool
) -> QPixmap:
    """Draw what lies below the image, as large as the widget: its ground, the paper with a line
    round it, in the accent if ``framed``, and the grips of the ``edges``.

    Drawn once and kept, like ``ruled_pixmap``: the grips alone take as long as the image.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(theme.background)
    painter = QPainter(pixmap)
    painter.fillRect(mapping.rect, QColor.fromRgb(int(theme.ink[0])))
    painter.setPen(QPen(theme.accent if framed else theme.line, 1))
    painter.drawRect(mapping.rect.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    idle = QColor(theme.quiet)
    idle.setAlpha(IDLE_ALPHA)
    for edge in Edge if edges else ():
        draw_edge(painter, mapping, edge, idle)
    painter.end()
    return pixmap


def ruled_pixmap(
    architecture: Architecture,
    mapping: Mapping,
    theme: Theme,
    font: QFont,
    ratio: float,
    grid: bool,
) -> QPixmap:
    """Draw what lies over the image: the unread margin's marks and, if ``grid``, the lines between
    pixels, unless pixels are too small. Null if there is neither.

    Painted once and kept: stroking some hundred translucent lines takes 2 ms, a pixmap 0.1.
    """
    width, height, zoom = mapping.width, mapping.height, mapping.zoom
    grid = grid and zoom >= GRID_FROM
    if not margins(architecture, height, width) and not grid:
        return QPixmap()
    pixmap = QPixmap(round(width * zoom * ratio), round(height * zoom * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    colour = QColor(theme.quiet)
    colour.setAlpha(GRID_ALPHA)
    for i in range(1, width if grid else 1):
        painter.fillRect(QRectF(i * zoom, 0, 1 / ratio, height * zoom), colour)
    for i in range(1, height if grid else 1):
        painter.fillRect(QRectF(0, i * zoom, width * zoom, 1 / ratio), colour)
    draw_marks(painter, architecture, mapping, theme, font)
    painter.end()
    return pixmap


def draw_strokes(
    painter: QPainter, strokes: Iterable[Stroke], mapping: Mapping, colour: QColor
) -> None:
    """Draw strokes given in canvas pixels, as the pen does.

    Those of one width are one path, so that a translucent colour is as even at their joints.
    """
    paths: dict[float, QPainterPath] = {}
    for width_px, points in (part for stroke in strokes for part in _parts(stroke)):
        path = paths.setdefault(width_px, QPainterPath())
        at = polygon(mapping.to_widget(points))
        if len(points) == 1:  # Qt draws no line without a length
            at.append(at[0] + QPointF(0.01, 0))
        path.addPolygon(at)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width_px, path in paths.items():
        painter.setPen(_pen(colour, width_px * mapping.zoom))
        painter.drawPath(path)


def _parts(stroke: Stroke) -> Iterator[tuple[float, Points]]:
    """A stroke as lines of one width each, in steps that are not to be seen."""
    if stroke.widths is None or len(stroke.points) == 1:
        yield stroke.width_px * (1.0 if stroke.widths is None else stroke.widths[0]), stroke.points
        return
    means = stroke.width_px * (stroke.widths[:-1] + stroke.widths[1:]) / 2
    steps = np.rint(means / _WIDTH_STEP) * _WIDTH_STEP
    changes = (np.flatnonzero(np.diff(steps)) + 1).tolist()
    for first, last in pairwise([0, *changes, len(steps)]):
        yield float(steps[first]), stroke.points[first : last + 1]


def draw_polyline(
    painter: QPainter,
    points: Points | Sequence[tuple[float, float]],
    width: float,
    mapping: Mapping,
    colour: QColor,
) -> None:
    """Draw a line through canvas points, ``width`` widget pixels wide, with round ends."""
    painter.setPen(_pen(colour, width))
    at = mapping.to_widget(np.asarray(points, np.float64))
    if len(at) == 1:
        painter.drawPoint(QPointF(*at[0]))
    else:
        painter.drawPolyline(polygon(at))


def _pen(colour: QColor, width: float) -> QPen:
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, max(width, 1.0), Qt.PenStyle.SolidLine, cap, join)


def draw_field(
    painter: QPainter, box: tuple[int, int, int, int], mapping: Mapping, colour: QColor, width: int
) -> None:
    """Outline a (top, left, height, width) box of canvas pixels.

    Filled as four bars: stroking a translucent rectangle takes ten times as long.
    """
    top, left, height, wide = box
    zoom = mapping.zoom
    rect = QRectF(mapping.left + left * zoom, mapping.top + top * zoom, wide * zoom, height * zoom)
    outer = rect.adjusted(-width / 2, -width / 2, width / 2, width / 2).toAlignedRect()
    inner = outer.adjusted(width, width, -width, -width)
    painter.fillRect(outer.left(), outer.top(), outer.width(), width, colour)
    painter.fillRect(outer.left(), inner.bottom() + 1, outer.width(), width, colour)
    painter.fillRect(outer.left(), inner.top(), width, inner.height(), colour)
    painter.fillRect(inner.right() + 1, inner.top(), width, inner.height(), colour)


def draw_outlines(painter: QPainter, corners: Points, theme: Theme) -> None:
    """Outline selected items, by their corners (N, 4, 2)."""
    painter.setPen(QPen(theme.accent, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for each in corners:
        painter.drawPolygon(polygon(each))


def draw_frame(painter: QPainter, frame: Frame, held: Grip | None, theme: Theme) -> None:
    """Draw the selection's frame with its grips; the one that is held or hovered is filled."""
    draw_outlines(painter, frame.corners[None], theme)
    grips = frame.grips()
    painter.drawLine(QPointF(*frame.stem()[0]), QPointF(*grips[Grip.KNOB]))
    along = frame.corners[1] - frame.corners[0]
    cos, sin = along / max(float(np.hypot(*along)), 1e-9)
    shapes = _SHAPES @ np.array([[cos, -sin], [sin, cos]]).T
    painter.setBrush(theme.surface)
    for grip, at in grips.items():
        if grip is held:
            painter.setBrush(theme.accent)
        if grip is Grip.KNOB:
            painter.drawEllipse(QPointF(*at), 5, 5)
        else:
            painter.drawPolygon(polygon(shapes[_SHAPE_OF[grip]] + at))
        if grip is held:
            painter.setBrush(theme.surface)


def _box(half_width: float, half_height: float, slant: float = 0.0) -> list[tuple[float, float]]:
    """A grip's shape about its centre: a box, or a parallelogram leaning to the right."""
    x, y = half_width, half_height
    return [(slant - x, -y), (slant + x, -y), (x - slant, y), (-x - slant, y)]


_SHAPES: Points = np.array([_box(4, 4), _box(2.5, 6), _box(5, 3, slant=1.5)])
_SHAPE_OF: dict[Grip, int] = {
    **dict.fromkeys(CORNERS, 0),
    **dict.fromkeys((Grip.LEFT, Grip.RIGHT), 1),
    **dict.fromkeys((Grip.TOP, Grip.BOTTOM), 2),
}


def draw_edge(painter: QPainter, mapping: Mapping, edge: Edge, colour: QColor) -> None:
    """Draw the grip by which the canvas's right or bottom edge or its corner is dragged."""
    painter.setPen(_pen(colour, 3))
    painter.drawPolyline(polygon(edge_lines(mapping)[edge]))


def draw_label(
    painter: QPainter, text: str, beside: QRectF, room: QRectF, theme: Theme, small: TextCache
) -> None:
    """Draw a readout beside a rectangle, right of it if there is place, kept inside ``room``."""
    box = QRectF(0, 0, small.width_of_figures(text) + 12, small.height + 4)
    fits = beside.right() + 16 + box.width() <= room.right()
    x = beside.right() + 16 if fits else beside.left() - 16 - box.width()
    y = beside.top() - box.height() if beside.height() == 0 else beside.center().y()
    box.moveTo(
        min(max(x, room.left()), room.right() - box.width()),
        min(max(y, room.top()), room.bottom() - box.height()),
    )
    painter.setPen(QPen(theme.line, 1))
    painter.setBrush(theme.background)
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(small.font)
    painter.setPen(theme.text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


HINT_FLAGS = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)


def draw_hint(painter: QPainter, text: str, rect: QRectF, theme: Theme, font: QFont) -> None:
    """Write the sentence by which an empty canvas explains itself."""
    painter.setFont(font)
    painter.setPen(theme.quiet)
    painter.drawText(rect.adjusted(8, 8, -8, -8), HINT_FLAGS, text)


def hint_height(text: str, rect: QRectF, font: QFont) -> int:
    """Return the height of that sentence in pixels."""
    room = rect.adjusted(8, 8, -8, -8).toRect()
    return QFontMetrics(font).boundingRect(room, HINT_FLAGS, text).height() if text else 0


def polygon(points: Points) -> QPolygonF:
    """Return points (N, 2) as Qt takes them."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def turning_cursor(ratio: float) -> QPixmap:
    """Return a bent arrow, black with a white rim, for the knob that turns."""
    pixmap = QPixmap(round(24 * ratio), round(24 * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((QColor("white"), 4.5), (QColor("black"), 2.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(QRectF(5, 5, 14, 14), 20 * 16, 280 * 16)
        painter.drawPolyline(QPolygonF([QPointF(19, 4), QPointF(18.5, 10), QPointF(12.5, 9)]))
    painter.end()
    return pixmap
