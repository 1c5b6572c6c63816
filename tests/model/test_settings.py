"""Preferences: kept, typed, and never believed blindly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
