"""Weights on disk: safetensors with the training recipe, figures and colour scales as metadata.

Read through NumPy, so that the window can show kernels before torch is imported.
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
from viz.resources import resource_path

Weights = dict[str, np.ndarray]


def pretrained_path() -> Path:
    """The weights that come with the program."""
    return resource_path("lenet5.safetensors")


def load_weights(path: Path | None = None) -> Weights:
    """The arrays of a weights file (``C1.weight`` (20, 1, 5, 5) …) as float32.

    Raises UserError for a missing or damaged file.
    """
    file = path or pretrained_path()
    try:
        with safe_open(str(file), framework="numpy") as tensors:
            return {
                name: np.asarray(tensors.get_tensor(name), np.float32)
                for name in tensors.keys()  # noqa: SIM118 - safe_open is no dict
            }
    except (OSError, SafetensorError) as error:
        raise UserError(
            tr("The weights {file} cannot be read ({error}).", file=file, error=error)
        ) from error


@cache
def load_metadata(path: Path | None = None) -> dict[str, Any]:
    """The metadata of a weights file; every value was stored as JSON text.

    ``scales``: for each layer, and for its pre-activation as ``"C1 pre"``, the largest magnitude
    that the colour scale shows (a high quantile over the training windows).
    """
    file = path or pretrained_path()
    try:
        with safe_open(str(file), framework="numpy") as tensors:
            return {key: json.loads(text) for key, text in (tensors.metadata() or {}).items()}
    except (OSError, SafetensorError, ValueError) as error:
        raise UserError(
            tr("The weights {file} cannot be read ({error}).", file=file, error=error)
        ) from error
