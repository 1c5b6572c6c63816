"""Codec: records to what JSON holds, and back from a file that nothing vouches for.

One codec for scenes, sessions and whatever else a scene file keeps. What a field may hold is its
type together with the limits beside it (``viz/scene/limits.py``): a missing field has its default,
an unknown key is ignored, anything else is refused with a UserError of one sentence that names the
key and says what to do. ``key`` is as it stands in the file, so it is not translated.

====================  ==========================================================
a record              an object; one of several kinds of record says ``"kind"``
tuple, frozenset      an array; of a frozenset in ascending order
Mapping[str, …]       an object
``Any``               settings: JSON of a modest size, see ``settings_in``
PointList             [[x, y], …]
GreyPicture           base64 of a grey PNG, ink = white
====================  ==========================================================
"""

from __future__ import annotations

import base64
import io
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, NoReturn, TypeVar, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.limits import (
    APART,
    MOST_POINTS,
    REQUIRED,
    AtMost,
    GreyPicture,
    Known,
    OneOf,
    PointList,
    hints_of,
)

T = TypeVar("T")

LONGEST = 200
"""Characters of a name, and of a text among settings."""

MOST_VALUES = 1_000
"""Of one instrument's settings, all levels together, without the numbers of lists …"""

MOST_NUMBERS = 65_536
"""… of which there may be so many: a table of 256×256."""

MOST_PICTURE = 1_024 * 1_024
"""Pixels of a picture among settings."""

DEEPEST = 5
LARGEST = 1e12


@dataclass(frozen=True)
class KnownIds:
    """The ids that this program knows, handed to whatever reads a file: of chapters, and of the
    networks that ship, each with the number of maps of each of its layers."""

    chapters: tuple[str, ...]
    networks: Mapping[str, Mapping[str, int]]

    def of(self, kind: str) -> tuple[str, ...]:
        """The ids of one kind."""
        return {"chapter": self.chapters}[kind]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture among an instrument's settings: uint8, (h, w) grey or (h, w, 3) RGB."""

    pixels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and np.array_equal(self.pixels, other.pixels)

    def __hash__(self) -> int:
        return hash((self.pixels.shape, self.pixels.tobytes()))


@dataclass(frozen=True)
class Reader:
    """What a file is read with: the ``ids`` that are known, and the ``room`` that is left, counted
    down, for the points and pixels of one scene."""

    ids: KnownIds
    room: dict[str, int] = field(default_factory=dict)


def encode(record: object) -> dict[str, Any]:
    """A record as JSON can hold it, but for fields that stand apart."""
    return _record_out(record)


def decode(record: type[T], value: object, key: str, ids: KnownIds, **apart: object) -> T:
    """The record that ``encode`` wrote; ``apart`` are the fields that stand elsewhere.

    Raises UserError for anything else.
    """
    made: T = _record_in(record, value, key, Reader(ids), apart)
    return made


# Values


@dataclass(frozen=True)
class _Codec:
    """How values of one type go out, and come in: ``into(value, key, reader)``."""

    out: Callable[[Any], Any]
    into: Callable[[object, str, Reader], Any]


@cache
def _codec(hint: Any) -> _Codec:
    limits: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *found = get_args(hint)
        limits = tuple(found)
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return _Codec(settings_out, lambda value, key, _: settings_in(value, key))
    if origin in (Union, types.UnionType):
        return _union(inner, limits)
    if is_dataclass(hint):
        return _Codec(_record_out, lambda value, key, reader: _record_in(hint, value, key, reader))
    if origin is tuple and inner[-1] is not Ellipsis:
        return _pair(inner)
    if origin in (tuple, frozenset):
        return _sequence(origin, inner[0], limits)
    if origin is Mapping:
        return _mapping(inner[1], limits)
    return _plain(hint, limits)


def _plain(hint: Any, limits: tuple[Any, ...]) -> _Codec:
    if hint is bool:
        return _Codec(bool, lambda value, key, _: truth(value, key))
    limit = limits[0]  # every other value has one, or a file could hold anything
    if isinstance(limit, PointList):
        return _Codec(
            lambda points: points.tolist(),
            lambda value, key, reader: _points_in(value, key, reader.room, limit.farthest),
        )
    if isinstance(limit, GreyPicture):
        return _Codec(_grey_out, lambda value, key, reader: _grey_in(value, key, reader.room))
    if isinstance(limit, Known):
        return _Codec(str, lambda value, key, reader: one_of(value, key, reader.ids.of(limit.kind)))
    if isinstance(limit, OneOf):
        return _Codec(str, lambda value, key, _: one_of(value, key, limit.names))
    if hint is str:
        return _Codec(str, lambda value, key, _: string(value, key, limit.most))
    convert = whole if hint is int else number
    return _Codec(hint, lambda value, key, _: convert(value, key, limit.low, limit.high))


