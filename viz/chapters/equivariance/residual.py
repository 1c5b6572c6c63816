"""Residual: over the shift, zero at multiples of each layer's stride and a sawtooth between.

The curves go through the drawing's own shift: along the other axis they are as far from the
reference as the drawing is. The dots and numbers at the mark are measured there, for the answering
network. Of one layer the networks with max, average and blur pooling are shown side by side, as far
as they have it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QHideEvent

from viz.chapters.equivariance.live_shift import ShiftInstrument, disturbances, residual_text
from viz.chapters.equivariance.measure.place import Place, Subject
from viz.chapters.equivariance.measure.residual import AXES, REACH, ShiftCurves
from viz.chapters.equivariance.measure.residual_curves import (
    ComparedCurves,
    CurveRequest,
    Residuals,
    compared_curves,
    residuals,
)
from viz.chapters.instrument import Context
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import Architecture
from viz.views.widgets.line import Line
from viz.views.widgets.network_names import (
    POOLINGS,
    ablation_text,
    network_colour,
    short_network_name,
)
from viz.views.widgets.plot import Plot, layer_colour
from viz.views.widgets.plot_series import Measured, Series
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tooltip import wrapped

ALL = "all"

HERE = "residual here"
"""The slot of the measuring lane for what is measured where the drawing stands."""

DECIMALS = 2
"""Of the other component that curves are measured through: where a drawing stands still along one
axis while it is dragged along the other, rounding moves it by less."""

TOPS = (0.7, math.sqrt(2), 2.0)
"""Ends of the residual's axis: a little more than the sawteeth of LeNet-5's interiors reach; the
largest there is, which a border reaches; and the largest of maps with signs. The first of them is
taken that the curves do not leave."""

GRAZE = 0.01
"""So far a curve may go beyond the end of the axis: rounding does."""

GRAIN = 0.25
"""Pixels: a click goes to the nearest multiple, so that whole shifts can be hit."""

PATTERNS: tuple[tuple[float, ...], ...] = (
    (), (6.0, 2.0), (1.5, 1.5), (), (7.0, 2.0, 1.5, 2.0), (3.0, 2.0)
)  # fmt: skip
"""The layers' lines in turn, dash and gap in widths: neighbours differ in more than their colour,
and where two curves lie on each other, as those of LeNet-5's S2 and C3 nearly do, the lower one
shows in the gaps."""

THICK = 3
"""Of these lines the one that is thick: LeNet-5's S4 lies among C5's and the output's, of the same
stride."""

Floats = NDArray[np.float64]

_NOTHING = np.empty(0)
NO_CURVES = ShiftCurves("", _NOTHING, {}, {}, done=False)

FORMULA = tr("r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2).")


class Residual(ShiftInstrument):
    """The curves, with a choice of axis and layer above them."""

    id = "residual"
    title = tr("Residual")
    hint = tr(
        "Drag along the curve: the drawing moves, and the residual is 0 at multiples of the "
        "layer's stride."
    )
    tip = tr(
        "The relative residual over the shift: 0 at multiples of the layer's stride. Click to go "
        "there. {formula}",
        formula=FORMULA,
    )
    explanation = tr(
        "The residual <i>r</i> measures how far <i>f</i>(<i>Tx</i>) and "
        "<i>T</i>′<i>f</i>(<i>x</i>) are apart: 0 for equal maps, √2 for maps that are nowhere "
        "active together. Over the shift it is a <b>sawtooth</b>: 0 at multiples of a layer’s "
        "stride, high between them, where <i>T</i>′ can only interpolate. Drag along the curve: "
        "the drawing moves. Choose one layer: how high are the teeth with max, average and blur "
        "pooling? The dashed curve is the border, where equivariance breaks whatever the stride."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.here: Residuals | None = None
        """The residuals of the answering network where the drawing stands."""
        self._place: Place | None = None
        self._kept: dict[str, tuple[Subject, ShiftCurves]] = {}
        self._gesture = 0
        self.axes = Segmented(
            tr("Axis"),
            [
                Option(
                    axis,
                    axis,
                    tr(
                        "Shifts along {axis}; along the other axis the drawing's own shift.",
                        axis=axis,
                    ),
                )
                for axis in AXES
            ],
        )
        self.layers = Segmented(tr("Layer"), _options(self.document.architecture))
        self.add_setting("axis", self.axes)
        self.add_setting("layer", self.layers)
        self.plot = Plot(fine=GRAIN)
        self.plot.started.connect(self._start)
        self.plot.chosen.connect(self._go)
        self.axes.chosen.connect(self._show)
        self.layers.chosen.connect(self._show)
        self.line = Line(quiet=True)
        self.add_control(self.line)
        self.set_view(self.plot)

    # What is measured

    def refresh(self) -> None:
        if self.snapshot is not None and self.is_following:
            self.layers.set_options(_options(self.snapshot.architecture))
            super().refresh()
            self.plot.set_mark(self.live.shift[AXES.index(self.axes.value)])
            if not self.message:
                self._measure_here(self.snapshot)

    def _measure_here(self, snapshot: Snapshot) -> None:
        """Have the residuals measured where the drawing stands: at once, while curves come."""
        place = self.live.place(snapshot)
        if place != self._place:
            self._place = place
            work = partial(residuals, snapshot=snapshot, place=place)
            self.context.engine.measure(HERE, work, self._take_here)

    def _take_here(self, here: Residuals) -> None:
        self.here = here
        self._show_here()

    def key(self, snapshot: Snapshot) -> Any:
        place, axis = self.live.place(snapshot), self.axes.value
        answering, compared = place.subject.network, _compared(self.layers.value)
        names = dict.fromkeys((answering, *compared))
        subjects = tuple(place.subject.by(name) for name in names)
        other = round(place.shift[1 - AXES.index(axis)], DECIMALS)
        return CurveRequest(subjects, axis, other, place.references, self._kept)

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        return compared_curves(nets, key)

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.context.engine.forget(HERE)
        self._place = None
        super().hideEvent(event)

    # What is shown

    def show_result(self, result: ComparedCurves) -> None:
        self._show()

    def formula(self) -> str:
        law = (
            "<i>r</i> = ‖<i>f</i>(<i>Tx</i>) − <i>T</i>′<i>f</i>(<i>x</i>)‖ / "
            "√((‖<i>f</i>(<i>Tx</i>)‖² + ‖<i>T</i>′<i>f</i>(<i>x</i>)‖²)/2)"
        )
        here, layer = self.here, self.layers.value
        if here is None or self.snapshot is None:
            return law
        if layer == ALL:
            layers = self.snapshot.architecture.layers
            layer = next((one.name for one in layers if one.stride > 1), layers[0].name)
        if layer not in here.interior:
            return law
        dx, dy = (number(round(along, 2)) for along in here.shift)
        return law + tr(
            "<br>= <b>{r}</b> in {layer} at dx = {dx}, dy = {dy} px",
            r=residual_text(here.interior[layer]), layer=layer, dx=dx, dy=dy,
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.plot.set_dimmed(dimmed)

    def _show(self, _: object = None) -> None:
        """Show the curves as they are known now."""
        snapshot, result = self.snapshot, self.result
        if snapshot is None or result is None:
            return
        architecture, layer, axis = snapshot.architecture, self.layers.value, self.axes.value
        answering = snapshot.request.network
        found = {name: one for name, one in result.curves.items() if one.axis == axis}
        series = (
            _of_layers(found.get(answering, NO_CURVES), architecture)
            if layer == ALL
            else _of_networks(found, layer, answering)
        )
        step = architecture.stride if layer == ALL else architecture.layer(layer).stride
        through = found[answering].other if answering in found else 0.0
        self.plot.set_labels(
            _x_label(axis, through, step),
            _y_label(layer, answering),
            shorter=tr("shift along {axis} / px; exact at grid lines", axis=axis)
            if round(through, 2) % step == 0
            else "",
        )
        self.plot.set_grid_step(float(step))
        self.plot.set_ranges((-REACH, REACH), (0.0, _top(series, layer)))
        self.plot.set_series(series)
        self._show_here()
        self.line.set_text(self._note(found, snapshot))
        self.line.setVisible(bool(self.line.text))  # empty, it would take a row of its own
        self.plot.setToolTip(self._about())

    def _show_here(self) -> None:
        """Show what is measured at the drawing's own shift."""
        here, layer, across = self.here, self.layers.value, AXES.index(self.axes.value)
        if here is None or (layer != ALL and layer not in here.interior):  # another network's
            self.plot.set_measured(None)
            return
        values = here.interior
        if layer != ALL:
            name = short_network_name(self.document.network)
            values = {name: here.interior[layer], tr("border"): here.border[layer]}
        way = here.shift if here.shift[1 - across] else here.shift[across : across + 1]
        place = ", ".join(number(round(d, 2)) for d in way)
        self.plot.set_measured(Measured(here.shift[across], place, values))

    def _note(self, found: Mapping[str, ShiftCurves], snapshot: Snapshot) -> str:
        """What else makes f(Tx) and T′f(x) differ, and which curves are missing."""
        layer, answering = self.layers.value, snapshot.request.network
        architecture, scene = snapshot.architecture, snapshot.scene
        said = [disturbances(scene, architecture, fractional=True)]
        if _compared(layer):
            said.append(ablation_text(answering, self.document.ablated))
            said += [why.advice for why in self.result.broken.values()]
        if layer == ALL:
            names = [one.name for one in architecture.layers] if answering in found else []
            reaches = {name: found[answering].interior_reach(name) for name in names}
        else:
            reaches = {
                short_network_name(name): one.interior_reach(layer)
                for name, one in found.items()
                if layer in one.interior
            }
        side = architecture.window
        size = (scene.width, scene.height) if architecture.is_convolutional else (side, side)
        return " ".join(filter(None, [*said, _too_few(reaches, size)]))

    def _about(self) -> str:
        reasons = [why.reason for why in self.result.broken.values()]
        about = tr(
            "Click or drag to go there. Dots, and the numbers at the mark: the drawing as it "
            "stands, in the current network. Curves, and numbers with ≈: measured every half "
            "pixel. –: the curve belongs to another shift, or there are no such units."
        )
        return wrapped("\n".join([*reasons, FORMULA, about]))

    # The user

    def _start(self) -> None:
        self._gesture = self.document.new_gesture()

    def _go(self, x: float) -> None:
        x = round(x / GRAIN) * GRAIN
        dx, dy = self.live.shift
        self.live.go_to((x, dy) if self.axes.value == "x" else (dx, x), self._gesture)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {"axis": self.axes.value, "layer": self.layers.wanted}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.layers.set_options(_options(self.document.architecture))
        super().restore(state)
        self._show()


