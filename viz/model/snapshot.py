"""What is asked of the network and what it answered: frozen, numbered, safe to share.

A Request captures all that a computation needs, a Snapshot all that the screen shows of it, its
request included; so no lock is needed and panels never disagree. Arrays are read-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from viz.measure.inspection import Trace
from viz.measure.reading import Reading
from viz.nets.layers import BY_NAME, Layer, layer_of
from viz.nets.variants import VARIANTS
from viz.scene import Scene
from viz.scene.limits import Between, Known
from viz.scene.model import MAX_WIDTH

MOST_MAPS = 100_000
"""Of one layer of any network."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Unit:
    """One unit of the network: map number and position within a layer (``"C1"`` … ``"output"``)."""

    layer: Annotated[str, Known("layer")]
    map: Annotated[int, Between(0, MOST_MAPS)]
    row: Annotated[int, Between(0, MAX_WIDTH)]
    column: Annotated[int, Between(0, MAX_WIDTH)]

    def exists_on(self, height: int, width: int) -> bool:
        """Whether a canvas of height × width pixels has this unit."""
        maps, rows, columns = BY_NAME[self.layer].shape(height, width)
        return self.map < maps and self.row < rows and self.column < columns


@dataclass(frozen=True)
class Request:
    """A numbered wish: run this network of ``VARIANTS`` on this scene, so ablated, and trace this
    unit."""

    number: int
    scene: Scene
    ablated: Mapping[str, frozenset[int]] = field(default_factory=dict)
    inspected: Unit | None = None
    network: str = "max"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The answer to one request.

    ``image`` (H, W) float32 in [0, 1] is what the network saw. ``maps`` holds every activation as
    (maps, h, w) float32 by layer name, and the pre-activations as ``"C1 pre"``; ``"output"`` is
    log-probabilities (11, H′, W′). ``trace`` explains ``request.inspected``, if that unit exists.
    Times are milliseconds on the worker.
    """

    request: Request
    image: Array
    maps: Mapping[str, Array]
    reading: Reading
    trace: Trace | None
    raster_ms: float
    forward_ms: float
    compute_ms: float

    @property
    def scene(self) -> Scene:
        """The scene that was computed."""
        return self.request.scene

    @property
    def pooling(self) -> str:
        """How the network pools that answered."""
        return VARIANTS[self.request.network].pooling

    def layer(self, name: str) -> Layer:
        """A layer as that network has it."""
        return layer_of(name, self.pooling)
