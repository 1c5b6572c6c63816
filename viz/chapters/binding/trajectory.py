"""The trajectory: class probabilities along the part's path, in a demonstration or a drag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.lane_plot import LaneCurves, LanePlot
from viz.chapters.binding.measure.lanes import find_lanes, probabilities, runs
from viz.chapters.binding.measure.trajectory import (
    SAMPLES,
    Course,
    Key,
    Near,
    Trail,
    key_of,
    near,
    outputs_along,
)
from viz.chapters.binding.stroke_choice import StrokeChoice, Subject
from viz.chapters.binding.trajectory_path import TrajectoryPath, fingerprint, kept_path
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot
from viz.scene import Scene
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.theme import GRID, Theme
from viz.views.widgets.tooltip import wrapped

REDRAW_MS = 60
"""Least time between two repaints of the user's path: its curves need not keep 60 Hz."""

LENGTH_PX = 20.0
"""Step by which the axis of the user's path grows."""

COURSES_KEPT = 8

REST_S = 0.25
"""A session keeps the path once the user has paused this long. During a drag, a recording asks for
the state in every frame, and holds the scenes themselves."""


def _lane_name(number: int, count: int) -> str:
    """What a lane is called, such as “left digit: p(class)”."""
    if count == 1:
        return tr("p(class)")
    if count == 2:
        return (tr("right digit: p(class)"), tr("left digit: p(class)"))[number == 0]
    return tr("digit {number}: p(class)", number=number + 1)


def _grid(snapshot: Snapshot) -> tuple[int, float]:
    """Where the windows lie; networks of the same layers share it."""
    return snapshot.architecture.stride, snapshot.architecture.centre(0)