@lru_cache(maxsize=2)
def _options(architecture: Architecture) -> tuple[Option, ...]:
    """A choice for each layer of the network, and one for all together."""
    options = [Option(ALL, tr("all"), tr("The interiors of all layers.") + " " + FORMULA)]
    for layer in architecture.layers:
        tip = tr("{layer}: the interior, and dashed the border.", layer=layer.name)
        if _compared(layer.name):
            tip = tr(
                "{layer}: the interior by max, average and blur pooling; dashed the border of the "
                "current network.",
                layer=layer.name,
            )
        options.append(Option(layer.name, layer.name, tip + " " + FORMULA))
    return tuple(options)


@lru_cache
def _compared(layer: str) -> tuple[str, ...]:
    """The networks of different pooling that have a layer of this name."""
    return tuple(name for name in POOLINGS if layer in networks.architecture(name))


def _x_label(axis: str, through: float, step: int) -> str:
    """What the axis says: along which line of shifts, and where they are exact."""
    values = {
        "axis": axis, "other": AXES[1 - AXES.index(axis)], "through": number(round(through, 2)),
        "step": step,
    }  # fmt: skip
    if round(through, 2) % step:
        return tr("shift along {axis} / px; {other}: {through}, no multiple of {step}", **values)
    return tr(
        "shift along {axis} / px; {other}: {through}; exact at grid lines, interpolated between",
        **values,
    )


