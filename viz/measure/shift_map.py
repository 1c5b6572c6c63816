"""The shift map: what a network answers for every shift of one window, from a single dense pass.

A network with strides sees only some shifts of its input. With pooling and convolution at every
position, and the layers above dilated by the stride that went missing, it computes them all at
once, each number only once: for LeNet-5 on a canvas of 60×60 pixels, the 32×32 of the window in its
middle and blank around,

    C1 20×56×56, S2 20×55×55 (stride 1), C3 50×47×47 (dilated 2), S4 50×45×45 (stride 1, dilated 2),
    C5 500×29×29 (dilated 4), output 11×29×29:  0.6 · 10⁹ multiply-adds instead of 841 · 3.5 · 10⁶.

Every output sees the canvas through its own 32×32 pixels: the window's content, shifted, with blank
coming in on one side and cut off at the other. A network with blur pooling sees 3 pixels more on
each side (see ``viz.nets.lenet5``), so there the content is cut off 3 pixels later.

A network that pads its maps, averages pixels first, or is not fully convolutional, computes
something else of a window than of a larger canvas: it is asked anew for every shift.

The idea is that of "à trous" convolution: Giusti, Cireşan, Masci, Gambardella, Schmidhuber, "Fast
image scanning with deep max-pooling convolutional neural networks", ICIP 2013.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]
Classes = NDArray[np.intp]
Place = tuple[int, int]
"""(row, column) of a window of the output."""

REACH = 14
"""Pixels to each side that a shift map covers."""

KEPT_RADIUS = 2
"""Pixels to each side within which a small shift should not matter."""

_MOST_UNITS = 8_000_000
"""Windows that are asked together have at most so many activations, or are one."""


def is_dense(architecture: Architecture) -> bool:
    """Tell whether one dense pass computes what a window by itself does."""
    plain = architecture.is_convolutional and architecture.scale == 1
    return plain and not any(
        layer.padding or layer.normalisation or layer.across > 1 or layer.pooling == "min"
        for layer in architecture.layers
    )


def shift_map(
    net: Network, window: Array, reach: int = REACH, ablated: Ablation | None = None
) -> Array:
    """Compute the answers to all whole shifts of ``window`` (side, side) up to ``reach`` pixels.

    Returns log-probabilities (classes, 2·reach + 1, 2·reach + 1), float32: entry [:, reach + dy,
    reach + dx] for the content shifted by dx to the right and dy down. Of LeNet-5 8 ms on one
    thread.
    """
    *_, found = mapping(net, window, reach, ablated)
    assert found is not None
    return found


def mapping(
    net: Network, window: Array, reach: int = REACH, ablated: Ablation | None = None
) -> Iterator[Array | None]:
    """Compute ``shift_map`` in steps: None where others may have their turn, at last the map."""
    if is_dense(net.architecture):
        yield np.asarray(shift_maps(net, window[None], reach, ablated)[0])
    else:
        yield from _asking(net, window, reach, ablated)


def shift_maps(net: Network, windows: Array, reach: int, ablated: Ablation | None = None) -> Array:
    """Compute the shift maps of windows (N, side, side): (N, classes, n, n), n = 2·reach + 1.

    In one pass where that is possible, see ``is_dense``. Raises ValueError for windows of another
    size than the network's.
    """
    import torch
    import torch.nn.functional as F

    from viz.nets.network import activation

    architecture = net.architecture
    if not is_dense(architecture):
        return np.stack([shift_map(net, window, reach, ablated) for window in windows])
    _check(windows.shape[1:], architecture)
    rim, side = reach + architecture.rim, 2 * reach + 1
    seen = side - 1 + architecture.output.field
    dilation = 1
    with torch.inference_mode():  # a copy, because torch does not take read-only arrays
        x = F.pad(torch.from_numpy(np.array(windows)), (rim,) * 4)[:, None, :seen, :seen]
        x = net.entered(x)
        for layer in architecture.layers:
            if layer.operation == "pool":
                x = _pooled(net, layer, x, dilation)
            elif layer.operation == "prototypes":
                x = net.sums(layer, x, dilation, 1)
            else:
                x = _convolved(net, layer, x, dilation)
            x = activation(x, layer.activation)
            if ablated and ablated.get(layer.name):
                x[:, sorted(ablated[layer.name])] = 0.0
            dilation *= layer.step
        # The output at offset o sees the content moved by reach − o: the other way round
        return np.asarray(x.flip(2, 3).numpy())


def forwards(
    net: Network, window: Array, reach: int = REACH, ablated: Ablation | None = None
) -> Array:
    """Compute ``shift_map`` by one forward pass for each shift, in batches of inputs.

    What the dense pass is checked against, and what its speed is compared with.
    """
    *_, found = _asking(net, window, reach, ablated)
    assert found is not None
    return found


def _asking(
    net: Network, window: Array, reach: int, ablated: Ablation | None
) -> Iterator[Array | None]:
    """A forward pass for each shift, None after each batch of them, and the map at last.

    For blur pooling an input is 3 pixels larger on each side, because a window sees so much more.
    """
    import torch

    architecture = net.architecture
    _check(window.shape, architecture)
    side, rim = 2 * reach + 1, architecture.rim
    canvas = np.pad(window, 2 * reach + rim, architecture.beyond)  # type: ignore[call-overload]
    size = architecture.window + 2 * rim
    units = sum(layer.maps * layer.size**2 for layer in architecture.layers)
    batch = max(1, _MOST_UNITS // units)
    shifts, answered = list(np.ndindex(side, side)), []
    for first in range(0, len(shifts), batch):
        some = shifts[first : first + batch]
        inputs = np.empty((len(some), 1, size, size), np.float32)
        for number, (dy, dx) in enumerate(some):
            top, left = 3 * reach - dy, 3 * reach - dx
            inputs[number, 0] = canvas[top : top + size, left : left + size]
        with torch.inference_mode():
            outputs = net(torch.from_numpy(inputs), ablated, rimmed=True)["output"]
        answered.append(outputs[:, :, 0, 0].numpy())
        yield None
    yield np.ascontiguousarray(np.concatenate(answered).T).reshape(-1, side, side)


def window_of(image: Array, place: Place, architecture: Architecture) -> Array:
    """Copy the pixels of ``image`` (H, W) that a window (row, column) sees; blank beyond."""
    top, left = (architecture.stride * at for at in place)
    side = architecture.window
    cut = image[top : top + side, left : left + side]
    return np.pad(cut, [(0, side - length) for length in cut.shape])


def middle_of(place: Place, architecture: Architecture) -> tuple[float, float]:
    """Return (x, y) of a window's middle, in canvas pixels."""
    row, column = place
    half = architecture.window / 2
    return architecture.stride * column + half, architecture.stride * row + half


