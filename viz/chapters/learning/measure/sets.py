"""The examples that are learned and tested: MNIST, the pen digits that ship, the user's own."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import WINDOW
from viz.nets.data import Digits, find_data, load_mnist
from viz.nets.experiments import PERMUTATION, centred, permutation, permuted

TESTED = 500
"""Digits that a state is tested with."""

PEN_TRAINING, PEN_TEST = 1200, 300
"""Of the pen digits so many are for training and for testing; by the same writers."""

MOST_OWN = 100
"""Examples of the user's own that are kept."""

PIECE = 1000
"""Letters of a text among the settings in a scene file at most."""

UNLABELLED = 1000
"""Of MNIST's last training digits so many teach an autoencoder."""

PART = 20
"""Pen digits that are drawn between two pauses of the measuring lane."""

_pen: dict[int, NDArray[np.uint8]] = {}


@dataclass(frozen=True)
class Example:
    """A window of 32×32 pixels that the user drew, uint8, and the digit it is to be."""

    pixels: bytes
    label: int

    def to_json(self) -> list[object]:
        """Write it for a scene file: the label, and the pixels compressed, in texts of which each
        is as short as a file may hold them."""
        packed = base64.b64encode(zlib.compress(self.pixels)).decode()
        return [self.label, *(packed[at : at + PIECE] for at in range(0, len(packed), PIECE))]


def example_from_json(value: object) -> Example | None:
    """Read what ``Example.to_json`` wrote; None for anything else."""
    try:
        label, *pieces = cast("list[Any]", value)
        packed = "".join(pieces)
        if type(label) is not int or not 0 <= label <= 9 or len(packed) > 4096:
            return None
        unpacked = zlib.decompressobj()
        pixels = unpacked.decompress(base64.b64decode(packed, validate=True), WINDOW**2 + 1)
        return Example(pixels, label) if len(pixels) == WINDOW**2 else None
    except (TypeError, ValueError, zlib.error):
        return None


def checksum(own: Sequence[Example]) -> str:
    """Return a name for these examples."""
    return hashlib.sha256(b"".join(bytes([one.label]) + one.pixels for one in own)).hexdigest()[:12]


@dataclass(frozen=True, eq=False)
class Sets:
    """Digits for training and for testing, windows of 32×32 pixels each; ``unlabelled`` are others,
    whose classes nothing is told of."""

    training: Digits
    test: Digits
    unlabelled: Digits


@cache
def has_mnist() -> bool:
    """Tell whether MNIST's files are there; asked once."""
    return any(find_data().glob("train-images-idx3-ubyte*"))


def load(source: str, count: int, own: Sequence[Example]) -> Generator[None, None, Sets]:
    """Read the examples of a source of ``SOURCES``, ``count`` of them for training, with pauses.

    Raises UserError where there are none.
    """
    if source in ("mnist", "permuted"):
        every = load_mnist()
        yield
        parts = every[:count], load_mnist(test=True)[:TESTED], every[-UNLABELLED:]
        shown = [Digits(centred(part.images), part.labels) for part in parts]
        if source == "permuted":
            order = permutation(PERMUTATION)
            yield
            shown = [Digits(permuted(part.images, order), part.labels) for part in shown]
        return Sets(*shown)
    pen = yield from _pen_digits()
    test = pen[PEN_TRAINING:]
    if source == "pen":
        return Sets(pen[: min(count, PEN_TRAINING)], test, pen[:PEN_TRAINING])
    if not own:
        raise UserError(
            tr(
                "There is no example of your own yet. The canvas is the pad: draw a digit on it, "
                "choose in the settings which it is, and add it."
            )
        )
    pixels = np.frombuffer(b"".join(one.pixels for one in own), np.uint8).copy()
    labels = np.array([one.label for one in own], np.uint8)
    return Sets(Digits(pixels.reshape(-1, WINDOW, WINDOW), labels), test, pen[:PEN_TRAINING])


def _pen_digits() -> Generator[None, None, Digits]:
    from viz.nets.pen import rendered
    from viz.nets.shipped_digits import shipped_digits

    count = PEN_TRAINING + PEN_TEST
    digits = shipped_digits()[:count]
    yield
    while len(_pen) < count:
        first = len(_pen)
        for number in range(first, min(first + PART, count)):
            image = rendered(digits[number], WINDOW)
            _pen[number] = np.round(255 * image).astype(np.uint8)
        yield
    labels = np.array([digit.label for digit in digits], np.uint8)
    return Digits(np.stack([_pen[number] for number in range(count)]), labels)
