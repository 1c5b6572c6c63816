"""The words and colours by which instruments of this chapter name the three kinds of networks."""

from __future__ import annotations

from collections.abc import Mapping

from viz.i18n import tr
from viz.views.theme import Colour
from viz.views.widgets.plot import layer_colour

LEAST_PLOT = 184
"""Pixels across in which a plot's key has room for these names and their values."""

_ORDER = ("dense", "local", "conv")


def kind_names() -> Mapping[str, str]:
    """Return what the kinds of ``viz.nets.locality`` are called."""
    return {
        "dense": tr("fully connected"),
        "conv": tr("convolutional"),
        "local": tr("locally connected"),
    }


def kind_colour(kind: str) -> Colour:
    """Return the colour of a kind's curves: the lighter, the more its weights are restricted."""
    return layer_colour(_ORDER.index(kind), len(_ORDER))
