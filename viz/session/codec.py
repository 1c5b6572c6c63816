"""Codec: records to what JSON holds, and back from a file that may hold anything.

One codec for scenes, sessions and all else that a scene file keeps. What a field may hold is its
type together with the limits beside it (``viz/scene/limits.py``), checked both ways: a missing
field has its default, an unknown key is ignored, anything else is refused with one sentence that
names the key and says what to do. ``key`` is as it stands in the file, so it is not translated.

====================  ==========================================================
a record              an object; one of several kinds of record says ``"kind"``
tuple, frozenset      an array; of a frozenset in ascending order
Mapping[str, …]       an object
``Any``               settings: JSON of a modest size, see ``settings_out``
POINTS                [[x, y], …]
WIDTHS                [1, …]
PICTURE               base64 of a grey PNG, ink = white, under the key "png"
====================  ==========================================================
"""

from __future__ import annotations

import base64
import io
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, partial
from typing import Annotated, Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.limits import (
    APART,
    FARTHEST,
    MOST_BYTES,
    MOST_POINTS,
    PICTURE,
    POINTS,
    REQUIRED,
    WIDTH_RANGE,
    WIDTHS,
    AtMost,
    OneOf,
)
from viz.scene.recent import Recent

T = TypeVar("T")

Room = dict[str, int]
"""How many more "points" and "pixels" a scene may hold, counted down."""

LONGEST = 200
"""Characters of a name."""

LONGEST_TEXT = 1_000
"""Characters of a text among settings: the longest stack of layers that can be typed has 975."""

MOST_VALUES = 1_000
"""Of one instrument's settings, all levels together, without the numbers of lists …"""

MOST_NUMBERS = 65_536
"""… of which there may be so many: a table of 256×256."""

MOST_PICTURE = 1_024 * 1_024
"""Pixels of a picture among settings."""

DEEPEST = 5
LARGEST = 1e12


class SceneFileError(UserError):
    """A scene file that cannot be read. ``reason`` is the translated part of its sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            tr("This is not a LeNetScope scene file: {reason}; choose another one.", reason=reason)
        )
        self.reason = reason


@dataclass(frozen=True)
class KnownIds:
    """Ids that files may name: of chapters, and of the networks that ship, each with the number of
    maps of each of its layers."""

    chapters: tuple[str, ...]
    networks: Mapping[str, Mapping[str, int]]


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


def encode(record: object) -> dict[str, Any]:
    """Return a record as JSON can hold it, without the fields that stand apart.

    Raises UserError for what ``decode`` would refuse.
    """
    try:
        written: dict[str, Any] = _record(type(record), record, "", None)
    except SceneFileError as error:
        raise UserError(
            tr("This drawing cannot be saved: {reason}; undo the last change.", reason=error.reason)
        ) from error
    return written


def decode(record: type[T], value: object, key: str, **apart: object) -> T:
    """Return the record that ``encode`` wrote; ``apart`` are the fields that stand elsewhere.

    Raises UserError for anything else.
    """
    made: T = _record(record, value, key, {}, apart)
    return made


# Types: each has a function (value, key, room), which converts a value to JSON where ``room`` is
# None, from JSON otherwise, and raises SceneFileError for what its limits exclude


_Convert = Callable[[Any, str, Room | None], Any]


def _split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Split an Annotated type into the type and its limits."""
    if get_origin(hint) is not Annotated:
        return hint, ()
    hint, *limits = get_args(hint)
    return hint, tuple(limits)


@cache
def _conversion(annotated: Any) -> _Convert:
    hint, limits = _split(annotated)
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return _settings
    if origin in (Union, types.UnionType):
        return _optional(inner, limits) if type(None) in inner else _any_of(inner)
    if is_dataclass(hint):
        return partial(_record, hint)
    if origin is tuple and inner[-1] is not Ellipsis:
        return _pair(inner)
    if origin in (tuple, frozenset):
        return _sequence(origin, inner[0], *limits)
    if origin is Mapping:
        return _mapping(inner[1], *limits)
    if POINTS in limits:
        return _points
    if WIDTHS in limits:
        return _widths
    if PICTURE in limits:
        return _grey
    check = _check_of(hint, limits)
    return lambda value, key, room: check(hint(value) if room is None else value, key)


def _check_of(hint: Any, limits: tuple[Any, ...]) -> Callable[[Any, str], Any]:
    """Return the check of a value that JSON has, too."""
    if hint is bool:
        return truth
    limit = limits[0]  # every other value has one, or a file could hold anything
    if isinstance(limit, OneOf):
        return partial(one_of, names=limit.names)
    if isinstance(limit, AtMost):
        return partial(string, most=limit.most)
    return partial(whole if hint is int else number, low=limit.low, high=limit.high)


def _optional(kinds: tuple[Any, ...], limits: tuple[Any, ...]) -> _Convert:
    (hint,) = (kind for kind in kinds if kind is not type(None))
    one = _conversion(Annotated[(hint, *limits)] if limits else hint)
    return lambda value, key, room: None if value is None else one(value, key, room)