def place_near(
    middle: tuple[float, float], architecture: Architecture, height: int, width: int
) -> Place:
    """Find the window nearest to a point (x, y) of a canvas of height × width pixels.

    By it networks whose windows differ in size or stride are asked about the same place.
    """
    rows, columns = architecture.windows(height, width)
    x, y = ((at - architecture.window / 2) / architecture.stride for at in middle)
    return min(max(round(y), 0), rows - 1), min(max(round(x), 0), columns - 1)


def answers(log_probs: Array) -> tuple[Classes, Array]:
    """Return the winning class and its probability everywhere: (classes, …) → (…) and (…)."""
    return log_probs.argmax(0), np.exp(log_probs.max(0))


def kept_share(classes: Classes, radius: int = KEPT_RADIUS) -> float:
    """Measure the share of shifts up to ``radius`` px along both axes that keep the answer.

    ``classes`` (n, n), n odd and larger than 2·radius, no shift in the middle, which counts too.
    """
    middle = len(classes) // 2
    near = classes[middle - radius : middle + radius + 1, middle - radius : middle + radius + 1]
    return float((near == classes[middle, middle]).mean())


def _pooled(net: Network, layer: Layer, x: Tensor, step: int) -> Tensor:
    """Pooling at every position of (N, C, H, W), of values ``step`` apart.

    Maximum and average are written with slices, along rows and then columns: 40 times as fast as
    torch's pooling layers at stride 1, and torch's average has no dilation.
    """
    import torch

    from viz.nets.network import pool

    def slide(x: Tensor, size: int, mean: bool) -> Tensor:
        for axis in (3, 2):
            length = x.shape[axis] - step * (size - 1)
            parts = [x.narrow(axis, step * place, length) for place in range(size)]
            x = parts[0]
            for part in parts[1:]:
                x = x + part if mean else torch.maximum(x, part)
            x = x * (1 / size) if mean else x
        return x

    if layer.pooling in ("max", "blur"):
        x = slide(x, layer.kernel, mean=False)
        if layer.pooling == "blur":  # averaging twice is the binomial filter [1 2 1]/4
            x = slide(slide(x, 2, mean=True), 2, mean=True)
    elif layer.pooling in ("average", "subsampling"):
        x = slide(x, layer.kernel, mean=True)
    else:  # every ``step``-th value by itself, and what comes of them put together again
        height, width = (length - step * (layer.kernel - 1) for length in x.shape[2:])
        result = torch.empty(*x.shape[:2], height, width)
        for top, left in np.ndindex(min(step, height), min(step, width)):
            result[..., top::step, left::step] = pool(x[..., top::step, left::step], layer, 1)
        x = result
    if layer.has_weights:
        part = net.get_submodule(layer.name)
        x = x * part.coefficient[:, None, None] + part.bias[:, None, None]  # type: ignore[index]
    return x


def _convolved(net: Network, layer: Layer, x: Tensor, dilation: int) -> Tensor:
    """The sums (N, maps, h, w) of a layer's kernels, dilated, at every position.

    Of many maps as one matrix product, which takes 6 ms for LeNet-5's C5 where conv2d takes 10.
    """
    import torch

    from viz.nets.network import MANY

    if layer.maps < MANY and layer.kernel > 1:
        return net.sums(layer, x, dilation, 1)
    count, maps, height, width = x.shape
    kernel, spread = layer.kernel, dilation * layer.dilation
    reach = spread * (kernel - 1)
    rows, columns = height - reach, width - reach
    x = x.transpose(0, 1)
    of_map, one, down, right = x.stride()
    patches = x.as_strided(
        (maps, kernel, kernel, count, rows, columns),
        (of_map, spread * down, spread * right, one, down, right),
        x.storage_offset(),
    )
    weights, bias = net.weights(layer).flatten(1), net.biases(layer)
    sums = torch.addmm(bias[:, None], weights, patches.reshape(weights.shape[1], -1))
    return sums.view(-1, count, rows, columns).transpose(0, 1)


def _check(shape: tuple[int, ...], architecture: Architecture) -> None:
    """Raise ValueError for a window of another size than the network's."""
    side = architecture.window
    if shape != (side, side):
        raise ValueError(f"a shift map needs windows of {side}×{side} pixels, not {shape}")
