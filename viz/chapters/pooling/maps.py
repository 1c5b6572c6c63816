"""Maps: the chosen operator on a live feature map, before and after, beside the network's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from viz.chapters.pooling.layer_choice import LayerChoice
from viz.chapters.pooling.maps_pictures import Picture, Pictures
from viz.chapters.pooling.measure.changes import Array, poolable, pooled_by
from viz.chapters.pooling.operator import Operator, names, no_maps
from viz.chapters.pooling.operator_strip import Strip
from viz.chapters.pooling.words import WRITTEN, law
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Layer
from viz.nets.networks import trained
from viz.nets.pooling import Pooling, pool
from viz.views import theme as themes
from viz.views.maps.locked_scale import LockedScale, scale_of
from viz.views.theme import Theme
from viz.views.widgets.text_cache import signed

NAME = "pooling maps"

BEFORE, AFTER, OWN = range(3)


@dataclass(frozen=True, eq=False)
class Pooled:
    """Some maps (n, h, w) of ``layer``, pooled by ``pooling``, where a window of it fits, and by
    the network itself, in the layer ``above``, if it does; which of them are ``ablated``, and which
    where the network has pooled them (``own_ablated``)."""

    layer: Layer
    numbers: tuple[int, ...]
    before: Array
    pooling: Pooling
    after: Array
    above: Layer | None
    own: Array | None
    network: str
    ablated: Collection[int]
    own_ablated: Collection[int]


def pooled(
    snapshot: Snapshot, name: str, numbers: tuple[int, ...], pooling: Pooling
) -> Callable[[Nets], Iterator[Pooled]]:
    """The work for the measuring lane: snapshots' arrays are read-only."""
    layer = snapshot.layer(name)
    above = pooled_by(snapshot.architecture, layer)
    maps, pooled_maps = snapshot.maps[name], snapshot.maps[above.name] if above else None
    network, every = snapshot.request.network, snapshot.request.ablated
    ablated, own_ablated = every.get(name, ()), every.get(above.name, ()) if above else ()

    def work(_nets: Nets) -> Iterator[Pooled]:
        chosen = list(numbers)
        before = maps[chosen]
        own = None if pooled_maps is None else pooled_maps[chosen]
        fits = all(pooling.outputs(units) for units in before.shape[1:])
        after = pool(before, pooling) if fits else np.zeros((len(chosen), 0, 0), np.float32)
        yield Pooled(
            layer, numbers, before, pooling, after, above, own, network, ablated, own_ablated
        )

    return work


def own_pooling(layer: Layer) -> Pooling | None:
    """A network's pooling layer as one of the chapter's operators, if it is one of them."""
    if layer.has_weights:
        return None  # coefficients of each map's own
    try:
        return Pooling(layer.pooling, layer.kernel, layer.step, p=layer.p, b=layer.b)
    except ValueError:
        return None  # larger than those


