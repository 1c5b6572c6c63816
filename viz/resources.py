"""Where the program's own files lie: ``resources/`` in a checkout, ``viz_resources`` installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    """An installed viz has viz_resources beside it, a checkout has resources.

    In this order, because a stranger's package may own a folder called resources there.
    """
    beside = Path(__file__).resolve().parent.parent
    installed = beside / "viz_resources"
    return installed if installed.is_dir() else beside / "resources"


def resource_path(*parts: str) -> Path:
    """The path of a file of the program's own, e.g. ``resource_path("lenet5.safetensors")``."""
    return _root().joinpath(*parts)
