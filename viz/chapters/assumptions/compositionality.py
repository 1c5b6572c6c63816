"""Compositionality: what excites each map most, and of which maps below it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.assumptions.measure.excitation import (
    BEST,
    Excitations,
    Excited,
    Pattern,
    ascend,
    kept_excitations,
    measured_layers,
)
from viz.chapters.assumptions.sheet import Sheet
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import MOST_MAPS, Snapshot
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Array, Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.segmented import Option, Segmented

if TYPE_CHECKING:
    from viz.nets.network import Network

FEW, ALL = 300, 10_000
"""Digits that are looked through."""

RELATED = 6
"""Maps of the layer below, and of the next layer, that are shown."""


@dataclass(frozen=True, eq=False)
class Composed:
    """What excites the maps, which of them is chosen, and a pattern once there is one."""

    excitations: Excitations
    layer: str
    map: int
    kernel: Array | None
    """That of the chosen map (k, k) if its inputs are pixels."""
    pattern: Pattern | None = None

    @property
    def excited(self) -> Excited:
        """The figures of the chosen layer."""
        return self.excitations.layers[self.layer]


class Compositionality(MeasuredInstrument):
    """All maps of a layer, each by its best patch; of one its patches, their mean, a pattern, the
    maps below that it is made of, and the maps above that use it."""

    id = "compositionality"
    title = tr("Compositionality")
    tab = tr("Parts")
    hint = tr("Click a map, then one that uses it: from edges to motifs to whole digits.")
    tip = tr(
        "A map’s best patches are those receptive fields whose unit has the largest activation "
        "a; the mean patch is Σ a · patch / Σ a over all units and digits. A map m below adds "
        "Σ w · x to the sum at the best patch, over its kernel."
    )
    explanation = tr(
        "Each map is shown by the <b>patches</b> of test digits that <b>excite</b> it most: edges "
        "in the first layer, motifs such as bends and ends above it, parts and whole digits at "
        "the top. What a map is <b>made of</b> are the maps below that add most to its sum. The "
        "pattern is found by <b>gradient ascent</b> on the pixels. Click upwards through the "
        "layers. A pattern may excite a map more than any digit and look like none: a network "
        "has learned only what it was trained on."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.map: int | None = None
        """None: the first one that any digit excites."""
        self._drawn: tuple[Excitations, str] | None = None
        self.layer = Segmented(tr("Layer"), ())
        self.digits = Segmented(
            tr("Digits"),
            (
                Option(FEW, f"{FEW:,}", tr("The first three hundred digits of the set.")),
                Option(ALL, tr("all"), tr("All test digits: some ten seconds, once.")),
            ),
            label=tr("digits"),
        )
        self.layer.chosen.connect(lambda _layer: self._forget_map())
        self.add_setting("layer", self.layer)
        self.add_setting("digits", self.digits)
        self.line = Line()
        self.add_control(self.line)
        self.maps, self.best = Sheet(), Sheet()
        self.mean, self.pattern = Sheet(), Sheet()
        self.parts, self.users = Sheet(), Sheet()
        self.kernel = Heatmap(LockedScale(1.0, signed=True))
        self.kernel.hide()
        self.maps.chosen.connect(self._choose)
        self.parts.chosen.connect(lambda place: self._walk(self._below(), place))
        self.users.chosen.connect(lambda place: self._walk(self._above(), place))
        self.best.describe, self.maps.describe = self._tell_patch, self._tell_map
        self.mean.describe, self.pattern.describe = self._tell_mean, self._tell_pattern
        self.parts.describe = lambda place: self._tell_related(self._below(), place, upwards=False)
        self.users.describe = lambda place: self._tell_related(self._above(), place, upwards=True)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        single = QVBoxLayout()
        single.setSpacing(GRID)
        single.addWidget(self.mean)
        single.addWidget(self.pattern)
        row.addWidget(self.maps, 6)
        row.addWidget(self.kernel, 4)
        row.addWidget(self.parts, 4)
        row.addWidget(self.best, 5)
        row.addLayout(single, 3)
        row.addWidget(self.users, 4)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "layer": self.layer.wanted, "map": self.map}

    def restore(self, state: Mapping[str, Any]) -> None:
        kept, layer = state.get("map", self.map), state.get("layer")
        if kept is None:
            self.map = None
        if isinstance(kept, int) and not isinstance(kept, bool) and 0 <= kept < MOST_MAPS:
            self.map = kept
        if isinstance(layer, str) and layer in self._names():
            self.layer.want(layer)
        super().restore(state)

    def reset(self, state: Mapping[str, Any]) -> None:
        super().reset({"map": None, **state})

    def _names(self) -> tuple[str, ...]:
        return tuple(one.name for one in measured_layers(self.document.architecture))

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        return ""

    def refresh(self) -> None:
        if self.snapshot is not None:
            layers = measured_layers(self.snapshot.architecture)
            self.layer.set_options(
                [
                    Option(one.name, one.name, tr("The maps of {layer}.", layer=one.name))
                    for one in layers
                ]
            )
        super().refresh()

    def key(self, snapshot: Snapshot) -> Any:
        maps = snapshot.architecture.layer(self.layer.value).maps
        chosen = None if self.map is None else min(self.map, maps - 1)
        return snapshot.request.network, self.digits.value, self.layer.value, chosen

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Composed | None]:
        network, count, layer, chosen = key
        net, found, wanted = nets(network), None, chosen
        for one in kept_excitations(net, network, count):
            found = one or found
            if one is not None:
                chosen = _excited_map(one.layers[layer]) if wanted is None else wanted
                yield Composed(one, layer, chosen, _kernel(net, layer, chosen))
            else:
                yield None
        assert found is not None
        excited, kernel = found.layers[layer], _kernel(net, layer, chosen)
        if excited.is_silent(chosen):
            return
        best = max(float(excited.values[chosen, 0]), 1e-3)
        for pattern in ascend(net, excited.layer, chosen, best):
            yield None if pattern is None else Composed(found, layer, chosen, kernel, pattern)

    # What is shown

    def show_result(self, result: Composed) -> None:
        found, excited, chosen = result.excitations, result.excited, result.map
        layer = excited.layer
        if self._drawn != (found, result.layer):
            self._drawn = (found, result.layer)
            self.maps.set_tiles(excited.best)
        self.maps.set_selected(chosen)
        self.maps.set_caption(
            tr("{layer}: the best patch of each map", layer=result.layer), result.layer
        )
        silent = excited.is_silent(chosen)
        count = min(BEST, found.count)
        tiles = [found.patch(result.layer, chosen, rank) for rank in range(count)]
        values = excited.values[chosen, :count]
        keep = [at for at in range(count) if not silent and (values[at] > 0 or not at)]
        self.best.set_tiles(
            np.stack([tiles[at] for at in keep]) if keep else np.zeros((0, 1, 1), np.float32),
            [number(float(values[at]), 2) for at in keep],
        )
        self.best.set_message(tr("No digit excites this map."))
        self.best.set_caption(
            tr("map {map}: best patches, excitation", map=chosen), tr("excitation")
        )
        said = tr(
            "map {map}: mean excitation {mean}, at most {most}",
            map=chosen, mean=number(float(excited.mean[chosen]), 3),
            most=number(float(excited.values[chosen, 0]), 2),
        )  # fmt: skip
        self.line.set_text(
            said, tr("of other layers Σ w · x"), shorter=[(said, "")],
            tip=tr(
                "Below maps of other layers: what the lower one adds to the sum at the best patch "
                "of the upper one, Σ w · x over its kernel."
            ),
        )  # fmt: skip
        mean = excited.patches[chosen]
        self.mean.set_tiles(
            (mean / max(1e-6, float(mean.max())))[None] if not silent else self.best.tiles
        )
        self.mean.set_caption(tr("mean patch"), tr("mean"))
        if result.pattern is not None:
            self.pattern.set_tiles(result.pattern.pixels[None])
            self.pattern.set_caption(
                tr("pattern: {value}", value=number(result.pattern.value, 2)), tr("pattern")
            )
        else:
            self.pattern.set_tiles(np.zeros((0, 1, 1), np.float32))
            self.pattern.set_message(tr("No digit excites this map.") if silent else "")
            self.pattern.set_caption(tr("pattern"))
        below, above = excited.below, found.upper(result.layer)
        parts = [] if silent else found.parts(result.layer, chosen)
        self._show_related(self.parts, below, parts)
        self._show_kernel(result)
        self.parts.set_message(_why_no_parts(result))
        self.parts.set_caption(
            tr("made of {layer}", layer=below) if below else tr("made of"), below or tr("made of")
        )
        self._show_related(self.users, above, found.users(result.layer, chosen))
        self.users.set_message("" if above else tr("{layer} is the last layer.", layer=layer.name))
        self.users.set_caption(
            tr("used most by {layer}", layer=above) if above else tr("used by"),
            tr("used by {layer}", layer=above) if above else tr("used by"),
        )

    def _show_kernel(self, result: Composed) -> None:
        """Show what a map is made of that is made of pixels."""
        kernel = result.kernel
        self.kernel.setVisible(kernel is not None)
        self.parts.setVisible(kernel is None)
        if kernel is not None:
            self.kernel.set_scale(LockedScale(float(np.abs(kernel).max()) or 1.0, signed=True))
            self.kernel.set_array(kernel)
            self.kernel.set_caption(tr("kernel"))

    def _show_related(self, sheet: Sheet, layer: str, order: Sequence[tuple[int, float]]) -> None:
        found: Excitations = self.result.excitations
        most = [(one, added) for one, added in order[:RELATED] if added > 0]
        sheet.set_tiles(
            found.layers[layer].best[[one for one, _ in most]]
            if most
            else np.zeros((0, 1, 1), np.float32),
            [number(added, 2) for _, added in most],
        )

    def set_dimmed(self, dimmed: bool) -> None:
        for sheet in (self.maps, self.best, self.mean, self.pattern, self.parts, self.users):
            sheet.set_dimmed(dimmed)
        self.kernel.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("mean excitation = Σ <i>a</i> / units, best patch = arg max <i>a</i>")
        result: Composed | None = self.result
        if result is None:
            return law
        excited, chosen = result.excited, result.map
        text = law + tr(
            "<br>{layer}, map {map}: mean <b>{mean}</b>, at most <b>{most}</b> over {count:,} "
            "digits",
            layer=result.layer, map=chosen, mean=number(float(excited.mean[chosen]), 3),
            most=number(float(excited.values[chosen, 0]), 2), count=result.excitations.count,
        )  # fmt: skip
        parts = result.excitations.parts(result.layer, chosen)
        if parts and not excited.is_silent(chosen):
            text += tr(
                "<br>of its sum there Σ <i>w</i> · <i>x</i> = <b>{added}</b> comes from {below}, "
                "map {map}",
                added=number(parts[0][1], 2), below=excited.below, map=parts[0][0],
            )  # fmt: skip
        return text

    # What the user does

    def _below(self) -> Sequence[tuple[str, int, float]]:
        result: Composed = self.result
        found = result.excitations.parts(result.layer, result.map)
        return [(result.excited.below, one, added) for one, added in found[:RELATED]]

    def _above(self) -> Sequence[tuple[str, int, float]]:
        result: Composed = self.result
        upper = result.excitations.upper(result.layer)
        found = result.excitations.users(result.layer, result.map)
        return [(upper, one, added) for one, added in found[:RELATED]]

    def _forget_map(self) -> None:
        """In another layer the first map that is excited is shown."""
        self.map = None

    def _choose(self, chosen: int) -> None:
        self.map = chosen
        self.grabbed.emit()
        self.refresh()

    def _walk(self, related: Sequence[tuple[str, int, float]], place: int) -> None:
        layer, chosen, _ = related[place]
        self.layer.show_value(layer)
        self._choose(chosen)

    def _tell_map(self, place: int) -> str:
        excited = self.result.excited
        return tr(
            "{layer}, map {map}: at most {most}, mean {mean}, above 0 in {share} of all units",
            layer=excited.layer.name, map=place, most=number(float(excited.values[place, 0]), 2),
            mean=number(float(excited.mean[place]), 3),
            share=percent(float(excited.active[place])),
        )  # fmt: skip

    def _tell_patch(self, rank: int) -> str:
        result: Composed = self.result
        excited, digits = result.excited, result.excitations.digits
        digit, row, column = (int(one) for one in excited.places[result.map, rank])
        return tr(
            "excitation {value}: unit ({row}, {column}) on digit {digit} of {source}, a {label}",
            value=number(float(excited.values[result.map, rank]), 2), row=row, column=column,
            digit=digit, label=int(digits.labels[digit]),
            source=tr("MNIST’s test set") if digits.is_mnist else tr("the digits that ship"),
        )  # fmt: skip

    def _tell_mean(self, place: int) -> str:
        excited, chosen = self.result.excited, self.result.map
        return tr(
            "The mean of all patches, weighted by the excitation: brightest {most}.\n"
            "The mean excitation of all units is {mean}; {share} of them are above 0.",
            most=number(float(excited.patches[chosen].max()), 2),
            mean=number(float(excited.mean[chosen]), 3),
            share=percent(float(excited.active[chosen])),
        )  # fmt: skip

    def _tell_pattern(self, place: int) -> str:
        result: Composed = self.result
        if result.pattern is None:
            return ""
        return tr(
            "Gradient ascent on the pixels, after {step} steps: excitation {value}; the best patch "
            "has {best}.",
            step=result.pattern.step, value=number(result.pattern.value, 2),
            best=number(float(result.excited.values[result.map, 0]), 2),
        )  # fmt: skip

    def _tell_related(
        self, related: Sequence[tuple[str, int, float]], place: int, *, upwards: bool
    ) -> str:
        layer, chosen, added = related[place]
        values = {"layer": layer, "map": chosen, "added": number(added, 2)}
        if upwards:
            return tr("At the best patch of {layer}, map {map}, this map adds {added}.", **values)
        return tr("{layer}, map {map} adds {added} at this map’s best patch.", **values)


def _excited_map(excited: Excited) -> int:
    """Return the first map that some digit excites, else the first of all."""
    return next((one for one in range(len(excited.mean)) if not excited.is_silent(one)), 0)


def _why_no_parts(result: Composed) -> str:
    """Say why no map below is shown that adds to the chosen one."""
    if result.excited.is_silent(result.map):
        return tr("No digit excites this map.")
    if not result.excitations.has_sources:
        return tr("Being measured.")
    if result.excited.sources is None:
        return tr("These layers are not joined by sums of products.")
    return tr("No map below adds to its sum: its bias does.")


def _kernel(net: Network, name: str, chosen: int) -> Array | None:
    """The kernel (k, k) of a map of the first layer; None of another, or where it has many."""
    first = next(one for one in net.architecture.layers if one.operation != "normalise")
    if first.name != name or first.inputs != 1 or "weights" in first.unshared:
        return None
    return np.array(net.weights(first)[chosen, 0].detach().numpy())
