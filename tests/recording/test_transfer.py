"""The way to the process that renders: all arrives, each thing once, and nothing is executed."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from take_made import THREE, group, many, moved

from viz.errors import UserError
from viz.recording import transfer
from viz.recording.take import Notes, Take
from viz.scene import Group, ImageLayer, Transform, digits
from viz.session.session import ComparisonState, Session


def sent(shown: Session | Take) -> Session | Take:
    """What the process gets."""
    return transfer.load(BytesIO(transfer.dumps(shown)))


def test_all_of_a_take_arrives() -> None:
    made = many()
    assert sent(made) == made
    for _, state in made.moments:
        assert sent(state) == state


def test_arrays_arrive_read_only() -> None:
    made = sent(many())
    assert isinstance(made, Take)
    found = set()
    for _, state in made.moments:
        for item in state.scene.items:
            found.add(type(item))
            strokes = (*item.strokes, *item.placed) if isinstance(item, Group) else ()
            pictures = (item.pixels,) if isinstance(item, ImageLayer) else ()
            for array in (*(stroke.points for stroke in strokes), *pictures):
                assert not array.flags.writeable
    assert found == {Group, ImageLayer}


def test_what_states_share_is_sent_once_and_shared_again() -> None:
    """A drag beside A of A|B, whose shift is an instrument's setting."""
    drawn = digits.number("1234567890", width=256)
    beside = ComparisonState(replace(drawn, transform=Transform(dx=9.0)), window=(0, 3))
    notes = Notes(60, Session(drawn, comparison=beside))
    for frame in range(1, 1200):
        shift = {"Displacement": {"shift": [frame / 100, 0.0]}, "Other": {"value": 1}}
        scene = replace(drawn, transform=Transform(dx=frame / 100))
        notes.note(frame / 60, Session(scene, instruments=shift, comparison=beside))
    made = notes.take(20.0)
    for item in drawn.items:  # what the window has worked out of them stays where it is
        assert isinstance(item, Group) and item.placed
    data = transfer.dumps(made)
    assert len(data) < 1200 * 300
    there = transfer.load(BytesIO(data))
    assert isinstance(there, Take) and there.moments[::100] == made.moments[::100]
    first = there.moments[0][1]
    for _, state in there.moments:
        assert state.scene.items is first.scene.items and state.comparison is first.comparison


def test_a_minute_of_drawing_takes_a_few_megabytes() -> None:
    """A stroke that grows under the pen is another in each state."""
    line = np.random.default_rng(2).normal(16, 9, (900, 2))
    grown = [group(line[:count]) for count in range(1, 901)]
    notes = Notes(60, Session(THREE))
    for frame in range(1, 3600):
        items = (*THREE.items, grown[frame // 4])
        notes.note(frame / 60, Session(replace(THREE, items=items)))
    assert len(transfer.dumps(notes.take(60.0))) < 8_000_000


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self._call = function, arguments

    def __reduce__(self) -> Any:
        return self._call


def refused(data: bytes) -> None:
    with pytest.raises(UserError, match="--stdin reads only what Record sends"):
        transfer.load(BytesIO(data))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "call",
    [
        Call(os.mkdir, "made"),
        Call(Path.mkdir, Path("made")),
        Call(eval, "open('made', 'w').close()"),
        Call(np.save, "made", 1),
    ],
    ids=["os", "pathlib", "eval", "numpy"],
)
def test_nothing_is_executed(
    call: Call, protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither alone nor in the middle of a session."""
    monkeypatch.chdir(tmp_path)
    refused(pickle.dumps(call, protocol))
    session = pickle.dumps(replace(moved(0), instruments={"A": {"x": call}}), protocol)
    refused(session)
    assert not list(tmp_path.glob("made*"))
    pickle.loads(session)
    assert list(tmp_path.glob("made*")), "it would have been"


@pytest.mark.parametrize(
    "name",
    [
        b"os\nsystem",
        b"builtins\neval",
        b"viz.scene.files\nwrite",
        b"viz.recording.transfer\npickle.loads",
        b"viz.scene.model\nScene.__init__",
        b"viz.absent\nx",
    ],
)
def test_no_other_name_is_looked_up(name: bytes) -> None:
    """Not even of one of our modules."""
    for head in (b"", b"\x80\x02", b"\x80\x05"):
        refused(head + b"c" + name + b"\n.")


def test_damaged_data_is_refused() -> None:
    data = transfer.dumps(many())
    for length in (*range(200), len(data) // 2, len(data) - 1):
        refused(data[:length])
    refused(b"\x80\x04N.")
    refused(pickle.dumps(["Session"]))
    refused(data.replace(b"float64", b"object_"))
    refused(data.replace(np.float64(THREE.items[0].strokes[0].points[0, 0]).tobytes(), b"\xff" * 8))


@pytest.mark.parametrize(
    "data",
    [b"", transfer.dumps(moved(0))[:-20], pickle.dumps(Call(os.system, "echo > made")), b"[1]\n"],
    ids=["empty", "cut off", "hostile", "text"],
)
def test_render_refuses_it_in_one_sentence(data: bytes, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "viz.cli", "render", "--stdin", "--out", "a.png"]
    environment = {**os.environ, "PYTHONPATH": str(Path(transfer.__file__).parents[1])}
    ended = subprocess.run(
        command, input=data, capture_output=True, cwd=tmp_path, env=environment, check=False
    )
    assert ended.returncode == 2 and ended.stdout == b""
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith("lenetscope: --stdin reads only what Record sends")
    assert not list(tmp_path.glob("made*")) and not list(tmp_path.glob("a.png*"))
