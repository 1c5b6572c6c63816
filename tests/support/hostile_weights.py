"""Weights files made hostile at random, and pickles in disguise."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import runpy
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import torch
from mutations import damaged, hostile_json
from random_nets import random_network, three_convolutions, unshared
from safetensors.torch import save

from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5
from viz.nets.weights import architecture_to_json

ODD_NUMBERS = (
    float("nan"), float("inf"), float("-inf"), 1e30, -65_504.0, 65_505.0, 6e4, 1e-42, -0.0, 0.0,
)  # fmt: skip
DTYPES = (
    torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.int64, torch.bool,
    torch.complex64, torch.float8_e4m3fn,
)  # fmt: skip

Tensors = dict[str, torch.Tensor]
Contents = tuple[Tensors, dict[str, str]]


class Trap:
    """A pickle of it leaves a file where it is unpickled, if anything in it is executed."""

    def __init__(self, call: Callable[..., Any], *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call, self.arguments


def trap(file: Path, rng: random.Random) -> object:
    """Something hostile to pickle, perhaps hidden among tensors."""
    one = rng.choice(
        (
            Trap(os.system, f"touch '{file}'"),
            Trap(open, str(file), "w"),
            Trap(exec, f"open({str(file)!r}, 'w')"),
            Trap(eval, f"open({str(file)!r}, 'w')"),
            Trap(getattr, Trap(__import__, "pathlib"), "Path"),
            Trap(Path.touch, file),
            Trap(runpy.run_path, str(file)),
        )
    )
    return rng.choice(
        (one, [one], {"conv1.weight": one}, {"state_dict": {"a": torch.ones(2), "b": one}})
    )


@cache
def whole() -> tuple[Contents, ...]:
    """Valid contents: our own of several architectures, the notes' class, of either size."""
    contents: list[Contents] = []
    few = (2, 3, 4)
    for architecture in (
        lenet5("max", maps=few), lenet5("blur", maps=few), three_convolutions(), unshared(),
    ):  # fmt: skip
        text = json.dumps(architecture_to_json(architecture))
        scales = json.dumps(dict.fromkeys(architecture.scaled, 2.0))
        contents.append((tensors(architecture), {"architecture": text, "scales": scales}))
    for side, classes in ((32, 11), (28, 10)):
        own = tensors(lenet5(none=classes == 11, side=side, maps=few))
        renamed = {"C1": "conv1", "C3": "conv2", "C5": "fc1", "output": "fc2"}
        named = {}
        for name, tensor in own.items():
            layer, part = name.split(".")
            is_flat = part == "weight" and layer in ("C5", "output")
            named[f"{renamed[layer]}.{part}"] = tensor.flatten(1) if is_flat else tensor
        contents.append((named, {}))
    return tuple(contents)


def tensors(architecture: Architecture) -> Tensors:
    net = random_network(architecture)
    return {name: tensor.clone() for name, tensor in net.state_dict().items()}


def hostile_weights(rng: random.Random, ran: Path) -> bytes:
    """The bytes of one file; ``ran`` is there once code of it was executed."""
    found, metadata = rng.choice(whole())
    found, metadata = dict(found), dict(metadata)
    for _ in range(rng.choice((0, 1, 1, 2))):
        change(found, rng)
    if metadata and rng.random() < 0.5:
        key = rng.choice(sorted(metadata))
        changed = hostile_json(json.loads(metadata[key]), whole()[0][1], rng)
        metadata[key] = changed.decode("utf-8", "replace")
    kind = rng.randrange(5)
    if kind == 0:
        return pickled(found, rng, ran)
    content = torch_file(found, rng) if kind == 1 else safetensors_file(found, metadata, rng)
    return damaged(content, rng) if rng.random() < 0.3 else content


def change(found: Tensors, rng: random.Random) -> None:
    """Change one of the tensors."""
    name = rng.choice(sorted(found))
    tensor = found[name]
    match rng.randrange(7):
        case 0:
            del found[name]
        case 1:
            tensor = found[name] = tensor.clone()
            tensor.view(-1)[rng.randrange(tensor.numel())] = rng.choice(ODD_NUMBERS)
        case 2:
            found[name] = torch.full_like(tensor, rng.choice(ODD_NUMBERS))
        case 3:
            found[name] = tensor.to(rng.choice(DTYPES))
        case 4:
            found[name] = tensor.reshape(rng.choice(((-1,), (1, -1), (*tensor.shape, 1))))
        case 5:
            found[rng.choice(("module.x", "", "a\nb", "C1", "fc3.bias", "x" * 300))] = tensor
        case _:
            found[name] = found[rng.choice(sorted(found))].clone()
    if not found:
        found["a"] = torch.ones(1)


def torch_file(found: Tensors, rng: random.Random) -> bytes:
    wrapped = rng.choice(
        (found, {"state_dict": found}, {f"module.{k}": v for k, v in found.items()})
    )
    file = io.BytesIO()
    torch.save(wrapped, file, _use_new_zipfile_serialization=rng.random() < 0.5)
    return file.getvalue()


def pickled(found: Tensors, rng: random.Random, ran: Path) -> bytes:
    """A pickle in disguise: as it is, as PyTorch writes it, or in the archive of a state dict."""
    hidden = trap(ran, rng)
    if rng.random() < 0.3:
        return pickle.dumps(hidden, rng.randrange(pickle.HIGHEST_PROTOCOL + 1))
    file = io.BytesIO()
    torch.save(hidden if rng.random() < 0.5 else found, file)
    if rng.random() < 0.5:
        return file.getvalue()
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(packed, "w") as other:
        for name in archive.namelist():
            is_pickle = name.endswith("data.pkl")
            other.writestr(name, pickle.dumps(hidden, 2) if is_pickle else archive.read(name))
    return packed.getvalue()


def safetensors_file(found: Tensors, metadata: dict[str, str], rng: random.Random) -> bytes:
    """safetensors, half of them with another header, or a length of it that lies."""
    content = save({name: tensor.clone() for name, tensor in found.items()}, metadata)
    length = struct.unpack("<Q", content[:8])[0]
    header, rest = content[8 : 8 + length], content[8 + length :]
    match rng.randrange(6):
        case 0:
            header = hostile_json(json.loads(header), {}, rng)
            length = len(header)
        case 1:
            lies = (0, 1, length - 1, length + 1, len(content), 2**31, 2**63, 2**64 - 1)
            length = rng.choice(lies)
        case 2:
            described = json.loads(header)
            one, other = (described[rng.choice(sorted(described))] for _ in range(2))
            if "data_offsets" in one and "data_offsets" in other:
                one["data_offsets"] = rng.choice((
                    other["data_offsets"], [0, len(rest) + 8], [8, 0], [-8, 0], [2**63, 2**63],
                ))  # fmt: skip
                one["shape"] = rng.choice((one["shape"], [], [-1], [2**62, 4], [0], [1] * 70))
            header = json.dumps(described).encode()
            length = len(header)
        case _:
            pass
    return struct.pack("<Q", length) + header + rest
