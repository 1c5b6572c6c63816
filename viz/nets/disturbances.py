"""Disturbances: test digits shifted, scaled, turned, spoiled, or set in strings on a canvas.

Functions of images (N, 28, 28), float32 in [0, 1], and a random generator; apart from strings they
give windows (N, 32, 32), MNIST's pixels with a margin of 2 before anything is done to them.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from viz.nets.architecture import WINDOW
from viz.nets.pen import PenDigit, rendered
from viz.nets.shapes import shape

Images = NDArray[np.float32]

BATCH = 100


def centred(images: Images) -> Images:
    """Put images (N, 28, 28) in the middle of windows."""
    margin = (WINDOW - images.shape[1]) // 2
    return np.pad(images, ((0, 0), (margin, margin), (margin, margin)))


def render_pens(pens: list[PenDigit], rng: np.random.Generator) -> Images:
    """Render pen digits, 20 px high by their path, pens 1.8 … 3 px wide, centred by their box."""
    windows = np.zeros((len(pens), WINDOW, WINDOW), np.float32)
    for window, pen in zip(windows, pens, strict=True):
        window[:] = rendered(pen, WINDOW, float(rng.uniform(1.8, 3)))
    return windows


def moved(image: Images, x: int, y: int, height: int, width: int) -> Images:
    """Lay the image on a blank (height, width), its top left corner at (y, x), cut off at edges."""
    canvas = np.zeros((height, width), np.float32)
    rows, columns = image.shape
    y0, x0, y1, x1 = max(0, y), max(0, x), min(height, y + rows), min(width, x + columns)
    if y1 > y0 and x1 > x0:
        canvas[y0:y1, x0:x1] = image[y0 - y : y1 - y, x0 - x : x1 - x]
    return canvas


def shifted(images: Images, rng: np.random.Generator) -> Images:
    """Shift by up to 3 px across and 6 px down or up."""
    x = rng.integers(-3, 4, len(images)) + 2
    y = rng.integers(-6, 7, len(images)) + 2
    return np.stack([moved(*one, WINDOW, WINDOW) for one in zip(images, x, y, strict=True)])


def far_off(images: Images, rng: np.random.Generator) -> Images:
    """Shift every digit 10 … 20 px along one axis and by anything along the other."""
    far = rng.integers(10, 21, len(images)) * rng.choice([-1, 1], len(images))
    free = rng.integers(-20, 21, len(images))
    sideways = rng.random(len(images)) < 0.5
    x, y = np.where(sideways, far, free) + 2, np.where(sideways, free, far) + 2
    return np.stack([moved(*one, WINDOW, WINDOW) for one in zip(images, x, y, strict=True)])


def blank(count: int, rng: np.random.Generator) -> Images:
    """Make blank windows, half of them with noise: σ up to 0.3, or salt and pepper."""
    windows = np.zeros((count, WINDOW, WINDOW), np.float32)
    noisy = windows[: count // 2]
    noisy += rng.normal(size=noisy.shape) * rng.uniform(0, 0.3, (len(noisy), 1, 1))
    salted = windows[count // 2 : 3 * count // 4]
    salted[rng.random(salted.shape) < rng.uniform(0, 0.05, (len(salted), 1, 1))] = 1
    return np.clip(windows, 0, 1)


def shapes(count: int, rng: np.random.Generator) -> Images:
    """Draw shapes that are no digit, off the middle by up to 3 px."""
    windows = np.stack([shape(rng, WINDOW)[0] for _ in range(count)])
    x, y = rng.integers(-3, 4, (2, count))
    return np.stack([moved(*one, WINDOW, WINDOW) for one in zip(windows, x, y, strict=True)])


def gaussian(images: Images, rng: np.random.Generator) -> Images:
    """Add noise with σ = 0.3."""
    windows = centred(images)
    noise = rng.standard_normal(windows.shape, np.float32)
    return np.clip(windows + np.float32(0.3) * noise, 0, 1)


def salted(images: Images, rng: np.random.Generator) -> Images:
    """Set 5 % of the pixels to 0 and 5 % to 1."""
    windows, u = centred(images), rng.random((len(images), WINDOW, WINDOW))
    windows[u < 0.05] = 0
    windows[u > 0.95] = 1
    return windows


def warped(
    images: Images, rng: np.random.Generator, ranges: dict[str, tuple[float, float]]
) -> Images:
    """Scale, turn, squeeze or slant about the centre, as ``viz.scene.Transform`` does.

    ``ranges`` of ``"scale"``, ``"squeeze"``, ``"slant"`` and ``"angle"``, which is in degrees.
    """
    count = len(images)

    def drawn(name: str, rest: float) -> Tensor:
        low, high = ranges.get(name, (rest, rest))
        return torch.from_numpy(rng.uniform(low, high, count))

    scale, squeeze, slant = drawn("scale", 1), drawn("squeeze", 1), drawn("slant", 0)
    angle = torch.deg2rad(drawn("angle", 0))
    cos, sin = angle.cos(), angle.sin()
    turn = torch.stack([cos, -sin, sin, cos], 1).view(-1, 2, 2)
    shape = torch.stack([scale * squeeze, -slant * scale, 0 * scale, scale], 1).view(-1, 2, 2)
    theta = torch.cat([torch.linalg.inv(turn @ shape), torch.zeros(count, 2, 1)], 2).float()
    inputs = torch.from_numpy(centred(images)).unsqueeze(1)
    done = []
    for start in range(0, count, BATCH):
        part = inputs[start : start + BATCH]
        grid = F.affine_grid(theta[start : start + BATCH], list(part.shape), align_corners=False)
        done.append(F.grid_sample(part, grid, align_corners=False)[:, 0])
    return np.asarray(torch.cat(done).numpy())


def penned(images: Images, rng: np.random.Generator) -> Images:
    """Thin strokes by up to 1 px or thicken them by up to 1.5 px.

    Grey erosion or dilation with a disc, of whole quarters of a pixel in diameter, at four times
    the resolution.
    """
    inputs = torch.from_numpy(centred(images)).unsqueeze(1)
    steps = rng.integers(-4, 7, len(images))  # quarters of a pixel
    windows = torch.empty_like(inputs)
    for step in np.unique(steps):
        where = torch.from_numpy(np.flatnonzero(steps == step))
        for some in torch.split(where, BATCH):
            fine = F.interpolate(inputs[some], scale_factor=4, mode="bilinear")
            if step:
                fine = np.sign(step) * _dilated(np.sign(step) * fine, abs(int(step)) / 2)
            windows[some] = F.avg_pool2d(fine, 4)
    return np.asarray(windows.squeeze(1).numpy())


def _dilated(fine: Tensor, radius: float) -> Tensor:
    """The maximum over a disc: of its rows, each a horizontal run, shifted up and down."""
    reach = int(radius)
    result = None
    for dy in range(-reach, reach + 1):
        half = int((radius**2 - dy**2) ** 0.5)
        rows = F.max_pool2d(fine, (1, 2 * half + 1), 1, (0, half))
        rows = torch.roll(rows, dy, 2)  # the margin is blank, so what wraps around is blank
        result = rows if result is None else torch.maximum(result, rows)
    assert result is not None
    return result


def string_canvas(
    images: Images, gaps: NDArray[np.int64], height: int, top: int, margin: int
) -> Images:
    """Set digits (n, 28, 28) side by side on a canvas (height, W), gaps between their inks.

    The digits' 28×28 squares begin at row ``top``; those of the first and the last digit lie
    ``margin`` columns from the canvas's ends. Ink adds up where it overlaps, clipped to 1.
    """
    inked = images.max(1) > 0
    first = inked.argmax(1)
    last = images.shape[2] - 1 - inked[:, ::-1].argmax(1)
    corners = [margin]
    for number, gap in enumerate(gaps[: len(images) - 1]):
        end = corners[number] + int(last[number]) + 1
        corners.append(end + int(gap) - int(first[number + 1]))
    width = max(WINDOW, corners[-1] + images.shape[2] + margin)
    canvas = np.zeros((height, width), np.float32)
    for image, corner in zip(images, corners, strict=True):
        canvas += moved(image, corner, top, height, width)
    return np.minimum(canvas, 1)


def draw_strings(
    images: Images,
    labels: NDArray[np.int64],
    rng: np.random.Generator,
    gaps: tuple[int, int],
    heights: tuple[int, ...],
    count: int,
) -> tuple[list[Images], list[str]]:
    """Draw canvases of 2 … 5 random digits; return these and what they should read.

    Gaps (negative: overlaps) are drawn evenly from the range, both ends included; on a canvas
    higher than a window the line of digits lies at any height, its ink wholly on the canvas.
    """
    canvases, truths = [], []
    for _ in range(count):
        chosen = rng.integers(0, len(labels), rng.integers(2, 6))
        between = rng.integers(gaps[0], gaps[1] + 1, len(chosen) - 1)
        height = int(rng.choice(heights))
        rows = np.flatnonzero(images[chosen].max((0, 2)))
        top = 2 if height == WINDOW else int(rng.integers(-rows[0], height - rows[-1]))
        margin = int(rng.integers(2, 6))  # MNIST's in a window is 2
        canvases.append(string_canvas(images[chosen], between, height, top, margin))
        truths.append("".join(map(str, labels[chosen])))
    return canvases, truths
