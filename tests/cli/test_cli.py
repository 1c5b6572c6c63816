"""The command line as scripts use it: exit codes, what goes to which stream, the JSON's shape."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import lost_weights
import numpy as np
import pytest
import scene_files
from PIL import Image
from safetensors.numpy import load_file, save_file

import viz
from viz.cli import commands, main, parser, render_options
from viz.nets import networks
from viz.nets.network import Network
from viz.scene import digits, rasterize_scene
from viz.window import sizes

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("run", "read", "render", "demos", "bench", "train", "evaluate")


def run_python(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Python in a process without a display, unless ``env`` names one."""
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**bare, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A scene file with a 3 and a 1."""
    path = tmp_path / f"drawing{scene_files.SUFFIX}"
    scene_files.save(digits.number("31"), path)
    return path


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """The same digits, dark on light, as an image."""
    ink = rasterize_scene(digits.number("31"))
    path = tmp_path / "photograph.png"
    Image.fromarray((255 - 255 * ink).astype(np.uint8)).save(path)
    return path


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"lenetscope {viz.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_that_parses(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main.main([command, "--help"])
    assert stop.value.code == 0
    examples = [
        line.split()[1:]
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("  lenetscope ")
    ]
    assert examples
    for example in examples:
        assert example[0] == command
        assert parser.make_parser().parse_args(example).command is getattr(commands, command)


def test_run_is_the_default() -> None:
    arguments = parser.make_parser().parse_args([])
    assert arguments.command is commands.run
    assert arguments.file is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X and Wayland can be absent")
@pytest.mark.parametrize(
    "env", [{}, {"DISPLAY": ":4321"}, {"WAYLAND_DISPLAY": "nowhere", "XDG_RUNTIME_DIR": "/"}]
)
def test_without_a_display_run_names_render(env: dict[str, str]) -> None:
    done = run_python("main.py", **env)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "main.py render" in line
    assert env.get("DISPLAY", "") in line


def check_answer(answer: dict[str, Any], file: Path) -> None:
    """One entry of ``read --json`` for a file that shows 31 on one line."""
    assert set(answer) == {
        "file", "text", "confidence", "pages", "windows", "digits", "steps"
    }  # fmt: skip
    assert (answer["file"], answer["text"]) == (str(file), "31")
    ((height, width),) = answer["pages"]
    assert height == 32
    places = [(0, 0, column) for column in range((width - 32) // 4 + 1)]
    assert [(one["page"], one["row"], one["column"]) for one in answer["windows"]] == places
    assert answer["confidence"] == min(digit["confidence"] for digit in answer["digits"])
    for window in answer["windows"]:
        scores = window["probabilities"]
        assert len(scores) == 11
        assert sum(scores) == pytest.approx(1, abs=1e-5)
        assert window["probability"] == max(scores)
        best = scores.index(max(scores))
        assert window["class"] == ("none" if best == 10 else str(best))
    assert [found["digit"] for found in answer["digits"]] == [3, 1]
    assert all(0 <= found["confidence"] <= 1 for found in answer["digits"])


def test_read_prints_one_json_object_for_scenes_and_images(
    drawing: Path, photograph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["read", "--json", str(drawing), str(photograph)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    answers = json.loads(out)["files"]
    assert len(answers) == 2
    assert answers[0]["pages"] == [[32, 64]]
    check_answer(answers[0], drawing)
    check_answer(answers[1], photograph)


def test_read_prints_the_answer_for_people(
    drawing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["read", str(drawing)]) == 0
    first, windows = capsys.readouterr().out.splitlines()
    assert first == f"{drawing}: 31"
    assert len(windows.split("  ")[1:]) == 9


def test_a_file_that_cannot_be_read_has_its_own_error_and_the_others_their_answers(
    drawing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    bad = [broken, tmp_path / "absent.json", tmp_path / "absent.png", tmp_path]
    files = [str(file) for file in (drawing, *bad, drawing)]
    assert main.main(["read", "--json", *files]) == 2
    out, err = capsys.readouterr()
    first, *others, last = json.loads(out)["files"]
    assert first == last
    check_answer(first, drawing)
    lines = err.splitlines()
    for file, answer, line in zip(bad, others, lines, strict=True):
        assert set(answer) == {"file", "error"} and answer["file"] == str(file)
        assert line.startswith("lenetscope: ") and str(file) in line and answer["error"] in line
    assert main.main(["read", *files]) == 2
    out, err = capsys.readouterr()
    assert out.count(f"{drawing}: 31\n") == 2 and err.splitlines() == lines
    assert not any(answer["error"] in out for answer in others)


def test_a_name_stays_as_it_is_typed_and_an_address_is_called_one(
    drawing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(drawing.parent)
    address, typed = "https://example.org/a.png", f"./{drawing.name}"
    assert main.main(["read", "--json", address, typed]) == 2
    out, err = capsys.readouterr()
    first, second = json.loads(out)["files"]
    assert first["file"] == address and second["file"] == typed and second["text"] == "31"
    wanted = f"{address} is an address, not a file: download it, then name the file."
    assert first["error"] == wanted and err == f"lenetscope: {wanted}\n"
    assert main.main(["render", "--scene", address, "--out", "a.png"]) == 2
    assert address in capsys.readouterr().err


def test_a_name_steers_no_terminal_and_breaks_no_line(
    drawing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "a\nb\x1b[2J.json", tmp_path / "c\nd\x1b[2J.png"
    good.write_bytes(drawing.read_bytes())
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert main.main(["read", str(good), str(bad)]) == 2
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == f"{tmp_path}/a�b�[2J.json: 31" and "\x1b" not in out + err
    (line,) = err.splitlines()
    assert line.count("c�d�[2J.png") == 1, "told once"


def test_in_a_folder_that_was_removed_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for line in (["demos"], ["render", "--digits", "3", "--out", "x.png"], ["read", "3.png"]):
        assert main.main(line) == 2
        assert capsys.readouterr().err == (
            "lenetscope: The folder that you are in is no longer there; change to another one.\n"
        )


def test_too_little_memory_is_told(
    drawing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(commands, "_answer", fail)
    assert main.main(["read", str(drawing)]) == 2
    assert capsys.readouterr().err.startswith("lenetscope: There is not enough memory")


def test_a_pipe_is_no_training_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Opening one waits for a program that writes into it, for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for line in (["evaluate", "--strokes"], ["train", "--strokes"], ["train", "--resume"]):
        assert main.main([*line, str(pipe)]) == 2
        assert capsys.readouterr().err == (
            f"lenetscope: {pipe} cannot be opened (it is no file); name a file.\n"
        )


def test_read_csv(drawing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = tmp_path / 'an "odd", name.txt'
    odd.write_text("Dear Sir or Madam")
    assert main.main(["read", "--csv", str(drawing), str(odd)]) == 2
    head, good, bad = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head == ["file", "text", "confidence", "error"]
    assert good[:2] == [str(drawing), "31"] and 0.5 < float(good[2]) <= 1 and good[3] == ""
    assert bad[:3] == [str(odd), "", ""]
    assert bad[3].startswith(f"{odd} is a text file; open a picture")


def test_answers_come_as_the_files_are_read(
    drawing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the second file is opened, the first one's answer is out."""
    seen: list[str] = []
    opened = commands._pages

    def note(file: Path, net: Network) -> object:
        seen.append(capsys.readouterr().out)
        return opened(file, net)

    monkeypatch.setattr(commands, "_pages", note)
    for option in ("--json", "--csv", None):
        main.main(["read", *([option] if option else []), str(drawing), str(drawing)])
        assert str(drawing) not in seen[-2] and str(drawing) in seen[-1]
        capsys.readouterr()


