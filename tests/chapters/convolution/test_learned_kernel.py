"""A kernel that is learned while one watches: played, stopped, stepped, started again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.convolution.measure.descent import STEPS
from viz.chapters.convolution.measure.kernels import PRESETS
from viz.scene import Scene
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton


def test_sobel_is_found_from_noise(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("learned-kernel", (900, 260))
    view.restore({"target": "sobel", "momentum": 0.9, "step": STEPS})
    lab.settle()
    np.testing.assert_allclose(view.found.values, view.wanted.values, atol=0.01)
    np.testing.assert_array_equal(view.wanted.values, PRESETS["sobel"])
    assert np.abs(view.left.values).max() < 0.05
    assert view.image.values.shape == (32, 32) and view.copy.values.shape == (30, 30)
    x = torch.from_numpy(view.image.values)[None, None]
    made = F.conv2d(x, torch.from_numpy(view.wanted.values)[None, None])
    np.testing.assert_allclose(view.copy.values, made[0, 0].numpy(), atol=1e-5)
    assert view.formula().startswith("<i>k</i>") and f"after {STEPS} steps" in view.formula()


def test_it_steps_plays_and_starts_again(new_lab: NewLab, qtbot) -> None:
    lab = new_lab(number("31"))
    view = lab.show("learned-kernel", (900, 260))
    first = view.found.values.copy()
    QTest.mouseClick(view.one, LEFT)
    assert view.step == 1 and not np.array_equal(view.found.values, first)
    QTest.mouseClick(view.playing, LEFT)
    qtbot.waitUntil(lambda: view.step > 2)
    QTest.mouseClick(view.playing, LEFT)
    stopped = view.step
    qtbot.wait(150)
    assert view.step == stopped
    QTest.mouseClick(view.again, LEFT)
    np.testing.assert_array_equal(view.found.values, first)
    QTest.mouseClick(view.other, LEFT)
    lab.settle()
    assert view.state()["seed"] == 2 and not np.array_equal(view.found.values, first)
    assert view.plot.mark == 0


def test_a_drawing_teaches_too_and_blank_paper_says_why_not(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("learned-kernel")
    view.restore({"input": "canvas"})
    lab.settle()
    assert view.result.losses[-1] < 0.01 * view.result.losses[0]
    lab.go(Scene(32, 64))
    assert "empty" in view.message
    view.restore({"input": "noise"})
    lab.settle()
    assert not view.message


@pytest.mark.parametrize("kept", [{"step": STEPS + 1}, {"step": 1.5}, {"seed": 0}, {"seed": True}])
def test_what_is_no_step_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    view = new_lab(number("31")).show("learned-kernel")
    view.restore(kept)
    assert (view.step, view.seed) == (0, 1)
