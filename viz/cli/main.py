"""The command line's frame: streams, exit codes and Ctrl-C, whatever the command.

Results go to stdout, everything else to stderr. Exit codes: 0; 1 for a broken pipe; 2 for a
mistake that the user can mend, told in one sentence; 130 after Ctrl-C. All other modules are
imported within ``main``, so that Ctrl-C is answered from the first moment on.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. ``argv`` defaults to the process's arguments."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return 130


def _run(argv: Sequence[str] | None) -> int:
    from viz.cli import streams

    streams.protect()
    from viz.cli.parser import make_parser
    from viz.errors import UserError
    from viz.i18n import tr

    try:
        _check_folder()
        try:
            arguments = make_parser().parse_args(argv)
        except SystemExit:  # after --help or --version, which may be still buffered
            streams.write("")
            raise
        result: str | int = arguments.command(arguments)
        if isinstance(result, int):
            return result
        streams.write(result + "\n")
    except UserError as error:
        streams.complain(str(error))
        return 2
    except MemoryError:
        streams.complain(tr("There is not enough memory for this; close other programs first."))
        return 2
    except BrokenPipeError:
        return 1
    return 0


def _check_folder() -> None:
    """Raise UserError where the current folder was removed: libraries fail over that, one by one,
    and each in its own words."""
    import os

    from viz.errors import UserError
    from viz.i18n import tr

    try:
        os.getcwd()
    except OSError as error:
        raise UserError(
            tr("The folder that you are in is no longer there; change to another one.")
        ) from error
