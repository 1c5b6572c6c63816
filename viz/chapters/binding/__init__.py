"""Chapter binding: parts are bound into objects by position alone."""

from __future__ import annotations

import math

from viz.chapters.answering import answer_in
from viz.chapters.chapter import Chapter
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="binding",
        title=tr("Binding"),
        claim=tr("Parts are bound into objects by position alone."),
        explanation=tr(
            "No part of the network lists which strokes make a digit. Strokes are <b>bound</b> "
            "into one object by their places relative to each other: convolutions, non-linearities "
            "and pooling, trained on enough digits, do all of it. Double-click a stroke and drag "
            "it: a 3 becomes a 5, and a 1 beside it a 7. A is the stroke that moves, B the rest of "
            "the drawing. What counts as a digit comes from training alone; an arrangement that "
            "never occurred in it can get any answer, even a confident one."
        ),
        formula=_formula,
        tells_answer=True,
        demos="binding.demos",
        instruments=(
            "binding.binding_map:Map",
            "binding.interaction:Interaction",
            "binding.trajectory:Trajectory",
            "binding.binding_data:BindingData",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    name, _, log_p = answer_in(snapshot, window)
    return tr(
        "answer = argmax <i>p</i>(class | A and B as they stand)"
        "<br>= <b>{name}</b>, <i>p</i> = <b>{p}</b>",
        name=name, p=number(math.exp(log_p), 3),
    )  # fmt: skip
