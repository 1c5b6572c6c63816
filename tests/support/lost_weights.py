"""Weights of one network that are lost, as on a stranger's disk: real files, really damaged."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from viz.nets import networks
from viz.nets.variants import VARIANTS
from viz.resources import resource_path

DAMAGES = ("missing", "cut off", "of other shapes")


def lose(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, damage: str) -> Path:
    """From now on this network's weights come from a file in ``folder`` that cannot be used;
    returns its path. All other files of the program stay."""
    lost = VARIANTS[name].file
    file, whole, before = folder / lost, resource_path(lost), networks.resource_path
    if damage == "cut off":
        file.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    elif damage == "of other shapes":
        arrays = load_file(whole)
        arrays["C3.weight"] = np.ascontiguousarray(arrays["C3.weight"][:-1])
        save_file(arrays, file)

    def path(*parts: str) -> Path:
        return file if parts == (lost,) else before(*parts)

    monkeypatch.setattr(networks, "resource_path", path)
    read_anew(monkeypatch)
    return file


def read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on weights are read from their files, whatever was read before."""
    # Caches that know nothing from before, and of which nothing stays
    for read in ("shipped", "shipped_weights"):
        monkeypatch.setattr(networks, read, cache(getattr(networks, read).__wrapped__))


def word_for(damage: str) -> str:
    """What the program calls it."""
    return "missing" if damage == "missing" else "damaged"
