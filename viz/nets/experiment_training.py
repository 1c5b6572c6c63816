"""Training the small networks of ``viz.nets.experiments`` on MNIST, with their figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from viz.nets.data import Digits, load_mnist
from viz.nets.experiments import EXPERIMENTS, PAPERS, Experiment, examples
from viz.nets.learning import Learner, pixels, score
from viz.nets.weights import architecture_to_json, store


def learn(
    experiment: Experiment,
    training: Digits,
    test: Digits,
    tell: Callable[[str], None] = lambda text: None,
) -> tuple[Learner, dict[str, Any]]:
    """Train an experiment to its end; return the learner and its figures.

    Figures: ``{"training": …, "test": …}``, test errors in % of each of the experiment's tests.
    ``tell`` hears of every pass. Raises DivergedError.
    """
    learner = Learner(
        experiment.architecture,
        examples(experiment.data, training),
        experiment.recipe,
        experiment.start(),
    )
    while not learner.done:
        loss, error = learner.run(learner.steps_a_pass)
        number = learner.step // learner.steps_a_pass
        tell(f"{experiment.name}: pass {number}, loss {loss:.4f}, training error {error:.2%}")
    # As the file has them, in half precision, so that what is measured is what is saved
    learner.net.load_state_dict({n: v.half() for n, v in learner.net.state_dict().items()})
    shown = learner.examples[:10_000]
    figures = {"training": 100 * score(learner.net, shown).error}
    for name, data in experiment.tests:
        figures[name] = 100 * score(learner.net, examples(data, test)).error
    return learner, {name: round(value, 2) for name, value in figures.items()}


def train(
    name: str,
    data: Path | None,
    out: Path,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Train the experiment, or the paper's network, of this name on MNIST; return its figures.

    They are written with its weights.
    ``data`` as for ``load_mnist``. Raises UserError.
    """
    experiment = (EXPERIMENTS | PAPERS)[name]
    if seed is not None:
        experiment = replace(experiment, recipe=replace(experiment.recipe, seed=seed))
    training = load_mnist(data)
    learner, figures = learn(experiment, training, load_mnist(data, test=True), tell)
    net = learner.net.eval()
    metadata = {
        "architecture": architecture_to_json(experiment.architecture),
        "recipe": {**asdict(experiment.recipe), "data": asdict(experiment.data)},
        "figures": figures,
        "scales": net.colour_scales(pixels(learner.examples.images[:1000])),
    }
    store(learner.weights(), metadata, out)
    return figures
