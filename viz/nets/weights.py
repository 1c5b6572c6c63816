"""Weights on disk: safetensors with the training recipe, figures and colour scales as metadata.

Read through NumPy, so that the window can show kernels before torch is imported. What is read is
checked here, once, so that no caller meets a missing name, another shape, NaN or a scale of 0.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.layers import LAYERS
from viz.nets.variants import VARIANTS
from viz.resources import resource_path

Weights = dict[str, np.ndarray]

SHAPES: dict[str, tuple[int, ...]] = {
    f"{layer.name}.{part}": shape
    for layer in LAYERS
    if layer.operation == "conv"
    for part, shape in (
        ("weight", (layer.maps, layer.inputs, layer.kernel, layer.kernel)),
        ("bias", (layer.maps,)),
    )
}
"""Every array of a weights file and its shape."""

SCALED: tuple[str, ...] = tuple(
    name
    for layer in LAYERS
    for name in ((f"{layer.name} pre",) if layer.operation == "conv" else ()) + (layer.name,)
)
"""What has a colour scale: every activation, and every pre-activation as ``"C1 pre"``."""

LARGEST = float(np.finfo(np.float16).max)
"""The largest weight; weights are stored in half precision, and up to here no sum overflows."""

SCALE_RANGE = (1e-9, 1e9)
"""Magnitudes that a colour scale may end at; beyond them 32-bit arithmetic would overflow."""


def pretrained_path(name: str = "max") -> Path:
    """The weights of a network of ``VARIANTS`` that come with the program."""
    return resource_path(VARIANTS[name].file)


def load_weights(path: Path | None = None) -> Weights:
    """The arrays of a weights file, named and shaped as ``SHAPES`` says, float32 up to ``LARGEST``.

    Raises UserError for a missing or damaged file and for weights of another network.
    """
    file = path or pretrained_path()
    try:
        with safe_open(str(file), framework="numpy") as tensors:
            names = set(tensors.keys())
            if absent := [name for name in SHAPES if name not in names]:
                raise _damaged(path, tr("{name} is missing", name=absent[0]))
            if foreign := sorted(names - set(SHAPES)):
                raise _damaged(path, tr("{name} is not part of LeNet-5", name=foreign[0]))
            found = {name: tensors.get_tensor(name) for name in SHAPES}
    except (OSError, SafetensorError, TypeError, AttributeError) as error:  # or a type NumPy lacks
        raise _damaged(path, str(error)) from error
    weights: Weights = {}
    for name, shape in SHAPES.items():
        if found[name].shape != shape:
            size = "×".join(map(str, found[name].shape))
            raise _damaged(path, tr("{name} has the shape {shape}", name=name, shape=size))
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
            weights[name] = np.asarray(found[name], np.float32)
        if not (np.abs(weights[name]) <= LARGEST).all():  # NaN is not, either
            raise _damaged(path, tr("{name} holds values that are no weights", name=name))
    return weights


@cache
def load_metadata(path: Path | None = None) -> dict[str, Any]:
    """The metadata of a weights file; every value was stored as JSON text.

    ``scales``: for every name in ``SCALED`` the largest magnitude that the colour scale shows (a
    high quantile over the training windows), within ``SCALE_RANGE``.

    Raises UserError for a missing or damaged file.
    """
    file = path or pretrained_path()
    try:
        with safe_open(str(file), framework="numpy") as tensors:
            stored = tensors.metadata() or {}
        metadata = {key: json.loads(text) for key, text in stored.items()}
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    scales = metadata.get("scales")
    if not isinstance(scales, dict):
        raise _damaged(path, tr("its colour scales are missing"))
    least, most = SCALE_RANGE
    for name in SCALED:
        value = scales.get(name)
        if not isinstance(value, (int, float)) or not least <= value <= most:
            raise _damaged(path, tr("the colour scale of {name} is no positive number", name=name))
    return metadata


def _damaged(path: Path | None, why: str) -> UserError:
    """What to do about weights that cannot be used: ours come anew, others are the user's."""
    if path is None or path in map(pretrained_path, VARIANTS):
        return UserError(
            tr(
                "The network's weights {file} are damaged ({why}); install the program anew.",
                file=path or pretrained_path(),
                why=why,
            )
        )
    return UserError(
        tr(
            "The weights {file} cannot be used ({why}); take a file that `train` has written.",
            file=path,
            why=why,
        )
    )
