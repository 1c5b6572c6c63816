"""Placing: pictures of every kind come onto the canvas by their writing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from viz.measure.pictures import read_pages
from viz.nets import load_pretrained
from viz.pictures.placing import (
    DIGIT_PX,
    MARGIN_PX,
    OVERLAP_PX,
    ROW_PX,
    Placing,
    place,
    read_picture,
)
from viz.scene import ImageLayer, Scene, rasterize, rasterize_scene
from viz.scene.digits import digit, number

Floats = np.ndarray
HEIGHT = 70


def written(*lines: str, height: int = HEIGHT, pitch: float = 0, pen: float = 7) -> Floats:
    """Digits in rows, cut tight: (h, w) of ink in [0, 1]."""
    rows, columns, pitch = len(lines), max(map(len, lines)), pitch or 0.9 * height
    strokes = [
        stroke
        for y, line in enumerate(lines)
        for x, figure in enumerate(line)
        for stroke in digit(
            int(figure), "school", centre=((x + 0.5) * pitch, (y + 0.5) * 1.6 * height),
            height_px=height, width_px=pen,
        ).strokes
    ]  # fmt: skip
    ink = rasterize(strokes, int(1.6 * height * rows), int(pitch * columns))
    inked = np.argwhere(ink > 0.5)
    (top, left), (bottom, right) = inked.min(0), inked.max(0) + 1
    return ink[top:bottom, left:right]


def on_page(ink: Floats, height: int, width: int, top: int = -1, left: int = -1) -> Floats:
    """Ink on a larger page, in its middle unless told where."""
    page = np.zeros((height, width), np.float32)
    top = (height - ink.shape[0]) // 2 if top < 0 else top
    left = (width - ink.shape[1]) // 2 if left < 0 else left
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return page


def beside(*inks: Floats, gap: int) -> Floats:
    """Inks side by side, at the same middle height."""
    height = max(ink.shape[0] for ink in inks)
    parts = [np.pad(on_page(ink, height, ink.shape[1]), ((0, 0), (0, gap))) for ink in inks]
    return np.concatenate(parts, axis=1)


def painted(ink: Floats, colour: object = (40, 40, 50), paper: object = (225, 222, 215)) -> Floats:
    """Ink of a colour on paper: (h, w, 3) bytes; ``paper`` may be a picture itself."""
    share = ink[..., None]
    return np.rint(np.asarray(paper) * (1 - share) + share * np.asarray(colour)).astype(np.uint8)


def photo(ink: Floats, light: Floats | float = 1.0, contrast: float = 1.0) -> Floats:
    """Dark ink on paper lit by ``light``, with a sensor's noise."""
    noise = np.random.default_rng(3).normal(0, 2, (*ink.shape, 3))
    lit = np.broadcast_to(np.asarray(light, np.float32), ink.shape)[..., None]
    clean = lit * painted(contrast * ink).astype(np.float32)
    return np.clip(clean + noise, 0, 255).astype(np.uint8)


def read(placing: Placing) -> str:
    net = load_pretrained()
    return read_pages(net, placing.pages, placing.overlaps).text.replace("\n", "_")


def ids(placing: Placing) -> list[str]:
    return [step.id for step in placing.steps]


def slope(height: int, width: int) -> Floats:
    y, x = np.mgrid[0:height, 0:width]
    return 0.75 + 0.25 * (x / width + y / height) / 2


def shadow(height: int, width: int) -> Floats:
    light = slope(height, width)
    y, x = np.mgrid[0:height, 0:width]
    return np.where(y > 0.5 * height + 0.1 * x, 0.5 * light, light)


def on_table(ink: Floats) -> Floats:
    page = np.full((420, 420, 3), (58, 44, 38), np.float32)
    page[70:350, 90:330] = photo(on_page(ink, 280, 240))
    return page.astype(np.uint8)


def with_thumb(ink: Floats) -> Floats:
    page = photo(on_page(ink, 400, 400))
    y, x = np.mgrid[0:400, 0:400]
    page[(x / 60) ** 2 + ((y - 340) / 80) ** 2 < 1] = (190, 128, 104)
    return page


def boxed(text: str, side: int = 100, line: int = 3) -> Floats:
    """A form's boxes, a digit in each, black on white."""
    page = np.zeros((side + 40, side * len(text) + 40), np.float32)
    for i, figure in enumerate(text):
        left = 20 + i * side
        page[20 : 20 + side, left : left + line] = 1
        ink = written(figure, height=56, pen=6)
        x = left + (side - ink.shape[1]) // 2
        page[42 : 42 + ink.shape[0], x : x + ink.shape[1]] = ink
    page[20 : 20 + side, -20 - line : -20] = 1
    page[20 : 20 + line, 20:-20] = page[20 + side - line : 20 + side, 20:-20] = 1
    return np.rint(255 * (1 - page)).astype(np.uint8)


