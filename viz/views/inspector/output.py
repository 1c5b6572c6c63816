"""The inspector's body for a unit with many single inputs, e.g. an output: strips, and numbers.

The inputs of an output of LeNet-5 are the 500 units of C5 at one position, each with one weight, as
those of any fully connected unit above vectors. Strips of
activations, weights and products stand in order of their number; beside them the largest products
are listed, so that with the rest they add up to the sum.
"""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from viz.i18n import tr
from viz.measure.inspection import Trace
from viz.views.inspector.look import Cell, Look, paint_product
from viz.views.theme import GRID
from viz.views.widgets.text_cache import TextCache, signed
from viz.views.widgets.tiles import Tiles, diverging_colours

STRIP = 6
"""Height of a strip of activations or weights, in pixels."""


def largest(products: np.ndarray, count: int) -> list[int]:
    """The indices of the ``count`` products of largest magnitude, largest first; ties in order."""
    return [int(i) for i in np.argsort(-np.abs(products), kind="stable")[:count]]


class OutputBody:
    """Activations, weights and products of a unit's inputs, one of each map below."""

    def __init__(self, trace: Trace, look: Look, width: int, height: int) -> None:
        layer = trace.spec
        self._look, self._inputs = look, layer.inputs
        small = look.lettering
        self._head = round(small.height) + GRID
        self._step = small.width("×") + 2 * GRID + small.width(signed(-8.888))
        self._prefix = f"{trace.source} "
        if width < self._table(small) + layer.inputs / 2:  # two lines of bars come first
            self._prefix = ""
        room = max(1, round(width - self._table(small)))
        divisors = (n for n in range(1, layer.inputs + 1) if layer.inputs % n == 0)
        self._lines = next(n for n in divisors if layer.inputs // n <= room)
        self._per_line = layer.inputs // self._lines
        self._bar = room // self._per_line
        self._line_height = max(1, (height - self._head) // self._lines)
        self._bars = max(0, self._line_height - 2 * STRIP - GRID)
        self._rows = max(0, int((height - self._head) // small.height) - 1)
        self._table_x = self._per_line * self._bar + 4 * GRID
        self._tiles = Tiles()
        self._tiles.resize(self._per_line * self._bar, self._line_height * self._lines)
        self._tiles.clear(look.theme.background)
        self._listed: list[int] = []
        self._trace: Trace | None = None

    def _table(self, small: TextCache) -> float:
        """Width of the list, with the space before it."""
        return 4 * GRID + small.width(f"{self._prefix}888") + 3 * self._step

    def fill(self, trace: Trace) -> None:
        """Put this trace's strips into the buffer and choose what is listed."""
        assert trace.kernels is not None
        self._trace = trace
        look, scales, theme = self._look, self._look.scales, self._look.theme
        products = trace.products.reshape(-1)
        self._listed = largest(products, self._rows)
        if not self._bars:
            return
        shape = (self._lines, self._per_line)
        weights = diverging_colours(theme.diverging, trace.kernels.reshape(shape), scales.kernel)
        signs = diverging_colours(
            theme.diverging, np.where(products > 0, 0.8, -0.8).astype(np.float32), 1
        ).reshape(shape)
        half = self._bars // 2
        lengths = np.clip(products.reshape(shape) * (half / scales.product), -half, half)
        height = half - np.arange(self._bars)[:, None]  # above the axis, in pixels
        activations = look.patch_colours(trace).reshape(shape)
        for line in range(self._lines):
            picture = np.empty((2 * STRIP + self._bars, self._per_line), np.uint32)
            picture[:STRIP] = activations[line]
            picture[STRIP : 2 * STRIP] = weights[line]
            length = lengths[line].round()
            inside = ((height > 0) & (height <= length)) | ((height < 0) & (height >= length))
            empty = np.where(height == 0, theme.line.rgb(), theme.background.rgb())
            picture[2 * STRIP :] = np.where(inside, signs[line], empty)
            self._tiles.paint_wide(picture, 0, line * self._line_height, self._bar)

    def find(self, x: float, y: float) -> Cell | None:
        """The input under a point of the body: a bar, or a row of the list."""
        y -= self._head
        if y < 0:
            return None
        if x >= self._table_x:
            row = int(y // self._look.lettering.height)
            return (self._listed[row], 0, 0) if row < len(self._listed) else None
        line, column = int(y // self._line_height), int(x // self._bar)
        if line < self._lines and 0 <= column < self._per_line:
            return line * self._per_line + column, 0, 0
        return None

    def paint(self, painter: QPainter, at: QPointF, hovered: Cell | None) -> None:
        """Paint legend, strips and list with the upper left at ``at``."""
        trace = self._trace
        if trace is None or trace.kernels is None:
            return
        theme, small, scales = self._look.theme, self._look.lettering, self._look.scales
        origin = at + QPointF(0, self._head)
        painter.setPen(theme.quiet)
        if hovered is None:
            low, high = self._look.numbers()
            legend = tr(
                "{layer} {low}…{high}   weight ±{kernel:.2f}   product ±{product:.2g}",
                layer=trace.source,
                low=low,
                high=high,
                kernel=scales.kernel,
                product=scales.product,
            )
            small.draw(painter, at.x(), at.y(), legend)
        else:
            paint_product(painter, at, self._look, trace, hovered)
        painter.drawImage(origin, self._tiles.image)
        x, y = at.x() + self._table_x, origin.y()
        for number in self._listed:
            self._paint_row(painter, x, y, trace, number)
            y += small.height
        rest = float(trace.products.sum(dtype=np.float64)) - float(
            trace.products.reshape(-1)[self._listed].sum(dtype=np.float64)
        )
        painter.setPen(theme.quiet)
        small.draw(painter, x, y, tr("the other {count}", count=self._inputs - len(self._listed)))
        right = x + self._table(small) - 4 * GRID
        small.draw(painter, right, y, signed(rest), align=1)
        if hovered is not None:
            self._paint_hovered(painter, origin, hovered[0])

    def _paint_row(self, painter: QPainter, x: float, y: float, trace: Trace, number: int) -> None:
        assert trace.kernels is not None
        theme, small = self._look.theme, self._look.lettering
        values = (
            ("", trace.patches[number, 0, 0]),
            ("×", trace.kernels[number, 0, 0]),
            ("=", trace.products[number, 0, 0]),
        )
        painter.setPen(theme.quiet)
        small.draw(painter, x, y, f"{self._prefix}{number}")
        x += small.width(f"{self._prefix}888")
        for sign, value in values:
            small.draw(painter, x + GRID, y, sign)
            x += self._step
            if sign == "=":
                painter.setPen(theme.text)
            small.draw(painter, x, y, signed(float(value)), align=1)

    def _paint_hovered(self, painter: QPainter, origin: QPointF, number: int) -> None:
        line, column = divmod(number, self._per_line)
        x, y = origin.x() + column * self._bar, origin.y() + line * self._line_height
        painter.setPen(QPen(self._look.theme.text, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        height = self._line_height - GRID
        painter.drawRect(QRectF(x - 1.5, y - 0.5, self._bar + 2, height))
