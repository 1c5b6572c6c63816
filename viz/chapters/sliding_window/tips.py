"""What is said about segments and competing classes: each step's rule, with the numbers put in."""

from __future__ import annotations

from viz.i18n import number, percent, tr
from viz.measure.reading import (
    CLEAR,
    DIP,
    DOUBT,
    EDGE,
    FLOOR,
    FOLD,
    SEGMENT_COST,
    UNDECIDED,
    Doubt,
    Evidence,
    Segment,
)
from viz.nets.architecture import NONE_CLASS


def segment_name(segment: Segment) -> str:
    """Return the digit of a segment, or [?]."""
    return UNDECIDED if segment.digit.digit is None else str(segment.digit.digit)


def state_name(state: int) -> str:
    """Return the digit of one of the states that a segment may have, or [?]."""
    return UNDECIDED if state == NONE_CLASS else str(state)


def nothing(none: bool) -> str:
    """Return what windows between digits say, with the class "none" or without it."""
    return tr("none") if none else tr("nothing")


def about_segments(none: bool) -> str:
    """Say by which rule windows are merged; ``none``: whether the network has this class."""
    return tr(
        "The division of the row into {none} and segments of 1 to 3 windows, one class each, whose "
        "log p have the largest sum, found by dynamic programming. The rows above and below count "
        "for {beside}. A segment of 1, 2 or 3 windows costs {costs}; at either end of the canvas "
        "{edge} less, as windows beyond it might show the digit, too. What the middle of three "
        "windows lacks beside both others is taken off {times} times more: one digit is seen best "
        "in the middle, two equal ones are not.",
        none=nothing(none), beside=percent(FOLD[0], 0), edge=number(EDGE, 1), times=number(DIP, 0),
        costs=", ".join(number(cost, 1) for cost in SEGMENT_COST.tolist()),
    )  # fmt: skip


def about_segment(segment: Segment, evidence: Evidence, none: bool) -> str:
    """Say which windows a segment has, and how its log-odds come about."""
    name, last = segment_name(segment), segment.end - 1
    if segment.doubt is Doubt.WINDOW:  # the sums were those of a digit
        name = state_name(evidence.likeliest(1)[0])
    place = (
        tr("{digit}: column {first}", digit=segment_name(segment), first=segment.start)
        if last == segment.start
        else tr(
            "{digit}: columns {first}–{last}",
            digit=segment_name(segment), first=segment.start, last=last,
        )
    )  # fmt: skip
    formula = tr(
        "Σ log p({digit}) − Σ log p({none}) − cost of the segment = {sum} − ({other}) − {cost} = "
        "{ahead}",
        digit=name, none=nothing(none), sum=number(float(evidence.sums.max()), 2),
        other=number(float(evidence.none.sum()), 2), cost=number(evidence.cost, 1),
        ahead=number(segment.ahead, 2),
    )  # fmt: skip
    lines = [place, formula]
    if not none:
        lines.append(tr(
            "The network has no class for empty windows: its log p counts as {floor}.",
            floor=number(FLOOR, 0),
        ))  # fmt: skip
    return "\n".join(lines)


def verdict(
    segment: Segment | None, evidence: Evidence | None, none: bool, *, brief: bool = False
) -> str:
    """State the rule that decided a segment, with its numbers; without one the rules that could.

    ``none``: whether the network has this class. ``brief``: in fewer words, for less room.
    """
    if segment is None or evidence is None:
        return tr(
            "Σ log p of each digit over the segment; for [?] each window counts {law}",
            law=_law(none),
        )  # fmt: skip
    first, second = (*evidence.likeliest(2), NONE_CLASS)[:2]
    values = {
        "first": state_name(first), "sum": number(float(evidence.sums[first]), 2),
        "second": state_name(second), "less": number(float(evidence.sums[second]), 2),
        "law": _law(none),
    }  # fmt: skip
    if segment.doubt is Doubt.SEGMENT:
        if brief:
            return tr("largest Σ log p: [?] {sum}, {law} a window", **values)
        return tr("[?] has the largest Σ log p, {sum}: {law} a window", **values)
    if segment.doubt is Doubt.WINDOW:
        digit, most = segment.shares[0]
        among = tr(", none excluded") if none else ""
        return tr(
            "[?]: {digit} has the largest Σ log p, but {most} < {clear} in its most confident "
            "window{among}",
            digit=digit, most=percent(most), clear=percent(CLEAR, 0), among=among,
        )  # fmt: skip
    if brief:
        return tr("largest Σ log p: {first} {sum}, then {second} {less}", **values)
    return tr("{first} has the largest Σ log p, {sum}; {second} comes next, {less}", **values)


def _law(none: bool) -> str:
    """What a window says for [?]."""
    doubt = percent(DOUBT, 0)
    return tr("log({doubt} · (1 − p(none)))", doubt=doubt) if none else tr("log {p}", p=doubt)


def about_competing(segment: Segment, evidence: Evidence, none: bool) -> str:
    """Write out how the sums of a segment come about, and what else a digit needs."""
    lines = [
        tr(
            "log p of each window of the segment, the rows above and below counting for {beside}, "
            "each at least {floor}; for [?] {law}. The largest sum decides.",
            beside=percent(FOLD[0], 0), floor=number(FLOOR, 0), law=_law(none),
        )
    ]  # fmt: skip
    if len(evidence.none) == len(SEGMENT_COST):
        lines.append(tr(
            "What the middle of three windows lacks beside both others is taken off {times} times "
            "more.",
            times=number(DIP, 0),
        ))  # fmt: skip
    named = [
        *((state_name(state), evidence.terms[state]) for state in evidence.likeliest(4)),
        (nothing(none), evidence.none),
    ]
    for name, terms in named:
        first, *others = terms.tolist()
        sums = number(first, 2) + "".join(f" − {number(-term, 2)}" for term in others)
        lines.append(f"{name}: {sums} = {number(float(terms.sum()), 2)}")
    if segment.doubt is not Doubt.SEGMENT:
        (digit, most), row, column = segment.shares[0], *segment.window
        rule = tr(
            "In the most confident window (row {row}, column {column}) {digit} has {most} of the "
            "digits' probability; with {clear} or less it would read [?].",
            row=row, column=column, digit=digit, most=percent(most), clear=percent(CLEAR, 0),
        )  # fmt: skip
        lines.append(rule)
    return "\n".join(lines)
