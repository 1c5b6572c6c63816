"""The networks that come with the program: one LeNet-5 and its relatives, each with its weights.

Three pool differently (see ``viz.nets.lenet5``); two were trained without something, so that one
sees what it is for; those five have the same layers, parameters and output positions. The sixth is
the LeNet-5 of the lecture's notes.
"""

from __future__ import annotations

from dataclasses import dataclass

from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes

MAIN = "max"
"""The main network's name."""


@dataclass(frozen=True)
class Variant:
    """A shipped network: the ``name`` it is loaded by, and what it was trained with."""

    name: str
    architecture: Architecture
    none: bool = True  # trained with the eleventh class
    augmentation: bool = True  # trained on distorted digits

    @property
    def file(self) -> str:
        """The weights' file name among the resources."""
        return "lenet5.safetensors" if self.name == MAIN else f"lenet5-{self.name}.safetensors"


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(MAIN, lenet5()),
        Variant("average", lenet5("average")),
        Variant("blur", lenet5("blur")),
        Variant("no-none", lenet5(), none=False),
        Variant("no-augmentation", lenet5(), augmentation=False),
        Variant("notes", notes(), none=False),
    )
}
