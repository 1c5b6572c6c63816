"""The shift map instrument: the answer to every shift of ±14 px about the present position, live.

What one window sees is cut out of the snapshot's image; the measuring lane computes all 841
answers, in one dense pass if it can (``viz.measure.shift_map``). A click moves the drawing and
keeps the window.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.equivariance.measure.invariance import SHIFTS, central, consistency
from viz.chapters.equivariance.window_lock import WindowLock
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.shift_map import REACH, answers, is_dense, kept_share, mapping, window_of
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS, Architecture
from viz.scene.shifts import shifted
from viz.views.theme import GRID, Theme
from viz.views.widgets.class_map import ClassMap
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.network_names import short_network_name
from viz.views.widgets.text_cache import signed
from viz.views.widgets.tooltip import wrapped

NAME = "shift map"

RECENT = 15
"""Number of passes whose median time is shown; single times would flicker."""

MAP_SHARE = 0.56
"""The most of the width that the map takes; the rest is for what it says."""


@dataclass(frozen=True, eq=False)
class Answers:
    """A measured map: classes and probabilities (29, 29), and the milliseconds that it took."""

    classes: NDArray[np.intp]
    probabilities: NDArray[np.float32]
    milliseconds: float
    network: str
    architecture: Architecture
    place: tuple[int, int]


def measured(
    image: NDArray[np.float32],
    place: tuple[int, int],
    network: str,
    architecture: Architecture,
    ablated: Mapping[str, Collection[int]],
) -> Callable[[Nets], Iterator[Answers | None]]:
    """The work of one map of a window of ``image`` (H, W), for the measuring lane."""
    window = window_of(image, place, architecture)

    def work(nets: Nets) -> Iterator[Answers | None]:
        net, spent = nets(network), 0.0
        start = time.perf_counter()
        for log_probs in mapping(net, window, REACH, ablated):
            spent += (time.perf_counter() - start) * 1e3
            if log_probs is None:
                yield None
            else:
                yield Answers(*answers(log_probs), spent, network, architecture, place)
            start = time.perf_counter()

    return work


class ShiftMapView(QWidget):
    """The map on the left, what it says on the right."""

    id = "shift-map"

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Shift map")
        self.hint = tr("Click into the map: the drawing is shifted there and read as the map says.")
        self.tip = tr(
            "The answer and its probability for each of the 29 × 29 shifts of up to 14 px: argmax "
            "and max of p(class | window shifted by dx, dy), blank coming in at the edges."
        )
        self._document, self._engine = document, engine
        self._held = WindowLock(document, self)
        self._asked: tuple[object, ...] = ()
        self._shown: Answers | None = None
        self.maps_shown = 0
        """Maps that have come to the screen since the instrument was made."""
        self._hovered: tuple[float, float] | None = None
        self._times: deque[float] = deque(maxlen=RECENT)
        self._deliveries: deque[float] = deque()
        self._theme: Theme | None = None
        self.map = ClassMap(REACH)
        self.map.setToolTip(wrapped(tr(
            "The answer to what the window shows, shifted by (dx, dy). A click shifts the whole "
            "drawing so. Ink outside the window and noise do not do the same on the map and on the "
            "canvas: on the map such ink does not come along and noise does, on the canvas the ink "
            "does and the noise stays."
        )))  # fmt: skip
        self.facts = Facts("100.0 %")
        self.facts.setAccessibleName(tr("What the shift map says"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4 * GRID)
        layout.addWidget(self.map)
        layout.addWidget(self.facts, 1)
        self.map.chosen.connect(self._go)
        self.map.hovered.connect(self._point)
        document.window_changed.connect(self._ask)
        document.selection_changed.connect(self._ask)

    # The instrument

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Have the map of this snapshot measured."""
        self._ask()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        self.map.set_theme(theme, text_px)
        self.facts.set_theme(theme, text_px)
        self._divide()
        self._tell()

    def state(self) -> dict[str, Any]:
        """There is nothing to set."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """There is nothing to set."""

    def showEvent(self, event: QShowEvent | None) -> None:
        """Measure again."""
        self._ask()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The map takes the room that its height needs."""
        self._divide()

    def _divide(self) -> None:
        most = int(MAP_SHARE * self.width())
        self.map.setFixedWidth(max(64, min(most, self.map.width_for(self.height()))))

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Measure no more."""
        self._engine.forget(NAME)
        self._asked = ()
        self._held.release()

    # Measuring

    def _ask(self) -> None:
        snapshot, place = self._document.snapshot, self._document.shown_window()
        if snapshot is None or place is None or not self.isVisible():
            return
        request = snapshot.request
        # The image, not its number: pointing at a unit asks for a snapshot too, of the same one
        asked = (request.scene, place, request.network, dict(request.ablated))
        if asked == self._asked:
            return
        self._asked = asked
        work = measured(
            snapshot.image, place, request.network, snapshot.architecture, request.ablated
        )
        self._engine.measure(NAME, work, self._take)

    def _take(self, found: Answers) -> None:
        """A map has been measured."""
        now = time.perf_counter()
        if self._shown is None or self._shown.network != found.network:
            self._times.clear()
        self._times.append(found.milliseconds)
        self._deliveries.append(now)
        while self._deliveries[0] < now - 1:
            self._deliveries.popleft()
        self._shown = found
        self.maps_shown += 1
        self.map.set_map(found.classes, found.probabilities)
        self._tell()

    # Input

    def _go(self, dx: float, dy: float) -> None:
        """Move the whole drawing, as the map has it, and keep looking through the same window."""
        scene, place = self._document.scene, self._document.shown_window()
        if scene.items and place is not None:
            self._held.apply(place, shifted(scene, dx, dy), tr("Shift on the map"))

    def _point(self, shift: tuple[float, float] | None) -> None:
        self._hovered = shift
        self._tell()

    # Facts

    def _tell(self) -> None:
        found = self._shown
        if found is None or self._theme is None:
            return
        middle = len(found.classes) // 2
        dx, dy = self._hovered or (0.0, 0.0)
        cell = self.map.answer_at(dx, dy)
        number, probability = cell or (
            int(found.classes[middle, middle]),
            float(found.probabilities[middle, middle]),
        )
        name = tr("none") if number == NONE_CLASS else str(number)
        if self._hovered is None:
            where = tr("read here, p = {p:.3f}", p=probability)
        else:
            where = tr(
                "at dx {dx}, dy {dy}: p = {p:.3f}",
                p=probability, dx=signed(dx, 0), dy=signed(dy, 0),
            )  # fmt: skip
        heading = tr(
            "{network}, window row {row}, column {column}",
            network=short_network_name(found.network), row=found.place[0], column=found.place[1],
        )  # fmt: skip
        rate = len(self._deliveries)
        self.facts.set_facts(
            heading,
            (
                Fact(name, where, tr(
                    "The class of the largest probability, exp(log-softmax) of the window's output."
                ), self._theme.class_ink(number)),
                Fact(_percent(kept_share(found.classes)), tr("kept by shifts to ±2 px"), tr(
                    "Of the 25 shifts by whole pixels with |dx|, |dy| ≤ 2, those with the answer "
                    "of the middle."
                )),
                Fact(_percent(kept_share(found.classes, REACH)), tr("kept by shifts to ±14 px"),
                     tr("Of all 841 shifts, those with the answer of the middle.")),
                Fact(_percent(consistency(central(found.classes, SHIFTS))),
                     tr("neighbours agree to ±4 px"), tr(
                    "Shift consistency (after Zhang 2019): of the 144 pairs of shifts one pixel "
                    "apart with |dx|, |dy| ≤ 4, those with one answer."
                )),
                Fact(
                    f"{statistics.median(self._times):.1f}",
                    tr("ms for all 841 shifts"),
                    _how(found.architecture),
                ),
                Fact(str(rate), tr("maps in the last second"), tr(
                    "Maps that reached the screen in the second before the last one."
                )),
            ),
        )  # fmt: skip


def _how(architecture: Architecture) -> str:
    """How a map was computed."""
    if not is_dense(architecture):
        return tr(
            "Median of the last maps on the measuring thread: 841 separate passes, because of this "
            "network's window one pass over a larger canvas would not compute the same."
        )
    return tr(
        "Median of the last passes on the measuring thread: every layer with stride 1, and those "
        "above a stride left out dilated by it, on a blank canvas of {side}×{side} px round the "
        "window. Equal to 841 separate passes to 1e-5.",
        side=architecture.window + 2 * REACH,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
