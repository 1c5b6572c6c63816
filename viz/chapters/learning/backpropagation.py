"""Backpropagation: the gradient of a loss on the live drawing, and what its steps do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from PyQt6.QtWidgets import QStackedWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.learning.backprop_views import (
    GradientView,
    ModuleView,
    UpdateView,
    WeightView,
    class_name,
    short,
)
from viz.chapters.learning.measure.backprop import MOST_UPDATES, turned_weights, weighted
from viz.chapters.learning.measure.looked_at import COMPETING, Answer, Question, look
from viz.chapters.learning.measure.passing_back import modules_of
from viz.chapters.learning.on_stage import OnStage
from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.modules import SIGN, base_of
from viz.nets.networks import PASSING, TrainedNetwork
from viz.nets.weights import Weights
from viz.views.layer_words import activation_name
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.locked_scale import LockedScale, scale_of
from viz.views.widgets.push_button import push_button
from viz.views.widgets.segmented import Option, Segmented

VIEWS = ("gradients", "update", "weight", "modules")
RATES = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1)
CHANGED = "changed-"
"""What the names of networks begin with that this instrument puts on the stage."""


class Backpropagation(MeasuredInstrument):
    """Signed maps of the gradient, the answer after updates, one weight turned, single modules."""

    id = "backpropagation"
    title = tr("Backpropagation")
    hint = tr("Update a few times: how many steps until the network reads the target?")
    tip = tr(
        "The gradient of loss = −log p(target) by every value, weight and pixel, by the chain "
        "rule: what comes out of a module times the module's own derivative."
    )
    explanation = tr(
        "The <b>loss</b> is −log p(target) of the window shown. <b>Backpropagation</b> goes down "
        "from the output and gives each value its <b>gradient</b>: by how much the loss changes "
        "per unit of change. Red: more of it raises the loss. An <b>update</b> "
        "moves every weight against its gradient. Turn one weight by hand: the dashed line is what "
        "the slope predicts, true for small steps only. Choose a rate of 0.1, and an update goes "
        "too far."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.updates, self.share = 0, 0.0
        """Updates made; how far the weight is turned, −1 … 1."""
        self.place: tuple[int, int, int, int] | None = None
        self._stage = context.shared(OnStage)
        self._window = 0, 0
        self._serial, self._published = 0, (None, None)
        self.look = Segmented(
            tr("View"),
            (
                Option("gradients", tr("gradients"), tr("Of every layer, beside its maps.")),
                Option("update", tr("update"), tr("The prediction after a step downhill.")),
                Option("weight", tr("one weight"), tr("The loss over one weight, by hand.")),
                Option("modules", tr("modules"), tr("How the gradient passes one module.")),
            ),
        )
        self.target = ChoiceBox(
            tr("Target class"),
            _targets(),
        )
        self.rate = ChoiceBox(
            tr("Learning rate"),
            [Option(rate, tr("rate {rate:g}", rate=rate), "") for rate in RATES],
        )
        self.rate.show_value(0.001)
        self.layer = Segmented(tr("Layer"), (), label=tr("weight of"))
        self.module = ChoiceBox(tr("Module"), ())
        self.stage = CheckBox(
            tr("on the canvas"), tr("The changed network predicts: its maps follow.")
        )
        self.stage.chosen.connect(self._put_on_stage)
        for name, control in (
            ("look", self.look), ("target", self.target), ("rate", self.rate),
            ("layer", self.layer), ("module", self.module),
        ):  # fmt: skip
            self.add_setting(name, control)
        self.more = push_button(
            tr("Update"), tr("One more step of all weights."), lambda: self._go(self.updates + 1)
        )
        self.undo = push_button(
            tr("Undo"), tr("Take the last step back."), lambda: self._go(self.updates - 1)
        )
        self.add_control(self.more)
        self.add_control(self.undo)
        self.add_setting("stage", self.stage)
        self.layer.chosen.connect(self._forget_place)
        self.gradients, self.updated = GradientView(), UpdateView()
        self.weight, self.modules = WeightView(), ModuleView()
        self.weight.turned.connect(self._turn)
        self.weight.picked.connect(self._pick)
        self._pages = QStackedWidget()
        for page in (self.gradients, self.updated, self.weight, self.modules):
            self._pages.addWidget(page)
        self.set_view(self._pages)
        self.document.view.changed.connect(self._leave)
        self._show_controls()

    # What is kept

    def state(self) -> dict[str, Any]:
        place = None if self.place is None else list(self.place)
        return {
            **super().state(), "updates": self.updates, "turned": self.share, "place": place,
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        updates, share, place = (state.get(name) for name in ("updates", "turned", "place"))
        if type(updates) is int and 0 <= updates <= MOST_UPDATES:
            self.updates = updates
        if isinstance(share, float | int) and not isinstance(share, bool) and -1 <= share <= 1:
            self.share = float(share)
        places = place if isinstance(place, list) else []
        if len(places) == 4 and all(type(at) is int and 0 <= at < 1 << 20 for at in places):
            self.place = (places[0], places[1], places[2], places[3])
        super().restore(state)
        self._show_controls()
        if self.result is not None:
            self.show_result(self.result)

    # What is computed

    @property
    def base(self) -> str:
        """The network that is looked at: that on the stage, or the one that was changed there."""
        return _unchanged(self.document.network)

    def reason(self, snapshot: Snapshot) -> str:
        if why := super().reason(snapshot):
            return why
        self._offer(snapshot)
        target = self.target.value
        if target >= networks.architecture(self.base).classes:
            return tr("This network has no class “none”; choose a digit as the target.")
        return ""

    def _offer(self, snapshot: Snapshot) -> None:
        """Offer the layers and modules of the network."""
        architecture = networks.architecture(self.base)
        self.layer.set_options(
            [Option(one.name, one.name, tr("A weight of this layer.")) for one in
             weighted(architecture)]
        )  # fmt: skip
        self.module.set_options([
            Option(one.name, _module_name(one.layer, one.part, architecture), "")
            for one in modules_of(architecture)
        ])  # fmt: skip

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        rows, columns = snapshot.maps["output"].shape[1:]
        is_there = self._window[0] < rows and self._window[1] < columns
        if not (self.document.network.startswith(CHANGED) and is_there):
            self._window = self.document.shown_window() or (0, 0)
        view = self.look.value
        ablated = tuple((name, tuple(sorted(maps))) for name, maps in request.ablated.items())
        return request.scene, self.base, Question(
            view, self.target.value, self._window, snapshot.origin,
            self.rate.value if view == "update" else 0.0, self.updates if view == "update" else 0,
            (self.layer.value or "") if view == "weight" else "",
            self.place if view == "weight" else None,
            (self.module.value or "") if view == "modules" else "", ablated, self.base,
        )  # fmt: skip

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Answer | None]:
        _, base, question = key
        yield from look(nets(base), snapshot.image, question)

    # What is shown

    def show_result(self, result: Answer) -> None:
        view = result.question.view
        if result.question.target == COMPETING:
            self.target.set_options(_targets(result.gradients.target))
        self._pages.setCurrentIndex(VIEWS.index(view))
        if view == "gradients":
            with suppress(UserError):  # a state of training that is gone
                self.gradients.set_found(result.gradients, _scales(result.question.network))
        elif result.updated is not None:
            self.updated.set_found(result.gradients, result.updated)
        elif result.turned is not None:
            self.weight.set_found(result.turned, self.share)
        elif result.back is not None:
            self.modules.set_found(result.back)
        self._publish()

    def set_dimmed(self, dimmed: bool) -> None:
        for page in (self.gradients, self.updated, self.weight, self.modules):
            page.set_dimmed(dimmed)

    def _show_controls(self) -> None:
        view = self.look.value
        for control, views in (
            (self.rate, ("update",)), (self.more, ("update",)), (self.undo, ("update",)),
            (self.layer, ("weight",)), (self.module, ("modules",)),
            (self.stage, ("update", "weight")),
        ):  # fmt: skip
            control.setVisible(view in views)
        self.more.setEnabled(self.updates < MOST_UPDATES)
        self.undo.setEnabled(self.updates > 0)

    def refresh(self) -> None:
        self._show_controls()
        super().refresh()

    def formula(self) -> str:
        law = tr("loss = −log <i>p</i>(target), ∂loss/∂<i>x</i> = ∂loss/∂<i>y</i> · ∂<i>y</i>/"
                 "∂<i>x</i>")  # fmt: skip
        result: Answer | None = self.result
        if result is None:
            return law
        found = result.gradients
        lines = [law, tr(
            "loss = −log {p} = <b>{loss}</b> for {target}",
            p=short(float(found.probabilities[found.target])), loss=number(found.loss, 3),
            target=class_name(found.target),
        )]  # fmt: skip
        if result.updated is not None:
            made = result.updated
            lines[1] = tr(
                "<i>w</i> ← <i>w</i> − {rate:g} · ∂loss/∂<i>w</i>: loss {before} → <b>{after}</b>",
                rate=made.rate, before=number(float(made.losses[0]), 3),
                after=number(float(made.losses[-1]), 3),
            )  # fmt: skip
        elif result.back is not None:
            lines[1] = _law_of(result)
        elif result.turned is not None:
            turned = result.turned
            lines[1] = tr(
                "loss ≈ {loss} + {slope} · Δ<i>w</i>", loss=number(turned.loss, 3),
                slope=f"<b>{number(turned.slope, 3)}</b>",
            )  # fmt: skip
        return "<br>".join(lines)

    # On the stage

    def _changed(self) -> tuple[Any, Weights] | None:
        """What the network on the stage is to be: what identifies it, and its weights; None while
        there is no result of the network that is looked at now."""
        result: Answer | None = self.result
        if result is None or result.question.network != self.base:
            return None
        if result.updated is not None:
            return (result,), result.updated.weights
        turned = result.turned
        if turned is None:
            return None
        value = self.weight.value_at(self.share)
        weights = networks.weights(self.base)
        return (result, value), turned_weights(weights, turned.layer, turned.place, value)

    def _publish(self, text: str = "") -> None:
        """Put the changed network on the stage, if it is to be there."""
        if not (self.stage.value and self.isVisible()):
            return
        if self.look.value not in ("update", "weight"):
            self._go_back()
            return
        changed = self._changed()
        if changed is None or changed[0] == self._published:
            return
        self._published, base = changed[0], self.base
        if not self.document.network.startswith(CHANGED):
            networks.hold(base)
        self._serial += 1
        name = f"{CHANGED}{base.replace(SIGN, '~')}{PASSING}{self._serial}"
        trained = networks.trained(base)
        self._stage.show(
            TrainedNetwork(name, trained.architecture, changed[1], trained.scales), text
        )

    def _put_on_stage(self, wanted: bool) -> None:
        if wanted:
            self._publish(tr("Show the changed network"))
        else:
            self._go_back()

    def _go_back(self) -> None:
        """Let the network that was changed answer again as it is."""
        self._published = (None, None)
        if self.document.network.startswith(CHANGED):
            self.document.set_network(self.base)

    def _leave(self, name: str) -> None:
        view = self.document.view
        here = view.chapter == "learning" and view.instrument_of("learning") == self.id
        if name in ("chapter", "instrument") and not here:
            self._go_back()

    # What the user does

    def _go(self, updates: int) -> None:
        self.updates = min(max(updates, 0), MOST_UPDATES)
        self.grabbed.emit()
        self.refresh()

    def _turn(self, share: float) -> None:
        result: Answer | None = self.result
        if result is None or result.turned is None:
            return
        self.place = result.turned.place  # else another weight might become the strongest
        self.share = min(max(share, -1.0), 1.0)
        self.grabbed.emit()
        self.weight.set_found(result.turned, self.share)
        self._publish()
        self.refresh()

    def _pick(self, row: int, column: int) -> None:
        result: Answer | None = self.result
        if result is not None and result.turned is not None:
            self.place = (*result.turned.place[:2], row, column)
            self.share = 0.0
            self.grabbed.emit()
            self.refresh()

    def _forget_place(self, _layer: object) -> None:
        self.place, self.share = None, 0.0
        self.refresh()


def _targets(competing: int | None = None) -> list[Option]:
    """The classes, and the one that competes with the prediction, if it is known."""
    text = tr("target: competing")
    if competing is not None:
        text = tr("target: competing ({name})", name=class_name(competing))
    return [
        Option(COMPETING, text, tr("The second likeliest class.")),
        *(Option(n, tr("target: {name}", name=class_name(n)), "") for n in range(11)),
    ]


def _unchanged(name: str) -> str:
    """Return the network that a changed one was made of, with the modules it has got since; the
    name itself of any other."""
    if not name.startswith(CHANGED):
        return name
    state, sign, modules = name.partition(SIGN)
    base = state.removeprefix(CHANGED).rpartition(PASSING)[0].replace("~", SIGN)
    return f"{base_of(base)}{sign}{modules}" if sign else base


def _scales(network: str) -> dict[str, LockedScale]:
    """The colour scales of a network's maps, and of its input."""
    trained = networks.trained(network)
    layers = {one.name: scale_of(one, False, trained.scales) for one in
              trained.architecture.layers}  # fmt: skip
    return {**layers, "input": LockedScale(1.0)}


