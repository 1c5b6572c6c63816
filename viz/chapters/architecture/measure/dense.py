"""A fully connected layer as a convolution, and a convolution as a matrix.

A matrix (maps, inputs·k²) times what is below, flattened, is a convolution by kernels of inputs·k²
whose window is the whole map: row by row the same numbers, so the same sum of products. On a larger
map the product is not defined, and the convolution has more windows. The other way round, a
convolution of n×n values by f×f weights is a matrix of as many rows as there are windows, with the
same f² weights in each and 0 elsewhere.

The product is NumPy's and the convolution torch's, so that one checks the other.

Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86 (1998), section VII; Goodfellow, Bengio, Courville, "Deep Learning", section 9.1.
"""

from __future__ import annotations

import itertools
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

REPEATS = 7
"""How often both ways are timed, in turns; the medians count."""

AT_ONCE = 64
"""Windows that are computed at once, at most: between them other measurements have their turn."""


def dense_layer(architecture: Architecture) -> Layer | None:
    """Return the first layer that sees the whole of the maps below: the one that the notes call
    fully connected. None where there is none that is a plain sum of products."""
    for layer in architecture.layers:
        plain = layer.operation in ("conv", "dense") and not layer.padding and layer.dilation == 1
        if layer.is_vector and plain:
            return layer
    return None


def first_convolution(architecture: Architecture) -> Layer | None:
    """Return the first layer whose sums are those of kernels, if there is one."""
    found = (layer for layer in architecture.layers if layer.operation in ("conv", "dense"))
    return next(found, None)


@dataclass(frozen=True, eq=False)
class Dense:
    """``layer`` as a ``matrix`` (maps, inputs·k²) with ``biases``, over ``values`` (inputs, h, w),
    whose largest size and whether they may be negative is their ``scale``.

    ``done`` of all its ``units`` were computed both ways; the largest differences in both
    precisions. ``refusal`` is NumPy's where it cannot multiply the matrix with all the values,
    flattened. ``milliseconds`` of product and convolution over ``timed`` windows, once known.
    """

    layer: Layer
    matrix: Array
    biases: Array
    values: Array
    scale: tuple[float, bool]
    refusal: str
    done: int = 0
    difference64: float = 0.0
    difference32: float = 0.0
    timed: int = 0
    milliseconds: tuple[float, float] | None = None

    @property
    def windows(self) -> tuple[int, int]:
        """Rows and columns of windows."""
        _, height, width = self.values.shape
        side, step = self.layer.kernel, self.layer.step
        return (height - side) // step + 1, (width - side) // step + 1

    @property
    def units(self) -> int:
        """Units of all maps."""
        rows, columns = self.windows
        return len(self.matrix) * rows * columns

    def window(self, row: int, column: int) -> Array:
        """Return what a window sees, (inputs, k, k)."""
        side, step = self.layer.kernel, self.layer.step
        top, left = row * step, column * step
        return self.values[:, top : top + side, left : left + side]

    def products(self, unit: int, window: tuple[int, int]) -> NDArray[np.float64]:
        """Return the products, in their order, that a unit adds up in a window, (inputs·k²,)."""
        seen = self.window(*window).reshape(-1)
        return np.asarray(self.matrix[unit].astype(np.float64) * seen)


def below(network: Network, layer: Layer, image: Array, maps: Any, origin: Any) -> Array:
    """Return what a layer sees: the maps below, or the canvas ``image`` as the network takes it."""
    import torch

    lower = network.architecture.below(layer)
    if lower is not None:
        return np.asarray(maps[lower.name])
    if not network.architecture.is_convolutional:
        top, left = origin
        side = network.architecture.window
        image = image[top : top + side, left : left + side]
    with torch.inference_mode():
        return np.asarray(network.entered(torch.from_numpy(image.copy())[None, None])[0].numpy())


def scale_below(
    architecture: Architecture, layer: Layer, scales: Mapping[str, float]
) -> tuple[float, bool]:
    """Return the largest size of what a layer sees, by the table that the weights carry, and
    whether it may be negative."""
    lower = architecture.below(layer)
    if lower is not None:
        return scales[lower.name], lower.signed
    ends = architecture.blank, architecture.ink
    return max(map(abs, ends)), min(ends) < 0


def compare(
    network: Network, layer: Layer, values: Array, scale: tuple[float, bool] = (1.0, False)
) -> Iterator[Dense]:
    """Compute all units of a layer both ways, one row of windows after the other, then time it."""
    import torch
    import torch.nn.functional as F

    weights, biases = network.weights(layer).detach(), network.biases(layer).detach().reshape(-1)
    weights = weights.reshape(layer.maps, layer.inputs, layer.kernel, layer.kernel)
    matrix = weights.numpy().reshape(layer.maps, -1)
    result = Dense(layer, matrix, biases.numpy(), values, scale, _refusal(matrix, values))
    rows, columns = result.windows
    step, side = layer.step, layer.kernel
    for row, left in itertools.product(range(rows), range(0, columns, AT_ONCE)):
        count = min(AT_ONCE, columns - left)
        first = left * step
        strip = values[:, row * step :, first : first + (count - 1) * step + side][:, :side]
        seen = sliding_window_view(strip, (side, side), (1, 2))[:, 0, ::step]
        flat = np.ascontiguousarray(seen.transpose(1, 0, 2, 3)).reshape(count, -1)
        largest = []
        for kind in (np.float64, np.float32):
            ours = flat.astype(kind) @ matrix.T.astype(kind) + result.biases.astype(kind)
            with torch.inference_mode():
                x = torch.from_numpy(strip.astype(kind))[None]
                w, b = (part.to(x.dtype) for part in (weights, biases))
                theirs = F.conv2d(x, w, b, step)[0, :, 0].T.numpy()
            largest.append(float(np.abs(ours - theirs).max()))
        result = replace(
            result,
            done=result.done + layer.maps * count,
            difference64=max(result.difference64, largest[0]),
            difference32=max(result.difference32, largest[1]),
        )
        yield result
    part, crops = torch.from_numpy(strip.copy())[None], torch.from_numpy(flat.copy())
    large = weights.reshape(layer.maps, -1)
    times = timed(
        lambda: F.linear(crops, large, biases), lambda: F.conv2d(part, weights, biases, step)
    )
    yield replace(result, timed=count, milliseconds=times)


