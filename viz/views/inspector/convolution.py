"""The inspector's body for a convolution: patch × kernel = product for each incoming map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QPainter, QPen

from viz.i18n import tr
from viz.measure.inspection import INPUT, Trace
from viz.views.inspector.look import RAMP, Cell, Look, paint_product
from viz.views.inspector.multiples import Multiples, arrange, arrange_single
from viz.views.theme import GRID, Lut
from viz.views.widgets.text_cache import TextCache, compact, fitted, signed
from viz.views.widgets.tiles import Array, Tiles, dark_colours, diverging_colours, ramp


class ConvolutionBody:
    """Patch × kernel = product for each incoming map, as small multiples with their sums."""

    def __init__(self, trace: Trace, look: Look, width: int, height: int) -> None:
        layer = trace.spec
        self._layer, self._look = layer, look
        small = look.lettering
        self._head = round(small.height) + GRID // 2
        text = round(small.width(signed(-88.888))), round(small.height)
        multiples: Multiples | None = None
        if layer.inputs > 1:
            multiples = arrange(layer.inputs, layer.kernel, width, height - self._head, text)
        else:
            gap = round(small.width("×")) + 2
            multiples = arrange_single(layer.kernel, width, height - self._head, gap)
            if multiples is not None:  # apart enough for each to have its legend above
                legend = round(self._legend_width(tr("product"), signed(-8.88, 2), signed(8.88, 2)))
                matrix = multiples.matrix[0]
                apart = max(round(2 * small.height), legend - matrix)
                gap = max(gap, min(apart, (width - max(legend, matrix)) // 2 - matrix))
                multiples = replace(multiples, gap=gap)
        self.multiples: Multiples | None = multiples
        self._legend = self._make_legend(trace, width)
        self._tiles = Tiles()
        self._tiles.resize(width, height - self._head)
        self._tiles.clear(look.theme.background)
        self._place: tuple[int, ...] = ()
        self._trace: Trace | None = None
        self._inside: TextCache | None = None
        if multiples is not None:
            cell = multiples.wide, multiples.high
            self._inside = fitted(small.font, look.least, cell)
        low, high = look.theme.diverging[24], look.theme.diverging[231]
        self._signs = int(low), int(high)

    def _corners(self, part: int) -> list[tuple[int, int]]:
        multiples = self.multiples
        assert multiples is not None
        return [multiples.corner(channel, part) for channel in range(multiples.count)]

    def fill(self, trace: Trace) -> None:
        """Put this trace's patches and products into the buffer; kernels when they change."""
        self._trace = trace
        multiples, look, tiles = self.multiples, self._look, self._tiles
        if multiples is None or trace.kernels is None:
            return
        cell = multiples.wide, multiples.high
        diverging, scales = look.theme.diverging, look.scales
        place = trace.map, *((trace.row, trace.column) if self._layer.unshared else ())
        if place != self._place:
            self._place = place
            colours = diverging_colours(diverging, trace.kernels, scales.kernel)
            tiles.paint(colours, self._corners(1), *cell)
        tiles.paint(look.patch_colours(trace), self._corners(0), *cell)
        products = diverging_colours(diverging, trace.products, scales.product)
        tiles.paint(products, self._corners(2), *cell)
        if multiples.sums == "bar":
            self._fill_bars(multiples, trace.sums)

    def _fill_bars(self, multiples: Multiples, sums: Array) -> None:
        """A signed bar per channel, upwards for what speaks for the unit."""
        background = int(self._look.theme.background.rgb())
        axis = int(self._look.theme.line.rgb())
        for channel, value in enumerate(sums):
            x, y, width, height = multiples.bar(channel)
            half = height // 2
            length = min(half, round(abs(float(value)) / self._look.scales.sums * half))
            self._tiles.fill(x, y, width, height, background)
            self._tiles.fill(x, y + half, width, 1, axis)
            if length:
                top = y + half - length if value > 0 else y + half + 1
                self._tiles.fill(x, top, width, length, self._signs[int(value > 0)])

    def find(self, x: float, y: float) -> Cell | None:
        """The cell under a point of the body."""
        return None if self.multiples is None else self.multiples.find(x, y - self._head)

    def paint(self, painter: QPainter, at: QPointF, hovered: Cell | None) -> None:
        """Paint the legend, the multiples and their numbers with the upper left at ``at``."""
        trace, multiples = self._trace, self.multiples
        if trace is None or multiples is None:
            return
        if hovered is None:
            self._paint_legend(painter, at)
        else:
            paint_product(painter, at, self._look, trace, hovered)
        origin = at + QPointF(0, self._head)
        painter.drawImage(origin, self._tiles.image)
        if multiples.sums in ("beside", "below"):
            self._paint_sums(painter, origin, multiples, trace.sums)
        if self._inside is not None:
            self._paint_numbers(painter, origin, multiples, trace, self._inside)
        if hovered is not None:
            self._paint_hovered(painter, origin, multiples, hovered)

    def _make_legend(self, trace: Trace, width: int) -> list[tuple[float, str, str, Lut, str]]:
        """(x, words, low end, colours, high end) of what the three matrices are.

        A single channel has each over its matrix; low ends are left out where room is short.
        """
        theme, scales = self._look.theme, self._look.scales
        source = tr("input") if trace.source == INPUT else trace.source
        ink = self._look.source_lut(trace)
        lowest, highest = self._look.numbers()
        single = self._layer.inputs == 1
        kernel, product = (
            (tr("kernel"), tr("product")) if single else (tr("× kernel"), tr("= product"))
        )
        if self._layer.operation == "prototypes":
            kernel, product = tr("prototype"), tr("−(x − w)²")
        for short in (False, True):
            legend: list[tuple[float, str, str, Lut, str]] = []
            x = 0.0
            for part, (words, scale) in enumerate(
                ((source, scales.source), (kernel, scales.kernel), (product, scales.product))
            ):
                if single and self.multiples is not None:
                    x = max(x, self.multiples.corner(0, part)[0])
                if part == 0:
                    low, high = lowest, highest
                elif short:
                    low, high = "", f"±{scale:.2f}"
                else:
                    low, high = signed(-scale, 2), signed(scale, 2)
                legend.append((x, words, low, theme.diverging if part else ink, high))
                x += self._legend_width(words, low, high)
            if x - 3 * GRID <= width:
                break
        return legend

    def _legend_width(self, words: str, low: str, high: str) -> float:
        small = self._look.lettering
        texts = sum(small.width(text) + GRID for text in (words, low, high) if text)
        return texts + RAMP + 4 * GRID

    def _paint_legend(self, painter: QPainter, at: QPointF) -> None:
        theme, small = self._look.theme, self._look.lettering
        painter.setPen(theme.quiet)
        for place, words, low, lut, high in self._legend:
            x = at.x() + place
            for text in (words, low):
                if text:
                    x += small.draw(painter, x, at.y(), text) + GRID
            strip = QRectF(x + 1, at.y() + small.height * 0.3, RAMP, small.height * 0.4)
            painter.drawImage(strip, ramp(lut))
            small.draw(painter, x + RAMP + GRID + 1, at.y(), high)
        if self.multiples is not None and self.multiples.count == 1:
            for part, sign in ((1, "×"), (2, "=")):
                x = at.x() + self.multiples.corner(0, part)[0] - 2
                small.draw(painter, x, at.y(), sign, align=1)

    def _paint_sums(
        self, painter: QPainter, origin: QPointF, multiples: Multiples, sums: Array
    ) -> None:
        small, theme = self._look.lettering, self._look.theme
        width, height = multiples.size
        below = multiples.sums == "below"
        number = small.width(signed(-88.888))
        # Right-aligned under the product, or in a column of its own
        dx = max(width, number) if below else width + multiples.gap + number
        dy = height + 1 if below else (height - small.height) / 2
        painter.setPen(theme.text)
        for channel, value in enumerate(sums):
            x, y = multiples.slot(channel)
            small.draw(painter, origin.x() + x + dx, origin.y() + y + dy, signed(float(value)), 1)

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
        theme, scales = self._look.theme, self._look.scales
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
                white = self._look.is_dark(trace, matrix)
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
        painter.setFont(self._look.lettering.font)

    def _paint_hovered(
        self, painter: QPainter, origin: QPointF, multiples: Multiples, cell: Cell
    ) -> None:
        channel, u, v = cell
        painter.setPen(QPen(self._look.theme.text, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in range(3):
            x, y = multiples.corner(channel, part)
            x, y = x + v * multiples.wide, y + u * multiples.high
            size = QSizeF(multiples.wide, multiples.high)
            painter.drawRect(QRectF(origin + QPointF(x - 0.5, y - 0.5), size))
