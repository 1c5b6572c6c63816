"""Pictures: pages read as one, and the table of what is read wholly right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from viz.cli import main
from viz.errors import UserError
from viz.measure.pictures import (
    PictureRead,
    PictureTable,
    chooser_of,
    measure_pictures,
    pictures_in,
    read_pages,
)
from viz.nets import load_pretrained
from viz.nets.network import Network
from viz.scene import Scene, Transform, rasterize_scene
from viz.scene.digits import number


@pytest.fixture(scope="module")
def net() -> Network:
    return load_pretrained()


def picture(text: str, path: Path) -> Path:
    """A picture of digits, dark on light."""
    scene = number(text, width=32 * len(text)) if text else Scene(32, 32)
    ink = rasterize_scene(scene)
    Image.fromarray((255 - 255 * ink).astype(np.uint8)).save(path)
    return path


def test_overlapping_pages_are_read_as_one_long_canvas(net: Network) -> None:
    whole = number("31415926", width=256)
    assert read_pages(net, (whole,)).text == "31415926"
    for overlap in (0, 32, 60, 100):
        start = 128 - overlap
        left = replace(whole, width=128)
        right = replace(whole, width=128 + overlap, transform=moved(whole, start, 128 + overlap))
        answer = read_pages(net, (left, right), (0, overlap))
        if overlap >= 60:
            assert answer.text == "31415926"
            assert [digit.line for digit in answer.digits] == [0] * 8
        if overlap >= 32:
            joined = [answer.log_probs[0], answer.log_probs[1][:, :, (overlap - 32) // 4 + 1 :]]
            expected = read_pages(net, (whole,)).log_probs[0]
            assert np.abs(np.concatenate(joined, 2) - expected).max() < 1e-3


def moved(scene: Scene, start: int, width: int) -> Transform:
    return replace(scene.transform, dx=scene.transform.dx - start)


def test_lines_of_several_pages_follow_one_another(net: Network) -> None:
    pages = number("31"), Scene(32, 64), number("7", width=32)
    answer = read_pages(net, pages, (0, 0, 0))
    assert answer.text == "31\n7"
    assert [digit.line for digit in answer.digits] == [0, 0, 1]
    assert answer.confidence == min(digit.confidence for digit in answer.digits)
    assert read_pages(net, (Scene(32, 64),)).confidence is None


def test_a_table_of_kinds(tmp_path: Path, net: Network, capsys: pytest.CaptureFixture[str]) -> None:
    picture("31", tmp_path / "01-a__31.png")
    picture("31", tmp_path / "01-b__3_1.png")
    picture("", tmp_path / "15-nothing__.png")
    picture("7", tmp_path / "no truth.png")
    (tmp_path / "16-format__4.webp").write_bytes(b"RIFF....WEBP")
    (tmp_path / "16-folder__4").mkdir()
    table = measure_pictures(net, tmp_path)
    assert [(one.kind, one.truth, one.text, one.right) for one in table.pictures] == [
        ("01", "31", "31", True),
        ("01", "3\n1", "31", False),
        ("15", "", "", True),
        ("16", "4", "", False),
        ("16", "4", "", False),
    ]
    assert main.main(["evaluate", "--pictures", str(tmp_path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data == table.as_json()
    assert data["kinds"] == [
        {"kind": "01", "right": 1, "of": 2},
        {"kind": "15", "right": 1, "of": 1},
        {"kind": "16", "right": 0, "of": 2},
    ]
    assert (data["right"], data["of"]) == (2, 5)
    assert [one["file"] for one in data["files"]] == sorted(
        str(path) for path in tmp_path.iterdir() if "__" in path.name
    )
    assert "it is a folder" in data["files"][3]["error"]
    assert main.main(["evaluate", "--pictures", str(tmp_path)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["kind", "right", "of"]
    assert [line.split() for line in lines[:4]] == [
        ["01", "1", "2", "50.0%"],
        ["15", "1", "1", "100.0%"],
        ["16", "0", "2", "0.0%"],
        ["all", "2", "5", "40.0%"],
    ]
    assert lines[4] == "01-b__3_1.png: “31” instead of “3 / 1”"
    assert lines[5].startswith("16-folder__4: ") and lines[6].startswith("16-format__4.webp: ")


def test_the_truth_in_a_name() -> None:
    for name, kind, truth in (
        ("14-grid__012_345.png", "14", "012\n345"),
        ("a__b__7.png", "a__b__7.png", "7"),
        ("15-arrow__.png", "15", ""),
        ("__9.jpg", "__9.jpg", "9"),
    ):
        one = PictureRead(Path("folder", name), truth)
        assert (one.kind, one.truth, one.right) == (kind, truth, True)
        assert not replace(one, error="It is broken.").right
    assert PictureTable(()).kinds == {}


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    for folder, match in (
        (tmp_path, "with the right answer in its name"),
        (tmp_path / "absent", "cannot be opened"),
    ):
        with pytest.raises(UserError, match=match):
            pictures_in(folder)


def test_the_drawing_of_a_line_that_is_read_most_confidently(net: Network) -> None:
    clear = rasterize_scene(number("31"))
    blurred = np.asarray(0.25 * clear + 0.25 * np.roll(clear, 5, 1) + 0.2 * np.roll(clear, 9, 1))
    choose = chooser_of(net)

    def asked(*rows: np.ndarray) -> tuple[int, int]:
        """The drawing chosen, and how many were looked at."""
        left = iter(rows)
        return choose(left), len(rows) - len(list(left))

    assert asked(clear, clear, clear) == (0, 1)
    assert asked(np.zeros_like(clear), clear) == (0, 1), "where nothing is read, nothing is sought"
    assert asked(blurred, clear, blurred) == (1, 3)
    narrow = clear[:, 30:50]
    assert asked(narrow[:, :5], narrow)[0] in (0, 1), "narrower than a window"
