"""Trained networks by name: those that come with the program, and those opened in it.

A ``TrainedNetwork`` is all that the program knows of a network, read through NumPy: nothing here
imports torch. Names are those of ``VARIANTS``
and of ``EXPERIMENTS``, or made of the contents of an opened file, so that
one name means the same network everywhere and for ever. A name with modules (``viz.nets.modules``)
behind it means that network with these modules in it. A name with ``PASSING`` in it means a state
of a network that is changed on the screen, by training or by the user: no file holds it, and only
the latest of them are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from viz.errors import UserError
from viz.i18n import tr
from viz.nets import modules
from viz.nets.architecture import Architecture
from viz.nets.experiments import EXPERIMENTS, weights_file
from viz.nets.variants import MAIN as MAIN
from viz.nets.variants import VARIANTS
from viz.nets.weights import Weights, WeightsError, colour_scales, read_metadata, read_weights
from viz.resources import resource_path


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network and its weights.

    ``weights`` by name, as ``architecture.shapes`` says, read-only. ``scales``: for every name in
    ``architecture.scaled`` the magnitude that its colours end at. ``metadata``: what the file says
    of recipe and figures. ``file`` and ``checksum`` (SHA-256) are those of an opened one.
    """

    name: str
    architecture: Architecture
    weights: Weights
    scales: Mapping[str, float]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    checksum: str = ""


opened: dict[str, TrainedNetwork] = {}
"""Those that were opened in this process, by name."""

PASSING = "@"
"""Between the name of a network that is changed on the screen and that of its state."""

PASSING_KEPT = 4
"""States of such networks that can be asked for: more than are on their way to the screen."""

_passing: dict[str, TrainedNetwork] = {}
_held: dict[str, TrainedNetwork] = {}
_families: dict[str, Architecture] = {}
_before: dict[str, str] = {}


def pretrained_path(name: str = MAIN) -> Path:
    """Return the path of the weights of a network that ships."""
    if name in EXPERIMENTS:
        return resource_path(*weights_file(name))
    return resource_path(VARIANTS[name].file)


def names() -> tuple[str, ...]:
    """List all networks that can be asked for: those shipped, then those opened, oldest first."""
    return (*VARIANTS, *opened)


def is_known(name: str) -> bool:
    """Tell whether ``architecture`` and ``trained`` can be asked for this network."""
    if modules.SIGN not in name:
        is_state = name.partition(PASSING)[0] in _families
        return name in VARIANTS or name in EXPERIMENTS or name in opened or is_state
    try:
        return bool(architecture(name).layers)
    except (KeyError, ValueError):
        return False


def architecture(name: str) -> Architecture:
    """Return the architecture of a network; reads no file but for a normalisation behind the first
    layer, and needs none.

    Raises KeyError for an unknown one, ValueError for modules that do not go with it.
    """
    if modules.SIGN in name:
        return _modified_architecture(name)
    if is_passing(name):
        return _families[name.partition(PASSING)[0]]
    return opened[name].architecture if name in opened else shipped_architecture(name)


def trained(name: str = MAIN) -> TrainedNetwork:
    """Return the network of this name, read from its file once.

    Raises UserError, each time anew, if its weights are missing or damaged, and KeyError for an
    unknown name.
    """
    if modules.SIGN in name:
        return _modified(name)
    if is_passing(name):
        return _state(name)
    return opened[name] if name in opened else shipped(name)


def weights(name: str) -> Weights:
    """Return the weights alone of a network, without colour scales. Raises as ``trained``."""
    if modules.SIGN in name:
        return _modified(name).weights
    if is_passing(name):
        return _state(name).weights
    return opened[name].weights if name in opened else shipped_weights(name)


def find(name: str) -> TrainedNetwork | None:
    """Return the opened network of this name, if there is one."""
    return opened.get(name)


def add(network: TrainedNetwork) -> None:
    """Make an opened network known by its name."""
    opened.setdefault(network.name, network)


def is_passing(name: str) -> bool:
    """Tell whether a network is a state of one that is changed on the screen."""
    return PASSING in name


def pass_on(network: TrainedNetwork, before: str = MAIN) -> None:
    """Make a state of a network that is changed known by its name, ``NETWORK@STATE``; ``before``
    it answered the network of this name.

    All states of a network have one architecture, and those whose ``scales`` are one object are
    shown by the same views. Only the latest ``PASSING_KEPT`` are kept, and those that are held.
    """
    family = network.name.partition(PASSING)[0]
    _families[family], _before[family] = network.architecture, before
    _passing.pop(network.name, None)
    _passing[network.name] = network
    for name in list(_passing)[:-PASSING_KEPT]:
        del _passing[name]


def lasting(name: str) -> str:
    """Return the network that a file can name for this one: before a state of one that is changed,
    it answered; any other itself."""
    return _before.get(name.partition(PASSING)[0], MAIN) if is_passing(name) else name


def hold(name: str) -> None:
    """Keep a state that something refers to, if it is one."""
    if name in _passing:
        _held[name] = _passing[name]


def _state(name: str) -> TrainedNetwork:
    found = _passing.get(name) or _held.get(name)
    if found is None:
        raise UserError(
            tr("The weights of this step are gone; save weights that are to be used again.")
        )
    return found


def _modified_architecture(name: str) -> Architecture:
    try:
        return _changed(name)
    except UserError:  # then nothing is computed, so the numbers of a normalisation do not matter
        return _changed(name, scaled=False)


@lru_cache(maxsize=64)
def _changed(name: str, *, scaled: bool = True) -> Architecture:
    """The architecture of a network with modules; the numbers of a normalisation behind the first
    layer follow from that layer's colour scale, if it is ``scaled``. Raises as ``trained``."""
    base, chosen = modules.split(name)
    scales = trained(base).scales if scaled and chosen.behind else None
    return modules.modified(architecture(base), chosen, scales)


@lru_cache(maxsize=16)
def _modified(name: str) -> TrainedNetwork:
    network = trained(modules.base_of(name))
    changed = _changed(name)
    return TrainedNetwork(
        name,
        changed,
        modules.weights(network.architecture, changed, network.weights),
        modules.scales(network.architecture, changed, network.scales),
    )


def shipped_architecture(name: str) -> Architecture:
    """Return the architecture of a network that ships. Raises KeyError for any other."""
    if name in EXPERIMENTS:
        return EXPERIMENTS[name].architecture
    return VARIANTS[name].architecture


@cache
def shipped(name: str) -> TrainedNetwork:
    """Read the shipped network with this name, once, unless that fails: UserError."""
    architecture, file = shipped_architecture(name), pretrained_path(name)
    weights = shipped_weights(name)
    try:
        metadata = read_metadata(file)
        scales = colour_scales(metadata, architecture)
    except WeightsError as error:
        raise _damaged(file, error) from error
    return TrainedNetwork(name, architecture, weights, scales, metadata)


@cache
def shipped_weights(name: str) -> Weights:
    """Read the weights of the shipped network with this name, as ``shipped``."""
    file = pretrained_path(name)
    try:
        return read_weights(file, shipped_architecture(name))
    except WeightsError as error:
        raise _damaged(file, error) from error


def _damaged(file: Path, why: WeightsError) -> UserError:
    return UserError(
        tr(
            "The network's weights {file} are damaged ({why}); reinstall LeNetScope.",
            file=file,
            why=why,
        )
    )
