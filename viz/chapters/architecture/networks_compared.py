"""Networks compared: all of the program on one canvas; a class with mistakes, and mended."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QWidget

from viz.chapters.architecture.code_diff import CodeDiff
from viz.chapters.architecture.measure.dense import tiles
from viz.chapters.architecture.measure.mistakes import BATCH, Effect
from viz.chapters.architecture.measure.side_by_side import Answered, answers
from viz.chapters.architecture.words import difference_text
from viz.chapters.compared_networks import Unusable, usable
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.networks import MAIN
from viz.views.theme import GRID, text_px
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale, scale_of
from viz.views.widgets.network_names import choice_text, network_tip, short_network_name
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tooltip import wrapped

ALL, CLASS = "all", "class"


class NetworksCompared(MeasuredInstrument):
    """A picture for each network, of the maps of one layer; or the class as a diff, with what each
    of its mistakes does."""

    tells_answer = True
    id = "networks-side-by-side"
    title = tr("Networks compared")
    hint = tr("Click a network to use it everywhere; then look at what the class’s mistakes do.")
    tip = tr(
        "Every network of the program on this canvas: its answer, the maps of one layer, its "
        "parameters and milliseconds a pass, the median of repeats."
    )
    explanation = tr(
        "Networks of one <b>architecture</b> have the same maps in number and size, but not the "
        "same features: training decides. Fewer <b>parameters</b> need not be faster: "
        "multiply-adds count, and pooling and non-linearities count too. Click one, and it is on "
        "the stage. The class beside them is LeNet-5 in code, with the mistakes of the lecture’s "
        "notes, each run alone. Four of them are told at once; <i>view(-1, 800)</i> regroups "
        "samples without a word."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shown = Segmented(
            tr("What is shown"),
            (
                Option(ALL, tr("networks"), tr("All networks of the program.")),
                Option(CLASS, tr("class in code"), tr("LeNet-5 in code, and its mistakes.")),
            ),
        )
        self.layer = Segmented(tr("Layer"), (), label=tr("maps of"))
        self.add_setting("shown", self.shown)
        self.add_setting("layer", self.layer)
        self.maps: dict[str, Heatmap] = {}
        """By the networks' names."""
        self.costs: dict[str, Line] = {}
        """Parameters and milliseconds, by the same."""
        self.mistake = Segmented(tr("Mistake"), _mistakes(), label=tr("run with"))
        self.add_setting("mistake", self.mistake)
        self.code, self.facts = CodeDiff(), Facts("8.8e−88")
        self.code.chosen.connect(self._choose)
        self._grid, self._stack = QWidget(), QStackedWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        code = QWidget()
        row = QHBoxLayout(code)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.code, 1)
        row.addWidget(self.facts, 1)
        self._stack.addWidget(self._grid)
        self._stack.addWidget(code)
        self.set_view(self._stack)

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # blank paper is answered, too

    def key(self, snapshot: Snapshot) -> Any:
        self._stack.setCurrentIndex(int(self.shown.value == CLASS))
        self.layer.setVisible(self.shown.value == ALL)
        self.mistake.setVisible(self.shown.value == CLASS)
        self.code.show_mistake(self.mistake.value)
        self.layer.set_options(
            [
                Option(layer.name, layer.name, tr("The maps of {layer}.", layer=layer.name))
                for layer in snapshot.architecture.mosaics
            ]
        )
        request = snapshot.request
        if self.shown.value == CLASS:
            self._show_effect()
            return CLASS, request.scene
        asked = request.scene, request.network, request.ablated
        return ALL, *asked, self.layer.value, networks.names()

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        if key[0] == CLASS:
            from viz.chapters.architecture.measure.printed_class import batch, effects

            x = batch(snapshot.image)
            wanted = nets(MAIN)(x)["output"][..., 0, 0].detach()
            found = effects(networks.trained(MAIN).weights, wanted, x)
            yield {effect.mistake: effect for effect in found}
            return
        _, _, name, ablated, layer, names = key
        used, broken = usable(nets, names)
        for answered in answers(used, snapshot.image, layer or "", {name: ablated}):
            yield Compared(name, layer or "", answered, broken)

    # What is shown

    def show_result(self, result: Compared | dict[str, Effect]) -> None:
        if isinstance(result, Compared):
            self._show_networks(result)
        else:
            self._show_effect()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if isinstance(self.result, Compared):
            self._show_networks(self.result)

    def set_dimmed(self, dimmed: bool) -> None:
        for part in self.maps.values():
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        if self.snapshot is None:
            return tr("parameters = Σ (weights + biases)")
        counts = [layer.parameters for layer in self.snapshot.architecture.layers]
        return tr(
            "parameters = {sum}<br>= <b>{total}</b>",
            sum=" + ".join(f"{count:,}" for count in counts if count),
            total=f"{sum(counts):,}",
        )

    def _show_networks(self, result: Compared) -> None:
        self._place([*(one.name for one in result.answered), *result.broken])
        for one in result.answered:
            part = self.maps[one.name]
            answer = one.text.replace("\n", " / ") or tr("no digit")
            part.set_caption(
                tr("{name}: {answer}", name=short_network_name(one.name), answer=answer)
            )
            self.costs[one.name].set_text(
                tr("{parameters} parameters, {ms} ms", ms=number(one.milliseconds, 1),
                   parameters=f"{one.architecture.parameters:,}")
            )  # fmt: skip
            if one.maps is None:
                part.set_message(tr("This network has no layer {layer}.", layer=result.layer))
                part.set_array(np.zeros((0, 0), np.float32))
                part.set_marks(())
                continue
            layer = one.architecture.layer(result.layer)
            part.set_scale(scale_of(layer, False, networks.trained(one.name).scales))
            part.set_array(tiles(one.maps, part.width() / max(1, part.height() - text_px(self))))
            height, width = part.values.shape
            part.set_marks([QRectF(0, 0, width, height)] if one.name == result.network else ())
        for name, why in result.broken.items():
            self.maps[name].set_caption(short_network_name(name))
            self.maps[name].set_array(np.zeros((0, 0), np.float32))
            self.maps[name].set_message(why.advice)

    def _place(self, names: list[str]) -> None:
        """Have a picture for each of these networks, and for no other."""
        if names == list(self.maps):
            return
        for old in (*self.maps.values(), *self.costs.values()):
            old.deleteLater()
        self.maps, self.costs = {}, {}
        grid, across = cast(QGridLayout, self._grid.layout()), math.ceil(len(names) / 2)
        for place, name in enumerate(names):
            part = Heatmap(LockedScale(1.0), legend=False)
            part.setMinimumSize(24, 12)  # so that the least room holds all
            part.setCursor(Qt.CursorShape.PointingHandCursor)
            part.setToolTip(wrapped(network_tip(name)))
            part.chosen.connect(partial(self._answer_by, name))
            self.maps[name], self.costs[name] = part, Line(quiet=True)
            row, column = divmod(place, across)
            grid.addWidget(part, 2 * row, column)
            grid.addWidget(self.costs[name], 2 * row + 1, column)

    def _answer_by(self, name: str, *_: int) -> None:
        if not self.document.read_only:
            self.document.choose_network(name, choice_text(name))

    def _choose(self, mistake: str) -> None:
        """Run the class with the mistake of a line."""
        self.mistake.want(mistake)
        self.grabbed.emit()
        self.refresh()

    def _show_effect(self) -> None:
        """Say what the class does with the chosen mistake."""
        if isinstance(self.result, dict):
            effect: Effect = self.result[self.mistake.value]
            self.facts.set_facts(_told(effect.mistake), _facts(effect))


