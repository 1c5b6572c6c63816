"""Autosave: a drawing comes back after a crash, once, and no running program loses its own."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from viz import disk
from viz.errors import UserError
from viz.model import autosave


def crash(folder: Path, text: str) -> None:
    """Another process keeps a drawing and ends without clearing it."""
    code = (
        "import os, sys; from pathlib import Path; from viz.model import autosave;"
        "autosave.write([sys.argv[2].encode()], Path(sys.argv[1])); os._exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder), text], cwd=Path.cwd())
    assert done.returncode == 1


def text(data: bytes) -> str:
    """What the tests keep: a word. Anything else is damaged."""
    if not data.isalnum():
        raise UserError("This is no word.")
    return data.decode()


def recover(folder: Path, tell: Callable[[str], None] | None = None) -> str | None:
    found = autosave.recover(text, folder, tell)
    return None if found is None else found[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "autosave"
    path.mkdir()
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_drawing_of_a_dead_process_comes_back_and_is_then_ours(folder):
    crash(folder, "31")
    (left,) = files(folder)
    assert recover(folder) == "31"
    (own,) = files(folder)
    assert own != left
    assert own.startswith(f"drawing-{os.getpid()}-")
    assert recover(folder) is None  # ours now: it does not come back again
    autosave.clear(folder)
    assert files(folder) == []


def test_the_newest_comes_first_and_the_other_at_the_next_start(folder):
    crash(folder, "1")
    (older,) = folder.iterdir()
    os.utime(older, (1e9, 1e9))
    crash(folder, "2")
    assert recover(folder) == "2"
    autosave.clear(folder)
    assert recover(folder) == "1"


def test_a_running_programs_drawing_is_left_alone(folder):
    code = (
        "import sys; from pathlib import Path; from viz.model import autosave;"
        "autosave.write([b'7'], Path(sys.argv[1])); print('kept', flush=True); input();"
        "autosave.clear(Path(sys.argv[1]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "kept\n"
        assert recover(folder) is None
        autosave.write([b"8"], folder)
        assert len(files(folder)) == 2
        other.communicate("\n")
    assert files(folder) == [f"drawing-{os.getpid()}-{files(folder)[0].split('-')[2]}"]
    autosave.clear(folder)


def test_a_process_id_given_out_again_does_not_hide_a_drawing(folder):
    autosave.write([b"4"], folder)
    (own,) = folder.iterdir()
    os.replace(own, folder / f"drawing-{os.getpid()}-1000000000000.json")  # same id, long ago
    assert recover(folder) == "4"


@pytest.mark.parametrize("damage", ["", "{", "\0" * 99])
def test_a_damaged_drawing_is_put_aside_and_the_next_one_recovered(folder, damage):
    crash(folder, "6")
    (good,) = folder.iterdir()
    os.utime(good, (1e9, 1e9))
    (folder / "drawing-999999999-5.json").write_text(damage)
    told = []
    assert recover(folder, told.append) == "6"
    aside = folder / "drawing-999999999-5.damaged"
    assert aside.read_text() == damage
    assert told == [f"The backup of a drawing could not be read; it is in {aside}."]
    autosave.clear(folder)
    assert recover(folder) is None


def test_a_drawing_that_cannot_be_read_just_now_waits_for_the_next_start(folder, monkeypatch):
    crash(folder, "5")
    left, told = files(folder), []

    def busy(*_: object) -> None:
        raise UserError(os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(disk, "read", busy)
        assert recover(folder, told.append) is None
    assert (files(folder), told) == (left, [])
    assert recover(folder, told.append) == "5"
    assert told == []


def test_strange_files_are_no_drawings(folder):
    for name in ("drawing-.json", "notes.txt", "drawing-1-2.json.77.part"):
        (folder / name).write_text("x")
    (folder / f"drawing-{10**30}-5.json").mkdir()
    assert recover(folder) is None


def test_earlier_drawings_come_back_one_by_one_newest_first(folder):
    code = (
        "import os, sys; from pathlib import Path; from viz.model import autosave;"
        "folder = Path(sys.argv[1]); a, b, c = b'1', b'2', b'3';"
        "autosave.write([a], folder); autosave.write([a, b], folder);"
        "autosave.write([a, b, c], folder); autosave.write([a, b], folder); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=Path.cwd())
    assert len(files(folder)) == 2
    last = recover(folder)
    assert last == "2"
    assert autosave.more(folder)
    first = recover(folder)
    assert first == "1"
    assert not autosave.more(folder) and recover(folder) is None
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 2, "until they are kept anew, both are ours"
    autosave.write([last.encode(), first.encode()], folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before, "nothing to write"
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert newest.read_text() == "1"
    autosave.write([last.encode(), b"4"], folder)
    assert {path.read_text() for path in folder.iterdir()} == {"4", "2"}
    autosave.clear(folder)
    assert files(folder) == []


def test_a_drawing_that_cannot_be_written_costs_none_that_is(folder, monkeypatch):
    autosave.write([b"1"], folder)

    def full(*_: object, **__: object) -> None:
        raise UserError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", full)
        with pytest.raises(UserError, match="full"):
            autosave.write([b"2"], folder)
    (path,) = folder.iterdir()
    assert path.read_text() == "1"


def test_a_clock_that_is_set_neither_hides_a_drawing_nor_takes_a_running_programs(
    folder, monkeypatch
):
    code = (
        "import sys, time; from pathlib import Path; from viz.model import autosave;"
        "time.time_ns = lambda: int(4e18);"  # the year 2096
        "autosave.write([b'2'], Path(sys.argv[1])); print('kept', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "kept\n"
        assert recover(folder) is None, "it runs"
        autosave.write([b"3"], folder)
        newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        assert newest.read_text() == "3", "kept last, whatever the clock says"
        other.communicate("\n")
    assert recover(folder) == "2"
    autosave.clear(folder)


def test_a_program_that_ended_but_was_not_waited_for_does_not_run(folder):
    code = (
        "import os, sys; from pathlib import Path; from viz.model import autosave;"
        "autosave.write([b'5'], Path(sys.argv[1])); print('kept', flush=True); os._exit(1)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.read() == "kept\n"
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it stays, as a zombie
    assert recover(folder) == "5"
    autosave.clear(folder)
    process.stdout.close()
    process.wait()


def test_a_folder_that_vanished_is_made_anew(folder):
    autosave.write([b"1", b"2"], folder)
    assert autosave.intact(folder)
    shutil.rmtree(folder)
    assert not autosave.intact(folder)
    autosave.write([b"2"], folder)
    assert [path.read_text() for path in folder.iterdir()] == ["2"]
    assert autosave.intact(folder)
    autosave.clear(folder)


def test_what_a_killed_program_had_begun_to_write_is_removed_at_the_next_start(folder):
    begun = folder / "drawing-999999999-5.json.999999999.part"
    being_written = folder / f"drawing-{os.getpid()}-5.json.{os.getpid()}.part"
    for path in (begun, being_written):
        path.write_text("half")
    assert recover(folder) is None
    assert files(folder) == [being_written.name]


def test_nothing_to_recover_and_nothing_to_clear(folder):
    assert recover(folder / "none") is None
    autosave.clear(folder / "none")
    file = folder / "file"
    file.write_text("")
    assert recover(file) is None
    with pytest.raises(UserError, match="cannot be backed up"):
        autosave.write([b"1"], file)


def test_it_lies_in_the_users_own_state_folder(own_home):
    autosave.write([b"9"])
    (kept,) = (own_home / "state").rglob("drawing-*.json")
    assert kept.parent.name == "autosave"
    autosave.clear()
    assert not kept.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder")
def test_a_drawing_is_on_the_disk_before_the_one_before_it_goes(folder, monkeypatch):
    done = []
    steps = (("sync", "fsync"), ("rename", "replace"), ("unlink", "unlink"))
    for word, name in steps:
        real = getattr(os, name)

        def step(*args, word=word, real=real, **kwargs):
            done.append(word)
            return real(*args, **kwargs)

        monkeypatch.setattr(os, name, step)
    autosave.write([b"one"], folder)
    assert done == ["sync", "rename", "sync"]
    autosave.write([b"two"], folder)
    assert done[3:] == ["sync", "rename", "sync", "unlink"]
