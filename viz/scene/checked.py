"""Checked: values out of a file that nobody vouches for, converted or refused with one sentence.

Every refusal is a UserError that names the key and says what to do. ``key`` is as it stands in the
file, so it is not translated.
"""

from __future__ import annotations

from typing import Any, NoReturn

from viz.errors import UserError
from viz.i18n import tr


def number(value: object, key: str, low: float, high: float) -> float:
    """A finite number of ``low`` … ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong(key)
    if not low <= value <= high:  # NaN and infinities fail this too
        refuse(tr("its “{key}” does not lie in {low}…{high}", key=key, low=low, high=high))
    return float(value)


def whole(value: object, key: str, low: int, high: int) -> int:
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


def wrong(key: str) -> NoReturn:
    """Refuse the file for one of its values."""
    refuse(tr("its “{key}” is missing or makes no sense", key=key))


def refuse(reason: str) -> NoReturn:
    """Refuse the file; ``reason`` is translated."""
    raise not_a_scene(reason)


class RefusedError(UserError):
    """A file is not what it should be; ``reason`` says why, translated."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            tr("This is no scene file of LeNetScope: {reason}; choose another one.", reason=reason)
        )
        self.reason = reason


def not_a_scene(reason: str) -> RefusedError:
    """What ``refuse`` raises, for those that raise it from another error."""
    return RefusedError(reason)
