"""Three networks about equal in parameters, which differ in what each unit sees and shares.

What chapter 8 compares: fully connected, convolutional, and locally connected without sharing.
Each takes LeNet-5's windows of 32×32 and has ten classes.
"""

from __future__ import annotations

from viz.nets.architecture import Architecture, Layer

DENSE = Architecture(
    (
        Layer("F1", "dense", 50, activation="relu"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    none=False,
)
"""Every hidden unit sees all 1,024 pixels: 51,760 parameters."""

CONVOLUTIONAL = Architecture(
    (
        Layer("C1", "conv", 10, 5, activation="relu"),
        Layer("S2", "pool", 10, 2, 2, pooling="max"),
        Layer("C3", "conv", 20, 5, activation="relu"),
        Layer("S4", "pool", 20, 2, 2, pooling="max"),
        Layer("F5", "dense", 90, activation="relu"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    none=False,
)
"""A small LeNet: a unit sees 5×5 below, and every place has the same kernel: 51,280 parameters."""

LOCAL = Architecture(
    (
        Layer("L1", "conv", 4, 5, 2, unshared=("weights", "biases"), activation="relu"),
        Layer("L2", "conv", 8, 6, 2, unshared=("weights", "biases"), activation="relu"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    none=False,
)
"""A unit sees 5×5 or 6×6 below by weights of its own, every second place has units: 51,394
parameters. At every place, as in the convolutional net, they would be 20,384 a map."""

ARCHITECTURES = {"dense": DENSE, "conv": CONVOLUTIONAL, "local": LOCAL}
"""By the word that the experiments are named by: ``locality-conv``, ``locality-conv-permuted``."""
