"""Fifteen weights, nine, three; and the errors over the number of training digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.measure import data_curves
from viz.chapters.assumptions.measure.connections import edges, weights
from viz.chapters.assumptions.measure.data_curves import (
    COUNTS,
    SEEDS,
    STEPS,
    as_json,
    recipe_for,
    stored_path,
    stored_points,
)
from viz.nets.data import Digits
from viz.nets.locality import ARCHITECTURES
from viz.scene.digits import number


@pytest.mark.parametrize(("kind", "count"), [("dense", 15), ("sparse", 9), ("shared", 3)])
def test_weights_are_counted_as_matrices_have_them(kind: str, count: int) -> None:
    matrix = np.full((3, 5), -1)
    for edge in edges(kind):
        matrix[edge.output, edge.input] = edge.weight
    assert weights(kind) == count == len(np.unique(matrix[matrix >= 0]))
    if kind != "dense":
        np.testing.assert_array_equal(matrix >= 0, np.tri(3, 5, 2) * (1 - np.tri(3, 5, -1)) > 0)
    if kind == "shared":
        assert all((np.diag(matrix, k)[:3] == k).all() for k in range(3))


def test_a_click_counts_anew_and_a_kernel_of_the_network_has_784_places(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = lab.show("sharing", (1000, 260))
    assert [fact.value for fact in view.facts.facts] == ["15", "1", "784", "15"]
    at = view.kind.option_rect("shared").center().toPoint()
    QTest.mouseClick(view.kind, Qt.MouseButton.LeftButton, pos=at)
    assert view.state() == {"connections": "shared"}
    assert [fact.value for fact in view.facts.facts] == ["3", "3", "784", "9"]
    assert "<b>3</b>" in view.formula() and "28² = <b>784</b>" in view.formula()
    QTest.keyClick(view.graph, Qt.Key.Key_Right)
    assert view.graph.output == 1
    lab.document.set_network("notes")
    lab.settle()
    assert view.facts.facts[-2].value == "784"  # C1 of the notes is as large


def test_what_is_stored_is_complete_and_what_it_is_shown_for() -> None:
    stored = json.loads(stored_path().read_text(encoding="utf-8"))
    runs = {(row["network"], row["digits"], row["seed"]) for row in stored["rows"]}
    assert runs == {(k, n, s) for k in ARCHITECTURES for n in COUNTS for s in SEEDS}
    assert stored["steps"] == STEPS and stored["recipe"]["seed"] == list(SEEDS)
    points = {(point.kind, point.digits): point for point in stored_points()}
    for kind in ARCHITECTURES:
        tests = [points[kind, count].test for count in COUNTS]
        assert tests == sorted(tests, reverse=True), kind
        assert points[kind, 100].training < 1 < points[kind, 100].test, "learned by heart"
    for count in COUNTS:
        best = min(ARCHITECTURES, key=lambda kind: points[kind, count].test)
        assert best == "conv", count


def test_every_run_takes_the_same_steps_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    for count in COUNTS:
        recipe = recipe_for(count, 1)
        assert recipe.passes * count // recipe.batch == pytest.approx(STEPS, rel=0.01)
    monkeypatch.setattr(data_curves, "STEPS", 60)
    rng = np.random.default_rng(7)
    digits = Digits(
        rng.integers(0, 256, (100, 28, 28), dtype=np.uint8), np.arange(100, dtype=np.uint8) % 10
    )
    first, second = (data_curves.run("dense", 40, 3, digits, digits) for _ in range(2))
    assert first == second and (first["digits"], first["seed"]) == (40, 3)
    assert first["training"] == 0.0  # forty random pictures are known by heart
    text = as_json({"steps": STEPS, "rows": [first, second]})
    assert json.loads(text)["rows"] == [first, second] and len(text.splitlines()) == 7


def test_a_damaged_file_is_told(
    new_lab: NewLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for contents in ("", "[]", '{"rows": [{"network": "dense"}]}', '{"rows": []}'):
        file = tmp_path / "data-curves.json"
        file.write_text(contents, encoding="utf-8")
        monkeypatch.setattr(data_curves, "stored_path", lambda file=file: file)
        assert stored_points() == ()
    view = new_lab(number("3")).show("sharing")
    assert "data-curves.json is missing or damaged" in view.plot.message
