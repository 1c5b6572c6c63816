"""The inspector's look: locked scales, colours, and the line that writes one product out.

A patch has its layer's colour scale, kernels nearly the largest weight of the layer, products half
of the largest activation times that weight; nothing is rescaled from frame to frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPen

from viz.i18n import number, tr
from viz.measure.inspection import INPUT, Trace
from viz.nets import networks
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tiles import (
    Array,
    Colours,
    dark_colours,
    diverging_colours,
    locked_peak,
    ramp,
    sequential_colours,
)

RAMP = 24
"""Width of a colour ramp in a legend, in pixels."""

WIDEST = "−8.888"
"""No input, weight or product is wider."""

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
    signed: bool = False
    """Whether what comes in may be negative."""

    @property
    def low(self) -> float:
        """What the colours of incoming values begin at."""
        return -self.source if self.signed else 0.0


def locked_scales(network: str) -> dict[str, Scales]:
    """Return the magnitudes that the inspection of each layer shows, from the weights."""
    trained = networks.trained(network)
    architecture = trained.architecture
    reach, signed = max(abs(architecture.blank), abs(architecture.ink)), architecture.blank < 0
    source = reach
    result = {}
    for layer in architecture.layers:
        kernel = 1.0
        if layer.operation not in ("pool", "normalise"):
            kernel = locked_peak(trained.weights[f"{layer.name}.weight"])
        product = source * kernel / (1 if signed else 2)  # tanh's units do reach ±1
        result[layer.name] = Scales(
            source,
            kernel,
            product,
            3 * product,
            trained.scales.get(f"{layer.name} pre", source),
            signed,
        )
        source, signed = trained.scales[layer.name], layer.signed
    return result


@dataclass(frozen=True, eq=False)
class Look:
    """What the bodies are painted with."""

    theme: Theme
    small: TextCache
    bold: TextCache
    scales: Scales
    width: int
    """Of the inspector, in pixels."""
    least: int
    """Pixels of the smallest text that a cell may have."""

    def patch_colours(self, trace: Trace) -> Colours:
        """Return incoming values in the colours that they have everywhere: ink, or activations."""
        if self.scales.signed:
            return diverging_colours(self.theme.diverging, trace.patches, self.scales.source)
        return sequential_colours(self.source_lut(trace), trace.patches, self.scales.source)

    def source_lut(self, trace: Trace) -> Lut:
        """Return the colours of incoming values."""
        if self.scales.signed:
            return self.theme.diverging
        return self.theme.ink if trace.source == INPUT else self.theme.sequential

    def is_dark(self, trace: Trace, values: Array) -> NDArray[np.bool_]:
        """Return whether white text is read better than black, on the colour of each value."""
        span, zero = (127.5, 128) if self.scales.signed else (255, 0)
        index = np.clip(values * (span / self.scales.source) + zero, 0, 255).astype(np.intp)
        return np.asarray(dark_colours(self.source_lut(trace))[index])

    def numbers(self) -> tuple[str, str]:
        """Return the two ends of the scale of incoming values."""
        high = f"{self.scales.source:.2g}"
        return (f"−{high}" if self.scales.signed else "0"), high


def place_of(trace: Trace, cell: Cell) -> tuple[int, int, int]:
    """Return (map, row, column) in the source layer of a cell of the incoming patches."""
    channel, u, v = cell
    number, apart = trace.map if trace.kernels is None else channel, trace.spec.dilation
    return number, trace.corner[0] + apart * u, trace.corner[1] + apart * v


def paint_product(painter: QPainter, at: QPointF, look: Look, trace: Trace, cell: Cell) -> None:
    """Paint one line: where a cell comes from, value × weight = product, its channel's sum."""
    assert trace.kernels is not None
    theme, small = look.theme, look.small
    map_, row, column = place_of(trace, cell)
    if trace.source == INPUT:
        name = tr("pixel in row {row}, column {column}", row=row, column=column)
        short = tr("pixel ({row}, {column})", row=row, column=column)
    else:
        name = tr(
            "{layer} map {map}, row {row}, column {column}",
            layer=trace.source, map=map_, row=row, column=column,
        )  # fmt: skip
        short = tr(
            "{layer} map {map} ({row}, {column})",
            layer=trace.source, map=map_, row=row, column=column,
        )  # fmt: skip
    wide = small.width(WIDEST)
    whole = sum(small.width(sign) + wide + 3 * GRID for sign in ("", "×", "="))
    several = len(trace.sums) > 1 and trace.patches[0].size > 1
    total = small.width(tr("map’s sum")) + wide + 2 * GRID if several else 0.0
    if small.width(name) + 2 * GRID + whole + total > look.width:
        name = short
        several = several and small.width(name) + GRID + whole + total <= look.width
    painter.setPen(theme.quiet)
    x = at.x() + small.draw(painter, at.x(), at.y(), name) + 2 * GRID
    painter.setPen(theme.text)
    values = trace.patches[cell], trace.kernels[cell], trace.products[cell]
    for sign, value in zip(("", "×", "="), values, strict=True):
        x += small.draw(painter, x, at.y(), sign) + GRID + wide
        small.draw(painter, x, at.y(), number(float(value), 3), align=1)
        x += 2 * GRID
    if several:
        painter.setPen(theme.quiet)
        x += GRID + small.draw(painter, x + GRID, at.y(), tr("map’s sum")) + GRID + wide
        painter.setPen(theme.text)
        small.draw(painter, x, at.y(), number(float(trace.sums[cell[0]]), 3), align=1)


@dataclass(frozen=True, eq=False)
class Legend:
    """Words, and a colour ramp between its two numbers, of which the low one may be ""."""

    words: str
    low: str
    lut: Lut
    high: str

    @cached_property
    def _ramp(self) -> QImage:
        return ramp(self.lut)

    def width(self, small: TextCache) -> float:
        """Return how many pixels it takes, with the gap after it."""
        texts = filter(None, (self.words, self.low, self.high))
        return sum(small.width(text) + GRID for text in texts) + RAMP + 4 * GRID

    def paint(self, painter: QPainter, at: QPointF, look: Look) -> None:
        """Paint it with the upper left at ``at``."""
        small, x = look.small, at.x()
        painter.setPen(look.theme.quiet)
        for text in filter(None, (self.words, self.low)):
            x += small.draw(painter, x, at.y(), text) + GRID
        strip = QRectF(x + 1, at.y() + small.height * 0.3, RAMP, small.height * 0.4)
        painter.drawImage(strip, self._ramp)
        small.draw(painter, x + RAMP + GRID + 1, at.y(), self.high)


def paint_cell_frame(painter: QPainter, look: Look, rect: QRectF) -> None:
    """Frame what the pointer is over."""
    painter.setPen(QPen(look.theme.text, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
