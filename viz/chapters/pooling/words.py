"""The kinds of pooling in words and formulas, and how a pooled value comes about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.i18n import number, tr
from viz.nets.pooling import Pooling


@dataclass(frozen=True)
class Kind:
    """A kind's name, its formula as rich and as plain text, and what it does, with limits and
    source. ``letters`` are those of its parameters, by the names of ``Pooling``'s fields."""

    name: str
    rich: str
    plain: str
    about: str
    letters: Mapping[str, str] = field(default_factory=dict)


_X = "<i>x</i><sub><i>i</i></sub>"

KINDS: Mapping[str, Kind] = {
    "max": Kind(
        tr("max"),
        f"<i>y</i> = max {_X}",
        "y = max xᵢ",
        tr("The largest value of the window. The default model uses it."),
    ),
    "average": Kind(
        tr("average"),
        f"<i>y</i> = (1/<i>n</i>) Σ {_X}",
        "y = (1/n) Σ xᵢ",
        tr("The mean of the window."),
    ),
    "lp": Kind(
        tr("Lp"),
        f"<i>y</i> = ((1/<i>n</i>) Σ |{_X}|<sup><i>p</i></sup>)<sup>1/<i>p</i></sup>",
        "y = ((1/n) Σ |xᵢ|ᵖ)^(1/p)",
        tr(
            "The mean of |x| to the power p, and its p-th root. p = 1 is the average, p = ∞ the "
            "maximum (of magnitudes). It is a mean, not a sum, so that both are its limits "
            "(Boureau, Ponce, LeCun 2010)."
        ),
        {"p": "p"},
    ),
    "log-prob": Kind(
        tr("log-prob"),
        f"<i>y</i> = (1/<i>b</i>) log((1/<i>n</i>) Σ exp(<i>b</i> {_X}))",
        "y = (1/b) log((1/n) Σ exp(b xᵢ))",
        tr(
            "The logarithm of the mean of exp(b x), over b. b = 0 is the average, b = ∞ the "
            "maximum. The lecture’s notes print it without its logarithm: (1/b) (1/n) Σ exp(b x) "
            "would have neither limit."
        ),
        {"b": "b"},
    ),
    "subsampling": Kind(
        tr("subsampling"),
        f"<i>y</i> = tanh(<i>w</i> (1/<i>n</i>) Σ {_X} + <i>c</i>)",
        "y = tanh(w (1/n) Σ xᵢ + c)",
        tr(
            "The mean times a weight w, plus a bias c, through tanh, as in LeCun’s nets of 1990, "
            "where w and c were learned for each map."
        ),
        {"coefficient": "w", "bias": "c"},
    ),
    "blur": Kind(
        tr("blur"),
        f"<i>y</i> = [1 2 1]/4 ∗ max {_X}",
        "y = [1 2 1]/4 ∗ max xᵢ",
        tr(
            "The maximum at every position, then the binomial filter [1 2 1]/4 along each axis, "
            "and only then the stride (Zhang 2019). Its window is larger by 1 on each side."
        ),
    ),
}
"""By the names of ``viz.nets.pooling.KINDS``, in their order."""


def no_maps() -> str:
    """Say that a network has no layers that could be pooled."""
    return tr("This network has no maps of several units, so there is nothing to pool.")


def no_window(pooling: Pooling, layer: str) -> str:
    """Say that a layer's maps are smaller than a window."""
    return tr(
        "No window of {n}×{n} units fits into the maps of {layer}.", n=pooling.reach, layer=layer
    )


def formula(pooling: Pooling) -> str:
    """Write the operator by name, with its formula and the values of its parameters."""
    kind = KINDS[pooling.kind]
    given = (
        f", {letter} = {number(getattr(pooling, name))}" for name, letter in kind.letters.items()
    )
    return f"{kind.name}: {kind.plain}{''.join(given)}"


def rich_formula(pooling: Pooling) -> str:
    """Write its formula as rich text, with the values of its parameters."""
    kind = KINDS[pooling.kind]
    given = (
        f", <i>{letter}</i> = <b>{number(getattr(pooling, name))}</b>"
        for name, letter in kind.letters.items()
    )
    return f"{kind.rich}{''.join(given)}"


def pooled_text(pooling: Pooling, window: NDArray[np.floating[Any]], value: float) -> str:
    """Write how ``value`` comes about: the formula, and the values of its window, (n,) or (h, w),
    in lines as they lie."""
    lines = np.atleast_2d(window).tolist()
    rows = "\n".join("  ".join(number(x, 3) for x in line) for line in lines)
    return f"{formula(pooling)}\ny = {number(value, 3)}\n" + tr("of x =") + f"\n{rows}"