def ruled(ink: Floats, pitch: int, *, squared: bool) -> Floats:
    paper = np.full((*ink.shape, 3), (228, 232, 236), np.float32)
    paper[pitch // 2 :: pitch] = (150, 165, 215)
    if squared:
        paper[:, pitch // 2 :: pitch] = (150, 165, 215)
    return painted(ink, (35, 35, 60), paper)


def glaring(ink: Floats) -> Floats:
    page = painted(ink, (35, 60, 160), (205, 208, 212)).astype(np.float32)
    y, x = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]]
    glare = np.clip(1.4 - np.hypot(x - 230, y - 30) / 70, 0, 1)[..., None]
    return (page + (255 - page) * 0.7 * glare).astype(np.uint8)


def one_bit(grey: Floats, *, dither: bool) -> Floats:
    how = Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE
    return np.asarray(Image.fromarray(grey).convert("1", dither=how).convert("L"))


def small(ink: Floats) -> Floats:
    """A square as high as its digit."""
    return np.rint(255 * on_page(ink, ink.shape[0], ink.shape[0])).astype(np.uint8)


def printed(text: str, size: int, bold: int) -> Floats:
    """Bold print, so close that bars nearly meet or touch."""
    image = Image.new("L", (size * len(text) + 100, 196), 255)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(image).text((50, 60), text, 0, font=font, stroke_width=bold)
    return np.asarray(image)


