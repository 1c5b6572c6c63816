"""What is compared side by side: the networks whose weights can be used, what is told instead of
the others, and what their files say was measured when they were trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.networks import pretrained_path, trained

if TYPE_CHECKING:
    from viz.nets.network import Network


@dataclass(frozen=True)
class Unusable:
    """What is told of a network that cannot be used: what to do, in a short sentence, and all that
    is known."""

    advice: str
    reason: str


def usable(nets: Nets, names: Iterable[str]) -> tuple[dict[str, Network], dict[str, Unusable]]:
    """Those of the networks that can be used, and what is told of the others, by name.

    For the measuring lane: it reads files. The next work tries anew, so a mended file is found.
    """
    found, broken = {}, {}
    for name in names:
        try:
            found[name] = nets(name)
        except UserError as error:  # the others are compared all the same
            broken[name] = _told(name, str(error))
    return found, broken


def _told(name: str, reason: str) -> Unusable:
    path = pretrained_path(name)
    if path.exists():
        advice = tr("{file} is damaged; install the program anew.", file=path.name)
    else:
        advice = tr("{file} is missing; install the program anew.", file=path.name)
    return Unusable(advice, reason)


def error_on(test: str, name: str) -> float | None:
    """The share of wrong answers in a test, as measured when the network was trained; None if its
    weights do not tell."""
    try:
        rows = trained(name).metadata["figures"]["rows"]
        return next(float(row["error"]) for row in rows if row["test"] == test)
    except (UserError, KeyError, TypeError, ValueError, StopIteration):
        return None  # loading the network reports what is wrong with its weights
