"""Opening weights: a student's state dict is recognised; an unfitting file gets one sentence."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.numpy import save
from safetensors.torch import save_file
from torch import Tensor, nn

from viz.errors import UserError
from viz.nets import load_pretrained, networks, opening
from viz.nets.architecture import INPUTS, Architecture, Layer
from viz.nets.networks import trained
from viz.nets.weights import architecture_to_json
from viz.scene.raster import Cancelled, cancellable


class Notes(nn.Module):
    """The class of the lecture's notes, its mistakes mended."""

    def __init__(self, classes: int = 11, side: int = 32) -> None:
        super().__init__()
        self.inputs = ((side - 12) // 4) ** 2 * 50
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(self.inputs, 500)
        self.fc2 = nn.Linear(500, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2, 2)
        x = F.relu(self.fc1(x.view(-1, self.inputs)))
        return F.log_softmax(self.fc2(x), dim=1)


def of_main(blank: float = 0.0, ink: float = 1.0, classes: int = 11) -> Notes:
    """The main network's weights in the notes' class, as if trained on inputs of this range."""
    net = Notes(classes)
    arrays = {name: torch.from_numpy(a.copy()) for name, a in trained().weights.items()}
    first = arrays["C1.weight"] / (ink - blank)
    with torch.no_grad():
        net.conv1.weight.copy_(first)
        net.conv1.bias.copy_(arrays["C1.bias"] - blank * first.sum((1, 2, 3)))
        net.conv2.weight.copy_(arrays["C3.weight"])
        net.conv2.bias.copy_(arrays["C3.bias"])
        net.fc1.weight.copy_(arrays["C5.weight"].flatten(1))
        net.fc1.bias.copy_(arrays["C5.bias"])
        net.fc2.weight.copy_(arrays["output.weight"][:classes, :, 0, 0])
        net.fc2.bias.copy_(arrays["output.bias"][:classes])
    return net.eval()


@pytest.mark.parametrize(("kind", "classes"), [*zip(INPUTS, (10, 11) * 2, strict=True)])
def test_a_state_dict_is_recognised_and_its_input_found(
    kind: str, classes: int, tmp_path: Path
) -> None:
    blank, ink = INPUTS[kind]
    theirs = of_main(blank, ink, classes)
    file = tmp_path / "net.pt"
    if kind == "inverted":
        save_file(theirs.state_dict(), file, {"format": "pt"})
    else:  # an older pickle has no archive around it
        torch.save(theirs.state_dict(), file, _use_new_zipfile_serialization=kind != "centred")
    opened = opening.open_weights(file)
    assert opening.input_of(opened) == kind
    assert opened.metadata["read"][kind] > 0.95
    assert opened.architecture.classes == classes and opened.architecture.none == (classes == 11)
    images, _ = opening.digits_for(32)
    x = torch.from_numpy(images[:20])
    with torch.inference_mode():
        wanted = theirs(x * (ink - blank) + blank)
        found = load_pretrained(opened.name)(x)["output"][:, :, 0, 0]
    torch.testing.assert_close(found, wanted, atol=2e-3, rtol=1e-3)
    for name in opened.architecture.scaled:
        assert 0 < opened.scales[name] < 100
    assert networks.trained(opened.name) is opened
    assert opening.open_weights(file) is opened


@pytest.mark.parametrize("side", [28, 32])
def test_fully_connected_layers_become_convolutions(side: int, tmp_path: Path) -> None:
    torch.manual_seed(2)
    theirs = Notes(10, side).eval()
    torch.save(theirs.state_dict(), tmp_path / "net.pth")
    opened = opening.open_weights(tmp_path / "net.pth", "raw")
    assert opened.architecture.window == side
    x = torch.rand(1, 1, side + 8, side + 4)
    with torch.inference_mode():
        found = load_pretrained(opened.name)(x)["output"]
        assert found.shape == (1, 10, 3, 2)
        for row in range(3):
            for column in range(2):
                crop = x[..., 4 * row : 4 * row + side, 4 * column : 4 * column + side]
                torch.testing.assert_close(
                    found[:, :, row, column], theirs(crop), atol=1e-5, rtol=1e-4
                )


def test_what_is_given_overrides_what_would_be_found(tmp_path: Path) -> None:
    torch.save(of_main().state_dict(), tmp_path / "net.pt")
    opened = opening.open_weights(tmp_path / "net.pt", "inverted")
    assert opening.input_of(opened) == "inverted" and not opened.metadata["read"]
    assert (opened.architecture.blank, opened.architecture.ink) == (1.0, 0.0)
    other = opening.open_weights(tmp_path / "net.pt", "raw")
    assert other.name != opened.name and other.checksum == opened.checksum


def test_opening_ends_at_once_when_it_is_no_longer_wanted(tmp_path: Path) -> None:
    torch.save(of_main().state_dict(), tmp_path / "net.pt")
    opening.digits_for(32)  # kept by now, so that nothing is rasterised
    asked: list[None] = []

    def unwanted() -> bool:
        asked.append(None)
        return len(asked) > 2

    with cancellable(unwanted), pytest.raises(Cancelled):
        opening.open_weights(tmp_path / "net.pt")
    assert len(asked) == 3, "of 40 batches"


WRAPPED: dict[str, Callable[[dict[str, Tensor]], Any]] = {
    "a checkpoint": lambda state: {"epoch": 3, "state_dict": state, "loss": 0.1},
    "a model in a checkpoint": lambda state: {"model_state_dict": state},
    "of DataParallel": lambda state: {f"module.{name}": value for name, value in state.items()},
    "of compile": lambda state: {f"_orig_mod.{name}": value for name, value in state.items()},
    "in half precision": lambda state: {name: value.half() for name, value in state.items()},
    "in double precision": lambda state: {name: value.double() for name, value in state.items()},
    "with fc1 as a convolution": lambda state: {
        **state, "fc1.weight": state["fc1.weight"].view(500, 50, 5, 5),
    },
    "with a counter beside": lambda state: {**state, "steps": torch.tensor(7)},
}  # fmt: skip


@pytest.mark.parametrize("how", WRAPPED)
def test_what_wraps_a_state_dict_is_seen_through(how: str, tmp_path: Path) -> None:
    torch.save(WRAPPED[how](of_main().state_dict()), tmp_path / "net.pt")
    opened = opening.open_weights(tmp_path / "net.pt", "raw")
    np.testing.assert_allclose(
        opened.weights["C5.weight"], trained().weights["C5.weight"], rtol=1e-3, atol=1e-7
    )


def test_our_own_file_keeps_its_architecture_scales_and_input(tmp_path: Path) -> None:
    opened = opening.open_weights(networks.pretrained_path("average"))
    assert opened.architecture == networks.architecture("average")
    assert opened.scales == trained("average").scales
    assert opening.input_of(opened) == "own"
    arrays = {name: torch.from_numpy(a.copy()) for name, a in trained("blur").weights.items()}
    architecture = networks.architecture("blur")
    file = tmp_path / "mine.safetensors"
    save_file(arrays, file, {"architecture": json.dumps(architecture_to_json(architecture))})
    mine = opening.open_weights(file)
    assert mine.architecture == architecture
    assert set(mine.scales) == set(architecture.scaled)  # calibrated on the digits that ship


# What cannot be used


class _Evil:
    """A pickle of it would make a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.file}",)


def _archive(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/"), data)
    return packed.getvalue()


def _saved(state: Any) -> bytes:
    stored = io.BytesIO()
    torch.save(state, stored)
    return stored.getvalue()


def _state(**changed: Tensor | None) -> dict[str, Tensor]:
    state = dict(Notes().state_dict())
    for name, value in changed.items():
        key = name.replace("__", ".")
        if value is None:
            del state[key]
        else:
            state[key] = value
    return state


def _safetensors(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _nan() -> Tensor:
    value = torch.zeros(20, 1, 5, 5)
    value[3, 0, 2, 2] = float("nan")
    return value


def _ours(architecture: Architecture, weight: float, **metadata: str) -> bytes:
    """One of our own files, all weights alike."""
    arrays = {name: np.full(s, weight, np.float32) for name, s in architecture.shapes.items()}
    text = json.dumps(architecture_to_json(architecture))
    return save(arrays, {"architecture": text, **metadata})


def _overflowing() -> bytes:
    layers = [Layer(f"L{n}", "dense", 20) for n in range(1, 12)]
    architecture = Architecture(
        (*layers, Layer("output", "dense", 11, activation="log-softmax")), side=8
    )
    scales = json.dumps(dict.fromkeys(architecture.scaled, 1.0))
    return _ours(architecture, 6e4, scales=scales)


def _wide() -> bytes:
    architecture = Architecture(
        (
            Layer("K1", "conv", 1000, 1, activation="relu"),
            Layer("S2", "pool", 1000, 32, 32, pooling="average"),
            Layer("output", "dense", 11, activation="log-softmax"),
        )
    )
    return _ours(architecture, 0.1)


WHOLE = _saved(_state())

ODD: dict[str, Callable[[Path], bytes]] = {
    "empty": lambda _: b"",
    "one byte": lambda _: b"\x80",
    "text": lambda _: b"these are no weights\n",
    "a picture": lambda _: b"\x89PNG\r\n\x1a\n" + bytes(99),
    "cut off at the start": lambda _: WHOLE[:50],
    "cut off in the middle": lambda _: WHOLE[: len(WHOLE) // 2],
    "cut off at the end": lambda _: WHOLE[:-30],
    "bytes changed": lambda _: WHOLE.replace(b"conv", b"\x00\xff\x00v"),
    "a pickle with code": lambda tmp: pickle.dumps(_Evil(tmp / "ran")),
    "a state dict with code": lambda tmp: _saved({"conv1.weight": _Evil(tmp / "ran")}),
    "an archive with a pickle with code": lambda tmp: _archive(
        archive__data_pkl=pickle.dumps(_Evil(tmp / "ran"))
    ),
    "a whole module": lambda _: _saved(nn.Linear(3, 4)),
    "a list": lambda _: _saved([1, 2, 3]),
    "a tensor": lambda _: _saved(torch.zeros(3)),
    "nothing in it": lambda _: _saved({}),
    "numbers alone": lambda _: _saved({"a": 1, "b": 2.0}),
    "integers": lambda _: _saved({"conv1.weight": torch.zeros(20, 1, 5, 5, dtype=torch.int32)}),
    "not a number": lambda _: _saved(_state(conv1__weight=_nan())),
    "infinite": lambda _: _saved(_state(conv1__bias=torch.full((20,), float("inf")))),
    "huge numbers": lambda _: _saved(_state(fc2__bias=torch.full((11,), 1e30))),
    "complex": lambda _: _saved(_state(conv1__bias=torch.zeros(20, dtype=torch.complex64))),
    "sums that overflow": lambda _: _saved(
        {name: torch.full_like(value, 6e4) for name, value in _state().items()}
    ),
    "sums that overflow beside scales of its own": lambda _: _overflowing(),
    "names of markup and line ends": lambda _: _saved({"<b>a\nb\x1b": torch.zeros(3)}),
    "too large for the canvas": lambda _: _wide(),
    "safetensors of eight-bit floats": lambda _: _safetensors(
        {"conv1.weight": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, bytes(4)
    ),
    "tensors without numbers": lambda _: _saved(
        {name: value.to("meta") for name, value in _state().items()}
    ),
    "three channels": lambda _: _saved(_state(conv1__weight=torch.zeros(20, 3, 5, 5))),
    "kernels of 3": lambda _: _saved(_state(conv1__weight=torch.zeros(20, 1, 3, 3))),
    "twelve classes": lambda _: _saved(
        _state(fc2__weight=torch.zeros(12, 500), fc2__bias=torch.zeros(12))
    ),
    "no bias": lambda _: _saved(_state(conv2__bias=None)),
    "a layer more": lambda _: _saved(_state(fc3__weight=torch.zeros(3, 3))),
    "other names": lambda _: _saved({f"layer.{k}": v for k, v in _state().items()}),
    "a tensor of many zeros in no memory": lambda _: _saved(
        _state(fc1__weight=torch.zeros(1).expand(1 << 20, 1 << 20))
    ),
    "an archive of zeros": lambda _: _archive(archive__data_pkl=bytes(257 << 20)),
    "safetensors, a header of 2 GB": lambda _: struct.pack("<Q", 2 << 30) + b"{" + bytes(50),
    "safetensors, a header of nothing": lambda _: struct.pack("<Q", 0) + b"{}",
    "safetensors, no JSON": lambda _: _safetensors(b"{hello}"),
    "safetensors, offsets beyond": lambda _: _safetensors(
        {"C1.weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    ),
    "safetensors, a shape that lies": lambda _: _safetensors(
        {"C1.weight": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 8]}}, bytes(8)
    ),
    "safetensors, complex": lambda _: _safetensors(
        {"C1.weight": {"dtype": "C64", "shape": [1], "data_offsets": [0, 8]}}, bytes(8)
    ),
    "safetensors, integers": lambda _: _safetensors(
        {"C1.weight": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}, bytes(8)
    ),
    "an archive of a later version": lambda _: WHOLE.replace(
        b"PK\1\2", b"PK\1\2\0\0\xff\xff", 1
    ),
    "safetensors, nothing in it": lambda _: _safetensors({}),
    "safetensors, another architecture": lambda _: _safetensors(
        {
            "__metadata__": {"architecture": '{"layers": [{"name": "C1"}]}'},
            "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        },
        bytes(8),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_unfitting_file_gets_one_sentence(what: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.pt"
    file.write_bytes(ODD[what](tmp_path))
    before = networks.names()
    with pytest.raises(UserError, match=r"odd\.pt") as told:
        opening.open_weights(file)
    text = str(told.value)
    if what == "three channels":
        assert "expected conv1.weight n×1×5×5" in text
        assert "found conv1.weight 20×3×5×5" in text
    assert text.endswith(".") and "\n" not in text and len(text) < 600
    assert not (tmp_path / "ran").exists()  # nothing in a file is executed
    assert networks.names() == before


@pytest.mark.parametrize("kind", ["absent", "a folder", "a pipe", "a name with a zero"])
def test_what_is_no_file_is_told_at_once(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "weights.pt"
    if kind == "a folder":
        file.mkdir()
    elif kind == "a pipe":
        os.mkfifo(file)
    elif kind == "a name with a zero":
        file = Path("weights\0.pt")
    with pytest.raises(UserError):
        opening.open_weights(file)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_BYTES", 1000)
    file = tmp_path / "large.pt"
    file.write_bytes(bytes(1001))
    with pytest.raises(UserError, match="larger than"):
        opening.open_weights(file)


def test_safetensors_are_known_whatever_their_header_begins_with(tmp_path: Path) -> None:
    """The header's length may begin with the byte that a pickle begins with."""
    state = {name: np.ascontiguousarray(value.numpy()) for name, value in _state().items()}
    whole = save(state)
    length = struct.unpack("<Q", whole[:8])[0]
    header, rest = whole[8 : 8 + length], whole[8 + length :]
    wanted = (length // 256 + 1) * 256 + 0x80
    file = tmp_path / "net.safetensors"
    file.write_bytes(struct.pack("<Q", wanted) + header.ljust(wanted) + rest)
    assert file.read_bytes()[:1] == b"\x80"
    assert opening.open_weights(file, "raw").architecture.window == 32


def test_weights_that_changed_since_are_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "net.pt"
    torch.save(of_main().state_dict(), file)
    opened = opening.open_weights(file, "raw")
    assert opening.reopen(file, opened.checksum, "raw") is opened
    torch.save(of_main(classes=10).state_dict(), file)
    with pytest.raises(UserError, match="have changed since"):
        opening.reopen(file, opened.checksum, "raw")
