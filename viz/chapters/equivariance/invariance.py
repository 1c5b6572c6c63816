"""Invariance: how probable the target class stays while one thing about the drawing changes.

One sweep large, all twelve as small multiples; the answering network and those with max, average
and blur pooling side by side. What was measured of an older drawing than the newest one is faint
until its turn comes; along its own sweep a drawing may go without being another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.equivariance.measure.invariance import (
    KINDS,
    Sweep,
    middle_window,
    posed,
    swept_items,
)
from viz.chapters.equivariance.measure.sweeps import (
    SweepCache,
    SweepRequest,
    Sweeps,
    SweepSubject,
    all_sweeps,
)
from viz.chapters.equivariance.small_multiples import Axis, Curves, SmallMultiples
from viz.chapters.equivariance.window_lock import WindowLock
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.measure.shift_map import Place, middle_of
from viz.model.demonstration import Demonstration
from viz.model.snapshot import Snapshot
from viz.nets.architecture import CLASSES, Architecture
from viz.scene import Scene
from viz.views.theme import GRID
from viz.views.widgets.class_map import class_name
from viz.views.widgets.line import Line
from viz.views.widgets.network_names import (
    POOLINGS,
    ablation_text,
    network_colour,
    short_network_name,
)
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tooltip import wrapped

STEPS = {"dx": 1.0, "dy": 1.0, "angle": 5.0, "width": 0.2, "direction": 15.0}
"""How far an arrow key goes on a sweep's axis; 0.05 on the others. With Shift a quarter of it."""

PLOT = 266
"""The least width of the large plot with its key, in pixels."""


