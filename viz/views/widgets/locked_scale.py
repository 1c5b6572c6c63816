"""The locked colour scale of a layer's maps: calibrated once from data, never per frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Layer
from viz.views.theme import Lut, Theme


@dataclass(frozen=True)
class LockedScale:
    """Activations from 0 to ``peak``, or, with ``signed``, values from −peak to peak."""

    peak: float
    signed: bool = False

    def lut(self, theme: Theme) -> Lut:
        """The theme's colours for it: diverging about zero, or sequential from zero on."""
        return theme.diverging if self.signed else theme.sequential

    def numbers(self) -> tuple[str, str]:
        """What stands at the two ends of its legend."""
        high = f"{self.peak:.1f}"
        return (f"−{high}" if self.signed else "0"), high

    def index(self, values: NDArray[np.float32], out: NDArray[np.intp]) -> None:
        """Values → places in the table, into ``out``; those beyond the ends are left beyond, for
        ``np.take(…, mode="clip")``."""
        if self.signed:
            middle = np.float32(127.5)
            np.add(values * (middle / np.float32(self.peak)), middle, out=out, casting="unsafe")
        else:
            np.multiply(values, np.float32(255 / self.peak), out=out, casting="unsafe")


def scale_of(layer: Layer, pre: bool, scales: Mapping[str, float]) -> LockedScale:
    """The scale of a layer, or of its pre-activations, from the table that the weights carry."""
    return LockedScale(scales[f"{layer.name} pre" if pre else layer.name], pre or layer.signed)
