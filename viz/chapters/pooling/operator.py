"""The pooling operator that the chapter's instruments share: its state, names and formulas.

One choice holds for all of them, so that toy, maps and curves show the same. Only the window of the
toy, a signal of a few cells, is its own: 4 cells, where the network pools 2×2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.nets.pooling import KINDS, Pooling

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "lp": ("p",),
    "log-prob": ("b",),
    "subsampling": ("coefficient", "bias"),
}
"""The parameters that each kind has beside its window."""

TOY_WINDOW = 4


def names() -> dict[str, str]:
    """What each kind is called."""
    texts = (
        tr("max"), tr("average"), tr("Lp"), tr("log-prob"), tr("subsampling"), tr("blur"),
    )  # fmt: skip
    return dict(zip(KINDS, texts, strict=True))


def nothing_drawn() -> str:
    """What is told of an empty canvas, where 0 would prove nothing."""
    return tr("The canvas is empty: nothing moves that could be measured. Draw a digit.")


def no_maps() -> str:
    """What is told of a network without layers that could be pooled."""
    return tr("This network has no maps of several units, so there is nothing to be pooled.")


def maps_window(snapshot: Snapshot) -> tuple[int, int] | None:
    """The window (row, column) whose maps a snapshot has, if the network sees one at a time."""
    architecture = snapshot.architecture
    if architecture.is_convolutional:
        return None
    top, left = snapshot.origin
    return top // architecture.stride, left // architecture.stride


_X = "<i>x</i><sub><i>i</i></sub>"
FORMULAS: Mapping[str, str] = {
    "max": f"<i>y</i> = max {_X}",
    "average": f"<i>y</i> = (1/<i>n</i>) Σ {_X}",
    "lp": f"<i>y</i> = ((1/<i>n</i>) Σ |{_X}|<sup><i>p</i></sup>)<sup>1/<i>p</i></sup>",
    "log-prob": f"<i>y</i> = (1/<i>b</i>) log((1/<i>n</i>) Σ exp(<i>b</i> {_X}))",
    "subsampling": f"<i>y</i> = tanh(<i>w</i> (1/<i>n</i>) Σ {_X} + <i>c</i>)",
    "blur": f"<i>y</i> = [1 2 1]/4 ∗ max {_X}",
}
"""Each kind's formula as rich text; mathematics is the same in every language."""


def about(kind: str) -> str:
    """What a kind does, its limits and its source, for tips."""
    return {
        "max": tr("The largest value of the window. The network that was trained first pools so."),
        "average": tr("The mean of the window."),
        "lp": tr(
            "The mean of |x| to the power p, and its p-th root. p = 1 is the average, p = ∞ the "
            "maximum (of magnitudes). A mean, not a sum, so that both are its limits (Boureau, "
            "Ponce, LeCun 2010)."
        ),
        "log-prob": tr(
            "The logarithm of the mean of exp(b x), over b. b = 0 is the average, b = ∞ the "
            "maximum. The lecture’s notes print it without its logarithm: (1/b) (1/n) Σ exp(b x) "
            "would have neither limit."
        ),
        "subsampling": tr(
            "The mean times a weight w, plus a bias c, through tanh, as in LeCun’s nets of 1990, "
            "where w and c were learned for each map."
        ),
        "blur": tr(
            "The maximum at every position, then the binomial filter [1 2 1]/4 along each axis, "
            "and only then the stride (Zhang 2019). It sees one position further on each side."
        ),
    }[kind]


class Operator(QObject):
    """The chosen operator; lives on the GUI thread."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
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
        """As JSON can hold it: JSON knows no ∞, so that is the text "inf"."""
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

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a state back; each field that is missing or makes no sense stays as it is."""
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
