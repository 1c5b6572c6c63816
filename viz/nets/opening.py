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
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from viz import disk
from viz.errors import UserError
from viz.i18n import tr
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
    checked,
    colour_scales,
)
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH

if TYPE_CHECKING:
    from viz.nets.network import Network

MOST_BYTES = 256 << 20
"""Of a file, and of what it unpacks to."""

MOST_UNITS, MOST_ADDS = 30_000_000, 30_000_000_000
"""Units and multiply-adds on the largest canvas; LeNet-5 has 4 million and 2.3 billion."""

DIGITS = 500
"""Of those that ship, two of each class by each writer: so many are read to find the range of the
input, and ``SCALED`` of them for the colour scales."""

SCALED, BATCH = 100, 50

CLASS_NAMES = ("conv1", "conv2", "fc1", "fc2")
"""The layers of the class in the notes; they become C1, C3, C5 and output."""

OWN_NAMES = ("C1", "C3", "C5", "output")

NESTED = ("state_dict", "model_state_dict", "model", "net")
"""Keys under which checkpoints keep a state dict."""

PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
"""What wrappers put before every name."""


@dataclass(frozen=True)
class _Array:
    """One array of a file, not read yet: its shape, and how to read it."""

    shape: tuple[int, ...]
    read: Any


@dataclass(frozen=True)
class _Found:
    """What a file holds: the arrays by name, and the metadata."""

    arrays: Mapping[str, _Array]
    metadata: Mapping[str, Any]


def open_weights(
    file: Path, input_range: str | None = None, expected: str | None = None
) -> TrainedNetwork:
    """The network of a weights file, made known by its name (``viz.nets.networks``).

    ``input_range`` of ``INPUTS`` overrides what the file says or what is found out. The metadata's
    ``"input"`` says which it is, ``"read"`` the share of the digits read with each that was tried.
    ``expected``: the SHA-256 that the file must have. Imports torch. Raises UserError, one
    sentence, for everything that cannot be used.
    """
    data = _contents(file)
    checksum = hashlib.sha256(data).hexdigest()
    if expected is not None and checksum != expected:
        raise UserError(
            tr(
                "{file} holds other weights than when the drawing was made; open them with Open "
                "weights.",
                file=file,
            )
        )
    try:
        found = _arrays(data)
        architecture, weights = _recognised(found)
    except WeightsError as error:
        raise UserError(
            tr("The weights {file} cannot be used: {why}.", file=file, why=error)
        ) from error
    own = "architecture" in found.metadata or set(weights) == set(found.arrays)
    network = TrainedNetwork("", architecture, weights, {}, found.metadata, file, checksum)
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


def network_of(trained: TrainedNetwork) -> Network:
    """The torch network, in evaluation mode."""
    from viz.nets.network import Network

    net = Network(trained.architecture)
    net.load_numpy(trained.weights)
    return net.eval()


def input_of(network: TrainedNetwork) -> str:
    """The range of an opened network's input, by its name in ``INPUTS``, or "own"."""
    return str(network.metadata.get("input", "own"))


def input_name(kind: str) -> str:
    """What a range of ``INPUTS`` is called."""
    return {
        "raw": tr("0 … 1"),
        "mnist": tr("MNIST’s mean and deviation, −0.42 … 2.82"),
        "centred": tr("−1 … 1"),
        "inverted": tr("dark on light, 1 … 0"),
    }.get(kind, tr("its own"))


def sentence(network: TrainedNetwork) -> str:
    """What is said of weights that were opened: what they are, and what their input is."""
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
        "{file}: {side}×{side} pixels, {classes} classes, {parameters} parameters; with {input} as "
        "its input it reads {share:.1%} of {count} pen digits, the most of all that were tried.",
        input=input_name(kind),
        share=read[kind],
        count=DIGITS,
        **named,
    )


# What is in a file


