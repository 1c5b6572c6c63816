"""Requests to the network and its answers: frozen, numbered, safe to share between threads.

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
from viz.nets.architecture import WINDOW_STEP, Architecture, Layer
from viz.scene import Scene
from viz.scene.limits import AtMost, Between
from viz.scene.model import MAX_WIDTH

LONGEST_NAME = 20
"""Characters of a layer's name."""

MOST_MAPS = 100_000
"""Of one layer of any network."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Unit:
    """One unit of the network: map number and position within a layer, by its name."""

    layer: Annotated[str, AtMost(LONGEST_NAME)]
    map: Annotated[int, Between(0, MOST_MAPS)]
    row: Annotated[int, Between(0, MAX_WIDTH)]
    column: Annotated[int, Between(0, MAX_WIDTH)]

    def exists_on(self, architecture: Architecture, height: int, width: int) -> bool:
        """Tell whether this network has this unit on a canvas of height × width pixels."""
        if self.layer not in architecture:
            return False
        maps, rows, columns = architecture.layer(self.layer).shape(height, width)
        return self.map < maps and self.row < rows and self.column < columns


@dataclass(frozen=True)
class Request:
    """A numbered request: run ``network`` (a name of ``viz.nets.networks``) on ``scene`` with the
    maps ``ablated`` set to zero, and trace the unit ``inspected``.

    Of a network that sees one window at a time the maps are those of ``window`` (row, column); None
    for the one that is most confident of a digit.
    """

    number: int
    scene: Scene
    ablated: Mapping[str, frozenset[int]] = field(default_factory=dict)
    inspected: Unit | None = None
    network: str = "max"
    window: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The answer to one request.

    ``image`` (H, W) float32 in [0, 1] is what the network saw. ``maps`` holds every activation as
    (maps, h, w) float32 by layer name, and the pre-activations as ``"C1 pre"``; ``"output"`` is
    log-probabilities (classes, H′, W′). ``trace`` explains ``request.inspected``, if that unit
    exists. ``origin``: the (top, left) pixel of the window to which the maps belong, for a network
    that sees one at a time. Times are milliseconds on the worker.
    """

    request: Request
    architecture: Architecture
    image: Array
    maps: Mapping[str, Array]
    reading: Reading
    trace: Trace | None
    raster_ms: float
    forward_ms: float
    compute_ms: float
    origin: tuple[int, int] = (0, 0)

    @property
    def scene(self) -> Scene:
        """The scene that was computed."""
        return self.request.scene

    @property
    def window(self) -> tuple[int, int] | None:
        """The (row, column) of the window to which the maps belong, for a network that sees one at
        a time; None for a fully convolutional network."""
        if self.architecture.is_convolutional:
            return None
        return self.origin[0] // WINDOW_STEP, self.origin[1] // WINDOW_STEP

    def layer(self, name: str) -> Layer:
        """Return a layer of the network that answered. Raises KeyError for one that it lacks."""
        return self.architecture.layer(name)

    def has_unit(self, unit: Unit) -> bool:
        """Tell whether the maps have this unit."""
        return unit.exists_on(self.architecture, *self.image.shape)
