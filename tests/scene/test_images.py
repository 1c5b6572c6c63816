"""Images: a layer fits into the canvas, and the images of a page join a drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.errors import UserError
from viz.scene import Group, ImageLayer, Scene, Stroke, rasterize, rasterize_scene
from viz.scene.digits import digit
from viz.scene.hits import item_bounds
from viz.scene.images import MARGIN_PX, fit, inverted, joined, on_grid, place


def layer_of(grey: np.ndarray) -> ImageLayer:
    height, width = grey.shape
    return ImageLayer(on_grid(grey.astype(np.float32) / 255), (width / 2, height / 2))


def drawn(value: int = 3, side: int = 28) -> np.ndarray:
    """An MNIST-like digit: (side, side) uint8, ink white on black, some of it full."""
    centre, height = (side / 2, side / 2), side * 20 / 28
    group = digit(value, centre=centre, height_px=height, width_px=side / 10)
    return np.rint(rasterize(group.strokes, side, side) * 255).astype(np.uint8)


def test_inverting_twice_gives_the_same_layer():
    layer = layer_of(drawn())
    back = inverted(layer)
    assert back.inverted
    assert np.allclose(back.pixels, 1 - layer.pixels, atol=1e-5)
    assert inverted(back) == layer


def test_a_page_joins_a_drawing_on_whole_pixels_and_the_canvas_holds_both():
    stroke = Group.of([Stroke([(3, 3), (9, 20)])])
    page = Scene(64, 101, (layer_of(drawn()),))
    both = joined(Scene(32, 160, (stroke,)), page)
    assert (both.height, both.width) == (64, 160)
    assert both.items[0] is stroke
    assert np.array_equal(rasterize_scene(both)[:28, 29:57], layer_of(drawn()).pixels)
    assert joined(Scene(32, 32), page).items == page.items
    full = Scene(32, 32, (stroke,) * 10_000)
    with pytest.raises(UserError, match="at most 10000 items"):
        joined(full, page)


@given(
    st.tuples(st.integers(1, 300), st.integers(1, 700)),
    st.tuples(st.integers(32, 128), st.integers(32, 512)),
)
def test_a_fitted_picture_lies_in_the_middle_of_the_canvas(size, canvas):
    pixels = np.zeros(size, np.uint8)
    pixels[size[0] // 2, size[1] // 2] = 255
    layer, empty = layer_of(pixels), Scene(*canvas)
    fitted = fit(layer, empty)
    scene = Scene(*canvas, items=(fitted,))
    left, top, right, bottom = item_bounds(scene, 0)
    assert left >= -1e-6
    assert top >= -1e-6
    assert right <= canvas[1] + 1e-6
    assert bottom <= canvas[0] + 1e-6
    assert (left + right) / 2 == pytest.approx(canvas[1] / 2, abs=1)
    assert (top + bottom) / 2 == pytest.approx(canvas[0] / 2, abs=1)
    if size[0] <= canvas[0] and size[1] <= canvas[1]:
        assert (left, top) == (int(left), int(top))
        assert (right - left, bottom - top) == (size[1], size[0])
    else:
        assert fitted.transform.scale < 1
    placed = place(empty, layer)
    assert placed.height == canvas[0]
    assert placed.width >= canvas[1]
    assert fit(layer, placed) == placed.items[-1]


def test_a_tightly_cropped_digit_gets_room_around_its_ink():
    grey = np.zeros((200, 200), np.uint8)
    grey[2:198, 80:120] = 255
    scene = place(Scene(32, 32), layer_of(grey))
    inked = np.flatnonzero(rasterize_scene(scene).max(1) > 0.5)
    assert inked[0] >= MARGIN_PX - 1
    assert inked[-1] <= 32 - MARGIN_PX


def test_a_strip_of_digits_widens_the_canvas():
    strip = np.concatenate([drawn(value) for value in (3, 1, 4, 1, 5)], axis=1)
    keep = Group.of([Stroke([(3, 3), (9, 20)])])
    scene = place(Scene(32, 64, (keep,)), layer_of(strip))
    assert scene.items[0] is keep
    assert scene.width == 148
    assert scene.items[1].transform.scale == 1
    large = place(Scene(32, 64), layer_of(np.kron(strip, np.ones((8, 8), np.uint8))))
    assert 128 <= large.width <= 176
    endless = place(Scene(32, 64), layer_of(np.tile(strip, (1, 7))))
    assert endless.width == 512
    assert item_bounds(endless, 0)[2] <= 512
