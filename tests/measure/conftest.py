"""How many threads the measures compute with here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compute with one thread, as the program does: over single windows several threads mostly
    wait for each other (ten times as long beside other work on two cores). MNIST gains by them."""
    threads = torch.get_num_threads()
    if "mnist_dir" not in request.fixturenames:
        torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
