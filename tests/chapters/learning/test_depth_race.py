"""The race over depth: 24 networks in turn, the ends first; pauses change no bit."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.learning.measure import depth, sets
from viz.chapters.learning.measure.depth import DepthRace
from viz.chapters.learning.measure.plan import Plan, deep, fitted, with_activation
from viz.chapters.learning.measure.sets import Example
from viz.chapters.learning.measure.states import Progress
from viz.nets.data import Digits
from viz.nets.learning import Learner, score
from viz.nets.recipe import LearningRecipe
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton


def rows(count: int) -> Digits:
    """Rows of ink, one for each class, with some noise."""
    images = np.random.default_rng(1).integers(0, 200, (count, 32, 32)).astype(np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images[np.arange(count), 6 + 2 * labels] = 255
    return Digits(images, labels)


OWN = tuple(
    Example(image.tobytes(), int(label))
    for image, label in zip(rows(40).images, rows(40).labels, strict=True)
)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    def pen():  # type: ignore[no-untyped-def]
        yield
        return rows(1230)

    monkeypatch.setattr(sets, "_pen_digits", pen)
    monkeypatch.setattr(depth, "STEPS", 6)


def plan(**recipe: object) -> Plan:
    return Plan(deep(8), LearningRecipe(batch=10, falls=False, **recipe), "own", compared="depth")  # type: ignore[arg-type]


def through(race: DepthRace) -> list[Progress]:
    return [one for one in race.go() if one is not None]


def test_each_point_is_what_training_alone_gives_and_the_ends_come_first() -> None:
    seen = through(DepthRace(plan(), OWN))
    counts = [sum(len(one.depths) for one in progress.depths) for progress in seen]
    assert counts == [0, *range(25), 24] and seen[-1].status == "done"
    assert [one.depths.tolist() for one in seen[7].depths] == [[1, 8], [1, 8], [1, 8]]
    relu, tanh, sigmoid = seen[-1].depths
    assert (relu.name, tanh.name, sigmoid.name) == ("ReLU", "tanh", "sigmoid")
    alone = Learner(
        with_activation(deep(3), "tanh"), fitted(rows(40), 32),
        LearningRecipe(batch=10, passes=3, falls=False),
    )  # fmt: skip
    alone.run(6)
    result = score(alone.net, rows(1230)[1200:])
    assert tanh.depths.tolist() == list(range(1, 9))
    assert (tanh.errors[2], tanh.losses[2]) == pytest.approx((result.error, result.loss))


def test_a_pause_within_a_network_changes_no_bit() -> None:
    whole = through(DepthRace(plan(), OWN))[-1]
    paused = DepthRace(plan(), OWN)
    for count, _ in enumerate(paused.go()):
        if count == 23:
            break
    last = through(paused)[-1]
    for one, other in zip(whole.depths, last.depths, strict=True):
        np.testing.assert_array_equal(one.losses, other.losses)


def test_what_diverges_has_no_point_and_a_sentence() -> None:
    last = through(DepthRace(plan(optimizer="sgd", rate=1e6), OWN))[-1]
    assert last.status == "done" and "too large" in last.sentence
    assert np.isnan(last.depths[0].errors).any()


def test_without_examples_it_says_that_the_canvas_is_the_pad() -> None:
    last = through(DepthRace(plan()))[-1]
    assert last.status == "failed" and "canvas is the pad" in last.sentence


def test_it_races_rests_and_goes_on_in_the_instrument(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("train", (900, 300))
    view.restore({"compared": "depth", "source": "pen", "count": 100})
    QTest.mouseClick(view.training, LEFT)
    lab.wait_until(lambda: view.plot.series and len(view.plot.series[2].x) == 2)
    assert view.plot.series[0].x.tolist() == [1, 8] and view.training.text() == "Pause"
    assert not view.stage.isVisible() and not view.confusion.isVisible()
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert len(view.plot.series[2].x) == 2 and "6 of 24 networks" in view.line.shown[0]
    QTest.mouseClick(view.training, LEFT)
    lab.settle()
    assert all(len(one.x) == 8 for one in view.plot.series) and not view.is_training
    at = view.plot.to_widget(3.2, 50.0).toPoint()
    viewport = view.plot.view.viewport()
    QTest.mouseClick(viewport, LEFT, pos=viewport.mapFrom(view.plot, at))
    assert view.plot.mark == 3.0 and "¼<sup>3</sup> = 0.016" in view.formula()
    assert view.state()["compared"] == "depth"
    choice = view.which  # back to the run that ships, with all that belongs to it
    QTest.mouseClick(choice, LEFT, pos=choice.option_rect("example").center().toPoint())
    assert view.plot.ranges[0] == (0.0, 1.0) and view.confusion.isVisible()
