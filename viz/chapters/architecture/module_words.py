"""What modules are called where they are chosen, what each does, and why one cannot be."""

from __future__ import annotations

from viz.chapters.architecture.measure.modules import ACTIVATION, BEFORE, BEHIND, KINDS, POOLING
from viz.i18n import tr
from viz.nets.architecture import Architecture
from viz.nets.modules import ACTIVATIONS, POOLINGS, Modules, pooled
from viz.views.layer_words import normalisation_name
from viz.views.widgets.network_names import modules_activation, modules_pooling
from viz.views.widgets.segmented import Option


def no_modules() -> str:
    """Return why a network has no modules."""
    return tr(
        "Modules need a fully convolutional network without padding that begins with a "
        "convolution; choose another one in the Network menu."
    )


def short_name(kind: str) -> str:
    """Return what a normalisation is called where there is little room."""
    return {
        "": tr("none"),
        "mean": tr("mean removal"),
        "high-pass": tr("high-pass"),
        "subtractive": tr("subtractive"),
        "divisive": tr("divisive"),
        "variance": tr("variance"),
        "whitening": tr("whitening"),
    }[kind]


def refusal(modules: Modules, base: Architecture) -> str:
    """Return why a network of this architecture cannot have these modules."""
    if modules.padding and (modules.before or modules.behind or base.rim):
        return tr(
            "Padding and layers that look beyond their window exclude each other: switch the "
            "normalisations off first."
        )
    if pooled(base) is None and (modules.pooling or modules.padding):
        return tr("This network does not pool behind its first layer.")
    return tr("This network cannot have that module: its layers would not fit together.")


def place_name(place: str) -> str:
    """Return what the choice at a place is."""
    return {
        BEFORE: tr("Normalisation before C1"),
        ACTIVATION: tr("Non-linearity of C1"),
        BEHIND: tr("Normalisation behind C1"),
        POOLING: tr("Pooling"),
    }[place]


def options(place: str) -> list[Option]:
    """Return the modules to choose from at a place."""
    if place == ACTIVATION:
        own = Option("", tr("own"), tr("What the network was trained with."))
        return [own, *(Option(n, modules_activation(n), _activation_tip(n)) for n in ACTIVATIONS)]
    if place == POOLING:
        own = Option("", tr("own"), tr("What the network was trained with."))
        return [own, *(Option(n, modules_pooling(n), _pooling_tip(n)) for n in POOLINGS)]
    return [Option(n, short_name(n), normalisation_name(n) or tr("Nothing.")) for n in KINDS]


def _activation_tip(name: str) -> str:
    return {
        "identity": tr("y: sums stay as they are."),
        "relu": tr("max(0, y)"),
        "tanh": tr("tanh y, from −1 to 1"),
        "sigmoid": tr("1 / (1 + exp(−y)), from 0 to 1"),
        "leaky-relu": tr("y where y > 0, else y / 100"),
        "absolute": tr("|y|: an edge counts whichever way it goes"),
    }[name]


def _pooling_tip(name: str) -> str:
    return {
        "max": tr("The largest of a window."),
        "average": tr("The mean of a window."),
        "lp": tr("The root of the mean square of a window: Lp with p = 2."),
        "log-prob": tr("log of the mean of exp x over a window: b = 1."),
        "blur": tr("The largest at every position, blurred with 1 2 1."),
        "min": tr("The smallest of a window."),
        "maxout": tr("The largest of a window in a group of maps; each map of the group has it, "
                     "because C3 needs as many maps as before."),
    }[name]  # fmt: skip
