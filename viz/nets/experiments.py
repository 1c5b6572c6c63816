"""The small networks of chapters 4, 8 and 9: what each is, and what it was trained on.

Each shows what one ingredient does: sharing, locality, pooling, data. They are read by the
instruments that compare them, by name as any network (``viz.nets.networks``), and listed in no
menu. ``lenetscope train --network NAME`` trains one anew, on MNIST, and writes its figures into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import WINDOW, Architecture
from viz.nets.data import Bytes, Digits
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


PLACES: dict[str, Callable[[Bytes], Bytes]] = {
    "centre": centred,
    "scattered": scattered,
    "own": lambda images: images,
    "own-scattered": lambda images: scattered(images, 28),
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


EXPERIMENTS: dict[str, Experiment] = {**_locality()}
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
