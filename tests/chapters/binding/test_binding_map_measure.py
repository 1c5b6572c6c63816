"""The binding map: every composed image is the moved scene rasterised, every answer its forward."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.binding.measure.binding_map import (
    AXES,
    SIDE,
    Composer,
    between,
    binding_map,
    shift_of,
)
from viz.chapters.binding.measure.piece import Piece
from viz.measure.stroke_selection import StrokeSelection, put
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.scene import Noise, Scene, rasterize_scene
from viz.scene.digits import number

PLACES = [(0, 0), (12, 12), (24, 24), (3, 20), (12, 0), (17, 13)]


def window_of(scene: Scene, window: tuple[int, int], edge: int = 0) -> np.ndarray:
    image = np.pad(rasterize_scene(scene), edge)
    top, left = 4 * window[0], 4 * window[1]
    return image[top : top + 32 + 2 * edge, left : left + 32 + 2 * edge]


def piece_about(window: tuple[int, int], edge: int) -> Piece:
    top, left = 4 * window[0] - edge, 4 * window[1] - edge
    return Piece(top, left, 32 + 2 * edge, 32 + 2 * edge, 0, 0, edge)


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("part", [StrokeSelection(0, 0), StrokeSelection(1, 1), StrokeSelection(0)])
@pytest.mark.parametrize(("window", "edge"), [((0, 0), 0), ((0, 3), 0), ((0, 8), 4)])
def test_an_image_is_the_moved_scene(
    axes: str, part: StrokeSelection, window: tuple[int, int], edge: int
) -> None:
    scene = number("31")
    composer = Composer(scene, part, piece_about(window, edge), axes)
    for place in PLACES:
        dx, dy, degrees = shift_of(*place, axes)
        expected = window_of(put(scene, part, dx, dy, degrees), window, edge)
        image = composer.image(*place)
        if degrees:  # turned and shifted, or the other way round: the last bits differ
            assert np.abs(image - expected).max() < 1e-3
        else:
            assert np.array_equal(image, expected)


@pytest.mark.parametrize("edge", [0, 4])
def test_noise_stays_where_it_is(edge: int) -> None:
    scene = replace(number("31"), noise=Noise(0.2, 0.05, 3))
    composer = Composer(scene, StrokeSelection(0, 1), piece_about((0, 2), edge))
    for place in PLACES:
        dx, dy, _ = shift_of(*place, "xy")
        moved = put(scene, StrokeSelection(0, 1), dx, dy)
        assert np.array_equal(composer.image(*place), window_of(moved, (0, 2), edge))


@pytest.mark.parametrize("pooling", ["max", "blur"])
def test_the_map_is_one_forward_per_place(pooling: str) -> None:
    torch.manual_seed(1)
    net = Network(lenet5(pooling))
    scene, part, window = number("31"), StrokeSelection(0, 0), (0, 2)
    ablated = {"C3": {4, 9}}
    maps = binding_map(net, scene, part, window, "xy", ablated)
    results = [result for result in maps if result is not None]
    known = [int(result.known.sum()) for result in results]
    assert known == sorted(set(known)) and (known[0], known[-1]) == (49, SIDE * SIDE)
    last = results[-1]
    for row, column in PLACES:
        dx, dy, _ = shift_of(row, column, "xy")
        image = rasterize_scene(put(scene, part, dx, dy))
        with torch.inference_mode():
            output = net(torch.from_numpy(image)[None, None], ablated)["output"]
        log_probs = output[0, :, 0, 2].numpy()
        assert last.classes[row, column] == log_probs.argmax()
        assert last.probabilities[row, column] == pytest.approx(np.exp(log_probs.max()), rel=1e-4)


@pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)
@pytest.mark.parametrize("window", [(0, 0), (1, 2), (2, 8)])
def test_any_network_answers_as_on_the_whole_canvas(
    architecture: Architecture, window: tuple[int, int]
) -> None:
    net = random_network(architecture)
    scene, part = number("31", height=41), StrokeSelection(0, 0)
    ablated = {architecture.layers[0].name: {1}}
    with torch.inference_mode():
        places = [(12, 12), (24, 4), (4, 20)]
        images = [
            rasterize_scene(put(scene, part, *shift_of(*place, "xy")[:2])) for place in places
        ]
        output = net(torch.from_numpy(np.stack(images))[:, None], ablated)["output"].numpy()
    first = next(filter(None, binding_map(net, scene, part, window, "xy", ablated)))
    for place, log_probs in zip(places, output[:, :, *window], strict=True):
        assert first.known[place] and first.classes[place] == log_probs.argmax()
        assert first.probabilities[place] == pytest.approx(np.exp(log_probs.max()), rel=1e-4)
    assert first.classes.max() < architecture.classes


def test_unanswered_places_lie_between_the_answered_ones() -> None:
    torch.manual_seed(2)
    net = Network(lenet5())
    maps = binding_map(net, number("5"), StrokeSelection(0, 2), (0, 4))
    results = [result for result in maps if result is not None]
    first, last = results[0], results[-1]
    for result in results:  # nothing answered is overwritten by what lies between others
        same = result.probabilities == last.probabilities
        assert same[result.known].all()
        assert (result.classes == last.classes)[result.known].all()
    corners = first.probabilities[np.ix_((16, 20), (16, 20))]
    inner = first.probabilities[16:21, 16:21]
    assert len(set(first.classes[16:21, 16:21].ravel().tolist())) == 1  # all see the same digit
    assert inner[2, 2] == pytest.approx(corners.mean(), rel=1e-5)
    assert inner[1, 0] == pytest.approx(0.75 * corners[0, 0] + 0.25 * corners[1, 0], rel=1e-5)


def test_between_two_classes_neither_is_sure() -> None:
    found = np.zeros((SIDE, SIDE, 2), np.float32)
    found[:, :12, 0] = found[:, 12:, 1] = 1
    whole = between(found, 4)
    assert whole[5, :, 0].tolist() == [1.0] * 9 + [0.75, 0.5, 0.25] + [0.0] * 13
    assert np.array_equal(between(found, 1), found)
