"""Unit: how the unit that is pointed at or pinned comes to its value; in every chapter."""

from __future__ import annotations

from viz.chapters.instrument import Context, Instrument
from viz.i18n import number, tr
from viz.measure.inspection import Trace
from viz.views.inspector.inspector import Inspector
from viz.views.inspector.result import result_terms
from viz.views.layer_words import formula


class Unit(Instrument):
    """The inspector; without a unit the table of the network's layers."""

    id = "unit"
    title = tr("Unit")
    tip = tr(
        "How the value of a unit is computed: patches × kernels, summed, + bias, → activation; "
        "without a unit, the layers of the network with their shapes and parameters."
    )
    explanation = tr(
        "The <b>receptive field</b> of a unit is the part of the canvas on which its value "
        "depends. That value is the sum of inputs × weights plus a bias; ReLU replaces what is "
        "negative by 0. A kernel adds up over all maps below; the maps that different kernels "
        "make are stacked, not added. Kernels are not flipped, so strictly this is "
        "cross-correlation. Click a unit to pin it, then move the drawing. The code in the "
        "lecture’s notes gives C3 20 maps and C5 kernels of 4×4; windows of 32×32 pixels need 50 "
        "and 5×5."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.inspector = Inspector(context.document, context.clock)
        self.set_view(self.inspector)

    def refresh(self) -> None:
        if self.snapshot is not None:
            self.inspector.show_snapshot(self.snapshot)

    def formula(self) -> str:
        snapshot = self.snapshot
        if snapshot is None:
            return tr("<i>y</i> = <i>f</i>(Σ <i>x</i>·<i>w</i> + <i>b</i>)")
        if snapshot.trace is not None:
            return _unit_formula(snapshot.trace)
        layer = snapshot.architecture.layers[0]
        return tr(
            "parameters of {layer} = weights + biases = {weights:,} + {biases:,} = "
            "<b>{sum:,}</b>",
            layer=layer.name, weights=layer.links, biases=layer.parameters - layer.links,
            sum=layer.parameters,
        )  # fmt: skip


def _unit_formula(trace: Trace) -> str:
    """How the unit that is pointed at comes to its value: its layer's law, and the numbers."""
    numbers = " ".join(
        f"{words} <b>{number(value, 3)}</b>"
        for line in result_terms(trace)
        for words, value in line
    )
    return f"{formula(trace.spec)}<br>{trace.layer}: {numbers}"
