"""Selectivity and invariance: in which layer a moved copy is nearer than another digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.assumptions.measure.selectivity import (
    PIXELS,
    Distances,
    Neighbours,
    distances,
    neighbours,
)
from viz.chapters.assumptions.measure.window import box_of
from viz.chapters.assumptions.sheet import Sheet
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import GRID, Theme
from viz.views.widgets.bars import Bars, Group
from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.segmented import Option, Segmented

SHIFTS = (0, 1, 2, 3, 4, 6)
NEAREST = "nearest"
DISTANCES, NEIGHBOURS = "distances", "neighbours"


@dataclass(frozen=True, eq=False)
class Selective:
    """Distances of the drawing, and what nearest neighbours come to once that is known."""

    distances: Distances
    neighbours: Neighbours | None = None


class Selectivity(MeasuredInstrument):
    """Three pictures, and by layer their distances or how often nearest neighbours are right."""

    id = "selectivity"
    title = tr("Selectivity")
    tab = tr("Layers")
    hint = tr("Move the copy further: in which layers is it still nearer?")
    tip = tr(
        "Relative distance ‖a − b‖ / √(‖a‖² + ‖b‖²) of the activations: 0 for equal ones, 1 for "
        "ones with nothing in common; of the output that of its probabilities."
    )
    explanation = tr(
        "A good layer is <b>selective</b>, it tells digits apart, and <b>invariant</b>, it does "
        "not tell a copy from its original. Pixels are neither: a copy moved by a few of them "
        "lies further away than another digit in the same place. The upper layers put the copy "
        "nearer. So the <b>nearest neighbour</b> among known digits is right more often there, "
        "most of all for moved digits. Move the copy by 6 px, and even these can fail: a network "
        "is as invariant as its poolings and its training made it."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shift = Segmented(
            tr("Shift of the copy"),
            [
                Option(dx, f"{dx}", tr("The copy stands {dx} px to the right.", dx=dx))
                for dx in SHIFTS
            ],
            label=tr("moved by, px"),
        )
        self.shift.show_value(3)
        self.other = ChoiceBox(
            tr("The other digit"),
            (
                Option(NEAREST, tr("nearest digit"),
                       tr("Of the digits that are not read here, the nearest in pixels.")),
                *(
                    Option(str(one), f"{one}", tr("Digit {digit} in the same place.", digit=one))
                    for one in range(10)
                ),
            ),
        )  # fmt: skip
        self.shown = Segmented(
            tr("What is shown"),
            (
                Option(DISTANCES, tr("distances"), tr("Of the copy and of the other digit.")),
                Option(NEIGHBOURS, tr("neighbours"),
                       tr("The share of test digits with the class of the nearest known digit.")),
            ),
        )  # fmt: skip
        self.add_setting("shown", self.shown)
        self.shown.chosen.connect(lambda _: self._show_chosen())
        self.add_setting("shift", self.shift)
        self.add_setting("other", self.other)
        self.pictures = Sheet()
        self.pictures.setFocusPolicy(self.pictures.focusPolicy().NoFocus)
        self.key_facts = Facts("888")
        self.apart = Bars("", tr("relative distance"))
        self.apart.set_ranges((0, 1), (0.0, 1.0))
        self.known = Bars("", tr("right by the nearest neighbour, %"))
        self.known.set_ranges((0, 1), (0.0, 100.0))
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.pictures, 3)
        left.addWidget(self.key_facts, 2)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        row.addLayout(left, 4)
        row.addWidget(self.apart, 6)
        row.addWidget(self.known, 6)
        self.set_view(view)
        self._show_chosen()

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self._show_chosen()

    # What is measured

    def key(self, snapshot: Snapshot) -> Any:
        request, window = snapshot.request, self.document.shown_window() or (0, 0)
        scores = snapshot.maps["output"][:NONE_CLASS]
        row, column = (min(at, size - 1) for at, size in zip(window, scores.shape[1:], strict=True))
        read = int(scores[:, row, column].argmax())
        return (
            request.network, request.scene,
            box_of(snapshot.architecture, snapshot.image.shape, window),
            self.shift.value, self.other.value, read,
        )  # fmt: skip

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Selective | None]:
        network, scene, window, dx, other, read = key
        net = nets(network)
        value = None if other == NEAREST else int(other)
        found = distances(net, scene, window, dx, value, read)
        if found is None:
            return
        yield Selective(found)
        for one in neighbours(net, network, dx):
            yield None if one is None else Selective(found, one)

    # What is shown

    def _show_chosen(self) -> None:
        self.apart.setVisible(self.shown.value == DISTANCES)
        self.known.setVisible(self.shown.value == NEIGHBOURS)
        self.other.setVisible(self.shown.value == DISTANCES)
        if self.result is not None:
            self._tell(self.result)

    def show_result(self, result: Selective) -> None:
        found, near = result.distances, result.neighbours
        self.pictures.set_tiles(
            found.pictures,
            [tr("drawing"), tr("copy"), tr("digit {digit}", digit=found.digit)],
        )
        self._tell(result)
        self.apart.names = (tr("copy"), tr("other digit"))
        self.apart.set_groups(
            [
                Group(
                    _named(name), (copy, other), colours=(_of_copy, _of_other),
                    tip=tr("{layer}: copy {copy}, {digit} {other}", layer=_named(name),
                           copy=number(copy, 2), digit=found.digit, other=number(other, 2)),
                )
                for name, copy, other in zip(found.layers, found.copy, found.other, strict=True)
            ]
        )  # fmt: skip
        if near is not None:
            self.known.set_groups(
                [
                    Group(
                        _named(name), (100 * right,), number(100 * right, 0),
                        tip=tr("{layer}: {share} of {tests} digits have the class of the nearest "
                               "of {known}.", layer=_named(name), share=percent(right),
                               tests=near.tests, known=near.references),
                    )
                    for name, right in zip(near.layers, near.right, strict=True)
                ]
            )  # fmt: skip

    def _tell(self, result: Selective) -> None:
        found, near, dx = result.distances, result.neighbours, self.shift.value
        if self.shown.value == DISTANCES:
            nearer = [_named(name) for name in found.called_nearer]
            facts = [
                Fact("■", tr("copy, moved by {dx} px", dx=dx), colour=_of_copy),
                Fact("■", tr("{digit} in its place", digit=found.digit), colour=_of_other),
                Fact("", tr("The copy is nearer in {layers}.", layers=", ".join(nearer)) if nearer
                     else tr("The copy is nearer in no layer.")),
            ]  # fmt: skip
        elif near is None:
            facts = [Fact("", tr("Being measured."))]
        else:
            facts = [
                Fact(f"{near.references}", tr("digits are known, in the middle")),
                Fact(f"{near.tests}", tr("others are classified, moved by {dx} px", dx=near.dx)),
                Fact("", tr("Test digits of MNIST.") if near.is_mnist
                     else tr("Digits that ship, whose writers the networks were trained on.")),
            ]  # fmt: skip
        self.key_facts.set_facts("", facts)

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.pictures, self.apart, self.known):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("distance = ‖<i>a</i> − <i>b</i>‖ / √(‖<i>a</i>‖² + ‖<i>b</i>‖²)")
        result: Selective | None = self.result
        if result is None:
            return law
        found = result.distances
        lines = [
            tr("{layer}: copy <b>{copy}</b> {sign} <b>{other}</b> of the {digit}",
               layer=_named(found.layers[at]), copy=number(found.copy[at], 2),
               sign="&lt;" if found.copy[at] < found.other[at] else "≥",
               other=number(found.other[at], 2), digit=found.digit)
            for at in (0, -2)
        ]  # fmt: skip
        return "<br>".join([law, *lines])


def _named(layer: str) -> str:
    return tr("pixels") if layer == PIXELS else layer


def _of_copy(theme: Theme) -> QColor:
    return theme.accent


def _of_other(theme: Theme) -> QColor:
    return theme.quiet
