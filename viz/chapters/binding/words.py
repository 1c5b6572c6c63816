"""Words of the binding instruments: places, answers, the rows of the interaction and their tips."""

from __future__ import annotations

from viz.chapters.binding.measure.binding import ACTIVE, PRE, SILENT, Decomposition, Row
from viz.chapters.binding.measure.binding_map import DEGREES, BindingMap
from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS, Layer

NOTHING = 1e-6
"""A smaller share is rounding: in exact arithmetic it is zero."""


def class_name(number: int) -> str:
    """``0`` … ``9``, or “none”."""
    return tr("none") if number == NONE_CLASS else str(number)


def place_text(x: float, y: float, axes: str) -> str:
    """Where a place of the map lies, (x, y) steps away: ``4 px left, 2 px up``, ``15° clockwise``.

    ``axes`` as in ``BindingMap``: y is pixels down, or steps of the angle.
    """
    dx, dy, degrees = (x, y, 0.0) if axes == "xy" else (x, 0.0, y * DEGREES)
    dx, dy = round(dx, 1), round(dy, 1)
    words = []
    if degrees:
        turn = tr("{angle:g}° clockwise") if degrees > 0 else tr("{angle:g}° anticlockwise")
        words.append(turn.format(angle=abs(degrees)))
    if dx:
        words.append((tr("{n:g} px right") if dx > 0 else tr("{n:g} px left")).format(n=abs(dx)))
    if dy:
        words.append((tr("{n:g} px down") if dy > 0 else tr("{n:g} px up")).format(n=abs(dy)))
    return ", ".join(words) or tr("where it is")


def sure_text(result: BindingMap, row: int, column: int) -> str:
    """How sure the answer at a place of the map is: ``p = 0.998``, ``p ≈ 0.8`` between others."""
    sure = float(result.probabilities[row, column])
    return f"p = {sure:.3f}" if result.known[row, column] else f"p ≈ {sure:.1f}"


def map_tip(result: BindingMap, row: int, column: int, where: str) -> str:
    """The formula of the answer at a place of the map, ``where`` A would be, and its value."""
    name, sure = class_name(int(result.classes[row, column])), sure_text(result, row, column)
    value = tr("A {where}: {name}, {sure}.", where=where, name=name, sure=sure)
    formula = tr(
        "The class of the largest p(class | rest + A there) = exp(log-softmax of the output) in "
        "window row {row}, column {column}.",
        row=result.window[0], column=result.window[1],
    )  # fmt: skip
    if not result.known[row, column]:
        formula += " " + tr(
            "Not answered yet: p of each class is taken linearly from the nearest of the {count} "
            "answered places.",
            count=int(result.known.sum()),
        )
    return f"{value}\n{formula}"


def row_name(row: Row) -> str:
    """What a row is called on the screen: the layer, and the step of it that is measured."""
    layer = row.layer
    if layer is None:
        return tr("input")
    if layer.name == "output":
        return tr("output")
    if not row.name.endswith(PRE) and layer.activation != "identity":
        return {
            "relu": tr("{layer} ReLU", layer=layer.name),
            "tanh": tr("{layer} tanh", layer=layer.name),
            "scaled-tanh": tr("{layer} tanh", layer=layer.name),
            "sigmoid": tr("{layer} sigmoid", layer=layer.name),
        }[layer.activation]
    if layer.unshared:
        return tr("{layer} local", layer=layer.name)
    return {
        "conv": tr("{layer} conv", layer=layer.name),
        "dense": tr("{layer} dense", layer=layer.name),
        "prototypes": tr("{layer} distances", layer=layer.name),
        "pool": tr("{layer} pool", layer=layer.name),
    }[layer.operation]


def headings() -> tuple[str, ...]:
    """What the numbers of the rows are, the longest first."""
    return (
        tr("there only because both are: I = f(AB) − f(A) − f(B) + f(∅), share of activity"),
        tr("only because both are there: f(AB) − f(A) − f(B) + f(∅)"),
        tr("f(AB) − f(A) − f(B) + f(∅)"),
    )


def signs() -> tuple[tuple[str, str], ...]:
    """What a dot and a folded corner on the maps mean, the longest first."""
    return (
        (tr("unit that answers A and B only together"),
         tr("map that had some within the last second")),
        (tr("answers A and B only together"), tr("map with such, up to 1 s ago")),
        (tr("answers only both"), tr("map that had some lately")),
    )  # fmt: skip


def percent(share: float) -> str:
    """``27.0 %``; what is only rounding is ``0``."""
    return "0" if share < NOTHING else f"{100 * share:.1f} %"


def row_note(row: Row, result: Decomposition) -> str:
    """What must be said beside a row for it not to be misread; "" where there is nothing."""
    if row.layer is None:
        apart = result.shares[row.name] < NOTHING
        return tr("strokes apart here") if apart else tr("strokes overlap here")
    return tr("adds nothing new") if row.linear else ""


def row_tip(row: Row, result: Decomposition) -> str:
    """The formula of a row's number, and what it says."""
    formula = tr(
        "{name}: Σ|I| over {size:,} units is {share} of "
        "Σ|f(AB) − f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|; I = f(AB) − f(A) − f(B) + f(∅).",
        name=row_name(row), size=result.sizes[row.name], share=percent(result.shares[row.name]),
    )  # fmt: skip
    layer = row.layer
    if layer is None:
        said = tr(
            "Ink on ink is the larger of the two: where A and B touch or overlap, the input "
            "itself is not their sum."
        )
    elif not row.linear:
        said = tr("Not linear: here interaction arises.")
    elif row is result.rows[1] and result.residue is not None:
        said = tr(
            "{what} adds up, so all of this comes from the input: I({name}) = "
            "{sums}(I(input)), here to {residue:.0e} of the largest sum (rounding). Where the "
            "strokes do not overlap it is exactly zero.",
            what=_linear_step(layer), name=row_name(row), residue=result.residue,
            sums="local" if layer.unshared else layer.operation,
        )  # fmt: skip
    else:
        said = tr(
            "{what} adds up: it passes on the interaction below and makes none, though "
            "its share may be another, as what A and B do alone may cancel.",
            what=_linear_step(layer),
        )
        if layer.name == "output":
            said += " " + tr("These are the sums before the softmax.")
    marks = " " + marks_tip() if row.marked else ""
    return f"{formula} {said}{marks}"


def _linear_step(layer: Layer) -> str:
    """What adds up, at the beginning of a sentence."""
    if layer.unshared:
        return tr("A locally connected layer")
    return {
        "conv": tr("A convolution"),
        "dense": tr("A fully connected layer"),
        "pool": tr("An average"),
    }[layer.operation]


def marks_tip() -> str:
    """Which units are marked on the maps, and how those are while the drawing moves."""
    units = tr(
        "Marked units rise by more than {active:.0%} of the layer's scale for A and B "
        "together, by at most {silent:.0%} for A alone and for B alone.",
        active=ACTIVE, silent=SILENT,
    )  # fmt: skip
    return f"{units} {badges_tip()}"


def badges_tip() -> str:
    """What the folded corners on the maps say."""
    return tr(
        "A folded corner on a map says that it has such units, or had some within the last "
        "second; the units themselves are marked when the drawing rests."
    )


def images_tip() -> str:
    """What the four images beside the rows are."""
    return tr(
        "What the window sees: the part A and the rest B, each alone, and neither. "
        "I = f(AB) − f(A) − f(B) + f(∅)."
    )
