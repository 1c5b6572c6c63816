"""The permutation of pixels as a growing set of swaps: at every moment it is a permutation.

The last one is that of ``viz.nets.experiments``, under which networks are trained and tested.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import WINDOW, Architecture
from viz.nets.experiments import PERMUTATION, permutation

Order = NDArray[np.int64]
Window = NDArray[np.float32]


@lru_cache(maxsize=4)
def swaps(seed: int = PERMUTATION, side: int = WINDOW) -> NDArray[np.int64]:
    """Find swaps (S, 2) of places which, one after the other, make the permutation of a seed.

    Places are taken in a random order; each gets its final pixel by one swap, unless it has that
    already. So S is side² less the number of the permutation's cycles, the fewest there can be.
    """
    final = permutation(seed, side)
    present, place = np.arange(side * side), np.arange(side * side)
    found = []
    for at in np.random.default_rng([seed, side]).permutation(side * side):
        source = place[final[at]]
        if source == at:
            continue
        present[[at, source]] = present[[source, at]]
        place[present[[at, source]]] = at, source
        found.append((at, source))
    return np.array(found, np.int64)


@lru_cache(maxsize=256)
def order_at(share: float, seed: int = PERMUTATION, side: int = WINDOW) -> Order:
    """Return the order (side²,) after a share, 0 … 1, of the swaps; read-only.

    Place i shows what place order[i] had, as ``experiments.permuted`` takes it.
    """
    pairs = swaps(seed, side)
    order = np.arange(side * side)
    for a, b in pairs[: count_at(share, seed, side)].tolist():
        order[a], order[b] = order[b], order[a]
    order.setflags(write=False)
    return order


def count_at(share: float, seed: int = PERMUTATION, side: int = WINDOW) -> int:
    """Return how many swaps a share of them is."""
    return round(share * len(swaps(seed, side)))


def in_place(order: Order) -> int:
    """Count the pixels that stand where they stood."""
    return int((order == np.arange(len(order))).sum())


def window_about(image: Window, architecture: Architecture, window: tuple[int, int]) -> Window:
    """Cut the 32×32 pixels about the middle of a window (row, column) out of a canvas (H, W)."""
    top, left = (
        min(max(0, round(architecture.centre(at) - WINDOW / 2)), length - WINDOW)
        for at, length in zip(window, image.shape, strict=True)
    )
    return np.array(image[top : top + WINDOW, left : left + WINDOW])