def _refusal(matrix: Array, values: Array) -> str:
    try:
        matrix[:1] @ values.reshape(-1)
    except ValueError as error:
        return str(error)
    return ""


def timed(*ways: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of milliseconds of two ways, each run ``REPEATS`` times, in turns."""
    import torch

    found: list[list[float]] = [[] for _ in ways]
    with torch.inference_mode():
        for _ in range(REPEATS):
            for way, times in zip(ways, found, strict=True):
                start = time.perf_counter()
                way()
                times.append((time.perf_counter() - start) * 1e3)
    one, other = map(statistics.median, found)
    return one, other


@dataclass(frozen=True, eq=False)
class Banded:
    """A convolution of ``patch`` (n, n) by ``kernel`` (f, f) as a ``matrix`` (windows, n²).

    ``places`` has the number of the weight in each entry, −1 for the zeros. The largest differences
    of product and convolution in both precisions, and milliseconds of both.
    """

    layer: Layer
    number: int
    kernel: Array
    patch: Array
    scale: tuple[float, bool]
    matrix: Array
    places: NDArray[np.int64]
    difference64: float
    difference32: float
    milliseconds: tuple[float, float]


def band(side: int, kernel: int, step: int = 1, dilation: int = 1) -> NDArray[np.int64]:
    """Return for ``side``² values the number of the weight that each window has for each, row by
    row: (windows, side²), −1 where it has none. Raises ValueError where no window fits."""
    reach = dilation * (kernel - 1) + 1
    outputs = (side - reach) // step + 1
    if outputs < 1:
        raise ValueError(f"no window of {reach} fits into {side}")
    places = np.full((outputs, outputs, side, side), -1, np.int64)
    cells = np.arange(kernel**2).reshape(kernel, kernel)
    for row in range(outputs):
        for column in range(outputs):
            top, left = row * step, column * step
            places[row, column, top : top + reach : dilation, left : left + reach : dilation] = (
                cells
            )
    return places.reshape(outputs**2, side**2)


def as_band(
    layer: Layer,
    number: int,
    kernel: Array,
    patch: Array,
    scale: tuple[float, bool] = (1.0, False),
) -> Banded:
    """Compute the convolution of a patch (n, n) by one kernel both ways."""
    import torch
    import torch.nn.functional as F

    places = band(len(patch), len(kernel), layer.step, layer.dilation)
    matrix = np.where(places >= 0, kernel.reshape(-1)[places], np.float32(0))
    largest = []
    for kind in (np.float64, np.float32):
        x, w = (torch.from_numpy(part.astype(kind))[None, None] for part in (patch, kernel))
        theirs = F.conv2d(x, w, None, layer.step, 0, layer.dilation).reshape(-1).numpy()
        ours = matrix.astype(kind) @ patch.reshape(-1).astype(kind)
        largest.append(float(np.abs(ours - theirs).max()))
    whole, flat = torch.from_numpy(matrix), torch.from_numpy(patch.reshape(-1))
    times = timed(lambda: whole @ flat, lambda: F.conv2d(x, w, None, layer.step, 0, layer.dilation))
    return Banded(
        layer, number, kernel, patch, scale, matrix, places, largest[0], largest[1], times
    )


def inked(image: Array, side: int) -> Array:
    """Return the part (side, side) of an image that varies most; a smaller image is padded."""
    image = np.pad(image, [(0, max(0, side - size)) for size in image.shape])
    parts = sliding_window_view(image, (side, side))
    row, column = np.unravel_index(int(parts.std((2, 3)).argmax()), parts.shape[:2])
    return np.ascontiguousarray(parts[row, column], np.float32)


def across(count: int, height: int = 1, width: int = 1, aspect: float = 2.0) -> int:
    """Return how many of so many tiles stand beside each other, to be ``aspect`` times as wide as
    high."""
    return min(count, max(1, int(math.sqrt(aspect * count * height / width))))


def tiles(volume: Array, aspect: float = 2.0) -> Array:
    """Put (c, h, w) side by side, one cell apart, in rows of ``across(c, h, w, aspect)``."""
    count, height, width = volume.shape
    wide = across(count, height, width, aspect)
    down = -(-count // wide)
    whole = np.zeros((down * (height + 1) - 1, wide * (width + 1) - 1), np.float32)
    for place, values in enumerate(volume):
        row, column = divmod(place, wide)
        top, left = row * (height + 1), column * (width + 1)
        whole[top : top + height, left : left + width] = values
    return whole