def _union(kinds: tuple[Any, ...], limits: tuple[Any, ...]) -> _Codec:
    """A value or none, or one of several kinds of record."""
    if type(None) in kinds:
        (hint,) = (kind for kind in kinds if kind is not type(None))
        one = _codec(Annotated[(hint, *limits)] if limits else hint)
        return _Codec(
            lambda value: None if value is None else one.out(value),
            lambda value, key, reader: None if value is None else one.into(value, key, reader),
        )
    records = {record.KIND: record for record in kinds}

    def into(value: object, key: str, reader: Reader) -> Any:
        kind = mapping(value, key).get("kind")
        if not isinstance(kind, str) or kind not in records:
            wrong("kind")
        return _record_in(records[kind], value, key, reader)

    return _Codec(lambda record: {"kind": record.KIND, **_record_out(record)}, into)


def _pair(hints: tuple[Any, ...]) -> _Codec:
    codecs = [_codec(hint) for hint in hints]
    count = len(codecs)

    def into(value: object, key: str, reader: Reader) -> tuple[Any, ...]:
        values = zip(codecs, array(value, key, count, count), strict=True)
        return tuple(codec.into(one, key, reader) for codec, one in values)

    return _Codec(
        lambda values: [codec.out(one) for codec, one in zip(codecs, values, strict=True)], into
    )


def _sequence(origin: Any, hint: Any, limits: tuple[Any, ...]) -> _Codec:
    (limit,) = (limit for limit in limits if isinstance(limit, AtMost))
    codec, order = _codec(hint), sorted if origin is frozenset else iter

    def into(value: object, key: str, reader: Reader) -> Any:
        listed = array(value, key, limit.most, limit.least)
        found = origin(codec.into(one, key, reader) for one in listed)
        if len(found) < len(listed):  # a set names each once
            wrong(key)
        return found

    return _Codec(lambda values: [codec.out(one) for one in order(values)], into)


def _mapping(hint: Any, limits: tuple[Any, ...]) -> _Codec:
    codec = _codec(hint)
    limit = next((limit for limit in limits if isinstance(limit, AtMost)), AtMost(MOST_VALUES))

    def into(value: object, key: str, reader: Reader) -> dict[str, Any]:
        found = mapping(value, key)
        if len(found) > limit.most or any(len(name) > LONGEST for name in found):
            wrong(key)
        return {name: codec.into(one, key, reader) for name, one in found.items()}

    return _Codec(lambda found: {name: codec.out(one) for name, one in found.items()}, into)


# Records


def _name_of(name: str, hint: Any) -> str:
    """The key of a field in a file."""
    for limit in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
        if isinstance(limit, GreyPicture):
            return limit.key
    return name


@cache
def _plan(record: Any) -> tuple[tuple[str, str, _Codec | None, bool], ...]:
    """(field, key, codec, whether a file must have it) of a record; no codec: it stands apart."""
    plan = []
    for one in fields(record):
        hint = hints_of(record)[one.name]
        marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
        codec = None if APART in marks else _codec(hint)
        needed = one.default is MISSING and one.default_factory is MISSING
        plan.append((one.name, _name_of(one.name, hint), codec, needed or REQUIRED in marks))
    return tuple(plan)


def _record_out(record: Any) -> dict[str, Any]:
    return {
        key: codec.out(getattr(record, name))
        for name, key, codec, _ in _plan(record.__class__)
        if codec is not None
    }


def _record_in(
    record: Any, value: object, key: str, reader: Reader, apart: Mapping[str, object] = {}
) -> Any:
    data = mapping(value, key)
    if hasattr(record, "ROOM"):  # a scene's own, however many a file holds
        reader = Reader(reader.ids, dict(record.ROOM))
    found: dict[str, Any] = dict(apart)
    for name, at, codec, needed in _plan(record):
        if codec is None:
            continue
        if at in data:
            found[name] = codec.into(data[at], at, reader)
        elif needed:
            wrong(at)
    return record(**found)


# Numbers, texts, lists: each a value of a file converted, or refused


def number(value: object, key: str, low: float, high: float) -> float:
    """A finite number of ``low`` … ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong(key)
    if not low <= value <= high:  # NaN and infinities fail this too
        refuse(tr("its “{key}” does not lie in {low}…{high}", key=key, low=low, high=high))
    return float(value)


def whole(value: object, key: str, low: float, high: float) -> int:
    """A whole number of ``low`` … ``high``."""
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(key)
    number(value, key, low, high)
    return value


def truth(value: object, key: str) -> bool:
    """True or false, and nothing that only resembles it."""
    if not isinstance(value, bool):
        wrong(key)
    return value


def string(value: object, key: str, most: int) -> str:
    """A text of at most so many characters."""
    if not isinstance(value, str) or len(value) > most:
        wrong(key)
    return value


def mapping(value: object, key: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        wrong(key)
    return value


def array(value: object, key: str, most: int, least: int = 0) -> list[Any]:
    """A JSON array of ``least`` … ``most`` values."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        wrong(key)
    return value


def one_of(value: object, key: str, names: Collection[str]) -> str:
    """A name that this version of the program knows. Raises UserError for another."""
    name = string(value, key, LONGEST)
    if name not in names:
        raise UserError(
            tr(
                "This file's {key} “{name}” is not known here; update LeNetScope to open it.",
                key=key,
                name=name,
            )
        )
    return name


