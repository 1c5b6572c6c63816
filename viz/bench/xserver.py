"""An X server for the bench: the user's display where there is one, else an Xvfb of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from viz import display
from viz.errors import UserError
from viz.i18n import tr


@contextmanager
def display_for_bench() -> Iterator[dict[str, str]]:
    """What to add to the environment so that a window can be opened, while this is entered.

    Raises UserError if there is neither a display nor Xvfb.
    """
    obstacle = display.obstacle()
    if obstacle is None:
        yield {}
        return
    if shutil.which("Xvfb") is None:
        raise UserError(obstacle + " " + tr("Install Xvfb; the bench then starts it by itself."))
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1080x24"]
        + ["-nolisten", "tcp"],
        pass_fds=[write_end],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise UserError(tr("Xvfb could not be started; start it yourself and set DISPLAY."))
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()
