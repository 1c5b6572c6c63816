"""The networks that come with the program: one LeNet-5 and its relatives, each with its weights.

Three pool differently (see ``viz.nets.lenet5``); two were trained without something, so that one
sees what it is for; those five have the same layers, parameters and output positions. The sixth is
the LeNet-5 of the lecture's notes. The last three are those of papers (``viz.nets.papers``).
"""

from __future__ import annotations

from dataclasses import dataclass

from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.nets.papers import lenet5_1998, lenet_1990, zip_1989

MAIN = "max"
"""The main network's name."""


@dataclass(frozen=True)
class Variant:
    """A shipped network: the ``name`` it is loaded by, and what it was trained with."""

    name: str
    architecture: Architecture
    none: bool = True  # trained with the eleventh class
    augmentation: bool = True  # trained on distorted digits
    paper: bool = False  # that of a paper, trained by ``viz.nets.experiment_training``

    @property
    def file(self) -> str:
        """The weights' file name among the resources."""
        if self.paper:
            return f"{self.name}.safetensors"
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
        Variant("zip-1989", zip_1989(), none=False, augmentation=False, paper=True),
        Variant("lenet-1990", lenet_1990(), none=False, augmentation=False, paper=True),
        Variant("lenet5-1998", lenet5_1998(), none=False, augmentation=False, paper=True),
    )
}
