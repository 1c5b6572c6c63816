"""Change: how each pooling's output changes while the drawing shifts, all operators at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QHideEvent

from viz.chapters.instrument import Context
from viz.chapters.pooling.layer_instrument import LayerInstrument
from viz.chapters.pooling.measure.changes import (
    SHIFTS,
    UNPOOLED,
    ChangeCache,
    Changes,
    changes,
    relative,
)
from viz.chapters.pooling.words import KINDS, formula, no_window
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets.pooling import Pooling
from viz.scene import Scene
from viz.views.theme import Theme
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.tooltip import wrapped

HIGHEST = 1.5
"""Of the axis: two responses with nothing in common differ by √2 of either."""

FORMULA = "‖P(f(T x)) − P(f(x))‖ / ‖P(f(x)) − P(f(∅))‖"
Y_LABEL = tr("relative change")
UNPOOLED_FORMULA = "‖f(T x) − f(x)‖ / ‖f(x) − f(∅)‖"

_COLOURS = {
    "dark": ("#88c4e8", "#d8c878", "#e09aa8", "#b8a4e0", "#d8a070", "#6cc0ac"),
    "light": ("#2a6a98", "#756610", "#a83f58", "#644a9c", "#96551f", "#1a7260"),
}


NEAR = 0.08
"""Curves that stay so near to one another look like one, and it is said that they are."""

PATTERNS: Mapping[str, tuple[float, ...]] = {
    "average": (6.0, 3.0), "lp": (2.0, 2.0), "log-prob": (8.0, 2.0, 2.0, 2.0),
    "subsampling": (1.0, 4.0),
}  # fmt: skip
"""Of the lines of kinds, dash and gap in widths: where curves lie on each other, as they do while
sizes and strides are equal, the lower ones show in the gaps."""


def kind_colour(kind: str, theme: Theme) -> QColor:
    """Return the colour of a kind's curve: quieter than the classes' hues, legible as text."""
    return QColor(_COLOURS[theme.name][list(KINDS).index(kind)])


@dataclass(frozen=True)
class MapsKey:
    """What the maps of a layer depend on, for all shifts."""

    scene: Scene
    network: str
    ablated: Mapping[str, Collection[int]]
    layer: str
    window: tuple[int, int] | None


@dataclass(frozen=True)
class Key:
    """What the curves depend on; of ``pooling`` not the kind, since there is a curve for each.
    ``cache`` is touched on the measuring thread only."""

    maps: MapsKey
    pooling: Pooling
    cache: ChangeCache = field(compare=False)


class Change(LayerInstrument):
    """The curves of all kinds with the operator's window and parameters; the operator's is thick.
    A click tells all of them at a shift."""

    id = "pooling-change"
    title = tr("Change")
    hint = tr("Choose another pooling: the lower its curve, the less it reveals of a shift.")
    tip = tr(
        "How far each pooling’s output P(f(x)) moves while the drawing shifts by s pixels: "
        "{formula} over all maps of the layer, ∅ the canvas without the drawing, so that a "
        "constant, such as a bias adds, does not count. Noise stays in place.",
        formula=FORMULA,
    )
    explanation = tr(
        "Each curve shows how much the output of one pooling changes while the drawing is shifted, "
        "relative to the whole response to the drawing. √2 is reached by two responses that have "
        "nothing in common. The dashed curve is the layer without pooling; what lies below it was "
        "forgotten by pooling. Choose larger windows, and see which curves fall. Lower is not "
        "better in itself: an output that never changes is no use. Noise stays in place, and "
        "ink that leaves the canvas is gone."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._cache: tuple[MapsKey, ChangeCache] | None = None
        self.plot = Plot(tr("shift to the right / px"), Y_LABEL)
        self.plot.set_ranges((SHIFTS[0], SHIFTS[-1]), (0.0, HIGHEST))
        self.plot.set_grid_step(1.0)
        self.plot.set_mark(1.0)
        self.plot.setToolTip(wrapped(self.tip))
        self.plot.describe = self.describe
        self.set_view(self.plot)
        self.plot.chosen.connect(self._mark)
        self.operator.changed.connect(self._show_kind)

    def key(self, snapshot: Snapshot) -> Key:
        request = snapshot.request
        maps = MapsKey(
            request.scene, request.network, request.ablated, self.layer.value, snapshot.window
        )
        if self._cache is None or self._cache[0] != maps:
            self._cache = maps, ChangeCache()
        return Key(maps, replace(self.operator.pooling, kind="max"), self._cache[1])

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Key) -> Iterator[Changes | None]:
        maps = key.maps
        units = min(snapshot.maps[maps.layer].shape[1:])
        poolings = {kind: replace(key.pooling, kind=kind) for kind in KINDS}
        fitting = {kind: pooling for kind, pooling in poolings.items() if pooling.outputs(units)}
        return changes(
            nets(maps.network), maps.scene, maps.layer, fitting, maps.ablated, key.cache,
            maps.window,
        )  # fmt: skip

    def show_result(self, result: Changes) -> None:
        self._show_kind()

    def formula(self) -> str:
        law = (
            "‖<i>P</i>(<i>f</i>(<i>Tx</i>)) − <i>P</i>(<i>f</i>(<i>x</i>))‖ / "
            "‖<i>P</i>(<i>f</i>(<i>x</i>)) − <i>P</i>(<i>f</i>(∅))‖"
        )
        result: Changes | None = self.result
        kind, shift = self.operator.pooling.kind, self.plot.mark
        if result is None or shift is None or kind not in result.distances:
            return law
        place = int(np.abs(result.shifts - shift).argmin())
        moved, response = float(result.distances[kind][place]), result.responses[kind]
        return law + tr(
            "<br>= {moved} / {response} = <b>{change}</b> for {kind} at {shift} px",
            moved=f"{moved:.3g}", response=f"{response:.3g}",
            change=number(relative(moved, response), 2), kind=KINDS[kind].name,
            shift=number(round(float(result.shifts[place]), 2)),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.plot.set_dimmed(dimmed)

    def clear(self) -> None:
        self._cache = None
        self.plot.set_series([])

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._cache = None  # megabytes
        super().hideEvent(event)

    def _show_kind(self) -> None:
        """Paint the operator's kind thick and below the others. The key keeps its order, so that
        the others are painted once more, without a name."""
        result, pooling = self.result, self.operator.pooling
        if result is None:
            return
        series = {
            name: Series(
                tr("not pooled") if name == UNPOOLED else KINDS[name].name,
                result.shifts,
                result.curves[name],
                _colour(name),
                dashed=name == UNPOOLED,
                thick=name == pooling.kind,
                pattern=() if name == pooling.kind else PATTERNS.get(name, ()),
            )
            for name in (UNPOOLED, *KINDS)
            if name in result.curves
        }
        others = [replace(one, name="") for kind, one in series.items() if kind != pooling.kind]
        self.plot.set_series([*series.values(), *others])
        fits = pooling.kind in series
        self.plot.set_note("" if fits else no_window(pooling, self.layer.value))
        near, apart = nearest(result.curves)
        self._tell_near([series[name].name for name in near], number(apart, 2))

    def _tell_near(self, names: list[str], apart: str) -> None:
        """Say which curves look like one, or how many, as there is room."""
        if len(names) < 2:
            self.plot.heading.set_text(Y_LABEL)
            return
        listed, count = ", ".join(names), len(names)
        told = tr("within {apart} of one another: {names}", names=listed, apart=apart)
        fewer = tr("{count} curves within {apart} of one another", count=count, apart=apart)
        least = tr("{count} curves within {apart}", count=count, apart=apart)
        shorter = [(Y_LABEL, fewer), (Y_LABEL, least)]
        self.plot.heading.set_text(Y_LABEL, told, shorter=shorter)

    def _mark(self, shift: float) -> None:
        self.plot.set_mark(min(SHIFTS, key=lambda measured: abs(measured - shift)))

    def describe(self, series: Series, shift: float) -> str:
        """Tell how a curve comes to its value at the measured shift nearest to ``shift``."""
        result = self.result
        place = int(np.abs(result.shifts - shift).argmin())
        name = next(name for name, curve in result.curves.items() if curve is series.y)
        moved, response = float(result.distances[name][place]), result.responses[name]
        if name == UNPOOLED:
            head, law = tr("not pooled"), UNPOOLED_FORMULA
        else:
            head, law = formula(replace(self.operator.pooling, kind=name)), FORMULA
        numbers = f"= {moved:.3g} / {response:.3g} = {number(relative(moved, response), 2)}"
        where = tr(
            "f: the maps of {layer}; T: {s} px to the right; ∅: the canvas without the drawing",
            layer=self.layer.value, s=number(result.shifts[place]),
        )  # fmt: skip
        return f"{head}\n{law}\n{numbers}\n{where}"

    def state(self) -> dict[str, Any]:
        return {**super().state(), "shift": self.plot.mark}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if state.get("shift") in SHIFTS:
            self._mark(float(state["shift"]))


def _colour(name: str) -> Any:
    """Return the colour of a curve as a function of the theme."""
    return lambda theme: theme.quiet if name == UNPOOLED else kind_colour(name, theme)


def nearest(curves: Mapping[str, NDArray[np.float64]]) -> tuple[tuple[str, ...], float]:
    """Return the most curves that stay within ``NEAR`` of one another, by name, and how far apart
    they come at most; not pooled ones are left out."""
    best: tuple[tuple[str, ...], float] = (), 0.0
    pooled = {name: curve for name, curve in curves.items() if name != UNPOOLED}
    for lowest in pooled.values():
        near = {
            name: curve
            for name, curve in pooled.items()
            if np.isfinite(curve).all() and np.abs(curve - lowest).max() <= NEAR
        }
        apart = float(np.ptp(np.stack(list(near.values())), axis=0).max()) if near else 0.0
        if apart <= NEAR and len(near) > len(best[0]):
            best = tuple(near), apart
    return best
