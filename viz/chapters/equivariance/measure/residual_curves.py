"""The residuals of a drawing where it stands, and of several networks over a line of shifts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from viz.chapters.compared_networks import Unusable, usable
from viz.chapters.equivariance.measure.place import Place, References, Subject
from viz.chapters.equivariance.measure.residual import (
    STEPS,
    ShiftCurves,
    activity,
    compare_layers,
    curves,
)
from viz.engine.compute import Nets
from viz.model.snapshot import Snapshot
from viz.scene.shifts import Shift


@dataclass(frozen=True, eq=False)
class Residuals:
    """The residuals of a drawing at ``shift``, by layer; NaN where there are no such units."""

    shift: Shift
    interior: Mapping[str, float]
    border: Mapping[str, float]


def residuals(nets: Nets, snapshot: Snapshot, place: Place) -> Iterator[Residuals]:
    """Yield the residuals of a snapshot, whose drawing stands at a place."""
    if place.shift == (0.0, 0.0):  # as while one draws: nothing to measure, and no border
        names = [layer.name for layer in snapshot.architecture.layers]
        yield Residuals(place.shift, dict.fromkeys(names, 0.0), dict.fromkeys(names, math.nan))
        return
    before = place.references.get(place.subject, nets(place.subject.network))
    after = activity(snapshot.maps, snapshot.architecture)
    layers = compare_layers(before, after, place.shift)
    interior = {name: one.interior for name, one in layers.items()}
    yield Residuals(place.shift, interior, {name: one.border for name, one in layers.items()})


@dataclass(frozen=True)
class CurveRequest:
    """The shifts along ``axis`` that are ``other`` pixels along the other axis, of each of the
    ``subjects``: of one network each, the answering one first.

    ``kept`` are the last complete curves of each network, which only the measuring thread uses:
    when a network is added to the comparison, or another one answers, the others' are there.
    """

    subjects: tuple[Subject, ...]
    axis: str
    other: float
    references: References = field(compare=False, repr=False)
    kept: dict[str, tuple[Subject, ShiftCurves]] = field(compare=False, repr=False)

    def known(self, subject: Subject) -> ShiftCurves | None:
        """Return the curves that were kept, if they are those of a subject over these shifts."""
        before, found = self.kept.get(subject.network, (None, None))
        if found is None or (before, found.axis, found.other) != (subject, self.axis, self.other):
            return None
        return found


@dataclass(frozen=True, eq=False)
class ComparedCurves:
    """The curves by network, as far as they are known, and the networks that cannot be used."""

    curves: Mapping[str, ShiftCurves]
    broken: Mapping[str, Unusable]


def compared_curves(nets: Nets, request: CurveRequest) -> Iterator[ComparedCurves | None]:
    """Yield finer and finer curves of all networks, side by side; None where others may have their
    turn."""
    loaded, broken = usable(nets, [subject.network for subject in request.subjects])
    subjects = [subject for subject in request.subjects if subject.network in loaded]
    known = {subject.network: request.known(subject) for subject in subjects}
    found = {name: one for name, one in known.items() if one is not None}
    runs = {}
    for subject in subjects:
        if subject.network not in found:
            net, ablated = loaded[subject.network], dict(subject.ablated)
            before = request.references.get(subject, net)
            runs[subject] = curves(
                net, subject.scene, request.axis, before, ablated, steps=STEPS, other=request.other
            )
            yield None
    if found or not runs:
        yield ComparedCurves(dict(found), broken)
    while runs:
        news: dict[Subject, ShiftCurves] = {}
        for subject, run in runs.items():  # as all of them take the same steps
            result = next(run)
            if result is not None:
                news[subject] = result
            yield None
        for subject, result in news.items():
            found[subject.network] = result
            if result.done:
                request.kept[subject.network] = subject, result
                del runs[subject]
        if news:
            yield ComparedCurves(dict(found), broken)
