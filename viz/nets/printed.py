"""Printed digits, drawn from fonts' outlines, for training beside those written by people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
OVERSAMPLING = 4


ODD = ("symbol", "dingbat", "d050000l", "ornament", "z003", "emoji", "math", "icon", "barcode")
"""Parts of the names of families whose digits are no ordinary ones."""


def find_fonts(folders: Iterable[Path] = FONT_FOLDERS) -> list[list[Path]]:
    """Find the font files with ordinary digits: of each family, by name, a file for each style."""
    found: dict[str, dict[str, Path]] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.suffix.lower() not in (".ttf", ".otf"):
                continue
            try:
                font = ImageFont.truetype(str(file), 32)
                family, style = (str(part) for part in font.getname())
                forms = {bytes(font.getmask(digit)) for digit in "0123456789"}
            except (OSError, ValueError):
                continue  # damaged, or no font at all
            if len(forms) == 10 and not any(word in family.lower() for word in ODD):
                found.setdefault(family, {}).setdefault(style, file)
    return [list(found[family].values()) for family in sorted(found)]


def printed_digit(file: Path, digit: int, height: float, side: int) -> NDArray[np.uint8]:
    """Draw a digit of a font in the middle of (side, side), its ink ``height`` px high."""
    fine = side * OVERSAMPLING
    probe = ImageFont.truetype(str(file), 200)
    left, top, right, bottom = probe.getbbox(str(digit))
    size = (
        200 * OVERSAMPLING * min(height / max(1, bottom - top), (side - 4) / max(1, right - left))
    )
    font = ImageFont.truetype(str(file), max(4, size))
    left, top, right, bottom = font.getbbox(str(digit))
    image = Image.new("L", (fine, fine))
    corner = (fine / 2 - (left + right) / 2, fine / 2 - (top + bottom) / 2)
    ImageDraw.Draw(image).text(corner, str(digit), fill=255, font=font)
    return np.asarray(image.reduce(OVERSAMPLING))
