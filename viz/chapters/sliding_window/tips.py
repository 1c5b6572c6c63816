"""Tooltips for segments and competing classes: the rule of each step, with the numbers put in."""

from __future__ import annotations

from viz.i18n import tr
from viz.measure.reading import CLEAR, DOUBT, FLOOR, FOLD, RUN_COST, UNDECIDED, Doubt, Run
from viz.views.widgets.text_cache import signed


def run_name(run: Run) -> str:
    """Return the digit of a segment, or [?]."""
    return UNDECIDED if run.digit.digit is None else str(run.digit.digit)


def nothing(none: bool) -> str:
    """What windows between digits say, with the class "none" or without it."""
    return tr("none") if none else tr("nothing")


def about_runs(none: bool) -> str:
    """By which rule windows are merged; ``none``: whether the network has this class."""
    return tr(
        "The division of the row into {none} and runs that is likeliest on the whole, found by "
        "dynamic programming. The rows above and below have {beside:.0%} of its say. A run of 1, 2 "
        "or 3 windows costs {costs}.",
        none=nothing(none),
        beside=FOLD[0],
        costs=", ".join(f"{cost:.1f}" for cost in RUN_COST.tolist()),
    )


def about_run(run: Run, none: bool) -> str:
    """Return a segment's windows and its score."""
    place = (
        tr("{digit}: column {first}", digit=run_name(run), first=run.start)
        if run.end == run.start + 1
        else tr(
            "{digit}: columns {first}–{last}",
            digit=run_name(run),
            first=run.start,
            last=run.end - 1,
        )
    )
    told = tr(
        "{place}\nΣ log p({digit}) − Σ log p({none}) − {cost:.1f} for the run = {ahead}",
        place=place,
        digit=run_name(run),
        none=nothing(none),
        cost=float(RUN_COST[run.end - run.start - 1]),
        ahead=signed(run.ahead, 2),
    )
    if none:
        return told
    return told + "\n" + tr(
        "The network has no class for nothing: its log p counts as {floor}.",
        floor=signed(FLOOR, 0),
    )  # fmt: skip


def verdicts(run: Run | None, none: bool) -> tuple[str, ...]:
    """Return the rule that made a segment [?], with its numbers, from longest to shortest wording.

    Without a segment that is [?], return the rules that could make one so. The longest wordings
    speak of the class "none"."""
    if run is None or run.doubt is None:
        told = (
            tr("[?] under {clear:.0%} of what is not none in the surest window, or {doubt:.0%} on "
               "the whole run", clear=CLEAR, doubt=DOUBT),
            tr("[?] under {clear:.0%} in the surest window, or under {doubt:.0%} on the whole run",
               clear=CLEAR, doubt=DOUBT),
            tr("[?] under {clear:.0%}, on the run under {doubt:.0%}", clear=CLEAR, doubt=DOUBT),
            tr("[?] under {clear:.0%} or {doubt:.0%}", clear=CLEAR, doubt=DOUBT),
        )  # fmt: skip
        return told if none else told[1:]
    first, most = run.shares[0]
    numbers = {"first": first, "most": most, "needed": run.doubt.value}
    short = tr("[?]: {first} has {most:.1%} < {needed:.0%}", **numbers)
    if run.doubt is Doubt.WINDOW:
        told = (
            tr("[?]: even in its surest window {first} has {most:.1%} < {needed:.0%} of what is "
               "not none", **numbers),
            tr("[?]: even in its surest window {first} has {most:.1%} < {needed:.0%}", **numbers),
            tr("[?]: at most, {first} has {most:.1%} < {needed:.0%}", **numbers),
            short,
        )  # fmt: skip
        return told if none else told[1:]
    if run.end - run.start == 1:
        return tr(
            "[?]: one window, divided: {first} has {most:.1%} < {needed:.0%}", **numbers
        ), short
    return (
        tr("[?]: its windows are divided: {first} has {most:.1%} < {needed:.0%} on the whole run",
           **numbers),
        tr("[?]: windows divided: {first} has {most:.1%} < {needed:.0%}", **numbers),
        short,
    )  # fmt: skip


def about_rivals(run: Run, none: bool) -> str:
    """Return the two likeliest digits of a segment, and where they were compared."""
    (first, most), (second, less) = run.shares
    row, column = run.window
    place = (
        tr("On the whole run (geometric mean of its windows)")
        if run.doubt is Doubt.RUN
        else tr("In the run's surest window (row {row}, column {column})", row=row, column=column)
    )
    if none:
        place = tr("{place}, of what is not none", place=place)
    return tr(
        "{place}:\n{first} has {most:.1%}, {second} has {less:.1%}. In the surest window a digit "
        "must have more than {clear:.0%}, and {doubt:.0%} on the whole run, or it reads [?].",
        place=place, first=first, most=most, second=second, less=less, clear=CLEAR, doubt=DOUBT,
    )  # fmt: skip
