"""Telling a pooled value or a change: formulas with the numbers that went in, in plain text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.chapters.pooling.operator import PARAMETERS, names
from viz.i18n import tr
from viz.nets.architecture import Layer
from viz.nets.pooling import Pooling
from viz.views.widgets.axes import figure
from viz.views.widgets.text_cache import signed

WRITTEN: Mapping[str, str] = {
    "max": "max xᵢ",
    "average": "(1/n) Σ xᵢ",
    "lp": "((1/n) Σ |xᵢ|ᵖ)^(1/p)",
    "log-prob": "(1/b) log((1/n) Σ exp(b xᵢ))",
    "subsampling": "tanh(w (1/n) Σ xᵢ + c)",
    "blur": "[1 2 1]/4 ∗ max xᵢ",
}
"""Each kind's formula, as ``FORMULAS`` has it in rich text."""

LETTERS = {"p": "p", "b": "b", "coefficient": "w", "bias": "c"}


def formula(pooling: Pooling) -> str:
    """The operator by name, with its formula and the values of its parameters."""
    values = {LETTERS[name]: getattr(pooling, name) for name in PARAMETERS.get(pooling.kind, ())}
    given = "".join(f", {letter} = {_number(value)}" for letter, value in values.items())
    return f"{names()[pooling.kind]}: y = {WRITTEN[pooling.kind]}{given}"


def law(layer: Layer) -> str:
    """How a unit of a layer with weights comes to its value."""
    sums = {
        "conv": "b + Σ w x",
        "dense": "b + Σ w x",
        "prototypes": "−Σ (x − w)²",
        "pool": "c + w (1/n) Σ xᵢ",
    }[layer.operation]
    return (
        "f = "
        + {
            "identity": sums,
            "relu": f"max(0, {sums})",
            "tanh": f"tanh({sums})",
            "scaled-tanh": f"1.7159 tanh(⅔ ({sums}))",
            "sigmoid": f"1 / (1 + exp(−({sums})))",
        }[layer.activation]
    )


def pooled_text(pooling: Pooling, window: NDArray[np.floating[Any]], value: float) -> str:
    """How ``value`` comes about: the formula, and the values of its window, (n,) or (h, w), in
    lines as they lie."""
    lines = np.atleast_2d(window).tolist()
    rows = "\n".join("  ".join(signed(x) for x in line) for line in lines)
    return f"{formula(pooling)}\ny = {signed(value)}\n" + tr("of x =") + f"\n{rows}"


def written(change: float | None) -> str:
    """A change with two decimals, ``–`` for none, ``∞`` where there was nothing before."""
    if change is None:
        return "–"
    return "∞" if math.isinf(change) else f"{change:.2f}"


def _number(value: float) -> str:
    return "∞" if math.isinf(value) else figure(value)