def _contents(file: Path) -> bytes:
    """The file's bytes. Raises UserError unless it is a regular file of at most ``MOST_BYTES``."""
    try:
        regular = stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError) as error:
        raise UserError(
            tr("The weights {file} cannot be read ({why}); check the path.", file=file, why=error)
        ) from error
    if not regular:
        raise UserError(tr("{file} is no file of weights; name one.", file=file))
    data = disk.read(file, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise UserError(
            tr(
                "The weights {file} are larger than {limit} MB; take a smaller network.",
                file=file,
                limit=MOST_BYTES >> 20,
            )
        )
    return data


def _arrays(data: bytes) -> _Found:
    """The arrays of safetensors or of a PyTorch file. Raises WeightsError."""
    header = struct.unpack("<Q", data[:8])[0] if len(data) >= 9 else 0
    if data[8:9] != b"{" or not 0 < header <= len(data) - 8:  # no safetensors
        if data[:2] == b"PK" or data[:1] == b"\x80":
            return _Found(_of_torch(data), {})
        raise WeightsError(
            tr("it is damaged, or neither safetensors nor a state dict saved by PyTorch")
        )
    try:
        tensors = deserialize(data)  # type: ignore[no-untyped-call]
        stored = json.loads(data[8 : 8 + header]).get("__metadata__") or {}
    except (SafetensorError, ValueError, RecursionError, TypeError) as error:
        raise WeightsError(str(error)) from error
    arrays = {
        name: _Array(tuple(tensor["shape"]), partial(_of_safetensors, name, tensor))
        for name, tensor in tensors
    }
    try:
        metadata = {key: json.loads(text) for key, text in stored.items()}
    except (ValueError, RecursionError):  # of another program, which stores other things than JSON
        metadata = {}
    return _Found(arrays, metadata)


def _of_safetensors(name: str, tensor: Mapping[str, Any]) -> NDArray[Any]:
    """The numbers of one tensor. Raises WeightsError for other than real numbers."""
    kind = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "BF16": "<u2"}.get(tensor["dtype"])
    if kind is None:
        raise WeightsError(tr("{name} holds no real numbers", name=name))
    numbers = np.frombuffer(tensor["data"], kind)
    if tensor["dtype"] == "BF16":  # the upper half of a float32
        numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
    return numbers.reshape(tensor["shape"])


def _of_torch(data: bytes) -> dict[str, _Array]:
    """The tensors of a file by ``torch.save``, with nothing in it executed."""
    import torch

    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
        except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
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
    arrays: dict[str, _Array] = {}
    for name, tensor in stored.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            continue
        if tensor.layout != torch.strided or not tensor.is_floating_point() or tensor.is_meta:
            continue
        arrays[name] = _Array(
            tuple(tensor.shape), lambda tensor=tensor: tensor.detach().float().resolve_neg().numpy()
        )
    if not arrays:
        raise WeightsError(tr("it holds no tensors of numbers: save model.state_dict()"))
    return _without_prefix(arrays)


def _without_prefix(arrays: Mapping[str, _Array]) -> dict[str, _Array]:
    """The arrays without what a wrapper put before all their names."""
    for prefix in PREFIXES if arrays else ():
        if all(name.startswith(prefix) for name in arrays):
            return _without_prefix({name[len(prefix) :]: a for name, a in arrays.items()})
    return dict(arrays)


# What network it is


