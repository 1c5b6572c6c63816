"""The pooling operator that the chapter's instruments share.

One choice holds for all of them, so that toy, maps and curves show the same. Only the window of the
toy, a signal of a few cells, is its own: 4 cells, where the network pools 2×2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.nets.pooling import Pooling

if TYPE_CHECKING:
    from viz.chapters.instrument import Context

TOY_WINDOW = 4


class Operator(QObject):
    """The chosen operator; lives on the GUI thread."""

    changed = pyqtSignal()

    def __init__(self, context: Context) -> None:
        super().__init__(context.document)
        self._pooling = Pooling()
        self._toy = TOY_WINDOW, TOY_WINDOW

    @property
    def pooling(self) -> Pooling:
        """As it pools maps."""
        return self._pooling

    @property
    def toy(self) -> Pooling:
        """As it pools the toy: the same, with the toy's size and stride."""
        size, stride = self._toy
        return replace(self._pooling, size=size, stride=stride)

    def set(self, *, toy: bool = False, **values: Any) -> None:
        """Change some fields of the pooling; with ``toy``, size and stride are those of the toy.

        Raises ValueError for what is no pooling; then nothing changes.
        """
        new = replace(self.toy if toy else self._pooling, **values)
        window = (new.size, new.stride)
        if toy:
            new = replace(new, size=self._pooling.size, stride=self._pooling.stride)
        else:
            window = self._toy
        if (new, window) != (self._pooling, self._toy):
            self._pooling, self._toy = new, window
            self.changed.emit()

    def state(self) -> dict[str, Any]:
        """Return it as JSON can hold it: JSON knows no ∞, so that is the text "inf"."""
        pooling = self._pooling
        return {
            "kind": pooling.kind,
            "size": pooling.size,
            "stride": pooling.stride,
            "p": _plain(pooling.p),
            "b": _plain(pooling.b),
            "coefficient": pooling.coefficient,
            "bias": pooling.bias,
            "toy_size": self._toy[0],
            "toy_stride": self._toy[1],
        }

    def restore(self, state: object) -> None:
        """Take a state back; each field that is missing or makes no sense stays as it is."""
        if not isinstance(state, Mapping):
            return
        for name in ("kind", "size", "stride", "p", "b", "coefficient", "bias"):
            self._take(name, state.get(name), toy=False)
        for name in ("size", "stride"):
            self._take(name, state.get(f"toy_{name}"), toy=True)

    def _take(self, name: str, value: Any, *, toy: bool) -> None:
        whole = name in ("size", "stride")
        if name != "kind":
            number = math.inf if value == "inf" else value
            if isinstance(number, bool) or not isinstance(number, int if whole else (int, float)):
                return
            value = number if whole else _as_float(number)
        try:
            self.set(toy=toy, **{name: value})
        except (ValueError, TypeError):
            return  # a file from elsewhere: what cannot be is left out


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.nan


def _plain(value: float) -> float | str:
    return "inf" if math.isinf(value) else value
