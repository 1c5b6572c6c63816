"""Steps: how much each step of one pixel changes the layers of the network itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from viz.chapters.pooling.measure.steps import Steps, layers_of, steps
from viz.chapters.pooling.operator import maps_window, no_maps, nothing_drawn
from viz.chapters.pooling.steps_view import FORMULA, StepsView
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views.theme import Theme

NAME = "pooling steps"


def measured(snapshot: Snapshot) -> Callable[[Nets], Iterator[Steps | None]]:
    """The work for the measuring lane."""
    request, window = snapshot.request, maps_window(snapshot)

    def work(nets: Nets) -> Iterator[Steps | None]:
        return steps(nets(request.network), request.scene, request.ablated, window)

    return work


class PoolingSteps(QWidget):
    """The instrument. It has no operator of its own: it shows the current network on the current
    drawing, and so follows demonstrations, drags and arrow keys alike."""

    id = "pooling-steps"

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.title = tr("Steps")
        self.hint = tr(
            "Nudge the digit with the arrow keys: how much of a step is left after each layer?"
        )
        self.tip = tr(
            "How much a step of one pixel to the right changes each layer: "
            "{formula} over all of its maps, ∅ the canvas without the drawing, for the 8 steps "
            "that lead here. Noise stays in place.",
            formula=FORMULA,
        )
        self._snapshot: Snapshot | None = None
        self._asked: object = None
        self.view = StepsView()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Measure this drawing, unless it has been measured."""
        self._snapshot = snapshot
        self._ask()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self.view.set_theme(theme, text_px)

    def state(self) -> dict[str, Any]:
        """There is nothing to be set."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """There is nothing to be set."""

    def showEvent(self, event: QShowEvent | None) -> None:
        """Seen again: measure what is on the canvas now."""
        self._ask()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody sees it: nothing is measured."""
        self._engine.forget(NAME)
        self._asked = None

    def _ask(self) -> None:
        if self._snapshot is None or not self.isVisible():
            return
        snapshot, request = self._snapshot, self._snapshot.request
        drawn = request.scene, request.network, request.ablated, maps_window(snapshot)
        if drawn == self._asked:
            return
        self._asked = drawn
        layers = layers_of(snapshot.architecture)
        if layers and request.scene.items:
            self._engine.measure(NAME, measured(snapshot), self._take)
        else:
            self._engine.forget(NAME)
            names = tuple(layer.name for layer in layers)
            self.view.show_nothing(names, nothing_drawn() if names else no_maps())

    def _take(self, found: Steps) -> None:
        self.view.show_steps(found)
