"""Sliding window: one pass over a whole canvas against one crop per window, what each costs.

A fully convolutional network without padding gives in one pass the outputs that it would give to
every window cut out and run alone: LeNet-5's windows share all but 4 of their 32 columns, and one
pass computes what they share once. Both costs are counted (multiply-adds, by the layer table) and
measured (milliseconds), and the outputs compared one by one. With padding they differ: what it adds
at the border of a crop is not what lies there on the canvas. A network that is no convolution all
through has no other pass than a crop per window.

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

from viz.i18n import tr
from viz.nets.architecture import Architecture

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Floats = NDArray[np.float32]

BATCH = 16
"""Crops that are run at a time: fewer cost more each, many more are no faster (measured)."""

RUNS = 5
"""How often the one pass is timed, and each batch of a small canvas; the median counts."""

FEW = 4 * BATCH
"""Windows up to which a canvas is small: more are run once, and their noise evens out."""

TOLERANCE = 1e-4
"""Outputs (log-probabilities) that differ by less are called equal: the order of float32 sums."""


def multiply_adds(architecture: Architecture, height: int, width: int) -> dict[str, int]:
    """Multiply-adds of one pass over height × width pixels, at least a window, by layer.

    A convolution takes maps·h·w·inputs·k²; biases are additions, and pooling compares or averages,
    so both count 0. The rim that blur pooling needs is counted, too.
    """
    return {
        layer.name: layer.multiply_adds(height, width)
        * (_alone(architecture, height, width) if layer.fixed else 1)
        for layer in architecture.layers
    }


def _alone(architecture: Architecture, height: int, width: int) -> int:
    """How many windows there are."""
    rows, columns = architecture.windows(height, width)
    return rows * columns


def formula(architecture: Architecture, height: int, width: int) -> str:
    """The count of ``multiply_adds`` written out, a line per convolution, its numbers put in."""
    counts, lines = multiply_adds(architecture, height, width), []
    for layer in architecture.layers:
        if not layer.links:
            continue
        _, h, w = layer.shape(height, width)
        factors = [str(layer.maps), f"{h + 2 * layer.rim}×{w + 2 * layer.rim}", str(layer.inputs)]
        if layer.connections is not None:
            joined = sum(map(len, layer.connections))
            factors = [tr("{n} connections", n=joined), factors[1]]
        if layer.fixed:
            windows = _alone(architecture, height, width)
            factors.insert(0, tr("{n:,} windows", n=windows))
        factors.append(f"{layer.kernel}²")
        lines.append(f"{layer.name}: {' · '.join(factors)} = {counts[layer.name]:,}")
    return "\n".join(lines)


def crops(architecture: Architecture, image: Floats) -> Floats:
    """Every window of ``image`` (H, W), cut out: a view (n, 1, side, side), row by row.

    With blur pooling each has the network's rim on every side. Blank beyond the canvas.
    """
    rim, stride, window = architecture.rim, architecture.stride, architecture.window
    rows, columns = architecture.windows(*image.shape)
    # With a remainder of strides the last window may end some pixels beyond the canvas
    beyond = [
        max(0, (count - 1) * stride + window - size)
        for count, size in zip((rows, columns), image.shape, strict=True)
    ]
    if rim or any(beyond):
        image = np.pad(image, [(rim, rim + more) for more in beyond])
    side = window + 2 * rim
    cut = sliding_window_view(image, (side, side))[::stride, ::stride][:rows, :columns]
    return cut.reshape(-1, 1, side, side)


def per_window(net: Network, image: Floats, ablated: Ablation | None = None) -> Iterator[Floats]:
    """The log-probabilities of all windows, each from its own crop: batches (≤ 16, classes), in
    order."""
    import torch

    rimmed = net.architecture.rim > 0
    cut = crops(net.architecture, image)
    for start in range(0, len(cut), BATCH):
        with torch.inference_mode():
            batch = torch.from_numpy(cut[start : start + BATCH].copy())
            output = net(batch, ablated, rimmed=rimmed)["output"][..., 0, 0].numpy()
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
    architecture: Architecture
    done: int
    windows: int
    one_pass_ms: float
    crops_ms: float
    difference: float
    where: tuple[int, int]


def compare(
    net: Network,
    image: Floats,
    ablated: Mapping[str, frozenset[int]] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Cost | None]:
    """Measure both ways on ``image`` (H, W): a Cost after every batch, the last one complete.

    Yields None between passes, where there is nothing new to tell but others may have their turn.
    """
    import torch

    height, width = image.shape
    _, columns = net.architecture.windows(height, width)
    x = torch.from_numpy(np.array(image))[None, None]
    times = []
    for _ in range(RUNS):
        start = clock()
        with torch.inference_mode():
            output = net(x, ablated)["output"]
        times.append((clock() - start) * 1e3)
        yield None
    whole = output[0].flatten(1).T.numpy()  # (n, classes)
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
            net.architecture,
            done,
            len(whole),
            statistics.median(times),
            spent * len(whole) / done,
            difference,
            where,
        )
