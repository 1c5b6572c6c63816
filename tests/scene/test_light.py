"""Light on the canvas: contrast, background and a ramp, in pixels, in files and in undo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viz.errors import UserError
from viz.scene import Light, Noise, Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.exposure import lit
from viz.scene.raster import exposed
from viz.scene.shifts import common_shift
from viz.session import codec

INK = np.array([[0.0, 0.5, 1.0]], np.float32)


def test_a_neutral_light_costs_nothing() -> None:
    assert lit(INK, Light()) is INK
    assert lit(INK, Light(direction=30.0)) is INK  # without a ramp it has no direction
    assert exposed(INK, Scene()) is INK


def test_contrast_and_background_scale_and_lift_the_ink() -> None:
    np.testing.assert_allclose(lit(INK, Light(contrast=0.5)), [[0, 0.25, 0.5]], atol=1e-7)
    np.testing.assert_allclose(lit(INK, Light(background=0.25)), [[0.25, 0.75, 1]], atol=1e-7)
    assert INK.tolist() == [[0, 0.5, 1]]  # what was given is left alone


@pytest.mark.parametrize(
    ("direction", "low", "high"),
    [(0, (1, 0), (1, 3)), (90, (0, 1), (1, 1)), (180, (0, 3), (0, 0)), (-90, (1, 2), (0, 2))],
)
def test_a_ramp_grows_in_its_direction(direction, low, high) -> None:
    image = lit(np.zeros((2, 4), np.float32), Light(ramp=0.8, direction=direction))
    along = 4 if direction % 180 == 0 else 2
    first = 0.8 * 0.5 / along  # u at the middle of the first pixel
    assert image[low] == pytest.approx(first) and image[high] == pytest.approx(0.8 - first)


def test_a_slanting_ramp_reaches_from_corner_to_corner() -> None:
    image = lit(np.zeros((32, 32), np.float32), Light(ramp=1.0, direction=45.0))
    assert image[0, 0] == image.min() == pytest.approx(1 / 64)
    assert image[-1, -1] == image.max() == pytest.approx(63 / 64)
    np.testing.assert_allclose(image, image.T, atol=1e-6)


def test_light_falls_on_the_ink_and_noise_comes_last() -> None:
    scene = number("31")
    dim = replace(scene, light=Light(0.5, 0.2))
    np.testing.assert_allclose(rasterize_scene(dim), 0.5 * rasterize_scene(scene) + 0.2, atol=1e-6)
    noisy = replace(dim, noise=Noise(sigma=0.1, seed=3))
    assert rasterize_scene(noisy).std() > rasterize_scene(dim).std()


def test_files_keep_it_and_older_files_have_none() -> None:
    light = Light(0.5, 0.1, 0.6, 135.0)
    kept = codec.encode(Scene(light=light))
    assert kept["light"] == {"contrast": 0.5, "background": 0.1, "ramp": 0.6, "direction": 135.0}
    assert codec.decode(Scene, kept, "scene").light == light
    del kept["light"]
    assert codec.decode(Scene, kept, "scene").light.is_neutral


@pytest.mark.parametrize("bad", [{"contrast": -0.1}, {"ramp": 2}, {"direction": "up"}, [], 1])
def test_a_hostile_light_is_refused(bad) -> None:
    with pytest.raises(UserError):
        codec.decode(Scene, {"height": 32, "width": 64, "light": bad}, "scene")


def test_drawings_in_another_light_are_others() -> None:
    scene = number("3")
    assert common_shift(scene, replace(scene, light=Light(ramp=0.5))) is None
