"""The inspector's result: the sum of the products, the bias, and what becomes of them."""

from __future__ import annotations

import math
from itertools import zip_longest

import numpy as np
from PyQt6.QtGui import QPainter

from viz.i18n import tr
from viz.measure.inspection import Trace
from viz.views.layer_words import activation_name
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache, signed

Terms = list[tuple[str, float]]
"""Words and the number after each."""


def result_terms(trace: Trace) -> list[Terms]:
    """The lines that lead from the sum of products to the unit's value."""
    if trace.kernels is None:
        words = {
            "max": tr("maximum"),
            "average": tr("mean"),
            "blur": tr("blurred maxima"),
            "lp": tr("Lp mean"),
            "log-prob": tr("log-prob mean"),
            "subsampling": tr("a · mean + b"),
        }
        lines = [[(words[trace.spec.pooling], trace.pre_activation)]]
    elif trace.spec.operation == "prototypes":
        lines = [[(tr("−Σ (x − w)²"), trace.pre_activation)]]
    else:
        total = float(trace.sums.sum(dtype=np.float64))
        lines = [[(tr("Σ x·w"), total), (tr("+ bias"), trace.bias), ("=", trace.pre_activation)]]
    if trace.layer == "output":
        lines.append(
            [
                (tr("− log Σ exp"), trace.pre_activation - trace.activation),
                (tr("= log p"), trace.activation),
                (tr("→ p"), math.exp(trace.activation)),
            ]
        )
    elif trace.spec.activation != "identity" and not trace.ablated:
        lines[0].append((f"{activation_name(trace.spec.activation)} →", trace.activation))
    if trace.ablated:
        lines[0].append((tr("ablated →"), trace.activation))
    return lines


def paint_result(
    painter: QPainter,
    bottom: float,
    width: float,
    trace: Trace,
    largest: float,
    letterings: tuple[TextCache, TextCache],
    theme: Theme,
) -> None:
    """Paint the lines above ``bottom``; each number has a place of fixed width.

    ``largest`` magnitude is given room for its digits. Where three decimals do not fit into
    ``width`` there are two. ``letterings`` are the small one and, for the last number, the bold.
    """
    small, bold = letterings
    lines = result_terms(trace)
    width -= 2  # figures may reach a pixel beyond their width
    labels = [
        max(small.width(words) for words, _ in column)
        for column in zip_longest(*lines, fillvalue=("", 0.0))
    ]
    digits = "8" * len(str(int(largest)))
    for decimals in (3, 2):
        wide = bold.width(f"{signed(-0.8, decimals)[0]}{digits}.{'8' * decimals}")
        taken = sum(labels) + len(labels) * (GRID + wide)
        if taken + (len(labels) - 1) * GRID <= width:
            break
    space = max(GRID, (width - taken) / max(1, len(labels) - 1))
    space = min(3 * GRID, space) if small.height < 4 * GRID else min(small.height, space)
    y = bottom - len(lines) * small.height
    for number, line in enumerate(lines):
        x = 0.0
        for place, (words, value) in enumerate(line):
            last = number == len(lines) - 1 and place == len(line) - 1
            painter.setPen(theme.quiet)
            small.draw(painter, x, y, words)
            x += labels[place] + GRID + wide
            painter.setPen(theme.text)
            lettering = bold if last else small
            painter.setFont(lettering.font)
            lettering.draw(painter, x, y, signed(value, decimals), align=1)
            painter.setFont(small.font)
            x += space
        y += small.height
