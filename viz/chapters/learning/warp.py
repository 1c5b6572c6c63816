"""Warp: the plane, bent by a small net as it trains, until one line separates two classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRect
from PyQt6.QtGui import QColor, QHideEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.learning.measure.points import (
    MOST,
    REACH,
    Points,
    drawn_points,
    of_drawn,
    points,
)
from viz.chapters.learning.measure.warp import (
    BOUNDARY,
    COMPONENTS,
    FAR,
    RATE,
    SIGMA,
    STEPS,
    UNSURE,
    WIDTHS,
    Floats,
    Warped,
    far_field,
    grid,
    train,
    unsure,
)
from viz.chapters.learning.playback import Playback, button
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.plane import Dots, Plane, Trace
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.table import Column, Table

DRAWN = "drawn"
ERASER = -1
NEAR = 0.12
"""The eraser takes points so near."""

STRENGTH = 0.6
"""Opacity of the fields, so that grid and points stand out."""


class Warp(MeasuredInstrument):
    """The plane with the net's p, the hidden space with the bent grid and the dividing line,
    the loss; beside them a linear classifier and one of Gaussian kernels."""

    id = "warp"
    title = tr("Warp")
    hint = tr("Play: the grid bends until one line separates the classes. Click to add points.")
    tip = tr(
        "A net of 2-h-1: h = tanh(Wx + b), p = σ(v·h + c), trained by Adam on the mean of "
        "−log p(class); a straight line in the space of h is a curve in the plane."
    )
    explanation = tr(
        "A <b>hidden layer</b> bends the plane; then one straight line has to separate the two "
        "classes. The grid shows the bending: its lines are straight in the plane, curved among "
        "the <b>hidden units</b>. Two units cannot separate rings, three can: try each, and other "
        "starts. The <b>linear</b> classifier bends nothing and fails. The one of <b>Gaussian "
        "kernels</b> decides by nearness alone: right on its points, undecided far from them. Far "
        "off the net has p near 0 or 1, but no example says that it is right."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.seed = 1
        self.drawn: tuple[tuple[float, float, int], ...] = ()
        """The points (x, y, class) of the set that is drawn."""
        self.data = Segmented(tr("Points"), _sets(), label=tr("points"))
        self.units = Segmented(
            tr("Hidden units"),
            [Option(one, str(one), tr("A net of 2-{h}-1 units.", h=one)) for one in WIDTHS],
            label=tr("hidden"),
        )
        self.units.show_value(3)
        self.view = Segmented(
            tr("Hidden space"),
            (
                Option(
                    BOUNDARY, tr("across p = ½"),
                    tr("Of more than 2 hidden units: seen along the plane of p = ½, which is a "
                       "line so; upwards the principal component that is left."),
                ),
                Option(
                    COMPONENTS, tr("components"),
                    tr("Of more than 2 hidden units: projected onto the first two principal "
                       "components of the points."),
                ),
            ),
            label=tr("view"),
        )  # fmt: skip
        self.pen = Segmented(
            tr("A click"),
            (
                Option(0, tr("adds blue"), tr("A click in the plane adds a point of this class.")),
                Option(1, tr("adds red"), tr("A click in the plane adds a point of this class.")),
                Option(ERASER, tr("erases"), tr("A click or a drag removes the points there.")),
            ),
            label=tr("a click"),
        )
        for name, control in (
            ("points", self.data), ("units", self.units), ("view", self.view), ("pen", self.pen),
        ):  # fmt: skip
            self.add_setting(name, control)
        self._shown: Any = None
        """Result, step and view that are on the screen."""
        self.view.chosen.connect(lambda _: self._show_step())
        self.playback = Playback(self, STEPS, a_tick=2)
        self.playback.moved.connect(self._moved)
        self.data.chosen.connect(lambda _: self.playback.go(0))
        self.units.chosen.connect(lambda _: self.playback.go(0))
        self.other = button(
            tr("Other start"), tr("Train from other random weights."), self._start_elsewhere
        )
        for one in (*self.playback.buttons, self.other):
            self.add_control(one)
        self.plane, self.hidden, self.linear, self.kernel = (Plane() for _ in range(4))
        self.plane.pressed.connect(self._press)
        self.plane.dragged.connect(self._drag)
        self.plane.describe = self._describe
        self.loss = Plot(tr("step"), tr("loss"), step=1.0, fine=1.0, keyed=False)
        self.loss.chosen.connect(lambda x: self.playback.go(round(x)))
        self.table = Table(tr("Classifiers"), _columns())
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.plane, 7)
        row.addWidget(self.hidden, 7)
        row.addWidget(_Pair(self.linear, self.kernel), 4)
        row.addWidget(_Beside(self.table, self.loss), 9)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        own = {"step": self.playback.step, "seed": self.seed, "drawn": [[*p] for p in self.drawn]}
        return {**super().state(), **own}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.playback.take(state.get("step"))
        seed = state.get("seed")
        if isinstance(seed, int) and not isinstance(seed, bool) and 1 <= seed <= 1_000_000:
            self.seed = seed
        with suppress(ValueError):
            self.drawn = drawn_points(state.get("drawn"))
        super().restore(state)
        self._show_step()

    # What is computed

    def key(self, snapshot: Snapshot) -> Any:
        drawn = self.drawn if self.data.value == DRAWN else ()
        return self.data.value, self.units.value, self.seed, drawn

    def reason(self, snapshot: Snapshot) -> str:
        return ""

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Warped | Points | None]:
        name, units, seed, drawn = key
        data = of_drawn(drawn) if name == DRAWN else points(name)
        if not data.is_teachable:
            yield data
            return
        yield from train(data, units, seed)

    # What is shown

    def show_result(self, result: Warped | Points) -> None:
        self._shown = None
        if isinstance(result, Points):
            for plane in (self.hidden, self.linear, self.kernel):
                plane.set_field(None, 1.0, (-1.0, 1.0), _diverging)
                plane.set_traces(())
                plane.set_dots(())
            self.loss.set_series(())
            self.table.set_rows(())
            self.hidden.set_message(tr("Points of both classes are needed."))
            self._show_plane(result, None)
            return
        self.hidden.set_message("")
        steps = np.arange(float(len(result.losses)))
        top = max(0.1, 1.05 * float(result.losses.max()))
        self.loss.set_ranges((0.0, float(STEPS)), (0.0, top))
        self.loss.set_series([Series(tr("loss"), steps, result.losses)])
        for plane, plain, name, shorter in (
            (
                self.linear,
                result.linear,
                tr("linear, −{far} to {far}", far=number(FAR)),
                tr("linear"),
            ),
            (
                self.kernel,
                result.kernel,
                tr("kernels, −{far} to {far}", far=number(FAR)),
                tr("kernels"),
            ),
        ):
            plane.set_labels("", name, shorter=shorter)
            plane.set_ranges((-FAR, FAR), (-FAR, FAR))
            plane.set_field(plain.field, FAR, (-1.0, 1.0), _diverging, STRENGTH)
            plane.set_dots(_dots(result.data.places, result.data.classes, 4.0))
        self._show_step()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.plane, self.hidden, self.linear, self.kernel, self.table):
            part.set_dimmed(dimmed)
        self.loss.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("<i>h</i> = tanh(<i>W x</i> + <i>b</i>), <i>p</i> = <i>σ</i>(<i>v</i> · <i>h</i> "
                 "+ <i>c</i>), loss = mean of −log <i>p</i>(class)")  # fmt: skip
        if not isinstance(self.result, Warped):
            return law
        step = self.playback.step
        weights = self.result.weights(step)
        terms = " ".join(
            f"{'−' if v < 0 else '+'} {number(abs(float(v)), 2)}\N{NO-BREAK SPACE}<i>h</i>"
            f"<sub>{place}</sub>"
            for place, v in enumerate(weights.outer, 1)
        )
        return law + tr(
            "<br>after {step} steps of Adam, <i>η</i> = {rate}: the line is {terms} = {offset}"
            "<br>loss = <b>{loss}</b>, right = <b>{right}</b> of {count} points",
            step=step, rate=number(RATE), terms=terms.removeprefix("+ "),
            offset=number(-weights.offset, 2), loss=number(float(self.result.losses[step]), 3),
            right=percent(float(self.result.right[step])), count=len(self.result.data.classes),
        )  # fmt: skip

    def _show_step(self) -> None:
        result = self.result
        if not isinstance(result, Warped):
            return
        step, view = self.playback.step, self.view.value
        if (result, step, view) == self._shown:
            return
        self._shown = result, step, view
        self.loss.set_mark(float(step))
        weights, reach = result.weights(step), result.reach(view)
        answer = np.tanh(weights.logit(far_field(reach=REACH)) / 2)  # 2p − 1
        self._show_plane(result.data, answer)
        self.hidden.set_labels(*self._hidden_names(result))
        self.hidden.set_ranges((-reach, reach), (-reach, reach))
        line = result.line(step, view)
        traces = [_grid_trace(result.projected(step, _lines(), view))]
        if line is not None:
            traces.append(Trace(line[:, 0], line[:, 1], _accent, 2.5))
        self.hidden.set_traces(traces)
        places = result.projected(step, result.data.places, view)
        self.hidden.set_dots(_dots(places, result.data.classes))
        far = np.tanh(weights.logit(far_field()) / 2)
        rows = [
            _row(tr("net 2-{h}-1", h=result.units), float(result.right[step]),
                 float(result.losses[step]), unsure(far)),
            *(_row(name, plain.right, plain.loss, plain.unsure)
              for name, plain in ((tr("linear"), result.linear), (tr("kernels"), result.kernel))),
        ]  # fmt: skip
        self.table.set_rows(rows)

    def _show_plane(self, data: Points, answer: Floats | None) -> None:
        self.plane.set_ranges((-REACH, REACH), (-REACH, REACH))
        self.plane.set_labels(tr("x₁"), tr("plane, x₂"))
        self.plane.set_field(answer, REACH, (-1.0, 1.0), _diverging, STRENGTH)
        self.plane.set_traces([_grid_trace(_lines())])
        self.plane.set_dots(_dots(data.places, data.classes))

    def _hidden_names(self, result: Warped) -> tuple[str, str]:
        if result.units == 2:
            return tr("h₁"), tr("hidden units, h₂")
        if self.view.value == BOUNDARY:
            return (
                tr("distance from p = ½"),
                tr("{count} hidden units: along p = ½", count=result.units),
            )
        return tr("component 1"), tr("{count} hidden units, component 2", count=result.units)

    def _describe(self, x: float, y: float) -> str:
        if not isinstance(self.result, Warped):
            return ""
        logit = float(self.result.weights(self.playback.step).logit(np.array([x, y])))
        return tr(
            "({x}, {y}): p(red) = {p}",
            x=number(x, 2), y=number(y, 2), p=number(float(0.5 * (1 + np.tanh(logit / 2))), 3),
        )  # fmt: skip

    # What the user does

    def _moved(self) -> None:
        self.grabbed.emit()
        self._show_step()

    def _press(self, point: QPointF) -> None:
        """Add a point, or erase; a set that was chosen becomes one that is drawn."""
        x, y = point.x(), point.y()
        if max(abs(x), abs(y)) > REACH:
            return
        if self.data.value != DRAWN:
            data = points(self.data.value)
            table = zip(data.places.round(3).tolist(), data.classes.tolist(), strict=True)
            self.drawn = tuple((a, b, int(kind)) for (a, b), kind in table)
            self.data.show_value(DRAWN)
        if self.pen.value == ERASER:
            self._erase(point)
        elif len(self.drawn) < MOST:
            self.drawn = (*self.drawn, (round(x, 3), round(y, 3), self.pen.value))
        self.playback.stop()
        self.playback.go(0)
        self.refresh()

    def _drag(self, point: QPointF) -> None:
        if self.pen.value == ERASER and self.data.value == DRAWN and self._erase(point):
            self.playback.go(0)
            self.refresh()

    def _erase(self, point: QPointF) -> bool:
        left = tuple(
            one for one in self.drawn if np.hypot(one[0] - point.x(), one[1] - point.y()) > NEAR
        )
        changed, self.drawn = len(left) < len(self.drawn), left
        return changed

    def _start_elsewhere(self) -> None:
        self.seed += 1
        self.playback.go(0)
        self.refresh()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.playback.stop()
        super().hideEvent(event)


class _Pair(QWidget):
    """Two planes, one above the other, or side by side where there is little height."""

    def __init__(self, first: Plane, second: Plane) -> None:
        super().__init__()
        self._pair = first, second
        for plane in self._pair:
            plane.setParent(self)
            plane.setMinimumSize(1, 1)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        wide, high = self.width(), self.height()
        if high < 1.5 * wide:
            half = (wide - GRID) // 2
            places = QRect(0, 0, half, high), QRect(half + GRID, 0, half, high)
        else:
            half = (high - GRID) // 2
            places = QRect(0, 0, wide, half), QRect(0, half + GRID, wide, half)
        for plane, place in zip(self._pair, places, strict=True):
            plane.setGeometry(place)


class _Beside(QWidget):
    """The table, and below it the curve where there is room for both."""

    def __init__(self, table: Table, plot: Plot) -> None:
        super().__init__()
        self._table, self._plot = table, plot
        for part in (table, plot):
            part.setParent(self)
        self.setMinimumWidth(table.minimumSizeHint().width())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        high = round(1.35 * themes.text_px(self) * (1 + 3))
        rest = self.height() - high - 2 * GRID
        is_roomy = rest >= self._plot.minimumHeight()
        self._table.setGeometry(0, 0, self.width(), high if is_roomy else self.height())
        self._plot.setVisible(is_roomy)
        self._plot.setGeometry(0, high + 2 * GRID, self.width(), max(1, rest))


def _sets() -> list[Option]:
    return [
        Option("rings", tr("rings"), tr("A disc, and a ring round it: no line separates them.")),
        Option("moons", tr("moons"), tr("Two half circles, each reaching into the other.")),
        Option("spiral", tr("spiral"), tr("Two arms, one turned by half a turn.")),
        Option("xor", tr("XOR"), tr("Like classes stand in opposite corners.")),
        Option(DRAWN, tr("drawn"), tr("Points that you add and erase by clicks in the plane.")),
    ]


def _columns() -> tuple[Column, ...]:
    return (
        Column(tr("classifier"), widest=tr("net 2-4-1"), left=True),
        Column(tr("right"), widest="100 %", tip=tr("Share of the points with the right class.")),
        Column(
            tr("loss"), widest="0.888", tip=tr("Mean of −log p(class); kernels give no p."), rank=1
        ),
        Column(
            tr("undecided"), widest="100 %",
            tip=tr("Share of the plane from −{far} to {far} with ∣2p − 1∣ < {least}; for kernels "
                   "of σ = {sigma} ∣f∣ < {least}.",
                   far=number(FAR), least=number(UNSURE), sigma=number(SIGMA)),
        ),
    )  # fmt: skip


def _row(name: str, right: float, loss: float, unsure_: float) -> tuple[str, ...]:
    return name, percent(right, 0), number(loss, 3), percent(unsure_, 0)


@cache
def _lines() -> Floats:
    return grid()


def _grid_trace(lines: Floats) -> Trace:
    """Lines (k, n, 2) as one, broken between them."""
    broken = np.concatenate([lines, np.full((len(lines), 1, 2), np.nan)], 1).reshape(-1, 2)
    return Trace(broken[:, 0], broken[:, 1], _quiet, 0.8)


def _dots(places: Floats, classes: Floats, size: float = 7.0) -> list[Dots]:
    """The points of both classes: discs, and squares."""
    found = []
    for kind, colour, symbol in ((0, _blue, "o"), (1, _red, "s")):
        own = places[classes == kind]
        found.append(Dots(own[:, 0], own[:, 1], colour, symbol, size))
    return found


def _diverging(theme: Theme) -> Lut:
    return theme.diverging


def _blue(theme: Theme) -> QColor:
    return QColor(int(theme.diverging[20]))


def _red(theme: Theme) -> QColor:
    return QColor(int(theme.diverging[235]))


def _accent(theme: Theme) -> QColor:
    return theme.accent


def _quiet(theme: Theme) -> QColor:
    return theme.quiet
