"""Files made hostile at random: JSON with wrong values, text in odd encodings, damaged bytes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

EXTREMES: tuple[float, ...] = (
    0, -0.0, 1, -1, 0.1, 0.5, 10, 1e-6, 1e-3, 1e3, -1e6, 1e6, 1e7, 360, 32, 128, 512, 2**31,
    2**63 - 1, 2**63, -(2**63), 10**400, 1e-308, 5e-324, 1e308, -1e308, float("nan"), float("inf"),
    float("-inf"),
)  # fmt: skip
"""Numbers at the limits of what files may hold, and of what computers can count."""

TEXTS = (
    "", " ", "0", "NaN", "true", "x" * 150, "x" * 20_000, "\x00", "\x1b[31m", "a\nb",
    "\u202e\u2028", "\ud800", "\U0001f600" * 50, "e\u0301\u0323" * 40, "ａ１٣",
    "../../etc/passwd", "/dev/zero", "C:\\CON", "%s{0}{file}", "<b>&amp;</b><script>",
    "__class__", "group", "image", "live", "average", "C3", "C3:7", "R0lGODlh",
    "iVBORw0KGgo=", "shift-map", "35-53",
)  # fmt: skip

OTHERS: tuple[Any, ...] = (
    None, True, False, [], {}, [[]], [None], [{}], {"": None}, [0] * 300, [[1, 2]] * 500,
    {str(n): n for n in range(1_100)}, {"png": "iVBORw0KGgo="}, {"png": 7}, {"kind": "image"},
)  # fmt: skip

TOKENS = (
    b"NaN", b"-Infinity", b"1e999", b"-0", b"-0.0", b"1e308", b"9" * 5_000, b"0x10", b"01", b"1.",
    b"+1", b"1_0", b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbf", b'"\\ud800"', b'"\\u0000"', b"'",
    b"//", b"[" * 2_000, b'{"":' * 2_000, b"[]", b"{}", b"null", b",", b"}", b"\x00",
    b"\xef\xbb\xbf",
)  # fmt: skip

Path = tuple[Any, ...]


def hostile_json(data: Any, other: Any, rng: random.Random) -> bytes:
    """Return JSON that may or may not be refused: ``data`` with a few things in it changed, some
    for what stands in ``other``, in an odd encoding or damaged at times."""
    data = json.loads(json.dumps(data))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
        rng.choices(_CHANGES, _WEIGHTS)[0](data, other, rng)
    text = json.dumps(data, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.1:
        text = _with_key_twice(text, rng)
    encoding = "utf-8" if rng.random() < 0.95 else rng.choice(("utf-16", "utf-8-sig", "utf-7"))
    content = text.encode(encoding, "surrogatepass")
    return damaged(content, rng) if rng.random() < 0.15 else content


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Return bytes with one to three places damaged."""
    whole = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        at, end = sorted(rng.choices(range(len(whole) + 1), k=2))
        end = min(end, at + rng.choice((1, 8, 200, len(whole))))
        match rng.randrange(6):
            case 0 if whole:
                whole[min(at, len(whole) - 1)] ^= 1 << rng.randrange(8)
            case 1:
                del whole[at:]
            case 2:
                del whole[at:end]
            case 3:
                whole[at:at] = whole[at:end] * rng.choice((1, 1, 2, 20))
            case 4:
                whole[at : at + rng.choice((0, 1, 4))] = rng.choice(TOKENS)
            case _:
                whole[at:end] = rng.randbytes(min(end - at, 200))
    return bytes(whole)


def places(data: Any, path: Path = ()) -> Iterator[Path]:
    """Where something stands in JSON; of long lists only the beginning."""
    inner = data.items() if isinstance(data, dict) else enumerate(data[:3])
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def _any_place(data: Any, rng: random.Random) -> tuple[Any, Any] | None:
    """What holds a value, and under which key."""
    found = list(places(data))
    if not found:
        return None
    path = rng.choice(found)
    return value_at(data, path[:-1]), path[-1]


def value_at(data: Any, path: Path) -> Any:
    """Return what stands there."""
    for key in path:
        data = data[key]
    return data


def hostile_value(rng: random.Random) -> Any:
    """Return a value of any type."""
    return copy.deepcopy(rng.choice(rng.choice((EXTREMES, EXTREMES, TEXTS, OTHERS))))


def _replace(data: Any, other: Any, rng: random.Random) -> None:
    if place := _any_place(data, rng):
        holder, key = place
        holder[key] = hostile_value(rng)


def _change_number(data: Any, other: Any, rng: random.Random) -> None:
    """Change a number to another one, which may still be allowed."""
    paths = [path for path in places(data) if type(value_at(data, path)) in (int, float)]
    if paths:
        path = rng.choice(paths)
        holder, value = value_at(data, path[:-1]), value_at(data, path)
        kept = type(value)
        try:
            other_value = rng.choice((*EXTREMES, value + 1, -value, value * 1e3, value / 1e3))
            holder[path[-1]] = kept(other_value) if rng.random() < 0.7 else other_value
        except (ValueError, OverflowError):  # an integer has no infinity
            holder[path[-1]] = -1


def _delete(data: Any, other: Any, rng: random.Random) -> None:
    if place := _any_place(data, rng):
        holder, key = place
        del holder[key]


def _exchange(data: Any, other: Any, rng: random.Random) -> None:
    """Exchange two values, or take one from another file."""
    first, source = _any_place(data, rng), rng.choice((data, other))
    second = _any_place(source, rng)
    if first and second:
        (holder, key), (other_holder, other_key) = first, second
        value = copy.deepcopy(other_holder[other_key])
        if source is data:
            other_holder[other_key] = copy.deepcopy(holder[key])
        holder[key] = value


def _wrap(data: Any, other: Any, rng: random.Random) -> None:
    if place := _any_place(data, rng):
        holder, key = place
        for _ in range(rng.choice((1, 6, 60))):
            holder[key] = rng.choice(([holder[key]], {"x": holder[key]}))


def _multiply(data: Any, other: Any, rng: random.Random) -> None:
    """Repeat what a list holds."""
    lists = [path for path in places(data) if isinstance(value_at(data, path), list)]
    if lists:
        path = rng.choice(lists)
        found = value_at(data, path)
        times = rng.choice((2, 3, 40))
        value_at(data, path[:-1])[path[-1]] = (found * times)[:2_000]


def _rename(data: Any, other: Any, rng: random.Random) -> None:
    place = _any_place(data, rng)
    if place and isinstance(place[0], dict):
        holder, key = place
        name = rng.choice((*TEXTS, *holder))
        holder[name] = holder.pop(key)


Change = Callable[[Any, Any, random.Random], None]
_CHANGES: Sequence[Change] = (
    _replace, _change_number, _delete, _exchange, _wrap, _multiply, _rename,
)  # fmt: skip
_WEIGHTS = 4, 8, 2, 3, 1, 2, 1


def _with_key_twice(text: str, rng: random.Random) -> str:
    """The text of an object that names a key a second time."""
    braces = [at for at, letter in enumerate(text[:5_000]) if letter == "{"]
    if not braces:
        return text
    at = rng.choice(braces) + 1
    key = rng.choice(("transform", "points", "height", "items", "format", "session", "kind"))
    try:
        value = json.dumps(hostile_value(rng))
    except ValueError:
        value = "null"
    return f'{text[:at]}"{key}": {value}, {text[at:]}'
