"""What the residual's plot shows: each curve's colour and line, and what is said of the axis and of
curves that are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from viz.chapters.equivariance.measure.residual import AXES, ShiftCurves
from viz.i18n import tr
from viz.nets import networks
from viz.views.theme import Theme
from viz.views.widgets.axes import figure
from viz.views.widgets.network_names import POOLINGS, network_colour, short_network_name
from viz.views.widgets.series import Series

Floats = NDArray[np.float64]

_NOTHING = np.empty(0)
_UNKNOWN = ShiftCurves("", _NOTHING, {}, {}, done=False)

PATTERNS: tuple[tuple[float, ...], ...] = (
    (), (6.0, 2.0), (1.5, 1.5), (), (7.0, 2.0, 1.5, 2.0), (3.0, 2.0)
)  # fmt: skip
"""The layers' lines in turn, dash and gap in widths: neighbours differ in more than their colour,
and where two curves lie on each other, as those of LeNet-5's S2 and C3 nearly do, the lower one
shows in the gaps."""

THICK = 3
"""Of these lines the one that is thick: LeNet-5's S4 lies among C5's and the output's, of the same
stride."""


def layer_colours(names: Sequence[str], theme: Theme) -> dict[str, QColor]:
    """One colour for each layer: along the scale of activations, the deeper the further on. The
    hues of the classes are not used, which mean something else."""
    low, high = (125, 245) if theme.name == "dark" else (150, 255)
    places = np.linspace(low, high, len(names)).astype(int)
    return {
        name: QColor(int(theme.sequential[place]))
        for name, place in zip(names, places, strict=True)
    }


def compared_in(layer: str) -> tuple[str, ...]:
    """The networks of different pooling that have a layer of this name."""
    return tuple(name for name in POOLINGS if layer in networks.architecture(name))


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


def layer_series(found: ShiftCurves | None, names: Sequence[str], theme: Theme) -> list[Series]:
    """The interiors of a network's layers of these names, as far as they are known."""
    colours, known = layer_colours(names, theme), found or _UNKNOWN
    return [
        Series(
            name,
            known.shifts,
            _values(known, known.interior, name),
            colours[name],
            thick=number % len(PATTERNS) == THICK,
            pattern=PATTERNS[number % len(PATTERNS)],
        )
        for number, name in enumerate(names)
    ]


def network_series(
    found: Mapping[str, ShiftCurves], layer: str, answering: str, theme: Theme
) -> list[Series]:
    """Return a layer's interior curve for each compared network, as far as they are known.

    The live network's curve is thick, with its border curve below."""
    known, compared = found.get(answering, _UNKNOWN), compared_in(layer)
    border = _values(known, known.border, layer)
    series = [Series(tr("border"), known.shifts, border, theme.quiet, dashed=True)]
    for name in compared if answering in compared else (answering, *compared):
        known = found.get(name, _UNKNOWN)
        series.append(
            Series(
                short_network_name(name),
                known.shifts,
                _values(known, known.interior, layer),
                network_colour(name, theme),
                thick=name == answering,
            )
        )
    return series


def _values(found: ShiftCurves, part: Mapping[str, Floats], layer: str) -> Floats:
    """A layer's curve among ``part`` of what was found: NaN of a layer that another network has."""
    return part[layer] if layer in part else np.full(len(found.shifts), np.nan)


def too_few(named: Mapping[str, tuple[ShiftCurves, str]], size: tuple[int, int]) -> str:
    """Of which interiors ``size``, the width and height of the canvas or of the window that is
    compared, leaves nothing, or not all; "" if it does of none. ``named``: what a curve is called →
    the curves it is among, and its layer there."""
    missing = []
    for name, (found, layer) in named.items():
        if layer not in found.interior:
            continue
        reach = found.interior_reach(layer)
        if reach < 0:
            missing.append(name)
        elif reach < found.shifts[-1]:
            missing.append(tr("{name} beyond {reach} px", name=name, reach=figure(reach)))
    if not missing:
        return ""
    return tr(
        "{width}×{height} px are too few for an interior of {names}.",
        width=size[0], height=size[1], names=", ".join(missing),
    )  # fmt: skip
