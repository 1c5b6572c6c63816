"""Descent: four methods go down one surface: a formula, or a slice of the network's real loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.learning.measure.loss_slice import DIGITS, Known, Measured, measure_slice
from viz.chapters.learning.measure.optimisers import BETAS, DECAY, METHODS, MOMENTUM
from viz.chapters.learning.measure.paths import STEPS, Path, follow_all
from viz.chapters.learning.measure.surfaces import (
    EXAMPLES,
    FORMULAS,
    NOISE,
    Floats,
    Formula,
    Surface,
    contours,
    field_of,
    levels,
)
from viz.chapters.learning.playback import Playback, button
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, number, significant, tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.plane import Dots, Plane, Trace
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented

NETWORK = "network"
ALL = "all"

RATES = (0.01, 0.03, 0.1, 0.3)
BATCHES = (0, 8, 1)

SOLID, DASHED = "—", "- -"
"""Before the loss of each method, in its colour: the line of its path."""

STRENGTH = 0.45
"""Opacity of the surface's colour, so that paths stand out."""


@dataclass(frozen=True, eq=False)
class Descended:
    """The paths of all methods down a surface, its picture (``field``, ``lines``), and, of a
    network's slice, whether it is measured on its finest grid."""

    surface: Surface
    paths: Mapping[str, Path]
    field: Floats
    lines: tuple[Floats, Floats]
    is_final: bool = True


