"""Take lists: what a take's file keeps (``take_file`` has its format), each thing once.

What states share has one entry, to which they refer by number. An entry is text as soon as it is
made: no one call takes long, so a window goes on while a thread writes its take.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viz import session as sessions
from viz.scene import ImageLayer, Scene, Stroke, files
from viz.scene.model import Item
from viz.session import Session
from viz.take import empty_of, without_scene

OF_BESIDE = "network", "ablated", "window"
"""What a screen says of A beside its scene."""

_LISTS = "strokes", "bundles", "pictures", "items", "drawings", "scenes", "settings", "screens"

_Thing = TypeVar("_Thing")


def text_of(value: object) -> str:
    """A value as JSON, without blanks."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def base64_of(data: bytes) -> str:
    """Bytes as text that needs no escapes."""
    return base64.b64encode(data).decode("ascii")


class Lists:
    """The lists of a file as they grow, each entry as text; what is there already gives its
    number."""

    def __init__(self) -> None:
        self.lines: list[NDArray[np.float64]] = []
        self.lists: dict[str, list[str]] = {name: [] for name in _LISTS}
        self._numbers: dict[tuple[str, int], int] = {}
        self._screen: tuple[Session, tuple[int, ...]] | None = None
        self._empty: tuple[tuple[Item, ...], tuple[int, ...]] = (), ()
        self._settings: dict[str, tuple[Mapping[str, Any], int | None]] = {}

    def _number(self, name: str, thing: _Thing, made: Callable[[_Thing], str]) -> int:
        """The number of a thing in a list. It is known by its identity: the take keeps it alive."""
        key = name, id(thing)
        if key not in self._numbers:
            entry = made(thing)  # which may add to other lists
            self._numbers[key] = self._add(name, entry)
        return self._numbers[key]

    def _add(self, name: str, entry: str) -> int:
        self.lists[name].append(entry)
        return len(self.lists[name]) - 1

    def state(self, session: Session) -> tuple[int, int, float | None]:
        """Scene, screen and the demonstration's time."""
        played, items = session.demonstration, session.scene.items
        scene = self._number("scenes", session.scene, self._scene)
        if items is not self._empty[0]:
            self._empty = items, empty_of(items)
        screen = without_scene(session), self._empty[1]
        if screen != self._screen:
            self._screen = screen
            self._add("screens", self._screen_out(*screen))
        return scene, len(self.lists["screens"]) - 1, played.time if played is not None else None

    def _screen_out(self, still: Session, empty: tuple[int, ...]) -> str:
        beside, stroke = still.beside, still.stroke
        entry = sessions.as_json(replace(still, beside=None, instruments={}))
        kept = sorted(still.selection.difference(empty))
        entry["selection"] = [index - bisect_left(empty, index) for index in kept]
        if stroke is not None and stroke[0] not in empty:
            entry["stroke"] = stroke[0] - bisect_left(empty, stroke[0]), stroke[1]
        if beside is not None:  # as of a session that has no more than A has
            a = Session(Scene(), network=beside.network, ablated=beside.ablated)
            told = sessions.as_json(replace(a, window=beside.window))
            scene = self._number("scenes", beside.scene, self._scene)
            entry["beside"] = {"scene": scene, **{key: told[key] for key in OF_BESIDE}}
        numbers = (self._settings_out(*settings) for settings in still.instruments.items())
        entry["instruments"] = [number for number in numbers if number is not None]
        return text_of(entry)

    def _settings_out(self, name: str, state: Mapping[str, Any]) -> int | None:
        """The number of an instrument's settings; None if no file may hold them."""
        there = self._settings.get(name)
        if there is None or there[0] != state:
            kept = sessions.as_json(Session(Scene(), instruments={name: state}))["instruments"]
            number = self._add("settings", text_of([name, kept[name]])) if kept else None
            there = self._settings[name] = state, number
        return there[1]

    def _scene(self, scene: Scene) -> str:
        return text_of(
            {
                "height": scene.height,
                "width": scene.width,
                "transform": asdict(scene.transform),
                "noise": asdict(scene.noise),
                "drawing": self._number("drawings", scene.items, self._drawing),
            }
        )

    def _drawing(self, items: tuple[Item, ...]) -> str:
        kept = (item for item in items if not files.is_empty(item))
        return text_of([self._number("items", item, self._item) for item in kept])

    def _item(self, item: Item) -> str:
        place = {
            "name": item.name,
            "anchor": [float(x) for x in item.anchor],
            "transform": asdict(item.transform),
        }
        if isinstance(item, ImageLayer):
            picture = self._number("pictures", item.pixels, self._picture)
            return text_of(
                {"kind": "image", **place, "inverted": item.inverted, "picture": picture}
            )
        strokes = self._number("bundles", item.strokes, self._bundle)
        return text_of({"kind": "group", **place, "strokes": strokes})

    def _picture(self, pixels: NDArray[np.float32]) -> str:
        return f'"{base64_of(files.png_out(pixels))}"'

    def _bundle(self, strokes: tuple[Stroke, ...]) -> str:
        return text_of([self._number("strokes", stroke, self._stroke) for stroke in strokes])

    def _stroke(self, stroke: Stroke) -> str:
        points, lines = stroke.points, self.lines
        both = min(len(points), len(lines[-1])) if lines else 0
        if both and np.array_equal(points[:both], lines[-1][:both]):  # grown, or taken back
            if len(points) > both:
                lines[-1] = points
        else:
            lines.append(points)
        return text_of([len(lines) - 1, len(points), stroke.width_px, stroke.ink])
