"""The tour: five bubbles that say what stands where, at the first start and from the Help menu.

A bubble is a small widget over the window with an arrow to what it speaks of; everything goes on
below and beside it, and a click elsewhere does not end it. There is no veil over the window: every
view beneath would paint twice as often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QRegion
from PyQt6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.model import settings
from viz.model.command import Command
from viz.model.snapshot import Unit
from viz.model.view_state import ViewState
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.window.head import Head
from viz.window.stage import Stage

ARROW = 4 * GRID
"""Length of the arrow in pixels."""

WIDE_EM = 22
"""Width of a bubble's text in em."""

Place = tuple[QWidget, QRect]
"""A widget, and what of it is meant."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class Station:
    """What one bubble says, and of what; None while that is not there."""

    title: str
    text: str
    place: Callable[[], Place | None]
    beside: bool = False
    """It rather stands beside than below."""


def stations(stage: Stage, head: Head, key: Callable[[str], str]) -> tuple[Station, ...]:
    """Return the stations of this window; ``key`` gives a command's key by its id."""

    def one_map() -> Place | None:
        mosaic = next(iter(stage.maps.mosaics.values()), None)
        if mosaic is None or stage.document.snapshot is None:
            return None if mosaic is None else (mosaic, mosaic.rect())
        scene, layer = stage.document.scene, mosaic.layer
        _, height, width = layer.shape(scene.height, scene.width)
        corners = Unit(layer.name, 0, 0, 0), Unit(layer.name, 0, height - 1, width - 1)
        first, last = (mosaic.unit_position(unit).toPoint() for unit in corners)
        return mosaic, QRect(first, last)

    def all_of(widget: QWidget) -> Callable[[], Place]:
        return lambda: (widget, widget.rect())

    def canvas() -> Place:
        return stage.canvas, stage.canvas.image_rect().toRect()

    return (
        Station(
            tr("The canvas"),
            tr(
                "Draw a digit here, with a mouse, a pen or a finger. With Select ({key}) you can "
                "drag what is drawn, and everything else follows while you move it.",
                key=key("select"),
            ),
            canvas,
            beside=True,
        ),
        Station(
            tr("The answer"),
            tr(
                "This is what the network reads. Above the canvas stands the class of each window "
                "of the input, at the window's centre; below the canvas are the scores of one "
                "window."
            ),
            all_of(stage.answer),
            beside=True,
        ),
        Station(
            tr("A feature map"),
            tr(
                "Each small image shows where one kernel responds, and how strongly. Point at a "
                "unit to see how its value is computed; click to pin it."
            ),
            one_map,
        ),
        Station(
            tr("The chapters"),
            tr(
                "Each chapter measures the same network with other instruments. Press its number "
                "to go to it."
            ),
            all_of(head.tabs),
        ),
        Station(
            tr("Demonstrations"),
            tr(
                "{key} plays and pauses the chapter's demonstration. Drag anything to take over.",
                key=key("play"),
            ),
            all_of(head.player_bar.toggle),
        ),
    )


class Tour(QObject):
    """Leads through the stations that ``stations`` makes; once it ends it counts as seen."""

    def __init__(
        self, window: QMainWindow, view: ViewState, stations: Callable[[], Sequence[Station]]
    ) -> None:
        super().__init__(window)
        self._window, self._view, self._make = window, view, stations
        self._stations: Sequence[Station] = ()
        self._number = 0
        self.bubble: Bubble | None = None
        """The one on the screen, while the tour runs."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.place)
        view.changed.connect(self._follow)

    def commands(self) -> tuple[Command, ...]:
        """Return the command that begins the tour."""
        return (
            Command("tour", tr("&Help"), tr("&Tour"), "",
                    tr("Five bubbles that explain the parts of the window; Esc ends them."),
                    self.begin, enabled=lambda: not self._view.presenting),
        )  # fmt: skip

    def begin(self) -> None:
        """Show the first station."""
        self._stations = self._make()
        if self.bubble is None:
            self.bubble = Bubble(self._window, self.go, self.end)
            self._window.installEventFilter(self)
        self._show(0)

    def go(self, by: int) -> None:
        """Go on or back by so many stations; after the last the tour is over."""
        if self._number + by >= len(self._stations):
            self.end()
        else:
            self._show(max(0, self._number + by))

    def end(self) -> None:
        """End it, for good: it begins no more by itself."""
        bubble, self.bubble = self.bubble, None
        if bubble is not None:
            self._window.removeEventFilter(self)
            self._soon.stop()
            bubble.hide()
            bubble.deleteLater()
            settings.put("tour_seen", True)

    def _show(self, number: int) -> None:
        assert self.bubble is not None
        self._number, station = number, self._stations[number]
        self.bubble.say(station.title, station.text, number + 1, len(self._stations))
        self.place()
        self.bubble.setFocus()

    def place(self) -> None:
        """Point at what the bubble speaks of, wherever that stands now."""
        if self.bubble is None:
            return
        station = self._stations[self._number]
        found = station.place()
        target = None
        if found is not None and found[0].isVisible():
            widget, rect = found
            target = QRect(widget.mapTo(self._window, rect.topLeft()), rect.size())
        area = self._window.centralWidget()
        room = self._window.rect() if area is None else area.geometry()
        self.bubble.point_at(target, room.adjusted(GRID, GRID, -GRID, -GRID), station.beside)

    def place_soon(self) -> None:
        """Do so once everything else has its place."""
        if self.bubble is not None:
            self._soon.start()

    def _follow(self, name: str) -> None:
        if name == "presenting" and self._view.presenting:
            self.end()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the window; take the tour's keys where nothing else has taken them."""
        if event is None or self.bubble is None:
            return False
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.place_soon()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            on_button = isinstance(self._window.focusWidget(), QAbstractButton)
            if event.key() == Qt.Key.Key_Escape or (event.key() in _ENTER and not on_button):
                self.bubble.keyPressEvent(event)
                return True
        return False


