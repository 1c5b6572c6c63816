"""Modules: normalisations, non-linearities and poolings switched in the network that answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from PyQt6.QtGui import QColor, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.architecture.illumination import InputMap
from viz.chapters.architecture.measure.modules import (
    ACTIVATION,
    BEFORE,
    BEHIND,
    PLACES,
    POOLING,
    Seen,
    goes_with,
    seen,
    shown_layers,
)
from viz.chapters.architecture.module_words import no_modules, options, place_name, refusal
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.measure.inspection import INPUT
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.modules import (
    MOST_MAPS,
    NONE,
    SIDES,
    Modules,
    base_of,
)
from viz.views.layer_words import formula as layer_formula
from viz.views.theme import GRID, Theme, text_px
from viz.views.widgets.bars import Bars, Group
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.class_map import class_name
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.locked_scale import LockedScale, scale_of
from viz.views.widgets.segmented import Option, Segmented

LEAST = 40
"""Pixels along a side of a map in the smallest window."""

LEAST_LINES = 20
"""Lines of text: in less height there are no bars below the maps."""


@dataclass(frozen=True, eq=False)
class Switched:
    """A window as the network without modules and with them has it, and the ``largest`` difference
    of a class's probability."""

    plain: Seen
    now: Seen
    largest: float


