"""The answer: what was read off the whole canvas, by which network, and every window's winner.

The winners stand exactly over the centres of their windows: window column j covers canvas x from
4j to 4j + 32. Grey is probability; where "none" wins the place stays blank but for a dot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import tr
from viz.measure.windows import most_confident, most_lines, window_lines, winners
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS, Architecture
from viz.nets.networks import MAIN
from viz.views.answer.answer_tips import (
    about_network,
    about_reading,
    about_row,
    about_window,
    common_row,
)
from viz.views.answer.window_view import WindowView
from viz.views.layer_words import answer_hidden, input_text
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID
from viz.views.widgets.network_names import ablated_text, network_name
from viz.views.widgets.pointing import ARROWS
from viz.views.widgets.text_cache import TextCache, text_cache

ANSWER_SIZES = (2.25, 1.5, 1.0)
"""Sizes of the answer in multiples of small text; the first that fits is taken."""
MARK = 3
"""Height of the mark under a winner, in pixels."""

SHORT = 2
"""So many digits of an answer come before the network's name."""


class Answer(WindowView):
    """The answer line and, below it, the winners. Hover shows a window, click selects it."""

    network_pressed = pyqtSignal()
    """The network's name, or what is said of it below, was clicked."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, parent)
        self.network_rect = QRectF()
        """Where the network's name and badges stand; empty where there is no room for them."""
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._ground: QPixmap | None = None
        """All but winners and marks: what stays as it is while a digit moves, kept."""
        self._ground_key: object = None
        self._looks: object = None
        self._lines: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]] = []
        self._left, self._scale = 0.0, 0.0
        self._height = self._row_count = 0
        self._top, self._pitch_y = 0.0, 0
        """Height of the answer, and of a line of winners."""
        self._apart = 0.0
        """The least distance from one digit's middle to the next."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Answer"))
        clock.register(self)
        document.view.changed.connect(self._follow)
        document.window_changed.connect(self._refresh)
        document.selection_changed.connect(self._refresh)
        self.restyle()

    # What is shown

    @pyqtSlot(str)  # a slot of Qt's: the connection ends with this view
    def _follow(self, name: str) -> None:
        if name == "answer_hidden":
            self._ground = None
            if self._snapshot is not None:
                self.show_snapshot(self._snapshot)
            self.update()

    @property
    def _hidden(self) -> bool:
        """Whether the answer is covered, for a hall that guesses."""
        return self._document.view.answer_hidden

    def restyle(self) -> None:
        self._ground = None
        self._top = text_cache(round(ANSWER_SIZES[0] * self.text_px), bold=True).height
        self._pitch_y = round(self.small.height) + MARK + 2
        self._apart = self.small.width("0") + 2
        self._grow()

    def set_mapping(self, left: float, scale: float) -> None:
        """Place canvas x at ``left`` + ``scale`` · x in this widget's coordinates."""
        if (left, scale) != (self._left, self._scale):
            self._left, self._scale = left, scale
            self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show this reading and these winners."""
        self._snapshot = snapshot
        shape = snapshot.maps["output"].shape[1:]
        if self._hovered and not np.less(self._hovered, shape).all():
            self._hover(None)
        if shape[0] != self._row_count:
            self._row_count = shape[0]
            self._grow()
        self._choose_rows(snapshot)
        text = snapshot.reading.text or tr("nothing read")
        if self._hidden:
            text = answer_hidden()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
        # Greys that differ by less than one of 64 look the same
        looks = (
            (text, self._document.shown_window(), self._badge_key(snapshot)),
            [
                (rows.tobytes(), classes.tobytes(), np.rint(64 * sure).astype(np.int8).tobytes())
                for rows, classes, sure in self._lines
            ],
        )
        if looks == self._looks:
            self._clock.skip(self)
            return
        self._looks = looks
        if self._ground_key == self._find_ground_key():
            self.update(0, int(self._line_top(0)), self.width(), self.height())
        else:
            self.update()

    def _choose_rows(self, snapshot: Snapshot) -> None:
        """Choose the rows of windows whose winners are shown: of the line that the shown window is
        in its row alone, so that every view speaks of the same row."""
        output = snapshot.maps["output"]
        lines = list(window_lines(snapshot.reading, output.shape[1]))
        shown = self._document.shown_window()
        if len(lines) < output.shape[1] and shown is not None and shown[0] < output.shape[1]:
            away = [min(abs(row - shown[0]) for row in line) for line in lines]
            lines[away.index(min(away))] = (shown[0],)
        self._lines = [winners(output, line) for line in lines]

    def _refresh(self) -> None:
        if self._snapshot is not None:
            self._choose_rows(self._snapshot)
        self.update()

    def _grow(self) -> None:
        """Reserve the lines that a canvas of this height can need, so that nothing jumps."""
        lines = most_lines(max(self._row_count, 1))
        height = round(self._top + lines * self._pitch_y)
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(320, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height)

    # Geometry

    @property
    def _large(self) -> list[TextCache]:
        return [text_cache(round(size * self.text_px), bold=True) for size in ANSWER_SIZES]

    @property
    def _pitch_x(self) -> float:
        return self._architecture.stride * self._scale

    @property
    def _architecture(self) -> Architecture:
        shown = self._snapshot
        return self._document.architecture if shown is None else shown.architecture

    @property
    def _answer_top(self) -> float:
        """The upper end of the answer, in the middle of what its lines of winners leave."""
        return max(0.0, self._line_top(0) - self._top) / 2 if self._lines else 0.0

    def _line_top(self, number: int) -> float:
        """Return the upper end of a line of winners; the last one ends at the canvas."""
        return self._height - (len(self._lines) - number) * self._pitch_y

    def window_x(self, column: int) -> float:
        """Return the centre of a window column in this widget."""
        return self._left + self._scale * self._architecture.centre(column)

    def window_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return the window (row, column) whose winner lies under a point; None beside them."""
        if not self._lines or self._scale <= 0:
            return None
        line = int((position.y() - self._line_top(0)) // self._pitch_y)
        column = round((position.x() - self.window_x(0)) / self._pitch_x)
        if not (0 <= line < len(self._lines) and 0 <= column < len(self._lines[0][0])):
            return None
        return int(self._lines[line][0][column]), column

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with self._clock.painting(self):
            key = self._find_ground_key()
            if self._ground is None or key != self._ground_key:
                self._ground, self._ground_key = self._draw_ground(), key
            painter = QPainter(self)
            painter.drawPixmap(0, 0, self._ground)
            painter.setFont(self.small.font)
            for number, line in enumerate(() if self._hidden else self._lines):
                self._paint_line(painter, self._line_top(number), *line)
            self._paint_marks(painter)
            painter.end()

    def _find_ground_key(self) -> object:
        """Return what the ground depends on, beside theme and text size."""
        shown = self._snapshot
        return (
            self.width(), self.height(), self._left, self._scale, self._document.scene.width,
            shown and (shown.reading.text, self._badge_key(shown)), len(self._lines), self._height,
        )  # fmt: skip

    @staticmethod
    def _badge_key(snapshot: Snapshot) -> tuple[str, int]:
        """Return the network that has answered, and how many of its maps are ablated."""
        return snapshot.request.network, sum(map(len, snapshot.request.ablated.values()))

    def _draw_ground(self) -> QPixmap:
        ratio, theme = self.devicePixelRatioF(), self.theme
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(theme.background)
        painter = QPainter(ground)
        self._paint_answer(painter, self._paint_network(painter))
        for number, (rows, _, _) in enumerate(self._lines if not self._crowded else ()):
            y = self._line_top(number + 1) - MARK - 1
            for column in range(len(rows)):
                painter.fillRect(QRectF(self.window_x(column) - 1, y, 2, 2), theme.line)
        painter.end()
        return ground

    def _paint_network(self, painter: QPainter) -> float:
        """Name the network that has answered, at the right end of the canvas or beyond where a
        short answer needs the room; return where the name begins.

        What lets another answer come out than the main network's, another one or ablated maps, is a
        badge in the accent, which always has room. Of the rest the answer comes first.
        """
        right, self.network_rect = float(self.width()), QRectF()
        if self._snapshot is None:
            return right
        if self._scale > 0:
            right = min(right, self._left + self._scale * self._document.scene.width)
        (network, ablated), small = self._badge_key(self._snapshot), self.small
        text = self._snapshot.reading.text
        answer = self._large[-1].width(text[:SHORT]) if text else 0.0
        lines = [(network_name(network), network != MAIN)]
        note = input_text(self._snapshot.architecture)
        if ablated:
            lines.append((ablated_text(ablated), True))
        elif note and 2 * small.height <= self._top:
            lines.append((note, False))
        width = max(small.width(line) + (2 * GRID if badge else 0) for line, badge in lines)
        x = max(max(0.0, self._left) + max(answer + 2 * GRID, 4 * GRID), right - width)
        if x + width > self.width() and not any(badge for _, badge in lines):
            if text:
                return right
        elif x + width > self.width():
            x = max(0.0, self.width() - width)
        pitch = min(small.height, self._top / len(lines))
        y = self._answer_top + (self._top - len(lines) * pitch) / 2
        self.network_rect = QRectF(x, y, width, len(lines) * pitch)
        painter.setFont(small.font)
        for number, (line, badge) in enumerate(lines):
            self._paint_badge(painter, x + width, y + number * pitch, pitch, line, badge=badge)
        return x

    def _paint_badge(
        self, painter: QPainter, right: float, top: float, height: float, text: str, *, badge: bool
    ) -> None:
        """Paint a line that ends at ``right``, on a ground in the accent if it is a badge."""
        theme, small, side = self.theme, self.small, GRID if badge else 0
        x = right - side - small.width(text)
        if badge:
            ground = QRectF(x - side, top, right - x + side, height - 1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(ground, GRID, GRID)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(theme.background if badge else theme.quiet)
        small.draw(painter, x, top + (height - small.height) / 2, text)

    def _paint_answer(self, painter: QPainter, end: float) -> None:
        theme, left, sizes = self.theme, max(0.0, self._left), self._large
        text = "" if self._snapshot is None else self._snapshot.reading.text
        top = self._answer_top
        if self._hidden and self._snapshot is not None:
            painter.setPen(theme.quiet)
            painter.setFont(self.small.font)
            self.small.draw(
                painter, left, top + (self._top - self.small.height) / 2, answer_hidden()
            )
            return
        if not text:
            large, small = sizes[0], self.small
            waiting = self._snapshot is None
            painter.setPen(theme.quiet)
            painter.setFont(large.font)
            dash = large.draw(painter, left, top, "–")
            painter.setFont(small.font)
            note = tr("loading the network …") if waiting else tr("nothing read")
            y = top + (large.height - small.height) / 2
            small.draw(painter, left + dash + 2 * GRID, y, note)
            return
        text = "  ".join(text.split("\n"))
        room = end - 2 * GRID - left
        large = next((size for size in sizes if size.width(text) <= room), sizes[-1])
        painter.setFont(large.font)
        painter.setPen(theme.text)
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room) + 1)
        large.draw(painter, left, top + (self._top - large.height) / 2, text)

    def _paint_line(
        self,
        painter: QPainter,
        top: float,
        rows: NDArray[np.intp],
        classes: NDArray[np.intp],
        probabilities: NDArray[np.float32],
    ) -> None:
        """Paint one line of winners: all digits that fit, else the most confident of neighbours."""
        theme, small = self.theme, self.small
        digits: list[int] = np.flatnonzero(classes != NONE_CLASS).tolist()
        if self._crowded:
            digits = most_confident(digits, probabilities, self._apart / max(self._pitch_x, 1e-6))
        colour = QColor(theme.text)
        for column in digits:
            colour.setAlphaF(float(min(probabilities[column], 1)))
            painter.setPen(colour)
            small.draw(painter, self.window_x(column), top, str(classes[column]), align=0.5)
        if self._crowded:
            self._paint_strip(painter, top, classes, probabilities)
        if len(rows) and len(self._lines) < self._row_count:
            label = tr("row {row}", row=common_row(rows))
            if small.width(label) + self._apart < self.window_x(0) - max(0.0, self._left):
                painter.setPen(theme.quiet)
                small.draw(painter, max(0.0, self._left), top, label)

    @property
    def _crowded(self) -> bool:
        """Whether windows are closer than digits are wide."""
        return self._pitch_x < self._apart

    def _paint_strip(
        self,
        painter: QPainter,
        top: float,
        classes: NDArray[np.intp],
        probabilities: NDArray[np.float32],
    ) -> None:
        """Paint every window as a block of its grey, where digits would be wider than windows."""
        y = top + self._pitch_y - MARK - 1
        wide = max(1.0, self._pitch_x - (1 if self._pitch_x >= 4 else 0))
        theme = self.theme
        colour = QColor(theme.text)
        for column, (winner, probability) in enumerate(zip(classes, probabilities, strict=True)):
            if winner == NONE_CLASS:
                continue
            colour.setAlphaF(float(min(probability, 1)))
            painter.fillRect(QRectF(self.window_x(column) - wide / 2, y, wide, MARK), colour)
        painter.fillRect(
            QRectF(self.window_x(0), y + MARK, (len(classes) - 1) * self._pitch_x, 1), theme.line
        )

    def _paint_marks(self, painter: QPainter) -> None:
        """Mark the window whose scores are shown; paler if the user has not chosen it."""
        shown = self._document.shown_window() if self._snapshot is not None else None
        theme, wide = self.theme, max(min(self._pitch_x - 4, 4 * self.small.width("0")), 4.0)
        accent = QColor(theme.accent)
        if self._document.window != shown:
            accent.setAlphaF(0.5)
        for window, colour in ((shown, accent), (self._hovered, theme.field)):
            if window is None:
                continue
            row, column = window
            for number, (rows, _, _) in enumerate(self._lines):
                if column < len(rows) and rows[column] == row:
                    y = self._line_top(number + 1) - MARK - 1
                    bar = QRectF(self.window_x(column) - wide / 2, y, wide, MARK)
                    painter.fillRect(bar, colour)
        if self.framed and self._lines:
            left, wide = self.window_x(0), (len(self._lines[0][0]) - 1) * self._pitch_x
            painter.fillRect(QRectF(left, self.height() - 1, wide, 1), theme.accent)

    # Pointer, keys and words

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.network_rect.contains(event.position()) and not self._document.read_only
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        if shape != self.cursor().shape():
            self.setCursor(shape)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.network_rect.contains(event.position()) and not self._document.read_only:
            self.network_pressed.emit()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        shown = self._document.shown_window()
        if step and shown and self._snapshot is not None:
            _, rows, columns = self._snapshot.maps["output"].shape
            row = min(max(shown[0] + step[0], 0), rows - 1)
            column = min(max(shown[1] + step[1], 0), columns - 1)
            self._document.select_window((row, column))
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.network_rect.contains(event.position()):
            self._document.view.toggle_enlarged("canvas")

    def tooltip(self, position: QPointF) -> str:
        if self._hidden:
            return ""
        window = self.window_at(position)
        line = int((position.y() - self._line_top(0)) // self._pitch_y)
        if self.network_rect.contains(position) and self._snapshot is not None:
            return about_network()
        if window is not None and self._snapshot is not None:
            return about_window(self._architecture, *window, self._snapshot.maps["output"])
        if 0 <= line < len(self._lines) and position.x() < self.window_x(0):
            return about_row(self._architecture, self._lines[line][0])
        return about_reading()
