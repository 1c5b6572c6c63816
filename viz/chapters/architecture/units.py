"""Units: the graph of a network along x, what each unit sees, and what no unit can relate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.architecture.measure.units import (
    Effective,
    Levels,
    along,
    effective_field,
    paths,
    related,
    stacked,
)
from viz.chapters.architecture.unit_facts import (
    describe,
    effective_facts,
    field_facts,
    growth_facts,
    pair_facts,
    weight_facts,
)
from viz.chapters.architecture.unit_graph import Node, UnitGraph
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.segmented import Option, Segmented

STACK, NETWORK = "stack", "network"

MOST_GROWN = 8
"""Units by which the input of a stack grows at most."""

MOST_SPAN = 4096


class Units(MeasuredInstrument):
    """Nodes and edges; beside them the effective receptive field and the numbers of both."""

    id = "units"
    title = tr("Units")
    hint = tr("Drag the end of the input: how many units does each layer gain?")
    tip = tr(
        "A unit sees f units below, every s-th unit begins a new one: the receptive field is "
        "1 + Σ (f − 1) · stride below. Effective: the mean of |∂unit/∂pixel|; of a stack with "
        "equal weights, the share of all paths."
    )
    explanation = tr(
        "Each node is a <b>unit</b>, each edge a weight; edges of one colour <b>share</b> theirs. "
        "Point at a unit: below it lies its <b>receptive field</b>, above it its targets. Drag the "
        "end of the input: 4 units more give the layers 4, 2, 2 and 1 more, and no weight. Most "
        "paths lead to the middle of the field, so the <b>effective</b> field is smaller than it. "
        "Drag from one unit of the input to another: no unit relates what lies further apart than "
        "the widest field."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.grown = 0
        """How many units more the input of the stack has."""
        self.pair: tuple[int, int] | None = None
        """Two units of the input that the user marked."""
        self._key: Any = None
        self.net = Segmented(
            tr("Network"),
            (
                Option(STACK, tr("stack"), tr("Convolutions and poolings in one dimension.")),
                Option(NETWORK, tr("network"), tr("The network on the canvas, along x.")),
            ),
            label=tr("units of"),
        )
        self.add_setting("net", self.net)
        self.counts = {
            name: CountBox(text, tip, least, most, value)
            for name, text, tip, least, most, value in (
                ("layers", tr("layers"), tr("Convolutions and poolings in turn."), 1, 8, 4),
                ("kernel", tr("kernel"), tr("Units that one of a convolution sees."), 1, 7, 3),
                ("pooling", tr("pooling"), tr("Side and stride of poolings; 1: none."), 1, 4, 2),
                ("length", tr("input"), tr("Units of the input before it grows."), 1, 48, 10),
            )
        }
        for name, box in self.counts.items():
            self.add_setting(name, box)
        self.layer = Segmented(tr("Layer"), (), label=tr("effective field of"))
        self.layer.want("C3")
        self.add_setting("layer", self.layer)
        self.graph = UnitGraph()
        self.graph.describe = lambda node: describe(self.graph.levels, node)
        self.graph.pointed.connect(lambda _: self._show_unit())
        self.graph.chosen.connect(self._choose)
        self.graph.grown.connect(self._grow)
        self.graph.paired.connect(self._pair)
        self.heatmap = Heatmap(LockedScale(1.0))
        self.facts = Facts("888 / 888")
        side, view = QVBoxLayout(), QWidget()
        side.setSpacing(2 * GRID)
        side.addWidget(self.heatmap, 4)
        side.addWidget(self.facts, 5)
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.graph, 8)
        row.addLayout(side, 5)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        pair = None if self.pair is None else list(self.pair)
        return {**super().state(), "grown": self.grown, "pair": pair}

    def restore(self, state: Mapping[str, Any]) -> None:
        grown, pair = state.get("grown", self.grown), state.get("pair", self.pair)
        if type(grown) is int and 0 <= grown <= MOST_GROWN:
            self.grown = grown
        if pair is None:
            self.pair = None
        elif isinstance(pair, (list, tuple)) and [type(unit) for unit in pair] == [int, int]:
            self.pair = (min(max(pair[0], 0), MOST_SPAN), min(max(pair[1], 0), MOST_SPAN))
        super().restore(state)

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # what a unit sees does not depend on what is drawn

    def key(self, snapshot: Snapshot) -> Any:
        self.layer.set_options(
            [
                Option(layer.name, layer.name, tr("Of the units in the middle of its maps."))
                for layer in snapshot.architecture.layers
            ]
        )
        is_network = self.net.value == NETWORK
        return (snapshot.request.network, self.layer.value) if is_network else ()

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Effective | None]:
        if key:
            network, layer = key
            net = nets(network)
            yield from effective_field(net, net.architecture.layer(layer))

    # What is shown

    def refresh(self) -> None:
        super().refresh()
        if self.snapshot is not None and self.isVisible():
            self._show_graph(self.snapshot)

    def _show_graph(self, snapshot: Snapshot) -> None:
        counts = tuple(box.value for box in self.counts.values())
        key = (
            self.net.value, counts, self.grown, snapshot.architecture, snapshot.image.shape[1],
            self._wanted_pair(snapshot),
        )  # fmt: skip
        if key == self._key:
            return  # with most drawings nothing changes here
        self._key = key
        is_network = self.net.value == NETWORK
        for box in self.counts.values():
            box.setVisible(not is_network)
        self.layer.setVisible(is_network)
        self.heatmap.setVisible(is_network)
        if is_network:
            architecture, width = snapshot.architecture, snapshot.image.shape[1]
            levels, base = along(architecture, width), along(architecture, architecture.window)
            span = levels[0].units
        else:
            layers, kernel, pooling, length = counts
            base = stacked(layers, kernel, pooling, length)
            levels = stacked(layers, kernel, pooling, length + self.grown)
            span = length + MOST_GROWN
        units = [level.units for level in base] + [0] * (len(levels) - len(base))
        self.graph.set_levels(levels, tuple(units), span, not is_network)
        last = levels[0].units - 1
        pair = [min(max(unit, 0), last) for unit in key[-1] or ()]
        self.graph.set_pair((pair[0], pair[1]) if pair else None)
        self._show_unit()

    def _wanted_pair(self, snapshot: Snapshot) -> tuple[int, int] | None:
        """The pair that the user marked, else on a canvas the middles of the outermost items."""
        items, architecture = snapshot.scene.boxes.items, snapshot.architecture
        if self.pair is not None or self.net.value == STACK or len(items) < 2:
            return self.pair
        if not architecture.is_convolutional:
            return None  # a window has a place of its own
        middles = (items[:, 0] + items[:, 2]) / (2 * architecture.scale)
        return int(middles.min()), int(middles.max())

    def show_result(self, result: Effective) -> None:
        field, window = len(result.gradient), self.snapshot.architecture.window
        side = max(field, window)
        start = (side - field) // 2
        most = float(result.gradient.max()) or 1.0
        self.heatmap.set_array(
            (result.gradient / most).astype(np.float32), start=start, grid=(side, side)
        )
        self.heatmap.set_marks([QRectF(start, start, field, field)])
        self.heatmap.set_caption(
            tr("{layer}: mean |∂unit/∂pixel|", layer=result.layer), shorter=result.layer
        )
        self._show_unit()

    def set_dimmed(self, dimmed: bool) -> None:
        self.heatmap.set_dimmed(dimmed)

    def _focus(self) -> Node:
        """The unit pointed at, else that in the middle of the highest level."""
        levels = self.graph.levels
        return self.graph.node or (len(levels) - 1, (levels[-1].units - 1) // 2)

    def _show_unit(self) -> None:
        """Show the profile of the unit pointed at, and the numbers."""
        levels = self.graph.levels
        if not levels:
            return
        level, unit = self._focus()
        if self.net.value == STACK:
            span = related(levels, level, unit)[0]
            profile, start = paths(levels, level, unit)[span.start : span.stop], span.start
        else:
            profile, start = self._measured_profile(levels)
        self.graph.set_profile(profile / max(1e-12, profile.max(initial=0.0)), start)
        self.facts.set_facts("", self._facts(levels))

    def _facts(self, levels: Levels) -> list[Fact]:
        graph, is_network = self.graph, self.net.value == NETWORK
        facts = field_facts(levels, graph.node)
        if not is_network and len(levels) <= self.counts["layers"].value:
            words = tr(
                "Layer {number} needs more units than the {units} below it.",
                number=len(levels), units=levels[-1].units,
            )  # fmt: skip
            facts.append(Fact("", words))
        facts += growth_facts(levels, graph.base, is_network=is_network)
        if is_network and self.result is not None:
            facts += effective_facts(self.result)
        facts += [*pair_facts(levels, graph.pair), *weight_facts(levels)]
        if not is_network:
            words = tr("Effective: the number of paths from each unit of the input.")
            facts.append(Fact("", words, tip=tr("To the unit pointed at, or to one on top.")))
        return facts

    def _measured_profile(self, levels: Levels) -> tuple[np.ndarray, int]:
        """The gradient's sum over rows, of the unit pointed at if it is of that layer, else of that
        in its middle; and where it begins."""
        result: Effective | None = self.result
        found = [number for number, one in enumerate(levels) if result and one.name == result.layer]
        if result is None or not found:
            return np.zeros(0), 0
        row, node = levels[found[0]], self.graph.node
        unit = node[1] if node is not None and node[0] == found[0] else (row.units - 1) // 2
        columns = result.gradient.sum(0)
        if len(columns) % row.field:
            return np.zeros(0), 0  # that of the network before, as long as it is measured
        return columns.reshape(row.field, -1).sum(1), unit * row.stride - row.lead

    def formula(self) -> str:
        law = tr("field = 1 + Σ (<i>f</i> − 1) · stride below, units = ⌊(<i>n</i> − <i>f</i>) / "
                 "<i>s</i>⌋ + 1")  # fmt: skip
        levels = self.graph.levels
        if len(levels) < 2:
            return law
        level, _ = self._focus()
        level = max(level, 1)
        terms = " + ".join(
            f"{upper.reach - 1}·{lower.stride}"
            for lower, upper in pairwise(levels[: level + 1])
            if upper.reach > 1
        )
        return law + tr(
            "<br>field of {layer} = 1 + {terms} = <b>{field}</b>",
            layer=levels[level].name, terms=terms or "0", field=levels[level].field,
        )  # fmt: skip

    # What the user does

    def _choose(self, level: int) -> None:
        """Measure the layer of a unit that was clicked."""
        name = self.graph.levels[level].name
        if self.net.value == NETWORK and name != self.layer.value:
            self.layer.show_value(name)
            self.grabbed.emit()
            self.refresh()

    def _grow(self, units: int) -> None:
        grown = min(max(units - self.counts["length"].value, 0), MOST_GROWN)
        if grown != self.grown:
            self.grown = grown
            self.grabbed.emit()
            self.refresh()

    def _pair(self, pair: tuple[int, int] | None) -> None:
        self.pair = pair
        self.grabbed.emit()
        self.refresh()
