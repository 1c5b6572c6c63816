"""Whole files: names that no file can have are told like those that are not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from viz import disk
from viz.errors import UserError

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
