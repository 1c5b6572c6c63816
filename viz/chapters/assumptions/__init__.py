"""Chapter assumptions: why convolution suits pictures, and where what it assumes does not hold."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """Build the chapter's record, in the language that is chosen."""
    return Chapter(
        id="assumptions",
        title=tr("Assumptions"),
        claim=tr(
            "Convolution suits pictures because neighbours belong together, everywhere alike."
        ),
        explanation=tr(
            "A convolution assumes that the pixels of a picture are related to their neighbours "
            "(<b>locality</b>), that what is worth finding in one place is worth finding in every "
            "place (<b>stationarity</b>), and that parts make up wholes "
            "(<b>compositionality</b>). These are properties of data, not of the network. Few "
            "connections, used everywhere, leave few weights to learn from few examples. Take an "
            "assumption away, and see what is lost: permute the pixels, or show digits on one "
            "side only. Where the data do not keep to them, a convolutional network fails, too."
        ),
        formula=_formula,
        demos="assumptions.demos",
        instruments=(
            "assumptions.locality:Locality",
            "assumptions.correlation:Correlation",
            "assumptions.sharing:Sharing",
            "assumptions.stationarity:Stationarity",
            "assumptions.left_right:LeftRight",
            "assumptions.firing:KernelPlaces",
            "assumptions.compositionality:Compositionality",
            "assumptions.tuning:TuningCurves",
            "assumptions.scrambled:Scrambled",
            "assumptions.invariance_source:InvarianceSource",
            "assumptions.selectivity:Selectivity",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    layer = snapshot.architecture.layers[0]
    side, units = snapshot.architecture.side, layer.size
    pixels, places = side * side, units * units
    return tr(
        "weights of {layer} for {maps} maps of {units}×{units} units: fully connected = "
        "{dense:,}, locally connected = {local:,}, shared = <b>{shared:,}</b>",
        layer=layer.name, maps=layer.maps, units=units, dense=pixels * places * layer.maps,
        local=layer.links * places, shared=layer.links,
    )  # fmt: skip
