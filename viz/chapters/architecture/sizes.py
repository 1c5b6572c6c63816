"""Sizes: the units, parameters and costs of a network's layers, or of any stack that is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from viz.chapters.architecture.layer_table import LayerTable, StackEdit
from viz.chapters.architecture.measure.stack import (
    MOST_LAYERS,
    MOST_MAPS,
    MOST_STEP,
    Part,
    Row,
    Stack,
    architecture_sizes,
    full_share,
    parse,
    rises,
    sizes,
)
from viz.chapters.instrument import Context, Instrument
from viz.i18n import percent, significant, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import Architecture
from viz.views.theme import GRID, Theme
from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.network_names import menu_name, network_tip
from viz.views.widgets.segmented import Option, Segmented

NETWORK, OWN = "network", "own"
"""The network on the canvas, and what is typed."""

EXAMPLES = {
    "32": "32×32×3, conv 6 5×5, pool 2×2, conv 16 5×5, pool 2×2, flatten, fc 120, fc 84, fc 10",
    "39": "39×39×3, conv 10 3×3, conv 20 5×5 s2, conv 40 5×5 s2, flatten, fc 10",
    "640": "640×480×3, fc 128",
}
"""The stacks of the lecture's notes, by the value of their option."""

NEW = {"conv": Part("conv", 8, 3), "pool": Part("pool", 0, 2, 2), "fc": Part("fc", 10)}
"""What a button adds."""

_USES = {
    "conv": ("kernel", "stride", "padding", "maps"),
    "pool": ("kernel", "stride", "padding"),
    "fc": ("maps",),
    "flatten": (),
}


