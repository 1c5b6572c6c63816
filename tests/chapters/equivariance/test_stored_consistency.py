"""The stored consistency is what the shipped networks really do with MNIST: measured anew here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from viz.chapters.equivariance.measure import stored_consistency as stored
from viz.chapters.equivariance.measure.invariance import SHIFTS, mean_consistency
from viz.chapters.equivariance.measure.stored_consistency import (
    NETWORKS,
    mnist_windows,
    stored_consistency,
)
from viz.measure.evaluation import log_probs
from viz.nets import load_pretrained
from viz.nets.data import load_mnist

FEW = 20

EVERY = pytest.mark.parametrize("name", NETWORKS)


@EVERY
def test_consistency_is_that_of_shifting_every_digit_and_asking_again(
    name: str, mnist_dir: Path
) -> None:
    """81 canvases for each digit, moved in whole pixels as MNIST's 28×28, through the network as
    it stands, instead of one dense pass. Only the middle window of 3×3 is asked, because blur
    pooling sees 3 px beyond it."""
    images = load_mnist(mnist_dir, test=True).images[:FEW] / np.float32(255)
    net, side = load_pretrained(name), 2 * SHIFTS + 1
    answers = {}
    for dy, dx in np.ndindex(side, side):
        top, left = 6 - SHIFTS + dy, 6 - SHIFTS + dx
        canvases = np.zeros((FEW, 40, 40), np.float32)
        canvases[:, top : top + 28, left : left + 28] = images
        answers[dy, dx] = log_probs(net, canvases)[:, :, 1, 1].argmax(1)
    kept = [
        answers[y, x] == answers[neighbour]
        for y, x in answers
        for neighbour in ((y + 1, x), (y, x + 1))
        if neighbour in answers
    ]
    assert len(kept) == 2 * side * (side - 1)
    *_, (count, share) = mean_consistency(net, mnist_windows(mnist_dir)[:FEW])
    assert count == FEW and share < 1
    assert share == pytest.approx(np.mean(kept))


@EVERY
def test_the_stored_figure_is_measured_again_on_all_1000_digits(name: str, mnist_dir: Path) -> None:
    *_, (count, share) = mean_consistency(load_pretrained(name), mnist_windows(mnist_dir))
    assert count == 1000
    # Of 144,000 pairs; another machine's rounding may tip a few, none that two decimals would show
    assert stored_consistency()[name] == pytest.approx(share, abs=5e-5)


def test_figures_of_other_weights_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "consistency.json"
    table = json.loads(stored.stored_path().read_text(encoding="utf-8"))
    table["networks"]["average"]["weights_sha256"] = "0" * 64
    file.write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(stored, "stored_path", lambda: file)
    assert set(stored_consistency()) == {"max", "blur"}
    for damaged in ("", "[]", "{}", '{"networks": {"max": 3}}'):
        file.write_text(damaged, encoding="utf-8")
        assert stored_consistency() == {}
