"""Difference: f(Tx), T′f(x) and what they differ by, for one feature map, at locked scales.

What two maps that agree differ by is small, so the scale of the difference is finer, by a factor
that never changes and stands above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QToolButton, QWidget

from viz.chapters.equivariance.live_shift import Comparison, ShiftInstrument, residual_text
from viz.chapters.equivariance.measure.residual import LayerShift
from viz.chapters.instrument import Context
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS, Architecture, Layer
from viz.nets.networks import trained
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.segmented import Option, Segmented

Array = NDArray[np.float32]

FINER_STRIDE_1, FINER, FINER_OUTPUT = 8, 4, 2
"""By how much the scale of the difference is finer than that of the maps, in layers with a unit for
every pixel, in others, and in the output: between two whole shifts some 19 of 20 differences that
can be seen lie within it (measured once, with a 3 and a 58 in LeNet-5)."""

RESIDUAL = tr(
    "r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2) over all maps of the layer; in the "
    "interior, which is outlined, receptive fields lie on the canvas, before and after."
)


class FineScale(LockedScale):
    """A scale whose ends need two digits."""

    def numbers(self) -> tuple[str, str]:
        high = f"{self.peak:.2g}"
        return f"\N{MINUS SIGN}{high}", high


class Difference(ShiftInstrument):
    """Three heat maps at one zoom; the interior is outlined, the residuals are told above."""

    id = "difference"
    title = tr("Difference")
    hint = tr(
        "Drag the whole drawing (Ctrl+A): the difference vanishes where the shift is a multiple of "
        "the layer's stride."
    )
    tip = tr("f(Tx) beside T′f(x), and f(Tx) − T′f(x), for one feature map.")
    explanation = tr(
        "On the left is the map of the moved drawing, in the middle the old map moved afterwards, "
        "and on the right their difference, on a finer scale. Between whole units <i>T</i>′ has to "
        "interpolate. In the <b>interior</b>, outlined, receptive fields lie on the canvas before "
        "and after: at multiples of the stride the difference is 0 there, for any drawing and any "
        "shared weights. Shift by 1, 2 and 4 px, and compare S2 with S4. At the <b>border</b> ink "
        "is lost; a larger canvas only makes the share of that band smaller."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.maps: dict[str, int] = {}
        """The map chosen in each layer."""
        self.map: tuple[str, int | None] = ("", None)
        """The layer and the map on the screen; None: all maps of a layer of a single row."""
        self.layers = Segmented(tr("Layer"), _options(self.document.architecture))
        self.layers.chosen.connect(lambda _: self._show())
        self.add_setting("layer", self.layers)
        self.back = self._button("‹", tr("Previous map"), -1)
        self.on = self._button("›", tr("Next map"), 1)
        self.line = Line()
        self.add_control(self.line)
        scale = LockedScale(1.0)
        self.heatmaps = tuple(Heatmap(scale) for _ in range(3))
        view = QWidget()
        self._places = QBoxLayout(QBoxLayout.Direction.LeftToRight, view)
        self._places.setContentsMargins(0, 0, 0, 0)
        self._places.setSpacing(2 * GRID)
        for heatmap in self.heatmaps:
            self._places.addWidget(heatmap, 1)
            heatmap.describe = self._describe
            heatmap.pointed.connect(self._point)
        self.set_view(view)
        self.document.inspected_changed.connect(self._show)

    def _button(self, text: str, name: str, way: int) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("outlined", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(lambda: self.step(way))
        self.add_control(button)
        return button

    def step(self, way: int) -> None:
        """Show the map after, or before, the one chosen."""
        name = self.layers.value
        if self.result is not None and name in self.maps:
            count = self.result.snapshot.layer(name).maps
            self.maps[name] = (self.maps[name] + way) % count
            self._show()

    # What is shown

    def show_result(self, result: Comparison) -> None:
        self.layers.set_options(_options(result.snapshot.architecture))
        self._show()

    def _show(self) -> None:
        result = self.result
        if result is None or not self.isVisible():
            return
        name, chosen = self._chosen(result)
        one, layer = result.measured.layers[name], result.snapshot.layer(name)
        together = name == "output" and one.after.shape[1] == 1
        self.map = name, None if together else chosen
        self.back.setEnabled(not together)
        self.on.setEnabled(not together)
        after, moved, inside = _pictures(one, self.map[1])
        scale, finer = _scales(result.snapshot, layer)
        for heatmap, values, caption, its_scale in zip(
            self.heatmaps,
            (after, moved, after - moved),
            (tr("f(Tx)"), tr("T′f(x)"), tr("difference ×{factor}", factor=_finer(layer))),
            (scale, scale, finer),
            strict=True,
        ):
            heatmap.set_scale(its_scale)
            heatmap.set_caption(caption)
            heatmap.set_array(values)
            heatmap.set_marks(_interior(inside))
        self._arrange()
        self._tell(result, one)

    def _chosen(self, result: Comparison) -> tuple[str, int]:
        """The layer and the map to show: those of the unit that is pointed at, or pinned, else
        those chosen, else the map that the drawing changes most."""
        architecture, unit = result.snapshot.architecture, self.document.inspected
        if unit is not None and architecture.has_unit(unit.layer, unit.map):
            return unit.layer, unit.map
        name = self.layers.value
        if not architecture.has_unit(name, self.maps.get(name, -1)):
            after = result.measured.layers[name].after
            sums = np.abs(after - result.before.blank[name]).sum((1, 2))
            digits = sums[:NONE_CLASS] if name == "output" else sums
            self.maps[name] = int(digits.argmax())
        return name, self.maps[name]

    def _tell(self, result: Comparison, one: LayerShift) -> None:
        title = _title(*self.map, result.snapshot.architecture)
        if result.partly:
            self.line.set_text(title, f"{result.shift_text}  {result.notes}", RESIDUAL)
            return
        text = tr(
            "{map}: residual {interior} interior, {border} border",
            map=title, interior=residual_text(one.interior), border=residual_text(one.border),
        )  # fmt: skip
        how = tr("exact") if one.aligned else tr("interpolated")
        note = f"{how}, {result.shift_text}  {result.notes}".strip()
        shorter = () if result.notes else [(text, how)]
        self.line.set_text(text, note, RESIDUAL, shorter=shorter)

    def formula(self) -> str:
        result: Comparison | None = self.result
        law = (
            "<i>r</i> = ‖<i>f</i>(<i>Tx</i>) − <i>T</i>′<i>f</i>(<i>x</i>)‖ / "
            "√((‖<i>f</i>(<i>Tx</i>)‖² + ‖<i>T</i>′<i>f</i>(<i>x</i>)‖²)/2)"
        )
        name = self.map[0]
        if result is None or result.partly or name not in result.measured.layers:
            return law
        interior = residual_text(result.measured.layers[name].interior)
        return law + tr("<br>= <b>{r}</b> in the interior of {layer}", r=interior, layer=name)

    def set_dimmed(self, dimmed: bool) -> None:
        for heatmap in self.heatmaps:
            heatmap.set_dimmed(dimmed)

    # Where it stands

    def _arrange(self) -> None:
        """Side by side, or one below the other where that makes them larger, as of wide maps."""
        head = self.heatmaps[0].small.height + 3 * GRID
        height, width = self.heatmaps[0].values.shape
        room = self._places.geometry()
        beside = min(room.width() / 3 / width, (room.height() - head) / height)
        below = min(room.width() / width, (room.height() / 3 - head) / height)
        direction = QBoxLayout.Direction
        self._places.setDirection(
            direction.TopToBottom if below > beside else direction.LeftToRight
        )

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self.result is not None:
            self._arrange()

    # Pointing

    def _point(self, cell: object) -> None:
        """Outline the same unit in all three."""
        for heatmap in self.heatmaps:
            heatmap.point_at(cell)  # type: ignore[arg-type]

    def _describe(self, row: int, column: int) -> str:
        layer = self.result.snapshot.layer(self.map[0])
        after, moved, difference = (
            number(float(heatmap.values[row, column]), 3) for heatmap in self.heatmaps
        )
        values = tr(
            "row {row}, column {column}: f(Tx) {after}, T′f(x) {moved}, difference {difference}",
            row=row, column=column, after=after, moved=moved, difference=difference,
        )  # fmt: skip
        about = tr(
            "f(Tx): the map of the shifted drawing. T′f(x): the reference's map shifted by (dx, "
            "dy)/{stride}, interpolated bilinearly where that is not a whole number. The scales "
            "are fixed; that of the difference is {factor} times finer, and larger differences "
            "look like its end. Within the frame receptive fields lie on the canvas, before and "
            "after.",
            stride=layer.stride,
            factor=_finer(layer),
        )
        return f"{values}\n{about}"

    # What is kept

    def state(self) -> dict[str, Any]:
        return {"layer": self.layers.wanted, "maps": dict(self.maps)}

    def restore(self, state: Mapping[str, Any]) -> None:
        architecture, maps = self.document.architecture, state.get("maps")
        self.layers.set_options(_options(architecture))
        for name, chosen in maps.items() if isinstance(maps, Mapping) else ():
            whole = isinstance(chosen, int) and not isinstance(chosen, bool)
            if whole and architecture.has_unit(name, chosen):
                self.maps[name] = chosen
        super().restore(state)
        self._show()


def _pictures(one: LayerShift, chosen: int | None) -> tuple[Array, Array, NDArray[np.bool_]]:
    """f(Tx), T′f(x) and which units are interior, each (h, w), of one map; without a number of all
    maps of a layer of a single row, one below the other."""
    if chosen is None:
        after, moved = one.after[:, 0], one.moved[:, 0]
        return after, moved, np.broadcast_to(one.inside, after.shape)
    return one.after[chosen], one.moved[chosen], one.inside


def _interior(inside: NDArray[np.bool_]) -> list[QRectF]:
    """The outline of the interior; none if it is the whole map, or nothing."""
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    if inside.all() or not len(rows):
        return []
    return [QRectF(columns[0], rows[0], len(columns), len(rows))]


def _finer(layer: Layer) -> int:
    if layer.name == "output":
        return FINER_OUTPUT
    return FINER_STRIDE_1 if layer.stride == 1 else FINER


def _scales(snapshot: Snapshot, layer: Layer) -> tuple[LockedScale, LockedScale]:
    """The scales of a layer's maps and of the difference."""
    peak = 1.0
    if layer.name != "output":
        peak = trained(snapshot.request.network).scales[layer.name]
    return LockedScale(peak, layer.signed), FineScale(peak / _finer(layer), signed=True)


def _title(name: str, chosen: int | None, architecture: Architecture) -> str:
    if chosen is None:
        if architecture.none:
            return tr("{layer}, probability of each class, none below", layer=name)
        return tr("{layer}, probability of each class", layer=name)
    if name == "output":
        what = tr("none") if chosen == NONE_CLASS else str(chosen)
        return tr("{layer}, probability of {what}", layer=name, what=what)
    return tr("{layer} map {map}", layer=name, map=chosen)


@lru_cache(maxsize=2)
def _options(architecture: Architecture) -> tuple[Option, ...]:
    return tuple(
        Option(layer.name, layer.name, tr("Stride {stride} px.", stride=layer.stride))
        for layer in architecture.layers
    )
