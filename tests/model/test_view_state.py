"""View state: every change is told once, what there is not is refused, preferences last."""

from __future__ import annotations

import pytest

from viz.model import settings
from viz.model.view_state import PREFERENCES, ViewState

CHAPTERS = ("live", "binding")


@pytest.fixture
def view() -> ViewState:
    return ViewState(CHAPTERS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chapter", "binding"),
        ("tool", "eraser"),
        ("pre_activation", True),
        ("pixel_grid", False),
        ("theme", "light"),
        ("projection", True),
        ("text_px", 17),
        ("presenting", True),
        ("stage_only", True),
        ("explained", True),
    ],
)
def test_a_change_is_told_once_by_its_name(view: ViewState, name: str, value: object) -> None:
    told: list[str] = []
    view.changed.connect(told.append)
    setattr(view, name, value)
    setattr(view, name, value)
    assert (told, getattr(view, name)) == ([name], value)


@pytest.mark.parametrize(
    ("name", "value"), [("chapter", "Rome"), ("tool", "axe"), ("theme", "red")]
)
def test_what_there_is_not_is_refused(view: ViewState, name: str, value: str) -> None:
    before = getattr(view, name)
    with pytest.raises(ValueError, match=f"there is no {name} '{value}'"):
        setattr(view, name, value)
    assert getattr(view, name) == before


def test_each_chapter_keeps_its_instrument(view: ViewState) -> None:
    told: list[str] = []
    view.changed.connect(told.append)
    view.set_instrument("binding", "trajectory")
    assert (view.instrument, view.instrument_of("binding")) == ("", "trajectory")
    view.chapter = "binding"
    assert view.instrument == "trajectory"
    view.set_instrument("binding", "trajectory")
    assert told == ["instrument", "chapter"]


def test_preferences_are_those_of_the_next_start(view: ViewState) -> None:
    view.pre_activation, view.pixel_grid, view.theme, view.projection = True, False, "dark", True
    view.tool, view.presenting, view.edges = "select", True, False
    again = ViewState(CHAPTERS)
    assert [getattr(again, name) for name in PREFERENCES] == [True, False, False, "dark", True]
    assert (again.tool, again.presenting) == ("pen", False)
    settings.remember(False)
    assert ViewState(CHAPTERS).theme == "system", "a rendered picture looks the same for everyone"
