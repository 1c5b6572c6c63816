"""Networks: architectures as data, LeNet-5 and its relatives, their weights, data and training.

Importing this package does not import torch; asking for a network does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.nets.variants import MAIN

if TYPE_CHECKING:
    from viz.nets.network import Network


def load_pretrained(name: str = MAIN) -> Network:
    """Load a trained network of ``viz.nets.networks`` in evaluation mode.

    Called on a tensor (B, 1, H, W), float32 in [0, 1], ink = 1, H and W at least 32, it returns
    every activation by name; ``["output"]`` is (B, 11, H′, W′) log-probabilities (10 classes of
    the network ``"notes"``). Raises UserError for damaged weights, KeyError for an unknown name.
    """
    from viz.nets import networks

    weights = networks.weights(name)  # before torch: damaged ones are asked for with each drawing
    import torch

    from viz.nets.network import Network

    with torch.inference_mode(False):  # else one first asked for in that mode has no gradients ever
        return Network(networks.architecture(name), weights)
