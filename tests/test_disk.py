"""Whole files: what only looks like a file never makes the program wait, and what no file can be
called is told like what is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from viz import disk
from viz.errors import UserError


def test_a_file_is_read_up_to_a_bound(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"0123456789")
    assert disk.read(file, 20) == disk.read(file, 10) == b"0123456789"
    assert disk.read(file, 4) == b"01234", "a byte more tells that it is larger"
    file.write_bytes(b"")
    assert disk.read(file, 4) == b""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="of Linux")
def test_a_file_without_a_size_is_read() -> None:
    """Those in /proc say that they have none."""
    assert disk.read(Path("/proc/self/status"), 1 << 20).startswith(b"Name:")


def test_a_pipe_in_a_file_s_place_has_no_checksum(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert disk.checksum(pipe) == ""
    assert disk.checksum(tmp_path) == ""
    assert disk.checksum(tmp_path / "absent") is None


def test_a_file_that_becomes_a_pipe_meanwhile_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, pipe = tmp_path / "file", tmp_path / "pipe"
    file.write_bytes(b"a")
    os.mkfifo(pipe)
    really = os.open

    def replaced(path: str, flags: int) -> int:
        assert flags & os.O_NONBLOCK, "or opening would wait for a program that writes"
        os.replace(pipe, file)
        return really(path, flags)

    monkeypatch.setattr(os, "open", replaced)
    assert disk.read(file, 10) == b""


def test_only_a_file_is_a_file(tmp_path: Path) -> None:
    file, pipe = tmp_path / "file", tmp_path / "pipe"
    file.write_bytes(b"a")
    os.mkfifo(pipe)
    disk.check_file(file)
    disk.check_file(tmp_path / "absent")  # opening it tells why
    for other in (pipe, tmp_path, Path(os.devnull)):
        with pytest.raises(UserError, match="it is no file"):
            disk.check_file(other)


def test_no_file_takes_the_place_of_a_pipe_a_device_or_a_folder(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path, why in ((pipe, "device or a socket"), (link, "device"), (tmp_path, "a folder")):
        with pytest.raises(UserError, match=why):
            disk.write(b"a", path)
        with pytest.raises(UserError, match=why):
            disk.check_writable(path)
    assert pipe.is_fifo() and link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe"], "nothing is left behind"


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)
    for data in (b"a", b"bc"):
        disk.write(data, link)
        assert link.is_symlink() and file.read_bytes() == data


IMPOSSIBLE = ("a\0b", "\ud800", "a" * 300)
"""A NUL, half a character, and longer than any file's name."""


@pytest.mark.parametrize("name", IMPOSSIBLE, ids=ascii)
def test_a_name_that_no_file_can_have_gets_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with pytest.raises(UserError, match="cannot be opened"):
        disk.read(path, 100)
    with pytest.raises(UserError, match="cannot be written"):
        disk.write(b"x", path)
    assert not disk.checksum(path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_a_nul_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        disk.check_writable(tmp_path / "a\0b")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no such devices")
def test_neither_a_pipe_nor_a_device_is_waited_for_or_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        assert disk.checksum(path) == ""
    for path, reason in ((pipe, "a device"), (tmp_path, "a folder")):
        with pytest.raises(UserError, match=f"cannot be written .*{reason}"):
            disk.write(b"x", path)
    assert pipe.is_fifo()


def test_marks_that_turn_the_writing_round_do_not_reach_a_sentence() -> None:
    turned = UserError("The file \u202egnp.exe\u2066 is \u200fbad\x1b.")
    assert str(turned) == "The file \ufffdgnp.exe\ufffd is \ufffdbad\ufffd."
