"""Scene files made hostile at random."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from mutations import damaged, hostile_json
from scene_files import IDS, dumps

from viz.model.snapshot import Unit
from viz.scene import Group, ImageLayer, Light, Noise, Scene, Stroke, Transform
from viz.scene.digits import number
from viz.session import files
from viz.session.codec import Picture
from viz.session.session import ComparisonState, OpenedWeights, Playback, Session

OLDER = Path(__file__).parents[1] / "session" / "version_1"


@cache
def whole() -> tuple[dict[str, Any], ...]:
    """Valid files of every shape, as JSON has them."""
    rng = np.random.default_rng(3)
    grey = ImageLayer(rng.integers(0, 256, (9, 6)).astype(np.float32) / np.float32(255), (9, 9))
    fine = ImageLayer(rng.random((5, 7), np.float32), (20, 12), Transform(3, -2, 2, 30), True, "é")
    tapering = Stroke([(3, 4), (9.5, 20), (11, 8)], 2.0, 0.8, [0.5, 1, 1.5])
    mixed = Scene(
        40, 70, (*number("31").items, grey, Group.of([tapering]), fine),
        Transform(1, 2, 1.1, 5, 0.9, 0.1), Noise(0.1, 0.05, 7),
        Light(0.5, 0.1, 0.3, 90),
    )  # fmt: skip
    full = Session(
        mixed, "binding", "interaction", "average", {"C1": frozenset((0, 3))},
        Unit("C3", 5, 2, 3), (0, 3), frozenset((0, 2)), (0, 1), "select", (0, 3),
        Playback("35-53", 2.5, 2.0, seen=True), True, False,
        {"shift-map": {"axis": "x"},
         "kernel": {"picture": Picture(np.zeros((4, 5, 3), np.uint8)), "rows": [[1, 2.5]] * 3}},
        ComparisonState(number("8"), "blur", {"S2": frozenset((1,))}, (0, 1)), Unit("S4", 1, 0, 2),
        4, (OpenedWeights("mine", "/mine.pt", "00ff", "own"),), "C3:7", False,
    )  # fmt: skip
    dense = Stroke(rng.uniform(0, 32, (600, 2)), 1.5)
    many = Scene(32, 512, tuple(Group((Stroke([(x, 3)]),), (x, 3)) for x in range(60)))
    drawn = [
        dumps(full), dumps(Scene()), dumps(Session(Scene(128, 33, (Group.of([dense]),)))),
        dumps(many), dumps(Session(mixed, network="max+before=divisive+side=9+pooling=maxout")),
        files.dumps(replace(full, comparison=None), IDS, Path("/a.json"), "0" * 64),
        *(path.read_text() for path in sorted(OLDER.glob("*.json"))),
    ]  # fmt: skip
    least = {"format": files.FORMAT, "version": 1, "height": 32, "width": 40, "items": []}
    return (*map(json.loads, drawn), least)


def hostile_scene(rng: random.Random) -> bytes:
    """The bytes of one file."""
    data = rng.choice(whole())
    if rng.random() < 0.1:
        return damaged(json.dumps(data).encode(), rng)
    return hostile_json(data, rng.choice(whole()), rng)
