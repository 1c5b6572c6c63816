"""The unread margin: the rim of the canvas where no window of the network is centred.

Windows stand every 4 pixels and take a digit up to half that way from their centres, so the first
14 pixels and about as many at the end of a side are never the middle of what is read.
"""

from __future__ import annotations

from PyQt6.QtCore import QRectF

from viz.nets.layers import BY_NAME, WINDOW

_OUTPUT = BY_NAME["output"]


def read_span(side: int) -> tuple[float, float]:
    """From where to where along a side of ``side`` ≥ 32 pixels a digit's centre can be read."""
    windows = (side - _OUTPUT.field) // _OUTPUT.stride + 1
    reach = _OUTPUT.stride / 2
    return WINDOW / 2 - reach, WINDOW / 2 + _OUTPUT.stride * (windows - 1) + reach


def read_box(height: int, width: int) -> QRectF:
    """Where a digit's centre can be read, in canvas pixels.

    A side of a single window counts as read throughout: whoever draws on a canvas 32 pixels high
    has nowhere else to go, and needs no warning.
    """
    left, right = (0.0, float(width)) if width == WINDOW else read_span(width)
    top, bottom = (0.0, float(height)) if height == WINDOW else read_span(height)
    return QRectF(left, top, right - left, bottom - top)


def margins(height: int, width: int) -> list[QRectF]:
    """The up to four bars of the margin, in canvas pixels; they do not overlap."""
    box = read_box(height, width)
    bars = [
        QRectF(0, 0, box.left(), height),
        QRectF(box.right(), 0, width - box.right(), height),
        QRectF(box.left(), 0, box.width(), box.top()),
        QRectF(box.left(), box.bottom(), box.width(), height - box.bottom()),
    ]
    return [bar for bar in bars if not bar.isEmpty()]
