"""Where the program's own files lie: in the package ``viz_resources``, which a checkout has in the
folder ``resources``."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    """Find the package without importing it: beside an installed viz, or in a checkout."""
    beside = Path(__file__).resolve().parent.parent
    installed = beside / "viz_resources"
    return installed if installed.is_dir() else beside / "resources" / "viz_resources"


def resource_path(*parts: str) -> Path:
    """Return the path of a file of the program, e.g. ``resource_path("lenet5.safetensors")``."""
    return _root().joinpath(*parts)


def lecture() -> Path:
    """Return the path of the lecture that ships with the program."""
    return resource_path("lectures", "convnets.lecture.json")
