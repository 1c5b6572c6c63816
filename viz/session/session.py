"""Sessions: everything that was on the screen, as a scene file keeps it beside its drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from viz.model.snapshot import MOST_MAPS, Unit
from viz.nets.architecture import INPUTS
from viz.scene import Scene
from viz.scene.limits import APART, MOST_ITEMS, MOST_POINTS, AtMost, Between, OneOf
from viz.scene.model import MAX_WIDTH
from viz.session.codec import LONGEST

TOOLS = ("pen", "eraser", "select")

MOST_INSTRUMENTS = 100
MOST_LAYERS = 100

Id = Annotated[str, AtMost(LONGEST)]
Output = tuple[Annotated[int, Between(0, MAX_WIDTH)], Annotated[int, Between(0, MAX_WIDTH)]]
"""A position (row, column) of the output."""
MapNumbers = Annotated[frozenset[Annotated[int, Between(0, MOST_MAPS)]], AtMost(MOST_MAPS, least=1)]
Ablated = Annotated[Mapping[str, MapNumbers], AtMost(MOST_LAYERS)]
"""Numbers of maps by layer."""


@dataclass(frozen=True)
class Playback:
    """Where a demonstration stands: its ``id``, ``time`` in seconds of its own clock, ``speed`` in
    these per second, whether it begins anew at its end, whether that was ``seen``, and whether it
    was ``playing``, which pictures and films show; opening a file plays nothing."""

    id: Id
    time: Annotated[float, Between(0, 1e6)] = 0.0
    speed: Annotated[float, Between(1 / 64, 64.0)] = 1.0
    loop: bool = True
    seen: bool = False
    playing: bool = False


@dataclass(frozen=True)
class OpenedWeights:
    """A network that the user opened: its ``name``, the weights' ``file``, the SHA-256 of its
    contents, and the range of the network's input, one of ``viz.nets.architecture.INPUTS``."""

    name: Id
    file: Annotated[str, AtMost(4096)]
    checksum: Annotated[str, AtMost(64)]
    input: Annotated[str, OneOf(("own", *INPUTS))]


@dataclass(frozen=True)
class ComparisonState:
    """What stands beside the live state: A of A|B. ``window`` is the one it points out."""

    scene: Scene
    network: Id = "max"
    ablated: Ablated = field(default_factory=dict)
    window: Output | None = None


@dataclass(frozen=True)
class Session:
    """A screen, but for its size, theme and text size.

    ``instrument`` is the id of the chapter's instrument on the screen, None the one that the
    demonstration is about; ``instruments`` holds the settings of all chapters' instruments by their
    ids. With a ``demonstration``, ``scene`` is its scene at that time, or what the user has made of
    it. ``hovered`` is a unit that was pointed at, which films of a live session keep; opening a
    file points at nothing. ``focus_window`` is the window that was shown while none was chosen,
    ``kernel`` the map of the second convolution whose kernels are shown while none is pointed at.
    ``opened``: where the networks come from that do not ship with the program. ``enlarged``: what
    has the whole stage, as the view state names it.
    """

    scene: Annotated[Scene, APART]
    chapter: Id = "live"
    instrument: Id | None = None
    network: Id = "max"
    ablated: Ablated = field(default_factory=dict)
    pinned: Unit | None = None
    window: Output | None = None
    selection: Annotated[frozenset[Annotated[int, Between(0, MOST_ITEMS)]], AtMost(MOST_ITEMS)] = (
        frozenset()
    )
    stroke: (
        tuple[Annotated[int, Between(0, MOST_ITEMS)], Annotated[int, Between(0, MOST_POINTS)]]
        | None
    ) = None
    tool: Annotated[str, OneOf(TOOLS)] = TOOLS[0]
    focus_window: Output | None = None
    demonstration: Playback | None = None
    pre_activation: bool = False
    pixel_grid: bool = True
    instruments: Annotated[Mapping[str, Any], AtMost(MOST_INSTRUMENTS)] = field(
        default_factory=dict
    )
    comparison: ComparisonState | None = None
    hovered: Unit | None = None
    kernel: Annotated[int, Between(0, MOST_MAPS)] = 0
    opened: Annotated[tuple[OpenedWeights, ...], AtMost(2)] = ()
    enlarged: Id = ""
    explained: bool = False
