"""Recent units: a map that had units stays a second beyond its last one, whatever comes between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.recent_units import SECOND, RecentUnits


def units(**maps: list[int]) -> dict[str, NDArray[np.intp]]:
    """Layers whose units lie somewhere in these maps, two in each."""
    return {
        layer: np.array([(n, i, 3) for n in numbers for i in (0, 4)], np.intp).reshape(-1, 3)
        for layer, numbers in maps.items()
    }


def test_maps_are_there_at_once_and_sorted() -> None:
    lately = RecentUnits()
    assert lately.maps() == {} and lately.due is None
    lately.see(units(C3=[30, 4], C1=[2], S2=[]), 10.0)
    assert lately.maps() == {"C1": (2,), "C3": (4, 30)}
    assert lately.due is None  # they have units, however long the drawing rests


def test_a_map_goes_a_second_after_its_last_units() -> None:
    lately = RecentUnits()
    lately.see(units(C3=[1, 2]), 10.0)
    lately.see(units(C3=[2]), 10.4)
    lately.see(units(C3=[]), 10.6)
    assert lately.maps() == {"C3": (1, 2)} and lately.due == 10.4 + SECOND
    lately.drop()
    assert lately.maps() == {"C3": (2,)} and lately.due == 10.6 + SECOND
    lately.drop()
    assert lately.maps() == {} and lately.due is None


def test_one_that_comes_and_goes_stays() -> None:
    lately = RecentUnits()
    for look in range(20):
        lately.see(units(C5=[7] if look % 3 == 0 else []), 0.2 * look)
        assert lately.maps() == {"C5": (7,)}
        assert lately.due is None or lately.due > 0.2 * look
