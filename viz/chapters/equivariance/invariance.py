"""The sweeps instrument: how probable the right class stays while one thing about it changes.

One sweep large, all eight as thumbnails; the networks with max, average and blur pooling side by
side. What was measured of an older drawing than the newest one is faint until its turn comes; along
its own sweep a drawing may go without being another one. Of a network whose weights cannot be used
the note says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.compared_networks import Unusable
from viz.chapters.equivariance.invariance_thumbs import SweepThumbs, Thumb
from viz.chapters.equivariance.invariance_words import (
    class_name,
    curves_tip,
    long_labels,
    nothing_to_ask,
    reference,
    short_labels,
    thumb_tips,
)
from viz.chapters.equivariance.invariance_work import Found, Kept, Subject, Turns, measured
from viz.chapters.equivariance.measure.invariance import (
    KINDS,
    Sweep,
    middle_window,
    posed,
    swept_items,
)
from viz.chapters.equivariance.window_lock import WindowLock
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.shift_map import middle_of
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot
from viz.nets.architecture import CLASSES, Architecture
from viz.scene import Scene
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.curves import Curves, Series
from viz.views.widgets.network_names import (
    POOLINGS,
    ablation_text,
    network_colour,
    short_network_name,
)
from viz.views.widgets.segmented import Option, Segmented

if TYPE_CHECKING:
    from viz.model.demonstration import Demonstration

NAME = "sweeps"

STEPS = {"dx": 1.0, "dy": 1.0, "angle": 5.0, "width": 0.2}
"""How far an arrow key goes on a sweep's axis; 0.05 on the others. With Shift a quarter of it."""


