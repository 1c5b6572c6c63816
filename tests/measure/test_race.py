"""The race of 1989: its digits, its run, and the figures that ship."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from viz.measure.race import (
    EXAMPLES,
    PASSES,
    PUBLISHED,
    SEEDS,
    Race,
    examples,
    first_weights,
    history,
    nets_of_the_race,
    race,
    stored,
)
from viz.nets.papers import race_1989


def test_320_bitmaps_are_learned_and_160_asked_none_twice() -> None:
    learned, asked = examples("pen", 1)
    assert learned.images.shape == (320, 16, 16) and asked.images.shape == (160, 16, 16)
    assert np.bincount(learned.labels).tolist() == [32] * 10
    assert np.bincount(asked.labels).tolist() == [16] * 10
    assert set(np.unique(learned.images)) == {0, 255}
    both = {image.tobytes() for part in (learned, asked) for image in part.images}
    assert len(both) == 480
    moved = {np.roll(image, 1, 1).tobytes() for image in learned.images if not image[:, -1].any()}
    assert sum(image.tobytes() in moved for image in asked.images) > 60  # learned one px beside
    again, _ = examples("pen", 1)
    np.testing.assert_array_equal(again.images, learned.images)
    assert not np.array_equal(examples("pen", 2)[0].images, learned.images)


def test_mnist_is_reduced_to_13_points(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(mnist_dir))
    learned, _ = examples("mnist", 3)
    assert tuple(EXAMPLES) == ("pen", "mnist") and learned.images.shape == (320, 16, 16)
    ink = (learned.images > 0).mean((1, 2))
    assert ink.min() > 0.05 and ink.max() < 0.6


def test_weights_begin_within_the_bound_of_the_report() -> None:
    first = first_weights(race_1989()[1], 1)
    assert np.abs(first["H1.weight"]).max() == pytest.approx(2.4 / 257, rel=0.01)
    assert np.abs(first["output.weight"]).max() == pytest.approx(2.4 / 13, rel=0.05)


def test_a_race_that_was_paused_ends_as_one_that_was_not() -> None:
    states = [state for state in race("pen", 1, passes=2) if state is not None]
    assert [state.passes for state in states] == [0, 1, 2]
    *_, resumed = race("pen", 1, states[1], passes=2)
    assert isinstance(resumed, Race)
    np.testing.assert_array_equal(resumed.asked, states[2].asked)
    np.testing.assert_array_equal(resumed.learned, states[2].learned)
    assert states[2].asked[:, 2].mean() > 30 > states[0].asked[:, 0].mean()
    # The race that ships is this one; another machine's sums may differ in the last bit
    np.testing.assert_allclose(stored().race.asked[:, :3], states[2].asked, atol=10)


def test_the_published_order_comes_out_in_the_means() -> None:
    kept = stored().figures
    nets = kept["nets"]
    assert (kept["digits"], kept["seeds"], kept["passes"]) == ("pen", SEEDS, PASSES)
    assert tuple(net["published"] for net in nets) == PUBLISHED == (80.0, 87.0, 88.5, 94.0, 98.4)
    means = [net["score_mean"] for net in nets]
    assert means == sorted(means)
    assert all(net["training_mean"] > 99 for net in nets)
    assert [(net["parameters"], net["links"]) for net in nets] == [
        (net.parameters, net.links) for net in nets_of_the_race()
    ]


def test_a_history_is_the_mean_over_its_seeds() -> None:
    found = history(seeds=2, passes=1)
    assert found.asked.shape == (2, 5, 2)
    kept = found.as_json()
    assert (kept["seeds"], kept["passes"]) == (2, 1)
    assert kept["nets"][4]["score_mean"] == round(float(found.asked[:, 4, 1].mean()), 2)
    spread = abs(found.asked[0, 4, 1] - found.asked[1, 4, 1]) / np.sqrt(2)
    assert kept["nets"][4]["spread"] == pytest.approx(spread, abs=0.01)
    lines = found.as_table().split("\n")
    assert len(lines) == 6 and "1,060" in lines[5] and "98.4" in lines[5]
