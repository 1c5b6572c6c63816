"""A document and an engine joined as the program joins them, for tests of what is measured live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.document import Document
from viz.engine import Engine
from viz.scene import Scene


class Lane:
    """An instrument on the screen, fed by a running engine."""

    def __init__(self, qtbot: QtBot, scene: Scene) -> None:
        self._qtbot = qtbot
        self.document, self.engine = Document(scene), Engine()
        self.failures: list[str] = []
        self.engine.snapshot_ready.connect(self.document.show)
        self.engine.failed.connect(self.failures.append)
        self.document.request_changed.connect(self.engine.post)

    def put(self, view: Any, size: tuple[int, int] = (640, 300)) -> Any:
        """Show the instrument; returns it."""
        self._qtbot.addWidget(view)
        view.set_theme(themes.theme("dark"), 13)
        view.resize(*size)
        self.document.snapshot_changed.connect(view.show_snapshot)
        self.engine.start()
        self.engine.post(self.document.request())
        view.show()
        self.settle()
        return view

    def settle(self) -> None:
        """Wait until the screen shows the present scene, measured to the end."""

        def settled() -> bool:
            document = self.document
            snapshot = document.snapshot
            return (
                snapshot is not None
                and snapshot.scene == document.scene
                and snapshot.request.network == document.network
                and dict(snapshot.request.ablated) == dict(document.ablated)
                and not self.engine.measuring
            )

        self._qtbot.waitUntil(settled, timeout=60000)
        assert self.failures == [], self.failures


@contextmanager
def lane(qtbot: QtBot, scene: Scene) -> Iterator[Lane]:
    """A lane that is stopped in the end."""
    joined = Lane(qtbot, scene)
    try:
        yield joined
    finally:
        joined.engine.stop()
