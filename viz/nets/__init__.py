"""Networks: LeNet-5, its layer arithmetic, its weights, data and training.

Importing this package does not import torch; asking for a network does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.nets.lenet5 import LeNet5


def load_pretrained() -> LeNet5:
    """The trained LeNet-5 in evaluation mode.

    Called on a tensor (B, 1, H, W), float32 in [0, 1], ink = 1, H and W at least 32, it returns
    every activation by name; ``["output"]`` is (B, 11, H′, W′) log-probabilities.
    """
    from viz.nets.lenet5 import LeNet5
    from viz.nets.weights import load_weights

    net = LeNet5()
    net.load_numpy(load_weights())
    return net.eval()
