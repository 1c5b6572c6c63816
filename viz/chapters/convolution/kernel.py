"""Kernel: one kernel slides over the canvas, a picture or a small matrix, its sum written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viz.chapters.convolution.kept_picture import KeptPicture, no_picture
from viz.chapters.convolution.kernel_controls import CANVAS, MATRIX, KernelControls
from viz.chapters.convolution.measure.applied import Applied, Rule, apply, fits
from viz.chapters.convolution.measure.correlation import Array, flipped
from viz.chapters.convolution.measure.inputs import array_of, matrix, of, rows_of
from viz.chapters.convolution.measure.kernels import MOST_SIDE, PRESETS
from viz.chapters.convolution.words import products_written, result_caption
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.scene import Scene
from viz.views.theme import GRID, text_px
from viz.views.widgets.heatmap import Cell
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import MOST, NumberGrid

LOW = 18
"""Lines of text: in less height kernel and products stand side by side."""

SLOW_MS, QUICK_MS = 600, 40
"""From window to window of a small result, whose sums are read one by one, and of a larger one."""


class Kernel(MeasuredInstrument):
    """Input, kernel, the products of one window, and the result, in which their sum is lit."""

    id = "kernel"
    title = tr("Kernel")
    hint = tr("Type into a cell of the kernel, drag it up and down, or turn the wheel over it.")
    tip = tr(
        "y = Σ k·x over the window: each number of the kernel times the pixel beneath it. Point at "
        "the input or the result to move the window; click the result, and arrow keys do."
    )
    explanation = tr(
        "The <b>kernel</b> lies on a <b>window</b> of the input: each of its numbers is multiplied "
        "with the pixel beneath it, and the sum of the <b>products</b> is one value of the "
        "<b>feature map</b>. [1 0 −1] is positive where light lies left of dark and negative where "
        "it lies right. <b>Cross-correlation</b>, which networks compute, takes the kernel as it "
        "is; true <b>convolution</b> flips it both ways. On a larger matrix the edge stays two "
        "columns wide: it is thin only relative to it."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.kernel: Array = PRESETS["vertical"]
        """As it was given, not flipped."""
        self.matrix: Array = matrix("light-dark", 6)
        self.place: Cell | None = None
        """The output whose window is shown; None until there is a result, then the strongest."""
        self._walked = False
        """Whether the user chose it; else it goes to where there is something when it is left."""
        self._kept = KeptPicture(self.document)
        self.controls = KernelControls(self)
        self.playing = QPushButton(tr("Play"))
        self.playing.setToolTip(tr("Move the window over the whole input, or stop."))
        self.playing.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.playing.clicked.connect(self._toggle)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        self.controls.kernel_chosen.connect(self._take_kernel)
        self.controls.matrix_chosen.connect(self._take_matrix)
        self.controls.input_chosen.connect(self._take_input)
        sides = LockedScale(1.0, signed=True)
        self.input, self.result_map = NumberGrid(LockedScale(1.0), step=1.0), NumberGrid(sides)
        self.grid, self.products = NumberGrid(sides, editable=True), NumberGrid(sides, legend=False)
        self.line = Line()
        for map_, follow in ((self.input, self._point_at_input), (self.result_map, self._point)):
            map_.pointed.connect(follow)
            map_.chosen.connect(lambda *cell, follow=follow: follow(cell))
            map_.chosen.connect(lambda *_: self.result_map.setFocus())
        self.result_map.describe = self._describe
        self.grid.edited.connect(self._edit_kernel)
        self.input.edited.connect(self._edit_matrix)
        self.products.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._middle.setSpacing(GRID)
        self._middle.addWidget(self.grid, 1)
        self._middle.addWidget(self.products, 1)
        self._maps = QHBoxLayout()
        self._maps.setSpacing(4 * GRID)
        self._maps.addWidget(self.input, 6)
        self._maps.addLayout(self._middle, 3)
        self._maps.addWidget(self.result_map, 6)
        view = QWidget()
        whole = QVBoxLayout(view)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID)
        whole.addLayout(self._maps, 1)
        foot = QHBoxLayout()
        foot.setSpacing(2 * GRID)
        foot.addWidget(self.playing)
        foot.addWidget(self.line, 1)
        whole.addLayout(foot)
        self.set_view(view)
        self._show_kernel()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        low, way = self.height() < LOW * text_px(self), QBoxLayout.Direction
        self._middle.setDirection(way.LeftToRight if low else way.TopToBottom)
        self._maps.setStretch(1, 6 if low else 3)
        super().resizeEvent(event)

    # What is kept

    def state(self) -> dict[str, Any]:
        state = {
            **super().state(),
            "kernel": self.kernel.tolist(),
        }
        if self.place is not None:
            state["place"] = list(self.place)
        if not np.array_equal(self.matrix, self.controls.pattern_matrix()):
            state["matrix"] = self.matrix.tolist()
        if (picture := self._kept.picture) is not None:
            state["picture"] = picture
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        self._kept.restore(state)
        if (kernel := array_of(state.get("kernel"), 1, MOST_SIDE, MOST)) is not None:
            self.kernel = kernel
        match state.get("place"):
            case [int(row), int(column)] if min(row, column) >= 0:
                self.place, self._walked = (row, column), True
        super().restore(state)
        if "pattern" in state or "size" in state:
            self.matrix = self.controls.pattern_matrix()
        side = self.controls.size.value
        written = array_of(state.get("matrix"), side, side, MOST)
        if written is not None and np.array_equal(written, np.rint(written)):
            self.matrix = written
        self._show_kernel()
        self.refresh()
        self._show_place()

    # What is computed

    @property
    def rule(self) -> Rule:
        """What is computed, as the controls say."""
        return self.controls.rule(self.kernel)

    def _source(self, snapshot: Snapshot) -> Any:
        """The input: the scene, a picture, the pixels of an image on the canvas, or the matrix."""
        kind = self.controls.input.value
        if kind == CANVAS:
            return snapshot.request.scene
        if kind == MATRIX:
            return rows_of(self.matrix)
        return self._kept.source(snapshot)

    def reason(self, snapshot: Snapshot) -> str:
        kind, source = self.controls.input.value, self._source(snapshot)
        if kind == CANVAS:
            shape: tuple[int, ...] = snapshot.image.shape
            reason = super().reason(snapshot)
        elif kind == MATRIX:
            shape, reason = self.matrix.shape, ""
        elif source is None:
            return no_picture()
        else:
            shape, reason = source.pixels.shape[:2], ""
        if not fits(shape, self.rule):
            return tr(
                "The kernel is larger than the input, so no window fits. Choose a smaller kernel "
                "or a larger input."
            )
        return reason

    def key(self, snapshot: Snapshot) -> Any:
        return self._source(snapshot), self.rule

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Applied]:
        source, rule = key
        yield from apply(of(snapshot.image if isinstance(source, Scene) else source), rule)

    # What is shown

    def show_result(self, result: Applied) -> None:
        given, kind = result.input, self.controls.input.value
        height, width = given.x.shape[1:]
        self.input.set_scale(LockedScale(given.most))
        self.input.set_array(given.x[0], colours=given.lights)
        self.input.set_editable(kind == MATRIX)
        self.input.set_caption(tr("Input {rows} × {columns}", rows=height, columns=width),
                               shorter=tr("Input"))  # fmt: skip
        rows, columns = float(result.rows.outputs), float(result.columns.outputs)
        self.result_map.set_scale(LockedScale(result.high, result.low < 0))
        self.result_map.set_array(
            result.values[0], stride=float(result.step), grid=(rows, columns),
            colours=result.colours,
        )  # fmt: skip
        caption, shorter = result_caption(result), tr("Result")
        if kind == MATRIX:
            share = np.count_nonzero(result.values) / result.values.size
            caption, shorter = tr("{size}, {percent} not 0", size=caption,
                                  percent=percent(share, 0)), caption  # fmt: skip
        self.result_map.set_caption(caption, shorter=shorter)
        empty = self.place is None or not result.products(result.within(self.place)).any()
        if self.place is None or (empty and not self._walked):
            self.place = result.strongest
        self._show_place()

    def _show_kernel(self) -> None:
        """The kernel as it lies on the input."""
        laid = self.rule.laid
        peak = float(np.abs(laid).max()) or 1.0
        self.grid.set_scale(LockedScale(peak, signed=True))
        self.grid.set_array(np.ascontiguousarray(laid))
        is_flipped = self.controls.flip.value
        self.grid.set_caption(tr("Kernel, flipped") if is_flipped else tr("Kernel"))
        self.controls.show_kernel(self.kernel)

    def _show_place(self) -> None:
        """The window at the place, its products, and the value of the result that they make."""
        applied: Applied | None = self.result
        if applied is None or self.place is None:
            return
        place = row, column = self.place = applied.within(self.place)
        height, width = applied.rule.laid.shape
        self.input.set_marks([QRectF(column, row, width, height)])
        self.result_map.point_at((row // applied.step, column // applied.step))
        most = float(np.abs(applied.rule.laid).max()) * applied.input.most or 1.0
        self.products.set_scale(LockedScale(most, signed=True))  # of one product, not of their sum
        self.products.set_array(applied.products(place))
        is_green = applied.input.channel > 0
        self.products.set_caption(tr("Products, green") if is_green else tr("Products"))
        long, short, note = products_written(applied, place)
        self.line.set_text(long, note, shorter=[(short, note), (short, "")])

    def set_dimmed(self, dimmed: bool) -> None:
        for map_ in (self.input, self.products, self.result_map):
            map_.set_dimmed(dimmed)

    def formula(self) -> str:
        applied: Applied | None = self.result
        law = tr("<i>y</i>[<i>i</i>, <i>j</i>] = Σ <i>k</i>[<i>a</i>, <i>b</i>] · "
                 "<i>x</i>[<i>i</i> + <i>a</i>, <i>j</i> + <i>b</i>]")  # fmt: skip
        if self.controls.flip.value:
            law = tr("<i>y</i>[<i>i</i>, <i>j</i>] = Σ <i>k</i>[<i>a</i>, <i>b</i>] · "
                     "<i>x</i>[<i>i</i> − <i>a</i>, <i>j</i> − <i>b</i>]")  # fmt: skip
        if applied is None or self.place is None:
            return law
        total = float(applied.products(self.place).sum(dtype=float))
        return law + tr(
            "<br><i>y</i>[{row}, {column}] = <b>{value}</b>, the sum of {count} products",
            row=self.place[0], column=self.place[1], value=number(round(total, 3)),
            count=applied.rule.laid.size,
        )  # fmt: skip

    def _describe(self, row: int, column: int) -> str:
        applied: Applied = self.result
        values = applied.values[:, row, column]
        said = ", ".join(number(round(float(value), 3)) for value in values)
        return tr("row {row}, column {column}: {value}", row=row * applied.step,
                  column=column * applied.step, value=said)  # fmt: skip

    # What the user does

    def _take_kernel(self, kernel: Array, bias: float) -> None:
        self.kernel = kernel
        self.controls.bias.show_value(bias)
        self._changed()

    def _edit_kernel(self) -> None:
        laid = self.grid.values
        self.kernel = np.ascontiguousarray(flipped(laid) if self.controls.flip.value else laid)
        self._changed()

    def _take_input(self) -> None:
        self.place, self._walked = None, False

    def _take_matrix(self) -> None:
        self.matrix = self.controls.pattern_matrix()
        self._take_input()
        self._changed()

    def _edit_matrix(self) -> None:
        self.matrix = self.input.values
        self._changed()

    def _changed(self) -> None:
        self.grabbed.emit()
        self._show_kernel()
        self.refresh()

    def refresh(self) -> None:
        self.controls.show_applicable()
        super().refresh()

    def _go(self, place: Cell) -> None:
        self.place, self._walked = place, True
        self._show_place()

    def _point(self, cell: Cell | None) -> None:
        """The result is pointed at; when the pointer leaves, the place stays lit."""
        applied: Applied | None = self.result
        if cell is None or applied is None:
            self._show_place()
        else:
            self._go((cell[0] * applied.step, cell[1] * applied.step))

    def _point_at_input(self, cell: Cell | None) -> None:
        """The window whose middle is pointed at, as far as it lies within the input."""
        if cell is not None:
            height, width = self.kernel.shape
            self._go((max(0, cell[0] - (height - 1) // 2), max(0, cell[1] - (width - 1) // 2)))

    # Playing

    def _toggle(self) -> None:
        if self._timer.isActive():
            self._stop()
        elif self.result is not None:
            self.grabbed.emit()
            self._timer.start(SLOW_MS if self.result.is_small else QUICK_MS)
            self.playing.setText(tr("Stop"))

    def _stop(self) -> None:
        self._timer.stop()
        self.playing.setText(tr("Play"))

    def _play_on(self) -> None:
        applied: Applied | None = self.result
        if applied is not None and self.place is not None:
            self._go(applied.after(self.place))

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._stop()
        super().hideEvent(event)
