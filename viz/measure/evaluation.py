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
from numpy.typing import NDArray
from tqdm import tqdm

from viz.measure.reading import read
from viz.nets.architecture import NONE_CLASS, WINDOW
from viz.nets.data import Digits, load_mnist
from viz.nets.disturbances import (
    BATCH,
    Images,
    blank,
    centred,
    draw_strings,
    far_off,
    gaussian,
    penned,
    render_pens,
    salted,
    shapes,
    shifted,
    warped,
)
from viz.nets.network import Network
from viz.nets.pen import PenDigit, load_pen_digits, split_writers

STRINGS = 2000
"""Strings, or shapes that are no digit, per row of the table."""


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
        """Return for JSON: ``rows``, each with test, correct, error, target, reached, samples."""
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
        """Write the table as text, one row a line."""
        width = max(len(row.test) for row in self.rows)
        lines = [f"{'test':<{width}}  correct   target  samples"]
        for row in self.rows:
            mark = "" if row.correct >= row.target else "  missed"
            figures = f"{row.correct:7.2%}  {row.target:7.1%}  {row.samples:7d}{mark}"
            lines.append(f"{row.test:<{width}}  {figures}")
        return "\n".join(lines)


def evaluate(
    net: Network,
    data: Path | None,
    strokes: Path | None,
    *,
    seed: int = 1,
    progress: bool = True,
) -> Evaluation:
    """Measure the table on digits from files; without ``strokes``, without the row of the pen.

    ``data`` as for ``load_mnist``. Raises UserError for what cannot be read.
    """
    pens = None if strokes is None else split_writers(load_pen_digits(strokes))[1]
    return measure(net, load_mnist(data, test=True), pens, seed=seed, progress=progress)


def measure(
    net: Network,
    digits: Digits,
    pens: list[PenDigit] | None,
    *,
    strings: int = STRINGS,
    seed: int = 1,
    progress: bool = True,
) -> Evaluation:
    """Measure the table on the digits given, each row with random numbers of its own."""
    began = time.perf_counter()
    tests = list(_tests(net, digits, pens, strings))
    rows = []
    for number, (name, target, test) in enumerate(tqdm(tests, disable=not progress, unit="test")):
        right = test(np.random.default_rng([seed, number]))
        rows.append(Row(name, float(np.mean(right)), len(right), target))
    return Evaluation(tuple(rows), time.perf_counter() - began)


_Test = Callable[[np.random.Generator], NDArray[np.bool_]]


def _tests(
    net: Network, digits: Digits, pens: list[PenDigit] | None, strings: int
) -> Iterator[tuple[str, float, _Test]]:
    """(name, figure to reach, test): a test says for each of its samples whether it was read."""
    images = (digits.images / np.float32(255)).astype(np.float32)
    labels = digits.labels.astype(np.int64)
    none = np.full(len(labels), NONE_CLASS)

    def windows(make: Callable[[np.random.Generator], Images], truth: NDArray[np.int64]) -> _Test:
        return lambda rng: classify(net, make(rng)) == truth

    def within(**ranges: tuple[float, float]) -> _Test:
        return windows(lambda rng: warped(images, rng, ranges), labels)

    def whole(gaps: tuple[int, int], heights: tuple[int, ...]) -> _Test:
        return lambda rng: _read_strings(net, images, labels, rng, gaps, heights, strings)

    yield "MNIST test, centred", 0.994, windows(lambda rng: centred(images), labels)
    if pens is not None:
        truth = np.array([pen.label for pen in pens], np.int64)
        drawn = pens
        yield "pen strokes", 0.985, windows(lambda rng: render_pens(drawn, rng), truth)
    yield "shift ±6, ±3 px", 0.985, windows(lambda rng: shifted(images, rng), labels)
    yield "scale 0.6…1.4", 0.97, within(scale=(0.6, 1.4))
    yield "rotation ±40°", 0.93, within(angle=(-40, 40))
    yield "squeeze 0.7…1.4", 0.97, within(squeeze=(0.7, 1.4))
    yield "slant ±0.4", 0.97, within(slant=(-0.4, 0.4))
    yield "stroke width −1…+1.5 px", 0.97, windows(lambda rng: penned(images, rng), labels)
    yield "Gaussian noise 0.3", 0.95, windows(lambda rng: gaussian(images, rng), labels)
    yield "salt and pepper 10 %", 0.95, windows(lambda rng: salted(images, rng), labels)
    yield "blank", 0.98, windows(lambda rng: blank(len(labels), rng), none)
    yield "only digits ≥ 10 px off", 0.98, windows(lambda rng: far_off(images, rng), none)
    nothing = np.full(strings, NONE_CLASS)
    yield "shapes, letters: no digit", 0.95, windows(lambda rng: shapes(strings, rng), nothing)
    yield "strings, gaps 0…12 px", 0.95, whole((0, 12), (WINDOW,))
    yield "strings, overlaps 1…5 px", 0.85, whole((-5, -1), (WINDOW,))
    yield "strings, 48 or 64 rows", 0.93, whole((0, 12), (48, 64))


def log_probs(net: Network, canvases: Images) -> Images:
    """Compute the log-probabilities (B, 11, H′, W′) of canvases (B, H, W)."""
    with torch.no_grad():
        output = net(torch.from_numpy(canvases).unsqueeze(1))["output"]
    return np.asarray(output.numpy())


def classify(net: Network, windows: Images) -> NDArray[np.int64]:
    """Find the likeliest class of windows (N, 32, 32); networks of fewer pixels see the middle."""
    edge = (WINDOW - net.architecture.window) // 2
    windows = windows[:, edge : WINDOW - edge, edge : WINDOW - edge]
    parts = [
        log_probs(net, windows[start : start + BATCH]).argmax(1)[:, 0, 0]
        for start in range(0, len(windows), BATCH)
    ]
    return np.concatenate(parts)


def _read_strings(
    net: Network,
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
