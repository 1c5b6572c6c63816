"""View state: what the screen shows apart from the drawing: chapter, instrument, tool, look.

The one place where this is kept. Views and commands read it; one signal carries the name of what
changed. The user's preferences among it outlive the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from viz.model import settings

TOOLS = ("pen", "eraser", "select")

THEMES = settings.CHOICES["theme"]

DEFAULTS: dict[str, str | bool | int] = {
    "chapter": "live",
    "tool": TOOLS[0],
    "pre_activation": False,
    "pixel_grid": True,
    "edges": True,
    "theme": THEMES[0],
    "projection": False,
    "text_px": 0,
    "presenting": False,
    "stage_only": False,
    "enlarged": "",
    "blank": False,
    "answer_hidden": False,
    "explained": False,
}

PREFERENCES = ("pre_activation", "pixel_grid", "edges", "theme", "projection")
"""What ``settings`` keeps for the next start."""


def _watched(name: str, about: str) -> Any:
    """Make a property whose every change emits ``ViewState.changed``."""

    def put(state: ViewState, value: object) -> None:
        state.put(name, value)

    return property(lambda state: state.values[name], put, doc=about)


class ViewState(QObject):
    """Lives on the GUI thread. Setting a value that there is not raises ValueError."""

    changed = pyqtSignal(str)
    """The name of what has another value."""

    chapter: str = _watched("chapter", "The id of the chapter on the screen.")
    tool: str = _watched("tool", "What the pointer does on the canvas, one of ``TOOLS``.")
    pre_activation: bool = _watched("pre_activation", "Whether maps show sums, before activations.")
    pixel_grid: bool = _watched("pixel_grid", "Whether the canvas shows its pixels' borders.")
    edges: bool = _watched("edges", "Whether the inspected unit's strongest connections are drawn.")
    theme: str = _watched("theme", "What the user chose, one of ``THEMES``.")
    projection: bool = _watched("projection", "Whether all text is enlarged for the last row.")
    text_px: int = _watched("text_px", "Size of small text in pixels; 0 until the window has one.")
    presenting: bool = _watched("presenting", "Whether controls and dialogs are away, for a hall.")
    stage_only: bool = _watched(
        "stage_only", "Whether controls are left out for a picture, without larger text."
    )
    enlarged: str = _watched(
        "enlarged",
        'What has the whole stage: "canvas", "scores", "instrument", a layer by its name, or one '
        'map of it, as "C3:7"; "" for nothing.',
    )
    blank: bool = _watched("blank", "Whether the hall's screen is black.")
    answer_hidden: bool = _watched(
        "answer_hidden", "Whether answer and scores are covered, for a hall that guesses."
    )
    explained: bool = _watched("explained", "Whether chapter and instrument are explained.")

    def __init__(self, chapters: Sequence[str] = ()) -> None:
        """``chapters``: ids of those that there are; empty for any."""
        super().__init__()
        self._allowed: dict[str, Sequence[object]] = {
            "chapter": chapters,
            "tool": TOOLS,
            "theme": THEMES,
        }
        self.values: dict[str, Any] = {
            **DEFAULTS,
            **{name: settings.get(name) for name in PREFERENCES},
        }
        self._instruments: dict[str, str] = {}

    def put(self, name: str, value: object) -> None:
        """Set the value of this name; emit ``changed`` if it is another one."""
        allowed = self._allowed.get(name, ())
        if allowed and value not in allowed:
            raise ValueError(f"there is no {name} {value!r}")
        if value == self.values[name]:
            return
        self.values[name] = value
        if name in PREFERENCES:
            settings.put(name, value)  # type: ignore[arg-type]
        self.changed.emit(name)

    def toggle_enlarged(self, name: str) -> None:
        """Give the whole stage to what has this name, or give it back."""
        self.enlarged = "" if self.enlarged == name else name

    @property
    def enlarged_map(self) -> tuple[str, int] | None:
        """The layer and the number of the one map that is enlarged; None if it is no map."""
        layer, colon, number = self.enlarged.rpartition(":")
        return (layer, int(number)) if colon and number.isdecimal() else None

    @property
    def instrument(self) -> str:
        """The id of the instrument on the screen; "" for the chapter's first, or none."""
        return self.instrument_of(self.chapter)

    def instrument_of(self, chapter: str) -> str:
        """Return the id of the instrument chosen in a chapter, which shows it again; "" if none."""
        return self._instruments.get(chapter, "")

    def set_instrument(self, chapter: str, id_: str) -> None:
        """Choose a chapter's instrument by its id."""
        if id_ != self.instrument_of(chapter):
            self._instruments[chapter] = id_
            self.changed.emit("instrument")
