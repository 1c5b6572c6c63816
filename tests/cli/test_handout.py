"""Handouts: ``render --lecture`` writes a picture for each step and a page that shows them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from viz import resources
from viz.chapters.lecture_steps import session_of
from viz.chapters.registry import known_ids
from viz.cli import handout, main
from viz.cli.parser import make_parser
from viz.cli.renderer import Look, picture
from viz.scene.digits import number
from viz.session import lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Session

SETTINGS = {"pooling-change": {"operator": {"kind": "blur"}}}
POOLING = Session(number("3"), "pooling", "pooling-change", tool="select", instruments=SETTINGS)
EVIL = '<script>alert("&")</script>'
LECTURE = Lecture(
    "A & B",
    (
        Step(EVIL, "First line.\n\nSecond <b>line</b>.", session=POOLING),
        Step("Ein Ägypter – 3?", demonstration=DemonstrationStart("tremble", 1.0)),
    ),
)


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: dict[str, list[str]] = {}
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.values.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.lecture.zip"
    lecture_files.save(LECTURE, path, known_ids())
    return path


def render(*arguments: str | Path) -> int:
    return main.main(["render", "--stage", "--size", "1024x640", *map(str, arguments)])


def test_a_picture_for_each_step_and_a_page(file: Path, tmp_path: Path, qtbot: QtBot) -> None:
    out = tmp_path / "new" / "handout"
    names = ["01-script-alert-script.png", "02-ein-agypter-3.png"]
    assert render("--lecture", file, "--out", out) == 0
    assert sorted(path.name for path in out.iterdir()) == [*names, "index.html"]
    page = Page((out / "index.html").read_text("utf-8"))
    assert page.values["src"] == names
    assert page.values["alt"] == [EVIL, "Ein Ägypter – 3?"]
    second = session_of(LECTURE.steps[1])
    with Image.open(out / names[1]) as drawn:
        assert drawn.size == (1024, 640)
        alone = picture(second, Look((1024, 640), stage=True))
        assert np.array_equal(np.asarray(drawn), alone), "whatever stood there before"


def test_the_page_escapes_all_text_and_needs_nothing_from_elsewhere() -> None:
    text = handout.page(LECTURE, ["1.png", "2.png"], (1024, 640)).decode()
    page = Page(text)
    assert not {"script", "link", "b", "iframe"} & set(page.tags)
    assert "://" not in text and "url(" not in text and "@import" not in text
    assert "A & B" in page.text
    assert f"1. {EVIL}" in page.text
    assert page.tags.count("p") == 2 and "Second <b>line</b>." in page.text
    half = Lecture("\ud800", LECTURE.steps[1:])  # a surrogate alone, as a JSON file can hold it
    assert Page(handout.page(half, ["1.png"], (9, 9)).decode()).values["src"] == ["1.png"]


def test_names_of_pictures_are_plain_short_and_in_order() -> None:
    assert handout.names(["A/b: ../c", "", "数字"]) == [
        "01-a-b-c.png",
        "02-step.png",
        "03-step.png",
    ]
    (long,) = handout.names(["word " * 40])
    assert re.fullmatch(r"01-[a-z-]{1,50}\.png", long)
    assert handout.names([""] * 100)[0] == "001-step.png"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--chapter", "pooling"), "--chapter"),
        (("--network", "max"), "--network"),
        (("--time", "0"), "--time"),
        (("--rate", "30"), "--rate"),
        (("--size", "640x480"), "--size"),
        (("--demo", "tremble"), "not allowed with"),
    ],
)
def test_options_that_contradict_a_lecture(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, str],
    told: str,
) -> None:  # fmt: skip
    out = tmp_path / "handout"
    assert render("--lecture", file, "--out", out, *options) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_lecture_that_cannot_be_rendered_is_told_in_one_sentence(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids, empty, gone = known_ids(), tmp_path / "e.lecture.json", tmp_path / "g.lecture.json"
    lecture_files.save(Lecture("Nothing"), empty, ids)
    lost = Step("", demonstration=DemonstrationStart("gone"))
    lecture_files.save(Lecture("", (lost,)), gone, ids)
    for lecture, out, told in (
        (empty, tmp_path / "out", "no steps"),
        (gone, tmp_path / "out", "no demonstration “gone”"),
        (tmp_path / "absent", tmp_path / "out", "cannot be opened"),
        (file, file, "cannot be created"),
        (file, file / "below", "cannot be created"),
    ):
        assert render("--lecture", lecture, "--out", out) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert told in line
    assert not (tmp_path / "out").exists()


def test_without_a_file_the_lecture_that_ships() -> None:
    parsed = make_parser().parse_args(["render", "--out", "x", "--lecture"])
    assert parsed.lecture == resources.lecture() and parsed.lecture.is_file()
