"""Pieces of a canvas: whatever the network, its windows answer from them as in one pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_architectures import architectures
from random_nets import random_network

from viz.chapters.binding.measure.piece import piece_for
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5


def test_lenet5_s_piece_is_its_windows() -> None:
    seen = piece_for(lenet5(), (40, 100), (1, 3), (2, 5))
    assert (seen.box, seen.row, seen.column, seen.rim) == ((4, 12, 36, 48), 0, 0, 0)
    blurred = piece_for(lenet5("blur"), (40, 100), (0, 17))
    assert (blurred.box, blurred.row, blurred.column) == ((-3, 65, 38, 38), 0, 0)
    image = np.ones((40, 100), np.float32)
    cut = blurred.of(image)
    assert not cut[:3].any() and not cut[:, -3:].any() and cut[3:, :-3].all()


@given(architectures(), st.data())
def test_windows_and_their_units_are_as_in_one_pass(
    architecture: Architecture, data: st.DataObject
) -> None:
    net, least = random_network(architecture), architecture.window
    size = data.draw(st.tuples(*[st.integers(least, least + 9)] * 2))
    rows, columns = architecture.windows(*size)
    row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    high, wide = data.draw(st.integers(1, rows - row)), data.draw(st.integers(1, columns - column))
    image = np.random.default_rng(0).random(size, np.float32)
    seen = piece_for(architecture, size, (row, column), (high, wide))
    with torch.inference_mode():
        whole = net(torch.from_numpy(image)[None, None], window=(row, column))
        alone = net(
            torch.from_numpy(seen.of(image))[None, None],
            rimmed=seen.rim > 0,
            window=(seen.row, seen.column),
        )
    stride = architecture.stride
    for layer in architecture.layers:
        count = (high, wide) if layer is architecture.output else (layer.size,) * 2
        first = [
            [0, 0] if layer.fixed else [at * stride // layer.stride for at in place]
            for place in ((row, column), (seen.row, seen.column))
        ]
        theirs, ours = (
            values[layer.name][0, :, top : top + count[0], left : left + count[1]].numpy()
            for values, (top, left) in zip((whole, alone), first, strict=True)
        )
        assert ours.shape == theirs.shape
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-4)