def _recognised(found: _Found) -> tuple[Architecture, Weights]:
    """The architecture of the arrays, and the weights under its names. Raises WeightsError."""
    arrays = _without_prefix(found.arrays)
    shapes = {name: array.shape for name, array in arrays.items()}
    if "architecture" in found.metadata:
        architecture = architecture_from_json(found.metadata["architecture"])
        if shapes != architecture.shapes:
            raise WeightsError(_misfit(architecture.shapes, shapes))
    elif any(shapes == variant.architecture.shapes for variant in VARIANTS.values()):
        architecture = _known(found, shapes)
    else:
        architecture = _of_class(shapes)
        arrays = {
            f"{own}.{part}": arrays[f"{name}.{part}"]
            for own, name in zip(OWN_NAMES, CLASS_NAMES, strict=True)
            for part in ("weight", "bias")
        }
    if architecture.window > WINDOW:
        raise WeightsError(
            tr(
                "it sees {side}×{side} pixels, where the canvas may be {least} px high",
                side=architecture.window,
                least=WINDOW,
            )
        )
    sides = MAX_HEIGHT, MAX_WIDTH
    units = sum(math.prod(layer.shape(*sides)) for layer in architecture.layers)
    adds = sum(layer.multiply_adds(*sides) for layer in architecture.layers)
    if units > MOST_UNITS or adds > MOST_ADDS:
        raise WeightsError(tr("the network is too large to answer while a canvas is drawn on"))
    weights: Weights = {}
    for name, shape in architecture.shapes.items():
        try:
            values = arrays[name].read()
        except (TypeError, RuntimeError) as error:
            raise WeightsError(tr("{name} cannot be read", name=name)) from error
        weights[name] = checked(name, np.asarray(values).reshape(shape))
    return architecture, weights


def _known(found: _Found, shapes: Mapping[str, tuple[int, ...]]) -> Architecture:
    """Of the shipped networks with arrays of these shapes the one that the recipe names, if it
    does; our files of before architectures were stored do."""
    recipe = found.metadata.get("recipe")
    named = recipe.get("network") if isinstance(recipe, dict) else None
    fitting = {
        name: variant.architecture
        for name, variant in VARIANTS.items()
        if variant.architecture.shapes == shapes
    }
    if isinstance(named, str) and named in fitting:
        return fitting[named]
    return next(iter(fitting.values()))


def _of_class(shapes: Mapping[str, tuple[int, ...]]) -> Architecture:
    """The network of the class in the notes with arrays of these shapes. Raises WeightsError."""
    kernels = [shapes.get(f"{name}.weight", ()) for name in CLASS_NAMES]
    maps = [shape[0] if shape else 0 for shape in kernels]
    for side in (WINDOW, 28):
        place = (side - 12) // 4  # 5 or 4
        first, second, third, classes = maps
        expected = {
            "conv1.weight": (first, 1, 5, 5),
            "conv2.weight": (second, first, 5, 5),
            "fc1.weight": (third, second * place**2),
            "fc2.weight": (classes, third),
            **{f"{name}.bias": (n,) for name, n in zip(CLASS_NAMES, maps, strict=True)},
        }
        flat = {name: _flat(name, shape) for name, shape in shapes.items()}
        if flat == expected and classes in (10, 11) and min(maps) > 0:
            try:
                return lenet5(none=classes == 11, side=side, maps=(first, second, third))
            except ValueError as error:
                raise WeightsError(tr("the network is too large")) from error
    raise WeightsError(_unknown(shapes))


