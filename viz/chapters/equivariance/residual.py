"""The residual over the shift: zero at multiples of each layer's stride, a sawtooth between.

The curves go through the drawing's own shift: along the other axis they are as far from the
reference as the drawing is. The dots and numbers at the mark are measured there, for the answering
network; while the drawing moves across, they follow it, and the curves wait, faint. Of one layer
the networks with max, average and blur pooling are shown side by side, as far as they have it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.equivariance.layer_choice import LayerChoice
from viz.chapters.equivariance.live_shift import LiveShift, notes_of, nothing_drawn
from viz.chapters.equivariance.measure.residual import AXES, REACH, ShiftCurves
from viz.chapters.equivariance.residual_series import (
    compared_in,
    layer_series,
    network_series,
    too_few,
    x_label,
)
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture
from viz.views.theme import GRID, Theme
from viz.views.widgets.axes import figure
from viz.views.widgets.curve_key import Here
from viz.views.widgets.curves import Curves
from viz.views.widgets.network_names import ablation_text, short_network_name
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tooltip import wrapped

ALL = "all"

MOST_OF_ALL, MOST, MOST_SIGNED = 0.7, math.sqrt(2), 2.0
"""Ends of the residual's axis: while only the interiors are shown, a little more than the sawteeth
of LeNet-5 reach; the largest there is, which a border reaches; and the largest of maps with signs.
The first of them is taken that the curves do not leave."""

GRAZE = 0.01
"""So far a curve may go beyond the end of the axis: rounding does."""

GRAIN = 0.25
"""Pixels: a click goes to the nearest multiple, so that whole shifts can be hit."""


class Residual(QWidget):
    """The curves, with a choice of axis and layer above them."""

    id = "residual"

    def __init__(self, document: Document, live: LiveShift, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Residual")
        self.hint = tr(
            "Drag along the curve: the drawing moves, and the residual is 0 at multiples of the "
            "layer's stride."
        )
        formula = tr("r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2).")
        self.tip = tr(
            "The relative residual over the shift: 0 at multiples of the layer's stride. Click to "
            "go there. {formula}",
            formula=formula,
        )
        self._formula = formula
        self._too_few = ""
        self._document, self._live = document, live
        self._theme: Theme | None = None
        self._snapshot: Snapshot | None = None
        self._gesture = 0
        self.axes = Segmented(
            tr("Axis"),
            [
                Option(
                    axis,
                    axis,
                    tr("Shifts along {axis}; along the other the drawing's own.", axis=axis),
                )
                for axis in AXES
            ],
        )
        self._architecture = document.architecture
        self.layers = LayerChoice(tr("Layer"), self._options, document.architecture)
        self.plot = Curves(tr("shift / px"), tr("residual"), keyed=True)
        self.plot.chosen.connect(self._go)
        self.plot.started.connect(self._start)
        self.axes.chosen.connect(self._ask)
        self.layers.chosen.connect(self._ask)
        row = QHBoxLayout()
        row.setSpacing(3 * GRID)
        row.addWidget(self.axes)
        row.addWidget(self.layers)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self.plot, 1)
        live.refined.connect(self._draw)
        live.pointed.connect(self._point)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        for view in (self.axes, self.layers, self.plot):
            view.set_theme(theme, text_px)
        self._draw()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Mark the present shift; measure its residuals, and the curves anew if they do not go
        through it, or more than the shift has changed."""
        before, self._snapshot = self._blank, snapshot
        other = snapshot.architecture != self._architecture
        if other:
            self._architecture = snapshot.architecture
            self.layers.offer(self._architecture)
        if self._blank:
            self._live.forget_curves()
        else:
            compared = compared_in(self.layers.value)
            self._live.follow_curves(snapshot, self.axes.value, compared)
            self._live.follow_point(snapshot)
        if other or self._blank != before:
            self._draw()
        self._mark()

    def _options(self, architecture: Architecture) -> list[Option]:
        """A choice for each layer of the network, and one for all together."""
        options = [Option(ALL, tr("all"), tr("The interiors of all layers.") + " " + self._formula)]
        for layer in architecture.layers:
            tip = tr(
                "{layer}: the interior by max, average and blur pooling; dashed the border of the "
                "network that answers.",
                layer=layer.name,
            )
            if not compared_in(layer.name):
                tip = tr("{layer}: the interior, and dashed the border.", layer=layer.name)
            options.append(Option(layer.name, layer.name, tip + " " + self._formula))
        return options

    @property
    def _blank(self) -> bool:
        """Whether there is nothing that could be shifted."""
        return self._snapshot is not None and not self._snapshot.scene.items

    def _mark(self) -> None:
        shift = self._live.shift[AXES.index(self.axes.value)]
        self.plot.set_mark(None if self._blank else shift)
        self.plot.set_dimmed(self._live.curves_old and not self._blank)
        self.plot.set_note(self._note())

    def _note(self) -> str:
        """What else makes f(Tx) and T′f(x) differ, and which curves are missing."""
        if self._snapshot is None:
            return ""
        said = [*notes_of(self._snapshot.scene, self._architecture, fractional=True)]
        if compared_in(self.layers.value):
            said.append(ablation_text(self._document.network, self._document.ablated))
            said += [why.advice for why in self._live.broken.values()]
        return " ".join(filter(None, [*said, self._too_few]))

    def _ask(self) -> None:
        """Another axis or layer was chosen."""
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)
        self._draw()

    def _point(self) -> None:
        """What is measured at the drawing's own shift."""
        point, layer = self._live.point, self.layers.value
        if point is None or self._blank:
            self.plot.set_here(None)
            return
        if layer == ALL:
            values = point.interior
        elif layer not in point.interior:  # another network's
            self.plot.set_here(None)
            return
        else:
            name = short_network_name(self._live.network)
            values = {name: point.interior[layer], tr("border"): point.border[layer]}
        across = AXES.index(self.axes.value)
        way = point.shift if point.shift[1 - across] else point.shift[across : across + 1]
        place = ", ".join(figure(round(d, 2)) for d in way)
        self.plot.set_here(Here(point.shift[across], place, values))

    def _draw(self) -> None:
        """The curves as they are known now."""
        if self._theme is None:
            return
        axis, layer, found = self.axes.value, self.layers.value, self._found
        architecture = self._architecture
        step = architecture.stride if layer == ALL else architecture.layer(layer).stride
        one = found.get(self._live.network)
        self.plot.set_labels(
            x_label(axis, one.other if one is not None else 0.0, step),
            tr("residual, interior")
            if layer == ALL
            else tr(
                "residual of {layer}, dashed: border of {network}",
                layer=layer,
                network=short_network_name(self._live.network),
            ),
        )
        series = (
            layer_series(one, [each.name for each in architecture.layers], self._theme)
            if layer == ALL
            else network_series(found, layer, self._live.network, self._theme)
        )
        shown = self._snapshot
        noisy = shown is not None and shown.scene.noise != type(shown.scene.noise)()
        highest = max((float(each.y[each.known].max(initial=0)) for each in series), default=0.0)
        tops = (MOST_OF_ALL, MOST) if layer == ALL and not noisy else (MOST,)
        top = next((top for top in tops if highest <= top + GRAZE), MOST_SIGNED)
        self.plot.set_axes((-REACH, REACH), (0.0, top))
        most = REACH // step
        self.plot.set_faint_lines([float(step * k) for k in range(-most, most + 1)])
        self.plot.set_series(series)
        self.plot.set_message(nothing_drawn() if self._blank else "")
        self._too_few = self._missing(found)
        self.plot.setToolTip(self._tooltip())
        self._point()
        self._mark()

    @property
    def _found(self) -> Mapping[str, ShiftCurves]:
        """The curves along the axis chosen, by network; of an empty canvas there are none."""
        if self._blank:
            return {}
        axis = self.axes.value
        return {name: one for name, one in self._live.compared.items() if one.axis == axis}

    def _missing(self, found: Mapping[str, ShiftCurves]) -> str:
        """Which of the curves shown the canvas is too small for."""
        layer, answering = self.layers.value, self._live.network
        if self._snapshot is None:
            return ""
        if layer != ALL:
            named = {short_network_name(name): (one, layer) for name, one in found.items()}
        else:
            names = (each.name for each in self._architecture.layers)
            named = {name: (found[answering], name) for name in names if answering in found}
        scene, side = self._snapshot.scene, self._architecture.window
        size = (scene.width, scene.height)
        return too_few(named, size if self._architecture.is_convolutional else (side, side))

    def _tooltip(self) -> str:
        reasons = (why.reason for why in self._live.broken.values())
        said = list(reasons) if compared_in(self.layers.value) else []
        return wrapped(
            "\n".join(
                [
                    *said,
                    self._formula,
                    tr(
                        "Click or drag to go there. Dots, and the numbers at the mark: the drawing "
                        "as it stands, in the network that answers; ≈ and the curves: measured "
                        "every half pixel, – where a curve is of another shift or there are no "
                        "such units."
                    ),
                ]
            )
        )

    def _start(self) -> None:
        self._gesture = self._document.new_gesture()

    def _go(self, x: float) -> None:
        x = round(x / GRAIN) * GRAIN
        dx, dy = self._live.shift
        self._live.go_to((x, dy) if self.axes.value == "x" else (dx, x), self._gesture)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody looks: measure no more."""
        self._live.forget_curves()

    def state(self) -> dict[str, Any]:
        """Axis and layer."""
        return {"axis": self.axes.value, "layer": self.layers.wanted}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take axis and layer back."""
        if state.get("axis") in AXES:
            self.axes.show_value(state["axis"])
        self._architecture = self._document.architecture
        self.layers.want(state.get("layer"), self._architecture)
        if self.isVisible() and self._snapshot is self._document.snapshot:
            self._ask()
        else:  # another snapshot is on its way
            self._draw()
