"""Shift map: the answer to every shift of ±14 px about the present position, live.

What one window sees is cut out of the snapshot's image; the measuring lane computes all 841
answers, in one dense pass if it can (``viz.measure.shift_map``).
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.equivariance.measure.invariance import SHIFTS, central, consistency
from viz.chapters.equivariance.window_lock import WindowLock
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.measure.shift_map import REACH, answers, is_dense, kept_share, mapping, window_of
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS, Architecture
from viz.scene.shifts import shifted
from viz.views.theme import GRID
from viz.views.widgets.class_map import ClassMap
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.network_names import short_network_name
from viz.views.widgets.tooltip import wrapped

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


class ShiftMap(MeasuredInstrument):
    """The map on the left, what it says on the right. A click moves the drawing there."""

    tells_answer = True
    id = "shift-map"
    title = tr("Shift map")
    hint = tr("Click in the map: the drawing is shifted there and read as the map shows.")
    tip = tr(
        "The answer and its probability for each of the 29 × 29 shifts of up to 14 px: argmax and "
        "max of p(class | window shifted by dx, dy), blank coming in at the edges."
    )
    explanation = tr(
        "Each cell shows what the network would answer if the content of the window were shifted "
        "by (<i>dx</i>, <i>dy</i>) pixels. A region of one hue round the middle is "
        "<b>invariance</b>: the answer stays though the maps move. It was learned and has an edge; "
        "it is not a law, as equivariance is. Click in the map: the drawing is shifted there, and "
        "read as the map shows. Towards the edge the window cuts the digit off, and the correct "
        "answer becomes “none”. Ink outside the window does not move along here; on the canvas it "
        "does."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._network = ""
        self._lock = WindowLock(context.document, self)
        self.maps_shown = 0
        """Maps that have come to the screen since the instrument was made."""
        self._pointed: tuple[float, float] | None = None
        self._times: deque[float] = deque(maxlen=RECENT)
        self._deliveries: deque[float] = deque()
        self.map = ClassMap(REACH)
        self.map.setToolTip(wrapped(tr(
            "The answer to the content of the window, shifted by (dx, dy). A click shifts the "
            "whole drawing by that much. Map and canvas differ in two things: ink outside the "
            "window moves only on the canvas, and noise moves only on the map."
        )))  # fmt: skip
        self.facts = Facts("100.0 %")
        self.facts.setAccessibleName(tr("Figures of the shift map"))
        view = _Halves(self.map, self.facts)
        self.set_view(view)
        self.map.chosen.connect(self._go)
        self.map.hovered.connect(self._point)

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # blank paper is answered, too

    def key(self, snapshot: Snapshot) -> Any:
        # The scene, not the snapshot's number: pointing at a unit asks for one of the same image
        request, place = snapshot.request, self.document.shown_window() or (0, 0)
        return request.scene, place, request.network, dict(request.ablated)

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Answers | None]:
        _, place, network, ablated = key
        architecture = snapshot.architecture
        net, window = nets(network), window_of(snapshot.image, place, architecture)
        spent, start = 0.0, time.perf_counter()
        for log_probs in mapping(net, window, REACH, ablated):
            spent += (time.perf_counter() - start) * 1e3
            if log_probs is None:
                yield None
            else:
                yield Answers(*answers(log_probs), spent, network, architecture, place)
            start = time.perf_counter()

    def show_result(self, result: Answers) -> None:
        now = time.perf_counter()
        if self.maps_shown and self._network != result.network:
            self._times.clear()
        self._network = result.network
        self._times.append(result.milliseconds)
        self._deliveries.append(now)
        while self._deliveries[0] < now - 1:
            self._deliveries.popleft()
        self.maps_shown += 1
        self.map.set_map(result.classes, result.probabilities)
        self._tell()

    def formula(self) -> str:
        found: Answers | None = self.result
        law = tr("same answer within ±2 px = shifts that keep the answer / all shifts")
        if found is None:
            return law
        share = kept_share(found.classes)
        return law + tr(
            "<br>= {kept} / 25 = <b>{share}</b>", kept=round(25 * share), share=percent(share)
        )

    def set_dimmed(self, dimmed: bool) -> None:
        self.map.set_dimmed(dimmed)

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._lock.release()
        super().hideEvent(event)

    def _go(self, dx: float, dy: float) -> None:
        """Move the whole drawing, as the map has it, and keep looking through the same window."""
        scene, place = self.document.scene, self.document.shown_window()
        if scene.items and place is not None:
            self._lock.apply(place, shifted(scene, dx, dy), tr("Shift on the map"))

    def _point(self, shift: tuple[float, float] | None) -> None:
        self._pointed = shift
        self._tell()

    def _tell(self) -> None:
        found: Answers | None = self.result
        if found is None:
            return
        middle = len(found.classes) // 2
        dx, dy = self._pointed or (0.0, 0.0)
        digit, p = self.map.answer_at(dx, dy) or (
            int(found.classes[middle, middle]), float(found.probabilities[middle, middle]),
        )  # fmt: skip
        where = (
            tr("answer here, p = {p}", p=number(p, 3))
            if self._pointed is None
            else tr("at dx {dx}, dy {dy}: p = {p}",
                    dx=number(dx, 0), dy=number(dy, 0), p=number(p, 3))
        )  # fmt: skip
        heading = tr(
            "{network}, window row {row}, column {column}",
            network=short_network_name(found.network), row=found.place[0], column=found.place[1],
        )  # fmt: skip
        recent = len(self._deliveries)
        neighbours = consistency(central(found.classes, SHIFTS))
        self.facts.set_facts(heading, (
            Fact(tr("none") if digit == NONE_CLASS else str(digit), where, tr(
                "The class of the largest probability, exp(log-softmax) of the window's output."
            ), lambda theme: theme.class_ink(digit)),
            Fact(percent(kept_share(found.classes)), tr("same answer within ±2\u00a0px"), tr(
                "Of the 25 shifts by whole pixels with |dx|, |dy| ≤ 2, those with the answer of "
                "the middle."
            )),
            Fact(percent(kept_share(found.classes, REACH)),
                 tr("same answer within ±14\u00a0px"),
                 tr("Of all 841 shifts, those with the answer of the middle.")),
            Fact(percent(neighbours), tr("of neighbouring shifts within ±4\u00a0px agree"), tr(
                "Shift consistency (after Zhang 2019): of the 144 pairs of shifts one pixel apart "
                "with |dx|, |dy| ≤ 4, those with one answer."
            )),
            Fact(number(statistics.median(self._times), 1), tr("ms for all 841 shifts"),
                 _about_passes(found.architecture)),
            Fact(str(recent), tr("map in the last second") if recent == 1
                 else tr("maps in the last second"), tr(
                "Maps that reached the screen in the second before the last one."
            )),
        ))  # fmt: skip


class _Halves(QWidget):
    """The map takes the room that its height needs, the facts the rest."""

    def __init__(self, map_: ClassMap, facts: Facts) -> None:
        super().__init__()
        self._map = map_
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4 * GRID)
        layout.addWidget(map_)
        layout.addWidget(facts, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)  # the map's present width does not hinder a smaller one

    def resizeEvent(self, event: object) -> None:
        most = int(MAP_SHARE * self.width())
        self._map.setFixedWidth(max(64, min(most, self._map.width_for(self.height()))))


def _about_passes(architecture: Architecture) -> str:
    """How a map was computed."""
    if not is_dense(architecture):
        return tr(
            "Median of the last maps on the measuring thread: 841 separate passes, because with "
            "this network one pass over a larger canvas would not compute the same."
        )
    return tr(
        "Median of the last passes on the measuring thread: every layer has stride 1, and the "
        "layers above an omitted stride are dilated by it, on a blank canvas of {side}×{side} px "
        "round the window. Equal to 841 separate passes to within 1e−5.",
        side=architecture.window + 2 * REACH,
    )
