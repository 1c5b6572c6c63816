"""The race over depth: fully connected networks of 1 to 8 hidden layers, with three activations.

Each learns by the same recipe, from the same seed, the same number of steps; what is compared is
their test error then. Glorot, Bengio, "Understanding the difficulty of training deep feedforward
neural networks" (AISTATS 2010), compare sigmoid and tanh so.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from viz.chapters.learning.measure.plan import (
    ACTIVATIONS,
    DEEPEST,
    Plan,
    activation_name,
    deep,
    fitted,
    with_activation,
)
from viz.chapters.learning.measure.run import scored
from viz.chapters.learning.measure.sets import Example, Sets, load
from viz.chapters.learning.measure.states import DepthCurve, Progress
from viz.errors import UserError
from viz.nets.learning import DivergedError, Learner

STEPS = 300
"""That each network learns: all 24 take about 15 s of a core."""

ORDER = (1, 8, 4, 2, 6, 3, 5, 7)
"""The depths in turn: the ends first, then between."""

COUNT = len(ACTIVATIONS) * DEEPEST
"""Networks in a race."""


@dataclass(frozen=True)
class _Point:
    error: float
    loss: float


class DepthRace:
    """Trains the networks one after another; a pause rests within one, and goes on from there."""

    def __init__(self, plan: Plan, own: Sequence[Example] = ()) -> None:
        """``plan``: its architecture and passes are not used. ``own``: the user's examples."""
        self.plan, self._own = plan, tuple(own)
        self._sets: Sets | None = None
        self._points: dict[tuple[str, int], _Point] = {}
        self._learner: Learner | None = None
        self._sentence = ""

    @property
    def id(self) -> str:
        """The plan's."""
        return self.plan.id

    def go(self) -> Iterator[Progress | None]:
        """Train to the end; yield what is shown after each network, None as a pause."""
        try:
            if self._sets is None:
                yield Progress(self.id, status="loading")
                self._sets = yield from load(self.plan.source, self.plan.count, self._own)
            yield self._progress("training")
            yield from self._train(self._sets)
        except UserError as error:  # examples that are missing
            self._sentence = str(error)
            yield self._progress("failed")

    def _train(self, sets: Sets) -> Generator[Progress | None, None, None]:
        side = deep(1).window
        training, test = fitted(sets.training, side), fitted(sets.test, side)
        for depth in ORDER:
            for name in ACTIVATIONS:
                if (name, depth) in self._points:
                    continue
                if self._learner is None:
                    passes = math.ceil(STEPS * self.plan.recipe.batch / len(training)) + 1
                    recipe = replace(self.plan.recipe, passes=passes)
                    architecture = with_activation(deep(depth), name)
                    self._learner = Learner(architecture, training, recipe)
                learner, point = self._learner, _Point(math.nan, math.nan)
                try:
                    while learner.step < STEPS:
                        learner.run(min(5, STEPS - learner.step))
                        yield None
                    result = yield from scored(learner.net, test)
                    point = _Point(result.error, result.loss)
                except DivergedError as error:
                    self._sentence = str(error)
                self._points[name, depth] = point
                self._learner = None
                yield self._progress("training")
        yield self._progress("done")

    def _progress(self, status: str) -> Progress:
        curves = []
        for name in ACTIVATIONS:
            found = sorted((at, one) for (own, at), one in self._points.items() if own == name)
            curves.append(
                DepthCurve(
                    name, activation_name(name),
                    np.array([at for at, _ in found], float),
                    np.array([one.error for _, one in found], float),
                    np.array([one.loss for _, one in found], float),
                )
            )  # fmt: skip
        return Progress(self.id, status=status, sentence=self._sentence, depths=tuple(curves))
