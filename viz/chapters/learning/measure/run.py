"""A training run: the state machine behind *Train*, without Qt and threads.

``Run.go`` is a generator for the measuring lane: it goes on until it is done, or until nothing asks
for its next result, which is a pause; a new ``go`` goes on from there. Only one at a time may run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.learning.measure import checkpoints
from viz.chapters.learning.measure.encoder import encode
from viz.chapters.learning.measure.plan import Plan, Variant, fitted, variants
from viz.chapters.learning.measure.sets import Example, Sets, load
from viz.chapters.learning.measure.states import Curve, Progress, State, widened
from viz.errors import UserError
from viz.i18n import tr
from viz.nets import networks
from viz.nets.data import Digits
from viz.nets.learning import DivergedError, Learner, Score, pixels, score

if TYPE_CHECKING:
    from viz.nets.network import Network

SHOWN_S = 0.25
"""Seconds between two states that are shown while training goes on."""

FIRST_PARTS = 4
"""Parts of the first pass after each of which a state is kept: there most happens."""

MOST_PASSES = 30

SCORED = 25
"""Digits that are answered between two pauses."""

CALIBRATED = 20
"""Digits that the colour scales are measured on."""


@dataclass(eq=False)
class _Lane:
    """One of the networks of a run, and its curve so far."""

    variant: Variant
    learner: Learner
    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    tests: list[tuple[int, float, float]] = field(default_factory=list)
    ended: str = ""
    """Why it diverged."""

    @property
    def is_over(self) -> bool:
        return bool(self.ended) or self.learner.done


class Run:
    """Trains the networks of a plan in turn, the first of them with states that are kept."""

    def __init__(
        self,
        plan: Plan,
        own: Sequence[Example] = (),
        folder: Path | None = None,
        marks: Sequence[int] | None = None,
    ) -> None:
        """``folder``: where states are kept on the disk; None: nowhere. ``marks``: the steps after
        which a state is kept; None: after each pass, and in the first one after each quarter."""
        self.plan, self._own, self._folder = plan, tuple(own), folder
        self._chosen_marks = None if marks is None else frozenset(marks)
        self._lanes: list[_Lane] = []
        self._sets: Sets | None = None
        self._kept: list[State] = []
        self._scales: Mapping[str, float] = {}
        self._sentence = ""
        self._begun = -math.inf
        self.from_the_start = False
        """Whether what the folder holds is left aside, and written anew."""

    @property
    def id(self) -> str:
        """The plan's."""
        return self.plan.id

    def set_passes(self, passes: int) -> None:
        """Train so many passes in all from now on."""
        recipe = replace(self.plan.recipe, passes=passes)
        self.plan = replace(self.plan, recipe=recipe)

    # For the measuring lane

    def go(self, steps: int | None = None) -> Iterator[Progress | None]:
        """Train ``steps`` steps further, or to the end; yield what is shown, None as a pause.

        What goes wrong is told in the last ``Progress``: its ``sentence``.
        """
        try:
            if self._sets is None:
                yield Progress(self.id, status="loading")
                yield from self._load()
            for lane in self._lanes:
                passes = self.plan.recipe.passes
                lane.learner.recipe = replace(lane.learner.recipe, passes=passes)
            yield from self._train(steps)
        except UserError as error:  # examples that are missing, memory that is not there
            self._sentence = str(error)
            yield self._progress("failed")
        except (RuntimeError, MemoryError) as error:
            self._sentence = tr("Training ended ({why}); take a smaller network.", why=error)
            yield self._progress("failed")

    def _load(self) -> Generator[Progress | None, None, None]:
        lanes = []  # a pause in here begins anew
        sets = yield from load(self.plan.source, self.plan.count, self._own)
        for variant in variants(self.plan):
            start: Mapping[str, NDArray[np.float32]] | None = None
            if self.plan.start:
                begun = networks.trained(self.plan.start)
                start, self._scales = begun.weights, begun.scales
                yield None
            if variant.encoded:
                start = yield from encode(
                    variant.architecture,
                    fitted(sets.unlabelled, variant.architecture.window).images,
                    variant.recipe.seed,
                )
            side = variant.architecture.window
            learner = Learner(
                variant.architecture, fitted(sets.training, side), variant.recipe, start
            )
            lanes.append(_Lane(variant, learner))
            yield None
        self._sets, self._lanes = sets, lanes
        if self._folder is not None and self.plan.compared == "nothing":
            if self.from_the_start:
                checkpoints.forget(self._folder)
            self._resume(self._folder)
            yield None

    def _resume(self, folder: Path) -> None:
        """Go on from what the folder holds of this plan."""
        found, self._sentence = checkpoints.read(folder, self.plan.architecture)
        lane = self._lanes[0]
        state = checkpoints.read_learner(folder)
        if not found or state is None:
            return
        try:
            lane.learner.restore(state)
        except UserError as error:
            self._sentence = str(error)
            return
        self._kept = [one for one in found.states if one.step <= lane.learner.step]
        if not self._kept:
            return
        self._scales = self._kept[-1].scales
        curve = found.curve.until(lane.learner.step / lane.learner.steps_a_pass)
        a_pass = lane.learner.steps_a_pass
        lane.steps = [round(x * a_pass) for x in curve.passes]
        lane.losses, lane.errors = curve.losses.tolist(), curve.errors.tolist()
        tested = zip(curve.tested, curve.test_losses, curve.test_errors, strict=True)
        lane.tests = [(round(x * a_pass), float(loss), float(error)) for x, loss, error in tested]

    def _train(self, steps: int | None) -> Generator[Progress | None, None, None]:
        first = self._lanes[0]
        last = math.inf if steps is None else first.learner.step + steps
        while True:
            yield from self._keep_due()
            lanes = [lane for lane in self._lanes if not lane.is_over]
            lanes = [lane for lane in lanes if lane.learner.step < last]
            if not lanes:
                break
            lane = min(lanes, key=lambda one: one.learner.step)
            try:
                loss, error = lane.learner.run(1)
            except DivergedError as error_:
                lane.ended = str(error_)
                continue
            lane.steps.append(lane.learner.step)
            lane.losses.append(loss)
            lane.errors.append(error)
            if time.monotonic() - self._begun >= SHOWN_S:
                yield self._progress("training")
            yield None
        over = all(lane.is_over for lane in self._lanes)
        ended = [lane.ended for lane in self._lanes if lane.ended]
        if ended:
            self._sentence = ended[0]
        if first.ended:
            yield self._progress("diverged")
        else:
            yield self._progress("done" if over else "paused")

    @property
    def _marks(self) -> frozenset[int]:
        """The steps after which networks are tested, and the first one's state is kept."""
        if self._chosen_marks is not None:
            return self._chosen_marks
        a_pass = self._lanes[0].learner.steps_a_pass
        parts = {round(a_pass * part / FIRST_PARTS) for part in range(FIRST_PARTS)}
        return frozenset(parts | {a_pass * number for number in range(1, MOST_PASSES + 1)})

    def _keep_due(self) -> Generator[Progress | None, None, None]:
        """Test every network that has come to a step where that is due; keep the first's state."""
        assert self._sets is not None
        marks = self._marks
        for lane in self._lanes:
            step = lane.learner.step
            is_tested = any(at == step for at, *_ in lane.tests)
            if step not in marks or is_tested or lane.ended:
                continue
            test = fitted(self._sets.test, lane.variant.architecture.window)
            result = yield from scored(lane.learner.net, test)
            lane.tests.append((step, result.loss, result.error))
            if lane is self._lanes[0]:
                self._kept.append(self._state(result, test))
                if self._folder is not None and self.plan.compared == "nothing":
                    self._write(self._folder)  # before it is shown: a pause drops what comes after
                yield self._progress("training")
                yield None

    def _write(self, folder: Path) -> None:
        """Keep the latest state on the disk too; a full one is told once, and hinders nothing."""
        lane = self._lanes[0]
        try:
            checkpoints.write(
                folder, self.plan, self._kept[-1], self._curve(lane), lane.learner.state()
            )
        except UserError as error:
            self._folder = None
            self._sentence = tr(
                "The passes are kept in memory only, until the program ends: {why}", why=error
            )

    # What is shown

    def _state(self, result: Score | None, test: Digits | None) -> State:
        lane = self._lanes[0]
        learner = lane.learner
        measured = learner.net.colour_scales(pixels(learner.examples.images[:CALIBRATED]))
        self._scales = widened(self._scales, measured)
        passes = learner.step / learner.steps_a_pass
        if result is None or test is None:
            return State(learner.step, passes, learner.weights(), self._scales)
        weights = learner.weights()
        return State.tested(learner.step, passes, weights, self._scales, result, test)

    def _curve(self, lane: _Lane) -> Curve:
        a_pass = lane.learner.steps_a_pass
        tests: NDArray[np.float64] = np.array(lane.tests, float).reshape(-1, 3)
        return Curve(
            lane.variant.name, np.array(lane.steps, float) / a_pass, np.array(lane.losses),
            np.array(lane.errors), tests[:, 0] / a_pass, tests[:, 1], tests[:, 2],
        )  # fmt: skip

    def _progress(self, status: str) -> Progress:
        if not self._lanes:
            return Progress(self.id, status=status, sentence=self._sentence)
        step = self._lanes[0].learner.step
        kept = self._kept[-1] if self._kept and self._kept[-1].step == step else None
        now = kept or self._state(None, None)
        self._begun = time.monotonic()
        return Progress(
            self.id, self.plan.architecture, tuple(self._curve(lane) for lane in self._lanes),
            tuple(self._kept), now, status, self._sentence,
            self._lanes[0].learner.recipe.passes,
        )  # fmt: skip


def scored(net: Network, digits: Digits) -> Generator[None, None, Score]:
    """Let a network answer digits as ``viz.nets.learning.score`` does, with pauses."""
    confusion: NDArray[np.int64] | None = None
    answers, loss = [], 0.0
    for start in range(0, len(digits), SCORED):
        part = digits[start : start + SCORED]
        result = score(net, part)
        confusion = result.confusion if confusion is None else confusion + result.confusion
        answers.append(result.answers)
        loss += result.loss * len(part)
        yield
    assert confusion is not None
    return Score(confusion, np.concatenate(answers), loss / len(digits))
