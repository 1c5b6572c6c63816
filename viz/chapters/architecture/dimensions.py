"""Dimensions: how many numbers each layer has, and what they still tell of the input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.architecture.measure.reconstruction import (
    Reconstruction,
    layers_of,
    patch_rank,
    reconstruct,
    window_of,
)
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture, Layer
from viz.views.theme import GRID
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale

COLUMNS = 4


@dataclass(frozen=True, eq=False)
class Dimensional:
    """A reconstruction, the network it is of, and the rank of the first layer's kernels."""

    reconstruction: Reconstruction
    architecture: Architecture
    rank: int


class Dimensions(MeasuredInstrument):
    """The window, and beside it the picture found again from each layer, with their numbers."""

    id = "dimensions"
    title = tr("Dimensions")
    hint = tr("Follow the drawing from layer to layer: where does it stop being the same drawing?")
    tip = tr(
        "From the activations φ(x₀) of each layer, and nothing else, gradient descent finds a "
        "picture x with the same ones: ‖φ(x) − φ(x₀)‖² / ‖φ(x₀)‖² is made small, and x plain. "
        "r is the correlation of its pixels with those of the window."
    )
    explanation = tr(
        "A layer of maps × rows × columns <b>dimensions</b> gives up places for kinds of features: "
        "many places at first, many features in the end. The first layer has more numbers than its "
        "input has pixels, so its kernels are an <b>overcomplete basis</b>: their products lose "
        "nothing. The pictures are found from each layer’s numbers alone; their <b>correlation</b> "
        "<i>r</i> with the window falls with depth. Forgetting is what the upper layers are for: "
        "all drawings of a digit are to give the same answer."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._made: list[Heatmap] = []
        self.pictures: list[Heatmap] = []
        """That of the window, and one for each layer."""
        self.facts = Facts("88.8")
        view = QWidget()
        self._grid = QGridLayout(view)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._set_up(2 * COLUMNS - 1)
        self.set_view(view)

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        return self.document.shown_window(), request.scene, request.network

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Dimensional | None]:
        window, _, network = key
        net = nets(network)
        first = _first(net.architecture)
        rank = patch_rank(net.weights(first).detach().numpy()) if _has_kernels(first) else 0
        for found in reconstruct(net, window_of(net.architecture, snapshot.image, window)):
            yield None if found is None else Dimensional(found, net.architecture, rank)

    # What is shown

    def show_result(self, result: Dimensional) -> None:
        found, layers = result.reconstruction, layers_of(result.architecture)
        self._set_up(1 + len(layers))
        window, *rest = self.pictures
        side = len(found.window)
        window.set_array(found.window)
        window.set_caption(
            tr("window: {count} numbers", count=f"{side * side:,}"),
            tr("{side}×{side} px", side=side),
            shorter=tr("window: {count}", count=f"{side * side:,}"),
        )
        window.describe = partial(_describe, found.window)
        for at, (layer, picture) in enumerate(zip(layers, rest, strict=True)):
            picture.set_array(found.pictures[at])
            picture.set_caption(
                tr("{layer}: {count}", layer=layer.name, count=f"{_count(layer):,}"),
                tr("r = {r}", r=number(float(found.alike[at]), 2)),
                shorter=layer.name,
            )
            picture.describe = partial(_describe_found, result, at)
        self.facts.set_facts("", _facts(result))

    def set_dimmed(self, dimmed: bool) -> None:
        for picture in self.pictures:
            picture.set_dimmed(dimmed)

    def formula(self) -> str:
        snapshot = self.snapshot
        law = tr("dimensions = maps × rows × columns")
        if snapshot is None:
            return law
        architecture = snapshot.architecture
        counts = [architecture.side**2, *(_count(layer) for layer in architecture.layers)]
        return law + "<br><b>" + " → ".join(f"{count:,}" for count in counts) + "</b>"

    def _set_up(self, count: int) -> None:
        """Show so many pictures, and the facts in the place after them."""
        if count == len(self.pictures):
            return
        while len(self._made) < count:
            self._made.append(Heatmap(LockedScale(1.0), legend=False))
        self.pictures = self._made[:count]
        for place, widget in enumerate((*self.pictures, self.facts)):
            self._grid.addWidget(widget, *divmod(place, COLUMNS))
            widget.show()
        for left_over in self._made[count:]:
            self._grid.removeWidget(left_over)
            left_over.hide()
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 1 if line <= count // COLUMNS else 0)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)


def _count(layer: Layer) -> int:
    """Units of a layer where the network sees just its own input."""
    return layer.maps * layer.size**2


def _first(architecture: Architecture) -> Layer:
    """The first layer that is no normalisation in front of it."""
    return next(layer for layer in architecture.layers if layer.operation != "normalise")


def _has_kernels(layer: Layer) -> bool:
    return layer.operation in ("conv", "dense") and not layer.unshared


def _facts(result: Dimensional) -> list[Fact]:
    """How many numbers there are a pixel, and what the kernels of the first layer tell apart."""
    architecture = result.architecture
    first = _first(architecture)
    side = architecture.side
    facts = [
        Fact(
            number(_count(first) / side**2, 1),
            tr("numbers in {layer} for each of {pixels} pixels", layer=first.name,
               pixels=f"{side**2:,}"),
            tr("More than 1: an overcomplete basis."),
        )
    ]  # fmt: skip
    if result.rank:
        facts.append(
            Fact(
                f"{result.rank}",
                tr("of {all} dimensions of a patch are told apart at each place",
                   all=first.kernel**2),
                tr("The rank of the {maps} kernels of {side}×{side}, as rows of a matrix.",
                   maps=first.maps, side=first.kernel),
            )
        )  # fmt: skip
    facts.append(Fact("r", tr("correlation of what each layer’s numbers give with the window")))
    return facts


def _describe(picture: Any, row: int, column: int) -> str:
    return tr(
        "row {row}, column {column}: {value}",
        row=row, column=column, value=number(float(picture[row, column]), 2),
    )  # fmt: skip


def _describe_found(result: Dimensional, at: int, row: int, column: int) -> str:
    found, layer = result.reconstruction, layers_of(result.architecture)[at]
    return tr(
        "{layer}: {maps} features at {places} places, one for every {stride} px\n"
        "row {row}, column {column}: {value}, in the window {own}\n"
        "{missing} of the activations are missing after {step} of {steps} steps",
        layer=layer.name, maps=layer.maps, places=f"{layer.size**2:,}", stride=layer.stride,
        row=row, column=column, value=number(float(found.pictures[at, row, column]), 2),
        own=number(float(found.window[row, column]), 2), missing=percent(float(found.missing[at])),
        step=found.step, steps=found.steps,
    )  # fmt: skip
