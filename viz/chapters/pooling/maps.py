"""Maps: the chosen operator on live feature maps, before and after, beside the network's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from viz.chapters.instrument import Context
from viz.chapters.pooling.layer_instrument import LayerInstrument
from viz.chapters.pooling.map_grid import MapGrid
from viz.chapters.pooling.measure.changes import poolable, pooled_by
from viz.chapters.pooling.measure.maps import MapPicture, PooledMaps, pooled_maps
from viz.chapters.pooling.words import KINDS, no_maps, no_window, pooled_text, rich_formula
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot, Unit
from viz.nets.networks import trained
from viz.nets.pooling import Pooling
from viz.scene import Scene
from viz.views.layer_words import formula
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Cell
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale, scale_of


@dataclass(frozen=True)
class Key:
    """What the pictures depend on."""

    scene: Scene
    network: str
    ablated: Mapping[str, frozenset[int]]
    window: tuple[int, int] | None
    layer: str
    numbers: tuple[int, ...]
    pooling: Pooling


class Maps(LayerInstrument):
    """Each map before the pooling, after it, and as the network pools it, on the units of the map
    before. The first map is the last that was pointed at or leafed to, at first the one that varies
    most: the most active ones are those that fire for blank paper. The next in number follow, as
    many as there is room for, after the last again the first.
    """

    id = "pooling-maps"
    title = tr("Maps")
    hint = tr("Choose another pooling, and point at a map above to see what is left of it.")
    tip = tr(
        "Feature maps before and after the chosen pooling, ⌊(n − size)/stride⌋ + 1 units a side, "
        "and as the network itself pools them. Point at a map above to choose it."
    )
    explanation = tr(
        "First comes a feature map, then that map pooled by the chosen operator, then as the "
        "network itself pools it. A window has <b>size</b> × size units, and windows lie "
        "<b>stride</b> units apart; those that reach over the edge are left out. Lp and log-prob "
        "lead from the mean to the maximum as <i>p</i> or <i>b</i> grows; subsampling, of 1990, "
        "ends in tanh, which the notes call “logistic”. Point at a unit to outline its window. "
        "Where in its window a unit was active can no longer be told from the pooled map."
    )

    def __init__(self, context: Context) -> None:
        self.previous, self.next = _button("‹", tr("Previous map")), _button("›", tr("Next map"))
        steps = QWidget()
        row = QHBoxLayout(steps)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        super().__init__(context, steps)
        self.previous.clicked.connect(lambda: self._leaf(-1))
        self.next.clicked.connect(lambda: self._leaf(1))
        self.line, self.grid = Line(quiet=True), MapGrid()
        self.add_control(self.line)
        self.set_view(self.grid)
        self.pictures: tuple[MapPicture, ...] = ()
        """What is shown: those of the first map, those of the next, and so on."""
        self._numbers: dict[str, int] = {}
        self._inspected: Unit | None = None
        self._pointed: tuple[int, Cell] | None = None
        self.grid.pointed.connect(self._point)
        self.grid.room_changed.connect(self.refresh)

    def reason(self, snapshot: Snapshot) -> str:
        return no_maps() if self.layer.value is None else ""  # blank paper has maps, too

    def refresh(self) -> None:
        self._follow()
        super().refresh()

    def key(self, snapshot: Snapshot) -> Key:
        request, layer = snapshot.request, snapshot.layer(self.layer.value)
        maps = snapshot.maps[layer.name]
        first = self._numbers.get(layer.name, -1)
        if not 0 <= first < layer.maps:
            first = self._numbers[layer.name] = int(maps.std((1, 2)).argmax())
        pictures = 2 if pooled_by(snapshot.architecture, layer) is None else 3
        room, _ = self.grid.arrange(maps.shape[1:], pictures, layer.maps)
        numbers = tuple((first + row) % layer.maps for row in range(room))
        return Key(
            request.scene, request.network, request.ablated, snapshot.window, layer.name, numbers,
            self.operator.pooling,
        )  # fmt: skip

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Key) -> Iterator[PooledMaps]:
        yield pooled_maps(snapshot, key.layer, key.numbers, key.pooling)

    def show_result(self, result: PooledMaps) -> None:
        rows = result.rows
        self.pictures = tuple(picture for row in rows for picture in row)
        shape = rows[0][0].values.shape
        _, across = self.grid.arrange(shape, len(rows[0]), len(rows))
        heatmaps = self.grid.set_up(len(self.pictures), across)
        scales = trained(result.network).scales
        for heatmap, picture in zip(heatmaps, self.pictures, strict=True):
            heatmap.set_scale(_scale(picture, rows[0][0], scales))
            heatmap.set_array(
                picture.values, stride=picture.stride, start=picture.start, grid=shape
            )
            heatmap.set_caption(_caption(picture), shorter=_name(picture))
            heatmap.set_message(no_window(result.pooling, picture.layer.name))
            heatmap.describe = partial(_describe, picture)
        self._tell()

    def formula(self) -> str:
        law = rich_formula(self.operator.pooling)
        if self.result is None or not self.pictures:
            return law
        before, after = self.result.rows[0][:2]
        if not after.values.size:
            return law
        return tr(
            "{law}<br>rows = ⌊({units} − {reach}) / {stride}⌋ + 1 = <b>{rows}</b>",
            law=law, units=before.values.shape[0], reach=after.reach, stride=after.stride,
            rows=after.values.shape[0],
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        for heatmap in self.grid.heatmaps:
            heatmap.set_dimmed(dimmed)

    def clear(self) -> None:
        self.pictures = ()
        self.line.set_text("")

    def _follow(self) -> None:
        """Take the map of the unit that is inspected, once it is another one."""
        unit, snapshot = self.document.inspected, self.snapshot
        if unit == self._inspected or snapshot is None:
            return
        self._inspected = unit
        for layer in poolable(snapshot.architecture):
            above = pooled_by(snapshot.architecture, layer)
            names = (layer.name, above.name) if above is not None else (layer.name,)
            if unit is not None and unit.layer in names:
                self._numbers[layer.name] = unit.map
                self.layer.want(layer.name)

    def _leaf(self, way: int) -> None:
        if self.snapshot is not None and self.layer.value in self._numbers:
            layer = self.snapshot.layer(self.layer.value)
            self._numbers[layer.name] = (self._numbers[layer.name] + way) % layer.maps
            self.refresh()

    def _point(self, place: int, cell: Cell | None) -> None:
        self._pointed = (place, cell) if cell is not None else None
        self._tell()

    def _tell(self) -> None:
        """Write the arithmetic of the sizes, or the value of the unit that is pointed at, and
        outline the units that this comes from."""
        heatmaps = self.grid.heatmaps
        for heatmap in heatmaps:
            heatmap.set_marks(())
        if self.result is None:
            return
        rows = self.result.rows
        place, cell = self._pointed or (0, None)
        if cell is None or place >= len(heatmaps) or heatmaps[place].cell != cell:
            text = _sizes(*rows[0][:2])
        else:
            picture, (row, column) = self.pictures[place], cell
            value = number(float(picture.values[row, column]), 3)
            text = tr("{value} in row {row}, column {column}", value=value, row=row, column=column)
            if picture.before is not None:
                down, right = picture.window(row, column)
                sees = QRectF(
                    right.start, down.start, right.stop - right.start, down.stop - down.start
                )
                heatmaps[place - place % len(rows[0])].set_marks([sees])
        tip = tr("Windows that fit along n units; those of blur are larger by 2:")
        self.line.set_text(text, tip=f"{tip}\n⌊(n − size)/stride⌋ + 1")

    def state(self) -> dict[str, Any]:
        return {**super().state(), "maps": dict(self._numbers)}

    def restore(self, state: Mapping[str, Any]) -> None:
        numbers, architecture = state.get("maps"), self.document.architecture
        if isinstance(numbers, Mapping):
            offered = {layer.name: layer.maps for layer in poolable(architecture)}
            for name, first in numbers.items():
                if type(first) is int and 0 <= first < offered.get(name, 0):
                    self._numbers[name] = first
        super().restore(state)


def _button(text: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setProperty("outlined", True)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _scale(picture: MapPicture, first: MapPicture, scales: Mapping[str, float]) -> LockedScale:
    """Return the scale of the map before for all pictures but those with another activation."""
    if picture.layer.operation == "pool" and picture.layer.has_weights:
        return scale_of(picture.layer, False, scales)
    if picture.pooling is not None and picture.pooling.kind == "subsampling":
        return LockedScale(1.0, signed=True)
    return scale_of(first.layer, False, scales)


def _name(picture: MapPicture) -> str:
    """What a picture is, without its size."""
    layer, pooling = picture.layer, picture.pooling
    if picture.before is None:
        return tr("{layer} map {map}", layer=layer.name, map=picture.number)
    if layer.operation == "pool":
        return tr("network’s {layer}", layer=layer.name)
    assert pooling is not None
    return tr("{kind} {k}×{k}", kind=KINDS[pooling.kind].name, k=pooling.size)


def _caption(picture: MapPicture) -> str:
    """What a picture is, and its size."""
    size = "×".join(map(str, picture.values.shape))
    return tr("{name}: {size}", name=_name(picture), size=size)


def _describe(picture: MapPicture, row: int, column: int) -> str:
    """Tell how a unit comes to its value."""
    layer, value = picture.layer, float(picture.values[row, column])
    place = tr(
        "{layer} map {map}, row {row}, column {column}",
        layer=layer.name, map=picture.number, row=row, column=column,
    )  # fmt: skip
    if picture.before is not None and picture.pooling is not None and not picture.is_ablated:
        window = picture.before[picture.window(row, column)]
        return f"{place}\n{pooled_text(picture.pooling, window, value)}"
    law = tr("ablated") if picture.is_ablated else formula(layer)
    return f"{place}\n{law}\ny = {number(value, 3)}"


def _sizes(before: MapPicture, after: MapPicture) -> str:
    """Write how many windows fit."""
    assert after.pooling is not None
    if not after.values.size:
        return no_window(after.pooling, after.layer.name)
    rows, columns = (
        f"⌊({units} − {after.reach})/{after.stride}⌋ + 1 = {outputs}"
        for units, outputs in zip(before.values.shape, after.values.shape, strict=True)
    )
    return tr("rows {rows}, columns {columns}", rows=rows, columns=columns)
