"""Networks compared side by side: those whose weights can be used, what is said of the others, and
the test errors in their files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.modules import base_of
from viz.nets.networks import pretrained_path, trained

if TYPE_CHECKING:
    from viz.nets.network import Network


@dataclass(frozen=True)
class Unusable:
    """Why a network cannot be used: what to do, in a short sentence, and all that is known."""

    advice: str
    reason: str


def usable(nets: Nets, names: Iterable[str]) -> tuple[dict[str, Network], dict[str, Unusable]]:
    """Load the networks that can be used; return them, and why the others cannot be, by name.

    For the measuring lane: it reads files. The next work tries anew, so a mended file is found.
    """
    found, broken = {}, {}
    for name in names:
        try:
            found[name] = nets(name)
        except UserError as error:  # the others are compared all the same
            broken[name] = _unusable(name, str(error))
    return found, broken


def _unusable(name: str, reason: str) -> Unusable:
    path = pretrained_path(base_of(name))
    if path.exists():
        advice = tr("{file} is damaged; reinstall LeNetScope.", file=path.name)
    else:
        advice = tr("{file} is missing; reinstall LeNetScope.", file=path.name)
    return Unusable(advice, reason)


def error_on(test: str, name: str) -> float | None:
    """Return the share of wrong answers in a test, as measured when the network was trained; None
    if its weights do not tell."""
    try:
        rows = trained(name).metadata["figures"]["rows"]
        return next(float(row["error"]) for row in rows if row["test"] == test)
    except (UserError, KeyError, TypeError, ValueError, StopIteration):
        return None  # loading the network reports what is wrong with its weights
