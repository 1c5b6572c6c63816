"""Autosave: the drawings that a crash or a kill would take away, as bytes.

Each running program keeps its drawing in ``drawing-<process id>-<its start>.json`` in the user's
state folder, and what left the screen unsaved in others beside it, ``…-1.json`` and so on, the
newest written last. A start takes over the newest file whose program no longer runs, once; programs
that run side by side never touch each other's. A damaged file is put aside as ``….damaged``.
Nothing here trusts the clock, which may be set at any time: it tells only when a drawing was kept.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

from viz import disk
from viz.errors import UserError
from viz.i18n import tr

T = TypeVar("T")

MOST_BYTES = 64 << 20
"""Of one file; nothing that was kept is larger."""

_NAME = re.compile(r"drawing-(\d+)-(\d+)(?:-\d+)?\.json")

_APART_NS = 1_000_000
"""How much later than one file the next is said to be written, so that their order is sure."""

_lock = threading.Lock()  # each write is a job in a thread of its own
_written: dict[Path, bytes] = {}
"""What this program's files hold, so that none is written again without need."""


def write(drawings: Sequence[bytes], folder: Path | None = None) -> None:
    """Keep these drawings, oldest first, in place of those kept before.

    Raises UserError if one cannot be written. ``folder`` None means the user's state folder, here
    and below.
    """
    folder = folder or folder_of()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            tr(
                "Unsaved drawings cannot be backed up in {path} ({reason}); save this one "
                "yourself.",
                path=folder,
                reason=error.strerror or error,
            )
        ) from error
    with _lock:
        _forget_vanished(folder)
        now, kept = max(time.time_ns(), _latest(folder) + _APART_NS), []
        for number, drawing in enumerate(drawings):
            path = next((p for p in _own_files(folder) if _written.get(p) == drawing), None)
            if path is None:  # never over one that is still needed
                path = _free(folder)
                disk.write(drawing, path)
                _written[path] = drawing
            with contextlib.suppress(OSError):  # it can vanish at any moment
                os.utime(path, ns=(now, now + number * _APART_NS))
            kept.append(path)
        _unlink_own(folder, but=kept)


def intact(folder: Path | None = None) -> bool:
    """Tell whether all that was kept is still there: somebody may have tidied the folder up."""
    folder = folder or folder_of()
    return all(path.exists() for path in list(_written) if path.parent == folder)


