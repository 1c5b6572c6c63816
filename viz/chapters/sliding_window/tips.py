"""What is said about segments and competing classes: each step's rule, with the numbers put in."""

from __future__ import annotations

from viz.i18n import number, percent, tr
from viz.measure.reading import CLEAR, DOUBT, FLOOR, FOLD, SEGMENT_COST, UNDECIDED, Doubt, Segment


def segment_name(segment: Segment) -> str:
    """Return the digit of a segment, or [?]."""
    return UNDECIDED if segment.digit.digit is None else str(segment.digit.digit)


def nothing(none: bool) -> str:
    """Return what windows between digits say, with the class "none" or without it."""
    return tr("none") if none else tr("nothing")


def about_segments(none: bool) -> str:
    """Say by which rule windows are merged; ``none``: whether the network has this class."""
    return tr(
        "The division of the row into {none} and segments that is likeliest on the whole, found by "
        "dynamic programming. The rows above and below count for {beside}. A segment of 1, 2 "
        "or 3 windows costs {costs}.",
        none=nothing(none), beside=percent(FOLD[0], 0),
        costs=", ".join(number(cost, 1) for cost in SEGMENT_COST.tolist()),
    )  # fmt: skip


def about_segment(segment: Segment, none: bool) -> str:
    """Say which windows a segment has, and how its log-odds come about."""
    name, last = segment_name(segment), segment.end - 1
    place = (
        tr("{digit}: column {first}", digit=name, first=segment.start)
        if last == segment.start
        else tr("{digit}: columns {first}–{last}", digit=name, first=segment.start, last=last)
    )
    formula = tr(
        "Σ log p({digit}) − Σ log p({none}) − {cost} for the segment = {ahead}",
        digit=name, none=nothing(none), ahead=number(segment.ahead, 2),
        cost=number(float(SEGMENT_COST[last - segment.start]), 1),
    )  # fmt: skip
    lines = [place, formula]
    if not none:
        lines.append(tr(
            "The network has no class for nothing: its log p counts as {floor}.",
            floor=number(FLOOR, 0),
        ))  # fmt: skip
    return "\n".join(lines)


def verdict(segment: Segment | None, none: bool) -> str:
    """State the rule that made a segment [?], with its numbers; without one the rules that could.

    ``none``: whether the network has this class.
    """
    among = tr(", none excluded") if none else ""
    if segment is None or segment.doubt is None:
        return tr(
            "[?] below {clear} in the most confident window, or {doubt} on the whole "
            "segment{among}",
            clear=percent(CLEAR, 0), doubt=percent(DOUBT, 0), among=among,
        )  # fmt: skip
    first, most = segment.shares[0]
    values = {
        "first": first, "most": percent(most), "needed": percent(segment.doubt.value, 0),
        "among": among,
    }  # fmt: skip
    if segment.doubt is Doubt.WINDOW:
        return tr(
            "[?]: {first} has {most} < {needed} even in its most confident window{among}",
            **values,
        )
    if segment.end - segment.start == 1:
        return tr("[?]: one window, divided: {first} has {most} < {needed}", **values)
    return tr("[?]: windows divided: {first} has {most} < {needed} on the whole segment", **values)


def about_competing(segment: Segment, none: bool) -> str:
    """Name the two likeliest digits of a segment, and where they were compared."""
    (first, most), (second, less) = segment.shares
    row, column = segment.window
    place = (
        tr("On the whole segment (geometric mean of its windows)")
        if segment.doubt is Doubt.SEGMENT
        else tr(
            "In the most confident window of the segment (row {row}, column {column})",
            row=row, column=column,
        )
    )  # fmt: skip
    if none:
        place = tr("{place}, among digits (none excluded)", place=place)
    return tr(
        "{place}:\n{first} has {most}, {second} has {less}. A digit must have more than "
        "{clear} in its most confident window, and {doubt} on the whole segment, or it "
        "reads [?].",
        place=place, first=first, most=percent(most), second=second, less=percent(less),
        clear=percent(CLEAR, 0), doubt=percent(DOUBT, 0),
    )  # fmt: skip
