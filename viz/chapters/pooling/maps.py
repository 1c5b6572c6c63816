"""Maps: the chosen operator on a live feature map, before and after, beside the network's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from viz.chapters.pooling.change import layer_choice
from viz.chapters.pooling.maps_pictures import Picture, Pictures
from viz.chapters.pooling.measure.changes import POOLED, Array
from viz.chapters.pooling.operator import Operator, names
from viz.chapters.pooling.operator_strip import Strip
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.layers import BY_NAME
from viz.nets.pooling import Pooling, pool
from viz.nets.variants import VARIANTS
from viz.nets.weights import load_metadata
from viz.views import theme as themes
from viz.views.maps.locked_scale import LockedScale, scale_of
from viz.views.theme import Theme
from viz.views.widgets.text_cache import signed

NAME = "pooling maps"

BEFORE, AFTER, OWN = range(3)


@dataclass(frozen=True, eq=False)
class Pooled:
    """Some maps (n, h, w) of ``layer``, pooled by ``pooling`` and by the network itself; which of
    them are ``ablated``, and which where the network has pooled them (``own_ablated``)."""

    layer: str
    numbers: tuple[int, ...]
    before: Array
    pooling: Pooling
    after: Array
    own: Array
    network: str
    ablated: Collection[int]
    own_ablated: Collection[int]


def pooled(
    snapshot: Snapshot, layer: str, numbers: tuple[int, ...], pooling: Pooling
) -> Callable[[Nets], Iterator[Pooled]]:
    """The work for the measuring lane: snapshots' arrays are read-only."""
    maps, pooled_maps = snapshot.maps[layer], snapshot.maps[POOLED[layer]]
    network = snapshot.request.network
    ablated, own_ablated = (
        snapshot.request.ablated.get(name, ()) for name in (layer, POOLED[layer])
    )

    def work(_nets: Nets) -> Iterator[Pooled]:
        chosen = list(numbers)
        before, own = maps[chosen], pooled_maps[chosen]
        after = pool(before, pooling)
        yield Pooled(layer, numbers, before, pooling, after, own, network, ablated, own_ablated)

    return work


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
        self._scales = load_metadata()["scales"]
        self._snapshot: Snapshot | None = None
        self._numbers: dict[str, int] = {}
        self._shown: Pooled | None = None
        self.strip = Strip(operator)
        self.layer = layer_choice()
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
    def chosen(self) -> tuple[str, int | None]:
        """(layer, first map) that is shown; the map is None until there is a snapshot."""
        layer: str = self.layer.value
        return layer, self._numbers.get(layer)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pool this snapshot's map."""
        self._snapshot = snapshot
        unit = self._document.inspected
        below = {layer: layer for layer in POOLED} | {up: down for down, up in POOLED.items()}
        if unit is not None and unit.layer in below:
            layer = below[unit.layer]
            self._numbers[layer] = unit.map
            self.layer.show_value(layer)
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
        return {
            "operator": self._operator.state(),
            "layer": self.layer.value,
            "maps": dict(self._numbers),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take them back, as far as they make sense."""
        operator, layer, numbers = (state.get(name) for name in ("operator", "layer", "maps"))
        if isinstance(operator, Mapping):
            self._operator.restore(operator)
        if isinstance(numbers, Mapping):
            for name, number in numbers.items():
                if name in POOLED and type(number) is int and 0 <= number < BY_NAME[name].maps:
                    self._numbers[name] = number
        if isinstance(layer, str) and layer in POOLED:
            self.layer.show_value(layer)
        self._ask()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Seen again: pool what is on the canvas now."""
        self._ask()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody sees it: nothing is pooled."""
        self._engine.forget(NAME)

    def _leaf(self, way: int) -> None:
        layer, number = self.chosen
        if number is not None:
            self._numbers[layer] = (number + way) % BY_NAME[layer].maps
            self._ask()

    def _ask(self) -> None:
        if self._snapshot is None or not self.isVisible():
            return
        layer, number = self.chosen
        if number is None:
            number = int(self._snapshot.maps[layer].std((1, 2)).argmax())
            self._numbers[layer] = number
        maps = self._snapshot.maps[layer]
        room = self.view.arrange(maps.shape[1], maps.shape[2], len(maps)).rows
        numbers = tuple((number + row) % len(maps) for row in range(room))
        work = pooled(self._snapshot, layer, numbers, self._operator.pooling)
        self._engine.measure(NAME, work, self._take)

    def _take(self, found: Pooled) -> None:
        self._shown = found
        pooling, layer = found.pooling, found.layer
        scale = scale_of(layer, False, self._scales)
        signs = LockedScale(1.0, signed=True)
        name, network = names()[pooling.kind], VARIANTS[found.network].pooling
        own = Pooling(network)
        height, width = found.before.shape[1:]
        rows, columns = found.after.shape[1:]
        said = {
            "name": name, "size": pooling.size, "stride": pooling.stride, "rows": rows,
            "columns": columns,
        }  # fmt: skip
        after = (
            tr("{name} {size}×{size}, stride {stride}: {rows}×{columns}", **said),
            tr("{name}: {rows}×{columns}", **said),
            f"{rows}×{columns}",
        )
        above = {"layer": POOLED[layer], "rows": found.own.shape[1], "columns": found.own.shape[2]}
        kept = (
            tr("{layer} of the network, {name}: {rows}×{columns}", name=names()[network], **above),
            tr("network {layer}: {rows}×{columns}", **above),
            tr("{layer}: {rows}×{columns}", **above),
            POOLED[layer],
        )
        size = {"layer": layer, "height": height, "width": width}
        before = tr("{layer}: {height}×{width}", **size), layer
        own_scale = signs if pooling.kind == "subsampling" else scale
        first = (own.size - own.reach) // 2
        pictures: list[Picture] = []
        maps = zip(found.numbers, found.before, found.after, found.own, strict=True)
        for number, map_, pooled_, kept_ in maps:
            of = tr("{layer} map {map}", layer=layer, map=number)
            above_ = tr("{layer} map {map}", layer=POOLED[layer], map=number)
            zero = tr("ablated, so")
            law = zero if number in found.ablated else "f = max(0, b + Σ w x)"
            own_law = zero if number in found.own_ablated else ""
            pictures += (
                Picture(before, map_, scale, of, law=law),
                Picture(after, pooled_, own_scale, of, pooling=pooling),
                Picture(kept, kept_, scale, above_, law=own_law, pooling=own, first=first),
            )
        self.view.show_pictures(found.numbers, tuple(pictures))
        self._say(self.view.pointed_at)

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
        sums = [
            f"⌊({units} − {pooling.reach})/{pooling.stride}⌋ + 1 = {outputs}"
            for units, outputs in ((height, rows), (width, columns))
        ]
        self.strip.say(
            tr("rows {rows}, columns {columns}", rows=sums[0], columns=sums[1]),
            tr("rows {rows}", rows=sums[0]),
            tip=tip,
        )
