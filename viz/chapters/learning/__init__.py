"""Chapter learning: how the numbers of a network are found, and where these networks come from."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """Build the chapter's record, in the language that is chosen."""
    return Chapter(
        id="learning",
        title=tr("Learning"),
        claim=tr("All numbers of a network are found by going downhill on its loss."),
        explanation=tr(
            "A network learns from examples. The <b>loss</b> says how wrong its prediction is; "
            "<b>backpropagation</b> finds, by the chain rule, by how much the loss changes with "
            "every weight (the <b>gradient</b>); <b>gradient descent</b> moves every weight a "
            "little against it, over and over. The rate of these steps decides: too small and "
            "nothing is learned in time, too large and the loss rises. What is learned depends on "
            "architecture, data and chance: try another seed."
        ),
        formula=_formula,
        demos="learning.demos",
        instruments=(
            "learning.train:Train",
            "learning.backpropagation:Backpropagation",
            "learning.hand:ByHand",
            "learning.warp:Warp",
            "learning.descent:Descent",
            "learning.race:Race",
            "learning.papers:Papers",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    return tr(
        "loss = −log <i>p</i>(target), <i>w</i> ← <i>w</i> − <i>η</i> ∂loss/∂<i>w</i><br>"
        "weights <i>w</i> of the network on the canvas: <b>{parameters:,}</b>",
        parameters=snapshot.architecture.parameters,
    )
