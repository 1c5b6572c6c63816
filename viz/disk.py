"""Whole files, read with a bound and written so that an older one survives a full disk."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import select
import stat
import tempfile
import time
from pathlib import Path

from viz.errors import UserError
from viz.i18n import tr

PATIENCE_S = 2.5
"""How long a pipe may deliver nothing …"""

LONGEST_S = 60.0
"""… and how long it may take to end."""

ROOM = 16 << 20
"""Bytes that a disk must have room for before a long work begins whose result goes there."""


def read(path: Path, most: int) -> bytes:
    """Read a file or a pipe; of one larger than ``most`` bytes a byte more than these.

    Raises UserError if it cannot be read, or is a folder, a device, a socket or a pipe into which
    nothing is written for ``PATIENCE_S``.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UserError(
                tr("{path} cannot be opened (it is a folder); name the files in it.", path=path)
            )
        if stat.S_ISFIFO(mode):
            return _read_pipe(path, most)
        if not stat.S_ISREG(mode):  # a terminal may never end, and /dev/zero does not
            raise UserError(
                tr("{path} cannot be opened (it is a device or a socket); name a file.", path=path)
            )
        with open(path, "rb", opener=_open_without_waiting) as file:
            size = os.fstat(file.fileno()).st_size  # 0 of what lies in /proc
            # Asked for at once, so many bytes are taken from memory, whatever the file has
            data: bytes | None = file.read(min(size or most, most) + 1)
        if data is None:  # /proc/kmsg looks like a file, and is a pipe
            raise BlockingIOError(errno.EAGAIN, tr("nothing comes from it"))
        return data
    except (OSError, ValueError) as error:  # of a path with a NUL in it a ValueError
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(
            tr(
                "{path} cannot be opened ({reason}); check the path.",
                path=path,
                reason=reason or error,
            )
        ) from error


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file, which another program may replace by a pipe at this very moment."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def is_address(text: str) -> bool:
    """Tell whether a text is an address, such as https://…, and no file here."""
    return re.match("[A-Za-z][A-Za-z0-9+.-]*://", text) is not None and not Path(text).exists()


def check_file(path: Path) -> None:
    """Raise UserError unless a file is here: a pipe or a device may never end, or never begin."""
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return  # opening it tells why
    if not is_file:
        raise UserError(tr("{path} cannot be opened (it is no file); name a file.", path=path))


def _read_pipe(path: Path, most: int) -> bytes:
    """Read a pipe to its end, as ``read`` does a file."""
    # Without O_NONBLOCK opening waits for a program that writes
    number, begin, data = os.open(path, os.O_RDONLY | os.O_NONBLOCK), time.monotonic(), bytearray()
    try:
        poll = select.poll()
        poll.register(number, select.POLLIN)
        while len(data) <= most:
            if not poll.poll(1000 * PATIENCE_S) or time.monotonic() - begin > LONGEST_S:
                raise UserError(
                    tr("Nothing more comes through the pipe {path}; name a file.", path=path)
                )
            block = os.read(number, 1 << 20)
            if not block:
                break
            data += block
    finally:
        os.close(number)
    return bytes(data[: most + 1])


def check_writable(path: Path) -> None:
    """Raise UserError if a file could not be written here, before the work whose result it gets.

    A folder that is missing counts as the nearest one above it that is there, since it can be made.
    Nothing is left behind.
    """
    try:
        target = Path(os.path.realpath(path))
        _check_replaceable(target)
        folder = next(parent for parent in target.parents if os.path.lexists(parent))
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(ROOM))
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _check_replaceable(target: Path) -> None:
    """Raise OSError if something else than a file is here, as a device that a link leads to: a file
    would take its place."""
    if target.is_dir():
        raise OSError(errno.EISDIR, tr("it is a folder"))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, tr("it is no file, but a device or a socket"))


def _unwritable(path: str | Path, error: OSError | ValueError) -> UserError:
    reason = error.strerror if isinstance(error, OSError) else None
    return UserError(
        tr(
            "{path} cannot be written ({reason}); save to another place.",
            path=path,
            reason=reason or error,
        )
    )


def write(data: bytes, path: str | Path, *, make_folder: bool = False) -> None:
    """Write a file, whole or not at all, and wait until it is on the disk, where it outlives a
    power cut too; that can take a while.

    ``make_folder`` makes the folder and those above it, if they are missing. Raises UserError if
    the file cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
        part = part_of(target, os.getpid())
        _check_replaceable(target)
        if make_folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        clear_parts(target)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)
            _sync_folder(target.parent)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:  # of a path with a NUL in it a ValueError
        raise _unwritable(path, error) from error


def _sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where a system can do that."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def part_of(path: Path, process: int) -> Path:
    """Return where a process writes what will become ``path``."""
    return path.with_name(f"{path.name}.{process}.part")


def clear_parts(path: Path) -> None:
    """Remove what processes that were killed left of ``path``. Never raises."""
    parts = re.compile(re.escape(path.name) + r"\.(\d+)\.part")
    with contextlib.suppress(OSError):
        for name in os.listdir(path.parent):
            if (found := parts.fullmatch(name)) and not runs(int(found[1])):
                path.with_name(name).unlink(missing_ok=True)


def runs(process: int) -> bool:
    """Tell whether a process with this id runs."""
    import psutil  # slow to import, and rarely needed

    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, OverflowError, ValueError):
        return False
    except psutil.Error:
        return True


def checksum(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it is not there, "" if it cannot be read, as a pipe
    that has taken its place."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait, a device would never end
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # or a name that no file can have
        return None
    except OSError:
        return ""
