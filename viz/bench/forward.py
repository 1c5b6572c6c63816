"""Our forward pass, which keeps every activation, beside plain eager PyTorch.

Same weights, same input (32×64, the digits 31), one thread as in the live lane, in turns.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from viz.nets import load_pretrained
from viz.nets.network import Network
from viz.scene import digits, rasterize_scene

PAIRS = 600
WARM_UP = 50


def plain(net: Network) -> nn.Sequential:
    """The same layers with the same weights as one would write them without LeNetScope.

    For convolutions with ReLU, and maximum pooling: the main network.
    """
    layers: list[nn.Module] = []
    for layer in net.architecture.layers:
        if layer.operation == "pool":
            layers.append(nn.MaxPool2d(layer.kernel, layer.step))
        elif layer is net.architecture.output:
            layers += net.get_submodule(layer.name), nn.LogSoftmax(dim=1)
        else:
            layers += net.get_submodule(layer.name), nn.ReLU()
    return nn.Sequential(*layers).eval()


def compare(pairs: int = PAIRS) -> dict[str, float]:
    """Median milliseconds of both and their ratio."""
    torch.set_num_threads(1)
    net = load_pretrained()
    eager = plain(net)
    x = torch.from_numpy(rasterize_scene(digits.number("31")))[None, None]
    ours_ms, eager_ms = [], []
    with torch.inference_mode():
        for index in range(pairs + WARM_UP):
            ours = _milliseconds(lambda: net(x)["output"])
            other = _milliseconds(lambda: eager(x))
            if index >= WARM_UP:
                ours_ms.append(ours)
                eager_ms.append(other)
    ours, other = statistics.median(ours_ms), statistics.median(eager_ms)
    return {"ours": ours, "eager": other, "ratio": ours / other}


def _milliseconds(call: Callable[[], Tensor]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    print(json.dumps(compare()))
