"""Take files: how a take goes from the window to the process that makes its film.

Everything is kept once, however many states share it, and a stroke that grows under the pen is one
line of points of which each state has a part. What ``take.Notes`` has room for can be written and
read again. The format, version 1 (UTF-8, one object)::

    {"format": "lenetscope-take",
     "version": 1,
     "seconds": 12.5,
     "lines": ["…", …],                        base64 of float64 x, y, x, y, …; little-endian
     "strokes": [[line, points, width_px, ink], …],          its first so many points
     "bundles": [[stroke, …], …],              what moves as one
     "pictures": ["…", …],                     as a scene file has them
     "items": [ITEM, …],                       as there, but "strokes" is the number of a bundle,
                                               and there is "picture", a number, in place of "png"
     "drawings": [[item, …], …],               bottom first
     "scenes": [SCENE, …],                     as there, but "drawing", a number, for the items
     "settings": [[name, {…}], …],             of an instrument
     "screens": [SESSION, …],                  as there, but "instruments" are numbers of settings,
                                               and the scene of "beside" is a number
     "moments": [[seconds, scene, screen, time of the demonstration or null], …]}

It is read as strictly as a scene file, and nothing in it is ever executed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
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
)
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH, MIN_SIDE, Item
from viz.session import Beside, Session
from viz.take import MOST_BYTES, MOST_PIXELS, MOST_REFERENCES, MOST_SECONDS, Take
from viz.take import MOST_POINTS as MOST_POINTS_TOGETHER
from viz.take_lists import OF_BESIDE, Lists, base64_of, text_of

SUFFIX = ".take.json"

MOST_MOMENTS = 20_000

_FORMAT, _VERSION = "lenetscope-take", 1

_Thing = TypeVar("_Thing")


def save(take: Take, path: Path) -> None:
    """Write a take. Raises UserError if that cannot be done."""
    files.write(_pieces(take), path, sync=False)


def load(path: Path) -> Take:
    """Read a take. Raises UserError if that cannot be done, or it is none."""
    return loads(files.contents(path, MOST_BYTES))


def dumps(take: Take) -> str:
    """A take as text. Raises UserError if that were too long."""
    return "".join(_pieces(take))


def _pieces(take: Take) -> list[str]:
    """The text, entry by entry: each is made so quickly that a window can go on meanwhile, which
    one call for all of them would hold up by seconds. Raises UserError if it were too long."""
    out = Lists()
    moments = [text_of([time, *out.state(session)]) for time, session in take.moments]
    lines = [f'"{base64_of(line.astype("<f8").tobytes())}"' for line in out.lines]
    head = {"format": _FORMAT, "version": _VERSION, "seconds": take.seconds}
    pieces = [text_of(head)[:-1]]
    for name, entries in {"lines": lines, **out.lists, "moments": moments}.items():
        pieces.append(f',"{name}":[')
        for place, entry in enumerate(entries):
            pieces += (",", entry) if place else (entry,)
        pieces.append("]")
    pieces.append("}")
    if sum(map(len, pieces)) > MOST_BYTES:
        raise UserError(
            tr("What was done takes more than {limit} MB; record less.", limit=MOST_BYTES >> 20)
        )
    return pieces


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
    room = {
        "points": MOST_POINTS_TOGETHER,
        "pixels": MOST_PIXELS,
        "references": MOST_REFERENCES,
    }

    def listed(name: str) -> list[Any]:
        return array(data.get(name), name, MOST_REFERENCES)

    lines = [_line_in(line) for line in listed("lines")]
    strokes = [_stroke_in(stroke, lines, room) for stroke in listed("strokes")]
    bundles = [_bundle_in(bundle, strokes, room) for bundle in listed("bundles")]
    pictures = [_picture_in(picture, room) for picture in listed("pictures")]
    items = [_item_in(item, bundles, pictures) for item in listed("items")]
    drawings = [_drawing_in(drawing, items, room) for drawing in listed("drawings")]
    scenes = [_scene_in(scene, drawings) for scene in listed("scenes")]
    settings = [_settings_in(entry) for entry in listed("settings")]
    screens = _Screens(listed("screens"), scenes, settings)
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


def _numbers_in(value: object, key: str, most: int, least: int, room: dict[str, int]) -> list[Any]:
    """A list of numbers, yet unchecked, for which there is room."""
    chosen = array(value, key, min(most, max(0, room["references"])), least)
    room["references"] -= len(chosen)
    return chosen


_Bundle = tuple[tuple[Stroke, ...], int]
"""Strokes, and how many points they have: counted once, for all the items that share them."""


def _bundle_in(value: object, strokes: list[Stroke], room: dict[str, int]) -> _Bundle:
    chosen = _numbers_in(value, "bundles", MOST_POINTS, 1, room)
    bundle = tuple(_at(strokes, n, "strokes") for n in chosen)
    return bundle, sum(len(stroke.points) for stroke in bundle)


def _picture_in(value: object, room: dict[str, int]) -> NDArray[np.float32]:
    pixels = files.png_in(value, min(room["pixels"], MOST_IMAGE_PIXELS))
    room["pixels"] -= pixels.size
    return pixels


_Counted = tuple[Item, int, int]
"""An item, its points and its pixels."""


def _item_in(
    value: object, bundles: list[_Bundle], pictures: list[NDArray[np.float32]]
) -> _Counted:
    data = mapping(value, "items")
    name = string(data.get("name"), "name", MOST_NAME)
    x, y = (files.coordinate(c, "anchor") for c in array(data.get("anchor"), "anchor", 2, 2))
    transform = files.transform_in(data.get("transform"))
    if data.get("kind") == "image":
        pixels = _at(pictures, data.get("picture"), "pictures")
        inverted = truth(data.get("inverted"), "inverted")
        return ImageLayer(pixels, (x, y), transform, inverted, name), 0, pixels.size
    if data.get("kind") != "group":
        wrong("kind")
    strokes, points = _at(bundles, data.get("strokes"), "strokes")
    return Group(strokes, (x, y), transform, name), points, 0


def _drawing_in(value: object, items: list[_Counted], room: dict[str, int]) -> tuple[Item, ...]:
    numbers = _numbers_in(value, "drawings", MOST_ITEMS, 0, room)
    chosen = [_at(items, n, "items") for n in numbers]
    if sum(points for _, points, _ in chosen) > MOST_POINTS:
        refuse(tr("it has more than {limit} points", limit=MOST_POINTS))
    if sum(pixels for _, _, pixels in chosen) > MOST_IMAGE_PIXELS:
        refuse(tr("its pictures are too large"))
    return tuple(item for item, _, _ in chosen)


def _scene_in(value: object, drawings: list[tuple[Item, ...]]) -> Scene:
    data = mapping(value, "scenes")
    noise = mapping(data.get("noise"), "noise")
    return Scene(
        whole(data.get("height"), "height", MIN_SIDE, MAX_HEIGHT),
        whole(data.get("width"), "width", MIN_SIDE, MAX_WIDTH),
        _at(drawings, data.get("drawing"), "drawings"),
        files.transform_in(data.get("transform")),
        Noise(
            number(noise.get("sigma"), "sigma", *SIGMAS),
            number(noise.get("salt_pepper"), "salt_pepper", *SALT_PEPPER),
            whole(noise.get("seed"), "seed", 0, MOST_SEED),
        ),
    )


def _settings_in(value: object) -> tuple[str, Mapping[str, Any]]:
    """An instrument's name and settings."""
    name, state = array(value, "settings", 2, 2)
    if not isinstance(name, str):
        wrong("settings")
    return name, sessions.from_json({"instruments": {name: state}}, Scene()).instruments[name]


