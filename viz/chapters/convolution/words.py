"""Names of kernels on the screen, and what is said of them."""

from __future__ import annotations

import numpy as np

from viz.chapters.convolution.measure.applied import Applied, Place
from viz.chapters.convolution.measure.volume import SIDE, Volume
from viz.i18n import number, tr
from viz.views.widgets.facts import Fact
from viz.views.widgets.segmented import Option

FEW_PRODUCTS = 12
"""So many products are written out, of a larger kernel their number and sum."""


def kernel_names() -> dict[str, str]:
    """Return the names of ``measure.kernels.PRESETS``, in their order, translated."""
    return {
        "vertical": tr("vertical edge"),
        "horizontal": tr("horizontal edge"),
        "sobel": tr("Sobel"),
        "scharr": tr("Scharr"),
        "laplacian": tr("Laplacian"),
        "box": tr("box blur"),
        "gaussian": tr("Gaussian blur"),
        "sharpen": tr("sharpen"),
        "identity": tr("identity"),
    }


def result_caption(applied: Applied) -> str:
    """Name the result: its size, and of a picture in colour what its brightness means."""
    rows, columns = applied.rows.outputs, applied.columns.outputs
    if applied.colours is None:
        return tr("Result {rows} × {columns}", rows=rows, columns=columns)
    high = number(applied.high, 2)
    if applied.low < 0:
        return tr("Result {rows} × {columns}, grey is 0, ±{high}", rows=rows, columns=columns,
                  high=high)  # fmt: skip
    return tr("Result {rows} × {columns}, 0 to {high}", rows=rows, columns=columns, high=high)


def products_written(applied: Applied, place: Place) -> tuple[str, str, str]:
    """Write out the sum of the products at a place, in full and shorter, and what becomes of it."""
    rule, window, laid = applied.rule, applied.window(place), applied.rule.laid
    total = float((window * laid).sum(dtype=float))
    said, count = _rounded(total), laid.size
    short = tr("sum of {count} products = {sum}", count=count, sum=said)
    if applied.input.channel:
        short = tr("green: sum of {count} products = {sum}", count=count, sum=said)
    long = short
    if count <= FEW_PRODUCTS:
        terms = " + ".join(
            f"{_rounded(x)}·{_rounded(k) if k >= 0 else f'({_rounded(k)})'}"
            for x, k in zip(window.ravel().tolist(), laid.ravel().tolist(), strict=True)
        )
        long = tr("{terms} = {sum}", terms=terms, sum=said)
    inner = said
    if rule.bias:
        sign = "+" if rule.bias > 0 else "−"
        inner = f"{said} {sign} {_rounded(abs(rule.bias))}"
    if rule.absolute:
        inner = f"|{inner}|"
    if rule.rectified:
        inner = f"max(0, {inner})"
    if inner == said:
        return long, short, ""
    value = float(rule.finish(np.float32(total)))
    return long, short, tr("then {inner} = {value}", inner=inner, value=_rounded(value))


def _rounded(value: float) -> str:
    return number(round(value, 2))


def bank_options(count: int) -> list[Option]:
    """Return the first kernels of the bank of *Volumes*, in its order, as they are offered."""
    words = (
        ("red-edge", tr("red edge"), tr("Vertical edges of red alone: the others’ slices are 0.")),
        ("edge", tr("edge"), tr("Vertical edges in all three channels.")),
        ("green-edge", tr("green edge"), tr("Vertical edges of green alone.")),
        ("blue-edge", tr("blue edge"), tr("Vertical edges of blue alone.")),
        ("horizontal", tr("horizontal"), tr("Horizontal edges in all three channels.")),
        ("red-green", tr("red − green"), tr("Red against green, over nine pixels.")),
        ("yellow-blue", tr("yellow − blue"), tr("Red and green against blue.")),
        ("blur", tr("grey"), tr("The mean of nine pixels in three channels.")),
        ("laplacian", tr("Laplacian"), tr("A pixel against its four neighbours, in all channels.")),
        ("red", tr("red"), tr("The red channel itself.")),
    )
    return [Option(*each) for each in words[:count]]


def volume_facts(volume: Volume) -> list[Fact]:
    """Return the sizes of a layer over a volume, and what it costs."""
    channels, height, width = volume.picture.shape
    maps, _, rows, columns = volume.partial.shape
    return [
        Fact(
            f"{rows} × {columns} × {maps}",
            tr("output: as deep as there are kernels"),
            tr("(n − f + 1) × (n − f + 1) × c′."),
        ),
        Fact(
            f"{volume.parameters:,}",
            tr("parameters, whatever the picture’s size"),
            tr("{maps} · ({c}·{f}·{f} + 1): weights, and a bias for each kernel.",
               maps=maps, c=channels, f=SIDE),
        ),
        Fact(
            f"{height} × {width} × {channels}",
            tr("input: channels are stacked, not added"),
            tr("n × n × c, here {height} × {width} × {c}.", height=height, width=width, c=channels),
        ),
        Fact(
            f"{SIDE} × {SIDE} × {channels}",
            tr("each kernel: as deep as its input"),
            tr("f × f × c: one slice a channel."),
        ),
        Fact(
            f"{volume.multiply_adds:,}",
            tr("multiply-adds, which grow with it"),
            tr("Units of the output · {f}·{f}·{c}.", f=SIDE, c=channels),
        ),
    ]  # fmt: skip
