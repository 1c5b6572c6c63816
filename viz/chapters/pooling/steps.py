"""Steps: how much each step of one pixel changes the layers of the network itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.pooling.measure import steps as measured
from viz.chapters.pooling.measure.steps import STEPS, layers_of, period
from viz.chapters.pooling.words import no_maps
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.views.theme import Theme
from viz.views.widgets.bars import Bars, Group

HIGHEST = 1.5
"""Of the axis: two responses with nothing in common differ by √2 of either."""

FORMULA = "‖f(Tₖ x) − f(Tₖ₋₁ x)‖ / ‖f(Tₖ₋₁ x) − f(∅)‖"

SAME = 0.005
"""Of changes, what two decimals do not show."""


class Steps(MeasuredInstrument):
    """Eight bars for each layer, the latest step's bright and in figures."""

    id = "pooling-steps"
    title = tr("Steps")
    hint = tr("Nudge the digit with the arrow keys: how much of a step is left after each layer?")
    tip = tr(
        "How much a step of one pixel to the right changes each layer: {formula} over all of its "
        "maps, ∅ the canvas without the drawing, for the 8 steps that lead here. Noise stays in "
        "place.",
        formula=FORMULA,
    )
    explanation = tr(
        "Each layer has a bar for each of the last eight steps of one pixel that lead to where the "
        "drawing stands: how much the step changed the layer’s maps, relative to their response. A "
        "layer of stride <i>n</i> has the same maps again after <i>n</i> steps, one unit further "
        "on: <b>equivariance</b>, seen in time. Nudge the digit with the arrow keys: the bars of "
        "S2 repeat after two steps, those of S4 after four. They do not repeat where the drawing "
        "meets the edge of the canvas, or where a network pads its maps."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.bars = Bars("", tr("relative change by each of the last 8 steps of 1 px to the right"))
        self.bars.names = [tr("step {k}", k=k) for k in range(1, STEPS + 1)]
        self.bars.set_ranges((0.0, 1.0), (0.0, HIGHEST))
        self.set_view(self.bars)

    def reason(self, snapshot: Snapshot) -> str:
        if not layers_of(snapshot.architecture):
            return no_maps()
        return super().reason(snapshot)

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        return request.scene, request.network, request.ablated, snapshot.window

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        scene, network, ablated, window = key
        return measured.steps(nets(network), scene, ablated, window)

    def show_result(self, result: measured.Steps) -> None:
        colours = [_earlier] * (STEPS - 1) + [lambda theme: theme.accent]
        self.bars.set_groups(
            [
                Group(
                    layer, changes.tolist(), _note(changes),
                    _tip(layer, changes.tolist()), colours,
                )
                for layer, changes in result.items()
            ]
        )  # fmt: skip

    def formula(self) -> str:
        law = (
            "‖<i>f</i>(<i>T<sub>k</sub>x</i>) − <i>f</i>(<i>T</i><sub><i>k</i>−1</sub><i>x</i>)‖ / "
            "‖<i>f</i>(<i>T</i><sub><i>k</i>−1</sub><i>x</i>) − <i>f</i>(∅)‖"
        )
        result: measured.Steps | None = self.result
        if not result:
            return law
        layer, changes = list(result.items())[-1]
        return law + tr(
            "<br>= <b>{change}</b> in {layer} for the latest step",
            change=number(float(changes[-1]), 2), layer=layer,
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.bars.set_dimmed(dimmed)


def _earlier(theme: Theme) -> QColor:
    """Return the colour of the earlier steps' bars, fainter than the latest."""
    colour = QColor(theme.quiet)
    colour.setAlphaF(0.55)
    return colour


def _note(changes: NDArray[np.float64]) -> str:
    """The latest change, and after how many steps the changes repeat."""
    latest, steps = number(float(changes[-1]), 2), period(changes, SAME)
    if steps is None:
        return latest
    if steps == 1:
        return tr("{latest}, all alike", latest=latest)
    return tr("{latest}, repeat after {n}", latest=latest, n=steps)


def _tip(layer: str, changes: list[float]) -> str:
    about = tr(
        "f: the maps of {layer}; Tₖ x: the drawing after step k, one pixel further right; ∅: the "
        "canvas without it",
        layer=layer,
    )
    return f"{FORMULA}\n{about}\n" + "  ".join(number(change, 2) for change in changes)
