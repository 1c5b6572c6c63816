"""Films and pictures: what was put in comes out, in exact time; what fails leaves nothing."""

from __future__ import annotations

import os
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from viz import disk
from viz.errors import UserError
from viz.recording import video
from viz.recording.video import Frame

COLOURS = [(230, 159, 0), (86, 180, 233), (0, 158, 115), (30, 30, 30)]


def moving_dot(number: int) -> Frame:
    """A white square that moves by 4 px a frame over steps of grey and four colours."""
    frame = np.zeros((64, 128, 3), np.uint8)
    frame[:] = (np.arange(128) // 8 * 16).astype(np.uint8)[None, :, None]
    for place, colour in enumerate(COLOURS):
        frame[48:, 32 * place : 32 * place + 32] = colour
    frame[16:24, 4 * number : 4 * number + 8] = 255
    return frame


def numbers(colours: Frame) -> list[int]:
    """Colours (…, 3) as 0xRRGGBB."""
    found: list[int] = (colours.reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1])).tolist()
    return found


def test_a_png_is_exact(tmp_path: Path) -> None:
    video.write_png(moving_dot(3), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert np.array_equal(np.asarray(picture), moving_dot(3))


@pytest.mark.parametrize("rate", [24, 60])
def test_an_mp4_shows_every_frame_at_its_time(rate: int, tmp_path: Path) -> None:
    path = tmp_path / "dot.mp4"
    with video.film(path, rate) as film:
        for number in range(20):
            film.add(moving_dot(number))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        times = [frame.pts * frame.time_base for frame in frames]
        assert stream.average_rate == rate
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    assert times == [Fraction(number, rate) for number in range(20)]
    for number, frame in enumerate(frames):
        shown = frame.to_ndarray(format="rgb24").astype(int)
        inside = shown[18:22, 4 * number + 2 : 4 * number + 6]
        assert inside.min() > 245
        for place, colour in enumerate(COLOURS):
            assert np.abs(shown[56, 32 * place + 16] - colour).max() <= 4
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "plays while it loads"


@pytest.mark.parametrize("step", [0, 1], ids=["still", "moving"])
@pytest.mark.parametrize(
    ("rate", "durations"), [(50, [20] * 6), (20, [50] * 6), (30, [30, 40, 30, 30, 40, 30])]
)
def test_a_gif_shows_every_frame_exactly(
    rate: int, durations: list[int], step: int, tmp_path: Path
) -> None:
    path = tmp_path / "dot.gif"
    with video.film(path, rate) as film:
        for number in range(6):
            film.add(moving_dot(step * number))
    with Image.open(path) as gif:
        assert gif.n_frames == 6
        assert gif.info["loop"] == 0, "for ever"
        for number, duration in enumerate(durations):
            gif.seek(number)
            assert gif.info["duration"] == duration
            assert np.array_equal(np.asarray(gif.convert("RGB")), moving_dot(step * number))


def test_a_palette_keeps_grounds_exactly_and_ramps_without_bands() -> None:
    ramp = np.stack(
        [np.arange(4096) // 16, np.arange(4096) // 32, 255 - np.arange(4096) // 16], -1
    ).astype(np.uint8)
    noise = np.random.default_rng(1).integers(0, 40, (3000, 3), dtype=np.uint8)
    counts = dict.fromkeys(numbers(np.concatenate([ramp, noise])), 9)
    grounds = [0x1E1E1E, 0xE69F00, 0x56B4E9]
    counts |= dict.fromkeys(grounds, 100_000)
    colours = video.palette(counts)
    assert len(colours) <= video.MOST_COLOURS
    assert set(grounds) <= set(numbers(colours))
    away = ramp[:, None].astype(int) - colours
    nearest = np.square(away).sum(-1).argmin(-1)
    assert np.abs(away[np.arange(len(ramp)), nearest]).max() <= 10


def test_few_colours_are_all_kept() -> None:
    counts = {0x102030 + index: 1 + index for index in range(255)}
    assert set(numbers(video.palette(counts))) == set(counts)


def test_each_pixel_of_a_gif_has_the_nearest_of_its_colours(tmp_path: Path) -> None:
    """Also where the same colours come again, which are remembered."""
    frame = np.random.default_rng(0).integers(0, 256, (20, 300, 3), dtype=np.uint8)
    with video.film(tmp_path / "noise.gif", 20) as film:
        for picture in (frame, frame[::-1], frame):
            film.add(picture)
    with Image.open(tmp_path / "noise.gif") as gif:
        colours = np.array(gif.getpalette("RGB")).reshape(-1, 3)[: video.MOST_COLOURS]
        shown = []
        for number in range(gif.n_frames):
            gif.seek(number)
            shown.append(np.asarray(gif.convert("RGB")).astype(int))
    assert len(shown) == 3
    best = np.square(frame[:, :, None].astype(int) - colours).sum(-1).min(-1)
    for picture in (shown[0], shown[1][::-1], shown[2]):
        assert np.array_equal(np.square(frame.astype(int) - picture).sum(-1), best)


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_film_that_is_broken_off_leaves_the_old_one(
    name: str, error: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")

    def broken_off() -> None:
        with video.film(path, 20) as film:
            film.add(moving_dot(0))
            assert disk.part_of(path, os.getpid()).is_file()
            raise error

    with pytest.raises(error):
        broken_off()
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [name]


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.png"])
def test_where_nothing_can_be_written(name: str, tmp_path: Path) -> None:
    def write(path: Path) -> None:
        if path.suffix == ".png":
            video.write_png(moving_dot(0), path)
            return
        with video.film(path, 20) as film:
            film.add(moving_dot(0))

    with pytest.raises(UserError, match="cannot be written"):
        write(tmp_path / "absent" / name)
    (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write(tmp_path / name)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.png"])
def test_a_full_disk_is_told_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    import resource

    random = np.random.default_rng(2).integers(0, 256, (64, 128, 3), dtype=np.uint8)

    def write() -> None:
        if name == "a.png":
            video.write_png(random, tmp_path / name)
            return
        with video.film(tmp_path / name, 20) as film:
            for shift in range(12):
                film.add(np.roll(random, 7 * shift, 1))

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(UserError, match=r"cannot be written \(File too large\)"):
            write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_frames_wait_their_turn_and_none_is_lost(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the encoder is: it has the frames in their order, and only a few wait."""
    encoder = video.Gif if name.endswith("gif") else video.Mp4
    add, encoded, ahead = encoder.add, [], []
    threads = set()

    def slowly(film: object, frame: Frame) -> None:
        time.sleep(0.01)
        threads.add(threading.current_thread())
        encoded.append(frame)
        add(film, frame)  # type: ignore[arg-type]

    monkeypatch.setattr(encoder, "add", slowly)
    frames = [moving_dot(number) for number in range(12)]
    with video.film(tmp_path / name, 20) as film:
        for number, frame in enumerate(frames, 1):
            film.add(frame)
            ahead.append(number - len(encoded))
    assert all(a is b for a, b in zip(encoded, frames, strict=True))
    assert max(ahead) <= video.MOST_WAITING
    assert threads and threading.main_thread() not in threads


def test_an_encoder_that_fails_is_told_at_the_end_at_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(film: object, frame: Frame) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(video.Mp4, "add", fail)
    with (
        pytest.raises(UserError, match="No space left"),
        video.film(tmp_path / "a.mp4", 20) as film,
    ):
        film.add(moving_dot(0))
    assert not list(tmp_path.glob("a.*"))
