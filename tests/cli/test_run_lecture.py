"""``run FILE`` opens a lecture as such; a broken one is told before any window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from viz import app, display, preload
from viz.chapters.registry import known_ids
from viz.cli import main
from viz.scene.digits import number
from viz.session import lecture_files
from viz.session.lecture import Lecture, Step
from viz.session.session import Session


@pytest.mark.parametrize("name", ["a.lecture.json", "A.LECTURE.ZIP"])
def test_a_lecture_is_opened_at_its_first_step(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(app, "run", lambda *given, **_: started.extend(given) or 0)
    monkeypatch.setattr(display, "obstacle", lambda: "")
    monkeypatch.setattr(preload, "start", lambda: None)
    lecture = Lecture("One step", (Step("A 3", "Wait.", Session(number("3"))),))
    lecture_files.save(lecture, tmp_path / name, known_ids())
    assert main.main(["run", str(tmp_path / name)]) == 0
    assert started == [lecture, tmp_path / name, None]


def test_a_broken_lecture_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.lecture.zip"
    path.write_bytes(b"PK")
    assert main.main(["run", str(path)]) == 2
    assert capsys.readouterr().err == (
        "lenetscope: This is not a LeNetScope lecture: it is damaged; choose another one.\n"
    )
