"""The trajectory: class probabilities along the way of the part, of a demonstration or the hand."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QColor, QHideEvent, QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from viz import theme as themes
from viz.compute import Nets
from viz.document import Document
from viz.engine import Engine
from viz.i18n import tr
from viz.measure.trajectory import SAMPLES, Course, Key, Near, Trail, key_of, near, outputs_along
from viz.nets.layers import CLASSES, NONE_CLASS
from viz.player import Player
from viz.scene import Scene
from viz.snapshot import Snapshot
from viz.theme import GRID, Theme
from viz.views.binding.part import PartBar, PartChoice, Subject
from viz.views.canvas.canvas import Canvas
from viz.views.curves import Curves, Series
from viz.views.tips import wrapped

NAME = "trajectory"

DRAWN, NAMED = 0.005, 0.05
"""A class is drawn, and named, if its probability exceeds this anywhere."""

REDRAW_MS = 60
"""The curves of a hand's path are painted anew at most this often: they need not keep 60 Hz."""

LENGTH_PX = 20.0
"""The axis of a hand's path grows by this much."""

FAINT = 0.5
"""Opacity of the curves without ablation, behind those with."""

COURSES_KEPT = 8


class BindingTrajectoryView(QWidget):
    """p(class) at one window over time or over the length of the way. Click seeks."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        canvas: Canvas,
        choice: PartChoice,
        player: Player,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = tr("Trajectory")
        self.tip = wrapped(
            tr(
                "p(class) = exp(log-softmax of the output at the window) along the way of the "
                "part: over a demonstration's time, else over the length of the hand's last drag."
            )
        )
        self._document, self._engine = document, engine
        self._choice, self._player = choice, player
        self._snapshot: Snapshot | None = None
        self._subject: Subject | None = None
        self._courses: dict[str, Course] = {}
        self.trail = Trail()
        self._asked: tuple[Course, tuple[Key, ...], tuple[int, int]] | None = None
        self._drawn: object = None
        self.bar = PartBar(choice, document, canvas)
        self.curves = Curves(tr("time (s)"), tr("p(class)"))
        self.curves.chosen.connect(self._seek)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.bar)
        layout.addWidget(self.curves, 1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REDRAW_MS)
        self._rest.timeout.connect(self._draw)
        choice.changed.connect(self._refresh)
        player.time_changed.connect(self._mark)
        player.taken_over_changed.connect(self._refresh)
        self.setMinimumSize(320, 150)
        self.setAccessibleName(tr("Class probabilities along the way of the part"))
        self.set_theme(themes.theme("dark"), 13)

    # The instrument

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        self.bar.set_theme(theme, text_px)
        self.curves.set_theme(theme, text_px)
        self._drawn = None
        self._draw()

    def state(self) -> dict[str, Any]:
        """Nothing is set here."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing to take back."""

    @property
    def demonstrating(self) -> bool:
        """Whether the way is a demonstration's."""
        return self._player.demonstration is not None and not self._player.taken_over

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Add the snapshot to the hand's path, or see that the demonstration's is computed."""
        self._snapshot = snapshot
        subject = self._subject = self._choice.subject(snapshot)
        if subject is not None and not self.demonstrating:
            kept = near(snapshot.maps["output"], subject.window)
            self.trail.add(subject.scene, subject.part, subject.key, kept, time.monotonic())
        if not self.isVisible():
            return
        self.bar.show_subject(subject, self._note(subject))
        self._ask()
        if self.demonstrating:
            self._draw()
        elif not self._rest.isActive():
            self._draw()
            self._rest.start()

    def _note(self, subject: Subject | None) -> str:
        if self.demonstrating or subject is None or len(self.trail.xs) > 1:
            return ""
        return tr("drag it, or play a demonstration (space)")

    # What is computed

    def _course(self) -> Course:
        """The demonstration's way, or the hand's."""
        demonstration = self._player.demonstration
        if demonstration is None or not self.demonstrating:
            return self.trail
        if demonstration.id not in self._courses:
            while len(self._courses) >= COURSES_KEPT:
                del self._courses[next(iter(self._courses))]
            times = np.linspace(0, demonstration.duration, SAMPLES).tolist()
            self._courses[demonstration.id] = Course(times)
        return self._courses[demonstration.id]

    def _keys(self, subject: Subject) -> tuple[Key, ...]:
        """What is to be shown: as the network is, and without ablation if it has one."""
        whole = key_of(subject.network, {})
        return (subject.key,) if subject.key == whole else (subject.key, whole)

    def _ask(self) -> None:
        """Have computed what is missing of the course."""
        subject = self._subject
        if subject is None:
            return
        course, keys, window = self._course(), self._keys(subject), subject.window
        if self._asked is not None and self._asked == (course, keys, window):
            return
        wanted = [(key, course.missing(key, window)) for key in keys]
        if not any(places for _, places in wanted):
            return
        self._asked = course, keys, window
        demonstration = self._player.demonstration
        # The scenes say which places are meant: a hand's path loses its beginning, or begins anew
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

        self._engine.measure(NAME, work, take)

    # What is shown

    def _draw(self) -> None:
        subject = self._subject
        course = self._course()
        state = (course, subject and (subject.key, subject.window), len(course.xs),
                 course.xs[-1:], self.demonstrating)  # fmt: skip
        if state == self._drawn or not self.isVisible():
            return
        self._drawn = state
        if self.demonstrating:
            self.curves.set_labels(tr("time (s)"), tr("p(class)"))
            self.curves.set_axes((0.0, max(course.xs[-1], 0.1)), (0.0, 1.0))
        else:
            first = (course.xs[0] if course.xs else 0.0) // LENGTH_PX * LENGTH_PX
            length = (course.xs[-1] if course.xs else 0.0) - first
            end = first + LENGTH_PX * max(1, -(-length // LENGTH_PX))
            self.curves.set_labels(tr("way of A (px)"), tr("p(class)"))
            self.curves.set_axes((first, end), (0.0, 1.0))
        series: list[Series] = []
        for place, key in enumerate(self._keys(subject) if subject is not None else ()):
            assert subject is not None
            series = self._lines(course, key, subject.window, faint=place > 0) + series
        self.curves.set_series(series)
        self._mark(self._player.time)

    def _lines(
        self, course: Course, key: Key, window: tuple[int, int], *, faint: bool
    ) -> list[Series]:
        """The curves of the classes that occur; the faint ones have no names."""
        xs, probabilities = course.curve(key, window)
        lines = []
        for number in range(CLASSES):
            values = probabilities[number]
            most = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
            if most < DRAWN:
                continue
            colour = QColor(self._theme.class_colour(number))
            if faint:
                colour.setAlphaF(FAINT)
            name = tr("none") if number == NONE_CLASS else str(number)
            shown = name if most >= NAMED and not faint else ""
            lines.append(Series(shown, xs, values, colour, dashed=faint))
        return lines

    def _mark(self, now: float) -> None:
        """The present place: the demonstration's time, or the end of the hand's path."""
        if self.demonstrating:
            self.curves.set_mark(now)
        else:
            self.curves.set_mark(self.trail.xs[-1] if self.trail.xs else None)

    def _seek(self, x: float) -> None:
        if self.demonstrating:
            self._player.seek(x)

    def _refresh(self) -> None:
        if self._snapshot is not None and self.isVisible():
            self.show_snapshot(self._snapshot)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Compute what came while this was out of sight."""
        super().showEvent(event)
        self._drawn = None
        self._refresh()
        self._draw()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nothing is computed that nobody sees."""
        self._rest.stop()
        self._engine.forget(NAME)
        self._asked = None
        super().hideEvent(event)
