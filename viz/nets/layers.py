"""Layer arithmetic of LeNet-5: shapes, cumulative strides and receptive fields, without torch.

The table is that of the lecture's LeNet-5 (LeCun et al. 1998, with the lecture's 20, 50 and 500
maps). No layer pads, so unit (i, j) of a layer sees exactly the input pixels
[i·stride, i·stride + field) × [j·stride, j·stride + field). With blur pooling (see
``viz.nets.lenet5``) a unit sees ``lead`` more of them on every side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CLASSES = 11
NONE_CLASS = 10
WINDOW = 32
"""Side of the output's receptive field, in pixels."""


@dataclass(frozen=True)
class Layer:
    """One named layer; ``kernel`` and ``step`` are its own, ``stride`` and ``field`` cumulative."""

    name: str
    operation: str  # "conv" or "pool"
    maps: int
    inputs: int
    kernel: int
    step: int
    stride: int
    field: int
    lead: int = 0

    @property
    def parameters(self) -> int:
        """Weights and biases of the layer."""
        if self.operation == "pool":
            return 0
        return self.maps * (self.inputs * self.kernel**2 + 1)

    def shape(self, height: int, width: int) -> tuple[int, int, int]:
        """(maps, h, w) of the layer's output for an input of height × width pixels."""
        return (
            self.maps,
            (height - self.field + 2 * self.lead) // self.stride + 1,
            (width - self.field + 2 * self.lead) // self.stride + 1,
        )

    def receptive_field(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The input pixels that unit (row, column) sees: (top, left, height, width).

        Those of a blur network may lie off the canvas, where the input is blank.
        """
        top, left = row * self.stride - self.lead, column * self.stride - self.lead
        return top, left, self.field, self.field


LAYERS: tuple[Layer, ...] = (
    Layer("C1", "conv", maps=20, inputs=1, kernel=5, step=1, stride=1, field=5),
    Layer("S2", "pool", maps=20, inputs=20, kernel=2, step=2, stride=2, field=6),
    Layer("C3", "conv", maps=50, inputs=20, kernel=5, step=1, stride=2, field=14),
    Layer("S4", "pool", maps=50, inputs=50, kernel=2, step=2, stride=4, field=16),
    Layer("C5", "conv", maps=500, inputs=50, kernel=5, step=1, stride=4, field=32),
    Layer("output", "conv", maps=CLASSES, inputs=500, kernel=1, step=1, stride=4, field=32),
)
BY_NAME: dict[str, Layer] = {layer.name: layer for layer in LAYERS}

_BLURRED: dict[str, Layer] = {
    name: replace(layer, field=layer.field + 2 * lead, lead=lead)
    for (name, layer), lead in zip(BY_NAME.items(), (0, 1, 1, 3, 3, 3), strict=True)
}


def layer_of(name: str, pooling: str = "max") -> Layer:
    """A layer as it is in the network with this pooling: blur pooling widens what a unit sees."""
    return (_BLURRED if pooling == "blur" else BY_NAME)[name]


def input_range(upper: Layer, lower: Layer, index: int) -> tuple[int, int]:
    """The units of ``lower`` (a layer below) along one axis that unit ``index`` of ``upper`` sees.

    Returns (first, count). Both see input pixels from index·stride − lead on, so the first is at
    index·(ratio of strides), less the difference of leads in units, and as many fit as the
    receptive field of ``upper`` holds. Some may lie off the map, if both are of a blur network.
    """
    count = (upper.field - lower.field) // lower.stride + 1
    return (index * upper.stride - upper.lead + lower.lead) // lower.stride, count


def target_range(lower: Layer, upper: Layer, index: int, size: int) -> tuple[int, int]:
    """The units of ``upper``, of ``size`` along one axis, that see unit ``index`` of ``lower``.

    Returns (first, count); count may be 0 at a border that a stride leaves over.
    """
    ratio = upper.stride // lower.stride
    span = (upper.field - lower.field) // lower.stride + 1
    index += (upper.lead - lower.lead) // lower.stride
    first = max(0, -(-(index - span + 1) // ratio))
    last = min(size - 1, index // ratio)
    return first, max(0, last - first + 1)
