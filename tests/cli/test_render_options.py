"""What ``render`` shows, from its options, and what contradicts itself."""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import numpy as np
import pytest
import scene_files

from viz.chapters import registry
from viz.cli import main, render_options
from viz.cli.parser import make_parser
from viz.errors import UserError
from viz.model.demonstration import Demonstration
from viz.recording import transfer
from viz.scene import Scene, Transform, digits
from viz.session.session import Playback, Session

THREE = digits.number("3")


def slide(time: float) -> Scene:
    return replace(THREE, transform=Transform(dx=min(max(time, 0.0), 2.0)))


SLIDE = Demonstration("slide", "binding", "Slide", "The 3.", "It moves.", 2.0, slide)


@pytest.fixture(autouse=True)
def _only_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library holds one demonstration, whose every frame is known."""
    monkeypatch.setattr(registry, "demonstrations", lambda: (SLIDE,))


def shown(*arguments: str, out: str = "x.png") -> Session:
    return render_options.shown(make_parser().parse_args(["render", *arguments, "--out", out]))


def times(*arguments: str, out: str = "x.mp4") -> list[float]:
    parsed = make_parser().parse_args(["render", *arguments, "--out", out])
    return render_options.times(parsed, render_options.shown(parsed))


def test_without_options_31_in_chapter_one() -> None:
    assert shown() == Session(digits.number("31"), tool="select")
    assert shown("--chapter", "pooling", "--digits", "7").scene == digits.number("7")
    assert shown("--chapter", "pooling").chapter == "pooling", "which has no demonstration here"


def test_explain_shows_the_explanation() -> None:
    assert shown("--explain").explained and not shown().explained


def test_a_demonstration_is_shown_in_its_middle_or_at_a_time() -> None:
    middle = Session(slide(1), "binding", tool="select", demonstration=Playback("slide", 1.0))
    assert shown("--demo", "slide") == shown("--chapter", "binding") == middle
    assert shown("--demo", "slide", "--chapter", "pooling") == replace(middle, chapter="pooling")
    late = shown("--chapter", "binding", "--time", "1.75", "--network", "blur", "--instrument", "2")
    assert (late.scene, late.network, late.instrument) == (slide(1.75), "blur", "2")
    assert shown("--demo", "slide", "--enlarge", "C3:7") == replace(middle, enlarged="C3:7")
    assert late.demonstration == Playback("slide", 1.75)


def test_a_film_runs_from_its_beginning_at_its_rate_and_speed() -> None:
    assert times("--demo", "slide", "--rate", "2") == [0, 0.5, 1, 1.5, 2]
    assert times("--demo", "slide", "--rate", "2", "--speed", "2") == [0, 1, 2]
    assert times("--demo", "slide", "--rate", "2", "--time", "1.25") == [1.25, 1.75]
    assert len(times("--demo", "slide")) == 61
    assert len(times("--demo", "slide", out="x.gif")) == 41
    exact = times("--demo", "slide", "--rate", "3")
    assert exact == [number * (1 / 3) for number in range(7)], "no frame is lost to rounding"
    assert times("--demo", "slide", out="x.png") == []


def test_a_loop_does_not_show_its_first_frame_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = replace(SLIDE, scene_at=lambda time: slide(time if time < 2 else 0))
    monkeypatch.setattr(registry, "by_id", lambda name: loop)
    assert times("--demo", "slide", "--rate", "2") == [0, 0.5, 1, 1.5]


def test_a_session_file_is_shown_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "a.scene.json"
    saved = Session(
        slide(0.5),
        "binding",
        "trajectory",
        "average",
        demonstration=Playback("slide", 0.5, speed=4.0),
    )
    scene_files.save(saved, path)
    assert shown("--scene", str(path)) == saved
    later = shown("--scene", str(path), "--time", "1")
    assert later.scene == slide(1)
    assert later.instrument == "trajectory"
    assert times("--scene", str(path), "--rate", "4") == [0, 1, 2], "at the session's speed"
    assert times("--scene", str(path), "--rate", "4", "--speed", "2") == [0, 0.5, 1, 1.5, 2]
    elsewhere = shown("--scene", str(path), "--chapter", "pooling")
    assert (elsewhere.chapter, elsewhere.instrument, elsewhere.scene) == (
        "pooling",
        None,
        slide(0.5),
    )
    scene_files.save(THREE, path)
    assert shown("--scene", str(path)) == Session(THREE)


def test_what_record_sends_is_shown_as_a_session_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture as it was; a film is of the whole demonstration, at its speed."""
    sent = Session(slide(0.5), "binding", 2, demonstration=Playback("slide", 0.5, speed=4.0))
    film = replace(sent, scene=slide(0), demonstration=Playback("slide", 0.0, speed=4.0))
    for more, wanted, times in (
        (("--out", "x.png"), sent, []),
        (("--rate", "4", "--out", "x.mp4"), film, [0, 1, 2]),
    ):
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(transfer.dumps(sent))))
        parsed = make_parser().parse_args(["render", "--stdin", *more])
        shown = render_options.shown(parsed)
        assert shown == wanted
        assert render_options.beginning(parsed, shown) is shown
        assert render_options.times(parsed, shown) == times


