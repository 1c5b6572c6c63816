"""Streams: results go to stdout, all else to stderr, whatever the two are connected to.

A stream that is closed, full or hung up on must not change what a command does with the other one:
an error is never written among the results, and one that cannot be written is still told by the
exit code.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


class _Unfailing(io.RawIOBase):
    """Writes what can be written to stderr's descriptor, and forgets the rest."""

    name = "<stderr>"

    def fileno(self) -> int:
        return 2

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        with suppress(OSError):
            left = memoryview(data).cast("B")
            while left:
                left = left[os.write(2, left) :]
        return len(data)


def protect() -> None:
    """Make the standard streams safe to write to; call it once, before anything is opened.

    Descriptors that are closed are opened to nothing: the next file would get their numbers, and a
    library's warning would be written into it. ``print(…, file=sys.stderr)`` writes to stdout where
    ``sys.stderr`` is None, and fails where the disk is full; from here on it does neither.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = io.TextIOWrapper(
            _Unfailing(),  # type: ignore[type-var]
            encoding=getattr(sys.stderr, "encoding", None) or "utf-8",
            write_through=True,
        )
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an odd file name must not break a message
            stream.reconfigure(errors="backslashreplace")


def complain(text: str) -> None:
    """Tell stderr, in one line, what went wrong."""
    print("lenetscope:", " ".join(text.splitlines()), file=sys.stderr)


def write(text: str) -> None:
    """Write and flush text to stdout, if there is one (``pythonw`` has none).

    Raises UserError if it cannot be written, BrokenPipeError if its reader has hung up.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is still buffered has nowhere to go; without this Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        from viz.errors import UserError
        from viz.i18n import tr

        raise UserError(
            tr(
                "The output cannot be written ({error}); make room or send it elsewhere.",
                error=error.strerror,
            )
        ) from error