def _module_name(layer: str, part: str, architecture: Any) -> str:
    one = architecture.layer(layer)
    if part == "pool":
        pooling = tr("maximum") if one.pooling == "max" else tr("average")
        return tr("{layer}: {pooling} pooling", layer=layer, pooling=pooling)
    if part == "activation":
        return tr("{layer}: {activation}", layer=layer, activation=activation_name(one.activation))
    return tr("{layer}: convolution", layer=layer)


def _law_of(result: Answer) -> str:
    """How the gradient passes the module that is shown, with its numbers."""
    back = result.back
    assert back is not None
    if back.module.part == "kernel":
        assert back.kernel_gradient is not None
        return tr(
            "∂loss/∂<i>w</i> = Σ δ · <i>x</i> over {places} places, first <b>{first}</b>; "
            "∂loss/∂<i>x</i> = Σ δ · turned <i>w</i> = <b>{handed}</b>",
            places=back.places, first=short(float(back.kernel_gradient[0, 0])),
            handed=short(float(back.handed[0, 0])),
        )  # fmt: skip
    if back.module.part == "activation":
        return tr(
            "∂loss/∂<i>in</i> = δ · slope: {passed} of {all} units of the patch hand on something",
            passed=int((back.handed != 0).sum()), all=back.handed.size,
        )  # fmt: skip
    return tr(
        "Σ δ = {out} comes down as Σ ∂loss/∂<i>in</i> = <b>{into}</b>, to {units} of {all} units",
        out=short(float(back.delta.sum())), into=short(float(back.handed.sum())),
        units=int((back.handed != 0).sum()), all=back.handed.size,
    )  # fmt: skip
