"""Change: how each pooling's output changes while the drawing shifts, all operators at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QHideEvent, QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from viz.chapters.pooling.layer_choice import LayerChoice
from viz.chapters.pooling.measure.changes import (
    SHIFTS,
    UNPOOLED,
    Changes,
    Known,
    changes,
    relative,
)
from viz.chapters.pooling.operator import (
    Operator,
    maps_window,
    names,
    no_maps,
    nothing_drawn,
)
from viz.chapters.pooling.operator_strip import Strip
from viz.chapters.pooling.words import formula, written
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.pooling import KINDS, Pooling
from viz.views import theme as themes
from viz.views.theme import Theme
from viz.views.widgets.axes import figure
from viz.views.widgets.curves import Curves, Series
from viz.views.widgets.series import nearest

NAME = "pooling change"
HIGHEST = 1.5
"""Of the axis: two responses with nothing in common differ by √2 of either."""

FORMULA = "‖P(f(T x)) − P(f(x))‖ / ‖P(f(x)) − P(f(∅))‖"
UNPOOLED_FORMULA = "‖f(T x) − f(x)‖ / ‖f(x) − f(∅)‖"

_COLOURS = {
    "dark": ("#88c4e8", "#d8c878", "#e09aa8", "#b8a4e0", "#d8a070", "#6cc0ac"),
    "light": ("#2a6a98", "#756610", "#a83f58", "#644a9c", "#96551f", "#1a7260"),
}


def kind_colour(kind: str, theme: Theme) -> QColor:
    """The colour of a kind's curve: quieter than the classes' hues, legible as text."""
    return QColor(_COLOURS[theme.name][KINDS.index(kind)])


def measured(
    snapshot: Snapshot, layer: str, poolings: Mapping[str, Pooling], known: Known
) -> Callable[[Nets], Iterator[Changes | None]]:
    """The work for the measuring lane; ``known`` is touched there only."""
    request, window = snapshot.request, maps_window(snapshot)

    def work(nets: Nets) -> Iterator[Changes | None]:
        net = nets(request.network)
        return changes(net, request.scene, layer, poolings, request.ablated, known, window)

    return work


class ChangeCurves(Curves):
    """The plot, which tells of the point under the pointer by which formula it comes about."""

    def __init__(self) -> None:
        super().__init__(
            tr("shift to the right, px"), tr("relative change of the output"), keyed=True
        )
        self.tell: Callable[[int, float], str] = lambda _number, _shift: ""
        """What is told of a curve, by its number, at a shift."""

    def tooltip(self, position: QPointF) -> str:
        """Of the curve that is nearest; of none what the plot shows."""
        best = nearest(self.series, self.to_widget, self._x_at(position), position)
        if best is None:
            return self.message or self.accessibleName()
        series, index = best
        return self.tell(self.series.index(series), float(series.x[index]))


class PoolingChange(QWidget):
    """The instrument: the operator, and the curves of all kinds with its window and parameters."""

    id = "pooling-change"

    def __init__(
        self,
        document: Document,
        engine: Engine,
        operator: Operator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._operator = document, engine, operator
        self.title = tr("Change")
        self.hint = tr("Choose another pooling: the lower its curve, the less it tells of a shift.")
        self.tip = tr(
            "How far each pooling’s output P(f(x)) moves while the drawing shifts by s pixels: "
            "{formula} over all maps of the layer, ∅ the canvas without the drawing: a constant, "
            "as a bias makes it, counts for nothing. Noise stays in place.",
            formula=FORMULA,
        )
        self._theme: Theme = themes.theme("dark")
        self._snapshot: Snapshot | None = None
        self._asked: object = None
        self._known: tuple[object, Known] | None = None
        self._found: Changes | None = None
        self._names: tuple[str, ...] = ()
        """What the curves are of, by their numbers; the last is painted once more, on top."""
        self.strip = Strip(operator)
        self.layer = LayerChoice(document)
        self.strip.add(self.layer)
        self.curves = ChangeCurves()
        self.curves.tell = self._told
        self.curves.set_axes((SHIFTS[0], SHIFTS[-1]), (0.0, HIGHEST))
        self.curves.set_mark(1.0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(themes.GRID)
        layout.addWidget(self.strip)
        layout.addWidget(self.curves, 1)
        self.layer.chosen.connect(lambda _layer: self._ask())
        self.curves.chosen.connect(self._mark)
        operator.changed.connect(self._operator_changed)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Measure this drawing, unless it has been measured."""
        self._snapshot = snapshot
        self._ask()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self._theme = theme
        self.strip.set_theme(theme, text_px)
        self.layer.set_theme(theme, text_px)
        self.curves.set_theme(theme, text_px)
        self._show()

    def state(self) -> dict[str, Any]:
        """The operator, the layer, and the shift whose changes are told."""
        return {
            "operator": self._operator.state(),
            "layer": self.layer.layer,
            "shift": self.curves.mark,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take them back, as far as they make sense."""
        operator, layer, shift = (state.get(name) for name in ("operator", "layer", "shift"))
        if isinstance(operator, Mapping):
            self._operator.restore(operator)
        if shift in SHIFTS:
            self._mark(float(shift))
        self.layer.want(layer)
        self._ask()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Seen again: measure what is on the canvas now."""
        self._ask()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody sees it: nothing is measured."""
        self._engine.forget(NAME)
        self._asked = self._known = None

    def _operator_changed(self) -> None:
        self._show()  # the curves are there already if only the kind changed
        self._ask()

    def _ask(self) -> None:
        snapshot, layer = self._snapshot, self.layer.layer
        if snapshot is None or not self.isVisible():
            return
        if snapshot.request.network != self._document.network:
            return  # the network that is chosen has not answered yet
        request = snapshot.request
        base = replace(self._operator.pooling, kind=KINDS[0])
        drawn = request.scene, request.network, request.ablated, layer, maps_window(snapshot)
        if (drawn, base) == self._asked:
            return
        if self._known is None or drawn != self._known[0]:
            self._known = drawn, Known()
        self._asked = drawn, base
        if layer is None or not request.scene.items:
            self._engine.forget(NAME)
            self._take(None)
            return
        units = min(snapshot.maps[layer].shape[1:])
        poolings = {kind: replace(base, kind=kind) for kind in KINDS}
        fitting = {kind: one for kind, one in poolings.items() if one.outputs(units)}
        self._engine.measure(NAME, measured(snapshot, layer, fitting, self._known[1]), self._take)

    def _take(self, found: Changes | None) -> None:
        """The changes, or that nothing is drawn that could change."""
        self._found = found
        message = no_maps() if self.layer.layer is None else nothing_drawn()
        self.curves.set_message("" if found is not None else message)
        if found is None:
            self.curves.set_series([])
            self.strip.say()
        self._show()

    def _mark(self, shift: float) -> None:
        """Tell the changes at the measured shift nearest to this one."""
        self.curves.set_mark(min(SHIFTS, key=lambda measured: abs(measured - shift)))
        self._tell()

    def _show(self) -> None:
        """Each kind in a colour of its own, the chosen one thick and on top; the maps dashed. The
        key keeps its order, so the chosen one is painted once more, without a name."""
        found, chosen = self._found, self._operator.pooling.kind
        if found is None:
            return
        called = {UNPOOLED: tr("not pooled"), **names()}
        shown = tuple(name for name in (UNPOOLED, *KINDS) if name in found.curves)
        series = [
            Series(
                called[name],
                found.shifts,
                found.curves[name],
                self._theme.quiet if name == UNPOOLED else kind_colour(name, self._theme),
                dashed=name == UNPOOLED,
                thick=name == chosen,
            )
            for name in shown
        ]
        self._names = shown
        if chosen in shown:
            self._names = (*shown, chosen)
            series.append(replace(series[shown.index(chosen)], name=""))
        self.curves.set_series(series)
        self._tell()

    def _tell(self) -> None:
        """In words what the chosen kind leaves of the change at the mark."""
        shift, pooling = self.curves.mark, self._operator.pooling
        if not self.curves.series or shift is None:
            return
        name = names()[pooling.kind]
        if pooling.kind not in self._names:
            self.strip.say(
                tr(
                    "no window of {n}×{n} units fits into the maps of {layer}",
                    n=pooling.reach, layer=self.layer.layer,
                ),
                tr("no window of {n}×{n} fits", n=pooling.reach),
            )  # fmt: skip
            return
        maps, kind = self.curves.series[0], self.curves.series[-1]
        x, y = (written(series.at(shift)) for series in (kind, maps))
        values = {"s": figure(shift), "x": x, "y": y}
        self.strip.say(
            tr(
                "by {s} px {name} changes by {x}, the maps themselves by {y}",
                name=name, **values,
            ),
            tr("{s} px: {x}, not pooled {y}", **values),
            tip=f"{self._told(len(self.curves.series) - 1, shift)}\n\n{self._told(0, shift)}",
        )  # fmt: skip

    def _told(self, number: int, shift: float) -> str:
        """How a curve's value at a measured shift comes about; the last is the chosen kind's."""
        found, pooling = self._found, self._operator.pooling
        if found is None:
            return ""
        name = self._names[number]
        moved = float(np.interp(shift, found.shifts, found.distances[name]))
        response = found.responses[name]
        if name == UNPOOLED:
            head, law = tr("not pooled"), UNPOOLED_FORMULA
        else:
            head, law = formula(replace(pooling, kind=name)), FORMULA
        numbers = f"= {moved:.3g} / {response:.3g} = {written(relative(moved, response))}"
        where = tr(
            "f: the maps of {layer}; T: {s} px to the right; ∅: the canvas without the drawing",
            layer=self.layer.layer, s=figure(shift),
        )  # fmt: skip
        return f"{head}\n{law}\n{numbers}\n{where}"