def wrong(key: str) -> NoReturn:
    """Refuse the file for one of its values."""
    refuse(tr("its “{key}” is missing or makes no sense", key=key))


def refuse(reason: str) -> NoReturn:
    """Refuse the file; ``reason`` is translated."""
    raise not_a_scene(reason)


def not_a_scene(reason: str) -> UserError:
    """What ``refuse`` raises, for code that raises it from another error."""
    return UserError(
        tr("This is no scene file of LeNetScope: {reason}; choose another one.", reason=reason)
    )


# Points and pictures


def _points_in(value: object, key: str, room: dict[str, int], farthest: float) -> list[list[float]]:
    if not isinstance(value, list) or not value:
        wrong(key)
    room["points"] -= len(value)
    if room["points"] < 0:
        refuse(tr("it has more than {limit} points", limit=MOST_POINTS))
    return [
        [number(one, key, -farthest, farthest) for one in array(pair, key, 2, 2)] for pair in value
    ]


def _grey_out(pixels: NDArray[np.float32]) -> str:
    """With 8 bits a pixel if that loses nothing, otherwise with 16 (to 1/131070)."""
    most = next((m for m in (255, 65535) if np.array_equal(pixels, _grey(pixels, m))), 65535)
    grey = np.rint(pixels * np.float32(most)).astype(np.uint8 if most == 255 else np.uint16)
    return png_out(grey)


def _grey(pixels: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """The pixels as they come back from a PNG whose white is ``most``."""
    return np.asarray(np.rint(pixels * np.float32(most)) / np.float32(most), np.float32)


def _grey_in(value: object, key: str, room: dict[str, int]) -> NDArray[np.float32]:
    grey = _png_in(value, key, room["pixels"], ("L", "I", "I;16", "I;16B", "I;16L"))
    room["pixels"] -= grey.size
    white = np.float32(255 if grey.dtype == np.uint8 else 65535)
    return np.asarray(grey.astype(np.float32) / white, np.float32)


def png_out(pixels: NDArray[Any]) -> str:
    """Base64 of the PNG of a picture: (h, w) uint8 or uint16, or (h, w, 3) uint8."""
    from PIL import Image  # Pillow only where there is a picture: a start must be quick

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=3)  # half the time of 6
    return base64.b64encode(file.getvalue()).decode("ascii")


def _png_in(text: object, key: str, most: int, modes: tuple[str, ...]) -> NDArray[Any]:
    """A picture of at most ``most`` pixels in one of Pillow's ``modes``."""
    from PIL import Image

    if not isinstance(text, str):
        wrong(key)
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"]) as png:
            if png.width * png.height > most:
                refuse(tr("its pictures are too large"))
            png.load()
            if png.mode not in modes:
                wrong(key)
            return np.asarray(png)
    except UserError:
        raise
    except Exception as error:  # a decoder fed with hostile bytes raises whatever it comes to
        raise not_a_scene(tr("a picture in it is damaged")) from error


# Settings of instruments


def settings_out(value: Any) -> Any:
    """Settings as JSON can hold them. Raises UserError for what ``settings_in`` would refuse."""
    return _Settings("instruments", outwards=True).walk(value, 0)


def settings_in(value: object, key: str) -> Any:
    """An instrument's settings: JSON whose numbers are finite, at most ``MOST_VALUES`` values, and
    in lists ``MOST_NUMBERS`` numbers; {"png": base64} is a Picture.

    Raises UserError for anything else.
    """
    return _Settings(key, outwards=False).walk(mapping(value, key), 0)


class _Settings:
    """Walks through one instrument's settings and counts what they hold."""

    def __init__(self, key: str, *, outwards: bool) -> None:
        self._key, self._outwards = key, outwards
        self._values, self._numbers, self._pixels = MOST_VALUES, MOST_NUMBERS, MOST_PICTURE

    def walk(self, value: object, depth: int) -> Any:
        self._values -= 1
        if self._values < 0 or depth > DEEPEST:
            wrong(self._key)
        if isinstance(value, Picture) and self._outwards:
            self._pixels -= value.pixels.shape[0] * value.pixels.shape[1]
            if self._pixels < 0:
                wrong(self._key)
            return {"png": png_out(value.pixels)}
        if isinstance(value, Mapping):
            if set(value) == {"png"} and not self._outwards:
                pixels = _png_in(value["png"], self._key, self._pixels, ("L", "RGB"))
                self._pixels -= pixels.shape[0] * pixels.shape[1]
                return Picture(np.array(pixels))
            return {
                string(name, self._key, LONGEST): self.walk(inner, depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._entry(inner, depth + 1) for inner in value]
        if isinstance(value, str):
            return string(value, self._key, LONGEST)
        return value if value is None or isinstance(value, bool) else self._number(value)

    def _entry(self, value: object, depth: int) -> Any:
        """One entry of a list: a number of a table, or a value like any other."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._numbers -= 1
            if self._numbers < 0:
                wrong(self._key)
            return self._number(value)
        return self.walk(value, depth)

    def _number(self, value: object) -> Any:
        number(value, self._key, -LARGEST, LARGEST)
        return value
