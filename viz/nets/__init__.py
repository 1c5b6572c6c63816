"""Networks: architectures as data, LeNet-5 and its relatives, their weights, data and training.

Importing this package does not import torch; asking for a network does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.nets.network import Network


def load_pretrained(name: str = "max") -> Network:
    """A trained network in evaluation mode: ``name`` is one of ``viz.nets.variants.VARIANTS``.

    Called on a tensor (B, 1, H, W), float32 in [0, 1], ink = 1, H and W at least 32, it returns
    every activation by name; ``["output"]`` is (B, 11, H′, W′) log-probabilities (10 classes of
    the network ``"notes"``).
    """
    from viz.nets import networks

    network = networks.find(name)
    # Read first: comparisons ask for damaged weights with each drawing
    weights = networks.shipped_weights(name) if network is None else network.weights
    from viz.nets.network import Network

    net = Network(networks.architecture(name))
    net.load_numpy(weights)
    return net.eval()
