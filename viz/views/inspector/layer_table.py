"""The layer table: what the network is made of, for the canvas as it is; shown while no unit is
inspected."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from viz.i18n import tr
from viz.nets.architecture import Architecture
from viz.views.layer_words import input_text, operation, range_text
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache


def rows(architecture: Architecture, height: int, width: int) -> list[tuple[str, ...]]:
    """Return the table for a canvas of height × width pixels, heading first, sum last."""
    table = [
        (
            tr("layer"),
            tr("operation"),
            tr("shape"),
            tr("parameters"),
            tr("receptive field"),
            tr("stride"),
        )
    ]
    side = architecture.side
    given = "; ".join(filter(None, (input_text(architecture), range_text(architecture))))
    if given:
        size = (
            (height, width)
            if architecture.scale == 1 and architecture.is_convolutional
            else (side, side)
        )
        table.append((tr("input"), given, "1@{}×{}".format(*size), "", "", ""))
    for layer in architecture.layers:
        maps, high, wide = layer.shape(height, width)
        table.append(
            (
                layer.name,
                operation(layer),
                f"{maps}@{high}×{wide}",
                f"{layer.parameters:,}",
                f"{layer.field}×{layer.field}",
                f"{layer.stride} px",
            )
        )
    return [*table, ("", "", "", f"{architecture.parameters:,}", "", "")]


def draw_table(
    painter: QPainter,
    area: QRectF,
    architecture: Architecture,
    size: tuple[int, int],
    small: TextCache,
    theme: Theme,
) -> None:
    """Draw it into ``area`` with the painter's font; without the last columns or rows where there
    is no room for them, and not at all where not even the layers fit."""
    table = rows(architecture, *size)
    fitting = int(area.height() // small.height)
    if fitting < len(table) - 1:
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
