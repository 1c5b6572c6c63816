"""What is said of units along x: their fields, what growing adds, what relates two of the input."""

from __future__ import annotations

from viz.chapters.architecture.measure.units import Effective, Levels, both, edges, related
from viz.chapters.architecture.unit_graph import Node
from viz.i18n import tr
from viz.views.widgets.facts import Fact


def field_facts(levels: Levels, node: Node | None) -> list[Fact]:
    """Return the receptive field of a unit that is pointed at."""
    if node is None or not node[0]:
        return []
    seen, row = related(levels, *node)[0], levels[node[0]]
    if not seen:
        return [Fact("0", tr("of the input: the unit sees nothing but padding"))]
    words = tr(
        "receptive field of unit {unit} of {layer}: {first} to {last}",
        unit=node[1], layer=row.name, first=seen.start, last=seen.stop - 1,
    )  # fmt: skip
    return [Fact(f"{row.field}", words)]


def growth_facts(levels: Levels, base: tuple[int, ...], *, is_network: bool) -> list[Fact]:
    """Return how many units there are beyond those of ``base``."""
    more, *gained = (level.units - units for level, units in zip(levels, base, strict=True))
    gains = ", ".join(map(str, gained))
    if more <= 0:
        return []
    words = (
        tr("beyond one window: the layers have {gains} units more", gains=gains)
        if is_network
        else tr("units more: the layers gain {gains}", gains=gains)
    )
    return [Fact(f"+{more}", words)]


def weight_facts(levels: Levels) -> list[Fact]:
    """Return how many edges share how many weights."""
    weighted = [number for number, level in enumerate(levels) if level.weighted]
    return [
        Fact(
            f"{sum(levels[number].reach for number in weighted):,}",
            tr("weights, shared by {links:,} edges: equal colours, equal weights",
               links=sum(edges(levels, number) for number in weighted)),
            tr("Along x, from one map to one map; pooling has no weights."),
        )
    ]  # fmt: skip


def pair_facts(levels: Levels, pair: tuple[int, int] | None) -> list[Fact]:
    """Return from which layer on units see both of two units of the input, or why none does."""
    if pair is None or pair[0] == pair[1]:
        return []
    apart, spans = abs(pair[1] - pair[0]), both(levels, *pair)
    first = next((number for number, span in enumerate(spans) if span), None)
    widest = max(level.field for level in levels)
    if first is not None:
        words = tr("from A to B: from {layer} on, units see both", layer=levels[first].name)
    elif apart >= widest:
        words = tr("from A to B: no unit relates them, the widest field is {field}", field=widest)
    else:
        words = tr("from A to B: no unit’s field holds both")
    return [Fact(f"{apart}", words)]


def effective_facts(effective: Effective) -> list[Fact]:
    """Return how few pixels have half of the gradient."""
    source = tr("MNIST test digits") if effective.is_mnist else tr("pen digits")
    words = tr(
        "pixels have half of the gradient of {layer}, over {count} {source}",
        layer=effective.layer, count=effective.digits, source=source,
    )  # fmt: skip
    return [Fact(f"{effective.half:,} / {effective.gradient.size:,}", words)]


def describe(levels: Levels, node: Node) -> str:
    """Return what a unit sees of the input, and which units see it, one line each."""
    spans, (level, unit) = related(levels, *node), node
    lines = [tr("unit {unit} of {layer}", unit=unit, layer=levels[level].name)]
    if level and spans[0]:
        first, last = spans[0][0], spans[0][-1]
        lines.append(tr("sees {first} to {last} of the input", first=first, last=last))
    for row, span in zip(levels[level + 1 :], spans[level + 1 :], strict=True):
        if span:
            first, last = span[0], span[-1]
            lines.append(
                tr("seen by {first} to {last} of {layer}", first=first, last=last, layer=row.name)
            )
    return "\n".join(lines)
