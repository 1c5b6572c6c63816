"""What the small networks of the chapter are called, and how their curves look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viz.chapters.assumptions.measure import left_right
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.networks import MAIN, trained
from viz.views.theme import Colour
from viz.views.widgets.plot import layer_colour

PATTERNS: tuple[tuple[float, ...], ...] = (
    (),
    (4.0, 2.0),
    (1.0, 1.5),
    (6.0, 2.0, 1.0, 2.0),
    (2.0, 1.0),
)
"""Of the curves' lines: colours alone are not enough."""


def ingredient_name(name: str) -> str:
    """Return what a network is called by what sets it apart."""
    shared, unshared, head = left_right.NETWORKS
    return {
        shared: tr("all shared"),
        unshared: tr("kernels unshared"),
        head: tr("head unshared"),
        "centred-fully-connected": tr("fully connected"),
        "centred-unshared": tr("unshared"),
        "centred-convolutional": tr("convolutional"),
        "centred-global-average": tr("global average"),
        MAIN: tr("augmented"),
    }[name]


def ingredient_tip(name: str) -> str:
    """Return how a network is made, in a sentence."""
    shared, unshared, head = left_right.NETWORKS
    return {
        shared: tr("Shared kernels, then the mean of each map over all places."),
        unshared: tr("A kernel of its own at each place, then the mean over all places."),
        head: tr("Shared kernels, but the output has a weight for each place."),
        "centred-fully-connected": tr("64 hidden units connected to all pixels; no kernels."),
        "centred-unshared": tr("Two locally connected layers, a kernel of its own at each place."),
        "centred-convolutional": tr(
            "Shared kernels and max pooling; its head has a weight for each place."
        ),
        "centred-global-average": tr(
            "Shared kernels and max pooling; its head takes each map’s mean over all places."
        ),
        MAIN: tr(
            "The default model: convolutional, learned shifted, scaled and rotated digits too."
        ),
    }[name]


def figures(name: str) -> Mapping[str, Any]:
    """Return the test errors in % by test, as measured after training; none if the weights do not
    tell."""
    try:
        found = trained(name).metadata["figures"]
    except (UserError, KeyError, TypeError):
        return {}
    return found if isinstance(found, Mapping) else {}


def curve_colour(place: int, count: int) -> Colour:
    """Return the colour of one of several networks' curves."""
    return layer_colour(place, count)
