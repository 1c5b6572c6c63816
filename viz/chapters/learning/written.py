"""The net of *By hand* written out: every sum and product of both passes, in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from viz.chapters.learning.measure.hand import LOGISTIC, RELU, Floats, Net, Passes
from viz.i18n import number, tr

SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"


def unit_names(net: Net) -> list[str]:
    """Return what the outputs of each layer are called: h (and k), y."""
    return [*("hk"[: len(net) - 1]), "y"]


def weight_names(net: Net) -> list[str]:
    """Return what the weights of each layer are called: u (and v), w."""
    return [*("uv"[: len(net) - 1]), "w"]


def written(net: Net, x: Floats, target: float, function: str, passes: Passes) -> Iterator[
    tuple[str, str, str]
]:  # fmt: skip
    """Yield rows: what it is, how it comes to its value, and how to its derivative of E."""
    names, weights = unit_names(net), weight_names(net)
    last = len(net) - 1
    yield "E", tr(
        "½ ({y} − {t})² = {error}",
        y=figure(passes.output), t=bracketed(target), error=figure(passes.error, 4),
    ), ""  # fmt: skip
    for place in reversed(range(len(net))):
        below = x if place == 0 else passes.outputs[place - 1]
        under = "x" if place == 0 else names[place - 1]
        for unit, row in enumerate(net[place]):
            name = _indexed(names[place], unit, len(net[place]))
            z, y = float(passes.sums[place][unit]), float(passes.outputs[place][unit])
            by_y = float(passes.by_outputs[place][unit])
            by_z = float(passes.by_sums[place][unit])
            if place == last:
                how = f"{figure(y)} − {bracketed(target)}"
            else:
                above = net[place + 1][:, unit]
                how = _sum(
                    f"{figure(float(w))}·{bracketed(float(d))}"
                    for w, d in zip(above, passes.by_sums[place + 1], strict=True)
                )
            products = (
                f"{figure(float(w))}·{bracketed(float(v))}"
                for w, v in zip(row, below, strict=False)
            )
            yield (
                name,
                f"z = {_sum([*products, figure(float(row[-1]))])} = {figure(z)}",
                f"∂E/∂{name} = {how} = {figure(by_y)}",
            )
            yield (
                "",
                f"{name} = f(z) = {figure(y)}, f′ = {_slope(function, y)}",
                f"∂E/∂z = {figure(by_y)}·{figure(_derivative(function, y))} = {figure(by_z, 4)}",
            )
            for index, w in enumerate(row):
                if index == len(row) - 1:
                    which, factor, value = tr("bias of {unit}", unit=name), "1", 1.0
                else:
                    which = f"{weights[place]}{SUBSCRIPTS[unit + 1]}{SUBSCRIPTS[index + 1]}"
                    factor, value = _indexed(under, index, len(below)), float(below[index])
                yield (
                    which,
                    figure(float(w)),
                    f"∂E/∂z·{factor} = {figure(by_z, 4)}·{bracketed(value)} = "
                    f"{figure(by_z * value, 4)}",
                )


def figure(value: float, places: int = 3) -> str:
    """Write a number with up to so many decimals."""
    return number(round(value, places))


def bracketed(value: float, places: int = 3) -> str:
    """Write it in brackets if it is negative."""
    text = figure(value, places)
    return f"({text})" if value < 0 and text != "0" else text


def _sum(terms: Iterable[str]) -> str:
    """Write a sum: a term that begins with a minus is subtracted."""
    return " + ".join(terms).replace("+ \N{MINUS SIGN}", "\N{MINUS SIGN} ")


def _indexed(name: str, index: int, count: int) -> str:
    return name if count == 1 and name == "y" else name + SUBSCRIPTS[index + 1]


def _derivative(function: str, y: float) -> float:
    if function == LOGISTIC:
        return y * (1 - y)
    return float(y > 0) if function == RELU else 1 - y * y


def _slope(function: str, y: float) -> str:
    value = figure(_derivative(function, y))
    if function == LOGISTIC:
        return f"{figure(y)}·(1 − {bracketed(y)}) = {value}"
    if function == RELU:
        return value
    return f"1 − {bracketed(y)}² = {value}"


def plain(values: Floats) -> np.ndarray:
    """Return numbers as a grid takes them: a column if they are one row of them."""
    array = np.asarray(values, np.float32)
    return array[:, None] if array.ndim == 1 else array
