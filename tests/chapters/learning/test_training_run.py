"""Training runs without a window: the same bits however often they pause, kept, bounded, told."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from viz import disk
from viz.chapters.architecture.measure.stack import parse
from viz.chapters.learning.measure import checkpoints, sets
from viz.chapters.learning.measure.encoder import encode, encoded_layers, reconstruction_loss
from viz.chapters.learning.measure.plan import Plan, deep, of_stack, small, variants
from viz.chapters.learning.measure.run import Run
from viz.chapters.learning.measure.series import PLAN, STEPS, shipped
from viz.chapters.learning.measure.sets import Example, example_from_json
from viz.chapters.learning.measure.states import Progress, widened
from viz.errors import UserError
from viz.nets.architecture import Architecture, Layer
from viz.nets.data import Digits
from viz.nets.experiments import PERMUTATION, Data, examples
from viz.nets.learning import pixels, seeded
from viz.nets.locality import LOCAL
from viz.nets.opening import open_weights
from viz.nets.recipe import LearningRecipe

TINY = Architecture(
    (
        Layer("C1", "conv", 2, 5, 4, activation="relu"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    none=False,
)


def own(count: int = 40) -> tuple[Example, ...]:
    """Rows of ink, one for each class."""
    images = np.zeros((count, 32, 32), np.uint8)
    images[np.arange(count), 3 * (np.arange(count) % 10)] = 255
    return tuple(Example(image.tobytes(), n % 10) for n, image in enumerate(images))


def plan(passes: int = 2, **recipe: object) -> Plan:
    return Plan(TINY, LearningRecipe(passes=passes, batch=10, falls=False, **recipe), "own")  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def few_pen_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Test digits that are rows, too: to draw all pen digits takes seconds."""

    def rows():  # type: ignore[no-untyped-def]
        yield
        examples = own(1230)
        images = np.frombuffer(b"".join(one.pixels for one in examples), np.uint8).copy()
        labels = np.array([one.label for one in examples], np.uint8)
        return Digits(images.reshape(-1, 32, 32), labels)

    monkeypatch.setattr(sets, "_pen_digits", rows)


def end(run: Run, steps: int | None = None) -> Progress:
    return [one for one in run.go(steps) if one is not None][-1]


def test_pauses_and_a_new_start_from_the_disk_change_no_bit(tmp_path: Path) -> None:
    whole = end(Run(plan(), own()))
    assert (whole.status, whole.now.step) == ("done", 8)
    paused = Run(plan(), own(), tmp_path)
    assert end(paused, 3).status == "paused"
    for number, result in enumerate(paused.go()):  # broken off in the middle, as a pause is
        if number == 4:
            break
        del result
    again = Run(plan(), own(), tmp_path)
    resumed = end(again)
    for name, value in whole.now.weights.items():
        np.testing.assert_array_equal(value, resumed.now.weights[name])
    np.testing.assert_allclose(resumed.curves[0].losses, whole.curves[0].losses, atol=1e-5)
    assert [one.step for one in whole.states] == [0, 1, 2, 3, 4, 8]
    assert [one.step for one in resumed.states] == [0, 1, 2, 3, 4, 8]
    assert whole.states[-1].loss < whole.states[0].loss
    assert whole.states[-1].confusion.sum() == 30


def test_a_state_on_the_disk_opens_as_weights(tmp_path: Path) -> None:
    last = end(Run(plan(), own(), tmp_path))
    network = open_weights(sorted(tmp_path.glob("*.safetensors"))[-1])
    assert network.architecture == TINY
    for name, value in last.now.weights.items():
        np.testing.assert_allclose(network.weights[name], value, rtol=1e-3, atol=1e-6)


