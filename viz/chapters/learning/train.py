"""Train: a network learns before one's eyes, from noise to features, and is scrubbed through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viz.chapters.instrument import Context, Instrument
from viz.chapters.learning.measure import checkpoints
from viz.chapters.learning.measure.depth import COUNT, STEPS, DepthRace
from viz.chapters.learning.measure.plan import DEEPEST, Plan
from viz.chapters.learning.measure.run import Run
from viz.chapters.learning.measure.series import shipped
from viz.chapters.learning.measure.states import Progress, State, family
from viz.chapters.learning.on_stage import OnStage
from viz.chapters.learning.playback import button
from viz.chapters.learning.train_settings import TrainSettings, window_shown
from viz.chapters.learning.train_views import (
    Confusion,
    WrongDigits,
    highest,
    over_depth,
    series,
    slope_law,
)
from viz.errors import UserError
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.weights import architecture_to_json, store
from viz.scene import ImageLayer
from viz.scene.edit import resized
from viz.views.canvas.commands import free_place
from viz.views.theme import GRID, text_px
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.export import NO_DIALOGS
from viz.views.widgets.line import Line
from viz.views.widgets.plot import Plot
from viz.views.widgets.segmented import Option, Segmented

EXAMPLE, OWN = "example", "own"
CURVES, SETTINGS = "curves", "settings"
ROOMY = 14
"""Height, in sizes of text, from which there is room for more than the curves."""

WIDE = 48
"""Width, in sizes of text, from which the curves have a key where other things stand beside it."""

LATEST = -1
"""The number of the state that is shown while it follows the training."""

LEAST_HIGH = 64
"""Pixels of the curves at least: a line of text stands above them."""

SLOT, EXAMPLE_SLOT = "train: run", "train: example"
"""Of the measuring lane: not the instrument's id, so that training goes on in other chapters."""