class PoolingMaps(QWidget):
    """The instrument. The first map is the last that was pointed at or leafed to, at first the one
    that varies most: the most active ones are those that fire for blank paper. The next in number
    follow, as many as there is room for, after the last again the first."""

    id = "pooling-maps"

    def __init__(
        self,
        document: Document,
        engine: Engine,
        operator: Operator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._operator = document, engine, operator
        self.title = tr("Maps")
        self.hint = tr(
            "Choose another pooling, and point at a map above to see what is left of it."
        )
        self.tip = tr(
            "Feature maps before and after the chosen pooling, ⌊(n − size)/stride⌋ + 1 units a "
            "side, and as the network itself pools them. Point at a map above to take it."
        )
        self._snapshot: Snapshot | None = None
        self._numbers: dict[str, int] = {}
        self._shown: Pooled | None = None
        self.strip = Strip(operator)
        self.layer = LayerChoice(document)
        self.previous, self.next = (self._button(way) for way in (-1, 1))
        for part in (self.layer, self.previous, self.next):
            self.strip.add(part)
        self.view = Pictures()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(themes.GRID)
        layout.addWidget(self.strip)
        layout.addWidget(self.view, 1)
        self.layer.chosen.connect(lambda _layer: self._ask())
        self.view.pointed.connect(self._say)
        self.view.room_changed.connect(self._ask)
        operator.changed.connect(self._ask)

    def _button(self, way: int) -> QToolButton:
        button = QToolButton()
        button.setText("‹" if way < 0 else "›")
        said = tr("Previous map") if way < 0 else tr("Next map")
        button.setToolTip(said)
        button.setAccessibleName(said)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._leaf(way))
        return button

    @property
    def chosen(self) -> tuple[str | None, int | None]:
        """(layer, first map) that is shown; the map is None until there is a snapshot, and both
        are for a network without layers that could be pooled."""
        layer = self.layer.layer
        number = None if layer is None else self._numbers.get(layer)
        known = number is not None and self._document.architecture.has_unit(layer or "", number)
        return layer, number if known else None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pool this snapshot's map."""
        self._snapshot = snapshot
        unit = self._document.inspected
        if unit is not None:
            for layer in poolable(snapshot.architecture):
                above = pooled_by(snapshot.architecture, layer)
                if unit.layer == layer.name or (above is not None and unit.layer == above.name):
                    self._numbers[layer.name] = unit.map
                    self.layer.want(layer.name)
        self._ask()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self.strip.set_theme(theme, text_px)
        self.layer.set_theme(theme, text_px)
        for button in (self.previous, self.next):
            button.setFont(themes.font(text_px))
            button.setFixedSize(round(1.4 * text_px), round(1.6 * text_px))
        self.view.set_theme(theme, text_px)

    def state(self) -> dict[str, Any]:
        """The operator, the layer, and the map of each layer that was seen."""
        architecture = self._document.architecture
        numbers = self._numbers.items()
        return {
            "operator": self._operator.state(),
            "layer": self.layer.layer,
            "maps": {name: n for name, n in numbers if architecture.has_unit(name, n)},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take them back, as far as they make sense."""
        operator, layer, numbers = (state.get(name) for name in ("operator", "layer", "maps"))
        if isinstance(operator, Mapping):
            self._operator.restore(operator)
        if isinstance(numbers, Mapping):
            architecture = self._document.architecture
            offered = {layer.name for layer in poolable(architecture)}
            for name, number in numbers.items():
                if name in offered and type(number) is int and architecture.has_unit(name, number):
                    self._numbers[name] = number
        self.layer.want(layer)
        self._ask()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Seen again: pool what is on the canvas now."""
        self._ask()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody sees it: nothing is pooled."""
        self._engine.forget(NAME)

    def _leaf(self, way: int) -> None:
        layer, number = self.chosen
        if layer is not None and number is not None:
            self._numbers[layer] = (number + way) % self._document.layer(layer).maps
            self._ask()

    def _ask(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or not self.isVisible():
            return
        if snapshot.request.network != self._document.network:
            return  # the network that is chosen has not answered yet
        layer, number = self.chosen
        for button in (self.previous, self.next):
            button.setEnabled(layer is not None)
        if layer is None:
            self._engine.forget(NAME)
            self._shown = None
            self.view.show_message(no_maps())
            self.strip.say()
            return
        maps = snapshot.maps[layer]
        if number is None:
            number = int(maps.std((1, 2)).argmax())
            self._numbers[layer] = number
        above = pooled_by(snapshot.architecture, snapshot.layer(layer))
        self.view.set_up(2 if above is None else 3, len(maps))
        room = self.view.arrange(maps.shape[1], maps.shape[2], len(maps)).rows
        numbers = tuple((number + row) % len(maps) for row in range(room))
        work = pooled(snapshot, layer, numbers, self._operator.pooling)
        self._engine.measure(NAME, work, self._take)

    def _take(self, found: Pooled) -> None:
        self._shown = found
        scales = trained(found.network).scales
        scale = scale_of(found.layer, False, scales)
        own_scale = scale
        if found.above is not None and found.above.has_weights:  # with an activation of its own
            own_scale = scale_of(found.above, False, scales)
        pictures: list[Picture] = []
        for place, number in enumerate(found.numbers):
            pictures += (self._before(found, place, number, scale),
                         self._after(found, place, number, scale))  # fmt: skip
            if found.above is not None and found.own is not None:
                values = found.own[place]
                pictures.append(self._own(found, found.above, values, number, own_scale))
        self.view.show_pictures(found.numbers, tuple(pictures))
        self._say(self.view.pointed_at)

    def _before(self, found: Pooled, place: int, number: int, scale: LockedScale) -> Picture:
        height, width = found.before.shape[1:]
        name = found.layer.name
        return Picture(
            (tr("{layer}: {height}×{width}", layer=name, height=height, width=width), name),
            found.before[place],
            scale,
            tr("{layer} map {map}", layer=name, map=number),
            law=tr("ablated, so") if number in found.ablated else law(found.layer),
        )

    def _after(self, found: Pooled, place: int, number: int, scale: LockedScale) -> Picture:
        pooling, (rows, columns) = found.pooling, found.after.shape[1:]
        said = {
            "name": names()[pooling.kind], "size": pooling.size, "stride": pooling.stride,
            "rows": rows, "columns": columns,
        }  # fmt: skip
        captions = (
            tr("{name} {size}×{size}, stride {stride}: {rows}×{columns}", **said),
            tr("{name}: {rows}×{columns}", **said),
            f"{rows}×{columns}",
        )
        return Picture(
            captions,
            found.after[place],
            LockedScale(1.0, signed=True) if pooling.kind == "subsampling" else scale,
            tr("{layer} map {map}", layer=found.layer.name, map=number),
            pooling=pooling,
            stride=pooling.stride,
            reach=pooling.reach,
        )

    def _own(
        self, found: Pooled, above: Layer, values: Array, number: int, scale: LockedScale
    ) -> Picture:
        said = {"layer": above.name, "rows": values.shape[0], "columns": values.shape[1]}
        kind = names()[above.pooling]
        captions = (
            tr("{layer} of the network, {name}: {rows}×{columns}", name=kind, **said),
            tr("network {layer}: {rows}×{columns}", **said),
            tr("{layer}: {rows}×{columns}", **said),
            above.name,
        )
        pooling, own_law = own_pooling(above), ""
        if number in found.own_ablated:
            own_law = tr("ablated, so")
        elif pooling is None:
            own_law = law(above) if above.has_weights else f"y = {WRITTEN[above.pooling]}"
        return Picture(
            captions,
            values,
            scale,
            tr("{layer} map {map}", layer=above.name, map=number),
            law=own_law,
            pooling=pooling,
            stride=above.step,
            reach=above.reach,
            first=(above.kernel - above.reach) // 2,
        )

    def _say(self, pointed: tuple[int, int, int] | None) -> None:
        """The sizes' arithmetic, or the unit under the pointer."""
        found = self._shown
        if found is None:
            return
        tip = tr("Windows that fit along n units; those of blur are larger by 2:")
        tip += "\n⌊(n − size)/stride⌋ + 1"
        if pointed is not None:
            picture, row, column = pointed
            value = self.view.pictures[picture].values[row, column]
            at = {"value": signed(float(value)), "row": row, "column": column}
            self.strip.say(
                tr("{value} in row {row}, column {column}", **at),
                tr("{value} ({row}, {column})", **at),
                tip=tip,
            )
            return
        pooling = found.pooling
        (height, width), (rows, columns) = found.before.shape[1:], found.after.shape[1:]
        if not rows:
            self.strip.say(tr("no window of {n}×{n} units fits", n=pooling.reach), tip=tip)
            return
        sums = [
            f"⌊({units} − {pooling.reach})/{pooling.stride}⌋ + 1 = {outputs}"
            for units, outputs in ((height, rows), (width, columns))
        ]
        self.strip.say(
            tr("rows {rows}, columns {columns}", rows=sums[0], columns=sums[1]),
            tr("rows {rows}", rows=sums[0]),
            tip=tip,
        )
