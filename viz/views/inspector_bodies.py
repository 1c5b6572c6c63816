"""Bodies of the inspector: how a convolution and a pooling write out one unit's computation.

Each fills a buffer from a Trace and paints it with its numbers. Scales are locked: a patch has
its layer's colour scale, kernels nearly the largest weight of the layer, products half of the
largest activation times that weight; nothing is rescaled from frame to frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from viz.i18n import tr
from viz.measure.inspection import Trace
from viz.nets.layers import BY_NAME, Layer
from viz.theme import GRID, Theme
from viz.views.lettering import Lettering, compact, condensed, signed
from viz.views.multiples import Multiples, arrange
from viz.views.tiles import (
    Array,
    Colours,
    Tiles,
    dark_colours,
    diverging_colours,
    ramp,
    sequential_colours,
)

RAMP = 24
"""Width of a colour ramp in a legend, in pixels."""

Cell = tuple[int, int, int]
"""(channel, row, column) within the incoming patches."""


@dataclass(frozen=True)
class Scales:
    """The largest magnitudes that the colours of one layer's inspection show."""

    source: float
    kernel: float
    product: float
    sums: float
    result: float
    """Of the pre-activation; only so many digits are given room."""


@dataclass(frozen=True, eq=False)
class Look:
    """What the bodies are painted with."""

    theme: Theme
    lettering: Lettering
    scales: Scales

    def patch_colours(self, trace: Trace) -> Colours:
        """Incoming values in the colours that they have everywhere: ink, or activations."""
        lut = self.theme.ink if trace.source == "input" else self.theme.sequential
        return sequential_colours(lut, trace.patches, self.scales.source)


def place_of(trace: Trace, layer: Layer, cell: Cell) -> tuple[int, int, int]:
    """(map, row, column) in the source layer of a cell of the incoming patches."""
    channel, u, v = cell
    number = trace.map if layer.operation == "pool" else channel
    return number, trace.row * layer.step + u, trace.column * layer.step + v


def paint_product(painter: QPainter, at: QPointF, look: Look, trace: Trace, cell: Cell) -> None:
    """One line: where a cell comes from, its value × weight = product, and its channel's sum."""
    assert trace.kernels is not None
    theme, small = look.theme, look.lettering
    number, row, column = place_of(trace, BY_NAME[trace.layer], cell)
    if trace.source == "input":
        name = tr("pixel ({row}, {column})", row=row, column=column)
    else:
        name = tr(
            "{layer} map {map} ({row}, {column})",
            layer=trace.source, map=number, row=row, column=column,
        )  # fmt: skip
    painter.setPen(theme.quiet)
    x = at.x() + small.draw(painter, at.x(), at.y(), name) + 2 * GRID
    painter.setPen(theme.text)
    wide = small.width(signed(-8.888))
    values = trace.patches[cell], trace.kernels[cell], trace.products[cell]
    for sign, value in zip(("", "×", "="), values, strict=True):
        x += small.draw(painter, x, at.y(), sign) + GRID + wide
        small.draw(painter, x, at.y(), signed(float(value)), align=1)
        x += 2 * GRID
    if len(trace.sums) > 1 and trace.patches[0].size > 1:
        painter.setPen(theme.quiet)
        x += GRID + small.draw(painter, x + GRID, at.y(), tr("map’s sum")) + GRID + wide
        painter.setPen(theme.text)
        small.draw(painter, x, at.y(), signed(float(trace.sums[cell[0]])), align=1)


