"""1989: five nets of growing structure learn 320 small digits, live or from the race that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.data import MissingMnistError
from viz.views.theme import GRID, Theme
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.push_button import push_button
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.table import Column, Table

PASSES = 30
MOST_SEED = 1_000_000
CURVE, HEADS = 1, 2
"""Of the table: the column with the lines of the curves, and the lines of heads."""

SHADES = (0.4, 0.52, 0.66, 0.8, None)
"""Places on the scale of activations, the last one text's own colour: the hues of the classes mean
something else."""

DASHES: tuple[tuple[float, ...], ...] = ((1, 2), (2, 2), (5, 2), (9, 2, 2, 2), ())
"""Of the curves: so that they are told apart without colour, too."""

SAMPLE = "–––––"
"""As wide as the line of a curve in the table."""


class NetTable(Table):
    """The figures of the nets, each beside the line of its curve."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        for place in (one for one in self.places() if one.number == CURVE):
            for line, row in enumerate(self.rows_in_sight):
                middle = self.top_of(place.block) + (HEADS + line + 0.5) * self.pitch
                one = Series("", np.zeros(0), np.zeros(0), _colour(row), pattern=DASHES[row])
                painter.setPen(one.pen(self.theme, self.text_px / 13))
                painter.drawLine(QPointF(place.left, middle), QPointF(place.right, middle))
        painter.end()


class Race(MeasuredInstrument):
    """Curves of the scores over the passes, and the figures of each net at the pass chosen; the
    race that ships until one is run."""

    id = "race-1989"
    title = tr("1989")
    hint = tr("Race: five nets learn at once; or click a pass in the curves of the stored race.")
    tip = tr(
        "Right answers among 160 digits after each pass over 320 others: five nets, whose weights "
        "descend on ½ Σ (y − t)², y = 1.7159 tanh(⅔ a), t = ±1."
    )
    explanation = tr(
        "In 1989 LeCun asked whether <b>structure</b> helps where examples are few: 320 small "
        "digits to learn, 160 to test. <b>Local</b> connections have far fewer parameters than "
        "full ones; <b>sharing</b> gives more links, but fewer <b>free parameters</b>. From the "
        "second net on parameters get fewer and the nets better. Pictures and rates were chosen "
        "here while training and test scores were seen side by side. Press Race, then try another "
        "seed. With other digits, or far more of them, the order need not hold."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.seed, self.at = 1, PASSES
        self.running = False
        """Whether nets are learning now."""
        self._kept: Any = None
        """The state of a race that was run here, from which it goes on; None: that which ships."""
        self.source = Segmented(
            tr("Digits"),
            (
                Option("pen", tr("pen strokes"), tr("Digits of two of the program’s writers.")),
                Option("mnist", tr("MNIST"), tr("Digits of many people, reduced to 13×13 pixels.")),
            ),
            label=tr("digits"),
        )
        self.source.chosen.connect(self._begin_anew)
        self.add_setting("digits", self.source)
        self.racing = push_button(tr("Race"), tr("Let the five nets learn."), self._toggle)
        self.again = push_button(tr("Again"), tr("Begin again from the same weights."), self._again)
        self.other = push_button(
            tr("Other seed"), tr("Other digits and other first weights."), self._elsewhere
        )
        for button in (self.racing, self.again, self.other):
            self.add_control(button)
        self.plot = Plot(tr("pass"), tr("right of 160 digits (%)"), step=1.0, fine=1.0, keyed=False)
        self.plot.set_ranges((0.0, float(PASSES)), (0.0, 100.0))
        self.plot.describe = self._describe
        self.plot.chosen.connect(lambda x: self._choose(round(x)))
        self.table = NetTable(tr("The five nets"), _columns())
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.plot, 1)
        row.addWidget(self.table, 2)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "seed": self.seed, "pass": self.at}

    def restore(self, state: Mapping[str, Any]) -> None:
        if "pass" in state:  # of the race that ships: states of nets are not kept
            self._kept, self.running = None, False
            self.racing.setText(tr("Race"))
        for name, key, least, most in (("seed", "seed", 1, MOST_SEED), ("at", "pass", 0, PASSES)):
            value = state.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
                setattr(self, name, value)
        super().restore(state)
        self._show_pass()

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # the digits are not those of the canvas

    def key(self, snapshot: Snapshot) -> Any:
        return self.source.value, self.seed, self.running, self._kept

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        from viz.measure import race  # with torch

        source, seed, running, kept = key
        if not running:
            yield race.stored().race if kept is None else kept
            return
        try:
            yield from race.race(source, seed, kept)
        except MissingMnistError as error:
            yield str(error)

    # What is shown

    def show_result(self, result: Any) -> None:
        self.plot.set_message(result if isinstance(result, str) else "")
        if isinstance(result, str):
            self.result = None
            self._pause()
            self.plot.set_series(())
            self.table.set_rows(())
            return
        state = result
        if self.running:
            self.at = state.passes
            if state.passes == PASSES:
                self._pause()
        series = [
            Series(name, np.arange(float(state.passes + 1)), state.asked[place],
                   colour=_colour(place), pattern=DASHES[place])
            for place, name in enumerate(_names())
        ]  # fmt: skip
        self.plot.set_series(series)
        self.plot.set_note(self._told(state))
        self._show_pass()

    def _told(self, state: Any) -> str:
        """Which race it is."""
        digits = next(one.text for one in self.source.options if one.value == state.source)
        if not state.states:
            return tr("stored race: {digits}, seed {seed}", digits=digits, seed=state.seed)
        return tr("{digits}, seed {seed}", digits=digits, seed=state.seed)

    def set_dimmed(self, dimmed: bool) -> None:
        self.plot.set_dimmed(dimmed)
        self.table.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("score = right answers / 160, links ≥ free parameters")
        if self.result is None:
            return law
        from viz.measure.race import nets_of_the_race

        at, net = min(self.at, self.result.passes), nets_of_the_race()[-1]
        right = round(1.6 * float(self.result.asked[-1, at]))
        return law + tr(
            "<br>both layers shared, after {passes} passes: {right} / 160 = <b>{score}</b>, with "
            "{parameters:,} parameters on {links:,} links",
            passes=at, right=right, score=percent(right / 160),
            parameters=net.parameters, links=net.links,
        )  # fmt: skip

    def _show_pass(self) -> None:
        if self.result is None:
            return
        from viz.measure import race

        state, at = self.result, min(self.at, self.result.passes)
        figures = race.stored().figures["nets"]
        self.plot.set_mark(float(at))
        self.table.set_rows(
            [
                (
                    name,
                    "",
                    f"{net.parameters:,}",
                    f"{net.links:,}",
                    number(float(state.learned[place, at]), 1),
                    number(float(state.asked[place, at]), 1),
                    f"{number(kept['score_mean'], 1)} ± {number(kept['spread'], 1)}",
                    number(net.published, 1),
                )
                for place, (name, net, kept) in enumerate(
                    zip(_names(), race.nets_of_the_race(), figures, strict=True)
                )
            ]
        )

    def _describe(self, series: Series, x: float) -> str:
        return tr("{net}: {score} %", net=series.name, score=number(series.at(round(x)), 1))

    # Running

    def _toggle(self) -> None:
        if self.running:
            self._pause()
            self.refresh()
            return
        if self.result is None or self.result.passes == PASSES:
            self._kept = None
        self._go()

    def _again(self) -> None:
        self._kept = None
        self._go()

    def _elsewhere(self) -> None:
        self.seed = self.seed % MOST_SEED + 1
        self._again()

    def _begin_anew(self, _source: str) -> None:
        """Other digits: what was learned from those before is of no use."""
        self._kept = None
        if self.source.value == "pen" and not self.running:
            self.seed = 1  # the race that ships is shown
        else:
            self._go()

    def _go(self) -> None:
        self.running = True
        self.racing.setText(tr("Pause"))
        self.grabbed.emit()
        self._forget()  # the same race may be wanted once more
        self.refresh()

    def _pause(self) -> None:
        """Stop after the pass that is shown, from which it may go on."""
        self.running = False
        self.racing.setText(tr("Race"))
        self._kept = self.result
        self._forget()

    def _choose(self, at: int) -> None:
        self.at = min(max(at, 0), PASSES)
        self.grabbed.emit()
        self._show_pass()

    def hideEvent(self, event: QHideEvent | None) -> None:
        if self.running:
            self._pause()
        super().hideEvent(event)


