"""Which shift is measured: the reference drawing that the present one is compared with, for all of
chapter 2's instruments together.

The reference stays while the drawing only moves, as a whole; whatever else changes makes the
present drawing the reference. Every result carries its shift and its snapshot, so the instruments
never disagree with themselves; measuring happens in the engine's measuring lane.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.compute import Nets
from viz.document import Document
from viz.engine import Engine
from viz.i18n import tr
from viz.measure.equivariance import (
    Equivariance,
    Reference,
    ShiftCurves,
    activity,
    compare,
    curves,
    reference,
)
from viz.player import Player
from viz.scene import Scene, rasterize_scene
from viz.scene.shifts import Shift, common_shift, is_resampled, shifted
from viz.snapshot import Snapshot

NAME, CURVES = "equivariance", "equivariance curves"
"""The slots of the measuring lane."""

STEP = 0.5
"""Pixels between the shifts of the curves. They are measured outwards from the middle: multiples of
a stride alone, which a coarser pass would take, show a residual of 0 everywhere."""

FIRST = 2.0
"""The curves are shown from this shift on: half a period of the largest stride."""


@dataclass(frozen=True)
class Asked:
    """What a reference's maps depend on; ``reference`` counts the references there have been."""

    reference: int
    network: str
    ablated: frozenset[tuple[str, frozenset[int]]]


@dataclass(frozen=True, eq=False)
class Shown:
    """One result, with what it belongs to."""

    measured: Equivariance
    before: Reference
    snapshot: Snapshot
    partly: bool = False
    """Whether some of the drawing moved last and some of it stood."""

    @property
    def comparable(self) -> bool:
        """Whether there is something, moved as a whole, that the numbers are about."""
        return not self.partly and bool(self.snapshot.scene.items)

    @property
    def notes(self) -> tuple[str, ...]:
        """Why there are no numbers, or what else than the network makes f(Tx) and T′f(x) differ."""
        if not self.snapshot.scene.items:
            return (nothing_drawn(),)
        notes = notes_of(self.snapshot.scene, any(d % 1 for d in self.measured.shift))
        if self.partly:
            alone = tr(
                "Only a part of the drawing moved: there is no one shift to measure by. "
                "Move all of it together."
            )
            return (alone, *notes)
        return notes


def nothing_drawn() -> str:
    """What is told of an empty canvas, where 0 would prove nothing."""
    return tr("The canvas is empty: there is nothing to measure. Draw a digit, or drag one here.")


def notes_of(scene: Scene, fractional: bool) -> tuple[str, ...]:
    """What else than the network makes f(Tx) and T′f(x) differ, ``fractional`` shifts included."""
    notes = []
    if scene.noise.sigma > 0 or scene.noise.salt_pepper > 0:
        notes.append(tr("The noise stays, only the drawing moves: r > 0 even where aligned."))
    if is_resampled(scene) and fractional:
        notes.append(tr("Pictures are resampled at fractions of a pixel."))
    return tuple(notes)


def _part_moved(before: Scene | None, after: Scene) -> bool:
    """Whether some items stand where they stood and all others are the same ones, shifted."""
    if before is None or len(before.items) != len(after.items) or len(after.items) < 2:
        return False
    alone = [
        common_shift(replace(before, items=(old,)), replace(after, items=(new,)))
        for old, new in zip(before.items, after.items, strict=True)
    ]
    return None not in alone and len(set(alone)) > 1


class _References:
    """The last reference's maps; only the measuring thread uses it."""

    def __init__(self) -> None:
        self._kept: tuple[Asked, Reference] | None = None

    def get(self, asked: Asked, scene: Scene, nets: Nets) -> Reference:
        if self._kept is None or self._kept[0] != asked:
            made = reference(nets(asked.network), rasterize_scene(scene), dict(asked.ablated))
            self._kept = asked, made
        return self._kept[1]


