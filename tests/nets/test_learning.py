"""Learning from examples: the same bits from the same seed, torch's optimisers, a plain end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from viz.errors import UserError
from viz.nets.architecture import Architecture, Layer
from viz.nets.data import Digits
from viz.nets.learning import DivergedError, Learner, logits, loss_of, pixels, score, seeded
from viz.nets.recipe import OPTIMIZERS, LearningRecipe

SMALL = Architecture(
    (
        Layer("C1", "conv", 2, 5, 4, activation="tanh"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    side=16,
    none=False,
)


def examples(count: int = 40) -> Digits:
    rng = np.random.default_rng(3)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images = rng.integers(0, 60, (count, 16, 16)).astype(np.uint8)
    images[np.arange(count), labels] = 255  # a row for each class
    return Digits(images, labels)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_seed_gives_the_same_bits_and_a_kept_state_goes_on_to_them(optimizer: str) -> None:
    recipe = LearningRecipe(optimizer, rate=0.01, batch=7, passes=2)
    whole, kept, resumed = (Learner(SMALL, examples(), recipe) for _ in range(3))
    whole.run(12)
    kept.run(5)
    resumed.restore(kept.state())
    resumed.run(7)
    assert whole.step == resumed.step == whole.steps == 12 and resumed.done
    for name, value in whole.weights().items():
        np.testing.assert_array_equal(value, resumed.weights()[name])
    other = Learner(SMALL, examples(), replace(recipe, seed=2))
    assert not np.array_equal(other.weights()["C1.weight"], kept.weights()["C1.weight"])


def test_a_step_of_descent_is_rate_times_gradient() -> None:
    recipe = LearningRecipe("sgd", rate=0.25, batch=40, passes=1, falls=False)
    learner = Learner(SMALL, examples(), recipe)
    before = seeded(SMALL, 1)
    digits = examples()
    wanted = torch.from_numpy(digits.labels.astype(np.int64))
    loss = F.cross_entropy(before(pixels(digits.images))["output pre"].flatten(1), wanted)
    loss.backward()
    told, _ = learner.run(1)
    assert told == pytest.approx(float(loss.detach()), abs=1e-6)
    expected = before.C1.weight - 0.25 * before.C1.weight.grad  # type: ignore[operator,union-attr]
    np.testing.assert_allclose(learner.weights()["C1.weight"], expected.detach(), atol=1e-6)


def test_it_learns_what_can_be_learned() -> None:
    recipe = LearningRecipe(rate=0.03, batch=10, passes=40)
    learner = Learner(SMALL, examples(), recipe)
    first = score(learner.net, examples())
    learner.run(learner.steps)
    last = score(learner.net, examples())
    assert first.error > 0.5 and last.error == 0.0 and last.loss < first.loss
    np.testing.assert_array_equal(last.confusion, 4 * np.eye(10, dtype=int))


def test_squares_are_those_of_tanh_against_plus_and_minus_one() -> None:
    scores = torch.tensor([[0.5, -1.0, 2.0]])
    away = np.tanh([0.5, -1.0, 2.0]) - [-1, -1, 1]
    assert float(loss_of(scores, torch.tensor([2]), "squares")) == pytest.approx(
        0.5 * float((away**2).sum()), abs=1e-6
    )


def test_too_large_a_rate_ends_with_a_sentence() -> None:
    learner = Learner(SMALL, examples(), LearningRecipe("sgd", rate=1e30, passes=50))
    with pytest.raises(DivergedError, match="smaller"):
        learner.run(learner.steps)


def test_frozen_arrays_stay_and_given_ones_are_started_from() -> None:
    start = {"C1.bias": np.array([0.25, -0.5])}
    recipe = LearningRecipe(rate=0.1, passes=1, frozen=("C1.bias",))
    learner = Learner(SMALL, examples(), recipe, start)
    before = learner.weights()
    learner.run(3)
    np.testing.assert_array_equal(learner.weights()["C1.bias"], start["C1.bias"])
    assert not np.array_equal(learner.weights()["C1.weight"], before["C1.weight"])


def test_its_logits_are_the_networks() -> None:
    net = seeded(SMALL, 4)
    x = pixels(examples().images)
    torch.testing.assert_close(logits(net, x), net(x)["output pre"].flatten(1))


def test_foreign_examples_recipes_and_checkpoints_are_refused() -> None:
    with pytest.raises(ValueError, match="16×16"):
        Learner(
            SMALL, Digits(np.zeros((3, 28, 28), np.uint8), np.zeros(3, np.uint8)), LearningRecipe()
        )
    with pytest.raises(ValueError, match="newton"):
        LearningRecipe("newton")
    learner = Learner(SMALL, examples(), LearningRecipe())
    for state in (b"", b"PK\x03\x04", Learner(SMALL, examples(), LearningRecipe(seed=9)).state()):
        with pytest.raises(UserError, match="damaged or of another run"):
            learner.restore(state)


def test_a_checkpoint_with_a_changed_weight_is_refused_and_changes_nothing() -> None:
    learner = Learner(SMALL, examples(), LearningRecipe())
    before, state = learner.weights(), Learner(SMALL, examples(), LearningRecipe())
    state.run(3)
    kept, found = state.state(), state.weights()["C1.weight"].tobytes()
    assert found in kept
    damaged = kept.replace(found, found[:-1] + bytes([found[-1] ^ 1]))
    with pytest.raises(UserError, match="damaged"):
        learner.restore(damaged)
    assert learner.step == 0
    for name, value in learner.weights().items():
        np.testing.assert_array_equal(value, before[name])


def test_a_layer_may_learn_by_the_root_of_its_links() -> None:
    recipe = LearningRecipe("sgd", rate=0.5, batch=40, passes=1, falls=False, by_fan_in=True)
    plain = Learner(SMALL, examples(), replace(recipe, by_fan_in=False))
    slower = Learner(SMALL, examples(), recipe)
    first = slower.weights()
    plain.run(1)
    slower.run(1)
    for name, fan in (("C1.weight", 26), ("C1.bias", 26), ("output.weight", 19)):
        step, full = (one.weights()[name] - first[name] for one in (slower, plain))
        np.testing.assert_allclose(step, full / np.sqrt(fan), atol=1e-6)


def test_the_squares_of_1989_are_least_where_the_curve_is_steep() -> None:
    at_target = torch.full((1, 10), -1.0)
    at_target[0, 3] = 1.0  # 1.7159·tanh(⅔) = 1
    assert float(loss_of(at_target, torch.tensor([3]), "scaled-squares")) < 1e-6
    y = 1.7159 * np.tanh(2 / 3 * np.linspace(-2, 2, 10))
    wanted = 0.5 * ((y - (2 * np.eye(10)[7] - 1)) ** 2).sum()
    scores = torch.linspace(-2, 2, 10)[None]
    assert float(loss_of(scores, torch.tensor([7]), "scaled-squares")) == pytest.approx(wanted)


def test_distances_are_to_vanish_not_only_to_be_the_least() -> None:
    """LeCun et al. 1998, eq. 9 with j = 1: y + log(exp(−1) + Σ exp(−yᵢ)) of distances y."""
    distances = torch.tensor([[3.0, 5.0, 4.0] + [9.0] * 7])
    loss = loss_of(-distances, torch.tensor([0]), "distances")
    wanted = 3 + np.log(np.exp(-1.0) + np.exp(-distances.numpy()).sum())
    assert float(loss) == pytest.approx(float(wanted), abs=1e-5)
    further = loss_of(-distances - 20, torch.tensor([0]), "distances")
    assert further > loss + 15  # of which the cross-entropy would tell nothing
