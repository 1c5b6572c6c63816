"""The network that an architecture describes, in torch, with every activation kept and named."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from viz.nets.architecture import NONE_CLASS, WINDOW_STEP, Architecture, Layer
from viz.nets.modules import LEAK, window_weights
from viz.nets.weights import SCALE_RANGE

Ablation = Mapping[str, Collection[int]]
"""Feature maps set to zero from their layer on: {layer name: map numbers}."""

SCALE_QUANTILE = 0.999

WINDOWS = 256
"""Windows computed at once, of a network that is not fully convolutional."""

MANY = 100
"""Maps from which a convolution is computed as one matrix product."""

LEAST_B = 1e-20
"""With a smaller b log-prob is the average, with one larger than its inverse the maximum."""

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda x: x,
    "relu": F.relu,
    "tanh": torch.tanh,
    "scaled-tanh": lambda x: 1.7159 * torch.tanh(x * (2 / 3)),
    "sigmoid": torch.sigmoid,
    "leaky-relu": lambda x: F.leaky_relu(x, LEAK),
    "absolute": torch.abs,
    "log-softmax": lambda x: F.log_softmax(x, dim=1),
}
"""By name, of (B, C, H, W). The scaled tanh: LeCun, "Efficient BackProp", 1998."""


def pool(x: Tensor, layer: Layer, stride: int | None = None) -> Tensor:
    """Pool (B, C, H, W) by ``layer``'s windows, without its parameters.

    ``stride`` is the layer's own unless given. With 1 every position has its value; every second
    of them is what stride 2 gives. The formulas are those of ``viz.nets.pooling``.
    """
    size, stride = layer.kernel, stride or layer.step
    if layer.padding:  # which is never the largest, nor the smallest
        x = F.pad(x, (layer.padding,) * 4, value=_OF_PADDING.get(layer.pooling, 0.0))
    if layer.pooling == "min":
        return -_grouped(F.max_pool2d(-x, size, stride), layer.across)
    if layer.across > 1:
        return _grouped(F.max_pool2d(x, size, stride), layer.across)
    if layer.pooling == "max":
        # torch.maximum of neighbouring rows, then columns, takes 0.24 ms of a pass for 32×64 where
        # this takes 0.57, but makes a drag slower, 89 → 80 updates a second: probably because each
        # call of torch waits for Python's lock anew.
        return F.max_pool2d(x, size, stride)
    if layer.pooling in ("average", "subsampling"):
        return F.avg_pool2d(x, size, stride)
    if layer.pooling == "blur":  # averaging twice is the binomial filter [1 2 1]/4
        # Slices, since torch's pooling at stride 1 is 4 times as slow; the sums in torch's order
        x = _slide_maximum(x, size)
        above, below = x[..., :-1, :], x[..., 1:, :]
        x = above[..., :-1] + above[..., 1:] + below[..., :-1] + below[..., 1:]
        return F.avg_pool2d(x * 0.25, 2, stride)
    windows = x.unfold(2, size, stride).unfold(3, size, stride).flatten(4)
    if layer.pooling == "lp":
        windows = windows.abs()
        peak = windows.amax(4)
        if math.isinf(layer.p):
            return peak
        unit = torch.where(peak > 0, peak, 1.0)
        mean = (windows / unit.unsqueeze(4)).pow(layer.p).mean(4)
        return peak * mean.pow(1 / layer.p)
    if layer.b < LEAST_B:
        return windows.mean(4)
    peak = windows.amax(4)
    if layer.b > 1 / LEAST_B:
        return peak
    # In terms of exp − 1 and log(1 + …), so that nothing cancels where b is small
    above = torch.expm1((windows - peak.unsqueeze(4)) * layer.b).mean(4)
    return peak + torch.log1p(above) / layer.b


def _slide_maximum(x: Tensor, size: int) -> Tensor:
    """The maximum of every ``size``² values, at every position."""
    for _ in range(size - 1):
        x = torch.maximum(x[..., :-1], x[..., 1:])
        x = torch.maximum(x[..., :-1, :], x[..., 1:, :])
    return x


_OF_PADDING = {"max": -math.inf, "min": math.inf}


def _grouped(x: Tensor, across: int) -> Tensor:
    """Each map's group maximum (B, C, H, W) over groups of ``across`` maps; the last may be
    smaller."""
    if across == 1:
        return x
    parts = [part.amax(1, keepdim=True).expand_as(part) for part in torch.split(x, across, 1)]
    return torch.cat(parts, 1)


def normalise(x: Tensor, layer: Layer) -> Tensor:
    """Normalise (B, C, H, W) by windows of ``kernel``² units, but for whitening; each side gets
    ``kernel`` − 1 units shorter. The formulas: ``viz.nets.modules``."""
    reach = layer.kernel // 2
    kind, given = layer.normalisation, x.dtype
    weights = _window_weights(layer.kernel, kind)
    if kind in ("divisive", "variance"):  # squares cancel, and a crop is to equal the one pass
        x, weights = x.double(), weights.double()
    middle = x[..., reach:-reach, reach:-reach]
    mean = _weighted(x, weights)
    if kind in ("mean", "high-pass"):
        return middle - mean
    if kind in ("subtractive", "divisive"):
        mean = mean.mean(1, keepdim=True)
    if kind == "subtractive":
        return middle - mean
    squares = _weighted(x * x, weights)
    if kind == "divisive":
        squares, middle = squares.mean(1, keepdim=True), middle - mean
    # max(c, σ), of the squares: so the slope is finite where nothing differs
    deviation = (squares - mean * mean).clamp(min=layer.floor**2).sqrt()
    return (layer.gain * middle / deviation).to(given)


@cache
def _window_weights(side: int, kind: str) -> Tensor:
    with torch.inference_mode(False):  # kept, so whoever wants gradients gets it, too
        return torch.from_numpy(window_weights(side, kind))


def _weighted(x: Tensor, weights: Tensor) -> Tensor:
    """Sums over all whole windows, by the same weights (k,) along both axes."""
    count, maps, height, width = x.shape
    flat = x.reshape(-1, 1, height, width)
    flat = F.conv2d(F.conv2d(flat, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))
    return flat.view(count, maps, *flat.shape[2:])


def activation(x: Tensor, name: str) -> Tensor:
    """Apply one of ``viz.nets.architecture.ACTIVATIONS`` to (B, C, H, W)."""
    return _ACTIVATIONS[name](x)


def most_confident(output: Tensor) -> Tensor:
    """Return for each output (B, classes, H′, W′) the number (B,) of the window, row by row, in
    which a digit is most probable."""
    return output[:, :NONE_CLASS].amax(1).flatten(1).argmax(1)


class Network(nn.Module):
    """The network of an ``architecture``; ``net(x)`` returns all activations of ``x``.

    ``x`` (B, 1, H, W) float32 is a canvas in [0, 1], ink = 1, H and W at least the architecture's
    window. Parameters are named as in weights files: ``net.C1.weight``. With ``weights``, arrays
    by these names, it is in evaluation mode; without, they are drawn at random.
    """

    def __init__(
        self, architecture: Architecture, weights: Mapping[str, np.ndarray] | None = None
    ) -> None:
        super().__init__()
        self.architecture = architecture
        # The same modules as torch knows by name, without its search: 40 µs of each pass
        self._parts: dict[str, nn.Module] = {}
        for layer in architecture.layers:
            if layer.arrays:
                self._parts[layer.name] = _parameters(layer)
                self.add_module(layer.name, self._parts[layer.name])
            if layer.connections is not None:
                self.register_buffer(f"{layer.name}_connected", _connected(layer), persistent=False)
        if weights is not None:
            copies = {name: np.array(value, np.float32) for name, value in weights.items()}
            self.load_state_dict({name: torch.from_numpy(copy) for name, copy in copies.items()})
            self.eval()

    def forward(
        self,
        x: Tensor,
        ablated: Ablation | None = None,
        *,
        rimmed: bool = False,
        window: tuple[int, int] | None = None,
    ) -> dict[str, Tensor]:
        """Compute every activation by layer name, and the pre-activations as ``"C1 pre"`` …

        ``output`` holds log-probabilities (B, classes, H′, W′), ``output pre`` the logits.
        ``rimmed``: the rim for blur pooling is part of ``x`` already, and need not be blank.
        Of a network that is not fully convolutional the other maps are those of one window: of
        ``window`` (row, column), else of the one that is most confident of a digit.
        """
        if self.architecture.is_convolutional:
            return self._pass(x, ablated, rimmed=rimmed)
        side, batch = self.architecture.window, len(x)
        cut = x.unfold(2, side, WINDOW_STEP).unfold(3, side, WINDOW_STEP)
        rows, columns = cut.shape[2:4]
        windows = cut.reshape(-1, 1, side, side)
        names = ("output pre", "output")
        parts = []
        for start in range(0, len(windows), WINDOWS):  # all maps of all would fill the memory
            maps = self._pass(windows[start : start + WINDOWS], ablated)
            parts.append([maps[name] for name in names])
        outputs = {
            name: torch.cat(values).view(batch, rows, columns, -1).permute(0, 3, 1, 2)
            for name, values in zip(names, zip(*parts, strict=True), strict=True)
        }
        if window is not None and window[0] < rows and window[1] < columns:
            chosen = torch.full((batch,), window[0] * columns + window[1])
        else:
            chosen = most_confident(outputs["output"])
        chosen = chosen.to(x.device) + rows * columns * torch.arange(batch, device=x.device)
        return {**self._pass(windows[chosen], ablated), **outputs}

    def _pass(
        self, x: Tensor, ablated: Ablation | None, *, rimmed: bool = False
    ) -> dict[str, Tensor]:
        """One pass over (B, 1, H, W)."""
        architecture = self.architecture
        maps: dict[str, Tensor] = {}
        rim = 0 if rimmed else architecture.rim
        x = self.entered(surrounded(x, rim, architecture) if rim else x)
        for layer in architecture.layers:
            if layer.has_weights:
                x = self.sums(layer, x)
                maps[f"{layer.name} pre"] = _within(x, layer.rim)
                x = activation(x, layer.activation)
            else:
                x = self.reduced(layer, x)
            if ablated and ablated.get(layer.name):
                x = x.clone()
                x[:, sorted(ablated[layer.name])] = 0.0
            maps[layer.name] = _within(x, layer.rim)
        return maps

    def reduced(self, layer: Layer, x: Tensor) -> Tensor:
        """Compute a layer without weights, a pooling or a normalisation, from what is below it."""
        if layer.operation == "pool":
            return pool(x, layer)
        if layer.normalisation != "whitening":
            return normalise(x, layer)
        part = self._parts[layer.name]
        return F.conv2d(x, part.weight[:, None], part.bias, groups=layer.maps)  # type: ignore[arg-type,index]

    def entered(self, x: Tensor) -> Tensor:
        """Compute what the first layer sees of a canvas (B, 1, H, W) in [0, 1]."""
        architecture = self.architecture
        if architecture.scale > 1:
            x = F.avg_pool2d(x, architecture.scale)
        if (architecture.blank, architecture.ink) != (0.0, 1.0):
            x = x * (architecture.ink - architecture.blank) + architecture.blank
        return x

    def sums(self, layer: Layer, x: Tensor, dilation: int = 1, step: int | None = None) -> Tensor:
        """Compute the pre-activations of a layer with weights from what is below it.

        ``x``: (B, inputs, h, w).

        ``dilation`` multiplies the layer's own, ``step`` replaces its stride: with both a network
        is computed at every position (see ``viz.measure.shift_map``); not for unshared weights.
        """
        step = step or layer.step
        if layer.operation == "pool":
            part = self._parts[layer.name]
            x = pool(x, layer)
            return x * part.coefficient[:, None, None] + part.bias[:, None, None]  # type: ignore[index]
        weight, bias = self.weights(layer), self.biases(layer)
        dilation *= layer.dilation
        if layer.padding:
            x = F.pad(x, (layer.padding,) * 4, value=layer.padding_value)
        if "weights" in layer.unshared:
            columns = F.unfold(x, layer.kernel, dilation, stride=step)
            each = weight.flatten(1, 3).flatten(2)  # (maps, inputs·k², places)
            x = torch.einsum("bkp,mkp->bmp", columns, each)
            x = x.reshape(-1, layer.maps, layer.size, layer.size)
            return x + (bias if bias.dim() == 3 else bias[:, None, None])
        if layer.operation == "prototypes":
            squares = F.conv2d(x * x, torch.ones_like(weight[:1]), None, step, 0, dilation)
            cross = F.conv2d(x, weight, None, step, 0, dilation)
            return 2 * cross - squares - weight.pow(2).sum((1, 2, 3))[:, None, None]
        shared = bias if bias.dim() == 1 else None
        if layer.maps >= MANY and layer.kernel > 1:
            x = _product(x, weight, shared, dilation, step)
        else:
            x = F.conv2d(x, weight, shared, step, 0, dilation)
        return x if shared is not None else x + bias

    def weights(self, layer: Layer) -> Tensor:
        """Return a layer's kernels; those that its table of connections leaves out are 0."""
        weight = self._parts[layer.name].weight
        assert isinstance(weight, Tensor)
        if layer.connections is None:
            return weight
        connected = self.get_buffer(f"{layer.name}_connected")
        return weight * connected.view(*connected.shape, *(1,) * (weight.dim() - 2))

    def biases(self, layer: Layer) -> Tensor:
        """Return a layer's biases (maps,), or (maps, h, w) where each place has its own."""
        if layer.operation == "prototypes":
            return torch.zeros(layer.maps)
        bias = self._parts[layer.name].bias
        assert isinstance(bias, Tensor)
        return bias

    def colour_scales(self, canvases: Tensor) -> dict[str, float]:
        """Return for every layer and its sums the magnitude that all but a thousandth stay below.

        Of canvases (B, 1, H, W), e.g. of training digits; at least ``SCALE_RANGE``'s least.
        """
        with torch.no_grad():
            maps = self(canvases)
        scales = {}
        for name, value in maps.items():
            flat = value.abs().flatten()
            rank = max(1, round(SCALE_QUANTILE * flat.numel()))
            peak = float(flat.kthvalue(rank).values)
            scales[name] = SCALE_RANGE[0] if peak < SCALE_RANGE[0] else peak  # NaN stays
        return scales


