"""Histogram: how a layer's activations are distributed on the present drawing, zeros apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.networks import trained
from viz.views.widgets.segmented import Option, Segmented

if TYPE_CHECKING:
    from viz.views.widgets.bars import Bars

BINS = 20
"""Of equal width over the layer's locked scale; what is larger counts in the last."""

HIGHEST = 0.5
"""Of the axis: a higher bar ends there."""


class Histogram(MeasuredInstrument):
    """A bar for each part of the scale, and in figures the share of the units that are zero."""

    id = "histogram"
    title = tr("Histogram")
    hint = tr("Draw: how many units of a layer are zero, and how large are the others?")
    tip = tr(
        "How a layer's activations are distributed: of the units that are not 0, the share in each "
        "of {bins} equal parts of the layer's colour scale; the share of zeros as a number.",
        bins=BINS,
    )
    explanation = tr(
        "Of the units that are not 0, each bar shows the share in one part of the layer’s colour "
        "scale. ReLU makes every negative sum exactly 0, so most units are silent: the code is "
        "<b>sparse</b>. Draw, and compare the layers: pooling makes more units active, since one "
        "active unit in a window is enough. The scale was fixed once, from many digits, so bars do "
        "not jump; larger values count in the last one. After tanh hardly any unit is exactly 0, "
        "and the share of zeros means little."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.layer = Segmented(tr("Layer"), ())
        self.add_setting("layer", self.layer)

    @cached_property
    def bars(self) -> Bars:
        """Made when there is something to show, lest the window open later for pyqtgraph."""
        from viz.views.widgets.bars import Bars

        bars = Bars("", tr("share of the units that are not 0"))
        bars.set_ranges((0.0, 1.0), (0.0, HIGHEST))
        self.set_view(bars)
        return bars

    def key(self, snapshot: Snapshot) -> Any:
        layers = snapshot.architecture.layers[:-1]  # the output is no activation
        self.layer.set_options(
            [
                Option(one.name, one.name, tr("The units of {layer}.", layer=one.name))
                for one in layers
            ]
        )
        request = snapshot.request
        return self.layer.value, request.scene, request.network, request.ablated, snapshot.window

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        name, network = key[0], snapshot.request.network
        values, peak = snapshot.maps[name].ravel(), trained(network).scales[name]
        low = -peak if snapshot.layer(name).signed else 0.0
        active = values[values != 0]
        counts, _ = np.histogram(np.clip(active, low, peak), BINS, (low, peak))
        yield name, (low, peak), counts / max(1, len(active)), 1 - len(active) / len(values)

    def show_result(self, result: Any) -> None:
        from viz.views.widgets.bars import Group

        name, (low, peak), shares, zeros = result
        ends = np.linspace(low, peak, BINS + 1).tolist()
        self.bars.names = [
            tr("{low} … {high}", low=number(begin), high=number(end))
            for begin, end in pairwise(ends)
        ]
        self.bars.set_groups(
            [
                Group(
                    tr("{layer}: activation from {low} to {peak}",
                       layer=name, low=number(low, 1), peak=number(peak, 1)),
                    shares.tolist(), tr("{share} of the units are 0", share=percent(zeros)),
                    self.tip, [lambda theme: theme.accent],
                )
            ]
        )  # fmt: skip

    def formula(self) -> str:
        if self.result is None or self.snapshot is None:
            return tr("silent units = units with <i>y</i> = 0 / all units")
        name, _, _, zeros = self.result
        units = self.snapshot.maps[name].size if name in self.snapshot.maps else 0
        return tr(
            "silent units of {layer} = {zeros:,} / {units:,} = <b>{share}</b>",
            layer=name, zeros=round(zeros * units), units=units, share=percent(zeros),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.bars.set_dimmed(dimmed)
