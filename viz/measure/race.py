"""The race of 1989: five nets learn 320 small digits, and only their structure differs.

LeCun, "Generalization and network design strategies", report CRG-TR-89-4, University of Toronto
(1989): 12 digits of each class, drawn on 16×13 points, each in four horizontal positions on 16×16
pixels; of the 48 of a class 32 are learned and 16 are asked, chosen at random, so that a digit that
is asked was mostly learned in another position. 30 passes; what is shown are percentages of right
answers. ``EXAMPLES`` says where the digits come from.

``python -m viz.measure.race`` runs 20 races and writes the resource ``race-1989.json``, which the
program shows until a race is run in it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import Architecture
from viz.nets.data import Bytes, Digits, load_mnist
from viz.nets.learning import Learner, score
from viz.nets.papers import links, race_1989
from viz.nets.pen import fit
from viz.nets.recipe import LearningRecipe
from viz.nets.shipped_digits import WRITERS, shipped_digits
from viz.resources import resource_path
from viz.scene import Stroke, rasterize

Floats = NDArray[np.float64]

PUBLISHED = (80.0, 87.0, 88.5, 94.0, 98.4)
"""Right answers of the five on the report's 160 digits, in %."""

PASSES = 30
SEEDS = 20
CLASSES = 10
A_CLASS, LEARNED_A_CLASS = 12, 32
SIDE, WIDTH = 16, 13
POSITIONS = SIDE - WIDTH + 1

STEPS_A_TURN = 4
"""Steps of learning between two rests of the measuring lane."""

PEN_HEIGHT, PEN_WIDTH, PEN_PX = 13.0, 10.5, 1.3
"""The most that a pen's path has in height and width on 16×13 points, and the line's width."""

INK = 128
"""From here on a point is black: the report's digits are bitmaps."""

RECIPE = LearningRecipe(
    "adam", rate=0.06, batch=16, passes=PASSES, loss="scaled-squares", by_fan_in=True
)
"""Chosen by the digits that are learned: all five learn at least 99 % of them."""


@dataclass(frozen=True, eq=False)
class Race:
    """How it stands: right answers in % of the five nets (5, passes + 1), from before the first
    pass on, among the digits ``learned`` and those ``asked``; ``states`` lets it go on."""

    source: str
    seed: int
    learned: Floats
    asked: Floats
    states: tuple[bytes, ...] = ()

    @property
    def passes(self) -> int:
        """Passes that are done."""
        return int(self.asked.shape[1]) - 1


def examples(source: str, seed: int) -> tuple[Digits, Digits]:
    """Make the 320 digits (16×16) that are learned and the 160 that are asked.

    ``source`` of ``EXAMPLES``. Raises UserError where its digits cannot be read.
    """
    rng = np.random.default_rng([seed, CLASSES])
    pictures = EXAMPLES[source](rng)
    learned, asked = [], []
    for drawn in pictures:
        moved = np.zeros((A_CLASS, POSITIONS, SIDE, SIDE), np.uint8)
        for position in range(POSITIONS):
            moved[:, position, :, position : position + WIDTH] = 255 * (drawn >= INK)
        order = rng.permutation(A_CLASS * POSITIONS)
        each = moved.reshape(-1, SIDE, SIDE)[order]
        learned.append(each[:LEARNED_A_CLASS])
        asked.append(each[LEARNED_A_CLASS:])
    return _labelled(learned), _labelled(asked)


def _labelled(classes: list[Bytes]) -> Digits:
    labels = np.repeat(np.arange(CLASSES, dtype=np.uint8), [len(each) for each in classes])
    return Digits(np.concatenate(classes), labels)


def pen_pictures(rng: np.random.Generator) -> list[Bytes]:
    """Draw all digits of two of the program's writers, six of each class by each: for each class
    (12, 16, 13)."""
    writers = rng.choice(np.array(WRITERS), 2, replace=False)
    chosen = [n for n, digit in enumerate(shipped_digits()) if digit.writer in writers]
    by_class = [chosen[label::CLASSES] for label in range(CLASSES)]  # digit i shows i mod 10
    return [np.stack([_drawn(n) for n in each]) for each in by_class]


