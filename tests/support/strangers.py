"""Pictures as strangers make them, with real digits: all of a picture follows from kind and seed.

The kinds are those of ``KINDS``, the digits those of ``real_digits``. To write a folder of them,
the answer in each name, as ``lenetscope evaluate --pictures`` takes it::

    python tests/support/strangers.py FOLDER --each 20 --seed 7
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from photographs import Colour, ink_of, paper, photographed, write
from PIL import Image, ImageDraw, ImageFont
from real_digits import Floats, Hand, Rng

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
ABROAD = (
    "arrow",
    "disc",
    "square",
    "face",
    "star",
    "heart",
    "house",
    "letter",
    "scribble",
    "blank",
)


@dataclass(frozen=True)
class Picture:
    """A picture: its ``kind``, such as "01"; what it is, in a word; ``truth``, lines joined by "_";
    the image, and how it is saved: its suffix and Pillow's options."""

    kind: str
    title: str
    truth: str
    image: Image.Image
    suffix: str = ".png"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The bytes of its file."""
        out = io.BytesIO()
        kind = Image.registered_extensions()[self.suffix]
        self.image.save(out, kind, **self.options)
        return out.getvalue()

    def save(self, folder: Path, number: int) -> Path:
        """Write it, the truth in its name."""
        path = folder / f"{self.kind}-{self.title}-{number:03}__{self.truth}{self.suffix}"
        path.write_bytes(self.data)
        return path


def make(kind: str, seed: int) -> Picture:
    """Make a picture of a kind of ``KINDS``."""
    return KINDS[kind](np.random.default_rng([seed, int(kind)]))


def _text(rng: Rng, least: int, most: int) -> str:
    return "".join(str(value) for value in rng.integers(0, 10, rng.integers(least, most + 1)))


# Kinds


def _jpeg(rng: Rng) -> dict[str, Any]:
    return {"suffix": ".jpg", "options": {"quality": int(rng.integers(55, 95))}}


def _page_of_lines(
    rng: Rng, lines: list[str], size: tuple[int, int], fill: float, hand: Hand, colour: Colour
) -> Floats:
    """A sheet (height, width) with lines in its middle, the longest ``fill`` of the width long."""
    height, width = size
    rows = [hand.row(line, 150) for line in lines]
    longest = max(row.shape[1] for row in rows)
    tall = min(150 * fill * width / longest, 0.62 * height / (1.6 * len(lines) - 0.6))
    page = paper(rng, height, width)
    pitch = tall * rng.uniform(1.35, 1.8)
    top = (height - pitch * (len(rows) - 1) - tall) / 2 + rng.normal(0, 0.03) * height
    left = (width - longest * tall / 150) / 2 + rng.normal(0, 0.03) * width
    for number, row in enumerate(rows):
        ink = Image.fromarray(np.rint(row * 255).astype(np.uint8))
        size = round(ink.width * tall / 150), round(ink.height * tall / 150)
        row = np.asarray(ink.resize(size, Image.Resampling.BICUBIC), np.float32) / np.float32(255)
        write(page, row, round(left), round(top + number * pitch), colour)
    return page


def row_on_page(rng: Rng) -> Picture:
    text = _text(rng, 3, 9)
    size = int(rng.integers(500, 1500)), int(rng.integers(700, 1600))
    page = _page_of_lines(rng, [text], size, rng.uniform(0.4, 0.8), Hand(rng), ink_of(rng))
    return Picture("01", "row", text, photographed(rng, page), **_jpeg(rng))


def two_lines(rng: Rng) -> Picture:
    length = int(rng.integers(3, 7))
    lines = [_text(rng, max(2, length - 1), length) for _ in range(rng.integers(2, 4))]
    size = int(rng.integers(600, 1200)), int(rng.integers(700, 1400))
    page = _page_of_lines(rng, lines, size, rng.uniform(0.4, 0.75), Hand(rng), ink_of(rng))
    return Picture("02", "lines", "_".join(lines), photographed(rng, page), **_jpeg(rng))


def small_in_large(rng: Rng) -> Picture:
    value = int(rng.integers(10))
    height, width = (4000, 3000) if rng.random() < 0.6 else (3000, 4000)
    page = paper(rng, height, width)
    ink = Hand(rng).digit(value, round(rng.uniform(0.07, 0.2) * height))
    left = round(rng.uniform(0.25, 0.75) * width - ink.shape[1] / 2)
    write(page, ink, left, round(rng.uniform(0.25, 0.75) * height - ink.shape[0] / 2), ink_of(rng))
    return Picture("03", "large", str(value), photographed(rng, page, tilt=0), **_jpeg(rng))


def tight(rng: Rng) -> Picture:
    value, side = int(rng.integers(10)), int(rng.choice([28, 32, 32, 48, 64]))
    ink = Hand(rng).digit(value, side)
    side = ink.shape[0]
    width = max(side, ink.shape[1]) if rng.random() < 0.8 else ink.shape[1]
    page = np.zeros((side, width), np.float32)
    left = (width - ink.shape[1]) // 2
    page[:, left : left + ink.shape[1]] = ink
    page = 1 - page if rng.random() < 0.4 else page
    return Picture("04", "tight", str(value), _image(page))


def tight_row(rng: Rng) -> Picture:
    text = _text(rng, 2, 6)
    ink = Hand(rng).row(text, int(rng.integers(80, 260)))
    edges = rng.integers(0, max(2, round(ink.shape[0] * 0.06)), 4)
    page = paper(rng, ink.shape[0] + edges[0] + edges[1], ink.shape[1] + edges[2] + edges[3])
    write(page, ink, int(edges[2]), int(edges[0]), ink_of(rng))
    return Picture("05", "tight-row", text, photographed(rng, page, tilt=0), **_jpeg(rng))


def off_centre(rng: Rng) -> Picture:
    value = int(rng.integers(10))
    height, width = int(rng.integers(300, 900)), int(rng.integers(400, 1200))
    ink = Hand(rng, rng.uniform(0.06, 0.16)).digit(value, round(rng.uniform(0.22, 0.5) * height))
    page = np.zeros((height, width), np.float32)
    y = rng.choice([rng.uniform(0.02, 0.1), rng.uniform(0.9, 0.98), rng.uniform(0, 1)])
    x = rng.choice([rng.uniform(0.02, 0.1), rng.uniform(0.9, 0.98)])
    top, left = round(y * (height - ink.shape[0])), round(x * (width - ink.shape[1]))
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return Picture("06", "off-centre", str(value), _image(page))


def form_boxes(rng: Rng) -> Picture:
    text = _text(rng, 1, 1) if rng.random() < 0.3 else _text(rng, 4, 11)
    hand, side = Hand(rng), int(rng.integers(40, 110))
    margin, line = int(rng.integers(6, 40)), int(rng.integers(1, max(2, side // 22) + 1))
    wide = round(side * rng.uniform(0.75, 1.05))
    gap = 0 if rng.random() < 0.7 else int(rng.integers(4, 16))
    size = (2 * margin + side, 2 * margin + (wide + gap) * len(text))
    page = np.ones(size, np.float32)
    scanned = rng.random() < 0.5
    tone = rng.uniform(0.0, 0.55)
    for number, figure in enumerate(text):
        left, right = margin + number * (wide + gap), margin + number * (wide + gap) + wide
        for edge in (left, right):
            page[margin : margin + side + line, edge : edge + line] = tone
        for edge in (margin, margin + side):
            page[edge : edge + line, left : right + line] = tone
        tall = round(side * rng.uniform(0.55, 0.75))
        ink = hand.digit(int(figure), tall)
        if ink.shape[1] > 0.75 * wide:
            ink = hand.digit(int(figure), max(8, round(tall * 0.75 * wide / ink.shape[1])))
        ink = ink[:, : wide - 2 * line]
        y = margin + (side - ink.shape[0]) // 2 + round(rng.uniform(-0.06, 0.06) * side)
        x = left + (wide - ink.shape[1]) // 2 + round(rng.uniform(-0.04, 0.04) * wide)
        part = page[y : y + ink.shape[0], x : x + ink.shape[1]]
        np.minimum(part, 1 - 0.9 * ink, out=part)
    if not scanned:
        return Picture("07", "boxes", text, _image(page))
    colour = np.repeat(page[..., None], 3, axis=2) * paper(rng, *size)
    return Picture("07", "scan", text, photographed(rng, colour, tilt=0.5), **_jpeg(rng))


FONTS = ("DejaVuSans*", "DejaVuSerif*", "Inter*", "Nimbus*", "P052*", "C059*", "URW*", "NotoSans*",
         "NotoSerif*", "Liberation*")  # fmt: skip


@cache
def _fonts() -> tuple[Path, ...]:
    folder = Path("/usr/share/fonts")
    found = {path for name in FONTS for path in folder.rglob(name)}
    kinds = (".ttf", ".otf", ".ttc", ".t1")
    return tuple(sorted(path for path in found if path.suffix in kinds and "Math" not in path.name))


def _font(rng: Rng, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    fonts = _fonts()
    return ImageFont.truetype(fonts[rng.integers(len(fonts))], size) if fonts else (
        ImageFont.load_default(size)
    )  # fmt: skip


def printed(rng: Rng) -> Picture:
    text, size = _text(rng, 3, 8), int(rng.integers(24, 90))
    font = _font(rng, size)
    left, top, right, bottom = (round(value) for value in font.getbbox(text))
    x, y = rng.integers(size // 4, 3 * size, 2).tolist()
    image = Image.new("L", (right - left + 2 * x, bottom - top + 2 * y), 255)
    ImageDraw.Draw(image).text((x - left, y - top), text, 0, font=font)
    if rng.random() < 0.6:
        return Picture("08", "printed", text, image)
    page = np.asarray(image, np.float32)[..., None] / 255 * paper(rng, image.height, image.width)
    return Picture("08", "printed-photo", text, photographed(rng, page), **_jpeg(rng))


def ruled_paper(rng: Rng) -> Picture:
    text, tall = _text(rng, 3, 7), int(rng.integers(70, 200))
    ink = Hand(rng).row(text, tall)
    height, width = (
        round(tall * rng.uniform(1.5, 2.6)),
        round(ink.shape[1] + tall * rng.uniform(0.6, 2)),
    )
    page = paper(rng, height, width)
    squared = rng.random() < 0.5
    pitch = tall * (rng.uniform(0.3, 0.6) if squared else rng.uniform(1.05, 1.6))
    tone = ((0.45, 0.55, 0.85), (0.6, 0.6, 0.65), (0.8, 0.4, 0.45))[rng.integers(3)]
    thick = max(1, round(tall * rng.uniform(0.008, 0.022)))
    top, left = (height - tall) // 2, (width - ink.shape[1]) // 2
    strength = rng.uniform(0.35, 0.9)
    begin = rng.uniform(0, pitch) if squared else top + tall + 0.12 * tall - 5 * pitch
    for position in np.arange(begin, height, pitch):
        if position >= 0:
            line = np.full((thick, width), strength, np.float32)
            write(page, line, 0, round(position), tone)
    if squared:
        for position in np.arange(rng.uniform(0, pitch), width, pitch):
            write(page, np.full((height, thick), strength, np.float32), round(position), 0, tone)
    write(page, ink, left, top, ink_of(rng))
    title = "squared" if squared else "ruled"
    return Picture("09", title, text, photographed(rng, page, tilt=1), **_jpeg(rng))


def dark_ground(rng: Rng) -> Picture:
    way = ("blackboard", "dark-paper", "whiteboard")[rng.integers(3)]
    text, tall = _text(rng, 1, 6), int(rng.integers(90, 220))
    ink = Hand(rng).row(text, tall)
    height, width = (
        round(tall * rng.uniform(1.4, 2.4)),
        round(ink.shape[1] + tall * rng.uniform(0.5, 2)),
    )
    top, left = (height - tall) // 2, (width - ink.shape[1]) // 2
    if way == "whiteboard":
        page = paper(rng, height, width)
        write(
            page,
            ink,
            left,
            top,
            ((0.1, 0.3, 0.75), (0.1, 0.1, 0.1), (0.7, 0.1, 0.15))[rng.integers(3)],
        )
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        middle = rng.uniform(0, height), rng.uniform(0, width)
        far = ((y - middle[0]) ** 2 + (x - middle[1]) ** 2) / (tall * rng.uniform(0.25, 0.6)) ** 2
        page += (rng.uniform(0.3, 0.55) * np.exp(-far))[..., None]
    else:
        dark = ((0.13, 0.25, 0.2), (0.12, 0.12, 0.13), (0.25, 0.2, 0.17), (0.1, 0.13, 0.22))
        page = paper(rng, height, width, dark[rng.integers(len(dark))])
        if way == "blackboard":  # chalk skips, and leaves dust
            grain = rng.random(ink.shape).astype(np.float32)
            ink = ink * np.where(grain < rng.uniform(0.05, 0.3), rng.uniform(0.3, 0.8), 1)
            dust = Image.fromarray(rng.integers(0, 256, (9, 9), np.uint8))
            cloud = dust.resize((width, height), Image.Resampling.BICUBIC)
            page += np.asarray(cloud, np.float32)[..., None] / np.float32(255 * 15)
        chalk = rng.uniform(0.65, 0.92)
        write(page, ink.astype(np.float32), left, top, (chalk, chalk, chalk * 0.95), "cover")
    return Picture("10", way, text, photographed(rng, page), **_jpeg(rng))


def colours(rng: Rng) -> Picture:
    value, side = int(rng.integers(10)), int(rng.integers(120, 420))
    pairs: dict[str, tuple[Colour, Colour]] = {
        "pale": (WHITE, tuple(rng.uniform(0.78, 0.92, 3))),
        "yellow": (WHITE, (1.0, 0.9, 0.2)),
        "cyan": (WHITE, (0.0, 1.0, 1.0)),
        "blue-on-black": (BLACK, (0.0, 0.0, 1.0)),
        "red-on-black": (BLACK, (0.8, 0.0, 0.0)),
        "equal-luminance": _equal_luminance(rng),
        "any": (tuple(rng.uniform(0, 0.3, 3)), tuple(rng.uniform(0.5, 1, 3))),
    }
    title = list(pairs)[rng.integers(len(pairs))]
    ground, colour = pairs[title]
    page = np.tile(np.array(ground, np.float32), (side, side, 1))
    ink = Hand(rng, rng.uniform(0.06, 0.14)).digit(value, round(side * rng.uniform(0.5, 0.75)))[
        :, :side
    ]
    write(page, ink, (side - ink.shape[1]) // 2, (side - ink.shape[0]) // 2, colour, "cover")
    return Picture("11", title, str(value), _image(page))


def _equal_luminance(rng: Rng) -> tuple[Colour, Colour]:
    """Two colours of clearly different hue whose grey is the same."""
    weights = np.array([0.299, 0.587, 0.114])
    while True:
        ground, colour = rng.uniform(0, 1, (2, 3))
        colour *= (ground @ weights) / (colour @ weights)
        if colour.max() <= 1 and np.abs(ground - colour).max() > 0.45:
            return tuple(ground), tuple(colour)


def few_colours(rng: Rng) -> Picture:
    value = int(rng.integers(10))
    side = int(rng.integers(250, 700))
    image = _single(rng, value, (side, side))
    way = ("one-bit", "dithered", "adaptive", "web")[rng.integers(4)]
    if way == "one-bit":
        grey = np.asarray(image.convert("L"))
        image = Image.fromarray(grey > 0.62 * np.median(grey))
    elif way == "dithered":
        image = image.convert("1")
    elif way == "adaptive":
        image = image.quantize(int(rng.choice([4, 16, 64])))
    else:
        image = image.convert("P", palette=Image.Palette.WEB)
    return Picture("12", way, str(value), image)


def _single(
    rng: Rng, value: int, size: tuple[int, int], fill: tuple[float, float] = (0.4, 0.7)
) -> Image.Image:
    """A photo (height, width) of one digit on paper."""
    height, width = size
    page = paper(rng, height, width)
    ink = Hand(rng).digit(value, round(min(size) * rng.uniform(*fill)))[:, :width]
    left = round((width - ink.shape[1]) * rng.uniform(0.4, 0.6))
    write(page, ink, left, round((height - ink.shape[0]) * rng.uniform(0.4, 0.6)), ink_of(rng))
    return photographed(rng, page, tilt=0)


def shadows(rng: Rng) -> Picture:
    value = int(rng.integers(10))
    height, width = int(rng.integers(600, 1300)), int(rng.integers(600, 1000))
    way = ("shadow", "sheet", "thumb")[rng.integers(3)]
    page = paper(rng, height, width)
    tall = round(min(height, width) * rng.uniform(0.25, 0.5))
    ink = Hand(rng).digit(value, tall)
    write(page, ink, (width - ink.shape[1]) // 2, (height - tall) // 2, ink_of(rng))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if way == "shadow":
        angle = rng.uniform(0, 2 * np.pi)
        across = (x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)
        edge = (across - rng.uniform(-0.15, 0.15) * height) / rng.uniform(1, 12)
        page *= (1 - rng.uniform(0.3, 0.6) / (1 + np.exp(-np.clip(edge, -30, 30))))[..., None]
    elif way == "sheet":
        table = paper(rng, height, width, tuple(rng.uniform(0.1, 0.32) * np.array([1, 0.85, 0.7])))
        turned = Image.new("L", (width, height))
        cut = rng.uniform(0.06, 0.2, 4) * (width, height, width, height)
        ImageDraw.Draw(turned).rectangle(
            (cut[0], cut[1], width - cut[2], height - cut[3]), fill=255
        )
        angle = rng.uniform(-8, 8)
        mask = np.asarray(turned.rotate(angle, Image.Resampling.BILINEAR), np.float32) / 255
        shown = Image.fromarray(np.rint(np.clip(page, 0, 1) * 255).astype(np.uint8))
        page = np.asarray(shown.rotate(angle, Image.Resampling.BILINEAR), np.float32) / 255
        page = page * mask[..., None] + table * (1 - mask[..., None])
    else:
        side = rng.choice([0, width])
        where = (
            rng.uniform(0, 0.15) * height if rng.random() < 0.5 else rng.uniform(0.85, 1) * height
        )
        far = ((x - side) / (rng.uniform(0.12, 0.2) * width)) ** 2 + (
            (y - where) / (0.14 * height)
        ) ** 2
        thumb = 1 / (1 + np.exp(np.clip((far - 1) * 40, -30, 30)))
        skin = np.array([0.75, 0.52, 0.42], np.float32) * rng.uniform(0.5, 1.1)
        page += thumb[..., None] * (skin - page)
    return Picture("13", way, str(value), photographed(rng, page, tilt=0), **_jpeg(rng))


def grid(rng: Rng) -> Picture:
    columns, rows = int(rng.integers(4, 10)), int(rng.integers(3, 7))
    lines = [_text(rng, columns, columns) for _ in range(rows)]
    hand, tall = Hand(rng), int(rng.integers(36, 90))
    step, pitch = round(tall * rng.uniform(1.05, 1.5)), round(tall * rng.uniform(1.35, 1.7))
    page = np.zeros((rows * pitch + tall, columns * step + tall), np.float32)
    for i, line in enumerate(lines):
        for j, figure in enumerate(line):
            ink = hand.digit(int(figure), round(tall * rng.uniform(0.9, 1)))
            if ink.shape[1] > 0.9 * step:
                ink = hand.digit(int(figure), round(ink.shape[0] * 0.9 * step / ink.shape[1]))
            ink = ink[:, :step]
            y, x = tall // 2 + i * pitch, tall // 2 + j * step + (step - ink.shape[1]) // 2
            part = page[y : y + ink.shape[0], x : x + ink.shape[1]]
            np.maximum(part, ink, out=part)
    truth = "_".join(lines)
    if rng.random() < 0.5:
        return Picture("14", "grid", truth, _image(1 - page))
    sheet = paper(rng, *page.shape)
    write(sheet, page, 0, 0, ink_of(rng))
    return Picture("14", "sheet", truth, photographed(rng, sheet, tilt=1), **_jpeg(rng))


def no_digit(rng: Rng) -> Picture:
    title = ABROAD[rng.integers(len(ABROAD))]
    side = int(rng.integers(200, 600))
    image = Image.new("L", (side, side))
    draw, thick = ImageDraw.Draw(image), round(side * rng.uniform(0.02, 0.06))
    middle, reach = side / 2, side * rng.uniform(0.25, 0.4)

    def around(angle: float, far: float = 1.0) -> tuple[float, float]:
        return middle + far * reach * np.cos(angle), middle + far * reach * np.sin(angle)

    box = (middle - reach, middle - reach, middle + reach, middle + reach)
    turn = rng.uniform(0, 2 * np.pi)
    if title == "arrow":
        turn = rng.choice([0.25, 0.75, 1.25, 1.75]) * np.pi + rng.normal(0, 0.15)
        draw.line([around(turn + np.pi), around(turn)], 255, thick)
        draw.line(
            [around(turn + 0.5, 0.6), around(turn), around(turn - 0.5, 0.6)], 255, thick, "curve"
        )
    elif title == "disc":
        draw.ellipse(box, 255)
    elif title == "square":
        draw.rectangle((box[0], box[1], box[2], box[3] - rng.uniform(0, 0.6) * reach), 255)
    elif title == "face":
        draw.ellipse(box, outline=255, width=thick)
        for sign in (-1, 1):
            x, y, r = middle + sign * 0.35 * reach, middle - 0.3 * reach, 0.1 * reach
            draw.ellipse((x - r, y - r, x + r, y + r), 255)
        draw.arc([middle + s * 0.55 * reach for s in (-1, -1, 1, 1)], 20, 160, 255, thick)
    elif title == "star":
        draw.polygon([around(turn + k * np.pi / 5, 1 if k % 2 else 0.4) for k in range(10)], 255)
    elif title == "heart":
        t = np.linspace(0, 2 * np.pi, 90)
        x = 16 * np.sin(t) ** 3
        y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
        draw.polygon(list(zip(middle + reach * x / 16, middle + reach * y / 16, strict=True)), 255)
    elif title == "house":
        draw.rectangle((box[0], middle, box[2], box[3]), outline=255, width=thick)
        draw.line([(box[0], middle), (middle, box[1]), (box[2], middle)], 255, thick, "curve")
        draw.rectangle(
            (middle - 0.2 * reach, middle + 0.4 * reach, middle + 0.2 * reach, box[3]), 255
        )
    elif title == "letter":
        letter = "AEFHKMNRWX"[rng.integers(10)]
        font = _font(rng, round(2 * reach))
        draw.text((middle, middle), letter, 255, font=font, anchor="mm")
    elif title == "scribble":
        t = np.linspace(0, 1, 300)
        waves = rng.uniform(3, 9, 4)
        x = middle + reach * (t * 1.6 - 0.8 + 0.3 * np.sin(2 * np.pi * waves[0] * t))
        y = middle + 0.8 * reach * np.sin(2 * np.pi * waves[1] * t + 1) * np.cos(waves[2] * t)
        draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), 255, thick, "curve")
    ink = np.asarray(image, np.float32) / 255
    if rng.random() < 0.5:
        return Picture("15", title, "", _image(1 - ink))
    page = paper(rng, side, side)
    write(page, ink, 0, 0, ink_of(rng))
    return Picture("15", title, "", photographed(rng, page), **_jpeg(rng))


FORMATS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "webp": ("RGB", ".webp", {"quality": 70}),
    "avif": ("RGB", ".avif", {"quality": 60}),
    "gif": ("P", ".gif", {}),
    "tiff": ("L", ".tif", {"compression": "tiff_lzw"}),
    "cmyk": ("CMYK", ".tif", {}),
    "cmyk-jpeg": ("CMYK", ".jpg", {}),
    "jpeg2000": ("RGB", ".jp2", {"quality_mode": "dB", "quality_layers": [38]}),
    "bmp": ("RGB", ".bmp", {}),
    "ppm": ("RGB", ".ppm", {}),
    "tga": ("RGB", ".tga", {}),
    "grey-alpha": ("LA", ".png", {}),
    "float": ("F", ".tif", {}),
    "sixteen-bit": ("I;16", ".png", {}),
}
"""Mode, suffix and options of Pillow."""


def formats(rng: Rng) -> Picture:
    value = int(rng.integers(10))
    image = _single(rng, value, (int(rng.integers(400, 1000)), int(rng.integers(300, 800))))
    title = list(FORMATS)[rng.integers(len(FORMATS))]
    mode, suffix, options = FORMATS[title]
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(np.asarray(image.convert("L"), np.float32) / 255)
    else:
        image = image.convert(mode)
    return Picture("16", title, str(value), image, suffix, options)


def minus(rng: Rng) -> Picture:
    first, second = _text(rng, 1, 4), _text(rng, 1, 4)
    hand, tall = Hand(rng), int(rng.integers(70, 160))
    ink = hand.row(f"{first}-{second}", tall, gap=(0.18, 0.4))
    page = paper(
        rng, round(tall * rng.uniform(1.6, 3)), round(ink.shape[1] + tall * rng.uniform(0.8, 3))
    )
    write(page, ink, (page.shape[1] - ink.shape[1]) // 2, (page.shape[0] - tall) // 2, ink_of(rng))
    return Picture("17", "minus", first + second, photographed(rng, page), **_jpeg(rng))


def _image(page: Floats) -> Image.Image:
    return Image.fromarray(np.rint(np.clip(page, 0, 1) * 255).astype(np.uint8))


KINDS: dict[str, Callable[[Rng], Picture]] = {
    "01": row_on_page, "02": two_lines, "03": small_in_large, "04": tight, "05": tight_row,
    "06": off_centre, "07": form_boxes, "08": printed, "09": ruled_paper, "10": dark_ground,
    "11": colours, "12": few_colours, "13": shadows, "14": grid, "15": no_digit, "16": formats,
    "17": minus,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Write pictures as strangers make them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=10, help="of each kind (default: 10)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", choices=tuple(KINDS), default=tuple(KINDS))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for kind in arguments.kinds:
        for number in range(arguments.each):
            make(kind, 100_000 * arguments.seed + number).save(arguments.folder, number)


if __name__ == "__main__":
    main()
