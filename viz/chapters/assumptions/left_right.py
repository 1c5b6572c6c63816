"""Left and right: what networks that learned digits on the left make of digits on the right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.assumptions.measure.left_right import (
    LEFT,
    NETWORKS,
    REACH,
    RIGHT,
    Sides,
    along,
    one_digit,
    present_place,
)
from viz.chapters.assumptions.words import (
    PATTERNS,
    curve_colour,
    figures,
    ingredient_name,
    ingredient_tip,
)
from viz.chapters.compared_networks import usable
from viz.chapters.equivariance.measure.invariance import target_class
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, number, tr
from viz.measure.shift_map import middle_of
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import NONE_CLASS
from viz.nets.experiments import FIELD
from viz.scene.edit import moved
from viz.views.theme import GRID, text_px
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.table import Column, Table

HIGH = 17
"""From this height on, in sizes of text, the kernels stand below the table."""


class LeftRight(MeasuredInstrument):
    """p(target class) of three networks along the digit's way from left to right, a table of their
    errors on both sides, and the kernels of the one that shares none. A drag moves the digit."""

    tells_answer = True
    id = "left-right"
    title = tr("Left and right")
    tab = tr("Sides")
    hint = tr("Drag along the curves from left to right: which network still answers rightly?")
    tip = tr(
        "Three networks learned MNIST’s digits in the left half of a field of 64×64 px only; "
        "p(target class) = exp y / Σ exp y of the drawing shifted along x, and their errors on the "
        "left and on the right."
    )
    explanation = tr(
        "Three networks learned digits on the left only. With <b>shared kernels</b> and a head "
        "that averages all places, what was learned on the left holds on the right. With "
        "<b>unshared kernels</b>, those on the right never had a digit in their receptive field "
        "and stay random, as their picture shows. Nor does a head with a weight for each place "
        "learn anything there; on the left it errs least, for it may use where parts are, which "
        "the average gives up. Drag the digit across: sharing pays where place does not matter."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.line = Line(quiet=True)
        self.add_control(self.line)
        self.plot = Plot(tr("middle of the digit, x / px"), step=2.0, fine=2.0)
        self.plot.set_ranges((float(REACH), float(FIELD - REACH)), (0.0, 1.5))  # room for words
        self.plot.set_references([(LEFT, tr("learned")), (RIGHT, tr("not learned"))])
        self.table = Table(tr("Networks that learned on the left"), _columns())
        self.table.describe = lambda row, column: ingredient_tip(NETWORKS[row])
        self.kernels = Heatmap(LockedScale(1.0, signed=True), legend=False)
        self.kernels.describe = _describe_kernels
        self._gesture = 0
        self.plot.started.connect(self._start)
        self.plot.chosen.connect(self._go)
        view = _Row(self.plot, self.table, self.kernels)
        self.set_view(view)
        self._show_table()

    # What is measured

    def _items(self, snapshot: Snapshot) -> frozenset[int]:
        """Which items are looked at: one digit, not two."""
        scene = snapshot.scene
        chosen = [index for index in self.document.selection if index < len(scene.items)]
        place = self.document.shown_window() or (0, 0)
        middle = middle_of(place, snapshot.architecture)
        return one_digit(scene, chosen, middle)

    def key(self, snapshot: Snapshot) -> Any:
        scene, items = snapshot.scene, self._items(snapshot)
        row, column = self.document.shown_window() or (0, 0)
        output = snapshot.maps["output"][:NONE_CLASS]
        row, column = min(row, output.shape[1] - 1), min(column, output.shape[2] - 1)
        middle = middle_of((row, column), snapshot.architecture)
        target = target_class(scene, items, middle, int(output[:, row, column].argmax()))
        return scene, items, target

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        scene, items, target = key
        loaded, _ = usable(nets, NETWORKS)
        yield None
        yield from along(loaded, scene, items, target)

    # What is shown

    def refresh(self) -> None:
        super().refresh()
        if self.snapshot is not None and self.isVisible() and self.snapshot.scene.items:
            self.plot.set_mark(present_place(self.snapshot.scene, self._items(self.snapshot)))

    def show_result(self, result: Sides) -> None:
        self.plot.set_labels(tr("middle of the digit, x / px"), tr("p({name})", name=result.target))
        self.plot.set_series(
            [
                Series(
                    ingredient_name(name), result.places,
                    result.probabilities(name)[:, result.target], _COLOURS[name],
                    thick=name == NETWORKS[0], pattern=_PATTERNS[name],
                )
                for name in reversed(NETWORKS)
                if name in result.logits
            ]
        )  # fmt: skip
        missing = [ingredient_name(name) for name in NETWORKS if name not in result.logits]
        said = tr("Target class {target}; other digits are left out.", target=result.target)
        self.line.set_text(
            tr("Without weights: {names}", names=", ".join(missing)) if missing else said
        )
        self.kernels.set_scale(LockedScale(float(np.abs(result.kernels).max(initial=0.1)), True))
        self.kernels.set_array(result.kernels)
        self.kernels.set_caption(
            tr("unshared kernels of one map, each at its place"), shorter=tr("unshared kernels")
        )
        self._show_table()

    def set_dimmed(self, dimmed: bool) -> None:
        self.plot.set_dimmed(dimmed)
        self.table.set_dimmed(dimmed)

    def clear(self) -> None:
        self.plot.set_series(())
        self.plot.set_mark(None)
        self._show_table()

    def formula(self) -> str:
        result: Sides | None = self.result
        law = "<i>p</i>(<i>c</i>) = exp <i>y<sub>c</sub></i> / Σ exp <i>y</i>"
        if result is None:
            return law
        at = [result.nearest(x) for x in (LEFT, RIGHT)]
        parts = []
        for name in NETWORKS:
            if name in result.logits:
                left, right = (result.probabilities(name)[place, result.target] for place in at)
                parts.append(
                    tr("{network}: {left} → <b>{right}</b>", network=ingredient_name(name),
                       left=number(float(left), 2), right=number(float(right), 2))
                )  # fmt: skip
        return tr(
            "{law}<br><i>p</i>({digit}) at x = {a} → {b} px: {parts}",
            law=law, digit=result.target, a=number(result.places[at[0]], 0),
            b=number(result.places[at[1]], 0), parts=", ".join(parts),
        )  # fmt: skip

    def _show_table(self) -> None:
        result: Sides | None = self.result
        rows = []
        for name in NETWORKS:
            found = figures(name)
            now = UNKNOWN
            if result is not None and result.present is not None and name in result.logits:
                now = str(result.answer(name, result.present))
            rows.append(
                (
                    ingredient_name(name),
                    f"{networks.architecture(name).parameters:,}",
                    _error(found.get("left")),
                    _error(found.get("right")),
                    now,
                )
            )
        self.table.set_rows(rows)

    # The user

    def _start(self) -> None:
        self._gesture = self.document.new_gesture()

    def _go(self, x: float) -> None:
        """Move the digit to the place that was chosen."""
        document, snapshot = self.document, self.snapshot
        if snapshot is None or snapshot is not document.snapshot or not document.scene.items:
            return
        items = self._items(snapshot)
        by = round(x - present_place(document.scene, items))
        scene = moved(document.scene, items or range(len(document.scene.items)), by, 0.0)
        document.apply(scene, tr("Move the digit"), gesture=self._gesture)


_COLOURS = {name: curve_colour(2 - place, 3) for place, name in enumerate(NETWORKS)}
_PATTERNS = dict(zip(NETWORKS, PATTERNS, strict=False))


class _Row(QWidget):
    """The plot, beside it the table and, where there is room below that, the kernels."""

    def __init__(self, plot: QWidget, table: QWidget, kernels: QWidget) -> None:
        super().__init__()
        self._kernels = kernels
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addWidget(table, 2)
        right.addWidget(kernels, 3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4 * GRID)
        layout.addWidget(plot, 1)
        layout.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._kernels.setVisible(self.height() >= HIGH * text_px(self))


def _columns() -> tuple[Column, ...]:
    widest = max(map(ingredient_name, NETWORKS), key=len)
    return (
        Column("", widest=widest, left=True, tip=tr("What the network shares.")),
        Column(
            tr("parameters"), widest="69,790", rank=1,
            tip=tr("Weights and biases, all of them trained."),
        ),
        Column(
            tr("test error"), tr("left"), widest="90.0 %",
            tip=tr("Of MNIST’s 10,000 test digits, shown on the left: the share read wrongly."),
        ),
        Column(
            "", tr("right"), widest="90.0 %", joined=True,
            tip=tr("The same digits, 32 px further right, where none was shown in training."),
        ),
        Column(tr("now"), widest=tr("now"), tip=tr("The prediction for the drawing as it stands.")),
    )  # fmt: skip


def _error(value: Any) -> str:
    return f"{value:.1f} %" if isinstance(value, (int, float)) else UNKNOWN


def _describe_kernels(row: int, column: int) -> str:
    return tr(
        "kernel at place {y}, {x}, row {row}, column {column}",
        y=row // 5, x=column // 5, row=row % 5, column=column % 5,
    )  # fmt: skip
