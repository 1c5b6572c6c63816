"""What the tests of takes and of their way to the process share: one with all there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from viz.model.snapshot import Unit
from viz.recording.take import Notes, Take
from viz.scene import Group, ImageLayer, Noise, Scene, Stroke, Transform, digits
from viz.session.session import ComparisonState, Playback, Session

THREE = digits.number("3")


def moved(dx: float) -> Session:
    return Session(replace(THREE, transform=Transform(dx=dx)))


def group(points: Any, **more: Any) -> Group:
    return Group.of([Stroke(points)], **more)


def many() -> Take:
    """Everything that a take can hold."""
    picture = np.random.default_rng(1).integers(0, 256, (20, 30)).astype(np.float32) / 255
    image = ImageLayer(picture, (16.0, 16.0), Transform(scale=0.5), True, "a")
    line = np.random.default_rng(2).normal(16, 9, (40, 2))
    notes = Notes(60, Session(THREE))
    for count in range(1, 41):  # a stroke that grows
        scene = replace(THREE, items=(*THREE.items, group(line[:count], name="é")))
        notes.note(count / 60, Session(scene, selection=frozenset({1}), stroke=(1, 0)))
    for count in range(10):  # a picture that moves, over an item that holds nothing
        there = replace(image, transform=Transform(dx=count, angle=0.1))
        scene = Scene(32, 64, (there, *THREE.items), noise=Noise(0.1, 0.2, count))
        notes.note(
            1 + count / 60,
            Session(
                scene,
                "binding",
                count % 3,
                "average",
                {"C1": frozenset({count})},
                Unit("C3", 5, 2, 3),
                (0, 1),
                frozenset({1}),
                None,
                "select",
                (0, 0),
                Playback("35-53", 0.1 + count, 2.0, False, count > 5),
                True,
                False,
                {"Some": {"value": count, "more": [0.1, None, "x"]}},
                ComparisonState(THREE, "blur", {"S2": frozenset({1})}, (0, 0)),
                Unit("S4", 1, 0, count) if count else None,
            ),
        )
    return notes.take(2.5)
