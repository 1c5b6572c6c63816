"""Pictures: what the network reads off one, and the table of how many are read wholly right.

A picture becomes one or several canvases. Where a line of writing is longer than one, its pieces
overlap, and the windows of all of them together are read as those of one long canvas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.measure.reading import ReadDigit, read
from viz.scene import Scene, rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Network

Floats = NDArray[np.float32]


_SURE = 0.95
"""Of a line whose digits are all so sure, no other drawing is looked at."""


@dataclass(frozen=True)
class Answer:
    """What was read. ``text``: lines joined by newlines; ``digits`` of all pages, their lines
    counted on; ``log_probs`` (classes, H′, W′): the output on each page."""

    text: str
    digits: tuple[ReadDigit, ...]
    log_probs: tuple[Floats, ...]

    @property
    def confidence(self) -> float | None:
        """The least confidence of a digit, None where nothing was read."""
        return min((digit.confidence for digit in self.digits), default=None)


def read_pages(net: Network, pages: Sequence[Scene], overlaps: Sequence[int] = (0,)) -> Answer:
    """Read canvases one after the other.

    ``overlaps``: of each, how many columns of pixels it shares with the one before, whose line it
    goes on with; 0 where it begins anew.
    """
    import torch

    window, stride = net.architecture.window, net.architecture.stride
    outputs: list[Floats] = []
    chains: list[list[Floats]] = []
    for scene, overlap in zip(pages, overlaps, strict=True):
        with torch.inference_mode():
            image = torch.from_numpy(rasterize_scene(scene))[None, None]
            outputs.append(net(image)["output"][0].numpy())
        if overlap:
            shared = max(0, (overlap - window) // stride + 1)  # the windows that both see
            chains[-1].append(outputs[-1][:, :, shared:])
        else:
            chains.append([outputs[-1]])
    texts: list[str] = []
    digits: list[ReadDigit] = []
    lines = 0
    for chain in chains:
        reading = read(np.concatenate(chain, 2))
        texts += [reading.text] if reading.text else []
        digits += [replace(digit, line=digit.line + lines) for digit in reading.digits]
        lines += len({digit.line for digit in reading.digits})
    return Answer("\n".join(texts), tuple(digits), tuple(outputs))


def chooser_of(net: Network) -> Callable[[Iterator[Floats]], int]:
    """Return what tells which of several drawings of a line (32, w) a network reads most
    confidently.

    It is the first where each digit of that has a confidence of ``_SURE`` or there is none. Else
    a digit counts half as sure as it is in its own drawing, half as it is on the average of all
    drawings, and a drawing as much as the least of its digits.
    """
    import torch

    def digits_of(row: Floats) -> tuple[ReadDigit, ...]:
        width = max(net.architecture.window, row.shape[1] + -row.shape[1] % 4)  # as on a canvas
        row = np.pad(row, ((0, 0), (0, width - row.shape[1])))
        with torch.inference_mode():
            return read(net(torch.from_numpy(row)[None, None])["output"][0].numpy()).digits

    def choose(rows: Iterator[Floats]) -> int:
        first = digits_of(next(rows))
        if all(digit.digit is not None and digit.confidence >= _SURE for digit in first):
            return 0
        readings = [first, *map(digits_of, rows)]
        return max(range(len(readings)), key=lambda number: _confidence(readings, number))

    return choose


def _confidence(readings: Sequence[tuple[ReadDigit, ...]], number: int) -> float:
    own = readings[number]
    alike = [digits for digits in readings if len(digits) == len(own)]
    least = 1.0 if own else 0.0
    for place, digit in enumerate(own):
        same = [digits[place] for digits in alike if digits[place].digit == digit.digit]
        average = sum(map(_weight, same)) / len(readings)
        least = min(least, (_weight(digit) + average) / 2)
    return least


def _weight(digit: ReadDigit) -> float:
    """A digit's confidence, half of it where it is [?]."""
    return digit.confidence if digit.digit is not None else digit.confidence / 2


@cache
def chooser_of_main() -> Callable[[Iterator[Floats]], int] | None:
    """Return ``chooser_of`` the main network, loaded once; None where its weights are missing."""
    from viz.nets import load_pretrained

    try:
        return chooser_of(load_pretrained())
    except UserError:
        return None


