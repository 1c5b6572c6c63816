"""A memory of the most recently used: what was computed is kept until newer things need its room.

Room is counted in bytes, because values differ a thousandfold in size. Any thread may use it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

_OVERHEAD = 500  # bytes of the objects about one value


class Recent(Generic[_Key, _Value]):
    """At most ``room`` bytes of values by key; the least recently used go first."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key) -> _Value | None:
        """Return the value kept under this key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: _Key, value: _Value, size: int) -> None:
        """Keep a value of ``size`` bytes, in place of what was kept under this key."""
        size += _OVERHEAD
        with self._lock:
            old = self._kept.pop(key, None)
            self._kept[key] = (value, size)
            self._room -= size - (old[1] if old else 0)
            while self._room < 0:
                _, (_, freed) = self._kept.popitem(last=False)
                self._room += freed
