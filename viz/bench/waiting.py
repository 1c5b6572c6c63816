"""Waiting in the bench: the event loop runs on for a while, or until something is so."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEventLoop, QTimer


def pass_time(seconds: float) -> None:
    """Let events be handled for this long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Let events be handled until ``condition()``; RuntimeError if that takes too long."""
    loop, poll = QEventLoop(), QTimer()
    left = round(seconds * 100)

    def look() -> None:
        nonlocal left
        left -= 1
        if condition() or left < 0:
            loop.quit()

    poll.timeout.connect(look)
    poll.start(10)
    loop.exec()
    poll.stop()
    if not condition():
        raise RuntimeError(f"waited in vain for {what}")
