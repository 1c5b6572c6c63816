"""The networks instrument: max, average and blur pooling side by side, switched live.

For each the shift map of the present window, its error on MNIST as measured after training, and its
shift consistency on this window and on 1,000 MNIST test digits; these are measured in the
background where MNIST is there, else shown as stored. Of a network whose weights cannot be used its
column says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import QPointF, QRect, Qt
from PyQt6.QtGui import (
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QWidget

from viz.chapters.compared_networks import Unusable
from viz.chapters.equivariance.network_figures import Figures, Maps, OnMnist, maps_of, on_mnist
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.shift_map import REACH, middle_of
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.class_map import ClassMap
from viz.views.widgets.fitting import draw_fitting, fitting_font
from viz.views.widgets.network_names import POOLINGS, ablation_text, short_network_name
from viz.views.widgets.painted_view import PaintedView

NAME, MNIST = "networks", "networks on MNIST"

LABEL_SHARES = 0.36, 0.22
"""The most of the width that the rows' labels take; longer ones wrap. The larger share is tried
first."""

WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class Networks(PaintedView):
    """Three columns. A click on one, or the arrow keys, let that network answer."""

    id = "networks"

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Networks")
        self.hint = tr("Click a network to let it answer, then move the digit by single pixels.")
        self.tip = tr(
            "Max, average and blur pooling, trained alike: error on MNIST, and shift consistency, "
            "the share of neighbouring shifts that keep the answer. Click one to let it answer."
        )
        self._document, self._engine = document, engine
        self._asked: tuple[object, ...] = ()
        self._ablated: dict[str, Mapping[str, frozenset[int]]] = {}
        self.figures = Figures()
        self.broken: Mapping[str, Unusable] = {}
        """The networks that cannot be used."""
        self._theme: Theme = themes.theme("dark")
        self._text_px = 13
        self.rows = self.figures.rows()
        self.places: list[QRect] = []
        """Where the rows stand."""
        self._labels_wide = 0
        self.results = 0
        """Drawings whose three maps have come to the screen."""
        self.maps = {name: ClassMap(REACH, self, legend=False) for name in POOLINGS}
        for name, view in self.maps.items():
            view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            view.setAccessibleName(tr("Shift map, {network}", network=short_network_name(name)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Networks by their pooling"))
        self.setMinimumSize(300, 120)
        document.network_changed.connect(self._switched)
        document.window_changed.connect(self._ask)
        document.selection_changed.connect(self._ask)

    # The instrument

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Have the three maps of this snapshot measured."""
        self._ask()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        for view in self.maps.values():
            view.set_theme(theme, text_px)
        self._lay_out()
        self.update()

    def state(self) -> dict[str, Any]:
        """There is nothing to set: which network answers belongs to the document."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """There is nothing to set."""

    def showEvent(self, event: QShowEvent | None) -> None:
        """Measure again; what was measured on MNIST stays."""
        self._ask()
        if unmeasured := self.figures.unmeasured():
            self._engine.measure(MNIST, on_mnist(unmeasured), self._take_mnist)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Measure no more."""
        self._engine.forget(NAME)
        self._engine.forget(MNIST)
        self._asked = ()

    # Measuring

    def _ask(self) -> None:
        snapshot, place = self._document.snapshot, self._document.shown_window()
        if snapshot is None or place is None or not self.isVisible():
            return
        request = snapshot.request
        ablated = {request.network: request.ablated} if request.ablated else {}
        middle = middle_of(place, snapshot.architecture)
        asked = request.scene, middle, ablated
        if asked == self._asked:
            return
        if ablated != self._ablated:
            self._ablated = ablated
            self.update()
        self._asked = asked
        self._engine.measure(NAME, maps_of(snapshot.image, middle, ablated), self._take)

    def _take(self, found: Maps) -> None:
        """The maps of one drawing."""
        self.results += 1
        for name, one in found.maps.items():
            self.maps[name].set_map(one.classes, one.probabilities)
        self.figures.take_maps(found.maps)
        self._show_rows()
        if found.broken != self.broken:
            self.broken = found.broken
            for name, view in self.maps.items():
                view.setHidden(name in found.broken)
            self._describe()
            self.update()

    def _take_mnist(self, found: OnMnist) -> None:
        self.figures.take_mnist(found)
        self._show_rows()

    def _show_rows(self) -> None:
        before, self.rows = self.rows, self.figures.rows()
        if self.rows == before:
            return
        if [row.label for row in self.rows] != [row.label for row in before]:
            self._lay_out()
            self.update()
        elif self.places:
            top = self.places[0].top()
            self.update(0, top, self.width(), self.height() - top)
        self._describe()

    def _switched(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        said = [f"{row.label}: {', '.join(row.values)}" for row in self.rows]
        said += [f"{short_network_name(name)}: {why.advice}" for name, why in self.broken.items()]
        name = short_network_name(self._document.network)
        self.setAccessibleDescription(tr("{name} answers. {rows}", name=name, rows="; ".join(said)))

    # What is shown

    def captions(self) -> list[str]:
        """What is said beside the maps."""
        said = [tr("Answer to each shift of ±{reach} px.", reach=REACH)]
        ablated = ablation_text(self._document.network, self._document.ablated)
        if ablated:
            said += [ablated, tr("MNIST's figures: none.")]
        return said

    # Places

    def column(self, name: str) -> QRect:
        """Where a network's column stands."""
        wide, gap = self._column_width(self._labels_wide), 2 * GRID
        left = self._labels_wide + gap + POOLINGS.index(name) * (wide + gap)
        return QRect(left, 0, wide, self.height())

    def _column_width(self, labels: int) -> int:
        return (self.width() - labels - len(POOLINGS) * 2 * GRID) // len(POOLINGS)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Columns as wide as there is room."""
        self._lay_out()

    def _lay_out(self) -> None:
        """Maps as large as the rows below leave room for, rows as high as their labels wrap to; the
        labels wrap where that makes the maps larger."""
        metrics = QFontMetrics(themes.font(self._text_px))
        line, cells = metrics.height(), 2 * REACH + 1
        labels = [row.label for row in self.rows]
        needed = max(map(metrics.horizontalAdvance, labels)) + GRID
        head, best = line + GRID, 0
        for share in LABEL_SHARES:
            wide = min(needed, int(share * self.width()))
            rooms = [metrics.boundingRect(QRect(0, 0, wide, 10_000), WRAP, t) for t in labels]
            tall = [max(line, room.height()) for room in rooms]
            room = self.height() - head - sum(tall) - GRID * (len(tall) + 1)
            fit = max(8, min(room, self._column_width(wide)))
            fit = fit // cells * cells if fit >= cells else fit
            if fit > best:
                best, side, heights, self._labels_wide = fit, fit, tall, wide
        for name, view in self.maps.items():
            view.setMinimumSize(1, 1)
            view.setGeometry(self.column(name).center().x() - side // 2, head, side, side)
        top = head + side + GRID
        self.places = []
        for height in heights:
            top += GRID
            self.places.append(QRect(0, top, self.width(), height))
            top += height

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Headings and numbers; the maps paint themselves."""
        painter, theme = QPainter(self), self._theme
        normal, bold = themes.font(self._text_px), themes.font(self._text_px, bold=True)
        line = QFontMetrics(normal).height()
        current = self._document.network
        painter.setPen(theme.quiet)
        caption = QRect(0, line + GRID, self._labels_wide, self.places[0].top() - line - 2 * GRID)
        said = self.captions()
        while said and fitting_font(" ".join(said), *_size(caption), self._text_px) is None:
            said.pop(0)
        draw_fitting(painter, caption, " ".join(said), self._text_px)
        for name in POOLINGS:
            self._paint_head(painter, name, line)
        if self.framed:
            framed = self.column(current) if current in POOLINGS else self.rect()
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(framed.adjusted(1, 1, -1, -1))
        for place, row in zip(self.places, self.rows, strict=True):
            top, high = place.top(), place.height()
            painter.setFont(normal)
            painter.setPen(theme.quiet)
            painter.drawText(QRect(0, top, self._labels_wide, high), WRAP, row.label)
            painter.setPen(theme.text)
            for name, value in zip(POOLINGS, row.values, strict=True):
                column = self.column(name)
                painter.setFont(bold if name == current else normal)
                painter.drawText(QRect(column.left(), top, column.width(), high), CENTRE, value)
        painter.end()

    def _paint_head(self, painter: QPainter, name: str, line: int) -> None:
        """A network's name, underlined while it answers; what is told instead of its map."""
        theme, column, answers = self._theme, self.column(name), name == self._document.network
        painter.setFont(themes.font(self._text_px, bold=answers))
        painter.setPen(theme.text if answers else theme.quiet)
        heading = QRect(column.left(), 0, column.width(), line)
        painter.drawText(heading, CENTRE, short_network_name(name))
        if answers:
            painter.setPen(QPen(theme.accent, 2))
            place = self.maps[name].geometry()
            painter.drawLine(place.left(), line + 1, place.right(), line + 1)
        if (broken := self.broken.get(name)) is not None:
            room = QRect(column.left(), line + GRID, column.width(), 0)
            room.setBottom(self.places[0].top() - GRID)
            painter.setPen(theme.text)
            draw_fitting(painter, room, _breakable(broken.advice), self._text_px)

    # Input

    def _at(self, position: QPointF) -> str | None:
        for name in POOLINGS:
            if self.column(name).contains(position.toPoint()):
                return name
        return None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Let the network of this column answer."""
        name = self._at(event.position())
        if name is not None and event.button() == Qt.MouseButton.LeftButton:
            self._document.set_network(name)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and Right let the neighbour answer, of those that can."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not way:
            super().keyPressEvent(event)
            return
        names, current = [n for n in POOLINGS if n not in self.broken], self._document.network
        place = names.index(current) + way if current in names else 0
        self._document.set_network(names[min(max(place, 0), len(names) - 1)])

    def tooltip(self, position: QPointF) -> str:
        """A row's formula; why a network cannot be used; what a map shows."""
        at = position.toPoint()
        for place, row in zip(self.places, self.rows, strict=True):
            if place.contains(at):
                return row.formula
        broken = self.broken.get(self._at(position) or "")
        if broken is not None:
            return broken.reason
        return tr(
            "The answer to each shift of up to 14 px; hue is the class, strength its probability. "
            "A click lets this network answer everywhere."
        )


def _size(rect: QRect) -> tuple[int, int]:
    return rect.width(), rect.height()


def _breakable(text: str) -> str:
    """With a place for a line break before the end of a file's name, which fills a column."""
    return text.replace(".safetensors", "\u200b.safetensors")
