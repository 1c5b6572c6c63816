"""Parent: a process that works for a window ends with it, even if the window is killed."""

from __future__ import annotations

import _thread
import os
import sys
import threading
import time
from collections.abc import Callable

VARIABLE = "LENETSCOPE_PARENT"
"""Of the environment: the number of the process that waits for this one. A process that asks only
once it runs could be an orphan by then."""

POLL_S = 0.2
GRACE_S = 1.5
"""How long it may take to end by itself, as after Ctrl-C."""


def end_with_parent(clean: Callable[[], object] = lambda: None) -> None:
    """Watch the process that waits for this one, if there is one, in a thread. When it is gone,
    break off as Ctrl-C does; what still runs after ``GRACE_S`` calls ``clean`` and ends at once."""
    number = os.environ.get(VARIABLE, "")
    if not number.isdecimal():
        return
    parent = int(number)
    lives = _lives_here(parent) if sys.platform == "win32" else lambda: os.getppid() == parent

    def watch() -> None:
        while lives():
            time.sleep(POLL_S)
        _thread.interrupt_main()
        time.sleep(GRACE_S)
        clean()
        os._exit(130)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _lives_here(parent: int) -> Callable[[], bool]:
    """Windows gives the children of a process that has ended no other parent."""
    import psutil

    try:
        process = psutil.Process(parent)
    except psutil.Error:
        return lambda: False
    return lambda: bool(process.is_running())
