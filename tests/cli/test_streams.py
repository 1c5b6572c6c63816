"""What goes to which stream, whatever the streams are connected to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import scene_files

from viz.scene import digits

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix shell")

READ = """
import sys
from viz.cli import commands, main
def answer(file, network):                       # without torch, which takes seconds
    from viz.errors import UserError
    if "bad" in str(file):
        raise UserError(f"{file} is bad; take another one.")
    return {"file": str(file), "text": "31", "windows": [], "confidence": 1.0}
commands._answer = answer
sys.exit(main.main(["read", *sys.argv[1:]]))
"""


def shell(redirected: str) -> subprocess.CompletedProcess[str]:
    """``read`` in a process of its own with its streams redirected as a shell does."""
    return subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {redirected}', sys.executable, READ],
        cwd=ROOT,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("redirected", "code", "out", "lines"),
    [
        ("good bad 2>&-", 2, "good: 31\n", 0),
        ("good bad 2>/dev/full", 2, "good: 31\n", 0),
        ("good bad >&-", 2, "", 1),
        ("good bad >/dev/full", 2, "", 1),
        ("good >/dev/full 2>/dev/full", 2, "", 0),
        ("good >&- 2>&- <&-", 0, "", 0),
        ("--nonsense 2>&-", 2, "", 0),
        ("--nonsense 2>/dev/full", 2, "", 0),
        ("--nonsense", 2, "", 1),
        ("good bad good", 2, "good: 31\ngood: 31\n", 1),
    ],
)
def test_errors_never_land_among_the_results(
    redirected: str, code: int, out: str, lines: int
) -> None:
    if "/dev/full" in redirected and not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a disk always full")
    done = shell(redirected)
    assert (done.returncode, done.stdout) == (code, out)
    assert len(done.stderr.splitlines()) == lines
    assert all(line.startswith("lenetscope: ") for line in done.stderr.splitlines())


def test_a_reader_that_hangs_up_ends_it_quietly() -> None:
    done = shell("good good good | true; wait")
    assert (done.stdout, done.stderr) == ("", "")


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What a library writes to stderr would be written into it."""
    file = tmp_path / f"drawing{scene_files.SUFFIX}"
    scene_files.save(digits.number("31"), file)
    code = (
        "from viz.cli import streams; streams.protect(); "
        f"print(open({str(file)!r}).fileno() > 2, flush=True)"
    )
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" 2>&- <&-', sys.executable, code],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True\n"
