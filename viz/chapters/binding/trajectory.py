"""The trajectory: class probabilities along the part's path, in a demonstration or a drag."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QHideEvent

from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.lane_plot import LanePlot
from viz.chapters.binding.measure.lanes import LaneCurves, band_of, find_lanes, probabilities
from viz.chapters.binding.measure.trajectory import (
    Course,
    Key,
    Near,
    Place,
    Trail,
    key_of,
    near,
    outputs_along,
)
from viz.chapters.instrument import Context
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.views.widgets.class_map import class_name

REDRAW_MS = 100
"""Least time between two repaints of the user's path: its curves cost 10 to 20 ms."""

LENGTH_PX = 20.0
"""Step by which the axis of the user's path grows."""

SAMPLES = 121
"""Places of a demonstration."""


def lane_name(place: int, count: int) -> str:
    """Return what a lane is called, such as “left digit: p(class)”."""
    if count == 1:
        return tr("p(class)")
    if count == 2:
        return (tr("left digit: p(class)"), tr("right digit: p(class)"))[place]
    return tr("digit {number}: p(class)", number=place + 1)


Way = tuple[Course, tuple[Key, ...], Place]
"""A path, the keys under which it is shown (as the network is, and without ablation if it has one),
and its last place."""


@dataclass(frozen=True)
class Job:
    """What is ``missing`` of a course, by key. Jobs are equal where the one that runs will do for
    the other, so ``last`` is its last place, or None where nothing is missing."""

    course: Course
    keys: tuple[Key, ...]
    last: Place | None
    missing: tuple[tuple[Place, ...], ...] = field(compare=False)


Answers = tuple[Key, dict[Place, Near]]
"""What was computed of a job, under one of its keys."""


