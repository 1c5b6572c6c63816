"""Six networks on plain and permuted pixels: their sizes, their figures, their answers."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.measure.locality import NAMES, SHARES, probabilities
from viz.chapters.assumptions.measure.permutation_table import measure
from viz.chapters.assumptions.measure.permuting import order_at
from viz.chapters.registry import by_id
from viz.cli import main
from viz.nets import load_pretrained, networks
from viz.nets.data import Digits
from viz.nets.experiments import EXPERIMENTS, permuted
from viz.nets.learning import seeded
from viz.nets.locality import ARCHITECTURES, DENSE
from viz.scene import Scene
from viz.scene.digits import number


def test_the_three_are_about_equal_in_parameters() -> None:
    counts = {kind: one.parameters for kind, one in ARCHITECTURES.items()}
    assert counts == {"dense": 51_760, "conv": 51_280, "local": 51_394}
    assert DENSE.layers[0].parameters == 1024 * 50 + 50


def test_permutation_costs_the_convolutional_network_much_and_the_dense_one_nothing() -> None:
    figures = {name: networks.trained(name).metadata["figures"] for name in NAMES}
    plain = {name: figures[f"locality-{name}"]["plain"] for name in ARCHITECTURES}
    shuffled = {name: figures[f"locality-{name}-permuted"]["permuted"] for name in ARCHITECTURES}
    assert abs(shuffled["dense"] - plain["dense"]) < 0.4
    watch = by_id("permutation-fades").watch
    for kind in ("conv", "dense"):
        assert f"{plain[kind]:.2f} → {shuffled[kind]:.2f} %" in watch
    assert shuffled["conv"] > 2.5 * plain["conv"]
    assert plain["conv"] < plain["local"] < plain["dense"]
    for name in ARCHITECTURES:  # what was learned of one order is worth nothing in the other
        assert figures[f"locality-{name}"]["permuted"] > 50
    for name in NAMES:
        assert networks.trained(name).metadata["recipe"]["data"]["permutation"] == (
            1 if name.endswith("permuted") else None
        )


def test_a_dense_network_with_permuted_weights_gives_the_same_for_permuted_pixels() -> None:
    net, order = seeded(DENSE, 5), order_at(1.0)
    windows = np.random.default_rng(0).random((4, 32, 32), np.float32)
    before = probabilities(net, windows)
    with torch.no_grad():
        weight = net.get_submodule("F1").weight
        weight.copy_(torch.from_numpy(permuted(weight.numpy().copy(), order)))  # type: ignore[operator,union-attr]
    np.testing.assert_allclose(probabilities(net, permuted(windows, order)), before, atol=1e-5)


def test_the_answers_go_over_from_those_who_learned_plain_digits_to_the_others(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("4"))
    view = lab.show("locality", (1000, 260))
    fade = view.result.fade
    for name in NAMES:
        first, last = fade.curves[name][[0, -1], 4]
        assert (first > 0.5) == (not name.endswith("permuted")), name
        assert (last > 0.5) == name.endswith("permuted"), name
    np.testing.assert_allclose(fade.now[NAMES[1]], fade.curves[NAMES[1]][0], atol=1e-6)
    assert [row[1][0] for row in view.table.rows] == ["4", "4", "4"]
    assert "of 1,024 pixels" in view.formula() and "p(4) = <b>" in view.formula()


def test_a_drag_in_the_plot_moves_the_permutation(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = lab.show("locality", (1000, 260))
    curves = view.plot.series
    at = view.plot.to_widget(0.5, 0.5).toPoint() - QPoint(view.plot.view.pos())
    QTest.mouseClick(view.plot.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    share = view.permuted.value
    assert 0.45 < share < 0.55 and view.state() == {"permuted": share}
    assert view.plot.series is curves, "the curves of the same drawing stay"
    lab.settle()
    np.testing.assert_array_equal(
        view.picture.values, permuted(view.result.fade.window, order_at(share))
    )
    at_share = [np.interp(share, SHARES, view.result.fade.curves[NAMES[0]][:, 3])]
    assert view.result.fade.now[NAMES[0]][3] == pytest.approx(at_share[0], abs=0.3)
    lab.go(Scene(32, 32))
    assert "empty" in view.message


def test_evaluate_permutation_tells_the_table_of_what_it_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(4)
    digits = Digits(
        rng.integers(0, 256, (40, 28, 28), dtype=np.uint8), rng.integers(0, 10, 40, dtype=np.uint8)
    )
    name = "viz.chapters.assumptions.measure.permutation_table.load_mnist"
    monkeypatch.setattr(name, lambda data, test: digits)
    assert main.main(["evaluate", "--permutation", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["permutation"], told["samples"], len(told["rows"])) == (1, 40, 12)
    for row in told["rows"]:
        shown = np.pad(digits.images, ((0, 0), (2, 2), (2, 2))) / np.float32(255)
        if row["tested"] == "permuted":
            shown = permuted(shown, order_at(1.0))
        answers = probabilities(load_pretrained(row["network"]), shown).argmax(1)
        assert row["error"] == pytest.approx(float((answers != digits.labels).mean()))
        assert (
            row["trained"] == row["network"].split("-")[2:][0]
            if "permuted" in row["network"]
            else row["trained"] == "plain"
        )
        assert row["parameters"] == EXPERIMENTS[row["network"]].architecture.parameters
    lines = measure(digits).as_table().splitlines()
    assert len(lines) == 7 and lines[2].startswith("locality-conv ")


def test_evaluate_permutation_goes_with_no_other_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["evaluate", "--permutation", "--pictures", "."]) == 2
    assert "--permutation is a table of its own" in capsys.readouterr().err
