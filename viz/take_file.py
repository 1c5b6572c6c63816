"""Take files: how a take goes from the window to the process that makes its film.

Everything is kept once, however many states share it, and a stroke that grows under the pen is one
line of points of which each state has a part. The format, version 1 (UTF-8, one object)::

    {"format": "lenetscope-take",
     "version": 1,
     "seconds": 12.5,
     "lines": ["…", …],                        base64 of float64 x, y, x, y, …; little-endian
     "strokes": [[line, points, width_px, ink], …],          its first so many points
     "pictures": ["…", …],                     as a scene file has them
     "items": [ITEM, …],                       as there, but strokes and pictures by number
     "scenes": [SCENE, …],                     as there, but items by number
     "screens": [SESSION, …],                  as there
     "moments": [[seconds, scene, screen, time of the demonstration or null], …]}

It is read as strictly as a scene file, and nothing in it is ever executed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viz import session as sessions
from viz.errors import UserError
from viz.i18n import tr
from viz.scene import Group, ImageLayer, Noise, Scene, Stroke, files
from viz.scene.checked import (
    RefusedError,
    array,
    mapping,
    number,
    refuse,
    string,
    truth,
    whole,
    wrong,
)
from viz.scene.limits import (
    FARTHEST,
    INKS,
    MOST_IMAGE_PIXELS,
    MOST_ITEMS,
    MOST_NAME,
    MOST_POINTS,
    MOST_SEED,
    SALT_PEPPER,
    SIGMAS,
    WIDTHS,
    check_counts,
)
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH, MIN_SIDE, Item
from viz.session import MOST_SECONDS, Session
from viz.take import Take

SUFFIX = ".take.json"

MOST_BYTES = 256 << 20
MOST_MOMENTS = 20_000
MOST_ENTRIES = 1_000_000
"""Of each of the lists, and of the items of all scenes together."""
MOST_POINTS_TOGETHER = 8_000_000
"""Of all strokes, each counted whole."""

_FORMAT, _VERSION = "lenetscope-take", 1

_Thing = TypeVar("_Thing")


def save(take: Take, path: Path) -> None:
    """Write a take. Raises UserError if that cannot be done."""
    files.write(dumps(take), path, sync=False)


def load(path: Path) -> Take:
    """Read a take. Raises UserError if that cannot be done, or it is none."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(
            tr(
                "{path} cannot be opened ({reason}); check the path.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error
    return loads(data)


def dumps(take: Take) -> str:
    """A take as text. Raises UserError if that were too long."""
    out = _Out()
    moments = [[time, *out.state(session)] for time, session in take.moments]
    text = json.dumps(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "seconds": take.seconds,
            "lines": [_base64(line.astype("<f8").tobytes()) for line in out.lines],
            **out.lists,
            "moments": moments,
        },
        allow_nan=False,
        separators=(",", ":"),
    )
    if len(text) > MOST_BYTES:
        raise UserError(
            tr("What was done takes more than {limit} MB; record less.", limit=MOST_BYTES >> 20)
        )
    return text


