"""Which shift is measured: the reference drawing that the present one is compared with, for all of
chapter 2's instruments together.

The reference stays while the drawing only moves, as a whole; whatever else changes makes the
present drawing the reference. Every result carries its shift and its snapshot, so the instruments
never disagree with themselves; measuring happens in the engine's measuring lane.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.chapters.compared_networks import Unusable
from viz.chapters.equivariance.measure.residual import (
    AXES,
    Equivariance,
    Reference,
    ShiftCurves,
    activity,
    compare,
    compare_layers,
)
from viz.chapters.equivariance.residual_work import (
    Asked,
    Found,
    KeptCurves,
    References,
    Wanted,
    measured,
)
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot
from viz.nets.architecture import WINDOW_STEP, Architecture
from viz.scene import Scene
from viz.scene.shifts import Shift, common_shift, is_resampled, shifted

NAME, POINT, CURVES = "equivariance", "equivariance point", "equivariance curves"
"""The slots of the measuring lane."""

DECIMALS = 3
"""Of the other component that curves are measured through: where a drawing stands still along one
axis while it is dragged along the other, rounding moves it by less."""


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
        notes = notes_of(
            self.snapshot.scene,
            self.snapshot.architecture,
            fractional=any(d % 1 for d in self.measured.shift),
        )
        if self.partly:
            alone = tr(
                "Only a part of the drawing moved: there is no one shift to measure by. "
                "Move all of it together."
            )
            return (alone, *notes)
        return notes


@dataclass(frozen=True, eq=False)
class Point:
    """The residuals of the drawing as it stands, of the answering network: layer → interior, and
    layer → border."""

    shift: Shift
    interior: Mapping[str, float]
    border: Mapping[str, float]


def nothing_drawn() -> str:
    """What is told of an empty canvas, where 0 would prove nothing."""
    return tr("The canvas is empty: there is nothing to measure. Draw a digit, or drag one here.")


def notes_of(scene: Scene, architecture: Architecture, *, fractional: bool) -> tuple[str, ...]:
    """What else than strides makes f(Tx) and T′f(x) differ, ``fractional`` shifts included."""
    notes = []
    if not architecture.is_convolutional:
        notes.append(
            tr("A window's places have weights of their own: r > 0 in its maps even where aligned.")
        )
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


class LiveShift(QObject):
    """Keeps the reference, asks for measurements, holds the latest results."""

    measured = pyqtSignal()
    """``shown`` is new."""
    refined = pyqtSignal()
    """``curves`` have more points, or belong to something else now."""
    pointed = pyqtSignal()
    """``point`` is new."""

    def __init__(
        self, document: Document, engine: Engine, player: Player, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._player = document, engine, player
        self._reference: Scene | None = None
        self._number = 0
        self._outdated: Snapshot | None = None
        """The snapshot of before a session was opened, which may still be handed over."""
        self._references, self._kept = References(), KeptCurves()
        self._wanted: Wanted | None = None
        self._found: Found | None = None
        self._network = ""
        self._point_asked: tuple[Asked, Shift] | None = None
        self._shift: Shift = (0.0, 0.0)
        self._partly = False
        self.shown: Shown | None = None
        self.point: Point | None = None

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

    def restore_shift(self, shift: Any, partly: Any = False) -> None:
        """Count the present drawing as shifted so far, or moved ``partly``, as it was when the
        session was kept."""
        if not isinstance(shift, (list, tuple)) or len(shift) != 2:
            return
        numbers = [float(d) for d in shift if isinstance(d, (int, float)) and math.isfinite(d)]
        if len(numbers) == 2:
            scene, snapshot = self._document.scene, self._document.snapshot
            self.take_reference(shifted(scene, -numbers[0], -numbers[1]))
            self._shift = common_shift(self._reference or scene, scene) or (0.0, 0.0)
            self._partly = partly is True and self._shift == (0.0, 0.0)
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
        request, window = snapshot.request, None
        if not snapshot.architecture.is_convolutional:
            window = snapshot.origin[0] // WINDOW_STEP, snapshot.origin[1] // WINDOW_STEP
        return Asked(self._number, request.network, frozenset(request.ablated.items()), window)

    def follow(self, snapshot: Snapshot) -> None:
        """Measure this snapshot against the reference."""
        if snapshot is self._outdated:
            return
        scene, shift, kept = self._locate(snapshot.scene), self._shift, self._references
        asked, partly = self._asked(snapshot), self._partly

        def work(nets: Nets) -> Iterator[Shown]:
            before = kept.get(asked, scene, nets(asked.network))
            after = activity(snapshot.maps, snapshot.architecture)
            yield Shown(compare(before, after, shift), before, snapshot, partly)

        self._engine.measure(NAME, work, self._take)

    def _take(self, shown: Shown) -> None:
        self.shown = shown
        self.measured.emit()

    def follow_point(self, snapshot: Snapshot) -> None:
        """Measure the residuals of this snapshot."""
        if snapshot is self._outdated:
            return
        scene, shift, kept = self._locate(snapshot.scene), self._shift, self._references
        asked = self._asked(snapshot)
        if self._point_asked == (asked, shift):
            return
        self._point_asked = asked, shift
        if shift == (0.0, 0.0):  # as while one edits: nothing to measure, and no border
            self._engine.forget(POINT)
            names = [layer.name for layer in snapshot.architecture.layers]
            self._take_point(
                Point(shift, dict.fromkeys(names, 0.0), dict.fromkeys(names, math.nan))
            )
            return

        def work(nets: Nets) -> Iterator[Point]:
            before = kept.get(asked, scene, nets(asked.network))
            after = activity(snapshot.maps, snapshot.architecture)
            layers = compare_layers(before, after, shift)
            interior = {name: one.interior for name, one in layers.items()}
            yield Point(shift, interior, {name: one.border for name, one in layers.items()})

        self._engine.measure(POINT, work, self._take_point)

    def _take_point(self, point: Point) -> None:
        self.point = point
        self.pointed.emit()

    def follow_curves(self, snapshot: Snapshot, axis: str, compared: Collection[str] = ()) -> None:
        """Measure the residuals over the shifts along an axis through the present one, unless that
        is done or under way; of ``compared`` networks beside the answering one too."""
        if snapshot is self._outdated:
            return
        scene, asked = self._locate(snapshot.scene), self._asked(snapshot)
        others = (name for name in compared if name != asked.network)
        subjects = (asked, *(Asked(self._number, name, frozenset()) for name in others))
        through = round(self._shift[1 - AXES.index(axis)], DECIMALS)
        wanted, before = Wanted(subjects, axis, through), self._network
        self._network = asked.network
        if self._wanted is not None and self._wanted.covers(wanted):
            if before != asked.network:
                self.refined.emit()  # known already
            return
        self._wanted = wanted

        def outdated() -> bool:
            """While the drawing moves across, the curves wait; what is edited shows some."""
            return self._wanted is not None and wanted.beside(self._wanted)

        work = measured(wanted, scene, self._references, self._kept, outdated)
        self._engine.measure(CURVES, work, self._take_curves)

    def _take_curves(self, found: Found) -> None:
        self._found = found
        self.refined.emit()

    @property
    def network(self) -> str:
        """The answering network of the curves that are wanted."""
        return self._network

    @property
    def curves(self) -> ShiftCurves | None:
        """Those of the answering network, as far as they are known."""
        return self.compared.get(self._network)

    @property
    def compared(self) -> Mapping[str, ShiftCurves]:
        """The curves of all networks whose are known."""
        return self._found.curves if self._found is not None else {}

    @property
    def broken(self) -> Mapping[str, Unusable]:
        """The networks that cannot be used."""
        return self._found.broken if self._found is not None else {}

    @property
    def curves_old(self) -> bool:
        """Whether ``curves`` are of another drawing, network or line of shifts than is asked for
        now: while one edits, what was begun still comes."""
        found, wanted = self._found and self._found.wanted, self._wanted
        if found is None or wanted is None:
            return found is not wanted
        return found.line != wanted.line or wanted.subjects[0] not in found.subjects

    def forget(self) -> None:
        """Nobody looks at the present measurement."""
        self._engine.forget(NAME)

    def forget_curves(self) -> None:
        """Nobody looks at the curves; begun ones are begun anew."""
        self._engine.forget(CURVES)
        self._engine.forget(POINT)
        self._point_asked = None
        if self.curves_old or not self._complete:
            self._wanted = None

    @property
    def _complete(self) -> bool:
        """Whether all curves that are wanted are known as a whole."""
        if self._found is None or self._wanted is None:
            return False
        names = {asked.network for asked in self._wanted.subjects} - set(self._found.broken)
        known = {name for name, one in self.compared.items() if one.done}
        return names <= known

    def go_to(self, shift: Shift, gesture: int) -> None:
        """Move the drawing to (dx, dy) from the reference, as part of a gesture."""
        if self._reference is not None:
            scene = shifted(self._reference, *shift)
            self._document.apply(scene, tr("Shift the drawing"), gesture=gesture)

    def state(self) -> Mapping[str, Any]:
        """The shift of the drawing, or that only a part of it moved, for session files."""
        self._locate(self._document.scene)  # other instruments may have moved it
        return {"shift": list(self._shift), "partly": self._partly}
