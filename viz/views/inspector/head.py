"""The inspector's head: which unit is inspected, its receptive field, and whether it is pinned.

Every part has its own place, so that nothing moves when the unit is pinned or another is hovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtGui import QPainter

from viz.i18n import number, tr
from viz.model.snapshot import Snapshot, Unit
from viz.nets.architecture import NONE_CLASS, Layer
from viz.views.inspector.look import Look
from viz.views.theme import GRID


def title(unit: Unit) -> str:
    """Return the unit's name: layer, map, row and column."""
    if unit.layer == "output":
        name = tr("none") if unit.map == NONE_CLASS else str(unit.map)
        return tr(
            "output class {name}, window row {row}, column {column}",
            name=name, row=unit.row, column=unit.column,
        )  # fmt: skip
    return tr(
        "{layer} map {map}, row {row}, column {column}",
        layer=unit.layer, map=unit.map, row=unit.row, column=unit.column,
    )  # fmt: skip


def fields(unit: Unit, layer: Layer, origin: tuple[int, int] = (0, 0)) -> tuple[str, ...]:
    """Return the unit's receptive field in canvas pixels, in words; longest first.

    ``origin`` is that of the window, for maps that belong to one."""
    top, left, height, width = layer.receptive_field(unit.row, unit.column, origin)
    place = {"height": height, "width": width, "top": number(top), "left": number(left)}
    return (
        tr("receptive field {height}×{width} at row {top}, column {left}", **place),
        tr("receptive field {height}×{width} at ({top}, {left})", **place),
        tr("field {height}×{width} at ({top}, {left})", **place),
    )


def widest(unit: Unit, shape: tuple[int, ...]) -> Unit:
    """Return the unit of the same layer, with ``shape`` (maps, h, w), whose name is the longest."""
    return Unit(unit.layer, *(size - 1 for size in shape))


@dataclass(frozen=True)
class Head:
    """What stands in the head whatever the states: laid out once for a unit."""

    title: str
    said: str
    """The receptive field; "" where there is no room for it."""
    x: float
    """Where that begins, in pixels."""

    @classmethod
    def of(cls, look: Look, unit: Unit, snapshot: Snapshot, room: float) -> Head:
        """Lay it out in ``room`` pixels.

        Room for "pinned" is always kept, unless only without it the receptive field can be told:
        the button that unpins says it too.
        """
        small, space = look.small, 3 * GRID
        broadest = widest(unit, snapshot.maps[unit.layer].shape)
        layer, origin = snapshot.layer(unit.layer), snapshot.origin
        x = look.bold.width(title(broadest)) + space
        kept = small.width(tr("pinned")) + space
        ends = room - kept, room - kept, room - kept, room
        told = (*zip(fields(unit, layer, origin), fields(broadest, layer, origin), strict=True),)
        for end, (said, longest) in zip(ends, (*told, told[-1]), strict=True):
            if x + small.width(longest) + space <= end:
                return cls(title(unit), said, x)
        return cls(title(unit), "", x)


def paint_head(
    painter: QPainter, look: Look, head: Head, room: float, states: Sequence[str]
) -> None:
    """Paint the head into ``room`` pixels, ``states`` ("pinned" …) at their right end."""
    small, bold, theme, space = look.small, look.bold, look.theme, 3 * GRID
    painter.setPen(theme.text)
    painter.setFont(bold.font)
    end = bold.draw(painter, 0, GRID, head.title)
    painter.setFont(small.font)
    painter.setPen(theme.quiet)
    if head.said:
        end = head.x + small.draw(painter, head.x, GRID, head.said)
    painter.setPen(theme.accent)
    right = room - space
    for state in states:
        if right - small.width(state) < end + space:
            break
        right -= small.draw(painter, right, GRID, state, align=1) + space