def _columns() -> tuple[Column, ...]:
    return (
        Column(tr("net"), left=True, widest=tr("both layers shared") + "  "),
        Column(tr("curve"), left=True, widest=SAMPLE),
        Column(tr("parameters"), widest="3,214", rank=3, tip=tr("Free: shared ones count once.")),
        Column(tr("links"), widest="5,194", rank=2,
               tip=tr("Weights and biases, counted once for each unit that has them.")),
        Column(tr("training"), tr("of 320, %"), widest="100.0", rank=4,
               tip=tr("Right answers among the 320 digits that are learned.")),
        Column(tr("test"), tr("of 160, %"), widest="100.0",
               tip=tr("Right answers among the 160 digits that are not learned.")),
        Column(tr("20 races"), tr("mean ± σ, %"), widest="88.8 ± 8.8", rank=1,
               tip=tr("Right answers among 160 after 30 passes, with pen strokes, seeds 1 to 20.")),
        Column(tr("1989"), "%", widest="98.4",
               tip=tr("LeCun, “Generalization and network design strategies”, 1989.")),
    )  # fmt: skip


def _names() -> tuple[str, ...]:
    """What the five are called, from the plainest on."""
    return (
        tr("no hidden layer"),
        tr("12 hidden units"),
        tr("locally connected"),
        tr("first layer shared"),
        tr("both layers shared"),
    )


def _colour(place: int) -> Callable[[Theme], QColor]:
    shade = SHADES[place]
    if shade is None:
        return lambda theme: theme.text
    return lambda theme: QColor(int(theme.sequential[int(255 * shade)]))
