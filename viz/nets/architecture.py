"""Architectures: networks as data, of layers of every kind, and what follows from them.

An ``Architecture`` is a tuple of ``Layer``s and an input. Shapes, cumulative strides, receptive
fields, parameters and multiply-adds follow from it, without torch; ``viz.nets.network`` computes
it, and every view builds itself from the one that a snapshot carries.

The last layer is called ``"output"`` and has one unit a class where the network sees just its own
input. A unit (i, j) of a layer sees the canvas pixels
[i·stride − lead, i·stride − lead + field) × [j·stride − lead, j·stride − lead + field).

A network whose layers all share their weights and biases is fully convolutional: it computes
a canvas of any size in one pass. Any other sees windows of its own input size, every 4 px.
"""

from __future__ import annotations

import math
import re
from dataclasses import KW_ONLY, dataclass, replace

NONE_CLASS = 10
"""The class "none of the above", where a network has it; 0 … 9 are the digits."""

CLASSES = 11
"""The most classes that a network has: ten digits, and none."""

WINDOW = 32
"""Side of the input of LeNet-5 and of training windows, in pixels; the least side of a canvas."""

WINDOW_STEP = 4
"""Pixels between the windows of a network that is not fully convolutional."""

INPUTS: dict[str, tuple[float, float]] = {
    "raw": (0.0, 1.0),
    "mnist": ((0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081),
    "centred": (-1.0, 1.0),
    "inverted": (1.0, 0.0),
}
"""Names of usual ranges of the input, for paper and for full ink: as it is, by MNIST's mean and
deviation, by a mean and deviation of 0.5, and dark on light."""

OPERATIONS = ("conv", "dense", "prototypes", "pool", "normalise")
POOLINGS = ("max", "average", "blur", "lp", "log-prob", "subsampling", "min")
NORMALISATIONS = ("mean", "high-pass", "subtractive", "divisive", "variance", "whitening")
ACTIVATIONS = (
    "identity", "relu", "tanh", "scaled-tanh", "sigmoid", "leaky-relu", "absolute", "log-softmax",
)  # fmt: skip
UNSHARED = ("weights", "biases")

NAME = re.compile(r"(?!bfloat16)[A-Za-z]{1,8}[0-9]{1,2}|output")
"""Names of layers: they become attributes of a torch module, which has no others like these."""

MOST_LAYERS = 32
MOST_MAPS = 4096
MOST_SIDE = 128
MOST_PARAMETERS = 20_000_000
MOST_UNITS = 4_000_000
MOST_MULTIPLY_ADDS = 2_000_000_000
"""Bounds on an architecture, which may come from a file; the last two are for one window."""


@dataclass(frozen=True)
class Layer:
    """One named layer; ``Architecture`` fills in what is not part of its definition.

    ``operation`` of ``OPERATIONS``:

    - ``"conv"``: ``maps`` kernels of ``kernel``² over all maps below, or over those that
      ``connections`` names for each map; ``padding`` units of ``padding_value`` on each side;
      kernel cells ``dilation`` apart; what ``unshared`` names (of ``UNSHARED``) is learned for each
      place of its own.
    - ``"dense"``: fully connected: a convolution whose kernel is the whole map below.
    - ``"prototypes"``: −Σ (x − w)² to a prototype for each map (1998's output).
    - ``"pool"``: windows of ``kernel``² of each map become one value, by ``pooling`` of
      ``POOLINGS``, with the parameter ``p`` (lp) or ``b`` (log-prob); ``"subsampling"`` is
      coefficient · average + bias, both trained for each map (1990). Blur takes the maximum at
      every place and then the binomial filter [1 2 1]⊗[1 2 1]/16. With ``across`` n each map has
      the value of its group of n maps, the largest or smallest in all of them (maxout).
    - ``"normalise"``: each unit by its window of ``kernel``² units, odd, as ``normalisation`` of
      ``NORMALISATIONS`` says (``viz.nets.modules``); ``gain`` and ``floor`` are those of its
      formula. The maps keep their size: what lies beyond is computed as a rim, not padded.

    ``activation`` of ``ACTIVATIONS`` follows; of the poolings only after subsampling. Arrays of a
    layer that is not ``trained`` were given (1998's prototypes) and count as no parameters.
    """

    name: str
    operation: str
    maps: int
    kernel: int = 1
    step: int = 1
    padding: int = 0
    padding_value: float = 0.0
    dilation: int = 1
    connections: tuple[tuple[int, ...], ...] | None = None
    unshared: tuple[str, ...] = ()
    pooling: str = ""
    p: float = 2.0
    b: float = 1.0
    activation: str = "identity"
    across: int = 1
    normalisation: str = ""
    gain: float = 1.0
    floor: float = 1.0
    trained: bool = True

    _: KW_ONLY
    inputs: int = 0
    """Maps below."""
    stride: int = 1
    """Cumulative: canvas pixels between neighbouring units."""
    field: int = 1
    """Side of a unit's receptive field in canvas pixels."""
    lead: int = 0
    """Canvas pixels that the first unit sees before the canvas begins."""
    size: int = 1
    """Side of a map where the network sees just its own input."""
    rim: int = 0
    """Units on each side that are computed for what is above, and not shown."""
    signed: bool = False
    """Whether activations may be negative."""
    fixed: bool = False
    """Whether the maps belong to one window, whatever the canvas's size."""

    @property
    def has_weights(self) -> bool:
        """Whether there are parameters, and sums before an activation."""
        if self.operation == "normalise":
            return False
        return self.operation != "pool" or self.pooling == "subsampling"

    @property
    def is_vector(self) -> bool:
        """Whether each map is a single unit where the network sees just its own input."""
        return self.size == 1

    @property
    def reach(self) -> int:
        """Units below along one side, from the first to the last that a unit sees."""
        if self.pooling == "blur":
            return self.kernel + 2
        return self.dilation * (self.kernel - 1) + 1

    @property
    def links(self) -> int:
        """Incoming weights of one place of all maps together."""
        if self.operation in ("pool", "normalise"):
            return 0
        if self.connections is not None:
            return sum(map(len, self.connections)) * self.kernel**2
        return self.maps * self.inputs * self.kernel**2

    @property
    def parameters(self) -> int:
        """Trained numbers: weights and biases, without those that ``connections`` leaves out."""
        if not self.trained:
            return 0
        if self.pooling == "subsampling":
            return 2 * self.maps
        if self.operation in ("pool", "normalise"):  # whitening is fitted, not trained
            return 0
        places = self.size**2
        weights = self.links * (places if "weights" in self.unshared else 1)
        if self.operation == "prototypes":
            return weights
        return weights + self.maps * (places if "biases" in self.unshared else 1)

    @property
    def arrays(self) -> dict[str, tuple[int, ...]]:
        """The shapes of its arrays by name, as weights files have them: ``weight``, ``bias`` …"""
        maps, places = (self.maps,), (self.size, self.size)
        if self.pooling == "subsampling":
            return {"coefficient": maps, "bias": maps}
        if self.normalisation == "whitening":
            return {"weight": (self.maps, self.kernel, self.kernel), "bias": maps}
        if self.operation in ("pool", "normalise"):
            return {}
        weight: tuple[int, ...] = (self.maps, self.inputs, self.kernel, self.kernel)
        if "weights" in self.unshared:
            weight = (*weight, *places)
        if self.operation == "prototypes":
            return {"weight": weight}
        return {"weight": weight, "bias": (*maps, *places) if "biases" in self.unshared else maps}

    def shape(self, height: int, width: int) -> tuple[int, int, int]:
        """(maps, h, w) of the layer for a canvas of height × width pixels."""
        if self.fixed:
            return self.maps, self.size, self.size
        return (
            self.maps,
            (height - self.field + 2 * self.lead) // self.stride + 1,
            (width - self.field + 2 * self.lead) // self.stride + 1,
        )

    def multiply_adds(self, height: int, width: int) -> int:
        """Multiply-adds of one pass over height × width pixels, the rim for blur pooling included.

        Of maps that belong to one window those of that window. Biases are additions, pooling and
        normalising compare or average, so they count 0.
        """
        _, h, w = self.shape(height, width)
        return self.links * (h + 2 * self.rim) * (w + 2 * self.rim)

    def receptive_field(
        self, row: int, column: int, origin: tuple[int, int] = (0, 0)
    ) -> tuple[int, int, int, int]:
        """Return the canvas pixels that unit (row, column) sees: (top, left, height, width).

        ``origin`` (top, left) is that of the window, for maps that belong to one. With padding or
        blur pooling some pixels may lie off the canvas, or off that window, and are not seen.
        """
        top = row * self.stride - self.lead + (origin[0] if self.fixed else 0)
        left = column * self.stride - self.lead + (origin[1] if self.fixed else 0)
        return top, left, self.field, self.field


@dataclass(frozen=True)
class Architecture:
    """A network as data.

    ``side``: of its input, in units of its own; each is the average of ``scale``² canvas pixels.
    ``blank``, ``ink``: what the input is for paper (canvas 0) and for full ink (canvas 1), e.g.
    −0.4242 and 2.8215 for MNIST's usual normalisation. ``none``: whether the eleventh class is
    "none of the above". Raises ValueError for layers that cannot be joined.
    """

    layers: tuple[Layer, ...]
    side: int = WINDOW
    scale: int = 1
    blank: float = 0.0
    ink: float = 1.0
    none: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", _placed(self))

    @property
    def classes(self) -> int:
        """How many there are: 10, or 11 with "none"."""
        return self.layers[-1].maps

    @property
    def output(self) -> Layer:
        """The last layer."""
        return self.layers[-1]

    @property
    def window(self) -> int:
        """Side of what one output sees, in canvas pixels, rim and padding not counted."""
        return self.side * self.scale

    @property
    def stride(self) -> int:
        """Canvas pixels between neighbouring outputs."""
        return self.output.stride

    @property
    def rim(self) -> int:
        """Canvas pixels that the network puts round its input, for blur pooling and windows of
        normalisations; what they are: ``beyond``."""
        below = self.layers[0]
        return self.scale * (below.rim * below.step + _before(below))

    @property
    def beyond(self) -> str:
        """What the canvas goes on as in the rim, in NumPy's words: as blank paper, or, for
        normalisations, as its border, where paper would be an edge in any light."""
        is_normalised = any(layer.operation == "normalise" for layer in self.layers)
        return "edge" if is_normalised else "constant"

    @property
    def is_convolutional(self) -> bool:
        """Whether it is fully convolutional, and computes any canvas in one pass."""
        return not any(layer.unshared for layer in self.layers)

    @property
    def parameters(self) -> int:
        """Trained numbers of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every array by its name in a weights file, e.g. ``"C1.weight"``."""
        return {
            f"{layer.name}.{name}": shape
            for layer in self.layers
            for name, shape in layer.arrays.items()
        }

    @property
    def scaled(self) -> tuple[str, ...]:
        """What has a colour scale: every layer, and its sums as ``"C1 pre"``."""
        return tuple(
            name
            for layer in self.layers
            for name in ((f"{layer.name} pre",) if layer.has_weights else ()) + (layer.name,)
        )

    @property
    def mosaics(self) -> tuple[Layer, ...]:
        """The layers with maps of several units."""
        return tuple(layer for layer in self.layers[:-1] if not layer.is_vector)

    @property
    def vectors(self) -> tuple[Layer, ...]:
        """The layers below the output with one unit a map and window."""
        return tuple(layer for layer in self.layers[:-1] if layer.is_vector)

    def __contains__(self, name: object) -> bool:
        return any(layer.name == name for layer in self.layers)

    def layer(self, name: str) -> Layer:
        """Return the layer of this name. Raises KeyError if there is none."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    def below(self, layer: Layer) -> Layer | None:
        """Return the layer that ``layer`` is computed from; None for the first."""
        index = self.layers.index(layer)
        return self.layers[index - 1] if index else None

    def windows(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of outputs on a canvas of height × width pixels."""
        _, rows, columns = self.output.shape(height, width)
        return rows, columns

    def centre(self, index: float) -> float:
        """Return the canvas pixel, along one axis, about which the output ``index`` lies."""
        return self.stride * index + self.output.field / 2 - self.output.lead

    def has_unit(self, layer: str, number: int) -> bool:
        """Tell whether there is a layer of this name with a map of this number."""
        return layer in self and 0 <= number < self.layer(layer).maps


def input_range(upper: Layer, lower: Layer, index: int) -> tuple[int, int]:
    """Find the units of a layer below along one axis that unit ``index`` of ``upper`` sees.

    Returns (first, count). Both see canvas pixels from index·stride − lead on, so the first is at
    index·(ratio of strides), less the difference of leads in units, and as many fit as the
    receptive field of ``upper`` holds. Some may lie off the map, with padding or blur pooling.
    """
    if lower.fixed and not upper.fixed:  # an output of a window, all of whose units it sees
        return 0, lower.size
    count = (upper.field - lower.field) // lower.stride + 1
    return (index * upper.stride - upper.lead + lower.lead) // lower.stride, count


def target_range(lower: Layer, upper: Layer, index: int, size: int) -> tuple[int, int]:
    """Find the units of ``upper``, ``size`` along one axis, that see unit ``index`` of ``lower``.

    Returns (first, count); count may be 0 at a border that a stride leaves over.
    """
    if lower.fixed and not upper.fixed:  # which window it belongs to is not the layer's to know
        return 0, 0
    ratio = upper.stride // lower.stride
    span = (upper.field - lower.field) // lower.stride + 1
    index += (upper.lead - lower.lead) // lower.stride
    first = max(0, -(-(index - span + 1) // ratio))
    last = min(size - 1, index // ratio)
    return first, max(0, last - first + 1)


def _before(layer: Layer) -> int:
    """Units below, before the first that a plain window would see, that a layer takes in."""
    if layer.operation == "normalise":
        return layer.kernel // 2
    return 1 if layer.pooling == "blur" else 0


def _placed(architecture: Architecture) -> tuple[Layer, ...]:
    """The layers with inputs, strides, fields, sizes and rims. Raises ValueError."""
    layers = architecture.layers
    if not layers or len(layers) > MOST_LAYERS:
        raise ValueError(f"a network has 1 to {MOST_LAYERS} layers, not {len(layers)}")
    if len({layer.name for layer in layers}) < len(layers):
        raise ValueError("two layers have the same name")
    if min(architecture.side, architecture.scale) < 1:
        raise ValueError("the input has no size")
    if architecture.window > MOST_SIDE:
        raise ValueError(f"the input is larger than {MOST_SIDE} px")
    if not (math.isfinite(architecture.blank) and math.isfinite(architecture.ink)):
        raise ValueError("blank and ink are finite")
    fixed = any(layer.unshared for layer in layers)
    placed: list[Layer] = []
    maps, size, stride, seen, lead, signed = (
        1, architecture.side, architecture.scale, architecture.scale, 0,
        min(architecture.blank, architecture.ink) < 0,
    )  # fmt: skip
    for given in layers:
        layer = replace(given, kernel=size) if given.operation == "dense" else given
        _check(layer, maps)
        pad = layer.padding + _before(layer)
        size = (size + 2 * pad - layer.reach) // layer.step + 1
        if size < 1:
            raise ValueError(f"{layer.name} is larger than what is below it")
        lead += pad * stride
        seen += (layer.reach - 1) * stride
        stride *= layer.step
        signed = _signed(layer, signed)
        layer = replace(
            layer, inputs=maps, stride=stride, field=seen, lead=lead, size=size, rim=0,
            signed=signed, fixed=fixed,
        )  # fmt: skip
        maps = layer.maps
        placed.append(layer)
    if placed[-1].name != "output" or placed[-1].size != 1:
        raise ValueError("the last layer is called output and has one unit a class")
    if placed[-1].maps != 10 + architecture.none:
        raise ValueError(f"{placed[-1].maps} classes, where there are {10 + architecture.none}")
    if fixed:
        placed[-1] = replace(
            placed[-1], fixed=False, lead=0, stride=WINDOW_STEP, field=architecture.window
        )
    placed = _rimmed(placed)
    _check_costs(placed, architecture.scale)
    return tuple(placed)


def _check_costs(placed: list[Layer], scale: int) -> None:
    """Raise ValueError for a network that would take too much memory or time."""
    arrays = units = links = 0
    for layer in placed:
        # Arrays, not parameters: they hold the weights, too, that a table of connections leaves out
        arrays += sum(map(math.prod, layer.arrays.values()))
        side = layer.size + 2 * layer.rim
        below = scale * ((side - 1) * layer.step + layer.reach)  # with its padding and rim
        units += layer.maps * side**2 + layer.inputs * below**2
        links += layer.links * side**2
        scale = 1  # only the canvas's pixels are smaller than units
    for count, most, what in (
        (arrays, MOST_PARAMETERS, "parameters"),
        (units, MOST_UNITS, "units"),
        (links, MOST_MULTIPLY_ADDS, "multiply-adds"),
    ):
        if count > most:
            raise ValueError(f"{count:,} {what}, where {most:,} are the most")


def _check(layer: Layer, inputs: int) -> None:
    """Raise ValueError unless the layer's definition makes sense above ``inputs`` maps."""
    if not NAME.fullmatch(layer.name):
        raise ValueError(f"{layer.name!r} is no name of a layer, like C1, or output")
    for value, allowed, what in (
        (layer.operation, OPERATIONS, "operation"),
        (layer.pooling, POOLINGS if layer.operation == "pool" else ("",), "pooling"),
        (layer.activation, ACTIVATIONS, "activation"),
    ):
        if value not in allowed:
            raise ValueError(f"{layer.name}: there is no {what} {value!r}")
    for number, least, most, what in (
        (layer.maps, 1, MOST_MAPS, "maps"),
        (layer.kernel, 1, MOST_SIDE, "kernel"),
        (layer.step, 1, MOST_SIDE, "stride"),
        (layer.padding, 0, MOST_SIDE, "padding"),
        (layer.dilation, 1, MOST_SIDE, "dilation"),
    ):
        if not least <= number <= most:
            raise ValueError(f"{layer.name}: {what} is {least} to {most}, not {number}")
    if not (math.isfinite(layer.padding_value) and layer.p >= 1 and layer.b >= 0):
        raise ValueError(f"{layer.name}: padding is finite, p is 1 or more, b is 0 or more")
    _check_normalisation(layer)
    if not 1 <= layer.across <= (layer.maps if layer.pooling in ("max", "min") else 1):
        raise ValueError(f"{layer.name} cannot pool {layer.across} maps together")
    if layer.operation in ("pool", "normalise"):
        if layer.maps != inputs:
            verb = "pools" if layer.operation == "pool" else "normalises"
            raise ValueError(f"{layer.name} {verb} {inputs} maps, not {layer.maps}")
        if 2 * layer.padding > layer.kernel or layer.dilation > 1:
            raise ValueError(
                f"{layer.name}: pooling has no dilation, and padding up to half its window"
            )
        if not layer.has_weights and layer.activation != "identity":
            raise ValueError(f"{layer.name}: no activation follows {layer.pooling} pooling")
    if layer.operation == "dense" and (layer.padding or layer.dilation > 1):
        raise ValueError(f"{layer.name}: fully connected layers have neither padding nor dilation")
    if layer.operation != "conv" and (layer.connections is not None or layer.unshared):
        raise ValueError(f"{layer.name} is no convolution")
    if not set(layer.unshared) <= set(UNSHARED):
        raise ValueError(f"{layer.name}: {layer.unshared!r} cannot be unshared")
    if layer.connections is not None and not (
        len(layer.connections) == layer.maps
        and all(0 <= number < inputs for each in layer.connections for number in each)
        and all(len(set(each)) == len(each) > 0 for each in layer.connections)
    ):
        raise ValueError(f"{layer.name}: the table of connections does not fit")
    if (layer.activation == "log-softmax") != (layer.name == "output"):
        raise ValueError(f"{layer.name}: log-softmax is the output's")


def _check_normalisation(layer: Layer) -> None:
    """Raise ValueError for a normalisation that makes no sense, or one of another operation."""
    if layer.operation != "normalise":
        if layer.normalisation:
            raise ValueError(f"{layer.name} is no normalisation")
        return
    if layer.normalisation not in NORMALISATIONS:
        raise ValueError(f"{layer.name}: there is no normalisation {layer.normalisation!r}")
    if layer.kernel % 2 == 0 or layer.kernel < 3 or layer.step > 1 or layer.padding:
        raise ValueError(f"{layer.name}: a normalisation has an odd window, stride 1, no padding")
    if not (math.isfinite(layer.gain) and math.isfinite(layer.floor) and layer.floor > 0):
        raise ValueError(f"{layer.name}: gain is finite, and floor is positive")


def _signed(layer: Layer, below: bool) -> bool:
    """Whether a layer's activations may be negative, above a layer that is signed, or not."""
    if layer.has_weights:
        return layer.activation in ("identity", "tanh", "scaled-tanh", "leaky-relu")
    if layer.operation == "normalise":
        return below or layer.normalisation != "variance"
    return below and layer.pooling != "lp"


def _rimmed(placed: list[Layer]) -> list[Layer]:
    """The layers with the rims that blur pooling and normalisations above them need."""
    if not any(map(_before, placed)):
        return placed
    if any(layer.padding or layer.unshared for layer in placed):
        raise ValueError(
            "blur pooling and normalisations go with neither padding nor unshared weights"
        )
    rim, rimmed = 0, []
    for layer in reversed(placed):
        rimmed.append(replace(layer, rim=rim))
        rim = rim * layer.step + _before(layer)
    return rimmed[::-1]
