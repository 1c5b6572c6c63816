"""Scene files: a drawing and the screen it was on, as UTF-8 JSON.

One object, version 2; unknown keys are ignored::

    {"format": "lenetscope-scene",
     "version": 2,
     "height": 32, "width": 64,                 canvas in pixels: 32…128 × 32…512
     "transform": TRANSFORM,                    of the whole drawing about the canvas's centre
     "noise": {"sigma": 0, "salt_pepper": 0, "seed": 0},
     "light": {"contrast": 1, "background": 0,  0…1; light that grows by "ramp", 0…1, across the
               "ramp": 0, "direction": 0},      canvas; in degrees, clockwise from the right
     "items": [ITEM, …],                        bottom first
     "session": SESSION}                        what else was on the screen, if anything

    TRANSFORM = {"dx": 0, "dy": 0,              pixels, right and down
                 "scale": 1, "angle": 0,        angle in degrees, clockwise on the screen
                 "squeeze": 1, "slant": 0}      width over height; pixels right per pixel up

    ITEM = {"kind": "group", "name": "3", "anchor": [x, y], "transform": TRANSFORM,
            "strokes": [{"width_px": 2.4, "ink": 1, "points": [[x, y], …],
                         "widths": [1, …]}, …]}   in multiples of width_px, if they differ
         | {"kind": "image", "name": "photo.jpg", "anchor": [x, y], "transform": TRANSFORM,
            "inverted": true, "png": "…"}       base64 of a grey PNG, ink = white

    SESSION = {"chapter": "binding",
               "instrument": "binding-map",     its id; null: the one the demonstration is about
               "network": "max",                with modules behind it: "max+before=high-pass"
               "ablated": {"C1": [0, 3]},       numbers of maps
               "pinned": {"layer": "C3", "map": 5, "row": 2, "column": 3},      or null
               "hovered": null,                 such a unit, in films of a live session
               "window": [0, 3],                row, column of the output; or null,
               "focus_window": [0, 3],          when this one was shown; or null
               "selection": [0], "stroke": null,    items, and [item, stroke] of a single stroke
               "tool": "select",
               "demonstration": {"id": "35-53", "time": 2.5, "speed": 1, "loop": true,
                                 "seen": false,     whether its end was reached
                                 "playing": false}, shown by pictures and films alone
               "opened": [{"name", "file", "checksum", "input"}],   networks that do not ship
               "kernel": 0,                     the map whose kernels are shown
               "pre_activation": false, "pixel_grid": true,
               "comparison": null,              or A of A|B: {"scene", "network", "ablated",
                                                "window"}, a scene as above without format
               "instruments": {"residual": {…}}}    settings of all chapters' instruments by id

What is left out has the value that a new drawing or a new window has; height and width must be
there. Numbers are finite and come back to the last bit; a picture is written with 8 bits a pixel if
that loses nothing, otherwise with 16. Theme and text size are not kept: they belong to the eyes and
the room of the reader, not to what is shown. Files of version 1 are read too
(``viz/session/version_1.py``). Nothing in a file is ever executed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from viz import disk
from viz.errors import UserError
from viz.i18n import tr
from viz.nets import modules, networks
from viz.scene import Group, Scene, formats
from viz.scene.capacity import check_counts
from viz.scene.limits import MOST_BYTES
from viz.scene.model import Item
from viz.scene.recent import Recent
from viz.session import codec, version_1
from viz.session.codec import KnownIds, SceneFileError, string, whole, wrong
from viz.session.session import Session

SUFFIX = ".scene.json"
FORMAT, VERSION = "lenetscope-scene", 2

_MOST_PATH = 10_000
_CHECKSUM = 64

_PART = 1_000
"""Values of a list that are encoded at once."""


@dataclass(frozen=True)
class Content:
    """What a scene file holds: a session, or of a file that keeps none its scene alone. ``file`` is
    the scene file that the drawing belongs to, which autosave notes, with the SHA-256 of what was
    in it, "" if that is not known."""

    opened: Session | Scene
    file: Path | None = None
    checksum: str = ""

    @property
    def session(self) -> Session:
        """The session; that of a new window around a scene alone."""
        return self.opened if isinstance(self.opened, Session) else Session(self.opened)


def dumps(session: Session, ids: KnownIds, file: Path | None = None, checksum: str = "") -> str:
    """Return the text of a scene file, without groups that hold nothing; ``file`` and ``checksum``
    as ``Content`` has them.

    Raises UserError for what could not be read again.
    """
    session = _checked(session, ids)
    items = [_item(item) for item in session.scene.items]
    data = _object(session, replace(session.scene, items=()))
    if file is not None:
        data |= {"file": str(file), "checksum": checksum}
    fields = (
        (key, f"[{','.join(items)}]" if key == "items" else _written(value))
        for key, value in data.items()
    )
    text = "{" + ",".join(f"{_write(key)}:{text}" for key, text in fields) + "}"
    if len(text) > MOST_BYTES:
        raise UserError(
            tr(
                "A scene file has at most {limit} MB; delete an image or some strokes.",
                limit=MOST_BYTES >> 20,
            )
        )
    return text


def _item(item: Item) -> str:
    """The text of an item. That of a group is kept: autosave writes most of them again and again.
    Of a picture the codec keeps the PNG."""
    known = _texts.get(id(item))
    if known is not None:
        return known[1]
    text = _written({"kind": item.KIND, **codec.encode(item)})
    if isinstance(item, Group):
        _texts.put(id(item), (item, text), len(text))  # held too: its id is not given to another
    return text


_texts: Recent[int, tuple[Item, str]] = Recent(MOST_BYTES)

_write = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def _written(value: object) -> str:
    """The JSON of a value, put together of small parts: large drawings are encoded beside the
    window, and a call of the encoder lets no other thread run until it is through."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_write(key)}:{_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, list) and len(value) > _PART:
        parts = (value[start : start + _PART] for start in range(0, len(value), _PART))
        return "[" + ",".join(_write(part)[1:-1] for part in parts) + "]"
    return _write(value)