def _any_of(records: tuple[Any, ...]) -> _Convert:
    kinds = {record.KIND: record for record in records}

    def convert(value: Any, key: str, room: Room | None) -> Any:
        if room is None:
            return {"kind": value.KIND, **_record(type(value), value, key, room)}
        kind = mapping(value, key).get("kind")
        if not isinstance(kind, str) or kind not in kinds:
            wrong("kind")
        return _record(kinds[kind], value, key, room)

    return convert


def _pair(hints: tuple[Any, ...]) -> _Convert:
    conversions = [_conversion(hint) for hint in hints]
    count = len(hints)

    def convert(value: Any, key: str, room: Room | None) -> Any:
        pair = array(list(value) if room is None else value, key, count, count)
        made = [one(x, key, room) for one, x in zip(conversions, pair, strict=True)]
        return made if room is None else tuple(made)

    return convert


def _sequence(origin: Any, hint: Any, limit: AtMost) -> _Convert:
    one, order = _conversion(hint), sorted if origin is frozenset else list

    def convert(value: Any, key: str, room: Room | None) -> Any:
        listed = array(order(value) if room is None else value, key, limit.most, limit.least)
        made = [one(x, key, room) for x in listed]
        if room is None:
            return made
        found = origin(made)
        if len(found) < len(made):  # a set names each once
            wrong(key)
        return found

    return convert


def _mapping(hint: Any, limit: AtMost) -> _Convert:
    one = _conversion(hint)

    def convert(value: Any, key: str, room: Room | None) -> dict[str, Any]:
        found = dict(value) if room is None else mapping(value, key)
        if len(found) > limit.most or any(len(name) > LONGEST for name in found):
            wrong(key)
        return {name: one(x, key, room) for name, x in found.items()}

    return convert


def _record(
    record: Any, value: Any, key: str, room: Room | None, apart: Mapping[str, object] = {}
) -> Any:
    if room is None:
        written = ((at, one, getattr(value, name)) for name, at, one, _ in _plan(record))
        # Most strokes have one width: a file says nothing of others then, as files always did
        return {at: one(x, at, None) for at, one, x in written if at != WIDTHS or x is not None}
    data = mapping(value, key)
    if hasattr(record, "ROOM"):
        room = dict(record.ROOM)  # a scene's own, however many a file holds
    found: dict[str, Any] = dict(apart)
    for name, at, one, is_needed in _plan(record):
        if at in data:
            found[name] = one(data[at], at, room)
        elif is_needed:
            wrong(at)
    try:
        return record(**found)
    except ValueError:  # fields that do not fit each other
        wrong(key)


@cache
def _plan(record: Any) -> tuple[tuple[str, str, _Convert, bool], ...]:
    """List a record's fields but those apart: (name, key, conversion, whether a file needs it)."""
    hints = get_type_hints(record, include_extras=True)
    plan = []
    for one in fields(record):
        hint = hints[one.name]
        _, limits = _split(hint)
        if APART not in limits:
            key = "png" if PICTURE in limits else one.name
            has_default = one.default is not MISSING or one.default_factory is not MISSING
            is_needed = not has_default or REQUIRED in limits
            plan.append((one.name, key, _conversion(hint), is_needed))
    return tuple(plan)


# Numbers, texts, lists: each returns the value that it is given, or refuses the file


def number(value: object, key: str, low: float, high: float) -> float:
    """Check a finite number of ``low`` … ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong(key)
    if not low <= value <= high:  # NaN and infinities fail this too
        raise SceneFileError(
            tr("its “{key}” lies outside {low}…{high}", key=key, low=low, high=high)
        )
    return float(value)


def whole(value: object, key: str, low: float, high: float) -> int:
    """Check a whole number of ``low`` … ``high``."""
    if not isinstance(value, int):
        wrong(key)
    number(value, key, low, high)
    return value


def truth(value: object, key: str) -> bool:
    """Check that a value is true or false, and nothing that only resembles it."""
    if not isinstance(value, bool):
        wrong(key)
    return value


def string(value: object, key: str, most: int) -> str:
    """Check a text of at most so many characters."""
    if not isinstance(value, str) or len(value) > most:
        wrong(key)
    return value


def mapping(value: object, key: str) -> dict[str, Any]:
    """Check a JSON object."""
    if not isinstance(value, dict):
        wrong(key)
    return value


def array(value: object, key: str, most: int, least: int = 0) -> list[Any]:
    """Check a JSON array of ``least`` … ``most`` values."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        wrong(key)
    return value


def one_of(value: object, key: str, names: Collection[str]) -> str:
    """Check a name that this version of the program knows."""
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
    """Refuse the file for one of its values. Raises SceneFileError."""
    raise SceneFileError(tr("its “{key}” is missing or invalid", key=key))


# Points and pictures


def _points(value: Any, key: str, room: Room | None) -> list[list[float]]:
    if room is None:
        number(float(np.abs(value).max()), key, 0, FARTHEST)
        return np.asarray(value).tolist()  # type: ignore[no-any-return]
    if not isinstance(value, list) or not value:
        wrong(key)
    room["points"] -= len(value)
    if room["points"] < 0:
        raise SceneFileError(tr("it has more than {limit} points", limit=MOST_POINTS))
    return [
        [number(one, key, -FARTHEST, FARTHEST) for one in array(pair, key, 2, 2)] for pair in value
    ]


