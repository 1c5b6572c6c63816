"""Networks side by side on one canvas: what each answers, its maps, and what it costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viz.measure.reading import read
from viz.nets.architecture import Architecture

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

REPEATS = 5
"""How often each network is timed; the median counts."""


@dataclass(frozen=True, eq=False)
class Answered:
    """What one network makes of a canvas: the ``text`` that is read, the ``maps`` (c, h, w) of one
    layer, none where it has no such layer, and ``milliseconds`` of a pass."""

    name: str
    architecture: Architecture
    text: str
    maps: Array | None
    milliseconds: float


def answers(
    networks: Mapping[str, Network], image: Array, layer: str, ablated: Mapping[str, Any]
) -> Iterator[tuple[Answered, ...]]:
    """Run every network over a canvas (H, W), then time all of them again.

    ``ablated``: the maps set to zero, by the network's name. Yields what is known.
    """
    import torch

    x = torch.from_numpy(image.copy())[None, None]
    found: list[Answered] = []
    times: dict[str, list[float]] = {name: [] for name in networks}

    def run(name: str) -> Any:
        start = time.perf_counter()
        with torch.inference_mode():
            maps = networks[name](x, ablated.get(name))
        times[name].append((time.perf_counter() - start) * 1e3)
        return maps

    for name, network in networks.items():
        maps = run(name)
        seen = maps[layer][0].numpy() if layer in network.architecture else None
        text = read(maps["output"][0].numpy()).text
        found.append(Answered(name, network.architecture, text, seen, times[name][0]))
    yield tuple(found)
    for _ in range(REPEATS - 1):
        for name in networks:
            run(name)
    yield tuple(replace(one, milliseconds=statistics.median(times[one.name])) for one in found)
