"""Chapter convolution: a small kernel slides over the input and makes the same sum everywhere."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """Build the chapter's record, in the language that is chosen."""
    return Chapter(
        id="convolution",
        title=tr("Convolution"),
        claim=tr("One small kernel slides over the whole input and finds one feature everywhere."),
        explanation=tr(
            "A <b>convolution</b> multiplies a small <b>kernel</b> with the window of the input "
            "beneath it, adds the products up, and moves on: the sums are the <b>feature map</b>. "
            "The <b>stride</b> is how far it moves, the <b>padding</b> the zeros round the "
            "input. Networks do not flip the kernel, so strictly this is "
            "<b>cross-correlation</b>; flipped both ways it is the convolution of mathematics, "
            "∫ <i>f</i>(<i>τ</i>) <i>g</i>(<i>t</i> − <i>τ</i>) d<i>τ</i>, which slides by "
            "<i>t</i>, not by <i>τ</i> as the lecture’s notes have it. Move the digit and watch "
            "the map follow. At the border, where the kernel would leave the input, it does not."
        ),
        formula=_formula,
        demos="convolution.demos",
        instruments=(
            "convolution.kernel:Kernel",
            "convolution.padding:Padding",
            "convolution.volumes:Volumes",
            "convolution.one_dimension:OneDimension",
            "convolution.learned_kernel:LearnedKernel",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    layer = snapshot.architecture.layers[0]
    height = snapshot.image.shape[0]
    return tr(
        "units = ⌊(<i>n</i> + 2<i>p</i> − <i>f</i>) / <i>s</i>⌋ + 1<br>rows of {layer} = "
        "⌊({n} + 2·{p} − {f}) / {s}⌋ + 1 = <b>{rows}</b>",
        layer=layer.name, n=height, p=layer.padding, f=layer.kernel, s=layer.step,
        rows=layer.shape(height, height)[1],
    )  # fmt: skip
