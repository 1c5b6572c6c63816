"""What the networks of ``viz.nets.variants.VARIANTS`` are called, and their curves' colours."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PyQt6.QtGui import QColor

from viz.i18n import tr
from viz.nets import modules, networks
from viz.nets.modules import Modules
from viz.nets.opening import input_name
from viz.views.layer_words import activation_name, normalisation_name
from viz.views.theme import Theme

POOLINGS = ("max", "average", "blur")
"""The networks that differ in their pooling only, as they stand side by side."""

_PLACES = {"max": 1.0, "average": 0.62, "blur": 0.8}
"""On the scale of activations: the hues of the classes mean something else."""


def network_name(name: str) -> str:
    """Return the translated name of a network; an unknown one is called what it is."""
    if modules.SIGN in name:
        base, chosen = modules.split(name)
        return tr("{network} + {modules}", network=network_name(base), modules=modules_text(chosen))
    return {
        "max": tr("max pooling"),
        "average": tr("average pooling"),
        "blur": tr("blur pooling"),
        "no-none": tr("without “none”"),
        "no-augmentation": tr("without augmentation"),
        "notes": tr("LeNet-5 of the notes"),
        "zip-1989": tr("zip-code net, 1989"),
        "lenet-1990": tr("net of 1990"),
        "lenet5-1998": tr("LeNet-5 of 1998"),
    }.get(name) or (_passing_name(name) if networks.is_passing(name) else _opened_name(name))


def modules_text(chosen: Modules) -> str:
    """Return what modules are switched on: the name of a single one, else how many."""
    names = [
        text
        for text in (
            normalisation_name(chosen.before),
            normalisation_name(chosen.behind),
            modules_activation(chosen.activation),
            modules_pooling(chosen.pooling),
            tr("padding") if chosen.padding else "",
        )
        if text
    ]
    return names[0] if len(names) == 1 else tr("{count} modules", count=len(names))


def modules_activation(name: str) -> str:
    """Return what an activation is called among the modules; "" of the network's own."""
    return tr("identity") if name == "identity" else activation_name(name) if name else ""


def modules_pooling(name: str) -> str:
    """Return what a pooling is called among the modules; "" of the network's own."""
    return {
        "": "",
        "max": tr("max"),
        "average": tr("average"),
        "lp": tr("L2"),
        "log-prob": tr("log-prob"),
        "blur": tr("blur"),
        "min": tr("min"),
        "maxout": tr("maxout"),
    }[name]


def _passing_name(name: str) -> str:
    """What a state of a network that is changed on the screen is called."""
    if name.startswith(f"training-shipped{networks.PASSING}"):
        return tr("example run")
    return tr("in training") if name.startswith("training-") else tr("weights changed")


def _opened_name(name: str) -> str:
    """The file name of an opened network, and its input where another of the file is open, too."""
    trained = networks.find(name)
    if trained is None or trained.file is None:
        return name
    twins = [networks.find(other) for other in networks.names() if other != name]
    if any(twin is not None and twin.checksum == trained.checksum for twin in twins):
        return f"{trained.file.name} ({input_name(str(trained.metadata.get('input')))})"
    return trained.file.name


def menu_name(name: str) -> str:
    """Return what a network is called in the menu."""
    variants = ("max", "average", "blur", "no-none", "no-augmentation")
    if name in variants:
        return tr("LeNet-5, {variant}", variant=network_name(name))
    return network_name(name)


def choice_text(name: str) -> str:
    """Return what undo calls the choice of a network."""
    return tr("Use {network}", network=menu_name(name))


def network_tip(name: str) -> str:
    """Return what a network is, in a sentence."""
    return {
        "max": tr(
            "The default model: the lecture’s LeNet-5, with 20, 50 and 500 maps and max pooling."
        ),
        "average": tr("LeNet-5 with average pooling."),
        "blur": tr(
            "LeNet-5 with blur pooling: maxima are blurred before every second one is kept."
        ),
        "no-none": tr("LeNet-5 trained without the class “none of the above”."),
        "no-augmentation": tr("LeNet-5 trained on centred digits only, as in MNIST."),
        "notes": tr("The LeNet-5 of the lecture’s notes: 6-16-120-84 units, tanh, ten classes."),
        "zip-1989": tr("The zip-code net of 1989: 16×16 pixels, kernels of stride 2, no pooling."),
        "lenet-1990": tr("The net of 1990: 4 and 12 maps, average × coefficient + bias."),
        "lenet5-1998": tr("LeNet-5 of 1998: C3 partly connected, distances to ten bitmaps."),
    }.get(name) or tr("A network opened from a file.")


def short_network_name(name: str) -> str:
    """Return the same in one word where there is little room."""
    if modules.SIGN in name:
        return tr("with {modules}", modules=modules_text(modules.split(name)[1]))
    return {"max": tr("max"), "average": tr("average"), "blur": tr("blur")}.get(
        name, network_name(name)
    )


def ablated_text(count: int) -> str:
    """Return how many maps of the network are set to zero."""
    return tr("1 map ablated") if count == 1 else tr("{count} maps ablated", count=count)


def ablation_text(network: str, ablated: Mapping[str, Collection[int]]) -> str:
    """Say beside a comparison of the three that only the answering ``network`` is ablated; "" of
    none. A map of the same number does something else in another network, which keeps its own.
    """
    count = sum(map(len, ablated.values()))
    if not count:
        return ""
    if network not in POOLINGS:
        return tr("No map is ablated here.")
    name = short_network_name(network)
    if count == 1:
        return tr("{network}: 1 map ablated; the others: none.", network=name)
    return tr("{network}: {count} maps ablated; the others: none.", network=name, count=count)


def network_colour(name: str, theme: Theme) -> QColor:
    """Return the colour of a network's curve: text's own for max pooling; the accent, in which its
    name stands over the canvas, for one that is not among the three."""
    place = _PLACES.get(name)
    if place is None:
        return theme.accent
    return theme.text if place == 1.0 else QColor(int(theme.sequential[int(255 * place)]))
