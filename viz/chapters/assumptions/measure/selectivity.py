"""How far apart two pictures are in each layer, and what the nearest neighbours there say.

The distance of two activations is relative, ‖a − b‖ / √(‖a‖² + ‖b‖²): 0 for equal ones, 1 for ones
that have nothing in common (orthogonal), at most √2. Of the output it is that of probabilities.
A representation is selective if it tells digits apart, invariant if it does not tell copies apart;
pixels are neither for long (LeCun, Bengio, Hinton, "Deep learning", Nature 521, 2015).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.assumptions.measure.digits import digit_set
from viz.chapters.assumptions.measure.window import Box, item_in
from viz.nets.architecture import Architecture, Layer
from viz.scene import Group, ImageLayer, Scene, rasterize_scene
from viz.scene.digits import digit
from viz.scene.edit import limited
from viz.scene.hits import item_bounds

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network

Array = NDArray[np.float32]
PIXELS = ""
"""The name of the input among the layers."""

REFERENCES, TESTS = (100, 300), (60, 200)
"""Digits that are known, and those that are classified, of the coarse result and of the last."""
BATCH = 10
MOST_VALUES = 24_000_000
"""Activations of one layer that are held at once: fewer digits are known in larger networks."""
MOST_KEPT = 32


@dataclass(frozen=True, eq=False)
class Distances:
    """Relative distances in pixels and in each layer, ``layers`` (N,), of the drawing to a
    ``copy`` of it moved and to an ``other`` digit, of class ``digit``; ``pictures`` (3, side,
    side): these three."""

    layers: tuple[str, ...]
    copy: tuple[float, ...]
    other: tuple[float, ...]
    digit: int
    pictures: Array

    @property
    def called_nearer(self) -> tuple[str, ...]:
        """The layers in which the copy is nearer than the other digit."""
        pairs = zip(self.layers, self.copy, self.other, strict=True)
        return tuple(name for name, copy, other in pairs if copy < other)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The share of ``tests`` digits, moved by ``dx``, that have the class of the nearest of so many
    ``references``, in pixels and in each layer."""

    layers: tuple[str, ...]
    right: tuple[float, ...]
    dx: int
    references: int
    tests: int
    is_mnist: bool


def names_of(architecture: Architecture) -> tuple[str, ...]:
    """Return the input's name and those of all layers but normalisations in front."""
    return (PIXELS, *(layer.name for layer in compared(architecture)))


