"""Weights on disk: what is read is complete, finite and shaped; everything else is one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from viz.errors import UserError
from viz.nets import load_pretrained, weights
from viz.nets.lenet5 import LeNet5

Arrays = dict[str, np.ndarray]
Scales = dict[str, object]


def rewrite(
    path: Path,
    change: Callable[[Arrays], object] = lambda arrays: None,
    rescale: Callable[[Scales], object] = lambda scales: None,
) -> Path:
    """A copy of the committed weights with arrays or colour scales changed in place."""
    source = weights.pretrained_path()
    arrays = load_file(source)
    with safe_open(str(source), framework="numpy") as tensors:
        metadata = tensors.metadata()
    scales = json.loads(metadata["scales"])
    change(arrays)
    rescale(scales)
    save_file(arrays, path, {**metadata, "scales": json.dumps(scales)})
    return path


def test_shapes_and_scales_are_those_of_the_network() -> None:
    net = LeNet5()
    assert {name: tuple(p.shape) for name, p in net.state_dict().items()} == weights.SHAPES
    assert set(net(torch.zeros(1, 1, 32, 32))) == set(weights.SCALED)


def test_the_committed_weights_are_complete() -> None:
    loaded = weights.load_weights()
    assert {name: value.shape for name, value in loaded.items()} == weights.SHAPES
    assert all(value.dtype == np.float32 for value in loaded.values())
    assert set(weights.load_metadata()["scales"]) == set(weights.SCALED)


def test_a_copy_reads_back_equal(tmp_path: Path) -> None:
    copy = rewrite(tmp_path / "copy.safetensors")
    for name, value in weights.load_weights(copy).items():
        np.testing.assert_array_equal(value, weights.load_weights()[name])
    assert weights.load_metadata(copy) == weights.load_metadata()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda a: a.pop("output.bias"), "output.bias"),
        (lambda a: a.update({"C7.weight": np.zeros(3, np.float16)}), "C7.weight"),
        (lambda a: a.update({"C3.weight": a["C3.weight"][:, :10].copy()}), "50×10×5×5"),
        (lambda a: a.update({"C1.bias": a["C1.bias"][:, None].copy()}), "20×1"),
        (lambda a: np.put(a["C5.weight"], 77, np.nan), "C5.weight"),
        (lambda a: np.put(a["C1.bias"], 3, -np.inf), "C1.bias"),
        (lambda a: a.update({"C1.bias": np.full(20, 1e300)}), "C1.bias"),
        (lambda a: a.update({"C1.bias": np.full(20, 7e4)}), "C1.bias"),
    ],
)
def test_weights_of_another_kind_are_told(
    tmp_path: Path, change: Callable[[Arrays], object], named: str
) -> None:
    broken = rewrite(tmp_path / "broken.safetensors", change=change)
    with pytest.raises(UserError, match=named) as told:
        weights.load_weights(broken)
    assert "broken.safetensors" in str(told.value)


def test_a_number_type_without_a_numpy_twin_is_told(tmp_path: Path) -> None:
    from safetensors.torch import save_file as save_tensors

    file = tmp_path / "other.safetensors"
    save_tensors({name: p.bfloat16() for name, p in LeNet5().state_dict().items()}, file)
    with pytest.raises(UserError, match="bfloat16"):
        weights.load_weights(file)


@pytest.mark.parametrize("value", [0, 0.0, -1.5, 1e-300, 10**400, "1", None, [1.0]])
def test_a_colour_scale_is_a_positive_number(tmp_path: Path, value: object) -> None:
    broken = rewrite(tmp_path / "scales.safetensors", rescale=lambda s: s.update({"C3": value}))
    with pytest.raises(UserError, match="C3"):
        weights.load_metadata(broken)


def test_every_colour_scale_is_needed(tmp_path: Path) -> None:
    for index, name in enumerate(weights.SCALED):
        broken = rewrite(tmp_path / f"{index}.safetensors", rescale=lambda s, n=name: s.pop(n))
        with pytest.raises(UserError, match=name):
            weights.load_metadata(broken)


@pytest.mark.parametrize("text", ["[]", "{", "NaN", '{"C1": NaN}', "[" * 100_000])
def test_metadata_that_is_no_table_of_scales_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "metadata.safetensors"
    save_file(load_file(weights.pretrained_path()), file, {"scales": text})
    with pytest.raises(UserError, match=r"metadata\.safetensors"):
        weights.load_metadata(file)


@pytest.mark.parametrize("kept", [0, 5, 1000, 100_000])
def test_a_file_cut_off_or_absent_is_told(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "cut.safetensors"
    for load in (weights.load_weights, weights.load_metadata):
        with pytest.raises(UserError, match=r"cut\.safetensors"):
            load(file)
    file.write_bytes(weights.pretrained_path().read_bytes()[:kept])
    for load in (weights.load_weights, weights.load_metadata):
        with pytest.raises(UserError, match=r"cut\.safetensors"):
            load(file)


def test_our_own_weights_damaged_say_install_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = rewrite(tmp_path / "ours.safetensors", change=lambda a: a.pop("C1.bias"))
    monkeypatch.setattr(weights, "pretrained_path", lambda: broken)
    with pytest.raises(UserError, match="install the program anew"):
        load_pretrained()
