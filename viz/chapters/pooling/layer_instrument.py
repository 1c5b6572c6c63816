"""The base of the instruments that pool the maps of one layer by the chapter's operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.pooling.measure.changes import poolable, pooled_by
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.operator_controls import OperatorControls
from viz.chapters.pooling.words import no_maps
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture
from viz.views.theme import text_px
from viz.views.widgets.segmented import Option, Segmented

MOST = 8
"""Layers that are offered, the lowest ones: those above have small maps."""

LOW = 20
"""Lines of text: in less height the formula, or the line below it, gets no row of its own."""


def layer_options(architecture: Architecture) -> list[Option]:
    """Return what a network offers, and by what it pools that itself."""
    offered = []
    for layer in poolable(architecture)[:MOST]:
        tip, above = tr("The maps of {layer}.", layer=layer.name), pooled_by(architecture, layer)
        if above is not None:
            tip = tr(
                "The maps of {layer}, which the network pools into {pooled}.",
                layer=layer.name, pooled=above.name,
            )  # fmt: skip
        offered.append(Option(layer.name, layer.name, tip))
    return offered


class LayerInstrument(MeasuredInstrument):
    """The controls of the operator, and the choice of a layer of the network that answers."""

    def __init__(self, context: Context, *own: QWidget) -> None:
        """``own`` are the controls of the subclass."""
        super().__init__(context)
        self.operator = context.shared(Operator)
        offered = layer_options(self.document.architecture)
        self.layer = Segmented(tr("Layer that is pooled"), offered)
        self.controls = OperatorControls(self, self.operator, self.layer, *own)
        self.layer.chosen.connect(lambda _layer: self.refresh())
        self.operator.changed.connect(self.refresh)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.snapshot is None or snapshot.architecture is not self.snapshot.architecture:
            self.layer.set_options(layer_options(snapshot.architecture))
        super().show_snapshot(snapshot)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._flow.set_compact(self.height() < LOW * text_px(self))
        super().resizeEvent(event)

    def reason(self, snapshot: Snapshot) -> str:
        return no_maps() if self.layer.value is None else super().reason(snapshot)

    def state(self) -> dict[str, Any]:
        return {"operator": self.operator.state(), "layer": self.layer.wanted}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.operator.restore(state.get("operator"))
        if isinstance(state.get("layer"), str):
            self.layer.want(state["layer"])
        self.refresh()
