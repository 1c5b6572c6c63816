"""Whole files, read with a bound and written so that an older one survives a full disk."""

from __future__ import annotations

import os
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
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        if make_folder:
            target.parent.mkdir(parents=True, exist_ok=True)
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