class Trajectory(BindingInstrument):
    """p(class) of each digit over time or over the length of the way. Click seeks."""

    tells_answer = True
    id = "trajectory"
    title = tr("Trajectory")
    hint = tr("Double-click a stroke and drag it slowly: the curves show p(class) along its path.")
    tip = tr(
        "For each digit, p(class) = exp(log-softmax of the output) along the path of the part, in "
        "the most confident window near that digit; the answer at the top. Over a demonstration's "
        "time, or else over the length of your last drag."
    )
    invitation = tr(
        "Draw a digit of two or more strokes, or drag one onto the canvas: this shows how the "
        "answer changes along the path of one of its strokes."
    )
    explanation = tr(
        "The curves are the class probabilities of each digit along the path of A: over a "
        "demonstration’s time, or the length of your own drag. Where two curves cross, the answer "
        "changes; the band at the top shows it. Drag A slowly, or click on the curves of a "
        "demonstration to go there. The probabilities of a window sum to 1 even for a drawing that "
        "is not a digit, so a high curve does not prove that a digit is there. A curve may jump "
        "where another window becomes the most confident one of its digit."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._player = context.player
        self._courses: dict[str, Course] = {}
        self.trail = Trail()
        self._drawn: Way | None = None
        self.plot = LanePlot()
        self.plot.chosen.connect(self._seek)
        self.set_view(self.plot)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        self._player.time_changed.connect(self._mark)
        self._player.taken_over_changed.connect(self.refresh)

    # What is computed

    @property
    def is_demonstrating(self) -> bool:
        """Whether the way is a demonstration's."""
        return self._player.at_hand is not None and not self._player.taken_over

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if not self.isVisible():  # the inspector may stand here
            self._extend(snapshot)
        super().show_snapshot(snapshot)

    def _extend(self, snapshot: Snapshot) -> None:
        """Add the snapshot to the user's path."""
        subject, trail = self.choice.subject(snapshot), self.trail
        if subject is not None and not self.is_demonstrating:
            now = self._player.clock()
            place = trail.add(subject.scene, subject.part, subject.window, now)
            place.keep(subject.key, near(snapshot.maps["output"], trail.window, snapshot.reading))

    def refresh(self) -> None:
        if self.snapshot is None or not self.isVisible():
            return
        self._extend(self.snapshot)
        super().refresh()
        if self.is_demonstrating:
            self._draw()
        elif not self._redraw.isActive():
            self._draw()
            self._redraw.start()

    def note(self) -> str:
        if self.is_demonstrating or len(self.trail.places) > 1:
            return tr("each digit at its most confident window")
        return tr("drag it, or play a demonstration (Space)")

    def _course(self) -> Course:
        """Return the demonstration's path while one is shown, else the user's."""
        shown, subject = self._player.demonstration, self.subject
        if shown is None or subject is None or not self.is_demonstrating:
            return self.trail
        if shown.id not in self._courses:
            times = np.linspace(0, shown.duration, SAMPLES).tolist()
            places = [Place(time, shown.scene_at(time)) for time in times]
            self._courses[shown.id] = Course(places, subject.window)
        return self._courses[shown.id]

    def _way(self) -> Way:
        """Return what is to be shown; there is a subject."""
        assert self.subject is not None
        course, key = self._course(), self.subject.key
        return course, tuple(dict.fromkeys((key, key_of(key[0], {})))), course.places[-1]

    def key(self, snapshot: Snapshot) -> Any:
        course, keys, last = self._way()
        missing = tuple(map(course.missing, keys))
        return Job(course, keys, last if any(missing) else None, missing)

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Answers | None]:
        job: Job = key
        for one, places in zip(job.keys, job.missing, strict=True):
            for found in outputs_along(nets(one[0]), places, job.course.window, one):
                yield None if found is None else (one, found)

    def show_result(self, result: Answers) -> None:
        key, found = result
        for place, output in found.items():
            place.keep(key, output)
        self._drawn = None
        self._draw()

    # What is shown

    def formula(self) -> str:
        law = "<i>p</i>(<i>c</i>) = exp <i>y<sub>c</sub></i> / Σ exp <i>y</i>"
        if self.subject is None or self.snapshot is None:
            return law
        output, (row, column) = self.snapshot.maps["output"], self.subject.window
        if row >= output.shape[1] or column >= output.shape[2]:
            return law
        digit = int(output[:, row, column].argmax())
        return tr(
            "{law}<br><i>p</i>({digit}) = <b>{p}</b> in window row {row}, column {column}",
            law=law, digit=class_name(digit), p=number(math.exp(output[digit, row, column]), 3),
            row=row, column=column,
        )  # fmt: skip

    def clear(self) -> None:
        self._drawn = None
        self.plot.set_lanes((), (), "", (0.0, 1.0))

    def _draw(self) -> None:
        if self.subject is None or not self.isVisible():
            return
        way = self._way()
        if way == self._drawn:
            return
        self._drawn = way
        course, keys, _ = way
        xs = course.xs
        name, x_range = tr("time / s"), (0.0, xs[-1])
        if not self.is_demonstrating:
            first = xs[0] // LENGTH_PX * LENGTH_PX
            steps = max(1, -(-(xs[-1] - first) // LENGTH_PX))
            name, x_range = tr("path of A / px"), (first, first + LENGTH_PX * steps)
        band = band_of(xs, course.outputs(keys[0]))
        self.plot.set_lanes(_curves(course, keys), band, name, x_range)
        self._mark(self._player.time)

    def _mark(self, now: float) -> None:
        """Mark the current place: the demonstration's time, or the end of the user's path."""
        if self.is_demonstrating:
            self.plot.set_mark(now)
        else:
            self.plot.set_mark(self.trail.places[-1].x if self.trail.places else None)

    def _seek(self, x: float) -> None:
        if self.is_demonstrating:
            self._player.seek(x)

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._redraw.stop()
        super().hideEvent(event)


def _curves(course: Course, keys: tuple[Key, ...]) -> list[LaneCurves]:
    """Return a lane for each digit that the network reads without ablation."""
    now, whole = course.outputs(keys[0]), course.outputs(keys[-1])
    lanes, xs = find_lanes(whole if any(whole) else now), np.array(course.xs)

    def curves(kept: list[Near | None]) -> list[LaneCurves]:
        places, found = probabilities(lanes, kept)
        return [
            LaneCurves(lane_name(number, len(lanes)), xs[places], own)
            for number, own in enumerate(found)
        ]

    if len(keys) == 1:
        return curves(now)
    pairs = zip(curves(now), curves(whole), strict=True)
    return [replace(lane, before=before) for lane, before in pairs]
