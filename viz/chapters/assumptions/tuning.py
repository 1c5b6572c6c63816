"""Simple and complex cells: a bar that turns, and one that slides, before the first two layers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viz.chapters.assumptions.measure.tuning import (
    ANGLES,
    REACH,
    STEP,
    Tuning,
    breadth,
    first_layers,
    tune,
)
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import MOST_MAPS, Snapshot
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.plot import Plot, layer_colour
from viz.views.widgets.plot_series import Series


class TuningCurves(MeasuredInstrument):
    """Tuning of all maps as a heat map; of one its curve, the bar, and the answers as it slides."""

    id = "tuning"
    title = tr("Tuning")
    hint = tr("Click a row to choose a map, and a curve to turn or slide the bar.")
    tip = tr(
        "A bar 2.4 px wide: the largest activation in a map at each angle; then, at one angle, one "
        "unit of the first layer and the unit that pools it against the bar’s place."
    )
    explanation = tr(
        "A bar is turned through 180° before the network. Each map of the first layer answers to a "
        "range of angles: its <b>tuning curve</b>, as that of a <b>simple cell</b> in the visual "
        "cortex. Then the bar slides across at one angle. The unit of the first layer has a narrow "
        "peak; the unit that pools it answers over a wider <b>plateau</b>, as a <b>complex "
        "cell</b> does. Try the maps one by one: some are blobs or answer to blank paper and "
        "prefer no angle, as they were learned, not designed."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.map = 0
        self.angle: float | None = None
        """Degrees; None: the map's preferred angle."""
        self.offset = 0.0
        self.preferred = QPushButton(tr("Preferred angle"))
        self.preferred.setToolTip(tr("Turn the bar to the angle at which the map answers most."))
        self.preferred.clicked.connect(lambda: self._turn_to(angle=None))
        self.add_control(self.preferred)
        self.maps = Heatmap(LockedScale(1.0))
        self.maps.chosen.connect(
            lambda row, column: self._turn_to(map_=row, angle=float(ANGLES[column]))
        )
        self.maps.describe = self._tell_map
        self.turn = Plot(tr("angle of the bar, °"), tr("activation"), step=5, fine=1, keyed=False)
        self.turn.chosen.connect(lambda x: self._turn_to(angle=float(round(x) % 180)))
        self.bar = Heatmap(LockedScale(1.0), legend=False)
        self.slide = Plot(
            tr("place of the bar, px"), tr("activation"), step=1, fine=STEP, keyed=False
        )
        self.slide.chosen.connect(lambda x: self._turn_to(offset=round(x / STEP) * STEP))
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        for part, share in ((self.maps, 4), (self.turn, 4), (self.bar, 3), (self.slide, 5)):
            row.addWidget(part, share)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {"map": self.map, "angle": self.angle, "offset": self.offset}

    def restore(self, state: Mapping[str, Any]) -> None:
        chosen, angle = state.get("map"), state.get("angle", self.angle)
        if isinstance(chosen, int) and not isinstance(chosen, bool) and 0 <= chosen < MOST_MAPS:
            self.map = chosen
        if angle is None or (_is_number(angle) and 0 <= angle <= 180):
            self.angle = None if angle is None else float(angle)
        offset = state.get("offset")
        if _is_number(offset) and abs(offset) <= REACH * 8:
            self.offset = float(offset)
        super().restore(state)
        self._show_bar()

    def reset(self, state: Mapping[str, Any]) -> None:
        super().reset({"angle": None, **state})

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        if first_layers(snapshot.architecture) is None:
            return tr("This network has no maps of several units from kernels that slide.")
        return ""

    def key(self, snapshot: Snapshot) -> Any:
        return snapshot.request.network, self.map, self.angle

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Tuning]:
        network, chosen, angle = key
        yield tune(nets(network), chosen, angle)

    # What is shown

    def show_result(self, result: Tuning) -> None:
        curves, chosen = result.curves, result.map
        most = np.maximum(curves.max(0), 1e-6)
        self.maps.set_array(np.asarray((curves / most).T.clip(0, 1), np.float32))
        self.maps.set_caption(
            tr("{layer}: share of each map’s maximum", layer=result.layer),
            tr("angle 0 … 180°"), tr("map"),
            shorter=tr("{layer} / max", layer=result.layer),
        )  # fmt: skip
        self.maps.set_marks([QRectF(0, chosen, len(ANGLES), 1)])
        others = [
            Series("", ANGLES, curves[:, one], colour=lambda theme: theme.line)
            for one in range(curves.shape[1])
            if one != chosen
        ]
        own = Series(
            tr("map {map}", map=chosen), ANGLES, curves[:, chosen], layer_colour(0, 2), thick=True
        )
        low = min(0.0, float(curves.min()))
        self.turn.set_ranges((0.0, 180.0), (low, float(curves.max()) * 1.05 or 1.0))
        self.turn.set_series([*others, own])
        self.turn.set_labels(
            tr("angle of the bar, °"),
            tr("activation of map {map}", map=chosen),
            shorter=tr("angle, °"),
        )
        self.turn.set_mark(result.angle)
        series = [Series(result.layer, result.offsets, result.simple, layer_colour(0, 2))]
        # by all angles: the axis stays while the bar turns
        peak = max(float(curves[:, chosen].max()), float(result.simple.max()))
        low = min(0.0, float(curves[:, chosen].min()), float(result.simple.min()))
        if result.pooled is not None:
            series.append(
                Series(result.above, result.offsets, result.pooled, layer_colour(1, 2), thick=True)
            )
            peak, low = max(peak, float(result.pooled.max())), min(low, float(result.pooled.min()))
            series.reverse()  # the peak lies on the plateau, and stays seen
        reach = float(result.offsets[-1])
        self.slide.set_ranges((-reach, reach), (low, peak * 1.05 if peak > 0 else 1.0))
        self.slide.set_series(series)
        self.slide.set_labels(
            tr("place of the bar, px"),
            tr("thin line: {layer}, thick line: {above}", layer=result.layer, above=result.above)
            if result.above
            else result.layer,
            shorter=tr("place, px"),
        )
        self._show_bar()

    def _show_bar(self) -> None:
        result: Tuning | None = self.result
        if result is None:
            return
        place = int(np.abs(result.offsets - self.offset).argmin())
        self.slide.set_mark(float(result.offsets[place]))
        self.bar.set_array(result.bars[place])
        self.bar.set_marks([QRectF(left, top, side, side) for top, left, side in result.fields])
        self.bar.set_caption(
            tr("bar at {angle}°, {layer} map {map}", angle=number(result.angle, 0),
               layer=result.layer, map=result.map),
            shorter=tr("map {map}, {angle}°", map=result.map, angle=number(result.angle, 0)),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.maps, self.turn, self.bar, self.slide):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("tuning(<i>θ</i>) = largest activation in the map for a bar at the angle <i>θ</i>")
        result: Tuning | None = self.result
        if result is None:
            return law
        text = law + tr(
            "<br>{layer}, map {map}: {most} at {angle}°, {least} at the worst angle",
            layer=result.layer, map=result.map, angle=number(result.preferred, 0),
            most=number(float(result.curves[:, result.map].max()), 2),
            least=number(float(result.curves[:, result.map].min()), 2),
        )  # fmt: skip
        text += tr(
            "<br>at least half of the peak: {layer} over <b>{wide} px</b>",
            layer=result.layer, wide=number(breadth(result.offsets, result.simple), 1),
        )  # fmt: skip
        if result.pooled is not None:
            text += tr(
                ", {layer} over <b>{wide} px</b>",
                layer=result.above, wide=number(breadth(result.offsets, result.pooled), 1),
            )  # fmt: skip
        return text

    def _tell_map(self, row: int, column: int) -> str:
        result: Tuning = self.result
        return tr(
            "{layer}, map {map}, bar at {angle}°: {value}, at most {most}",
            layer=result.layer, map=row, angle=number(float(ANGLES[column]), 0),
            value=number(float(result.curves[column, row]), 2),
            most=number(float(result.curves[:, row].max()), 2),
        )  # fmt: skip

    # What the user does

    def _turn_to(self, **chosen: Any) -> None:
        self.map = chosen.get("map_", self.map)
        self.angle = chosen.get("angle", self.angle)
        self.offset = chosen.get("offset", self.offset)
        self.grabbed.emit()
        self._show_bar()
        self.refresh()


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
