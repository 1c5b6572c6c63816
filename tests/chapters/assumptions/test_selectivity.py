"""Selectivity: pixels call a moved copy further away than another digit, upper layers nearer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lab import NewLab

from viz.chapters.assumptions.measure.digits import digit_set
from viz.chapters.assumptions.measure.selectivity import (
    distances,
    neighbours,
    with_copy,
    with_digit,
)
from viz.chapters.assumptions.measure.window import box_of, item_in
from viz.engine.compute import Nets
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import digit, number
from viz.scene.hits import item_bounds
from viz.scene.shifts import shifted

WINDOW = (0, 0, 32)


def test_pixels_call_the_copy_further_and_upper_layers_nearer(nets: Nets) -> None:
    for value in range(10):
        found = distances(nets("max"), number(str(value), width=32), WINDOW, 3, None, value)
        assert found is not None and found.digit != value
        assert found.layers == ("", "C1", "S2", "C3", "S4", "C5", "output")
        assert found.copy[0] > found.other[0]
        assert found.copy[5] < found.other[5] and found.copy[6] < found.other[6]


def test_distances_are_relative_and_those_of_the_maps(nets: Nets) -> None:
    net, scene = nets("max"), number("3", width=32)
    found = distances(net, scene, WINDOW, 2, 8, 3)
    assert found is not None and found.digit == 8
    moved = rasterize_scene(with_copy(scene, 0, 2))
    np.testing.assert_array_equal(found.pictures[1], moved)
    np.testing.assert_array_equal(moved[:, 2:], rasterize_scene(scene)[:, :-2])
    with torch.no_grad():
        a, b = (net(torch.from_numpy(found.pictures[k].copy())[None, None])["C3"] for k in (0, 2))
    wanted = (a - b).norm() / (a.norm() ** 2 + b.norm() ** 2).sqrt()
    assert found.other[3] == pytest.approx(float(wanted), abs=1e-5)
    same = distances(net, scene, WINDOW, 0, 3, 3)
    assert same is not None and max(same.copy) < 1e-6


def test_another_digit_stands_in_the_same_place() -> None:
    scene = shifted(
        Scene(32, 64, items=(digit(3, centre=(20, 15)), digit(1, centre=(50, 15)))), 3, 1
    )
    other = with_digit(scene, 0, 8)
    before, after = item_bounds(scene, 0), item_bounds(other, 0)
    assert (before[0] + before[2], before[1] + before[3]) == pytest.approx(
        (after[0] + after[2], after[1] + after[3]), abs=0.1
    )
    assert after[3] - after[1] == pytest.approx(before[3] - before[1], abs=0.1)
    assert other.items[1] is scene.items[1]
    assert item_in(scene, (0, 32, 32)) == 1 and item_in(Scene(32, 32), WINDOW) is None


def test_a_window_lies_within_the_canvas(nets: Nets) -> None:
    architecture = nets("max").architecture
    assert box_of(architecture, (32, 64), (0, 3)) == (0, 12, 32)
    assert box_of(architecture, (32, 64), (9, 90)) == (0, 32, 32)
    assert box_of(architecture, (32, 64), None) == (0, 0, 32)


def test_nearest_neighbours_are_those_of_an_exhaustive_search(nets: Nets) -> None:
    *_, found = (one for one in neighbours(nets("max"), "max", 2) if one is not None)
    digits = digit_set()
    tests = digits.windows(range(found.tests), 32, 2).reshape(found.tests, -1)
    numbers = range(found.tests, found.tests + found.references)
    known = digits.windows(numbers, 32).reshape(found.references, -1)
    nearest = torch.cdist(torch.from_numpy(tests), torch.from_numpy(known)).argmin(1).numpy()
    right = digits.labels[found.tests :][nearest] == digits.labels[: found.tests]
    assert found.right[0] == pytest.approx(right.mean(), abs=0.011)
    assert found.right[0] < 0.8 and found.right[5] > 0.9, "pixels fail, C5 does not"
    again = list(neighbours(nets("max"), "max", 2))
    assert again == [found], "kept"


def test_the_copy_s_shift_and_the_other_digit_are_chosen(new_lab: NewLab) -> None:
    lab = new_lab(number("3", width=32))
    view = lab.show("selectivity", (900, 300))
    assert view.result.distances.digit == 8 and "of the 8" in view.formula()
    view.restore({"shift": 2, "other": "0", "shown": "neighbours"})
    lab.settle()
    assert view.result.distances.digit == 0 and view.result.neighbours.dx == 2
    assert view.known.isVisible() and not view.apart.isVisible()
    assert len(view.known.groups) == 7
