"""Illumination: sliders that light the canvas, and what each normalisation leaves of that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import NewLab

from viz.chapters.architecture.demos import UNEVEN
from viz.chapters.architecture.measure.modules import KINDS
from viz.nets.modules import split
from viz.scene import Light
from viz.scene.digits import number


def test_each_normalisation_has_its_window_map_and_answer(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    lab.document.select_window((0, 2))  # the 3's
    view = lab.show("illumination")
    found = view.result
    assert [split(one.network)[1].before for one in found] == list(KINDS)
    assert [one.answer for one in found[:2]] == [10, 3]  # 10: none of the above
    assert found[KINDS.index("divisive")].probability > 0.9
    assert view.windows[0].values.shape == (32, 32) and view.maps[0].values.shape == (28, 28)
    row, column = lab.document.shown_window()
    image = lab.document.snapshot.image
    cut = image[4 * row : 4 * row + 32, 4 * column : 4 * column + 32]
    np.testing.assert_array_equal(view.windows[0].values, cut)
    assert view.maps[4].caption.startswith("3: ") and view.maps[0].caption.startswith("none: ")
    assert view.windows[4].scale.signed and not view.windows[0].scale.signed


def test_a_slider_lights_the_scene_in_one_step(new_lab: NewLab) -> None:
    scene = number("31")
    lab = new_lab(scene)
    view = lab.show("illumination")
    for value in (0.3, 0.5, 0.7):
        view.rows["ramp"].number.setValue(value)
    lab.settle()
    assert lab.document.scene.light == Light(ramp=0.7)
    assert float(lab.document.snapshot.image[:, -1].min()) > 0.68
    assert "0.70 <i>u</i>" in view.formula()
    lab.document.undo_stack.undo()
    assert lab.document.scene == scene and view.rows["ramp"].value == 0
    lab.go(replace(scene, light=Light(background=0.4)))
    assert view.rows["background"].value == pytest.approx(0.4)


def test_the_maps_are_those_of_the_number_that_is_chosen(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    view = lab.show("illumination")
    view.restore({"map": 7})
    view.refresh()
    row, column = lab.document.shown_window()
    of_map = lab.document.snapshot.maps["C1"][7, 4 * row : 4 * row + 28, 4 * column :][:, :28]
    np.testing.assert_allclose(view.maps[0].values, of_map, atol=1e-6)
    view.restore({"map": 99})
    assert view.map.value == 7  # there are twenty


def test_modules_that_are_on_stay_on(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    view = lab.show("illumination")
    lab.document.set_modules(replace(lab.document.modules, activation="tanh"), "on")
    lab.settle()
    assert all(split(one.network)[1].activation == "tanh" for one in view.result)


def test_q_hides_the_answers(new_lab: NewLab) -> None:
    lab = new_lab(UNEVEN)
    view = lab.show("illumination")
    lab.document.view.answer_hidden = True
    assert view.maps[0].caption == ""
