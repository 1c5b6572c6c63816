"""The unread margin: the rim of the canvas where no window of the network is centred.

Windows stand every few pixels and take a digit up to half that way from their centres, so the
first pixels (LeNet-5: 14) and about as many at the end of a side are never the middle of what is
read. It is tinted and named, what lies within has corner marks, and a note tells why a digit out
there is not read.
"""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from viz.i18n import tr
from viz.measure.difficulty import read_span
from viz.measure.reading import Reading
from viz.nets.architecture import Architecture
from viz.scene import Scene
from viz.scene.hits import Box
from viz.views.canvas.handles import Mapping
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache

TINT_ALPHA, MARK_ALPHA, PLATE_ALPHA = 11, 190, 200
"""Of the quiet colour, 0 … 255: just visible on paper and on ink; and of the paper below a note."""

ARM, THICK = 10.0, 2.0
"""Length and width of a corner mark's arms, in pixels of the screen."""

NEAR = 12.0
"""So many canvas pixels from an item's middle a digit read may be that item, or what it is in."""

MOST_NOTES = 3
"""In one bar: more would lie on one another."""


def read_box(architecture: Architecture, height: int, width: int) -> QRectF:
    """Return the rectangle where a digit's centre can be read, in canvas pixels.

    A side of a single window counts as read throughout: on a canvas 32 pixels high there is no
    better height to draw at, so no warning is needed.
    """
    rows, columns = architecture.windows(height, width)
    left, right = (0.0, float(width)) if columns == 1 else read_span(architecture, width)
    top, bottom = (0.0, float(height)) if rows == 1 else read_span(architecture, height)
    return QRectF(left, top, right - left, bottom - top)


def margins(architecture: Architecture, height: int, width: int) -> list[QRectF]:
    """Return the up to four bars of the margin, in canvas pixels; they do not overlap."""
    box = read_box(architecture, height, width)
    bars = [
        QRectF(0, 0, box.left(), height),
        QRectF(box.right(), 0, width - box.right(), height),
        QRectF(box.left(), 0, box.width(), box.top()),
        QRectF(box.left(), box.bottom(), box.width(), height - box.bottom()),
    ]
    return [bar for bar in bars if not bar.isEmpty()]


def unread(architecture: Architecture, scene: Scene, reading: Reading) -> list[tuple[QRectF, Box]]:
    """Return each bar of the margin with the middle of an item that is not read, and its box; of
    many in one bar the topmost few."""
    bars = margins(architecture, scene.height, scene.width)
    if not bars or not scene.items:
        return []
    boxes, centre = scene.boxes.items, architecture.centre
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).T
    within = read_box(architecture, scene.height, scene.width)
    out = (x <= within.left()) | (x >= within.right())
    out |= (y <= within.top()) | (y >= within.bottom())
    if out.any():
        for digit in reading.digits:
            away = np.maximum(abs(centre(digit.column) - x), abs(centre(digit.row) - y))
            out &= away >= NEAR
    found = []
    for bar in bars if out.any() else ():
        inside = out & (bar.left() <= x) & (x <= bar.right())
        inside &= (bar.top() <= y) & (y <= bar.bottom())
        topmost = np.flatnonzero(inside)[-MOST_NOTES:]
        found += [(bar, (x0, y0, x1, y1)) for x0, y0, x1, y1 in boxes[topmost].tolist()]
    return found


def draw_marks(
    painter: QPainter, architecture: Architecture, mapping: Mapping, theme: Theme, font: QFont
) -> None:
    """Draw the margin's tint, its meaning in the corner where least is drawn, and the corners of
    what it leaves out. Without room the meaning is left out.

    No line goes round: it would look like a sheet, or an edge that cuts the drawing off.
    """
    zoom = mapping.zoom
    colour = QColor(theme.quiet)
    colour.setAlpha(TINT_ALPHA)
    bars = margins(architecture, mapping.height, mapping.width)
    for bar in bars:
        painter.fillRect(QRectF(bar.topLeft() * zoom, bar.bottomRight() * zoom), colour)
    if not bars:
        return
    box = read_box(architecture, mapping.height, mapping.width)
    box = QRectF(box.topLeft() * zoom, box.bottomRight() * zoom)
    colour.setAlpha(MARK_ALPHA)
    for x in (box.left(), box.right() - ARM):
        for y in (box.top(), box.bottom() - THICK):
            painter.fillRect(QRectF(x, y, ARM, THICK), colour)
    for x in (box.left(), box.right() - THICK):
        for y in (box.top(), box.bottom() - ARM):
            painter.fillRect(QRectF(x, y, THICK, ARM), colour)
    name, metrics = tr("outside the network's reach"), QFontMetricsF(font)
    room = QRectF(GRID, 0, mapping.width * zoom - 2 * GRID, box.top())
    if metrics.height() <= room.height() and metrics.horizontalAdvance(name) <= room.width():
        painter.setFont(font)
        painter.setPen(theme.quiet)
        painter.drawText(room.topLeft() + QPointF(0, metrics.ascent()), name)


def draw_note(
    painter: QPainter, mapping: Mapping, bar: QRectF, box: Box, theme: Theme, small: TextCache
) -> None:
    """Say in a bar of the margin, where there is least of the item, why it is not read; nothing
    where the bar has no room for it, lest it cover what is read."""
    zoom, corner = mapping.zoom, mapping.rect.topLeft()
    bar = QRectF(bar.topLeft() * zoom, bar.bottomRight() * zoom).translated(corner)
    item = QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
    item = QRectF(item.topLeft() * zoom, item.bottomRight() * zoom).translated(corner)
    if bar.height() >= bar.width():
        space = max(item.top() - bar.top(), bar.bottom() - item.bottom())
        lines = _fitting(small, bar.width() - GRID, space)
        wide, high = max(map(small.width, lines)) + GRID, len(lines) * small.height
        x = bar.left() if bar.left() <= mapping.left else bar.right() - wide
        above = item.top() - bar.top() >= bar.bottom() - item.bottom()
        y = max(item.top() - high, bar.top()) if above else min(item.bottom(), bar.bottom() - high)
    else:
        lines = _fitting(small, bar.width() / 2, bar.height())
        wide, high = max(map(small.width, lines)) + GRID, len(lines) * small.height
        after = item.right() + wide <= bar.right()
        x = item.right() if after else max(item.left() - wide, bar.left())
        y = bar.top() if bar.top() <= mapping.top else bar.bottom() - high
    if wide > bar.width() or high > bar.height():
        return
    plate = QColor.fromRgb(int(theme.ink[0]))
    plate.setAlpha(PLATE_ALPHA)
    painter.fillRect(QRectF(x, y, wide, high), plate)
    painter.setFont(small.font)
    painter.setPen(theme.quiet)
    for number, line in enumerate(lines):
        small.draw(painter, x + GRID / 2, y + number * small.height, line)


def _fitting(small: TextCache, wide: float, high: float) -> list[str]:
    """The longest wording of the note that fits, in lines; else the shortest."""
    wordings = tr("outside the network's reach"), tr("outside reach")
    wrapped = [_wrapped(small, wording, wide) for wording in wordings]
    return next((lines for lines in wrapped if len(lines) * small.height <= high), wrapped[-1])


def _wrapped(small: TextCache, text: str, wide: float) -> list[str]:
    """A text in lines no wider than ``wide``, as far as its words are not."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and small.width(f"{lines[-1]} {word}") <= wide:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
