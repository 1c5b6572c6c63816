"""Commands: what menu entries, keys and lines of the shortcut sheet are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """An action of the user's, contributed by its owner.

    ``text`` and ``tip`` are translated; ``shortcut`` is in Qt's portable notation, several
    separated by ", ". ``checked`` says whether the command is ticked, None for one that never is;
    ``enabled`` whether it can do anything now, None for always. Both are called whenever the model
    changes, so they are quick and change nothing.
    """

    id: str
    menu: str
    text: str
    shortcut: str
    tip: str
    run: Callable[[], object]
    checked: Callable[[], bool] | None = None
    enabled: Callable[[], bool] | None = None
    lent: str = ""
    """The key among ``shortcut`` that is another command's while presenting."""
    short: str = ""
    """The text in the tool bar, if not ``text``."""
    group: str = ""
    """Checkable commands of one group exclude one another."""
    separated: bool = False
    """A line stands above it in its menu."""
    once: bool = False
    """A key held down does not run it again and again."""
    dialog: bool = False
    """It opens a dialog, and so is off while presenting; otherwise always on."""