class _Screens:
    """The screens of a file, each read once."""

    def __init__(
        self,
        listed: list[Any],
        scenes: list[Scene],
        settings: list[tuple[str, Mapping[str, Any]]],
    ) -> None:
        self._listed, self._scenes, self._settings = listed, scenes, settings
        self._read: dict[int, tuple[Session, int]] = {}

    def session(self, index: object, scene: Scene, played: object) -> Session:
        """The screen of this number with this scene, at this time of its demonstration."""
        at = whole(index, "screens", 0, len(self._listed) - 1)
        if at not in self._read:
            screen = self._screen_in(self._listed[at])
            self._read[at] = screen, max(screen.selection, default=-1)
        screen, last = self._read[at]
        if last >= len(scene.items):
            wrong("selection")
        _check_stroke(screen, scene)
        playing = screen.demonstration
        if playing is not None:
            playing = replace(playing, time=number(played, "moments", 0.0, sessions.MOST_SECONDS))
        return replace(screen, scene=scene, demonstration=playing)

    def _screen_in(self, value: object) -> Session:
        """A screen without its scene, to which its selection belongs: that is checked later."""
        data = mapping(value, "screens")
        none: dict[str, Any] = {"beside": None, "instruments": {}, "selection": [], "stroke": None}
        screen = sessions.from_json({**data, **none}, Scene())
        most = sessions.MOST_INSTRUMENTS
        chosen = array(data.get("instruments"), "instruments", most)
        listed = array(data.get("selection"), "selection", MOST_ITEMS)
        stroke = data.get("stroke")
        if stroke is not None:
            item, of_it = array(stroke, "stroke", 2, 2)
            most = MOST_POINTS
            stroke = whole(item, "stroke", 0, MOST_ITEMS), whole(of_it, "stroke", 0, most)
        return replace(
            screen,
            selection=frozenset(whole(n, "selection", 0, MOST_ITEMS) for n in listed),
            stroke=stroke,
            beside=self._beside_in(data.get("beside")),
            instruments=dict(_at(self._settings, n, "settings") for n in chosen),
        )

    def _beside_in(self, value: object) -> Beside | None:
        if value is None:
            return None
        data = mapping(value, "beside")
        scene = _at(self._scenes, data.get("scene"), "scenes")
        a = sessions.from_json({key: data.get(key) for key in OF_BESIDE}, scene)
        return Beside(scene, a.network, a.ablated, a.window)


def _check_stroke(screen: Session, scene: Scene) -> None:
    """Refuse a single stroke that is not in the scene."""
    if screen.stroke is not None:
        item, stroke = screen.stroke
        group = scene.items[item] if item < len(scene.items) else None
        if not isinstance(group, Group) or stroke >= len(group.strokes):
            wrong("stroke")
