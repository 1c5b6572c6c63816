"""Reading pictures: every kind of file becomes the same ink, or one clear sentence."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from viz.errors import UserError
from viz.pictures.pixels import MAX_SIDE, pixels_of
from viz.pictures.placing import opaque, place, read_picture
from viz.scene import ImageLayer, rasterize, rasterize_scene
from viz.scene.digits import digit
from viz.scene.images import inverted


def file(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def drawn(value: int = 3, side: int = 28) -> np.ndarray:
    """An MNIST-like digit: (side, side) uint8, ink white on black, some of it full."""
    centre, height = (side / 2, side / 2), side * 20 / 28
    group = digit(value, centre=centre, height_px=height, width_px=side / 10)
    return np.rint(rasterize(group.strokes, side, side) * 255).astype(np.uint8)


def layer_of(data: bytes, name: str = "") -> ImageLayer:
    """The one layer that a clean, small picture becomes."""
    (page,) = read_picture(data, name).pages
    (layer,) = page.items
    return layer


def test_a_picture_like_mnists_is_kept_to_the_bit():
    grey = drawn()
    layer = layer_of(file(Image.fromarray(grey)), "3.png")
    assert np.array_equal(layer.pixels, grey.astype(np.float32) / np.float32(255))
    assert layer.pixels.dtype == np.float32
    assert not layer.inverted
    assert layer.name == "3.png"
    (scene,) = place(grey).pages
    image = rasterize_scene(scene)
    assert (scene.height, scene.width) == (32, 32)
    assert np.array_equal(image[2:30, 2:30], layer.pixels)
    assert image.sum() == pytest.approx(layer.pixels.sum())


def test_dark_on_light_is_inverted_and_says_so():
    grey = drawn()
    layer = layer_of(file(Image.fromarray(255 - grey)))
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
    layer = layer_of(KINDS[kind](grey))
    assert np.abs(layer.pixels - grey / 255).max() < (0.03 if "jpeg" in kind else 1e-3)


def test_pictures_of_two_colours():
    inked = drawn(5) > 127
    palette = Image.fromarray(inked.astype(np.uint8), "P")
    palette.putpalette([255, 255, 255, 0, 0, 0])
    for data in (file(Image.fromarray(inked)), file(palette, transparency=0)):
        assert np.array_equal(layer_of(data).pixels, inked.astype(np.float32))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_seen_as_its_exif_says(orientation):
    grey = drawn(7)[:, 3:]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file(Image.fromarray(grey), "PNG", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.array_equal(np.rint(layer_of(data).pixels * 255), expected)


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 3), (28, 28, 4)])
def test_pasted_pixels(shape):
    pixels = np.zeros(shape, np.uint8)
    if shape[2:] == (4,):
        pixels[..., 3] = 255  # opaque
    pixels[10:18, 10:18] = 255
    expected = np.zeros((28, 28), np.float32)
    expected[10:18, 10:18] = 1
    (layer,) = place(opaque(pixels)).pages[0].items
    assert np.array_equal(layer.pixels, expected)


@pytest.mark.parametrize(
    ("pixels", "error", "match"),
    [
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
        opaque(pixels)


def test_a_large_picture_is_averaged_over_areas_in_strips():
    grey = np.random.default_rng(1).integers(0, 256, (4 * MAX_SIDE, 1200)).astype(np.uint8)
    small = pixels_of(Image.fromarray(grey))
    assert small.shape == (MAX_SIDE, 300)
    means = grey.reshape(MAX_SIDE, 4, 300, 4).mean(axis=(1, 3))
    assert np.abs(small - means).max() <= 1


def test_what_is_transparent_lies_on_white_or_on_black_where_white_hides_it():
    clear = np.zeros((4, 6, 4), np.uint8)
    clear[1:3, 2:4] = (200, 0, 0, 255)
    red = pixels_of(Image.fromarray(clear))
    assert (red[0, 0] == 255).all() and red[1, 2].tolist() == [200, 0, 0]
    clear[1:3, 2:4] = 255
    white = pixels_of(Image.fromarray(clear))
    assert (white[0, 0] == 0).all() and (white[1, 2] == 255).all()
