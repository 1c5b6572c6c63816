"""Commands on the drawing that need no pointer: delete, duplicate, group, nudge, scale.

Functions of the document; each is one undo step. Where nothing is selected, ``Nudges`` acts on the
whole drawing, the other commands as their names say.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

from viz.i18n import tr
from viz.measure.difficulty import read_span
from viz.model.document import Document
from viz.scene import Group, Scene
from viz.scene.edit import (
    centred,
    deleted,
    duplicated,
    grouped,
    limited,
    move_stroke,
    moved,
    resized,
    rotate_stroke,
    ungrouped,
    with_group,
)
from viz.scene.hits import bounds_of, strokes_box
from viz.scene.model import IDENTITY, MAX_WIDTH, Item
from viz.scene.shaping import seen_transform, shaped
from viz.views.canvas.tools import shape_readout, shift_readout

DIGIT_MIME = "application/x-lenetscope-digit"
"""A digit on its way from the palette to the canvas: JSON {"value": 3, "handwriting": "round"}."""

GAP_PX = 6.0
"""The room between the ink and a digit put beside it, in canvas pixels."""

RUN_S = 1.0
"""Keys and wheel steps that follow each other within this many seconds are one undo step."""


def selected_stroke(document: Document) -> tuple[int, int] | None:
    """Return the single stroke that is selected, if the scene still has it."""
    stroke = document.selected_stroke
    if stroke is None or stroke[0] >= len(document.scene.items):
        return None
    item = document.scene.items[stroke[0]]
    return stroke if isinstance(item, Group) and stroke[1] < len(item.strokes) else None


def delete_selection(document: Document) -> None:
    """Delete the selected stroke, else the selected items."""
    scene, chosen, stroke = document.scene, document.selection, selected_stroke(document)
    document.select(())
    if stroke is not None:
        group = scene.items[stroke[0]]
        assert isinstance(group, Group)  # selected_stroke saw to it
        rest = (*group.strokes[: stroke[1]], *group.strokes[stroke[1] + 1 :])
        if rest:
            scene = scene.with_item(stroke[0], replace(group, strokes=rest))
            document.apply(scene, tr("Delete stroke"))
            return
    document.apply(deleted(scene, chosen), tr("Delete"))


def duplicate_selection(document: Document) -> None:
    """Put a copy of the selected items beside them and select it."""
    if document.selection:
        scene, copies = duplicated(document.scene, document.selection)
        document.apply(scene, tr("Duplicate"))
        document.select(copies)


def centre(document: Document) -> None:
    """Move the selection, else the whole drawing, to the canvas's centre."""
    document.apply(centred(document.scene, document.selection or None), tr("Centre"))


def clear(document: Document) -> None:
    """Take everything off the canvas; its size, the light and the noise stay."""
    document.select(())
    document.apply(replace(document.scene, items=(), transform=IDENTITY), tr("Clear"))


def select_all(document: Document) -> None:
    """Select every item."""
    document.select(range(len(document.scene.items)))


def group_selection(document: Document) -> None:
    """Make one group of the selected groups' strokes, where they are drawn.

    Raises UserError where they reach too far to be written so.
    """
    scene = document.scene
    chosen = [i for i in sorted(document.selection) if isinstance(scene.items[i], Group)]
    if len(chosen) > 1:
        document.apply(grouped(scene, chosen), tr("Group"))
        document.select([len(document.scene.items) - 1])


def ungroup_selection(document: Document) -> None:
    """Make every stroke of the selected groups an item of its own.

    Raises UserError where these are too many, or reach too far to be written so.
    """
    scene = document.scene
    chosen = [i for i in sorted(document.selection) if _strokes_in(scene.items[i]) > 1]
    if chosen:
        scene, parts = ungrouped(scene, chosen)
        document.apply(scene, tr("Ungroup"))
        document.select(parts)


def add_digit(
    document: Document, group: Group, at: tuple[float, float], scene: Scene | None = None
) -> None:
    """Put a digit on top, its anchor at a point of the canvas (of ``scene``), and select it.

    Raises UserError where the drawing cannot take it.
    """
    scene = with_group(scene or document.scene, group, at)
    document.apply(scene, tr("Digit {digit}", digit=group.name))
    document.select([len(scene.items) - 1])


def drop_digit(document: Document, group: Group) -> None:
    """Put a digit where its anchor is and select it.

    Dropped so far right that no window is centred on it, it makes the canvas wider, as far as
    canvases go. Raises UserError where the drawing cannot take it.
    """
    scene, (x, y) = document.scene, group.anchor
    half = document.architecture.window / 2
    if x > read_span(document.architecture, scene.width)[1]:
        width = max(scene.width, _width_for(x, half))
        x = min(x, width - half)
        scene = resized(scene, scene.height, width)
    add_digit(document, group, (x, y), scene)


