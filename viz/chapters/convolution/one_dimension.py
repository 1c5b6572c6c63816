"""One dimension: one signal flipped and slid over another, and the area of their product."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.convolution.measure.signals import (
    COARSE,
    DRAWN,
    DRAWN_STEP,
    FINE,
    HIGHEST,
    REACH,
    ROW,
    SPIKE,
    Floats,
    Slid,
    drawn_values,
    middles,
    signal,
    slide,
    with_line,
)  # fmt: skip
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented


class OneDimension(MeasuredInstrument):
    """f(τ), the moved g and their product above τ; beside them the result above t, traced up to
    the present t. A click or a drag in either plot moves t, but draws a signal that is drawn."""

    id = "one-dimension"
    title = tr("One dimension")
    hint = tr("Drag in the plots: the result at t is the filled area. Or draw f or g yourself.")
    tip = tr(
        "(f ∗ g)(t) = ∫ f(τ) g(t − τ) dτ: g is flipped and slid to t, multiplied with f, and the "
        "area below the product is the result. Without flipping it is the cross-correlation "
        "∫ f(τ) g(τ − t) dτ."
    )
    explanation = tr(
        "One signal stays, the other is <b>flipped</b> and slid over it by <b>t</b>; the result at "
        "t is the area below their product. A box with a box makes a triangle, a <b>spike</b> "
        "copies the other signal, Gaussians make a wider one. Without flipping it is the "
        "<b>cross-correlation</b>, which networks compute: for a symmetric g both are equal. "
        "Choose the ramp, and see the difference. Of samples, as on a canvas, the integral is a "
        "sum."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.t = 0.0
        """By how much g is slid, in multiples of the step."""
        ramp = tuple(signal("ramp", DRAWN_STEP).tolist())
        self.drawn = {"f": ramp, "g": ramp}
        """What was drawn, as ``signal`` takes it: until then a ramp."""
        self._pen = "f"
        self.f, self.g = (
            _shapes(tr("f"), tr("f(τ), which stays.")),
            _shapes(tr("g"), tr("g(τ), which is slid.")),
        )
        self.flipped = CheckBox(
            tr("flipped"),
            tr("Convolution flips g before it is slid; cross-correlation does not."),
            checked=True,
        )
        self.samples = CheckBox(
            tr("samples"), tr("Sums of samples that are {step} apart.", step=number(COARSE))
        )
        self.add_setting("f", self.f)
        self.add_setting("g", self.g)
        self.add_setting("flipped", self.flipped)
        self.add_setting("samples", self.samples)
        self.signals = _Pad(tr("τ"), step=COARSE, fine=FINE)
        self.signals.set_ranges((-2 * REACH, 2 * REACH), (0.0, HIGHEST))
        self.result_plot = Plot(tr("t"), step=COARSE, fine=FINE, keyed=False)
        for plot in (self.signals, self.result_plot):
            plot.chosen.connect(self._choose)
        self.signals.drawn.connect(self._draw)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.signals, 3)
        row.addWidget(self.result_plot, 2)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        drawn = {f"drawn_{name}": list(values) for name, values in self.drawn.items()}
        return {**super().state(), "t": self.t, **drawn}

    def restore(self, state: Mapping[str, Any]) -> None:
        t = state.get("t", self.t)
        if isinstance(t, (int, float)) and not isinstance(t, bool) and math.isfinite(t):
            self.t = min(max(float(t), -2 * REACH), 2 * REACH)
        for name in self.drawn:
            with suppress(ValueError):
                self.drawn[name] = drawn_values(state.get(f"drawn_{name}"))
        super().restore(state)
        self._show_t()

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return ""

    def key(self, snapshot: Snapshot) -> Any:
        shapes = self.f.value, self.g.value
        self.signals.draws = DRAWN in shapes
        scene = snapshot.request.scene if ROW in shapes else None
        drawn = tuple(self.drawn.values()) if DRAWN in shapes else ((), ())
        return *shapes, self.flipped.value, self.samples.value, drawn, scene

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Slid]:
        f, g, flipped, sampled, (drawn_f, drawn_g), _ = key
        row = busiest_row(snapshot.image)

        def slid(step: float) -> Slid:
            first, second = signal(f, step, row, drawn_f), signal(g, step, row, drawn_g)
            return slide(first, second, step, flipped=flipped)

        yield replace(slid(COARSE), continuous=slid(FINE)) if sampled else slid(FINE)

    # What is shown

    def show_result(self, result: Slid) -> None:
        least, most = float(result.result.min()), float(result.result.max())
        self.result_plot.set_ranges(
            (-2 * REACH, 2 * REACH), (min(0.0, least), max(0.25, 1.15 * most))
        )
        self._show_t()

    def set_dimmed(self, dimmed: bool) -> None:
        self.signals.set_dimmed(dimmed)
        self.result_plot.set_dimmed(dimmed)

    def formula(self) -> str:
        slid: Slid | None = self.result
        law = (
            tr("(<i>f</i> ∗ <i>g</i>)(<i>t</i>) = ∫ <i>f</i>(<i>τ</i>) <i>g</i>(<i>t</i> − "
               "<i>τ</i>) d<i>τ</i>")
            if self.flipped.value
            else tr("(<i>f</i> ⋆ <i>g</i>)(<i>t</i>) = ∫ <i>f</i>(<i>τ</i>) <i>g</i>(<i>τ</i> − "
                    "<i>t</i>) d<i>τ</i>")
        )  # fmt: skip
        if slid is None:
            return law
        return law + tr(
            "<br>at <i>t</i> = {t}: area of the product = <b>{area}</b>",
            t=number(self.t, 2), area=number(slid.at(self.t), 3),
        ) + (
            tr("<br>and of the continuous signals, without samples: {area}",
               area=number(slid.continuous.at(self.t), 3))
            if slid.continuous is not None
            else ""
        )  # fmt: skip

    def _choose(self, t: float) -> None:
        """Slide g to where the user points."""
        self.t = t
        self.grabbed.emit()
        self._show_t()

    def _draw(self, start: QPointF, end: QPointF) -> None:
        """Draw a piece of f, or of g as it stands: flipped, and slid to t. Where both are drawn a
        drag goes on with the one that it began nearer to."""
        if start == end:
            far = {
                "f": abs(self.signals.series[1].at(start.x()) - start.y()),
                "g": abs(self.signals.series[2].at(start.x()) - start.y()),
            }
            chosen = {"f": self.f.value, "g": self.g.value}
            self._pen = min((one for one in far if chosen[one] == DRAWN), key=far.__getitem__)
        ends = [(point.x(), point.y()) for point in (start, end)]
        if self._pen == "g":
            ends = [(self.t - x if self.flipped.value else x - self.t, y) for x, y in ends]
        self.drawn[self._pen] = with_line(self.drawn[self._pen], *ends)
        self.grabbed.emit()
        self.refresh()

    def _show_t(self) -> None:
        slid: Slid | None = self.result
        if slid is None:
            return
        self.t = round(self.t / slid.step) * slid.step
        drawn = _stairs if slid.step == COARSE else _curve
        places = middles(slid.step)
        moved = tr("g(t − τ)") if slid.flipped else tr("g(τ − t)")
        self.signals.set_series(
            [
                Series(tr("product"), *drawn(places, slid.product(self.t), slid.step),
                       _accent, filled=True),
                Series(tr("f(τ)"), *drawn(places, slid.f, slid.step), _quiet),
                Series(moved, *drawn(places, slid.moved(self.t), slid.step), _accent,
                       dashed=True),
            ]
        )  # fmt: skip
        traced = np.where(slid.t <= self.t + slid.step / 2, slid.result, math.nan)
        beside = slid.continuous
        self.result_plot.set_series(
            ([Series(tr("continuous"), beside.t, beside.result, _faint)] if beside else [])
            + [
                Series("", slid.t, slid.result, _quiet, dashed=True),
                Series(tr("result"), slid.t, traced, _accent, thick=True),
            ]
        )
        for plot in (self.signals, self.result_plot):
            plot.set_mark(self.t)


class _Pad(Plot):
    """A plot in which a drag draws while a signal is drawn, and else chooses an x."""

    drawn = pyqtSignal(QPointF, QPointF)
    """The user drew from one point of the axes to another."""
    draws = False
    """Whether a signal is drawn."""
    _last: QPointF | None = None

    def press(self, position: QPointF) -> None:
        self._last = None
        if not self.draws:
            super().press(position)
            return
        self.started.emit()
        self.leave()  # the values under the pointer are those of before
        self.move_pointer(position, held=True)

    def move_pointer(self, position: QPointF, *, held: bool) -> None:
        if not (held and self.draws):
            super().move_pointer(position, held=held)
            return
        point = self.to_axes(position)
        self.drawn.emit(self._last or point, point)
        self._last = point


def busiest_row(image: np.ndarray) -> Floats:
    """Return the row of an image (H, W) with the most ink, as a signal."""
    return np.asarray(image[int(image.sum(1).argmax())], np.float64)


def _accent(theme: Any) -> Any:
    return theme.accent


def _quiet(theme: Any) -> Any:
    return theme.text


def _faint(theme: Any) -> Any:
    return theme.quiet


def _curve(places: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    return places, values


def _stairs(places: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    """A step as wide as its samples are apart, level."""
    edges = np.repeat(places, 2) + np.tile([-step / 2, step / 2], len(places))
    return edges, np.repeat(values, 2)


def _shapes(name: str, tip: str) -> Segmented:
    words = (
        ("box", tr("box"), tr("1 from −1 to 1.")),
        ("triangle", tr("triangle"), tr("1 − |τ| from −1 to 1.")),
        ("gaussian", tr("Gaussian"), tr("exp(−2τ²), σ = ½.")),
        ("step", tr("step"), tr("0 before 0, then 1.")),
        ("ramp", tr("ramp"), tr("Rises from 0 at −1 to 1 at 1: not symmetric.")),
        (SPIKE, tr("spike"), tr("One sample of area 1.")),
        (ROW, tr("row"), tr("The row of the canvas with the most ink.")),
        (DRAWN, tr("drawn"), tr("Drag in the plot of the signals: what you draw is kept.")),
    )
    options = [Option(value, text, f"{tip} {about}") for value, text, about in words]
    return Segmented(name, options, label=name)
