"""Several networks on one window, and on MNIST: their shift maps and their consistency."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.chapters.compared_networks import Unusable, usable
from viz.chapters.equivariance.measure.invariance import (
    SHIFTS,
    central,
    consistency,
    mean_consistency,
)
from viz.chapters.equivariance.measure.stored_consistency import mnist_windows, stored_consistency
from viz.engine.compute import Nets
from viz.errors import UserError
from viz.measure.shift_map import REACH, answers, place_near, shift_map, window_of

EVERY = 5
"""Batches of MNIST digits between two figures on the screen: more often is not read."""


@dataclass(frozen=True, eq=False)
class NetworkMap:
    """What one network answers to each shift: classes and probabilities (29, 29)."""

    classes: NDArray[np.intp]
    probabilities: NDArray[np.float32]

    @property
    def consistency(self) -> float:
        """The shift consistency of the window."""
        return consistency(central(self.classes, SHIFTS))


@dataclass(frozen=True, eq=False)
class NetworkMaps:
    """The maps of one window by network, and the networks that cannot be used."""

    maps: Mapping[str, NetworkMap]
    broken: Mapping[str, Unusable]


@dataclass(frozen=True)
class MnistConsistency:
    """One network's consistency over so many MNIST ``digits``; None: stored, not measured."""

    network: str
    share: float
    digits: int | None


def network_maps(
    nets: Nets,
    names: Collection[str],
    image: NDArray[np.float32],
    middle: tuple[float, float],
    ablated: Mapping[str, Mapping[str, Collection[int]]],
) -> Iterator[NetworkMaps | None]:
    """Yield the maps of the window of ``image`` (H, W) that is nearest to a point (x, y), with the
    maps that are ``ablated`` by network; None after each network.

    All come as one result: what stands side by side is of one image.
    """
    loaded, broken = usable(nets, names)
    maps = {}
    for name, net in loaded.items():
        place = place_near(middle, net.architecture, *image.shape)
        window = window_of(image, place, net.architecture)
        maps[name] = NetworkMap(*answers(shift_map(net, window, REACH, ablated.get(name))))
        yield None
    yield NetworkMaps(maps, broken)


def mnist_consistency(nets: Nets, names: Collection[str]) -> Iterator[MnistConsistency | None]:
    """Yield the consistency of networks on 1,000 MNIST digits as it is measured, now and then None;
    where MNIST is not installed, the stored figures. Networks that cannot be used are left out."""
    try:
        windows = mnist_windows()
    except UserError:
        for name, share in stored_consistency().items():
            yield MnistConsistency(name, share, None)
        return
    for name, net in usable(nets, names)[0].items():
        for step, (digits, share) in enumerate(mean_consistency(net, windows), 1):
            is_due = step % EVERY == 0 or digits == len(windows)
            yield MnistConsistency(name, share, digits) if is_due else None
