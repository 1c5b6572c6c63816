"""What six small networks answer while the pixels of a window are permuted, swap by swap.

Three of them, about equal in parameters, have learned digits as they are; the same three have
learned digits under one fixed permutation (``viz.nets.locality``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.assumptions.measure.permuting import Window, order_at
from viz.nets.experiments import permuted
from viz.nets.learning import logits, pixels
from viz.nets.locality import ARCHITECTURES

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from viz.nets.network import Network

Floats = NDArray[np.float32]

KINDS = tuple(ARCHITECTURES)
"""``"dense"``, ``"conv"``, ``"local"``."""

NAMES = tuple(f"locality-{kind}{ending}" for ending in ("", "-permuted") for kind in KINDS)
"""Those trained on digits as they are, then those trained on permuted ones."""

SHARES = np.linspace(0.0, 1.0, 41)
"""Of the swaps, where the curves are measured."""


@dataclass(frozen=True, eq=False)
class Fade:
    """The ``window`` (32, 32) as it is and ``shown`` after a share of the swaps; the
    probabilities (10,) that each network then gives, by name; and ``curves`` (41, 10) over
    ``SHARES``, of those networks that have been measured."""

    window: Window
    shown: Window
    share: float
    now: Mapping[str, Floats]
    curves: Mapping[str, Floats]


def fade(networks: Mapping[str, Network], window: Window, share: float) -> Iterator[Fade]:
    """Let networks answer a window (32, 32) after a share of the swaps, then after all shares.

    Yields the answers first, then the curves of one network more each time.
    """
    shown = permuted(window, order_at(share))
    now = {name: probabilities(net, shown[None])[0] for name, net in networks.items()}
    yield Fade(window, shown, share, now, {})
    every = np.stack([permuted(window, order_at(float(part))) for part in SHARES])
    curves: dict[str, Floats] = {}
    for name, net in networks.items():
        curves[name] = probabilities(net, every)
        yield Fade(window, shown, share, now, dict(curves))


def probabilities(net: Network, windows: Floats) -> Floats:
    """Compute the probabilities (N, 10) of windows (N, 32, 32)."""
    import torch

    with torch.inference_mode():
        return np.asarray(torch.softmax(logits(net, pixels(windows)), 1).numpy())
