"""Weights on disk: what is read is complete, finite and shaped; everything else is one sentence."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lost_weights import DAMAGES, lose
from random_architectures import architectures
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from viz.errors import UserError
from viz.nets import load_pretrained, networks
from viz.nets.architecture import MOST_PARAMETERS, Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.nets.weights import (
    SCALE_RANGE,
    WeightsError,
    architecture_from_json,
    architecture_to_json,
    colour_scales,
    read_metadata,
    read_weights,
)

Arrays = dict[str, np.ndarray]
Scales = dict[str, object]

MAIN = lenet5()


def rewrite(
    path: Path,
    change: Callable[[Arrays], object] = lambda arrays: None,
    rescale: Callable[[Scales], object] = lambda scales: None,
) -> Path:
    """A copy of the committed weights with arrays or colour scales changed in place."""
    source = networks.pretrained_path()
    arrays = load_file(source)
    with safe_open(str(source), framework="numpy") as tensors:
        metadata = tensors.metadata()
    scales = json.loads(metadata["scales"])
    change(arrays)
    rescale(scales)
    save_file(arrays, path, {**metadata, "scales": json.dumps(scales)})
    return path


def test_the_committed_weights_are_complete() -> None:
    main = networks.trained()
    assert main.architecture == MAIN
    assert {name: value.shape for name, value in main.weights.items()} == MAIN.shapes
    for value in main.weights.values():
        assert value.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0
    assert tuple(main.scales) == MAIN.scaled
    assert networks.trained() is main


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
    with pytest.raises(WeightsError, match=named):
        read_weights(broken, MAIN)


def test_a_number_type_without_a_numpy_twin_is_told(tmp_path: Path) -> None:
    from safetensors.torch import save_file as save_tensors

    file = tmp_path / "other.safetensors"
    save_tensors({name: p.bfloat16() for name, p in Network(MAIN).state_dict().items()}, file)
    with pytest.raises(WeightsError, match="bfloat16"):
        read_weights(file, MAIN)


@pytest.mark.parametrize("value", [0, 0.0, -1.5, 1e-300, 10**400, "1", None, [1.0], math.nan])
def test_a_colour_scale_is_a_positive_number(tmp_path: Path, value: object) -> None:
    broken = rewrite(tmp_path / "scales.safetensors", rescale=lambda s: s.update({"C3": value}))
    with pytest.raises(WeightsError, match="C3"):
        colour_scales(read_metadata(broken), MAIN)


def test_every_colour_scale_is_needed(tmp_path: Path) -> None:
    scales = dict(networks.trained().scales)
    for name in MAIN.scaled:
        left = {other: value for other, value in scales.items() if other != name}
        with pytest.raises(WeightsError, match=name):
            colour_scales({"scales": left}, MAIN)
    least, most = SCALE_RANGE
    extreme = dict.fromkeys(MAIN.scaled, least) | {"C1": most}
    assert colour_scales({"scales": {**extreme, "F6": "no layer"}}, MAIN) == extreme


@pytest.mark.parametrize(
    ("text", "named"),
    [("{", None), ("[" * 100_000, None), *((text, "colour scale") for text in (
        "[]", "NaN", '{"C1": NaN}', "null", '"C1"'))],
)  # fmt: skip
def test_metadata_that_is_no_table_of_scales_is_told(
    tmp_path: Path, text: str, named: str | None
) -> None:
    file = tmp_path / "metadata.safetensors"
    save_file({"C1.bias": np.zeros(20)}, file, {"scales": text})
    with pytest.raises(WeightsError, match=named):
        colour_scales(read_metadata(file), MAIN)


@pytest.mark.parametrize("kept", [0, 5, 1000, 100_000])
def test_a_file_cut_off_or_absent_is_told(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "cut.safetensors"
    for attempt in range(2):
        with pytest.raises(WeightsError):
            read_weights(file, MAIN)
        with pytest.raises(WeightsError):
            read_metadata(file)
        if not attempt:
            file.write_bytes(networks.pretrained_path().read_bytes()[:kept])


@pytest.mark.parametrize("damage", DAMAGES)
def test_our_own_weights_damaged_say_install_anew_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    whole = networks.trained("average")
    with monkeypatch.context() as lost:
        file = lose(lost, tmp_path, "average", damage)
        for _ in range(2):
            with pytest.raises(UserError, match="reinstall LeNetScope") as told:
                networks.trained("average")
            assert str(file) in str(told.value)
        with pytest.raises(UserError, match="reinstall LeNetScope"):
            load_pretrained("average")
        assert networks.trained().name == "max"
    again = networks.trained("average")
    assert np.array_equal(again.weights["C1.bias"], whole.weights["C1.bias"])


def test_an_unknown_network_is_a_mistake() -> None:
    assert not networks.is_known("LeNet-6")
    with pytest.raises(KeyError):
        networks.trained("LeNet-6")


# Architectures as JSON


def by_file(value: object) -> Any:
    """The value as it comes back from a file."""
    return json.loads(json.dumps(value))


@given(architectures())
def test_an_architecture_comes_back_from_json(architecture: Architecture) -> None:
    written = architecture_to_json(architecture)
    assert architecture_from_json(by_file(written)) == architecture
    assert architecture_from_json(written) == architecture


@pytest.mark.parametrize("architecture", [lenet5("blur"), notes(), lenet5(side=28, blank=-0.42)])
def test_what_is_usual_may_be_left_out_of_json(architecture: Architecture) -> None:
    written = by_file(architecture_to_json(architecture))
    usual = Layer("L1", "conv", 1)
    for layer in written["layers"]:
        for name in set(layer) - {"name", "operation", "maps"}:
            value = getattr(usual, name)
            if layer[name] == (list(value) if isinstance(value, tuple) else value):
                del layer[name]
    assert architecture_from_json(written) == architecture


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.integers(0, 40)
    | st.floats()
    | st.sampled_from(("conv", "dense", "pool", "max", "blur", "relu", "output", "weights", "C1"))
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("layers", "name", "maps", "kernel", "x")) | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def read_or_told(value: object) -> None:
    """It is an architecture within the bounds, or WeightsError."""
    try:
        architecture = architecture_from_json(by_file(value))
    except WeightsError:
        return
    shapes = architecture.shapes.values()
    assert sum(math.prod(shape) for shape in shapes) <= MOST_PARAMETERS
    assert by_file(architecture_to_json(architecture)) is not None


@given(json_values)
def test_any_other_json_is_told(value: object) -> None:
    read_or_told(value)


@given(architectures(), st.data())
def test_one_hostile_value_is_told_or_harmless(
    architecture: Architecture, data: st.DataObject
) -> None:
    """Something in the JSON is replaced, left out or added, anywhere."""
    whole: Any = {"top": by_file(architecture_to_json(architecture))}
    place, key = whole, "top"
    while isinstance(place[key], (dict, list)) and place[key] and data.draw(st.integers(0, 3)):
        place = place[key]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
    how = data.draw(st.sampled_from(("replace", "leave out", "add", "repeat")))
    if how == "replace":
        place[key] = data.draw(json_values)
    elif how == "leave out":
        del place[key]
    elif how == "repeat" and isinstance(place, list):
        place.extend(deepcopy(place[key]) for _ in range(data.draw(st.integers(1, 50))))
    elif isinstance(place, dict):
        place[data.draw(st.text(max_size=5))] = data.draw(json_values)
    read_or_told(whole.get("top"))


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ("side", (32.0, True, "32", 10**40)),
        ("scale", (-1,)),
        ("none", (1,)),
        ("blank", ("0", math.nan)),
        ("ink", (math.inf, 1e7, 10**400)),
        ("colour", (1,)),
        ("layers", ({}, "C1", [[]])),
        ("layers.0.name", (None, "forward")),
        ("layers.0.inputs", (1,)),
        ("layers.0.kernel", (5.0,)),
        ("layers.0.maps", (10**9, False)),
        ("layers.0.padding_value", (math.inf, [0.0])),
        ("layers.0.p", (-math.inf,)),
        ("layers.0.b", (math.nan,)),
        ("layers.0.unshared", ("weights", {"weights": 1}, None)),
        ("layers.2.connections", ("01234", [0, 1], [["0"]] * 50, [[0.5]] * 50, {})),
        ("layers.2.connections", ([[True]] * 50, [[10**40]] * 50)),
    ],
)
def test_values_of_other_types_are_told(where: str, values: tuple[object, ...]) -> None:
    for value in values:
        written = by_file(architecture_to_json(MAIN))
        place, (*path, last) = written, where.split(".")
        for key in path:
            place = place[int(key)] if isinstance(place, list) else place[key]
        place[last] = value
        with pytest.raises(WeightsError, match="architecture"):
            architecture_from_json(written)