class _Out:
    """The lists of a file as they grow; what is there already gives its number."""

    def __init__(self) -> None:
        self.lines: list[NDArray[np.float64]] = []
        names = ("strokes", "pictures", "items", "scenes", "screens")
        self.lists: dict[str, list[Any]] = {name: [] for name in names}
        self._numbers: dict[tuple[str, int], int] = {}
        self._screen: tuple[Session, tuple[int, ...]] | None = None

    def _number(self, name: str, thing: _Thing, made: Callable[[_Thing], object]) -> int:
        """The number of a thing in a list. It is known by its identity: the take keeps it alive."""
        key = name, id(thing)
        if key not in self._numbers:
            entry = made(thing)  # which may add to other lists
            self._numbers[key] = len(self.lists[name])
            self.lists[name].append(entry)
        return self._numbers[key]

    def state(self, session: Session) -> tuple[int, int, float | None]:
        """Scene, screen and the demonstration's time."""
        played = session.demonstration
        still = replace(session, demonstration=played and replace(played, time=0.0))
        items = session.scene.items
        empty = tuple(i for i, item in enumerate(items) if files.is_empty(item))
        screen = replace(still, scene=Scene()), empty  # these shift the numbers of a selection
        if screen != self._screen:
            self._screen = screen
            self.lists["screens"].append(sessions.as_json(still))
        return (
            self._number("scenes", session.scene, self._scene),
            len(self.lists["screens"]) - 1,
            played.time if played is not None else None,
        )

    def _scene(self, scene: Scene) -> dict[str, Any]:
        items = (item for item in scene.items if not files.is_empty(item))
        return {
            "height": scene.height,
            "width": scene.width,
            "transform": asdict(scene.transform),
            "noise": asdict(scene.noise),
            "items": [self._number("items", item, self._item) for item in items],
        }

    def _item(self, item: Item) -> dict[str, Any]:
        place = {
            "name": item.name,
            "anchor": [float(x) for x in item.anchor],
            "transform": asdict(item.transform),
        }
        if isinstance(item, ImageLayer):
            picture = self._number("pictures", item.pixels, lambda p: _base64(files.png_out(p)))
            return {"kind": "image", **place, "inverted": item.inverted, "picture": picture}
        strokes = [self._number("strokes", stroke, self._stroke) for stroke in item.strokes]
        return {"kind": "group", **place, "strokes": strokes}

    def _stroke(self, stroke: Stroke) -> list[object]:
        points, lines = stroke.points, self.lines
        both = min(len(points), len(lines[-1])) if lines else 0
        if both and np.array_equal(points[:both], lines[-1][:both]):  # grown, or taken back
            if len(points) > both:
                lines[-1] = points
        else:
            lines.append(points)
        return [len(lines) - 1, len(points), stroke.width_px, stroke.ink]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def loads(data: bytes | str) -> Take:
    """The take in a file's contents. Raises UserError for anything that is none."""
    try:
        return _take_in(_parsed(data))
    except RefusedError as error:
        raise UserError(
            tr("This is no take of LeNetScope: {reason}; record it anew.", reason=error.reason)
        ) from error


def _parsed(data: bytes | str) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        refuse(tr("it is larger than {limit} MB", limit=MOST_BYTES >> 20))
    try:
        parsed = json.loads(data)
    except RecursionError as error:
        raise RefusedError(tr("it is nested too deeply")) from error
    except ValueError as error:  # broken JSON or UTF-8, or an integer of thousands of digits
        raise RefusedError(tr("it is damaged or no JSON text")) from error
    if not isinstance(parsed, dict) or parsed.get("format") != _FORMAT:
        refuse(tr("it has another format"))
    if whole(parsed.get("version"), "version", 1, 1 << 31) > _VERSION:
        refuse(tr("it is of a later version"))
    return parsed


def _take_in(data: dict[str, Any]) -> Take:
    room = {"points": MOST_POINTS_TOGETHER, "pixels": MOST_IMAGE_PIXELS, "items": MOST_ENTRIES}

    def listed(name: str) -> list[Any]:
        return array(data.get(name), name, MOST_ENTRIES)

    lines = [_line_in(line) for line in listed("lines")]
    strokes = [_stroke_in(stroke, lines, room) for stroke in listed("strokes")]
    pictures = [_picture_in(picture, room) for picture in listed("pictures")]
    items = [_item_in(item, strokes, pictures) for item in listed("items")]
    scenes = [_scene_in(scene, items, room) for scene in listed("scenes")]
    screens = _Screens(listed("screens"))
    moments: list[tuple[float, Session]] = []
    time = 0.0
    for moment in array(data.get("moments"), "moments", MOST_MOMENTS, 1):
        begin, scene, screen, played = array(moment, "moments", 4, 4)
        time = number(begin, "moments", time, MOST_SECONDS if moments else 0.0)
        moments.append((time, screens.session(screen, _at(scenes, scene, "scenes"), played)))
    return Take(tuple(moments), number(data.get("seconds"), "seconds", time, MOST_SECONDS))


def _at(things: list[_Thing], index: object, key: str) -> _Thing:
    return things[whole(index, key, 0, len(things) - 1)]


