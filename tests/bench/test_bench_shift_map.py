"""The bench of the shift map compares what is equal, and counts maps that reached the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from viz.bench import shift_map


@pytest.fixture(autouse=True)
def as_many_threads_as_before() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def test_the_ratio_is_of_passes_that_are_equal() -> None:
    figures = shift_map.compare(pairs=1)
    assert figures["ratio"] == figures["forwards_ms"] / figures["dense_ms"] > 1
    assert figures["difference"] <= 1e-5


@pytest.mark.xvfb
def test_maps_are_counted_while_a_digit_is_dragged(qapp: object) -> None:
    figures = shift_map.beside_a_drag(seconds=1.0)
    assert figures["maps_per_s"] > 0
    assert 0 < figures["latency_ms"]["p50"] <= figures["latency_ms"]["p99"]
