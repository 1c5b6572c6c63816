"""What is trained: an architecture, a recipe, examples, and what is compared on the way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from viz.chapters.architecture.measure.stack import Stack
from viz.i18n import tr
from viz.nets.architecture import MOST_PARAMETERS, WINDOW, Architecture, Layer
from viz.nets.data import Digits
from viz.nets.lenet5 import lenet5
from viz.nets.recipe import OPTIMIZERS, LearningRecipe
from viz.nets.weights import architecture_to_json

SOURCES = ("mnist", "permuted", "pen", "own")
"""Where examples come from: MNIST, its digits with all pixels permuted, the pen digits that ship,
what the user drew."""

COMPARED = ("nothing", "seeds", "activations", "depth", "optimizers", "starts")
"""What differs between networks that are trained in turn, so that their curves can be compared;
"depth" is for ``DepthRace``."""

SEEDS = 4
ACTIVATIONS = ("relu", "tanh", "sigmoid")
RATES = {"sgd": 0.05, "momentum": 0.01, "rmsprop": 0.001, "adam": 0.001}
"""Usual learning rates, by the optimiser."""

DEEPEST, WIDTH = 8, 64
"""Hidden layers of ``deep`` at most, and the units of each."""

SIDES = (16, 28, 32)
"""Sides of the input that a stack can be trained with."""


@dataclass(frozen=True)
class Plan:
    """What is trained, and on what: ``count`` examples of a source of ``SOURCES``; networks that
    differ in what ``compared`` (of ``COMPARED``) says. ``own`` is the checksum of the user's own
    examples, where they are the source. ``start`` names the network whose weights are trained
    further (``viz.nets.networks``); "": first weights, drawn by the seed.
    """

    architecture: Architecture
    recipe: LearningRecipe
    source: str = "mnist"
    count: int = 5000
    compared: str = "nothing"
    own: str = ""
    start: str = ""

    @property
    def id(self) -> str:
        """Its name: equal plans have the same, whatever the number of passes."""
        whole = [
            architecture_to_json(self.architecture),
            {**asdict(self.recipe), "passes": 0},
            self.source, self.count, self.compared, self.own, *([self.start] if self.start else []),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Variant:
    """One of the networks of a plan; ``name`` is translated. ``encoded``: its first layers start
    from an autoencoder's weights."""

    name: str
    architecture: Architecture
    recipe: LearningRecipe
    encoded: bool = False


def variants(plan: Plan) -> tuple[Variant, ...]:
    """Return the networks of a plan, the one that is shown first."""
    architecture, recipe = plan.architecture, plan.recipe
    if plan.compared == "seeds":
        return tuple(
            Variant(tr("seed {seed}", seed=seed), architecture, replace(recipe, seed=seed))
            for seed in range(recipe.seed, recipe.seed + SEEDS)
        )
    if plan.compared == "activations":
        own = activation_of(architecture)
        names = sorted(ACTIVATIONS, key=lambda name: name != own)
        return tuple(
            Variant(activation_name(name), with_activation(architecture, name), recipe)
            for name in names
        )
    if plan.compared == "optimizers":
        names = sorted(OPTIMIZERS, key=lambda name: name != recipe.optimizer)
        return tuple(
            Variant(
                tr("{optimizer}, rate {rate:g}", optimizer=optimizer_name(name), rate=rate),
                architecture, replace(recipe, optimizer=name, rate=rate),
            )
            for name, rate in ((name, _rate(name, recipe)) for name in names)
        )  # fmt: skip
    if plan.compared == "starts":
        return (
            Variant(tr("from random weights"), architecture, recipe),
            Variant(tr("from an autoencoder"), architecture, recipe, encoded=True),
        )
    return (Variant("", architecture, recipe),)


def _rate(optimizer: str, recipe: LearningRecipe) -> float:
    """The chosen rate for the chosen optimiser, the usual one for the others."""
    return recipe.rate if optimizer == recipe.optimizer else RATES[optimizer]


