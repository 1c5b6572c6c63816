"""What a training run shows: curves, and states of the weights with what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture
from viz.nets.data import Digits
from viz.nets.networks import PASSING, TrainedNetwork
from viz.nets.weights import Weights

if TYPE_CHECKING:
    from viz.nets.learning import Score

Floats = NDArray[np.float64]

MOST_WRONG = 24
"""Sample errors that a state keeps."""

ROOM = 2.0
"""A colour scale that has become too small ends at this many times what was measured."""


@dataclass(frozen=True, eq=False)
class Wrong:
    """Digits that are answered wrongly: ``images`` (n, side, side) uint8, the classes that they are
    of and the ``answers``, (n,) each."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    answers: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class State:
    """The weights after ``step`` steps, ``passes`` of passes, with the colour scales of then; and,
    if they were tested, the confusion matrix [class, answer] over the test digits, and some errors.

    States with the same scales have the same object.
    """

    step: int
    passes: float
    weights: Weights
    scales: Mapping[str, float]
    confusion: NDArray[np.int64] | None = None
    loss: float = float("nan")
    wrong: Wrong | None = None

    @classmethod
    def tested(
        cls, step: int, passes: float, weights: Weights, scales: Mapping[str, float],
        score: Score, test: Digits,
    ) -> State:  # fmt: skip
        """Make the state of weights with this score on these digits."""
        missed = np.flatnonzero(score.answers != test.labels)[:MOST_WRONG]
        wrong = Wrong(test.images[missed].copy(), test.labels[missed], score.answers[missed])
        return cls(step, passes, weights, scales, score.confusion, score.loss, wrong)

    @property
    def error(self) -> float:
        """The test error, 0 … 1; NaN if it was not tested."""
        if self.confusion is None:
            return float("nan")
        return 1 - float(np.trace(self.confusion)) / max(1, int(self.confusion.sum()))


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Curve:
    """Loss and error of the training batches after so many ``passes``, a number for each step, and
    those on the test digits at ``tested``."""

    name: str = ""
    passes: Floats = field(default_factory=_none)
    losses: Floats = field(default_factory=_none)
    errors: Floats = field(default_factory=_none)
    tested: Floats = field(default_factory=_none)
    test_losses: Floats = field(default_factory=_none)
    test_errors: Floats = field(default_factory=_none)

    def until(self, passes: float) -> Curve:
        """Return its part up to there."""
        steps = int(np.searchsorted(self.passes, passes + 1e-9))
        tests = int(np.searchsorted(self.tested, passes + 1e-9))
        return replace(
            self, passes=self.passes[:steps], losses=self.losses[:steps],
            errors=self.errors[:steps], tested=self.tested[:tests],
            test_losses=self.test_losses[:tests], test_errors=self.test_errors[:tests],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class DepthCurve:
    """Test errors (0 … 1) and losses of networks with ``depths`` hidden layers, ascending, as far
    as they are trained; NaN for one that diverged. ``activation`` is theirs, ``name`` translated.
    """

    activation: str
    name: str
    depths: Floats
    errors: Floats
    losses: Floats


@dataclass(frozen=True, eq=False)
class Progress:
    """What is to be shown of a run: ``states`` are those that are kept, ``now`` the present one.

    ``status``: "loading", "training", "paused", "done", "diverged" or "failed"; ``sentence`` says
    what went wrong, if anything did. ``depths``: of a race over depth, which keeps no states.
    """

    run: str
    architecture: Architecture | None = None
    curves: tuple[Curve, ...] = ()
    states: tuple[State, ...] = ()
    now: State | None = None
    status: str = "paused"
    sentence: str = ""
    passes: int = 1
    depths: tuple[DepthCurve, ...] = ()

    def network(self, state: State) -> TrainedNetwork:
        """Return the network with a state's weights, as the stage takes it."""
        assert self.architecture is not None
        name = f"{family(self.run)}{state.step}"
        return TrainedNetwork(name, self.architecture, state.weights, state.scales)


def family(run: str) -> str:
    """Return how the names of a run's networks on the stage begin, before the step."""
    return f"training-{run}{PASSING}"


def widened(scales: Mapping[str, float], measured: Mapping[str, float]) -> Mapping[str, float]:
    """Return colour scales that hold what was measured: the same object if they do.

    So maps that grow in training are seen to grow, and scales change a few times in all.
    """
    if scales and all(value <= scales[name] for name, value in measured.items()):
        return scales
    return {
        name: scales[name] if scales and value <= scales[name] else ROOM * value
        for name, value in measured.items()
    }
