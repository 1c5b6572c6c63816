"""The shown window: calm while two compete, of the part's digit, held when asked to be."""

from __future__ import annotations

import numpy as np

from viz.measure.part import Part
from viz.measure.shown_window import ShownWindow
from viz.scene import Scene
from viz.scene.digits import number

NONE, THREE, ONE = (0, 4), (0, 2), (0, 6)


def output(three: float, one: float) -> np.ndarray:
    found = np.full((11, 1, 9), np.log(1e-3), np.float32)
    found[10] = np.log(0.99)
    found[3, 0, 2], found[1, 0, 6] = np.log(three), np.log(one)
    return found


def test_without_a_part_it_is_the_surest_until_another_is_surer_by_far() -> None:
    shown, scene = ShownWindow(), number("31")
    assert shown.of(scene, output(0.9, 0.8), None) == THREE
    assert shown.of(scene, output(0.3, 0.9), None) == THREE
    assert shown.of(scene, output(0.2, 0.9), None) == ONE
    assert shown.of(scene, output(0.9, 0.5), None) == ONE
    assert shown.of(scene, output(0.4, 0.01), None) == ONE  # none is sure of a digit
    shown.start(None)
    assert shown.of(scene, output(0.9, 0.5), None) == THREE


def test_the_part_s_digit_is_the_nearest_that_is_seen() -> None:
    shown, scene = ShownWindow(), number("31")
    assert shown.of(scene, output(0.5, 0.9), Part(0, 1)) == THREE
    assert shown.of(scene, output(0.5, 0.9), Part(1, 0)) == ONE
    assert shown.of(scene, output(0.5, 0.9), Part(5)) == ONE  # there is none such


def test_it_is_held_while_the_scene_is_the_same() -> None:
    shown, scene = ShownWindow(), number("31")
    shown.of(scene, output(0.9, 0.1), None)
    shown.hold(NONE, scene)
    assert shown.of(scene, output(0.9, 0.1), None) == NONE
    assert shown.of(Scene(items=scene.items), output(0.9, 0.1), None) == THREE
    shown.hold(NONE, scene)
    shown.release()
    assert shown.of(scene, output(0.9, 0.1), None) == THREE
    shown.hold((0, 30), scene)  # of a wider canvas
    assert shown.of(scene, output(0.9, 0.1), None) == THREE
