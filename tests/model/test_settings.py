"""Preferences: kept, typed, and never believed blindly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings

from viz.model import settings


@pytest.fixture(autouse=True)
def _remembering() -> Iterator[None]:
    settings.remember(True)
    yield
    settings.remember(True)


def test_what_is_put_is_got_with_its_type() -> None:
    for name, value in (("theme", "light"), ("projection", True), ("pen_width", 3.25)):
        settings.put(name, value)
        assert settings.get(name) == value
        assert type(settings.get(name)) is type(settings.DEFAULTS[name])


@pytest.mark.parametrize("damaged", ["nan", "inf", "-1", "0", "wide", ""])
def test_a_damaged_pen_width_counts_as_the_default(damaged: str) -> None:
    settings.put("pen_width", damaged)
    assert settings.get("pen_width") == settings.DEFAULTS["pen_width"]


def test_a_picture_for_everybody_knows_no_preferences() -> None:
    settings.put("theme", "light")
    settings.remember(False)
    assert settings.get("theme") == "system"
    settings.put("theme", "dark")
    assert settings.get("theme") == "dark", "as long as the picture takes"
    settings.remember(True)
    assert settings.get("theme") == "light"
    settings.remember(False)
    assert settings.get("theme") == "system"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        settings.put("colour_of_the_cursor", "red")


def test_an_unknown_theme_counts_as_the_default() -> None:
    settings.put("theme", "sepia")
    assert settings.get("theme") == settings.DEFAULTS["theme"]


class Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("escaped", [b"@Variant", rb"\x40Variant", rb"\100Varian\x74"])
def test_no_object_in_the_file_is_executed(escaped: bytes, tmp_path: Path) -> None:
    stored = QSettings("LeNetScope", "LeNetScope")
    stored.setValue("theme", Hostile(tmp_path / "made"))
    stored.sync()
    file = Path(stored.fileName())
    file.write_bytes(file.read_bytes().replace(b"@Variant", escaped))
    del stored
    assert settings.get("theme") == "system"
    assert not (tmp_path / "made").exists()
    assert not file.exists() and Path(f"{file}.damaged").exists()
    settings.put("theme", "light")
    assert settings.get("theme") == "light"
