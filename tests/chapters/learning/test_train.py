"""The Train instrument: it shows the run that ships, trains, pauses, steps, puts on the stage."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.learning.train_settings import TrainSettings
from viz.chapters.registry import by_id
from viz.nets import networks
from viz.nets.locality import ARCHITECTURES
from viz.nets.opening import open_weights
from viz.scene import ImageLayer, Noise, Scene
from viz.scene.digits import number
from viz.session import codec

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer pen digits: all take seconds to be drawn."""
    from viz.chapters.learning.measure import sets

    monkeypatch.setattr(sets, "PEN_TRAINING", 60)
    monkeypatch.setattr(sets, "PEN_TEST", 30)


def show(lab):  # type: ignore[no-untyped-def]
    lab.document.view.chapter = "learning"
    lab.document.view.set_instrument("learning", "train")
    return lab.show("train", (900, 300))


def test_the_shipped_run_is_scrubbed_through_and_comes_onto_the_stage(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = show(lab)
    assert view.shown_state.step == 157 and view.plot.mark == 1.0
    assert view.confusion.values.sum() == 500
    assert "8.6 %" in view.formula()
    trained = lab.document.snapshot.maps["C1"]
    view.restore({"shown": 0, "stage": True})
    lab.settle()
    noise = lab.document.snapshot
    assert noise.architecture.layers[0].maps == 6 and noise.request.network.endswith("@0")
    view.restore({"shown": 6})
    lab.settle()
    assert lab.document.network.endswith("@157")
    x = noise.image[:28, :28]
    kernel = networks.trained(lab.document.network).weights["C1.weight"][0, 0]
    bias = networks.trained(lab.document.network).weights["C1.bias"][0]
    unit = max(0.0, float((noise.image[10:15, 10:15] * kernel).sum() + bias))
    assert lab.document.snapshot.maps["C1"][0, 10, 10] == pytest.approx(unit, abs=1e-4)
    assert x.shape == (28, 28) and trained.shape[0] == 20
    lab.document.view.chapter = "live"  # nothing is trained: the network of before answers
    assert lab.document.network == "max"


def test_a_click_in_the_curve_chooses_the_nearest_state(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = show(lab)
    at = view.plot.to_widget(40 / 157, 50.0).toPoint()
    viewport = view.plot.view.viewport()
    QTest.mouseClick(viewport, LEFT, pos=viewport.mapFrom(view.plot, at))
    assert view.shown_state.step == 40 and view.state()["shown"] == 4
    assert "step 40" in view.line.shown[0]


def test_it_trains_pauses_steps_and_begins_again_at_the_same_weights(
    new_lab: NewLab, few: None
) -> None:
    lab = new_lab(number("31"))
    view = show(lab)
    view.restore({"source": "pen", "count": 100, "batch": 32, "network": "small"})
    QTest.mouseClick(view.one, LEFT)
    assert view.is_training and view.training.text() == "Pause"
    lab.settle()
    assert view.present.status == "paused" and view.shown_state.step == 1
    first = view.progress["own"].states[0].weights["C1.weight"]
    QTest.mouseClick(view.training, LEFT)
    while view.shown_state.step < 2 and lab.engine.step():
        pass
    QTest.mouseClick(view.training, LEFT)  # pause
    assert not view.is_training and view.training.text() == "Train"
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert view.present.status == "done" and view.shown_state.step == 2
    QTest.mouseClick(view.again, LEFT)
    lab.settle()
    np.testing.assert_array_equal(view.present.states[0].weights["C1.weight"], first)


def test_in_training_it_stays_on_the_stage_of_another_chapter(new_lab: NewLab, few: None) -> None:
    lab = new_lab(number("31"))
    view = show(lab)
    view.restore({"source": "pen", "count": 100, "batch": 8})
    QTest.mouseClick(view.stage, LEFT)
    assert lab.document.undo_stack.undoText().startswith("Show the network")
    QTest.mouseClick(view.training, LEFT)
    lab.wait_until(lambda: view.progress.get("own") and view.progress["own"].now)
    lab.document.view.chapter = "live"
    view.hide()
    before = lab.document.network
    assert networks.is_passing(before)
    lab.settle()
    assert lab.document.network != before and lab.document.network.endswith("@8")
    lab.document.undo_stack.undo()
    assert lab.document.network == "max"


def test_a_misread_digit_comes_onto_the_canvas(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32))
    view = show(lab)
    place = view.wrong.cell_rect(16, 16).center().toPoint()
    QTest.mouseClick(view.wrong, LEFT, pos=place)
    (layer,) = lab.document.scene.items
    assert isinstance(layer, ImageLayer)
    np.testing.assert_array_equal(layer.pixels * 255, view.shown_state.wrong.images[0])


def test_drawings_become_examples_and_are_kept(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"part": "settings", "label": 3})
    lab.settle()
    QTest.mouseClick(view.setup.add, LEFT)
    (example,) = view.setup.own
    drawn = np.frombuffer(example.pixels, np.uint8).reshape(32, 32)
    assert example.label == 3 and drawn.max() > 200
    assert abs(int(drawn.sum()) - 255 * float(lab.document.snapshot.image.sum())) < 600
    other = new_lab(number("3")).show("train")
    other.restore(view.state())
    assert other.setup.own == view.setup.own
    QTest.mouseClick(view.setup.clear, LEFT)
    assert view.setup.own == ()