class Descent(MeasuredInstrument):
    """The contour map with the paths, the losses over the steps, each method's next step in
    numbers. A click in the map starts all methods there."""

    id = "descent"
    title = tr("Descent")
    hint = tr("Click in the map: all four methods start there. Then play, and change the rate.")
    tip = tr(
        "Gradient descent x ← x − ηg; momentum v ← 0.9 v + g, x ← x − ηv; RMSProp divides g by the "
        "root of its mean square; Adam does both, corrected for their start from 0."
    )
    explanation = tr(
        "The <b>gradient</b> points uphill, across the <b>contour lines</b>; <b>gradient "
        "descent</b> steps against it. In a ravine it swings from wall to wall, on a <b>saddle</b> "
        "it almost stops. <b>Momentum</b> adds up slopes that agree; <b>RMSProp</b> and "
        "<b>Adam</b> scale each direction by its own slopes. Small <b>batches</b> make the slope "
        "noisy; too large a rate climbs. A slice shows two random directions of all weights: most "
        "directions are hidden."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.seed = 1
        self.start = 1.5, 0.7
        """Where the paths start, in shares of half the map's side times 2: within ±2."""
        self.surface = Segmented(tr("Surface"), _surfaces())
        self.surface.show_value("ravine")
        self.method = Segmented(tr("Method"), _methods())
        self.rate = Segmented(
            tr("Learning rate"),
            [Option(one, number(one), tr("Learning rate η = {rate}.", rate=number(one)))
             for one in RATES],
            label=tr("rate"),
        )  # fmt: skip
        self.rate.show_value(0.1)
        self.batch = Segmented(
            tr("Batch"),
            [Option(one, str(one) if one else tr("all"), _batch_tip(one)) for one in BATCHES],
            label=tr("batch"),
        )
        for name, control in (
            ("surface", self.surface), ("batch", self.batch), ("rate", self.rate),
            ("method", self.method),
        ):  # fmt: skip
            self.add_setting(name, control)
        self._shown: Any = None
        """Result, step and method that are on the screen."""
        self.method.chosen.connect(lambda _: self._show_step())
        self.playback = Playback(self, STEPS)
        self.playback.take(40)  # the first sight is of paths
        self.playback.moved.connect(self._moved)
        self.other = button(
            tr("Shuffle"), tr("Draw other batches and, of a network, another slice."), self._redraw
        )
        for one in (*self.playback.buttons, self.other):
            self.add_control(one)
        self.map = Plane(tr("x"), tr("y"))
        self.map.setToolTip(tr("Contour lines and colour: the loss. × is the start."))
        self.map.pressed.connect(self._start_at)
        self.map.dragged.connect(self._start_at)
        self.map.describe = self._describe
        self.losses = Plot(tr("step"), tr("loss"), step=1.0, fine=1.0, keyed=False)
        self.losses.chosen.connect(lambda x: self.playback.go(round(x)))
        self.facts = Facts("—  −88.888")
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        for part, share in ((self.map, 4), (self.losses, 4), (self.facts, 6)):
            row.addWidget(part, share)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        own = {"step": self.playback.step, "seed": self.seed, "start": list(self.start)}
        return {**super().state(), **own}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.playback.take(state.get("step"))
        seed, start = state.get("seed"), state.get("start")
        if isinstance(seed, int) and not isinstance(seed, bool) and 1 <= seed <= 1_000_000:
            self.seed = seed
        if isinstance(start, (list, tuple)) and len(start) == 2 and all(map(_is_place, start)):
            self.start = float(start[0]), float(start[1])
        super().restore(state)
        self._show_step()

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return ""

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        is_real = self.surface.value == NETWORK
        on_stage = (request.network, dict(request.ablated)) if is_real else None
        return (
            self.surface.value, self.start, self.rate.value, self.batch.value, self.seed, on_stage,
        )  # fmt: skip

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Descended | None]:
        name, start, rate, batch, seed, on_stage = key
        if name in FORMULAS:
            yield _descended(Formula(name), start, rate, batch, seed)
            return
        network, ablated = on_stage
        for found in _measured(nets, network, ablated, seed):
            if found is None:
                yield None
            else:
                yield _descended(found.surface, start, rate, batch, seed, found.is_final)

    # What is shown

    def show_result(self, result: Descended) -> None:
        reach = result.surface.reach
        is_real = self.surface.value == NETWORK
        self.map.set_ranges((-reach, reach), (-reach, reach))
        self.map.set_labels(tr("x"), tr("y, real loss") if is_real else tr("y"))
        heights = np.sqrt(np.maximum(result.field - result.field.min(), 0))
        self.map.set_field(
            heights, reach, (0.0, float(heights.max()) or 1.0), _sequential, STRENGTH
        )
        self._show_step()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.map, self.losses):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("<i>x</i> ← <i>x</i> − <i>η</i> ∂loss/∂<i>x</i>")
        if not isinstance(self.result, Descended):
            return law
        # Of all four the plain one: the others' steps are as long as an explanation
        name = METHODS[0] if self.method.value == ALL else self.method.value
        step = self.playback.step
        return law + tr(
            "<br>step {step}, <i>η</i> = {rate}, along x:<br><b>{method}</b>: {numbers}",
            step=min(step + 1, STEPS), rate=number(self.rate.value), method=_names()[name],
            numbers=_written(name, self.result.paths[name], step, self.rate.value),
        )  # fmt: skip

    def _is_chosen(self, name: str) -> bool:
        return self.method.value in (ALL, name)

    def _show_step(self) -> None:
        result = self.result
        if not isinstance(result, Descended):
            return
        step = self.playback.step
        shown = result, step, self.method.value
        if shown == self._shown:
            return
        self._shown = shown
        named = {name: path for name, path in result.paths.items() if self._is_chosen(name)}
        low = float(result.field.min())
        high = max((float(path.losses[0]) for path in named.values()), default=1.0)
        room = max(high - low, 1e-3)
        self.losses.set_ranges((0.0, float(STEPS)), (low - 0.05 * room, high + 0.3 * room))
        self.losses.set_mark(float(step))
        traces = [Trace(*result.lines, _quiet, 0.8)]
        dots, curves, facts = [], [], []
        for name, path in result.paths.items():
            if not self._is_chosen(name):
                continue
            colour, pattern = _STYLES[name]
            at = min(step, path.steps)
            taken = np.clip(path.places[: at + 1], -1e3, 1e3)
            traces.append(Trace(taken[:, 0], taken[:, 1], colour, 2.2, pattern))
            dots.append(Dots(taken[-1:, 0], taken[-1:, 1], colour, "o", 10.0))
            steps = np.arange(float(len(path.losses)))
            high = self.losses.ranges[1][1]
            losses = np.minimum(path.losses, high + 1.0)
            losses[self._is_beyond(result, path.places)] = np.nan
            curves.append(Series(_names()[name], steps, losses, colour, pattern=pattern))
            facts.append(self._fact(result, name, path, at))
        first = np.array([next(iter(result.paths.values())).places[0]])
        dots.insert(0, Dots(first[:, 0], first[:, 1], _text, "x", 10.0))
        self.map.set_traces(traces)
        self.map.set_dots(dots)
        self.losses.set_series(curves)
        self.facts.set_facts(self._heading(result), facts)

    def _heading(self, result: Descended) -> str:
        if self.surface.value != NETWORK:
            return tr("line, loss after {step} steps, next step along x", step=self.playback.step)
        if not result.is_final:
            return tr("a coarse grid; a finer one is being measured")
        return tr(
            "line, loss of {count} digits after {step} steps, next step along x",
            count=DIGITS, step=self.playback.step,
        )  # fmt: skip

    def _fact(self, result: Descended, name: str, path: Path, at: int) -> Fact:
        loss, (x, y) = float(path.losses[at]), path.places[at]
        beyond = bool(self._is_beyond(result, path.places[at]))
        value = "" if beyond else number(loss, 3) if abs(loss) < 1000 else tr("large")
        if path.is_lost and at == path.steps:
            words = tr("{method}: lost, the steps grow", method=_names()[name])
        elif beyond:
            words = tr("{method}: beyond what is measured", method=_names()[name])
        else:
            step = _written(name, path, at, self.rate.value, brief=True)
            words = tr("{method}: {step}", method=_names()[name], step=step)
        tip = tr(
            "{method} at x = {x}, y = {y}: loss {loss}\n{step}",
            method=_names()[name], x=number(float(x), 3), y=number(float(y), 3),
            loss=UNKNOWN if beyond else number(loss, 4),
            step=_written(name, path, at, self.rate.value),
        )  # fmt: skip
        colour, pattern = _STYLES[name]
        return Fact(f"{DASHED if pattern else SOLID}  {value}".strip(), words, tip, colour)

    def _is_beyond(self, result: Descended, places: Floats) -> NDArray[np.bool_]:
        """Where places (…, 2) are beyond what is measured of a network's loss."""
        is_real = self.surface.value == NETWORK
        return np.asarray(is_real & (np.abs(places).max(-1) > result.surface.reach))

    def _describe(self, x: float, y: float) -> str:
        if not isinstance(self.result, Descended):
            return ""
        value = float(self.result.surface.values(np.array([[x, y]]))[0])
        return tr(
            "({x}, {y}): loss {value}", x=number(x, 2), y=number(y, 2), value=number(value, 3)
        )

    # What the user does

    def _moved(self) -> None:
        self.grabbed.emit()
        self._show_step()

    def _start_at(self, point: QPointF) -> None:
        """Start where the user points."""
        reach = self.result.surface.reach if isinstance(self.result, Descended) else 2.0
        x, y = (round(min(max(at / reach, -1.0), 1.0) * _HALF, 3) for at in (point.x(), point.y()))
        self.start = x, y
        self.grabbed.emit()
        if self.playback.step == 0:
            self.playback.go(STEPS)  # else nothing but the start would be seen
        self.refresh()

    def _redraw(self) -> None:
        self.seed += 1
        self.grabbed.emit()
        self.refresh()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.playback.stop()
        super().hideEvent(event)


