"""Sharing: what sparse connections and shared weights save, in weights and in training digits."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.assumptions.connection_graph import ConnectionGraph
from viz.chapters.assumptions.kinds import LEAST_PLOT, kind_colour, kind_names
from viz.chapters.assumptions.measure.connections import (
    DENSE,
    FIELD,
    INPUTS,
    OUTPUTS,
    SHARED,
    SPARSE,
    edges,
    first_kernels,
    weights,
)
from viz.chapters.assumptions.measure.data_curves import COUNTS, SEEDS, Point, stored_points
from viz.chapters.instrument import Context, Instrument
from viz.i18n import number, tr
from viz.nets.locality import ARCHITECTURES
from viz.views.theme import GRID
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented

ROOM = 0.15
"""Beyond the largest number, for the half of its text."""

GAP_FROM = 0.05
"""Below this share of the range curves do not end: the axis of errors has some air."""


class Sharing(Instrument):
    """A graph of connections with its count of weights; how often a picture shows a kernel; and the
    errors of three networks over the number of digits that they were trained on."""

    id = "sharing"
    title = tr("Sharing")
    hint = tr("Go from all to shared: 15 weights become 9, then 3. What does that do to the error?")
    tip = tr(
        "Weights: outputs × inputs, outputs × 3, or 3. Errors in % of three networks about equal "
        "in parameters, on the digits they were trained on and on MNIST’s 10,000 test digits; "
        "means of {seeds} runs.",
        seeds=len(SEEDS),
    )
    explanation = tr(
        "<b>Sparse connections</b> join an output with few inputs, <b>sharing</b> gives every "
        "output the same weights: 15 become 9, and 9 become 3. A shared kernel meets an example at "
        "each place where it stands, hundreds in a single picture, and so needs fewer pictures. "
        "The curves show it: dashed is the <b>training error</b>, solid the <b>test error</b>; "
        "what lies between is <b>overfitting</b>. With few digits the training error of all three "
        "networks is 0; the test error is least with sharing."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.points: tuple[Point, ...] = stored_points()
        self.kind = Segmented(
            tr("Connections"),
            (
                Option(DENSE, tr("all"), tr("Every output has a weight for every input.")),
                Option(SPARSE, tr("three each"), tr("Every output has a weight for three inputs.")),
                Option(SHARED, tr("three, shared"), tr("All outputs have the same three weights.")),
            ),
            label=tr("connections"),
        )
        self.add_setting("connections", self.kind)
        self.graph, self.facts = ConnectionGraph(), Facts("8,888")
        self.plot = Plot(step=0.5, fine=0.1)
        self.plot.set_tick_texts({n: f"{10**n:,}" for n in range(7)})
        if self.plot.key is not None:
            self.plot.key.write_x = lambda x: f"{round(10**x):,}"
        self.plot.set_labels(
            tr("number of training digits"),
            tr("error in %, dashed: training"),
            shorter=tr("training digits"),
        )
        self.plot.setMinimumWidth(LEAST_PLOT + 2 * GRID)  # errors have a digit more
        self.plot.chosen.connect(self._choose)
        self._draw()
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        for part, share in ((self.graph, 4), (self.facts, 4), (self.plot, 8)):
            row.addWidget(part, share)
        self.set_view(view)

    # What is shown

    def refresh(self) -> None:
        kind = self.kind.value
        self.graph.set_edges(edges(kind))
        self.facts.set_facts("", self._facts(kind))

    def _facts(self, kind: str) -> list[Fact]:
        counts = {
            DENSE: tr("weights = {inputs} inputs × {outputs} outputs", inputs=INPUTS,
                      outputs=OUTPUTS),
            SPARSE: tr("weights = {field} inputs × {outputs} outputs", field=FIELD,
                       outputs=OUTPUTS),
            SHARED: tr("weights = {field}, the same for {outputs} outputs", field=FIELD,
                       outputs=OUTPUTS),
        }  # fmt: skip
        examples = OUTPUTS if kind == SHARED else 1
        facts = [
            Fact(
                f"{weights(kind)}", counts[kind], tr("Connections of one weight have one colour.")
            ),
            Fact(
                f"{examples}",
                tr("example for each weight in one input")
                if examples == 1
                else tr("examples for each weight in one input"),
            ),
        ]
        layer = None if self.snapshot is None else first_kernels(self.snapshot.architecture)
        if layer is not None:
            facts.append(
                Fact(
                    f"{layer.size**2:,}",
                    tr("examples for each weight of {layer} in one picture", layer=layer.name),
                    tr("A shared kernel stands at {side}×{side} places; a weight that is not "
                       "shared has one example in a picture.", side=layer.size),
                )
            )  # fmt: skip
        facts.append(Fact(f"{len(edges(kind))}", tr("connections, each one multiply-add")))
        return facts

    def _draw(self) -> None:
        if not self.points:
            self.plot.set_message(
                tr("{file} is missing or damaged; reinstall LeNetScope.", file="data-curves.json")
            )
            return
        x = np.log10(np.array(COUNTS, np.float64))
        series = []
        for kind in ARCHITECTURES:
            own = [point for point in self.points if point.kind == kind]
            colour = kind_colour(kind)
            training, test = (
                np.array([getattr(point, name) for point in own]) for name in ("training", "test")
            )
            series += [
                Series("", x, training, colour, dashed=True),
                Series(kind_names()[kind], x, test, colour),
            ]
        most = max(max(point.test, point.training) for point in self.points)
        self.plot.set_ranges((float(x[0]), float(x[-1]) + ROOM), (-GAP_FROM * most, 1.1 * most))
        self.plot.set_series(series)
        self.plot.set_mark(float(x[0]))
        self.plot.describe = self._describe

    def _describe(self, series: Series, x: float) -> str:
        digits = _nearest(x)
        return "\n".join(
            tr("{kind}, {digits} digits: training error {training} %, test error {test} ± "
               "{spread} %",
               kind=kind_names()[point.kind], digits=f"{digits:,}",
               training=number(point.training, 1), test=number(point.test, 1),
               spread=number(point.spread, 1))
            for point in self.points if point.digits == digits
        )  # fmt: skip

    def formula(self) -> str:
        kind = self.kind.value
        sums = {DENSE: f"{INPUTS} · {OUTPUTS}", SPARSE: f"{FIELD} · {OUTPUTS}", SHARED: f"{FIELD}"}
        count = weights(kind)
        shown = sums[kind] if kind == SHARED else f"{sums[kind]} = {count}"
        text = tr("weights = <b>{sum}</b>", sum=shown)
        digits = _nearest(self.plot.mark or 0.0)
        errors = ", ".join(
            tr("{kind} {test}\N{NO-BREAK SPACE}% (training {training}\N{NO-BREAK SPACE}%)",
               kind=kind_names()[point.kind], test=number(point.test, 1),
               training=number(point.training, 1))
            for point in self.points if point.digits == digits
        )  # fmt: skip
        layer = None if self.snapshot is None else first_kernels(self.snapshot.architecture)
        if layer is not None:
            text += tr(
                "; examples for a weight of {layer} in a picture = {side}² = <b>{places}</b>",
                layer=layer.name, side=layer.size, places=f"{layer.size**2:,}",
            )  # fmt: skip
        if errors:
            text += "<br>" + tr(
                "test error after {digits} digits: {errors}", digits=f"{digits:,}", errors=errors
            )
        return text

    def _choose(self, x: float) -> None:
        self.plot.set_mark(math.log10(_nearest(x)))


def _nearest(x: float) -> int:
    """The number of digits, of those measured, whose logarithm is nearest."""
    return min(COUNTS, key=lambda count: abs(math.log10(count) - x))
