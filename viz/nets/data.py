"""MNIST in its original idx files: found, fetched and checked.

An idx file (LeCun, Cortes, Burges) is a big-endian header, two zero bytes, a type byte (8 = uint8),
the number of axes and one uint32 per axis, followed by the values; it may be gzip-compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from viz import disk
from viz.errors import UserError
from viz.i18n import tr

Bytes = NDArray[np.uint8]

CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""MD5 of each file's uncompressed contents."""

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)

MAX_BYTES = 1 << 28
"""More than any file of MNIST holds: a hostile header or gzip bomb ends here."""


class MissingMnistError(UserError):
    """A file of MNIST is not there at all, as before it has been fetched."""


@dataclass(frozen=True)
class Digits:
    """``images`` (N, side, side) uint8, ink = 255, of MNIST 28×28, and their ``labels`` (N,) uint8,
    0 … 9."""

    images: Bytes
    labels: Bytes

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: slice | NDArray[np.int64]) -> Digits:
        return Digits(self.images[index], self.labels[index])


def find_data(data: Path | None = None) -> Path:
    """Find the folder of the idx files: ``data``, else MNIST_DIR, else the cache folder."""
    folder = os.environ.get("MNIST_DIR")
    return data or (Path(folder) if folder else cache_folder())


def cache_folder() -> Path:
    """Return where a download goes: the user's cache folder as the platform has it."""
    return Path(platformdirs.user_cache_dir("lenetscope")) / "mnist"


def load_mnist(data: Path | None = None, *, test: bool = False) -> Digits:
    """Read the training or the test digits from ``find_data(data)``.

    Raises MissingMnistError, which is a UserError, where a file is missing, and UserError for a
    damaged or mismatched one.
    """
    folder, part = find_data(data), "t10k" if test else "train"
    images = read_idx(_existing(folder, f"{part}-images-idx3-ubyte"))
    labels = read_idx(_existing(folder, f"{part}-labels-idx1-ubyte"))
    fits = images.ndim == 3 and images.shape[1:] == (28, 28) and labels.shape == images.shape[:1]
    if not fits or len(labels) == 0 or labels.max() > 9:
        raise UserError(
            tr(
                "The files {part}-… in {folder} do not hold MNIST's images and labels; download "
                "them again with “lenetscope train --download”.",
                part=part,
                folder=folder,
            )
        )
    return Digits(images, labels)


def read_idx(file: Path) -> Bytes:
    """Read the uint8 array of an idx file, gzip-compressed or plain; UserError if damaged."""
    raw = read_bytes(file)
    header = _header(raw)
    if header is None or len(raw) != header[0] + math.prod(header[1]):
        raise UserError(
            tr(
                "{file} is damaged or not an idx file; download it again with “lenetscope train "
                "--download”.",
                file=file,
            )
        )
    offset, shape = header
    return np.frombuffer(raw, np.uint8, offset=offset).reshape(shape)


def read_bytes(file: Path) -> bytes:
    """Read a file, decompressed if it is gzip; UserError if unreadable, cut off, huge or a pipe."""
    disk.check_file(file)
    try:
        with file.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(file) if packed else file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(
            tr("{file} cannot be read ({error}); download it again.", file=file, error=error)
        ) from error
    if len(raw) > MAX_BYTES:
        raise UserError(tr("{file} is far larger than it should be; download it again.", file=file))
    return raw


def _header(raw: bytes) -> tuple[int, tuple[int, ...]] | None:
    """(length of the header, shape), or None where the bytes cannot be an idx file of uint8."""
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08" or not 1 <= raw[3] <= 4:
        return None
    axes = raw[3]
    if len(raw) < 4 + 4 * axes:
        return None
    return 4 + 4 * axes, struct.unpack_from(f">{axes}I", raw, 4)


def _existing(folder: Path, name: str) -> Path:
    for file in (folder / name, folder / f"{name}.gz"):
        if file.is_file():
            return file
    raise MissingMnistError(
        tr(
            "MNIST's {name} is not in {folder}; name its folder with --data or MNIST_DIR, or "
            "download it with “lenetscope train --download”.",
            name=name,
            folder=folder,
        )
    )


def download_mnist(folder: Path | None = None) -> Path:
    """Fetch what is missing or damaged into ``folder`` (default: the cache), with a progress bar.

    Every file is checked against its MD5 before it takes its name, so a broken download leaves
    nothing behind that looks whole. Returns the folder; raises UserError if no mirror delivers.
    """
    target = folder or cache_folder()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, checksum in CHECKSUMS.items():
            file = target / f"{name}.gz"
            if not (file.is_file() and _md5(file) == checksum):
                _fetch(name, checksum, file)
    except OSError as error:
        raise UserError(
            tr(
                "MNIST cannot be written to {folder} ({error}); free some space or check its "
                "permissions.",
                folder=target,
                error=error,
            )
        ) from error
    return target


def _fetch(name: str, checksum: str, file: Path) -> None:
    # Here, because the window opens without them: together they take 50 ms to import
    import urllib.request

    from tqdm import tqdm

    reason: object = ""
    for mirror in MIRRORS:
        part = file.with_suffix(f".{os.getpid()}.part")
        try:
            with (
                urllib.request.urlopen(f"{mirror}{name}.gz", timeout=30) as answer,
                part.open("wb") as out,
                tqdm(
                    desc=name,
                    total=int(answer.headers.get("Content-Length") or 0) or None,
                    unit="B",
                    unit_scale=True,
                ) as bar,
            ):
                while block := answer.read(1 << 16):
                    out.write(block)
                    bar.update(len(block))
            if _md5(part) == checksum:
                part.replace(file)
                return
            reason = tr("wrong checksum")
        except (OSError, ValueError) as error:
            reason = error
        finally:
            part.unlink(missing_ok=True)
    raise UserError(
        tr(
            "MNIST's {name} could not be downloaded ({reason}); check the connection, or put the "
            "files into a folder and name it with --data.",
            name=name,
            reason=reason,
        )
    )


def _md5(file: Path) -> str | None:
    """MD5 of the uncompressed contents; None where they cannot be read."""
    try:
        return hashlib.md5(read_bytes(file), usedforsecurity=False).hexdigest()
    except UserError:
        return None
