"""The binding map on the screen: in the chapter's panel, and laid around the part on the canvas.

A map is always a little older than the drawing: while the part moves, newer ones come about ten
times a second, each for another place, angle or window of it. The one that is shown stays as it is,
there and on the canvas, until the next has come, and all changes at once; only where none comes for
``PATIENCE_MS`` it grows faint and leaves the canvas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRect, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QCheckBox, QComboBox, QWidget

from viz.chapters.binding.best_places import BestPlaces
from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.measure.binding_map import (
    AXES,
    REACH,
    SIDE,
    STRIDES,
    BindingMap,
    binding_map,
    shift_of,
)
from viz.chapters.binding.overlay import MapOverlay
from viz.chapters.binding.stroke_choice import StrokeChoice, Subject
from viz.chapters.binding.words import class_name, map_tip, place_text, sure_text
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.stroke_selection import centre_of, exists, put, same_rest, shift_since
from viz.model.document import Document
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.theme import GRID, Theme
from viz.views.widgets.class_map import DIMMED, ClassMap
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import wrapped

PATIENCE_MS = 1000
"""How long a map that is not about the present drawing is shown as if it were. While a
demonstration plays the next one comes after about 40 ms, but on two cores that four other programs
want, too, some come after 600; a faint one in between would flicker.
"""


class BindingMapView(BindingInstrument):
    """The answer for every place of A. Click puts it there, hovering tells the answer."""

    id = "binding-map"
    NAME = "binding map"

    def __init__(
        self,
        document: Document,
        engine: Engine,
        canvas: Canvas,
        choice: StrokeChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, engine, canvas, choice, parent)
        self.title = tr("Map")
        self.hint = tr("Double-click a stroke and drag it, or click into the map to put it there.")
        self.tip = wrapped(
            tr(
                "For every place of the part A, the rest staying: argmax p(class | rest + A there) "
                "in this window, and its probability. Every fourth place first, then all."
            )
        )
        self._on_canvas = MapOverlay(canvas)
        self._asked: tuple[Subject, str] | None = None
        self.result: BindingMap | None = None
        self._hovered: tuple[float, float] | None = None
        self._standing: tuple[float, float] | None = None
        """Where the part stands on the map; None while the map is not about this drawing."""
        self._old = QTimer(self)
        self._old.setSingleShot(True)
        self._old.setInterval(PATIENCE_MS)
        self._old.timeout.connect(self._lose_patience)
        self._faint = False
        """Whether the map has been about another drawing, or far from the part, for too long."""
        self.map = ClassMap(REACH, self)
        self.map.chosen.connect(self._put)
        self.map.hovered.connect(self._hover)
        self.map.told = self._tell
        self.best = BestPlaces(self)
        self.best.chosen.connect(self._put)
        self.best.hovered.connect(self._hover)
        self.axes = QComboBox(self)
        self.axes.addItem(tr("x and y"), AXES[0])
        self.axes.addItem(tr("x and angle"), AXES[1])
        self.axes.setAccessibleName(tr("What is varied"))
        self.axes.setToolTip(tr("Rows of the map: shifts in y (px), or angles of 7.5° each"))
        self.axes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.axes.currentIndexChanged.connect(self._refresh)
        self.overlay = QCheckBox(tr("On the canvas"), self)
        self.overlay.setChecked(True)
        self.overlay.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.overlay.setToolTip(tr("Lay the map around the part: each place in its answer's hue"))
        self.overlay.toggled.connect(self._lay)
        self.setAccessibleName(tr("Binding map"))
        self._show_parts()
        self.set_theme(themes.theme("dark"), 13)

    # The instrument

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._large = TextCache(themes.font(round(1.7 * text_px), bold=True))
        self.map.set_theme(theme, text_px)
        self.best.set_theme(theme, text_px)
        for widget in (self.axes, self.overlay):
            widget.setFont(themes.font(text_px))
        super().set_theme(theme, text_px)
        self._lay()

    def state(self) -> dict[str, Any]:
        """What is varied, and whether the map lies on the canvas."""
        return {"axes": self.axes.currentData(), "overlay": self.overlay.isChecked()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take these back."""
        if state.get("axes") in AXES:
            self.axes.setCurrentIndex(AXES.index(state["axes"]))
        if isinstance(state.get("overlay"), bool):
            self.overlay.setChecked(state["overlay"])

    def follow(self, subject: Subject | None) -> None:
        """Measure this drawing; until that is done, say where the part stands on the last map."""
        if (subject is None) != self.bar.isHidden():
            self._show_parts()
        if subject is None:
            self._engine.forget(self.NAME)
            self._asked, self.result = None, None
            self._mark()
            return
        axes = str(self.axes.currentData())
        if self._asked is None or axes != self._asked[1] or not subject.is_as(self._asked[0]):
            self._ask(subject, axes)
        self._mark()

    def _ask(self, subject: Subject, axes: str) -> None:
        self._asked = subject, axes
        centre = centre_of(subject.scene, subject.part)

        def work(nets: Nets) -> Iterator[BindingMap | None]:
            net = nets(subject.network)
            return binding_map(
                net, subject.scene, subject.part, subject.window, centre, axes, subject.ablated
            )

        self._engine.measure(self.NAME, work, self._show)

    def _show(self, result: BindingMap) -> None:
        self.result, self._faint = result, False
        self._old.stop()
        self.map.set_map(result.classes, result.probabilities)
        self.map.set_mark(0.0, 0.0)
        self.best.show_map(result)
        self._mark()
        self.update()

    def _mark(self) -> None:
        """Find where the part stands on the map that is shown; see how old it grows."""
        before = self._standing, self._dimmed
        standing = self._standing = self._stand()
        if standing is not None:
            self.map.set_mark(*standing)
        if self.result is None or (standing is not None and np.hypot(*standing) <= STRIDES[0]):
            self._old.stop()
            self._faint = False
        elif not self._faint and not self._old.isActive():
            self._old.start()
        if (standing, self._dimmed) != before:
            self.update()
        self.map.set_dimmed(self._dimmed)
        self.best.set_dimmed(self._dimmed)
        note = ""
        if self.result is not None:
            row, column = self.result.window
            note = tr("in window row {row}, column {column}", row=row, column=column)
        self.bar.show_subject(self._subject, note)
        self._lay()

    @property
    def _dimmed(self) -> bool:
        """Whether the map is painted faintly: not where the part only stands far off on it."""
        return self._faint and self._standing is None

    def _lose_patience(self) -> None:
        self._faint = True
        self._mark()

    def _stand(self) -> tuple[float, float] | None:
        """(x, y) on the map, which holds as long as the part is only shifted about on it."""
        result, subject = self.result, self._subject
        if result is None or subject is None or result.part != subject.part:
            return None
        if result.window != subject.window:
            return None
        shift = shift_since(result.scene, subject.scene, subject.part)
        if shift is None or max(map(abs, shift)) > REACH:
            return None
        x, y = round(shift[0], 2), round(shift[1], 2)
        if result.axes == "xy":
            return x, y
        return (x, 0.0) if abs(y) < 1 else None

    def _lay(self) -> None:
        """Lay the map on the canvas where it was measured; take it away where none that is nearer
        to the part has come in time."""
        result = self.result
        wanted = result is not None and result.axes == "xy" and self.overlay.isChecked()
        if result is None or not wanted or self._faint:
            self._on_canvas.clear()
        elif self.isVisible():
            self._on_canvas.lay(result, self._theme)

    def showEvent(self, event: QShowEvent | None) -> None:
        """The map lies on the canvas again."""
        super().showEvent(event)
        self._lay()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """The canvas is as it was."""
        self._old.stop()
        self._asked, self._faint = None, False
        self._on_canvas.clear()
        super().hideEvent(event)

    # Input

    def _hover(self, at: tuple[float, float] | None) -> None:
        self._hovered = at
        self.update()

    def _put(self, x: float, y: float) -> None:
        """Put the part to a place of the map, wherever it has moved to since that was measured, and
        stay in the map's window: what it says there is what will be shown."""
        result, scene = self.result, self._document.scene
        if result is None or not exists(scene, result.part):
            return
        part = result.part
        dx, dy, degrees = shift_of(round(y) + REACH, round(x) + REACH, result.axes)
        if same_rest(result.scene, scene, part):
            scene = result.scene  # the part may have been turned since
        else:
            now = centre_of(scene, part)
            dx += result.centre[0] - now[0]
            dy += result.centre[1] - now[1]
        self._document.select(
            [part.item], None if part.stroke is None else (part.item, part.stroke)
        )
        self._document.apply(put(scene, part, dx, dy, degrees), tr("Put a stroke"))
        self._document.hold_window(result.window)

    def _tell(self, x: float, y: float) -> str:
        """The formula of the answer at a place of the map, and its value."""
        result = self.result
        if result is None:
            return ""
        row, column = round(y) + REACH, round(x) + REACH
        standing = self._standing or (0.0, 0.0)
        return map_tip(
            result, row, column, place_text(x - standing[0], y - standing[1], result.axes)
        )

    def tip_at(self, position: QPointF) -> str:
        """The formula of the large words, which are about one place of the map."""
        if self._subject is None or not self._words.contains(position.toPoint()):
            return ""
        return self._tell(*(self._hovered or self._standing or (0.0, 0.0)))

    # Layout and painting

    def _place(self) -> None:
        """The map is a square; what tells about it stands beside."""
        super()._place()
        top = self.bar.height() + GRID
        high = self.height() - top
        legend = self._small.width(tr("none")) + 3 * GRID
        below = self._small.height + GRID
        side = max(64, min(high, int(self.width() * 0.6 - legend + below)))
        self.map.setGeometry(0, top, int(side - below + legend + GRID), int(side))
        left = self.map.width() + 4 * GRID
        room = self.width() - left
        row = max(22, round(2 * self._text_px / GRID) * GRID)
        wide, box = self.axes.sizeHint().width(), self.overlay.sizeHint().width()
        self.axes.setGeometry(left, top, min(room, wide), row)
        if wide + 4 * GRID + box <= room:
            self.overlay.setGeometry(left + wide + 4 * GRID, top, box, row)
        else:
            self.overlay.setGeometry(left, top + row + GRID, room, row)
        text = self.overlay.geometry().bottom() + 1 + 2 * GRID
        high = min(self.height() - text, round(self._large.height + 2 * self._small.height))
        self._words = QRect(left, text, room, high)
        below = text + high + 2 * GRID
        self.best.setGeometry(left, below, room, max(0, self.height() - below))

    def _show_parts(self) -> None:
        for widget in (self.bar, self.map, self.axes, self.overlay, self.best):
            widget.setVisible(self._subject is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The answer at the place pointed at, else where the part is."""
        painter = QPainter(self)
        hint = tr(
            "Draw a digit of two or more strokes, or drag one onto the canvas: this shows what "
            "it would be read as if one of its strokes stood elsewhere."
        )
        if not self._paint_hint(painter, hint) and self.result is not None:
            self._paint_words(painter, self.result)
        painter.end()

    def _paint_words(self, painter: QPainter, result: BindingMap) -> None:
        """The answer at the place pointed at, else where the part stands; faint on an old map."""
        words, small, large = self._words, self._small, self._large
        standing = self._standing or (0.0, 0.0)
        x, y = self._hovered or standing
        row, column = round(y) + REACH, round(x) + REACH
        number = int(result.classes[row, column])
        top = float(words.top())
        painter.setOpacity(DIMMED if self._dimmed else 1.0)
        painter.setFont(large.font)
        painter.setPen(self._theme.class_ink(number))
        wide = large.draw(painter, words.left(), top, class_name(number))
        painter.setFont(small.font)
        painter.setPen(self._theme.text)
        sure = sure_text(result, row, column)
        small.draw(painter, words.left() + wide + 3 * GRID, top + large.middle - small.middle, sure)
        top += large.height
        known, asked = int(result.known.sum()), tr("in this window")
        if not result.finished:
            asked += tr(" ({count} of {all} places)", count=known, all=SIDE * SIDE)
        lines = [place_text(x - standing[0], y - standing[1], result.axes), asked]
        for number, line in enumerate(lines):
            painter.setPen(self._theme.quiet if number else self._theme.text)
            if top + small.height > self.height() + 1:
                break
            text = painter.fontMetrics().elidedText(
                line, Qt.TextElideMode.ElideRight, words.width()
            )
            small.draw(painter, words.left(), top, text)
            top += small.height
        painter.setOpacity(1.0)
