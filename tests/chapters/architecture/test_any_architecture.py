"""Sizes and units of any network that the program can open, as data at random."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import example, given, settings
from random_architectures import architectures, random_network

from viz.chapters.architecture.measure.stack import architecture_sizes
from viz.chapters.architecture.measure.units import absolute_gradients, along, both, related
from viz.chapters.architecture.unit_facts import field_facts
from viz.nets.architecture import Architecture, Layer


@settings(max_examples=15)
@given(architectures())
def test_sizes_are_those_of_the_maps_and_of_the_arrays(architecture: Architecture) -> None:
    side = architecture.window + 5 if architecture.is_convolutional else architecture.window
    net = random_network(architecture)
    with torch.inference_mode():
        maps = net(torch.zeros(1, 1, side, side))
    rows = architecture_sizes(architecture, architecture.window + 5, architecture.window + 5)
    assert [row.shape for row in rows[1:]] == [
        tuple(maps[layer.name].shape[1:]) for layer in architecture.layers
    ]
    assert sum(row.parameters for row in rows) == architecture.parameters
    for row, layer in zip(rows[1:], architecture.layers, strict=True):
        assert all(0 <= seen <= min(side, layer.field) for seen in row.field)


PADDED = Architecture(
    (
        Layer("C1", "conv", 2, padding=1, activation="relu"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    side=5,
    none=False,
)
"""Whose first unit sees nothing but padding."""


@settings(max_examples=15)
@example(PADDED)
@given(architectures())
def test_units_along_x_follow_from_the_layers(architecture: Architecture) -> None:
    width, scale = architecture.window + 5, architecture.scale
    levels = along(architecture, width)
    if architecture.is_convolutional:
        for layer, level in zip(architecture.layers, levels[1:], strict=True):
            found = level.field * scale, level.stride * scale, level.lead * scale
            assert found == (layer.field, layer.stride, layer.lead)
            assert level.units == layer.shape(width, width)[2]
    for number, level in enumerate(levels):
        spans = related(levels, number, level.units - 1)
        assert len(spans) == len(levels)
        for one, span in zip(levels, spans, strict=True):
            assert all(0 <= unit < one.units for unit in span)
        assert all(fact.words for fact in field_facts(levels, (number, 0)))
    assert len(both(levels, 0, levels[0].units - 1)) == len(levels)


@settings(max_examples=8)
@given(architectures())
def test_every_layer_has_an_effective_field(architecture: Architecture) -> None:
    net = random_network(architecture)
    side = architecture.window
    images = np.random.default_rng(1).random((2, side, side), np.float32)
    levels = along(architecture, side)
    for layer, level in zip(architecture.layers, levels[1:], strict=True):
        gradient = absolute_gradients(net, layer, images)
        assert gradient.shape == (layer.field, layer.field) and np.isfinite(gradient).all()
        if layer.fixed or architecture.is_convolutional:
            assert layer.field % level.field == 0
