"""What *Train* shows beside its curves: the confusion matrix, and digits that are misread."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter, QPaintEvent

from viz.chapters.learning.backprop_views import class_name
from viz.chapters.learning.measure.states import Progress, State, Wrong
from viz.i18n import percent, tr
from viz.views.theme import GRID, Theme
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.plot import layer_colour
from viz.views.widgets.plot_series import Series

FULL = 50.0
"""Digits of a class in the confusion matrix that have the brightest colour."""

LABEL = 12
"""Rows below a misread digit for its class and prediction, where it is 32 pixels wide."""

SMOOTH = 15
"""Steps that a point of a curve is the mean of, since a batch alone says little."""


DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1, 2))
"""Of the curves over depth: so that they are told apart without colour, too."""


class Confusion(NumberGrid):
    """How often digits of a class (rows) got a prediction (columns)."""

    def __init__(self) -> None:
        super().__init__(LockedScale(FULL), legend=False)
        self.describe = self._tell

    def set_state(self, state: State) -> None:
        """Show a state's matrix, if it was tested."""
        if state.confusion is not None:
            self.set_array(state.confusion.astype(np.float32))
            self.set_caption(
                tr("test digits by class and prediction"), tr("prediction"), tr("class"),
                shorter=tr("class, prediction"),
            )  # fmt: skip

    def _tell(self, row: int, column: int) -> str:
        count, all_ = int(self.values[row, column]), int(self.values[row].sum())
        return tr(
            "{count} of {all} digits {row} are predicted to be {column}.",
            count=count, all=all_, row=class_name(row), column=class_name(column),
        )  # fmt: skip

    @property
    def _tick(self) -> float:
        """Pixels that the numbers of the classes take beside the cells."""
        return float(self.small.figures + GRID)

    def area(self) -> QRectF:
        left, below = self.small.height + self._tick, self.small.height + self._tick
        rows, columns = (max(1, count) for count in self.values.shape)
        room = QRectF(self.rect()).adjusted(left, self._head(), 0, -below)
        side = max(1, int(min(room.width() / columns, room.height() / rows)))
        return QRectF(room.left(), room.top(), side * columns, side * rows)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        super()._paint_axes(painter, area.adjusted(0, 0, 0, self._tick))
        painter.setPen(self.theme.quiet)
        for label in range(len(self.values)):
            cell = self.cell_rect(label, label)
            text = class_name(label)
            is_number = text.isdigit() and cell.height() > self.small.figures
            if is_number or (not text.isdigit() and self.small.width(text) < cell.width()):
                top = area.bottom() + GRID / 2 + self.small.figures / 2 - self.small.middle
                self.small.draw(painter, cell.center().x(), top, text, 0.5)
            if is_number:
                middle = cell.center().y() - self.small.middle
                self.small.draw(painter, area.left() - GRID / 2, middle, text, 1)


