"""The lane plot: for each digit p(class) along the path, and on top what is read, as a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from viz.chapters.binding.words import class_name
from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.axes import figure, ticks
from viz.views.widgets.class_image import colour_of
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.x_chooser import XChooser

DRAWN, NAMED = 0.005, 0.1
"""A class is drawn, and named, if its probability exceeds this anywhere."""

FAINT = 0.5
"""Opacity of the curves without ablation, behind those with."""

LEAST_LANE = 34.0
"""Pixels of the least high lane; of more lanes than fit so, those that change most are shown."""

LEVEL_PX = 0.25
"""Places where a curve stays as level as this are left out of its line."""

STEP, FINE = 0.5, 0.1
"""How far an arrow key goes along the path, and how far with Shift."""


@dataclass(frozen=True, eq=False)
class LaneCurves:
    """One lane: its ``name``, and (classes, N) probabilities at ``xs`` (N,), NaN where unknown; the
    same ``before`` an ablation, if there is one."""

    name: str
    xs: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    before: tuple[NDArray[np.float64], NDArray[np.float32]] | None = None

    @property
    def change(self) -> float:
        """How much happens in it: Σ|p(x) − p(previous x)|."""
        return float(np.nansum(np.abs(np.diff(self.probabilities, axis=1))))


class LanePlot(XChooser):
    """A click, a drag or an arrow key chooses a place along the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(STEP, FINE, parent)
        self._label = ""
        self._bold = TextCache(themes.font(13, bold=True))
        self.lanes: tuple[LaneCurves, ...] = ()
        self.band: tuple[tuple[float, float, str], ...] = ()
        self.setAccessibleName(tr("Class probabilities of each digit along the path"))

    # What is shown

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._bold = TextCache(themes.font(text_px, bold=True))
        super().set_theme(theme, text_px)

    def set_axis(self, label: str, low: float, high: float) -> None:
        """What x is, and its range."""
        if (label, (low, high)) != (self._label, self._x_range):
            self._label, self._x_range = label, (low, high)
            self._redraw()

    def set_lanes(
        self, lanes: Sequence[LaneCurves], band: Sequence[tuple[float, float, str]]
    ) -> None:
        """The lanes from top to bottom, and what is read: (from x, to x, text), in order."""
        self.lanes, self.band = tuple(lanes), tuple(band)
        self.setAccessibleDescription(" → ".join(text for *_, text in self.band if text))
        self._redraw()

    # Geometry

    def _find_area(self) -> QRectF:
        """Band and lanes."""
        small = self._small
        left = small.width("½") + 2 * GRID
        right = self.width() - small.width(figure(self._x_range[1])) / 2 - GRID
        below = self.height() - 2 * small.height - GRID / 2
        return QRectF(left, 0, max(1.0, right - left), max(1.0, below))

    def band_area(self) -> QRectF:
        """Where the answers stand."""
        area = self.plot_area()
        return QRectF(area.left(), 0, area.width(), round(self._bold.height + GRID))

    def shown(self) -> tuple[tuple[LaneCurves, QRectF], ...]:
        """The lanes there is room for, and where their curves go, p = 1 on top."""
        area, title = self.plot_area(), self._small.height + GRID / 2
        top = self.band_area().bottom() + GRID
        room = area.bottom() - top
        count = max(1, min(len(self.lanes), int(room / (LEAST_LANE + title))))
        order = sorted(range(len(self.lanes)), key=lambda i: -self.lanes[i].change)[:count]
        pitch = room / max(1, len(order))
        places = []
        for place, index in enumerate(sorted(order)):
            high = max(1.0, pitch - title - GRID)
            rect = QRectF(area.left(), top + place * pitch + title, area.width(), high)
            places.append((self.lanes[index], rect))
        return tuple(places)

    def tooltip(self, position: QPointF) -> str | None:
        """The probabilities under the pointer and their formula, or what is read there."""
        x, title = self._x_at(position), self._small.height + GRID
        if self.band_area().contains(position):
            read = next((text for first, last, text in self.band if first <= x <= last), None)
            if read is None:
                return None
            return tr(
                "{axis} {x:.2f}: read {text}.\nThe digits that the runs of windows with one answer "
                "give, from left to right.",
                axis=self._label, x=x, text=read or tr("nothing"),
            )  # fmt: skip
        for lane, rect in self.shown():
            if len(lane.xs) and rect.adjusted(0, -title, 0, GRID).contains(position):
                at, values = _values_at(lane.xs, lane.probabilities, x)
                said = [
                    tr("{axis} {x:.2f}, {lane}: {values}",
                       axis=self._label, x=at, lane=lane.name, values=values)
                ]  # fmt: skip
                if lane.before is not None:
                    _, values = _values_at(*lane.before, x)
                    said.append(tr("without ablation: {values}", values=values))
                said.append(tr(
                    "p(class) = exp(log-softmax of the output) at the one of this digit's windows "
                    "where p of a digit is largest."
                ))  # fmt: skip
                return "\n".join(said)
        return None

    # Painting

    def _paint_mark(self, painter: QPainter, x: float) -> None:
        """Without lanes nothing is there to be marked."""
        if self.lanes:
            super()._paint_mark(painter, x)

    def _paint_still(self, painter: QPainter) -> None:
        area, theme, small = self.plot_area(), self._theme, self._small
        painter.setFont(small.font)
        painter.setPen(theme.quiet)
        room = int(area.width() / (small.width(figure(self._x_range[1])) + 4 * GRID))
        for x in ticks(*self._x_range, room):
            at = self.x_of(x)
            painter.drawLine(QLineF(at, area.bottom(), at, area.bottom() + GRID / 2))
            small.draw(painter, at, area.bottom() + GRID / 2, figure(x), 0.5)
        below = area.bottom() + GRID / 2 + small.height
        small.draw(painter, area.center().x(), below, self._label, 0.5)
        self._paint_band(painter)
        for lane, rect in self.shown():
            painter.setFont(small.font)
            painter.setPen(theme.quiet)
            small.draw(painter, rect.left(), rect.top() - small.height - GRID / 2, lane.name)
            for p, name in ((1.0, "1"), (0.5, "½"), (0.0, "0")):
                y = rect.bottom() - p * rect.height()
                painter.setPen(theme.line)
                painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
                if p != 0.5 or rect.height() > 3 * small.height:
                    painter.setPen(theme.quiet)
                    small.draw(painter, rect.left() - GRID, y - small.middle, name, 1)
            self._paint_lane(painter, lane, rect)

    def _paint_band(self, painter: QPainter) -> None:
        """What is read, in the digits' colours; what is read too briefly has no room for words."""
        area, theme, bold = self.band_area(), self._theme, self._bold
        painter.fillRect(area, theme.surface)
        painter.setFont(bold.font)
        for first, last, text in self.band:
            left, right = self.x_of(first), self.x_of(last)
            if bold.width(text) + GRID > right - left or not text:
                painter.fillRect(QRectF(left, 0, right - left, area.height()), theme.line)
                continue
            x, top = (left + right - bold.width(text)) / 2, (area.height() - bold.height) / 2
            for letter in text:
                known = letter.isdigit()
                painter.setPen(theme.class_ink(int(letter)) if known else theme.quiet)
                x += bold.draw(painter, x, top, letter)
            painter.setPen(theme.line)
            painter.drawLine(QLineF(left, 0, left, area.height()))

    def _paint_lane(self, painter: QPainter, lane: LaneCurves, rect: QRectF) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect.adjusted(-2, -2, 2, 2))
        if lane.before is not None:
            self._paint_curves(painter, *lane.before, rect, faint=True)
        self._paint_curves(painter, lane.xs, lane.probabilities, rect, faint=False)
        painter.restore()
        painter.setFont(self._bold.font)
        taken: list[QRectF] = []
        for number, at in self._labels(lane, rect):
            box = QRectF(at.x(), at.y(), self._bold.width(class_name(number)), self._bold.height)
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box.adjusted(-GRID, 0, GRID, 0))
            painter.setPen(self._hue(number))
            self._bold.draw(painter, at.x(), at.y(), class_name(number))

    def _hue(self, number: int) -> QColor:
        """As everywhere, but for “none”, which stays behind."""
        return self._theme.quiet if number == NONE_CLASS else self._theme.class_ink(number)

    def _paint_curves(
        self,
        painter: QPainter,
        xs: NDArray[np.float64],
        probabilities: NDArray[np.float32],
        rect: QRectF,
        *,
        faint: bool,
    ) -> None:
        low, high = self._x_range
        across = rect.left() + (xs - low) / (high - low) * rect.width()
        for number in reversed(range(len(probabilities))):  # none lies below the digits
            values = probabilities[number]
            some = np.nan_to_num(values, nan=0.0) >= DRAWN
            some[1:] |= some[:-1].copy()
            some[:-1] |= some[1:].copy()
            good = np.isfinite(values) & some  # where it is nothing it would hide the others
            if not good.any():
                continue
            none = number == NONE_CLASS
            colour = colour_of(number, self._theme) if none else self._theme.class_ink(number)
            if faint:
                colour.setAlphaF(FAINT)
            pen = QPen(colour, (1.5 if faint or none else 2) * self._weight)
            pen.setStyle(Qt.PenStyle.DashLine if faint else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
            for first, last in zip(edges[::2], edges[1::2], strict=True):
                y = rect.bottom() - values[first:last] * rect.height()
                level = np.round(y / LEVEL_PX)
                bends = np.ones(len(y), np.bool_)
                bends[1:-1] = (level[1:-1] != level[:-2]) | (level[1:-1] != level[2:])
                line = zip(across[first:last][bends].tolist(), y[bends].tolist(), strict=True)
                painter.drawPolyline(QPolygonF([QPointF(*point) for point in line]))

    def _labels(self, lane: LaneCurves, rect: QRectF) -> list[tuple[int, QPointF]]:
        """(class, upper left corner) of the names: under each stretch where a class wins, and at
        the highest point of those that never do."""
        values = np.nan_to_num(lane.probabilities, nan=0.0)
        if not values.size:
            return []
        bold, found = self._bold, []
        winners = values.argmax(0)
        ends = np.flatnonzero(np.diff(winners, prepend=-1, append=-1))
        for first, last in pairwise(ends.tolist()):
            number, wide = int(winners[first]), bold.width(class_name(int(winners[first])))
            left = self.x_of(float(lane.xs[first]))
            right = self.x_of(float(lane.xs[last - 1]))
            if right - left >= wide + GRID and values[number, first:last].max() > 0.5:
                found.append((number, QPointF((left + right - wide) / 2, rect.top() + GRID / 2)))
        named = set(np.flatnonzero(values[:NONE_CLASS].max(1) >= NAMED).tolist())
        for number in sorted(named - {number for number, _ in found}):
            best = int(values[number].argmax())
            wide = bold.width(class_name(number))
            x = self.x_of(float(lane.xs[best])) - wide / 2
            y = rect.bottom() - float(values[number, best]) * rect.height() - bold.height
            y = min(max(y, rect.top()), rect.bottom() - bold.height)
            found.append((number, QPointF(min(max(x, rect.left()), rect.right() - wide), y)))
        return found

    def _paint_hover(self, painter: QPainter, at: QPointF) -> None:
        """Beside each lane's name, what wins there."""
        x, small, theme = self._x_at(at), self._small, self._theme
        painter.setFont(small.font)
        for lane, rect in self.shown():
            if not len(lane.xs):
                continue
            place = int(np.abs(lane.xs - x).argmin())
            values = lane.probabilities[:, place]
            if not np.isfinite(values).any():
                continue
            number = int(np.nanargmax(values))
            text = f"{figure(round(float(lane.xs[place]), 2))}:  {class_name(number)}  "
            text += f"{values[number]:.3f}"
            line = QRectF(rect.right() - small.width(text) - GRID, rect.top() - small.height - 2,
                          small.width(text) + GRID, small.height)  # fmt: skip
            painter.fillRect(line, theme.background)
            painter.setPen(theme.text)
            small.draw(painter, rect.right(), line.top(), text, 1)


def _values_at(
    xs: NDArray[np.float64], probabilities: NDArray[np.float32], x: float
) -> tuple[float, str]:
    """The known place nearest to x, and the probabilities there that are drawn, largest first."""
    place = int(np.abs(xs - x).argmin())
    values = np.nan_to_num(probabilities[:, place], nan=0.0)
    order = [number for number in np.argsort(-values, kind="stable") if values[number] >= DRAWN]
    said = (f"{class_name(int(number))} {values[number]:.3f}" for number in order)
    return float(xs[place]), ", ".join(said) or tr("not known")
