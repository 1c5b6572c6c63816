"""The binding map on the screen: in the chapter's panel, and laid around the part on the canvas.

A map is always a little older than the drawing: while the part moves, newer ones come about ten
times a second, each for another place, angle or window of it. The one that is shown stays as it is,
there and on the canvas, until the next has come, and all changes at once; only where none comes for
``patience_ms`` it grows faint and leaves the canvas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.binding.best_places import BestPlaces
from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.measure.binding_map import (
    AXES,
    DEGREES,
    REACH,
    SIDE,
    BindingMap,
    binding_map,
    shift_of,
)
from viz.chapters.binding.overlay import overlay_image
from viz.chapters.binding.words import confidence, map_tip, place_text
from viz.chapters.instrument import Context
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.measure.stroke_selection import centre_of, exists, put, same_rest, shift_since
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.class_map import ClassMap, class_name
from viz.views.widgets.segmented import Option, Segmented

Place = tuple[float, float]
"""(x, y) on the map, in steps from its middle."""


class Map(BindingInstrument):
    """The answer for every place of A. A click puts it there, hovering tells the answer."""

    tells_answer = True
    id = "binding-map"
    title = tr("Map")
    hint = tr("Double-click a stroke and drag it, or click in the map to put it there.")
    tip = tr(
        "For every place of part A, while the rest stays: argmax p(class | rest + A there) in this "
        "window, and its probability. Every fourth place is measured first, then all."
    )
    invitation = tr(
        "Draw a digit of two or more strokes, or drag one onto the canvas: this shows how it would "
        "be read if one of its strokes stood elsewhere."
    )
    patience_ms = 1000
    """While a demonstration plays the next map comes after about 40 ms, but on two cores that four
    other programs want, too, some come after 600; a faint one in between would flicker."""
    explanation = tr(
        "Every cell stands for a place of stroke A, up to 12 px from where it is, while the rest "
        "stays. The hue is the answer there, its strength the probability. A region of one hue "
        "holds the places where A is bound into the same digit; across its edge a small movement "
        "makes another digit. Click in the map to put A there, or choose <i>x and angle</i> to "
        "rotate A as well. Every window has its own map, and a confident answer does not mean that "
        "training contained such an arrangement."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._laid: tuple[BindingMap, Theme] | None = None
        """What lies on the canvas."""
        self._pointed: Place | None = None
        self.standing: Place | None = None
        """Where the part stands on the map; None while the map is not about this drawing."""
        self.axes = Segmented(
            tr("What is varied"),
            (
                Option(AXES[0], tr("x and y"), tr("Rows of the map: shifts up and down, in px")),
                Option(AXES[1], tr("x and angle"), tr("Rows of the map: angles, 7.5° each")),
            ),
        )
        self.overlay = CheckBox(
            tr("On the canvas"),
            tr("Show the map around the part on the canvas: each place in the hue of its answer."),
            checked=True,
        )
        self.add_setting("axes", self.axes)
        self.add_setting("overlay", self.overlay)
        self.map, self.places = ClassMap(REACH), BestPlaces()
        self.map.told = self._tell
        self.places.tell_answer = lambda: self._tell(*self._place())
        for part in (self.map, self.places):
            part.chosen.connect(self._put)
            part.hovered.connect(self._point)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.map, 3)
        row.addWidget(self.places, 2)
        self.set_view(view)

    # What is measured

    def key(self, snapshot: Snapshot) -> Any:
        return self.subject, self.axes.value

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[BindingMap | None]:
        subject, axes = key
        network, ablated = subject.key
        return binding_map(
            nets(network), subject.scene, subject.part, subject.window, axes, dict(ablated)
        )

    # What is shown

    def refresh(self) -> None:
        super().refresh()
        if self.isVisible():
            self._stand()

    def show_result(self, result: BindingMap) -> None:
        if result.axes == AXES[0]:
            self.map.set_axes(tr("A right / px"), tr("A down / px"))
        else:
            self.map.set_axes(tr("A right / px"), tr("A rotated / °"), y_step=DEGREES)
        self.map.set_map(result.classes, result.probabilities)
        self.map.set_mark(0.0, 0.0)
        self.places.show_map(result)
        self.describe_part()
        self._stand()

    def clear(self) -> None:
        self.standing = None
        self._lay()

    def formula(self) -> str:
        result: BindingMap | None = self.result
        law = tr("answer = argmax <i>p</i>(class | B, A at its place)")
        if result is None:
            return law
        x, y = self._place()
        row, column = round(y) + REACH, round(x) + REACH
        return tr(
            "{law}<br>= <b>{digit}</b>, <i>p</i> = <b>{p}</b> at ({x}, {y})",
            law=law, digit=class_name(int(result.classes[row, column])),
            p=number(float(result.probabilities[row, column]), 2), x=number(round(x)),
            y=number(round(y)),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.map.set_dimmed(dimmed)
        self.places.set_dimmed(dimmed)
        self._lay()

    def note(self) -> str:
        if self.result is None:
            return super().note()
        row, column = self.result.window
        return tr("in window row {row}, column {column}", row=row, column=column)

    def _stand(self) -> None:
        """Find where the part stands on the map that is shown, and tell the answer there."""
        self.standing = self._found_standing()
        if self.standing is not None:
            self.map.set_mark(*self.standing)
        self._lay()
        self._answer()

    def _found_standing(self) -> Place | None:
        """(x, y) on the map, which holds as long as the part is only shifted about on it."""
        result, subject = self.result, self.subject
        if result is None or subject is None:
            return None
        if (result.part, result.window) != (subject.part, subject.window):
            return None
        shift = shift_since(result.scene, subject.scene, subject.part)
        if shift is None or max(map(abs, shift)) > REACH:
            return None
        x, y = round(shift[0], 2), round(shift[1], 2)
        if result.axes == AXES[0]:
            return x, y
        return (x, 0.0) if abs(y) < 1 else None

    def _lay(self) -> None:
        """Lay a map of shifts on the canvas where it was measured, or take it away. It is painted
        once, and stays where it is while the part moves on."""
        result, laid = self.result, None
        is_wanted = self.isVisible() and self.overlay.value and not self.map.dimmed
        if is_wanted and result is not None and result.axes == AXES[0]:
            laid = result, themes.of(self)
        if laid == self._laid:
            return
        self._laid = laid
        if laid is None:
            self.context.canvas.set_overlay(None)
        else:
            x, y = centre_of(result.scene, result.part)
            place = QRectF(x - SIDE / 2, y - SIDE / 2, SIDE, SIDE)
            self.context.canvas.set_overlay(overlay_image(*laid), place)

    def _place(self) -> Place:
        """The place whose answer is told: that pointed at, else where the part stands."""
        return self._pointed or self.standing or (0.0, 0.0)

    def _answer(self) -> None:
        result: BindingMap | None = self.result
        if result is None:
            return
        x, y = self._place()
        row, column = round(y) + REACH, round(x) + REACH
        sure, class_ = confidence(result, row, column), int(result.classes[row, column])
        text, shorter = (f"{sure}, {self._where(x, y, brief=brief)}" for brief in (False, True))
        self.places.show_answer(class_, text, (shorter, sure))

    def _where(self, x: float, y: float, *, brief: bool = False) -> str:
        """How far a place of the map is from where the part stands."""
        from_x, from_y = self.standing or (0.0, 0.0)
        return place_text(x - from_x, y - from_y, self.result.axes, brief=brief)

    def _tell(self, x: float, y: float) -> str:
        """The formula of the answer at a place of the map, and its value."""
        if self.result is None:
            return ""
        return map_tip(self.result, round(y) + REACH, round(x) + REACH, self._where(x, y))

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._lay()

    # Input

    def _point(self, place: Place | None) -> None:
        self._pointed = place
        self._answer()

    def _put(self, x: float, y: float) -> None:
        """Put the part to a place of the map, wherever it has moved to since that was measured, and
        stay in the map's window: what it says there is what will be shown."""
        result, scene = self.result, self.document.scene
        if result is None or not exists(scene, result.part):
            return
        part = result.part
        dx, dy, degrees = shift_of(round(y) + REACH, round(x) + REACH, result.axes)
        if same_rest(result.scene, scene, part):
            scene = result.scene  # the part may have been turned since
        else:
            (x, y), (now_x, now_y) = centre_of(result.scene, part), centre_of(scene, part)
            dx, dy = dx + x - now_x, dy + y - now_y
        stroke = None if part.stroke is None else (part.item, part.stroke)
        self.document.select([part.item], stroke)
        self.document.apply(put(scene, part, dx, dy, degrees), tr("Move stroke"))
        self.document.hold_window(result.window)