class BindingTrajectoryView(BindingInstrument):
    """p(class) of each digit over time or over the length of the way. Click seeks."""

    id = "trajectory"
    NAME = "trajectory"

    def __init__(
        self,
        document: Document,
        engine: Engine,
        canvas: Canvas,
        choice: StrokeChoice,
        player: Player,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, engine, canvas, choice, parent)
        self.title = tr("Trajectory")
        self.hint = tr(
            "Double-click a stroke and drag it slowly: the curves are the answer along its way."
        )
        self.tip = wrapped(
            tr(
                "For each digit p(class) = exp(log-softmax of the output) along the way of the "
                "part, at the window near that digit which sees one best; on top what is read. "
                "Over a demonstration's time, else over the length of the hand's last drag."
            )
        )
        self._player = player
        self._courses: dict[object, Course] = {}
        self.trail = Trail()
        self._moved = 0.0
        self._kept: TrajectoryPath | None = None
        """The path that a session brought back, until the drawing or the network is another one."""
        self._checked: Subject | None = None
        self._state: tuple[object, dict[str, Any]] = None, {}
        self._asked: tuple[Course, tuple[Key, ...], tuple[int, int]] | None = None
        self._drawn: object = None
        self._path_drawn = False
        """Whether the curves show the user's path."""
        self.plot = LanePlot(self)
        self.plot.chosen.connect(self._seek)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REDRAW_MS)
        self._rest.timeout.connect(self._draw)
        player.time_changed.connect(self._mark)
        player.taken_over_changed.connect(self._refresh)
        self.setAccessibleName(tr("Class probabilities along the way of the part"))
        self.set_theme(themes.theme("dark"), 13)

    # The instrument

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        super().set_theme(theme, text_px)
        self.plot.set_theme(theme, text_px)
        self._drawn = None
        self._draw()

    def state(self) -> dict[str, Any]:
        """Return the user's path as it is drawn, once the user has paused."""
        path, made_of = self._kept, self._kept or self.plot.lanes
        resting = self._player.clock() - self._moved >= REST_S
        if path is None and not (self._path_drawn and resting):
            return {}
        if made_of is not self._state[0]:
            if path is None:
                path = self._path()
            self._state = made_of, {} if path is None else path.as_state()
        return self._state[1]

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a path back; it is drawn with the drawing that it led to."""
        path = kept_path(state, _lane_name)
        if path is not None:
            self._kept, self._checked = path, None
            subject = self._subject
            if self.isVisible() and subject and subject.scene is self._document.scene:
                self.follow(subject)
                self._draw()

    def _path(self) -> TrajectoryPath | None:
        """Return the user's path as drawn if the drawing is still at its end, else None."""
        trail, subject = self.trail, self._subject
        if subject is None or trail.part is None or subject.scene != trail.scenes[-1]:
            return None
        of = fingerprint(subject.scene, subject.key)
        ends = trail.xs[0], trail.xs[-1]
        return TrajectoryPath(trail.part, of, ends, self.plot.lanes, self.plot.band)

    def _brought_back(self) -> TrajectoryPath | None:
        """The path that a session brought back, if it is this drawing's; else it is forgotten."""
        path, subject = self._kept, self._subject
        if path is None or subject is None or self.demonstrating:
            return None
        if subject is not self._checked:
            self._checked = subject
            same = subject.part == path.part and fingerprint(subject.scene, subject.key) == path.of
            if not same:
                self._kept = path = None
        return path

    def _place(self) -> None:
        super()._place()
        top = self.bar.height() + GRID
        self.plot.setGeometry(0, top, self.width(), self.height() - top)

    @property
    def demonstrating(self) -> bool:
        """Whether the way is a demonstration's."""
        return self._player.at_hand is not None and not self._player.taken_over

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Add the snapshot to the user's path, also while another instrument is on the screen."""
        self._snapshot = snapshot
        subject = self._subject = self._choice.subject(snapshot)
        if subject is not None and not self.demonstrating:
            kept = near(snapshot.maps["output"], subject.window, snapshot.reading)
            now = self._player.clock()
            if self.trail.add(subject.scene, subject.part, subject.key, kept, now):
                self._moved = now
        if self.isVisible():
            self.follow(subject)

    def follow(self, subject: Subject | None) -> None:
        """See that what is missing of the way is computed, and draw what there is."""
        self.bar.show_subject(subject, self._note(subject))
        self._ask()
        if self.demonstrating:
            self._draw()
        elif not self._rest.isActive():
            self._draw()
            self._rest.start()

    def _note(self, subject: Subject | None) -> str:
        way = len(self.trail.xs) > 1 or self._brought_back() is not None
        if self.demonstrating or subject is None or way:
            return tr("each digit at the window that sees it best")
        return tr("drag it, or play a demonstration (space)")

    # What is computed

    def _course(self) -> Course:
        """Return the demonstration's path while one is shown, else the user's."""
        demonstration = self._player.demonstration
        if demonstration is None or not self.demonstrating:
            return self.trail
        which = demonstration.id, self._snapshot and _grid(self._snapshot)
        if which not in self._courses:
            while len(self._courses) >= COURSES_KEPT:
                del self._courses[next(iter(self._courses))]
            times = np.linspace(0, demonstration.duration, SAMPLES).tolist()
            self._courses[which] = Course(times)
        return self._courses[which]

    def _keys(self, subject: Subject) -> tuple[Key, ...]:
        """What is to be shown: as the network is, and without ablation if it has one."""
        whole = key_of(subject.network, {})
        return (subject.key,) if subject.key == whole else (subject.key, whole)

    def _ask(self) -> None:
        """Have computed what is missing of the course."""
        subject = self._subject
        if subject is None:
            return
        course, keys = self._course(), self._keys(subject)
        if self.demonstrating:  # whichever is shown later, the picture stays
            course.about = course.about or subject.window
        window = course.about or subject.window
        if self._asked is not None and self._asked == (course, keys, window):
            return
        wanted = [(key, course.missing(key, window)) for key in keys]
        if not any(places for _, places in wanted):
            return
        self._asked = course, keys, window
        demonstration = self._player.demonstration
        # Scenes identify the places: the user's path may lose its beginning or start anew
        trail = tuple(course.scenes) if isinstance(course, Trail) else ()
        xs = tuple(course.xs)
        network, ablations = subject.network, {subject.key: subject.ablated}

        def scene_at(place: int) -> Scene:
            if trail or demonstration is None:
                return trail[place]
            return demonstration.scene_at(xs[place])

        def work(nets: Nets) -> Iterator[tuple[Key, dict[int, Near]] | None]:
            for key, places in wanted:
                ablated = ablations.get(key, {})
                for found in outputs_along(nets(network), scene_at, places, window, ablated):
                    yield (key, found) if found is not None else None
            yield subject.key, {}

        def take(result: tuple[Key, dict[int, Near]]) -> None:
            key, found = result
            if not found:
                self._asked = None
                self._ask()  # what was added to the path meanwhile
                return
            answers = course.answers(key)
            now = {id(scene): place for place, scene in enumerate(self.trail.scenes)}
            for place, kept in found.items():
                at = now.get(id(trail[place])) if trail else place
                if at is not None:
                    answers[at] = kept
            self._drawn = None
            self._draw()

        self._engine.measure(self.NAME, work, take)

    # What is shown

    def _draw(self) -> None:
        subject = self._subject
        course = self._course()
        back = self._brought_back()
        state = (course, subject and subject.key, len(course.xs),
                 course.xs[-1:], self.demonstrating, back)  # fmt: skip
        if state == self._drawn or not self.isVisible():
            return
        self._drawn = state
        if self.demonstrating:
            self.plot.set_axis(tr("time (s)"), 0.0, max(course.xs[-1], 0.1))
        else:
            first, last = (
                back.ends if back else (course.xs[0], course.xs[-1]) if course.xs else (0, 0)
            )
            first = first // LENGTH_PX * LENGTH_PX
            end = first + LENGTH_PX * max(1, -(-(last - first) // LENGTH_PX))
            self.plot.set_axis(tr("way of A (px)"), first, end)
        self._path_drawn = not self.demonstrating and len(course.xs) > 1 and back is None
        if back is not None:
            self.plot.set_lanes(back.lanes, back.band)
        elif subject is not None:
            self.plot.set_lanes(*self._lanes(course, self._keys(subject)))
        else:
            self.plot.set_lanes((), ())
        self._mark(self._player.time)

    def _lanes(
        self, course: Course, keys: tuple[Key, ...]
    ) -> tuple[list[LaneCurves], list[tuple[float, float, str]]]:
        """A lane for each digit, those that the network reads without ablation; and the band."""
        now, before = course.answers(keys[0]), course.answers(keys[-1])
        lanes = find_lanes(before if any(before) else now)
        xs = np.array(course.xs)
        at, found = probabilities(lanes, now)
        places, others = probabilities(lanes, before if len(keys) > 1 else ())
        curves = [
            LaneCurves(
                _lane_name(number, len(lanes)),
                xs[at],
                found[number],
                (xs[places], others[number]) if len(keys) > 1 else None,
            )
            for number in range(len(lanes))
        ]
        stretches = runs(now)
        starts = [course.xs[first] for first, *_ in stretches]
        if stretches:  # a change lies half-way between the two places it was seen between
            for i in range(1, len(stretches)):
                starts[i] = (course.xs[stretches[i - 1][1]] + course.xs[stretches[i][0]]) / 2
        ends = [*starts[1:], course.xs[stretches[-1][1]]] if stretches else []
        texts = [text for *_, text in stretches]
        return curves, list(zip(starts, ends, texts, strict=True))

    def _mark(self, now: float) -> None:
        """Mark the current place: the demonstration's time, or the end of the user's path."""
        if self.demonstrating:
            self.plot.set_mark(now)
        elif back := self._brought_back():
            self.plot.set_mark(back.ends[1])
        else:
            self.plot.set_mark(self.trail.xs[-1] if self.trail.xs else None)

    def _seek(self, x: float) -> None:
        if self.demonstrating:
            self._player.seek(x)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Compute what came while this was out of sight, and draw it."""
        self._drawn = None
        super().showEvent(event)
        self._draw()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Stop computing while the instrument is hidden."""
        self._rest.stop()
        self._asked = None
        super().hideEvent(event)