def test_a_reader_that_hangs_up_is_exit_code_1(
    drawing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as hung_up:
        monkeypatch.setattr(sys, "stdout", hung_up)
        assert main.main(["read", "--json", str(drawing)]) == 1
    assert capsys.readouterr().err == ""


needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs /dev/full, a disk always full"
)


@needs_full
def test_a_full_disk_is_told_in_one_sentence(
    drawing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main.main(["read", str(drawing)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("lenetscope: ")


@needs_full
def test_a_full_disk_leaves_no_traceback_at_exit() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "main.py", "--help"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("lenetscope: ")


INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
class Finder:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from viz.cli.main import main
sys.exit(main([]))
"""
"""Runs the program and presses Ctrl-C at the moment when a certain module is imported."""


@pytest.mark.parametrize(
    "moment",
    [
        "viz.cli.parser",
        "viz.display",
        "viz.window.main_window",
        "torch",
    ],
)
def test_control_c_leaves_no_traceback_at_any_moment(moment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, moment],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_a_process_without_streams_is_served(
    drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main.main(["read", str(drawing)]) == 0
    assert main.main(["read", str(drawing.with_name("absent.json"))]) == 2


@pytest.mark.parametrize(
    ("command", "fault"), [("read", "nan"), ("read", "scale"), ("render", "scale")]
)
def test_damaged_weights_are_told_in_one_sentence(
    command: str,
    fault: str,
    drawing: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arrays = load_file(networks.pretrained_path())
    scales = dict(networks.trained().scales)
    if fault == "nan":
        arrays["C3.weight"][7] = np.nan
    else:
        scales["C3"] = 0
    lost_weights.lose(monkeypatch, tmp_path, "max", "missing")
    save_file(arrays, tmp_path / "lenet5.safetensors", {"scales": json.dumps(scales)})
    monkeypatch.setattr(commands.os, "nice", lambda by: by)
    out = ["--out", str(tmp_path / "window.png"), "--scene"] if command == "render" else []
    code = main.main([command, *out, str(drawing)])
    said, complaint = capsys.readouterr()
    if (command, fault) == ("read", "scale"):  # reading shows no colours
        assert code == 0
        return
    assert (code, said) == (2, "")
    (line,) = complaint.splitlines()
    assert "reinstall LeNetScope" in line
    assert not (tmp_path / "window.png").exists()


def test_only_a_scene_file_is_where_save_writes(
    drawing: Path, photograph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viz import app, preload

    opened: list[tuple[object, Path | None]] = []
    monkeypatch.setattr(app, "run", lambda scene, path, *_, **__: opened.append((scene, path)) or 0)
    monkeypatch.setattr(preload, "start", lambda: None)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main.main(["run", str(drawing)]) == 0
    assert main.main(["run", str(photograph)]) == 0
    assert main.main([]) == 0
    disguised = photograph.rename(photograph.with_suffix(".json"))
    assert main.main(["run", str(disguised)]) == 0
    assert opened.pop()[1] is None
    assert opened[0] == (scene_files.load(drawing), drawing)
    assert [path for _, path in opened[1:]] == [None, None]
    assert opened[1][0] is not None
    assert opened[2][0] is None


def test_render_refuses_a_size_below_the_windows_smallest(
    qapp: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from viz.app import Application

    application = Application(keep=False)
    smallest = application.window.minimumSize()
    application.window.close()
    width, height = smallest.width(), smallest.height()
    assert (width, height) == sizes.LEAST_SIZE
    for size in (f"{width - 1}x{height}", f"{width}x{height - 1}", "640x480"):
        assert main.main(["render", "--size", size, "--out", str(tmp_path / "window.png")]) == 2
        assert f"use --size {width}x{height}." in capsys.readouterr().err
    assert list(tmp_path.glob("*.png")) == []
    render_options.check_out(tmp_path / "window.png", sizes.LEAST_SIZE)


def test_render_draws_the_window_without_a_display(drawing: Path, tmp_path: Path) -> None:
    """Both themes in one process, since it takes some seconds to start."""
    requests = [
        ["render", "--scene", str(drawing), "--size", "1280x720", "--theme", theme,
         "--out", str(tmp_path / f"{theme}.png")]
        for theme in ("dark", "light")
    ]  # fmt: skip
    done = run_python(
        *("-c", f"from viz.cli import main as cli\nprint(*map(cli.main, {requests!r}))"),
        QT_SCALE_FACTOR="2",
        QT_SCREEN_SCALE_FACTORS="1.5",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 0\n", "")
    pictures = {}
    for theme in ("dark", "light"):
        with Image.open(tmp_path / f"{theme}.png") as picture:
            assert picture.size == (1280, 720)
            pictures[theme] = np.asarray(picture.convert("L"), np.float64)
    assert pictures["dark"].std() > 10
    assert pictures["dark"].mean() < 100 < pictures["light"].mean()


def test_train_and_evaluate_pass_their_arguments_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from viz.measure import evaluation
    from viz.nets import training

    calls: list[tuple[Any, ...]] = []
    table = evaluation.Evaluation((), 0.0)

    def note(*positional: object, **named: object) -> evaluation.Evaluation:
        calls.append((*positional, named))
        return table

    monkeypatch.setattr(training, "train", note)
    monkeypatch.setattr(evaluation, "evaluate", note)
    assert main.main(["train", "--data", "d", "--out", "w", "--seed", "7", "--steps", "30"]) == 0
    *files, measured, options = calls.pop()
    assert files == [Path("d"), None, Path("w")]
    assert (options["seed"], options["steps"], options["download"]) == (7, 30, False)
    assert measured("net", Path("d"), None) == table.as_json()
    assert calls.pop() == ("net", Path("d"), None, {})
    for more, pooling in (([], "max"), (["--weights"], "average")):
        weights = [str(networks.pretrained_path("average"))] if more else []
        assert main.main(["evaluate", "--strokes", "s", "--json", *more, *weights]) == 0
        net, *files, options = calls.pop()
        assert net.architecture == networks.architecture(pooling)
        assert (files, options) == ([None, Path("s")], {"seed": 1})
        assert json.loads(capsys.readouterr().out) == table.as_json()
