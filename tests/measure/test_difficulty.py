"""Difficulty: each trouble of constructed drawings, and none of what is read."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from viz.engine.compute import Nets
from viz.measure.difficulty import (
    Competing,
    Difficulty,
    OddSize,
    OutOfReach,
    difficulty,
    known_height,
)
from viz.measure.reading import read
from viz.nets.lenet5 import lenet5
from viz.scene import Group, ImageLayer, Scene, Stroke, rasterize_scene
from viz.scene.digits import HANDWRITINGS, digit, number


def found(nets: Nets, scene: Scene, network: str = "max") -> Difficulty | None:
    net = nets(network)
    with torch.inference_mode():
        output = net(torch.from_numpy(rasterize_scene(scene))[None, None])["output"][0]
    return difficulty(scene, net.architecture, read(output.numpy()))


@pytest.mark.parametrize("hand", HANDWRITINGS)
def test_shipped_digits_of_usual_sizes_have_none(nets: Nets, hand: str) -> None:
    for value, height in product(range(10), (12, 20, 26)):
        assert found(nets, Scene(32, 64, (digit(value, hand, height_px=height),))) is None
    for gap in (2.0, 8.0):
        assert found(nets, number("4782", hand, gap_px=gap)) is None


def test_a_blank_canvas_and_a_dot_have_none(nets: Nets) -> None:
    dot = Group.of([Stroke([[3, 3], [3.5, 3]], 1.0)])
    assert found(nets, Scene(32, 64)) is None
    assert found(nets, Scene(32, 64, (dot,))) is None


@pytest.mark.parametrize("centre", [(4, 16), (60, 16), (16, 30)])
def test_outside_the_reach(nets: Nets, centre: tuple[int, int]) -> None:
    three = digit(3, centre=centre)
    assert found(nets, Scene(32, 64, (three,))) == OutOfReach(whole=True)
    assert found(nets, Scene(32, 96, (digit(7, centre=(48, 16)), three))) == (
        OutOfReach(whole=False) if centre != (60, 16) else None
    )


@pytest.mark.parametrize("height", [5, 46])
def test_too_small_and_too_large(nets: Nets, height: int) -> None:
    trouble = found(nets, Scene(64, 64, (digit(5, centre=(32, 32), height_px=height),)))
    assert isinstance(trouble, OddSize) and trouble.known == 20
    assert trouble.height == pytest.approx(height + 2.4, abs=0.4), "the pen's width included"


def test_the_bar_of_a_5_is_no_small_digit(nets: Nets) -> None:
    five = digit(5, centre=(32, 16))
    parts = tuple(Group.of([stroke]) for stroke in five.strokes)
    assert len(parts) > 1 and found(nets, Scene(32, 64, parts)) is None
    one_large = digit(5, "slanted", centre=(32, 32), height_px=48)
    parts = tuple(Group.of([stroke]) for stroke in one_large.strokes)
    assert isinstance(found(nets, Scene(64, 64, parts)), OddSize)


def test_several_digits_in_one_item_are_not_measured_as_one(nets: Nets) -> None:
    rows = [digit(value, centre=(32, y)) for value, y in ((3, 16), (7, 44))]
    strokes = [stroke for group in rows for stroke in group.placed]
    assert found(nets, Scene(64, 64, (Group.of(strokes, "37"),))) is None
    picture = ImageLayer(np.zeros((60, 60), np.float32), (32, 32))
    assert found(nets, Scene(64, 64, (picture,))) is None


def test_two_digits_over_each_other_compete(nets: Nets) -> None:
    scene = Scene(32, 64, (digit(5, centre=(32, 16)), digit(3, centre=(36, 16))))
    trouble = found(nets, scene)
    assert isinstance(trouble, Competing)
    (first, share), (second, other) = trouble.shares
    assert first != second and 0 < other <= share <= 1


def test_a_smaller_window_knows_smaller_digits() -> None:
    assert known_height(lenet5()) == 20
