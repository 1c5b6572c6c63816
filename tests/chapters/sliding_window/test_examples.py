"""The sheet of training examples: made as training makes them, put on the canvas by a click."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, random_network, three_convolutions

from viz.chapters.sliding_window.measure.examples import (
    COUNT,
    DEFAULT,
    NO_NONE,
    PLAIN,
    Sheet,
    sheets,
)
from viz.nets import load_pretrained
from viz.nets.architecture import NONE_CLASS
from viz.scene import ImageLayer
from viz.scene.digits import number


def sheet(training: str, seed: int = 1, net: object = None) -> Sheet:
    *_, last = sheets(training, seed, net or load_pretrained())  # type: ignore[arg-type]
    assert last is not None
    return last


def test_a_sheet_is_of_all_kinds_in_training_s_shares_and_the_same_from_a_seed() -> None:
    one, again, other = sheet(DEFAULT), sheet(DEFAULT), sheet(DEFAULT, 2)
    assert Counter(one.kinds) == {
        "alone": 6, "string": 10, "stacked": 1, "far": 1, "through": 1, "blank": 1,
    }  # fmt: skip
    assert len(set(one.kinds[:6])) == 6
    assert np.array_equal(one.strips, again.strips)
    assert not np.array_equal(one.strips, other.strips)
    assert one.strips.shape == (COUNT, 32, 44) and one.strips.max() <= 1


def test_targets_are_probabilities_and_empty_paper_is_none_of_the_above() -> None:
    made = sheet(DEFAULT)
    assert np.allclose(made.targets.sum(2), 1, atol=1e-6) and made.targets.min() >= -1e-6
    blank = made.kinds.index("blank")
    assert (made.targets[blank, :, NONE_CLASS] == 1).all()
    far = made.kinds.index("far")  # at least 10 px above or below the centre
    assert (made.targets[far, :, NONE_CLASS] == 1).all()


def test_other_trainings_have_other_targets() -> None:
    ten = sheet(NO_NONE)
    assert ten.targets[..., NONE_CLASS].max() == 0
    assert np.array_equal(ten.weights > 0, ten.targets.sum(2) > 0)
    plain = sheet(PLAIN)
    for strip, kind in enumerate(plain.kinds):
        digits = plain.targets[strip].argmax(1) != NONE_CLASS
        assert digits.sum() == (kind == "alone")
        if kind == "alone":
            beside = [k for k in (digits.argmax() - 1, digits.argmax() + 1) if 0 <= k < 4]
            assert (plain.weights[strip, beside] == 0).all()


def test_what_a_network_misses_is_counted_as_training_counts_it() -> None:
    net = load_pretrained()
    made = sheet(DEFAULT, 1, net)
    assert made.answers is not None
    with torch.inference_mode():
        output = net(torch.from_numpy(made.strips.copy())[:, None])["output"][:, :, 0]
    log_probs = output.transpose(1, 2).numpy()
    losses = -(made.targets * log_probs).sum(2) * made.weights
    assert made.answers.loss == pytest.approx(losses.mean(), rel=1e-4)
    clear = (made.weights == 1) & (made.targets.max(2) > 0.9)
    wrong = log_probs.argmax(2) != made.targets.argmax(2)
    assert made.answers.clear == clear.sum()
    assert np.array_equal(made.answers.missed, clear & wrong)


def test_a_network_with_other_windows_is_not_asked() -> None:
    assert sheet(DEFAULT, 1, random_network(three_convolutions())).answers is None


# On the screen


def test_a_click_puts_an_example_on_the_canvas_and_undo_takes_it_away(new_lab: NewLab) -> None:
    own = number("31")
    lab = new_lab(own)
    view = lab.show("examples")
    strip = 3
    place = view.view.place(strip).center().toPoint()
    QTest.mouseClick(view.view, Qt.MouseButton.LeftButton, pos=place)
    lab.settle()
    scene, snapshot = lab.document.scene, lab.document.snapshot
    (layer,) = scene.items
    assert isinstance(layer, ImageLayer) and (scene.height, scene.width) == (32, 44)
    assert snapshot is not None and np.abs(snapshot.image - view.result.strips[strip]).max() < 1e-4
    winners = snapshot.maps["output"][:, 0].argmax(0)
    assert np.array_equal(winners, view.result.answers.winners[strip])
    assert lab.document.drawing == own  # it stays the user's drawing that autosave keeps
    lab.document.undo_stack.undo()
    assert lab.document.scene == own


def test_another_sheet_is_kept_in_files_and_nonsense_is_not(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("examples")
    before = view.result.strips
    QTest.mouseClick(view.other, Qt.MouseButton.LeftButton)
    lab.settle()
    assert view.state() == {"training": DEFAULT, "seed": 2}
    assert not np.array_equal(view.result.strips, before)
    for seed in (True, 0, -3, 10**9, "2", None):
        view.restore({"seed": seed})
    assert view.state()["seed"] == 2
    view.restore({"training": PLAIN, "seed": 1})
    lab.settle()
    assert set(view.result.kinds) <= {"alone", "blank"}


def test_what_is_said_is_what_is_shown(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = new_lab(number("31"))
    view = lab.show("examples")
    answers, sheet_view = view.result.answers, view.view
    assert view.said.text == (
        f"The present network misses {answers.missed.sum()} of {answers.clear} clear targets "
        "(outlined)."
    )
    assert f"<b>{answers.loss:.3f}</b> in 80 windows" in view.formula()
    tip = sheet_view.tooltip(sheet_view.target_place(0, 0).center())
    likeliest = int(view.result.targets[0, 0].argmax())
    assert tip.startswith(f"Window 1: target {likeliest} ")
    QTest.keyClick(sheet_view, Qt.Key.Key_Right)
    QTest.keyClick(sheet_view, Qt.Key.Key_Right)
    assert sheet_view.pointed == 1
    QTest.keyClick(sheet_view, Qt.Key.Key_Return)
    assert len(lab.document.scene.items) == 1
    lab.document.set_network(open_random(monkeypatch, three_convolutions()))
    lab.settle()
    assert view.result.answers is None and "misses" not in view.said.text