class ModulesInstrument(MeasuredInstrument):
    """Choose the module of each place; see a map before and behind it, and the answer's change."""

    tells_answer = True
    id = "modules"
    title = tr("Modules")
    hint = tr("Switch a module on: every map and chapter then shows the network that has it.")
    tip = tr(
        "Modules in front of, in and behind C1: local normalisation, non-linearity, pooling. The "
        "maps show what goes in and what comes out; beside them the answer of the window without "
        "modules and with them."
    )
    explanation = tr(
        "A stage of a network is a row of <b>modules</b>: normalisation, <b>filter bank</b>, "
        "<b>non-linearity</b>, <b>pooling</b>. Each can be exchanged here, and the badge over the "
        "canvas names what is switched on. Normalisations, of which <b>local contrast "
        "normalisation</b> can be subtractive or divisive, look at a small window only, so a "
        "digit cut out gives what it gives on a wide canvas. The weights stay as they were "
        "trained, without these modules: a worse answer says that they fit together badly, not "
        "that a module is bad. Undo and New switch them off."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._refused = ""
        self.place = Segmented(
            tr("Where"),
            (
                Option(BEFORE, tr("before C1"), tr("A normalisation of the input.")),
                Option(ACTIVATION, tr("non-linearity"), tr("What follows the sums of C1.")),
                Option(BEHIND, tr("behind C1"), tr("A normalisation of the maps of C1.")),
                Option(POOLING, tr("pooling"), tr("What comes after that.")),
            ),
        )
        self.choices = {place: Segmented(place_name(place), options(place)) for place in PLACES}
        self.side = Segmented(
            tr("Window"),
            [Option(n, f"{n}×{n}", tr("Units that count for one: {n}×{n}.", n=n)) for n in SIDES],
            label=tr("window"),
        )
        self.padding = CheckBox(tr("padding 1"), tr("One unit around, which is never the largest, "
                                "nor the smallest, and counts as 0 in a mean."))  # fmt: skip
        self.maps = CountBox(
            tr("maps"), tr("Maps in a group of maxout, 2 to {n}.", n=MOST_MAPS), 2, MOST_MAPS, 2
        )
        self.map = CountBox(tr("map"), tr("The map that is shown, from 0 on."), 0, 4095, 0)
        self.add_setting("place", self.place)
        self.add_setting("map", self.map)
        for place, choice in self.choices.items():
            self.add_control(choice)
            choice.chosen.connect(partial(self._switch, place))
        for name, control in (("side", self.side), ("padding", self.padding), ("maps", self.maps)):
            self.add_control(control)
            control.chosen.connect(partial(self._switch, name))
        self.facts = Facts("none 8.88")
        self.bars = Bars("", tr("probability: grey without modules, coloured with them"))
        self.bars.set_ranges((0.0, 1.0), (0.0, 1.0))
        self.bars.names = tr("without modules"), tr("with modules")
        self.before = InputMap(LockedScale(1.0))
        self.after = InputMap(LockedScale(1.0))
        view = QWidget()
        self._grid = grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        for column, (part, rows) in enumerate(((self.before, 1), (self.after, 1), (self.facts, 2))):
            part.setMinimumSize(LEAST, LEAST)
            grid.addWidget(part, 0, column, rows, 1)
            grid.setColumnStretch(column, 7 if rows == 1 else 5)
        grid.addWidget(self.bars, 1, 0, 1, 2)
        grid.setRowStretch(0, 2)
        self.set_view(view)
        self.place.chosen.connect(lambda _place: self._show())
        self.map.chosen.connect(lambda _number: self._draw())
        self.document.network_changed.connect(self._show)
        self.document.view.changed.connect(lambda name: self._draw())
        self._show()

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        base = networks.architecture(base_of(snapshot.request.network))
        return super().reason(snapshot) if goes_with(base) else no_modules()

    def key(self, snapshot: Snapshot) -> Any:
        request, window = snapshot.request, self.document.shown_window()
        assert window is not None  # as there is a snapshot
        return request.scene, request.network, request.ablated, window

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Switched]:
        _, network, ablated, window = key
        plain = seen(nets, base_of(network), snapshot.image, window, ablated)
        now = seen(nets, network, snapshot.image, window, ablated)
        change = np.abs(now.probabilities - plain.probabilities).max()
        yield Switched(plain, now, float(change))

    # What is shown

    def show_result(self, result: Switched) -> None:
        self._draw()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.before, self.after, self.bars):
            part.set_dimmed(dimmed)

    def restore(self, state: Any) -> None:
        super().restore(state)
        self._show()

    def formula(self) -> str:
        architecture = self.document.architecture
        names = [shown_layers(architecture, place)[1] for place in (BEFORE, BEHIND, POOLING)]
        names.insert(1, architecture.layers[1 if architecture.layers[0].normalisation else 0].name)
        lines = [
            tr("{layer}: {formula}", layer=name, formula=layer_formula(architecture.layer(name)))
            for name in dict.fromkeys(names)
            if name != INPUT
        ]
        if self.result is not None:
            lines.append(
                tr(
                    "max |<i>p</i> with modules − <i>p</i> without| = <b>{change}</b>",
                    change=number(self.result.largest, 2),
                )
            )
        return "<br>".join(lines)

    def _show(self) -> None:
        """Show the modules that are switched on, and the choices of the place."""
        modules, place = self.document.modules, self.place.value
        for name, choice in self.choices.items():
            choice.show_value(getattr(modules, name))
            choice.setVisible(name == place)
        self.side.show_value(modules.side)
        self.padding.show_value(bool(modules.padding))
        self.maps.show_value(modules.maps)
        normalises = place in (BEFORE, BEHIND) and bool(modules.before or modules.behind)
        self.side.setVisible(normalises)
        self.padding.setVisible(place == POOLING)
        self.maps.setVisible(place == POOLING and modules.pooling == "maxout")
        self._refused = ""
        self._draw()

    def _draw(self) -> None:
        result: Switched | None = self.result
        if result is None:
            return
        trained, place = networks.trained(result.now.network), self.place.value
        taken, made = shown_layers(trained.architecture, place)
        self._draw_map(self.before, result.now, taken, tr("in"))
        self._draw_map(self.after, result.now, made, tr("out"))
        heading = "" if self.document.view.answer_hidden else tr("answer, probability")
        self.facts.set_facts(heading, self._facts(result))
        self._show_bars()
        pairs = zip(result.plain.probabilities.tolist(), result.now.probabilities.tolist(),
                    strict=True)  # fmt: skip
        self.bars.set_groups(
            [Group(class_name(one), pair, colours=(_quiet, partial(Theme.class_colour, number=one)))
             for one, pair in enumerate(pairs)]
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._show_bars()
        super().resizeEvent(event)

    def _show_bars(self) -> None:
        """Show the classes below the maps where there is room, unless the answer is hidden."""
        has_room = self.height() >= LEAST_LINES * text_px(self)
        self.bars.setVisible(has_room and not self.document.view.answer_hidden)
        self._grid.setRowStretch(1, 0 if self.bars.isHidden() else 1)

    def _draw_map(self, view: InputMap, now: Seen, name: str, which: str) -> None:
        trained, maps = networks.trained(now.network), now.maps[name]
        shown = min(self.map.value, len(maps) - 1)
        view.is_input = name == INPUT
        layer, _, pre = name.partition(" ")
        if name == INPUT:
            view.set_scale(LockedScale(1.0))
        else:
            view.set_scale(scale_of(trained.architecture.layer(layer), bool(pre), trained.scales))
        view.set_array(maps[shown])
        if name == INPUT:
            view.set_caption(tr("{which}: the input", which=which))
        elif pre:
            view.set_caption(
                tr("{which}: sums of {layer}, map {map}", which=which, layer=layer, map=shown),
                shorter=tr("{which}: sums of {layer}", which=which, layer=layer),
            )
        else:
            view.set_caption(
                tr("{which}: {layer} map {map}", which=which, layer=name, map=shown),
                shorter=tr("{which}: {layer}", which=which, layer=name),
            )

    def _facts(self, result: Switched) -> list[Fact]:
        facts = [] if self.document.view.answer_hidden else [
            _answer(result.plain, tr("without modules")),
            _answer(result.now, tr("with modules")),
            Fact(
                number(result.largest, 2), tr("largest change"),
                tr("max over the classes of |p with modules − p without|."),
            ),
        ]  # fmt: skip
        if self._refused:
            facts.append(Fact("", self._refused))
        elif self.document.modules != NONE:
            facts.append(Fact("", tr("The weights were trained without these modules.")))
        architecture = networks.architecture(result.now.network)
        made = shown_layers(architecture, self.place.value)[1]
        if made != INPUT:
            facts.append(Fact("", layer_formula(architecture.layer(made))))
        return facts

    # The user

    def _switch(self, name: str, value: Any) -> None:
        """Switch one thing in the network, or say why that is not possible."""
        player = self.context.player
        if player.demonstration is not None and player.demonstration.modules_at is not None:
            player.take_over()
        change: dict[str, Any] = {name: int(value) if name == "padding" else value}
        self._choose(replace(self.document.modules, **change))

    def _choose(self, modules: Modules) -> None:
        document = self.document
        try:
            document.set_modules(modules, tr("Switch modules"))
        except ValueError:
            self._show()
            base = networks.architecture(base_of(document.network))
            self._refused = refusal(modules, base)
            self._draw()


def _quiet(theme: Theme) -> QColor:
    return theme.quiet


def _answer(one: Seen, words: str) -> Fact:
    value = tr("{answer} {p}", answer=class_name(one.answer), p=number(one.probability, 2))
    return Fact(value, words, tr("The class that wins in the shown window, and its probability."))
