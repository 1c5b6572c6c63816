"""Transfer: how a session or take goes from the window to the process that renders it, and what a
large file holds comes from the one that parses it.

Pickled, through a pipe: what states share is sent once, and shared again on the other side. What
arrives is not trusted: it can make these dataclasses, by their constructors, and arrays of numbers;
every other name in it is refused before anything is imported or called.
"""

from __future__ import annotations

import pickle
from dataclasses import fields
from io import BytesIO
from typing import Any, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.model.snapshot import Unit
from viz.recording.take import Take
from viz.scene import Group, ImageLayer, Light, Noise, Scene, Stroke, Transform
from viz.session.codec import Picture
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import ComparisonState, OpenedWeights, Playback, Session

_CLASSES = (
    ComparisonState, DemonstrationStart, Group, ImageLayer, Lecture, Light, Noise, OpenedWeights,
    Picture, Playback, Scene, Session, Step, Stroke, Take, Transform, Unit,
)  # fmt: skip
"""All that what is sent consists of, beside Python's own containers, numbers and text."""

_ARRAYS = "float32", "float64", "uint8"


def dumps(shown: object) -> bytes:
    """Return a session, take, scene or lecture, or several of them, as ``load_any`` reads it."""
    stream = BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(shown)
    return stream.getvalue()


def load(stream: BinaryIO) -> Session | Take:
    """Read a session or take. Raises UserError for anything else, and executes nothing of it."""
    try:
        shown = load_any(stream)
        if not isinstance(shown, Session | Take):
            raise TypeError
    except Exception as error:  # of any class: pickle leaves open what damaged data can raise
        raise UserError(
            tr("--stdin reads only what Record sends; record it again, or use --scene.")
        ) from error
    return shown


def load_any(stream: BinaryIO) -> object:
    """Read what ``dumps`` wrote. Raises anything for anything else, and executes nothing of it."""
    return _Unpickler(stream).load()


def _array(kind: str, shape: tuple[int, ...], data: bytes) -> NDArray[Any]:
    """Return a read-only array of numbers."""
    if kind not in _ARRAYS:
        raise ValueError(kind)
    return np.frombuffer(data, kind).reshape(shape)


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        """Reduce our dataclasses to their fields, without what they have worked out from these."""
        if type(obj) in _CLASSES:
            return type(obj), tuple(getattr(obj, field.name) for field in fields(obj))
        if isinstance(obj, np.ndarray):
            return _array, (obj.dtype.name, obj.shape, obj.tobytes())
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    _known: ClassVar = {
        (thing.__module__, thing.__qualname__): thing for thing in (*_CLASSES, _array)
    }

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Find one of ours; pickle itself would import any module there is."""
        if (module_name, global_name) not in self._known:
            raise pickle.UnpicklingError(f"{module_name}.{global_name}")
        return self._known[module_name, global_name]
