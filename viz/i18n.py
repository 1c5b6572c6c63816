"""Translation: ``tr`` marks and translates every text that a user sees.

GNU gettext catalogues under ``locale`` among the resources; without one for the user's language the
English source text is shown. Qt-free, so that the command line and the errors use it too.
"""

from __future__ import annotations

import gettext
import math

from viz.resources import resource_path


def _load() -> gettext.NullTranslations:
    return gettext.translation("lenetscope", localedir=str(resource_path("locale")), fallback=True)


_catalogue = _load()


def tr(text: str, /, **values: object) -> str:
    """Translate ``text`` and put ``values`` into its ``{name}`` fields."""
    translated = _catalogue.gettext(text)
    return translated.format(**values) if values else translated


UNKNOWN = "\N{EN DASH}"
"""Stands for a number that is not known."""


def number(value: float, decimals: int | None = None) -> str:
    """Write a number with a real minus sign: ``−0.31``; zero has no sign, NaN is –, no bound ∞.

    With ``decimals`` always as many, else up to six digits without needless zeros.
    """
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "\N{INFINITY}" if value > 0 else "\N{MINUS SIGN}\N{INFINITY}"
    text = f"{value:.6g}" if decimals is None else f"{value:.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if float(text) == 0 else text[1:].rjust(len(text), "\N{MINUS SIGN}")
    return text.replace("e-", "e\N{MINUS SIGN}")


def significant(value: float, digits: int = 3) -> str:
    """Write a number of at least zero with so many digits: ``0.86``, ``6.83``, ``1,532``."""
    if not math.isfinite(value):
        return number(value)
    whole = len(f"{value:.0f}") if value >= 1 else 1
    return f"{value:,.{max(0, digits - whole)}f}"


def percent(share: float, decimals: int = 1) -> str:
    """Write a share of 1 in percent: ``96.4 %``."""
    return UNKNOWN if math.isnan(share) else f"{100 * share:.{decimals}f} %"
