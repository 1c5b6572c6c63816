"""Volumes on the screen: sums at the unit that is walked to, sizes, and what settings refuse."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from lab import NewLab
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.convolution.measure.volume import (
    BANK,
    activated,
    bars,
    bound,
    channels_of,
    coloured,
    layer,
    tiled,
)
from viz.chapters.registry import by_id
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number


def test_ten_kernels_of_27_weights_are_280_parameters_whatever_the_size() -> None:
    """10 · (3·3·3 + 1) = 280: issue 13, and the notes."""
    for side in (6, 20, 39):
        volume = layer(np.zeros((3, side, side), np.float32), 10)
        assert volume.parameters == 280
        assert volume.partial.sum(1).shape == (10, side - 2, side - 2)
    assert layer(np.zeros((3, 39, 39), np.float32), 10).partial.shape[2:] == (37, 37)


def test_a_layer_is_that_of_torch() -> None:
    picture = np.random.default_rng(2).random((3, 12, 17)).astype(np.float32)
    volume = layer(picture, len(BANK))
    made = activated(volume.sums(), -1.0, rectified=True)
    x, weights = torch.from_numpy(picture)[None], torch.from_numpy(volume.kernels)
    wanted = F.relu(F.conv2d(x, weights, torch.full((len(BANK),), -1.0)))[0]
    np.testing.assert_allclose(made, wanted.numpy(), atol=1e-5)
    for kernel, sums in zip(volume.kernels, volume.sums(), strict=True):
        assert np.abs(sums).max() <= bound(kernel) + 1e-6
    assert volume.multiply_adds == 10 * 10 * 15 * 27


def test_a_kernel_for_red_answers_to_red_white_and_yellow_alone() -> None:
    volume = layer(bars(), 2)
    assert not volume.partial[0, 1:].any()
    red, every = volume.sums()[:, 5]
    assert (red[0], red[3]) == (-3, 3), "the red bar's left and right end"
    assert not red[4:13].any(), "the green and the blue bar"
    assert every[8] == 3 and every[14] == -9, "white is all three"


def test_a_drawing_is_coloured_item_by_item() -> None:
    scene = number("31")
    image = rasterize_scene(scene)
    picture = coloured(scene, image)
    first = rasterize_scene(Scene(scene.height, scene.width, items=scene.items[:1]))
    np.testing.assert_allclose(picture[0], first, atol=1e-6)
    np.testing.assert_allclose(picture.max(0), image, atol=1e-6)
    assert picture[1].any() and not picture[2].any()
    assert not coloured(Scene(32, 32), np.zeros((32, 32), np.float32)).any()


def test_maps_stand_apart() -> None:
    assert tiled(np.ones((10, 4, 5), np.float32)).shape == (4 * 6 - 2, 3 * 7 - 2)
    assert tiled(np.ones((1, 4, 5), np.float32)).sum() == 20


def test_the_pointer_and_the_keys_walk(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("volumes", (900, 300))
    red = view.pictures[0]
    QTest.mouseMove(red, red.cell_rect(6, 4).center().toPoint())
    assert view.place == (5, 3)
    assert [part.caption for part in view.sums] == ["3", "+ 0", "+ 0", "= 3"]
    assert all(part.marks == (QRectF(3, 5, 3, 3),) for part in view.pictures)
    assert view.written.text == "max(0, 3) = 3"
    QTest.keyClick(red, Qt.Key.Key_Right)
    assert view.place == (5, 4)
    QTest.mouseMove(view.sums[3], view.sums[3].cell_rect(0, 17).center().toPoint())
    assert view.place == (0, 17) and view.state()["place"] == [0, 17]
    view.restore({"bias": 2, "relu": False})
    assert view.written.text.endswith("+ 2 = 4")


def test_a_click_on_a_map_chooses_its_kernel(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("volumes", (900, 300))
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(1))
    place: QPoint = view.output.cell_rect(25, 25).center().toPoint()
    QTest.mouseClick(view.output, Qt.MouseButton.LeftButton, pos=place)
    assert view.kernel.value == list(BANK)[4] and grabbed
    assert view.output.marks == (QRectF(20, 20, 18, 18),)


def test_the_formula_and_the_facts_have_the_present_numbers(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("volumes")
    assert "(20×20×3) ∗ (3×3×3), 10 kernels = <b>18×18×10</b>" in view.formula()
    assert "10 · (3·3·3 + 1) = <b>280</b>" in view.formula()
    view.restore({"input": "canvas", "count": 4, "kernel": "red"})
    lab.settle()
    assert "<b>30×62×4</b>" in view.formula() and "<b>112</b>" in view.formula()
    assert view.kernel.value == "red-edge", "the layer has four kernels: the first instead"
    lab.go(Scene(32, 32))
    assert "empty" in view.message


@pytest.mark.parametrize("place", [[1], [-1, 0], [True, 2], "ab", None, [0.5, 1], [10**9, 0]])
def test_what_is_no_place_is_not_taken(new_lab: NewLab, place: object) -> None:
    view = new_lab(number("31")).show("volumes")
    view.restore({"place": place, "kernel": 3, "bias": 99})
    assert view.place == (5, 3) and view.bias.value == 0 and view.kernel.value == "red-edge"


def test_the_demonstration_walks_over_red_first() -> None:
    settings = by_id("rgb").settings_at
    assert settings is not None
    assert settings(0.0)["kernel"] == "red-edge" and settings(0.0)["place"] == [5, 0]
    assert settings(3.4)["place"] == [5, 17] and settings(13.99)["kernel"] == "yellow-blue"


def test_an_opened_picture_goes_in_with_its_colours(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 64))
    view = lab.show("volumes", (900, 300))
    view.restore({"input": "picture"})
    lab.settle()
    assert "There is no picture" in view.message
    pixels = np.random.default_rng(1).integers(0, 256, (40, 30, 3), np.uint8)
    lab.document.picture = pixels
    lab.ask_again()
    assert not view.message and view.facts.facts[0].value == "38 × 28 × 10"
    np.testing.assert_allclose(np.moveaxis(view.result.picture, 0, 2) * 255, pixels, atol=1e-4)
    kept = view.state()
    assert kept["picture"].pixels is pixels
    view.restore({"input": "bars"})
    assert "picture" not in view.state(), "a file holds no picture that is not shown"
    lab.document.open(number("3"), None, "Open")
    view.restore(kept)
    assert lab.document.picture is pixels
    lab.document.picture = pixels[:2]
    lab.ask_again()
    assert "smaller than a kernel" in view.message


def test_a_large_picture_is_reduced_to_means() -> None:
    x = np.arange(192 * 100, dtype=np.float32).reshape(1, 192, 100)
    made = channels_of(x)
    assert made.shape == (3, 96, 50)
    means = F.avg_pool2d(torch.from_numpy(x), 2).numpy()
    np.testing.assert_allclose(made, np.repeat(means, 3, 0), rtol=1e-6)
    assert channels_of(np.ones((3, 3, 1024), np.float32)).shape == (3, 3, 96)
    assert channels_of(np.ones((1, 1000, 700), np.float32)).max() == 1
