"""The run that ships: a small network from noise to features, as *Train* first shows it.

``python -m viz.chapters.learning.measure.series [--out FOLDER]`` trains it anew, on MNIST, always
the same: 5,000 digits in one pass, with a state after 0, 5, 10, 20, 40, 80 and 157 steps.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from viz.chapters.learning.measure import checkpoints
from viz.chapters.learning.measure.plan import Plan, small
from viz.chapters.learning.measure.run import Run
from viz.chapters.learning.measure.states import Progress
from viz.nets.recipe import LearningRecipe
from viz.nets.weights import store
from viz.resources import resource_path

STEPS = (0, 5, 10, 20, 40, 80, 157)

PLAN = Plan(small(), LearningRecipe("adam", 0.003, 32, 1, 1, falls=False), "mnist", 5000)


def shipped_folder() -> Path:
    """Return where the states lie among the resources."""
    return resource_path("training")


def shipped() -> Progress:
    """Read the run that ships, as *Train* shows it."""
    found, sentence = checkpoints.read(shipped_folder(), PLAN.architecture)
    if found is None:
        return Progress("shipped", status="failed", sentence=sentence)
    states = found.states
    return Progress(
        "shipped", PLAN.architecture, (found.curve,), states, states[-1], "done", sentence
    )


def main(out: Path) -> None:
    """Train the run and write its states."""
    run = Run(PLAN, marks=STEPS)
    last = next(one for one in reversed(list(run.go())) if one is not None)
    if not last.curves:
        raise SystemExit(last.sentence)
    (curve,) = last.curves
    for state in last.states:
        known = checkpoints.metadata(PLAN, state, curve.until(state.passes))
        store(state.weights, known, checkpoints.file_of(out, state))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=shipped_folder())
    main(parser.parse_args().out)
