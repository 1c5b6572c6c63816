"""Scene files: a drawing as JSON, written without loss and read without trust.

The format, version 1 (UTF-8, one object; keys that are not named here are ignored)::

    {"format": "lenetscope-scene",
     "version": 1,
     "height": 32, "width": 64,                 canvas in pixels: 32…128 × 32…512
     "transform": TRANSFORM,                    of the whole drawing about the canvas's centre
     "noise": {"sigma": 0, "salt_pepper": 0, "seed": 0},
     "items": [ITEM, …],                        bottom first
     "session": SESSION}                        what else was on the screen; see viz/session.py

    TRANSFORM = {"dx": 0, "dy": 0,              pixels, right and down
                 "scale": 1, "angle": 0,        angle in degrees, clockwise on the screen
                 "squeeze": 1, "slant": 0}      width over height; pixels right per pixel up

    ITEM = {"kind": "group", "name": "3", "anchor": [x, y], "transform": TRANSFORM,
            "strokes": [{"width_px": 2.4, "ink": 1, "points": [[x, y], …]}, …]}
         | {"kind": "image", "name": "photo.jpg", "anchor": [x, y], "transform": TRANSFORM,
            "inverted": true, "png": "…"}       base64 of a grey PNG, ink = white

Left out, ``transform`` is the identity, each of its fields and of ``noise`` the value above, a
``name`` is empty, ``width_px`` 2.4, ``ink`` 1, ``inverted`` false. Numbers are finite; points are
pixels of the canvas before the transforms, x right, y down. Numbers come back to the last bit. A
picture is written with 8 bits a pixel if that loses nothing, otherwise with 16 (to 1/131070).
"""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.checked import (
    array,
    mapping,
    not_a_scene,
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
    MOST_BYTES,
    MOST_IMAGE_PIXELS,
    MOST_ITEMS,
    MOST_NAME,
    MOST_POINTS,
    MOST_SEED,
    SALT_PEPPER,
    SIGMAS,
    TRANSFORMS,
    WIDTHS,
    check,
)
from viz.scene.model import (
    MAX_HEIGHT,
    MAX_WIDTH,
    MIN_SIDE,
    Group,
    ImageLayer,
    Item,
    Noise,
    Scene,
    Stroke,
    Transform,
)

SUFFIX = ".scene.json"

_FORMAT, _VERSION = "lenetscope-scene", 1


def dumps(scene: Scene, session: Mapping[str, Any] | None = None) -> str:
    """The scene as the text of a scene file, without groups that hold nothing.

    Raises UserError for a scene beyond the limits, which ``loads`` would refuse.
    """
    check(scene)
    data: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "height": scene.height,
        "width": scene.width,
        "transform": asdict(scene.transform),
        "noise": asdict(scene.noise),
        "items": [_item_out(item) for item in scene.items if not is_empty(item)],
    }
    if session is not None:
        data["session"] = session
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    if len(text) > MOST_BYTES:
        raise UserError(
            tr(
                "A scene file has at most {limit} MB; delete a picture or some strokes.",
                limit=MOST_BYTES >> 20,
            )
        )
    return text


def loads(text: str) -> Scene:
    """The scene of a scene file's text. Raises UserError for anything that is not one."""
    return parse(text)[0]


def parse(text: str) -> tuple[Scene, object]:
    """The scene of a scene file's text, and its ``"session"`` as JSON holds it, unchecked; None
    if it has none. Raises UserError for anything that is no scene file."""
    if len(text) > MOST_BYTES:
        refuse(tr("it is larger than {limit} MB", limit=MOST_BYTES >> 20))
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except UserError:
        raise
    except RecursionError as error:
        raise not_a_scene(tr("it is nested too deeply")) from error
    except ValueError as error:  # broken JSON, or an integer of thousands of digits
        raise not_a_scene(tr("it is damaged or no JSON text")) from error
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        refuse(tr("it has another format"))
    version = whole(data.get("version"), "version", 1, 1 << 31)
    if version > _VERSION:
        raise UserError(
            tr(
                "This scene file is of version {version}; update LeNetScope to open it.",
                version=version,
            )
        )
    return _scene_in(data), data.get("session")


def save(scene: Scene, path: str | Path, *, sync: bool = True) -> None:
    """Write the scene to a file, whole or not at all: an older file survives a full disk.

    ``sync`` waits until it is on the disk, where it outlives a power cut too; it can take a while.
    Raises UserError if the file cannot be written, or not be read again.
    """
    write(dumps(scene), path, sync=sync)