class Train(Instrument):
    """Curves of loss and error, the confusion matrix and the misread digits of the state that is
    shown; a click in the curves chooses one that was kept."""

    id = "train"
    title = tr("Train")
    hint = tr("Tick “on the canvas” and click along the curves: maps and scores follow.")
    tip = tr(
        "Stochastic gradient descent from random first weights: w ← w − η ∂loss/∂w, the loss being "
        "the mean of −log p(class) over a batch of digits."
    )
    explanation = tr(
        "<b>Training</b> begins with random weights. Each <b>step</b> takes a <b>batch</b> of "
        "digits and moves all weights a little against the gradient of their loss; a <b>pass</b> "
        "has seen all digits once. Dashed: the batches; solid: the <b>test</b> digits, of which no "
        "step learns. Tick “on the canvas” and click along the curve: maps and scores follow. "
        "Other <b>seeds</b> find other weights of like quality; the settings also compare "
        "activations over <b>depth</b>, and learn a misread drawing. With too large a rate the "
        "loss grows without bound."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.run: Run | DepthRace | None = None
        """What is trained, or was."""
        self.progress: dict[str, Progress] = {}
        """What is known of the example and of the user's own run."""
        self.shown = LATEST
        """The number of the state that is shown, among those kept."""
        self.is_training = False
        self._stage = context.shared(OnStage)
        self._staged: State | None = None
        """The state that was put on the stage last."""
        self.which = Segmented(
            tr("Run"),
            (
                Option(EXAMPLE, tr("example"), tr("A small LeNet-5 on 5,000 digits, as shipped.")),
                Option(OWN, tr("own run"), tr("What is trained here.")),
            ),
        )
        self.part = Segmented(
            tr("What is shown"),
            (
                Option(CURVES, tr("curves"), tr("Curves, confusion matrix, misread digits.")),
                Option(SETTINGS, tr("settings"), tr("Network, digits, optimiser, rate …")),
            ),
        )
        self.what = Segmented(
            tr("Curve"),
            (
                Option("error", tr("error"), tr("The share of digits that are misread.")),
                Option("loss", tr("loss"), tr("The mean of −log p(class).")),
            ),
        )
        self.stage = CheckBox(
            tr("on the canvas"), tr("The state that is shown predicts, in every chapter.")
        )
        self.stage.chosen.connect(self._put_on_stage)  # undoable, before it is shown anyway
        for name, control in (
            ("part", self.part), ("run", self.which), ("what", self.what), ("stage", self.stage),
        ):  # fmt: skip
            self.add_setting(name, control)
        self.training = button(
            tr("Train"), tr("Train with these settings, or pause."), self._toggle
        )
        self.one = button(tr("Step"), tr("One batch further."), lambda: self._go_on(1))
        self.again = button(
            tr("Again"), tr("Begin again with the same initial weights."), self._start_again
        )
        self.saving = button(
            tr("Save…"),
            tr("Save the weights that are shown: Open weights takes them."),
            self._save,
        )
        for one in (self.training, self.one, self.again):
            self.add_control(one)
        self.setup = TrainSettings()
        self.settings |= self.setup.settings
        self.setup.changed.connect(self.grabbed)
        self.setup.add.clicked.connect(lambda: self._add_example())
        self.setup.teach.clicked.connect(lambda: self._teach())
        self.setup.clear.clicked.connect(lambda: self._clear_examples())
        self.setup.stack.refused.connect(self._refuse)
        self.plot = Plot(tr("passes over the digits"), tr("error in %"), step=0.25, fine=0.05)
        self.plot.setMinimumHeight(LEAST_HIGH)
        self.plot.chosen.connect(self._choose_at)
        self.confusion, self.wrong = Confusion(), WrongDigits()
        self.wrong.picked.connect(self._put_on_canvas)
        results = QWidget()
        row = QHBoxLayout(results)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        for part, share in ((self.plot, 7), (self.confusion, 4), (self.wrong, 5)):
            row.addWidget(part, share)
        self._parts = QStackedWidget()
        self._parts.addWidget(results)
        scroll = QScrollArea()  # more than the least place holds
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumSize(0, 0)
        scroll.setWidget(self.setup)
        self._parts.addWidget(scroll)
        self.line = Line()
        view = QWidget()
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        above = QHBoxLayout()
        above.addWidget(self.line, 1)
        above.addWidget(self.saving)
        column.addLayout(above)
        column.addWidget(self._parts, 1)
        self.set_view(view)
        self.document.view.changed.connect(self._leave)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "shown": self.shown, "examples": self.setup.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        shown = state.get("shown")
        if isinstance(shown, int) and not isinstance(shown, bool) and LATEST <= shown < 1000:
            self.shown = shown
        if "stage" in state:
            self._staged = None
        if "examples" in state:
            self.setup.restore(state["examples"])
        super().restore(state)
        self.setup.refresh()

    # What is shown

    @property
    def present(self) -> Progress | None:
        """What is known of the run that is shown."""
        return self.progress.get(self.which.value)

    @property
    def shown_state(self) -> State | None:
        """The state that is shown: a kept one, or the present one of the training."""
        progress = self.present
        if progress is None:
            return None
        if 0 <= self.shown < len(progress.states):
            return progress.states[self.shown]
        return progress.now

    def show_snapshot(self, snapshot: Snapshot) -> None:
        before, self.snapshot = self.snapshot, snapshot
        # Nothing here is of the drawing: curves drawn anew at each move would cost a drag 13 ms
        if before is None or before.request.network != snapshot.request.network:
            self.refresh()

    def refresh(self) -> None:
        if not self.isVisible():
            return
        if EXAMPLE not in self.progress:
            self.context.engine.measure(EXAMPLE_SLOT, _read_example, self._take_example)
        self._show()

    def _take_example(self, progress: Progress) -> None:
        self.progress[EXAMPLE] = progress
        self._show()

    def _take(self, progress: Progress) -> None:
        if self.run is None or progress.run != self.run.id:
            return
        known = self.progress.get(OWN)
        is_empty = progress.now is None and not progress.depths
        if is_empty and known is not None and known.run == progress.run:
            progress = replace(known, status=progress.status, sentence=progress.sentence)
        self.progress[OWN] = progress
        self.is_training = progress.status in ("loading", "training")
        self._show()

    def _show(self) -> None:
        """Show the run and the state that are chosen."""
        if self._staged is not None and not self._stage.is_on:  # undone, or another one is chosen
            self._staged = None
            self.stage.show_value(False)
        self._parts.setCurrentIndex(int(self.part.value == SETTINGS))
        self.training.setText(tr("Pause") if self.is_training else tr("Train"))
        self.saving.setEnabled(self.shown_state is not None)
        self._fold()
        progress, state = self.present, self.shown_state
        self._describe_run(progress, state)
        if progress is not None and progress.depths:
            self._show_depths(progress)
            return
        self.plot.step, self.plot.fine = 0.25, 0.05
        if progress is None or state is None:
            self.plot.set_series(())
            self.plot.set_message(self._invitation())
            return
        self.plot.set_message("")
        what = self.what.value
        keyed = not self._is_roomy or self.width() >= WIDE * text_px(self)
        found = series(progress, what, keyed=keyed)
        name = tr("error in %") if what == "error" else tr("loss")
        if not keyed:
            name = tr("{name} (dashed: training)", name=name)
        self.plot.set_labels(tr("passes over the digits"), name)
        self.plot.set_ranges((0.0, max(1.0, float(progress.passes))), (0.0, highest(found, what)))
        self.plot.set_series(found)
        self.plot.set_mark(state.passes)
        tested = state if state.confusion is not None else _last_tested(progress)
        if tested is not None:
            self.confusion.set_state(tested)
            self.wrong.set_state(tested)
        if self.stage.value and self._may_stage:
            begins = tr("Show the network in training") if self.is_training else ""
            self._stage.show(progress.network(state), begins)
            self._staged = state

    def _invitation(self) -> str:
        """Return what is said in the axes before anything is trained."""
        if self.which.value == EXAMPLE or self.is_training:
            return ""
        if self.setup.source.value == "own" and not self.setup.own:
            return tr("The canvas is the pad: draw a digit, and add it in the settings.")
        return tr("Press Train: it begins from noise.")

    def _show_depths(self, progress: Progress) -> None:
        """Show a race over depth: each point as it is done."""
        what = self.what.value
        found = over_depth(progress, what)
        self.plot.set_message("")
        self.plot.step = self.plot.fine = 1.0
        self.plot.set_labels(
            tr("hidden layers of 64 units"),
            tr("test error in %") if what == "error" else tr("test loss"),
        )
        self.plot.set_ranges((0.8, DEEPEST + 0.2), (0.0, highest(found, what)))
        self.plot.set_series(found)
        self.plot.set_mark(float(self._depth))

    @property
    def _depth(self) -> int:
        """Of a race over depth, the number of hidden layers that is chosen."""
        return self.shown + 1 if 0 <= self.shown < DEEPEST else DEEPEST

    def _fold(self) -> None:
        """Leave out what has no room, or nothing to do with what is shown."""
        curves, roomy = self.part.value == CURVES, self._is_roomy
        races = self.present is not None and bool(self.present.depths)
        for part in (self.which, self.what):
            part.setVisible(curves)
        self.stage.setVisible(curves and not races)
        self.again.setVisible(curves and roomy)
        for one in (self.one, self.saving):
            one.setVisible(curves and roomy and not races)
        for other in (self.confusion, self.wrong):
            other.setVisible(roomy and not races)
        self.line.setVisible(curves and roomy)

    @property
    def _is_roomy(self) -> bool:
        return self.height() >= ROOMY * text_px(self)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._show()

    @property
    def _may_stage(self) -> bool:
        """Whether the network may be put on the stage now: of another chapter only in training."""
        return self.is_training or self.isVisible()

    @property
    def _is_chosen(self) -> bool:
        view = self.document.view
        return view.chapter == "learning" and view.instrument_of("learning") == self.id

    def _describe_run(self, progress: Progress | None, state: State | None) -> None:
        if progress is not None and progress.sentence:
            self._tell(progress.sentence)
        elif progress is not None and progress.depths:
            done = sum(len(one.depths) for one in progress.depths)
            self._tell(
                tr("{done} of {count} networks, {steps} steps each",
                   done=done, count=COUNT, steps=STEPS),
                note=tr("the same digits, optimiser, rate and seed"),
            )  # fmt: skip
        elif progress is None or state is None:
            words = tr("reading the digits …") if self.is_training else tr("nothing trained yet")
            self._tell(words)
        else:
            curve = progress.curves[0]
            error = state.error if state.confusion is not None else _last_error(progress)
            self._tell(
                tr(
                    "pass {passes}, step {step}: test error {error}",
                    passes=number(round(state.passes, 2)), step=f"{state.step:,}",
                    error=percent(error),
                ),
                note=_loss_note(_near(curve, state)),
            )  # fmt: skip

    def _refuse(self, text: str) -> None:
        """Say why something is not done, whatever is shown."""
        self.line.setVisible(True)
        self._tell(text)

    def _tell(self, text: str, note: str = "") -> None:
        self.line.set_text(text, note)

    def formula(self) -> str:
        law = tr("<i>w</i> ← <i>w</i> − <i>η</i> ∂loss/∂<i>w</i>, loss = mean of −log "
                 "<i>p</i>(class)")  # fmt: skip
        progress, state = self.present, self.shown_state
        if progress is not None and progress.depths:
            return slope_law(progress, self._depth)
        if state is None or state.confusion is None:
            return law
        right, all_ = int(np.trace(state.confusion)), int(state.confusion.sum())
        return law + tr(
            "<br>after {step:,} steps: test error = 1 − {right} / {all} = <b>{error}</b>",
            step=state.step, right=right, all=all_, error=percent(state.error),
        )  # fmt: skip

    # What the user does

    def _choose_at(self, passes: float) -> None:
        """Show the kept state nearest to a place of the curve."""
        progress = self.present
        if progress is not None and progress.depths:
            self.shown = min(max(round(passes), 1), DEEPEST) - 1
            self.grabbed.emit()
            self._show()
            return
        if progress is None or not progress.states:
            return
        nearest = min(
            range(len(progress.states)),
            key=lambda place: abs(progress.states[place].passes - passes),
        )
        follows = self.is_training and nearest == len(progress.states) - 1
        self.shown = LATEST if follows else nearest
        self.grabbed.emit()
        self._show()

    def _toggle(self) -> None:
        if self.is_training:
            self._pause()
        else:
            self._go_on(None)

    def _plan(self) -> Plan | None:
        """What is chosen: the present run's plan where its own states are on the stage."""
        present, run = self.document.network, self.run
        try:
            if run is not None and run.plan.start and present.startswith(family(run.id)):
                plan = self.setup.plan(self._stage.before, run.plan.start)
                if plan.id == run.id:
                    return plan
            return self.setup.plan(self._stage.before, present)
        except ValueError as error:
            self._refuse(str(error))
            return None

    def _go_on(self, steps: int | None) -> None:
        """Go on with the run of the present settings, or begin it."""
        plan = self._plan()
        if plan is None:
            return
        if self.run is None or self.run.id != plan.id:
            self._begin(plan)
        run = self.run
        assert run is not None
        if isinstance(run, Run):
            run.set_passes(plan.recipe.passes)
        if plan.start:
            self.stage.show_value(True)
        self.is_training = True
        self.shown = LATEST
        self.which.show_value(OWN)
        self.part.show_value(CURVES)
        self.grabbed.emit()
        self.context.engine.forget(SLOT)
        work = partial(run.go, steps) if isinstance(run, Run) else run.go
        self.context.engine.measure(SLOT, lambda _nets: work(), self._take, rests=True)
        self._show()

    def _begin(self, plan: Plan, *, afresh: bool = False) -> None:
        """Make the run of a plan; ``afresh``: without what the disk holds of it."""
        self.context.engine.forget(SLOT)
        self.progress.pop(OWN, None)
        if plan.compared == "depth":
            self.run = DepthRace(plan, self.setup.own)
            return
        is_lasting = not networks.is_passing(plan.start)  # another start of this name may come
        networks.hold(plan.start)
        self.run = Run(plan, self.setup.own, checkpoints.folder_of(plan) if is_lasting else None)
        self.run.from_the_start = afresh

    def _pause(self) -> None:
        """Let the run rest after the step that is under way; ``Train`` goes on from there."""
        self.context.engine.forget(SLOT)
        self.is_training = False
        self._show()

    def _start_again(self) -> None:
        """Train anew from the same first weights, and forget what was kept of this plan."""
        plan = self._plan()
        if plan is None:
            return
        self._begin(plan, afresh=True)
        self._go_on(None)

    def _put_on_stage(self, wanted: bool) -> None:
        """Let the state that is shown answer, undoable, or the network of before."""
        progress, state = self.present, self.shown_state
        self._staged = None
        if not wanted:
            self._stage.leave()
        elif progress is not None and state is not None:
            self._stage.show(progress.network(state), tr("Show the network in training"))

    def _leave(self, name: str) -> None:
        """Take the network off the stage when another instrument or chapter is turned to, unless
        it is in training: then one wants to see it there."""
        kept = self.is_training or self._is_chosen
        if name in ("chapter", "instrument") and self.stage.value and not kept:
            self._staged = None
            self._stage.leave()

    def _put_on_canvas(self, place: int) -> None:
        """Put a misread digit beside what is on the canvas."""
        progress, state = self.present, self.shown_state
        if progress is None or state is None:
            return
        tested = state if state.wrong is not None else _last_tested(progress)
        if tested is None or tested.wrong is None:
            return
        pixels = tested.wrong.images[place].astype(np.float32) / np.float32(255)
        name = tr("misread {label}", label=tested.wrong.labels[place])
        scene = self.document.scene
        x, width = free_place(scene, pixels.shape[1] / 2, self.document.architecture.window)
        layer = ImageLayer(pixels, (float(round(x)), float(scene.height // 2)), name=name)
        scene = resized(scene, scene.height, width)
        self.document.apply(replace(scene, items=(*scene.items, layer)), tr("Add a misread digit"))

    def _teach(self) -> None:
        """Add the drawing, and train the network on the stage further on the user's examples."""
        if self._add_example():
            self.setup.choose_teaching()
            self._go_on(None)

    def _add_example(self) -> bool:
        """Take the window that is shown as an example of the class that is chosen, if it can."""
        window = None if self.snapshot is None else window_shown(self.snapshot, self.document)
        if window is None:
            self._refuse(
                tr("The canvas is the pad: draw a digit on it; the window that is shown is added.")
            )
            return False
        self.setup.add_example(window)
        self.grabbed.emit()
        return True

    def _clear_examples(self) -> None:
        self.setup.clear_examples()
        self.grabbed.emit()

    def _save(self) -> None:
        progress, state = self.present, self.shown_state
        if progress is None or state is None or self.window().property(NO_DIALOGS):
            return
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save weights"), "trained.safetensors", tr("Weights ({all})",
                                                                all="*.safetensors")
        )  # fmt: skip
        if name:
            self.save(Path(name))

    def save(self, file: Path) -> None:
        """Write the weights that are shown, off the GUI thread."""
        progress, state = self.present, self.shown_state
        if progress is None or state is None or progress.architecture is None:
            return
        metadata = {
            "architecture": architecture_to_json(progress.architecture),
            "recipe": {"step": state.step},
            "figures": {} if state.confusion is None else {"test": round(100 * state.error, 2)},
            "scales": dict(state.scales),
        }
        self.context.engine.run_job(
            lambda: store(state.weights, metadata, file),
            lambda _none: self._tell(
                tr("{file} is saved; Open weights lets it predict.", file=file.name)
            ),
            self._fail,
        )

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._tell(str(error))


def _read_example(_nets: object) -> Any:
    yield shipped()


def _last_tested(progress: Progress) -> State | None:
    return progress.states[-1] if progress.states else None


def _last_error(progress: Progress) -> float:
    tested = progress.curves[0].test_errors
    return float(tested[-1]) if len(tested) else float("nan")


def _loss_note(loss: float) -> str:
    if math.isnan(loss):
        return ""
    return tr("loss of the batches {loss}", loss=number(loss, 2))


def _near(curve: Any, state: State) -> float:
    """The loss of the batches up to a state."""
    count = int(np.searchsorted(curve.passes, state.passes + 1e-9))
    return float(np.mean(curve.losses[max(0, count - 15) : count])) if count else float("nan")