KINDS: dict[str, tuple[Callable[[], Floats], str]] = {
    "a small digit in a large photo": (
        lambda: photo(on_page(written("5"), 900, 700, 140, 460), slope(900, 700)), "5"),
    "off centre on black": (
        lambda: np.rint(255 * on_page(written("3"), 400, 500, 320, 430)).astype(np.uint8), "3"),
    "touching the edges": (lambda: np.rint(255 * written("4")).astype(np.uint8), "4"),
    "a row in a page": (
        lambda: photo(on_page(written("05221859"), 400, 640), slope(400, 640)), "05221859"),
    "a row cut tight": (lambda: photo(written("1000")), "1000"),
    "two lines": (lambda: photo(on_page(written("12345", "67890"), 320, 420)), "12345_67890"),
    "a sheet of lines": (
        lambda: painted(on_page(written("0123", "1234", "2345", "3456"), 480, 330)),
        "0123_1234_2345_3456"),
    "form boxes": (lambda: boxed("984"), "984"),
    "one box": (lambda: boxed("8"), "8"),
    "a bold row cut tight": (
        lambda: painted(written("4762", height=128, pen=20), (110, 10, 20), (215, 210, 200)),
        "4762"),
    "a bar at the side": (
        lambda: painted(np.pad(beside(np.ones((160, 20), np.float32),
                                      written("3", height=160, pen=20), gap=30),
                               ((8, 8), (0, 12)))), "13"),
    "bold in a small square": (
        lambda: small(written("0", height=40, pen=9)), "0"),
    "black, and most of a small square": (
        lambda: 255 - small(written("0", height=40, pen=9)), "0"),
    "ruled paper": (lambda: ruled(on_page(written("5028"), 140, 420), 60, squared=False), "5028"),
    "squared paper": (lambda: ruled(on_page(written("3476"), 140, 420), 29, squared=True), "3476"),
    "chalk on a blackboard": (
        lambda: painted(on_page(written("7352"), 130, 330), (205, 205, 195), (38, 62, 50)), "7352"),
    "dark paper": (
        lambda: painted(on_page(written("6"), 200, 200), (190, 186, 178), (66, 56, 48)), "6"),
    "glare": (lambda: glaring(on_page(written("2063"), 120, 330)), "2063"),
    "a shadow's edge": (
        lambda: photo(on_page(written("5", height=200, pen=16), 420, 400), shadow(420, 400)), "5"),
    "a sheet on a table": (lambda: on_table(written("7", height=130, pen=10)), "7"),
    "a thumb": (lambda: with_thumb(written("3", height=160, pen=13)), "3"),
    "faint pencil": (lambda: photo(on_page(written("42"), 200, 300), contrast=0.12), "42"),
    "a minus between digits": (
        lambda: photo(on_page(beside(written("279"), np.ones((7, 24), np.float32),
                                     written("1000"), gap=20), 160, 600)), "2791000"),
    "blue on black": (
        lambda: painted(on_page(written("4"), 150, 150), (0, 0, 255), (0, 0, 0)), "4"),
    "cyan on white": (
        lambda: painted(on_page(written("4"), 150, 150), (0, 255, 255), (255, 255, 255)), "4"),
    "yellow on white": (
        lambda: painted(on_page(written("4"), 150, 150), (255, 235, 60), (255, 255, 255)), "4"),
    "of equal luminance": (
        lambda: painted(on_page(written("4"), 150, 150), (255, 0, 0), (0, 130, 0)), "4"),
    "light grey on white": (
        lambda: painted(on_page(written("4"), 150, 150), (226, 226, 226), (255, 255, 255)), "4"),
    "one bit": (lambda: one_bit(painted(on_page(written("4"), 150, 150)), dither=False), "4"),
    "dithered": (lambda: one_bit(painted(on_page(written("4", height=120, pen=11), 220, 220)),
                                 dither=True), "4"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_placed_by_its_writing_and_read(kind: str) -> None:
    draw, text = KINDS[kind]
    assert read(place(draw())) == text


def test_digits_come_to_the_height_that_the_network_knows_with_room_for_its_window() -> None:
    (page,) = place(photo(on_page(written("3141"), 300, 500))).pages
    ink = rasterize_scene(page) > 0.5
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    assert page.height == ROW_PX
    assert rows[-1] + 1 - rows[0] == pytest.approx(DIGIT_PX, abs=2)
    assert rows[0] + rows[-1] + 1 == pytest.approx(ROW_PX, abs=2)
    assert columns[0] == pytest.approx(MARGIN_PX, abs=2)
    assert page.width - 1 - columns[-1] == pytest.approx(MARGIN_PX, abs=4)


@pytest.mark.parametrize("ground", [0, 255])
@pytest.mark.parametrize("scene", [number("31"), number("7", width=32), Scene(28 + 4, 32)])
def test_an_exported_canvas_comes_in_to_the_pixel(scene: Scene, ground: int) -> None:
    grey = np.rint(255 * rasterize_scene(scene)).astype(np.uint8)
    placing = place(grey if ground == 0 else 255 - grey, "canvas.png")
    assert [(page.height, page.width) for page in placing.pages] == [(scene.height, scene.width)]
    ink = rasterize_scene(placing.pages[0])
    assert np.abs(ink - grey / np.float32(255)).max() < 1e-6
    inked = grey.any()
    assert ids(placing) == (["inverted"] if ground and inked else ["inverted"] if ground else [])


def test_a_digit_of_mnists_size_lies_in_the_middle_of_a_window() -> None:
    ink = rasterize(digit(3, centre=(14, 14), height_px=20, width_px=2.8).strokes, 28, 28)
    grey = np.rint(255 * ink).astype(np.uint8)
    (page,) = place(grey).pages
    assert (page.height, page.width) == (32, 32)
    assert np.array_equal(np.rint(255 * rasterize_scene(page)[2:30, 2:30]), grey)


def test_every_step_is_said_and_can_be_left_out() -> None:
    picture = ruled(on_page(written("50", pen=4), 140, 420), 60, squared=False)
    picture = (picture * slope(140, 420)[..., None]).astype(np.uint8)
    whole = place(picture)
    steps = ids(whole)
    assert {"inverted", "ruling", "background", "size", "thickened"} <= set(steps)
    assert all(step.text.endswith(".") for step in whole.steps)
    before = [rasterize_scene(page) for page in whole.pages]
    for step in steps:
        without = place(picture, without={step})
        assert without.left_out == {step}
        assert step in ids(without), "so that it can be done again"
        after = [rasterize_scene(page) for page in without.pages]
        same = [
            a.shape == b.shape and np.array_equal(a, b) for a, b in zip(before, after, strict=False)
        ]
        assert len(after) != len(before) or not all(same), step


@pytest.mark.parametrize("text", ["4444", "77777", "9385188"])
@pytest.mark.parametrize(("size", "bold"), [(40, 2), (60, 3), (80, 4)])
def test_the_bars_of_printed_digits_are_no_ruling(text: str, size: int, bold: int) -> None:
    assert "ruling" not in ids(place(printed(text, size, bold)))


def test_what_is_no_writing_is_left_out_by_a_step_of_its_own() -> None:
    picture = with_thumb(written("3", height=160, pen=13))
    picture[150:162, 330:342] = (60, 50, 50)  # and a speck
    without, whole = place(picture), place(picture, without={"specks"})
    assert "specks" in ids(without) and "specks" in ids(whole)
    assert read(without) == "3"
    ink = [sum(rasterize_scene(page).sum() for page in p.pages) for p in (without, whole)]
    assert ink[1] > 1.02 * ink[0]
    assert "specks" not in ids(place(photo(on_page(written("3"), 200, 200))))


def test_of_several_drawings_of_a_line_the_one_chosen_is_kept() -> None:
    picture = photo(on_page(written("3141"), 300, 500))
    seen: list[Floats] = []

    def lowest(rows: Iterator[Floats]) -> int:
        seen.extend(rows)
        heights = [int((row > 0.5).any(1).sum()) for row in seen]
        assert heights == pytest.approx([20, 18, 22, 20, 20], abs=1)
        return 1

    def middle(rows: Iterator[Floats]) -> int:
        assert next(rows).shape[0] == ROW_PX
        return 0

    plain, low = place(picture), place(picture, choose=lowest)
    assert set(ids(low)) == {*ids(plain), "redrawn"}
    shown = rasterize_scene(low.pages[0])[:, : seen[1].shape[1]]
    assert np.abs(shown - seen[1]).max() < 0.01  # on the grid of a scene file
    for same in (
        place(picture, choose=middle),
        place(picture, without={"redrawn"}, choose=lambda rows: 1 + 0 * len(list(rows))),
    ):
        assert np.array_equal(rasterize_scene(same.pages[0]), rasterize_scene(plain.pages[0]))
    # a slant is taken out: the lower end of a bar goes as far as its upper end
    bar = written("1", height=90, pen=10)
    leaning: list[Floats] = []
    place(photo(on_page(bar, 300, 300)), choose=lambda rows: leaning.extend(rows) or 0)
    ends = [np.flatnonzero(row[24] > 0.5).mean() - np.flatnonzero(row[8] > 0.5).mean()
            for row in leaning]  # fmt: skip
    assert np.subtract(ends[3:], ends[0]) == pytest.approx([3.2, -3.2], abs=0.6)


def test_wide_gaps_are_narrowed_unless_left_out() -> None:
    ink = beside(written("1"), written("7"), gap=400)
    picture = photo(on_page(ink, 200, 1000))
    narrow, wide = place(picture), place(picture, without={"gaps"})
    assert "gaps" in ids(narrow)
    assert narrow.pages[0].width < 80 < wide.pages[0].width
    assert read(narrow) == read(wide) == "17"


def test_more_lines_than_a_canvas_holds_go_on_another_page() -> None:
    placing = place(painted(on_page(written(*["31"] * 6, height=40, pitch=36, pen=4), 460, 160)))
    assert [page.height for page in placing.pages] == [128, 64]
    assert placing.overlaps == (0, 0)
    assert read(placing) == "_".join(["31"] * 6)


def test_a_line_too_long_for_a_canvas_goes_on_in_overlapping_pieces() -> None:
    text = "314159265358979323846264338327950288"
    placing = place(painted(on_page(written(text, height=40, pitch=36, pen=4), 80, 1350)))
    assert len(placing.pages) == 2 and placing.pages[0].width == 512
    assert placing.overlaps == (0, OVERLAP_PX)
    first, second = map(rasterize_scene, placing.pages)
    assert np.array_equal(first[:, -OVERLAP_PX:], second[:, :OVERLAP_PX])
    assert read(placing) == text


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (2, 3), (7, 1600), (40, 40)])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_odd_sizes_of_noise_and_of_nothing(
    size: tuple[int, int], channels: tuple[int, ...]
) -> None:
    shape = size + channels
    noise = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    for picture in (noise, np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)):
        for page in place(picture).pages:
            ink = rasterize_scene(page)
            assert np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1


def test_an_empty_sheet_stays_empty() -> None:
    (page,) = place(photo(np.zeros((300, 400), np.float32), slope(300, 400))).pages
    assert rasterize_scene(page).mean() < 0.01


def test_a_file_is_placed_under_its_name() -> None:
    out = io.BytesIO()
    Image.fromarray(painted(on_page(written("7"), 200, 200))).save(out, "PNG")
    (page,) = read_picture(out.getvalue(), "folder/seven.png").pages
    assert [item.name for item in page.items if isinstance(item, ImageLayer)] == ["seven.png"]