def _y_label(layer: str, answering: str) -> str:
    if layer == ALL:
        return tr("relative residual of the interior")
    return tr(
        "relative residual of {layer}, dashed: border of {network}",
        layer=layer, network=short_network_name(answering),
    )  # fmt: skip


def _top(series: Sequence[Series], layer: str) -> float:
    """The end of the residual's axis."""
    highest = max((float(one.y[np.isfinite(one.y)].max(initial=0)) for one in series), default=0.0)
    tops = TOPS if layer == ALL else TOPS[1:]
    return next((top for top in tops if highest <= top + GRAZE), TOPS[-1])


def _of_layers(found: ShiftCurves, architecture: Architecture) -> list[Series]:
    """The interior curve of each layer."""
    names = [layer.name for layer in architecture.layers]
    return [
        Series(
            name, *_points(found, found.interior, name), layer_colour(place, len(names)),
            thick=place % len(PATTERNS) == THICK, pattern=PATTERNS[place % len(PATTERNS)],
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


def _of_networks(found: Mapping[str, ShiftCurves], layer: str, answering: str) -> list[Series]:
    """A layer's interior curve for each compared network; the answering one's is thick, with its
    border curve below."""
    known, compared = found.get(answering, NO_CURVES), _compared(layer)
    border = _points(known, known.border, layer)
    series = [Series(tr("border"), *border, lambda theme: theme.quiet, dashed=True)]
    for name in compared if answering in compared else (answering, *compared):
        known = found.get(name, NO_CURVES)
        series.append(
            Series(
                short_network_name(name), *_points(known, known.interior, layer),
                partial(network_colour, name), thick=name == answering,
            )
        )  # fmt: skip
    return series


def _points(found: ShiftCurves, curves: Mapping[str, Floats], layer: str) -> tuple[Floats, Floats]:
    """The points of a layer's curve; none of a layer that another network has."""
    return (found.shifts, curves[layer]) if layer in curves else (_NOTHING, _NOTHING)


def _too_few(reaches: Mapping[str, float], size: tuple[int, int]) -> str:
    """Say of which interiors ``size``, the width and height of the canvas or of the window that is
    compared, leaves nothing, or not all: ``reaches``, by the names of their curves."""
    missing = []
    for name, reach in reaches.items():
        if reach < 0:
            missing.append(name)
        elif reach < REACH:
            missing.append(tr("{name} beyond {reach} px", name=name, reach=number(reach)))
    if not missing:
        return ""
    return tr(
        "A canvas of {width}×{height} px is too small for an interior of {names}.",
        width=size[0], height=size[1], names=", ".join(missing),
    )  # fmt: skip
