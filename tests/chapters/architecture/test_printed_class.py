"""The notes' mistakes, each run alone: what torch says of them, and what none says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.chapters.architecture.measure.mistakes import LINES, MISTAKES, Effect
from viz.chapters.architecture.measure.printed_class import Printed, batch, effects
from viz.nets import load_pretrained
from viz.nets.networks import trained
from viz.scene import rasterize_scene
from viz.scene.digits import number


@pytest.fixture(scope="module")
def found() -> dict[str, Effect]:
    x = batch(rasterize_scene(number("31")))
    with torch.inference_mode():
        wanted = load_pretrained()(x)["output"][..., 0, 0]
    return {effect.mistake: effect for effect in effects(trained().weights, wanted, x)}


def test_each_mistake_of_the_issue_is_run(found: dict[str, Effect]) -> None:
    """20 for 50 channels; 4×4 for 5×5; missing argument; ten for eleven classes; view: issue 13."""
    assert set(found) == {"", *MISTAKES} and len(MISTAKES) == 5
    assert "8x500 and 1250x500" in found["channels"].error
    assert "8x1250 and 800x500" in found["size"].error
    assert "must be Tensor, not Linear" in found["argument"].error
    assert found["classes"].shape == (8, 10) and "out of bounds" in found["classes"].target_error


def test_view_makes_five_rows_of_eight_samples_and_says_nothing(found: dict[str, Effect]) -> None:
    """8·20·5·5 / 800 = 5."""
    assert found["view"] == Effect("view", shape=(5, 11))


def test_mended_it_is_the_network_of_the_program(found: dict[str, Effect]) -> None:
    assert found[""].shape == (8, 11) and found[""].error == found[""].target_error == ""
    assert found[""].difference < 1e-4
    assert sum(one.numel() for one in Printed().parameters()) == 656_581


def test_the_batch_is_eight_windows_of_the_canvas() -> None:
    image = np.arange(40 * 60, dtype=np.float32).reshape(40, 60)
    x = batch(image)
    assert x.shape == (8, 1, 32, 32)
    np.testing.assert_array_equal(x[0, 0], image[:32, :32])
    np.testing.assert_array_equal(x[7, 0], image[:32, 28:])
    assert all(bool(mended) == bool(name) for name, _, mended in LINES)