_HALF = 2.0
"""Starts are kept as if each map went from −2 to 2."""

_known: list[tuple[Any, Any, Known]] = []
"""Network, what else a slice depends on, and the points that are measured: a start or a rate
changes nothing about them. The latest last; of the measuring thread alone."""

_MOST_KNOWN = 8


def _measured(
    nets: Nets, network: str, ablated: Mapping[str, frozenset[int]], seed: int
) -> Iterator[Measured | None]:
    net, of = nets(network), (dict(ablated), seed)
    new: tuple[Any, Any, Known] = (net, of, {})
    found = next((one for one in _known if one[0] is net and one[1] == of), new)
    _known[:] = [*(one for one in _known if one is not found), found][-_MOST_KNOWN:]
    yield from measure_slice(net, seed, ablated, found[2])


def _descended(
    surface: Surface, start: tuple[float, float], rate: float, batch: int, seed: int,
    is_final: bool = True,
) -> Descended:  # fmt: skip
    place = np.array(start) * surface.reach / _HALF
    paths = follow_all(surface, place, rate, min(batch, surface.count), seed)
    field = field_of(surface)
    return Descended(surface, paths, field, contours(field, levels(field), surface.reach), is_final)


def _is_place(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and -_HALF <= value <= _HALF


def _written(name: str, path: Path, at: int, rate: float, *, brief: bool = False) -> str:
    """Write the step from ``at`` on along x with its numbers; the last one, where there is none."""
    at = min(at, path.steps - 1)
    if at < 0:
        return UNSTEPPED
    x, after = float(path.places[at, 0]), float(path.places[at + 1, 0])
    slope, eta = float(path.gradients[at, 0]), number(rate)
    (first, second), (new_first, new_second) = path.memories[at, :, 0], path.memories[at + 1, :, 0]
    mean = float(new_first) / (1 - BETAS[0] ** (at + 1))
    numbers = {
        "x": number(x, 3), "after": number(after, 3), "g": _signed(slope), "eta": eta,
        "old": _signed(float(first)), "new": _signed(float(new_first)),
        "before": _small(float(second)), "square": _small(float(new_second)),
        "mu": number(MOMENTUM), "rho": number(DECAY), "rest": number(1 - DECAY),
        "beta": number(BETAS[0]), "left": number(1 - BETAS[0]),
        "mean": _signed(mean), "m": number(mean, 3), "v": number(float(new_first), 3),
        "slope": number(slope, 3),
        "root": _small(float(np.sqrt(new_second / (1 - BETAS[1] ** (at + 1))))),
        "own": _small(float(np.sqrt(new_second))),
    }  # fmt: skip
    if brief:
        texts = {
            "descent": tr("x = {x} − {eta}·{g} = {after}", **numbers),
            "momentum": tr("v = {v}, x = {x} − {eta}·{new} = {after}", **numbers),
            "rmsprop": tr("g = {slope}, √s = {own}, x = {x} − {eta}·{g}/{own} = {after}",
                          **numbers),
            "adam": tr("m = {m}, √s = {root}, x = {x} − {eta}·{mean}/{root} = {after}",
                       **numbers),
        }  # fmt: skip
        return texts[name]
    texts = {
        "descent": tr("x = {x} − {eta}·{g} = {after}", **numbers),
        "momentum": tr("v = {mu}·{old} + {g} = {v}, x = {x} − {eta}·{new} = {after}", **numbers),
        "rmsprop": tr(
            "√s = √({rho}·{before} + {rest}·{g}²) = {own}, x = {x} − {eta}·{g}/{own} = {after}",
            **numbers,
        ),
        "adam": tr(
            "m = {beta}·{old} + {left}·{g} = {v}, corrected {m}, √s = {root}, x = {x} − "
            "{eta}·{mean}/{root} = {after}",
            **numbers,
        ),
    }
    return texts[name]


UNSTEPPED = "\N{EN DASH}"


def _signed(value: float) -> str:
    """A number, in brackets if it is negative."""
    text = number(value, 3)
    return f"({text})" if text.startswith("\N{MINUS SIGN}") else text


def _small(value: float) -> str:
    """A number of at least zero."""
    return significant(value, 3) if value >= 0.1 else number(float(f"{value:.2g}"))


def _names() -> dict[str, str]:
    return {
        "descent": tr("gradient descent"),
        "momentum": tr("momentum"),
        "rmsprop": tr("RMSProp"),
        "adam": tr("Adam"),
    }


def _methods() -> list[Option]:
    tips = {
        "descent": tr("x ← x − ηg: a step against the gradient g."),
        "momentum": tr("v ← 0.9 v + g, x ← x − ηv: slopes that agree add up."),
        "rmsprop": tr("s ← 0.9 s + 0.1 g², x ← x − ηg / √s: each direction by its own size."),
        "adam": tr("Momentum, divided as RMSProp does, both corrected for their start from 0."),
    }
    names = {**_names(), "descent": tr("plain")}
    every = Option(ALL, tr("all"), tr("All four methods from one start."))
    return [every, *(Option(name, names[name], tips[name]) for name in METHODS)]


def _surfaces() -> list[Option]:
    return [
        Option("bowl", tr("bowl"), tr("(x² + y²) / 2: equally steep on all sides.")),
        Option("ravine", tr("ravine"), tr("(0.1 x² + 10 y²) / 2: 100 times as steep one way.")),
        Option("saddle", tr("saddle"), tr("x²/2 − y²/2 + y⁴/4: flat at 0, lowest at y = ±1.")),
        Option("minima", tr("minima"), tr(
            "Σ (16 z⁴ − 64 z² + 10 z) / 100 over z = x, y: four minima, one the lowest.")),
        Option(NETWORK, tr("network"), tr(
            "The mean loss of {count} digits at the trained weights of the network on the canvas "
            "(the middle), moved along two random directions, filter by filter as long as the "
            "weights (Li et al. 2018).", count=DIGITS)),
    ]  # fmt: skip


def _batch_tip(size: int) -> str:
    if not size:
        return tr("The gradient is that of all examples: no noise.")
    return tr(
        "Each step uses the mean gradient of {size} examples, drawn anew: of the network’s "
        "{digits} digits, of a formula’s {count}, whose slopes differ by {noise}.",
        size=size, digits=DIGITS, count=EXAMPLES, noise=number(NOISE),
    )  # fmt: skip


def _sequential(theme: Theme) -> Lut:
    return theme.sequential


def _text(theme: Theme) -> QColor:
    return theme.text


def _quiet(theme: Theme) -> QColor:
    return theme.quiet


def _accent(theme: Theme) -> QColor:
    return theme.accent


def _red(theme: Theme) -> QColor:
    return QColor(int(theme.diverging[235]))


def _field(theme: Theme) -> QColor:
    return theme.field


_STYLES: dict[str, tuple[Any, tuple[float, ...]]] = {
    "descent": (_text, ()),
    "momentum": (_accent, ()),
    "rmsprop": (_red, (2.5, 1.5)),
    "adam": (_field, ()),
}
"""Colour and pattern of each method's path."""
