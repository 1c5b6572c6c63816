"""Export: pictures and films on the disk, whole or not at all.

A film is written frame by frame into a ``.part`` file that takes its name at the end, so that a
cancelled or failed one leaves nothing behind and an older file survives it. MP4 is H.264 with
4:2:0 colours, its index in front so that it plays while it loads. GIF has one palette for the whole
film: with one for each frame, colours that stand still would flicker. Frames are encoded in a
thread of their own, while the next is being painted.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from viz import disk
from viz.errors import UserError
from viz.i18n import tr

if TYPE_CHECKING:
    import av

Frame = NDArray[np.uint8]
"""(height, width, 3) uint8, red, green, blue."""

FILMS = (".mp4", ".gif")
MOST_GIF_RATE = 50
"""Viewers show frames of less than 1/50 s for 1/10 s."""

CRF = "16"
"""Quality for x264: 0 is lossless; at 16 text shows no visible difference."""

MOST_COLOURS = 255
"""Of a GIF; the one left means "as before", which makes its frames small."""
FREQUENT = 96
"""Of these, the colours that cover most of the film: grounds, greys, classes, kept exactly."""
SAMPLED_ROWS = 3
"""Every third row is counted for the palette."""

MOST_WAITING = 2
"""Frames that wait to be encoded: 6 MB each at 1920 × 1080."""


class Film(Protocol):
    """A film to which frames of one size are added in order; frames must not change afterwards."""

    def add(self, frame: Frame, /) -> None: ...


def write_png(picture: Frame, path: Path) -> None:
    """Write a PNG. Raises UserError if it cannot be written."""
    import av  # not at the start of the window

    context = av.CodecContext.create("png", "w")
    context.height, context.width = picture.shape[:2]
    context.pix_fmt, context.time_base = "rgb24", Fraction(1)
    context.sample_aspect_ratio = Fraction(1)  # or the file says that pixels have no shape
    # Prediction is for photographs: windows are a quarter smaller without
    context.options = {"pred": "none", "compression_level": "9"}
    packets = context.encode(av.VideoFrame.from_ndarray(picture, format="rgb24"))
    with _whole(path) as part:
        part.write_bytes(b"".join(bytes(packet) for packet in [*packets, *context.encode(None)]))


@contextlib.contextmanager
def film(path: Path, rate: int) -> Iterator[Film]:
    """Write a film of ``rate`` frames a second, MP4 or GIF by the suffix of ``path``.

    The file is there when the ``with`` ends well, and was never there otherwise. Sides of an MP4
    are even. Raises UserError if it cannot be written; for a frame that may come some frames later.
    """
    import av  # not at the start of the window

    is_gif = path.suffix.lower() == ".gif"
    options = {"loop": "0"} if is_gif else {"movflags": "+faststart"}
    with (
        _whole(path) as part,
        av.open(str(part), "w", format="gif" if is_gif else "mp4", options=options) as container,
    ):
        encoder = Gif(container, rate) if is_gif else Mp4(container, rate)
        with encoder, _EncodingThread(encoder) as thread:
            yield thread


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Yield the ``.part`` file of ``path``; it takes its place at the end, an error removes it."""
    target = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    part = disk.part_of(target, os.getpid())
    try:
        try:
            disk.clear_parts(target)
            part.touch()  # an error before the work, not after it
            yield part
            os.replace(part, target)
        except BaseException:  # Ctrl-C too
            part.unlink(missing_ok=True)
            raise
    except OSError as error:  # av's errors of the disk are such, too
        raise UserError(
            tr(
                "{path} cannot be written ({reason}); choose another place or free some space.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error


class _EncodingThread:
    """Adds frames to a film in a thread of its own; when the ``with`` ends well, all are there.

    An error of a frame is raised where a later one is added, or at the end.
    """

    def __init__(self, film: Film) -> None:
        self._film = film
        self._thread = ThreadPoolExecutor(1, "encode")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> _EncodingThread:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            while kind is None and self._waiting:
                self._waiting.popleft().result()
        finally:
            self._thread.shutdown(cancel_futures=True)

    def add(self, frame: Frame) -> None:
        while len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._film.add, frame))


class _Encoder:
    """One video stream in a container, which is whole when the ``with`` ends well."""

    codec = ""
    pix_fmt = ""

    def __init__(self, container: av.container.OutputContainer, rate: int) -> None:
        self._container, self._rate, self._number = container, rate, 0
        self._stream = cast("av.VideoStream", container.add_stream(self.codec, rate=rate))
        self._stream.pix_fmt = self.pix_fmt

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.finish()

    def finish(self) -> None:
        """Encode what is left."""
        self._container.mux(self._stream.encode(None))

    def _encode(self, frame: av.VideoFrame) -> None:
        if self._number == 0:
            self._stream.width, self._stream.height = frame.width, frame.height
        frame.pts, frame.time_base = self._number, Fraction(1, self._rate)
        self._number += 1
        self._container.mux(self._stream.encode(frame))


