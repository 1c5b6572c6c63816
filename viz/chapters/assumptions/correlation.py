"""Correlation: how much two pixels tell of each other, against their distance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.assumptions.ink_map import InkMap, Strip
from viz.chapters.assumptions.measure.correlation import (
    FARTHEST,
    Floats,
    against_distance,
    neighbours,
    of_digits,
    within,
)
from viz.chapters.assumptions.measure.permuting import Window, order_at, window_about
from viz.chapters.assumptions.permuted_row import PermutedRow
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import WINDOW
from viz.nets.experiments import permuted
from viz.views.theme import GRID
from viz.views.widgets.plot import Plot, layer_colour
from viz.views.widgets.plot_series import Series

MIDDLE = WINDOW // 2 * WINDOW + WINDOW // 2
"""The pixel that is marked at first, by its number in the strip."""


@dataclass(frozen=True, eq=False)
class Correlated:
    """A window as it is and permuted; correlations (31,) against the distance, before and after
    the permutation: within the window, and over ``count`` digits once these are known."""

    window: Window
    share: float
    drawing: tuple[Floats, Floats]
    digits: tuple[Floats, Floats] | None = None
    count: int = 0
    is_mnist: bool = False


class Correlation(MeasuredInstrument):
    """The window before and after the permutation with a pixel and its neighbours marked, the same
    pixels in the flattened strip, and the correlations against the distance."""

    id = "correlation"
    title = tr("Correlation")
    hint = tr("Click a pixel of the window: where do its four neighbours stand in the strip?")
    tip = tr(
        "r(d): over digits the mean of cov(x, y) / (σ σ) over all pairs of pixels at distance d, "
        "rounded; within the window the mean of (x − μ)(y − μ) / σ²."
    )
    explanation = tr(
        "The <b>correlation</b> of two pixels says how much one tells of the other: 1 if they go "
        "together, 0 if they do not. Over digits and within one drawing it is high for neighbours "
        "and falls within a few pixels; so a kernel of 5×5 covers most of what belongs together. "
        "That is what <b>locality</b> means. Flattened to a <b>strip</b>, a pixel’s neighbours "
        "stand ±1 and ±32 places away. Move the permutation: no pixel’s value changes, but the "
        "correlation no longer depends on the distance."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.pixel = MIDDLE
        """Which pixel is marked, by its number in the strip before the permutation."""
        self.permuted = PermutedRow(1.0)
        self.add_setting("permuted", self.permuted)
        self.before, self.after, self.strip = InkMap(), InkMap(), Strip()
        self.before.chosen.connect(lambda row, column: self._mark(row * WINDOW + column))
        self.after.chosen.connect(lambda row, column: self._mark_shown(row * WINDOW + column))
        self.strip.chosen.connect(lambda _, column: self._mark_shown(column))
        self.plot = Plot(
            tr("distance in pixels"), tr("correlation r, dashed: permuted"), step=1.0, fine=1.0
        )
        self.plot.set_ranges((0.0, float(FARTHEST)), (-0.4, 1.0))
        view = QWidget()
        grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(self.before, 0, 0)
        grid.addWidget(self.after, 0, 1)
        grid.addWidget(self.strip, 1, 0, 1, 2)
        grid.addWidget(self.plot, 0, 2, 2, 1)
        for column, share in enumerate((3, 3, 5)):
            grid.setColumnStretch(column, share)
        grid.setRowStretch(0, 5)
        grid.setRowStretch(1, 2)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "pixel": self.pixel}

    def restore(self, state: Mapping[str, Any]) -> None:
        pixel = state.get("pixel")
        if type(pixel) is int and 0 <= pixel < WINDOW * WINDOW:
            self.pixel = pixel
        super().restore(state)
        self._show_pixel()

    # What is computed

    def key(self, snapshot: Snapshot) -> Any:
        return snapshot.request.scene, self.document.shown_window(), self.permuted.value

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Correlated | None]:
        _, place, share = key
        window = window_about(snapshot.image, snapshot.architecture, place)
        none, order = order_at(0.0), order_at(share)
        found = Correlated(window, share, (within(window, none), within(window, order)))
        yield found
        for known in of_digits():
            yield None
            if known is not None:
                plain = against_distance(known.table, known.used, none)
                yield None
                shuffled = against_distance(known.table, known.used, order)
                yield replace(
                    found, digits=(plain, shuffled), count=known.count, is_mnist=known.is_mnist
                )

    # What is shown

    def show_result(self, result: Correlated) -> None:
        shown = permuted(result.window, order_at(result.share))
        self.before.set_array(result.window)
        self.before.set_caption(tr("window as it is"), shorter=tr("as it is"))
        self.after.set_array(shown)
        self.after.set_caption(tr("window, permuted"), shorter=tr("permuted"))
        self.strip.set_pixels(shown.ravel())
        if result.digits is not None or not self.plot.series:
            self._draw(result)
        self._show_pixel()

    def _draw(self, result: Correlated) -> None:
        x = np.arange(FARTHEST + 1.0)
        series = []
        digits = tr("MNIST") if result.is_mnist else tr("pen digits")
        for at, (name, curves) in enumerate(
            ((digits, result.digits), (tr("this drawing"), result.drawing))
        ):
            if curves is not None:
                plain, shuffled = curves
                colour = layer_colour(at, 2)
                series.append(Series("", x, shuffled, colour, dashed=True))
                series.append(Series(name, x, plain, colour))
        self.plot.set_series(series)
        self.plot.set_mark(1.0 if self.plot.mark is None else self.plot.mark)

    def _show_pixel(self) -> None:
        if self.result is None:
            return
        share = self.result.share
        plain, moved = (neighbours(self.pixel, order_at(at)) for at in (0.0, share))
        for part, places in ((self.before, plain), (self.after, moved)):
            part.set_marks([QRectF(at % WINDOW, at // WINDOW, 1, 1) for at in places.values()])
        self.strip.mark(tuple(moved.values()))
        offsets = ", ".join(
            f"{at - moved[0]:+,}".replace("-", "−") for offset, at in moved.items() if offset
        )
        self.strip.set_caption(
            tr("strip of {count}: pixel {pixel}, its neighbours at {offsets}",
               count=f"{WINDOW * WINDOW:,}", pixel=f"{moved[0]:,}", offsets=offsets),
            shorter=tr("strip, neighbours at {offsets}", offsets=offsets),
        )  # fmt: skip

    def clear(self) -> None:
        self.plot.set_series(())

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.before, self.after, self.strip, self.plot):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("<i>r</i>(<i>d</i>) = mean of (<i>x</i> − <i>μ</i>)(<i>y</i> − <i>μ</i>) / "
                 "<i>σ</i>² over all pairs at distance <i>d</i>")  # fmt: skip
        if self.result is None:
            return law
        result: Correlated = self.result
        plain, shuffled = (float(curve[1]) for curve in result.drawing)
        text = tr(
            "{law}<br><i>r</i>(1) = <b>{plain}</b> in this drawing, {shuffled} permuted",
            law=law, plain=number(plain, 2), shuffled=number(shuffled, 2),
        )  # fmt: skip
        if result.digits is None or math.isnan(result.digits[0][1]):
            return text
        return tr(
            "{text}; over {count} digits <b>{plain}</b> and {shuffled}",
            text=text, count=f"{result.count:,}", plain=number(float(result.digits[0][1]), 2),
            shuffled=number(float(result.digits[1][1]), 2),
        )  # fmt: skip

    # What is pointed at

    def _mark(self, pixel: int) -> None:
        self.pixel = pixel
        self.grabbed.emit()
        self._show_pixel()

    def _mark_shown(self, place: int) -> None:
        """Mark the pixel that stands in a place of the permuted picture."""
        self._mark(int(order_at(self.permuted.value)[place]))