def _line_in(value: object) -> NDArray[np.float64]:
    if not isinstance(value, str):
        wrong("lines")
    try:
        points = np.frombuffer(base64.b64decode(value, validate=True), "<f8").reshape(-1, 2)
    except ValueError as error:
        raise RefusedError(tr("its lines are damaged")) from error
    if not (len(points) and (np.abs(points) <= FARTHEST).all()):  # NaN fails this too
        wrong("lines")
    return points.astype(np.float64)


def _stroke_in(value: object, lines: list[NDArray[np.float64]], room: dict[str, int]) -> Stroke:
    index, count, width_px, ink = array(value, "strokes", 4, 4)
    line = _at(lines, index, "strokes")
    points = line[: whole(count, "strokes", 1, len(line))]
    room["points"] -= len(points)
    if room["points"] < 0:
        refuse(tr("it has more than {limit} points", limit=MOST_POINTS_TOGETHER))
    return Stroke(points, number(width_px, "width_px", *WIDTHS), number(ink, "ink", *INKS))


def _picture_in(value: object, room: dict[str, int]) -> NDArray[np.float32]:
    pixels = files.png_in(value, room["pixels"])
    room["pixels"] -= pixels.size
    return pixels


def _item_in(value: object, strokes: list[Stroke], pictures: list[NDArray[np.float32]]) -> Item:
    data = mapping(value, "items")
    name = string(data.get("name"), "name", MOST_NAME)
    x, y = (files.coordinate(c, "anchor") for c in array(data.get("anchor"), "anchor", 2, 2))
    transform = files.transform_in(data.get("transform"))
    if data.get("kind") == "image":
        pixels = _at(pictures, data.get("picture"), "pictures")
        return ImageLayer(pixels, (x, y), transform, truth(data.get("inverted"), "inverted"), name)
    if data.get("kind") != "group":
        wrong("kind")
    chosen = array(data.get("strokes"), "strokes", MOST_POINTS, 1)
    return Group(tuple(_at(strokes, n, "strokes") for n in chosen), (x, y), transform, name)


def _scene_in(value: object, items: list[Item], room: dict[str, int]) -> Scene:
    data = mapping(value, "scenes")
    noise = mapping(data.get("noise"), "noise")
    chosen = array(data.get("items"), "items", min(MOST_ITEMS, max(0, room["items"])))
    room["items"] -= len(chosen)
    return check_counts(
        Scene(
            whole(data.get("height"), "height", MIN_SIDE, MAX_HEIGHT),
            whole(data.get("width"), "width", MIN_SIDE, MAX_WIDTH),
            tuple(_at(items, n, "items") for n in chosen),
            files.transform_in(data.get("transform")),
            Noise(
                number(noise.get("sigma"), "sigma", *SIGMAS),
                number(noise.get("salt_pepper"), "salt_pepper", *SALT_PEPPER),
                whole(noise.get("seed"), "seed", 0, MOST_SEED),
            ),
        )
    )


class _Screens:
    """The screens of a file, each read once."""

    def __init__(self, listed: list[Any]) -> None:
        self._listed = listed
        self._read: dict[int, Session] = {}

    def session(self, index: object, scene: Scene, played: object) -> Session:
        """The screen of this number with this scene, at this time of its demonstration."""
        at = whole(index, "screens", 0, len(self._listed) - 1)
        if at not in self._read:
            self._read[at] = sessions.from_json(self._listed[at], scene)
        screen = self._read[at]
        _check_chosen(screen, scene)
        playing = screen.demonstration
        if playing is not None:
            playing = replace(playing, time=number(played, "moments", 0.0, MOST_SECONDS))
        return replace(screen, scene=scene, demonstration=playing)


def _check_chosen(screen: Session, scene: Scene) -> None:
    """Refuse a selection of what is not in the scene."""
    if any(index >= len(scene.items) for index in screen.selection):
        wrong("selection")
    if screen.stroke is not None:
        item, stroke = screen.stroke
        group = scene.items[item] if item < len(scene.items) else None
        if not isinstance(group, Group) or stroke >= len(group.strokes):
            wrong("stroke")
