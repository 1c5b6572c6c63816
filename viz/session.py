"""Sessions: everything that was on the screen, kept in a scene file beside its drawing.

A scene file (``viz/scene/files.py``) may hold one more object, read as strictly as the rest; keys
that are not named here are ignored::

    "session": {"chapter": "binding",
                "instrument": 0,                   which tab of the chapter's panel; or null, which
                                                   leaves it to the demonstration
                "network": "max",
                "ablated": {"C1": [0, 3]},         numbers of maps
                "pinned": ["C3", 5, 2, 3],         layer, map, row, column; or null
                "hovered": null,                   such a unit, in takes
                "window": [0, 3],                  row, column of the output; or null,
                "surest": [0, 3],                  when this one was shown; or null
                "selection": [0], "stroke": null,  items, and [item, stroke] of a single stroke
                "tool": "select",
                "demonstration": {"id": "35-53", "time": 2.5, "speed": 1, "loop": true,
                                  "seen": false,   whether its end was reached
                                  "playing": false},  shown by pictures and films alone
                "kernels": 0,                      the map of C3 whose kernels are shown
                "settings": {"pre_activation": false, "pixel_grid": true},
                "beside": null,                    or what A|B shows as A:
                                                   {"scene", "network", "ablated", "window"}
                "instruments": {"ShiftMap": {…}}}  of all chapters' panels, by class

What is left out has the value that a new window has. Theme and text size are not kept: they belong
to the eyes and the room of whoever opens the file, not to what is shown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.layers import BY_NAME
from viz.nets.variants import VARIANTS
from viz.outline import CHAPTER_IDS
from viz.scene import Scene, files
from viz.scene.checked import array, mapping, number, string, truth, whole, wrong
from viz.scene.limits import MOST_ITEMS, MOST_POINTS
from viz.scene.model import MAX_WIDTH
from viz.snapshot import Unit

TOOLS = ("pen", "eraser", "select")

MOST_SECONDS = 1e6
SPEEDS = (1 / 64, 64.0)
MOST_INSTRUMENTS = 100
MOST_VALUES = 1_000
"""Of one instrument's settings, all levels together."""
DEEPEST = 5
LONGEST = 200
"""Characters of an instrument's text."""
LARGEST = 1e12


@dataclass(frozen=True)
class Playing:
    """Where a demonstration stands: its ``id``, ``time`` in seconds of its own clock, ``speed`` in
    these per second, whether it begins anew at its end, whether that was ``seen``, and whether it
    was ``playing``, which pictures and films show; opening a file plays nothing."""

    id: str
    time: float = 0.0
    speed: float = 1.0
    loop: bool = True
    seen: bool = False
    playing: bool = False


@dataclass(frozen=True)
class Beside:
    """What stands frozen beside the live state: A of A|B. ``window`` is the one it points out."""

    scene: Scene
    network: str = "max"
    ablated: Mapping[str, frozenset[int]] = field(default_factory=dict)
    window: tuple[int, int] | None = None


@dataclass(frozen=True)
class Session:
    """A screen, but for its size, theme and text size.

    ``instrument`` counts the tabs of the chapter from 0, None is the one that the demonstration is
    about; ``instruments`` holds the settings of all chapters' by the names of their classes. With a
    ``demonstration``, ``scene`` is its scene at that time, or what a hand has made of it.
    ``hovered`` is a unit that was pointed at, which takes keep; opening a file points at nothing.
    ``kernels`` is the map of C3 whose kernels are shown while none is pointed at.
    """

    scene: Scene
    chapter: str = CHAPTER_IDS[0]
    instrument: int | None = None
    network: str = "max"
    ablated: Mapping[str, frozenset[int]] = field(default_factory=dict)
    pinned: Unit | None = None
    window: tuple[int, int] | None = None
    selection: frozenset[int] = frozenset()
    stroke: tuple[int, int] | None = None
    tool: str = TOOLS[0]
    surest: tuple[int, int] | None = None
    demonstration: Playing | None = None
    pre_activation: bool = False
    pixel_grid: bool = True
    instruments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    beside: Beside | None = None
    hovered: Unit | None = None
    kernels: int = 0


