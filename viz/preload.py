"""Preloading: torch's machine code is read and linked while Python builds the window.

Importing torch takes about 1.5 s; half a second of it is the dynamic linker's work, which needs
neither Python nor its lock. A thread does that part from the first moment on; the import proper
happens in the engine after the window is shown.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import sys
import threading
from pathlib import Path


def start() -> threading.Thread:
    """Begin, and return at once; whatever goes wrong is left to the import to report.

    The garbage collector rests until the network is there (``viz.engine.compute`` wakes it):
    modules live for ever, and looking through them over and over costs a tenth of their import.
    """
    gc.disable()
    # No daemon: a process that ends while the linker is at work would crash instead of ending
    thread = threading.Thread(target=_link, name="preload")
    thread.start()
    return thread


def _link() -> None:
    name = {"linux": "libtorch_cpu.so", "darwin": "libtorch_cpu.dylib"}.get(sys.platform)
    spec = importlib.util.find_spec("torch")  # finds the package without importing it
    if name is None or spec is None or spec.origin is None:
        return
    try:
        ctypes.CDLL(str(Path(spec.origin).parent / "lib" / name))  # releases Python's lock
    except OSError:
        return
