"""The shift map: what a network answers for every shift of one window, from a single dense pass.

A network with strides sees only some shifts of its input. With pooling at every position, and the
layers above dilated by the stride that went missing, it computes them all at once, each number only
once: on a canvas of 60×60 pixels, the 32×32 of the window in its middle and blank around,

    C1 20×56×56, S2 20×55×55 (stride 1), C3 50×47×47 (dilated 2), S4 50×45×45 (stride 1, dilated 2),
    C5 500×29×29 (dilated 4), output 11×29×29:  0.6 · 10⁹ multiply-adds instead of 841 · 3.5 · 10⁶.

Every output sees the canvas through its own 32×32 pixels: the window's content, shifted, with blank
coming in on one side and cut off at the other. A network with blur pooling sees 3 pixels more on
each side (see ``viz.nets.lenet5``), so there the content is cut off 3 pixels later.

The idea is that of "à trous" convolution: Giusti, Cireşan, Masci, Gambardella, Schmidhuber, "Fast
image scanning with deep max-pooling convolutional neural networks", ICIP 2013.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.layers import BY_NAME, WINDOW

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.lenet5 import Ablation, LeNet5

Array = NDArray[np.float32]
Classes = NDArray[np.intp]

REACH = 14
"""Pixels to each side that a shift map covers."""

KEPT_RADIUS = 2
"""Pixels to each side within which a small shift should not matter."""

_STRIDE = BY_NAME["output"].stride


def shift_map(
    net: LeNet5, window: Array, reach: int = REACH, ablated: Ablation | None = None
) -> Array:
    """The answers to all whole shifts of ``window`` (32, 32) up to ``reach`` pixels.

    Returns log-probabilities (11, 2·reach + 1, 2·reach + 1), float32: entry [:, reach + dy,
    reach + dx] for the content shifted by dx to the right and dy down. 8 ms on one thread.
    """
    return np.asarray(shift_maps(net, window[None], reach, ablated)[0])


def shift_maps(net: LeNet5, windows: Array, reach: int, ablated: Ablation | None = None) -> Array:
    """The shift maps of several windows (N, 32, 32) in one pass: (N, 11, n, n), n = 2·reach + 1."""
    import torch
    import torch.nn.functional as F

    from viz.nets.lenet5 import BLUR_RIM

    if windows.shape[1:] != (WINDOW, WINDOW):
        raise ValueError(f"a shift map needs windows of 32×32 pixels, not {windows.shape[1:]}")
    rim = reach + (BLUR_RIM if net.pooling == "blur" else 0)
    with torch.inference_mode():  # a copy, because torch does not take read-only arrays
        x = F.pad(torch.from_numpy(np.array(windows)), (rim,) * 4)[:, None]
        x = _without(F.relu(net.C1(x)), "C1", ablated)
        x = _without(_pooled(x, net.pooling, 1), "S2", ablated)
        x = F.relu(F.conv2d(x, net.C3.weight, net.C3.bias, dilation=2))
        x = _without(x, "C3", ablated)
        x = _without(_pooled(x, net.pooling, 2), "S4", ablated)
        x = _c5(net, x)  # (500, N·n·n)
        x = _without(F.relu(x)[None], "C5", ablated)[0]
        assert net.output.bias is not None
        x = net.output.weight.view(len(net.output.weight), -1) @ x + net.output.bias[:, None]
        side = 2 * reach + 1
        log_probs = F.log_softmax(x, dim=0).view(-1, len(windows), side, side)
        # The output at offset o sees the content moved by reach − o: the other way round
        return np.asarray(log_probs.transpose(0, 1).flip(2, 3).numpy())


def forwards(
    net: LeNet5, window: Array, reach: int = REACH, ablated: Ablation | None = None
) -> Array:
    """The same as ``shift_map`` by one forward pass for each shift, as one batch of inputs.

    What the dense pass is checked against, and what its speed is compared with. For blur pooling an
    input is 40×40 pixels and its middle window counts, because that sees more than 32×32.
    """
    import torch

    side, edge = 2 * reach + 1, _STRIDE if net.pooling == "blur" else 0
    canvas = np.pad(window, 2 * reach + edge)
    size = WINDOW + 2 * edge
    inputs = np.empty((side * side, 1, size, size), np.float32)
    for number, (dy, dx) in enumerate(np.ndindex(side, side)):
        top, left = 3 * reach - dy, 3 * reach - dx
        inputs[number, 0] = canvas[top : top + size, left : left + size]
    middle = edge // _STRIDE
    with torch.inference_mode():
        output = net(torch.from_numpy(inputs), ablated)["output"][:, :, middle, middle]
        return np.asarray(output.T.reshape(-1, side, side).numpy())


def window_of(image: Array, place: tuple[int, int]) -> Array:
    """A copy of the 32×32 pixels of ``image`` (H, W) that a window (row, column) sees."""
    top, left = _STRIDE * place[0], _STRIDE * place[1]
    return image[top : top + WINDOW, left : left + WINDOW].copy()


def answers(log_probs: Array) -> tuple[Classes, Array]:
    """The winning class and its probability everywhere: (11, …) → (…) and (…)."""
    return log_probs.argmax(0), np.exp(log_probs.max(0))


def kept_share(classes: Classes, radius: int = KEPT_RADIUS) -> float:
    """The share of shifts up to ``radius`` px along both axes that keep the answer of no shift.

    ``classes`` (n, n), n odd and larger than 2·radius, no shift in the middle, which counts too.
    """
    middle = len(classes) // 2
    near = classes[middle - radius : middle + radius + 1, middle - radius : middle + radius + 1]
    return float((near == classes[middle, middle]).mean())


def _without(x: Tensor, layer: str, ablated: Ablation | None) -> Tensor:
    """``x`` (N, C, …), ours to write on, with a layer's ablated maps set to zero."""
    if ablated and ablated.get(layer):
        x[:, sorted(ablated[layer])] = 0.0
    return x


def _pooled(x: Tensor, pooling: str, step: int) -> Tensor:
    """Pooling at every position of (N, C, H, W), of values ``step`` apart.

    Written with slices, along rows and then columns: 40 times as fast as torch's pooling layers at
    stride 1, and torch's average has no dilation.
    """

    import torch

    def pair(x: Tensor, mean: bool) -> Tensor:
        left, right = x[..., :-step], x[..., step:]
        x = (left + right) * 0.5 if mean else torch.maximum(left, right)
        upper, lower = x[..., :-step, :], x[..., step:, :]
        return (upper + lower) * 0.5 if mean else torch.maximum(upper, lower)

    x = pair(x, pooling == "average")
    if pooling == "blur":
        x = pair(pair(x, True), True)
    return x


def _c5(net: LeNet5, x: Tensor) -> Tensor:
    """C5's sums (500, N·n·n), dilated by 4, as one matrix product: 6 ms where conv2d takes 10."""
    import torch

    count, maps, height, width = x.shape
    kernel = BY_NAME["C5"].kernel
    reach = _STRIDE * (kernel - 1)
    rows, columns = height - reach, width - reach
    one, of_map, down, right = x.contiguous().stride()
    patches = x.as_strided(
        (maps, kernel, kernel, count, rows, columns),
        (of_map, _STRIDE * down, _STRIDE * right, one, down, right),
    )
    bias = net.C5.bias
    assert bias is not None
    weights = net.C5.weight.view(len(bias), -1)
    return torch.addmm(bias[:, None], weights, patches.reshape(weights.shape[1], -1))
