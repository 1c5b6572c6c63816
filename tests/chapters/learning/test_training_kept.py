"""What training leaves where something fails: nothing is lost but the pass that is under way."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.learning.measure import checkpoints, sets
from viz.chapters.learning.measure.plan import Plan
from viz.chapters.learning.measure.run import Run
from viz.chapters.learning.measure.states import Progress
from viz.engine.engine import Engine
from viz.nets.architecture import Architecture, Layer
from viz.nets.data import Digits
from viz.nets.recipe import LearningRecipe
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton

TINY = Architecture(
    (
        Layer("C1", "conv", 2, 5, 4, activation="relu"),
        Layer("output", "dense", 10, activation="log-softmax"),
    ),
    none=False,
)

SETTINGS = {"source": "pen", "count": 100, "batch": 32, "network": "deep", "passes": 2}


def rows(count: int) -> Digits:
    """Rows of ink, one for each class."""
    images = np.zeros((count, 32, 32), np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images[np.arange(count), 6 + 2 * labels] = 255
    return Digits(images, labels)


@pytest.fixture(autouse=True)
def few_pen_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    def pen():  # type: ignore[no-untyped-def]
        yield
        return rows(1230)

    monkeypatch.setattr(sets, "_pen_digits", pen)


def trained_weights(progress: Progress):  # type: ignore[no-untyped-def]
    return progress.now.weights["output.weight"]


def end(run: Run) -> Progress:
    return [one for one in run.go() if one is not None][-1]


def test_closing_in_training_keeps_all_passes_but_the_one_under_way(
    qtbot: QtBot, tmp_path: Path
) -> None:
    plan = Plan(TINY, LearningRecipe(passes=12, batch=2, falls=False), "pen", 40)
    seen: list[Progress] = []
    engine = Engine()
    engine.start()
    run = Run(plan, folder=tmp_path)
    engine.measure("training", lambda _nets: run.go(), seen.append)
    qtbot.waitUntil(lambda: bool(seen) and len(seen[-1].states) >= 6, timeout=20_000)
    engine.stop()
    assert engine.ended
    shown = seen[-1].states[-1].step
    first = next(one for one in Run(plan, folder=tmp_path).go() if one is not None and one.states)
    assert first.states[-1].step >= shown  # on the disk before it was on the screen
    whole = end(Run(plan))
    resumed = end(Run(plan, folder=tmp_path))
    assert (whole.status, resumed.status) == ("done", "done")
    np.testing.assert_array_equal(trained_weights(whole), trained_weights(resumed))


def test_a_pause_and_a_new_window_go_on_from_the_last_pass(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = lab.show("train", (900, 300))
    view.restore(SETTINGS)
    QTest.mouseClick(view.training, LEFT)
    lab.wait_until(
        lambda: (
            view.present is not None and view.present.states and view.present.states[-1].step >= 4
        )
    )
    QTest.mouseClick(view.training, LEFT)  # in the second pass
    assert not view.is_training
    other_lab = new_lab(number("3"))
    other = other_lab.show("train", (900, 300))
    other.restore(SETTINGS)
    QTest.mouseClick(other.training, LEFT)
    other_lab.wait_until(lambda: other.present is not None and other.present.states)
    assert [one.step for one in other.present.states][-1] >= 4
    other_lab.settle()
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert view.present.status == other.present.status == "done"
    np.testing.assert_array_equal(trained_weights(view.present), trained_weights(other.present))


def test_where_nothing_can_be_written_training_goes_on_and_says_so(
    new_lab: NewLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "no folder"
    file.write_text("")
    monkeypatch.setattr(checkpoints, "cache_folder", lambda: file / "training")
    lab = new_lab(number("3"))
    view = lab.show("train", (900, 300))
    view.restore(SETTINGS)
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert view.present.status == "done" and len(view.present.states) == 6
    assert "memory only" in view.line.shown[0] and file.read_text() == ""
    view.save(tmp_path / "mine.safetensors")  # what is learned is not lost
    assert (tmp_path / "mine.safetensors").exists()


def test_a_damaged_checkpoint_is_told_and_trained_anew(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = lab.show("train", (900, 300))
    view.restore(SETTINGS)
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    learned = trained_weights(view.present)
    folder = checkpoints.folder_of(view.run.plan)
    state, learner = sorted(folder.glob("*.safetensors"))[-1], folder / checkpoints.LEARNER
    state.write_bytes(state.read_bytes()[:100])
    learner.write_bytes(learner.read_bytes()[:-50])
    other_lab = new_lab(number("3"))
    other = other_lab.show("train", (900, 300))
    other.restore(SETTINGS)
    QTest.mouseClick(other.training, LEFT)
    other_lab.settle()
    assert "damaged" in other.line.shown[0] and other.present.status == "done"
    np.testing.assert_array_equal(trained_weights(other.present), learned)
    assert state.stat().st_size > 100  # written anew


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_among_the_kept_passes_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "0000000.safetensors")
    found, told = checkpoints.read(tmp_path, TINY)
    assert found is None and "1 kept passes are damaged" in told


def test_weights_that_grew_without_bound_are_neither_shown_nor_saved(
    new_lab: NewLab, tmp_path: Path
) -> None:
    lab = new_lab(number("3"))
    view = lab.show("train", (900, 300))
    lab.document.view.chapter = "learning"
    lab.document.view.set_instrument("learning", "train")
    view.restore({**SETTINGS, "depth": 8, "optimizer": "sgd", "rate": 10.0, "batch": 8})
    view.stage.show_value(True)
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert view.present.status == "diverged"
    for values in lab.document.snapshot.maps.values():
        assert np.isfinite(values).all()
    view.save(tmp_path / "mine.safetensors")
    assert "cannot be saved" in view.line.shown[0]
    assert not (tmp_path / "mine.safetensors").exists()
