"""Every option of every command, given what it cannot take: one sentence and code 2.

The options come from the parser itself, so that a new one is tried without being listed here. What
a command does once its options are accepted is replaced: nothing is trained, measured or drawn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from viz import disk, display
from viz.cli import commands, main, parser
from viz.recording import video

VALUES = {
    "a wrong type": "no such\tthing\nas/this",
    "negative": "-1",
    "huge": "9" * 24,
    "empty": "",
    "not finite": "nan",
    "no text": "\udcff",
}
NEEDED = {"render": ["--out=window.png"], "read": ["no-such-picture.png"]}
"""What a command cannot do without. Given again, an option has the later value."""

FREE = (None, parser._path, parser._name)
"""Types of options that may be any name."""


def options() -> Iterator[tuple[str, argparse.Action]]:
    """(command, option or argument) of all that take a value."""
    (commands_,) = (
        action
        for action in parser.make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    for command, own in commands_.choices.items():
        for action in own._actions:
            if action.nargs != 0:
                yield command, action


@pytest.fixture
def _no_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder without a display or data, and commands that end where their work begins."""

    @contextmanager
    def rendering(*_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(settle=int, frame=int)

    table = SimpleNamespace(as_table=lambda: "a table")
    for module, contents in (
        ("viz.cli.renderer", {"rendering": rendering, "Look": lambda *_: None}),
        ("viz.nets.training", {"train": lambda *_, **__: None}),
        ("viz.measure.evaluation", {"evaluate": lambda *_, **__: table}),
        ("viz.bench", {"measure": lambda _: {}, "as_table": lambda _: "a table"}),
    ):
        monkeypatch.setitem(sys.modules, module, SimpleNamespace(**contents))
    monkeypatch.setattr("viz.bench", sys.modules["viz.bench"], raising=False)
    monkeypatch.setattr("viz.nets.load_pretrained", lambda *_: None, raising=False)
    monkeypatch.setattr(video, "write_png", lambda *_: None)
    monkeypatch.setattr(commands, "_prepared", lambda _: None)
    monkeypatch.setattr(display, "obstacle", lambda: "There is no display.")
    monkeypatch.setattr(disk, "ROOM", 1)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_no_work")
def test_no_value_of_an_option_gets_more_or_less_than_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grammar, count = parser.make_parser(), 0
    monkeypatch.setattr(
        parser, "make_parser", lambda: grammar
    )  # building it takes most of the time
    for command, action in options():
        for kind, value in VALUES.items():
            named = action.option_strings
            given = [f"{named[0]}={value}"] if named else ["--", value]
            code = main.main([command, *(NEEDED.get(command, []) if named else ()), *given])
            out, err = capsys.readouterr()
            case = f"{command} {given} ({kind}): {code}, {out!r}, {err!r}"
            if code == 0:  # a name that is as good as another
                assert action.type in FREE and not action.choices and value, case
                assert err == "", case
            else:
                assert (code, out) == (2, ""), case
                assert err.endswith(".\n") and len(err.splitlines()) == 1, case
                assert err.startswith("lenetscope: "), case
            count += 1
    assert count > 200


@pytest.mark.usefixtures("_no_work")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "--seed", "-1"], "'-1' is no seed"),
        (["train", "--seed", str(10**23)], "is no seed"),
        (["evaluate", "--seed", "-1"], "'-1' is no seed"),
        (["train", "--device", "meta"], "'meta' is not cpu, cuda or mps"),
        (["train", "--out", "."], "(it is a folder); save to another place"),
        (["train", "--out", "/dev/null"], "a device or a socket"),
        (["train", "--out", "file/weights.safetensors"], "Not a directory"),
        (["train", "--checkpoint", "."], "(it is a folder); save to another place"),
        (["render", "--out", "folder.png"], "(it is a folder); save to another place"),
        (["evaluate", "--pictures", "none", "--data", "."], "leave out --data"),
        (["evaluate", "--history", "--data", "."], "leave out --data"),
        (["evaluate", "--pictures", "none"], "none cannot be opened"),
        (["evaluate", "--pictures", "."], "with the right answer in its name"),
        (["read", "--csv", "--json", "x.png"], "not allowed with"),
        (["nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_what_is_refused_before_any_work(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    before = sorted(tmp_path.iterdir())
    assert main.main(arguments) == 2
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert out == "" and told in line
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("_no_work")
def test_training_does_not_begin_on_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**_: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.tempfile, "TemporaryFile", full)
    assert main.main(["train", "--out", "weights.safetensors"]) == 2
    assert "cannot be written (No space left on device)" in capsys.readouterr().err
