"""The layer table: what the network is made of, for the canvas as it is; shown while no unit is
inspected."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from viz.i18n import tr
from viz.nets.architecture import Architecture
from viz.views.layer_words import input_text, operation, range_text
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache

LEAST_GAP, GAP = 2 * GRID, 5 * GRID
"""Pixels between two columns."""

NUMERIC = 4
"""So many columns, the last ones, are of numbers."""

BETWEEN = 0.5
"""Lines between two blocks of columns."""


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
    return [*table, (tr("total"), "", "", f"{architecture.parameters:,}", "", "")]


def least_height(architecture: Architecture, small: TextCache) -> float:
    """Return the pixels that the table takes without its sum."""
    return (len(rows(architecture, architecture.side, architecture.side)) - 1) * small.height


def draw_table(
    painter: QPainter,
    area: QRectF,
    architecture: Architecture,
    size: tuple[int, int],
    small: TextCache,
    theme: Theme,
) -> None:
    """Draw it into ``area`` with the painter's font: columns without room stand in a block below,
    beside the layers' names once more. Where there is no room for that either, headings are
    shortened, then the operation is left out, which the explanation tells, then other columns, as
    the last row is; nothing at all where not even the layers fit."""
    table = rows(architecture, *size)
    fitting = int(area.height() // small.height)
    if fitting < len(table) - 1:
        return
    columns, wide = fitted(table, area, small)
    fitting = min(fitting, len(table))
    most = max(1, int((area.height() / small.height + BETWEEN) // (len(table) + BETWEEN)))
    for block, numbers in enumerate(blocks_of(wide, area.width())[:most]):
        spare = area.width() - sum(wide[number] for number in numbers)
        gap = min(GAP, spare / max(1, len(numbers) - 1))
        x, top = area.left(), area.top() + block * (len(table) + BETWEEN) * small.height
        for number in numbers:
            numeric = number >= len(columns) - NUMERIC
            for row, text in enumerate(columns[number][:fitting]):
                painter.setPen(theme.text if number == 0 and row else theme.quiet)
                y = top + row * small.height
                small.draw(painter, x + wide[number] if numeric else x, y, text, align=int(numeric))
            x += wide[number] + gap


def fitted(
    table: Sequence[tuple[str, ...]], area: QRectF, small: TextCache
) -> tuple[list[tuple[str, ...]], list[float]]:
    """Return the columns of a table and their widths, shortened as far as the area asks for it."""
    columns = list(zip(*table, strict=True))
    short = [
        (heading, *column[1:]) for heading, column in zip(_short_headings(), columns, strict=True)
    ]
    most = max(1, int((area.height() / small.height + BETWEEN) // (len(table) + BETWEEN)))
    for shown in (columns, short, [short[0], *short[2:]]):
        wide = [max(map(small.width, column)) for column in shown]
        blocks = blocks_of(wide, area.width())
        if len(blocks) <= most and sum(len(block) - 1 for block in blocks) == len(shown) - 1:
            break
    return shown, wide


def _short_headings() -> tuple[str, ...]:
    return tr("layer"), tr("operation"), tr("shape"), tr("parameters"), tr("field"), tr("stride")


def blocks_of(wide: Sequence[float], room: float) -> list[list[int]]:
    """Divide columns of these widths into blocks that fit; each begins with the first column.

    A column that fits beside the first one in no block is left out.
    """
    blocks = [[0]]
    for number in range(1, len(wide)):
        if wide[0] + LEAST_GAP + wide[number] > room:
            continue
        together = [*blocks[-1], number]
        if sum(wide[one] for one in together) + LEAST_GAP * (len(together) - 1) <= room:
            blocks[-1] = together
        else:
            blocks.append([0, number])
    return blocks