class Invariance(MeasuredInstrument):
    """The target class above one sweep, and beside it all of them to choose from."""

    tells_answer = True
    id = "invariance"
    title = tr("Invariance")
    hint = tr("Drag along a curve: the drawing changes with it, until the answer is lost.")
    tip = tr(
        "p(target class) of the window while the drawing (the selected digit, else all of it) is "
        "shifted, scaled, rotated … and the window stays: exp(log-softmax) at each value."
    )
    explanation = tr(
        "One property of the drawing changes while the window stays, and the curve is the "
        "probability of the target class. A flat top is <b>invariance</b>: there the answer does "
        "not depend on what changes. Sharing kernels helps with shifts only; to scale and rotation "
        "the network is as tolerant as its training has made it, and softmax brings no invariance "
        "of its own. Drag along a curve until the answer is lost. Dashed lines are what LeCun et "
        "al. 1998 report of their LeNet-5, a smaller network than the one here."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._lock = WindowLock(context.document, self)
        self._played: Demonstration | None = None
        """The demonstration whose sweep the window is held for, or was."""
        self._subject: SweepSubject | None = None
        self._newest: SweepSubject | None = None
        """The last subject of which something was measured."""
        self._sweeps: dict[str, tuple[SweepSubject, Sweep]] = {}
        self._cache = SweepCache()
        self._gesture = 0
        self.classes = Segmented(
            tr("Target class"), _options(self.document.architecture), label=tr("target class")
        )
        self.plot = Plot()
        self.small = SmallMultiples(tr("Which sweep is shown large"), _axes())
        self.line = Line(quiet=True)
        self.add_control(self.classes)
        self.add_control(self.line)
        self.line.hide()
        self.plot.setMinimumWidth(PLOT)
        self.settings["sweep"] = self.small
        view = QWidget()
        layout = QHBoxLayout(view)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4 * GRID)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.small, 1)
        self.set_view(view)
        self.classes.chosen.connect(lambda _class: self._draw_all())
        self.small.chosen.connect(lambda _kind: self._turn())
        self.plot.started.connect(self._start)
        self.plot.chosen.connect(self._go)
        context.player.demonstration_changed.connect(self._show_played)
        self._show_played()

    # What is measured

    def refresh(self) -> None:
        snapshot, document = self.snapshot, self.document
        if snapshot is None or not self.isVisible():
            return
        scene = snapshot.scene
        if any(index >= len(scene.items) for index in document.selection):
            return  # the snapshot of the scene that these items are in is on its way
        self.classes.set_options(_options(snapshot.architecture))
        if scene.items:
            if scene is document.scene:
                self._hold_played(snapshot)
            self._subject = self._subject_of(snapshot)
            self.plot.set_mark(self._subject.present(self.small.value))
            self._head()
        super().refresh()

    def _subject_of(self, snapshot: Snapshot) -> SweepSubject:
        request, architecture = snapshot.request, snapshot.architecture
        place = self.document.shown_window()
        assert place is not None  # as there is a snapshot
        middle = middle_of(place, architecture)
        selection = self.document.selection
        items = swept_items(request.scene, selection, middle, architecture.window)
        networks = (request.network, *(name for name in POOLINGS if name != request.network))
        ablated = {request.network: dict(request.ablated)}
        return SweepSubject(request.scene, items, middle, networks, ablated)

    def key(self, snapshot: Snapshot) -> Any:
        assert self._subject is not None
        return SweepRequest(self._subject, self.small.value, self._cache)

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        return all_sweeps(nets, key)

    def sweep(self, kind: str) -> Sweep | None:
        """Return the sweep of a kind that is shown; None before one has been measured."""
        return self._sweeps[kind][1] if kind in self._sweeps else None

    def is_old(self, kind: str) -> bool:
        """Tell whether a sweep is of an older drawing than the newest that was measured."""
        return kind in self._sweeps and self._sweeps[kind][0] != self._newest

    # What is shown

    def show_result(self, result: Sweeps) -> None:
        is_newer, self._newest = result.subject != self._newest, result.subject
        for one in result.sweeps:
            self._sweeps[one.kind] = result.subject, one
        reasons = (why.reason for why in result.broken.values())
        self.plot.setToolTip(wrapped("\n".join((*reasons, _about()))))
        if is_newer:
            self._draw_all()
            return
        for one in result.sweeps:
            self._draw_small(one)
            if one.kind == self.small.value:
                self._draw()

    def formula(self) -> str:
        kind, network = self.small.value, self.document.network
        sweep = self.sweep(kind)
        law = "<i>p</i>(<i>c</i>) = exp <i>y<sub>c</sub></i> / Σ exp <i>y</i>"
        if sweep is None or sweep.present is None or network not in sweep.probabilities:
            return law
        target = self._target(sweep)
        if network not in _with_class(sweep, target):
            return law
        curve = sweep.probabilities[network][:, target]
        return tr(
            "{law}<br><i>p</i>({digit}) = <b>{p}</b> at {what} = {value}",
            law=law, digit=class_name(target),
            p=number(float(np.interp(sweep.present, sweep.values, curve)), 3),
            what=_names()[kind], value=number(sweep.present, 2),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        if dimmed and self._newest != self._subject:
            self.plot.set_dimmed(True)

    def clear(self) -> None:
        self._sweeps.clear()
        self._newest = None
        self.small.clear()
        self._draw()

    def _target(self, sweep: Sweep) -> int:
        chosen: int | None = self.classes.value
        return sweep.target if chosen is None else chosen

    def _draw_all(self) -> None:
        for _, sweep in self._sweeps.values():
            self._draw_small(sweep)
        self._draw()

    def _draw_small(self, sweep: Sweep) -> None:
        target = self._target(sweep)
        lines = tuple(
            (sweep.values, sweep.probabilities[name][:, target], partial(network_colour, name))
            for name in reversed(_with_class(sweep, target))  # the answering one on top
        )
        self.small.set_curves(sweep.kind, Curves(lines, sweep.present, self.is_old(sweep.kind)))

    def _draw(self) -> None:
        """Show the large sweep."""
        plot, kind, sweep = self.plot, self.small.value, self.sweep(self.small.value)
        plot.step = STEPS.get(kind, 0.05)
        plot.fine = plot.step / 4
        plot.set_ranges((KINDS[kind].low, KINDS[kind].high), (0, 1))
        note = self._note()
        self.line.set_text(note)
        self.line.setVisible(bool(note))  # empty, it would take a row of its own
        if sweep is None:
            plot.set_labels(_x_labels()[kind], tr("p(target class)"))
            plot.set_series(())
            plot.set_references(())
            return
        target = self._target(sweep)
        plot.set_labels(_x_labels()[kind], tr("p({name})", name=class_name(target)))
        self._head()
        plot.set_references([(value, "") for value in sweep.references])
        plot.set_series(
            [
                Series(
                    short_network_name(name), sweep.values, sweep.probabilities[name][:, target],
                    partial(network_colour, name), thick=name == self.document.network,
                )
                for name in reversed(_with_class(sweep, target))
            ]
        )  # fmt: skip
        plot.set_dimmed(self.is_old(kind))

    def _head(self) -> None:
        """What is above the curves: whose probability it is, and what else is to be known."""
        sweep = self.sweep(self.small.value)
        if sweep is not None:
            name = tr("p({name})", name=class_name(self._target(sweep)))
            longest, *shorter = self._elsewhere() or _tolerance(sweep) or [""]
            self.plot.heading.set_text(name, longest, shorter=[(name, one) for one in shorter])

    def _elsewhere(self) -> list[str]:
        """Say so if the answer is read in other windows than the one that stays; for more room and
        for less."""
        snapshot, place = self.snapshot, self.document.shown_window()
        if snapshot is None or place is None or _is_read_from(snapshot, place):
            return []
        answer = snapshot.reading.text.replace("\n", " / ")
        return [
            tr("The digit has left this window; other windows read {answer}.", answer=answer),
            tr("other windows read {answer}", answer=answer),
            tr("read elsewhere"),
        ]

    def _note(self) -> str:
        """What sets the curves apart from each other, and which of them are missing."""
        ablated = ablation_text(self.document.network, self.document.ablated)
        broken = self.result.broken.values() if self.result is not None else ()
        return " ".join(filter(None, (ablated, *(why.advice for why in broken))))

    # The demonstration

    def _show_played(self) -> None:
        """Show the sweep of a demonstration large."""
        demonstration = self.context.player.demonstration
        if demonstration is not None and demonstration.sweep:
            self.small.show_value(demonstration.sweep)
            self._turn()

    def _hold_played(self, snapshot: Snapshot) -> None:
        """While a demonstration sweeps its digit, the window in whose middle that began stays, as
        the curve's does, as long as the answer is read from that window."""
        player = self.context.player
        played, place = player.demonstration, None
        if played is not None and played.sweep and not player.taken_over:
            place = middle_window(played.scene_at(0.0), snapshot.architecture)
        if place is None:
            self._played = None
        elif not _is_read_from(snapshot, place):
            self._played = None
            self._lock.release()
        elif played is not self._played:
            self._played = played

            def stays(scene: Scene) -> bool:
                return player.demonstration is played and not player.taken_over

            self._lock.hold(place, stays)

    # The user

    def _turn(self) -> None:
        """Show another sweep large."""
        self._draw()
        self.refresh()

    def _start(self) -> None:
        self._gesture = self.document.new_gesture()

    def _go(self, value: float) -> None:
        """Change the drawing so, and keep looking through the same window."""
        document, place = self.document, self.document.shown_window()
        if place is None or document.snapshot is None or not document.scene.items:
            return
        architecture, kind = document.snapshot.architecture, self.small.value
        middle = middle_of(place, architecture)
        items = swept_items(document.scene, document.selection, middle, architecture.window)
        scene = posed(document.scene, items, kind, value, middle)
        self._lock.apply(place, scene, tr("Change {name}", name=_names()[kind]), self._gesture)

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._played = None
        self._lock.release()
        super().hideEvent(event)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "class": self.classes.wanted}

    def restore(self, state: Mapping[str, Any]) -> None:
        target = state.get("class", self.classes.wanted)
        if target is None or (type(target) is int and 0 <= target < CLASSES):
            self.classes.want(target)
        super().restore(state)
        self._draw_all()


