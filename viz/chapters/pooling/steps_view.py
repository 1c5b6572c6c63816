"""The steps' picture: for each layer eight bars, the last step's bright and in figures."""

from __future__ import annotations

from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.pooling.measure.steps import STEPS, Steps, period
from viz.chapters.pooling.operator import nothing_drawn
from viz.chapters.pooling.words import written
from viz.i18n import tr
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.axes import figure
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache

HIGHEST = 1.5
"""Of the axis: two responses with nothing in common differ by √2 of either."""

FORMULA = "‖f(Tₖ x) − f(Tₖ₋₁ x)‖ / ‖f(Tₖ₋₁ x) − f(∅)‖"

TICKS = (0.0, 0.5, 1.0, 1.5)

SAME = 0.005
"""Of changes, what two decimals do not show."""

SHARE = 0.8
"""Of a bar's place that it fills."""

EARLIER = 0.55
"""Opacity of all bars but the last step's."""

GAP = 0.15
"""Most of a group's width that lies between it and the next."""


class StepsView(PaintedView):
    """A group of bars for each layer, side by side over one fixed axis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: Steps | None = None
        self._layers: tuple[str, ...] = ()
        self._message = nothing_drawn()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 120)
        self.setAccessibleName(tr("Change of each layer by each of the last steps"))
        self.set_theme(themes.theme("dark"), 13)

    def sizeHint(self) -> QSize:
        """Room for bars that differ."""
        return QSize(480, 200)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self._bold = TextCache(themes.font(text_px, bold=True))
        self.update()

    def show_steps(self, steps: Steps) -> None:
        """Show these changes."""
        self._steps, self._layers = steps, tuple(steps)
        self._describe()

    def show_nothing(self, layers: tuple[str, ...], message: str) -> None:
        """Say why there are no changes of these layers."""
        self._steps, self._layers, self._message = None, layers, message
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(
            ", ".join(f"{layer} {written(self.last(layer))}" for layer in self._layers)
        )
        self.update()

    @property
    def steps(self) -> Steps | None:
        """What is shown."""
        return self._steps

    def last(self, layer: str) -> float | None:
        """The change by the last step; None where nothing is drawn."""
        return None if self._steps is None else float(self._steps[layer][-1])

    def foot(self, layer: str) -> tuple[str, ...]:
        """What the bars of a layer come to, longest wording first; nothing if they do not recur."""
        if self._steps is None:
            return ()
        steps = period(self._steps[layer], SAME)
        if steps is None:
            return ()
        if steps == 1:
            return tr("every step alike"), tr("all alike")
        return (
            tr("repeat after {n} steps", n=steps),
            tr("repeat after {n}", n=steps),
            tr("after {n}", n=steps),
        )

    # Geometry

    def plot_area(self) -> QRectF:
        """Between caption and heads above, and the feet below."""
        line = self._small.height
        left = max(self._small.width(figure(y)) for y in TICKS) + 2 * GRID
        top = 2 * line + 2 * GRID
        return QRectF(left, top, self.width() - left, max(1.0, self.height() - top - line - GRID))

    def group(self, layer: str) -> QRectF:
        """Where a layer's bars stand."""
        area, count = self.plot_area(), len(self._layers)
        gap = min(4 * GRID, GAP * area.width() / count)
        wide = (area.width() - (count - 1) * gap) / count
        left = area.left() + self._layers.index(layer) * (wide + gap)
        return QRectF(left, area.top(), wide, area.height())

    def bar(self, layer: str, step: int, change: float) -> QRectF:
        """The bar of one of a layer's steps, 0 the earliest; higher than the axis is cut off."""
        group = self.group(layer)
        pitch = group.width() / STEPS
        high = group.height() * min(change, HIGHEST) / HIGHEST
        left = group.left() + (step + (1 - SHARE) / 2) * pitch
        return QRectF(left, group.bottom() - high, SHARE * pitch, high)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Axis, heads, bars, feet."""
        painter, theme, small = QPainter(self), self._theme, self._small
        painter.fillRect(self.rect(), theme.background)
        area = self.plot_area()
        painter.setFont(small.font)
        for y in TICKS:
            at = area.bottom() - y / HIGHEST * area.height()
            painter.setPen(theme.line)
            painter.drawLine(QLineF(area.left(), at, area.right(), at))
            painter.setPen(theme.quiet)
            small.draw(painter, area.left() - GRID, at - small.middle, figure(y), 1)
        caption = (
            tr("change by each of the last 8 steps of 1 px to the right; in figures the latest"),
            tr("change by the last 8 steps of 1 px to the right"),
            tr("change by steps of 1 px"),
        )
        if self._steps is None:
            caption = self._message, tr("Nothing is measured."), ""
        self._write(painter, 0, 0, self.width(), theme.quiet, *caption)
        for layer in self._layers:
            self._paint_group(painter, layer)
        painter.end()

    def _paint_group(self, painter: QPainter, layer: str) -> None:
        theme, group, bold = self._theme, self.group(layer), self._bold
        top = group.top() - GRID - bold.height
        painter.setPen(theme.text)
        painter.setFont(bold.font)
        text, used, room = written(self.last(layer)), bold.width(layer), group.width() + 2 * GRID
        if used <= room:  # else of very many layers
            bold.draw(painter, group.left(), top, layer)
        painter.setFont(self._small.font)
        if used + 2 * GRID + self._small.width(text) <= room:
            self._small.draw(painter, group.left() + used + 2 * GRID, top, text)
        if self._steps is None:
            return
        earlier = QColor(theme.quiet)
        earlier.setAlphaF(EARLIER)
        for step, change in enumerate(self._steps[layer].tolist()):
            colour = theme.accent if step == STEPS - 1 else earlier
            painter.fillRect(self.bar(layer, step, change), colour)
        below = group.bottom() + GRID
        room = group.width() + 2 * GRID
        self._write(painter, group.left(), below, room, theme.quiet, *self.foot(layer))

    def _write(
        self, painter: QPainter, x: float, top: float, room: float, colour: QColor, *words: str
    ) -> None:
        """The first wording that fits."""
        painter.setPen(colour)
        for text in words:
            if self._small.width(text) <= room:
                self._small.draw(painter, x, top, text)
                return

    def tooltip(self, position: QPointF) -> str:
        """The formula, and all changes of the layer under a point in figures."""
        if self._steps is None:
            return self._message
        told = FORMULA + "\n" + tr(
            "f: a layer’s maps; Tₖ x: the drawing after step k, one pixel further right; ∅: the "
            "canvas without it"
        )  # fmt: skip
        for layer in self._layers:
            group = self.group(layer)
            if group.left() <= position.x() <= group.right():
                changes = "  ".join(written(change) for change in self._steps[layer].tolist())
                told += "\n" + tr("{layer}, step by step: {changes}", layer=layer, changes=changes)
        return told
