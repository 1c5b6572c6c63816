"""Benchmarks: how fast the program responds on this machine, measured on the real window.

Each part runs in a process of its own (``python -m viz.bench.drag`` and so on) and prints one JSON
object; this module starts them, one after the other, and puts their figures together. Preferences
of the user are neither used nor changed. Where there is no display, Xvfb is started.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from viz import __version__
from viz.bench.table import as_table
from viz.bench.xserver import display_for_bench
from viz.errors import UserError
from viz.i18n import tr

__all__ = ["ENDURANCE_S", "WINDOW", "as_table", "compare_with_floor", "measure"]

WINDOW = (1600, 900)
"""Width and height of the measured window in pixels."""
ENDURANCE_S = 30.0
"""How long demonstrations are looped, unless more is asked for."""
STARTS = 5
"""How often the window is started, in turns with ``import torch``; medians are reported."""


def measure(seconds: float = ENDURANCE_S) -> dict[str, Any]:
    """Return all figures, as ``bench --json`` prints them; progress goes to stderr.

    It takes about eight minutes.

    ``seconds`` is how long demonstrations are looped for the figures of endurance.

    Raises UserError where no window can be opened, or a part fails.
    """
    busy_percent = psutil.cpu_percent(1.0)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home, display_for_bench() as display:
        env = {
            **os.environ,
            **display,
            **{f"XDG_{kind}_HOME": home for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        }
        _progress(tr("starting the window {count} times …", count=STARTS))
        figures.update(_starts(env))
        _progress(tr("forward pass …"))
        figures["forward_ms"] = _part("forward", env)
        _progress(tr("the bare floor, dragging on 32×64, 1,000 events per second for 20 s …"))
        floors = [_part("floor", env)]
        live = _part("drag", env, "32x64", "--flood")
        _progress(tr("dragging on 32×512 and 128×512 …"))
        wide = {size: _part("drag", env, size) for size in ("32x512", "128x512")}
        _progress(tr("dragging with a layer enlarged, an explanation, a pinned unit, edges …"))
        figures["states"] = _part("states", env)
        _progress(tr("dragging in every chapter, turning from one to another …"))
        figures.update(_part("turning", env))
        floors.append(_part("floor", env))
        _progress(tr("commands on many items …"))
        figures["items"] = _part("items", env)
        _progress(tr("a kernel on the canvas and on a large picture …"))
        figures["kernel"] = _part("kernel", env)
        _progress(tr("training beside a drag in every chapter …"))
        figures["training"] = _part("training", env)
        _progress(tr("shift map and binding map …"))
        figures["shift_map"] = _part("shift_map", env)
        figures["binding_map"] = _part("binding", env)
        _progress(tr("playing every demonstration …"))
        figures["playing"] = _part("playing", env)
        _progress(tr("all demonstrations, over and over, for {seconds:.0f} s …", seconds=seconds))
        figures["endurance"] = _part("endurance", env, str(seconds))
    for key in ("latency_ms", "updates_per_s", "gui_block_ms", "rss_mb", "flood"):
        figures[key] = live[key]
    figures["floor"] = compare_with_floor(floors, figures)
    kept = ("latency_ms", "updates_per_s", "gui_block_ms")
    figures["wide"] = {size: {key: found[key] for key in kept} for size, found in wide.items()}
    figures["environment"] = {
        "cores": _cores(),
        "busy_percent": busy_percent,
        "screen": live["screen"],
        "window": "×".join(map(str, WINDOW)),
        "lenetscope": __version__,
        "python": sys.version.split()[0],
        **{name: version(name) for name in ("torch", "numpy", "PyQt6", "PyQt6-Qt6", "pyqtgraph")},
    }
    return figures


def compare_with_floor(
    floors: list[dict[str, float]], figures: Mapping[str, Any]
) -> dict[str, float]:
    """Return the mean of the floors' p50 and p99 (ms), and the live drag's in multiples of them.

    ``chapters``, ``turning``, ``training``: the worst chapter's p99, the worst turn to another
    chapter, the worst chapter's p99 while a network is trained, in multiples of the floor's p99.
    """
    p50, p99 = (statistics.fmean(floor[key] for floor in floors) for key in ("p50", "p99"))
    worst = max(chapter["p99"] for chapter in figures["chapters"].values())
    beside = max(chapter["p99"] for chapter in figures["training"]["chapters"].values())
    return {
        "p50_ms": p50,
        "p99_ms": p99,
        "p50": figures["latency_ms"]["p50"] / p50,
        "p99": figures["latency_ms"]["p99"] / p99,
        "chapters": worst / p99,
        "turning": figures["turning"]["worst_ms"] / p99,
        "training": beside / p99,
    }


def _starts(env: Mapping[str, str]) -> dict[str, float]:
    """Medians over processes that open the window, and over ``import torch``, in turns."""
    shown, painted, imported = [], [], []
    for _ in range(STARTS):
        started = time.monotonic()
        times = _part("startup", env, repr(started))
        shown.append(times["window_s"])
        painted.append(times["first_maps_s"])
        started = time.monotonic()
        subprocess.run([sys.executable, "-c", "import torch"], check=True, env=env)
        imported.append(time.monotonic() - started)
    return {
        "window_s": statistics.median(shown),
        "first_maps_s": statistics.median(painted),
        "import_torch_s": statistics.median(imported),
    }


def _part(name: str, env: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """The JSON object that ``python -m viz.bench.NAME`` prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"viz.bench.{name}", *arguments],
        env={**env, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        why = why.removeprefix(f"{UserError.__module__}.{UserError.__name__}: ")
        raise UserError(tr("The part “{name}” of the bench failed: {error}", name=name, error=why))
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _cores() -> int:
    """How many this process may use, which a container or taskset may have reduced."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