class ConvolutionBody:
    """Patch × kernel = product for each incoming map, as small multiples with their sums."""

    def __init__(self, layer: Layer, look: Look, width: int, height: int) -> None:
        self._layer, self._look = layer, look
        small = look.lettering
        self._head = round(small.height) + GRID
        text = round(small.width(signed(-88.888))), round(small.height)
        single = layer.inputs == 1
        gap = round(2 * small.height) if single else 2
        multiples = arrange(layer.inputs, layer.kernel, width, height - self._head, text, gap)
        if multiples is not None and single:  # apart enough for each to have its legend above
            legend = round(small.width(f"product {signed(-8.88, 2)}  8.88")) + RAMP + 6 * GRID
            room = (width - legend) // 2 - multiples.side
            gap = max(gap, min(room, legend - multiples.side))
            multiples = replace(multiples, gap=gap, slot_width=width)
        self.multiples: Multiples | None = multiples
        self._tiles = Tiles()
        self._tiles.resize(width, height - self._head)
        self._tiles.clear(look.theme.background)
        self._map = -1
        self._trace: Trace | None = None
        # Numbers inside cells may be condensed by a fifth to fit
        self._inside: Lettering | None = None
        cell = 0 if self.multiples is None else self.multiples.cell
        for stretch in (100, 90, 80):
            inside = condensed(small, stretch)
            if cell >= max(inside.height, 2 + inside.width(compact(-0.12))):
                self._inside = inside
                break
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
        cell = multiples.cell
        diverging, scales = look.theme.diverging, look.scales
        if trace.map != self._map:
            self._map = trace.map
            colours = diverging_colours(diverging, trace.kernels, scales.kernel)
            tiles.paint(colours, self._corners(1), cell)
        tiles.paint(look.patch_colours(trace), self._corners(0), cell)
        products = diverging_colours(diverging, trace.products, scales.product)
        tiles.paint(products, self._corners(2), cell)
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
            self._paint_legend(painter, at, trace)
        else:
            paint_product(painter, at, self._look, trace, hovered)
        origin = at + QPointF(0, self._head)
        painter.drawImage(origin, self._tiles.image)
        if multiples.sums in ("beside", "below"):
            self._paint_sums(painter, origin, multiples, trace.sums)
        if self._inside is not None:
            self._paint_numbers(painter, origin, multiples, trace, self._inside)
        if multiples.count == 1:
            self._paint_signs(painter, origin, multiples)
        if hovered is not None:
            self._paint_hovered(painter, origin, multiples, hovered)

    def _paint_legend(self, painter: QPainter, at: QPointF, trace: Trace) -> None:
        """What the three matrices are, with their locked scales."""
        theme, scales, small = self._look.theme, self._look.scales, self._look.lettering
        ink = theme.ink if trace.source == "input" else theme.sequential
        source = tr("input") if trace.source == "input" else trace.source
        parts = (
            (source, "0", ink, f"{scales.source:.2g}"),
            (tr("× kernel"), signed(-scales.kernel, 2), theme.diverging, f"{scales.kernel:.2f}"),
            (tr("= product"), signed(-scales.product, 2), theme.diverging, f"{scales.product:.2f}"),
        )
        painter.setPen(theme.quiet)
        x = at.x()
        for part, (name, low, lut, high) in enumerate(parts):
            if self.multiples is not None and self.multiples.count == 1:
                x = max(x, at.x() + self.multiples.corner(0, part)[0])
                name = name.lstrip("×= ")
            x += small.draw(painter, x, at.y(), name) + GRID
            x += small.draw(painter, x, at.y(), low) + GRID + 1
            strip = QRectF(x, at.y() + small.height * 0.3, RAMP, small.height * 0.4)
            painter.drawImage(strip, ramp(lut))
            x += RAMP + GRID + 1
            x += small.draw(painter, x, at.y(), high) + 3 * GRID

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
        inside: Lettering,
    ) -> None:
        """Numbers inside the cells, black or white, whichever is read better."""
        assert trace.kernels is not None
        theme, scales = self._look.theme, self._look.scales
        painter.setFont(inside.font)
        diverging = dark_colours(theme.diverging)
        source = dark_colours(theme.ink if trace.source == "input" else theme.sequential)
        cell = multiples.cell
        for part, (values, scale, dark) in enumerate(
            (
                (trace.patches, scales.source, source),
                (trace.kernels, scales.kernel, diverging),
                (trace.products, scales.product, diverging),
            )
        ):
            matrix = values[0]
            span = 255 if part == 0 else 127.5
            index = np.clip(matrix * (span / scale) + (0 if part == 0 else 128), 0, 255)
            white = dark[index.astype(np.intp)]
            left, top = multiples.corner(0, part)
            y0 = origin.y() + top + (cell - inside.height) / 2
            x0 = origin.x() + left + cell / 2
            for pen, chosen in ((Qt.GlobalColor.white, white), (Qt.GlobalColor.black, ~white)):
                painter.setPen(pen)
                for u, v in np.argwhere(chosen).tolist():
                    inside.draw(painter, x0 + v * cell, y0 + u * cell, compact(matrix[u, v]), 0.5)
        painter.setFont(self._look.lettering.font)

    def _paint_signs(self, painter: QPainter, origin: QPointF, multiples: Multiples) -> None:
        """× and = between the three matrices of a single channel."""
        painter.setPen(self._look.theme.quiet)
        small = self._look.lettering
        y = origin.y() + (multiples.side - small.height) / 2
        for part, sign in ((1, "×"), (2, "=")):
            x = origin.x() + multiples.corner(0, part)[0] - multiples.gap / 2
            small.draw(painter, x, y, sign, align=0.5)

    def _paint_hovered(
        self, painter: QPainter, origin: QPointF, multiples: Multiples, cell: Cell
    ) -> None:
        channel, u, v = cell
        painter.setPen(QPen(self._look.theme.text, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in range(3):
            x, y = multiples.corner(channel, part)
            x, y = x + v * multiples.cell, y + u * multiples.cell
            size = multiples.cell
            painter.drawRect(QRectF(origin.x() + x - 0.5, origin.y() + y - 0.5, size, size))


class PoolingBody:
    """The patch of a pooling unit with the winner marked, and the maximum beside it."""

    def __init__(self, layer: Layer, look: Look, width: int, height: int) -> None:
        self._layer, self._look = layer, look
        self._head = round(look.lettering.height) + GRID
        self._cell = max(
            0,
            min(
                round(5 * look.lettering.height), (height - self._head) // layer.kernel, width // 6
            ),
        )
        self._tiles = Tiles()
        self._tiles.resize(self._cell * layer.kernel, self._cell * layer.kernel)
        self._trace: Trace | None = None

    def fill(self, trace: Trace) -> None:
        """Put this trace's patch into the buffer."""
        self._trace = trace
        if self._cell:
            self._tiles.paint(self._look.patch_colours(trace), [(0, 0)], self._cell)

    def find(self, x: float, y: float) -> Cell | None:
        """The cell under a point of the body."""
        if not self._cell:
            return None
        u, v = int((y - self._head) // self._cell), int(x // self._cell)
        return (0, u, v) if 0 <= u < self._layer.kernel and 0 <= v < self._layer.kernel else None

    def paint(self, painter: QPainter, at: QPointF, hovered: Cell | None) -> None:
        """Paint the patch, its numbers, the winner and what is said about it."""
        trace, cell = self._trace, self._cell
        if trace is None or not cell:
            return
        theme, small = self._look.theme, self._look.lettering
        patch = trace.patches[0]
        origin = at + QPointF(0, self._head)
        painter.drawImage(origin, self._tiles.image)
        dark = dark_colours(theme.sequential)
        fits = small.width(signed(8.888)) <= cell - 2
        for (u, v), value in np.ndenumerate(patch):
            index = min(255, max(0, int(value * 255 / self._look.scales.source)))
            painter.setPen(QColor("white") if dark[index] else QColor("black"))
            text = signed(float(value)) if fits else compact(float(value))
            x, y = origin.x() + (v + 0.5) * cell, origin.y() + u * cell
            small.draw(painter, x, y + (cell - small.height) / 2, text, align=0.5)
        winner = tuple(int(i) for i in np.unravel_index(int(patch.argmax()), patch.shape))
        even = bool((patch == patch[winner]).all())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not even:
            painter.setPen(QPen(theme.field, 2))
            painter.drawRect(self._rect(origin, winner))
        if hovered is not None:
            painter.setPen(QPen(theme.text, 1))
            painter.drawRect(self._rect(origin, hovered[1:]))
        self._paint_words(painter, at, trace, winner, even)

    def _rect(self, origin: QPointF, place: tuple[int, ...]) -> QRectF:
        u, v = place
        size = self._cell
        return QRectF(origin.x() + v * size + 1, origin.y() + u * size + 1, size - 2, size - 2)

    def _paint_words(
        self, painter: QPainter, at: QPointF, trace: Trace, winner: tuple[int, ...], even: bool
    ) -> None:
        theme, small = self._look.theme, self._look.lettering
        painter.setPen(theme.quiet)
        x = at.x() + small.draw(painter, at.x(), at.y(), f"{trace.source}  0") + GRID
        strip = QRectF(x, at.y() + small.height * 0.3, RAMP, small.height * 0.4)
        painter.drawImage(strip, ramp(theme.sequential))
        small.draw(painter, x + RAMP + GRID, at.y(), f"{self._look.scales.source:.2g}")
        x = at.x() + self._layer.kernel * self._cell + 4 * GRID
        y = at.y() + self._head
        number, row, column = place_of(trace, self._layer, (0, winner[0], winner[1]))
        painter.setPen(theme.text)
        if even:
            said = tr("All four are equal: pooling passes on their value.")
        else:
            said = tr(
                "{layer} map {map} unit ({row}, {column}) is the largest.",
                layer=trace.source, map=number, row=row, column=column,
            )  # fmt: skip
        small.draw(painter, x, y, said)
        painter.setPen(theme.quiet)
        said = tr("Where in the patch it was is forgotten.")
        small.draw(painter, x, y + small.height + GRID, said)
