"""Controls of the kernel instrument: input, kernel, and what is done with the sums."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.convolution.measure.applied import Rule
from viz.chapters.convolution.measure.correlation import Array
from viz.chapters.convolution.measure.inputs import PATTERNS, matrix, rows_of
from viz.chapters.convolution.measure.kernels import MOST_SIDE, PRESETS, learned, resized
from viz.chapters.convolution.words import kernel_names
from viz.chapters.instrument import Instrument
from viz.errors import UserError
from viz.i18n import tr
from viz.model.document import Document
from viz.nets import networks
from viz.nets.modules import base_of
from viz.views.theme import GRID
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.labelled_box import CountBox, ValueBox
from viz.views.widgets.number_grid import MOST
from viz.views.widgets.segmented import Option, Segmented

CANVAS, PICTURE, MATRIX = "canvas", "picture", "matrix"

OWN = "own"
"""Stands for a kernel that is none of those offered."""

MOST_BIAS = 1_000.0


class KernelControls(QObject):
    """Puts the controls into the row of the instrument and reports what is chosen."""

    kernel_chosen = pyqtSignal(object, float)
    """Another kernel (h, w), and the bias that comes with it."""
    input_chosen = pyqtSignal()
    """Another input, before it is asked for."""
    matrix_chosen = pyqtSignal()
    """Another pattern or size of the matrix."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(instrument)
        self._document: Document = instrument.document
        self._kernel: Array = PRESETS["vertical"]
        self.input = _inputs()
        self.pattern, self.size = _patterns(), CountBox(
            tr("n"), tr("Rows and columns of the matrix, 4 to 32."), 4, 32, 6
        )  # fmt: skip
        self.preset = ChoiceBox(tr("Kernel"), ())
        self.rows = CountBox(tr("kernel"), tr("Rows of the kernel, 1 to 11."), 1, MOST_SIDE, 3)
        self.columns = CountBox(tr("×"), tr("Columns of the kernel, 1 to 11."), 1, MOST_SIDE, 3)
        self.rows.box.setAccessibleName(tr("Rows of the kernel"))
        self.columns.box.setAccessibleName(tr("Columns of the kernel"))
        self.flip = _operations()
        self.bias = ValueBox(
            tr("bias"), tr("A number that is added to every sum."), -MOST_BIAS, MOST_BIAS, 0.1
        )
        self.absolute = CheckBox(tr("|y|"), tr("Show absolute values: edges of both signs alike."))
        self.relu = CheckBox(tr("ReLU"), tr("Values below 0 become 0, after the bias."))
        self.input.chosen.connect(lambda _: self.input_chosen.emit())
        instrument.add_setting("input", self.input)
        instrument.add_setting("pattern", self.pattern)
        instrument.add_setting("size", self.size)
        instrument.add_control(self.preset)
        instrument.add_control(_together(self.rows, self.columns))
        instrument.add_setting("convolution", self.flip)
        instrument.add_setting("bias", self.bias)
        instrument.add_setting("absolute", self.absolute)
        instrument.add_setting("relu", self.relu)
        self.pattern.chosen.connect(lambda _: self.matrix_chosen.emit())
        self.size.chosen.connect(lambda _: self.matrix_chosen.emit())
        self.preset.chosen.connect(self._choose)
        self.rows.chosen.connect(lambda _: self._resize())
        self.columns.chosen.connect(lambda _: self._resize())
        self._document.network_changed.connect(self._offer)
        self._offer()

    def rule(self, kernel: Array) -> Rule:
        """Return what is computed with a kernel."""
        rows = rows_of(kernel)
        return Rule(
            rows, self.flip.value, self.bias.value, self.absolute.value, self.relu.value
        )  # fmt: skip

    def pattern_matrix(self) -> Array:
        """Return the matrix of the pattern and size that are chosen."""
        return matrix(self.pattern.value, self.size.value)

    def show_kernel(self, kernel: Array) -> None:
        """Show a kernel's size, and its name if it is one of those offered."""
        self._kernel = kernel
        self.rows.show_value(kernel.shape[0])
        self.columns.show_value(kernel.shape[1])
        same = (name for name, one in self._offered.items() if np.array_equal(one[0], kernel))
        self.preset.show_value(next(same, OWN))

    def show_applicable(self) -> None:
        """Show pattern and size only where there is a matrix."""
        for control in (self.pattern, self.size):
            control.setVisible(self.input.value == MATRIX)

    def _offer(self) -> None:
        """Offer the presets and what the network's first layer learned, by name: kernel, bias."""
        name = base_of(self._document.network)  # modules change no kernels
        names = kernel_names()
        self._offered = {one: (PRESETS[one], 0.0) for one in names}
        try:
            weights = networks.weights(name)
        except UserError:  # reported by the engine, which keeps the previous network
            weights = {}
        architecture = networks.architecture(name)
        kernels, biases = learned(architecture, weights)
        layer = architecture.layers[0].name
        numbers = []
        for index, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
            if np.abs(kernel).max() <= MOST and abs(bias) <= MOST_BIAS:  # as the cells take
                numbers.append(index)
                self._offered[f"{layer}:{index}"] = kernel, round(float(bias), 6)
        tip = tr("Learned by the network from examples; its bias comes with it.")
        self.preset.set_options([
            Option(OWN, tr("your own"), tr("The numbers as you changed them.")),
            *(Option(one, text, "") for one, text in names.items()),
            *(Option(f"{layer}:{index}", tr("{layer}, map {map}", layer=layer, map=index), tip)
              for index in numbers),
        ])  # fmt: skip
        self.show_kernel(self._kernel)

    def _choose(self, name: str) -> None:
        if name != OWN:
            self.kernel_chosen.emit(*self._offered[name])

    def _resize(self) -> None:
        kernel = resized(self._kernel, self.rows.value, self.columns.value)
        self.kernel_chosen.emit(kernel, self.bias.value)


def _together(*controls: QWidget) -> QWidget:
    """Controls that stay in one row."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * GRID)
    for control in controls:
        row.addWidget(control)
    return whole


def _inputs() -> Segmented:
    return Segmented(
        tr("Input"),
        (
            Option(CANVAS, tr("canvas"), tr("The drawing on the canvas; ink is 1.")),
            Option(
                PICTURE,
                tr("picture"),
                tr("The picture that was opened last, in its colours and at its own size, up to "
                   "1024 pixels a side."),
            ),
            Option(MATRIX, tr("matrix"), tr("A small matrix of whole numbers to change.")),
        ),
        label=tr("input"),
    )  # fmt: skip


def _patterns() -> ChoiceBox:
    light, mirror, board = PATTERNS
    return ChoiceBox(
        tr("Pattern"),
        (
            Option(light, tr("light to dark"), tr("Tens on the left, zeros on the right.")),
            Option(mirror, tr("dark to light"), tr("Zeros on the left, tens on the right.")),
            Option(board, tr("checkerboard"), tr("Light to dark above, dark to light below.")),
        ),
    )


def _operations() -> Segmented:
    return Segmented(
        tr("Operation"),
        (
            Option(False, tr("cross-correlation"), tr("The kernel as it is: what networks do.")),
            Option(True, tr("convolution"), tr("The kernel flipped both ways.")),
        ),
    )
