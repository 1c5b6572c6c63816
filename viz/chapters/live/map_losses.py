"""The maps without which a logit falls, or rises, most, as bars; one can be pointed at."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent

from viz.chapters.live.measure import Why
from viz.chapters.live.words import class_name
from viz.i18n import number, tr
from viz.views.theme import Colour, Theme
from viz.views.widgets.bars import Bars, Group

MOST = 6
"""Bars at a time, if their texts have room."""

_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class MapLosses(Bars):
    """A bar for each map, the largest first, whichever way it goes.

    The pointer, and the arrow keys once Tab has come, point at one; a click or Enter chooses it.
    """

    pointed = pyqtSignal(object)
    """The number of the map pointed at, or None."""
    chosen = pyqtSignal(int)
    """The number of the map that the user clicked."""

    def __init__(self) -> None:
        self.numbers: tuple[int, ...] = ()
        """The maps that are shown, from left to right."""
        self.map: int | None = None
        """The map pointed at."""
        self._why: Why | None = None
        super().__init__()

    def show_losses(self, why: Why, peak: float) -> None:
        """Show the maps of a result on an axis from −peak to peak."""
        self._why = why
        self.set_ranges(self._ranges[0], (-peak, peak))
        self._choose()

    def _choose(self) -> None:
        """Show as many of the largest as have room."""
        why = self._why
        if why is None:
            return
        order = sorted(range(len(why.losses)), key=lambda at: -abs(why.losses[at]))[:MOST]
        groups = [self._group(why, at) for at in order]
        self.numbers = tuple(order[: self.fitting(groups)])
        if why.layer is None:
            self.set_labels("", "")
            self.set_message(tr("This network has no layer with maps of several units."))
        else:
            self.set_message("")
            self.set_labels(
                tr("map of {layer}, {count} largest of {maps}",
                   layer=why.layer.name, count=len(self.numbers), maps=why.layer.maps),
                tr("fall of z without the map"),
                shorter=tr("map of {layer}", layer=why.layer.name),
            )  # fmt: skip
        self._show()
        if self.map not in (None, *self.numbers):
            self._point(None)

    def _show(self) -> None:
        why = self._why
        if why is not None:
            self.set_groups([self._group(why, at) for at in self.numbers])

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._choose()

    def restyle(self) -> None:
        super().restyle()
        self._choose()

    def _group(self, why: Why, at: int) -> Group:
        lost = float(why.losses[at])
        tip = tr(
            "With map {map} of {layer} set to zero the logit of {name} is {without} instead of "
            "{logit}. A map contributes only together with the others: the bars do not add up.",
            map=at,
            layer=why.layer.name if why.layer is not None else "",
            name=class_name(why.number),
            without=number(why.logit - lost, 2),
            logit=number(why.logit, 2),
        )
        colour: Colour = _accent if at == self.map else _raising if lost > 0 else _lowering
        return Group(str(at), [lost], number(lost, 1), tip, [colour])

    # Input

    def _at(self, position: QPointF) -> int | None:
        group = self.group_at(position)
        return None if group is None else int(group.name)

    def _point(self, at: int | None) -> None:
        if at != self.map:
            self.map = at
            self._show()
            self.pointed.emit(at)

    def press(self, position: QPointF) -> None:
        at = self._at(position)
        if at is not None:
            self.chosen.emit(at)

    def move_pointer(self, position: QPointF, *, held: bool) -> None:
        self._point(self._at(position))

    def leave(self) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        if key in _KEYS and self.numbers:
            last = len(self.numbers) - 1
            place = self.numbers.index(self.map) + _KEYS[key] if self.map is not None else 0
            self._point(self.numbers[min(max(place, 0), last)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.map is not None:
            self.chosen.emit(self.map)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._point(None)


def _accent(theme: Theme) -> QColor:
    return theme.accent


def _raising(theme: Theme) -> QColor:
    return QColor.fromRgb(int(theme.diverging[-1]))


def _lowering(theme: Theme) -> QColor:
    return QColor.fromRgb(int(theme.diverging[0]))
