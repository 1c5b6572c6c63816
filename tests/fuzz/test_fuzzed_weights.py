"""Weights files made hostile at random: each opens and computes, or is refused with one sentence.

No code in a file is executed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fuzzing import case, check_sentence, numbers
from hostile_weights import hostile_weights

from viz.engine.compute import Computer, Nets
from viz.errors import UserError
from viz.model.snapshot import Request
from viz.nets import networks, opening
from viz.nets.architecture import INPUTS
from viz.scene.digits import number

CASES = 100


def check_opened(network: networks.TrainedNetwork, compute: Computer) -> None:
    """Check that what was opened answers with numbers."""
    assert networks.trained(network.name) is network
    for numbers_ in network.weights.values():
        assert np.isfinite(numbers_).all() and numbers_.dtype == np.float32
    assert set(network.scales) == set(network.architecture.scaled)
    assert all(0 < scale <= 1e9 for scale in network.scales.values())
    assert opening.sentence(network).isprintable()
    for scene in (number("31"), number("7")):
        snapshot = compute(Request(1, scene, network=network.name))
        assert all(np.isfinite(values).all() for values in snapshot.maps.values())


def test_a_weights_file_opens_and_computes_or_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "DIGITS", 20)
    monkeypatch.setattr(opening, "SCALED", 10)
    ran, opened = tmp_path / "ran", 0
    file = tmp_path / "weights"
    compute = Computer(Nets())
    for each in numbers(CASES):
        with case(each) as rng:
            file.write_bytes(hostile_weights(rng, ran))
            given = rng.choice((None, None, *INPUTS))
            try:
                network = opening.open_weights(file, given)
            except UserError as error:
                check_sentence(error)
            else:
                check_opened(network, compute)
                opened += 1
            assert not ran.exists(), "code in the file was executed"
            networks.opened.clear()
    assert opened > len(numbers(CASES)) / 20 - 1
