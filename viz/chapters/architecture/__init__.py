"""Chapter architecture: how layers are put together, and what follows from their sizes."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """Build the chapter's record, in the language that is chosen."""
    return Chapter(
        id="architecture",
        title=tr("Architecture"),
        claim=tr("Kernel, stride and pooling decide what a unit sees and what a network costs."),
        explanation=tr(
            "An <b>architecture</b> is a stack of layers: convolutions, poolings, "
            "non-linearities, fully connected layers. From kernel and "
            "stride of each follow the sizes of all maps, the <b>receptive field</b> of every unit "
            "and the number of <b>parameters</b>. Height × width × maps counts the units of a "
            "layer, not its parameters, of which a convolution has as many on any "
            "input. What the lecture’s notes call fully connected is computed as a "
            "convolution here, so the network is <b>fully convolutional</b>. Widen the canvas: "
            "every layer grows with it, and no weight is added."
        ),
        formula=_formula,
        demos="architecture.demos",
        instruments=(
            "architecture.units:Units",
            "architecture.sizes:Sizes",
            "architecture.modules:ModulesInstrument",
            "architecture.illumination:Illumination",
            "architecture.dimensions:Dimensions",
            "architecture.fully_connected:FullyConnected",
            "architecture.networks_compared:NetworksCompared",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    architecture, (height, width) = snapshot.architecture, snapshot.image.shape
    units = sum(
        maps * rows * columns
        for maps, rows, columns in (layer.shape(height, width) for layer in architecture.layers)
    )
    return tr(
        "parameters = Σ (weights + biases) = <b>{parameters:,}</b><br>units on {width}×{height} "
        "pixels = Σ maps × rows × columns = <b>{units:,}</b>",
        parameters=sum(layer.parameters for layer in architecture.layers),
        width=width, height=height, units=units,
    )  # fmt: skip
