"""The inspector's result: the sum of the products, the bias, and what becomes of them."""

from __future__ import annotations

import math
from itertools import zip_longest

import numpy as np
from PyQt6.QtGui import QPainter

from viz.i18n import number, tr
from viz.measure.inspection import Trace
from viz.views.inspector.look import Look
from viz.views.layer_words import activation_name
from viz.views.theme import GRID

Terms = list[tuple[str, float]]
"""Words and the number after each."""


def result_terms(trace: Trace) -> list[Terms]:
    """Return the lines that lead from the sum of products to the unit's value."""
    if trace.kernels is None:
        words = {
            "": tr("normalised"),
            "min": tr("minimum"),
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


def paint_result(painter: QPainter, look: Look, trace: Trace, bottom: float) -> None:
    """Paint the lines above ``bottom``; each number has a place of fixed width.

    The layer's largest magnitude has room for its digits. Where three decimals do not fit there are
    two.
    """
    small, bold, theme = look.small, look.bold, look.theme
    lines = result_terms(trace)
    width = look.width - 2  # figures may reach a pixel beyond their width
    labels = [
        max(small.width(words) for words, _ in column)
        for column in zip_longest(*lines, fillvalue=("", 0.0))
    ]
    digits = "8" * len(str(int(look.scales.result)))
    for decimals in (3, 2):
        wide = bold.width(f"−{digits}.{'8' * decimals}")
        taken = sum(labels) + len(labels) * (GRID + wide)
        if taken + (len(labels) - 1) * GRID <= width:
            break
    space = max(GRID, (width - taken) / max(1, len(labels) - 1))
    space = min(3 * GRID, space) if small.height < 4 * GRID else min(small.height, space)
    y = bottom - len(lines) * small.height
    for line in lines:
        x = 0.0
        for place, (words, value) in enumerate(line):
            is_last = line is lines[-1] and place == len(line) - 1
            painter.setPen(theme.quiet)
            small.draw(painter, x, y, words)
            x += labels[place] + GRID + wide
            painter.setPen(theme.text)
            cache = bold if is_last else small
            painter.setFont(cache.font)
            cache.draw(painter, x, y, number(value, decimals), align=1)
            painter.setFont(small.font)
            x += space
        y += small.height
