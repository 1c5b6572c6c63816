"""The command demos: what is read along each demonstration, as a table and as JSON."""

from __future__ import annotations

import json
from functools import partial
from itertools import pairwise

import pytest

from viz.chapters import registry
from viz.cli import main
from viz.measure import timeline


def test_demos_lists_what_is_read_over_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["demos", "squeeze", "sliding-4", "--json"]) == 0
    squeeze, sliding = json.loads(capsys.readouterr().out)["demonstrations"]
    assert (squeeze["id"], sliding["id"], sliding["chapter"]) == ("squeeze", "sliding-4", "live")
    assert [answer["text"] for answer in sliding["answers"]] == ["", "4", ""]
    # All of them with fewer looks, which take a quarter of a minute otherwise
    monkeypatch.setattr(timeline, "timeline", partial(timeline.timeline, rate=2))
    assert main.main(["demos", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["demonstrations"]
    assert [demo["id"] for demo in listed] == [demo.id for demo in registry.demonstrations()]
    for demo in listed:
        answers = demo["answers"]
        assert answers[0]["from"] == 0 and answers[-1]["to"] == demo["duration"]
        assert all(a["to"] == b["from"] for a, b in pairwise(answers))


def test_demos_of_an_unknown_id_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["demos", "1-7", "nothing", "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert "nothing" in line and all(demo.id in line for demo in registry.demonstrations())


def test_demos_for_people_name_chapter_answers_and_claim(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["demos", "31-61"]) == 0
    out = capsys.readouterr().out
    assert out.count("shows: ") == 1
    assert "31-61  (binding, 18.8 s)" in out and "0.00 31  2.20 51" in out
    begins = [float(part.split()[0]) for part in out.split("in s: ")[1].split("  ")]
    assert len(begins) > 9 and all(a < b for a, b in pairwise(begins)), "no second has two answers"


def test_demos_answers_as_the_network_with_the_modules_of_that_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["demos", "each-module", "--json"]) == 0
    (demo,) = json.loads(capsys.readouterr().out)["demonstrations"]
    read = {answer["from"]: answer["text"] for answer in demo["answers"]}
    assert read[0] == "" and "31" in read.values(), demo["proves"]
