"""What the residual's plot shows: each curve's colour and line, and what is said of the axis and of
curves that are missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PyQt6.QtGui import QColor

from viz.chapters.equivariance.measure.residual import AXES, ShiftCurves
from viz.i18n import tr
from viz.nets.layers import LAYERS
from viz.scene import Scene
from viz.views.theme import Theme
from viz.views.widgets.axes import figure
from viz.views.widgets.network_names import POOLINGS, network_colour, short_network_name
from viz.views.widgets.series import Series

NAMES = tuple(layer.name for layer in LAYERS)

_NOTHING = np.empty(0)
_NO_CURVES = dict.fromkeys(NAMES, _NOTHING)
_UNKNOWN = ShiftCurves("", _NOTHING, _NO_CURVES, _NO_CURVES, done=False)

PATTERNS = {
    "C1": (),
    "S2": (6.0, 2.0),
    "C3": (1.5, 1.5),
    "S4": (),
    "C5": (7.0, 2.0, 1.5, 2.0),
    "output": (3.0, 2.0),
}
"""The layers' lines, dash and gap in widths: neighbours differ in more than their colour, and where
two curves lie on each other, as those of S2 and C3 nearly do, the lower one shows in the gaps."""

THICK = "S4"
"""The one layer whose line is thick: it lies among C5's and the output's, of the same stride."""


def layer_colours(theme: Theme) -> dict[str, QColor]:
    """One colour for each layer: along the scale of activations, the deeper the further on. The
    hues of the classes are not used, which mean something else."""
    low, high = (125, 245) if theme.name == "dark" else (150, 255)
    places = np.linspace(low, high, len(NAMES)).astype(int)
    return {
        name: QColor(int(theme.sequential[place]))
        for name, place in zip(NAMES, places, strict=True)
    }


def x_label(axis: str, through: float, step: int) -> str:
    """What the axis says: along which line of shifts, and where these are aligned."""
    other = AXES[1 - AXES.index(axis)]
    if through % step:
        return tr(
            "shift along {axis} / px, {other}: {through}, no multiple of {step}",
            axis=axis, other=other, through=figure(round(through, 2)), step=step,
        )  # fmt: skip
    return tr(
        "shift along {axis} / px, {other}: {through}.  At the lines aligned, between interpolated",
        axis=axis, other=other, through=figure(through),
    )  # fmt: skip


def layer_series(found: ShiftCurves | None, theme: Theme) -> list[Series]:
    """The interiors of a network's layers, as far as they are known."""
    colours, known = layer_colours(theme), found or _UNKNOWN
    return [
        Series(
            name,
            known.shifts,
            known.interior[name],
            colours[name],
            thick=name == THICK,
            pattern=PATTERNS[name],
        )
        for name in NAMES
    ]


def network_series(
    found: Mapping[str, ShiftCurves], layer: str, answering: str, theme: Theme
) -> list[Series]:
    """Return a layer's interior curve for each compared network, as far as they are known.

    The live network's curve is thick, with its border curve below."""
    known = found.get(answering, _UNKNOWN)
    series = [Series(tr("border"), known.shifts, known.border[layer], theme.quiet, dashed=True)]
    for name in POOLINGS if answering in POOLINGS else (answering, *POOLINGS):
        known = found.get(name, _UNKNOWN)
        series.append(
            Series(
                short_network_name(name),
                known.shifts,
                known.interior[layer],
                network_colour(name, theme),
                thick=name == answering,
            )
        )
    return series


def too_few(named: Mapping[str, tuple[ShiftCurves, str]], scene: Scene) -> str:
    """Of which interiors the canvas leaves nothing, or not all; "" if it does of none. ``named``:
    what a curve is called → the curves it is among, and its layer there."""
    missing = []
    for name, (found, layer) in named.items():
        reach = found.interior_reach(layer)
        if reach < 0:
            missing.append(name)
        elif reach < found.shifts[-1]:
            missing.append(tr("{name} beyond {reach} px", name=name, reach=figure(reach)))
    if not missing:
        return ""
    return tr(
        "{width}×{height} px are too few for an interior of {names}.",
        width=scene.width, height=scene.height, names=", ".join(missing),
    )  # fmt: skip