def to_json(session: Session, ids: KnownIds) -> dict[str, Any]:
    """Return the object that a scene file is, without groups that hold nothing.

    Raises UserError for what could not be read again.
    """
    session = _checked(session, ids)
    return _object(session, session.scene)


def _checked(session: Session, ids: KnownIds) -> Session:
    """The session without groups that hold nothing. Raises UserError for one that could not be read
    again."""
    session = _without_empty(session)
    check_counts(session.scene)
    if session.comparison is not None:
        check_counts(session.comparison.scene)
    _check(session, ids)
    return session


def _object(session: Session, scene: Scene) -> dict[str, Any]:
    kept = codec.encode(replace(session, instruments={}))
    kept["instruments"] = _settings_out(session.instruments)
    return {"format": FORMAT, "version": VERSION, **codec.encode(scene), "session": kept}


def parse(text: bytes, ids: KnownIds) -> Content:
    """Return all that the bytes of a scene file hold. Raises UserError if they are none."""
    kind = formats.described(text[:1024])
    if formats.is_scene(text[:1024]):
        data = json_object(text)
        if data.get("format") == FORMAT:
            return from_json(data, ids)
        kind = tr("a JSON file of another program")
    raise UserError(
        tr(
            "This is {kind}; open a scene file, a lecture or a picture (PNG, JPEG, WebP, TIFF and "
            "others).",
            kind=kind,
        )
    )


def content_or_picture(path: Path, ids: KnownIds) -> Content | bytes:
    """Return what a scene file holds; of another file, by its beginning, the bytes: a picture's.

    Raises UserError if it cannot be read, or is a damaged scene file.
    """
    from viz.scene import decoding  # imports Pillow, which the window's start need not

    data = disk.read(path, decoding.MOST_BYTES)
    return parse(data, ids) if formats.is_scene(data[:1024]) else data


def json_object(
    text: bytes, object_hook: Callable[[dict[str, Any]], Any] | None = None
) -> dict[str, Any]:
    """Return the JSON object in the bytes of a file; ``object_hook`` as ``json.loads`` has it.

    Raises SceneFileError for anything else.
    """
    if len(text) > MOST_BYTES:
        raise SceneFileError(tr("it is larger than {limit} MB", limit=MOST_BYTES >> 20))
    try:
        data = json.loads(
            text.decode("utf-8-sig"), parse_constant=_refuse_constant, object_hook=object_hook
        )
    except UserError:
        raise
    except RecursionError as error:
        raise SceneFileError(tr("it is nested too deeply")) from error
    except ValueError as error:  # no UTF-8, broken JSON, or an integer of thousands of digits
        raise SceneFileError(tr("it is damaged or not JSON")) from error
    if not isinstance(data, dict):
        raise SceneFileError(tr("it has another format"))
    return data


