"""Resampling pictures: exact where it can be, true in area and place where it cannot."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scenes import extreme_transforms, layers

from viz.scene import ImageLayer, Scene, Transform
from viz.scene.resampling import MOST_GAIN, pyramid, resample


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(2).random(shape, np.float32)


def soft_spot(side: int, sigma: float) -> np.ndarray:
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    return np.exp(-(x * x + y * y) / (2 * sigma * sigma)).astype(np.float32)


@given(st.integers(-40, 70), st.integers(-40, 40), st.integers(-9, 9))
def test_whole_pixel_shifts_copy_the_picture(left, top, dx):
    pixels = noise(13, 20)
    layer = ImageLayer(pixels, (left + 10, top + 6.5), Transform(dx=dx))
    image = resample(layer, Scene(32, 64, (layer,), Transform(dx=-dx)))
    expected = np.zeros((32 + 200, 64 + 200), np.float32)
    expected[top + 100 : top + 113, left + 100 : left + 120] = pixels
    assert np.array_equal(image, expected[100:132, 100:164])


def test_half_a_pixel_is_the_mean_of_neighbours():
    pixels = noise(6, 6)
    layer = ImageLayer(pixels, (16, 16), Transform(dx=0.5))
    image = resample(layer, Scene(32, 32))
    padded = np.pad(pixels, ((0, 0), (1, 1)))
    assert np.allclose(image[13:19, 13:20], (padded[:, 1:] + padded[:, :-1]) / 2, atol=1e-6)
    assert image.sum() == pytest.approx(pixels.sum(), rel=1e-5)


@given(layers(extreme_transforms), extreme_transforms)
def test_no_transform_breaks_it(layer, transform):
    image = resample(layer, Scene(32, 64, (layer,), transform))
    assert image.shape == (32, 64)
    assert image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= 0
    assert image.max() <= 1


@pytest.mark.parametrize("angle", [0, 30, 90, 200])
@pytest.mark.parametrize("scale", [0.1, 0.23, 0.5, 0.8, 1.0, 1.7])
@pytest.mark.parametrize("squeeze", [0.6, 1.0, 1.5])
def test_a_spot_lands_where_the_transform_says(angle, scale, squeeze):
    transform = Transform(dx=5.3, dy=-2.2, angle=angle, scale=scale, squeeze=squeeze, slant=0.2)
    layer = ImageLayer(soft_spot(60, 6), (64, 64), transform)
    image = resample(layer, Scene(128, 128)).astype(np.float64)
    y, x = np.mgrid[0:128, 0:128] + 0.5
    total = image.sum()
    assert (image * x).sum() / total == pytest.approx(69.3, abs=0.05)
    assert (image * y).sum() / total == pytest.approx(61.8, abs=0.05)
    # And its spread is the spot's own, mapped, widened a little by the averaging
    spread = transform.linear @ transform.linear.T * 36
    assert ((image * (x - 69.3) ** 2).sum() / total) == pytest.approx(
        spread[0, 0], abs=0.9 + 0.1 * spread[0, 0]
    )
    assert ((image * (y - 61.8) ** 2).sum() / total) == pytest.approx(
        spread[1, 1], abs=0.9 + 0.1 * spread[1, 1]
    )


@pytest.mark.parametrize("scale", [1 / 2, 1 / 3, 1 / 8, 1 / 20])
def test_fine_stripes_become_grey_and_not_a_moire(scale):
    stripes = np.zeros((600, 600), np.float32)
    stripes[:, ::2] = 1
    layer = ImageLayer(stripes, (16, 16), Transform(scale=scale, angle=3))
    inside = resample(layer, Scene(32, 32))[13:19, 13:19]
    assert np.ptp(inside) < 0.1


@pytest.mark.parametrize("scale", [0.3, 0.1, 1 / 24])
def test_a_thin_line_stays_visible_however_much_it_shrinks(scale):
    pixels = np.zeros((768, 1024), np.float32)
    pixels[383:385] = 1
    image = resample(ImageLayer(pixels, (32, 16), Transform(scale=scale)), Scene(32, 64))
    ink = image[:, 32].max()
    area = 2 * scale  # what plain averaging would leave
    assert ink >= min(0.5, area * MOST_GAIN / 3)
    assert ink > 1.5 * area


def test_solid_ink_gains_nothing():
    pixels = np.zeros((64, 64), np.float32)
    pixels[16:48, 16:48] = 1
    for level in pyramid(pixels)[:4]:
        assert level.sum() * (64 * 64 / (level.shape[0] - 2) ** 2) == pytest.approx(32 * 32)


def test_the_picture_changes_smoothly_with_its_scale():
    layer = ImageLayer(soft_spot(200, 12), (32, 32))
    before = None
    for scale in np.linspace(0.9, 0.1, 400):
        moved = ImageLayer(layer.pixels, layer.anchor, Transform(scale=float(scale), angle=10))
        image = resample(moved, Scene(64, 64))
        if before is not None:
            assert np.abs(image - before).max() < 0.05
        before = image


def test_results_are_kept_and_never_mixed_up():
    """Many pictures one after the other: ids are given out again when arrays die."""
    scene = Scene(32, 32)
    for value in np.linspace(0.1, 1, 60, dtype=np.float32):
        layer = ImageLayer(np.full((8, 8), value), (16, 16), Transform(scale=0.5))
        image = resample(layer, scene)
        assert image[16, 16] == pytest.approx(value, abs=1e-5)
        assert resample(layer, scene) is image
    assert not image.flags.writeable


@given(layers(), st.floats(0.2, 5), st.floats(-180, 180))
def test_layer_and_scene_transforms_are_joined(layer, scale, angle):
    """A transform of the scene about the anchor is the same as one of the layer."""
    assume(layer.transform.scale * scale > 0.05)
    centred = ImageLayer(layer.pixels, (32, 16), Transform(scale=0.7))
    of_layer = ImageLayer(layer.pixels, (32, 16), Transform(scale=0.7 * scale, angle=angle))
    by_scene = resample(centred, Scene(32, 64, (), Transform(scale=scale, angle=angle)))
    by_layer = resample(of_layer, Scene(32, 64))
    assert np.abs(by_scene - by_layer).max() < 1e-3