def surrounded(x: Tensor, rim: int, architecture: Architecture) -> Tensor:
    """Continue canvases (B, C, H, W) by ``rim`` pixels on each side, as the architecture does."""
    if architecture.beyond == "constant":
        return F.pad(x, (rim,) * 4)
    return F.pad(x, (rim,) * 4, mode="replicate")


def _within(x: Tensor, rim: int) -> Tensor:
    return x[..., rim:-rim, rim:-rim] if rim else x


def _product(x: Tensor, weight: Tensor, bias: Tensor | None, dilation: int, step: int) -> Tensor:
    """A convolution as unfold and one matrix product: equal, and faster on CPUs for many maps."""
    kernel = weight.shape[2]
    columns, reach = F.unfold(x, kernel, dilation, stride=step), dilation * (kernel - 1) + 1
    if len(x) == 1:
        product = weight.flatten(1) @ columns  # a view, but of weights in training
        if bias is not None:
            product = product + bias[:, None]
    else:  # one product for all: one for each would read the weights anew each time
        product = F.linear(columns.transpose(1, 2), weight.flatten(1), bias).transpose(1, 2)
    height, width = ((side - reach) // step + 1 for side in x.shape[2:])
    return product.reshape(len(x), len(weight), height, width)


def _connected(layer: Layer) -> Tensor:
    """(maps, inputs): 1 where ``connections`` joins them."""
    table = torch.zeros(layer.maps, layer.inputs)
    for number, inputs in enumerate(layer.connections or ()):
        table[number, list(inputs)] = 1.0
    return table


def _parameters(layer: Layer) -> nn.Module:
    """A layer's arrays as parameters, drawn as torch draws those of a convolution."""
    if layer.operation in ("conv", "dense") and not layer.unshared:
        return nn.Conv2d(layer.inputs, layer.maps, layer.kernel)
    is_pool = layer.pooling == "subsampling"
    bound = 1 / math.sqrt((1 if is_pool else layer.inputs) * layer.kernel**2)
    arrays = {n: torch.empty(shape).uniform_(-bound, bound) for n, shape in layer.arrays.items()}
    if is_pool:
        arrays["coefficient"].fill_(1)
    return nn.ParameterDict(list(arrays.items()))  # of a dict it would sort the names
