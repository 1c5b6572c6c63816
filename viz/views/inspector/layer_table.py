"""The layer table: what the network is made of, for the canvas as it is; shown while no unit is
inspected."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from viz.i18n import tr
from viz.nets.layers import LAYERS, Layer, layer_of
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache


def operation(layer: Layer, pooling: str = "max") -> str:
    """What the layer does, in words of the field."""
    size = f"{layer.kernel}×{layer.kernel}"
    if layer.operation == "pool":
        words = {
            "max": tr("max pooling"),
            "average": tr("average pooling"),
            "blur": tr("max, blur"),
        }
        return f"{words[pooling]} {size}"
    last = tr("log-softmax") if layer.name == LAYERS[-1].name else "ReLU"
    return tr("conv {size}, {then}", size=size, then=last)


def rows(height: int, width: int, pooling: str = "max") -> list[tuple[str, ...]]:
    """The table for a canvas of height × width pixels, its heading first and the sum last."""
    table = [
        (tr("layer"), tr("operation"), tr("shape"), tr("parameters"), tr("sees"), tr("stride")),
    ]
    for layer in (layer_of(each.name, pooling) for each in LAYERS):
        maps, high, wide = layer.shape(height, width)
        field = f"{layer.field}×{layer.field}"
        table.append(
            (
                layer.name,
                operation(layer, pooling),
                f"{maps}@{high}×{wide}",
                f"{layer.parameters:,}",
                field,
                f"{layer.stride} px",
            )
        )
    total = sum(layer.parameters for layer in LAYERS)
    return [*table, ("", "", "", f"{total:,}", "", "")]


def draw_table(
    painter: QPainter,
    area: QRectF,
    size: tuple[int, int],
    small: TextCache,
    theme: Theme,
    pooling: str = "max",
) -> None:
    """Draw it into ``area`` with the painter's font; without the last columns or rows where there
    is no room for them, and not at all where not even the layers fit."""
    table = rows(*size, pooling)
    fitting = int(area.height() // small.height)
    if fitting < len(LAYERS) + 1:
        return
    x = area.left()
    for number, column in enumerate(zip(*table, strict=True)):
        wide = max(small.width(text) for text in column)
        if x + wide > area.right():
            return
        numeric = number >= 2
        for row, text in enumerate(column[:fitting]):
            painter.setPen(theme.text if number == 0 and row else theme.quiet)
            small.draw(
                painter,
                x + wide if numeric else x,
                area.top() + row * small.height,
                text,
                align=1 if numeric else 0,
            )
        x += wide + 5 * GRID