def _is_read_from(snapshot: Snapshot, place: Place) -> bool:
    """Whether the answer, if there is one, comes from a window."""
    reading = snapshot.reading
    return not reading.digits or reading.segment_of(place) is not None


def _options(architecture: Architecture) -> list[Option]:
    """The classes of a network, and what the drawing itself says."""
    auto = Option(None, tr("auto"), tr("The digit's own class, or else the answer in the window."))
    names = map(class_name, range(architecture.classes))
    return [
        auto,
        *(Option(k, name, tr("Show p({name}).", name=name)) for k, name in enumerate(names)),
    ]


def _with_class(sweep: Sweep, target: int) -> list[str]:
    """The networks of a sweep that have this class, the answering one first."""
    return [name for name, part in sweep.probabilities.items() if target < part.shape[1]]


def _about() -> str:
    return tr(
        "The window stays, the drawing changes: p = exp(log-softmax) of the target class at each "
        "of 65 values. Click or drag to go there. Dashed: the range that LeNet-5 is reported to "
        "tolerate (LeCun et al. 1998): a factor of 2 in scale from smallest to largest, here 1/√2 "
        "… √2; half the digit's height up and down; ±40°."
    )


def _tolerance(sweep: Sweep) -> list[str]:
    """What the dashed lines are, for more room and for less."""
    if not sweep.references:
        return []
    if sweep.kind == "dy":
        between = tr("±½ height")
    else:
        decimals, unit = (2, "") if sweep.kind == "scale" else (0, "°")
        low, high = (number(value, decimals) + unit for value in sweep.references)
        between = f"{low} … {high}"
    return [
        tr("dashed: {between}, tolerated range, LeCun et al. 1998", between=between),
        tr("dashed: tolerated range, LeCun et al. 1998"),
        tr("dashed: tolerated range"),
    ]


