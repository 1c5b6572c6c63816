"""The difference instrument: f(Tx), T′f(x) and what they differ by, for one feature map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viz.chapters.equivariance.difference_pictures import Pictures, most_active
from viz.chapters.equivariance.layer_choice import LayerChoice
from viz.chapters.equivariance.live_shift import LiveShift
from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.segmented import Option


class Difference(QWidget):
    """The pictures, with a choice of layer and map above them."""

    id = "difference"

    def __init__(self, document: Document, live: LiveShift, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Difference")
        self.hint = tr(
            "Drag the whole drawing (Ctrl+A): the difference vanishes where the shift is a "
            "multiple of the layer's stride."
        )
        self.tip = tr("f(Tx) beside T′f(x), and f(Tx) − T′f(x), for one feature map.")
        self._document, self._live = document, live
        self._maps: dict[str, int] = {}
        self.layers = LayerChoice(tr("Layer"), _options, document.architecture)
        self.back, self.on = QPushButton("‹"), QPushButton("›")
        for button, way, name in (
            (self.back, -1, tr("Map before")),
            (self.on, 1, tr("Next map")),
        ):
            button.setFlat(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(lambda _, way=way: self.step(way))
        self.pictures = Pictures()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.layers)
        row.addSpacing(2 * GRID)
        row.addWidget(self.back)
        row.addWidget(self.on)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self.pictures, 1)
        live.measured.connect(self._refresh)
        self.layers.chosen.connect(self._refresh)
        document.inspected_changed.connect(self._refresh)

    def _refresh(self) -> None:
        shown = self._live.shown
        if shown is None or not self.isVisible():
            return
        architecture = shown.snapshot.architecture
        self.layers.offer(architecture)
        unit = self._document.inspected
        if unit is not None and architecture.has_unit(unit.layer, unit.map):
            name, number = unit.layer, unit.map  # while it is pointed at
        else:
            name = self.layers.value
            if not architecture.has_unit(name, self._maps.get(name, -1)):
                self._maps[name] = most_active(shown, name)
            number = self._maps[name]
        rows = shown.measured.layers[name].after.shape[1]
        together = name == "output" and rows == 1
        self.back.setEnabled(not together)
        self.on.setEnabled(not together)
        self.pictures.show_result(shown, name, None if together else number)

    def step(self, way: int) -> None:
        """Show the map after, or before, the one chosen."""
        name, shown = self.layers.value, self._live.shown
        if name in self._maps and shown is not None:
            self._maps[name] = (self._maps[name] + way) % shown.snapshot.layer(name).maps
            self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Measure this snapshot."""
        self._live.follow(snapshot)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self.layers.set_theme(theme, text_px)
        self.pictures.set_theme(theme, text_px)
        for button in (self.back, self.on):
            button.setFont(themes.font(text_px, bold=True))
            button.setFixedSize(2 * text_px, round(1.6 * text_px))

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody looks: measure no more."""
        self._live.forget()

    def state(self) -> dict[str, Any]:
        """The layer, and the map chosen in each."""
        return {"layer": self.layers.wanted, "maps": dict(self._maps)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take layer and maps back, as far as the network has them."""
        architecture = self._document.architecture
        self.layers.want(state.get("layer"), architecture)
        maps = state.get("maps")
        for name, number in maps.items() if isinstance(maps, Mapping) else ():
            whole = isinstance(number, int) and not isinstance(number, bool)
            if whole and architecture.has_unit(name, number):
                self._maps[name] = number
        self._refresh()


def _options(architecture: Architecture) -> list[Option]:
    return [
        Option(layer.name, layer.name, tr("Stride {stride} px.", stride=layer.stride))
        for layer in architecture.layers
    ]
