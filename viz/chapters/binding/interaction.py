"""The interaction of a part with the rest, layer by layer: as bars, and as marks on the maps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.interaction_table import InteractionTable
from viz.chapters.binding.measure.binding import Decomposition, decompose
from viz.chapters.binding.measure.recent_units import RecentUnits
from viz.chapters.binding.stroke_choice import Subject
from viz.chapters.binding.words import images_tip, marks_tip
from viz.chapters.instrument import Context
from viz.engine.compute import Nets
from viz.i18n import percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.networks import trained
from viz.scene import Scene
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale

REST_MS = 120
"""The drawing must have rested so long before units are marked. While it moves marks flicker, at
five looks a second, too: of two in a row 15 to 56 % of the units are the same (demonstrations).
Meanwhile maps that had units recently carry a badge, see ``RecentUnits``. In a film, where every
frame is waited for, nothing rests: it has badges only, and they go by its own time."""


class Interaction(BindingInstrument):
    """Bars of f(AB) − f(A) − f(B) + f(∅), and how many units respond only to A and B together."""

    id = "interaction"
    title = tr("Interaction")
    hint = tr("Double-click a stroke and drag it away: how much of the activity needs both parts?")
    tip = tr(
        "The interaction term I = f(AB) − f(A) − f(B) + f(∅) of every unit below the window: "
        "activity that is there only because both part A and the rest B are. Bars: Σ|I| / (Σ|f(AB) "
        "− f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|), at most 1."
    )
    invitation = tr(
        "Draw a digit of two or more strokes, or drag one onto the canvas: this shows the activity "
        "of each layer that is there only because one stroke stands beside the others."
    )
    explanation = tr(
        "The network is run on four images: both parts, A alone, B alone, and neither. The "
        "<b>interaction term</b> <i>I</i> is the activity that is there only because both are; it "
        "is 0 where the parts just add up. A convolution only adds, so <i>I</i> arises in ReLU, in "
        "the maximum of pooling, and where ink covers ink. Drag A away from B: the lowest layers "
        "lose it first, as their receptive fields are small. <i>I</i> shows that units respond to "
        "a combination, not that the network has a concept of an object."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.player = context.player
        self.decomposition: Decomposition | None = None
        self._of: Subject | None = None
        """What the decomposition belongs to."""
        self._scene: Scene | None = None
        self._recent = RecentUnits()
        self._is_filmed = False
        self._mark_delay, self._expiry = QTimer(self), QTimer(self)
        self._mark_delay.setInterval(REST_MS)
        self._mark_delay.timeout.connect(self._mark)
        self._expiry.setTimerType(Qt.TimerType.PreciseTimer)
        self._expiry.timeout.connect(self._expire)
        for timer in (self._mark_delay, self._expiry):
            timer.setSingleShot(True)
        self.marking = CheckBox(tr("Mark on the maps"), marks_tip(), checked=True)
        self.add_setting("marks", self.marking)
        self.marking.chosen.connect(self._point_out)
        self.player.filmed.connect(self._film)
        self.table = InteractionTable()
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.table, 3)
        grid = QGridLayout()
        grid.setSpacing(GRID)
        row.addLayout(grid, 1)
        self.images = tuple(_Image(caption) for caption in ("AB", "− A", "− B", "+ ∅"))
        for place, image in enumerate(self.images):
            grid.addWidget(image, *divmod(place, 2))
        self.set_view(view)

    # What is measured and shown

    def key(self, snapshot: Snapshot) -> Any:
        assert self.subject is not None
        return id(self.subject.scene), self.subject  # marks belong to this very object

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[tuple[Subject, Any]]:
        subject: Subject = key[1]
        network, ablated = subject.key
        yield subject, decompose(
            nets(network), subject.scene, subject.part, subject.window, trained(network).scales,
            dict(ablated),
        )  # fmt: skip

    def refresh(self) -> None:
        super().refresh()
        scene = None if self.subject is None else self.subject.scene
        if scene is not self._scene and self._scene is not None:
            self._mark_delay.start()
        self._scene = scene
        if self.decomposition is not None and not self._are_maps_of_it:
            self._point_out()  # another network's, or another window's

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self._point_out()

    def show_result(self, result: tuple[Subject, Decomposition]) -> None:
        before = self._of
        self._of, self.decomposition = result
        about = self._of.part, self._of.key
        if before is None or (before.part, before.key) != about:
            self._recent = RecentUnits()  # what another's maps had means nothing here
        self._recent.see(self.decomposition.marks.units, self.player.clock())
        self._badge()
        self.table.set_result(self.decomposition)
        for image, values in zip(self.images, self.decomposition.images, strict=True):
            image.set_array(values)
        if not self._mark_delay.isActive():
            self._mark()

    def clear(self) -> None:
        self.decomposition, self._of, self._recent = None, None, RecentUnits()
        self.table.set_result(None)
        self._point_out()

    def formula(self) -> str:
        law = "<i>I</i> = <i>f</i>(AB) − <i>f</i>(A) − <i>f</i>(B) + <i>f</i>(∅)"
        found = self.decomposition
        layers = [] if found is None else [row.name for row in found.rows if row.marked]
        if found is None or not layers:
            return law
        return law + tr(
            "<br>share of <i>I</i>: <b>{first}</b> in {low}, <b>{last}</b> in {high}",
            first=percent(found.shares[layers[0]]), low=layers[0],
            last=percent(found.shares[layers[-1]]), high=layers[-1],
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        self.table.set_dimmed(dimmed)

    # On the maps

    @property
    def _are_maps_of_it(self) -> bool:
        """Whether the maps on the screen are those that the decomposition is about."""
        snapshot, subject = self.snapshot, self._of
        if snapshot is None or subject is None or not self.isVisible():
            return False
        if snapshot.request.network != subject.key[0]:
            return False
        stride = snapshot.architecture.stride
        return snapshot.architecture.is_convolutional or snapshot.origin == (
            stride * subject.window[0], stride * subject.window[1],
        )  # fmt: skip

    def _point_out(self) -> None:
        self._mark()
        self._badge()

    def _mark(self) -> None:
        """Mark the units on the maps, or take the marks away."""
        found = self.decomposition
        is_wanted = self._are_maps_of_it and self.marking.value and not self.player.filming
        self.document.mark(found.marks if found is not None and is_wanted else None)

    def _badge(self) -> None:
        """Mark the maps that have or recently had such units; schedule when a mark expires."""
        is_wanted = self._are_maps_of_it and self.marking.value
        self.document.badge(self._recent.maps() if is_wanted else {})
        due = self._recent.due
        if due is None or self.player.filming:
            self._expiry.stop()
        else:
            self._expiry.start(max(0, math.ceil(1e3 * (due - self.player.clock()))))

    def _film(self) -> None:
        """Let the maps go that have had none for a second of the film. At its beginning none has
        had any but those that have some now."""
        now, found = self.player.clock(), self.decomposition
        if not self._is_filmed:
            self._is_filmed, self._recent = True, RecentUnits()
            if found is not None and found.scene is self.document.scene:
                self._recent.see(found.marks.units, now)
        while self._recent.due is not None and self._recent.due <= now:
            self._recent.drop()
        self._point_out()

    def _expire(self) -> None:
        """Drop the maps that expire next: after a second, or at once in a ``Renderer``."""
        self._recent.drop()
        self._badge()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._mark_delay.stop()
        self._scene, self._recent = None, RecentUnits()
        self._point_out()


class _Image(Heatmap):
    """One of the four images, in the colours of ink."""

    def __init__(self, name: str) -> None:
        super().__init__(LockedScale(1.0), legend=False)
        self.set_caption(name)
        self.describe = lambda row, column: images_tip()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def colours(self, theme: Theme) -> Lut:
        return theme.ink