class Bubble(QWidget):
    """A title, a sentence or two, and how to go on, in a frame with an arrow."""

    def __init__(
        self, parent: QWidget, go: Callable[[int], object], end: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._go, self._end = go, end
        self._polygon = QPolygonF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._title, self._text, self._count = QLabel(), QLabel(), QLabel()
        self._title.setStyleSheet("font-weight: bold")
        for label in (self._title, self._text, self._count):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._skip, self._next = QPushButton(tr("Skip")), QPushButton(tr("Next"))
        self._skip.setToolTip(tr("Esc also ends the tour; the Help menu starts it again."))
        self._next.setToolTip(tr("Enter and → also go on; ← goes back."))
        self._skip.clicked.connect(lambda: end())
        self._next.clicked.connect(lambda: go(1))
        row = QHBoxLayout()
        row.addWidget(self._count)
        row.addStretch(1)
        for button in (self._skip, self._next):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the bubble has it, and the keys
            row.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(GRID)
        self._column.addWidget(self._title)
        self._column.addWidget(self._text, 1)
        self._column.addSpacing(GRID)
        self._column.addLayout(row)

    @property
    def said(self) -> tuple[str, str, str]:
        """Title, text and count."""
        return self._title.text(), self._text.text(), self._count.text()

    def say(self, title: str, text: str, number: int, of: int) -> None:
        """Say this, as the ``number``-th of so many bubbles."""
        self._title.setText(title)
        self._text.setText(text)
        self._count.setText(tr("{number} of {all}", number=number, all=of))
        self._next.setText(tr("Done") if number == of else tr("Next"))
        self._skip.setVisible(number < of)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def point_at(self, target: QRect | None, room: QRect, beside: bool) -> None:
        """Stand ``beside`` a rectangle of the parent or below it, within ``room``, with the arrow
        at it; None: in the middle."""
        size = self._size()
        if target is None:
            box = QRect(QPoint(0, 0), size)
            box.moveCenter(room.center())
            tip = None
        else:
            box, tip = _stand(target, size, room, beside)
        whole = box if tip is None else box.united(QRect(tip, tip))
        outline = QPolygonF(box.translated(-whole.topLeft()).toRectF())
        if tip is not None:
            outline = outline.united(_arrow(box, tip).translated(-whole.topLeft().toPointF()))
        self._polygon = outline
        self._pad(box.translated(-whole.topLeft()), whole)
        self.setGeometry(whole)
        self.setMask(QRegion(outline.toPolygon()))
        self.show()
        self.raise_()
        self.update()

    def _size(self) -> QSize:
        self._pad(QRect(), QRect())
        px = themes.text_px(self)
        width = WIDE_EM * px + 6 * GRID
        return QSize(width, self._column.totalHeightForWidth(width))

    def _pad(self, box: QRect, whole: QRect) -> None:
        """Keep the contents within the box, the arrow outside."""
        side = 3 * GRID
        self._column.setContentsMargins(
            side + box.left(), side + box.top(),
            side + max(0, whole.width() - box.right() - 1),
            side + max(0, whole.height() - box.bottom() - 1),
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme, painter = themes.of(self), QPainter(self)
        painter.setBrush(theme.background)
        pen = QPen(theme.accent, 4)  # half of it lies within the mask
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolygon(self._polygon)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take it, and the keys: what is below is not meant."""
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        key = Qt.Key(event.key()) if event is not None else None
        if key in (*_ENTER, Qt.Key.Key_Right):
            self._go(1)
        elif key == Qt.Key.Key_Left:
            self._go(-1)
        elif key == Qt.Key.Key_Escape:
            self._end()
        else:
            super().keyPressEvent(event)


def _stand(target: QRect, size: QSize, room: QRect, beside: bool) -> tuple[QRect, QPoint]:
    """Return where a box of this size stands at a target, and the arrow's tip: at the first side
    that has room, else at the one that has most."""
    wide, high, gap = size.width(), size.height(), ARROW + GRID // 2
    middle = target.center()
    right = (room.right() - target.right() - wide, target.right() + gap, middle.y() - high // 2)
    below = (room.bottom() - target.bottom() - high, middle.x() - wide // 2, target.bottom() + gap)
    sides = (
        *((right, below) if beside else (below, right)),
        (target.left() - room.left() - wide, target.left() - gap - wide, middle.y() - high // 2),
        (target.top() - room.top() - high, middle.x() - wide // 2, target.top() - gap - high),
    )
    _, left, top = next((side for side in sides if side[0] >= gap), max(sides))
    left = max(room.left(), min(left, room.right() + 1 - wide))
    top = max(room.top(), min(top, room.bottom() + 1 - high))
    box = QRect(left, top, wide, high)
    tip = QPoint(
        max(target.left(), min(box.center().x(), target.right())),
        max(target.top(), min(box.center().y(), target.bottom())),
    )
    return box, tip


def _arrow(box: QRect, tip: QPoint) -> QPolygonF:
    """Return the triangle from a box to the tip of its arrow."""
    half = ARROW * 5 // 8
    inside = QRect(box).adjusted(half, half, -half, -half)
    root = QPoint(
        max(inside.left(), min(tip.x(), inside.right())),
        max(inside.top(), min(tip.y(), inside.bottom())),
    )
    sideways = abs(tip.x() - root.x()) > abs(tip.y() - root.y())
    across = QPoint(0, half) if sideways else QPoint(half, 0)
    return QPolygonF([QPointF(root - across), QPointF(tip), QPointF(root + across)])
