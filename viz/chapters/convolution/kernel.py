"""Kernel: one kernel slides over the canvas, a picture or a small matrix, its sum written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viz.chapters.convolution.kernel_controls import CANVAS, MATRIX, KernelControls
from viz.chapters.convolution.measure.applied import Applied, Rule, apply, fits, matrix
from viz.chapters.convolution.measure.correlation import Array, flipped
from viz.chapters.convolution.measure.kernels import MOST_SIDE, PRESETS
from viz.chapters.convolution.words import products_written
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.scene import ImageLayer
from viz.session.codec import Picture
from viz.views.theme import GRID, text_px
from viz.views.widgets.heatmap import Cell
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import MOST, NumberGrid

LOW = 13
"""Lines of text: in less height kernel and products stand side by side."""

FEW = 64
"""Outputs that are walked slowly enough to read each sum."""

SLOW_MS, QUICK_MS = 600, 40

GREEN = 1
"""The channel of a picture in colour whose products are written out."""


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
        self.place: Cell = (0, 0)
        """The output whose window is shown."""
        self._picture: Picture | None = None
        self.controls = KernelControls(self)
        self.playing = QPushButton(tr("Play"))
        self.playing.setToolTip(tr("Move the window over the whole input, or stop."))
        self.playing.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.playing.clicked.connect(self._toggle)
        self.add_control(self.playing)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        self.controls.kernel_chosen.connect(self._take_kernel)
        self.controls.matrix_chosen.connect(self._take_matrix)
        sides = LockedScale(1.0, signed=True)
        self.input, self.result_map = NumberGrid(LockedScale(1.0), step=1.0), NumberGrid(sides)
        self.grid, self.products = NumberGrid(sides, editable=True), NumberGrid(sides, legend=False)
        self.line = Line()
        for map_, follow in ((self.input, self._point_at_input), (self.result_map, self._point)):
            map_.pointed.connect(follow)
            map_.chosen.connect(lambda *_: self.result_map.setFocus())
        self.result_map.describe = self._describe
        self.grid.edited.connect(self._edit_kernel)
        self.input.edited.connect(self._edit_matrix)
        self.products.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._middle.setSpacing(GRID)
        self._middle.addWidget(self.grid, 1)
        self._middle.addWidget(self.products, 1)
        view, maps = QWidget(), QHBoxLayout()
        maps.setSpacing(4 * GRID)
        maps.addWidget(self.input, 5)
        maps.addLayout(self._middle, 4)
        maps.addWidget(self.result_map, 5)
        whole = QVBoxLayout(view)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID)
        whole.addLayout(maps, 1)
        whole.addWidget(self.line)
        self.set_view(view)
        self._show_kernel()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        low, way = self.height() < LOW * text_px(self), QBoxLayout.Direction
        self._middle.setDirection(way.LeftToRight if low else way.TopToBottom)
        super().resizeEvent(event)

    # What is kept

    def state(self) -> dict[str, Any]:
        state = {**super().state(), "kernel": self.kernel.tolist(), "place": list(self.place)}
        if not np.array_equal(self.matrix, self.controls.pattern_matrix()):
            state["matrix"] = self.matrix.tolist()
        if (picture := self._kept_picture()) is not None:
            state["picture"] = picture
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        if isinstance(picture := state.get("picture"), Picture):
            self._picture, self.document.picture = picture, picture.pixels
        if (kernel := _numbers(state.get("kernel"), 1, MOST_SIDE)) is not None:
            self.kernel = kernel
        match state.get("place"):
            case [int(row), int(column)] if min(row, column) >= 0:
                self.place = row, column
        super().restore(state)
        if "pattern" in state or "size" in state:
            self.matrix = self.controls.pattern_matrix()
        side = self.controls.size.value
        written = _numbers(state.get("matrix"), side, side)
        if written is not None and np.array_equal(written, np.rint(written)):
            self.matrix = written
        self._show_kernel()
        self.refresh()
        self._show_place()

    def _kept_picture(self) -> Picture | None:
        """The document's picture as scene files keep it, one object as long as it is the same."""
        pixels = self.document.picture
        if pixels is None:
            self._picture = None
        elif self._picture is None or self._picture.pixels is not pixels:
            self._picture = Picture(pixels)
        return self._picture

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
            return tuple(tuple(row) for row in self.matrix.tolist())
        layers = [item for item in snapshot.scene.items if isinstance(item, ImageLayer)]
        return self._kept_picture() or (layers[-1] if layers else None)

    def reason(self, snapshot: Snapshot) -> str:
        kind, source = self.controls.input.value, self._source(snapshot)
        if kind == CANVAS:
            shape: tuple[int, ...] = snapshot.image.shape
            reason = super().reason(snapshot)
        elif kind == MATRIX:
            shape, reason = self.matrix.shape, ""
        elif source is None:
            return tr("There is no picture: open one with Ctrl+O, or drop one on the canvas.")
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
        most = 1.0
        if isinstance(source, Picture):
            x = source.pixels.astype(np.float32) / np.float32(255)
            x = np.ascontiguousarray(np.moveaxis(x, 2, 0)) if x.ndim == 3 else x[None]
        elif isinstance(source, ImageLayer):
            x = source.pixels[None]
        elif isinstance(source, tuple):
            x = np.array(source, np.float32)[None]
            most = float(np.abs(x).max()) or 1.0
        else:
            x = snapshot.image[None]
        yield from apply(x, rule, most)

    # What is shown

    def show_result(self, result: Applied) -> None:
        x, values = result.x, result.values
        height, width = x.shape[1:]
        kind = self.controls.input.value
        is_signed = bool(x.min() < 0) if kind == MATRIX else False
        self.input.set_scale(LockedScale(float(np.abs(x).max()) if kind == MATRIX else 1.0,
                                         is_signed))  # fmt: skip
        in_colour = len(x) == 3
        rows, columns = result.rows.outputs, result.columns.outputs
        pixels = self._kept_picture()
        own = pixels.pixels if in_colour and pixels is not None else None
        self.input.set_array(x[0], colours=own)
        self.input.set_editable(kind == MATRIX)
        self.input.set_caption(tr("Input {rows} × {columns}", rows=height, columns=width),
                               shorter=tr("Input"))  # fmt: skip
        self.result_map.set_scale(LockedScale(result.high, result.low < 0))
        self.result_map.set_array(
            values[0], stride=float(result.step), grid=(float(rows), float(columns)),
            colours=result.colours,
        )  # fmt: skip
        self.result_map.set_caption(
            self._result_caption(result),
            shorter=tr("Result {rows} × {columns}", rows=rows, columns=columns),
        )
        self._show_place()

    def _result_caption(self, result: Applied) -> str:
        rows, columns = result.rows.outputs, result.columns.outputs
        if self.controls.input.value == MATRIX:
            share = np.count_nonzero(result.values) / result.values.size
            return tr("Result {rows} × {columns}, {percent} % not 0", rows=rows, columns=columns,
                      percent=round(100 * share))  # fmt: skip
        if result.colours is None:
            return tr("Result {rows} × {columns}", rows=rows, columns=columns)
        if result.low < 0:
            return tr("Result {rows} × {columns}, grey is 0, ±{high}", rows=rows, columns=columns,
                      high=number(result.high, 2))  # fmt: skip
        return tr("Result {rows} × {columns}, 0 to {high}", rows=rows, columns=columns,
                  high=number(result.high, 2))  # fmt: skip

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
        if applied is None:
            return
        rows, columns = applied.rows.outputs, applied.columns.outputs
        row, column = min(self.place[0], rows - 1), min(self.place[1], columns - 1)
        self.place = row, column
        height, width = applied.rule.laid.shape
        self.input.set_marks([QRectF(column, row, width, height)])
        self.result_map.point_at((row // applied.step, column // applied.step))
        channel = GREEN if len(applied.x) == 3 else 0
        products = applied.products(channel, self.place)
        self.products.set_scale(LockedScale(max(abs(applied.low), applied.high), signed=True))
        self.products.set_array(products)
        self.products.set_caption(
            tr("Products, green") if channel else tr("Products"), shorter=tr("Products")
        )
        window = applied.window(channel, self.place)
        long, short, note = products_written(window, applied.rule, channel == GREEN)
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
        if applied is None:
            return law
        channel = GREEN if len(applied.x) == 3 else 0
        total = float(applied.products(channel, self.place).sum())
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

    def _take_matrix(self) -> None:
        self.matrix = self.controls.pattern_matrix()
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
        self.place = place
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
            applied: Applied = self.result
            is_few = applied.rows.outputs * applied.columns.outputs <= FEW
            self._timer.start(SLOW_MS if is_few else QUICK_MS)
            self.playing.setText(tr("Stop"))

    def _stop(self) -> None:
        self._timer.stop()
        self.playing.setText(tr("Play"))

    def _play_on(self) -> None:
        """The next window in the row, or the first of the next row; in the end the first of all."""
        applied: Applied | None = self.result
        if applied is None:
            return
        rows, columns = applied.rows.outputs, applied.columns.outputs
        few = rows * columns <= FEW
        along, down = (1, 1) if few else (max(1, columns // 60), max(1, len(self.kernel) // 2))
        row, column = self.place[0], self.place[1] + along
        if column >= columns:
            row, column = row + down, 0
        self._go((row if row < rows else 0, column))

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._stop()
        super().hideEvent(event)


def _numbers(rows: Any, least: int, most: int) -> Array | None:
    """An array (h, w) of rows from a file, ``least`` to ``most`` of them and as many columns, of
    numbers within ±``MOST``; None for anything else."""
    if not isinstance(rows, Sequence) or not least <= len(rows) <= most:
        return None
    if not all(isinstance(row, Sequence) and len(row) == len(rows[0]) for row in rows):
        return None
    flat = [value for row in rows for value in row]
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in flat):
        return None
    if not least <= len(rows[0]) <= most or not all(abs(value) <= MOST for value in flat):
        return None
    return np.array(rows, np.float32)
