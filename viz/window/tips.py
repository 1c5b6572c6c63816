"""Tips: now and then, in the caption, a key that the user may not know.

Only while nothing more important is to be said and the user is at rest: so each is asked for again
and again until both hold. The keys are those of the commands, asked when a tip is shown.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QCursor

from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document

FIRST_MS, EVERY_MS = 60_000, 240_000
"""The least time before the first tip, and between two."""

REST_MS = 8_000
"""The user is at rest when nothing has changed for so long."""

STAYS_MS = 15_000
"""How long a tip stays."""


def tips() -> tuple[tuple[str, str], ...]:
    """Return (a command's id, the tip with a field for its key) of every tip."""
    return (
        ("enlarge", tr("Tip: double-click a map to enlarge it; {key} over it enlarges its layer.")),
        ("explain", tr("Tip: {key} explains what is on the screen, with the present numbers.")),
        ("freeze", tr("Tip: {key} keeps the screen as A, to be compared with what you change.")),
        ("present", tr("Tip: {key} starts presenting: canvas and maps fill the screen, enlarged.")),
        ("pre", tr("Tip: {key} shows the sums before each activation.")),
        ("centre", tr("Tip: {key} moves the drawing to the middle of the canvas.")),
        ("lecture_add", tr("Tip: {key} adds this screen to a lecture.")),
        ("random", tr("Tip: {key} adds a digit in a random handwriting style.")),
        ("hide_answer", tr("Tip: {key} hides the answer, so that others may guess.")),
        ("record", tr("Tip: {key} records what you do as a film.")),
        ("blank", tr("Tip: while presenting, {key} makes the screen black.")),
        ("theme_next", tr("Tip: {key} switches between dark and light.")),
        ("projection", tr("Tip: {key} enlarges all text, for the last row.")),
        ("shortcuts", tr("Tip: {key} lists all keys; type to search.")),
    )


class Tips(QObject):
    """Tells tips once it has begun; each once, going on where the last session ended."""

    def __init__(
        self,
        document: Document,
        key: Callable[[str], str],
        may_tell: Callable[[], bool],
        tell: Callable[[str, int], object],
        parent: QObject,
    ) -> None:
        """``key`` gives a command's key, "" if there is none; ``may_tell`` says whether the caption
        is free; ``tell`` puts a sentence there for so many milliseconds."""
        super().__init__(parent)
        self._document, self._key, self._may_tell, self._tell = document, key, may_tell, tell
        self._told = 0
        self._before: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Tell the first one after a while."""
        self._timer.start(FIRST_MS)

    def _look(self) -> None:
        """Tell the next tip if the user is at rest, else look again later."""
        now = self._state()
        at_rest, self._before = now == self._before, now
        known = [(self._key(id_), text) for id_, text in tips()]
        known = [(key, text) for key, text in known if key]
        if self._told >= len(known):
            return
        if not (at_rest and self._may_tell()):
            self._timer.start(REST_MS)
            return
        seen = int(settings.get("tips_seen"))
        key, text = known[seen % len(known)]
        settings.put("tips_seen", (seen + 1) % len(known))
        self._told += 1
        self._tell(text.format(key=key), STAYS_MS)
        self._timer.start(EVERY_MS)

    def _state(self) -> object:
        """What changes when the user does anything."""
        document = self._document
        return (
            QCursor.pos(), document.scene, document.selection, document.inspected,
            document.window, document.network, dict(document.view.values),
            document.view.instrument,
        )  # fmt: skip
