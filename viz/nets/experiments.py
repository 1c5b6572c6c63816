"""The small networks of chapters 4, 8 and 9: what each is, and what it was trained on.

Each shows what one ingredient does: sharing, locality, pooling, data. They are read by the
instruments that compare them, by name as any network (``viz.nets.networks``), and listed in no
menu. ``lenetscope train --network NAME`` trains one anew, on MNIST, and writes its figures into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import UNSHARED, WINDOW, Architecture, Layer
from viz.nets.data import Bytes, Digits
from viz.nets.lenet5 import lenet5
from viz.nets.locality import ARCHITECTURES
from viz.nets.papers import lenet5_1998, lenet_1990, prototypes, zip_1989
from viz.nets.recipe import LearningRecipe


@dataclass(frozen=True)
class Data:
    """Which of MNIST's digits are learned, and how they are shown.

    ``count`` digits in the order of the file (None: all), each shown as ``place`` says (a key of
    ``PLACES``), then its pixels permuted by the seed ``permutation`` (None: as they are).
    """

    count: int | None = None
    place: str = "centre"
    permutation: int | None = None


@dataclass(frozen=True)
class Experiment:
    """A small network: its ``architecture``, the ``recipe`` of its training and its ``data``;
    ``tests`` are the data that it is tested with, by the name of the figure."""

    name: str
    architecture: Architecture
    recipe: LearningRecipe
    data: Data = Data()
    tests: tuple[tuple[str, Data], ...] = (("test", Data()),)
    start: Callable[[], Mapping[str, NDArray[Any]]] = dict
    """Makes arrays, by name, that it begins with instead of random ones."""


def centred(images: Bytes) -> Bytes:
    """Put pictures (N, 28, 28) into the middle of windows (N, 32, 32), as LeNet-5 has them."""
    margin = (WINDOW - images.shape[1]) // 2
    return np.pad(images, ((0, 0), (margin, margin), (margin, margin)))


def scattered(images: Bytes, side: int = WINDOW, most: int = 2, seed: int = 1) -> Bytes:
    """Put pictures (N, 28, 28) up to ``most`` pixels beside the middle of windows (N, side, side),
    each way, evenly at random: windows that lie 4 px apart meet every drawing within 2 px."""
    margin = (side - images.shape[1]) // 2 + most
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    places = np.lib.stride_tricks.sliding_window_view(padded, (side, side), (1, 2))
    rows, columns = np.random.default_rng(seed).integers(0, 2 * most + 1, (2, len(images)))
    return np.ascontiguousarray(places[np.arange(len(images)), rows, columns], np.uint8)


FIELD = 2 * WINDOW
"""Side of the pictures with a digit on one side, in canvas pixels."""


JITTER = 4
"""Pixels along x by which a digit on one side stands beside the middle of its half at most, so that
every place within the stride of a network is learned."""


def on_the_left(images: Bytes) -> Bytes:
    """Put pictures (N, 28, 28) into the left half of blank ones (N, 64, 64), each up to ``JITTER``
    px beside its middle, drawn from a seed."""
    return _beside(images, 0)


def on_the_right(images: Bytes) -> Bytes:
    """Put pictures as ``on_the_left`` does, ``WINDOW`` px further right."""
    return _beside(images, WINDOW)


def _beside(images: Bytes, column: int) -> Bytes:
    count, height, width = images.shape
    wide = np.zeros((count, FIELD, FIELD + 2 * JITTER), np.uint8)
    top, left = (FIELD - height) // 2, column + (WINDOW - width) // 2
    shifts = np.random.default_rng(8).integers(-JITTER, JITTER + 1, count)
    for by in range(-JITTER, JITTER + 1):
        start = left + JITTER + by
        wide[shifts == by, top : top + height, start : start + width] = images[shifts == by]
    return wide[:, :, JITTER:-JITTER]


PLACES: dict[str, Callable[[Bytes], Bytes]] = {
    "centre": centred,
    "scattered": scattered,
    "own": lambda images: images,
    "own-scattered": lambda images: scattered(images, 28),
    "left": on_the_left,
    "right": on_the_right,
}
"""How digits (N, 28, 28) are shown: each makes windows (N, side, side) of them."""


def permutation(seed: int, side: int = WINDOW) -> NDArray[np.int64]:
    """Draw the fixed random order (side²,) of all pixels: pixel i shows what pixel order[i] had."""
    return np.random.default_rng(seed).permutation(side * side)


def permuted(images: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    """Reorder the pixels of images (…, side, side)."""
    return np.asarray(images.reshape(*images.shape[:-2], -1)[..., order].reshape(images.shape))


def examples(data: Data, digits: Digits) -> Digits:
    """Show digits as the data say."""
    count = len(digits) if data.count is None else data.count
    images = PLACES[data.place](digits.images[:count])
    if data.permutation is not None:
        images = permuted(images, permutation(data.permutation, images.shape[1]))
    return Digits(images, digits.labels[:count])


_SIZE = (6, 16, 48)
"""Maps of C1, C3 and C5 of the small convolutional network."""


def _one_sided(maps: tuple[int, int], unshared: tuple[str, ...] = ()) -> Architecture:
    """Two local layers over 32×32 means of 2×2 px, all places averaged, and the output.

    With this padding every unit that sees a digit on the left has its like, 16 units further on,
    that sees it on the right.
    """
    first, second = maps
    return Architecture(
        (
            Layer("C1", "conv", first, 5, 2, 4, unshared=unshared, activation="relu"),
            Layer("C2", "conv", second, 3, 2, 1, unshared=unshared, activation="relu"),
            Layer("S3", "pool", second, 9, 1, pooling="average"),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        scale=FIELD // WINDOW,
        none=False,
    )


def _with_weights_for_each_place(architecture: Architecture) -> Architecture:
    """The architecture without its layer that averages all places."""
    layers = [layer for layer in architecture.layers if layer.operation != "pool"]
    return replace(architecture, layers=tuple(layers))


def _linear() -> Architecture:
    """The convolutional network of this size without a non-linearity below its softmax."""
    layers = [
        replace(layer, activation="identity" if layer.has_weights else layer.activation)
        for layer in lenet5("average", none=False, maps=_SIZE).layers[:-1]
    ]
    return Architecture(
        (*layers, Layer("output", "dense", 10, activation="log-softmax")), none=False
    )


def _globally_averaged() -> Architecture:
    """Convolutions over all that the window and a rim of blank paper hold, then one mean a map.

    With a kernel's side less one of padding, every unit that sees ink has its like 4 px further on,
    as long as the ink stays in the window. So shifts by 4 px change the means only as far as the
    padding of C3, which is 0, differs from what C1 makes of blank paper.
    """
    return Architecture(
        (
            Layer("C1", "conv", 8, 5, padding=4, activation="relu"),
            Layer("S2", "pool", 8, 2, 2, pooling="max"),
            Layer("C3", "conv", 16, 5, padding=4, activation="relu"),
            Layer("S4", "pool", 16, 2, 2, pooling="max"),
            Layer("C5", "conv", 64, 1, activation="relu"),
            Layer("S6", "pool", 64, 11, 1, pooling="average"),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        none=False,
    )


_SHARED = (12, 48)
"""Maps of the two layers where kernels are shared: even so many have few weights."""

_SIDES = (("left", Data(place="left")), ("right", Data(place="right")))

_LEARNED = (
    Experiment(
        "left-shared", _one_sided(_SHARED), LearningRecipe(rate=3e-3, passes=3),
        Data(place="left"), _SIDES,
    ),
    Experiment(
        "left-unshared", _one_sided((4, 12), UNSHARED), LearningRecipe(rate=3e-3, passes=2),
        Data(place="left"), _SIDES,
    ),
    Experiment(
        "left-head-unshared", _with_weights_for_each_place(_one_sided(_SHARED)),
        LearningRecipe(rate=2e-3, passes=1), Data(place="left"), _SIDES,
    ),
    Experiment(
        "centred-convolutional", lenet5(none=False, maps=_SIZE), LearningRecipe(passes=4)
    ),
    Experiment(
        "centred-fully-connected",
        Architecture(
            (
                Layer("F1", "dense", 64, activation="relu"),
                Layer("output", "dense", 10, activation="log-softmax"),
            ),
            none=False,
        ),
        LearningRecipe(rate=2e-3, passes=3),
    ),
    Experiment(
        "centred-unshared",
        Architecture(
            (
                Layer("C1", "conv", 6, 5, 2, unshared=UNSHARED, activation="relu"),
                Layer("C2", "conv", 8, 5, 2, unshared=UNSHARED, activation="relu"),
                Layer("output", "dense", 10, activation="log-softmax"),
            ),
            none=False,
        ),
        LearningRecipe(rate=3e-3, passes=1),
    ),
    Experiment(
        "centred-global-average", _globally_averaged(), LearningRecipe(rate=3e-3, passes=2)
    ),
    Experiment("linear", _linear(), LearningRecipe(passes=1)),
    *(
        Experiment(
            f"digits-{count}", lenet5(none=False, maps=_SIZE), LearningRecipe(passes=passes),
            Data(count),
        )
        for count, passes in ((100, 200), (1000, 40))
    ),
)  # fmt: skip


PERMUTATION = 1
"""The seed of the one permutation of pixels that networks are trained and tested under."""


def _locality() -> dict[str, Experiment]:
    """Three networks on digits as they are, and three on permuted ones; one recipe for all."""
    recipe = LearningRecipe(rate=2e-3, batch=100, passes=6)
    plain, permuted = Data(), Data(permutation=PERMUTATION)
    tests = (("plain", plain), ("permuted", permuted))
    return {
        name: Experiment(name, architecture, recipe, data, tests)
        for ending, data in (("", plain), ("-permuted", permuted))
        for word, architecture in ARCHITECTURES.items()
        for name in (f"locality-{word}{ending}",)
    }


EXPERIMENTS: dict[str, Experiment] = {**_locality(), **{one.name: one for one in _LEARNED}}
"""By name; a name is for ever, since scene files may keep it."""

PAPERS: dict[str, Experiment] = {
    paper.name: paper
    for paper in (
        Experiment(
            "zip-1989", zip_1989(), LearningRecipe(rate=2e-3, passes=12), Data(place="scattered")
        ),
        Experiment(
            "lenet-1990", lenet_1990(), LearningRecipe(rate=4e-3, passes=12),
            Data(place="own-scattered"), (("test", Data(place="own")),),
        ),
        Experiment(
            "lenet5-1998", lenet5_1998(),
            LearningRecipe(rate=2e-3, passes=8, loss="distances", frozen=("output.weight",)),
            Data(place="scattered"), start=prototypes,
        ),
    )
}  # fmt: skip
"""The networks of papers, which are listed in the menu and ship beside the others
(``viz.nets.variants``), but are trained as experiments are: with the cross-entropy, LeNet-5 as in
1998, so that its F6 paints the bitmaps."""


def weights_file(name: str) -> tuple[str, str]:
    """Return where an experiment's weights lie among the resources."""
    return "experiments", f"{name}.safetensors"