def _widths(value: Any, key: str, room: Room | None) -> list[float]:
    listed = array(value.tolist() if room is None else value, key, MOST_POINTS)
    return [number(one, key, WIDTH_RANGE.low, WIDTH_RANGE.high) for one in listed]


def _grey(value: Any, key: str, room: Room | None) -> Any:
    """Convert pixels to a PNG of 8 bits if that loses nothing, else 16 (to 1/131070); and back."""
    if room is None:
        return _kept_png(value)
    grey = _png_in(value, key, room["pixels"], ("L", "I", "I;16", "I;16B", "I;16L"))
    room["pixels"] -= grey.size
    return grey.astype(np.float32) / np.float32(255 if grey.dtype == np.uint8 else 65535)


def _grey_out(pixels: NDArray[np.float32]) -> NDArray[Any]:
    """Round pixels to 8 bits, or to 16 where that would lose something."""
    grey: NDArray[Any] = np.rint(pixels * np.float32(255)).astype(np.uint8)
    if not np.array_equal(pixels, grey.astype(np.float32) / np.float32(255)):
        grey = np.rint(pixels * np.float32(65535)).astype(np.uint16)
    return grey


def _kept_png(pixels: NDArray[Any]) -> str:
    """Return base64 of the PNG of pixels. It is kept: a picture is mostly written again and again,
    moved or not, and making one of 16 megapixels takes seconds."""
    known = None if pixels.flags.writeable else _pngs.get(id(pixels))
    if known is not None:
        return known[1]
    text = _png_out(pixels if pixels.dtype == np.uint8 else _grey_out(pixels))
    if not pixels.flags.writeable:
        _pngs.put(id(pixels), (pixels, text), len(text) + pixels.nbytes)
    return text


_pngs: Recent[int, tuple[NDArray[Any], str]] = Recent(2 * MOST_BYTES)


def _png_out(pixels: NDArray[Any]) -> str:
    """Return base64 of the PNG of a picture: (h, w) uint8 or uint16, or (h, w, 3) uint8."""
    from PIL import Image  # Pillow only where there is a picture: a start must be quick

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=3)  # half the time of 6
    return base64.b64encode(file.getvalue()).decode("ascii")


def _png_in(text: object, key: str, most: int, modes: tuple[str, ...]) -> NDArray[Any]:
    """Read a picture of at most ``most`` pixels in one of Pillow's ``modes``."""
    from PIL import Image

    if not isinstance(text, str):
        wrong(key)
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"]) as png:
            if png.width * png.height > most:
                raise SceneFileError(tr("its images are too large"))
            png.load()
            if png.mode not in modes:
                wrong(key)
            return np.asarray(png)
    except UserError:
        raise
    except Exception as error:  # a decoder fed with hostile bytes raises whatever it comes to
        raise SceneFileError(tr("an image in it is damaged")) from error


# Settings of instruments


def settings_out(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return an instrument's settings as JSON can hold them: at most ``MOST_VALUES`` values, and in
    lists ``MOST_NUMBERS`` finite numbers; a Picture is {"png": base64}.

    Raises UserError for anything else.
    """
    return _settings(settings, "instruments", None)


def _settings(value: Any, key: str, room: Room | None) -> dict[str, Any]:
    found = dict(value) if room is None else mapping(value, key)
    walked: dict[str, Any] = _Settings(key, outwards=room is None).walk(found, 0)
    return walked


class _Settings:
    """Walks through one instrument's settings and counts what they hold."""

    def __init__(self, key: str, *, outwards: bool) -> None:
        self._key, self._outwards = key, outwards
        self._values, self._numbers, self._pixels = MOST_VALUES, MOST_NUMBERS, MOST_PICTURE

    def walk(self, value: Any, depth: int, *, is_entry: bool = False) -> Any:
        """Convert one value, and what is in it. ``is_entry``: it stands in a list."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_entry and is_number:
            self._numbers -= 1
        else:
            self._values -= 1
            if depth > DEEPEST:
                wrong(self._key)
        if min(self._values, self._numbers) < 0:
            wrong(self._key)
        if is_number:
            number(value, self._key, -LARGEST, LARGEST)
            return value
        if isinstance(value, Picture) and self._outwards:
            self._count(value)
            return {"png": _kept_png(value.pixels)}
        if isinstance(value, Mapping):
            if set(value) == {"png"} and not self._outwards:
                pixels = _png_in(value["png"], self._key, self._pixels, ("L", "RGB"))
                picture = Picture(np.array(pixels))
                self._count(picture)
                return picture
            return {
                string(name, self._key, LONGEST): self.walk(inner, depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.walk(inner, depth + 1, is_entry=True) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        return string(value, self._key, LONGEST_TEXT)

    def _count(self, picture: Picture) -> None:
        height, width = picture.pixels.shape[:2]
        self._pixels -= height * width
        if self._pixels < 0:
            wrong(self._key)
