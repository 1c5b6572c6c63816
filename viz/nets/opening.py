"""Opening weights: a student's own network from a file, recognised by its names and shapes.

Taken are weights that ``train`` has written (safetensors), and a PyTorch state dict of the class in
the lecture's notes, as ``torch.save`` or safetensors write it:

    conv1  a kernels of 5×5 over the picture, ReLU, max pooling 2×2
    conv2  b kernels of 5×5 over these, ReLU, max pooling 2×2
    fc1    c units over b·5·5 values (32×32 pixels) or b·4·4 (28×28), ReLU
    fc2    10 or 11 classes

``fc1`` becomes a convolution: its inputs are in the order (map, row, column). A state dict does not
say what the network's input was: the ranges of ``INPUTS`` are tried on the digits that ship, and
the one with which most are read is taken. Nothing in a file is executed.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import stat
import struct
import warnings
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viz import disk
from viz.errors import UserError
from viz.i18n import percent, tr
from viz.nets import networks
from viz.nets.architecture import INPUTS, NONE_CLASS, WINDOW, Architecture
from viz.nets.lenet5 import lenet5
from viz.nets.networks import TrainedNetwork
from viz.nets.shipped_digits import shipped_windows
from viz.nets.variants import VARIANTS
from viz.nets.weights import (
    SCALE_RANGE,
    Weights,
    WeightsError,
    architecture_from_json,
    check_shapes,
    checked,
    colour_scales,
    printable,
    size,
)
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH
from viz.scene.raster import check_cancelled

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network

MOST_BYTES = 256 << 20
"""Of a file, and of what it unpacks to."""

MOST_UNITS, MOST_ADDS = 30_000_000, 30_000_000_000
"""Units and multiply-adds on the largest canvas; LeNet-5 has 4 million and 2.3 billion."""

DIGITS, SCALED, BATCH = 500, 100, 50
"""Of the digits that ship, two of each class by each writer: so many are read to find the range of
the input, so many of them for the colour scales, and so many at once."""

CLASS_NAMES = ("conv1", "conv2", "fc1", "fc2")
"""The layers of the class in the notes; they become C1, C3, C5 and output."""

OWN_NAMES = ("C1", "C3", "C5", "output")

NESTED = ("state_dict", "model_state_dict", "model", "net")
"""Keys under which checkpoints keep a state dict."""

PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
"""What wrappers put before every name."""

MOST_LISTED = 8
"""Arrays of a file that a message names."""


def open_weights(
    file: Path, input_range: str | None = None, expected: str | None = None
) -> TrainedNetwork:
    """Open the network of a weights file and make it known by its name (``viz.nets.networks``).

    ``input_range`` of ``INPUTS`` overrides what the file says or what is found out. The metadata's
    ``"input"`` says which it is, ``"read"`` the share of the digits read with each that was tried.
    ``expected``: the SHA-256 that the file must have. Imports torch. Raises UserError, one
    sentence, for everything that cannot be used, and Cancelled (``viz.scene.raster``).
    """
    data = _read(file)
    checksum = hashlib.sha256(data).hexdigest()
    if expected is not None and checksum != expected:
        raise UserError(
            tr(
                "The weights in {file} have changed since the drawing was made; open them with "
                "Open weights.",
                file=file,
            )
        )
    try:
        tensors, metadata = _contents(data)
        architecture, weights = _recognise(tensors, metadata)
    except WeightsError as error:
        raise UserError(
            tr("The weights {file} cannot be used: {why}.", file=file, why=error)
        ) from error
    own = "architecture" in metadata or set(weights) == set(tensors)
    network = TrainedNetwork("", architecture, weights, {}, metadata, file, checksum)
    network = _with_input(network, input_range, own)
    if not _stays_finite(network):
        raise UserError(
            tr(
                "The weights {file} cannot be used: their sums overflow; train with a smaller "
                "learning rate.",
                file=file,
            )
        )
    networks.add(network)
    return networks.trained(network.name)


def reopen(file: Path, checksum: str, input_range: str) -> TrainedNetwork:
    """Open weights again that a session names. Raises UserError if they are others by now."""
    return open_weights(file, None if input_range == "own" else input_range, checksum)


def input_of(network: TrainedNetwork) -> str:
    """Return the range of an opened network's input, by its name in ``INPUTS``, or "own"."""
    return str(network.metadata.get("input", "own"))


