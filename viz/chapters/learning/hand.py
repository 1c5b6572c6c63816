"""By hand: a net of a few units whose forward values, derivatives and update are all seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QStackedWidget

from viz.chapters.instrument import Context, Instrument
from viz.chapters.learning.grid_rows import ExactGrid, GridRows
from viz.chapters.learning.measure.hand import (
    FIRST,
    LOGISTIC,
    RELU,
    SHAPES,
    TANH,
    Floats,
    Net,
    Passes,
    run,
    small_change,
    update,
)
from viz.chapters.learning.playback import button
from viz.chapters.learning.written import (
    bracketed,
    figure,
    plain,
    unit_names,
    weight_names,
    written,
)
from viz.i18n import number, tr
from viz.views import theme as themes
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.table import Column, Table

PASSES, JACOBIANS, EQUATIONS = "passes", "jacobians", "equations"

RATES = (0.1, 0.5, 1.0, 5.0)
MOST = 100.0
"""Numbers from a file are no larger."""
LEAST_PITCH = 1.3
"""Height of a row of what is written out at least, in sizes of text."""
KEPT = 500
"""States that can be gone back to."""

X, TARGET, CHANGE = (0.9, -0.6), 0.25, (0.1, 0.0)

VALUES, DERIVATIVES = LockedScale(2.0, signed=True), LockedScale(0.1, signed=True)


class ByHand(Instrument):
    """The numbers of both passes as matrices, one above its derivative; or the Jacobians and their
    product; or all of it written out. What is given is typed or dragged."""

    id = "chain"
    title = tr("By hand")
    hint = tr("Change a weight, an input or the target; Update makes one step of learning.")
    tip = tr(
        "z = W·x + b, y = f(z) layer by layer, E = ½ (y − t)²; backwards ∂E/∂z = ∂E/∂y · f′(z), "
        "∂E/∂w = ∂E/∂z · (value below), ∂E/∂(value below) = Σ w · ∂E/∂z."
    )
    explanation = tr(
        "<b>Forward</b>, each unit sums its inputs times weights and applies <i>f</i>. "
        "<b>Backward</b>, the <b>chain rule</b> carries the derivative of the error <i>E</i> from "
        "the output down: times <i>f</i>′, then times the weights. A weight’s own derivative is "
        "that of its sum, times the value below it. The <b>Jacobian</b> of a layer holds every "
        "output’s derivative by every input; their product is that of the whole net. Press Update, "
        "then make Δx large: the chain rule holds for small changes only."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.nets: dict[str, Net] = dict(FIRST)
        self.input, self.target, self.change = np.array(X), TARGET, np.array(CHANGE)
        self._past: list[tuple[dict[str, Net], Floats, float]] = []
        self.shape = Segmented(
            tr("Net"),
            [Option(name, name, tr("A net of {shape} units.", shape=name)) for name in SHAPES],
            label=tr("net"),
        )
        self.function = Segmented(
            tr("Function"),
            (
                Option(LOGISTIC, tr("logistic"), tr("f(z) = 1 / (1 + exp(−z)), f′ = y (1 − y).")),
                Option(TANH, tr("tanh"), tr("f(z) = tanh z, f′ = 1 − y².")),
                Option(RELU, tr("ReLU"), tr("f(z) = max(0, z), f′ = 1 above 0, else 0.")),
            ),
            label=tr("f"),
        )
        self.shows = Segmented(
            tr("Shown"),
            (
                Option(PASSES, tr("passes"), tr("Values above, their derivatives below.")),
                Option(JACOBIANS, tr("Jacobians"), tr("How a small change passes the layers.")),
                Option(EQUATIONS, tr("written out"), tr("Every sum and product, in numbers.")),
            ),
            label=tr("show"),
        )
        self.rate = Segmented(
            tr("Learning rate"),
            [Option(one, number(one), tr("w ← w − {rate} ∂E/∂w", rate=number(one)))
             for one in RATES],
            label=tr("rate η"),
        )  # fmt: skip
        for name, control in (
            ("shape", self.shape), ("function", self.function), ("show", self.shows),
            ("rate", self.rate),
        ):  # fmt: skip
            self.add_setting(name, control)
        self.rate.show_value(1.0)
        self.step = button(tr("Update"), tr("Every weight: w ← w − η ∂E/∂w."), self._update)
        self.undo = button(tr("Undo"), tr("Back to the numbers before."), self._undo)
        self.again = button(tr("Again"), tr("Back to the first weights."), self._restart)
        for one in (self.step, self.undo, self.again):
            self.add_control(one)
        self.passes, self.jacobians = GridRows(aligned=True), GridRows()
        self.table = _LongTable(tr("Both passes written out"))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setMinimumSize(0, 0)
        scroll.setWidget(self.table)
        self.error = Line()
        self._stack = QStackedWidget()
        for part in (self.passes, self.jacobians, scroll):
            self._stack.addWidget(part)
        self._built: tuple[str, str] | None = None
        self._shown: tuple[Any, ...] = ()
        """What is on the screen: it is not shown again for each drawing."""
        self.grids: dict[str, NumberGrid] = {}
        """What is shown now: x, u, z1, h, …, t, and derivatives as ``by u``; J1, change, …"""
        self.add_control(self.error)
        self.set_view(self._stack)

    # What is kept

    def state(self) -> dict[str, Any]:
        nets = {name: [layer.tolist() for layer in net] for name, net in self.nets.items()}
        own = {"nets": nets, "x": self.input.tolist(), "target": self.target}
        return {**super().state(), **own, "change": self.change.tolist()}

    def restore(self, state: Mapping[str, Any]) -> None:
        nets = state.get("nets")
        if isinstance(nets, Mapping):
            good = {name: nets[name] for name in FIRST if _is_net(nets.get(name), FIRST[name])}
            found = {n: tuple(np.array(w, float) for w in net) for n, net in good.items()}
            self.nets = {**self.nets, **found}
        if _is_matrix(state.get("x"), (2,)):
            self.input = np.array(state["x"], float)
        if _is_matrix(state.get("change"), (2,)):
            self.change = np.array(state["change"], float)
        if _is_matrix(state.get("target"), ()):
            self.target = float(state["target"])
        super().restore(state)

    def reset(self, state: Mapping[str, Any]) -> None:
        self._past.clear()
        super().reset(state)

    # What is shown

    @property
    def net(self) -> Net:
        """The weights of the net that is shown."""
        return self.nets[self.shape.value]

    def run(self, net: Net | None = None, x: Floats | None = None) -> Passes:
        """Compute both passes, of the present numbers unless others are given."""
        net, x = (self.net if net is None else net), (self.input if x is None else x)
        return run(net, x, self.target, self.function.value)

    def refresh(self) -> None:
        if not self.isVisible():
            return
        shown = self.shows.value
        key = (
            *(layer.tobytes() for layer in self.net), self.input.tobytes(), self.change.tobytes(),
            self.target, shown, self.shape.value, self.function.value, self.rate.value,
            bool(self._past),
        )  # fmt: skip
        if key == self._shown:
            return
        self._shown, passes = key, self.run()
        self.undo.setEnabled(bool(self._past))
        self._stack.setCurrentIndex((PASSES, JACOBIANS, EQUATIONS).index(shown))
        if self._built != (self.shape.value, shown):
            self._built = self.shape.value, shown
            self._build(passes)
        if shown == EQUATIONS:
            rows = list(written(self.net, self.input, self.target, self.function.value, passes))
            self.table.set_columns(_columns(rows))
            self.table.set_rows(rows)
        else:
            for name, values in self._values(passes).items():
                self.grids[name].set_array(plain(values))
        self._tell(passes)

    def formula(self) -> str:
        law = tr("<i>E</i> = ½ (<i>y</i> − <i>t</i>)², <i>w</i> ← <i>w</i> − <i>η</i> ∂<i>E</i>/"
                 "∂<i>w</i>")  # fmt: skip
        if self.snapshot is None:
            return law
        passes, rate = self.run(), self.rate.value
        weight, by = float(self.net[-1][0, 0]), float(passes.by_net[-1][0, 0])
        delta, below = float(passes.by_sums[-1][0]), float(passes.outputs[-2][0])
        return law + tr(
            "<br><i>E</i> = ½ ({y} − {t})² = <b>{error}</b>"
            "<br>∂<i>E</i>/∂<i>w</i><sub>11</sub> = {delta}·{below} = <b>{by}</b>, "
            "<i>w</i><sub>11</sub> ← {weight} − {rate}·{own} = {after}",
            y=figure(passes.output), t=bracketed(self.target), error=figure(passes.error, 4),
            delta=bracketed(delta, 4), below=bracketed(below), by=figure(by, 4),
            own=bracketed(by, 4), weight=figure(weight), rate=number(rate),
            after=figure(weight - rate * by),
        )  # fmt: skip

    def _tell(self, passes: Passes) -> None:
        """Say what one update does, and what the gradient foretells of it; or the same of Δx."""
        if self.shows.value == JACOBIANS:
            exact = self.run(x=self.input + self.change).output - passes.output
            *_, foretold = small_change(passes, self.change)
            change = tr(
                "Δy ≈ J·Δx = {foretold}, exactly {exact}",
                foretold=figure(float(foretold[0]), 4), exact=figure(exact, 4),
            )  # fmt: skip
            product = ", ".join(figure(float(one), 4) for one in passes.product[0])
            self.error.set_text(
                change,
                tr("product of the Jacobians: ∂y/∂x = ({product})", product=product),
                shorter=[(change, "")],
            )
            return
        rate = self.rate.value
        after = self.run(update(self.net, passes, rate)).error - passes.error
        square = sum(float(np.sum(by**2)) for by in passes.by_net)
        error, foretold_, measured = (
            figure(value, 4) for value in (passes.error, -rate * square, after)
        )
        self.error.set_text(
            tr("E = ½ ({y} − {t})² = {error}", y=figure(passes.output), t=bracketed(self.target),
               error=error),
            tr("one update: ΔE ≈ −η Σ (∂E/∂w)² = {foretold}, measured {measured}",
               foretold=foretold_, measured=measured),
            shorter=[
                (tr("E = {error}", error=error),
                 tr("one update: ΔE ≈ −η Σ (∂E/∂w)² = {foretold}, measured {measured}",
                    foretold=foretold_, measured=measured)),
                (tr("E = {error}", error=error),
                 tr("one update: ΔE ≈ {foretold}, measured {measured}",
                    foretold=foretold_, measured=measured)),
            ],
        )  # fmt: skip

    def _values(self, passes: Passes) -> dict[str, Any]:
        """The arrays of what is shown, by the names of their grids."""
        net = self.net
        if self.shows.value == JACOBIANS:
            found: dict[str, Any] = {}
            changes = small_change(passes, self.change)
            for at, jacobian in enumerate(passes.jacobians):
                found[f"change {at}"] = changes[at]
                found[f"J {at}"] = found[f"again J {at}"] = jacobian
            found[f"change {len(net)}"] = changes[-1]
            exact = self.run(x=self.input + self.change).output - passes.output
            found |= {"exact": np.array([[exact]]), "by y": passes.by_outputs[-1]}
            found["by x"] = passes.by_input[None]
            return found
        found = {"x": self.input, "by x": passes.by_input}
        for at, (unit, weight) in enumerate(zip(unit_names(net), weight_names(net), strict=True)):
            found |= {
                weight: net[at], f"by {weight}": passes.by_net[at],
                f"z {unit}": passes.sums[at], f"by z {unit}": passes.by_sums[at],
                unit: passes.outputs[at], f"by {unit}": passes.by_outputs[at],
            }  # fmt: skip
        return found | {"t": np.array([[self.target]]), "E": np.array([[passes.error]])}

    def _build(self, passes: Passes) -> None:
        """Make the grids of what is to be shown."""
        net, shown = self.net, self.shows.value
        if shown == EQUATIONS:
            return
        values = self._values(passes)
        if shown == JACOBIANS:
            rows = self._jacobian_rows(len(net))
            target = self.jacobians
        else:
            rows = self._pass_rows()
            target = self.passes
        self.grids = {}
        made = []
        for row in rows:
            grids = []
            for name, caption in row:
                given = name in ("x", "t", "change 0", *weight_names(net))
                is_derivative = name.startswith(("by", "J", "again", "change", "exact"))
                grid = ExactGrid(
                    DERIVATIVES if is_derivative else VALUES, legend=False, editable=given
                )
                grid.set_array(plain(values[name]))
                grid.set_caption(caption)
                grid.describe = partial(self._describe, name)
                if given:
                    grid.edited.connect(partial(self._edit, name))
                self.grids[name] = grid
                grids.append(grid)
            made.append(grids)
        target.set_rows(made)

    def _pass_rows(self) -> list[list[tuple[str, str]]]:
        above, below = [("x", tr("x"))], [("by x", "∂E/∂x")]
        for unit, weight in zip(unit_names(self.net), weight_names(self.net), strict=True):
            above += [
                (weight, tr("{weight}, bias", weight=weight)), (f"z {unit}", "z"), (unit, unit),
            ]  # fmt: skip
            below += [
                (f"by {weight}", f"∂E/∂{weight}"), (f"by z {unit}", "∂E/∂z"),
                (f"by {unit}", f"∂E/∂{unit}"),
            ]  # fmt: skip
        return [[*above, ("t", tr("t"))], [*below, ("E", tr("E"))]]

    def _jacobian_rows(self, layers: int) -> list[list[tuple[str, str]]]:
        names = unit_names(self.net)
        along = [("change 0", "Δx")]
        for at, unit in enumerate(names):
            lower = "x" if at == 0 else names[at - 1]
            along += [(f"J {at}", f"∂{unit}/∂{lower}"), (f"change {at + 1}", f"Δ{unit}")]
        back = [("by y", "∂E/∂y")]
        for at in reversed(range(layers)):
            lower = "x" if at == 0 else names[at - 1]
            back.append((f"again J {at}", f"· ∂{names[at]}/∂{lower}"))
        return [[*along, ("exact", tr("exact"))], [*back, ("by x", "= ∂E/∂x")]]

    def _describe(self, name: str, row: int, column: int) -> str:
        value = float(self.grids[name].values[row, column])
        if name in weight_names(self.net):
            is_bias = column == self.grids[name].values.shape[1] - 1
            if is_bias:
                return tr("bias of unit {unit}: {value}", unit=row + 1, value=figure(value, 4))
            return tr(
                "weight to unit {unit} from {below} below: {value}",
                unit=row + 1, below=column + 1, value=figure(value, 4),
            )  # fmt: skip
        caption = self.grids[name].caption.strip("·= ")
        return tr("{name}, {place}: {value}", name=caption, place=row + 1, value=figure(value, 5))

    # What the user does

    def _remember(self) -> None:
        self._past.append((dict(self.nets), self.input, self.target))
        del self._past[:-KEPT]

    def _edit(self, name: str, row: int, column: int, value: float) -> None:
        value = min(max(value, -MOST), MOST)
        self.grabbed.emit()
        if name == "change 0":
            self.change = self.change.copy()
            self.change[row] = value
            self.refresh()
            return
        self._remember()
        if name == "x":
            self.input = self.input.copy()
            self.input[row] = value
        elif name == "t":
            self.target = value
        else:
            at = weight_names(self.net).index(name)
            layer = self.net[at].copy()
            layer[row, column] = value
            self._take((*self.net[:at], layer, *self.net[at + 1 :]))
        self.refresh()

    def _take(self, net: Sequence[Floats]) -> None:
        self.nets = {**self.nets, self.shape.value: tuple(net)}

    def _update(self) -> None:
        new = update(self.net, self.run(), self.rate.value)
        self.grabbed.emit()
        if max(float(np.abs(layer).max()) for layer in new) <= MOST:
            self._remember()
            self._take(new)
        self.refresh()

    def _undo(self) -> None:
        if self._past:
            self.nets, self.input, self.target = self._past.pop()
            self.grabbed.emit()
            self.refresh()

    def _restart(self) -> None:
        self._remember()
        self._take(FIRST[self.shape.value])
        self.grabbed.emit()
        self.refresh()


class _LongTable(Table):
    """A table that a scroll area leads through: it has room for all of its rows."""

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        super().set_rows(rows)
        self._take_room()

    def restyle(self) -> None:
        super().restyle()
        self._take_room()

    def _take_room(self) -> None:
        self.setMinimumHeight(round(LEAST_PITCH * themes.text_px(self) * (1 + len(self.rows))))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        event.ignore()


def _columns(rows: Sequence[tuple[str, str, str]]) -> tuple[Column, ...]:
    """The columns of what is written out, as wide as their longest texts."""
    names, forward, backward = (max(texts, key=len) for texts in zip(*rows, strict=True))
    return (
        Column("", widest=names, left=True),
        Column(tr("forward: value"), widest=forward, left=True, rank=1),
        Column(tr("backward: derivative"), widest=backward, left=True),
    )


def _is_matrix(value: Any, shape: tuple[int, ...]) -> bool:
    """Whether it is lists of finite numbers, of this shape."""
    if not shape:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and math.isfinite(value) and abs(value) <= MOST
    if not isinstance(value, (list, tuple)) or len(value) != shape[0]:
        return False
    return all(_is_matrix(one, shape[1:]) for one in value)


def _is_net(value: Any, like: Net) -> bool:
    if not isinstance(value, (list, tuple)) or len(value) != len(like):
        return False
    return all(_is_matrix(one, layer.shape) for one, layer in zip(value, like, strict=True))
