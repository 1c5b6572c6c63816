"""Marks: units that a measurement points out, by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.scene import Scene


@dataclass(frozen=True, eq=False)
class Marks:
    """Units to be marked where they are shown: (N, 3) map, row, column by layer, of one scene."""

    scene: Scene
    units: Mapping[str, NDArray[np.intp]]
