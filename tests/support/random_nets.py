"""Networks and windows at random, for the tests: what holds for them holds for any weights."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5
from viz.nets.network import Network
from viz.nets.networks import TrainedNetwork

POOLINGS = ("max", "average", "blur")


def random_net(pooling: str, seed: int = 1) -> Network:
    """A LeNet-5 with this pooling; see ``random_network``."""
    return random_network(lenet5(pooling), seed)


def random_network(architecture: Architecture, seed: int = 1) -> Network:
    """Random weights and biases, as large as trained ones, so that no answer stays the same."""
    generator = torch.Generator().manual_seed(seed)
    net = Network(architecture)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            # Of weights of each place's own the last two axes are places
            fan_in = math.prod(parameter.shape[1:4]) if name.endswith("weight") else 4
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * fan_in**-0.5 * 1.4)
    return net.eval()


def three_convolutions() -> Architecture:
    """No pooling, and a stride of 2 in all: three convolutions, one with a step and padding, and a
    fully connected layer."""
    return Architecture(
        (
            Layer("K1", "conv", 8, 3, activation="relu"),
            Layer("K2", "conv", 12, 3, 2, 1, activation="relu"),
            Layer("K3", "conv", 16, 3, activation="relu"),
            Layer("D4", "dense", 24, activation="relu"),
            Layer("output", "dense", 11, activation="log-softmax"),
        )
    )


def unshared() -> Architecture:
    """A network that is not fully convolutional: of 16×16 units, each of 2×2 pixels, whose first
    layer has weights and biases of each place's own."""
    return Architecture(
        (
            Layer("U1", "conv", 4, 5, 2, unshared=("weights", "biases"), activation="tanh"),
            Layer("D2", "dense", 12, activation="tanh"),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        side=16,
        scale=2,
        none=False,
    )


def random_window(seed: int = 0, side: int = 32) -> np.ndarray:
    """Every pixel inked, so that something is cut off by every shift."""
    return np.random.default_rng(seed).random((side, side), np.float32)


def open_random(monkeypatch: pytest.MonkeyPatch, architecture: Architecture, seed: int = 1) -> str:
    """Make a network with random weights known, as one that was opened is, until the test ends;
    returns its name."""
    name = f"random {hash(architecture)} {seed}"  # of the same network in every test
    net = random_network(architecture, seed)
    weights = {key: value.numpy() for key, value in net.state_dict().items()}
    windows = torch.rand(8, 1, architecture.window, architecture.window)
    network = TrainedNetwork(name, architecture, weights, net.colour_scales(windows))
    monkeypatch.setitem(networks.opened, name, network)
    return name
