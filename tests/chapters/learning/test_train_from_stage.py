"""Training goes on from the network on the stage: a misread drawing is read rightly afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.learning import train_settings
from viz.chapters.learning.measure import sets
from viz.chapters.learning.measure.plan import Plan
from viz.chapters.learning.measure.run import Run
from viz.nets import networks
from viz.nets.data import Digits
from viz.nets.learning import Learner
from viz.nets.opening import open_weights
from viz.nets.recipe import LearningRecipe
from viz.scene import Scene
from viz.scene.digits import digit, number

LEFT = Qt.MouseButton.LeftButton

ONE = digit(1)
TURNED = Scene(32, 32, items=(replace(ONE, transform=replace(ONE.transform, angle=55.0)),))
"""A 1 turned by 55°, which the main network reads as 7."""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer pen digits: all take seconds to be drawn."""
    # The settings offer hundreds and more; imported while there are 30, they would offer none
    assert min(train_settings.COUNTS) <= train_settings.PEN_TRAINING
    monkeypatch.setattr(sets, "PEN_TRAINING", 30)
    monkeypatch.setattr(sets, "PEN_TEST", 30)


def show(lab):  # type: ignore[no-untyped-def]
    lab.document.view.chapter = "learning"
    lab.document.view.set_instrument("learning", "train")
    return lab.show("train", (900, 300))


def test_a_misread_drawing_is_added_learned_and_read_rightly(
    new_lab: NewLab, tmp_path: Path
) -> None:
    lab = new_lab(TURNED)
    view = show(lab)
    assert lab.document.snapshot.reading.text == "7"
    view.restore({"part": "settings", "label": 1})
    QTest.mouseClick(view.setup.teach, LEFT)
    lab.settle()
    assert lab.document.snapshot.reading.text == "1"
    assert networks.is_passing(lab.document.network) and view.stage.value
    kept = view.state()
    assert (kept["network"], kept["start"], kept["source"]) == ("stage", "stage", "own")
    assert kept["rate"] == 0.0003 and view.shown_state.step == 15
    assert view.shown_state.confusion.shape == (11, 11)
    assert view.shown_state.error <= 1 / 30  # other digits are read as before
    lab.go(number("77"))
    assert lab.document.snapshot.reading.text == "77"
    view.save(tmp_path / "mine.safetensors")
    saved = open_weights(tmp_path / "mine.safetensors")
    np.testing.assert_allclose(
        saved.weights["output.bias"], view.shown_state.weights["output.bias"], rtol=1e-3, atol=1e-6
    )
    lab.document.undo_stack.undo()  # the 77
    lab.document.undo_stack.undo()
    lab.settle()
    assert lab.document.network == "max" and lab.document.snapshot.reading.text == "7"


def test_train_goes_on_with_the_run_and_a_further_example_begins_where_it_stands(
    new_lab: NewLab,
) -> None:
    lab = new_lab(TURNED)
    view = show(lab)
    view.restore({"label": 1})
    view.setup.teach.click()
    lab.settle()
    first = view.run.id
    view.restore({"passes": 17})
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert view.run.id == first and view.shown_state.step == 17
    learned = view.shown_state.weights["C1.weight"]
    view.setup.teach.click()
    lab.settle()
    assert view.run.id != first and view.run.plan.start == f"training-{first}@17"
    np.testing.assert_array_equal(view.progress["own"].states[0].weights["C1.weight"], learned)
    QTest.mouseClick(view.again, LEFT)
    lab.settle()
    np.testing.assert_array_equal(view.progress["own"].states[0].weights["C1.weight"], learned)


@pytest.mark.parametrize("name", ["max", "notes", "zip-1989", "lenet-1990", "lenet5-1998"])
def test_a_run_begins_at_the_weights_of_any_network(name: str) -> None:
    network = networks.trained(name)
    side = network.architecture.window
    image = np.zeros((32, 32), np.uint8)
    image[8:24, 14:18] = 255
    plan = Plan(network.architecture, LearningRecipe(rate=1e-4, passes=2, falls=False), "own",
                start=name)  # fmt: skip
    run = Run(plan, (sets.Example(image.tobytes(), 1),))
    last = [one for one in run.go() if one is not None][-1]
    assert last.status == "done", last.sentence
    for key, value in network.weights.items():
        np.testing.assert_array_equal(last.states[0].weights[key], value)
    middle = slice(16 - side // 2, 16 + side // 2)
    example = Digits(image[None, middle, middle], np.array([1], np.uint8))
    learner = Learner(network.architecture, example, plan.recipe, network.weights)
    learner.run(2)
    for key, value in learner.weights().items():
        np.testing.assert_array_equal(last.now.weights[key], value)


def test_what_cannot_be_compared_from_present_weights_is_refused(new_lab: NewLab) -> None:
    view = show(new_lab(TURNED))
    view.restore({"network": "stage", "start": "stage", "compared": "starts"})
    QTest.mouseClick(view.training, LEFT)
    assert "begin with random weights" in view.line.shown[0] and not view.is_training


def test_an_empty_canvas_is_called_the_pad(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32))
    view = show(lab)
    view.restore({"run": "own", "source": "own"})
    assert "The canvas is the pad" in view.plot.message
    view.restore({"part": "settings"})
    view.setup.teach.click()
    assert "The canvas is the pad" in view.line.shown[0] and not view.is_training