class Sweeps(QWidget):
    """Curves on the left, thumbnails on the right, the right class above."""

    id = "invariance"

    def __init__(
        self,
        document: Document,
        engine: Engine,
        player: Player | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = tr("Invariance")
        self.hint = tr("Drag along a curve: the drawing changes so, until the answer is lost.")
        self.tip = tr(
            "p(right class) of the window while the drawing (the selected digit, else all of it) "
            "is shifted, scaled, turned … and the window stays: exp(log-softmax) at each value."
        )
        self._document, self._engine, self._player = document, engine, player
        self._held = WindowLock(document, self)
        self._played: Demonstration | None = None
        """The demonstration whose sweep the window is held for, or was."""
        self._asked: tuple[str, Subject] | None = None
        self._subject: Subject | None = None
        self._blank = False
        self._number = 0
        self._turns, self._kept = Turns(), Kept()
        self._found: dict[str, Sweep] = {}
        self._of: dict[str, int] = {}
        """The number of the subject that each sweep is of."""
        self._broken: Mapping[str, Unusable] = {}
        self._class: int | None = None
        self._gesture = 0
        self._theme: Theme = themes.theme("dark")
        self.classes = Segmented(
            tr("The right class"), _options(document.architecture), label=tr("right class")
        )
        self.curves = Curves("", "")
        self.curves.setToolTip(curves_tip())
        self.thumbs = SweepThumbs(tuple(KINDS), short_labels(), thumb_tips())
        self.thumbs.setAccessibleName(tr("Which sweep is shown large"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(self.classes, 0, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.curves, 1, 0)
        grid.addWidget(self.thumbs, 1, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 3)
        grid.setRowStretch(1, 1)
        self.classes.chosen.connect(self._choose_class)
        self.thumbs.chosen.connect(self._choose_kind)
        self.curves.started.connect(self._begin)
        self.curves.chosen.connect(self._go)
        document.window_changed.connect(self._ask)
        document.selection_changed.connect(self._ask)
        if player is not None:
            player.demonstration_changed.connect(self._show_played)
            self._show_played()

    # The instrument

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Have the sweeps of this snapshot's drawing measured."""
        self._ask()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        for view in (self.classes, self.curves, self.thumbs):
            view.set_theme(theme, text_px)
        self._draw()

    def state(self) -> dict[str, Any]:
        """The sweep shown large, and the class if it was chosen."""
        return {"sweep": self.kind, "class": self._class}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take them back; what makes no sense stays as it is."""
        kind, number = state.get("sweep"), state.get("class", self._class)
        if isinstance(kind, str) and kind in KINDS:
            self.thumbs.show_current(kind)
        whole = isinstance(number, int) and not isinstance(number, bool)
        if number is None or (whole and 0 <= number < CLASSES):
            self._class = number
            self._offer(self._document.architecture)
        self._draw_all()  # the thumbnails show the class, too
        self._ask()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Measure again."""
        self._ask()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Measure no more."""
        self._engine.forget(NAME)
        self._asked = self._played = None
        self._held.release()

    @property
    def kind(self) -> str:
        """The sweep shown large."""
        return self.thumbs.current

    # The demonstration

    def _show_played(self) -> None:
        """A demonstration brings its sweep to the front."""
        demonstration = self._player.demonstration if self._player is not None else None
        if demonstration is not None and demonstration.sweep:
            self.thumbs.show_current(demonstration.sweep)
            self._draw()
            self._ask()

    def _hold_played(self, snapshot: Snapshot) -> None:
        """While a demonstration sweeps its digit, the window in whose middle that began stays, as
        the curve's does."""
        player = self._player
        played = player.demonstration if player is not None else None
        if player is None or played is None or not played.sweep or player.taken_over:
            self._played = None
        elif played is not self._played:
            self._played = played

            def stays(scene: Scene) -> bool:
                return player.demonstration is played and not player.taken_over

            place = middle_window(played.scene_at(0.0), snapshot.architecture)
            if place is not None:
                self._held.hold(place, stays)

    # Measuring

    def _ask(self) -> None:
        document, snapshot = self._document, self._document.snapshot
        if snapshot is None or not self.isVisible():
            return
        request, architecture = snapshot.request, snapshot.architecture
        self._offer(architecture)
        if any(index >= len(request.scene.items) for index in document.selection):
            return  # the snapshot of the scene that these items are in is on its way
        self._blank = not request.scene.items
        if self._blank:
            self._empty()
            return
        if request.scene is document.scene:
            self._hold_played(snapshot)
        place = document.shown_window()
        assert place is not None  # as there is a snapshot
        middle = middle_of(place, architecture)
        selection = swept_items(request.scene, document.selection, middle, architecture.window)
        networks = (request.network, *(name for name in POOLINGS if name != request.network))
        ablated = {request.network: dict(request.ablated)}
        subject = Subject(self._number, request.scene, selection, middle, networks, ablated)
        self.curves.set_mark(subject.present(self.kind))
        if (self.kind, subject) == self._asked:
            return
        if subject != self._subject:
            self._number += 1
            self._subject = subject = replace(subject, number=self._number)
        self._asked = self.kind, subject
        self._engine.measure(
            NAME, measured(subject, self.kind, self._turns, self._kept), self._take
        )

    def _empty(self) -> None:
        """There is no right class of nothing."""
        self._engine.forget(NAME)
        self._asked = self._subject = None
        self._found.clear()
        self._of.clear()
        self.thumbs.clear()
        self._draw()

    def _take(self, found: Found) -> None:
        """Some sweeps have been measured."""
        if found.broken != self._broken:
            self._broken = found.broken
            self.curves.setToolTip(curves_tip(why.reason for why in found.broken.values()))
        newer = found.number > max(self._of.values(), default=0)
        for one in found.sweeps:
            self._found[one.kind], self._of[one.kind] = one, found.number
        if newer:
            self._draw_all()
            return
        for one in found.sweeps:
            self._draw_thumb(one)
            if one.kind == self.kind:
                self._draw()

    def result(self, kind: str) -> Sweep | None:
        """The sweep of a kind that is on the screen; None before one has been measured."""
        return self._found.get(kind)

    def is_old(self, kind: str) -> bool:
        """Whether a sweep is of an older drawing than the newest that was measured."""
        return self._of.get(kind, 0) < max(self._of.values(), default=0)

    # What is shown

    def _offer(self, architecture: Architecture) -> None:
        """The classes of a network, of which the one chosen is shown if it is among them."""
        self.classes.set_options(_options(architecture))
        offered = self._class is not None and self._class < architecture.classes
        self.classes.show_value(self._class if offered else None)

    def _right(self, found: Sweep) -> int:
        chosen: int | None = self.classes.value
        return found.right if chosen is None else chosen

    def _draw(self) -> None:
        """The large sweep."""
        kind = self.kind
        axis, found = KINDS[kind], self._found.get(kind)
        self.curves.step = STEPS.get(kind, 0.05)
        self.curves.fine = self.curves.step / 4
        self.curves.set_axes((axis.low, axis.high), (0, 1))
        self.curves.set_note(self._note())
        self.curves.set_message(nothing_to_ask() if self._blank else "")
        self.curves.set_mark(self._subject.present(kind) if self._subject is not None else None)
        if found is None:
            self.curves.set_labels(long_labels()[kind], "p(–)" if self._blank else "")
            self.curves.set_series(())
            self.curves.set_references(())
            return
        right = self._right(found)
        self.curves.set_labels(long_labels()[kind], tr("p({name})", name=class_name(right)))
        current = self._document.network
        order = sorted(_with_class(found, right), key=lambda name: name == current)  # on top
        self.curves.set_series(
            [
                Series(
                    short_network_name(name),
                    found.values,
                    found.probabilities[name][:, right],
                    network_colour(name, self._theme),
                    thick=name == current,
                )
                for name in order
            ]
        )
        labels = (reference(kind, value) for value in found.references)
        self.curves.set_references(list(zip(found.references, labels, strict=True)))
        self.curves.set_dimmed(self.is_old(kind))

    def _note(self) -> str:
        """What sets the curves apart from each other, and which of them are missing."""
        ablated = ablation_text(self._document.network, self._document.ablated)
        said = (ablated, *(why.advice for why in self._broken.values()))
        return " ".join(filter(None, said))

    def _draw_thumb(self, found: Sweep) -> None:
        axis, right = KINDS[found.kind], self._right(found)
        lines = tuple(
            (found.values, found.probabilities[name][:, right], network_colour(name, self._theme))
            for name in reversed(_with_class(found, right))
        )
        thumb = Thumb(axis.low, axis.high, lines, found.present, self.is_old(found.kind))
        self.thumbs.set_thumb(found.kind, thumb)

    def _draw_all(self) -> None:
        for found in self._found.values():
            self._draw_thumb(found)
        self._draw()

    # Input

    def _choose_class(self, number: int | None) -> None:
        self._class = number
        self._draw_all()

    def _choose_kind(self, kind: str) -> None:
        self._draw()
        self._ask()

    def _begin(self) -> None:
        self._gesture = self._document.new_gesture()

    def _go(self, value: float) -> None:
        """Change the drawing so, and keep looking through the same window."""
        document, place = self._document, self._document.shown_window()
        if place is None or document.snapshot is None or not document.scene.items:
            return
        architecture = document.snapshot.architecture
        middle = middle_of(place, architecture)
        swept = swept_items(document.scene, document.selection, middle, architecture.window)
        scene = posed(document.scene, swept, self.kind, value, middle)
        text = tr("Change {name}", name=short_labels()[self.kind])
        self._held.apply(place, scene, text, self._gesture)


def _options(architecture: Architecture) -> list[Option]:
    """The classes of a network, and what the drawing itself says."""
    auto = Option(None, tr("auto"), tr("The digit's own name, else what is read in the window"))
    names = map(class_name, range(architecture.classes))
    return [
        auto,
        *(Option(k, name, tr("Show p({name})", name=name)) for k, name in enumerate(names)),
    ]


def _with_class(found: Sweep, number: int) -> list[str]:
    """The networks of a sweep that have this class."""
    return [name for name, part in found.probabilities.items() if number < part.shape[1]]
