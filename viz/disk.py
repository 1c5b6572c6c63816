"""Whole files, read with a bound and written so that an older one survives a full disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path

from viz.errors import UserError
from viz.i18n import tr


def read(path: Path, most: int) -> bytes:
    """Read a file; of one larger than ``most`` bytes a byte more than these.

    Raises UserError if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise UserError(
            tr(
                "{path} cannot be opened ({reason}); check the path.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error


def write(data: bytes, path: str | Path, *, sync: bool = True, make_folder: bool = False) -> None:
    """Write a file, whole or not at all.

    ``sync`` waits until it is on the disk, where it outlives a power cut too; it can take a while.
    ``make_folder`` makes the folder and those above it, if they are missing. Raises UserError if
    the file cannot be written.
    """
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    part = part_of(target, os.getpid())
    try:
        if make_folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        clear_parts(target)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
            os.replace(part, target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(
            tr(
                "{path} cannot be written ({reason}); save to another place.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error


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
    """Return the SHA-256 of a file; None if it is not there, "" if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return ""
