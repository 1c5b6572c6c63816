"""The settings of *Train*: what is trained, on what, and how; and the user's own examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from viz.chapters.architecture.layer_table import StackEdit
from viz.chapters.architecture.measure.stack import parse
from viz.chapters.instrument import Setting
from viz.chapters.learning.measure.depth import STEPS
from viz.chapters.learning.measure.plan import (
    DEEPEST,
    Plan,
    deep,
    of_stack,
    optimizer_name,
    small,
    trainable,
)
from viz.chapters.learning.measure.plan import RATES as USUAL
from viz.chapters.learning.measure.run import MOST_PASSES
from viz.chapters.learning.measure.sets import (
    MOST_OWN,
    PEN_TRAINING,
    Example,
    checksum,
    example_from_json,
    has_mnist,
)
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import WINDOW, Architecture
from viz.nets.lenet5 import lenet5
from viz.nets.locality import ARCHITECTURES
from viz.nets.modules import base_of
from viz.nets.recipe import OPTIMIZERS, LearningRecipe
from viz.views.theme import GRID
from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.flow_layout import FlowLayout
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.push_button import push_button
from viz.views.widgets.segmented import Option

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0, 10.0)
BATCHES = (1, 8, 32, 128)
COUNTS = (100, 500, 1200, 5000, 20_000)
FEW = 100
"""Digits with which first weights make a difference."""
TEACHING_RATE, TEACHING_PASSES = 0.0003, 15
"""With which a misread drawing is read rightly afterwards, and other digits about as before."""

STACK = "32×32×1, conv 8 5×5, pool 2×2, conv 16 5×5, pool 2×2, fc 10"


class TrainSettings(QWidget):
    """All that a plan is made of, each named; ``settings`` by their names in scene files."""

    changed = pyqtSignal()
    """The user chose something."""

    def __init__(self) -> None:
        super().__init__()
        self.own: tuple[Example, ...] = ()
        """The user's own examples."""
        self.network = ChoiceBox(tr("Network"), (
            Option("small", tr("LeNet-5, 6-16-60"), tr("A small LeNet-5; some seconds a pass.")),
            Option("lenet5", tr("LeNet-5, 20-50-500"), tr("The lecture's; 5,000 digits take "
                                                          "about half a minute.")),
            Option("stage", tr("that on the canvas"), tr("The network that predicts: its "
                                                        "architecture, or its weights too.")),
            Option("deep", tr("fully connected"), tr("Hidden layers of 64 units on 16×16 "
                                                     "pixels.")),
            *(
                Option(f"locality-{kind}", text, tr("{count} parameters, as in Locality of chapter "
                       "8.", count=f"{ARCHITECTURES[kind].parameters:,}"))
                for kind, text in (
                    ("dense", tr("one hidden layer")), ("conv", tr("convolutional")),
                    ("local", tr("locally connected")),
                )
            ),
            Option("stack", tr("a stack"), tr("Layers as they are written in Sizes.")),
        ))  # fmt: skip
        self.start = ChoiceBox(tr("First weights"), (
            Option("random", tr("random weights"), tr("Drawn by the seed.")),
            Option("stage", tr("its present weights"), tr("It is trained further.")),
        ))  # fmt: skip
        self.source = ChoiceBox(tr("Digits"), (
            *((
                Option("mnist", tr("MNIST"), tr("Tested with 500 digits of its test set.")),
                Option("permuted", tr("MNIST, permuted"), tr("All pixels of the windows of 32×32 "
                       "in one other order; tested so, too.")),
            ) if has_mnist() else ()),
            Option("pen", tr("pen digits"), tr("1,200 of those that ship, tested with the other "
                                               "300.")),
            Option("own", tr("my own"), tr("What you added; tested with 300 pen digits.")),
        ))  # fmt: skip
        self.count = _numbers(tr("How many"), COUNTS, 5000)
        self.compared = ChoiceBox(tr("Compare"), (
            Option("nothing", tr("nothing"), tr("One network, whose states are kept.")),
            Option("seeds", tr("4 seeds"), tr("Other first weights and another order: other "
                                              "weights, about the same quality.")),
            Option("activations", tr("ReLU, tanh, sigmoid"), tr("The deeper the network, the "
                                                               "slower sigmoids learn.")),
            Option("depth", tr("depth: ReLU, tanh, sigmoid"), tr("The test error of 24 networks of "
                   "1 to 8 hidden layers, 64 units each, after {steps} steps.", steps=STEPS)),
            Option("optimizers", tr("optimisers"), tr("Each with its usual rate, the chosen one "
                                                      "with the rate below.")),
            Option("starts", tr("random and autoencoder"), tr("First weights drawn at random, or "
                   "from an autoencoder of the first layers; 100 digits are proposed.")),
        ))  # fmt: skip
        self.optimizer = ChoiceBox(tr("Optimiser"), [
            Option(name, optimizer_name(name), tr("How a gradient becomes a step."))
            for name in OPTIMIZERS
        ])  # fmt: skip
        self.optimizer.show_value("adam")
        self.rate = _numbers(tr("Learning rate"), RATES, 0.001)
        self.batch = _numbers(tr("Batch"), BATCHES, 32)
        self.passes = CountBox(tr("passes"), tr("How often every digit is seen."), 1,
                               MOST_PASSES, 1)  # fmt: skip
        self.seed = CountBox(tr("seed"), tr("Decides first weights and order."), 1, 9999, 1)
        self.hidden = CountBox(tr("hidden layers"), tr("Of the fully connected network."), 1,
                              DEEPEST, 2)  # fmt: skip
        self.stack = StackEdit(STACK)
        self.label = ChoiceBox(
            tr("Class"), [Option(n, str(n), tr("The digit that is drawn.")) for n in range(10)]
        )
        self.add = push_button(
            tr("Add"), tr("Add the window that is shown as an example of this class.")
        )
        self.teach = push_button(
            tr("Add and train"),
            tr("Add it, and train the network on the canvas further, from its present weights, on "
               "your examples at a small rate."),
        )  # fmt: skip
        self.clear = push_button(tr("Remove all"), tr("Remove all examples of your own."))
        self.settings: dict[str, Setting] = {
            "network": self.network, "source": self.source, "count": self.count,
            "compared": self.compared, "optimizer": self.optimizer, "rate": self.rate,
            "batch": self.batch, "passes": self.passes, "seed": self.seed, "depth": self.hidden,
            "stack": self.stack, "label": self.label, "start": self.start,
        }  # fmt: skip
        self._told = QLabel()
        self._told.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._network = _named(tr("network"), self.network)
        self._count = _named(tr("how many"), self.count)
        self._start = _named(tr("begin with"), self.start)
        flow = FlowLayout(self)
        for widget in (
            self._network, self._start, self.hidden, self.stack,
            _named(tr("digits"), self.source), self._count,
            _named(tr("compare"), self.compared), _named(tr("optimiser"), self.optimizer),
            _named(tr("rate"), self.rate), _named(tr("batch"), self.batch), self.passes, self.seed,
            _named(tr("the drawing as example of"), self.label), self.add, self.teach, self.clear,
            self._told,
        ):  # fmt: skip
            flow.addWidget(widget)
        self._proposed = self.optimizer.value
        self.optimizer.chosen.connect(self._propose_rate)
        self.compared.chosen.connect(self._propose_count)
        for control in self.settings.values():
            control.chosen.connect(self._take)
        self._show()

    def _take(self, _value: object) -> None:
        self._show()
        self.changed.emit()

    def _propose_rate(self, optimizer: str) -> None:
        """Choose the usual rate of another optimiser, unless the user had chosen another rate."""
        if self.rate.value == USUAL[self._proposed]:
            self.rate.show_value(USUAL[optimizer])

    def _propose_count(self, compared: str) -> None:
        """Choose few digits for the comparison of first weights: there they differ."""
        if compared == "starts":
            self.count.show_value(FEW)

    def _show(self) -> None:
        """Show what belongs to the choices, and how many examples of the user's there are."""
        self._proposed = self.optimizer.value
        source = self.source.value
        most = PEN_TRAINING if source == "pen" else max(COUNTS)
        count = min(self.count.value, most)
        self.count.set_options(_options(tr("How many"), [one for one in COUNTS if one <= most]))
        self.count.show_value(count)
        self._count.setVisible(source != "own")
        network, over_depth = self.network.value, self.compared.value == "depth"
        self._network.setVisible(not over_depth)
        self.passes.setVisible(not over_depth)
        self._start.setVisible(network == "stage" and not over_depth)
        self.hidden.setVisible(network == "deep" and not over_depth)
        self.stack.setVisible(network == "stack" and not over_depth)
        self.clear.setVisible(bool(self.own))
        told = tr("{count} of your own", count=len(self.own)) if self.own else ""
        if not self.own and self.source.value == "own":
            told = tr("none yet: the canvas is the pad")
        self._told.setText(told)
        self._told.setVisible(bool(told))

    def refresh(self) -> None:
        """Show what belongs to choices made elsewhere."""
        self._show()

    # What is trained

    def choose_teaching(self) -> None:
        """Choose that the network on the stage learns the user's examples, a little."""
        self.network.show_value("stage")
        self.start.show_value("stage")
        self.source.show_value("own")
        self.compared.show_value("nothing")
        self.optimizer.show_value("adam")
        self.rate.show_value(TEACHING_RATE)
        self.passes.show_value(TEACHING_PASSES)
        self._take(None)

    def plan(self, stage: str, present: str) -> Plan:
        """Return what is chosen, with the network ``stage`` on the stage; ``present`` is that whose
        weights answer, a state of ``stage`` or of a training maybe. Raises ValueError, a translated
        sentence, for what cannot be trained."""
        recipe = LearningRecipe(
            self.optimizer.value, self.rate.value, self.batch.value, self.passes.value,
            self.seed.value, falls=False,
        )  # fmt: skip
        source, compared = self.source.value, self.compared.value
        start = ""
        if self.network.value == self.start.value == "stage" and compared != "depth":
            start = stage = base_of(present)
            if compared in ("activations", "starts"):
                raise ValueError(
                    tr("Networks that are compared in this begin with random weights; choose them.")
                )
        return Plan(
            deep(DEEPEST) if compared == "depth" else self._architecture(stage), recipe, source,
            self.count.value, compared, checksum(self.own) if source == "own" else "", start,
        )  # fmt: skip

    def _architecture(self, stage: str) -> Architecture:
        chosen = self.network.value
        if chosen == "stage":
            architecture = networks.architecture(base_of(stage))
            if why := trainable(architecture):
                raise ValueError(why)
            return architecture
        if chosen.startswith("locality-"):
            return ARCHITECTURES[chosen.removeprefix("locality-")]
        if chosen == "stack":
            return of_stack(parse(self.stack.value))
        if chosen == "deep":
            return deep(self.hidden.value)
        return small() if chosen == "small" else lenet5(none=False)

    # The user's own examples

    def add_example(self, window: NDArray[np.float32]) -> None:
        """Add a window of 32×32 pixels as an example of the class that is chosen."""
        pixels = np.round(255 * np.clip(window, 0, 1)).astype(np.uint8).tobytes()
        self.own = (*self.own, Example(pixels, self.label.value))[-MOST_OWN:]
        self._show()

    def clear_examples(self) -> None:
        """Remove the user's own examples."""
        self.own = ()
        self._show()

    def state(self) -> list[Any]:
        """Write the user's own examples for a scene file."""
        return [one.to_json() for one in self.own]

    def restore(self, kept: object) -> None:
        """Take the examples back that ``state`` wrote; leave out what is none."""
        if isinstance(kept, list):
            read = [example_from_json(one) for one in kept[:MOST_OWN]]
            self.own = tuple(one for one in read if one is not None)
            self._show()


def window_shown(snapshot: Snapshot, document: Document) -> NDArray[np.float32] | None:
    """Return the 32×32 pixels about the window that is shown; None where nothing is drawn in it."""
    architecture, window = snapshot.architecture, document.shown_window()
    if window is None:
        return None
    image = np.pad(snapshot.image, WINDOW)
    row, column = (round(architecture.centre(at)) + WINDOW - WINDOW // 2 for at in window)
    cut = image[row : row + WINDOW, column : column + WINDOW]
    return cut if cut.shape == (WINDOW, WINDOW) and cut.any() else None


def _numbers(name: str, values: Sequence[float], chosen: float) -> ChoiceBox:
    box = ChoiceBox(name, _options(name, values))
    box.show_value(chosen)
    return box


def _options(name: str, values: Sequence[float]) -> list[Option]:
    return [Option(value, f"{value:,g}", name) for value in values]


def _named(text: str, control: QWidget) -> QWidget:
    """Put a name before a control."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * GRID)
    label = QLabel(text)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    row.addWidget(label)
    row.addWidget(control)
    return both
