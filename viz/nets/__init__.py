"""Networks: LeNet-5, its layer arithmetic, its weights, data and training.

Importing this package does not import torch; asking for a network does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.nets.lenet5 import LeNet5


def load_pretrained(name: str = "max") -> LeNet5:
    """A trained LeNet-5 in evaluation mode: ``name`` is one of ``viz.nets.variants.VARIANTS``.

    Called on a tensor (B, 1, H, W), float32 in [0, 1], ink = 1, H and W at least 32, it returns
    every activation by name; ``["output"]`` is (B, 11, H′, W′) log-probabilities.
    """
    from viz.nets.lenet5 import LeNet5
    from viz.nets.variants import VARIANTS
    from viz.nets.weights import load_weights, pretrained_path

    # Read first: comparisons retry damaged weights with each drawing, 0.3 ms instead of 2
    weights = load_weights(None if name == "max" else pretrained_path(name))
    net = LeNet5(VARIANTS[name].pooling)
    net.load_numpy(weights)
    return net.eval()
