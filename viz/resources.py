"""Where the program's own files lie: ``resources/`` in a checkout, ``viz_resources`` installed."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    checkout = Path(__file__).resolve().parent.parent / "resources"
    if checkout.is_dir():
        return checkout
    spec = importlib.util.find_spec("viz_resources")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package viz_resources is not installed beside viz")
    return Path(next(iter(spec.submodule_search_locations)))


def resource_path(*parts: str) -> Path:
    """The path of a file of the program's own, e.g. ``resource_path("lenet5.safetensors")``."""
    return _root().joinpath(*parts)
