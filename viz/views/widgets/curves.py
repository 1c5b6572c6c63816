"""Curves: lines over one variable, in axes that never choose their own range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from PyQt6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from viz.views.theme import GRID
from viz.views.widgets.axes import figure, ticks
from viz.views.widgets.curve_key import CurveKey, Here
from viz.views.widgets.curve_names import LEAST_TEXT, CurveNames
from viz.views.widgets.fitting import STRETCHES, WRAP, condensed, fitting_font, height_of
from viz.views.widgets.series import Series, nearest
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.x_chooser import XChooser

DIM = 0.35
"""Opacity of what belongs to another drawing."""

DOT = 4.0
"""Radius in pixels of a dot at the mark, at the smallest text."""

STEP, FINE = 1.0, 0.25
"""How far an arrow key goes, and how far with Shift."""


class Curves(XChooser):
    """The plot: a note, dashed references and the curves' names stand around it."""

    def __init__(
        self, x_label: str, y_label: str, parent: QWidget | None = None, *, keyed: bool = False
    ) -> None:
        """``keyed``: a key with the values at the mark, in place of names at the curves' ends."""
        super().__init__(STEP, FINE, parent)
        self._keyed = keyed
        self._labels = x_label, y_label
        self._y_range = 0.0, 1.0
        self._series: tuple[Series, ...] = ()
        self._references: tuple[tuple[float, str], ...] = ()
        self._faint: tuple[float, ...] = ()
        self._note, self._message, self._dimmed = "", "", False
        self._here: Here | None = None
        self.setAccessibleName(f"{y_label} / {x_label}")

    # What is shown

    def set_axes(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """The ranges shown, low < high; they stay until set again."""
        if (x_range, y_range) != (self._x_range, self._y_range):
            self._x_range, self._y_range = x_range, y_range
            self._redraw()

    def set_labels(self, x_label: str, y_label: str) -> None:
        """What is written at the axes."""
        if (x_label, y_label) != self._labels:
            self._labels = x_label, y_label
            self.setAccessibleName(f"{y_label} / {x_label}")
            self._redraw()

    def set_series(self, series: Sequence[Series]) -> None:
        """The curves, the last on top."""
        self._series = tuple(series)
        self._redraw()

    def set_note(self, text: str) -> None:
        """What is to be known about the curves, above the plot; "" for nothing."""
        if text != self._note:
            self._note = text
            self.setAccessibleDescription(text)
            self._redraw()

    @property
    def note(self) -> str:
        """The text above the plot."""
        return self._note

    def set_message(self, text: str) -> None:
        """What stands in the plot while there are no curves to show; "" for nothing."""
        if text != self._message:
            self._message = text
            self._redraw()

    @property
    def message(self) -> str:
        """The text in the plot."""
        return self._message

    def set_dimmed(self, dimmed: bool) -> None:
        """Paint the curves faintly: they belong to something that is no longer there."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self._redraw()

    @property
    def dimmed(self) -> bool:
        """Whether the curves are faint."""
        return self._dimmed

    def set_here(self, here: Here | None) -> None:
        """What is measured at the mark itself, which curves between points, or of something else,
        do not tell: dots, and the key's values. None: the curves tell it."""
        self._here = here
        self.update()

    @property
    def here(self) -> Here | None:
        """What is measured at the mark itself."""
        return self._here

    def tooltip(self, position: QPointF) -> str | None:
        """That of the view, above it instead of on the curves."""
        return self.toolTip() or None

    @property
    def references(self) -> tuple[tuple[float, str], ...]:
        """The dashed lines: their x and text."""
        return self._references

    def set_references(self, lines: Sequence[tuple[float, str]]) -> None:
        """Dashed vertical lines at some x, each with a text on top."""
        if tuple(lines) != self._references:
            self._references = tuple(lines)
            self._redraw()

    def set_faint_lines(self, places: Sequence[float]) -> None:
        """Faint vertical lines without text, in place of those at the ticks of x."""
        if tuple(places) != self._faint:
            self._faint = tuple(places)
            self._redraw()

    @property
    def series(self) -> tuple[Series, ...]:
        """The curves shown."""
        return self._series

    # Geometry

    def _find_area(self) -> QRectF:
        """Between the numbers and the curves' names, below the note and the references' texts."""
        small = self._small
        note = self._note_place()
        top = small.height if note is None else max(small.height, note[1].bottom() + 1)
        top += (small.height if self._references else 0) + max(GRID, small.figures / 2 + 1)
        below = self.height() - 2 * small.height - GRID
        numbers = [figure(y) for y in self._y_ticks(below - top)]
        left = max(small.width(text) for text in numbers) + 2 * GRID
        half = small.width(figure(self._x_range[1])) / 2  # the last tick's number
        right = self.width() - GRID - max(half, self._names_width(), 2 * GRID)
        return QRectF(left, top, max(1.0, right - left), max(1.0, below - top))

    def _names_width(self) -> float:
        """Pixels that the names take on the right, with a gap before them."""
        return self._key.width + 4 * GRID if self._keyed else self._names.width

    @property
    def _names(self) -> CurveNames:
        return CurveNames(self._series, self._small)

    @property
    def _key(self) -> CurveKey:
        return CurveKey(self._series, self._small)

    def _key_area(self) -> QRectF:
        """The key's column, as high as the widget allows."""
        wide = self._key.width
        return QRectF(self.width() - wide - GRID, 0, wide, self.height())

    def _note_place(self) -> tuple[QFont, QRect] | None:
        """Beside the y axis's label if there is room, else below it, condensed if that saves a
        line."""
        if not self._note:
            return None
        small, text_px = self._small, self._small.font.pixelSize()
        high, wide = math.ceil(small.height), self.width()
        left = math.ceil(small.width(self._labels[1])) + 4 * GRID
        if left + small.width(self._note) + GRID < wide:
            return small.font, QRect(left, 0, wide - left, high)
        font = fitting_font(self._note, wide, high, text_px)
        if font is None:
            font = condensed(text_px, STRETCHES[-1])
        return font, QRect(0, high, wide, height_of(self._note, wide, font))

    def to_widget(self, x: float, y: float) -> QPointF:
        """A point of the axes in widget pixels."""
        area, (low, high) = self.plot_area(), self._y_range
        return QPointF(self.x_of(x), area.bottom() - (y - low) / (high - low) * area.height())

    def _y_ticks(self, height: float) -> list[float]:
        return ticks(*self._y_range, int(height / (1.6 * self._small.height)))

    # Painting

    def _paint_still(self, painter: QPainter) -> None:
        area, theme, small = self.plot_area(), self._theme, self._small
        painter.setFont(small.font)
        faint = QColor(theme.line)
        faint.setAlphaF(0.6)
        for y in self._y_ticks(area.height()):
            at = self.to_widget(self._x_range[0], y).y()
            painter.setPen(faint)
            painter.drawLine(QLineF(area.left(), at, area.right(), at))
            painter.setPen(theme.quiet)
            small.draw(painter, area.left() - GRID, at - small.middle, figure(y), 1)
        widest = max(small.width(figure(x)) for x in self._x_range) + 4 * GRID
        x_ticks = ticks(*self._x_range, int(area.width() / widest))
        for _ in range(3):  # numbers in between may have decimals, and so more width
            widest = max(widest, *(small.width(figure(x)) + 2 * GRID for x in x_ticks))
            x_ticks = ticks(*self._x_range, int(area.width() / widest))
        painter.setPen(faint)
        for x in self._faint or x_ticks:
            at = self.x_of(x)
            painter.drawLine(QLineF(at, area.top(), at, area.bottom()))
        painter.setPen(theme.quiet)
        for x in x_ticks:
            small.draw(painter, self.x_of(x), area.bottom() + GRID, figure(x), 0.5)
        below = area.bottom() + GRID + small.height
        self._paint_x_label(painter, area.center().x(), below)
        small.draw(painter, 0, 0, self._labels[1])
        if (note := self._note_place()) is not None:
            painter.setFont(note[0])
            painter.drawText(note[1], WRAP, self._note)
            painter.setFont(small.font)
        self._paint_references(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area.adjusted(-2, -2, 2, 2))
        painter.setOpacity(DIM if self._dimmed else 1.0)
        for series in self._series:
            series.paint(painter, self.to_widget, theme.text, self._weight)
        painter.restore()
        if self._message:
            middle = WRAP & ~int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            painter.setPen(theme.quiet)
            room = area.adjusted(2 * GRID, 0, -2 * GRID, 0)
            painter.drawText(room, middle | int(Qt.AlignmentFlag.AlignCenter), self._message)
        if self._keyed:
            opacity = DIM if self._dimmed else 1.0
            self._key.paint_names(painter, self._key_area(), theme, self._weight, opacity)
        else:
            self._names.paint(painter, area, self._y_range, self.to_widget, theme)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """With what is measured at the mark, which moves."""
        super().paintEvent(event)
        if self._keyed:
            painter = QPainter(self)
            if self._here is not None:
                self._paint_here(painter, self._here)
            painter.setFont(self._small.font)
            area, dimmed = self._key_area(), self._dimmed
            self._key.paint_values(
                painter, area, self._mark, self._here, self._theme, dimmed=dimmed
            )
            painter.end()

    def _paint_here(self, painter: QPainter, here: Here) -> None:
        """A dot for each curve, with a rim, so that it is seen on the mark and on other curves."""
        if here.x != self._within(here.x):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.background, self._weight))
        for series in self._series:
            y = here.values.get(series.name, math.nan)
            if self._y_range[0] <= y <= self._y_range[1]:
                painter.setBrush(series.colour or self._theme.text)
                radius = DOT * self._weight
                painter.drawEllipse(self.to_widget(here.x, y), radius, radius)

    def _fitting(self, fits: Callable[[TextCache], bool]) -> TextCache:
        """The widest letters that fit: condensed ones, and smaller ones only after these."""
        pixels, least = self._small.font.pixelSize(), STRETCHES[-1]
        fonts = [condensed(pixels, stretch) for stretch in STRETCHES[1:]]
        fonts += [condensed(size, least) for size in range(pixels - 1, LEAST_TEXT - 1, -1)]
        small = self._small
        for font in fonts:
            if fits(small):
                break
            small = TextCache(font)
        return small

    def _paint_x_label(self, painter: QPainter, middle: float, top: float) -> None:
        """Under the middle of the axis, moved or condensed where there is no room for it."""
        text, room = self._labels[0], self.width() - 2 * GRID
        small = self._fitting(lambda letters: letters.width(text) <= room)
        half = small.width(text) / 2
        painter.setFont(small.font)
        middle = max(half + GRID, min(middle, self.width() - GRID - half))
        small.draw(painter, middle, top, text, 0.5)
        painter.setFont(self._small.font)

    def _paint_references(self, painter: QPainter, area: QRectF) -> None:
        """The lines, and all their texts side by side, condensed where there is no room."""
        lines = sorted(self._references)
        ats = [self.x_of(x) for x, _ in lines]

        def spans(letters: TextCache) -> tuple[list[float], list[float]]:
            """Where the texts begin, and where another may."""
            wide = [letters.width(text) for _, text in lines]
            lefts = [
                min(max(area.left(), at - w / 2), self.width() - w)
                for at, w in zip(ats, wide, strict=True)
            ]
            return lefts, [left + w + GRID for left, w in zip(lefts, wide, strict=True)]

        def apart(letters: TextCache) -> bool:
            lefts, ends = spans(letters)
            return all(end <= left for end, left in zip(ends, lefts[1:], strict=False))

        small = self._fitting(apart)
        lefts, ends = spans(small)
        painter.setFont(small.font)
        free = -math.inf
        for at, left, end, (_, text) in zip(ats, lefts, ends, lines, strict=True):
            painter.setPen(QPen(self._theme.quiet, self._weight, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(at, area.top(), at, area.bottom()))
            if left >= free:  # a text that would run into the last one is left out
                small.draw(painter, left, area.top() - small.height, text)
                free = end
        painter.setFont(self._small.font)

    def _paint_hover(self, painter: QPainter, at: QPointF) -> None:
        """On top, the point of the nearest curve at the pointer's x, which is marked; the curve
        is thick meanwhile, on top of the others."""
        x, theme = self._x_at(at), self._theme
        best = nearest(self._series, self.to_widget, x, at)
        text = figure(round(x, 2))
        if best is not None:
            series, index = best
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.save()
            painter.setClipRect(self.plot_area().adjusted(-2, -2, 2, 2))
            replace(series, thick=True).paint(painter, self.to_widget, theme.text, self._weight)
            painter.restore()
            painter.setPen(theme.quiet)
            painter.setBrush(series.colour or theme.text)
            spot = self.to_widget(float(series.x[index]), float(series.y[index]))
            painter.drawEllipse(spot, 3, 3)
            text = f"{series.name} ({figure(series.x[index])}, {series.y[index]:.4g})".strip()
        painter.setFont(self._small.font)
        wide = self._small.width(text)
        line = QRectF(self.width() - wide - GRID, 0, wide + GRID, self._small.height)
        painter.fillRect(line, theme.background)
        painter.setPen(theme.text)
        self._small.draw(painter, self.width(), 0, text, 1)
