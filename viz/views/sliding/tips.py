"""What the tips say about runs and rivals: the rule of the step, with the numbers put in."""

from __future__ import annotations

from viz.i18n import tr
from viz.measure.reading import CLEAR, DOUBT, RUN_COST, UNDECIDED, Run
from viz.views.lettering import signed


def run_name(run: Run) -> str:
    """The digit of a run, or [?]."""
    return UNDECIDED if run.digit.digit is None else str(run.digit.digit)


def about_runs() -> str:
    """By which rule windows are merged."""
    return tr(
        "The division of the row into none and runs that is likeliest on the whole, found by "
        "dynamic programming. A run of 1, 2 or 3 windows costs {costs}.",
        costs=", ".join(f"{cost:.1f}" for cost in RUN_COST.tolist()),
    )


def about_run(run: Run) -> str:
    """A run's windows and its score."""
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
    return tr(
        "{place}\nΣ log p({digit}) − Σ log p(none) − {cost:.1f} for the run = {ahead}",
        place=place,
        digit=run_name(run),
        cost=float(RUN_COST[run.end - run.start - 1]),
        ahead=signed(run.ahead, 2),
    )


def about_rivals(run: Run) -> str:
    """The two likeliest digits in a run's surest window."""
    (first, most), (second, less) = run.shares
    row, column = run.window
    return tr(
        "In the run's surest window (row {row}, column {column}), of what is not none:\n"
        "{first} has {most:.1%}, {second} has {less:.1%}. The first must have more than "
        "{clear:.0%}, and {doubt:.0%} on the whole run, or it reads [?].",
        row=row, column=column, first=first, most=most, second=second, less=less,
        clear=CLEAR, doubt=DOUBT,
    )  # fmt: skip
