"""Why this answer: what a window's logit depends on, pixel by pixel over the drawing, and by map.

The overlay stays as it is on the canvas until the next has come; only where none comes for a while
does it leave the canvas, as it does when the instrument leaves the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.live import words
from viz.chapters.live.measure import BLANKED, GRADIENT, OCCLUSION, OFF, Why, explain
from viz.chapters.live.overlay import overlay_image
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot, Unit
from viz.nets.architecture import CLASSES, input_range
from viz.nets.networks import trained
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.facts import Facts
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.segmented import Option, Segmented

if TYPE_CHECKING:
    from viz.chapters.live.map_losses import MapLosses

WINNER = "winner"

SHARES = {GRADIENT: 0.08, OCCLUSION: 0.5, OFF: 1.0}
"""Where the scale of each ends, as a share of the network's locked scale of logits: of pen digits
no more than a few pixels go beyond."""

MAPS_SHARE = 0.25
"""The same of the axis of the maps."""


class WhyThisAnswer(MeasuredInstrument):
    """The overlay with its scale and figures, and the maps without which the logit falls most."""

    tells_answer = True
    id = "why"
    title = tr("Why this answer?")
    hint = tr("Point at a bar to see where that map is active; right-click the map to ablate it.")
    tip = tr(
        "What a class's logit z (its sum in the output layer, before the softmax) depends on: its "
        "gradient ∂z/∂x with respect to the pixels, how much it falls when {side}×{side} px are "
        "blanked, and how much when a map is set to zero.",
        side=BLANKED,
    )
    explanation = tr(
        "The logit z of a class is its sum in the output layer before the softmax. Gradient: red "
        "where more ink would raise it, blue where more ink would lower it. It is how z would "
        "respond to a tiny change of each pixel, not which pixels made it what it is. Occlusion: "
        "red where z falls when the {side}×{side} px around a pixel are blanked. The network was "
        "never trained on such drawings, so its answer there may mislead. The bars show how much z "
        "falls without one map; maps act together, so the bars do not add up to z.",
        side=BLANKED,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._laid: tuple[Why, Theme] | None = None
        """What lies on the canvas."""
        self._dimmed = False
        self.kind = Segmented(
            tr("What lies over the drawing"),
            (
                Option(GRADIENT, tr("Gradient"), tr("∂z/∂x: red where more ink raises the logit")),
                Option(
                    OCCLUSION,
                    tr("Occlusion"),
                    tr("Red where blanking {side}×{side} px lowers the logit", side=BLANKED),
                ),
                Option(OFF, tr("Both off"), tr("Nothing over the drawing; the bars stay")),
            ),
        )
        self.number = Segmented(tr("Target class"), _classes(CLASSES), label=tr("target class"))
        self.add_setting("kind", self.kind)
        self.add_setting("class", self.number)
        self.map, self.facts = Heatmap(LockedScale(1.0, True)), Facts("−88.88")
        self.map.describe = self._describe
        view = QWidget()
        self._row = QHBoxLayout(view)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4 * GRID)
        for part, share in ((self.map, 3), (self.facts, 4)):
            self._row.addWidget(part, share)
        self.set_view(view)

    @cached_property
    def maps(self) -> MapLosses:
        """Made when there is something to show, lest the window open later for pyqtgraph."""
        from viz.chapters.live.map_losses import MapLosses

        maps = MapLosses()
        maps.pointed.connect(lambda number: self.document.hover(self._unit(number)))
        maps.chosen.connect(lambda number: self.document.pin(self._unit(number)))
        self._row.addWidget(maps, 6)
        maps.show()
        self._row.activate()  # it has its size before it chooses how many bars have room
        return maps

    # What is measured

    def key(self, snapshot: Snapshot) -> Any:
        self.number.set_options(_classes(snapshot.architecture.classes))
        request, number = snapshot.request, self.number.value
        return (
            self.kind.value,
            None if number == WINNER else number,
            self.document.shown_window(),
            request.scene,
            request.network,
            request.ablated,
        )

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Why | None]:
        kind, number, window, _, network, ablated = key
        scale = trained(network).scales["output pre"]
        return explain(nets(network), snapshot.image, window, number, kind, ablated, scale)

    # What is shown

    def show_result(self, result: Why) -> None:
        self.map.setVisible(result.kind != OFF)
        self.map.set_scale(LockedScale(_peak(result), signed=True))
        self.map.set_caption(words.caption(result))
        self.map.set_array(result.values)
        self.facts.set_facts("", words.facts(result))
        self.maps.show_losses(result, MAPS_SHARE * result.scale)
        self._lay()

    def clear(self) -> None:
        self._lay()

    def set_dimmed(self, dimmed: bool) -> None:
        self._dimmed = dimmed
        for part in (self.map, self.maps):
            part.set_dimmed(dimmed)
        self._lay()

    def formula(self) -> str:
        """Return the formula, with the present numbers once there are any, as rich text."""
        if self.result is not None:
            return words.formula(self.result)
        return tr(
            "gradient = ∂<i>z</i> / ∂<i>x</i>; occlusion = <i>z</i>(drawing) − <i>z</i>(drawing "
            "with {side}×{side} px blanked)",
            side=BLANKED,
        )

    def _lay(self) -> None:
        """Lay the values on the canvas where they were measured, or take them away."""
        why: Why | None = self.result
        laid = None
        if why is not None and why.kind != OFF and self.isVisible() and not self._dimmed:
            laid = why, themes.of(self)
        if laid == self._laid:
            return
        self._laid = laid
        if laid is None:
            self.context.canvas.set_overlay(None)
            return
        height, width = laid[0].values.shape
        place = QRectF(laid[0].patch.left, laid[0].patch.top, width, height)
        image = overlay_image(laid[0].values, _peak(laid[0]), laid[1])
        self.context.canvas.set_overlay(image, place, over_ink=True)

    def _describe(self, row: int, column: int) -> str:
        why: Why = self.result
        row, column, value = row + why.patch.top, column + why.patch.left, why.values[row, column]
        return tr(
            "row {row}, column {column}: {value}", row=row, column=column, value=number(value, 3)
        )

    def _unit(self, number: int | None) -> Unit | None:
        """The most active unit of a map that the window sees, on the drawing as it is now."""
        why, snapshot = self.result, self.document.snapshot
        if number is None or why is None or snapshot is None or why.layer is None:
            return None
        output, layer = snapshot.architecture.output, why.layer
        if layer.name not in snapshot.maps or number >= snapshot.maps[layer.name].shape[0]:
            return None
        spans = [input_range(output, layer, at) for at in why.window]
        (top, left) = (max(0, first) for first, _ in spans)
        rows, columns = (max(0, first + count) for first, count in spans)
        seen = np.abs(snapshot.maps[layer.name][number, top:rows, left:columns])
        if not seen.size:
            return None
        row, column = divmod(int(seen.argmax()), seen.shape[1])
        return Unit(layer.name, number, top + row, left + column)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._lay()
        if "maps" in vars(self):  # they are made
            self.maps.leave()


def _peak(why: Why) -> float:
    """Where the scale of the values ends."""
    return SHARES[why.kind] * why.scale


def _classes(count: int) -> list[Option]:
    """What the target class may be: the prediction, or any class of a network."""
    winner = Option(WINNER, tr("auto"), tr("The prediction in the window."))
    each = [
        Option(of, words.class_name(of), tr("The logit of {name}", name=words.class_name(of)))
        for of in range(count)
    ]
    return [winner, *each]
