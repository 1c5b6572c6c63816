"""Words of the binding instruments: places, answers, the rows of the interaction and their tips."""

from __future__ import annotations

from viz.chapters.binding.measure.binding import ACTIVE, PRE, SILENT, Decomposition, Row
from viz.chapters.binding.measure.binding_map import DEGREES, BindingMap
from viz.i18n import number, percent, tr
from viz.views.widgets.class_map import class_name

NOTHING = 1e-6
"""A smaller share is rounding: in exact arithmetic it is zero."""


def place_text(x: float, y: float, axes: str, *, brief: bool = False) -> str:
    """Return where a place of the map is, so many steps away: ``4 px left, 2 px up``, or, where
    there is little room, ``4 left, 2 up``.

    ``axes`` as in ``BindingMap``: y is pixels down, or steps of the angle: ``15° clockwise``.
    """
    if brief:
        right, left, down, up = (
            tr("{n:g} right"), tr("{n:g} left"), tr("{n:g} down"), tr("{n:g} up")
        )  # fmt: skip
    else:
        right, left, down, up = (
            tr("{n:g} px right"), tr("{n:g} px left"), tr("{n:g} px down"), tr("{n:g} px up")
        )  # fmt: skip
    dx, dy, degrees = (x, y, 0.0) if axes == "xy" else (x, 0.0, y * DEGREES)
    dx, dy = round(dx, 1), round(dy, 1)
    words = []
    if degrees:
        turn = tr("{angle:g}° clockwise") if degrees > 0 else tr("{angle:g}° anticlockwise")
        words.append(turn.format(angle=abs(degrees)))
    if dx:
        words.append((right if dx > 0 else left).format(n=abs(dx)))
    if dy:
        words.append((down if dy > 0 else up).format(n=abs(dy)))
    here = tr("current position") if brief else tr("at its current position")
    return ", ".join(words) or here


def confidence(result: BindingMap, row: int, column: int) -> str:
    """Return the probability at a place of the map: ``p = 0.998``, ``p ≈ 0.8`` between others."""
    p = float(result.probabilities[row, column])
    return f"p = {number(p, 3)}" if result.known[row, column] else f"p ≈ {number(p, 1)}"


def map_tip(result: BindingMap, row: int, column: int, where: str) -> str:
    """Return the formula of the answer at a place of the map, ``where`` A is put, and its value."""
    lines = [
        tr(
            "A {where}: {name}, {p}.",
            where=where,
            name=class_name(int(result.classes[row, column])),
            p=confidence(result, row, column),
        ),
        tr(
            "The class of the largest p(class | rest + A there) = exp(log-softmax of the output) "
            "in window row {row}, column {column}.",
            row=result.window[0],
            column=result.window[1],
        ),
    ]
    if not result.known[row, column]:
        lines.append(tr("Not measured yet: p is interpolated between the measured places."))
    return "\n".join(lines)


STEPS = {
    "relu": tr("ReLU"),
    "tanh": tr("tanh"),
    "scaled-tanh": tr("tanh"),
    "sigmoid": tr("sigmoid"),
    "leaky-relu": tr("leaky ReLU"),
    "absolute": tr("|y|"),
    "conv": tr("conv"),
    "dense": tr("dense"),
    "prototypes": tr("distances"),
    "pool": tr("pool"),
    "normalise": tr("norm"),
}
"""What the activations and operations of layers are called."""


def row_name(row: Row) -> str:
    """Return what a row is called: the layer, and the step of it that is measured."""
    layer = row.layer
    if layer is None:
        return tr("input")
    if layer.name == "output":
        return tr("output")
    if not row.name.endswith(PRE) and layer.activation != "identity":
        step = STEPS[layer.activation]
    else:
        step = tr("local") if layer.unshared else STEPS[layer.operation]
    return tr("{layer} {step}", layer=layer.name, step=step)


def heading() -> tuple[str, ...]:
    """Return what the rows' numbers are, for more room and for less."""
    return (
        tr("interaction term f(AB) − f(A) − f(B) + f(∅), as a share of all activity"),
        tr("interaction term as a share of all activity"),
        tr("interaction term"),
    )


def signs() -> tuple[str, ...]:
    """Return what a dot and a folded corner on the maps mean, for more room and for less."""
    return (
        tr("responds only to A and B together; folded corner: a map with such units"),
        tr("only to A and B together; folded corner: such a map"),
        tr("responds only to A and B together"),
    )


def share_text(share: float) -> str:
    """Return ``27.0 %``; what is only rounding is ``0``."""
    return "0" if share < NOTHING else percent(share)


def row_note(row: Row, result: Decomposition) -> str:
    """Return what must be said beside a row for it not to be misread; "" where there is nothing."""
    if row.layer is None:
        return tr("no input overlap") if result.shares[row.name] < NOTHING else tr("input overlap")
    return tr("additive, none") if row.linear else ""


def row_tip(row: Row, result: Decomposition) -> str:
    """Return the formula of a row's number, and what it says."""
    formula = tr(
        "{name}: Σ|I| over {size:,} units is {share} of "
        "Σ|f(AB) − f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|; I = f(AB) − f(A) − f(B) + f(∅).",
        name=row_name(row), size=result.sizes[row.name], share=share_text(result.shares[row.name]),
    )  # fmt: skip
    if row.layer is None:
        meaning = tr(
            "Where A and B touch or overlap, the ink is the larger of the two, so the input itself "
            "is not their sum."
        )
    elif row.linear:
        meaning = tr(
            "This step is linear: it passes on the interaction from below and adds none. Its share "
            "may still change, because the effects of A alone and B alone may cancel. In the first "
            "layer the interaction is exactly zero where A and B do not overlap."
        )
    else:
        meaning = tr("This step is not linear: interaction arises here.")
    return " ".join(filter(None, (formula, meaning, marks_tip() if row.marked else "")))


def marks_tip() -> str:
    """Return which units are marked on the maps, and how those are while the drawing moves."""
    return tr(
        "Marked units rise by more than {active} of the layer's scale for A and B together, by at "
        "most {silent} for A alone and for B alone. A folded corner marks a map that has such "
        "units, or had some within the last second; the units themselves are marked while the "
        "drawing is at rest.",
        active=percent(ACTIVE, 0), silent=percent(SILENT, 0),
    )  # fmt: skip


def images_tip() -> str:
    """Return what the four images beside the rows are."""
    return tr(
        "What is in the window: part A and the rest B, each alone, and neither. I = f(AB) − f(A) − "
        "f(B) + f(∅)."
    )
