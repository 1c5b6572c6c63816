"""Which layer's maps are pooled: a word for each layer of the network that has such."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from viz.chapters.pooling.measure.changes import poolable, pooled_by
from viz.i18n import tr
from viz.model.document import Document
from viz.nets import networks
from viz.nets.architecture import Architecture
from viz.views.widgets.segmented import Option, Segmented

MOST = 8
"""Layers that are offered, the lowest ones: those above have small maps."""


def options(architecture: Architecture) -> list[Option]:
    """What a network offers, and by what it pools that itself."""
    offered = []
    for layer in poolable(architecture)[:MOST]:
        tip, above = tr("The maps of {layer}.", layer=layer.name), pooled_by(architecture, layer)
        if above is not None:
            tip = tr(
                "The maps of {layer}, which the network pools into {pooled}.",
                layer=layer.name, pooled=above.name,
            )  # fmt: skip
        offered.append(Option(layer.name, layer.name, tip))
    return offered


class LayerChoice(Segmented):
    """The words of the present network. The layer asked for last comes back with its network."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        main = options(networks.architecture(networks.MAIN))  # a choice is never empty
        super().__init__(tr("Layer that is pooled"), main, parent)
        self._document = document
        self._wanted: object = self.value
        self._offered: tuple[object, ...] = ()
        self.chosen.connect(self.want)
        document.network_changed.connect(self._follow)
        self._follow()

    @property
    def layer(self) -> str | None:
        """The chosen layer's name; None for a network without such maps."""
        return str(self.value) if self._offered else None

    def want(self, layer: object) -> None:
        """Choose a layer, unless the network has no maps of this name."""
        if layer in self._offered:
            self._wanted = layer
            self.show_value(layer)

    def _follow(self) -> None:
        offered = options(self._document.architecture)
        self._offered = tuple(option.value for option in offered)
        if not offered:
            self.hide()
            return
        self.set_options(offered)
        self.show_value(self._wanted if self._wanted in self._offered else self._offered[0])
        if self.parentWidget() is not None:  # else it would be a window of its own
            self.show()
