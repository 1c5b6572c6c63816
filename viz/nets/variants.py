"""The networks that come with the program: one LeNet-5 and four relatives, each with its weights.

Three pool differently (see ``viz.nets.lenet5``); two were trained without something, so that one
sees what it is for. All have the same layers, parameters and output positions.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """A shipped network: the ``name`` it is loaded by, its pooling, what it was trained with."""

    name: str
    pooling: str = "max"
    none: bool = True  # trained with the eleventh class
    augmentation: bool = True  # trained on distorted digits

    @property
    def file(self) -> str:
        """The weights' file name among the resources."""
        return "lenet5.safetensors" if self.name == "max" else f"lenet5-{self.name}.safetensors"


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant("max"),
        Variant("average", pooling="average"),
        Variant("blur", pooling="blur"),
        Variant("no-none", none=False),
        Variant("no-augmentation", augmentation=False),
    )
}
"""By name; ``"max"`` is the main one."""
