"""Recent files: those that were opened or saved last, in a menu beside Open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtWidgets import QMenu, QWidget

from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model import settings
from viz.window.messages import PASSING_MS, Messages


class RecentFiles:
    """The ``menu`` of the files that ``settings`` keep, made anew whenever it opens."""

    def __init__(
        self,
        open_paths: Callable[[list[str]], object],
        engine: Engine,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        """``open_paths`` opens files of any kind."""
        self._open_paths, self._engine, self._messages = open_paths, engine, messages
        self.menu = QMenu(tr("Open &recent"), parent)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._list)

    def _list(self) -> None:
        self.menu.clear()
        files = settings.recent_files()
        for number, file in enumerate(files, 1):
            name = Path(file).name.replace("&", "&&")
            action = self.menu.addAction(f"&{number}  {name}")
            assert action is not None
            action.setToolTip(file)
            action.triggered.connect(partial(self.open, file))
        if files:
            self.menu.addSeparator()
        clear = self.menu.addAction(tr("&Clear list"))
        assert clear is not None
        clear.setEnabled(bool(files))
        clear.triggered.connect(lambda: settings.forget_files())

    def open(self, file: str, _checked: bool = False) -> None:
        """Open a file, or say that it is gone; asked off the GUI thread, for a disk may sleep."""
        self._engine.run_job(
            Path(file).is_file, partial(self._go_on, file), partial(self._give_up, file)
        )

    def _go_on(self, file: str, exists: bool) -> None:
        if exists:
            self._open_paths([file])
        else:
            settings.forget_files(file)
            self._messages.show(
                tr("{file} no longer exists; it was removed from the list.", file=file),
                for_ms=PASSING_MS,
            )

    def _give_up(self, file: str, _error: Exception) -> None:
        """A name that no file can have."""
        self._go_on(file, False)
