"""Networks and windows at random, for the tests: what holds for them holds for any weights."""

from __future__ import annotations

import numpy as np
import torch

from viz.nets.lenet5 import LeNet5

POOLINGS = ("max", "average", "blur")


def random_net(pooling: str, seed: int = 1) -> LeNet5:
    """Random weights and biases, as large as trained ones, so that no answer stays the same."""
    generator = torch.Generator().manual_seed(seed)
    net = LeNet5(pooling)
    with torch.no_grad():
        for parameter in net.parameters():
            fan_in = parameter[0].numel() if parameter.ndim > 1 else 4
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * fan_in**-0.5 * 1.4)
    return net.eval()


def random_window(seed: int = 0) -> np.ndarray:
    """Every pixel inked, so that something is cut off by every shift."""
    return np.random.default_rng(seed).random((32, 32), np.float32)
