"""Chapter live: draw, move, and see every feature map follow."""

from __future__ import annotations

import math

from viz.chapters.answering import answer_in
from viz.chapters.chapter import Chapter
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="live",
        title=tr("Live"),
        claim=tr("Draw, move, and see every feature map follow."),
        explanation=tr(
            "A <b>feature map</b> shows where one pattern is found: each unit compares the same "
            "small kernel with another place of the layer below. All maps are recomputed with "
            "every movement; draw or drag a digit, and watch them follow. The layers are named "
            "after those of LeNet-5 (LeCun et al. 1998, with 6, 16 and 120 maps); the default "
            "model’s 20, 50 and 500 maps, ReLU, max pooling and eleventh class “none” come from "
            "the lecture. A probability near 1 means that the network is confident, not that it is "
            "right."
        ),
        formula=_formula,
        tells_answer=True,
        demos="live.demos",
        instruments=("unit:Unit", "live.histogram:Histogram", "live.why:WhyThisAnswer"),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    name, logit, log_p = answer_in(snapshot, window)
    law = "log <i>p</i> = <i>y</i> − log Σ exp <i>y</i>"
    return tr(
        "{law}<br>log <i>p</i>({name}) = {logit} − {total} = {log_p}, "
        "<i>p</i>&nbsp;=&nbsp;<b>{p}</b>",
        law=law, name=name, logit=number(logit, 3), total=number(logit - log_p, 3),
        log_p=number(log_p, 3), p=number(math.exp(log_p), 3),
    )  # fmt: skip
