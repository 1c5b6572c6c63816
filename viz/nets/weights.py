"""Weights on disk: safetensors with architecture, recipe, figures and colour scales as metadata.

Read through NumPy, so that the window can show kernels before torch is imported. What is read is
checked here, once, so that no caller meets a missing name, another shape, NaN or a scale of 0.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from viz import disk
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import Architecture, Layer

Weights = dict[str, np.ndarray]

LARGEST = float(np.finfo(np.float16).max)
"""The largest weight; weights are stored in half precision, and up to here no sum overflows."""

SCALE_RANGE = (1e-9, 1e9)
"""Magnitudes that a colour scale may end at; beyond them 32-bit arithmetic would overflow."""


class WeightsError(Exception):
    """A weights file that cannot be used; its text says why, in a translated clause."""


def read_weights(file: Path, architecture: Architecture) -> Weights:
    """Read the arrays of a weights file, named and shaped as the architecture says, float32.

    Raises WeightsError for a missing or damaged file and for weights of another network.
    """
    try:
        with safe_open(str(file), framework="numpy") as tensors:
            names = tensors.keys()
            shapes = {name: tuple(tensors.get_slice(name).get_shape()) for name in names}
            check_shapes(shapes, architecture)
            arrays = {name: tensors.get_tensor(name) for name in architecture.shapes}
    except (OSError, SafetensorError, TypeError, AttributeError) as error:  # or a type NumPy lacks
        raise WeightsError(str(error)) from error
    return {name: checked(name, array) for name, array in arrays.items()}


def check_shapes(shapes: Mapping[str, tuple[int, ...]], architecture: Architecture) -> None:
    """Raise WeightsError unless arrays of these names and shapes are the architecture's."""
    for name, shape in architecture.shapes.items():
        if name not in shapes:
            raise WeightsError(tr("{name} is missing", name=name))
        if shapes[name] != shape:
            raise WeightsError(
                tr(
                    "{name} has the shape {found} instead of {expected}",
                    name=name,
                    found=size(shapes[name]),
                    expected=size(shape),
                )
            )
    if foreign := sorted(set(shapes) - set(architecture.shapes)):
        raise WeightsError(tr("{name} is not part of the network", name=printable(foreign[0])))


def size(shape: tuple[int, ...]) -> str:
    """Write a shape, e.g. 20×1×5×5; that of a single number is 1."""
    return "×".join(map(str, shape)) or "1"


def printable(name: str) -> str:
    """Shorten a name from a file to 30 letters, none of which breaks a line."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:30])


def checked(name: str, array: np.ndarray) -> np.ndarray:
    """Return the array as float32, read-only.

    Raises WeightsError for NaN, for what is beyond ``LARGEST``, and for other than real numbers.
    """
    if array.dtype.kind != "f":
        raise WeightsError(tr("{name} holds no real numbers", name=name))
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        result = np.array(array, np.float32)
    if not (np.abs(result) <= LARGEST).all():  # NaN is not, either
        raise WeightsError(
            tr("{name} holds values that are not finite or far too large", name=name)
        )
    result.setflags(write=False)
    return result


def are_usable(weights: Mapping[str, np.ndarray]) -> bool:
    """Tell whether all numbers are finite and none is beyond ``LARGEST``."""
    return all(bool((np.abs(value) <= LARGEST).all()) for value in weights.values())


def store(weights: Mapping[str, np.ndarray], metadata: Mapping[str, Any], out: Path) -> None:
    """Write weights in half precision, with metadata, each value as JSON.

    Raises UserError where they cannot be written, and for those that could not be read again.
    """
    try:
        whole = {name: checked(name, value) for name, value in weights.items()}
    except WeightsError as error:
        raise UserError(
            tr("These weights cannot be saved ({why}); take a smaller learning rate.", why=error)
        ) from error
    tensors = {name: np.ascontiguousarray(value, np.float16) for name, value in whole.items()}
    stored = save(tensors, {key: json.dumps(value) for key, value in metadata.items()})
    disk.write(stored, out, make_folder=True)


def read_metadata(file: Path) -> dict[str, Any]:
    """Read the metadata of a weights file; every value was stored as JSON text.

    Raises WeightsError for a missing or damaged file.
    """
    try:
        with safe_open(str(file), framework="numpy") as tensors:
            stored = tensors.metadata() or {}
        return {key: json.loads(text) for key, text in stored.items()}
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise WeightsError(str(error)) from error


def colour_scales(metadata: dict[str, Any], architecture: Architecture) -> dict[str, float]:
    """Return for every name in ``architecture.scaled`` the magnitude that its colours end at.

    That is a high quantile over the training windows, within ``SCALE_RANGE``. Raises WeightsError
    where one is missing.
    """
    scales = metadata.get("scales")
    if not isinstance(scales, dict):
        raise WeightsError(tr("its colour scales are missing"))
    least, most = SCALE_RANGE
    for name in architecture.scaled:
        value: Any = scales.get(name)
        if type(value) not in (int, float) or not least <= value <= most:
            raise WeightsError(tr("the colour scale of {name} is not a positive number", name=name))
    return {name: float(scales[name]) for name in architecture.scaled}


_DEFINED = tuple(entry.name for entry in dataclasses.fields(Layer) if not entry.kw_only)


def architecture_to_json(architecture: Architecture) -> dict[str, Any]:
    """Write an architecture as JSON, without what follows from the layers' definitions."""
    whole = {
        entry.name: getattr(architecture, entry.name)
        for entry in dataclasses.fields(architecture)
        if entry.name != "layers"
    }
    layers = [{name: getattr(layer, name) for name in _DEFINED} for layer in architecture.layers]
    return {**whole, "layers": layers}


def architecture_from_json(value: object) -> Architecture:
    """Read what ``architecture_to_json`` wrote. Raises WeightsError for anything else."""
    try:
        return Architecture(**_fields(Architecture, value))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(tr("its architecture is not known to LeNetScope")) from error


def _fields(owner: type, value: object) -> dict[str, Any]:
    """The fields of ``owner`` in a JSON object. Raises KeyError for others, TypeError for types."""
    if not isinstance(value, dict):
        raise TypeError(value)
    types = {entry.name: entry.type for entry in dataclasses.fields(owner) if not entry.kw_only}
    return {name: _typed(str(types[name]), given) for name, given in value.items()}


def _typed(expected: str, given: Any) -> Any:
    """A JSON value as a field of this type has it. Raises TypeError for any other."""
    if expected.endswith(" | None"):
        return None if given is None else _typed(expected.removesuffix(" | None"), given)
    if expected.startswith("tuple["):
        if not isinstance(given, (list, tuple)):
            raise TypeError(given)
        each = expected.removeprefix("tuple[").removesuffix(", ...]")
        return tuple(_typed(each, value) for value in given)
    if expected == "Layer":
        return Layer(**_fields(Layer, given))
    if expected == "float":
        if type(given) in (int, float) and (abs(given) < 1e6 or given == float("inf")):
            return float(given)
    elif type(given).__name__ == expected:
        return given
    raise TypeError(given)
