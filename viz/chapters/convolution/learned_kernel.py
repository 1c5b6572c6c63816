"""Learned kernel: gradient descent finds the kernel that made a filtered copy of an image.

The whole descent is computed at once, which takes a few milliseconds; what is played is the step
that is shown, so it can be stopped, stepped and moved back and forth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.chapters.convolution.measure.descent import STEPS, Descent, descend, noise
from viz.chapters.convolution.measure.kernels import PRESETS
from viz.chapters.convolution.words import kernel_names
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, significant, tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.push_button import push_button
from viz.views.widgets.segmented import Option, Segmented

NOISE, CANVAS = "noise", "canvas"
PLAIN, MOMENTUM = 0.0, 0.9

PER_SECOND = 20
"""Steps a second while it plays."""

_LEAST = 1e-9
"""Losses below this count as it on their logarithmic axis."""


class LearnedKernel(MeasuredInstrument):
    """Image and copy, the kernel at a step, the kernel to be found, what is left between result and
    copy, the loss over the steps. A click in the curve chooses a step."""

    id = "learned-kernel"
    title = tr("Learned kernel")
    hint = tr("Play: nine numbers find their values, because each step lowers the loss.")
    tip = tr(
        "Gradient descent on the mean square of y − x ⋆ k over a 3×3 kernel k, where y is the "
        "image x filtered by the kernel above: k ← k − η∇, η the inverse of the largest curvature."
    )
    explanation = tr(
        "A kernel need not be designed: from an image and its filtered copy <b>gradient "
        "descent</b> finds the nine numbers. The <b>loss</b> is the mean square of what is left "
        "between copy and result; each step goes a little against its gradient. <b>Momentum</b> "
        "keeps nine tenths of the step before, and is faster along flat valleys. From noise every "
        "kernel is found; a drawing has few directions, so a small loss need not mean the right "
        "kernel: try both."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.step, self.seed = 0, 1
        self.target = Segmented(
            tr("Kernel to be found"),
            [
                Option(name, text, tr("The copy is made with this kernel."))
                for name, text in kernel_names().items()
                if name in ("vertical", "sobel", "laplacian", "gaussian", "sharpen")
            ],
            label=tr("find"),
        )
        self.input = Segmented(
            tr("Image"),
            (
                Option(NOISE, tr("noise"), tr("An image of 32×32 independent random values.")),
                Option(CANVAS, tr("canvas"), tr("The drawing on the canvas.")),
            ),
            label=tr("from"),
        )
        self.momentum = Segmented(
            tr("Momentum"),
            (
                Option(PLAIN, "0", tr("Gradient descent without momentum.")),
                Option(MOMENTUM, "0.9", tr("Nine tenths of the step before are kept.")),
            ),
            label=tr("momentum"),
        )
        for name, control in (
            ("target", self.target),
            ("input", self.input),
            ("momentum", self.momentum),
        ):
            self.add_setting(name, control)
            control.chosen.connect(lambda _: self._go(0))
        self.playing = push_button(tr("Play"), tr("Go on step by step, or stop."), self._toggle)
        self.one = push_button(tr("Step"), tr("One step further."), lambda: self._go(self.step + 1))
        self.again = push_button(
            tr("Again"), tr("Start again from the same random kernel."), lambda: self._go(0)
        )
        self.other = push_button(
            tr("Other start"), tr("Start from another random kernel."), self._start_elsewhere
        )
        for button in (self.playing, self.one, self.again, self.other):
            self.add_control(button)
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // PER_SECOND)
        self._timer.timeout.connect(self._play_on)
        scale = LockedScale(2.0, signed=True)
        self.found, self.wanted = NumberGrid(scale), NumberGrid(scale, legend=False)
        self.wanted.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.image = Heatmap(LockedScale(1.0), legend=False)
        self.copy = Heatmap(LockedScale(1.0, signed=True), legend=False)
        self.left = Heatmap(LockedScale(1.0, signed=True))
        self.found.describe = self._describe
        self.plot = Plot(tr("step"), tr("log₁₀ of the loss"), step=1.0, fine=1.0, keyed=False)
        self.plot.chosen.connect(lambda x: self._go(round(x)))
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        given = QVBoxLayout()
        given.setSpacing(GRID)
        given.addWidget(self.image, 1)
        given.addWidget(self.copy, 1)
        row.addLayout(given, 2)
        for part, share in ((self.found, 3), (self.wanted, 3), (self.left, 4), (self.plot, 6)):
            row.addWidget(part, share)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "step": self.step, "seed": self.seed}

    def restore(self, state: Mapping[str, Any]) -> None:
        for name, least, most in (("step", 0, STEPS), ("seed", 1, 1_000_000)):
            value = state.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
                setattr(self, name, value)
        super().restore(state)
        self._show_step()

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return super().reason(snapshot) if self.input.value == CANVAS else ""

    def key(self, snapshot: Snapshot) -> Any:
        scene = snapshot.request.scene if self.input.value == CANVAS else None
        return self.target.value, self.momentum.value, self.seed, scene

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Descent]:
        target, momentum, seed, scene = key
        image = noise(1) if scene is None else snapshot.image.astype(np.float64)
        yield descend(image, PRESETS[target].astype(np.float64), seed, momentum)

    # What is shown

    def show_result(self, result: Descent) -> None:
        logs = np.log10(np.maximum(result.losses, _LEAST))
        self.plot.set_ranges((0.0, float(STEPS)), (float(logs.min()) - 0.5, float(logs[0]) + 0.5))
        self.plot.set_series([Series(tr("loss"), np.arange(float(len(logs))), logs)])
        scale = LockedScale(float(np.abs(result.target).max()), signed=True)
        self.found.set_scale(scale)
        self.wanted.set_scale(scale)
        self.wanted.set_array(result.target.astype(np.float32))
        self.image.set_array(result.image.astype(np.float32))
        self.image.set_caption(tr("image x"))
        self.copy.set_scale(LockedScale(float(np.abs(result.wanted).max()) or 1.0, signed=True))
        self.copy.set_array(result.wanted.astype(np.float32))
        self.copy.set_caption(tr("copy y"))
        self.wanted.set_caption(tr("to be found"))
        most = float(np.abs(result.difference(0)).max()) or 1.0
        self.left.set_scale(LockedScale(most, signed=True))
        self._show_step()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.image, self.copy, self.found, self.wanted, self.left, self.plot):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("<i>k</i> ← <i>k</i> − <i>η</i> ∇, loss = mean of (<i>y</i> − <i>x</i> ⋆ "
                 "<i>k</i>)²")  # fmt: skip
        if self.result is None:
            return law
        descent: Descent = self.result
        return law + tr(
            "<br>after {step} steps, η = {rate}: loss = <b>{loss}</b>",
            step=self.step, rate=significant(descent.rate),
            loss=f"{descent.losses[self.step]:.1e}".replace("-", "−"),
        )  # fmt: skip

    def _show_step(self) -> None:
        descent: Descent | None = self.result
        if descent is None:
            return
        self.found.set_array(descent.kernels[self.step].astype(np.float32))
        self.found.set_caption(tr("after {step} steps", step=self.step), shorter=tr("found"))
        self.left.set_array(descent.difference(self.step).astype(np.float32))
        self.left.set_caption(tr("difference x ⋆ k − y"), shorter=tr("difference"))
        self.plot.set_mark(float(self.step))

    def _describe(self, row: int, column: int) -> str:
        descent: Descent = self.result
        return tr(
            "row {row}, column {column}: {value}, to become {target}",
            row=row, column=column, value=number(descent.kernels[self.step][row, column], 3),
            target=number(descent.target[row, column], 3),
        )  # fmt: skip

    # Playing

    def _go(self, step: int) -> None:
        self.step = min(max(step, 0), STEPS)
        self.grabbed.emit()
        self._show_step()

    def _toggle(self) -> None:
        if self._timer.isActive():
            self._stop()
        else:
            self._go(0 if self.step == STEPS else self.step)
            self._timer.start()
            self.playing.setText(tr("Stop"))

    def _stop(self) -> None:
        self._timer.stop()
        self.playing.setText(tr("Play"))

    def _play_on(self) -> None:
        self._go(self.step + 1)
        if self.step == STEPS:
            self._stop()

    def _start_elsewhere(self) -> None:
        self.seed += 1
        self._go(0)
        self.refresh()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._stop()
        super().hideEvent(event)
