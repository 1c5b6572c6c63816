"""Open files: whether another program has changed or removed one since it was read or written here,
so that none is overwritten without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from viz import disk
from viz.i18n import tr
from viz.window.messages import NOTICE_MS, Messages


class OpenFiles:
    """The files that the window read or wrote, by the SHA-256 of what they held then."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._checksums: dict[Path, str] = {}

    def note(self, path: Path, checksum: str | None = None) -> None:
        """Note that the window shows what is in this file now, or what was when it had this
        checksum."""
        self._checksums[path] = (disk.checksum(path) or "") if checksum is None else checksum

    def checksum(self, path: Path | None) -> str:
        """Return the SHA-256 of what the window read or wrote there last; "" if it did not."""
        return "" if path is None else self._checksums.get(path, "")

    def save(
        self,
        path: Path,
        write: Callable[[Path], bool],
        save_as: Callable[[], object],
        holds: Callable[[], bool],
    ) -> None:
        """Write a file, by ``write``, which tells whether it could. Where another program has
        changed it, ask first, as long as the question ``holds``; where it is gone, say so."""
        known, now = self.checksum(path), disk.checksum(path)
        if known and now and now != known:
            self._messages.show(
                tr(
                    "{file} was changed by another program since it was opened; nothing has been "
                    "saved yet.",
                    file=path.name,
                ),
                [(tr("Overwrite"), lambda: write(path)), (tr("Save as…"), save_as)],
                holds=holds,
            )
        elif write(path) and known and now is None:
            self.say_saved_anew(path)

    def is_gone(self, path: Path) -> bool:
        """Tell whether a file that the window read or wrote is not there any more."""
        return bool(self.checksum(path)) and not path.exists()

    def say_saved_anew(self, path: Path) -> None:
        """Say that a file is there again."""
        self._messages.show(
            tr("{file} had been removed by another program; it was saved anew.", file=path),
            for_ms=NOTICE_MS,
        )
