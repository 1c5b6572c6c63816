"""The figures of the networks instrument: what the measuring lane does, and what is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.compute import Nets
from viz.errors import UserError
from viz.measure.invariance import mean_consistency
from viz.measure.shift_map import REACH, answers, shift_map, window_of
from viz.nets.weights import load_metadata, pretrained_path
from viz.views.network_names import POOLINGS

EVERY = 5
"""Batches of MNIST digits between two figures on the screen: more often is not read."""


@dataclass(frozen=True, eq=False)
class Answers:
    """One network's map of a window."""

    classes: NDArray[np.intp]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class OnMnist:
    """One network's consistency over so many MNIST ``digits``; None: stored, not measured."""

    network: str
    share: float
    digits: int | None


def maps_of(
    image: NDArray[np.float32],
    place: tuple[int, int],
    ablated: Mapping[str, Mapping[str, Collection[int]]],
) -> Callable[[Nets], Iterator[dict[str, Answers] | None]]:
    """The work of the maps of a window of ``image`` (H, W); ``ablated`` by network.

    All come as one result, by network: what stands side by side is of one image.
    """
    window = window_of(image, place)

    def work(nets: Nets) -> Iterator[dict[str, Answers] | None]:
        found = {}
        for name in POOLINGS:
            log_probs = shift_map(nets(name), window, REACH, ablated.get(name))
            found[name] = Answers(*answers(log_probs))
            yield None
        yield found

    return work


def on_mnist(nets: Nets) -> Iterator[OnMnist | None]:
    """The work of the consistency on 1,000 MNIST digits: now and then a figure, else None."""
    from viz.measure.stored_consistency import mnist_windows, stored_consistency

    try:
        windows = mnist_windows()
    except UserError:  # without the data set there are the stored figures
        for name, share in stored_consistency().items():
            yield OnMnist(name, share, None)
        return
    for name in POOLINGS:
        for step, (digits, share) in enumerate(mean_consistency(nets(name), windows), 1):
            shown = step % EVERY == 0 or digits == len(windows)
            yield OnMnist(name, share, digits) if shown else None


def mnist_error(name: str) -> float | None:
    """The share of MNIST's test digits that a network reads wrongly, as its weights tell."""
    try:
        rows = load_metadata(None if name == "max" else pretrained_path(name))["figures"]["rows"]
        return next(float(row["error"]) for row in rows if row["test"].startswith("MNIST"))
    except (UserError, KeyError, TypeError, ValueError, StopIteration):
        return None