class Sizes(Instrument):
    """A table of the layers, their shares of all parameters as bars; beside it the chosen layer
    without sharing, and what the notes say of the table."""

    id = "sizes"
    title = tr("Sizes")
    hint = tr("Choose a layer: what would it cost without shared weights?")
    tip = tr(
        "Units = maps × rows × columns; parameters = weights + biases; multiply-adds of one pass, "
        "those of pooling and biases not counted; memory of units and parameters, 4 bytes each."
    )
    explanation = tr(
        "Each layer’s <b>shape</b> follows from the one below, and with it what it costs. "
        "<b>Parameters</b> of a convolution do not depend on the size of its input: its kernel is "
        "<b>shared</b> by all places. <b>Locally connected</b>, each place would have a kernel of "
        "its own; <b>fully connected</b>, each unit a weight for every unit below. Choose a layer "
        "and compare, or write a stack yourself. The notes say that sizes fall with depth: not "
        "always, as a layer with many maps may have more units than its input."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.rows: tuple[Row, ...] = ()
        """The input, and the layers that fit."""
        self.fault = ""
        """Where and why the next one does not."""
        self._key: Any = None
        self.stack = Segmented(
            tr("Stack"),
            (
                Option(NETWORK, tr("network"), tr("A network of the program, on this canvas.")),
                Option("32", "32×32×3", tr("LeNet-5 on a colour picture, as in the notes.")),
                Option("39", "39×39×3", tr("The notes’ “5 filters” are 20 and 40 of 5×5.")),
                Option("640", "640×480×3", tr("A picture fully connected to 128 units.")),
                Option(OWN, tr("own"), tr("A stack that you write or put together.")),
            ),
            label=tr("stack"),
        )
        self.network = ChoiceBox(tr("Network"), _networks())
        self.typed = StackEdit(EXAMPLES["32"])
        self.typed.setToolTip(
            tr("Such as 32×32×3, conv 6 5×5 s1 p2, pool 2×2 s2, flatten, fc 120: s is the stride, "
               "p the padding. Enter takes it.")
        )  # fmt: skip
        self.layers = LayerTable(tr("layers"))
        self.typed.refused.connect(self._show_facts)
        self.add_setting("stack", self.stack)
        self.add_setting("network", self.network)
        self.settings["layer"] = self.layers
        self.layers.chosen.connect(lambda _: self._show_layer())
        self.boxes = {
            name: CountBox(text, tip, least, most, least)
            for name, text, tip, least, most in (
                ("kernel", tr("kernel"), tr("Side of the chosen layer’s windows."), 1, MOST_STEP),
                ("stride", tr("stride"), tr("From window to window."), 1, MOST_STEP),
                ("padding", tr("padding"), tr("Zeros on each side."), 0, MOST_STEP),
                ("maps", tr("maps"), tr("Maps, or units if fully connected."), 1, MOST_MAPS),
            )
        }
        for name, box in self.boxes.items():
            self.add_control(box)
            box.chosen.connect(lambda number, name=name: self._change(name, number))
        self.buttons = {
            "conv": _button(tr("+ conv"), tr("Add a convolution above the chosen layer.")),
            "pool": _button(tr("+ pool"), tr("Add a pooling layer above the chosen one.")),
            "fc": _button(tr("+ fc"), tr("Add a fully connected layer above the chosen one.")),
            "down": _button("↓", tr("The chosen layer and the next change places.")),
            "up": _button("↑", tr("The chosen layer and the one before change places.")),
            "remove": _button(tr("remove"), tr("Remove the chosen layer.")),
        }
        for name, button in self.buttons.items():
            self.add_control(button)
            button.clicked.connect(lambda _, name=name: self._edit(name))
        self.add_setting("typed", self.typed)  # the last one has a row of its own
        self.facts = Facts("888,888,888")
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.layers, 2)
        row.addWidget(self.facts, 1)
        self.set_view(view)

    # What is shown

    def refresh(self) -> None:
        snapshot = self.snapshot
        if snapshot is None or not self.isVisible():
            return
        stack = self._stack()
        self.network.set_options(_networks())
        architecture = self._architecture(snapshot)
        key = stack or (architecture, snapshot.image.shape)
        if key == self._key:
            return
        self._key = key
        if stack is None:
            self.rows, self.fault = architecture_sizes(architecture, *snapshot.image.shape), ""
            names = [row.name for row in self.rows]
        else:
            self.rows, self.fault = sizes(stack)
            names = [self.rows[0].name, *map(str, stack.parts)]
        self.layers.set_layers(names, self.rows)
        for part in (self.typed, *self.buttons.values()):
            part.setVisible(self.stack.value == OWN)
        self.network.setVisible(stack is None)
        self._show_layer()

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self._show_layer()

    def _architecture(self, snapshot: Snapshot) -> Architecture:
        """The network that is looked at: the chosen one, else the one on the stage."""
        name = self.network.value
        return networks.architecture(name) if name else snapshot.architecture

    def _stack(self) -> Stack | None:
        """The stack that is shown; None for the network."""
        chosen = self.stack.value
        if chosen == NETWORK:
            return None
        return parse(self.typed.value if chosen == OWN else EXAMPLES[chosen])

    def _show_layer(self) -> None:
        """Show what the chosen layer is made of, and what it would cost otherwise."""
        part = self._part() if self.stack.value == OWN else None
        for name, box in self.boxes.items():
            shown = part is not None and name in _USES[part.kind]
            box.setVisible(shown)
            if part is not None and shown:
                box.show_value(getattr(part, name))
        self._show_facts("")

    def _part(self) -> Part | None:
        """The chosen layer as it is typed; None of the input, and of a network."""
        stack = self._stack()
        number = self.layers.value
        return stack.parts[number - 1] if stack and 0 < number <= len(stack.parts) else None

    @property
    def row(self) -> Row | None:
        """The chosen layer; None where it does not fit."""
        return self.rows[self.layers.value] if self.layers.value < len(self.rows) else None

    def _show_facts(self, refusal: str) -> None:
        """Show first why the stack is none, or why a layer does not fit."""
        facts = [Fact("", text, colour=_warning) for text in (refusal, self.fault) if text]
        self.facts.set_facts("", [*facts, *_statements(self.rows), *_comparison(self.row)])

    def formula(self) -> str:
        law = tr("units = maps · rows · columns, parameters = weights + biases")
        row = self.row
        if row is None:
            return law
        maps, rows, columns = row.shape
        law += tr(
            "<br>units of {layer} = {maps:,} · {rows} · {columns} = <b>{size:,}</b>",
            layer=row.name, maps=maps, rows=rows, columns=columns, size=row.size,
        )  # fmt: skip
        if not row.parameters:
            return law
        return law + tr(
            "<br>parameters = {weights:,} + {biases:,} = <b>{parameters:,}</b>",
            weights=row.weights, biases=row.biases, parameters=row.parameters,
        )  # fmt: skip

    # What is edited

    def _take(self, stack: Stack, chosen: int) -> None:
        """Show another stack of the user's own, or say that it has too many layers."""
        if len(stack.parts) > MOST_LAYERS:
            self._show_facts(tr("A stack has at most {most} layers.", most=MOST_LAYERS))
            return
        self.typed.show_value(str(stack))
        self.layers.show_value(chosen)
        self.grabbed.emit()
        self.refresh()

    def _change(self, name: str, number: int) -> None:
        """Give the chosen layer another kernel, stride, padding or number of maps."""
        stack, part, chosen = self._stack(), self._part(), self.layers.value
        if stack is not None and part is not None:
            changed: dict[str, Any] = {name: number}
            parts = list(stack.parts)
            parts[chosen - 1] = replace(part, **changed)
            self._take(replace(stack, parts=tuple(parts)), chosen)

    def _edit(self, name: str) -> None:
        """Add a layer after the chosen one, or move or remove that."""
        stack = self._stack()
        if stack is None:
            return
        parts, chosen = list(stack.parts), min(self.layers.value, len(stack.parts))
        if name in NEW:
            parts.insert(chosen, NEW[name])
            chosen += 1
        elif chosen and name == "remove":
            del parts[chosen - 1]
            chosen = min(chosen, len(parts))
        else:
            other = chosen + (1 if name == "down" else -1)
            if not (chosen and 1 <= other <= len(parts)):
                return
            parts[chosen - 1], parts[other - 1] = parts[other - 1], parts[chosen - 1]
            chosen = other
        self._take(replace(stack, parts=tuple(parts)), chosen)


