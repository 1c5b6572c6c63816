"""Toy: [0 1 0 0] and [0 0 1 0] pool to the same; what the user's last move changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtGui import QResizeEvent

from viz.chapters.instrument import Context, Instrument
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.operator_controls import OperatorControls
from viz.chapters.pooling.toy_view import SAME, ToyView
from viz.chapters.pooling.words import rich_formula
from viz.i18n import number, tr
from viz.views.theme import text_px
from viz.views.widgets.line import Line

LOW = 11
"""Lines of text: in less height the bars need the place of the formula and of the line below it."""


class Toy(Instrument):
    """The operator, what the last move changed, and the toy."""

    id = "pooling-toy"
    title = tr("Toy")
    hint = tr("Drag the 1 to the next place: the input changes, the pooled output may not.")
    tip = tr(
        "Drag [0 1 0 0] to [0 0 1 0]: how much the input changed, ‖x′ − x‖, and how much the "
        "pooled output, ‖P(x′) − P(x)‖."
    )
    explanation = tr(
        "Eight cells are pooled, one output for each bracket. Drag the 1 by a cell: within its "
        "window the input changes and the output does not, because pooling keeps <i>that</i> "
        "something is there and not <i>where</i>. So one window over four cells pools [0 1 0 0] "
        "and [0 0 1 0] alike. With windows of 2 and stride 2, as in the lecture’s notes, it does "
        "not: choose them, and the step crosses a border. Blur weights the places in its window, "
        "so its output changes within one, too."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.operator, self.player = context.shared(Operator), context.player
        self.controls = OperatorControls(self, self.operator, toy=True)
        self.line, self.view = Line(), ToyView(self.operator)
        self.add_control(self.line)
        self.set_view(self.view)
        self.view.changed.connect(self.refresh)
        self.player.demonstration_changed.connect(self.refresh)
        self.player.taken_over_changed.connect(self.refresh)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        is_low = self.height() < LOW * text_px(self)
        self.controls.formula.setVisible(not is_low)
        self._flow.set_compact(is_low)
        super().resizeEvent(event)

    def state(self) -> dict[str, Any]:
        return {"operator": self.operator.state(), **self.view.signal.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.operator.restore(state.get("operator"))
        self.view.restore(state)  # last: another operator begins a move anew

    def refresh(self) -> None:
        signal = self.view.signal
        moved, (before, after) = signal.moved, signal.changes(self.operator.toy)
        tip = tr(
            "How much the signal x and the pooled output P(x) have changed since the last move "
            "began; x′ is the signal now:"
        )
        tip += f"\n‖x′ − x‖ = √Σ (x′ᵢ − xᵢ)² = {before:.2f}\n‖P(x′) − P(x)‖ = {after:.2f}"
        if before < SAME and not moved:
            text, *shorter = self._promise()
            self.line.set_text(text, tip=tip, shorter=[(one, "") for one in shorter])
            return
        numbers = {"x": number(before, 2), "y": number(after, 2)}
        if not moved:
            self.line.set_text(tr("input changed by {x}, output by {y}", **numbers), tip=tip)
            return
        told = tr(
            "moved by {shift}: input changed by {x}, output by {y}", shift=number(moved), **numbers
        )
        self.line.set_text(told, self._verdict(after >= SAME), tip)

    def formula(self) -> str:
        before, after = self.view.signal.changes(self.operator.toy)
        return (
            f"{rich_formula(self.operator.toy)}<br>‖<i>P</i>(<i>x</i>′) − <i>P</i>(<i>x</i>)‖ = "
            f"<b>{number(after, 2)}</b>, ‖<i>x</i>′ − <i>x</i>‖ = <b>{number(before, 2)}</b>"
        )

    def _promise(self) -> list[str]:
        """What a drag will show, as it holds for the kind, for more room and for less. While a
        demonstration is on the canvas, that it is not here."""
        if self.player.at_hand is not None and not self.player.taken_over:
            return [
                tr("The demonstration is shown in Steps, not here."),
                tr("The demonstration: see Steps."),
            ]
        if self.operator.toy.kind == "blur":
            return [
                tr("Drag ◂●▸: blur weights places, so the output changes inside a window, too."),
                tr("Drag ◂●▸: the output changes inside a window, too."),
            ]
        return [
            tr("Drag ◂●▸ by whole cells: the output changes only across a window’s border."),
            tr("Drag ◂●▸ across a window’s border."),
        ]

    def _verdict(self, changed: bool) -> str:
        """Why the last move changed the output, or did not."""
        signal, pooling = self.view.signal, self.operator.toy
        if signal.crossed(pooling):
            if changed:
                return tr("across a window’s border")
            return tr("across a window’s border, yet the same output")
        if not changed:
            is_seen = signal.seen(pooling)
            return tr("same windows, same output") if is_seen else tr("no window holds it")
        if signal.moved % 1:
            return tr("between cells, values change")
        return tr("same windows, but blur weights places")  # all others take places alike
