"""The document: the one mutable object. Scene, file, network, ablations, where to look; and `view`.

Every change of the scene goes through ``apply`` and so onto the undo stack; every change that the
network must answer emits ``request_changed`` with a new numbered Request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal

from viz.i18n import tr
from viz.model.recovery import Drawing, UnsavedDrawings
from viz.model.selection import Selection
from viz.model.snapshot import Request, Snapshot, Unit
from viz.model.undo import State, Step, UndoStack
from viz.model.view_state import ViewState
from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.modules import Modules, base_of, joined, split
from viz.scene import Scene


class Document(Selection):
    """The state of the screen, with where to look (``Selection``). Lives on the GUI thread."""

    scene_changed = pyqtSignal()
    opened = pyqtSignal()
    """Another drawing is about to take the scene's place: opened, or back by undo."""
    request_changed = pyqtSignal(object)
    snapshot_changed = pyqtSignal(object)
    file_changed = pyqtSignal()
    """``file`` changed: another drawing was opened, or this one saved elsewhere."""
    network_changed = pyqtSignal()

    def __init__(
        self, scene: Scene | None = None, view: ViewState | None = None, *, read_only: bool = False
    ) -> None:
        """``view``: what the screen shows beside the drawing, a new one if none is given.
        ``read_only``: views let the user change nothing in it."""
        super().__init__()
        self.read_only = read_only
        self.view = view or ViewState()
        self.undo_stack = UndoStack(self)
        self._scene = scene or Scene()
        self._file: Path | None = None
        self._saved: dict[Path, Scene] = {}
        self._ablated: dict[str, frozenset[int]] = {}
        self._resuming: tuple[int, tuple[int, int] | None] | None = None
        self._network = "max"
        self._unsaved = UnsavedDrawings()
        self.describe_screen: Callable[[], object] = lambda: None
        """Describes the screen that a drawing leaves; the result is kept with the drawing."""
        self.picture: NDArray[np.uint8] | None = None
        """The picture that came last into this drawing, (h, w) grey or (h, w, 3), as its file has
        it: the drawing itself holds its ink alone."""
        self._gesture = 0
        self._number = 0
        self._loaded = self._opened = 0
        self.inspected_changed.connect(self.ask)  # before any view
        self.window_changed.connect(self._ask_for_window)

    # Scene and undo

    @property
    def scene(self) -> Scene:
        """The scene as drawn now; the snapshot's may be a few milliseconds older."""
        return self._scene

    def apply(
        self,
        scene: Scene,
        text: str,
        *,
        gesture: int | None = None,
        staged: bool = False,
        modules: Modules | None = None,
    ) -> None:
        """Make ``scene`` current, undoable under the name ``text`` (translated).

        Changes with the same ``gesture`` number (see ``new_gesture``) become one undo step. An
        equal scene is ignored, which ends loops between sliders and the document. A ``staged``
        scene is a demonstration's: it does not count as the user's ``drawing``. With ``modules``
        the network has these from now on, if it can.
        """
        network = self._network if modules is None else self._with(modules)
        if scene == self._scene and network == self._network:
            return
        before = self._state()
        after = replace(before, scene=scene, network=network)
        if staged:
            after = replace(after, unsaved=self._leaving(staged=scene))
        self.undo_stack.push(Step(self._put, before, after, text, gesture))

    def _state(self) -> State:
        return State(
            self._scene, self._unsaved, self._file, self._network, self._ablated, self._loaded
        )

    def _leaving(
        self, *, staged: Scene | None, keep: bool = True, screen: object = None
    ) -> UnsavedDrawings:
        """The unsaved drawings once another drawing has taken the scene's place, on ``screen``."""
        left = None
        if keep and self._unsaved.owns(self._scene) and self._scene not in self._saved.values():
            left = Drawing(self._scene, self._file, screen or self.describe_screen())
        return self._unsaved.replaced(left, staged)

    def _put(self, old: State, new: State) -> None:
        """Make what a step changes as it is in ``new``; what it does not change stays."""
        self._unsaved = new.unsaved
        if new.loaded != old.loaded:
            self._loaded, self.picture = new.loaded, None
            self.opened.emit()
        network = new.network != old.network and new.network != self._network
        if network:
            self._network = new.network
        if new.ablated != old.ablated or network:
            kept = new.ablated if new.ablated != old.ablated else self._ablated
            self._ablated = present(kept, self.architecture)
        if network:  # once the ablations fit: letting a unit go asks the network
            self._unpin_missing()
        if new.scene is self._scene:  # a demonstration goes on, with another network or map
            self.ask()
        else:
            self._set_scene(new.scene)
        if network:
            self.network_changed.emit()
        if new.file != old.file:
            self._set_file(new.file)

    @property
    def staged(self) -> Scene | None:
        """The demonstration's or step's scene that the present one is or was made from; None if
        that is the user's own."""
        return self._unsaved.staged

    @property
    def is_staged(self) -> bool:
        return self._scene is self._unsaved.staged

    def new_gesture(self) -> int:
        """Return a new number for ``apply``: one drag, one stroke, one run of an arrow key."""
        self._gesture += 1
        return self._gesture

    # Files

    @property
    def file(self) -> Path | None:
        """The scene file that the drawing came from or was last saved to."""
        return self._file

    @property
    def drawing(self) -> Scene:
        """The user's last drawing: the scene, unless it is a demonstration's, at most moved about,
        while another drawing waits to come back."""
        drawings = self._drawings()
        return drawings[-1].scene if drawings else Scene(self._scene.height, self._scene.width)

    @property
    def kept(self) -> tuple[Drawing, ...]:
        """The user's drawings that no file holds, on the screen or gone from it for a demonstration
        or a file; oldest first. Only what was replaced by New is not among them."""
        kept: list[Drawing] = []
        for drawing in reversed(self._drawings()):  # one that came back is the newest again
            known = (*self._saved.values(), *(other.scene for other in kept))
            if drawing.scene.items and drawing.scene not in known:  # compared: a hash reads it all
                kept.append(drawing)
        return tuple(reversed(kept))

    def _drawings(self) -> tuple[Drawing, ...]:
        return self._unsaved.drawings(Drawing(self._scene, self._file))

    def open(
        self,
        scene: Scene,
        file: Path | None,
        text: str,
        *,
        staged: Scene | None = None,
        network: str | None = None,
        ablated: Mapping[str, frozenset[int]] | None = None,
        keep: bool = True,
        saved: bool = True,
        screen: object = None,
    ) -> None:
        """Show another drawing, with another network and ablations if given, as one undo step.

        ``staged`` is the demonstration's scene that it was made from, if it was. The drawing there
        now stays among ``kept``, unless ``keep`` is false: the user wants to be rid of it. Not
        ``saved``, the file does not hold this drawing, which belongs to it all the same.
        ``screen`` describes the one that the drawing there now leaves, if it has changed already.
        """
        leaving = self._leaving(staged=staged, keep=keep, screen=screen)
        self.select(())
        if file is not None and saved:
            self._saved[file] = scene
        before = self._state()
        shown = self._network if network is None else network
        self._opened += 1
        after = State(
            scene,
            leaving,
            file,
            shown,
            present(self._ablated if ablated is None else ablated, networks.architecture(shown)),
            self._opened,
        )
        self.undo_stack.push(Step(self._put, before, after, text))

    def saved_as(self, file: Path, scene: Scene | None = None, loaded: int | None = None) -> None:
        """Note that this file holds the drawing as it is now; or as it was in ``scene``, when
        ``loaded`` was this."""
        self._saved[file] = self._scene if scene is None else scene
        if loaded in (None, self._loaded):  # else another drawing has taken its place
            self._set_file(file)

    @property
    def loaded(self) -> int:
        """The number of the drawing on the canvas, among those that were opened."""
        return self._loaded

    def _set_file(self, file: Path | None) -> None:
        if file != self._file:
            self._file = file
            self.file_changed.emit()

    def _set_scene(self, scene: Scene) -> None:
        self._scene = scene
        self.ask()  # first of all: the worker computes while the views change
        kept = frozenset(index for index in self._selection if index < len(scene.items))
        if kept != self._selection:
            self.select(kept)
        self.scene_changed.emit()

    # Network

    @property
    def network(self) -> str:
        """The network that answers, a name of ``viz.nets.networks``."""
        return self._network

    @property
    def architecture(self) -> Architecture:
        """That of the network."""
        return networks.architecture(self._network)

    def set_network(self, name: str) -> None:
        """Let another network answer, with nothing to undo: a session or a film shows its own.

        Pinned units and ablated maps stay as far as the other network has them. Raises ValueError
        for a network that does not exist.
        """
        if not networks.is_known(name):
            raise ValueError(f"there is no network {name!r}")
        if name != self._network:
            self._network = name
            self._ablated = present(self._ablated, self.architecture)
            self._unpin_missing()  # which asks the network, so the ablations must fit it
            self.network_changed.emit()
            self.ask()

    def choose_network(self, name: str, text: str) -> None:
        """Let another network answer, undoable under the name ``text`` (translated)."""
        if name != self._network:
            ablated = present(self._ablated, networks.architecture(name))
            self._change(text, network=name, ablated=ablated)

    @property
    def modules(self) -> Modules:
        """The modules that are switched on in the network."""
        return split(self._network)[1]

    def set_modules(self, modules: Modules, text: str) -> None:
        """Switch modules of the network on and off, undoable under the name ``text`` (translated).

        Raises ValueError for modules that this network cannot have.
        """
        name = joined(base_of(self._network), modules)
        networks.architecture(name)
        self.choose_network(name, text)

    def _with(self, modules: Modules) -> str:
        """The name of the network with these modules; as it is where it cannot have them."""
        name = joined(base_of(self._network), modules)
        return name if networks.is_known(name) else self._network

    def _change(self, text: str, **changes: Any) -> None:
        """Change something of the state, as one undo step of its own."""
        before = self._state()
        self.undo_stack.push(Step(self._put, before, replace(before, **changes), text))

    def hover(self, unit: Unit | None) -> None:
        """Inspect the unit under the pointer, or none, as of one that the network lacks: maps of
        the one before are on the screen until the new one has answered."""
        super().hover(unit if unit is None or self._has(unit) else None)

    def pin(self, unit: Unit | None) -> None:
        """Pin a unit that the network has; None, or the pinned one again, unpins it."""
        if unit is None or self._has(unit):
            super().pin(unit)

    def _has(self, unit: Unit) -> bool:
        return self.architecture.has_unit(unit.layer, unit.map)

    def _unpin_missing(self) -> None:
        """Let units go that the network lacks."""
        for unit, drop in ((self.pinned, self.pin), (self.hovered, self.hover)):
            if unit is not None and not self._has(unit):
                drop(None)

    def layer(self, name: str) -> Layer:
        """Return a layer of the present network. Raises KeyError for one that it lacks."""
        return self.architecture.layer(name)

    @property
    def ablated(self) -> MappingProxyType[str, frozenset[int]]:
        """The maps set to zero, by layer name."""
        return MappingProxyType(self._ablated)

    def toggle_ablation(self, layer: str, number: int) -> None:
        """Set a feature map to zero from its layer on, or bring it back; undoable."""
        maps = self._ablated.get(layer, frozenset()) ^ {number}
        others = {name: those for name, those in self._ablated.items() if name != layer}
        text = (
            tr("Ablate map {map} of {layer}", map=number, layer=layer)
            if number in maps
            else tr("Restore map {map} of {layer}", map=number, layer=layer)
        )
        self._change(text, ablated={**others, layer: maps} if maps else others)

    def set_ablated(self, ablated: Mapping[str, frozenset[int]]) -> None:
        """Ablate exactly these maps, with nothing to undo: a session or a film shows its own."""
        kept = present(ablated, self.architecture)
        if kept != self._ablated:
            self._ablated = kept
            self.ask()

    def restore_all(self) -> None:
        """Bring every ablated map back; undoable."""
        if self._ablated:
            self._change(tr("Restore all maps"), ablated={})

    # Requests and snapshots

    def request(self) -> Request:
        """Make a new numbered request for the state as it is."""
        self._number += 1
        return Request(
            self._number,
            self._scene,
            dict(self._ablated),
            self.inspected,
            self._network,
            None if self.architecture.is_convolutional else self._hovered_window or self._window,
        )

    @property
    def asked(self) -> int:
        """The number of the latest request."""
        return self._number

    def ask(self) -> None:
        """Ask the network for the state as it is, anew."""
        self.request_changed.emit(self.request())

    def _ask_for_window(self) -> None:
        """Ask anew where the maps are those of the window that is looked at."""
        if not self.architecture.is_convolutional:
            self.ask()

    def hold_window(self, window: tuple[int, int]) -> None:
        """Show this window, and no other, while the scene is this one."""
        self._focus_window.hold(window, self._scene)

    def resume(self, window: tuple[int, int] | None) -> None:
        """Show no snapshot older than the present request's; with that one, where no window is
        chosen, show ``window`` while its scene lasts: which one that was may depend on earlier
        answers."""
        self._resuming = self._number, window

    def show(self, snapshot: Snapshot) -> None:
        """Take a snapshot from the engine; an older one than the present is dropped."""
        if self._resuming is not None:
            if snapshot.request.number < self._resuming[0]:
                return
            window = self._resuming[1]
            if window is None or self._window is not None:  # that one is of another scene
                self._focus_window.start(window)
            else:
                self._focus_window.hold(window, snapshot.scene)
            self._resuming = None
        if self.snapshot is None or snapshot.request.number > self.snapshot.request.number:
            self.snapshot = snapshot
            self.snapshot_changed.emit(snapshot)


def present(
    ablated: Mapping[str, frozenset[int]], architecture: Architecture
) -> dict[str, frozenset[int]]:
    """Return those of the ablated maps that a network of this architecture has."""
    kept = {
        layer: frozenset(number for number in numbers if architecture.has_unit(layer, number))
        for layer, numbers in ablated.items()
    }
    return {layer: numbers for layer, numbers in kept.items() if numbers}