def write(text: str | Iterable[str], path: str | Path, *, sync: bool = True) -> None:
    """Write a scene file's text, whole or piece by piece, as ``save`` does."""
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines((text,) if isinstance(text, str) else text)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
            os.replace(part, target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(
            tr(
                "{path} cannot be written ({reason}); save to another place.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error


def load(path: str | Path) -> Scene:
    """The scene in a file. Raises UserError if it cannot be read or is not a scene file."""
    return loads(read(path))


def read(path: str | Path) -> str:
    """The text of a scene file. Raises UserError if it cannot be read or is no text."""
    data = contents(Path(path), MOST_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_a_scene(tr("it is damaged or no JSON text")) from error


def contents(path: Path, most: int) -> bytes:
    """What is in a file; of one larger than ``most`` bytes a byte more, by which it is found to be
    too large. Raises UserError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise UserError(
            tr(
                "{path} cannot be opened ({reason}); check the path.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error


def is_empty(item: Item) -> bool:
    """Whether an item holds nothing that a file would keep."""
    return isinstance(item, Group) and not item.strokes


def _item_out(item: Item) -> dict[str, Any]:
    place = {
        "name": item.name,
        "anchor": [float(x) for x in item.anchor],
        "transform": asdict(item.transform),
    }
    if isinstance(item, ImageLayer):
        png = base64.b64encode(png_out(item.pixels)).decode("ascii")
        return {"kind": "image", **place, "inverted": item.inverted, "png": png}
    strokes = [
        {"width_px": s.width_px, "ink": s.ink, "points": s.points.tolist()} for s in item.strokes
    ]
    return {"kind": "group", **place, "strokes": strokes}


def png_out(pixels: NDArray[np.float32]) -> bytes:
    """A picture (h, w) in [0, 1] as a grey PNG."""
    from PIL import Image  # Pillow only where there is a picture: a start must be quick

    most = next((m for m in (255, 65535) if np.array_equal(pixels, _grey(pixels, m))), 65535)
    grey = np.rint(pixels * np.float32(most)).astype(np.uint8 if most == 255 else np.uint16)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG", compress_level=3)  # half the time of 6
    return file.getvalue()


def _grey(pixels: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """The pixels as they come back from a PNG whose white is ``most``."""
    return np.asarray(np.rint(pixels * np.float32(most)) / np.float32(most), np.float32)


def png_in(text: object, room: int) -> NDArray[np.float32]:
    """A picture (h, w) in [0, 1] of at most ``room`` pixels from the base64 of a grey PNG. Raises
    UserError for anything else."""
    from PIL import Image

    if not isinstance(text, str):
        wrong("png")
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"]) as png:
            if png.width * png.height > room:
                refuse(tr("its pictures are too large"))
            png.load()
            eight = png.mode == "L"
            if not (eight or png.mode.startswith("I")):
                wrong("png")
            grey = np.asarray(png).astype(np.float32)
    except UserError:
        raise
    except Exception as error:  # a decoder fed with hostile bytes raises whatever it comes to
        raise not_a_scene(tr("a picture in it is damaged")) from error
    return np.asarray(grey / np.float32(255 if eight else 65535), np.float32)


def _scene_in(data: dict[str, Any]) -> Scene:
    height = whole(data.get("height"), "height", MIN_SIDE, MAX_HEIGHT)
    width = whole(data.get("width"), "width", MIN_SIDE, MAX_WIDTH)
    noise = mapping(data.get("noise", {}), "noise")
    room = {"points": MOST_POINTS, "pixels": MOST_IMAGE_PIXELS}
    listed = array(data.get("items", []), "items", MOST_ITEMS)
    items = [_item_in(item, room) for item in listed]
    return Scene(
        height,
        width,
        tuple(item for item in items if not is_empty(item)),
        transform_in(data.get("transform", {})),
        Noise(
            number(noise.get("sigma", 0.0), "sigma", *SIGMAS),
            number(noise.get("salt_pepper", 0.0), "salt_pepper", *SALT_PEPPER),
            whole(noise.get("seed", 0), "seed", 0, MOST_SEED),
        ),
    )


def _item_in(value: object, room: dict[str, int]) -> Item:
    """One item; ``room`` counts down how many points and pixels the file may still hold."""
    data = mapping(value, "items")
    name = string(data.get("name", ""), "name", MOST_NAME)
    x, y = (coordinate(c, "anchor") for c in array(data.get("anchor"), "anchor", 2, least=2))
    transform = transform_in(data.get("transform", {}))
    if data.get("kind") == "image":
        inverted = truth(data.get("inverted", False), "inverted")
        pixels = png_in(data.get("png"), room["pixels"])
        room["pixels"] -= pixels.size
        return ImageLayer(pixels, (x, y), transform, inverted, name)
    if data.get("kind") != "group":
        wrong("kind")
    strokes = array(data.get("strokes"), "strokes", MOST_POINTS)
    return Group(tuple(_stroke_in(stroke, room) for stroke in strokes), (x, y), transform, name)


def _stroke_in(value: object, room: dict[str, int]) -> Stroke:
    data = mapping(value, "strokes")
    points = data.get("points")
    if not isinstance(points, list) or not points:
        wrong("points")
    room["points"] -= len(points)
    if room["points"] < 0:
        refuse(tr("it has more than {limit} points", limit=MOST_POINTS))
    pairs = [
        [coordinate(c, "points") for c in array(pair, "points", 2, least=2)] for pair in points
    ]
    width_px = number(data.get("width_px", 2.4), "width_px", *WIDTHS)
    return Stroke(pairs, width_px, number(data.get("ink", 1.0), "ink", *INKS))


def transform_in(value: object) -> Transform:
    """A transform from its JSON. Raises UserError for what is none."""
    data = mapping(value, "transform")
    return Transform(
        **{
            field.name: number(
                data.get(field.name, field.default), field.name, *TRANSFORMS[field.name]
            )
            for field in fields(Transform)
        }
    )


def coordinate(value: object, key: str) -> float:
    """A coordinate in pixels. Raises UserError for what is none."""
    return number(value, key, -FARTHEST, FARTHEST)


def _no_constant(text: str) -> NoReturn:
    refuse(tr("it holds {text}, which is no number", text=text))