def test_no_stdin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a shell has closed it, or of pythonw."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UserError, match="--stdin reads only what Record sends"):
        shown("--stdin")


def test_only_record_needs_to_know_of_stdin(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["render", "--help"])
    told = capsys.readouterr().out
    assert "--scene" in told and "--stdin" not in told


def test_instruments_begin_where_the_demonstration_does(tmp_path: Path) -> None:
    def beginning(*arguments: str) -> Session:
        parsed = make_parser().parse_args(["render", *arguments, "--out", "x.png"])
        return render_options.beginning(parsed, render_options.shown(parsed))

    start = beginning("--demo", "slide", "--time", "1.5")
    assert (start.scene, start.demonstration) == (slide(0), Playback("slide", 0.0))
    assert beginning("--digits", "7") == shown("--digits", "7")
    path = tmp_path / "a.scene.json"
    scene_files.save(Session(slide(0.5), demonstration=Playback("slide", 0.5)), path)
    assert beginning("--scene", str(path)) == shown("--scene", str(path))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--out", "a.txt"), "must end in .png, .gif or .mp4"),
        (("--out", "absent/a.mp4", "--demo", "slide"), "no folder absent"),
        (("--out", "a.mp4", "--demo", "slide", "--size", "1281x720"), "use --size 1280x720"),
        (("--out", "a.gif", "--demo", "slide", "--rate", "60"), "at most 50 frames per second"),
        (("--out", "a.png", "--rate", "30"), "--rate is for films"),
        (("--out", "a.png", "--demo", "slide", "--speed", "2"), "--speed is for films"),
        (("--out", "a.mp4"), "Nothing moves here; name a demonstration with --demo"),
        (("--out", "a.gif", "--digits", "5"), "Nothing moves here"),
        (("--out", "a.png", "--time", "1"), "Nothing moves here"),
        (("--out", "a.png", "--demo", "slide", "--time", "2.5"), "lasts 2 s"),
        (("--out", "a.mp4", "--demo", "dreams"), "no demonstration “dreams”; choose one of slide"),
        (("--out", "a.png", "--digits", "x"), "digits"),
    ],
)
def test_what_cannot_be_rendered_is_told_in_one_sentence_before_any_work(
    arguments: tuple[str, ...],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["render", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("lenetscope: ")
    assert told in line
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--demo", "slide", "--digits", "5"),
        ("--demo", "slide", "--scene", "a.json"),
        ("--stdin", "--demo", "slide"),
        ("--chapter", "dreams"),
        ("--network", "dreams"),
        ("--time", "-1"),
        ("--time", "nan"),
        ("--time", "soon"),
        ("--rate", "0"),
        ("--rate", "121"),
        ("--rate", "2.5"),
        ("--speed", "0"),
        ("--speed", "inf"),
        *(("--size", size) for size in ("1920", "1920x", "0x0", "99999x1080", "axb")),
    ],
)
def test_the_grammar_refuses(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UserError, match=arguments[-2]):
        make_parser().parse_args(["render", *arguments, "--out", "a.mp4"])


def test_progress_is_a_line_for_each_frame(capsys: pytest.CaptureFixture[str]) -> None:
    frames = [np.zeros((2, 2, 3), np.uint8), np.ones((2, 2, 3), np.uint8)]
    passed = render_options.counted(frames, 2, lines=True)
    assert next(passed) is frames[0] and capsys.readouterr() == ("", "")
    assert next(passed) is frames[1] and capsys.readouterr() == ("frame 1/2\n", "")
    assert next(passed, None) is None and capsys.readouterr() == ("frame 2/2\n", "")
    assert list(render_options.counted(frames, 2, lines=False)) == frames
    out, err = capsys.readouterr()
    assert out == "" and "2/2" in err
