"""Sliding window: one pass over a whole canvas against one crop per window, what each costs.

A fully convolutional network gives in one pass the outputs that it would give to every 32×32 window
cut out and run alone: neighbouring windows share all but 4 of their columns, and one pass computes
what they share once. Both costs are counted (multiply-adds, by the layer table) and measured
(milliseconds), and the outputs compared one by one.

Source: Matan, Burges, LeCun, Denker, "Multi-digit recognition using a space displacement neural
network", NIPS 4 (1992).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from viz.nets.layers import BY_NAME, LAYERS, WINDOW, Layer

if TYPE_CHECKING:
    from viz.nets.lenet5 import Ablation, LeNet5

Floats = NDArray[np.float32]

BATCH = 16
"""Crops that are run at a time: fewer cost more each, many more are no faster (measured)."""

RUNS = 5
"""How often the one pass is timed, and each batch of a small canvas; the median counts."""

FEW = 4 * BATCH
"""Windows up to which a canvas is small: more are run once, and their noise evens out."""

TOLERANCE = 1e-4
"""Outputs (log-probabilities) that differ by less are called equal: the order of float32 sums."""

STRIDE = BY_NAME["output"].stride


def _computed(layer: Layer, height: int, width: int, pooling: str) -> tuple[int, int]:
    """Units of a layer that are computed, (h, w); with blur pooling, those of the rim, too."""
    _, h, w = layer.shape(height, width)
    if pooling != "blur":
        return h, w
    from viz.nets.lenet5 import BLUR_CROPS

    rim = 2 * BLUR_CROPS.get(layer.name, 0)
    return h + rim, w + rim


def multiply_adds(height: int, width: int, pooling: str = "max") -> dict[str, int]:
    """Multiply-adds of one pass over height × width ≥ 32 pixels, by layer.

    A convolution takes maps·h·w·inputs·k²; biases are additions, and pooling compares or averages,
    so both count 0. With ``"blur"`` the rim that the network computes is counted, too.
    """
    counts = {}
    for layer in LAYERS:
        h, w = _computed(layer, height, width, pooling)
        each = layer.maps * layer.inputs * layer.kernel**2 if layer.operation == "conv" else 0
        counts[layer.name] = each * h * w
    return counts


def formula(height: int, width: int, pooling: str = "max") -> str:
    """The count of ``multiply_adds`` written out, a line per convolution, its numbers put in."""
    lines = []
    for layer in LAYERS:
        if layer.operation == "conv":
            h, w = _computed(layer, height, width, pooling)
            count = multiply_adds(height, width, pooling)[layer.name]
            factors = f"{layer.maps} · {h}×{w} · {layer.inputs} · {layer.kernel}²"
            lines.append(f"{layer.name}: {factors} = {count:,}")
    return "\n".join(lines)


def windows(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of windows on a canvas of height × width ≥ 32 pixels."""
    _, rows, columns = BY_NAME["output"].shape(height, width)
    return rows, columns


def crops(image: Floats, rim: int = 0) -> Floats:
    """Every window of ``image`` (H, W), cut out: a view (n, 1, 32, 32), row by row.

    With ``rim`` each takes this many pixels more on every side, blank beyond the canvas.
    """
    side = WINDOW + 2 * rim
    padded = np.pad(image, rim) if rim else image
    cut = sliding_window_view(padded, (side, side))[::STRIDE, ::STRIDE]
    return cut.reshape(-1, 1, side, side)


def per_window(net: LeNet5, image: Floats, ablated: Ablation | None = None) -> Iterator[Floats]:
    """The log-probabilities of all windows, each from its own crop: batches (≤ 16, 11), in order.

    A window of a network with blur pooling sees 38×38 pixels, so that is what its crops are.
    """
    import torch

    from viz.nets.lenet5 import BLUR_RIM

    blur = net.pooling == "blur"
    cut = crops(image, BLUR_RIM if blur else 0)
    for start in range(0, len(cut), BATCH):
        with torch.inference_mode():
            batch = torch.from_numpy(cut[start : start + BATCH].copy())
            output = net(batch, ablated, rimmed=blur)["output"][..., 0, 0].numpy()
        yield output  # outside: the caller would stay in inference mode until the next batch


@dataclass(frozen=True)
class Cost:
    """What was measured so far. ``done`` of ``windows`` windows have been run as crops.

    ``one_pass_ms``: median over ``RUNS`` passes. ``crops_ms``: all windows as crops, in
    batches of ``BATCH``, each its median where there are at most ``FEW`` windows; while ``done`` <
    ``windows`` an estimate from those done. ``difference``: the largest so far
    between the two outputs (log-probabilities), at the window ``where`` (row, column).
    """

    height: int
    width: int
    pooling: str
    done: int
    windows: int
    one_pass_ms: float
    crops_ms: float
    difference: float
    where: tuple[int, int]


def compare(
    net: LeNet5,
    image: Floats,
    ablated: Mapping[str, frozenset[int]] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Cost | None]:
    """Measure both ways on ``image`` (H, W): a Cost after every batch, the last one complete.

    Yields None between passes, where there is nothing new to tell but others may have their turn.
    """
    import torch

    height, width = image.shape
    _, columns = windows(height, width)
    x = torch.from_numpy(np.array(image))[None, None]
    times = []
    for _ in range(RUNS):
        start = clock()
        with torch.inference_mode():
            output = net(x, ablated)["output"]
        times.append((clock() - start) * 1e3)
        yield None
    whole = output[0].flatten(1).T.numpy()  # (n, 11)
    spent, done, difference, where = 0.0, 0, 0.0, (0, 0)
    passes = [per_window(net, image, ablated) for _ in range(RUNS if len(whole) <= FEW else 1)]
    while done < len(whole):
        times_of_batch = []
        for batches in passes:
            start = clock()
            alone = next(batches)
            times_of_batch.append((clock() - start) * 1e3)
            yield None
        spent += statistics.median(times_of_batch)
        apart = np.abs(alone - whole[done : done + len(alone)]).max(1)
        worst = int(apart.argmax())
        if apart[worst] > difference:
            difference, where = float(apart[worst]), divmod(done + worst, columns)
        done += len(alone)
        yield Cost(
            height,
            width,
            net.pooling,
            done,
            len(whole),
            statistics.median(times),
            spent * len(whole) / done,
            difference,
            where,
        )
