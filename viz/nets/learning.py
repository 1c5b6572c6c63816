"""Learning from examples: any architecture, from a seed, by one of four optimisers, in plain steps.

What chapters 8 and 9 train, and the small networks that ship with them (``viz.nets.experiments``).
The main networks have a recipe of their own, with augmentation (``viz.nets.training``). All is
float32, and the same seed gives the same bits on the same machine with as many threads.

torch is imported where it is used, because instruments import this module with the window's thread.
"""

from __future__ import annotations

import ast
import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import Architecture
from viz.nets.data import Digits
from viz.nets.recipe import LearningRecipe
from viz.nets.weights import Weights

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from viz.nets.network import Network

TEST_BATCH = 500

CHECKSUM = hashlib.sha256().digest_size
"""Bytes in front of a state that is kept."""

LARGEST_LOSS = 1e6
"""Beyond it a run has diverged; at random the cross-entropy of ten classes is 2.3."""


class DivergedError(UserError):
    """The loss is no number any more, or beyond all bounds."""


@dataclass(frozen=True, eq=False)
class Score:
    """What a network makes of examples: ``confusion[truth, answer]`` counts them, ``answers`` (N,)
    are the classes that win, ``loss`` is the mean cross-entropy."""

    confusion: NDArray[np.int64]
    answers: NDArray[np.int64]
    loss: float

    @property
    def error(self) -> float:
        """The share that is answered wrongly, 0 … 1."""
        return 1.0 - float(np.trace(self.confusion)) / max(1, int(self.confusion.sum()))


