"""The command line's frame: streams, exit codes and Ctrl-C, whatever the command.

Results go to stdout, everything else to stderr. Exit codes: 0; 1 for a broken pipe; 2 for a
mistake that the user can mend, told in one sentence; 130 after Ctrl-C. All other modules are
imported within ``main``, so that Ctrl-C is answered from the first moment on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. ``argv`` defaults to the process's arguments."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return 130


def _run(argv: Sequence[str] | None) -> int:
    from viz.cli.parser import make_parser
    from viz.errors import UserError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an odd file name must not break a message
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            arguments = make_parser().parse_args(argv)
        except SystemExit:  # after --help, --version or a message; the help may be still buffered
            _print("")
            raise
        result: str | int = arguments.command(arguments)
        if isinstance(result, int):
            return result
        _print(result + "\n")
    except UserError as error:
        print(f"lenetscope: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 1
    return 0


def _print(text: str) -> None:
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
                "The output cannot be written ({error}); free some space or redirect it elsewhere.",
                error=error.strerror,
            )
        ) from error
