"""The toy: [0 1 0 0] and [0 0 1 0] pool to the same; what the user's last move changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.operator_strip import Strip
from viz.chapters.pooling.toy_bars import SAME
from viz.chapters.pooling.toy_view import ToyView
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views.theme import Theme
from viz.views.widgets.text_cache import signed

if TYPE_CHECKING:
    from viz.model.player import Player


class PoolingToy(QWidget):
    """The instrument: the operator, what the last move changed, and the toy."""

    id = "pooling-toy"

    def __init__(
        self, operator: Operator, player: Player | None = None, parent: QWidget | None = None
    ) -> None:
        """``player`` plays the demonstrations that the toy does not follow, and says so."""
        super().__init__(parent)
        self._operator, self._player = operator, player
        self.title = tr("Toy")
        self.hint = tr(
            "Drag the 1 to the next place: the input changes, what it is pooled to may not."
        )
        self.tip = tr(
            "Drag [0 1 0 0] to [0 0 1 0]: how far the input changed, ‖x′ − x‖, and how far what it "
            "is pooled to, ‖P(x′) − P(x)‖."
        )
        self.strip = Strip(operator, toy=True)
        self.view = ToyView(operator)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.view, 1)
        self.view.changed.connect(self._say)
        if player is not None:
            player.demonstration_changed.connect(self._say)
            player.taken_over_changed.connect(self._say)
        self._say()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """The toy does not depend on the canvas."""

    def showEvent(self, event: QShowEvent | None) -> None:
        """Seen again, perhaps in another chapter's wake."""
        self._say()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self.strip.set_theme(theme, text_px)
        self.view.set_theme(theme, text_px)

    def state(self) -> dict[str, Any]:
        """The operator, the signal, and what the last move made of it."""
        return {"operator": self._operator.state(), **self.view.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take them back, as far as they make sense."""
        operator = state.get("operator")
        if isinstance(operator, Mapping):
            self._operator.restore(operator)
        self.view.restore(state)  # last: another operator begins a move anew

    def _say(self) -> None:
        view = self.view
        moved, (before, after) = view.moved, view.changes()
        tip = tr(
            "How far the signal x and what it is pooled to, P(x), have come since the hand’s last "
            "move began, where x′ is the signal now:"
        )
        tip += f"\n‖x′ − x‖ = √Σ (x′ᵢ − xᵢ)² = {before:.2f}\n‖P(x′) − P(x)‖ = {after:.2f}"
        if before < SAME and not moved:
            self.strip.say(*self._promise(), tip=tip)
            return
        numbers = tr("input changed by {x:.2f}, output by {y:.2f}", x=before, y=after)
        brief = tr("changes {x:.2f} → {y:.2f}", x=before, y=after)
        if not moved:
            self.strip.say(numbers, brief, tip=tip)
            return
        text = signed(moved, 2).rstrip("0").rstrip(".")
        verdict = self._verdict(after >= SAME)
        self.strip.say(
            tr("moved by {shift}: {numbers}", shift=text, numbers=numbers) + f" – {verdict}",
            f"{numbers} – {verdict}",
            f"{brief} – {verdict}",
            verdict,
            tip=tip,
        )

    def _promise(self) -> tuple[str, ...]:
        """What a drag will show, as it holds for the kind; longest wording first. While a
        demonstration is on the canvas, that it is not here."""
        player = self._player
        if player is not None and player.at_hand is not None and not player.taken_over:
            return (
                tr("The toy has a signal of its own. What the demonstration changes: see Steps."),
                tr("A signal of its own; the demonstration: see Steps."),
                tr("Demonstration: see Steps."),
            )
        drag = tr("Drag ◂●▸, or a bar.")
        if self.view.pooling.kind == "blur":
            return (
                tr("Drag ◂●▸: blur weighs places, so the output changes inside a window, too."),
                tr("Drag ◂●▸: blur weighs places, even inside a window."),
                drag,
            )
        return (
            tr("Drag ◂●▸ by whole cells: the output changes only across a window’s border."),
            tr("Drag ◂●▸ by a cell: only a border changes the output."),
            drag,
        )

    def _verdict(self, changed: bool) -> str:
        """Why the last move changed the output, or did not."""
        seen, crossed = self.view.lies()
        if crossed:
            if changed:
                return tr("across a window’s border")
            return tr("across a window’s border, yet the same output")
        if not changed:
            return tr("same windows, same output") if seen else tr("no window holds it")
        if self.view.moved % 1:
            return tr("between cells, values change")
        return tr("same windows, but blur weighs places")  # all others take places alike
