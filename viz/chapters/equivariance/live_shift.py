"""Which shift is measured: the reference drawing that the present one is compared with.

The reference stays while the drawing only moves, as a whole; whatever else changes, or opening
another, makes the present drawing the reference. The instruments that measure shifts share it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.chapters.equivariance.measure.place import Place, References, Subject
from viz.chapters.equivariance.measure.residual import Equivariance, Reference, activity, compare
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, number, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture
from viz.scene import Scene
from viz.scene.shifts import Shift, common_shift, is_resampled, shifted

ROUNDING = 1e-6
"""Of a residual, what summing 32-bit numbers in another order makes of 0."""


class LiveShift(QObject):
    """The reference, and how far from it the drawing stands."""

    changed = pyqtSignal()
    """The user took another reference."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.document)
        self._document, self._player = context.document, context.player
        self._reference: Scene | None = None
        self._number = 0
        self._references = References()
        self._since = 0
        self._partly = False
        self.shift: Shift = (0.0, 0.0)
        """The present (dx, dy) from the reference, in pixels."""
        context.document.opened.connect(self.reset)

    def is_outdated(self, snapshot: Snapshot) -> bool:
        """Tell whether a snapshot is of before a drawing was opened, which may still be shown, or
        come."""
        return snapshot.request.number < self._since

    def locate(self, scene: Scene) -> None:
        """Find how far this drawing stands from the reference, or make it the reference."""
        before, demonstration = self._reference, self._player.demonstration
        shift = None if before is None else common_shift(before, scene)
        if shift is not None:
            self._partly = self._partly and shift == (0.0, 0.0)
        else:
            if demonstration is not None:
                before = demonstration.scene_at(0.0)  # it counts from where it begins
                shift = common_shift(before, scene)
            self._partly = shift is None and _part_moved(before, scene)
            self._take(scene if before is None or shift is None else before)
        self.shift = shift or (0.0, 0.0)

    def place(self, snapshot: Snapshot) -> Place:
        """Return where the drawing stands that was located last, for the network of a snapshot."""
        assert self._reference is not None
        request, ablated = snapshot.request, frozenset(snapshot.request.ablated.items())
        subject = Subject(
            self._number, request.network, ablated, snapshot.window, self._reference
        )  # fmt: skip
        return Place(subject, self.shift, self._partly, self._references)

    def take_reference(self) -> None:
        """Measure from the present drawing on."""
        self._take(self._document.scene)
        self._partly = False  # what stands there now is what counts
        self.changed.emit()

    def _take(self, scene: Scene) -> None:
        self._reference = scene
        self._number += 1

    def go_to(self, shift: Shift, gesture: int) -> None:
        """Move the drawing to (dx, dy) from the reference, as part of a gesture."""
        if self._reference is not None:
            scene = shifted(self._reference, *shift)
            self._document.apply(scene, tr("Shift the drawing"), gesture=gesture)

    def state(self) -> dict[str, Any]:
        """Return the shift of the drawing, or that only a part of it moved, for scene files."""
        self.locate(self._document.scene)  # other instruments may have moved it
        return {"shift": list(self.shift), "partly": self._partly}

    def reset(self) -> None:
        """Count from the drawing that comes next, or from where its demonstration begins."""
        self._reference, self._partly = None, False
        self._since = self._document.asked + 1

    def restore(self, state: Mapping[str, Any]) -> None:
        """Count the present drawing as shifted, or moved partly, as it was when it was kept."""
        match state.get("shift"):
            case [int() | float() as dx, int() | float() as dy] if math.isfinite(dx + dy):
                scene, snapshot = self._document.scene, self._document.snapshot
                self._take(shifted(scene, -dx, -dy))
                self.locate(scene)
                self._partly = state.get("partly") is True and self.shift == (0.0, 0.0)
                if snapshot is not None and snapshot.scene != scene:
                    self._since = self._document.asked


def _part_moved(before: Scene | None, after: Scene) -> bool:
    """Whether some items stand where they stood and all others are the same ones, shifted."""
    if before is None or len(before.items) != len(after.items) or len(after.items) < 2:
        return False
    alone = [
        common_shift(replace(before, items=(old,)), replace(after, items=(new,)))
        for old, new in zip(before.items, after.items, strict=True)
    ]
    return None not in alone and len(set(alone)) > 1


@dataclass(frozen=True, eq=False)
class Comparison:
    """The present drawing against the reference, with what it belongs to."""

    measured: Equivariance
    before: Reference
    snapshot: Snapshot
    partly: bool
    """Whether some of the drawing moved last and some of it stood: there is no one shift then."""

    @property
    def shift_text(self) -> str:
        """The shift that it belongs to, in words."""
        if self.partly:
            return tr("shift  {unknown}", unknown=UNKNOWN)
        dx, dy = self.measured.shift
        return tr("shift  {dx}, {dy} px", dx=number(dx, 2), dy=number(dy, 2))

    @property
    def notes(self) -> str:
        """Why there are no numbers, or what else than the network makes f(Tx) and T′f(x) differ."""
        architecture, scene = self.snapshot.architecture, self.snapshot.scene
        fractional = any(d % 1 for d in self.measured.shift)
        notes = disturbances(scene, architecture, fractional=fractional)
        if not self.partly:
            return notes
        alone = tr(
            "Only part of the drawing moved, so there is no single shift to measure. Move all of "
            "it together."
        )
        return f"{alone} {notes}".strip()


def disturbances(scene: Scene, architecture: Architecture, *, fractional: bool) -> str:
    """Say what else than strides makes f(Tx) and T′f(x) differ, ``fractional`` shifts included."""
    notes = []
    if not architecture.is_convolutional:
        notes.append(tr("Each place of a window has its own weights, so r > 0 even where exact."))
    if scene.light.ramp > 0:
        notes.append(tr("The ramp of light stays while the drawing moves, so r > 0 everywhere."))
    if scene.noise.sigma > 0 or scene.noise.salt_pepper > 0:
        notes.append(tr("The noise stays while the drawing moves, so r > 0 even where exact."))
    if is_resampled(scene) and fractional:
        notes.append(tr("Images are resampled at fractions of a pixel."))
    return " ".join(notes)


def residual_text(value: float) -> str:
    """Write a residual with three decimals; 0 where only rounding is left."""
    return "0" if value < ROUNDING else number(value, 3)


class ShiftInstrument(MeasuredInstrument):
    """Compares the maps of the drawing with those of the reference; its result: a Comparison."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.live = context.shared(LiveShift)
        self.live.changed.connect(self.refresh)

    @property
    def is_following(self) -> bool:
        """Whether there is a drawing on the screen whose shift counts."""
        snapshot = self.snapshot
        return snapshot is not None and self.isVisible() and not self.live.is_outdated(snapshot)

    def refresh(self) -> None:
        if self.snapshot is not None and self.is_following:
            self.live.locate(self.snapshot.scene)
            super().refresh()

    def key(self, snapshot: Snapshot) -> Any:
        return self.live.place(snapshot)

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        before = key.references.get(key.subject, nets(key.subject.network))
        after = activity(snapshot.maps, snapshot.architecture)
        yield Comparison(compare(before, after, key.shift), before, snapshot, key.partly)
