"""What *Backpropagation* measures: one of its four views of the live drawing, over frozen data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.learning.measure.backprop import (
    Gradients,
    Place,
    Turned,
    Updated,
    gradients,
    strongest,
    turn,
    update,
    weighted,
)
from viz.chapters.learning.measure.passing_back import Back, modules_of, pass_back

if TYPE_CHECKING:
    from viz.nets.network import Network

COMPETING = -1
"""The target that stands for the likeliest class but the prediction."""


@dataclass(frozen=True)
class Question:
    """What is looked at: ``view`` is "gradients", "update", "weight" or "modules"; the ``target``
    class or ``COMPETING``; ``window`` (row, column) of the output, ``origin`` (top, left) of the
    pixels that a network sees which is not fully convolutional. ``layer`` and ``place`` are those
    of the weight (None: the one that the loss depends on most), ``module`` one by its name;
    ``network`` is that which is asked.
    """

    view: str
    target: int
    window: tuple[int, int]
    origin: tuple[int, int] = (0, 0)
    rate: float = 0.01
    updates: int = 0
    layer: str = ""
    place: Place | None = None
    module: str = ""
    ablated: tuple[tuple[str, tuple[int, ...]], ...] = ()
    network: str = ""


@dataclass(frozen=True, eq=False)
class Answer:
    """Gradients, always; and what the view asks for."""

    question: Question
    gradients: Gradients
    updated: Updated | None = None
    turned: Turned | None = None
    back: Back | None = None


def look(net: Network, image: NDArray[np.float32], question: Question) -> Iterator[Answer | None]:
    """Compute what a question asks of a network and a canvas; None is a pause."""
    architecture, window = net.architecture, question.window
    if not architecture.is_convolutional:
        (top, left), side = question.origin, architecture.window
        image, window = image[top : top + side, left : left + side], (0, 0)
    ablated = {name: frozenset(maps) for name, maps in question.ablated}
    target = question.target
    first = gradients(net, image, max(0, target), window, ablated)
    if target == COMPETING:
        target = int(np.argsort(first.probabilities)[-2])
        first = gradients(net, image, target, window, ablated)
    yield Answer(question, first) if question.view == "gradients" else None
    if question.view == "update":
        made = update(net, image, target, window, question.rate, question.updates, ablated)
        yield Answer(question, first, updated=made)
    elif question.view == "weight":
        layers = [layer.name for layer in weighted(architecture)]
        layer = question.layer if question.layer in layers else layers[0]
        place, shape = question.place, architecture.shapes[f"{layer}.weight"]
        if place is None or not all(at < side for at, side in zip(place, shape, strict=True)):
            place = strongest(net, image, target, window, layer, ablated)
        turned = yield from turn(net, image, target, window, layer, place, ablated)
        yield Answer(question, first, turned=turned)
    elif question.view == "modules":
        offered = modules_of(architecture)
        named = [one for one in offered if one.name == question.module] or list(offered[:1])
        if named:
            back = pass_back(net, image, target, window, named[0], ablated)
            yield Answer(question, first, back=back)