def _names() -> dict[str, str]:
    """What a sweep changes."""
    return {
        "dx": tr("shift x"),
        "dy": tr("shift y"),
        "scale": tr("scale"),
        "angle": tr("angle"),
        "squeeze": tr("squeeze"),
        "slant": tr("slant"),
        "width": tr("pen"),
        "sigma": tr("noise"),
        "contrast": tr("contrast"),
        "background": tr("background"),
        "ramp": tr("ramp"),
        "direction": tr("direction"),
    }


def _x_labels() -> dict[str, str]:
    """What stands at a sweep's axis."""
    return {
        "dx": tr("x from centre / px"),
        "dy": tr("y from centre / px"),
        "scale": tr("scale, a factor"),
        "angle": tr("angle / °, clockwise"),
        "squeeze": tr("width over height, a factor"),
        "slant": tr("slant / px right per px up"),
        "width": tr("stroke width / px"),
        "sigma": tr("noise σ, where ink is 1"),
        "contrast": tr("contrast of the ink, a factor"),
        "background": tr("background level, where ink is 1"),
        "ramp": tr("rise of the light across the canvas"),
        "direction": tr("direction of the ramp / °, clockwise"),
    }


def _axes() -> list[Axis]:
    """The axes of the small plots."""
    names, labels = _names(), _x_labels()
    units = {"dx": tr(" px"), "dy": tr(" px"), "angle": "°", "width": tr(" px"), "direction": "°"}
    return [
        Axis(key, names[key], kind.low, kind.high, units.get(key, ""), _axis_tip(labels[key]))
        for key, kind in KINDS.items()
    ]


def _axis_tip(label: str) -> str:
    return tr(
        "Across: {what}. Upwards: p(target class) from 0 to 1, exp(log-softmax) of the window's "
        "output, for each network. Click to show it large.",
        what=label,
    )
