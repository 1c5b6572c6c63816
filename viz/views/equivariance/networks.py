"""The networks instrument: max, average and blur pooling side by side, switched live.

For each the shift map of the present window, its error on MNIST as measured after training, and its
shift consistency on this window and on 1,000 MNIST test digits; these are measured in the
background where MNIST is there, else shown as stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRect, Qt
from PyQt6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QToolTip, QWidget

from viz import theme as themes
from viz.document import Document
from viz.engine import Engine
from viz.i18n import tr
from viz.measure.invariance import DIGITS, SHIFTS, central, consistency
from viz.measure.shift_map import REACH
from viz.snapshot import Snapshot
from viz.theme import GRID, Theme
from viz.views.answer_map import AnswerMap
from viz.views.equivariance.network_figures import Answers, OnMnist, maps_of, mnist_error, on_mnist
from viz.views.fitting import draw_fitting, fitting_font
from viz.views.network_names import POOLINGS, ablation_text, short_network_name
from viz.views.pointing import came_by_tab
from viz.views.tips import wrapped

NAME, MNIST = "networks", "networks on MNIST"

LABEL_SHARES = 0.36, 0.22
"""The most of the width that the rows' labels take; longer ones wrap. The larger share is tried
first."""

WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class Networks(QWidget):
    """Three columns. A click on one, or the arrow keys, let that network answer."""

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Networks")
        self.tip = tr(
            "Max, average and blur pooling, trained alike: error on MNIST, and shift consistency, "
            "the share of neighbouring shifts that keep the answer. Click one to let it answer."
        )
        self._document, self._engine = document, engine
        self._asked: tuple[object, ...] = ()
        self._ablated: dict[str, Mapping[str, frozenset[int]]] = {}
        self._here: dict[str, float] = {}
        self._mnist: dict[str, OnMnist] = {}
        self._errors = {name: mnist_error(name) for name in POOLINGS}
        self._theme: Theme = themes.theme("dark")
        self._text_px, self._framed = 13, False
        self._rows: list[QRect] = []
        self._labels_wide = 0
        self._labels: list[str] = []
        """Those that the rows were laid out for."""
        self.results = 0
        """Drawings whose three maps have come to the screen."""
        self.maps = {name: AnswerMap(REACH, self, legend=False) for name in POOLINGS}
        for name, view in self.maps.items():
            view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            view.setAccessibleName(tr("Shift map, {network}", network=short_network_name(name)))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
        if not all(self._is_whole(name) for name in POOLINGS):
            self._engine.measure(MNIST, on_mnist, self._take_mnist)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Measure no more."""
        self._engine.forget(NAME)
        self._engine.forget(MNIST)
        self._asked = ()

    # Measuring

    def _is_whole(self, name: str) -> bool:
        found = self._mnist.get(name)
        return found is not None and found.digits == DIGITS

    def _ask(self) -> None:
        snapshot, place = self._document.snapshot, self._document.shown_window()
        if snapshot is None or place is None or not self.isVisible():
            return
        request = snapshot.request
        ablated = {request.network: request.ablated} if request.ablated else {}
        asked = request.scene, place, ablated
        if asked == self._asked:
            return
        if ablated != self._ablated:
            self._ablated = ablated
            self.update()
        self._asked = asked
        self._engine.measure(NAME, maps_of(snapshot.image, place, ablated), self._take)

    def _take(self, found: dict[str, Answers]) -> None:
        """The maps of one drawing."""
        self.results += 1
        for name, one in found.items():
            self.maps[name].set_map(one.classes, one.probabilities)
        here = {name: consistency(central(one.classes, SHIFTS)) for name, one in found.items()}
        if here != self._here:
            self._here = here
            self._show_numbers()

    def _take_mnist(self, found: OnMnist | None) -> None:
        if found is not None:
            self._mnist[found.network] = found
            self._show_numbers()

    def _show_numbers(self) -> None:
        if [label for label, _, _ in self.table()] != self._labels:
            self._lay_out()
            self.update()
        elif self._rows:
            top = self._rows[0].top()
            self.update(0, top, self.width(), self.height() - top)
        self._describe()

    def _switched(self) -> None:
        self._show_numbers()
        self.update()

    def _describe(self) -> None:
        rows = "; ".join(f"{label}: {', '.join(values)}" for label, values, _ in self.table())
        name = short_network_name(self._document.network)
        self.setAccessibleDescription(tr("{name} answers. {rows}", name=name, rows=rows))

    # What is shown

    def captions(self) -> list[str]:
        """What is said beside the maps."""
        said = [tr("Answer to each shift of ±{reach} px.", reach=REACH)]
        ablated = ablation_text(self._document.network, self._document.ablated)
        if ablated:
            said += [ablated, tr("MNIST's figures: none.")]
        return said

    def table(self) -> list[tuple[str, list[str], str]]:
        """The rows below the maps: (label, a value for each network, formula)."""
        counts = {found.digits for found in self._mnist.values()}
        digits = tr("consistency, {count} digits", count=f"{DIGITS:,}")
        if counts == {None}:
            digits = tr("{label}, stored", label=digits)
        about = tr(
            "Shift consistency, after Zhang (2019): of all pairs of shifts one pixel apart, with "
            "|dx|, |dy| ≤ {reach}, the share that have one answer.", reach=SHIFTS,
        )  # fmt: skip
        return [
            (
                tr("error on MNIST"),
                [_percent(self._errors[name], 2) for name in POOLINGS],
                tr("Of MNIST's 10,000 test digits, centred: the share read wrongly, “none” too."),
            ),
            (
                tr("consistency, this window"),
                [_percent(self._here.get(name), 1) for name in POOLINGS],
                about,
            ),
            (
                digits,
                [self._mnist_text(name) for name in POOLINGS],
                about + " " + tr("MNIST's test digits 0 to {last}.", last=DIGITS - 1),
            ),
        ]

    def _mnist_text(self, name: str) -> str:
        found = self._mnist.get(name)
        if found is None:
            return "–"
        text = _percent(found.share, 2)
        if found.digits in (None, DIGITS):
            return text
        return tr("{share} of {count}", share=text, count=found.digits)

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
        self._labels = [label for label, _, _ in self.table()]
        needed = max(map(metrics.horizontalAdvance, self._labels)) + GRID
        head, best = line + GRID, 0
        for share in LABEL_SHARES:
            wide = min(needed, int(share * self.width()))
            rooms = [metrics.boundingRect(QRect(0, 0, wide, 10_000), WRAP, t) for t in self._labels]
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
        self._rows = []
        for height in heights:
            top += GRID
            self._rows.append(QRect(0, top, self.width(), height))
            top += height

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Headings and numbers; the maps paint themselves."""
        painter, theme = QPainter(self), self._theme
        normal = themes.font(self._text_px)
        bold = themes.font(self._text_px, bold=True)
        line = QFontMetrics(normal).height()
        current = self._document.network
        painter.setFont(normal)
        painter.setPen(theme.quiet)
        caption = QRect(0, line + GRID, self._labels_wide, self._rows[0].top() - line - 2 * GRID)
        said = self.captions()
        while said and fitting_font(" ".join(said), *_size(caption), self._text_px) is None:
            said.pop(0)
        draw_fitting(painter, caption, " ".join(said), self._text_px)
        for name in POOLINGS:
            column = self.column(name)
            heading = QRect(column.left(), 0, column.width(), line)
            painter.setFont(bold if name == current else normal)
            painter.setPen(theme.text if name == current else theme.quiet)
            painter.drawText(heading, CENTRE, short_network_name(name))
            if name == current:
                painter.setPen(QPen(theme.accent, 2))
                place = self.maps[name].geometry()
                painter.drawLine(place.left(), line + 1, place.right(), line + 1)
                if self._framed:
                    painter.drawRect(column.adjusted(1, 1, -1, -1))
        for place, (label, values, _) in zip(self._rows, self.table(), strict=True):
            painter.setFont(normal)
            painter.setPen(theme.quiet)
            painter.drawText(QRect(0, place.top(), self._labels_wide, place.height()), WRAP, label)
            for name, value in zip(POOLINGS, values, strict=True):
                column = self.column(name)
                cell = QRect(column.left(), place.top(), column.width(), place.height())
                painter.setFont(bold if name == current else normal)
                painter.setPen(theme.text)
                painter.drawText(cell, CENTRE, value)
        painter.end()

    # Hand

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
        """Left and Right let the neighbour answer."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not way:
            super().keyPressEvent(event)
            return
        current = self._document.network
        place = POOLINGS.index(current) + way if current in POOLINGS else 0
        self._document.set_network(POOLINGS[min(max(place, 0), len(POOLINGS) - 1)])

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Tab shows that the arrow keys act here."""
        self._framed = came_by_tab(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The arrow keys act elsewhere."""
        self._framed = False
        self.update()

    def event(self, event: QEvent | None) -> bool:
        """A row's tip is its formula, a map's what it shows."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = event.pos()
            tips = [tip for place, (_, _, tip) in zip(self._rows, self.table(), strict=True)
                    if place.contains(at)]  # fmt: skip
            text = tips[0] if tips else tr(
                "The answer to each shift of up to 14 px; hue is the class, strength its "
                "probability. A click lets this network answer everywhere."
            )  # fmt: skip
            QToolTip.showText(event.globalPos(), wrapped(text), self)
            return True
        return super().event(event)


def _size(rect: QRect) -> tuple[int, int]:
    return rect.width(), rect.height()


def _percent(share: float | None, decimals: int) -> str:
    return "–" if share is None else f"{100 * share:.{decimals}f} %"
