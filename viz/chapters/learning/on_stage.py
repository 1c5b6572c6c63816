"""A network that is changed on the screen, on the stage in the place of the one before."""

from __future__ import annotations

from viz.chapters.instrument import Context
from viz.nets import networks
from viz.nets.networks import TrainedNetwork
from viz.nets.weights import are_usable


class OnStage:
    """Lets states of a network answer, one after the other, and then the network of before.

    Several instruments share it: there is one stage.
    """

    def __init__(self, context: Context) -> None:
        self._document = context.document
        self._before = networks.MAIN

    @property
    def is_on(self) -> bool:
        """Whether a state of a network that is changed answers now."""
        return networks.is_passing(self._document.network)

    @property
    def before(self) -> str:
        """The network that answers, or that answered before such a state did."""
        return self._before if self.is_on else self._document.network

    def show(self, network: TrainedNetwork, text: str = "") -> None:
        """Let a state answer: undoable under the name ``text`` (translated) if there is one. One
        whose steps grew without bound is left out: its maps would be no numbers."""
        if network.name == self._document.network or not are_usable(network.weights):
            return
        self._before = self.before
        networks.pass_on(network, self._before)
        if text and not self.is_on:
            self._document.choose_network(network.name, text)
        else:
            self._document.set_network(network.name)

    def leave(self) -> None:
        """Let the network of before answer again."""
        if self.is_on:
            self._document.set_network(self._before)
