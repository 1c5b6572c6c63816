"""The figures of the networks instrument: what is measured of each, and the rows that tell it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.chapters.compared_networks import Unusable, error_on, usable
from viz.chapters.equivariance.measure.invariance import (
    DIGITS,
    SHIFTS,
    central,
    consistency,
    mean_consistency,
)
from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import tr
from viz.measure.shift_map import REACH, answers, place_near, shift_map, window_of
from viz.views.widgets.network_names import POOLINGS

EVERY = 5
"""Batches of MNIST digits between two figures on the screen: more often is not read."""


@dataclass(frozen=True, eq=False)
class NetworkMap:
    """What one network answers to each shift: classes and probabilities (29, 29)."""

    classes: NDArray[np.intp]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Maps:
    """The maps of one window by network, and the networks that cannot be used."""

    maps: Mapping[str, NetworkMap]
    broken: Mapping[str, Unusable]


@dataclass(frozen=True)
class OnMnist:
    """One network's consistency over so many MNIST ``digits``; None: stored, not measured."""

    network: str
    share: float
    digits: int | None


def maps_of(
    image: NDArray[np.float32],
    middle: tuple[float, float],
    ablated: Mapping[str, Mapping[str, Collection[int]]],
) -> Callable[[Nets], Iterator[Maps | None]]:
    """The work of the maps of the window of ``image`` (H, W) that is nearest to a point (x, y);
    ``ablated`` by network.

    All come as one result: what stands side by side is of one image.
    """

    def work(nets: Nets) -> Iterator[Maps | None]:
        loaded, broken = usable(nets, POOLINGS)
        found = {}
        for name, net in loaded.items():
            place = place_near(middle, net.architecture, *image.shape)
            window = window_of(image, place, net.architecture)
            log_probs = shift_map(net, window, REACH, ablated.get(name))
            found[name] = NetworkMap(*answers(log_probs))
            yield None
        yield Maps(found, broken)

    return work


def on_mnist(names: Collection[str]) -> Callable[[Nets], Iterator[OnMnist | None]]:
    """The work of these networks' consistency on 1,000 MNIST digits: now and then a figure, else
    None. Networks that cannot be used are left out."""

    def work(nets: Nets) -> Iterator[OnMnist | None]:
        from viz.chapters.equivariance.measure.stored_consistency import (
            mnist_windows,
            stored_consistency,
        )

        try:
            windows = mnist_windows()
        except UserError:  # without the data set there are the stored figures
            for name, share in stored_consistency().items():
                yield OnMnist(name, share, None)
            return
        for name, net in usable(nets, names)[0].items():
            for step, (digits, share) in enumerate(mean_consistency(net, windows), 1):
                shown = step % EVERY == 0 or digits == len(windows)
                yield OnMnist(name, share, digits) if shown else None

    return work


@dataclass(frozen=True)
class Row:
    """A figure of each network: its name, the values in the order of ``POOLINGS``, its formula."""

    label: str
    values: tuple[str, ...]
    formula: str


class Figures:
    """All that is known so far, and the rows that say it."""

    def __init__(self) -> None:
        self._errors = {name: error_on("MNIST test, centred", name) for name in POOLINGS}
        self._here: dict[str, float] = {}
        self._mnist: dict[str, OnMnist] = {}

    def take_maps(self, maps: Mapping[str, NetworkMap]) -> None:
        """The shown window has been measured."""
        self._here = {name: consistency(central(one.classes, SHIFTS)) for name, one in maps.items()}

    def take_mnist(self, found: OnMnist) -> None:
        """One network has been measured on some of MNIST's digits."""
        self._mnist[found.network] = found

    def unmeasured(self) -> tuple[str, ...]:
        """The networks not yet measured on all of MNIST's digits that count."""
        whole = {name for name, found in self._mnist.items() if found.digits == DIGITS}
        return tuple(name for name in POOLINGS if name not in whole)

    def rows(self) -> tuple[Row, ...]:
        """Error, consistency of this window, consistency on MNIST."""
        counts = {found.digits for found in self._mnist.values()}
        digits = tr("consistency, {count} digits", count=f"{DIGITS:,}")
        if counts == {None}:
            digits = tr("{label}, stored", label=digits)
        about = tr(
            "Shift consistency, after Zhang (2019): of all pairs of shifts one pixel apart, with "
            "|dx|, |dy| ≤ {reach}, the share that have one answer.", reach=SHIFTS,
        )  # fmt: skip
        return (
            Row(
                tr("error on MNIST"),
                tuple(_percent(self._errors[name], 2) for name in POOLINGS),
                tr("Of MNIST's 10,000 test digits, centred: the share read wrongly, “none” too."),
            ),
            Row(
                tr("consistency, this window"),
                tuple(_percent(self._here.get(name), 1) for name in POOLINGS),
                about,
            ),
            Row(
                digits,
                tuple(self._on_mnist(name) for name in POOLINGS),
                about + " " + tr("MNIST's test digits 0 to {last}.", last=DIGITS - 1),
            ),
        )

    def _on_mnist(self, name: str) -> str:
        found = self._mnist.get(name)
        if found is None:
            return "–"
        text = _percent(found.share, 2)
        if found.digits in (None, DIGITS):
            return text
        return tr("{share} of {count}", share=text, count=found.digits)


def _percent(share: float | None, decimals: int) -> str:
    return "–" if share is None else f"{100 * share:.{decimals}f} %"
