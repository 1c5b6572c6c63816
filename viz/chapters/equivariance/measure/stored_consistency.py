"""Stored consistency: figures for 1,000 MNIST digits, shown where MNIST is not installed.

The resource ``consistency.json`` holds them, each with the SHA-256 of the weights that it was
measured with; a figure of other weights is not shown. ``python -m
viz.chapters.equivariance.measure.stored_consistency`` measures them anew (about 5 s) and writes the
file; that is due after every training.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.chapters.equivariance.measure.invariance import DIGITS, SHIFTS, mean_consistency
from viz.nets import load_pretrained
from viz.nets.architecture import WINDOW
from viz.nets.data import load_mnist
from viz.nets.networks import pretrained_path
from viz.resources import resource_path

NETWORKS = ("max", "average", "blur")


def stored_path() -> Path:
    """Return where the figures lie."""
    return resource_path("consistency.json")


def mnist_windows(data: Path | None = None) -> NDArray[np.float32]:
    """Return the first 1,000 test digits as windows (1000, 32, 32), with a margin of 2 px.

    Raises UserError where MNIST is not to be had.
    """
    images = load_mnist(data, test=True).images[:DIGITS]
    margin = (WINDOW - images.shape[1]) // 2
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    return (padded / np.float32(255)).astype(np.float32)


def stored_consistency() -> dict[str, float]:
    """Return the stored figures by network, of those whose weights were measured."""
    try:
        table = json.loads(stored_path().read_text(encoding="utf-8"))["networks"]
        return {
            name: float(row["consistency"])
            for name, row in table.items()
            if name in NETWORKS and row["weights_sha256"] == _digest(name)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # a missing figure is no reason to fail


def measure(data: Path | None = None) -> dict[str, Any]:
    """Measure the contents of the file."""
    windows = mnist_windows(data)
    networks = {}
    for name in NETWORKS:
        *_, (_, share) = mean_consistency(load_pretrained(name), windows)
        networks[name] = {"consistency": round(share, 5), "weights_sha256": _digest(name)}
    return {
        "measured": f"share of neighbouring shifts to ±{SHIFTS} px with one answer, "
        f"MNIST test digits 0 to {DIGITS - 1}",
        "by": "python -m viz.chapters.equivariance.measure.stored_consistency",
        "networks": networks,
    }


def _digest(name: str) -> str:
    try:
        return hashlib.sha256(pretrained_path(name).read_bytes()).hexdigest()
    except OSError:  # the figures of the others hold all the same
        return "no file"


if __name__ == "__main__":
    text = json.dumps(measure(Path(sys.argv[1]) if sys.argv[1:] else None), indent=2)
    stored_path().write_text(text + "\n", encoding="utf-8")
