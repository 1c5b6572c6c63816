"""A kernel found by descent: steps are those of torch, and what is found is right."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from viz.chapters.convolution.measure.descent import descend, noise
from viz.chapters.convolution.measure.kernels import PRESETS
from viz.scene import rasterize_scene
from viz.scene.digits import number


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_each_step_is_that_of_torch(momentum: float) -> None:
    image = rasterize_scene(number("31")).astype(np.float64)
    found = descend(image, PRESETS["sobel"].astype(float), 1, momentum, steps=20)
    x = torch.from_numpy(image)[None, None]
    y = F.conv2d(x, torch.from_numpy(PRESETS["sobel"].astype(float))[None, None])
    kernel = torch.tensor(found.kernels[0][None, None], requires_grad=True)
    optimizer = torch.optim.SGD([kernel], found.rate, momentum)
    for step in range(21):
        loss = ((F.conv2d(x, kernel) - y) ** 2).mean()
        assert found.losses[step] == pytest.approx(loss.item(), rel=1e-9)
        np.testing.assert_allclose(found.kernels[step], kernel.detach()[0, 0], atol=1e-10)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("name", PRESETS)
def test_from_noise_every_kernel_is_found(name: str) -> None:
    target = PRESETS[name].astype(float)
    found = descend(noise(3), target, 2, 0.9)
    np.testing.assert_allclose(found.kernels[-1], target, atol=0.01)
    assert found.losses[-1] < 1e-4 * found.losses[0]
    np.testing.assert_allclose((found.difference(40) ** 2).mean(), found.losses[40])


def test_blank_paper_teaches_nothing() -> None:
    found = descend(np.zeros((32, 32)), PRESETS["box"].astype(float), 1, 0.0)
    assert (found.losses == 0).all()
    np.testing.assert_array_equal(found.kernels[0], found.kernels[-1])


def test_the_seed_is_the_first_kernel() -> None:
    first, again, other = (
        descend(noise(1), PRESETS["sobel"].astype(float), seed, 0.0, 2).kernels[0]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    with pytest.raises(ValueError, match="no window"):
        descend(np.ones((2, 9)), PRESETS["sobel"].astype(float), 1, 0.0)
