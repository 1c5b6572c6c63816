"""The residual over the shift: zero at multiples of each layer's stride, a sawtooth between."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PyQt6.QtGui import QColor, QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.document import Document
from viz.i18n import tr
from viz.measure.equivariance import AXES, REACH, ShiftCurves
from viz.nets.layers import BY_NAME, LAYERS
from viz.snapshot import Snapshot
from viz.theme import GRID, Theme
from viz.views.choice import Choice, Option
from viz.views.curves import Curves, Series
from viz.views.equivariance.live import LiveShift, notes_of, nothing_drawn

ALL = "all"
NAMES = tuple(layer.name for layer in LAYERS)
NOTHING = np.empty(0)
NO_CURVES = dict.fromkeys(NAMES, NOTHING)

MOST, MOST_OF_ALL = math.sqrt(2), 0.6
"""Ends of the residual's axis: the largest there is, which a border reaches; and, while only the
interiors are shown, a little more than the sawteeth reach."""

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

GRAIN = 0.25
"""Pixels: a click goes to the nearest multiple, so that whole shifts can be hit."""


def layer_colours(theme: Theme) -> dict[str, QColor]:
    """One colour for each layer: along the scale of activations, the deeper the further on. The
    hues of the classes are not used, which mean something else."""
    low, high = (125, 245) if theme.name == "dark" else (150, 255)
    places = np.linspace(low, high, len(NAMES)).astype(int)
    return {
        name: QColor(int(theme.sequential[place]))
        for name, place in zip(NAMES, places, strict=True)
    }


class Residual(QWidget):
    """The curves, with a choice of axis and layer above them."""

    def __init__(self, document: Document, live: LiveShift, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Residual")
        formula = tr("r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2).")
        self.tip = tr(
            "The relative residual over the shift: 0 at multiples of the layer's stride. Click to "
            "go there. {formula}",
            formula=formula,
        )
        self._document, self._live = document, live
        self._theme: Theme | None = None
        self._snapshot: Snapshot | None = None
        self._gesture = 0
        self.axes = Choice(
            tr("Axis"),
            [
                Option(axis, axis, tr("Shifts along {axis}, none along the other.", axis=axis))
                for axis in AXES
            ],
        )
        self.layers = Choice(
            tr("Layer"),
            [
                Option(ALL, tr("all"), tr("The interiors of all layers.") + " " + formula),
                *(
                    Option(
                        name,
                        name,
                        tr("{layer}: interior, and border dashed.", layer=name) + " " + formula,
                    )
                    for name in NAMES
                ),
            ],
        )
        self.plot = Curves(tr("shift / px"), tr("residual"), keyed=True)
        self.plot.chosen.connect(self._go)
        self.plot.started.connect(self._start)
        self.axes.chosen.connect(self._switch_axis)
        self.layers.chosen.connect(lambda _: self._draw())
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

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        for view in (self.axes, self.layers, self.plot):
            view.set_theme(theme, text_px)
        self._draw()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Mark the present shift; measure anew if more than the shift has changed."""
        before, self._snapshot = self._blank, snapshot
        if self._blank:
            self._live.forget_curves()
        else:
            self._live.follow_curves(snapshot, self.axes.value)
        if self._blank != before:
            self._draw()
        self._mark()

    @property
    def _blank(self) -> bool:
        """Whether there is nothing that could be shifted."""
        return self._snapshot is not None and not self._snapshot.scene.items

    def _mark(self) -> None:
        shift = self._live.shift[AXES.index(self.axes.value)]
        self.plot.set_mark(None if self._blank else shift)
        self.plot.set_dimmed(self._live.curves_old)
        if self._snapshot is not None:
            self.plot.set_note(" ".join(notes_of(self._snapshot.scene, fractional=True)))

    def _switch_axis(self) -> None:
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)
        self._draw()

    def _draw(self) -> None:
        """The curves as they are known now."""
        if self._theme is None:
            return
        axis, layer = self.axes.value, self.layers.value
        other = AXES[1 - AXES.index(axis)]
        self.plot.set_labels(
            tr(
                "shift along {axis} / px, {other}: 0.  At the lines aligned, between interpolated",
                axis=axis,
                other=other,
            ),
            tr("residual, interior")
            if layer == ALL
            else tr("residual of {layer}, interior and border", layer=layer),
        )
        shown = self._snapshot
        noisy = shown is not None and shown.scene.noise != type(shown.scene.noise)()
        top = MOST_OF_ALL if layer == ALL and not noisy else MOST
        self.plot.set_axes((-REACH, REACH), (0.0, top))
        step = 4 if layer == ALL else BY_NAME[layer].stride
        self.plot.set_faint_lines([float(x) for x in range(-REACH, REACH + 1, step)])
        self.plot.set_series(self._series(axis, layer))
        self.plot.set_message(nothing_drawn() if self._blank else "")
        self.plot.set_dimmed(self._live.curves_old and not self._blank)

    def _series(self, axis: str, layer: str) -> list[Series]:
        """The curves as far as they are known; of an empty canvas nothing is."""
        assert self._theme is not None
        found, colours = self._live.curves, layer_colours(self._theme)
        if self._blank or found is None or found.axis != axis:
            found = ShiftCurves(axis, NOTHING, NO_CURVES, NO_CURVES, done=False)
        shifts, interior, border = found.shifts, found.interior, found.border
        if layer != ALL:
            quiet = self._theme.quiet
            return [
                Series(tr("border"), shifts, border[layer], quiet, dashed=True),
                Series(layer, shifts, interior[layer], colours[layer]),
            ]
        return [
            Series(
                name,
                shifts,
                interior[name],
                colours[name],
                thick=name == THICK,
                pattern=PATTERNS[name],
            )
            for name in NAMES
        ]

    def _start(self) -> None:
        self._gesture = self._document.new_gesture()

    def _go(self, x: float) -> None:
        x = round(x / GRAIN) * GRAIN
        self._live.go_to((x, 0.0) if self.axes.value == "x" else (0.0, x), self._gesture)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody looks: measure no more."""
        self._live.forget_curves()

    def state(self) -> dict[str, Any]:
        """Axis and layer."""
        return {"axis": self.axes.value, "layer": self.layers.value}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take axis and layer back."""
        if state.get("axis") in AXES:
            self.axes.show_value(state["axis"])
        if state.get("layer") in (ALL, *NAMES):
            self.layers.show_value(state["layer"])
        self._draw()