def input_name(kind: str) -> str:
    """Name a range of ``INPUTS`` for the screen."""
    return {
        "raw": tr("0 … 1"),
        "mnist": tr("MNIST’s mean and deviation, −0.42 … 2.82"),
        "centred": tr("−1 … 1"),
        "inverted": tr("dark on light, 1 … 0"),
    }.get(kind, tr("its own range"))


def sentence(network: TrainedNetwork) -> str:
    """Describe weights that were opened: what they are, and what their input is."""
    assert network.file is not None
    architecture, read = network.architecture, network.metadata.get("read") or {}
    kind = input_of(network)
    named = {
        "file": network.file.name,
        "side": architecture.window,
        "classes": architecture.classes,
        "parameters": f"{architecture.parameters:,}",
    }
    if kind not in read:
        return tr(
            "{file}: {side}×{side} pixels, {classes} classes, {parameters} parameters.", **named
        )
    return tr(
        "{file}: {side}×{side} pixels, {classes} classes, {parameters} parameters; with the input "
        "range {input} it reads {share} of {count} pen digits, the most of all ranges tried.",
        input=input_name(kind),
        share=percent(read[kind]),
        count=DIGITS,
        **named,
    )


# What is in a file


def _read(file: Path) -> bytes:
    """Read the file. Raises UserError unless it is a regular file of at most ``MOST_BYTES``."""
    try:
        regular = stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError) as error:
        raise UserError(
            tr("The weights {file} cannot be read ({why}); check the path.", file=file, why=error)
        ) from error
    if not regular:
        raise UserError(tr("{file} is not a weights file; choose one.", file=file))
    data = disk.read(file, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise UserError(
            tr(
                "The weights {file} are larger than {limit} MB; use a smaller network.",
                file=file,
                limit=MOST_BYTES >> 20,
            )
        )
    return data


def _contents(data: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and metadata of safetensors or of a PyTorch file. Raises WeightsError."""
    header = struct.unpack("<Q", data[:8])[0] if len(data) >= 9 else 0
    if data[8:9] != b"{" or not 0 < header <= len(data) - 8:  # no safetensors
        if data[:2] == b"PK" or data[:1] == b"\x80":
            return _of_torch(data), {}
        raise WeightsError(
            tr("it is damaged, or neither safetensors nor a state dict saved by PyTorch")
        )
    from safetensors.torch import load

    try:
        loaded = load(data)
        stored = json.loads(data[8 : 8 + header]).get("__metadata__") or {}
    except Exception as error:  # of damage safetensors and torch raise half a dozen kinds
        raise WeightsError(
            tr("it is damaged, or holds numbers that PyTorch cannot read ({why})", why=error)
        ) from error
    tensors = _of_numbers(loaded)
    try:
        return tensors, {key: json.loads(text) for key, text in stored.items()}
    except (ValueError, RecursionError):  # of another program, which stores other things than JSON
        return tensors, {}


def _of_torch(data: bytes) -> dict[str, Tensor]:
    """The tensors of a file by ``torch.save``, with nothing in it executed."""
    import torch

    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
        except Exception as error:  # a damaged list of members raises whatever it comes to
            raise WeightsError(tr("it is damaged or cut off")) from error
        if size > MOST_BYTES:
            raise WeightsError(tr("it unpacks to more than {limit} MB", limit=MOST_BYTES >> 20))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong is said in one sentence
            stored: Any = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except MemoryError as error:
        raise WeightsError(tr("it claims more memory than there is")) from error
    except Exception as error:  # whatever a damaged or hostile pickle makes the unpickler raise
        raise WeightsError(
            tr("it is damaged, or holds more than a state dict: save model.state_dict() alone")
        ) from error
    for key in NESTED * 2:  # a model's within a checkpoint's, at most
        if isinstance(stored, Mapping) and isinstance(stored.get(key), Mapping):
            stored = stored[key]
    if not isinstance(stored, Mapping) or not stored:
        raise WeightsError(tr("it holds no state dict: save model.state_dict()"))
    return _without_prefix(_of_numbers(stored))


def _of_numbers(stored: Mapping[Any, Any]) -> dict[str, Tensor]:
    """Those of the values that are tensors of real numbers; a counter beside them may be there."""
    import torch

    tensors = {
        name: tensor
        for name, tensor in stored.items()
        if isinstance(name, str) and isinstance(tensor, torch.Tensor)
        if tensor.layout == torch.strided and tensor.is_floating_point() and not tensor.is_meta
    }
    if not tensors:
        raise WeightsError(tr("it holds no tensors of numbers: save model.state_dict()"))
    return tensors


def _without_prefix(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors without what a wrapper put before all their names."""
    for prefix in PREFIXES if tensors else ():
        if all(name.startswith(prefix) for name in tensors):
            return _without_prefix({name[len(prefix) :]: t for name, t in tensors.items()})
    return tensors


# What network it is


def _recognise(
    tensors: dict[str, Tensor], metadata: Mapping[str, Any]
) -> tuple[Architecture, Weights]:
    """The architecture of the tensors, and the weights under its names. Raises WeightsError."""
    tensors = _without_prefix(tensors)
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if "architecture" in metadata:
        architecture = architecture_from_json(metadata["architecture"])
        check_shapes(shapes, architecture)
    elif known := [name for name, it in VARIANTS.items() if it.architecture.shapes == shapes]:
        # Our files of before architectures were stored name the network in their recipe
        recipe = metadata.get("recipe")
        named = recipe.get("network") if isinstance(recipe, dict) else None
        architecture = VARIANTS[named if named in known else known[0]].architecture
    else:
        architecture = _of_class(shapes)
        tensors = {
            f"{own}.{part}": tensors[f"{name}.{part}"]
            for own, name in zip(OWN_NAMES, CLASS_NAMES, strict=True)
            for part in ("weight", "bias")
        }
    if architecture.window > WINDOW:
        raise WeightsError(
            tr(
                "it needs {side}×{side} pixels, but the canvas may be only {least} px high",
                side=architecture.window,
                least=WINDOW,
            )
        )
    sides = MAX_HEIGHT, MAX_WIDTH
    units = sum(math.prod(layer.shape(*sides)) for layer in architecture.layers)
    adds = sum(layer.multiply_adds(*sides) for layer in architecture.layers)
    if units > MOST_UNITS or adds > MOST_ADDS:
        raise WeightsError(tr("the network is too large to follow the drawing live"))
    weights: Weights = {}
    for name, shape in architecture.shapes.items():
        try:
            numbers = tensors[name].detach().float().resolve_neg().numpy()
        except (TypeError, RuntimeError) as error:
            raise WeightsError(tr("{name} cannot be read", name=name)) from error
        weights[name] = checked(name, numbers.reshape(shape))
    return architecture, weights


def _of_class(shapes: Mapping[str, tuple[int, ...]]) -> Architecture:
    """The network of the class in the notes with arrays of these shapes. Raises WeightsError."""
    flat = {name: _flat(name, shape) for name, shape in shapes.items()}
    maps = [(shapes.get(f"{name}.weight") or (0,))[0] for name in CLASS_NAMES]
    first, second, third, classes = maps
    for side, place in ((WINDOW, 5), (28, 4)):
        expected = {
            "conv1.weight": (first, 1, 5, 5),
            "conv2.weight": (second, first, 5, 5),
            "fc1.weight": (third, second * place**2),
            "fc2.weight": (classes, third),
            **{f"{name}.bias": (n,) for name, n in zip(CLASS_NAMES, maps, strict=True)},
        }
        if flat == expected and classes in (10, 11) and min(maps) > 0:
            try:
                return lenet5(none=classes == 11, side=side, maps=(first, second, third))
            except ValueError as error:
                raise WeightsError(tr("the network is too large")) from error
    listed = [f"{printable(name)} {size(shape)}" for name, shape in shapes.items()]
    if len(listed) > MOST_LISTED:
        listed[MOST_LISTED:] = ["…"]
    raise WeightsError(
        tr(
            "expected conv1.weight n×1×5×5, conv2.weight m×n×5×5, fc1.weight k×(m·25 or m·16) and "
            "fc2.weight 10×k or 11×k, each with its bias; found {found}",
            found=", ".join(listed) or tr("nothing"),
        )
    )


def _flat(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A fully connected layer's shape, also where it is stored as a convolution's."""
    if name in ("fc1.weight", "fc2.weight") and len(shape) == 4:
        return shape[0], math.prod(shape[1:])
    return shape


# What its input is


def _with_input(network: TrainedNetwork, kind: str | None, own: bool) -> TrainedNetwork:
    """The network with the range of its input and its colour scales, and with its name.

    ``kind`` of range None: its own, or, unless ``own``, the one with which it reads most digits.
    """
    tried = {}
    if kind is None and not own:
        found = {kind: _read_digits(_ranged(network, kind)) for kind in INPUTS}
        kind = max(found, key=found.__getitem__)
        tried = {kind: share for kind, (share, _) in found.items()}
    scales: Mapping[str, float] = {}
    if kind is None:
        with suppress(WeightsError):
            scales = colour_scales(dict(network.metadata), network.architecture)
    else:
        network = _ranged(network, kind)
    if not scales:
        scales = _load(network).colour_scales(_canvases(network)[:SCALED])
    kind = kind or "own"
    metadata = {**network.metadata, "input": kind, "read": tried}
    name = f"opened-{network.checksum[:16]}-{kind}"
    return replace(network, name=name, scales=scales, metadata=metadata)


def _ranged(network: TrainedNetwork, kind: str) -> TrainedNetwork:
    blank, ink = INPUTS[kind]
    return replace(network, architecture=replace(network.architecture, blank=blank, ink=ink))


def _stays_finite(network: TrainedNetwork) -> bool:
    """Whether no sum overflows, on digits, on full ink and on noise."""
    import torch

    canvases = _canvases(network)[:BATCH]
    noise = torch.from_numpy(np.random.default_rng(1).random((1, *canvases.shape[1:]), np.float32))
    with torch.inference_mode():
        maps = _load(network)(torch.cat([canvases, torch.ones_like(noise), noise]))
    return all(bool(torch.isfinite(value).all()) for value in maps.values()) and all(
        scale <= SCALE_RANGE[1] for scale in network.scales.values()
    )


def _read_digits(network: TrainedNetwork) -> tuple[float, float]:
    """The share of the digits that a network reads, and the mean of their log-probabilities, which
    tells where the shares are equal."""
    import torch

    net, canvases = _load(network), _canvases(network)
    labels = torch.from_numpy(digits_for(network.architecture.window)[1])[:, None]
    with torch.inference_mode():
        # All maps of all of them would take a gigabyte
        parts = []
        for some in torch.split(canvases, BATCH):
            check_cancelled()
            parts.append(net(some)["output"][:, :NONE_CLASS, 0, 0])
    log_probs = torch.cat(parts)
    hits = log_probs.argmax(1, keepdim=True) == labels
    return float(hits.double().mean()), float(log_probs.gather(1, labels).mean())


def digits_for(window: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the first ``DIGITS`` of those that ship, in the middle of windows of this side.

    (N, 1, window, window), and their classes (N,).
    """
    images, labels = shipped_windows(max(WINDOW, window), DIGITS)
    edge = (images.shape[1] - window) // 2
    images = images[:, edge : edge + window, edge : edge + window]
    return np.ascontiguousarray(images[:, None]), labels


def _canvases(network: TrainedNetwork) -> Tensor:
    import torch

    return torch.from_numpy(digits_for(network.architecture.window)[0])


def _load(trained: TrainedNetwork) -> Network:
    """The torch network, for one thread as in the engine: on cores that others use, too, two
    threads wait for one another and take twenty times as long."""
    import torch

    from viz.nets.network import Network

    torch.set_num_threads(1)
    return Network(trained.architecture, trained.weights)