def from_json(data: dict[str, Any], ids: KnownIds) -> Content:
    """Return what the object of a scene file holds. Raises UserError if it is none."""
    if data.get("format") != FORMAT:
        raise SceneFileError(tr("it has another format"))
    version = whole(data.get("version"), "version", 1, 1 << 31)
    if version > VERSION:
        raise UserError(
            tr(
                "This scene file is of version {version}; update LeNetScope to open it.",
                version=version,
            )
        )
    scene = _filled(codec.decode(Scene, data, "scene"))
    file = data.get("file")
    path = None if file is None else Path(string(file, "file", _MOST_PATH))
    checksum = string(data.get("checksum", ""), "checksum", _CHECKSUM)
    if (kept := data.get("session")) is None:
        return Content(scene, path, checksum)
    if version == 1:
        kept = version_1.upgraded(kept, FORMAT)
    session = codec.decode(Session, kept, "session", scene=scene)
    _check(session, ids)
    return Content(_without_empty(session), path, checksum)


def save(session: Session, path: str | Path, ids: KnownIds) -> None:
    """Write a scene file, whole or not at all: an older file survives a full disk.

    Raises UserError if it cannot be written, or not be read again.
    """
    disk.write(dumps(session, ids).encode(), path)


def load(path: str | Path, ids: KnownIds) -> Session | Scene:
    """Return the session of a scene file; of a file that keeps none, its scene.

    Raises UserError if it cannot be read.
    """
    return parse(disk.read(Path(path), MOST_BYTES), ids).opened


def _is_empty(item: Item) -> bool:
    return isinstance(item, Group) and not item.strokes


def _filled(scene: Scene) -> Scene:
    """The scene without groups that hold nothing."""
    items = tuple(item for item in scene.items if not _is_empty(item))
    return scene if len(items) == len(scene.items) else replace(scene, items=items)


def _without_empty(session: Session) -> Session:
    """The session without groups that hold nothing, so that the other items get other numbers."""
    comparison = session.comparison
    kept = [i for i, item in enumerate(session.scene.items) if not _is_empty(item)]
    place = {index: new for new, index in enumerate(kept)}
    stroke = session.stroke if session.stroke and session.stroke[0] in place else None
    return replace(
        session,
        scene=_filled(session.scene),
        selection=frozenset(place[i] for i in session.selection if i in place),
        stroke=stroke and (place[stroke[0]], stroke[1]),
        comparison=comparison and replace(comparison, scene=_filled(comparison.scene)),
    )


def _settings_out(instruments: Mapping[str, Any]) -> dict[str, Any]:
    """Encode instruments' settings, without those of a faulty one: it must not cost the drawing."""
    kept = {}
    for name, state in instruments.items():
        try:
            kept[name] = codec.settings_out(state)
        except UserError as error:
            logging.warning("settings of an instrument are not kept: %s", error)
    return kept


def _check(session: Session, ids: KnownIds) -> None:
    """Check what the parts of a session say of each other. Raises UserError."""
    items = session.scene.items
    codec.one_of(session.chapter, "chapter", ids.chapters)
    if any(item >= len(items) for item in session.selection):
        wrong("selection")
    if session.stroke is not None:
        item, stroke = session.stroke
        if item >= len(items) or stroke >= len(session.scene.strokes_of(item)):
            wrong("stroke")
    opened = {weights.name for weights in session.opened}
    maps = _maps_of(session.network, opened, ids)
    for key, unit in (("pinned", session.pinned), ("hovered", session.hovered)):
        if unit is not None and maps is not None and unit.map >= maps.get(unit.layer, 0):
            wrong(key)
    _check_ablated(session.ablated, maps)
    if session.comparison is not None:
        maps = _maps_of(session.comparison.network, opened, ids)
        _check_ablated(session.comparison.ablated, maps)


def _maps_of(network: str, opened: set[str], ids: KnownIds) -> Mapping[str, int] | None:
    """The number of maps of each layer of a network; None for one that the user opened."""
    base = modules.base_of(network)
    codec.one_of(base, "network", ids.networks.keys() | opened)
    if base == network or base not in ids.networks:
        return ids.networks.get(network)
    if not networks.is_known(network):
        wrong("network")
    return {layer.name: layer.maps for layer in networks.architecture(network).layers}


def _check_ablated(ablated: Mapping[str, frozenset[int]], maps: Mapping[str, int] | None) -> None:
    if maps is not None:
        for layer, numbers in ablated.items():
            if max(numbers) >= maps.get(layer, 0):
                wrong("ablated")


def _refuse_constant(text: str) -> NoReturn:
    raise SceneFileError(tr("it holds {text}, which is not a number", text=text))