class LiveShift(QObject):
    """Keeps the reference, asks for measurements, holds the latest results."""

    measured = pyqtSignal()
    """``shown`` is new."""
    refined = pyqtSignal()
    """``curves`` has more points, or belongs to something else now."""

    def __init__(
        self, document: Document, engine: Engine, player: Player, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._player = document, engine, player
        self._reference: Scene | None = None
        self._number = 0
        self._outdated: Snapshot | None = None
        """The snapshot of before a session was opened, which may still be handed over."""
        self._references = _References()
        self._wanted: tuple[Asked, str] | None = None
        self._measured: tuple[Asked, str] | None = None
        self._shift: Shift = (0.0, 0.0)
        self._partly = False
        self.shown: Shown | None = None
        self.curves: ShiftCurves | None = None

    @property
    def shift(self) -> Shift:
        """The present (dx, dy) from the reference, in pixels."""
        return self._shift

    def take_reference(self, scene: Scene | None = None) -> None:
        """Measure from this scene on; without one, from the present drawing."""
        self._reference = scene or self._document.scene
        self._number += 1
        if scene is None:
            self._partly = False  # what stands there now is what counts
            if self._document.snapshot is not None:
                self.follow(self._document.snapshot)

    def restore_shift(self, shift: Any) -> None:
        """Count the present drawing as shifted so far, as it was when the session was kept."""
        if not isinstance(shift, (list, tuple)) or len(shift) != 2:
            return
        numbers = [float(d) for d in shift if isinstance(d, (int, float)) and math.isfinite(d)]
        if len(numbers) == 2:
            scene, snapshot = self._document.scene, self._document.snapshot
            self.take_reference(shifted(scene, -numbers[0], -numbers[1]))
            self._shift = common_shift(self._reference or scene, scene) or (0.0, 0.0)
            if snapshot is not None and snapshot.scene != scene:
                self._outdated = snapshot

    def _locate(self, scene: Scene) -> Scene:
        """The reference for this scene; sets the shift from it."""
        shift = None if self._reference is None else common_shift(self._reference, scene)
        if shift is None and (demonstration := self._player.demonstration) is not None:
            start = demonstration.scene_at(0.0)  # a demonstration counts from where it begins
            shift = common_shift(start, scene)
            self.take_reference(start)
        if shift is None:
            self._partly = _part_moved(self._reference, scene)
            self.take_reference(scene)
            shift = 0.0, 0.0
        elif shift != (0.0, 0.0):
            self._partly = False
        self._shift = shift
        assert self._reference is not None
        return self._reference

    def _asked(self, snapshot: Snapshot) -> Asked:
        request = snapshot.request
        return Asked(self._number, request.network, frozenset(request.ablated.items()))

    def follow(self, snapshot: Snapshot) -> None:
        """Measure this snapshot against the reference."""
        if snapshot is self._outdated:
            return
        scene, shift, kept = self._locate(snapshot.scene), self._shift, self._references
        asked, partly = self._asked(snapshot), self._partly

        def work(nets: Nets) -> Iterator[Shown]:
            before = kept.get(asked, scene, nets)
            yield Shown(compare(before, activity(snapshot.maps), shift), before, snapshot, partly)

        self._engine.measure(NAME, work, self._take)

    def _take(self, shown: Shown) -> None:
        self.shown = shown
        self.measured.emit()

    def follow_curves(self, snapshot: Snapshot, axis: str) -> None:
        """Measure the residuals over the shift along an axis, unless that is done or under way."""
        if snapshot is self._outdated:
            return
        scene, kept = self._locate(snapshot.scene), self._references
        asked = self._asked(snapshot)
        if self._wanted == (asked, axis):
            return
        self._wanted = wanted = asked, axis

        def work(nets: Nets) -> Iterator[tuple[tuple[Asked, str], ShiftCurves] | None]:
            before = kept.get(asked, scene, nets)
            net = nets(asked.network)
            for result in curves(net, scene, axis, before, dict(asked.ablated), steps=(STEP,)):
                enough = result is not None and (result.done or result.shifts[-1] >= FIRST)
                yield (wanted, result) if result is not None and enough else None

        self._engine.measure(CURVES, work, self._take_curves)

    def _take_curves(self, result: tuple[tuple[Asked, str], ShiftCurves]) -> None:
        self._measured, self.curves = result
        self.refined.emit()

    @property
    def curves_old(self) -> bool:
        """Whether ``curves`` are of another drawing, network or axis than is asked for now: while
        one edits, what was begun still comes."""
        return self._measured != self._wanted

    def forget(self) -> None:
        """Nobody looks at the present measurement."""
        self._engine.forget(NAME)

    def forget_curves(self) -> None:
        """Nobody looks at the curves; begun ones are begun anew."""
        self._engine.forget(CURVES)
        if self.curves is None or not self.curves.done or self.curves_old:
            self._wanted = None

    def go_to(self, shift: Shift, gesture: int) -> None:
        """Move the drawing to (dx, dy) from the reference, as part of a gesture."""
        if self._reference is not None:
            scene = shifted(self._reference, *shift)
            self._document.apply(scene, tr("Shift the drawing"), gesture=gesture)

    def state(self) -> Mapping[str, Any]:
        """The shift of the drawing, for session files."""
        self._locate(self._document.scene)  # other instruments may have moved it
        return {"shift": list(self._shift)}
