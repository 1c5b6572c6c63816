"""Examples: what training looks like, a sheet of strips with the targets of their windows.

They are made as training makes them (``viz.nets.augment``), but from the pen digits that ship with
the program alone: the networks that ship learned from MNIST, too.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import WINDOW

if TYPE_CHECKING:
    from viz.nets.augment import Batch
    from viz.nets.bank import Bank
    from viz.nets.network import Network

Floats = NDArray[np.float32]

COUNT = 20
"""Strips on a sheet."""

DEFAULT, NO_NONE, PLAIN = "max", "no-none", "no-augmentation"
"""The training whose examples are shown, by the name of the network that it made."""

CLEAR = 0.9
"""From this target on a window's answer is clear, as in training's count of what is missed."""

_PART = 5  # digits rendered between two pauses


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says of each window: ``winners`` and ``probabilities`` (n, 4), ``missed``
    (n, 4): a clear target that it does not name; ``clear``: how many there are; ``loss``: that of
    training, the mean of −weight · Σ target · log p."""

    winners: NDArray[np.int64]
    probabilities: Floats
    missed: NDArray[np.bool_]
    clear: int
    loss: float


@dataclass(frozen=True, eq=False)
class Sheet:
    """``strips`` (n, 32, 44) in [0, 1]; of each of their four windows the ``targets`` (n, 4, 11),
    probabilities, and the ``weights`` (n, 4) in the loss. ``kinds``: what each is made of, one of
    ``augment.KINDS``. ``answers``: None for a network with other windows."""

    strips: Floats
    targets: Floats
    weights: Floats
    kinds: tuple[str, ...]
    answers: Answers | None = None


def sheets(
    training: str,
    seed: int,
    net: Network,
    ablated: Mapping[str, frozenset[int]] | None = None,
) -> Iterator[Sheet | None]:
    """Make a sheet, always the same from a seed; once more with what ``net`` says of it.

    Yields None between parts that take some 10 ms. Raises UserError where the digits are missing.
    """
    import torch

    from viz.nets import augment

    bank, index = (yield from _bank(seed)), torch.arange(COUNT)
    generator = torch.Generator().manual_seed(seed)
    if training == PLAIN:
        batch = augment.plain(bank, index, generator)
        lit = batch.strips.flatten(1).amax(1) > 0
        kinds = tuple("alone" if any_ else "blank" for any_ in lit.tolist())
    else:
        patches = augment.distort(bank, index, generator)
        yield None
        batch, kinds = augment.compose(patches, generator), augment.kinds(COUNT)
    if training == NO_NONE:
        batch = augment.without_none(batch)
    order = _mixed(kinds)
    batch = type(batch)(batch.strips[order], batch.targets[order], batch.weights[order])
    kinds = tuple(kinds[place] for place in order)
    sheet = _sheet(batch, kinds)
    yield sheet
    answers = yield from _answers(net, batch, ablated)
    if answers is not None:
        yield _sheet(batch, kinds, answers)


def _bank(seed: int) -> Generator[None, None, Bank]:
    """Render digits that the seed chooses."""
    from viz.nets.bank import pen_bank
    from viz.nets.shipped_digits import shipped_digits

    digits = shipped_digits()
    chosen = np.random.default_rng(seed).choice(len(digits), COUNT, replace=False).tolist()
    bank: Bank | None = None
    for start in range(0, COUNT, _PART):
        yield None
        part = pen_bank([digits[n] for n in chosen[start : start + _PART]], 1, seed + start)
        bank = part if bank is None else bank.joined(part)
    assert bank is not None
    return bank


def _mixed(kinds: tuple[str, ...]) -> list[int]:
    """An order in which all kinds come early: the first of each, the second of each, …"""
    seen: dict[str, int] = {}
    ranks = []
    for kind in kinds:
        seen[kind] = ranks_of = seen.get(kind, -1) + 1
        ranks.append(ranks_of)
    return sorted(range(len(kinds)), key=ranks.__getitem__)


def _sheet(batch: Batch, kinds: tuple[str, ...], answers: Answers | None = None) -> Sheet:
    arrays = (batch.strips[:, 0].numpy(), batch.targets.numpy(), batch.weights.numpy())
    for array in arrays:
        array.setflags(write=False)
    return Sheet(*arrays, kinds, answers)


def _answers(
    net: Network, batch: Batch, ablated: Mapping[str, frozenset[int]] | None
) -> Generator[None, None, Answers | None]:
    """What a network says of the windows; None if it has others than the four of a strip."""
    import torch

    from viz.nets.augment import STRIDE, STRIP

    own, size = net.architecture, batch.strips.shape[2:]
    if (own.window, own.stride, *own.windows(*size)) != (WINDOW, STRIDE, 1, STRIP):
        return None
    parts = []
    for start in range(0, COUNT, _PART):
        yield None
        with torch.inference_mode():
            parts.append(net(batch.strips[start : start + _PART], ablated)["output"][:, :, 0])
    with torch.inference_mode():
        log_probs = torch.cat(parts).transpose(1, 2)
        sure, winners = log_probs.exp().max(2)
        targets = batch.targets[..., : own.classes]
        terms = torch.where(targets > 0, targets * log_probs, 0.0).sum(2)
        loss = -torch.where(batch.weights > 0, terms * batch.weights, 0.0).mean()
        clear = (batch.weights == 1) & (targets.amax(2) > CLEAR)
        missed = clear & (winners != targets.argmax(2))
    return Answers(winners.numpy(), sure.numpy(), missed.numpy(), int(clear.sum()), float(loss))
