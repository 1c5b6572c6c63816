"""Stacks of layers as text, and the sizes and costs that follow from them.

A stack is written as its input and its layers, with commas between them::

    39×39×3, conv 10 3×3, conv 20 5×5 s2, pool 2×2, flatten, fc 120

The input is width × height × channels. ``conv`` has a number of kernels and their side, ``pool`` a
side, ``s`` is the stride (1, of pooling its side) and ``p`` the padding (0), ``fc`` a fully
connected layer with a number of units. ``flatten`` makes one row of all that is below; ``fc`` does
not need it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

from viz.i18n import tr
from viz.nets.architecture import Architecture, Layer

BYTES = 4
"""Of a number in memory: float32."""

MOST_LAYERS, MOST_SIDE, MOST_MAPS, MOST_STEP = 32, 2048, 10_000, 128
"""Bounds on what is typed: layers, pixels of the input, maps or units, and kernel, stride, padding.
"""

_INPUT = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})(?:\s*[x×]\s*(\d{1,5}))?")
_WINDOW = (
    r"\s+(?P<kernel>\d{1,5})(\s*[x×]\s*(?P<other>\d{1,5}))?"
    r"(\s+s(?P<stride>\d{1,5}))?(\s+p(?P<padding>\d{1,5}))?"
)
_LAYERS = (
    re.compile(rf"(?P<kind>conv)\s+(?P<maps>\d{{1,5}}){_WINDOW}"),
    re.compile(rf"(?P<kind>pool){_WINDOW}"),
    re.compile(r"(?P<kind>fc)\s+(?P<maps>\d{1,5})"),
    re.compile(r"(?P<kind>flatten)"),
)


class StackError(ValueError):
    """What is typed is no stack; the message says which part, translated."""


@dataclass(frozen=True)
class Part:
    """A layer as it is typed: ``kind`` is "conv", "pool", "fc" or "flatten"; ``maps`` of conv and
    fc, the rest of conv and pool."""

    kind: str
    maps: int = 0
    kernel: int = 1
    stride: int = 1
    padding: int = 0

    def __str__(self) -> str:
        if self.kind == "flatten":
            return "flatten"
        if self.kind == "fc":
            return f"fc {self.maps}"
        text = f"{self.kind} {self.maps} " if self.kind == "conv" else "pool "
        text += f"{self.kernel}×{self.kernel}"
        if self.stride != (1 if self.kind == "conv" else self.kernel):
            text += f" s{self.stride}"
        return text + (f" p{self.padding}" if self.padding else "")


@dataclass(frozen=True)
class Stack:
    """An input of width × height × channels, and the layers above it."""

    width: int
    height: int
    channels: int
    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        return ", ".join((f"{self.width}×{self.height}×{self.channels}", *map(str, self.parts)))


@dataclass(frozen=True)
class Row:
    """The input or a layer: ``shape`` (maps, rows, columns); its numbers of weights, biases and
    multiply-adds; ``field``, rows and columns of the input that one unit sees at most.

    ``full``: fully connected, maybe as a convolution whose kernel covers the whole map below.
    ``unshared`` and ``dense``: the parameters of the same layer with weights of their own for each
    place (locally connected), and of a fully connected one with as many units; 0 of pooling.
    """

    name: str
    kind: str
    shape: tuple[int, int, int]
    weights: int = 0
    biases: int = 0
    multiply_adds: int = 0
    field: tuple[int, int] = (1, 1)
    full: bool = False
    unshared: int = 0
    dense: int = 0

    @property
    def size(self) -> int:
        """How many units it has."""
        return prod(self.shape)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def memory(self) -> int:
        """Bytes of its units and parameters."""
        return BYTES * (self.size + self.parameters)


def parse(text: str) -> Stack:
    """Read a stack, whether its layers fit or not. Raises StackError for what is none."""
    first, *rest = (part.strip() for part in re.split(r"[,;→|\n]", text.strip().rstrip(",")))
    found = _INPUT.fullmatch(first)
    if found is None:
        raise StackError(tr("“{text}” is no input, such as 32×32×3.", text=first[:40]))
    width, height, channels = (int(number or 1) for number in found.groups())
    if not (min(width, height) >= 1 and max(width, height) <= MOST_SIDE):
        raise StackError(tr("The input has 1 to {most} pixels along each side.", most=MOST_SIDE))
    if not 1 <= channels <= MOST_MAPS:
        raise StackError(tr("The input has 1 to {most:,} channels.", most=MOST_MAPS))
    if len(rest) > MOST_LAYERS:
        raise StackError(tr("A stack has at most {most} layers.", most=MOST_LAYERS))
    return Stack(width, height, channels, tuple(map(_part, rest)))


def _part(text: str) -> Part:
    found = next(filter(None, (pattern.fullmatch(text) for pattern in _LAYERS)), None)
    if found is None:
        raise StackError(
            tr("“{text}” is no layer, such as conv 6 5×5, pool 2×2 s2, flatten or fc 120.",
               text=text[:40])
        )  # fmt: skip
    given = found.groupdict()
    kind = str(given.pop("kind"))
    numbers = {name: int(value) for name, value in given.items() if value is not None}
    kernel = numbers.get("kernel", 1)
    if numbers.pop("other", kernel) != kernel:
        raise StackError(tr("“{text}”: kernels are square here.", text=text[:40]))
    part = Part(kind, **{"stride": kernel if kind == "pool" else 1, **numbers})
    within = (
        part.maps <= MOST_MAPS
        and (part.maps >= 1 or kind in ("pool", "flatten"))
        and all(1 <= number <= MOST_STEP for number in (part.kernel, part.stride))
        and part.padding <= MOST_STEP
    )
    if not within:
        raise StackError(
            tr("“{text}”: maps are 1 to {maps:,}, kernel and stride 1 to {most}, padding 0 to "
               "{most}.", text=text[:40], maps=MOST_MAPS, most=MOST_STEP)
        )  # fmt: skip
    return part


def sizes(stack: Stack) -> tuple[tuple[Row, ...], str]:
    """Return the rows of the input and of all layers that fit, and where and why the next does
    not; "" if all fit."""
    maps, height, width = stack.channels, stack.height, stack.width
    rows = [Row(tr("input"), "input", (maps, height, width))]
    axes = [_Axis(height), _Axis(width)]
    for number, part in enumerate(stack.parts, 1):
        below = rows[-1]
        fault = _fault(part, below.shape)
        if fault:
            return tuple(rows), tr(
                "Layer {number}, {layer}: {fault}", number=number, layer=part, fault=fault
            )
        seen = axes
        if part.kind in ("conv", "pool"):
            axes = seen = [axis.above(part.kernel, part.stride, part.padding) for axis in axes]
            shape = (part.maps or below.shape[0], axes[0].units, axes[1].units)
        else:
            axes = [axis.whole() for axis in axes]
            seen = axes if part.kind == "fc" else seen  # what is only put in a row sees no more
            shape = (part.maps or below.size, 1, 1)
        row = Row(str(part), part.kind, shape, field=(seen[0].seen, seen[1].seen))
        if part.maps:
            cells = below.shape[0] * part.kernel**2 if part.kind == "conv" else below.size
            links, places = cells * part.maps, shape[1] * shape[2]
            row = replace(
                row, weights=links, biases=part.maps, multiply_adds=links * places,
                full=links * places == below.size * row.size,
                unshared=(links + part.maps) * places, dense=(below.size + 1) * row.size,
            )  # fmt: skip
        rows.append(row)
    return tuple(rows), ""


def _fault(part: Part, below: tuple[int, int, int]) -> str:
    """Why a layer does not fit above units of a shape; "" if it does."""
    _, height, width = below
    if part.kind not in ("conv", "pool"):
        return ""
    if part.kernel > min(height, width) + 2 * part.padding:
        return tr(
            "its windows of {side}×{side} are larger than the {width}×{height} units below, "
            "padding included.", side=part.kernel, width=width + 2 * part.padding,
            height=height + 2 * part.padding,
        )  # fmt: skip
    if part.kind == "pool" and 2 * part.padding > part.kernel:
        return tr("a padding of more than half a window would pool zeros alone.")
    return ""


@dataclass(frozen=True)
class _Axis:
    """Along one axis of ``pixels``: the units of a layer, the pixels between two of them and those
    that one sees, and how many of the first one's lie before the input begins."""

    pixels: int
    count: int = 0
    stride: int = 1
    field: int = 1
    lead: int = 0

    @property
    def units(self) -> int:
        return self.count or self.pixels

    @property
    def seen(self) -> int:
        """Pixels of the input that the unit nearest to the middle sees, padding not among them."""
        middle = round(((self.pixels - self.field) / 2 + self.lead) / self.stride)
        first = min(max(middle, 0), self.units - 1) * self.stride - self.lead
        return max(0, min(first + self.field, self.pixels) - max(first, 0))

    def above(self, kernel: int, stride: int, padding: int) -> _Axis:
        return replace(
            self,
            count=(self.units + 2 * padding - kernel) // stride + 1,
            stride=self.stride * stride,
            field=self.field + (kernel - 1) * self.stride,
            lead=self.lead + padding * self.stride,
        )

    def whole(self) -> _Axis:
        """One unit that sees all units of this layer."""
        return replace(self, count=1, field=self.field + (self.units - 1) * self.stride)


