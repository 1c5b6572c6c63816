"""What layers do, in words and formulas, whatever network they are of."""

from __future__ import annotations

from viz.i18n import tr
from viz.nets.architecture import Architecture, Layer


def input_text(architecture: Architecture) -> str:
    """What a network's input is, where it is not the canvas as it is; "" where it is."""
    side, scale = architecture.window, architecture.scale
    if architecture.is_convolutional and scale == 1:
        return ""
    if architecture.is_convolutional:
        return tr("the canvas averaged {k}×{k}", k=scale)
    if scale == 1:
        return tr("one {side}×{side} window at a time", side=side)
    return tr("one window at a time, averaged {k}×{k}", k=scale)


def range_text(architecture: Architecture) -> str:
    """What a network's input is for paper … full ink, where that is not 0 … 1; "" where it is."""
    if (architecture.blank, architecture.ink) == (0.0, 1.0):
        return ""
    ends = (f"{value:.2f}".replace("-", "−") for value in (architecture.blank, architecture.ink))
    return tr("blank {blank} … ink {ink}", **dict(zip(("blank", "ink"), ends, strict=True)))


def activation_name(name: str) -> str:
    """The name of an activation; "" of none."""
    return {
        "identity": "",
        "relu": tr("ReLU"),
        "tanh": tr("tanh"),
        "scaled-tanh": tr("1.7159 tanh ⅔"),
        "sigmoid": tr("sigmoid"),
        "leaky-relu": tr("leaky ReLU"),
        "absolute": tr("|y|"),
        "log-softmax": tr("log-softmax"),
    }[name]


def pooling_name(layer: Layer) -> str:
    """What a pooling layer is called."""
    if layer.across > 1:
        return tr("maxout of {n} maps", n=layer.across)
    return {
        "min": tr("min pooling"),
        "max": tr("max pooling"),
        "average": tr("average pooling"),
        "blur": tr("max, blur"),
        "lp": tr("Lp pooling, p = {p:g}", p=layer.p),
        "log-prob": tr("log-prob pooling, b = {b:g}", b=layer.b),
        "subsampling": tr("subsampling"),
    }[layer.pooling]


def normalisation_name(kind: str) -> str:
    """What a normalisation is called; "" of none."""
    return {
        "": "",
        "mean": tr("mean removal"),
        "high-pass": tr("high-pass"),
        "subtractive": tr("LCN, subtractive"),
        "divisive": tr("LCN, divisive"),
        "variance": tr("variance normalisation"),
        "whitening": tr("ZCA whitening"),
    }[kind]


def normalisation_formula(layer: Layer) -> str:
    """How one unit of a normalisation comes to its value."""
    k = layer.kernel
    return {
        "mean": tr("y = x − m, m the mean of {k}×{k} units of the map", k=k),
        "high-pass": tr("y = x − m, m the Gaussian mean of {k}×{k} units of the map", k=k),
        "subtractive": tr("y = x − m, m the Gaussian mean of {k}×{k} units of all maps", k=k),
        "divisive": tr(
            "y = {g:.2g}·(x − m)/max({c:.2g}, σ), m and σ Gaussian over {k}×{k} units of all maps",
            g=layer.gain, c=layer.floor, k=k,
        ),
        "variance": tr(
            "y = {g:.2g}·x/max({c:.2g}, σ), σ the deviation of {k}×{k} units of the map",
            g=layer.gain, c=layer.floor, k=k,
        ),
        "whitening": tr("y = b + Σ x·w over {k}×{k} units of the map, w from ZCA", k=k),
    }[layer.normalisation]  # fmt: skip


def operation(layer: Layer) -> str:
    """What the layer does, in words of the field: ``conv 5×5, ReLU``."""
    size = f"{layer.kernel}×{layer.kernel}"
    words = {
        "conv": tr("conv {size}", size=size),
        "dense": tr("fully connected"),
        "prototypes": tr("distances"),
        "pool": f"{pooling_name(layer)} {size}" if layer.operation == "pool" else "",
        "normalise": f"{normalisation_name(layer.normalisation)} {size}",
    }[layer.operation]
    if layer.unshared:
        words = tr("local {size}", size=size)
    if layer.step > 1 and layer.operation != "pool":
        words = tr("{operation} stride {stride}", operation=words, stride=layer.step)
    if layer.padding:
        words = tr("{operation} padding {padding}", operation=words, padding=layer.padding)
    then = activation_name(layer.activation)
    return f"{words}, {then}" if then else words


def formula(layer: Layer) -> str:
    """How one unit of the layer comes to its value."""
    k = layer.kernel
    if layer.operation == "normalise":
        return normalisation_formula(layer)
    if layer.across > 1:
        return tr("y = max of {k}×{k} units of {n} maps below", k=k, n=layer.across)
    if layer.operation == "pool":
        return {
            "min": tr("y = min of {k}×{k} units of the map below", k=k),
            "max": tr("y = max of {k}×{k} units of the map below", k=k),
            "average": tr("y = mean of {k}×{k} units of the map below", k=k),
            "blur": tr("y = Σ of the maxima of {k}×{k} units, weighted by [1 2 1]⊗[1 2 1]/16", k=k),
            "lp": tr("y = (mean of |x|^p)^(1/p) over {k}×{k} units, p = {p:g}", k=k, p=layer.p),
            "log-prob": tr(
                "y = (1/b) log mean exp(b·x) over {k}×{k} units, b = {b:g}", k=k, b=layer.b
            ),
            "subsampling": tr("y = f(a · mean of {k}×{k} units + b), a and b trained", k=k),
        }[layer.pooling]
    if layer.operation == "prototypes":
        return tr("y = −Σ (x − w)² over all units below")
    if layer.activation == "log-softmax":
        return tr("log p = y − log Σ exp y, with y = b + Σ x·w")
    then = activation_name(layer.activation)
    if k == 1:
        return {
            "identity": tr("y = b + Σ x·w over all units below"),
            "relu": tr("y = max(0, b + Σ x·w) over all units below"),
        }.get(layer.activation) or tr("y = {f}(b + Σ x·w) over all units below", f=then)
    return {
        "identity": tr("y = b + Σ x·w over the {k}×{k} patches below", k=k),
        "relu": tr("y = max(0, b + Σ x·w) over the {k}×{k} patches below", k=k),
    }.get(layer.activation) or tr("y = {f}(b + Σ x·w) over the {k}×{k} patches below", k=k, f=then)


def answer_hidden() -> str:
    """Return what stands in the place of an answer while the hall guesses."""
    return tr("Answer hidden (Q)")