class Mp4(_Encoder):
    """H.264 in MP4, as every player and slide program takes it."""

    codec = "libx264"
    pix_fmt = "yuv420p"

    def __init__(self, container: av.container.OutputContainer, rate: int) -> None:
        from av.video.reformatter import VideoReformatter

        super().__init__(container, rate)
        # A fixed number of threads, because the bytes depend on it
        self._stream.options = {"crf": CRF, "preset": "medium", "threads": "2"}
        context = self._stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
        context.color_range = 1  # 16…235
        self._converter = VideoReformatter()  # one for all frames

    def add(self, frame: Frame) -> None:
        import av
        from av.video.reformatter import ColorRange, Colorspace

        self._encode(
            self._converter.reformat(
                av.VideoFrame.from_ndarray(frame, format="rgb24"),
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
        )


class Gif(_Encoder):
    """Frames are kept, packed, until all colours are known; then they are encoded."""

    codec = "gif"
    pix_fmt = "pal8"

    def __init__(self, container: av.container.OutputContainer, rate: int) -> None:
        super().__init__(container, rate)
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115 — closed by __exit__
        self._sizes: list[int] = []
        self._shape: tuple[int, ...] = ()
        self._colours: dict[int, int] = {}

    def __exit__(self, kind: object, *_: object) -> None:
        with self._spool:
            super().__exit__(kind)

    def add(self, frame: Frame) -> None:
        self._shape = frame.shape
        self._sizes.append(self._spool.write(zlib.compress(frame.tobytes(), 1)))
        found, counts = np.unique(_as_numbers(frame[::SAMPLED_ROWS]), return_counts=True)
        for colour, count in zip(found.tolist(), counts.tolist(), strict=True):
            self._colours[colour] = self._colours.get(colour, 0) + count

    def finish(self) -> None:
        import av

        colours = palette(self._colours)
        table = np.zeros((256, 4), np.uint8)  # alpha, red, green, blue
        table[: len(colours), 0] = 255
        table[: len(colours), 1:] = colours
        quantize = _Quantizer(colours)
        self._spool.seek(0)
        for size in self._sizes:
            raw = zlib.decompress(self._spool.read(size))
            indices = quantize(np.frombuffer(raw, np.uint8).reshape(self._shape))
            paletted: Any = indices, table  # what av's own stubs do not know of
            self._encode(av.VideoFrame.from_ndarray(paletted, format="pal8"))
        super().finish()


def palette(counts: dict[int, int]) -> Frame:
    """Choose colours (n, 3), n ≤ 255, for a film in which each 0xRRGGBB covers so many pixels.

    The most frequent are kept as they are; the others share what is left by median cut, weighted
    by the square root of their counts, so that a small bright map is not lost in a large ground.
    """
    from PIL import Image

    by_count = sorted(counts, key=lambda colour: (-counts[colour], colour))
    if len(by_count) <= MOST_COLOURS:
        return _as_colours(np.array(by_count, np.uint32))
    exact, rest = by_count[:FREQUENT], by_count[FREQUENT:]
    weights = np.sqrt([counts[colour] for colour in rest])
    repeats = np.maximum(1, np.rint(weights * (200_000 / weights.sum()))).astype(int)
    pixels = np.repeat(_as_colours(np.array(rest, np.uint32)), repeats, axis=0)
    cut = Image.fromarray(pixels[None]).quantize(
        MOST_COLOURS - FREQUENT, Image.Quantize.MEDIANCUT, kmeans=2
    )
    shared = np.array(cut.getpalette(), np.uint8).reshape(-1, 3)[: MOST_COLOURS - FREQUENT]
    return np.concatenate([_as_colours(np.array(exact, np.uint32)), shared])


class _Quantizer:
    """Maps each pixel to the number of its nearest colour; each colour is searched for once."""

    def __init__(self, colours: Frame) -> None:
        self._colours = colours.astype(np.int32)
        self._known = np.full(1 << 24, -1, np.int16)

    def __call__(self, frame: Frame) -> NDArray[np.uint8]:
        numbers = _as_numbers(frame)
        indices = self._known[numbers]
        new = np.unique(numbers[indices < 0])
        if len(new):
            searched = _as_colours(new).astype(np.int32)
            for start in range(0, len(new), 4096):
                block = searched[start : start + 4096, None] - self._colours
                best = np.square(block).sum(-1).argmin(1)
                self._known[new[start : start + 4096]] = best
            indices = self._known[numbers]
        return indices.astype(np.uint8)


def _as_numbers(frame: Frame) -> NDArray[np.uint32]:
    """Pixels (…, 3) as 0xRRGGBB."""
    wide = frame.astype(np.uint32)
    return np.asarray(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2], np.uint32)


def _as_colours(numbers: NDArray[np.uint32]) -> Frame:
    return np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], -1).astype(np.uint8)