def put_beside(document: Document, group: Group) -> None:
    """Put a digit into the free place right of all ink, else left of it, and select it.

    Its centre keeps half a window off the canvas's sides, where the network can read it;
    if there is no room left, the canvas becomes wider, as far as canvases go. Raises UserError
    where the drawing cannot take it.
    """
    scene = document.scene
    left, _, right, _ = strokes_box(group.placed) or (0.0, 0.0, 0.0, 0.0)
    half = (right - left) / 2
    x, width = free_place(scene, half, document.architecture.window)
    scene = resized(scene, scene.height, width)
    add_digit(document, group, (float(round(x)), scene.height / 2), scene)


def free_place(scene: Scene, half: float, window: int) -> tuple[float, int]:
    """Return where the centre of something 2·half wide fits beside the ink, and the canvas's width.

    It keeps half a window, ``window`` pixels wide, off the canvas's sides."""
    taken = bounds_of(scene)
    if taken is None:
        return scene.width / 2, scene.width
    first, last = window / 2, scene.width - window / 2
    for gap in (GAP_PX, GAP_PX / 3):
        x = taken[2] + gap + half
        if x <= last:
            return max(x, first), scene.width
        x = taken[0] - gap - half
        if x >= first:
            return min(x, last), scene.width
    x = taken[2] + GAP_PX + half
    width = _width_for(x, window / 2)
    return min(x, width - window / 2), max(width, scene.width)


def _width_for(x: float, half: float) -> int:
    """The least width, by fours, at which a window, 2·half wide, can be centred on x."""
    return min(MAX_WIDTH, 4 * math.ceil((x + half) / 4))


class Nudges:
    """Moves, scales and turns by keys and wheel: steps that add up within a run.

    A run starts from one scene and applies the sum of its steps to it, so that as many steps
    forth as back restore it exactly.
    """

    def __init__(self, document: Document, clock: Callable[[], float] = time.monotonic) -> None:
        self._document, self._clock = document, clock
        self._kind = ""
        self._base = self._latest = document.scene
        self._sum = (0.0, 0.0)
        self._step = 0
        self._until = 0.0

    def shift(self, dx: float, dy: float) -> str:
        """Move the selected stroke, else the selection, else the whole drawing; a readout."""
        base, (x, y) = self._run("shift", dx, dy)
        document, stroke = self._document, selected_stroke(self._document)
        if stroke is not None:
            scene = move_stroke(base, *stroke, x, y)
        elif document.selection:
            scene = moved(base, document.selection, x, y)
        else:
            whole = base.transform
            scene = replace(base, transform=limited(whole, dx=whole.dx + x, dy=whole.dy + y))
        self._show(scene, tr("Nudge"))
        return shift_readout(x, y)

    def scale(self, steps: float) -> str:
        """Scale the selection, else the drawing, by 1.1 per step; a single stroke has no scale
        of its own and is turned."""
        document = self._document
        if selected_stroke(document) is not None:
            return self.turn(5 * steps)
        base, (total, _) = self._run("scale", steps, 0.0)
        factor = 1.1 ** min(max(total, -100.0), 100.0)
        scale = seen_transform(base, document.selection).scale * factor
        self._show(shaped(base, document.selection, scale=scale), tr("Scale"))
        return shape_readout("scale", scale)

    def turn(self, degrees: float) -> str:
        """Turn the selected stroke, else the selection, else the drawing, clockwise."""
        base, (total, _) = self._run("turn", degrees, 0.0)
        document, stroke = self._document, selected_stroke(self._document)
        if stroke is not None:
            angle, scene = total, rotate_stroke(base, *stroke, total)
        else:
            angle = seen_transform(base, document.selection).angle + total
            scene = shaped(base, document.selection, angle=angle)
        self._show(scene, tr("Rotate"))
        return shape_readout("angle", angle)

    def _run(self, kind: str, x: float, y: float) -> tuple[Scene, tuple[float, float]]:
        """The scene that this run of steps started from, and the steps' sum."""
        document, now = self._document, self._clock()
        kind = f"{kind} {sorted(document.selection)} {document.selected_stroke}"
        if kind != self._kind or now > self._until or document.scene is not self._latest:
            self._kind, self._base, self._sum = kind, document.scene, (0.0, 0.0)
            self._step = document.new_gesture()
        self._until = now + RUN_S
        self._sum = (self._sum[0] + x, self._sum[1] + y)
        return self._base, self._sum

    def _show(self, scene: Scene, text: str) -> None:
        self._document.apply(scene, text, gesture=self._step)
        self._latest = self._document.scene


def _strokes_in(item: Item) -> int:
    return len(item.strokes) if isinstance(item, Group) else 0