def test_damaged_states_are_left_out_with_a_sentence_and_training_starts_anew(
    tmp_path: Path,
) -> None:
    end(Run(plan(), own(), tmp_path))
    first, second, *_ = sorted(tmp_path.glob("*.safetensors"))
    first.write_bytes(first.read_bytes()[:-7])
    second.write_bytes(b"nonsense")
    found, sentence = checkpoints.read(tmp_path, TINY)
    assert found is not None and [one.step for one in found.states] == [2, 3, 4, 8]
    assert sentence.startswith("2 kept passes are damaged")
    (tmp_path / checkpoints.LEARNER).write_bytes(b"nonsense")
    run = Run(plan(), own(), tmp_path)
    last = end(run)
    assert last.status == "done" and "damaged" in last.sentence
    assert len(checkpoints.read(tmp_path, TINY)[0].states) == 6  # written anew


def test_a_full_disk_is_told_and_hinders_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise UserError("no room is left on the disk")

    monkeypatch.setattr(disk, "write", full)
    last = end(Run(plan(), own(), tmp_path))
    assert last.status == "done" and len(last.states) == 6
    assert "memory only" in last.sentence and "no room" in last.sentence


def test_too_large_a_rate_ends_with_a_sentence() -> None:
    last = end(Run(plan(passes=30, optimizer="sgd", rate=1e6), own()))
    assert last.status == "diverged" and "too large" in last.sentence
    assert last.states and np.isfinite(last.states[0].weights["C1.weight"]).all()


def test_missing_examples_are_told() -> None:
    last = end(Run(plan()))
    assert last.status == "failed" and "no example" in last.sentence


def test_a_locally_connected_network_learns_the_permuted_pixels_of_locality(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    every = Digits(
        np.random.default_rng(0).integers(0, 256, (1000, 28, 28), np.uint8),
        np.arange(1000).astype(np.uint8) % 10,
    )
    monkeypatch.setattr(sets, "load_mnist", lambda test=False: every)
    run = Run(replace(plan(), architecture=LOCAL, source="permuted", count=40))
    assert end(run, 2).now.step == 2
    found = whole(sets.load("permuted", 40, ()))
    wanted = examples(Data(40, permutation=PERMUTATION), every)
    np.testing.assert_array_equal(found.training.images, wanted.images)
    assert len(found.test) == 500


def whole(parts: Generator[None, None, sets.Sets]) -> sets.Sets:
    """Go through all pauses; return what comes of it."""
    try:
        while True:
            next(parts)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]


def test_more_passes_go_on_from_where_it_ended() -> None:
    run = Run(plan(passes=1), own())
    assert end(run).now.step == 4
    run.set_passes(2)
    longer = end(run)
    assert longer.now.step == 8
    np.testing.assert_array_equal(
        longer.now.weights["C1.weight"], end(Run(plan(), own())).now.weights["C1.weight"]
    )


@pytest.mark.parametrize(
    ("compared", "names"),
    [
        ("seeds", ("seed 1", "seed 2", "seed 3", "seed 4")),
        ("activations", ("ReLU", "tanh", "sigmoid")),
        ("starts", ("from random weights", "from an autoencoder")),
    ],
)
def test_networks_are_trained_in_turn(compared: str, names: tuple[str, ...]) -> None:
    last = end(Run(replace(plan(passes=1), compared=compared), own()))
    assert tuple(curve.name for curve in last.curves) == names
    assert all(len(curve.losses) == 4 and len(curve.tested) == 5 for curve in last.curves)
    losses = {tuple(curve.losses) for curve in last.curves}
    assert len(losses) == len(names)


def test_optimisers_are_compared_each_at_its_rate() -> None:
    found = variants(replace(plan(rate=0.5), compared="optimizers"))
    assert {one.recipe.optimizer: one.recipe.rate for one in found} == {
        "adam": 0.5, "sgd": 0.05, "momentum": 0.01, "rmsprop": 0.001,
    }  # fmt: skip
    assert found[0].recipe.optimizer == "adam"