@cache
def _drawn(number: int) -> Bytes:
    """One of the shipped digits (16, 13), by its strokes."""
    paths = fit(shipped_digits()[number], PEN_HEIGHT, PEN_WIDTH)
    strokes = [Stroke(path + (WIDTH / 2, SIDE / 2), PEN_PX) for path in paths]
    return np.asarray(np.rint(255 * rasterize(strokes, SIDE, WIDTH)), np.uint8)


def mnist_pictures(rng: np.random.Generator) -> list[Bytes]:
    """Draw 12 of MNIST's training digits of each class at random, 20×20 pixels reduced to 13×13."""
    mnist = _mnist()
    weights = _reduction(20, WIDTH)
    found = []
    for label in range(CLASSES):
        chosen = rng.choice(np.flatnonzero(mnist.labels == label), A_CLASS, replace=False)
        small = weights @ mnist.images[chosen, 4:24, 4:24].astype(np.float64) @ weights.T
        picture = np.zeros((A_CLASS, SIDE, WIDTH), np.uint8)
        picture[:, 1 : 1 + WIDTH] = np.rint(small)
        found.append(picture)
    return found


@cache
def _mnist() -> Digits:
    return load_mnist()


def _reduction(many: int, few: int) -> Floats:
    """Weights (few, many) by which each of ``few`` cells is the mean of what it covers."""
    edges = np.arange(few + 1) * many / few
    cells = np.arange(many)
    low, high = edges[:-1, None], edges[1:, None]
    covered = np.clip(np.minimum(high, cells + 1) - np.maximum(low, cells), 0, None)
    return np.asarray(covered * few / many)


EXAMPLES: dict[str, Callable[[np.random.Generator], list[Bytes]]] = {
    "pen": pen_pictures,
    "mnist": mnist_pictures,
}
"""Where digits come from: the program's own pen strokes, and MNIST where it is installed."""


def first_weights(architecture: Architecture, seed: int) -> dict[str, NDArray[np.float32]]:
    """Draw the weights that a net begins with: evenly within ±2.4/n of a unit with n links, as the
    report does."""
    rng = np.random.default_rng([seed, 1989])
    found = {}
    for layer in architecture.layers:
        bound = 2.4 / (layer.inputs * layer.kernel**2 + 1)
        for name, shape in layer.arrays.items():
            values = rng.uniform(-bound, bound, shape)
            found[f"{layer.name}.{name}"] = values.astype(np.float32)
    return found


def learners(source: str, seed: int) -> tuple[list[Learner], Digits]:
    """Make the five, at their first weights, and the digits that they will be asked."""
    learned, asked = examples(source, seed)
    recipe = LearningRecipe(**{**vars(RECIPE), "seed": seed})
    made = [Learner(net, learned, recipe, first_weights(net, seed)) for net in race_1989()]
    return made, asked


def race(
    source: str, seed: int, start: Race | None = None, passes: int = PASSES
) -> Iterator[Race | None]:
    """Let the five learn, one pass each in turn; yield the state after each, None in between.

    ``start`` is a state to go on from. Raises UserError for digits that cannot be read.
    """
    nets, asked = learners(source, seed)
    yield None
    if start is None or not start.states:
        start = Race(source, seed, np.zeros((len(nets), 0)), np.zeros((len(nets), 0)))
        start = _scored(start, nets, asked)
    else:
        for net, state in zip(nets, start.states, strict=True):
            net.restore(state)
    yield start
    while start.passes < passes:
        for net in nets:
            left = net.steps_a_pass
            while left > 0:
                net.run(min(STEPS_A_TURN, left))
                left -= STEPS_A_TURN
                yield None
        start = _scored(start, nets, asked)
        yield start


def _scored(race: Race, nets: list[Learner], asked: Digits) -> Race:
    """The state one pass later."""
    now = [[100 - 100 * score(net.net, digits).error for net in nets]
           for digits in (nets[0].examples, asked)]  # fmt: skip
    learned, tested = (
        np.column_stack([before, new])
        for before, new in zip((race.learned, race.asked), now, strict=True)
    )
    return Race(race.source, race.seed, learned, tested, tuple(net.state() for net in nets))


# Many races