def recover(
    read: Callable[[bytes], T],
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[T, float] | None:
    """Return the newest drawing left by a program that no longer runs, and when it was kept, in
    seconds since the epoch; or None. Never raises.

    ``read`` makes of a file's bytes what is returned; it raises UserError for damaged ones. The
    drawing becomes this program's own: it comes back at one start only, and again should this
    program crash too. A damaged one is put aside, and ``tell`` called with a sentence that says
    where; one that cannot be read just now is left for the next start.
    """
    found = find(lambda _, data: read(data), folder, tell)
    if found is None:
        return None
    take(found)
    return found.content, found.when


@dataclass(frozen=True, eq=False)
class Found(Generic[T]):
    """A drawing that was left behind, not yet this program's: what its file holds, read, and when
    it was kept, in seconds since the epoch."""

    path: Path
    data: bytes
    content: T
    when: float


def find(
    read: Callable[[Path, bytes], T],
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> Found[T] | None:
    """Return the newest drawing left by a program that no longer runs, as ``recover`` does, but
    leave it there, for ``take``; on any thread. ``read`` raises OSError for one that cannot be read
    just now."""
    folder = folder or folder_of()
    _clear_parts(folder)
    for path in _left_behind(folder):
        try:
            when = path.stat().st_mtime
            data = disk.read(path, MOST_BYTES)
        except (OSError, UserError):
            continue
        try:
            return Found(path, data, read(path, data), when)
        except UserError:
            _put_aside(path, tell)
        except OSError:
            continue
    return None


def take(found: Found[T]) -> bool:
    """Make a drawing that was found this program's own; tell whether that could be done."""
    try:
        with _lock:
            own = _free(found.path.parent)
            os.replace(found.path, own)  # the first to rename it has it
            _written[own] = found.data
    except OSError:
        return False
    return True


def newest_size(folder: Path | None = None) -> int:
    """Return the size in bytes of the file that ``recover`` would read; 0 if there is none."""
    for path in _left_behind(folder or folder_of()):
        with contextlib.suppress(OSError):
            return path.stat().st_size
    return 0


def more(folder: Path | None = None) -> bool:
    """Tell whether there is another drawing to recover. Never raises."""
    return bool(_left_behind(folder or folder_of()))


def _put_aside(path: Path, tell: Callable[[str], None] | None) -> None:
    aside = path.with_suffix(".damaged")
    with contextlib.suppress(OSError):
        os.replace(path, aside)
        if tell is not None:
            tell(tr("The backup of a drawing could not be read; it is in {path}.", path=aside))


def clear(folder: Path | None = None) -> None:
    """Forget this program's drawings: saved, empty or no longer wanted. Never raises."""
    with _lock:
        _unlink_own(folder or folder_of(), but=())


def _forget_vanished(folder: Path) -> None:
    for path in [path for path in _written if path.parent == folder and not path.exists()]:
        del _written[path]


def _latest(folder: Path) -> int:
    """When the newest drawing was kept that is not this program's, in ns: by a clock that was ahead
    of the present one, perhaps."""
    own, latest = _own_files(folder), 0
    for path in folder.glob("drawing-*.json"):
        if path not in own:
            with contextlib.suppress(OSError):
                latest = max(latest, path.stat().st_mtime_ns)
    return latest


def _clear_parts(folder: Path) -> None:
    """Remove what programs that were killed had begun to write."""
    with contextlib.suppress(OSError):
        for path in folder.glob("drawing-*.json.*.part"):
            disk.clear_parts(path.with_name(path.name.rpartition(".json.")[0] + ".json"))


def _unlink_own(folder: Path, but: Container[Path]) -> None:
    with contextlib.suppress(OSError):
        for path in _own_files(folder):
            if path not in but:
                path.unlink(missing_ok=True)
                _written.pop(path, None)


def folder_of(what: str = "autosave") -> Path:
    """Return the folder in the user's state folder where one kind of work is kept."""
    from platformdirs import user_state_path

    return user_state_path("lenetscope", appauthor=False) / what


def _own_files(folder: Path) -> list[Path]:
    """The files of this program."""
    stem = Path(_own_name()).stem
    return [*folder.glob(f"{stem}.json"), *folder.glob(f"{stem}-*.json")]


def _free(folder: Path) -> Path:
    """A file of this program's that does not exist yet."""
    first = folder / _own_name()
    names = (first.with_stem(f"{first.stem}-{n}") if n else first for n in count())
    return next(path for path in names if not path.exists())


@cache
def _own_name() -> str:
    return f"drawing-{os.getpid()}-{_start_of(os.getpid())}.json"


def _left_behind(folder: Path) -> list[Path]:
    """The files of programs that no longer run, newest first."""
    found = []
    with contextlib.suppress(OSError):
        own = _own_files(folder)
        for path in folder.iterdir():
            match = _NAME.fullmatch(path.name)
            if match and path not in own and not _runs(int(match[1]), int(match[2])):
                with contextlib.suppress(OSError):
                    found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def _runs(process: int, start: int) -> bool:
    """Whether the process of this id and start runs; ids are given out again, starts are not."""
    return _start_of(process) == start


def _start_of(process: int) -> int | None:
    """A number that tells a running process from all others that ever had its id; None if it does
    not run."""
    try:
        # When it was started, in ticks since this boot. Linux works out the time of the clock from
        # that anew whenever somebody asks, so setting the clock would change the start
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        if fields[0] in b"ZX":  # it has ended, and nobody has asked how
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        return int(boot[:8], 16) * 10**12 + int(fields[19])
    except (OSError, ValueError, IndexError):
        pass
    import psutil  # slow to import, and only needed once a start

    try:
        return int(psutil.Process(process).create_time() * 1000)
    except (psutil.Error, ValueError, OverflowError):
        return None