def test_the_cache_is_bounded_and_spares_the_present_run(tmp_path: Path) -> None:
    for number in range(checkpoints.MOST_RUNS + 3):
        folder = tmp_path / f"{number:02d}"
        folder.mkdir()
        (folder / "x").write_bytes(b"x")
    checkpoints.tidy(tmp_path, tmp_path / "00")
    left = {folder.name for folder in tmp_path.iterdir()}
    assert "00" in left and len(left) == checkpoints.MOST_RUNS


def test_an_autoencoder_restores_more_than_its_first_weights() -> None:
    images = np.frombuffer(b"".join(one.pixels for one in own()), np.uint8).copy()
    images = images.reshape(-1, 32, 32)
    work = encode(TINY, images, 1)
    steps = 0
    try:
        while True:
            next(work)
            steps += 1
    except StopIteration as ended:
        found = ended.value
    layer = TINY.layers[0]
    net = seeded(TINY, 1)
    assert steps == 150 and set(found) == {"C1.weight", "C1.bias"}

    def best(weight: np.ndarray, bias: np.ndarray) -> float:
        """The loss with the decoder that is best for these weights."""
        with torch.no_grad():
            net.C1.weight.copy_(torch.from_numpy(weight))
            net.C1.bias.copy_(torch.from_numpy(bias))
        back = torch.zeros_like(net.C1.weight, requires_grad=True)
        optimizer = torch.optim.Adam([back], 0.05)
        for _ in range(60):
            loss = reconstruction_loss(net, layer, pixels(images), back)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return float(loss.detach())

    at_random = best(*(seeded(TINY, 1).state_dict()[f"C1.{n}"].numpy() for n in ("weight", "bias")))
    assert best(found["C1.weight"], found["C1.bias"]) < at_random
    assert [one.name for one in encoded_layers(small())] == ["C1", "C3"]


def test_a_stack_becomes_a_network_or_says_why_not() -> None:
    made = of_stack(parse("32×32×1, conv 8 5×5, pool 2×2, conv 16 5×5, pool 2×2, fc 120, fc 10"))
    assert [(layer.name, layer.maps, layer.size) for layer in made.layers] == [
        ("C1", 8, 28), ("S2", 8, 14), ("C3", 16, 10), ("S4", 16, 5), ("F5", 120, 1),
        ("output", 10, 1),
    ]  # fmt: skip
    # 8·25 + 8, 16·8·25 + 16, 120·16·25 + 120, 10·120 + 10
    assert made.parameters == 208 + 3_216 + 48_120 + 1_210
    assert of_stack(parse("16×16×1")).window == 32
    with pytest.raises(ValueError, match="grey and square"):
        of_stack(parse("32×32×3, fc 10"))
    with pytest.raises(ValueError, match="cannot be joined"):
        of_stack(parse("16×16×1, conv 4 17×17"))
    assert deep(3).parameters == (256 + 1) * 64 + 2 * 65 * 64 + 65 * 10


def test_examples_of_the_user_are_kept_and_nonsense_is_not() -> None:
    (example, *_) = own()
    assert example_from_json(example.to_json()) == example
    for nonsense in (None, 3, [1], [10, ""], [True, ""], [1, "!"], [1, "eJwDAAAAAAE="], [1, 5]):
        assert example_from_json(nonsense) is None


def test_colour_scales_grow_and_never_shrink() -> None:
    first = widened({}, {"C1": 0.5})
    assert first == {"C1": 1.0}
    assert widened(first, {"C1": 0.9}) is first
    assert widened(first, {"C1": 1.5}) == {"C1": 3.0}


def test_the_run_that_ships_goes_from_noise_to_features() -> None:
    run = shipped()
    assert tuple(one.step for one in run.states) == STEPS and not run.sentence
    assert run.states[0].error > 0.85  # of ten classes at random: 90 %
    assert run.states[-1].error < 0.1
    first = seeded(PLAN.architecture, PLAN.recipe.seed).state_dict()
    for name, value in run.states[0].weights.items():
        np.testing.assert_allclose(value, first[name].numpy(), rtol=1e-3, atol=1e-6)
    assert run.states[-1].wrong is not None and len(run.states[-1].wrong.images) == 24
