"""Pictures that nobody should send: each becomes canvases within their limits, or one sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from viz.errors import UserError
from viz.pictures.placing import read_picture
from viz.scene import rasterize_scene
from viz.scene.capacity import check_counts
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH

Bytes = NDArray[np.uint8]


def file(pixels: Bytes, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def drawn(rng: np.random.Generator) -> Iterator[tuple[str, Bytes]]:
    """(what it is, its pixels): flat, noisy, tiny, thin, striped, and of thousands of pieces."""
    for side in ((1, 1), (1, 2), (2, 1), (3, 3), (1, 400), (400, 1), (5, 900), (31, 33)):
        yield f"noise {side}", rng.integers(0, 256, side, np.uint8)
        yield f"white {side}", np.full(side, 255, np.uint8)
    for side in ((60, 90), (200, 150)):
        yield f"colours {side}", rng.integers(0, 256, (*side, 3), np.uint8)
        yield f"transparent {side}", rng.integers(0, 256, (*side, 4), np.uint8)
        yield f"clear {side}", np.zeros((*side, 4), np.uint8)
        yield f"specks {side}", np.where(rng.random(side) < 0.02, 0, 255).astype(np.uint8)
        yield f"checks {side}", (np.indices(side).sum(0) % 2 * 255).astype(np.uint8)
        yield f"slope {side}", np.linspace(0, 255, side[0] * side[1]).reshape(side).astype(np.uint8)
    yield "lines", (np.indices((60, 40))[0] // 3 % 2 * 255).astype(np.uint8)
    boxes = np.full((300, 300), 255, np.uint8)
    boxes[::20], boxes[:, ::20] = 0, 0
    yield "a grid", boxes
    for thick in (1, 3):
        lines = np.indices((150, 200))[0] // thick % 2 * 255
        yield f"stripes {thick}", lines.astype(np.uint8)
    yield "squares", (np.indices((300, 400)) // 3).sum(0).astype(np.uint8) % 2 * 255
    rings = np.hypot(*(np.indices((300, 300)) - 150)) // 6 % 2 * 255
    yield "rings", rings.astype(np.uint8)
    yield "one point", np.pad(np.zeros((1, 1), np.uint8), 150, constant_values=255)
    yield "long and thin", rng.integers(0, 256, (3, 15_000), np.uint8)
    words = np.full((40, 9_000), 255, np.uint8)
    words[8:32, np.flatnonzero(rng.random(9_000) < 0.2)] = 0
    yield "an endless line", words
    rows = np.full((3_000, 60), 255, np.uint8)
    rows[np.arange(3_000) % 30 < 14, 20:34] = 0
    yield "a hundred lines", rows


def check(data: bytes) -> None:
    placed = read_picture(data, "x")
    assert len(placed.overlaps) == len(placed.pages) > 0
    for scene, overlap in zip(placed.pages, placed.overlaps, strict=True):
        assert 32 <= scene.height <= MAX_HEIGHT and 32 <= scene.width <= MAX_WIDTH
        assert 0 <= overlap < MAX_WIDTH
        image = rasterize_scene(check_counts(scene))
        assert image.min() >= 0 and image.max() <= 1  # and no NaN


@pytest.mark.parametrize("seed", [1])
def test_every_picture_becomes_canvases(seed: int) -> None:
    for what, pixels in drawn(np.random.default_rng(seed)):
        try:
            check(file(pixels))
        except Exception as error:
            raise AssertionError(f"of {what}: {error}") from error


def test_damaged_photos_are_placed_or_told() -> None:
    rng = np.random.default_rng(3)
    whole = [
        file(rng.integers(120, 256, (60, 80, 3), np.uint8), kind)
        for kind in ("JPEG", "PNG", "TIFF", "BMP", "WEBP")
    ]
    told = 0
    for number in range(60):
        data = bytearray(whole[number % len(whole)])
        for at in rng.integers(0, len(data), 3):
            data[at] = rng.integers(256)
        try:
            check(bytes(data[: len(data) - rng.integers(0, 3) * 40]))
        except UserError as error:
            told += "\n" not in str(error)
    assert told > 10
