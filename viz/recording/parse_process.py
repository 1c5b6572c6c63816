"""Parse process: large scene and lecture files are parsed beside the window, which stays live.

No JSON parser of Python lets the interpreter's lock go: in a thread, 28 MB stopped the window for
2.6 s. So a process of its own reads them and answers, on stdout, with the pickled records
(``transfer``), whose arrays have only to be copied. It lasts for one file.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import viz
from viz import disk
from viz.errors import UserError
from viz.i18n import tr
from viz.recording import transfer
from viz.recording.parent import VARIABLE, end_with_parent
from viz.scene import Scene
from viz.scene.limits import MOST_BYTES
from viz.scene.raster import check_cancelled
from viz.session import files, lecture_files
from viz.session.codec import KnownIds
from viz.session.lecture import Lecture
from viz.session.session import Session

LARGE = 1 << 20
"""Bytes from which on a file is parsed elsewhere: parsing fewer takes less than the process's start
does, and holds the window up for less than a frame."""

COMMAND = ("-P", "-m", "viz.recording.parse_process")
"""Of Python: -P, so that a folder called viz where it was started is not taken for ours."""

POLL_S = 0.1
"""How often it is asked whether the file is still wanted."""

_CHECKSUM = 64
"""Characters of a SHA-256."""

Kept = tuple[Session | Scene, str | None, str]
"""What autosave keeps: the fields of ``files.Content``, the file as text."""

Parsed = Session | Scene | Lecture | Kept


class EndedError(UserError):
    """The process ended before it had read the file, which may be sound."""


def _scene(data: bytes, ids: KnownIds) -> Session | Scene:
    return files.parse(data, ids).opened


def _kept(data: bytes, ids: KnownIds) -> Kept:
    content = files.parse(data, ids)
    return content.opened, None if content.file is None else str(content.file), content.checksum


_PARSERS: dict[str, Callable[[bytes, KnownIds], Parsed]] = {
    "scene": _scene,
    "kept": _kept,
    "lecture": lecture_files.parse,
}


def read(kind: str, path: Path, ids: KnownIds) -> tuple[Parsed, str]:
    """Return what a file holds, a "scene", "lecture" or "kept" drawing, and its SHA-256; waits for
    it.

    Raises UserError if it cannot be read, Cancelled if it is not wanted any more
    (``check_cancelled``).
    """
    data = disk.read(path, LARGE)
    if len(data) <= LARGE:
        return _PARSERS[kind](data, ids), hashlib.sha256(data).hexdigest()
    with subprocess.Popen(
        [sys.executable, *COMMAND, kind, str(path.absolute()), json.dumps(asdict(ids))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        try:
            answer, said = _wait(process)
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0:
        parsed = transfer.load_any(BytesIO(answer[_CHECKSUM:]))
        assert isinstance(parsed, Session | Scene | Lecture | tuple)
        return parsed, answer[:_CHECKSUM].decode()
    if process.returncode == 2:
        raise UserError(said.decode("utf-8", "replace").strip())
    raise EndedError(tr("It could not be read: the process that reads it ended; try again."))


def read_kept(path: Path, ids: KnownIds) -> files.Content:
    """Return what a file of autosave's holds.

    Raises UserError if it is damaged, OSError if it cannot be read just now.
    """
    try:
        kept, _ = read("kept", path, ids)
    except EndedError as error:
        raise OSError(str(error)) from error
    assert isinstance(kept, tuple)
    opened, file, checksum = kept
    return files.Content(opened, None if file is None else Path(file), checksum)


def _wait(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Return what comes on stdout and stderr, as long as it is wanted."""
    while True:
        try:
            return process.communicate(timeout=POLL_S)
        except subprocess.TimeoutExpired:
            check_cancelled()


def _environment() -> dict[str, str]:
    """Return this program's environment, in which the child finds the same package."""
    paths = [str(Path(viz.__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        VARIABLE: str(os.getpid()),
    }


def main(kind: str, path: str, ids: str) -> int:
    """Write a file's SHA-256 and what it holds on stdout; the exit code, 2 if it cannot be read,
    and why on stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a shell is the window's matter
    end_with_parent()
    known = json.loads(ids)
    try:
        data = disk.read(Path(path), MOST_BYTES)
        parsed = _PARSERS[kind](data, KnownIds(tuple(known["chapters"]), known["networks"]))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.buffer.write(hashlib.sha256(data).hexdigest().encode())
    sys.stdout.buffer.write(transfer.dumps(parsed))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