@dataclass(frozen=True)
class PictureRead:
    """One picture of a folder, what it shows and what was read; ``error`` if it was not opened."""

    file: Path
    text: str
    error: str = ""

    @property
    def kind(self) -> str:
        """The name's beginning, up to its first dash."""
        return self.file.name.split("-", 1)[0]

    @property
    def truth(self) -> str:
        """What stands in the name behind the last ``__``, with a newline for each ``_``."""
        return self.file.stem.rsplit("__", 1)[1].replace("_", "\n")

    @property
    def right(self) -> bool:
        """Whether all of it was read, and nothing else."""
        return not self.error and self.text == self.truth


@dataclass(frozen=True)
class PictureTable:
    """The pictures of a folder, in the order of their names."""

    pictures: tuple[PictureRead, ...]

    @property
    def kinds(self) -> dict[str, list[PictureRead]]:
        """The pictures of each kind."""
        found: dict[str, list[PictureRead]] = defaultdict(list)
        for picture in self.pictures:
            found[picture.kind].append(picture)
        return dict(found)

    def as_json(self) -> dict[str, Any]:
        """Return for JSON: ``kinds`` and the sums ``right`` and ``of``, and each of the ``files``
        with its kind, truth, text, right, and error if there is one."""
        return {
            "kinds": [
                {"kind": kind, "right": sum(one.right for one in some), "of": len(some)}
                for kind, some in self.kinds.items()
            ],
            "right": sum(one.right for one in self.pictures),
            "of": len(self.pictures),
            "files": [
                {
                    "file": str(one.file),
                    "kind": one.kind,
                    "truth": one.truth,
                    "text": one.text,
                    "right": one.right,
                    **({"error": one.error} if one.error else {}),
                }
                for one in self.pictures
            ],
        }

    def as_table(self) -> str:
        """Write the table as text, one kind a line, then the pictures that were not read."""
        rows = [(kind, some) for kind, some in self.kinds.items()]
        rows.append((tr("all"), list(self.pictures)))
        width = max(len(tr("kind")), *(len(kind) for kind, _ in rows))
        lines = [f"{tr('kind'):<{width}}  {tr('right'):>5}  {tr('of'):>5}"]
        for kind, some in rows:
            right = sum(one.right for one in some)
            share = f"{right / len(some):7.1%}"
            lines.append(f"{kind:<{width}}  {right:5}  {len(some):5}  {share}")
        for one in self.pictures:
            if one.error:
                lines.append(f"{one.file.name}: {one.error}")
            elif not one.right:
                lines.append(
                    tr(
                        "{file}: “{text}” instead of “{truth}”",
                        file=one.file.name,
                        text=one.text.replace("\n", " / "),
                        truth=one.truth.replace("\n", " / "),
                    )
                )
        return "\n".join(lines)


def pictures_in(folder: Path) -> list[Path]:
    """List the files of a folder whose names hold a truth. Raises UserError if there are none."""
    try:
        found = sorted(path for path in folder.iterdir() if "__" in path.stem)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(
            tr(
                "The folder {folder} cannot be opened ({reason}); check the path.",
                folder=folder,
                reason=reason or error,
            )
        ) from error
    if not found:
        raise UserError(
            tr(
                "There is no picture in {folder} with the right answer in its name, such as "
                "01-row__31.png; name another folder.",
                folder=folder,
            )
        )
    return found


def measure_pictures(
    net: Network,
    folder: Path,
    progress: Callable[[list[Path]], Iterable[Path]] = iter,
) -> PictureTable:
    """Read all pictures of a folder; one that cannot be opened counts as wrong.

    ``progress`` passes the files on. Raises UserError if there are none.
    """
    from viz.pictures.placing import read_picture  # which imports OpenCV

    choose, read_ones = chooser_of(net), []
    for file in progress(pictures_in(folder)):
        try:
            placed = read_picture(file, choose=choose)
            answer = read_pages(net, placed.pages, placed.overlaps)
            read_ones.append(PictureRead(file, answer.text))
        except UserError as error:
            read_ones.append(PictureRead(file, "", str(error)))
    return PictureTable(tuple(read_ones))
