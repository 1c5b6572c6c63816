"""Invariance: a sweep asks the network about scenes really changed so; consistency counts pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from random_architectures import architectures
from random_nets import (
    POOLINGS,
    random_net,
    random_network,
    random_window,
    three_convolutions,
    unshared,
)

from viz.chapters.equivariance.measure.invariance import (
    KINDS,
    Sweep,
    central,
    consistency,
    joined,
    mean_consistency,
    middle_window,
    pairs_kept,
    posed,
    present_value,
    references,
    sweeping,
    swept_items,
    target_class,
    window_probabilities,
)
from viz.measure.shift_map import middle_of, place_near, shift_map
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.scene import Group, ImageLayer, Noise, Scene, Stroke, Transform, rasterize_scene
from viz.scene.digits import digit, number
from viz.scene.hits import bounds_of, item_bounds
from viz.scene.shifts import shifted

SCENES = {
    "one digit": (number("3", height=32, width=32), ()),
    "one of two": (number("31"), (1,)),
    "moved and turned": (
        replace(number("31"), transform=Transform(2.5, -1, 1.1, 12, 1.05, 0.1)),
        (0,),
    ),
}
LENET = lenet5()
MIDDLE = middle_of((0, 0), LENET)


ON_PADDING = Architecture(
    (
        Layer("L0", "conv", 1, kernel=4, dilation=2),
        Layer("L1", "conv", 1, kernel=1, step=3, padding=1),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    side=7,
    none=False,
)
"""Its first output sees nothing but padding, and its field holds less than one window."""


def small() -> Architecture:
    return lenet5(side=28, none=False)


def three_net() -> Network:
    return random_network(three_convolutions())


def sweep(*args: Any) -> Sweep:
    *_, found = sweeping(*args)
    assert found is not None
    return found


def probabilities(net: Network, image: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    with torch.inference_mode():
        output = net(torch.from_numpy(image)[None, None])["output"][0]
    return output[:, place[0], place[1]].exp().numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SCENES)
def test_the_present_value_changes_nothing(kind: str, name: str) -> None:
    scene, selection = SCENES[name]
    present = present_value(scene, selection, kind, MIDDLE)
    assert present is not None
    again = posed(scene, selection, kind, present, MIDDLE)
    assert np.abs(rasterize_scene(again) - rasterize_scene(scene)).max() < 1e-5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SCENES)
def test_a_pose_has_the_value_asked_for(kind: str, name: str) -> None:
    scene, selection = SCENES[name]
    for value in (KINDS[kind].low, KINDS[kind].high * 0.7):
        new = posed(scene, selection, kind, value, MIDDLE)
        assert present_value(new, selection, kind, MIDDLE) == pytest.approx(value, abs=1e-6)


def test_a_shift_is_told_from_the_middle_of_the_window() -> None:
    scene = number("31")
    left, top, right, bottom = item_bounds(scene, 1)
    middle = middle_of((0, 8), LENET)
    assert middle == (48, 16)
    assert present_value(scene, (1,), "dx", middle) == pytest.approx((left + right) / 2 - 48)
    assert present_value(scene, (1,), "dy", middle) == pytest.approx((top + bottom) / 2 - 16)
    new = posed(scene, (1,), "dx", -5.25, middle)
    assert new.items[0] is scene.items[0]  # the other digit stays
    box = item_bounds(new, 1)
    assert (box[0] + box[2]) / 2 == pytest.approx(48 - 5.25)
    assert box[1] == pytest.approx(top)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_one_window_of_a_canvas_answers_as_the_whole_canvas_does(pooling: str) -> None:
    net = random_net(pooling)
    images = np.random.default_rng(4).random((3, 40, 56), np.float32)
    for place in ((0, 0), (2, 6), (1, 3)):
        found = window_probabilities(net, images, place, {"C3": {2}})
        for image, one in zip(images, found, strict=True):
            with torch.inference_mode():
                whole = net(torch.from_numpy(image)[None, None], {"C3": {2}})["output"]
            assert np.abs(one - whole[0, :, place[0], place[1]].exp().numpy()).max() <= 1e-5


@pytest.mark.parametrize("make", [notes, three_convolutions, unshared, small])
def test_one_window_of_any_network_answers_as_the_whole_canvas_does(
    make: Callable[[], Architecture],
) -> None:
    """With padding its place decides what it sees beyond, at the canvas's border and within."""
    net = random_network(make())
    images = np.random.default_rng(4).random((2, 41, 58), np.float32)
    rows, columns = net.architecture.windows(41, 58)
    with torch.inference_mode():
        whole = net(torch.from_numpy(images)[:, None])["output"].exp().numpy()
    for place in ((0, 0), (rows - 1, columns - 1), (rows // 2, 1), (0, columns - 2)):
        found = window_probabilities(net, images, place)
        assert found.shape == (2, net.architecture.classes)
        assert np.abs(found - whole[:, :, place[0], place[1]]).max() <= 1e-5


@settings(max_examples=40)
@given(architectures(), st.integers(0, 99), st.integers(0, 20), st.integers(0, 20))
@example(ON_PADDING, 0, 0, 0)
@example(ON_PADDING, 0, 8, 12)
def test_one_window_is_cut_out_so_that_its_answer_stays_whatever_the_layers(
    architecture: Architecture, seed: int, row: int, column: int
) -> None:
    net, height, width = random_network(architecture, seed), 31, 43
    image = random_window(seed, 43)[:height]
    rows, columns = architecture.windows(height, width)
    place = row % rows, column % columns
    (found,) = window_probabilities(net, image[None], place)
    assert np.abs(found - probabilities(net, image, place)).max() <= 1e-4


def test_networks_with_other_windows_are_asked_through_the_nearest_one() -> None:
    scene, values = number("31"), KINDS["angle"].values(3)
    nets = {"small": random_network(small()), "max": load_pretrained(), "own": three_net()}
    middle = middle_of((1, 7), small())
    found = sweep(nets, scene, (), "angle", middle, values)
    assert found.probabilities["small"].shape == (3, 10)
    assert found.probabilities["max"].shape == (3, 11)
    image = rasterize_scene(posed(scene, (), "angle", float(values[0]), middle))
    for name, place in (("small", (1, 7)), ("max", (0, 6)), ("own", (0, 13))):
        expected = probabilities(nets[name], image, place)
        assert np.abs(found.probabilities[name][0] - expected).max() <= 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_a_sweep_is_what_the_network_says_of_each_pose(kind: str) -> None:
    scene, selection, place = number("31"), (0,), (0, 1)
    middle = middle_of(place, LENET)
    nets = {"max": load_pretrained(), "blur": random_net("blur")}
    values = KINDS[kind].values(5)
    assert values[0] == KINDS[kind].low and values[-1] == KINDS[kind].high
    found = joined(
        [sweep(nets, scene, selection, kind, middle, part) for part in (values[:2], values[2:])]
    )
    assert found.values.tolist() == values.tolist()
    assert found.target == 3
    assert found.present == present_value(scene, selection, kind, middle)
    for name, net in nets.items():
        assert found.probabilities[name].shape == (5, 11)
        for value, answer in zip(found.values, found.probabilities[name], strict=True):
            image = rasterize_scene(posed(scene, selection, kind, float(value), middle))
            assert np.abs(answer - probabilities(net, image, place)).max() <= 1e-5


def test_only_the_network_whose_maps_are_ablated_answers_otherwise() -> None:
    scene, values = number("3", height=32, width=32), KINDS["angle"].values(3)
    nets = {"max": load_pretrained(), "average": load_pretrained("average")}
    ablated = {"average": {"C3": range(50)}}
    plain = sweep(nets, scene, (), "angle", MIDDLE, values).probabilities
    found = sweep(nets, scene, (), "angle", MIDDLE, values, ablated).probabilities
    assert np.array_equal(found["max"], plain["max"])
    assert not np.allclose(found["average"], plain["average"])


def test_noise_on_top_is_the_scene_s_own() -> None:
    scene = replace(number("3"), noise=Noise(0.1, 0.05, seed=7))
    new = posed(scene, (), "sigma", 0.4, MIDDLE)
    assert new.noise == Noise(0.4, 0.05, seed=7)


def test_a_picture_has_no_pen() -> None:
    picture = ImageLayer(np.ones((8, 8), np.float32), (16, 16))
    scene = Scene(32, 32, (picture,))
    assert present_value(scene, (), "width", MIDDLE) is None
    assert posed(scene, (), "width", 3, MIDDLE) == scene
    drawn = Scene(32, 32, (picture, Group.of([Stroke([(1, 1), (9, 9)], 1.5)])))
    assert present_value(drawn, (), "width", MIDDLE) == 1.5
    hollow = replace(drawn, items=(Group((), (5.0, 5.0)), *drawn.items))
    assert present_value(hollow, (), "width", MIDDLE) == 1.5
    assert present_value(hollow, (0,), "width", MIDDLE) is None
    for kind in KINDS:
        posed(hollow, (0,), kind, 1.0, MIDDLE)


def test_an_empty_canvas_can_be_swept() -> None:
    scene = Scene(32, 32)
    assert present_value(scene, (), "dx", MIDDLE) is None
    assert references(scene, (), "dy") == ()
    found = sweep({"max": load_pretrained()}, scene, (), "dx", MIDDLE, KINDS["dx"].values(3))
    assert found.target == 10  # blank is none
    assert np.ptp(found.probabilities["max"], axis=0).max() == 0


def test_the_target_class_is_the_digit_s_name_else_what_was_read() -> None:
    scene = number("31")
    assert target_class(scene, (1,), MIDDLE, 8) == 1
    x = [(box[0] + box[2]) / 2 for box in (item_bounds(scene, 0), item_bounds(scene, 1))]
    over = [(middle, 16.0) for middle in x]
    assert [target_class(scene, (), middle, 8) for middle in over] == [3, 1]
    unnamed = replace(scene, items=(replace(scene.items[0], name=""),))
    assert target_class(unnamed, (), over[0], 8) == 8


def test_references_are_those_published() -> None:
    scene = number("3", height=32, width=32)
    low, high = references(scene, (), "scale")
    assert high / low == pytest.approx(2) and low * high == pytest.approx(1)
    assert references(scene, (), "angle") == (-40, 40)
    box = bounds_of(scene)
    assert box is not None
    height = box[3] - box[1]
    assert references(scene, (), "dy") == pytest.approx((-height / 2, height / 2))
    assert references(scene, (), "dx") == references(scene, (), "sigma") == ()


# Consistency


def test_consistency_is_the_share_of_neighbours_with_the_same_answer() -> None:
    classes = np.zeros((3, 3), np.intp)
    assert consistency(classes) == 1
    classes[1, 1] = 5  # four of the twelve pairs differ
    assert pairs_kept(classes) == (8, 12)
    assert consistency(classes) == pytest.approx(8 / 12)
    assert pairs_kept(np.stack([classes, classes])) == (16, 24)  # maps are no neighbours
    checkered = np.indices((4, 6)).sum(0) % 2
    assert consistency(checkered) == 0
    assert consistency(np.zeros((1, 1), np.intp)) == 1


def test_the_middle_of_a_map() -> None:
    classes = np.arange(49).reshape(7, 7)
    assert central(classes, 0).tolist() == [[24]]
    assert np.array_equal(central(classes, 2), classes[1:6, 1:6])
    assert np.array_equal(central(classes, 3), classes)


def test_the_mean_over_windows_is_that_of_all_their_pairs() -> None:
    net = random_net("max")
    windows = np.stack([random_window(seed) for seed in range(23)])
    steps = list(mean_consistency(net, windows, 2))
    assert [count for count, _ in steps] == [20, 23]
    each = [consistency(shift_map(net, window, 2).argmax(0)) for window in windows]
    assert steps[0][1] == pytest.approx(np.mean(each[:20]))
    assert steps[1][1] == pytest.approx(np.mean(each))
    assert min(each) < 1


def test_no_windows_give_no_figure() -> None:
    assert list(mean_consistency(random_net("max"), np.zeros((0, 32, 32), np.float32))) == []


def test_of_a_wide_number_the_digit_in_the_window_is_swept() -> None:
    wide = number("314159")
    assert swept_items(wide, (), (16, 16), 32) == {0}
    assert swept_items(wide, (), (120, 16), 32) == {5}
    assert swept_items(wide, {2}, (16, 16), 32) == {2}
    assert swept_items(number("3"), (), (32, 16), 32) == frozenset()
    close = number("11", gap_px=4)
    assert swept_items(close, (), (32, 16), 32) == frozenset()
    assert len(swept_items(close, (), (32, 16), 12)) == 1  # too wide for a smaller window


def test_the_middle_window_is_the_one_in_whose_middle_the_drawing_stands() -> None:
    scene = Scene(48, 64, (digit(3, centre=(32.0, 24.0)),))
    assert middle_window(scene, LENET) == (2, 4)
    for x, y, expected in ((1, 1, (2, 4)), (4, -4, (1, 5)), (-60, 60, (4, 0)), (60, -60, (0, 8))):
        assert middle_window(shifted(scene, x, y), LENET) == expected
    assert middle_window(Scene(48, 64), LENET) is None
    assert middle_window(scene, three_convolutions()) == (4, 8)  # every 2 px
    assert middle_window(shifted(scene, 2, -2), small()) == (2, 5)


def test_the_nearest_window_is_its_own_place_and_there_on_every_canvas() -> None:
    for architecture in (LENET, lenet5(side=28), three_convolutions(), unshared()):
        rows, columns = architecture.windows(41, 58)
        for place in np.ndindex(rows, columns):
            assert place_near(middle_of(place, architecture), architecture, 41, 58) == place
    # The last of four windows of 28 px, where there is but one of 32
    assert place_near(middle_of((1, 1), lenet5(side=28)), LENET, 32, 32) == (0, 0)
