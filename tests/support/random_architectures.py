"""Architectures at random, for hypothesis: every kind of layer, small enough to be quick.

Only what the program allows is drawn; the sizes are tracked here, not taken from the program.
"""

from __future__ import annotations

import math

import torch
from hypothesis import assume
from hypothesis import strategies as st

from viz.nets.architecture import ACTIVATIONS, Architecture, Layer
from viz.nets.network import Network

MOST_SIDE = 14
SMOOTH = ACTIVATIONS[:-1]  # log-softmax is the output's
POOLINGS = ("max", "average", "lp", "log-prob", "subsampling")


@st.composite
def architectures(
    draw: st.DrawFn, *, unshared: bool | None = None, monotonic: bool = False
) -> Architecture:
    """Any architecture. ``unshared``: one that is not fully convolutional, or one that is.

    ``monotonic``: with positive weights a bright pixel on a blank canvas makes every unit that
    sees it greater, even where a maximum is taken.
    """
    flavour = draw(st.sampled_from(("padded", "blurred"))) if not unshared else "padded"
    if unshared is None:
        unshared = flavour == "padded" and draw(st.booleans())
    ranges = ((0.0, 1.0), (0.2, 0.9), (-0.4, 2.8), (1.0, 0.0))
    blank, ink = draw(st.sampled_from(ranges[:2] if monotonic else ranges))
    scale, none = draw(st.sampled_from((1, 1, 1, 2, 3))), draw(st.booleans())
    side = draw(st.integers(5, MOST_SIDE // min(scale, 2)))
    layers: list[Layer] = []
    maps, size = 1, side
    for number in range(draw(st.integers(0, 4))):
        layer = draw(_layers(f"L{number}", maps, size, flavour, unshared, monotonic))
        size = _size(layer, size)
        maps = layer.maps
        layers.append(layer)
    kind = draw(st.sampled_from(("dense", "conv", "prototypes")))
    layers.append(Layer("output", kind, 10 + none, kernel=size, activation="log-softmax"))
    if unshared and not any(layer.unshared for layer in layers):
        layers[-1] = Layer(
            "output", "conv", 10 + none, size, activation="log-softmax", unshared=("biases",)
        )
    try:
        return Architecture(tuple(layers), side=side, scale=scale, blank=blank, ink=ink, none=none)
    except ValueError as error:  # too large
        assume("are the most" not in str(error))
        raise


def _size(layer: Layer, below: int) -> int:
    if layer.operation == "dense":
        return 1
    reach = layer.kernel + 2 if layer.pooling == "blur" else 1 + layer.dilation * (layer.kernel - 1)
    around = layer.padding + (layer.pooling == "blur")
    return (below + 2 * around - reach) // layer.step + 1


@st.composite
def _layers(
    draw: st.DrawFn,
    name: str,
    inputs: int,
    size: int,
    flavour: str,
    unshared: bool,
    monotonic: bool,
) -> Layer:
    kinds = ("conv", "conv", "conv", "pool", "pool", "dense", "prototypes")
    operation = draw(st.sampled_from(kinds[:-1] if monotonic else kinds))
    rising = [name for name in SMOOTH if name != "absolute"]
    activation = draw(st.sampled_from(rising if monotonic else SMOOTH))
    if operation == "pool":
        blur = flavour == "blurred" and draw(st.booleans())
        # Padding makes border units differ, so a maximum might hide a small change
        smooth = monotonic and flavour == "padded"
        pooling = "blur" if blur else draw(st.sampled_from(POOLINGS[1:] if smooth else POOLINGS))
        return Layer(
            name,
            "pool",
            inputs,
            draw(st.integers(1, min(size, 3))),
            draw(st.integers(1, 3)),
            pooling=pooling,
            p=draw(st.sampled_from((1.0, 2.0, 3.5) if smooth else (1.0, 2.0, 3.5, math.inf))),
            b=draw(st.sampled_from((0.0, 1e-3, 1.0) if smooth else (0.0, 1e-3, 1.0, 20, math.inf))),
            activation=activation if pooling == "subsampling" else "identity",
        )
    maps = draw(st.sampled_from((1, 2, 3, 4, 100)))
    if operation == "dense":
        return Layer(name, "dense", maps, activation=activation)
    padding = draw(st.integers(0, 3)) if flavour == "padded" and draw(st.booleans()) else 0
    kernel = draw(st.integers(1, min(size + 2 * padding, 4)))
    room = max(1, (size + 2 * padding - 1) // max(1, kernel - 1))
    given = {
        "kernel": kernel,
        "step": draw(st.integers(1, 3)),
        "padding": padding,
        "padding_value": draw(st.sampled_from((0.0, 0.25, 0.0 if monotonic else -1.5)))
        if padding
        else 0.0,
        "dilation": draw(st.integers(1, min(3, room))) if draw(st.booleans()) else 1,
        "activation": activation,
    }
    if operation == "prototypes" and activation in ("identity", "relu"):
        given["activation"] = "tanh"  # squares of squares would overflow
    if operation == "conv":
        if draw(st.booleans()):
            rows = st.sets(st.integers(0, inputs - 1), min_size=1, max_size=min(inputs, 5))
            given["connections"] = tuple(tuple(sorted(draw(rows))) for _ in range(maps))
        if unshared:
            given["unshared"] = draw(
                st.sampled_from(((), ("weights",), ("biases",), ("weights", "biases")))
            )
    return Layer(name, operation, maps, **given)


def random_network(architecture: Architecture, seed: int = 0, positive: bool = False) -> Network:
    """A network with weights at random, as large as trained ones; all above 0 if ``positive``."""
    generator = torch.Generator().manual_seed(seed)
    net = Network(architecture)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            layer = architecture.layer(name.partition(".")[0])
            drawn = torch.randn(parameter.shape, generator=generator)
            fan = max(1, layer.links // layer.maps)
            parameter.copy_(drawn.abs() * 0.5 / fan + 0.1 / fan if positive else drawn * fan**-0.5)
    return net.eval()