@dataclass(frozen=True, eq=False)
class History:
    """Many races: right answers in % (seeds, 5, passes + 1) among digits ``learned`` and ``asked``,
    and the ``seconds`` that they took."""

    source: str
    learned: Floats
    asked: Floats
    seconds: float = 0.0

    @property
    def means(self) -> Floats:
        """Of each net at the end (5,)."""
        return np.asarray(self.asked[:, :, -1].mean(0))

    @property
    def spreads(self) -> Floats:
        """Standard deviations of single races (5,)."""
        return np.asarray(self.asked[:, :, -1].std(0, ddof=1))

    def as_json(self) -> dict[str, Any]:
        """Return for JSON: the ``digits``, how many ``seeds`` and ``passes``, ``seconds``, and for
        each of the ``nets`` its figures."""
        nets = [
            {
                "net": row.name,
                "parameters": row.parameters,
                "links": row.links,
                "training_mean": round(float(self.learned[:, number, -1].mean()), 2),
                "score_mean": round(float(self.means[number]), 2),
                "spread": round(float(self.spreads[number]), 2),
                "published": row.published,
            }
            for number, row in enumerate(nets_of_the_race())
        ]
        return {
            "digits": self.source, "seeds": len(self.asked), "passes": self.asked.shape[2] - 1,
            "seconds": round(self.seconds, 1), "nets": nets,
        }  # fmt: skip

    def as_table(self) -> str:
        """Write the figures as text, one net a line."""
        rows = self.as_json()["nets"]
        lines = [f"{'net':<22} parameters  links  training   test  spread   1989"]
        lines += [
            f"{row['net']:<22} {row['parameters']:10,} {row['links']:6,}  "
            f"{row['training_mean']:6.1f} % {row['score_mean']:5.1f} % {row['spread']:6.1f} "
            f"{row['published']:5.1f} %"
            for row in rows
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class RaceNet:
    """One of the five: its name in the figures, its counts, and its score in the report, in %."""

    name: str
    parameters: int
    links: int
    published: float


@cache
def nets_of_the_race() -> tuple[RaceNet, ...]:
    """The five, from the plainest on."""
    names = ("no-hidden-layer", "12-hidden-units", "locally-connected", "first-shared",
             "both-shared")  # fmt: skip
    return tuple(
        RaceNet(name, net.parameters, links(net), published)
        for name, net, published in zip(names, race_1989(), PUBLISHED, strict=True)
    )


def history(
    source: str = "pen",
    seeds: int = SEEDS,
    passes: int = PASSES,
    progress: Callable[[Iterable[int]], Iterable[int]] = lambda numbers: numbers,
) -> History:
    """Run races with the seeds 1, 2, …; ``progress`` wraps their numbers."""
    began, ends = time.perf_counter(), []
    for seed in progress(range(1, seeds + 1)):
        states = [state for state in race(source, seed, passes=passes) if state is not None]
        ends.append(states[-1])
    learned, asked = (np.stack([getattr(end, name) for end in ends]) for name in _FIELDS)
    return History(source, learned, asked, time.perf_counter() - began)


# What ships

_FIELDS = ("learned", "asked")


@dataclass(frozen=True, eq=False)
class Stored:
    """The race with seed 1 that ships, and the figures of all."""

    race: Race
    figures: dict[str, Any]


def stored_text(history: History) -> str:
    """Write the resource: the figures of ``History.as_json``, and the curves of the first race."""
    first = {name: np.round(getattr(history, name)[0], 3).tolist() for name in _FIELDS}
    return json.dumps({**history.as_json(), "race": first}) + "\n"


@cache
def stored() -> Stored:
    """Read the resource. Raises UserError if it is missing or damaged."""
    file = resource_path("race-1989.json")
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        learned, asked = (np.array(kept["race"][name], np.float64) for name in _FIELDS)
        shape = len(PUBLISHED), PASSES + 1
        if learned.shape != shape or asked.shape != shape or len(kept["nets"]) != shape[0]:
            raise ValueError("another race")
        return Stored(Race(str(kept["digits"]), 1, learned, asked), kept)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            tr("The program's race {file} is missing or damaged; reinstall LeNetScope.", file=file)
        ) from error


if __name__ == "__main__":
    from tqdm import tqdm

    resource_path("race-1989.json").write_text(
        stored_text(history(progress=tqdm)), encoding="utf-8"
    )