def architecture_sizes(architecture: Architecture, height: int, width: int) -> tuple[Row, ...]:
    """Return the rows of a network on a canvas; of one window where it sees windows one by one."""
    if not architecture.is_convolutional:
        height = width = architecture.window
    scale = architecture.scale
    rows = [Row(tr("input"), "input", (1, height // scale, width // scale))]
    side = architecture.side
    for layer in architecture.layers:
        shape = layer.shape(height, width)
        seen = tuple(
            _Axis(pixels, count, layer.stride, layer.field, layer.lead).seen
            for pixels, count in zip((height, width), shape[1:], strict=True)
        )
        kind = {"dense": "fc", "pool": "pool"}.get(layer.operation, "conv")
        row = Row(_name(layer), kind, shape, field=(seen[0], seen[1]))
        biases = prod(layer.arrays.get("bias", (0,)))
        row = replace(row, weights=layer.parameters - biases, biases=biases)
        if layer.links:
            places = shape[1] * shape[2]
            row = replace(
                row, multiply_adds=layer.multiply_adds(height, width),
                full=layer.size == 1 and layer.links == layer.maps * layer.inputs * side**2,
                unshared=(layer.links + layer.maps) * places,
                dense=(rows[-1].size + 1) * row.size,
            )  # fmt: skip
        rows.append(row)
        side = layer.size
    return tuple(rows)


def _name(layer: Layer) -> str:
    if layer.operation == "dense":
        return f"{layer.name} fc"
    what = "pool" if layer.operation == "pool" else "conv"
    return f"{layer.name} {what} {layer.kernel}×{layer.kernel}"


def rises(rows: Sequence[Row]) -> tuple[tuple[int, int], ...]:
    """Return the sizes of every layer that has more units than what is below it: (below, its)."""
    return tuple(
        (below.size, above.size) for below, above in pairwise(rows) if above.size > below.size
    )


def full_share(rows: Sequence[Row]) -> float:
    """Return the share of all parameters that fully connected layers have; 0 without any."""
    total = sum(row.parameters for row in rows)
    return sum(row.parameters for row in rows if row.full) / total if total else 0.0
