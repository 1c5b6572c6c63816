"""Sliding window: one pass over a whole canvas against one crop per window, what each costs.

A fully convolutional network without padding gives in one pass the outputs that it would give to
every window cut out and run alone: LeNet-5's windows share all but 4 of their 32 columns, and one
pass computes what they share once. Both costs are counted (multiply-adds, by the layer table) and
measured (medians of milliseconds), and the outputs compared one by one. With padding they differ:
what it adds at the border of a crop is not what lies there on the canvas. A network that is no
convolution all through has no other pass than a crop per window.

Source: Matan, Burges, LeCun, Denker, "Multi-digit recognition using a space displacement neural
network", NIPS 4 (1992).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from viz.i18n import tr
from viz.nets.architecture import Architecture

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Ablation, Network

Floats = NDArray[np.float32]

BATCH = 16
"""Crops that are run at a time: fewer cost more each, many more are no faster (measured)."""

REPEATS, LEAST_REPEATS, MOST_CROPS = 7, 3, 2000
"""How often both ways are timed, in turns, so that what slows the machine down for a while slows
down both; of wide canvases less often, but for so many crops in all. The medians count, since a
single time may be several times too long (×2.38 and ×9.84 were told of one canvas)."""

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

    Each has the network's rim, if any, on every side. Beyond the canvas as the network goes on.
    """
    rim, stride, window = architecture.rim, architecture.stride, architecture.window
    rows, columns = architecture.windows(*image.shape)
    # With a remainder of strides the last window may end some pixels beyond the canvas
    beyond = [
        max(0, (count - 1) * stride + window - size)
        for count, size in zip((rows, columns), image.shape, strict=True)
    ]
    if rim or any(beyond):
        image = np.pad(image, [(rim, rim + more) for more in beyond], architecture.beyond)
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
    """What was measured so far. ``done`` of ``windows`` windows have been compared as crops.

    ``one_pass`` and ``crops``: the milliseconds of each repeat, both ways one after the other, of
    ``repeats`` in the end; before the first repeat one estimate each. ``difference``: the largest
    so far between the two outputs (log-probabilities), at the window ``where`` (row, column).
    """

    height: int
    width: int
    architecture: Architecture
    done: int
    windows: int
    one_pass: tuple[float, ...]
    crops: tuple[float, ...]
    repeats: int
    difference: float
    where: tuple[int, int]
    estimated: bool = False
    """Whether the times are those of the comparison, not of repeats."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as long the crops took, in each repeat."""
        pairs = zip(self.crops, self.one_pass, strict=True)
        return tuple(crops / max(one, 1e-9) for crops, one in pairs)


def median(times: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(times)


def quartiles(times: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the middle half."""
    low, high = np.quantile(times, (0.25, 0.75)).tolist()
    return low, high


def repeats_of(windows: int) -> int:
    """Return how often both ways are timed on a canvas of so many windows."""
    return min(REPEATS, max(LEAST_REPEATS, MOST_CROPS // windows))


def compare(
    net: Network,
    image: Floats,
    ablated: Mapping[str, frozenset[int]] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Cost | None]:
    """Measure both ways on ``image`` (H, W): a Cost after every batch of crops, while outputs are
    compared, and one after every repeat, the last one complete.

    Yields None between passes, where there is nothing new to tell but others may have their turn.
    """
    import torch

    height, width = image.shape
    _, columns = net.architecture.windows(height, width)
    x = torch.from_numpy(np.array(image))[None, None]

    def one_pass() -> tuple[Tensor, float]:
        start = clock()
        with torch.inference_mode():
            output = net(x, ablated)["output"]
        return output, (clock() - start) * 1e3

    output, once = one_pass()
    yield None
    whole = output[0].flatten(1).T.numpy()  # (n, classes)
    windows, spent, done, difference, where = len(whole), 0.0, 0, 0.0, (0, 0)
    repeats, batches = repeats_of(windows), per_window(net, image, ablated)

    def cost(one: Sequence[float], many: Sequence[float], *, estimated: bool = False) -> Cost:
        return Cost(
            height, width, net.architecture, done, windows, tuple(one), tuple(many), repeats,
            difference, where, estimated,
        )  # fmt: skip

    while done < windows:
        start = clock()
        alone = next(batches)
        spent += (clock() - start) * 1e3
        apart = np.abs(alone - whole[done : done + len(alone)]).max(1)
        worst = int(apart.argmax())
        if apart[worst] > difference:
            difference, where = float(apart[worst]), divmod(done + worst, columns)
        done += len(alone)
        yield cost([once], [spent * windows / done], estimated=True)
    one: list[float] = []
    many: list[float] = []
    for _ in range(repeats):
        one.append(one_pass()[1])
        yield None
        batches, spent, start = per_window(net, image, ablated), 0.0, clock()
        for _ in batches:
            spent += (clock() - start) * 1e3
            yield None
            start = clock()
        many.append(spent)
        yield cost(one, many)
