"""What a network is to compute: by plain torch modules, loops and NumPy, in double precision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from viz.nets import pooling as operators
from viz.nets.architecture import Architecture, Layer

Wide = NDArray[np.float64]


@dataclass(frozen=True)
class Reference:
    """The maps by name as a network returns them, and how many weights were multiplied for each."""

    maps: dict[str, Wide]
    multiplied: dict[str, int]


def reference(
    architecture: Architecture, arrays: Mapping[str, NDArray[np.float32]], canvas: Wide
) -> Reference:
    """The maps of a canvas (H, W), of the window's size for unshared weights."""
    rim = architecture.rim
    x = _entered(architecture, np.pad(np.asarray(canvas, np.float64), rim))
    maps: dict[str, Wide] = {}
    multiplied: dict[str, int] = {}
    for layer in architecture.layers:
        inner = slice(layer.rim, -layer.rim or None)
        if layer.has_weights:
            x = _sums(layer, arrays, x)
            maps[f"{layer.name} pre"] = x[:, inner, inner]
            x = _activation(layer.activation, x)
        else:
            x = _pool(layer, x)
        maps[layer.name] = x[:, inner, inner]
        multiplied[layer.name] = _links(layer, arrays) * x.shape[1] * x.shape[2]
    return Reference(maps, multiplied)


def _entered(architecture: Architecture, canvas: Wide) -> Wide:
    scale = architecture.scale
    rows, columns = (side // scale for side in canvas.shape)
    x = np.zeros((1, rows, columns))
    for i in range(rows):
        for j in range(columns):
            x[0, i, j] = canvas[i * scale : (i + 1) * scale, j * scale : (j + 1) * scale].mean()
    return architecture.blank + (architecture.ink - architecture.blank) * x


def _links(layer: Layer, arrays: Mapping[str, NDArray[np.float32]]) -> int:
    """Incoming weights of one place of all maps, those left out not counted."""
    if layer.operation == "pool":
        return 0
    weight = arrays[f"{layer.name}.weight"]
    each = layer.connections or [range(weight.shape[1])] * len(weight)
    return sum(len(inputs) for inputs in each) * weight.shape[2] * weight.shape[3]


def _sums(layer: Layer, arrays: Mapping[str, NDArray[np.float32]], x: Wide) -> Wide:
    if layer.operation == "pool":
        coefficient, bias = (
            arrays[f"{layer.name}.{name}"].astype(np.float64)[:, None, None]
            for name in ("coefficient", "bias")
        )
        return coefficient * _pool(layer, x) + bias
    weight = arrays[f"{layer.name}.weight"].astype(np.float64)
    if layer.connections is not None:
        for number, inputs in enumerate(layer.connections):
            for other in set(range(weight.shape[1])) - set(inputs):
                weight[number, other] = 0
    x = np.pad(
        x, ((0, 0), *((layer.padding, layer.padding),) * 2), constant_values=layer.padding_value
    )
    bias = arrays.get(f"{layer.name}.bias")
    if layer.unshared:
        return _unshared(layer, x, weight, np.asarray(bias, np.float64))
    if layer.operation == "prototypes":
        return _distances(layer, x, weight)
    if layer.operation == "dense":
        return _connected(x, weight, np.asarray(bias, np.float64))
    conv = nn.Conv2d(
        x.shape[0],
        layer.maps,
        layer.kernel,
        layer.step,
        dilation=layer.dilation,
        dtype=torch.float64,
    )
    conv.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    return _apply(conv, x)


def _apply(module: nn.Module, x: Wide) -> Wide:
    with torch.no_grad():
        return np.asarray(module(torch.from_numpy(x)[None])[0].numpy())


def _patches(layer: Layer, x: Wide) -> list[list[Wide]]:
    """By row and column what each unit sees, (inputs, k, k)."""
    reach = 1 + layer.dilation * (layer.kernel - 1)
    return [
        [
            x[:, i : i + reach : layer.dilation, j : j + reach : layer.dilation]
            for j in range(0, x.shape[2] - reach + 1, layer.step)
        ]
        for i in range(0, x.shape[1] - reach + 1, layer.step)
    ]


def _unshared(layer: Layer, x: Wide, weight: Wide, bias: Wide) -> Wide:
    patches = _patches(layer, x)
    result = np.zeros((layer.maps, len(patches), len(patches[0])))
    for i, row in enumerate(patches):
        for j, patch in enumerate(row):
            for number in range(layer.maps):
                own = weight[number, ..., i, j] if "weights" in layer.unshared else weight[number]
                offset = bias[number, i, j] if "biases" in layer.unshared else bias[number]
                result[number, i, j] = (patch * own).sum() + offset
    return result


def _distances(layer: Layer, x: Wide, weight: Wide) -> Wide:
    patches = np.array(_patches(layer, x))
    rows, columns = patches.shape[:2]
    apart = torch.cdist(
        torch.from_numpy(patches.reshape(rows * columns, -1)),
        torch.from_numpy(weight.reshape(len(weight), -1)),
        compute_mode="donot_use_mm_for_euclid_dist",
    )
    return -(apart.numpy() ** 2).T.reshape(-1, rows, columns)


def _connected(x: Wide, weight: Wide, bias: Wide) -> Wide:
    side = weight.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), (1, 2))
    return np.einsum("mcuv,cijuv->mij", weight, windows) + bias[:, None, None]


def _pool(layer: Layer, x: Wide) -> Wide:
    size, step = layer.kernel, layer.step
    if layer.pooling == "max" or (layer.pooling == "log-prob" and math.isinf(layer.b)):
        return _apply(nn.MaxPool2d(size, step), x)
    if layer.pooling in ("average", "subsampling") or (layer.pooling, layer.b) == ("log-prob", 0):
        return _apply(nn.AvgPool2d(size, step), x)
    if layer.pooling == "lp":
        if math.isinf(layer.p):
            return _apply(nn.MaxPool2d(size, step), np.abs(x))
        return _apply(nn.LPPool2d(layer.p, size, step), np.abs(x)) / size ** (2 / layer.p)
    if layer.pooling == "blur":
        binomial = torch.outer(*[torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64)] * 2) / 16
        blur = nn.Conv2d(len(x), len(x), 3, step, groups=len(x), bias=False, dtype=torch.float64)
        blur.load_state_dict({"weight": binomial.expand(len(x), 1, 3, 3)})
        return _apply(blur, _apply(nn.MaxPool2d(size, 1), x))
    operator = operators.Pooling(layer.pooling, size, step, b=layer.b)
    return operators.pool(x.astype(np.float32), operator).astype(np.float64)


def _activation(name: str, x: Wide) -> Wide:
    if name == "relu":
        return np.maximum(x, 0)
    if name == "tanh":
        return np.tanh(x)
    if name == "scaled-tanh":
        return 1.7159 * np.tanh(2 * x / 3)
    if name == "sigmoid":
        return (1 + np.tanh(x / 2)) / 2
    if name == "leaky-relu":
        return np.where(x > 0, x, x / 100)
    if name == "absolute":
        return np.abs(x)
    if name == "log-softmax":
        shifted = x - x.max(0)
        return shifted - np.log(np.exp(shifted).sum(0))
    return x
