"""f(Tx), T′f(x) and their difference for one feature map, side by side at locked scales: what two
maps that agree differ by is small, so the scale of the difference is finer, by a factor that never
changes and stands above it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QRect, QRectF, QSizeF
from PyQt6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viz.chapters.equivariance.difference_places import Places, places
from viz.chapters.equivariance.displacement_columns import residual_text, shift_text
from viz.chapters.equivariance.live_shift import Shown
from viz.chapters.equivariance.measure.residual import LayerShift
from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS, Layer
from viz.nets.networks import trained
from viz.views import theme as themes
from viz.views.maps.legend import draw_legend
from viz.views.maps.locked_scale import LockedScale
from viz.views.theme import Theme
from viz.views.widgets.fitting import draw_fitting, height_of
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tiles import diverging_colours, sequential_colours
from viz.views.widgets.tooltip import wrapped

Array = NDArray[np.float32]
FINER_STRIDE_1, FINER, FINER_OUTPUT = 8, 4, 2
"""By how much the scale of the difference is finer than that of the maps, in layers with a unit for
every pixel, in others, and in the output: between two whole shifts some 19 of 20 differences that
can be seen lie within it (measured once, with a 3 and a 58 in LeNet-5)."""

LEGEND = 8
"""Room for a scale and its numbers, in text sizes."""


@dataclass(frozen=True, eq=False)
class Pictured:
    """What the three pictures show, each (h, w): f(Tx), T′f(x), and which units are interior."""

    after: Array
    moved: Array
    inside: NDArray[np.bool_]


def pictured(one: LayerShift, number: int | None) -> Pictured:
    """One map; without a number all maps of a layer of a single row, one below the other."""
    if number is None:
        after, moved = one.after[:, 0], one.moved[:, 0]
        return Pictured(after, moved, np.broadcast_to(one.inside, after.shape))
    return Pictured(one.after[number], one.moved[number], one.inside)


def most_active(shown: Shown, name: str) -> int:
    """The map of f(Tx) that the drawing changes most, against a blank canvas; of the output, the
    digit."""
    after = shown.measured.layers[name].after
    sums = np.abs(after - shown.before.blank[name]).sum((1, 2))
    return int((sums[:NONE_CLASS] if name == "output" else sums).argmax())


class Pictures(QWidget):
    """Paints the three of them, their scales and their residuals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = themes.theme("dark")
        self._small = TextCache(themes.font(13))
        self._what: tuple[str, int | None] = ("", 0)
        self._shown: Shown | None = None
        self._pictured: Pictured | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("f(Tx), T′f(x) and their difference"))

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self.update()

    def show_result(self, shown: Shown, name: str, number: int | None) -> None:
        """Show this map (None: all maps) of this layer."""
        self._shown, self._what = shown, (name, number)
        self._pictured = pictured(shown.measured.layers[name], number)
        self.setAccessibleDescription(f"{self.title()}  {self.numbers()}")
        self.update()

    @property
    def what(self) -> tuple[str, int | None]:
        """The layer and the map on the screen."""
        return self._what

    @property
    def peak(self) -> float:
        """The largest activity that the colours of the maps show."""
        name = self._what[0]
        if self._shown is None or name == "output":
            return 1.0
        return trained(self._shown.snapshot.request.network).scales[name]

    @property
    def finer(self) -> int:
        """By how much the scale of the difference is finer."""
        layer = self._layer
        if layer is None or layer.name == "output":
            return FINER_OUTPUT
        return FINER_STRIDE_1 if layer.stride == 1 else FINER

    @property
    def _layer(self) -> Layer | None:
        return self._shown.snapshot.layer(self._what[0]) if self._shown is not None else None

    @property
    def difference_peak(self) -> float:
        """The largest magnitude that the colours of the difference show."""
        return self.peak / self.finer

    def title(self) -> str:
        """Which map it is."""
        name, number = self._what
        if number is None:
            if self._shown is not None and self._shown.snapshot.architecture.none:
                return tr("{layer}: probability of each class, none below", layer=name)
            return tr("{layer}: probability of each class", layer=name)
        if name == "output":
            what = tr("none") if number == NONE_CLASS else str(number)
            return tr("{layer}, probability of {what}", layer=name, what=what)
        return tr("{layer} map {map}", layer=name, map=number)

    def numbers(self) -> str:
        """The residuals of the whole layer, and how T′ moved it."""
        if self._shown is None:
            return ""
        one, measured = self._shown.measured.layers[self._what[0]], self._shown.comparable
        inside = residual_text(one.interior if measured else math.nan)
        border = residual_text(one.border if measured else math.nan)
        how = tr("compared exactly") if one.aligned else tr("compared by interpolation")
        text = tr(
            "{layer}: residual inside {inside}, at border {border}",
            layer=self._what[0], inside=inside, border=border,
        )  # fmt: skip
        return f"{text};  {how}" if measured else text

    def _notes(self) -> str:
        return " ".join(self._shown.notes) if self._shown is not None else ""

    def _notes_height(self) -> int:
        text = self._notes()
        return height_of(text, self.width(), self._small.font) if text else 0

    def _places(self) -> Places | None:
        if self._pictured is None:
            return None
        small = self._small
        scale = LEGEND * small.font.pixelSize()
        size = QSizeF(self.width(), self.height() - self._notes_height())
        shape = self._pictured.after.shape
        return places(size, shape, small.height, scale, self.devicePixelRatioF())

    def areas(self) -> tuple[QRectF, ...]:
        """Where the three pictures stand: square units."""
        found = self._places()
        return found.areas if found is not None else ()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Title, captions, pictures, scales, numbers."""
        stand = self._places()
        if self._pictured is None or self._shown is None or stand is None:
            return
        painter, theme, small = QPainter(self), self._theme, self._small
        painter.setFont(small.font)
        painter.setPen(theme.text)
        small.draw(painter, 0, 0, self.title())
        small.draw(painter, self.width(), 0, shift_text(self._shown), 1)
        layer, data = self._shown.snapshot.layer(self._what[0]), self._pictured
        finer = LockedScale(self.difference_peak, signed=True)
        scale_of_maps = LockedScale(self.peak, layer.signed)
        colours_of = diverging_colours if layer.signed else sequential_colours
        table = scale_of_maps.lut(theme)
        captions = tr("f(Tx)"), tr("T′f(x)"), tr("difference ×{factor}", factor=self.finer)
        pictures = (
            colours_of(table, data.after, self.peak),
            colours_of(table, data.moved, self.peak),
            diverging_colours(theme.diverging, data.after - data.moved, self.difference_peak),
        )
        for k, (area, caption, colours) in enumerate(
            zip(stand.areas, captions, pictures, strict=True)
        ):
            painter.setPen(theme.quiet)
            small.draw(painter, stand.captions[k].x(), stand.captions[k].y(), caption)
            _draw(painter, area, colours)
            self._draw_border(painter, area, data.inside)
            if k != 1:
                scale = finer if k == 2 else scale_of_maps
                line = stand.scales[k].toRect()
                numbers = finer_numbers(scale.peak) if k == 2 else scale.numbers()
                draw_legend(painter, line, numbers, scale.lut(theme), theme)
        painter.setPen(theme.text)
        y = stand.below
        small.draw(painter, 0, y, self.numbers())
        under = round(y + small.height)
        room = QRect(0, under, self.width(), self.height() - under)
        painter.setPen(theme.quiet)
        draw_fitting(painter, room, self._notes(), small.font.pixelSize())
        painter.end()

    def _draw_border(self, painter: QPainter, area: QRectF, inside: NDArray[np.bool_]) -> None:
        """The border veiled, the interior outlined."""
        if inside.all():
            return
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.55)
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        if not len(rows) or not len(columns):
            painter.fillRect(area, veil)
            return
        cell = area.width() / inside.shape[1]
        inner = QRectF(
            area.left() + columns[0] * cell,
            area.top() + rows[0] * cell,
            len(columns) * cell,
            len(rows) * cell,
        )
        around = QPainterPath()
        around.addRect(area)
        around.addRect(inner)  # odd-even filling leaves it out
        painter.fillPath(around, veil)
        painter.setPen(QPen(self._theme.field, 1))
        painter.drawRect(inner.adjusted(-0.5, -0.5, -0.5, -0.5))

    def event(self, event: QEvent | None) -> bool:
        """What the pictures and the numbers mean."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), wrapped(self._tip()), self)
            return True
        return super().event(event)

    def _tip(self) -> str:
        if self._layer is None:
            return ""
        return tr(
            "f(Tx): the map of the shifted drawing. T′f(x): the reference's map shifted by "
            "(dx, dy)/{stride}, bilinearly where that is no whole number. The scales are fixed; "
            "that of the difference is {factor} times finer: it ends at ±{peak}, and what lies "
            "beyond looks like its end. Within the frame each unit sees only the canvas, "
            "before and after; the veiled border does not.\n"
            "r = ‖f(Tx) − T′f(x)‖ / √((‖f(Tx)‖² + ‖T′f(x)‖²)/2) over all maps of the layer.",
            stride=self._layer.stride,
            factor=self.finer,
            peak=finer_numbers(self.difference_peak)[1],
        )


def finer_numbers(peak: float) -> tuple[str, str]:
    """What stands at the two ends of the difference's scale."""
    return f"\N{MINUS SIGN}{peak:.2g}", f"{peak:.2g}"


def _draw(painter: QPainter, area: QRectF, colours: NDArray[np.uint32]) -> None:
    """A picture of 0xffRRGGBB pixels, enlarged without blurring, or made smaller by averaging.

    Units of no whole number of pixels are enlarged to the next whole number and then made smaller,
    or some would look wider than others.
    """
    ratio = painter.device().devicePixelRatioF()
    cell = area.width() * ratio / colours.shape[1]
    if cell > 1:
        times = math.ceil(cell - 1e-6)
        colours = np.repeat(np.repeat(colours, times, 0), times, 1)
    pixels = np.ascontiguousarray(colours)
    rows, columns = pixels.shape
    image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    fits = abs(area.width() * ratio - columns) < 0.01
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not fits)
    painter.drawImage(area, image)
