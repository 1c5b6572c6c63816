"""The inspector's body for a convolution: patch × kernel = product for each incoming map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QPainter

from viz.i18n import number, tr
from viz.measure.inspection import INPUT, Trace
from viz.views.inspector.cell_text import compact, fitted
from viz.views.inspector.look import Cell, Legend, Look, paint_cell_frame, paint_product
from viz.views.inspector.multiples import PARTS, Multiples, arrange, arrange_single
from viz.views.theme import GRID
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tiles import Array, Tiles, dark_colours, diverging_colours

_SUM = "−88.888"
"""No sum of a channel is wider."""


class ConvolutionBody:
    """Patch × kernel = product for each incoming map, as small multiples with their sums."""

    def __init__(self, trace: Trace, look: Look, width: int, height: int) -> None:
        layer = trace.spec
        self._layer, self.look = layer, look
        small = look.small
        self._head = round(small.height) + GRID // 2
        text = round(small.width(_SUM)), round(small.height)
        multiples: Multiples | None = None
        if layer.inputs > 1:
            multiples = arrange(layer.inputs, layer.kernel, width, height - self._head, text)
        else:
            gap = round(small.width("×")) + 2
            multiples = arrange_single(layer.kernel, width, height - self._head, gap)
            if multiples is not None:  # apart enough for each to have its legend above
                widest = Legend(tr("product"), "−8.88", look.theme.diverging, "8.88")
                legend = round(widest.width(small))
                matrix = multiples.matrix[0]
                apart = max(round(2 * small.height), legend - matrix)
                gap = max(gap, min(apart, (width - max(legend, matrix)) // 2 - matrix))
                multiples = replace(multiples, gap=gap)
        self.multiples: Multiples | None = multiples
        self._legends = self._arrange_legends(trace, width)
        self._tiles = Tiles()
        self._tiles.resize(width, height - self._head)
        self._tiles.clear(look.theme.background)
        self._place: tuple[int, ...] = ()
        self._inside: TextCache | None = None
        self._corners: list[list[tuple[int, int]]] = []
        """Where each channel's patch, kernel and product stand."""
        self._slots: list[tuple[int, int]] = []
        if multiples is not None:
            channels = range(multiples.count)
            self._corners = [[multiples.corner(n, part) for n in channels] for part in range(PARTS)]
            self._slots = [multiples.slot(n) for n in channels]
            cell = multiples.wide, multiples.high
            self._inside = fitted(small.font, look.least, cell)
        low, high = look.theme.diverging[24], look.theme.diverging[231]
        self._signs = int(low), int(high)

    def fill(self, trace: Trace) -> None:
        """Put this trace's patches and products into the buffer; kernels when they change."""
        multiples, look, tiles = self.multiples, self.look, self._tiles
        if multiples is None or trace.kernels is None:
            return
        cell = multiples.wide, multiples.high
        diverging, scales = look.theme.diverging, look.scales
        place = trace.map, *((trace.row, trace.column) if self._layer.unshared else ())
        if place != self._place:
            self._place = place
            colours = diverging_colours(diverging, trace.kernels, scales.kernel)
            tiles.paint(colours, self._corners[1], *cell)
        tiles.paint(look.patch_colours(trace), self._corners[0], *cell)
        products = diverging_colours(diverging, trace.products, scales.product)
        tiles.paint(products, self._corners[2], *cell)
        if multiples.sums == "bar":
            self._fill_bars(multiples, trace.sums)

    def _fill_bars(self, multiples: Multiples, sums: Array) -> None:
        """A signed bar per channel, upwards for what speaks for the unit."""
        background = int(self.look.theme.background.rgb())
        axis = int(self.look.theme.line.rgb())
        for channel, value in enumerate(sums):
            x, y, width, height = multiples.bar(channel)
            half = height // 2
            length = min(half, round(abs(float(value)) / self.look.scales.sums * half))
            self._tiles.fill(x, y, width, height, background)
            self._tiles.fill(x, y + half, width, 1, axis)
            if length:
                top = y + half - length if value > 0 else y + half + 1
                self._tiles.fill(x, top, width, length, self._signs[int(value > 0)])

    def find(self, x: float, y: float) -> Cell | None:
        """Return the cell under a point of the body."""
        return None if self.multiples is None else self.multiples.find(x, y - self._head)

    def paint(self, painter: QPainter, at: QPointF, trace: Trace, hovered: Cell | None) -> None:
        """Paint the legend, the multiples and their numbers with the upper left at ``at``."""
        multiples = self.multiples
        if multiples is None:
            return
        if hovered is None:
            self._paint_legends(painter, at, multiples)
        else:
            paint_product(painter, at, self.look, trace, hovered)
        origin = at + QPointF(0, self._head)
        painter.drawImage(origin, self._tiles.image)
        if multiples.sums in ("beside", "below"):
            self._paint_sums(painter, origin, multiples, trace.sums)
        if self._inside is not None:
            self._paint_numbers(painter, origin, multiples, trace, self._inside)
        if hovered is not None:
            channel, u, v = hovered
            for part in range(PARTS):
                x, y = multiples.corner(channel, part)
                corner = QPointF(x + v * multiples.wide - 0.5, y + u * multiples.high - 0.5)
                size = QSizeF(multiples.wide, multiples.high)
                paint_cell_frame(painter, self.look, QRectF(origin + corner, size))

    def _arrange_legends(self, trace: Trace, width: int) -> list[tuple[float, Legend]]:
        """Return x and legend of each of the three matrices.

        A single channel has each over its matrix; low ends are left out where room is short.
        """
        look, scales, is_single = self.look, self.look.scales, self._layer.inputs == 1
        source = tr("input") if trace.source == INPUT else trace.source
        lowest, highest = look.numbers()
        kernel, product = (
            (tr("kernel"), tr("product")) if is_single else (tr("× kernel"), tr("= product"))
        )
        if self._layer.operation == "prototypes":
            kernel, product = tr("prototype"), tr("−(x − w)²")
        weights = (kernel, scales.kernel), (product, scales.product)
        for is_short in (False, True):
            legends = [Legend(source, lowest, look.source_lut(trace), highest)]
            for words, scale in weights:
                low, high = number(-scale, 2), number(scale, 2)
                if is_short:
                    low, high = "", f"±{high}"
                legends.append(Legend(words, low, look.theme.diverging, high))
            placed, x = [], 0.0
            for part, legend in enumerate(legends):
                if is_single and self.multiples is not None:
                    x = max(x, self.multiples.corner(0, part)[0])
                placed.append((x, legend))
                x += legend.width(look.small)
            if x - 3 * GRID <= width:
                break
        return placed

    def _paint_legends(self, painter: QPainter, at: QPointF, multiples: Multiples) -> None:
        for x, legend in self._legends:
            legend.paint(painter, at + QPointF(x, 0), self.look)
        if multiples.count == 1:
            for part, sign in ((1, "×"), (2, "=")):
                x = at.x() + multiples.corner(0, part)[0] - 2
                self.look.small.draw(painter, x, at.y(), sign, align=1)

    def _paint_sums(
        self, painter: QPainter, origin: QPointF, multiples: Multiples, sums: Array
    ) -> None:
        small, theme = self.look.small, self.look.theme
        width, height = multiples.size
        below = multiples.sums == "below"
        wide = small.width(_SUM)
        # Right-aligned under the product, or in a column of its own
        dx = max(width, wide) if below else width + multiples.gap + wide
        dy = height + 1 if below else (height - small.height) / 2
        painter.setPen(theme.text)
        for (x, y), value in zip(self._slots, sums, strict=True):
            text = number(float(value), 3)
            small.draw(painter, origin.x() + x + dx, origin.y() + y + dy, text, align=1)

    def _paint_numbers(
        self,
        painter: QPainter,
        origin: QPointF,
        multiples: Multiples,
        trace: Trace,
        inside: TextCache,
    ) -> None:
        """Numbers inside the cells, black or white, whichever is read better."""
        assert trace.kernels is not None
        theme, scales = self.look.theme, self.look.scales
        painter.setFont(inside.font)
        diverging = dark_colours(theme.diverging)
        wide, high = multiples.wide, multiples.high
        for part, (values, scale) in enumerate(
            (
                (trace.patches, scales.source),
                (trace.kernels, scales.kernel),
                (trace.products, scales.product),
            )
        ):
            matrix = values[0]
            if part == 0:
                white = self.look.is_dark(trace, matrix)
            else:
                index = np.clip(matrix * (127.5 / scale) + 128, 0, 255)
                white = diverging[index.astype(np.intp)]
            left, top = multiples.corner(0, part)
            y0 = origin.y() + top + high / 2 - inside.middle
            x0 = origin.x() + left + wide / 2
            for pen, chosen in ((Qt.GlobalColor.white, white), (Qt.GlobalColor.black, ~white)):
                painter.setPen(pen)
                for u, v in np.argwhere(chosen).tolist():
                    inside.draw(painter, x0 + v * wide, y0 + u * high, compact(matrix[u, v]), 0.5)
        painter.setFont(self.look.small.font)