def compared(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers in which distances are measured."""
    return tuple(one for one in architecture.layers if one.operation != "normalise")


def with_copy(scene: Scene, index: int, dx: float) -> Scene:
    """Move one item ``dx`` pixels to the right."""
    item = scene.items[index]
    moved = replace(item, transform=limited(item.transform, dx=item.transform.dx + dx))
    return _with(scene, index, moved)


def with_digit(scene: Scene, index: int, value: int) -> Scene:
    """Put a digit of the library in the place of an item, as high as that is."""
    left, top, right, bottom = item_bounds(scene, index)
    item = scene.items[index]
    width = item.placed[0].width_px if isinstance(item, Group) and item.placed else 2.4
    high = max(4.0, bottom - top - width)
    centre = ((left + right) / 2, (top + bottom) / 2)
    # where the whole drawing is not moved, shapes on the canvas are those of the item
    x, y = scene.transform.unapply(np.array([centre]), scene.centre)[0]
    return _with(scene, index, digit(value, centre=(x, y), height_px=high, width_px=width))


def distances(
    net: Network, scene: Scene, window: Box, dx: float, value: int | None, read: int
) -> Distances | None:
    """Measure them for the item in a window; None of an empty canvas.

    The copy is ``dx`` pixels to the right. ``value`` is the other digit; None: of those that are
    not ``read``, the nearest one in pixels.
    """
    import torch

    index = item_in(scene, window)
    if index is None:
        return None
    own = _cut(rasterize_scene(scene), window)
    copy = _cut(rasterize_scene(with_copy(scene, index, dx)), window)
    values = [one for one in range(10) if one != read] if value is None else [value]
    others = [_cut(rasterize_scene(with_digit(scene, index, one)), window) for one in values]
    nearest = int(np.argmin([np.square(one - own).sum() for one in others]))
    pictures = np.stack([own, copy, others[nearest]])
    features = _features(net, torch.from_numpy(pictures)[:, None])
    pairs = [(_relative(one[0], one[1]), _relative(one[0], one[2])) for one in features]
    return Distances(
        names_of(net.architecture), tuple(pair[0] for pair in pairs),
        tuple(pair[1] for pair in pairs), values[nearest], pictures,
    )  # fmt: skip


_kept: dict[tuple[str, int], Neighbours] = {}


def neighbours(net: Network, name: str, dx: int) -> Iterator[Neighbours | None]:
    """Classify digits by their nearest neighbour in each layer, a coarse result first.

    References stand in the middle, tests ``dx`` pixels to the right. Kept by the network's name,
    which means the same network for ever; only the measuring lane asks.
    """
    if (name, dx) in _kept:
        yield _kept[name, dx]
        return
    last = None
    for references, tests in zip(REFERENCES, TESTS, strict=True):
        for found in _classified(net, references, tests, dx):
            last = found or last
            yield found
    while len(_kept) >= MOST_KEPT:
        del _kept[next(iter(_kept))]
    if last is not None:
        _kept[name, dx] = last


def _classified(net: Network, references: int, tests: int, dx: int) -> Iterator[Neighbours | None]:
    import torch

    architecture, digits = net.architecture, digit_set()
    largest = max(
        architecture.window**2, *(one.maps * one.size**2 for one in compared(architecture))
    )
    known = max(10, min(references, MOST_VALUES // largest))
    tests = min(tests, len(digits) - known)
    numbers = range(tests, tests + known)  # those that are classified come first
    names = names_of(architecture)
    held: list[list[Tensor]] = [[] for _ in names]
    side = architecture.window
    for first in range(0, known, BATCH):
        windows = digits.windows(numbers[first : first + BATCH], side)
        for place, one in enumerate(_features(net, torch.from_numpy(windows)[:, None])):
            held[place].append(one.flatten(1).clone())
        yield None
    right = np.zeros(len(names))
    labels = digits.labels[tests : tests + known]
    joined = []
    for parts in held:
        joined.append(torch.cat(parts))
        parts.clear()
        yield None
    squares = [one.square().sum(1) for one in joined]
    for first in range(0, tests, BATCH):
        part = range(first, min(first + BATCH, tests))
        windows = digits.windows(part, side, dx * architecture.scale)
        for place, one in enumerate(_features(net, torch.from_numpy(windows)[:, None])):
            apart = squares[place] - 2 * one.flatten(1) @ joined[place].T
            nearest = labels[apart.argmin(1).numpy()]
            right[place] += (nearest == digits.labels[part.start : part.stop]).sum()
        yield None
    shares = tuple(float(one) for one in right / tests)
    yield Neighbours(names, shares, dx, known, tests, digits.is_mnist)


def _features(net: Network, x: Tensor) -> Sequence[Tensor]:
    """Pixels, the activations of all compared layers, of the output the probabilities."""
    import torch

    with torch.no_grad():  # not about a generator's yield: the mode would last into other work
        maps = net(x)
    features = [x]
    for layer in compared(net.architecture):
        found = maps[layer.name]
        features.append(found.exp() if layer.name == "output" else found)
    return features


def _relative(one: Tensor, other: Tensor) -> float:
    size = float(one.square().sum() + other.square().sum())
    return float((one - other).square().sum() / size) ** 0.5 if size > 0 else 0.0


def _cut(image: Array, window: Box) -> Array:
    top, left, side = window
    return np.array(image[top : top + side, left : left + side])


def _with(scene: Scene, index: int, item: Group | ImageLayer) -> Scene:
    return replace(scene, items=(*scene.items[:index], item, *scene.items[index + 1 :]))