def _flat(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A fully connected layer's shape, also where it is stored as a convolution's."""
    if name in ("fc1.weight", "fc2.weight") and len(shape) == 4:
        return shape[0], shape[1] * shape[2] * shape[3]
    return shape


def _unknown(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """What was expected of a student's file, and what was found."""
    return tr(
        "expected are conv1.weight n×1×5×5, conv2.weight m×n×5×5, fc1.weight k×(m·25 or m·16) and "
        "fc2.weight 10×k or 11×k, each with its bias; found was {found}",
        found=_listed(shapes),
    )


def _misfit(expected: Mapping[str, tuple[int, ...]], shapes: Mapping[str, tuple[int, ...]]) -> str:
    """What of one of our own files does not fit its architecture."""
    for name, shape in expected.items():
        if shapes.get(name) != shape:
            return tr(
                "expected is {name} {shape}; found was {found}",
                name=name,
                shape=_size(shape),
                found=_size(shapes[name]) if name in shapes else tr("nothing"),
            )
    foreign = sorted(set(shapes) - set(expected))[0]
    return tr("{name} is not part of the network", name=_plain(foreign))


def _listed(shapes: Mapping[str, tuple[int, ...]], most: int = 8) -> str:
    named = [f"{_plain(name)} {_size(shape)}" for name, shape in list(shapes.items())[:most]]
    if len(shapes) > most:
        named.append("…")
    return ", ".join(named) or tr("nothing")


def _plain(name: str) -> str:
    """A name from a file, without what would break a line."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:30])


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "1"


# What its input is


def _with_input(network: TrainedNetwork, given: str | None, own: bool) -> TrainedNetwork:
    """The network with the range of its input and its colour scales, and with its name."""
    tried = {}
    if given is not None:
        chosen = given
    elif own:
        chosen = "own"
    else:
        found = {kind: _read_digits(_ranged(network, kind)) for kind in INPUTS}
        chosen = max(found, key=lambda kind: found[kind])
        tried = {kind: share for kind, (share, _) in found.items()}
    network = _ranged(network, chosen)
    try:
        scales = colour_scales(dict(network.metadata), network.architecture)
        if chosen != "own":
            scales = _calibrated(network)
    except WeightsError:
        scales = _calibrated(network)
    metadata = {**network.metadata, "input": chosen, "read": tried}
    name = f"opened-{network.checksum[:16]}-{chosen}"
    return replace(network, name=name, scales=scales, metadata=metadata)


def _stays_finite(network: TrainedNetwork) -> bool:
    """Whether no sum overflows, on digits, on full ink and on noise."""
    torch, side = _one_thread(), network.architecture.window
    digits, _ = digits_for(side)
    noise = np.random.default_rng(1).random((1, 1, side, side), np.float32)
    images = np.concatenate([digits[:BATCH], np.ones_like(noise), noise])
    with torch.inference_mode():
        maps = network_of(network)(torch.from_numpy(images))
    return all(bool(torch.isfinite(value).all()) for value in maps.values()) and all(
        scale <= SCALE_RANGE[1] for scale in network.scales.values()
    )


def _ranged(network: TrainedNetwork, kind: str) -> TrainedNetwork:
    if kind == "own":
        return network
    blank, ink = INPUTS[kind]
    return replace(network, architecture=replace(network.architecture, blank=blank, ink=ink))


def digits_for(window: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The first ``DIGITS`` of those that ship, in the middle of windows of this side:
    (N, 1, window, window), and their classes (N,)."""
    images, labels = shipped_windows(max(WINDOW, window), DIGITS)
    edge = (images.shape[1] - window) // 2
    images = images[:, edge : edge + window, edge : edge + window]
    return np.ascontiguousarray(images[:, None]), labels


def _read_digits(network: TrainedNetwork) -> tuple[float, float]:
    """The share of the digits that a network reads, and the mean of their log-probabilities, which
    tells where the shares are equal."""
    images, labels = digits_for(network.architecture.window)
    torch, net = _one_thread(), network_of(network)
    with torch.inference_mode():
        log_probs = np.concatenate(
            [
                net(torch.from_numpy(images[at : at + BATCH]))["output"][:, :NONE_CLASS, 0, 0]
                for at in range(0, DIGITS, BATCH)  # all maps of all would take a gigabyte
            ]
        )
    told = log_probs[np.arange(len(labels)), labels]
    return float((log_probs.argmax(1) == labels).mean()), float(told.mean())


def _one_thread() -> Any:
    """Torch, at work on one thread as in the engine: on cores that others use, too, two threads
    wait for one another and take twenty times as long."""
    import torch

    torch.set_num_threads(1)
    return torch


def _calibrated(network: TrainedNetwork) -> dict[str, float]:
    """The network's colour scales on the digits."""
    torch = _one_thread()
    images, _ = digits_for(network.architecture.window)
    return network_of(network).colour_scales(torch.from_numpy(images[:SCALED]))
