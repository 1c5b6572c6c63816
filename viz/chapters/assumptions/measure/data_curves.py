"""Error against the number of training digits: three networks about equal in parameters.

The resource ``data-curves.json`` holds what was measured. ``python -m
viz.chapters.assumptions.measure.data_curves [DIR]`` measures it anew on MNIST (some minutes of one
core) and writes the file. Each run takes the first digits of an order of its own, drawn by its
seed, and as many steps as any other, so that only the digits differ.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from viz.nets.data import Digits, load_mnist
from viz.nets.experiments import Data, examples
from viz.nets.locality import ARCHITECTURES
from viz.nets.recipe import LearningRecipe
from viz.resources import resource_path

COUNTS = (100, 300, 1_000, 3_000, 10_000)
SEEDS = (1, 2)
STEPS = 600
BATCH = 50
RATE = 2e-3
TESTED = 10_000
"""Training digits of which the training error is measured at most."""


@dataclass(frozen=True)
class Point:
    """One network after training on so many ``digits``: mean errors in % over the seeds, and the
    standard deviation of the test error."""

    kind: str
    digits: int
    training: float
    test: float
    spread: float


def stored_path() -> Path:
    """Return where the figures lie."""
    return resource_path("data-curves.json")


def stored_points() -> tuple[Point, ...]:
    """Read the stored figures; none where the file is missing or damaged."""
    try:
        rows = json.loads(stored_path().read_text(encoding="utf-8"))["rows"]
        return tuple(
            _point(kind, count, [
                (float(row["training"]), float(row["test"]))
                for row in rows
                if row["network"] == kind and row["digits"] == count
            ])
            for kind in ARCHITECTURES
            for count in COUNTS
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _point(kind: str, digits: int, errors: Sequence[tuple[float, float]]) -> Point:
    """Average over the seeds. Raises ValueError without any."""
    if not errors or not np.isfinite(errors).all():
        raise ValueError(f"{kind} has no figures for {digits} digits")
    training, test = np.array(errors).T
    return Point(kind, digits, float(training.mean()), float(test.mean()), float(test.std()))


def recipe_for(digits: int, seed: int) -> LearningRecipe:
    """Return the recipe: as many passes as make the same number of steps."""
    batch = min(BATCH, digits)
    passes = max(1, round(STEPS / math.ceil(digits / batch)))
    return LearningRecipe(rate=RATE, batch=batch, passes=passes, seed=seed)


def run(kind: str, digits: int, seed: int, training: Digits, test: Digits) -> dict[str, Any]:
    """Train one network on so many of the digits; return its row, errors in %."""
    from viz.nets.learning import Learner, score

    chosen = np.random.default_rng(seed).permutation(len(training))[:digits]
    shown = examples(Data(), training[chosen])
    learner = Learner(ARCHITECTURES[kind], shown, recipe_for(digits, seed))
    learner.run(learner.steps)
    errors = {
        "training": score(learner.net, shown[:TESTED]).error,
        "test": score(learner.net, examples(Data(), test)).error,
    }
    found = {name: round(100 * error, 3) for name, error in errors.items()}
    return {"network": kind, "digits": digits, "seed": seed, **found}


def measure(data: Path | None = None) -> dict[str, Any]:
    """Measure the contents of the file."""
    training, test = load_mnist(data), load_mnist(data, test=True)
    rows = []
    for kind in ARCHITECTURES:
        for digits in COUNTS:
            for seed in SEEDS:
                rows.append(run(kind, digits, seed, training, test))
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    return {
        "measured": f"errors in % on the training digits and on {len(test):,} test digits of MNIST",
        "by": "python -m viz.chapters.assumptions.measure.data_curves",
        "steps": STEPS,
        "recipe": asdict(recipe_for(COUNTS[-1], SEEDS[0])) | {"seed": list(SEEDS)},
        "rows": rows,
    }


def as_json(found: dict[str, Any]) -> str:
    """Write the contents, one row a line."""
    rows = ",\n    ".join(json.dumps(row) for row in found["rows"])
    head = json.dumps({**found, "rows": []}, indent=2)
    return head.replace('"rows": []', f'"rows": [\n    {rows}\n  ]') + "\n"


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    text = as_json(measure(Path(sys.argv[1]) if sys.argv[1:] else None))
    stored_path().write_text(text, encoding="utf-8")