def dumps(session: Session) -> str:
    """The session as the text of a scene file. Raises UserError if it could not be read again."""
    data = as_json(session)
    text = files.dumps(session.scene, data)
    # Without what holds nothing, which files leave out, items have other numbers
    from_json(data, files.loads(text) if _has_empty(session.scene) else session.scene)
    return text


def loads(text: str) -> Session | Scene:
    """The session of a scene file's text; of a file that keeps none, its scene.

    Raises UserError for anything else.
    """
    scene, data = files.parse(text)
    return scene if data is None else from_json(data, scene)


def save(session: Session, path: str | Path) -> None:
    """Write a scene file. Raises UserError if it cannot be written, or not be read again."""
    files.write(dumps(session), path)


def load(path: str | Path) -> Session | Scene:
    """What a scene file holds, as ``loads``. Raises UserError if it cannot be read."""
    return loads(files.read(path))


def _has_empty(scene: Scene) -> bool:
    return any(files.is_empty(item) for item in scene.items)


def as_json(session: Session) -> dict[str, Any]:
    """What a scene file keeps of a session beside its scene. Groups that hold nothing do not count:
    files leave them out."""
    kept = [i for i, item in enumerate(session.scene.items) if not files.is_empty(item)]
    place = {index: new for new, index in enumerate(kept)}
    stroke = session.stroke if session.stroke and session.stroke[0] in place else None
    played, beside = session.demonstration, session.beside
    return {
        "chapter": session.chapter,
        "instrument": session.instrument,
        "network": session.network,
        "ablated": _ablated_out(session.ablated),
        "pinned": _unit_out(session.pinned),
        "hovered": _unit_out(session.hovered),
        "window": session.window and list(session.window),
        "selection": sorted(place[i] for i in session.selection if i in place),
        "stroke": stroke and [place[stroke[0]], stroke[1]],
        "tool": session.tool,
        "kernels": session.kernels,
        "surest": session.surest and list(session.surest),
        "demonstration": played and asdict(played),
        "settings": {
            "pre_activation": session.pre_activation,
            "pixel_grid": session.pixel_grid,
        },
        "beside": beside
        and {
            "scene": json.loads(files.dumps(beside.scene)),
            "network": beside.network,
            "ablated": _ablated_out(beside.ablated),
            "window": beside.window and list(beside.window),
        },
        "instruments": {
            name: dict(state) for name, state in session.instruments.items() if _can_keep(state)
        },
    }


def _ablated_out(ablated: Mapping[str, frozenset[int]]) -> dict[str, list[int]]:
    return {layer: sorted(maps) for layer, maps in ablated.items()}


def _can_keep(state: Mapping[str, Any]) -> bool:
    """Whether a file may hold an instrument's settings; a faulty one must not cost the drawing."""
    try:
        _state_in(dict(state))
    except UserError as error:
        logging.warning("settings of an instrument are not kept: %s", error)
        return False
    return True


def from_json(value: object, scene: Scene) -> Session:
    """The session that ``as_json`` wrote, of this scene. Raises UserError if it is none."""
    data = mapping(value, "session")
    settings = mapping(data.get("settings", {}), "settings")
    states = mapping(data.get("instruments", {}), "instruments")
    if len(states) > MOST_INSTRUMENTS or any(len(name) > LONGEST for name in states):
        wrong("instruments")
    return Session(
        scene,
        _known(data.get("chapter", CHAPTER_IDS[0]), "chapter", CHAPTER_IDS),
        _instrument_in(data.get("instrument")),
        _known(data.get("network", "max"), "network", tuple(VARIANTS)),
        _ablated_in(data.get("ablated", {})),
        _unit_in(data.get("pinned"), "pinned"),
        _pair_in(data.get("window"), "window", MAX_WIDTH, MAX_WIDTH),
        _selection_in(data.get("selection", []), scene),
        _stroke_in(data.get("stroke"), scene),
        _known(data.get("tool", TOOLS[0]), "tool", TOOLS),
        _pair_in(data.get("surest"), "surest", MAX_WIDTH, MAX_WIDTH),
        _playing_in(data.get("demonstration")),
        truth(settings.get("pre_activation", False), "pre_activation"),
        truth(settings.get("pixel_grid", True), "pixel_grid"),
        {name: _state_in(mapping(state, "instruments")) for name, state in states.items()},
        _beside_in(data.get("beside")),
        _unit_in(data.get("hovered"), "hovered"),
        whole(data.get("kernels", 0), "kernels", 0, BY_NAME["C3"].maps - 1),
    )


