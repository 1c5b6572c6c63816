"""The words of the sweeps: what is changed, what stands at the axes, what a tip tells, what is said
of nothing."""

from __future__ import annotations

from collections.abc import Iterable

from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS
from viz.views.widgets.text_cache import signed
from viz.views.widgets.tooltip import wrapped


def nothing_to_ask() -> str:
    """What stands in place of curves on an empty canvas."""
    return tr(
        "The canvas is empty: there is no right class to ask for. Draw a digit, or drag one here."
    )


def curves_tip(reasons: Iterable[str] = ()) -> str:
    """What the curves are, below the ``reasons`` why some are missing, each a sentence."""
    about = tr(
        "The window stays, the drawing changes: p = exp(log-softmax) of the right class at "
        "each of 65 values. Click or drag to go there. Dashed: how far LeNet-5 is reported to "
        "be robust (LeCun et al. 1998): a factor of 2 in scale from smallest to largest, here "
        "1/√2 … √2; half the digit's height up and down; ±40°."
    )
    return wrapped("\n".join([*reasons, about]))


def class_name(number: int) -> str:
    """What a class is called."""
    return tr("none") if number == NONE_CLASS else str(number)


def reference(kind: str, value: float) -> str:
    """What is written at a line of the published tolerance."""
    if kind == "scale":
        return tr("1998: {value}", value=f"{value:.2f}")
    if kind == "angle":
        return tr("1998: {value}°", value=signed(value, 0))
    return tr("1998: −½ height") if value < 0 else tr("1998: +½ height")


def short_labels() -> dict[str, str]:
    """What a sweep changes."""
    return {
        "dx": tr("shift x"),
        "dy": tr("shift y"),
        "scale": tr("scale"),
        "angle": tr("angle"),
        "squeeze": tr("squeeze"),
        "slant": tr("slant"),
        "width": tr("pen"),
        "sigma": tr("noise"),
    }


def thumb_tips() -> dict[str, str]:
    """What a small plot shows, by what a sweep changes."""
    return {
        kind: tr(
            "Across: {what}. Upwards: p(right class) from 0 to 1, exp(log-softmax) of the window's "
            "output, for each network. Click to show it large.",
            what=what,
        )
        for kind, what in long_labels().items()
    }


def long_labels() -> dict[str, str]:
    """What stands at a sweep's axis."""
    return {
        "dx": tr("px to the right of the window's middle"),
        "dy": tr("px below the window's middle"),
        "scale": tr("scale, a factor"),
        "angle": tr("angle, ° clockwise"),
        "squeeze": tr("width over height, a factor"),
        "slant": tr("slant, px right per px up"),
        "width": tr("width of the pen, px"),
        "sigma": tr("noise σ, where ink is 1"),
    }
