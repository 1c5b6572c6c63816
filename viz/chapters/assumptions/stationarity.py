"""Stationarity: series and pictures whose statistics depend on place, or do not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from viz.chapters.assumptions.measure.series import (
    DRAWS,
    HALF,
    LENGTH,
    PARTS,
    Statistics,
    picture,
    series,
    statistics,
)
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.plot import Plot, layer_colour
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented

SERIES, PICTURE, CANVAS = "series", "picture", "canvas"
MOMENTS, DISTRIBUTIONS, SPECTRA = "moments", "distributions", "spectra"

CRITICAL = 1.63
"""Of the two-sample statistic of Kolmogorov and Smirnov, at the level of 1 %: times √(2 / n)."""


class Stationarity(MeasuredInstrument):
    """A series, a texture or the drawing, and what its values are like at each place along x."""

    id = "stationarity"
    title = tr("Stationarity")
    hint = tr("Add a trend, a season, growing variance: which of them make places differ?")
    tip = tr(
        "Over all draws of the series, or all rows of the picture, at each place x: mean, standard "
        "deviation, distribution and spectrum; D, the Kolmogorov–Smirnov distance, is the largest "
        "difference between the cumulative distributions of two of four places."
    )
    explanation = tr(
        "A signal is <b>stationary</b> where its statistics do not depend on place. One kernel for "
        "all places assumes just that. <b>D</b> is the <b>Kolmogorov–Smirnov distance</b>: by "
        "chance it stays below a limit, if draws are independent; the rows of a picture or a "
        "drawing are not, and get no verdict. A trend, a season and growing variance lift D above "
        "it. Irregular cycles do not: over many draws every place is alike. Nor does one outlier, "
        "though it shifts the mean of its patch."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.source = Segmented(
            tr("Signal"),
            (
                Option(SERIES, tr("series"), tr("{count} draws of one series; the first is shown.",
                                                count=DRAWS)),
                Option(PICTURE, tr("picture"), tr("A texture: smooth noise in two dimensions.")),
                Option(CANVAS, tr("canvas"), tr("The rows of the drawing.")),
            ),
        )  # fmt: skip
        self.add_setting("source", self.source)
        self.parts = {name: CheckBox(text, tip) for name, (text, tip) in _parts().items()}
        for name, box in self.parts.items():
            self.add_setting(name, box)
        self.shown = Segmented(
            tr("By place"),
            (
                Option(DISTRIBUTIONS, tr("distribution"),
                       tr("The distributions of the values at four places.")),
                Option(MOMENTS, tr("mean, variance"),
                       tr("Mean and standard deviation at each place.")),
                Option(SPECTRA, tr("spectrum"), tr("The power of each frequency at four places.")),
            ),
            label=tr("by place"),
        )  # fmt: skip
        self.add_setting("shown", self.shown)
        self.line = Line()
        self.add_control(self.line)
        self.signal = Plot(tr("place x"), tr("value"), keyed=False)
        self.image = Heatmap(LockedScale(3.0, signed=True))
        self.left = QStackedWidget()
        self.shares = Plot(tr("value"), tr("share of values"), step=0.5, fine=0.1)
        self.moments = Plot(tr("place x"), tr("value"))
        self.spectra = Plot(tr("frequency / cycles a place"), tr("log₁₀ of the power"), step=1 / 32)
        self.right = QStackedWidget()
        self.left.addWidget(self.signal)
        self.left.addWidget(self.image)
        for chart in (self.shares, self.moments, self.spectra):
            self.right.addWidget(chart)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.left, 1)
        row.addWidget(self.right, 1)
        self.set_view(view)
        self.shown.chosen.connect(lambda _value: self._turn())

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        return super().reason(snapshot) if self.source.value == CANVAS else ""

    def key(self, snapshot: Snapshot) -> Any:
        if self.source.value == CANVAS:
            return CANVAS, (), snapshot.request.scene
        chosen = tuple(name for name, box in self.parts.items() if box.value)
        return self.source.value, chosen, None

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        source, chosen, _ = key
        if source == CANVAS:
            field = snapshot.image.astype(np.float64)
        else:
            field = series(chosen) if source == SERIES else picture(chosen)
        yield source, statistics(field)

    # What is shown

    def refresh(self) -> None:
        super().refresh()
        for box in self.parts.values():
            box.setEnabled(self.source.value != CANVAS)

    def show_result(self, result: tuple[str, Statistics]) -> None:
        source, found = result
        width = found.field.shape[1]
        self.left.setCurrentWidget(self.signal if source == SERIES else self.image)
        if source == SERIES:
            self._show_series(found)
        else:
            self._show_image(source, found)
        self._show_moments(source, found)
        peak = math.ceil(10 * float(found.shares.max()) + 0.5) / 10
        middles = (found.edges[:-1] + found.edges[1:]) / 2
        self.shares.set_ranges(
            (float(found.edges[0]), float(found.edges[-1])), (0.0, min(1.0, peak))
        )
        self.shares.set_series(
            [
                Series(f"x = {place}", middles, shares, _colour(at), pattern=_LINES[at])
                for at, (place, shares) in enumerate(zip(found.places, found.shares, strict=True))
            ]
        )
        logs = np.log10(np.maximum(found.power, 1e-4))
        self.spectra.set_ranges(
            (float(found.frequencies[0]), 0.5),
            (math.floor(float(logs.min())), math.ceil(float(logs.max()) + 0.1)),
        )
        self.spectra.set_series(
            [
                Series(f"x = {place}", found.frequencies, one, _colour(at), pattern=_LINES[at])
                for at, (place, one) in enumerate(zip(found.places, logs, strict=True))
            ]
        )
        self._tell(source, found, width)
        self._turn()

    def _show_series(self, found: Statistics) -> None:
        first = found.field[0]
        x = np.arange(float(len(first)))
        low, high = float(found.field[:5].min()) - 0.5, float(found.field[:5].max()) + 0.5
        self.signal.set_ranges((0.0, float(LENGTH - 1)), (low, high))
        self.signal.set_references([(float(place), "") for place in found.places])
        self.signal.set_series([Series(tr("first draw"), x, first)])

    def _show_image(self, source: str, found: Statistics) -> None:
        signed = source == PICTURE
        peak = max(0.1, float(np.quantile(np.abs(found.field), 0.999)))
        self.image.set_scale(LockedScale(peak, signed=signed))
        self.image.set_array(found.field.astype(np.float32))
        self.image.set_caption(tr("texture") if signed else tr("drawing"), tr("place x"))
        height = found.field.shape[0]
        half = max(1, HALF * found.field.shape[1] // LENGTH)
        self.image.set_marks(
            [QRectF(place - half, 0, 2 * half + 1, height) for place in found.places]
        )

    def _show_moments(self, source: str, found: Statistics) -> None:
        x = np.arange(float(found.field.shape[1]))
        curves = [
            Series(tr("mean of all"), x, found.mean, thick=True),
            Series(tr("deviation of all"), x, found.deviation, layer_colour(1, 3), thick=True),
        ]
        if source == SERIES:
            curves += [
                Series(tr("patch mean"), x, found.patch_mean, dashed=True),
                Series(tr("patch deviation"), x, found.patch_deviation, layer_colour(1, 3),
                       dashed=True),
            ]  # fmt: skip
        values = np.concatenate([curve.y for curve in curves])
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        room = 0.1 * (high - low) + 0.05
        self.moments.set_ranges((0.0, float(x[-1])), (min(0.0, low - room), high + room))
        self.moments.set_references([(float(place), "") for place in found.places])
        self.moments.set_series(curves)

    def _tell(self, source: str, found: Statistics, width: int) -> None:
        d = number(found.distance, 2)
        if source != SERIES:
            self.line.set_text(
                f"D = {d}", tr("rows depend on one another: no limit for D"), tip=self.tip,
                shorter=[(f"D = {d}", "")],
            )  # fmt: skip
            return
        limit = number(self.limit(found), 2)
        if found.distance > self.limit(found):
            self.line.set_text(f"D = {d} > {limit}", tr("not stationary"), tip=self.tip)
        else:
            self.line.set_text(f"D = {d} ≤ {limit}", tr("no difference found"), tip=self.tip)

    @staticmethod
    def limit(found: Statistics) -> float:
        """Return the distance that two samples of one distribution exceed once in a hundred."""
        return CRITICAL * math.sqrt(2 / len(found.field))

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.signal, self.image, self.shares, self.moments, self.spectra):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("stationary: <i>F<sub>x</sub></i> = <i>F<sub>x′</sub></i> for all places; "
                 "<i>D</i> = max |<i>F<sub>x</sub></i> − <i>F<sub>x′</sub></i>|")  # fmt: skip
        if self.result is None:
            return law
        _, found = self.result
        first, last = found.places[0], found.places[-1]
        return law + tr(
            "<br><i>D</i> = <b>{d}</b>; from x = {a} to {b}: mean {m} → {n}, variance {v} → {w}",
            d=number(found.distance, 2), a=first, b=last, m=number(found.mean[first], 2),
            n=number(found.mean[last], 2), v=number(found.deviation[first] ** 2, 2),
            w=number(found.deviation[last] ** 2, 2),
        )  # fmt: skip

    def _turn(self) -> None:
        """Show what was chosen."""
        views = {DISTRIBUTIONS: self.shares, MOMENTS: self.moments, SPECTRA: self.spectra}
        self.right.setCurrentWidget(views[self.shown.value])


def _colour(place: int) -> Any:
    return layer_colour(place, 4)


_LINES: tuple[tuple[float, ...], ...] = ((), (4.0, 2.0), (1.0, 1.5), (6.0, 2.0, 1.0, 2.0))


def _parts() -> dict[str, tuple[str, str]]:
    """What can be added, by name: its text and its tip."""
    texts = {
        "trend": (tr("trend"), tr("The mean rises along x.")),
        "season": (tr("season"), tr("A wave of fixed length and phase is added to every draw.")),
        "growing": (tr("growing variance"), tr("The standard deviation grows from 0.4 to 2.")),
        "cycles": (tr("irregular cycles"), tr("Waves of varying length and of any phase.")),
        "outlier": (tr("outlier"), tr("One value of the first draw lies 8 too high.")),
    }
    return {name: texts[name] for name in PARTS}
