"""The bench: how fast the hand is answered here, measured on the real window.

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
from viz.bench.xserver import display_for_bench
from viz.errors import UserError
from viz.i18n import tr

WINDOW = (1600, 900)
"""Width and height of the measured window in pixels."""
STARTS = 5
"""How often the window is started, in turns with ``import torch``; medians are reported."""


def measure() -> dict[str, Any]:
    """All figures, as ``bench --json`` prints them; progress goes to stderr. About two minutes.

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
        _progress(tr("dragging on 32×64, then 1,000 events per second for 20 s …"))
        live = _part("drag", env, "32x64", "--flood")
        _progress(tr("dragging on 32×512 and 128×512 …"))
        wide = {size: _part("drag", env, size) for size in ("32x512", "128x512")}
    for key in ("latency_ms", "updates_per_s", "gui_block_ms", "rss_mb", "flood"):
        figures[key] = live[key]
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
        raise UserError(tr("The part {name} of the bench failed: {error}", name=name, error=why))
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _cores() -> int:
    """How many this process may use, which a container or taskset may have reduced."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def as_table(figures: Mapping[str, Any]) -> str:
    """The figures for people, with what they are to reach."""
    latency, flood, forward = figures["latency_ms"], figures["flood"], figures["forward_ms"]
    first = figures["first_maps_s"] / figures["import_torch_s"]
    rows = [
        (tr("latency, median"), f"{latency['p50']:.1f} ms", "≤ 5", latency["p50"] <= 5),
        (tr("latency, 99 %"), f"{latency['p99']:.1f} ms", "≤ 8.3", latency["p99"] <= 8.3),
        (
            tr("updates while dragging"),
            f"{figures['updates_per_s']:.0f} / s",
            "≥ 150",
            figures["updates_per_s"] >= 150,
        ),
        (tr("flood, worst"), f"{flood['worst_ms']:.1f} ms", "≤ 50", flood["worst_ms"] <= 50),
        (tr("flood, median"), f"{flood['p50_ms']:.1f} ms", "", True),
        (
            tr("flood, memory"),
            f"{flood['memory_growth_mb']:+.1f} MB",
            "≤ 5",
            flood["memory_growth_mb"] <= 5,
        ),
        (
            tr("flood, last event shown"),
            tr("yes") if flood["last_event_shown"] else tr("no"),
            tr("yes"),
            flood["last_event_shown"],
        ),
        (
            tr("forward pass, ours : eager"),
            f"{forward['ours']:.2f} : {forward['eager']:.2f} ms = {forward['ratio']:.2f}",
            "≤ 1.10",
            forward["ratio"] <= 1.1,
        ),
        (tr("window shown"), f"{figures['window_s']:.2f} s", "≤ 0.8", figures["window_s"] <= 0.8),
        (
            tr("first maps : import torch"),
            f"{figures['first_maps_s']:.2f} : {figures['import_torch_s']:.2f} s = {first:.2f}",
            "≤ 1.30",
            first <= 1.3,
        ),
        (tr("memory"), f"{figures['rss_mb']:.0f} MB", "≤ 450", figures["rss_mb"] <= 450),
    ]
    for size, wide in figures["wide"].items():
        block = wide["gui_block_ms"]
        rows.append((tr("{size}, GUI block", size=size), f"{block:.1f} ms", "≤ 16", block <= 16))
        p50, p99, rate = wide["latency_ms"]["p50"], wide["latency_ms"]["p99"], wide["updates_per_s"]
        rows.append((f"{size}", f"{p50:.1f} / {p99:.1f} ms, {rate:.0f} / s", "", True))
    left = max(len(row[0]) for row in rows)
    middle = max(len(row[1]) for row in rows)
    lines = [
        f"{name:{left}}  {value:>{middle}}  {target:>6}{'' if met else '  ✗'}".rstrip()
        for name, value, target, met in rows
    ]
    environment = figures["environment"]
    lines.append(", ".join(f"{key} {value}" for key, value in environment.items()))
    if environment["busy_percent"] > 10:
        lines.append(
            tr(
                "Other programs used {percent:.0f} % of the cores before the start, which makes "
                "the figures worse.",
                percent=environment["busy_percent"],
            )
        )
    return "\n".join(lines)