class WrongDigits(Heatmap):
    """Digits that are misread, side by side; a click chooses one."""

    picked = pyqtSignal(int)
    """The number of the one that was clicked, among the state's."""

    def __init__(self) -> None:
        super().__init__(LockedScale(1.0), legend=False)
        self._wrong: Wrong | None = None
        self._columns, self._high = 1, 1
        self.describe = self._tell
        self.chosen.connect(self._pick)

    def set_state(self, state: State) -> None:
        """Show the errors of a state, if it was tested."""
        wrong = state.wrong
        if wrong is None:
            return
        self._wrong = wrong
        count, side = wrong.images.shape[:2]
        self._columns = max(1, round((1.5 * count) ** 0.5))
        rows = -(-count // self._columns)
        blank = np.flatnonzero(wrong.images.any((0, 2))) if count else np.arange(side)
        first, end = max(0, int(blank[0]) - 1), min(side, int(blank[-1]) + 2)
        self._high = end - first + side * LABEL // 32
        tiles = np.zeros((rows * self._columns, self._high, side), np.float32)
        tiles[:count, : end - first] = wrong.images[:, first:end].astype(np.float32) / 255
        sheet = tiles.reshape(rows, self._columns, self._high, side).swapaxes(1, 2)
        self.set_array(sheet.reshape(rows * self._high, self._columns * side))
        self.set_message("" if count else tr("no test digit is misread"))
        every = count
        if state.confusion is not None:
            every = int(state.confusion.sum() - np.trace(state.confusion))
        self.set_caption(
            tr("misread, {count} of {every}: click one", count=count, every=every),
            shorter=tr("misread, {count} of {every}", count=count, every=every),
        )

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        wrong = self._wrong
        if wrong is None or not len(wrong.images):
            return
        side, zoom = wrong.images.shape[1], self.cell_rect(0, 0).width()
        wide = QFontMetricsF(self.small.font).horizontalAdvance("8→88")  # with the gap to the next
        if side * LABEL // 32 * zoom < self.small.figures + 1 or side * zoom < wide:
            return  # the tip has them
        painter = QPainter(self)
        painter.setFont(self.small.font)
        painter.setPen(self.theme.quiet)
        for place, (label, answer) in enumerate(zip(wrong.labels, wrong.answers, strict=True)):
            row, column = divmod(place, self._columns)
            cell = self.cell_rect((row + 1) * self._high - 1, column * side + side // 2)
            top = cell.bottom() - zoom * side * LABEL / 64 - self.small.middle
            text = f"{class_name(int(label))}→{class_name(int(answer))}"
            self.small.draw(painter, cell.left(), top, text, 0.5)
        painter.end()

    def colours(self, theme: Theme):  # type: ignore[no-untyped-def]
        return theme.ink

    def _number(self, row: int, column: int) -> int | None:
        if self._wrong is None or not len(self._wrong.images):
            return None
        side = self._wrong.images.shape[1]
        number = row // self._high * self._columns + column // side
        return number if number < len(self._wrong.images) else None

    def _pick(self, row: int, column: int) -> None:
        number = self._number(row, column)
        if number is not None:
            self.picked.emit(number)

    def _tell(self, row: int, column: int) -> str:
        number = self._number(row, column)
        if number is None or self._wrong is None:
            return ""
        return tr(
            "digit {label}, predicted {answer}. Click: it comes onto the canvas.",
            label=self._wrong.labels[number], answer=self._wrong.answers[number],
        )  # fmt: skip


def series(progress: Progress, what: str, *, keyed: bool = True) -> list[Series]:
    """Return the curves of a run: of the loss or of the error in %, on training batches (thin) and
    on test digits (thick). Those of a single run have names if they are ``keyed``."""
    found = []
    many = len(progress.curves)
    for place, curve in enumerate(progress.curves):
        colour = None if many == 1 else layer_colour(place, many)
        values, tested = (
            (curve.losses, curve.test_losses) if what == "loss"
            else (100 * curve.errors, 100 * curve.test_errors)
        )  # fmt: skip
        smooth = smoothed(values)
        names = (tr("training"), tr("test")) if keyed else ("", "")
        if many > 1:
            names = ("", curve.name)
        found.append(Series(names[0], curve.passes, smooth, colour, dashed=True))
        found.append(Series(names[1], curve.tested, tested, colour, thick=many == 1))
    return found


def over_depth(progress: Progress, what: str) -> list[Series]:
    """Return the curves of a race over depth: test error in % or loss, by hidden layers."""
    count = len(progress.depths)
    return [
        Series(
            one.name, one.depths, one.losses if what == "loss" else 100 * one.errors,
            layer_colour(place, count), pattern=DASHES[place % len(DASHES)], dotted=True,
        )
        for place, one in enumerate(progress.depths)
    ]  # fmt: skip


def slope_law(progress: Progress, depth: int) -> str:
    """The bound on the slope of a sigmoid, and what the race measured at a depth."""
    law = tr(
        "sigmoid: <i>σ′</i>(<i>a</i>) = <i>σ</i>(1 − <i>σ</i>) ≤ ¼, so {depth} layers multiply a "
        "gradient by at most ¼<sup>{depth}</sup> = {bound}, besides the weights; ReLU, tanh: by 1",
        depth=depth, bound=f"{0.25**depth:.2g}",
    )  # fmt: skip
    known = [
        f"{one.name} <b>{percent(one.errors[one.depths == depth][0])}</b>"
        for one in progress.depths
        if np.isfinite(one.errors[one.depths == depth]).any()
    ]
    if not known:
        return law
    return law + tr("<br>test error at this depth: {errors}", errors=", ".join(known))


def smoothed(values: np.ndarray) -> np.ndarray:
    """Return for each step the mean of the last ``SMOOTH``, or of all before."""
    if not len(values):
        return values
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - SMOOTH)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def highest(found: list[Series], what: str) -> float:
    """Return the top of the axis for these curves."""
    if what == "error":
        return 100.0
    peaks = [float(np.nanmax(one.y)) for one in found if np.isfinite(one.y).any()]
    return min(max([2.5, *peaks]), 10.0)
