"""Waiting in the bench: the event loop runs on for a while, until something is so, or while
pointer events are sent at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import QEventLoop, Qt, QTimer

LAST_ANSWER_S = 3.0
"""How long to wait for the answer to the last event."""


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


def send_paced(
    send: Callable[[float], None], is_answered: Callable[[], bool], rate_hz: int, seconds: float
) -> float:
    """Call ``send(due)`` at this rate for this long, then wait until ``is_answered()``.

    ``due`` is when the event was due, in seconds of ``time.perf_counter()``. Returns the longest
    block of the event loop, in milliseconds.
    """
    loop, timer = QEventLoop(), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(1)
    start = last = time.perf_counter()
    total, sent, block_s = round(rate_hz * seconds), 0, 0.0

    def tick() -> None:
        nonlocal last, sent, block_s
        now = time.perf_counter()
        block_s = max(block_s, now - last)
        last = now
        while sent < total and (due := start + sent / rate_hz) <= time.perf_counter():
            sent += 1
            send(due)
        if sent == total and (is_answered() or now > start + seconds + LAST_ANSWER_S):
            loop.quit()

    timer.timeout.connect(tick)
    timer.start()
    loop.exec()
    timer.stop()
    return block_s * 1e3
