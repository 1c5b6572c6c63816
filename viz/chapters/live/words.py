"""What chapter 1 says of a logit: the figures, their formulas, and what they do not prove."""

from __future__ import annotations

import numpy as np

from viz.chapters.live.measure import BLANKED, GRADIENT, OFF, Why
from viz.i18n import number, tr
from viz.nets.architecture import NONE_CLASS
from viz.views.widgets.facts import Fact


def class_name(of: int) -> str:
    """Return the name of a class."""
    return tr("none") if of == NONE_CLASS else str(of)


def largest(why: Why) -> tuple[float, int, int] | None:
    """Return the value furthest from 0 with its (row, column) on the canvas; None without any."""
    if not why.values.any():
        return None
    row, column = divmod(int(np.abs(why.values).argmax()), why.values.shape[1])
    return float(why.values[row, column]), why.patch.top + row, why.patch.left + column


def caption(why: Why) -> str:
    """Return the name of the values, of which the other figures say what z is."""
    return "∂z/∂x" if why.kind == GRADIENT else tr("fall of z")


def facts(why: Why) -> list[Fact]:
    """Return the figures, and what they do not prove."""
    name, (row, column) = class_name(why.number), why.window
    found = [
        Fact(
            number(why.logit, 2),
            tr("logit z of {name}", name=name),
            tr(
                "The sum of the output's unit {name} before the softmax, in window row {row}, "
                "column {column}",
                name=name,
                row=row,
                column=column,
            ),
        )
    ]
    most = largest(why)
    if most is not None:
        value, row, column = most
        at = {"row": row, "column": column, "side": BLANKED}
        if why.kind == GRADIENT:
            words, tip = tr("steepest: row {row}, column {column}", **at), "∂z/∂x"
        else:
            words = tr("largest: {side}×{side} px about row {row}, column {column}", **at)
            tip = tr("z(x) − z(x with these pixels blanked)")
        found.append(Fact(number(value, 2), words, tip))
    if why.kind != OFF:
        found.append(Fact("", caveat(why.kind)))
    return found


def caveat(kind: str) -> str:
    """Return what the gradient, or occlusion, does not prove."""
    if kind == GRADIENT:
        return tr("How z would respond to tiny changes of the pixels, not which pixels made z.")
    return tr("The network was never trained on drawings with holes; it may mislead.")


def formula(why: Why) -> str:
    """Return the formula with its numbers, as rich text."""
    name, most = class_name(why.number), largest(why)
    if most is None:
        return tr("z<sub>{name}</sub> = {logit}", name=name, logit=number(why.logit, 2))
    value, row, column = most
    at = {"name": name, "value": number(value, 2), "row": row, "column": column}
    if why.kind == GRADIENT:
        return tr("∂z<sub>{name}</sub>/∂x = {value} at most, at row {row}, column {column}", **at)
    return tr(
        "z<sub>{name}</sub>(x) − z<sub>{name}</sub>(x blanked) = {value} at most, about row {row}, "
        "column {column}",
        **at,
    )
