"""States of training runs on the disk: a folder for each run, bounded in number and bytes.

A state is a weights file (``viz.nets.weights``) that ``--weights`` opens too; its metadata hold
what is shown with it. Beside them lies what training needs to go on to the same bits.
"""

from __future__ import annotations

import base64
import shutil
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from viz import disk
from viz.chapters.learning.measure.plan import Plan
from viz.chapters.learning.measure.states import MOST_WRONG, Curve, State, Wrong
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import Architecture
from viz.nets.weights import (
    WeightsError,
    architecture_to_json,
    colour_scales,
    read_metadata,
    read_weights,
    store,
)

MOST_RUNS, MOST_BYTES = 8, 256 << 20
"""Runs that are kept, and their bytes together; the oldest goes first."""

MOST_STATES = 64
"""Files that are read of a folder."""

MOST_LEARNER = 64 << 20
"""Bytes that training needs to go on."""

LEARNER = "learner.bin"

DRAWN = 2000
"""Points of a curve that a file holds at most."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a folder holds of a run."""

    states: tuple[State, ...]
    curve: Curve


def cache_folder() -> Path:
    """Return where runs are kept: the user's cache folder as the platform has it."""
    return Path(platformdirs.user_cache_dir("lenetscope")) / "training"


def folder_of(plan: Plan) -> Path:
    """Return where a plan's states are kept."""
    return cache_folder() / plan.id


def write(folder: Path, plan: Plan, state: State, curve: Curve, learner: bytes) -> None:
    """Keep a state, and make room for it. Raises UserError where it cannot be written."""
    assert state.confusion is not None
    store(state.weights, metadata(plan, state, curve), file_of(folder, state))
    disk.write(learner, folder / LEARNER)
    tidy(folder.parent, folder)


def file_of(folder: Path, state: State) -> Path:
    """Return where a state is written."""
    return folder / f"{state.step:07d}.safetensors"


def metadata(plan: Plan, state: State, curve: Curve) -> dict[str, Any]:
    """Return what a state's file says of it."""
    confusion = [] if state.confusion is None else state.confusion.tolist()
    thin = max(1, len(curve.passes) // DRAWN)
    return {
        "architecture": architecture_to_json(plan.architecture),
        "recipe": {
            **asdict(plan.recipe), "data": plan.source, "count": plan.count, "step": state.step,
        },
        "figures": {"test": round(100 * state.error, 2)},
        "scales": dict(state.scales),
        "state": {
            "passes": state.passes, "loss": state.loss, "confusion": confusion,
            "curve": [
                [round(float(value), 5) for value in row[::thin]]
                for row in (curve.passes, curve.losses, curve.errors)
            ],
            "wrong": None if state.wrong is None else _packed(state.wrong),
            "tests": [
                [round(float(value), 5) for value in row]
                for row in (curve.tested, curve.test_losses, curve.test_errors)
            ],
        },
    }  # fmt: skip


def read(folder: Path, architecture: Architecture) -> tuple[Found | None, str]:
    """Read the states of a folder; None without any. Damaged ones are left out, which the sentence
    beside them says."""
    states: list[State] = []
    damaged, last = 0, None
    with suppress(OSError):
        for file in sorted(folder.glob("*.safetensors"))[:MOST_STATES]:
            try:
                disk.check_file(file)  # a pipe would be waited for, without an end
                known = read_metadata(file)
                scales: Mapping[str, float] = colour_scales(known, architecture)
                if states and states[-1].scales == scales:
                    scales = states[-1].scales
                state, last = _state(file, architecture, known, scales), _curve(known)
                states.append(state)
            except (UserError, WeightsError, KeyError, TypeError, ValueError, AttributeError):
                damaged += 1
    sentence = ""
    if damaged:
        sentence = tr(
            "{count} kept passes are damaged and left out; train again to make them anew.",
            count=damaged,
        )
    if last is None:
        return None, sentence
    return Found(tuple(states), last), sentence


def read_learner(folder: Path) -> bytes | None:
    """Read what training needs to go on; None if it is not there."""
    try:
        data = disk.read(folder / LEARNER, MOST_LEARNER)
    except UserError:
        return None
    return data if len(data) <= MOST_LEARNER else None


def _state(
    file: Path, architecture: Architecture, known: dict[str, Any], scales: Mapping[str, float]
) -> State:
    told, classes = known["state"], architecture.classes
    confusion = np.array(told["confusion"], np.int64)
    if confusion.shape != (classes, classes) or (confusion < 0).any():
        raise ValueError("confusion")
    return State(
        int(known["recipe"]["step"]), float(told["passes"]), read_weights(file, architecture),
        scales, confusion, float(told["loss"]), _unpacked(told["wrong"], architecture.window),
    )  # fmt: skip


def _packed(wrong: Wrong) -> list[Any]:
    pixels = base64.b64encode(zlib.compress(wrong.images.tobytes(), 9)).decode()
    return [wrong.labels.tolist(), wrong.answers.tolist(), pixels]


def _unpacked(value: Any, side: int) -> Wrong | None:
    """Read what ``_packed`` wrote. Raises ValueError or TypeError for anything else."""
    if value is None:
        return None
    labels, answers, packed = value
    most = MOST_WRONG * side**2
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), most)
    except zlib.error as error:
        raise ValueError("pixels") from error
    images = np.frombuffer(data, np.uint8).reshape(-1, side, side)
    if not len(images) == len(labels) == len(answers):
        raise ValueError("wrong")
    return Wrong(images, np.array(labels, np.uint8), np.array(answers, np.int64))


def _curve(known: dict[str, Any]) -> Curve:
    rows = [np.array(row, float) for row in (*known["state"]["curve"], *known["state"]["tests"])]
    for some in (rows[:3], rows[3:]):
        if len({row.shape for row in some}) != 1 or some[0].ndim != 1 or len(some) != 3:
            raise ValueError("curve")
    return Curve("", *rows)


def tidy(cache: Path, present: Path) -> None:
    """Remove the oldest runs until number and bytes are within bounds; never the present one."""
    with suppress(OSError):
        runs = sorted(
            (one for one in cache.iterdir() if one.is_dir()),
            key=lambda one: one.stat().st_mtime, reverse=True,
        )  # fmt: skip
        runs.sort(key=lambda one: one != present)
        total = 0
        for number, run in enumerate(runs):
            total += sum(file.stat().st_size for file in run.iterdir())
            if run != present and (number >= MOST_RUNS or total > MOST_BYTES):
                shutil.rmtree(run, ignore_errors=True)


def forget(folder: Path) -> None:
    """Remove a run's states, to train it again from the start. Never raises."""
    shutil.rmtree(folder, ignore_errors=True)
