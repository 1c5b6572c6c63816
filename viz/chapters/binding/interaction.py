"""The interaction of a part with the rest, layer by layer: as bars, and as marks on the maps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QCheckBox, QWidget

from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.interaction_picture import InteractionPicture
from viz.chapters.binding.measure.binding import Decomposition, decompose
from viz.chapters.binding.measure.recent_units import RecentUnits
from viz.chapters.binding.measure.trajectory import Key
from viz.chapters.binding.stroke_choice import StrokeChoice, Subject
from viz.chapters.binding.words import marks_tip, percent
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.stroke_selection import StrokeSelection
from viz.model.document import Document
from viz.nets.networks import trained
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.theme import GRID, Theme
from viz.views.widgets.tooltip import wrapped

REST_MS = 120
"""The drawing must have rested so long before units are marked. While it moves marks flicker, at
five looks a second, too: of two in a row 15 to 56 % of the units are the same (demonstrations).
Meanwhile maps that had units recently carry a badge, see ``RecentUnits``. In a film, where every
frame is waited for, nothing rests: it has badges only, and they go by its own time."""


class BindingInteractionView(BindingInstrument):
    """Bars of f(AB) − f(A) − f(B) + f(∅), and how many units answer A and B only together."""

    id = "interaction"
    NAME = "binding interaction"

    def __init__(
        self,
        document: Document,
        engine: Engine,
        canvas: Canvas,
        choice: StrokeChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, engine, canvas, choice, parent)
        self.title = tr("Interaction")
        self.hint = tr(
            "Double-click a stroke and drag it away: what is there only because both parts are?"
        )
        self.tip = wrapped(
            tr(
                "I = f(AB) − f(A) − f(B) + f(∅) of every unit that the window sees: activity that "
                "is there only because both the part A and the rest B are. Bars: "
                "Σ|I| / (Σ|f(AB) − f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|), at most 1."
            )
            + "\n"
            + marks_tip()
        )
        self._asked: Subject | None = None
        self.result: Decomposition | None = None
        self._of: Subject | None = None
        """What the result belongs to."""
        self.picture = InteractionPicture()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._point_out)
        self._lately = RecentUnits()
        self._about: tuple[StrokeSelection, Key] | None = None
        self._filmed = False
        self._going = QTimer(self)
        self._going.setSingleShot(True)
        self._going.setTimerType(Qt.TimerType.PreciseTimer)
        self._going.timeout.connect(self._let_go)
        self.marking = QCheckBox(tr("Mark on the maps"))
        self.marking.setChecked(True)
        self.marking.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.marking.setToolTip(wrapped(marks_tip()))
        self.marking.toggled.connect(self._point_out)
        self.marking.toggled.connect(self._badge)
        self.bar.add(self.marking)
        choice.player.filmed.connect(self._film)
        self.setAccessibleName(tr("Interaction of the part with the rest, by layer"))
        self.set_theme(themes.theme("dark"), 13)

    # The instrument

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self.marking.setFont(themes.font(text_px))
        self.picture.set_theme(theme, text_px)
        super().set_theme(theme, text_px)

    def state(self) -> dict[str, Any]:
        """Whether units are marked."""
        return {"marks": self.marking.isChecked()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take this back."""
        if isinstance(state.get("marks"), bool):
            self.marking.setChecked(state["marks"])

    def follow(self, subject: Subject | None) -> None:
        """Measure this drawing; the last result stays until that is done."""
        self.bar.setVisible(subject is not None)
        self.bar.show_subject(subject)
        if subject is None:
            self._engine.forget(self.NAME)
            self._asked, self.result = None, None
            self.picture.set_result(None)
            self._point_out()
            self._forget_maps()
        elif not subject.is_as(self._asked):
            if self._asked is not None and subject.scene is not self._asked.scene:
                self._rest.start()
            self._asked = subject

            def work(nets: Nets) -> Iterator[Decomposition]:
                net = nets(subject.network)
                yield decompose(
                    net, subject.scene, subject.part, subject.window,
                    trained(subject.network).scales, subject.ablated,
                )  # fmt: skip

            self._engine.measure(self.NAME, work, lambda result: self._show(subject, result))
            if not self._on_maps:  # another network's, or another window's
                self._point_out()
                self._badge()

    @property
    def _on_maps(self) -> bool:
        """Whether the maps on the screen are those that the result is about."""
        snapshot, subject = self._snapshot, self._of
        if snapshot is None or subject is None or self.result is None:
            return False
        if snapshot.request.network != subject.network:
            return False
        stride = snapshot.architecture.stride
        return snapshot.architecture.is_convolutional or snapshot.origin == (
            stride * subject.window[0], stride * subject.window[1],
        )  # fmt: skip

    def _show(self, subject: Subject, result: Decomposition) -> None:
        self.result, self._of = result, subject
        if (subject.part, subject.key) != self._about:  # what the other's maps had means nothing
            self._about, self._lately = (subject.part, subject.key), RecentUnits()
        self._lately.see(result.marks.units, self._choice.player.clock())
        self._badge()
        parts = (f"{name} {percent(share)}" for name, share in result.shares.items())
        self.setAccessibleDescription(", ".join(parts))
        self.picture.set_result(result)
        if not self._rest.isActive():
            self._point_out()
        self.update()

    # On the maps

    def _point_out(self) -> None:
        """Mark the units on the maps, or take the marks away."""
        wanted = self._on_maps and self.marking.isChecked() and self.isVisible()
        wanted = wanted and not self._choice.player.filming
        self._document.mark(self.result.marks if wanted and self.result else None)

    def _badge(self) -> None:
        """Mark the maps that have or recently had such units; schedule when a mark expires."""
        wanted = self._on_maps and self.marking.isChecked() and self.isVisible()
        self._document.badge(self._lately.maps() if wanted else {})
        due = self._lately.due
        if due is None or self._choice.player.filming:
            self._going.stop()
        else:
            self._going.start(max(0, math.ceil(1e3 * (due - self._choice.player.clock()))))

    def _film(self) -> None:
        """Let the maps go that have had none for a second of the film. At its beginning none has
        had any but those that have some now."""
        now = self._choice.player.clock()
        if not self._filmed:
            self._filmed, self._lately = True, RecentUnits()
            if self.result is not None and self.result.scene is self._document.scene:
                self._lately.see(self.result.marks.units, now)
        while self._lately.due is not None and self._lately.due <= now:
            self._lately.drop()
        self._point_out()
        self._badge()

    def _let_go(self) -> None:
        """Drop the maps that expire next: after a second, or at once in a ``Renderer``."""
        self._lately.drop()
        self._badge()

    def _forget_maps(self) -> None:
        self._lately = RecentUnits()
        self._badge()

    def showEvent(self, event: QShowEvent | None) -> None:
        """The units are marked again, until newer ones are known."""
        super().showEvent(event)
        self._point_out()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """No unit stays marked."""
        self._rest.stop()
        self._asked = None
        self._document.mark(None)
        self._forget_maps()
        super().hideEvent(event)

    # Painting

    def tip_at(self, position: QPointF) -> str:
        """The formula of a row's numbers, or what the images are."""
        return self.picture.tip_at(position)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The rows, the four images, and what the bars mean."""
        painter = QPainter(self)
        hint = tr(
            "Draw a digit of two or more strokes, or drag one onto the canvas: this shows what "
            "each layer does only because one stroke stands where it does beside the others."
        )
        if not self._paint_hint(painter, hint):
            below = self.rect().adjusted(0, self.bar.height() + GRID, 0, 0)
            self.picture.paint(painter, QRectF(below))
        painter.end()
