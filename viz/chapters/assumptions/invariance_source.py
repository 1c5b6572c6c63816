"""Where invariance comes from: the same sweep by networks that differ in one ingredient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.assumptions.measure.left_right import one_digit
from viz.chapters.assumptions.measure.sources import NETWORKS, SWEEPS, Swept, sweep
from viz.chapters.assumptions.words import (
    PATTERNS,
    curve_colour,
    figures,
    ingredient_name,
    ingredient_tip,
)
from viz.chapters.compared_networks import error_on, usable
from viz.chapters.equivariance.measure.invariance import (
    posed,
    present_value,
    target_class,
)
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, number, percent, tr
from viz.measure.shift_map import middle_of
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.nets.networks import MAIN
from viz.views.theme import GRID
from viz.views.widgets.class_map import class_name
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.table import Column, Table

STEPS = {"dx": 0.5, "scale": 0.025, "angle": 3.0}
"""How far an arrow key goes."""


class InvarianceSource(MeasuredInstrument):
    """p(target class) of five networks above one sweep, and for all sweeps the share that keeps the
    prediction. A drag along the curves changes the drawing."""

    tells_answer = True
    id = "invariance-source"
    title = tr("Where invariance comes from")
    tab = tr("Sources")
    hint = tr("Choose shift, scale or rotation, and drag along the curves until answers are lost.")
    tip = tr(
        "Each network reads the same window while the drawing is shifted, scaled or rotated: "
        "p(target class), and the share of the sweep with the prediction argmax y of its middle."
    )
    explanation = tr(
        "Four networks learned the same centred digits. <b>Sharing</b> kernels makes feature maps "
        "equivariant: they shift with the input. <b>Invariance</b> to shift comes from pooling and "
        "the head: with each map’s <b>average</b> the prediction stays wherever the digit stands. "
        "Nothing built in helps with scale or rotation; training does, as “augmented” shows, which "
        "predicts none beyond the reach it learned. <b>Softmax</b> adds no invariance. Of several "
        "digits one is swept, the others are left out."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._swept: dict[str, Swept] = {}
        self._gesture = 0
        self.kind = Segmented(
            tr("Sweep"),
            (
                Option("dx", tr("shift"), tr("The drawing is shifted along x.")),
                Option("scale", tr("scale"), tr("The drawing is made smaller and larger.")),
                Option("angle", tr("rotation"), tr("The drawing is rotated clockwise.")),
            ),
            label=tr("sweep"),
        )
        self.add_setting("sweep", self.kind)
        self.plot = Plot()
        self.table = Table(tr("Share of each sweep with the same prediction"), _columns())
        self.table.describe = lambda row, column: ingredient_tip(NETWORKS[row])
        self.kind.chosen.connect(lambda _kind: self._draw())
        self.plot.started.connect(self._start)
        self.plot.chosen.connect(self._go)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.plot, 6)
        row.addWidget(self.table, 5)
        self.set_view(view)
        self._draw()

    # What is measured

    def _subject(self, snapshot: Snapshot) -> tuple[frozenset[int], tuple[float, float]]:
        """Which items are changed, and the middle (x, y) of the window."""
        scene = snapshot.scene
        chosen = [index for index in self.document.selection if index < len(scene.items)]
        middle = middle_of(self.document.shown_window() or (0, 0), snapshot.architecture)
        return one_digit(scene, chosen, middle), middle

    def key(self, snapshot: Snapshot) -> Any:
        scene = snapshot.scene
        items, middle = self._subject(snapshot)
        row, column = self.document.shown_window() or (0, 0)
        output = snapshot.maps["output"][:NONE_CLASS]
        row, column = min(row, output.shape[1] - 1), min(column, output.shape[2] - 1)
        target = target_class(scene, items, middle, int(output[:, row, column].argmax()))
        return scene, items, middle, target, self.kind.value

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        scene, items, middle, target, first = key
        loaded, _ = usable(nets, NETWORKS)
        yield None
        for kind in (first, *(other for other in SWEEPS if other != first)):
            yield from sweep(loaded, scene, items, kind, middle, target)

    # What is shown

    def refresh(self) -> None:
        super().refresh()
        snapshot = self.snapshot
        if snapshot is not None and self.isVisible() and snapshot.scene.items:
            items, middle = self._subject(snapshot)
            self.plot.set_mark(present_value(snapshot.scene, items, self.kind.value, middle))

    def show_result(self, result: Swept) -> None:
        self._swept[result.kind] = result
        if result.kind == self.kind.value:
            self._draw()
        self._show_table()

    def set_dimmed(self, dimmed: bool) -> None:
        self.plot.set_dimmed(dimmed)
        self.table.set_dimmed(dimmed)

    def clear(self) -> None:
        self._swept.clear()
        self._draw()

    def formula(self) -> str:
        law = tr(
            "invariance = values with argmax <i>y</i> as at the middle / all values; "
            "argmax softmax(<i>y</i>) = argmax <i>y</i>"
        )
        swept = self._swept.get(self.kind.value)
        if swept is None:
            return law
        parts = []
        for name in NETWORKS:
            if name in swept.logits:
                kept, count = swept.kept(name)
                parts.append(
                    tr("{network} {kept} / {all} = <b>{share}</b>", network=ingredient_name(name),
                       kept=kept, all=count, share=percent(kept / count, 0))
                )  # fmt: skip
        return law + "<br>" + ", ".join(parts)

    def _draw(self) -> None:
        kind, swept = self.kind.value, self._swept.get(self.kind.value)
        values = SWEEPS[kind]
        self.plot.step, self.plot.fine = STEPS[kind], STEPS[kind] / 2
        self.plot.set_ranges((float(values[0]), float(values[-1])), (0.0, 1.0))
        labels = {"dx": tr("shift dx / px"), "scale": tr("scale"), "angle": tr("rotation / °")}
        if swept is None:
            self.plot.set_labels(labels[kind], tr("p(target class)"))
            self.plot.set_series(())
        else:
            self.plot.set_labels(labels[kind], tr("p({name})", name=class_name(swept.target)))
            self.plot.set_series(
                [
                    Series(
                        ingredient_name(name), swept.values, swept.curve(name), _COLOURS[name],
                        thick=name == NETWORKS[3], pattern=_PATTERNS[name],
                    )
                    for name in NETWORKS
                    if name in swept.logits
                ]
            )  # fmt: skip
        self._show_table()

    def _show_table(self) -> None:
        rows = []
        for name in NETWORKS:
            shares = []
            for kind in SWEEPS:
                swept = self._swept.get(kind)
                if swept is None or name not in swept.logits:
                    shares.append(UNKNOWN)
                else:
                    kept, count = swept.kept(name)
                    shares.append(percent(kept / count, 0))
            rows.append((ingredient_name(name), _error(name), self._read(name), *shares))
        self.table.set_rows(rows)

    def _read(self, name: str) -> str:
        """What a network reads in the middle of the sweep, to which its share belongs."""
        swept = self._swept.get(self.kind.value)
        if swept is None or name not in swept.logits:
            return UNKNOWN
        return class_name(int(swept.logits[name][len(swept.values) // 2].argmax()))

    # The user

    def _start(self) -> None:
        self._gesture = self.document.new_gesture()

    def _go(self, value: float) -> None:
        """Change the drawing so."""
        document, snapshot = self.document, self.snapshot
        if snapshot is None or snapshot is not document.snapshot or not document.scene.items:
            return
        items, middle = self._subject(snapshot)
        scene = posed(document.scene, items, self.kind.value, value, middle)
        document.apply(scene, tr("Change the drawing"), gesture=self._gesture)


_COLOURS = {name: curve_colour(place, len(NETWORKS)) for place, name in enumerate(NETWORKS)}
_PATTERNS = dict(zip(NETWORKS, PATTERNS[::-1], strict=True))


def _error(name: str) -> str:
    """The error on centred test digits, in percent."""
    if name == MAIN:
        share = error_on("MNIST test, centred", name)
        return UNKNOWN if share is None else percent(share)
    value = figures(name).get("test")
    return f"{number(value, 1)} %" if isinstance(value, (int, float)) else UNKNOWN


def _columns() -> tuple[Column, ...]:
    about = tr("The share of the sweep in which the network’s prediction is that of its middle: ")
    ranges = {
        kind: tr("{low} to {high}", low=number(values[0]), high=number(values[-1]))
        for kind, values in SWEEPS.items()
    }
    return (
        Column("", widest=max(map(ingredient_name, NETWORKS), key=len), left=True),
        Column(
            tr("error"), tr("centred"), widest="00.0 %", rank=1,
            tip=tr("Of MNIST’s 10,000 test digits, centred: the share read wrongly."),
        ),
        Column(
            tr("reads"), widest=tr("none"), rank=2,
            tip=tr("The prediction in the middle of the sweep that is shown."),
        ),
        Column(tr("same prediction"), tr("shift"), about + ranges["dx"] + " px.", "100 %"),
        Column("", tr("scale"), about + ranges["scale"] + ".", "100 %", joined=True),
        Column("", tr("rotation"), about + ranges["angle"] + "°.", "100 %", joined=True),
    )  # fmt: skip
