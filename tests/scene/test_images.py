"""Reading pictures: every kind that people have becomes ink on nothing, or one clear sentence."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from viz.errors import UserError
from viz.scene import Group, Scene, Stroke, rasterize, rasterize_scene
from viz.scene.digits import digit
from viz.scene.hits import item_bounds
from viz.scene.images import (
    MARGIN_PX,
    MAX_SIDE,
    fit,
    inverted,
    layer_from_pixels,
    place,
    read_image,
)


def file(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def drawn(value: int = 3, side: int = 28) -> np.ndarray:
    """An MNIST-like digit: (side, side) uint8, ink white on black, some of it full."""
    centre, height = (side / 2, side / 2), side * 20 / 28
    group = digit(value, centre=centre, height_px=height, width_px=side / 10)
    return np.rint(rasterize(group.strokes, side, side) * 255).astype(np.uint8)


def test_a_picture_like_mnists_is_kept_to_the_bit():
    grey = drawn()
    layer = read_image(file(Image.fromarray(grey)), "3.png")
    assert np.array_equal(layer.pixels, grey.astype(np.float32) / np.float32(255))
    assert layer.pixels.dtype == np.float32
    assert not layer.inverted
    assert layer.name == "3.png"
    scene = place(Scene(32, 32), layer)
    image = rasterize_scene(scene)
    assert (scene.height, scene.width) == (32, 32)
    assert np.array_equal(image[2:30, 2:30], layer.pixels)
    assert image.sum() == pytest.approx(layer.pixels.sum())


def test_dark_on_light_is_inverted_and_says_so():
    grey = drawn()
    layer = read_image(file(Image.fromarray(255 - grey)))
    assert layer.inverted
    assert np.allclose(layer.pixels, grey / 255, atol=1e-6)
    back = inverted(layer)
    assert not back.inverted
    assert np.allclose(back.pixels, 1 - layer.pixels, atol=1e-5)
    assert inverted(back) == layer


def on_nothing(grey: np.ndarray, ink: int) -> Image.Image:
    """Ink of this grey, as strong as the picture, on transparency."""
    return Image.merge(
        "RGBA", [Image.new("L", grey.shape[::-1], ink)] * 3 + [Image.fromarray(grey)]
    )


def grey_rgb(grey: np.ndarray, mode: str = "RGB") -> Image.Image:
    return Image.fromarray(grey).convert(mode)


KINDS = {
    "grey": lambda g: file(Image.fromarray(g)),
    "colour": lambda g: file(grey_rgb(g)),
    "palette": lambda g: file(grey_rgb(g, "P")),
    "bmp": lambda g: file(grey_rgb(g), "BMP"),
    "16 bits": lambda g: file(Image.fromarray(g.astype(np.uint16) * 257)),
    "black on transparent": lambda g: file(on_nothing(g, 0)),
    "white on transparent": lambda g: file(on_nothing(g, 255)),
    "grey and alpha": lambda g: file(on_nothing(g, 0).convert("LA")),
    "jpeg": lambda g: file(Image.fromarray(g), "JPEG", quality=100),
    "colour jpeg": lambda g: file(grey_rgb(g), "JPEG", quality=100),
    "cmyk jpeg": lambda g: file(grey_rgb(g, "CMYK"), "JPEG", quality=100),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_ink(kind):
    grey = drawn(5)
    layer = read_image(KINDS[kind](grey))
    assert np.abs(layer.pixels - grey / 255).max() < (0.03 if "jpeg" in kind else 1e-3)


def test_pictures_of_two_colours():
    inked = drawn(5) > 127
    palette = Image.fromarray(inked.astype(np.uint8), "P")
    palette.putpalette([255, 255, 255, 0, 0, 0])
    for data in (file(Image.fromarray(inked)), file(palette, transparency=0)):
        assert np.array_equal(read_image(data).pixels, inked.astype(np.float32))


def test_colours_count_by_their_luminance():
    strips = np.zeros((16, 96, 3), np.uint8)
    for channel in range(3):
        strips[:, 4 + 12 * channel : 12 + 12 * channel, channel] = 255
    strips[2:4, 80:86] = 255  # full ink: a clean picture
    layer = layer_from_pixels(strips)
    assert layer.pixels[8, [8, 20, 32]] == pytest.approx([0.299, 0.587, 0.114], abs=0.003)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_seen_as_its_exif_says(orientation):
    grey = drawn(7)[:, 3:]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file(Image.fromarray(grey), "PNG", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.array_equal(np.rint(read_image(data).pixels * 255), expected)


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 3), (28, 28, 4)])
def test_pasted_pixels(shape):
    pixels = np.zeros(shape, np.uint8)
    if shape[2:] == (4,):
        pixels[..., 3] = 255  # opaque
    pixels[10:18, 10:18] = 255
    expected = np.zeros((28, 28), np.float32)
    expected[10:18, 10:18] = 1
    assert np.array_equal(layer_from_pixels(pixels).pixels, expected)


@pytest.mark.parametrize(
    ("pixels", "error", "match"),
    [
        (np.zeros((4, 4)), ValueError, "pixels are"),
        (np.zeros((4, 4, 2), np.uint8), ValueError, "pixels are"),
        (np.zeros(4, np.uint8), ValueError, "pixels are"),
        (np.zeros((0, 4), np.uint8), UserError, "no pixels"),
        (
            np.broadcast_to(np.zeros(1, np.uint8), (10_001, 10_000, 4)),
            UserError,
            "more than 100 megapixels .*; make it smaller",
        ),
    ],
)
def test_pasted_pixels_that_are_refused(pixels, error, match):
    with pytest.raises(error, match=match):
        layer_from_pixels(pixels)


def photograph(text: str, height: int, width: int, pen: float, noise: float = 0.02) -> np.ndarray:
    """Digits in grey ink on paper lit from the right, with sensor noise: uint8."""
    pitch = height * 0.55
    strokes = [
        stroke
        for i, figure in enumerate(text)
        for stroke in digit(
            int(figure),
            "school",
            centre=(width / 2 + (i - (len(text) - 1) / 2) * pitch, height / 2),
            height_px=height * 0.6,
            width_px=pen,
        ).strokes
    ]
    y, x = np.mgrid[0:height, 0:width]
    paper = 0.65 + 0.35 * (x / width - 0.5) + 0.1 * np.cos(3 * y / height)
    light = paper * (1 - 0.7 * rasterize(strokes, height, width))
    light += noise * np.random.default_rng(5).standard_normal((height, width))
    return np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)


def dark_table(grey: np.ndarray) -> np.ndarray:
    grey = grey.copy()
    grey[:, :24] = grey[:, -24:] = grey[:24] = 30
    return grey


@pytest.mark.parametrize(
    ("scenery", "ink"),
    [(lambda g: g, 0.9), (dark_table, 0.6), (lambda g: 255 - g, 0.8)],
    ids=["paper", "a sheet on a dark table", "chalk on a blackboard"],
)
def test_an_unevenly_lit_photo_becomes_full_ink_on_nothing(scenery, ink):
    grey = scenery(photograph("3", 300, 400, 16))
    layer = read_image(file(Image.fromarray(grey), "JPEG", quality=90))
    strokes = digit(3, "school", centre=(200, 150), height_px=180, width_px=16).strokes
    inside = np.s_[40:260, 40:360]
    truth, pixels = rasterize(strokes, 300, 400)[inside], layer.pixels[inside]
    assert layer.inverted == (np.median(grey) > 127)
    assert pixels[truth > 0.99].mean() > ink
    assert pixels[truth == 0].mean() < 0.02


@pytest.mark.parametrize("pen", [6, 20, 60])
def test_digits_in_photos_are_read(read, pen):
    photos = [
        file(Image.fromarray(photograph(str(value), 600, 600, pen)), "JPEG") for value in range(10)
    ]
    images = [rasterize_scene(place(Scene(32, 32), read_image(photo))) for photo in photos]
    assert read(images).argmax(1).tolist() == list(range(10))


def test_a_blank_sheet_stays_blank():
    blank = layer_from_pixels(photograph("", 300, 400, 10))
    assert blank.pixels.mean() < 0.01
    assert layer_from_pixels(np.full((50, 60), 250, np.uint8)).pixels.max() == 0
    assert layer_from_pixels(np.zeros((50, 60), np.uint8)).pixels.max() == 0


def test_a_thin_pen_in_a_large_photo_does_not_vanish():
    grey = photograph("8", 2250, 3000, 9)  # a pen of 0.13 pixels on the canvas
    scene = place(Scene(32, 64), read_image(file(Image.fromarray(grey), "JPEG", quality=90)))
    image = rasterize_scene(scene)
    on_canvas = digit(8, "school", centre=(32, 16), height_px=0.6 * 32, width_px=0.5)
    truth = rasterize(on_canvas.strokes, 32, 64)
    assert image[truth > 0.5 * truth.max()].mean() > 0.4
    assert image[truth == 0].mean() < 0.05


def test_averaging_in_strips_and_blocks_is_the_mean_of_areas():
    grey = np.zeros((4096, 2048), np.uint8)  # black as a rule: a clean picture, left as it is
    grey[1000:2600, 200:1400] = np.random.default_rng(1).integers(0, 256, (1600, 1200))
    grey[100:200, 100:200] = 255
    layer = layer_from_pixels(grey)
    means = grey.reshape(1024, 4, 512, 4).mean(axis=(1, 3)) / 255
    assert layer.pixels.shape == (MAX_SIDE, 512)
    assert np.abs(layer.pixels - means).max() < 1e-4
    odd = layer_from_pixels(np.kron(drawn(), np.ones((100, 70), np.uint8)))  # no whole blocks
    assert odd.pixels.shape == (MAX_SIDE, round(28 * 70 * MAX_SIDE / 2800))
    assert float(odd.pixels.mean()) == pytest.approx(float(drawn().mean()) / 255, rel=0.01)


@given(
    st.tuples(st.integers(1, 300), st.integers(1, 700)),
    st.tuples(st.integers(32, 128), st.integers(32, 512)),
)
def test_a_fitted_picture_lies_in_the_middle_of_the_canvas(size, canvas):
    pixels = np.zeros(size, np.uint8)
    pixels[size[0] // 2, size[1] // 2] = 255
    layer, empty = layer_from_pixels(pixels), Scene(*canvas)
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
    scene = place(Scene(32, 32), layer_from_pixels(grey))
    inked = np.flatnonzero(rasterize_scene(scene).max(1) > 0.5)
    assert inked[0] >= MARGIN_PX - 1
    assert inked[-1] <= 32 - MARGIN_PX


def test_a_strip_of_digits_widens_the_canvas():
    strip = np.concatenate([drawn(value) for value in (3, 1, 4, 1, 5)], axis=1)
    keep = Group.of([Stroke([(3, 3), (9, 20)])])
    scene = place(Scene(32, 64, (keep,)), layer_from_pixels(strip))
    assert scene.items[0] is keep
    assert scene.width == 148
    assert scene.items[1].transform.scale == 1
    large = place(Scene(32, 64), layer_from_pixels(np.kron(strip, np.ones((8, 8), np.uint8))))
    assert 128 <= large.width <= 176
    endless = place(Scene(32, 64), layer_from_pixels(np.tile(strip, (1, 7))))
    assert endless.width == 512
    assert item_bounds(endless, 0)[2] <= 512
