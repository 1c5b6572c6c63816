"""Examples: what training looks like; a click puts an example on the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.sliding_window.measure.examples import (
    DEFAULT,
    NO_NONE,
    PLAIN,
    Sheet,
    sheets,
)
from viz.chapters.sliding_window.sheet_view import SheetView
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.scene import ImageLayer, Scene
from viz.scene.images import on_grid
from viz.views.theme import GRID
from viz.views.widgets.class_map import class_name
from viz.views.widgets.line import Line
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tooltip import wrapped

LAST_SEED = 999_999


class Examples(MeasuredInstrument):
    """A sheet of training examples with targets, and what the present network misses of them."""

    id = "examples"
    title = tr("Examples")
    hint = tr("Click an example: it comes onto the canvas, and is read there.")
    tip = tr(
        "Strips of four windows as training sees them, with each window's target probabilities: "
        "loss = mean of −weight · Σ target · log p."
    )
    explanation = tr(
        "Training shows the network such strips, each with four windows, and below each window its "
        "<b>target</b>: the probability that every class should get. A digit near the centre is "
        "its window’s target; blank paper, or digits only beside the centre, are <b>none of the "
        "above</b>, a dot. Between them the target is mixed. Shifts, sizes and neighbouring digits "
        "are not built in: the network has to learn them from such data. Compare the three ways of "
        "training, and click an example."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.seed = 1
        self.training = Segmented(
            tr("Training"),
            (
                Option(DEFAULT, tr("default model"), tr(
                    "Distorted digits with neighbouring digits, and the eleventh class."
                )),
                Option(NO_NONE, tr("without “none”"), tr(
                    "The same strips with ten classes: a window without a digit does not count."
                )),
                Option(PLAIN, tr("no augmentation"), tr(
                    "Upright digits in the middle of a window, and blank paper. Windows 4 px "
                    "beside it do not count."
                )),
            ),
            label=tr("training of"),
        )  # fmt: skip
        self.add_setting("training", self.training)
        self.other = QPushButton(tr("Another sheet"))
        self.other.setToolTip(wrapped(tr("Other digits, distorted and placed anew at random.")))
        self.other.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.other.clicked.connect(self._turn_over)
        self.add_control(self.other)
        self.said = Line()
        self.view = SheetView()
        self.view.describe = self._describe
        self.view.chosen.connect(self._put)
        self.view.setAccessibleName(tr("Training examples with their targets"))
        view = QWidget()
        layout = QVBoxLayout(view)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.said)
        layout.addWidget(self.view, 1)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "seed": self.seed}

    def restore(self, state: Mapping[str, Any]) -> None:
        seed = state.get("seed")
        if isinstance(seed, int) and not isinstance(seed, bool) and 1 <= seed <= LAST_SEED:
            self.seed = seed
        super().restore(state)

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # it is not of the drawing

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        return self.training.value, self.seed, request.network, request.ablated

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        training, seed, network, ablated = key
        return sheets(training, seed, nets(network), dict(ablated))

    # What is shown

    def show_result(self, result: Sheet) -> None:
        self.view.set_sheet(result)
        if result.answers is None:
            self.said.set_text(
                tr("target of each window: a digit, or a dot for “none”"),
                tr("sheet {n}", n=self.seed),
            )
            return
        missed, clear = int(result.answers.missed.sum()), result.answers.clear
        self.said.set_text(
            tr("The present network misses {missed} of {clear} clear targets (outlined).",
               missed=missed, clear=clear),
            tr("A dot is “none”; sheet {n}", n=self.seed),
            tr(
                "Clear: counted in full, and more than 90 % for one class. The rest is mixed, "
                "because a digit is nearly too far from the centre or another is as near."
            ),
            shorter=(
                (tr("misses {missed} of {clear} (outlined)", missed=missed, clear=clear),
                 tr("dot: “none”; sheet {n}", n=self.seed)),
            ),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.view.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("loss = mean of −weight · Σ target · log <i>p</i>")
        sheet: Sheet | None = self.result
        if sheet is None or sheet.answers is None:
            return law
        return law + tr(
            "<br>= <b>{loss}</b> in {windows} windows of this sheet",
            loss=number(sheet.answers.loss, 3), windows=sheet.weights.size,
        )  # fmt: skip

    def _describe(self, strip: int, window: int | None) -> str:
        sheet: Sheet = self.result
        if window is None:
            return "\n".join((_kinds()[sheet.kinds[strip]], tr("Click to put it on the canvas.")))
        target, weight = sheet.targets[strip, window], float(sheet.weights[strip, window])
        if not weight:
            return tr("Window {n} does not count in the loss.", n=window + 1)
        shares = ", ".join(
            tr("{name} {p}", name=class_name(one), p=number(float(target[one]), 2))
            for one in target.argsort()[::-1].tolist()
            if target[one] > 0
        )
        lines = [tr(
            "Window {n}: target {shares}; weight {weight}",
            n=window + 1, shares=shares, weight=number(weight, 2),
        )]  # fmt: skip
        if sheet.answers is not None:
            lines.append(tr(
                "present network: {name}, p = {p}",
                name=class_name(int(sheet.answers.winners[strip, window])),
                p=number(float(sheet.answers.probabilities[strip, window]), 3),
            ))  # fmt: skip
        return "\n".join(lines)

    # What is done

    def _turn_over(self) -> None:
        self.seed = self.seed % LAST_SEED + 1
        self.grabbed.emit()
        self.refresh()

    def _put(self, strip: int) -> None:
        """Put an example on a canvas of its size; the user's own drawing comes back by undo."""
        if self.result is None or self.document.read_only:
            return
        pixels = on_grid(self.result.strips[strip])
        height, width = pixels.shape
        layer = ImageLayer(pixels, (width / 2, height / 2), name=tr("training example"))
        scene = Scene(height, width, items=(layer,))
        # Staged: it is not the user's, whose own drawing stays what autosave keeps
        self.document.apply(scene, tr("Training example"), staged=True)


def _kinds() -> dict[str, str]:
    """What each kind of strip shows, as a sentence."""
    return {
        "alone": tr("A digit alone, shifted and distorted."),
        "string": tr("Digits side by side, some touching or overlapping."),
        "stacked": tr("Digits above one another: two lines of writing."),
        "far": tr("A digit far above or below the centre: none of the above."),
        "through": tr("Two digits drawn through one another: half and half."),
        "blank": tr("Blank paper, or noise on it: none of the above."),
    }
