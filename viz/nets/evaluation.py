"""Evaluation: the table of what the network reads, measured on digits no training has seen.

MNIST's 10,000 test digits lie in the window as MNIST's 28×28 pixels with a margin of 2, then
shifted, scaled, turned and spoiled, one disturbance per row of the table, drawn evenly from its
range; the pen strokes are those of the writers kept out of training. "None" is an error unless it
is the truth. Strings are whole canvases in one pass, read by ``viz.measure.reading``; a string
counts only if its text is exactly right. Everything is drawn from one seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from viz.measure.reading import read
from viz.nets.data import Digits, load_mnist
from viz.nets.layers import NONE_CLASS, WINDOW
from viz.nets.lenet5 import LeNet5
from viz.nets.pen import PenDigit, fit, load_pen_digits, split_writers
from viz.nets.weights import load_weights
from viz.scene import Stroke, rasterize

Images = NDArray[np.float32]

STRINGS = 2000
"""Strings per row of the table."""

BATCH = 500


@dataclass(frozen=True)
class Row:
    """One row: ``correct`` of ``samples``, a share in [0, 1], and the share to reach."""

    test: str
    correct: float
    samples: int
    target: float


@dataclass(frozen=True)
class Evaluation:
    """The whole table and the seconds it took."""

    rows: tuple[Row, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """JSON-able: ``rows``, each with test, correct, error, target, reached, samples."""
        rows = [
            {
                "test": row.test,
                "correct": round(row.correct, 5),
                "error": round(1 - row.correct, 5),
                "target": row.target,
                "reached": row.correct >= row.target,
                "samples": row.samples,
            }
            for row in self.rows
        ]
        return {"rows": rows, "seconds": round(self.seconds, 1)}

    def as_table(self) -> str:
        """The table as text, one row a line."""
        width = max(len(row.test) for row in self.rows)
        lines = [f"{'test':<{width}}  correct   target  samples"]
        for row in self.rows:
            mark = "" if row.correct >= row.target else "  missed"
            figures = f"{row.correct:7.2%}  {row.target:7.1%}  {row.samples:7d}{mark}"
            lines.append(f"{row.test:<{width}}  {figures}")
        return "\n".join(lines)


def evaluate(
    data: Path | None,
    strokes: Path | None,
    weights: Path | None = None,
    *,
    seed: int = 1,
    progress: bool = True,
) -> Evaluation:
    """The table for a weights file (None: the program's own); without ``strokes``, without its row.

    Raises UserError for data or weights that cannot be read.
    """
    net = LeNet5()
    net.load_numpy(load_weights(weights))
    return evaluate_net(net.eval(), data, strokes, seed=seed, progress=progress)


def evaluate_net(
    net: LeNet5,
    data: Path | None,
    strokes: Path | None,
    *,
    seed: int = 1,
    progress: bool = True,
) -> Evaluation:
    """The same for a network at hand."""
    pens = None if strokes is None else split_writers(load_pen_digits(strokes))[1]
    return measure(net, load_mnist(data, test=True), pens, seed=seed, progress=progress)


def measure(
    net: LeNet5,
    digits: Digits,
    pens: list[PenDigit] | None,
    *,
    strings: int = STRINGS,
    seed: int = 1,
    progress: bool = True,
) -> Evaluation:
    """The table for the digits given, each row with random numbers of its own."""
    began = time.perf_counter()
    tests = list(_tests(net, digits, pens, strings))
    rows = []
    for number, (name, target, test) in enumerate(tqdm(tests, disable=not progress, unit="test")):
        right = test(np.random.default_rng([seed, number]))
        rows.append(Row(name, float(np.mean(right)), len(right), target))
    return Evaluation(tuple(rows), time.perf_counter() - began)


_Test = Callable[[np.random.Generator], NDArray[np.bool_]]


def _tests(
    net: LeNet5, digits: Digits, pens: list[PenDigit] | None, strings: int
) -> Iterator[tuple[str, float, _Test]]:
    """(name, figure to reach, test): a test says for each of its samples whether it was read."""
    images = (digits.images / np.float32(255)).astype(np.float32)
    labels = digits.labels.astype(np.int64)
    none = np.full(len(labels), NONE_CLASS)

    def windows(make: Callable[[np.random.Generator], Images], truth: NDArray[np.int64]) -> _Test:
        return lambda rng: classify(net, make(rng)) == truth

    def warped(**ranges: tuple[float, float]) -> _Test:
        return windows(lambda rng: _warped(images, rng, ranges), labels)

    def whole(gaps: tuple[int, int], heights: tuple[int, ...]) -> _Test:
        return lambda rng: _read_strings(net, images, labels, rng, gaps, heights, strings)

    yield "MNIST test, centred", 0.994, windows(lambda rng: _centred(images), labels)
    if pens is not None:
        truth = np.array([pen.label for pen in pens], np.int64)
        drawn = pens
        yield "pen strokes", 0.985, windows(lambda rng: render_pens(drawn, rng), truth)
    yield "shift ±6, ±3 px", 0.985, windows(lambda rng: _shifted(images, rng), labels)
    yield "scale 0.6…1.4", 0.97, warped(scale=(0.6, 1.4))
    yield "rotation ±40°", 0.93, warped(angle=(-40, 40))
    yield "squeeze 0.7…1.4", 0.97, warped(squeeze=(0.7, 1.4))
    yield "slant ±0.4", 0.97, warped(slant=(-0.4, 0.4))
    yield "stroke width −1…+1.5 px", 0.97, windows(lambda rng: _penned(images, rng), labels)
    yield "Gaussian noise 0.3", 0.95, windows(lambda rng: _gaussian(images, rng), labels)
    yield "salt and pepper 10 %", 0.95, windows(lambda rng: _salted(images, rng), labels)
    yield "blank", 0.98, windows(lambda rng: _blank(len(labels), rng), none)
    yield "only digits ≥ 10 px off", 0.98, windows(lambda rng: _far_off(images, rng), none)
    yield "strings, gaps 0…12 px", 0.95, whole((0, 12), (WINDOW,))
    yield "strings, overlaps 1…5 px", 0.85, whole((-5, -1), (WINDOW,))
    yield "strings, 48 or 64 rows", 0.93, whole((0, 12), (48, 64))


def log_probs(net: LeNet5, canvases: Images) -> Images:
    """(B, 11, H′, W′) of canvases (B, H, W)."""
    with torch.no_grad():
        output = net(torch.from_numpy(canvases).unsqueeze(1))["output"]
    return np.asarray(output.numpy())


def classify(net: LeNet5, windows: Images) -> NDArray[np.int64]:
    """The likeliest class of each window (N, 32, 32)."""
    parts = [
        log_probs(net, windows[start : start + BATCH]).argmax(1)[:, 0, 0]
        for start in range(0, len(windows), BATCH)
    ]
    return np.concatenate(parts)


def _centred(images: Images) -> Images:
    margin = (WINDOW - images.shape[1]) // 2
    return np.pad(images, ((0, 0), (margin, margin), (margin, margin)))


def render_pens(pens: list[PenDigit], rng: np.random.Generator) -> Images:
    """Pen digits, 20 px high by their path, pens 1.8 … 3 px, centred by their bounding box."""
    windows = np.zeros((len(pens), WINDOW, WINDOW), np.float32)
    for window, pen in zip(windows, pens, strict=True):
        width = float(rng.uniform(1.8, 3))
        strokes = [Stroke(s + WINDOW / 2, width) for s in fit(pen, 20, WINDOW - 4)]
        window[:] = rasterize(strokes, WINDOW, WINDOW)
    return windows


def _moved(image: Images, x: int, y: int, height: int, width: int) -> Images:
    """A blank (height, width) with the image's top left corner at (y, x), cut off at the edges."""
    canvas = np.zeros((height, width), np.float32)
    rows, columns = image.shape
    y0, x0, y1, x1 = max(0, y), max(0, x), min(height, y + rows), min(width, x + columns)
    if y1 > y0 and x1 > x0:
        canvas[y0:y1, x0:x1] = image[y0 - y : y1 - y, x0 - x : x1 - x]
    return canvas


def _shifted(images: Images, rng: np.random.Generator) -> Images:
    x = rng.integers(-3, 4, len(images)) + 2
    y = rng.integers(-6, 7, len(images)) + 2
    return np.stack([_moved(*one, WINDOW, WINDOW) for one in zip(images, x, y, strict=True)])


def _far_off(images: Images, rng: np.random.Generator) -> Images:
    """Every digit 10 … 20 px off along one axis and anywhere along the other."""
    far = rng.integers(10, 21, len(images)) * rng.choice([-1, 1], len(images))
    free = rng.integers(-20, 21, len(images))
    sideways = rng.random(len(images)) < 0.5
    x, y = np.where(sideways, far, free) + 2, np.where(sideways, free, far) + 2
    return np.stack([_moved(*one, WINDOW, WINDOW) for one in zip(images, x, y, strict=True)])


def _blank(count: int, rng: np.random.Generator) -> Images:
    """Half of them empty but for noise of the strengths above: σ up to 0.3, or salt and pepper."""
    windows = np.zeros((count, WINDOW, WINDOW), np.float32)
    noisy = windows[: count // 2]
    noisy += rng.normal(size=noisy.shape) * rng.uniform(0, 0.3, (len(noisy), 1, 1))
    salted = windows[count // 2 : 3 * count // 4]
    salted[rng.random(salted.shape) < rng.uniform(0, 0.05, (len(salted), 1, 1))] = 1
    return np.clip(windows, 0, 1)


def _gaussian(images: Images, rng: np.random.Generator) -> Images:
    windows = _centred(images)
    noise = rng.standard_normal(windows.shape, np.float32)
    return np.clip(windows + np.float32(0.3) * noise, 0, 1)


def _salted(images: Images, rng: np.random.Generator) -> Images:
    windows, u = _centred(images), rng.random((len(images), WINDOW, WINDOW))
    windows[u < 0.05] = 0
    windows[u > 0.95] = 1
    return windows


def _warped(
    images: Images, rng: np.random.Generator, ranges: dict[str, tuple[float, float]]
) -> Images:
    """Scaled, turned, squeezed or slanted about the centre, as viz.scene.Transform does it."""
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
    inputs = torch.from_numpy(_centred(images)).unsqueeze(1)
    done = []
    for start in range(0, count, BATCH):
        part = inputs[start : start + BATCH]
        grid = F.affine_grid(theta[start : start + BATCH], list(part.shape), align_corners=False)
        done.append(F.grid_sample(part, grid, align_corners=False)[:, 0])
    return np.asarray(torch.cat(done).numpy())


def _penned(images: Images, rng: np.random.Generator) -> Images:
    """Strokes thinned by up to 1 or thickened by up to 1.5 px: grey erosion or dilation with a
    disc, of whole quarters of a pixel in diameter, at four times the resolution.
    """
    inputs = torch.from_numpy(_centred(images)).unsqueeze(1)
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
    """A canvas (height, W) of digits (n, 28, 28) side by side, n − 1 gaps between their inks.

    The digits' 28×28 squares begin at row ``top``; blank columns on both sides of the ink are
    ``margin`` wide. Ink adds up where it overlaps, clipped to 1.
    """
    inked = images.max(1) > 0
    first = inked.argmax(1)
    last = images.shape[2] - 1 - inked[:, ::-1].argmax(1)
    corners, end = [], margin
    for number in range(len(images)):
        start = end if number == 0 else end + int(gaps[number - 1])
        corners.append(start - int(first[number]))
        end = start + int(last[number] - first[number]) + 1
    canvas = np.zeros((height, max(WINDOW, end + margin)), np.float32)
    for image, corner in zip(images, corners, strict=True):
        canvas += _moved(image, corner, top, *canvas.shape)
    return np.minimum(canvas, 1)


def _read_strings(
    net: LeNet5,
    images: Images,
    labels: NDArray[np.int64],
    rng: np.random.Generator,
    gaps: tuple[int, int],
    heights: tuple[int, ...],
    count: int,
) -> NDArray[np.bool_]:
    canvases, truths = draw_strings(images, labels, rng, gaps, heights, count)
    right = [
        read(log_probs(net, canvas[None])[0]).text == truth
        for canvas, truth in zip(canvases, truths, strict=True)
    ]
    return np.array(right)


def draw_strings(
    images: Images,
    labels: NDArray[np.int64],
    rng: np.random.Generator,
    gaps: tuple[int, int],
    heights: tuple[int, ...],
    count: int,
) -> tuple[list[Images], list[str]]:
    """Canvases of 2 … 5 random digits and what they should read.

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
        margin = int(rng.integers(10, 17))
        canvases.append(string_canvas(images[chosen], between, height, top, margin))
        truths.append("".join(map(str, labels[chosen])))
    return canvases, truths