def _beside_in(value: object) -> Beside | None:
    if value is None:
        return None
    data = mapping(value, "beside")
    try:
        text = json.dumps(mapping(data.get("scene"), "beside"))
    except (RecursionError, ValueError):  # or an integer of thousands of digits
        wrong("beside")
    return Beside(
        files.loads(text),
        _known(data.get("network", "max"), "network", tuple(VARIANTS)),
        _ablated_in(data.get("ablated", {})),
        _pair_in(data.get("window"), "window", MAX_WIDTH, MAX_WIDTH),
    )


def _known(value: object, key: str, names: tuple[str, ...]) -> str:
    """A name that this version of the program knows."""
    name = string(value, key, LONGEST)
    if name not in names:
        raise UserError(
            tr(
                "This file's {key} “{name}” is not known here; update LeNetScope to open it.",
                key=key,
                name=name,
            )
        )
    return name


def _instrument_in(value: object) -> int | None:
    return None if value is None else whole(value, "instrument", 0, MOST_INSTRUMENTS)


def _ablated_in(value: object) -> dict[str, frozenset[int]]:
    ablated = {}
    for layer, maps in mapping(value, "ablated").items():
        if layer not in BY_NAME:
            wrong("ablated")
        most = BY_NAME[layer].maps
        numbers = (whole(n, "ablated", 0, most - 1) for n in array(maps, "ablated", most, 1))
        ablated[layer] = frozenset(numbers)
    return ablated


def _unit_out(unit: Unit | None) -> list[str | int] | None:
    return None if unit is None else [unit.layer, unit.map, unit.row, unit.column]


def _unit_in(value: object, key: str) -> Unit | None:
    if value is None:
        return None
    layer, map_, row, column = array(value, key, 4, 4)
    if not isinstance(layer, str) or layer not in BY_NAME:
        wrong(key)
    return Unit(
        layer,
        whole(map_, key, 0, BY_NAME[layer].maps - 1),
        whole(row, key, 0, MAX_WIDTH),
        whole(column, key, 0, MAX_WIDTH),
    )


def _pair_in(value: object, key: str, first: int, second: int) -> tuple[int, int] | None:
    if value is None:
        return None
    a, b = array(value, key, 2, 2)
    return whole(a, key, 0, first), whole(b, key, 0, second)


def _selection_in(value: object, scene: Scene) -> frozenset[int]:
    last = len(scene.items) - 1
    items = array(value, "selection", MOST_ITEMS)
    return frozenset(whole(item, "selection", 0, last) for item in items)


def _stroke_in(value: object, scene: Scene) -> tuple[int, int] | None:
    pair = _pair_in(value, "stroke", len(scene.items) - 1, MOST_POINTS)
    if pair is not None and pair[1] >= len(scene.strokes_of(pair[0])):
        wrong("stroke")
    return pair


def _playing_in(value: object) -> Playing | None:
    if value is None:
        return None
    data = mapping(value, "demonstration")
    return Playing(
        string(data.get("id"), "id", LONGEST),
        number(data.get("time", 0.0), "time", 0, MOST_SECONDS),
        number(data.get("speed", 1.0), "speed", *SPEEDS),
        truth(data.get("loop", True), "loop"),
        truth(data.get("seen", False), "seen"),
        truth(data.get("playing", False), "playing"),
    )


def _state_in(state: dict[str, Any]) -> dict[str, Any]:
    """An instrument's settings: any JSON of a modest size, whose numbers are finite."""
    left = MOST_VALUES

    def check(value: object, depth: int) -> None:
        nonlocal left
        left -= 1
        if left < 0 or depth > DEEPEST:
            wrong("instruments")
        if isinstance(value, dict):
            for key, inner in value.items():
                string(key, "instruments", LONGEST)
                check(inner, depth + 1)
        elif isinstance(value, list | tuple):
            for inner in value:
                check(inner, depth + 1)
        elif isinstance(value, str):
            string(value, "instruments", LONGEST)
        elif value is not None and not isinstance(value, bool):
            number(value, "instruments", -LARGEST, LARGEST)

    check(state, 0)
    return state