@dataclass(frozen=True, eq=False)
class Compared:
    """All networks on one canvas, of which ``network`` is on the stage, by the maps of a layer."""

    network: str
    layer: str
    answered: tuple[Answered, ...]
    broken: dict[str, Unusable]


def _mistakes() -> list[Option]:
    words = (
        ("", tr("none"), tr("All mistakes are mended.")),
        ("channels", tr("20 maps"), tr("conv2 makes 20 maps, where fc1 takes 50.")),
        ("size", tr("4×4"), tr("fc1 takes maps of 4×4, where they are 5×5.")),
        ("classes", tr("ten classes"), tr("Ten outputs for eleven classes.")),
        ("view", tr("view"), tr("view(−1, 800) where each sample has 500 values.")),
        ("argument", tr("no argument"), tr("F.relu(self.fc1) without (x).")),
    )
    return [Option(*each) for each in words]


def _told(mistake: str) -> str:
    """What a mistake does, in a sentence or two."""
    return {
        "": tr("With all mended it is the network of the program, with the program’s weights:"),
        "channels": tr("conv2 makes 20 maps, so a sample has 20·5·5 = 500 values, not 1,250:"),
        "size": tr("28×28 pixels leave maps of 4×4; the 32×32 of LeNet-5 leave 5×5:"),
        "classes": tr("It runs, but “none of the above” can be neither answered nor trained:"),
        "view": tr(
            "With 20 maps a sample has 500 values; view takes 800 a row, across samples. No error "
            "tells that, and no row is one sample:"
        ),
        "argument": tr("The layer itself is given to F.relu, not what it makes of x:"),
    }[mistake]


def _facts(effect: Effect) -> list[Fact]:
    if effect.error:
        return [Fact("", tr("torch: {error}", error=effect.error))]
    rows, columns = effect.shape
    facts = [
        Fact(f"{BATCH}", tr("samples in")),
        Fact(f"{rows}", tr("rows out, of {classes} classes each", classes=columns)),
    ]
    if effect.target_error:
        facts.append(Fact("", tr("Trained on class 10: {error}", error=effect.target_error)))
    if not effect.mistake:
        size = difference_text(effect.difference)
        facts.append(Fact(size, tr("largest difference of log-probabilities from the program’s")))
    return facts