def test_what_is_shown_is_saved_as_weights_that_open(new_lab: NewLab, tmp_path: Path) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.save(tmp_path / "mine.safetensors")
    network = open_weights(tmp_path / "mine.safetensors")
    assert network.architecture == view.present.architecture
    assert "mine.safetensors" in view.line.shown[0]
    view.save(tmp_path)  # a folder
    assert "cannot be written" in view.line.shown[0]


def test_a_stack_that_cannot_learn_is_refused_with_a_sentence(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"network": "stack", "stack": "32×32×3, conv 4 5×5"})
    QTest.mouseClick(view.training, LEFT)
    assert "grey and square" in view.line.shown[0] and not view.is_training


def test_settings_propose_what_goes_with_a_choice(new_lab: NewLab) -> None:
    setup = show(new_lab(number("3"))).setup

    def choose(box, value) -> None:  # type: ignore[no-untyped-def]
        box.show_value(value)
        box.chosen.emit(value)

    choose(setup.source, "pen")
    assert setup.count.value == 1200
    choose(setup.optimizer, "sgd")
    assert setup.rate.value == 0.05  # the usual rate of gradient descent
    choose(setup.rate, 0.003)
    choose(setup.optimizer, "momentum")
    assert setup.rate.value == 0.003, "the user's own rate stays"
    choose(setup.compared, "starts")
    assert setup.count.value == 100


def test_errors_are_counted_and_carry_class_and_prediction(new_lab: NewLab) -> None:
    view = show(new_lab(number("3")))
    assert view.wrong.caption.startswith("misread, 24 of 43")
    wrong = view.shown_state.wrong
    told = view.wrong.describe(0, 0)
    assert told.startswith(f"digit {wrong.labels[0]}, predicted {wrong.answers[0]}")


def test_the_networks_of_locality_are_among_the_choices(qtbot: QtBot) -> None:
    settings = TrainSettings()
    qtbot.addWidget(settings)
    for kind, architecture in ARCHITECTURES.items():
        settings.network.show_value(f"locality-{kind}")
        assert settings.plan("max", "max").architecture == architecture


@pytest.mark.parametrize("kept", [{"shown": True}, {"shown": -2}, {"shown": "1"}])
def test_what_is_no_state_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    view = new_lab(number("3")).show("train")
    view.restore(kept)
    assert view.shown == -1


def test_what_the_demonstration_of_noise_and_features_reads_on_the_stage(new_lab: NewLab) -> None:
    demo = by_id("noise-to-features")
    lab = new_lab(demo.scene_at(0.0))
    view = show(lab)
    read = []
    for time in (0.0, 4.0, 8.0, 11.0):
        view.restore(demo.settings_at(time))
        lab.settle()
        output = lab.document.snapshot.maps["output"][:, 0, 0]
        read.append((int(output.argmax()), round(float(np.exp(output.max())), 1)))
    assert read[0][1] == 0.1 and read[0][0] != 2  # noise: all classes alike
    assert read[-1] == (2, 0.9)


def test_an_example_drawn_in_noise_is_kept_in_a_scene_file(new_lab: NewLab) -> None:
    lab = new_lab(replace(number("3"), noise=Noise(0.3, 0.0, 7)))
    view = show(lab)
    view.restore({"source": "own", "part": "settings", "label": 3})
    QTest.mouseClick(view.setup.add, LEFT)
    (own,) = view.setup.own
    kept = json.loads(json.dumps(codec.settings_out(view.state())))
    other = new_lab(number("3")).show("train")
    other.restore(kept)
    assert other.setup.own == (own,) and own.label == 3
