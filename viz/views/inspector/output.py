"""The inspector's body for a unit with many single inputs, e.g. an output: strips, and numbers.

The inputs of an output of LeNet-5 are the 500 units of C5 at one position, each with one weight, as
those of any fully connected unit above vectors. Strips of activations, weights and products stand
in order of their number; beside them the largest products are listed, so that with the rest they
add up to the sum.
"""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSizeF
from PyQt6.QtGui import QPainter

from viz.i18n import number, tr
from viz.measure.inspection import Trace
from viz.views.inspector.look import WIDEST, Cell, Look, paint_cell_frame, paint_product
from viz.views.theme import GRID
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tiles import Tiles, diverging_colours

STRIP = 6
"""Height of a strip of activations or weights, in pixels."""


def largest(products: np.ndarray, count: int) -> list[int]:
    """Return the indices of the ``count`` largest magnitudes, largest first; ties in order."""
    return [int(i) for i in np.argsort(-np.abs(products), kind="stable")[:count]]


class OutputBody:
    """Activations, weights and products of a unit's inputs, one of each map below."""

    def __init__(self, trace: Trace, look: Look, width: int, height: int) -> None:
        layer = trace.spec
        self.look, self._inputs = look, layer.inputs
        small = look.small
        self._head = round(small.height) + GRID
        self._step = small.width("×") + 2 * GRID + small.width(WIDEST)
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

    def _table(self, small: TextCache) -> float:
        """Width of the list, with the space before it."""
        return 4 * GRID + small.width(f"{self._prefix}888") + 3 * self._step

    def fill(self, trace: Trace) -> None:
        """Put this trace's strips into the buffer and choose what is listed."""
        assert trace.kernels is not None
        look, scales, theme = self.look, self.look.scales, self.look.theme
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
        """Return the input under a point of the body: a bar, or a row of the list."""
        y -= self._head
        if y < 0:
            return None
        if x >= self._table_x:
            row = int(y // self.look.small.height)
            return (self._listed[row], 0, 0) if row < len(self._listed) else None
        line, column = int(y // self._line_height), int(x // self._bar)
        if line < self._lines and 0 <= column < self._per_line:
            return line * self._per_line + column, 0, 0
        return None

    def paint(self, painter: QPainter, at: QPointF, trace: Trace, hovered: Cell | None) -> None:
        """Paint legend, strips and list with the upper left at ``at``."""
        theme, small, scales = self.look.theme, self.look.small, self.look.scales
        origin = at + QPointF(0, self._head)
        painter.setPen(theme.quiet)
        if hovered is None:
            low, high = self.look.numbers()
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
            paint_product(painter, at, self.look, trace, hovered)
        painter.drawImage(origin, self._tiles.image)
        x, y = at.x() + self._table_x, origin.y()
        for place in self._listed:
            self._paint_row(painter, x, y, trace, place)
            y += small.height
        rest = float(trace.products.sum(dtype=np.float64)) - float(
            trace.products.reshape(-1)[self._listed].sum(dtype=np.float64)
        )
        painter.setPen(theme.quiet)
        small.draw(painter, x, y, tr("the other {count}", count=self._inputs - len(self._listed)))
        right = x + self._table(small) - 4 * GRID
        small.draw(painter, right, y, number(rest, 3), align=1)
        if hovered is not None:
            line, column = divmod(hovered[0], self._per_line)
            left, top = column * self._bar - 1.5, line * self._line_height - 0.5
            height = self._line_height - GRID
            frame = QRectF(origin + QPointF(left, top), QSizeF(self._bar + 2, height))
            paint_cell_frame(painter, self.look, frame)

    def _paint_row(self, painter: QPainter, x: float, y: float, trace: Trace, place: int) -> None:
        assert trace.kernels is not None
        theme, small = self.look.theme, self.look.small
        values = (
            ("", trace.patches[place, 0, 0]),
            ("×", trace.kernels[place, 0, 0]),
            ("=", trace.products[place, 0, 0]),
        )
        painter.setPen(theme.quiet)
        small.draw(painter, x, y, f"{self._prefix}{place}")
        x += small.width(f"{self._prefix}888")
        for sign, value in values:
            small.draw(painter, x + GRID, y, sign)
            x += self._step
            if sign == "=":
                painter.setPen(theme.text)
            small.draw(painter, x, y, number(float(value), 3), align=1)
