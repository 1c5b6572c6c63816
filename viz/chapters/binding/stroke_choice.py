"""Which part of the drawing the binding instruments speak of.

A is what is selected: a stroke, else a single item; else what a demonstration moves; else a likely
stroke. Stepping to another one selects it, so that canvas, sliders and keys agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject

from viz.chapters.binding.measure.trajectory import Key, key_of
from viz.chapters.instrument import Context
from viz.measure.stroke_selection import (
    StrokeSelection,
    exists,
    likely_part,
    strokes_in,
    window_about,
)
from viz.model.snapshot import Snapshot
from viz.scene import Group, Scene


@dataclass(frozen=True)
class Subject:
    """What is measured: ``part`` of ``scene`` in ``window`` (row, column), by the network and with
    the ablations that ``key`` names."""

    scene: Scene
    part: StrokeSelection
    window: tuple[int, int]
    key: Key


class StrokeChoice(QObject):
    """Says which part is A, the same to all instruments of the chapter."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._document, self._player = context.document, context.player
        self._likely: tuple[tuple[int, ...], StrokeSelection | None] = ((), None)
        self._document.snapshot_changed.connect(self._refocus)
        self._document.view.changed.connect(self._leave)

    def _refocus(self, snapshot: Snapshot) -> None:
        """The instruments may be hidden behind the inspector; the scores go on showing A's."""
        if self._document.focus is not None:
            self._document.set_focus(self._part(snapshot))

    def _leave(self, name: str) -> None:
        """The other chapters speak of no part."""
        if name == "chapter" and self._document.view.chapter != "binding":
            self._document.set_focus(None)

    def subject(self, snapshot: Snapshot) -> Subject | None:
        """Return what to measure of this snapshot; None on an empty canvas."""
        scene, output = snapshot.scene, snapshot.maps["output"]
        part = self._part(snapshot)
        if part is None:
            return None
        document, request = self._document, snapshot.request
        document.set_focus(part)
        window = document.shown_window() or window_about(scene, part, snapshot.architecture, output)
        _, rows, columns = output.shape
        row, column = min(window[0], rows - 1), min(window[1], columns - 1)
        return Subject(scene, part, (row, column), key_of(request.network, request.ablated))

    def _part(self, snapshot: Snapshot) -> StrokeSelection | None:
        document, scene = self._document, snapshot.scene
        if document.selected_stroke is not None:
            part = StrokeSelection(*document.selected_stroke)
            if exists(scene, part):
                return part
        chosen = StrokeSelection(min(document.selection)) if len(document.selection) == 1 else None
        demonstration = self._player.demonstration
        moving = None
        if demonstration is not None and demonstration.moving and not self._player.taken_over:
            moving = StrokeSelection(*demonstration.moving)
        for item in (chosen, moving):
            if item is not None and exists(scene, item):
                return _with_a_rest(scene, item)
        if document.is_staged:  # whatever was there before
            return likely_part(scene)
        # A default that stays while the drawing has the same strokes, however sure the answers get
        counts = tuple(len(scene.strokes_of(index)) for index in range(len(scene.items)))
        if counts != self._likely[0]:
            found = likely_part(scene, snapshot.architecture, snapshot.maps["output"])
            self._likely = counts, found
        return self._likely[1]

    def step(self, by: int) -> None:
        """Select the next or previous stroke of the drawing."""
        document = self._document
        snapshot = document.snapshot
        parts = strokes_in(document.scene)
        if snapshot is None or not parts:
            return
        now = self._part(snapshot)
        if now in parts:
            index = parts.index(now) + by
        else:  # a whole item: to its first stroke, or to the last one before that
            own = (i for i, part in enumerate(parts) if now is not None and part.item == now.item)
            index = next(own, 0) + min(by, 0)
        part = parts[index % len(parts)]
        stroke = None if part.stroke is None else (part.item, part.stroke)
        document.select([part.item], stroke)


def _with_a_rest(scene: Scene, part: StrokeSelection) -> StrokeSelection:
    """Return the part, or of a drawing that is nothing else its shortest stroke: B is the rest."""
    if part.stroke is None and len(scene.items) == 1 and isinstance(scene.items[0], Group):
        return likely_part(scene) or part
    return part