def optimizer_name(optimizer: str) -> str:
    """Return what an optimiser is called on the screen."""
    return {"sgd": tr("SGD"), "momentum": tr("momentum"), "rmsprop": tr("RMSProp")}.get(
        optimizer, tr("Adam")
    )


def activation_name(name: str) -> str:
    """Return what one of ``ACTIVATIONS`` is called on the screen."""
    return {"relu": tr("ReLU"), "tanh": tr("tanh")}.get(name, tr("sigmoid"))


def activation_of(architecture: Architecture) -> str:
    """Return the activation of the first layer that has one."""
    return next(layer.activation for layer in architecture.layers if layer.has_weights)


def with_activation(architecture: Architecture, name: str) -> Architecture:
    """Give all hidden layers with weights another activation."""
    layers = tuple(
        replace(layer, activation=name) if layer.has_weights and layer.name != "output" else layer
        for layer in architecture.layers
    )
    return replace(architecture, layers=layers)


def small() -> Architecture:
    """Return a LeNet-5 with 6, 16 and 60 maps, which learns 5,000 digits in some seconds."""
    return lenet5(none=False, maps=(6, 16, 60))


def deep(hidden: int) -> Architecture:
    """Return a fully connected network with ``hidden`` layers of 64 units on 16×16 pixels."""
    layers = [
        Layer(f"H{number}", "dense", WIDTH, activation="relu") for number in range(1, hidden + 1)
    ]
    output = Layer("output", "dense", 10, activation="log-softmax")
    return Architecture((*layers, output), side=16, scale=2, none=False)


def of_stack(stack: Stack) -> Architecture:
    """Make a network of a stack as it is written in Sizes: ReLU after every layer with weights, max
    pooling, and ten classes on top, unless the last layer has ten units.

    Raises ValueError, a translated sentence, for a stack that cannot learn digits.
    """
    if stack.channels != 1 or stack.width != stack.height or stack.width not in SIDES:
        raise ValueError(tr("Digits are grey and square: begin with 32×32×1, 28×28×1 or 16×16×1."))
    layers: list[Layer] = []
    maps = 1
    for part in stack.parts:
        number = len(layers) + 1
        if part.kind == "pool":
            layers.append(
                Layer(f"S{number}", "pool", maps, part.kernel, part.stride, part.padding,
                      pooling="max")
            )  # fmt: skip
        elif part.kind == "conv":
            maps = part.maps
            layers.append(
                Layer(f"C{number}", "conv", maps, part.kernel, part.stride, part.padding,
                      activation="relu")
            )  # fmt: skip
        elif part.kind == "fc":
            maps = part.maps
            layers.append(Layer(f"F{number}", "dense", maps, activation="relu"))
    if layers and layers[-1].operation == "dense" and layers[-1].maps == 10:
        layers.pop()
    layers.append(Layer("output", "dense", 10, activation="log-softmax"))
    side = stack.width
    try:
        architecture = Architecture(tuple(layers), side=side, scale=2 if side == 16 else 1,
                                    none=False)  # fmt: skip
    except ValueError as error:
        raise ValueError(
            tr("These layers cannot be joined ({why}); look at them in Sizes.", why=error)
        ) from error
    if architecture.parameters > MOST_PARAMETERS // 10:
        raise ValueError(
            tr("{count:,} parameters are too many to be trained here; take fewer maps or units.",
               count=architecture.parameters)
        )  # fmt: skip
    return architecture


def trainable(architecture: Architecture) -> str:
    """Say why a network of the program cannot be trained here, in a sentence; "" if it can."""
    if any(layer.operation == "normalise" for layer in architecture.layers):
        return tr("A network with normalisations in it is not trained here; switch them off.")
    if architecture.window > WINDOW:
        return tr("Its input is larger than the digits here.")
    return ""


def fitted(images: Digits, side: int) -> Digits:
    """Cut the middle of ``side``² pixels out of windows of 32×32 with a digit each."""
    edge = (images.images.shape[1] - side) // 2
    return Digits(images.images[:, edge : edge + side, edge : edge + side], images.labels)