def _networks() -> list[Option]:
    """The network on the stage, and all of the program."""
    stage = Option("", tr("on the stage"), tr("The network that reads the canvas."))
    return [
        stage,
        *(Option(name, menu_name(name), network_tip(name)) for name in networks.names()),
    ]


def _comparison(row: Row | None) -> list[Fact]:
    """The parameters of a layer that has some, and of the same layer without sharing."""
    if row is not None and row.kind == "flatten":
        words = tr("parameters: flattening loses nothing, but what follows ignores the order")
        return [Fact("0", words)]
    if row is None or not row.parameters:
        return []
    if row.parameters == row.dense:
        words = tr("weights of {layer}: nothing is shared, each is used once", layer=row.name)
        return [Fact(f"{row.weights:,}", words)]
    unshared, dense = row.unshared / row.parameters, row.dense / row.parameters
    return [
        Fact(f"{row.parameters:,}", tr("parameters of {layer}", layer=row.name)),
        Fact(
            f"{row.unshared:,}",
            tr("if locally connected, {times} times as many", times=significant(unshared)),
            tr("Weights of its own for each place: the parameters times rows · columns."),
        ),
        Fact(
            f"{row.dense:,}",
            tr("if fully connected, {times} times as many", times=significant(dense)),
            tr("(units below + 1) · units of the layer."),
        ),
    ]


def _statements(rows: Sequence[Row]) -> list[Fact]:
    """What the notes say of such a table, and whether it is so here."""
    risen, share = rises(rows), full_share(rows)
    pairs = ", ".join(f"{below:,} → {above:,}" for below, above in risen)
    facts = [
        Fact(_truth(False), tr("sizes fall with depth: {pairs}", pairs=pairs))
        if risen
        else Fact(_truth(True), tr("sizes fall with depth"))
    ]
    if any(row.parameters for row in rows):
        words = tr("fully connected layers have most: {share} of the parameters",
                   share=percent(share))  # fmt: skip
        tip = tr("A convolution whose kernel covers all of the map below counts as one.")
        facts.append(Fact(_truth(share > 0.5), words, tip))
    if any(row.kind == "pool" for row in rows):
        count = sum(row.parameters for row in rows if row.kind == "pool")
        tip = tr("Parameters of the pooling layers here: {count:,}.", count=count)
        facts.append(Fact(_truth(not count), tr("pooling has no parameters"), tip))
    return facts


def _truth(holds: bool) -> str:
    return tr("true") if holds else tr("false")


def _warning(theme: Theme) -> QColor:
    return theme.accent


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