class Learner:
    """A network under training: ``run`` some steps, look at it, go on."""

    def __init__(
        self,
        architecture: Architecture,
        examples: Digits,
        recipe: LearningRecipe,
        start: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        """Begin at the first weights, drawn by the recipe's seed, but those named in ``start``.

        Raises ValueError for examples that are not of the network's size, or none.
        """
        import torch

        side = architecture.window
        if len(examples) == 0 or examples.images.shape[1:] != (side, side):
            raise ValueError(f"{examples.images.shape} are no examples of {side}×{side} pixels")
        self.architecture, self.examples, self.recipe = architecture, examples, recipe
        self.net = seeded(architecture, recipe.seed)
        for name, value in (start or {}).items():
            part, array = name.split(".")
            with torch.no_grad():
                held = getattr(self.net.get_submodule(part), array)
                held.copy_(torch.from_numpy(np.array(value, np.float32)))
        for name, parameter in self.net.named_parameters():
            parameter.requires_grad_(name not in recipe.frozen)
        self.step = 0
        """Steps done."""
        self._optimizer = optimizer_for(self.net, recipe)
        self._order = np.random.default_rng(recipe.seed)
        self._waiting = np.empty(0, np.int64)

    @property
    def steps_a_pass(self) -> int:
        """Steps in which every example is seen once."""
        return math.ceil(len(self.examples) / self.recipe.batch)

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self.steps_a_pass * self.recipe.passes

    @property
    def done(self) -> bool:
        """Whether the run is at its end."""
        return self.step >= self.steps

    def run(self, count: int) -> tuple[float, float]:
        """Go ``count`` steps on, or to the end; return their mean loss and training error.

        Raises DivergedError where the loss is no number, or beyond ``LARGEST_LOSS``.
        """
        import torch

        losses, errors = [], []
        for _ in range(min(count, self.steps - self.step)):
            index = self._batch()
            x = pixels(self.examples.images[index])
            wanted = torch.from_numpy(self.examples.labels[index].astype(np.int64))
            for group in self._optimizer.param_groups:
                group["lr"] = group["share"] * self.recipe.rate_at(self.step, self.steps)
            scores = logits(self.net, x)
            loss = loss_of(scores, wanted, self.recipe.loss)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            self.step += 1
            losses.append(float(loss.detach()))
            errors.append(float((scores.detach().argmax(1) != wanted).float().mean()))
            if not losses[-1] < LARGEST_LOSS:  # NaN is not, either
                raise DivergedError(
                    tr(
                        "The loss grows beyond all bounds after {step} steps: the learning rate "
                        "{rate:g} is too large. Start again with a smaller one.",
                        step=self.step, rate=self.recipe.rate,
                    )
                )  # fmt: skip
        return float(np.mean(losses or [math.nan])), float(np.mean(errors or [math.nan]))

    def _batch(self) -> NDArray[np.int64]:
        """Numbers of the examples of the next step: each once a pass, in a random order."""
        if len(self._waiting) == 0:
            self._waiting = self._order.permutation(len(self.examples))
        index, self._waiting = np.split(self._waiting, [self.recipe.batch])
        return index

    def weights(self) -> Weights:
        """Copy the present weights: float32, read-only, by name."""
        return weights_of(self.net)

    def state(self) -> bytes:
        """Write all that is needed to go on to the same bits, behind its checksum."""
        import torch

        stored = io.BytesIO()
        torch.save(
            {
                "step": self.step,
                "recipe": asdict(self.recipe),
                "net": self.net.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "order": repr(self._order.bit_generator.state),
                "waiting": torch.from_numpy(self._waiting.copy()),
            },
            stored,
        )
        data = stored.getvalue()
        return hashlib.sha256(data).digest() + data

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` wrote. Raises UserError if it is damaged or of another run."""
        import torch

        checksum, data = state[:CHECKSUM], state[CHECKSUM:]
        try:
            if hashlib.sha256(data).digest() != checksum:  # torch does not notice a changed weight
                raise ValueError("damaged")
            kept = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            if kept["recipe"] != {**asdict(self.recipe), "passes": kept["recipe"]["passes"]}:
                raise ValueError("another recipe")
            self.net.load_state_dict(kept["net"])
            self._optimizer.load_state_dict(kept["optimizer"])
            self._order.bit_generator.state = ast.literal_eval(kept["order"])
            self._waiting = kept["waiting"].numpy()
            self.step = int(kept["step"])
        except Exception as error:  # torch.load raises whatever a damaged pickle makes it raise
            raise UserError(
                tr("The checkpoint is damaged or of another run; train again from the start.")
            ) from error


def seeded(architecture: Architecture, seed: int) -> Network:
    """Make a network with its first weights, drawn by a seed, in training mode."""
    import torch

    from viz.nets.network import Network

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(architecture).train()


def optimizer_for(net: Network, recipe: LearningRecipe) -> torch.optim.Optimizer:
    """Make the recipe's optimiser for the weights that are trained."""
    import torch

    by_share: dict[float, list[torch.nn.Parameter]] = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            share = _share(net.architecture, name) if recipe.by_fan_in else 1.0
            by_share.setdefault(share, []).append(parameter)
    trained = [{"params": each, "share": share} for share, each in by_share.items()]
    rate, decay = recipe.rate, recipe.weight_decay
    if recipe.optimizer == "adam":
        return torch.optim.AdamW(trained, rate, weight_decay=decay)
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(trained, rate, weight_decay=decay)
    momentum = recipe.momentum if recipe.optimizer == "momentum" else 0.0
    return torch.optim.SGD(trained, rate, momentum=momentum, weight_decay=decay)


def _share(architecture: Architecture, name: str) -> float:
    """The share of the rate that an array gets: 1/√n with n links, one for the bias, of a unit."""
    layer = architecture.layer(name.split(".")[0])
    return 1 / math.sqrt(layer.links / layer.maps + 1)


def pixels(images: NDArray[Any]) -> Tensor:
    """Turn images (N, H, W), uint8 or float32 in [0, 1], into what a network takes."""
    import torch

    values = torch.from_numpy(np.ascontiguousarray(images)).unsqueeze(1)
    return values.float() / 255 if images.dtype == np.uint8 else values.float()


def logits(net: Network, x: Tensor) -> Tensor:
    """Compute (B, classes) of windows (B, 1, side, side), for training: no other map is kept."""
    import torch.nn.functional as F

    from viz.nets.network import activation, pool

    architecture = net.architecture
    x = net.entered(F.pad(x, (architecture.rim,) * 4) if architecture.rim else x)
    for layer in architecture.layers[:-1]:
        if not layer.has_weights:
            x = pool(x, layer) if layer.operation == "pool" else net.reduced(layer, x)
        else:
            x = activation(net.sums(layer, x), layer.activation)
    return net.sums(architecture.output, x).flatten(1)


def loss_of(scores: Tensor, wanted: Tensor, loss: str) -> Tensor:
    """Compute the mean loss of logits (B, classes) for the classes ``wanted`` (B,)."""
    import torch.nn.functional as F

    from viz.nets.network import activation

    if loss == "cross-entropy":
        return F.cross_entropy(scores, wanted)
    if loss == "distances":
        return F.cross_entropy(F.pad(scores, (0, 1), value=-1.0), wanted)
    target = F.one_hot(wanted, scores.shape[1]).float() * 2 - 1
    name = "scaled-tanh" if loss == "scaled-squares" else "tanh"
    return 0.5 * (activation(scores, name) - target).pow(2).sum(1).mean()


def score(net: Network, examples: Digits, batch: int = TEST_BATCH) -> Score:
    """Let a network answer examples, in batches."""
    import torch
    import torch.nn.functional as F

    answers, losses = [], []
    with torch.no_grad():
        for start in range(0, len(examples), batch):
            part = examples[start : start + batch]
            scores = logits(net, pixels(part.images))
            wanted = torch.from_numpy(part.labels.astype(np.int64))
            answers.append(scores.argmax(1).numpy())
            losses.append(float(F.cross_entropy(scores, wanted, reduction="sum")))
    found = np.concatenate(answers)
    confusion = np.zeros((net.architecture.classes,) * 2, np.int64)
    np.add.at(confusion, (examples.labels, found), 1)
    return Score(confusion, found, sum(losses) / max(1, len(examples)))


def weights_of(net: Network) -> Weights:
    """Copy a network's weights: float32, read-only, by name."""
    copies = {name: value.detach().numpy().copy() for name, value in net.state_dict().items()}
    for copy in copies.values():
        copy.setflags(write=False)
    return copies
