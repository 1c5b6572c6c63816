"""Training: a network from a seed to a weights file, in steps of augmented strips of canvas.

Reproducible: all randomness comes from one generator seeded by ``seed``, whose state is part of a
checkpoint, so a resumed run ends with the same bits as an uninterrupted one. The learning rate
is warmed up, held, and brought to zero linearly over the last part of the run; since it does not
depend on the run's length before that, a run may be resumed with another number of steps. What is
saved is the running mean of the weights (Polyak averaging), which follows the descent's noise less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor
from tqdm import tqdm

from viz.errors import UserError
from viz.i18n import tr
from viz.nets import load_pretrained
from viz.nets.architecture import NONE_CLASS
from viz.nets.augment import Batch, alone, compose, distort, plain, without_none
from viz.nets.bank import Bank, mnist_bank, pen_bank, printed_bank, shape_bank
from viz.nets.checkpoint import restore, save_checkpoint
from viz.nets.data import download_mnist, load_mnist
from viz.nets.network import Network, activation, pool
from viz.nets.pen import load_pen_digits, split_writers
from viz.nets.printed import find_fonts
from viz.nets.recipe import Recipe, recipe_for
from viz.nets.variants import MAIN
from viz.nets.weights import architecture_to_json, store

CHECKPOINT_EVERY = 500
SCALE_STRIPS = 1024
"""Strips whose activations give the colour scales."""
NEVER = -60.0
"""The logit of a class that a network was not trained with."""


def pick_device(name: str | None = None) -> torch.device:
    """Find the device called ``name``, or the best there is: CUDA, then MPS, then the CPU.

    Raises UserError for one that cannot be used here.
    """
    if name is None:
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            tr("The device “{name}” cannot be used here; try --device cpu.", name=name)
        ) from error
    return device


def train(
    data: Path | None,
    strokes: Path | None,
    out: Path,
    evaluate: Callable[[Network, Path | None, Path | None], dict[str, Any]],
    *,
    network: str = MAIN,
    seed: int = 1,
    steps: int | None = None,
    device: str | None = None,
    start: str | None = None,
    resume: Path | None = None,
    checkpoint: Path | None = None,
    download: bool = False,
) -> None:
    """Train on MNIST, pens, fonts and shapes, measure the result and write it to ``out``.

    ``data`` and ``strokes`` as for ``load_mnist`` and ``load_pen_digits``; ``evaluate(net, data,
    strokes)`` measures the figures that the metadata of ``out`` then holds; ``start`` is the name
    of a network of ``viz.nets.networks`` to start from instead of the recipe's; ``resume`` is a
    checkpoint to go on from; checkpoints go to ``checkpoint`` (default: ``out`` with the suffix
    .ckpt) every 500 steps. The same seed gives the same bits on the same machine with the same
    number of threads. Raises UserError for input or output that cannot be used.
    """
    recipe = recipe_for(network, seed, steps, start)
    folder = download_mnist(data) if download else data
    mnist = mnist_bank(load_mnist(folder))
    others = other_banks(recipe, strokes)
    net = fit(
        mnist,
        others,
        recipe,
        device=pick_device(device),
        checkpoint=checkpoint or out.with_suffix(".ckpt"),
        resume=resume,
    )
    finish(net, recipe)
    figures = evaluate(net, folder, strokes)
    save_weights(net, out, recipe, figures, _joined(mnist, others))


Share = tuple[Bank, float]
"""A bank, and the share of a batch that is drawn from it."""


def other_banks(recipe: Recipe, strokes: Path | None) -> list[Share]:
    """Make what a recipe mixes with MNIST's digits: pen strokes, printed digits, shapes.

    Without augmentation, nothing. Raises UserError for strokes that cannot be read.
    """
    if not recipe.variant.augmentation:
        return []
    banks = []
    if strokes is not None:
        pens = split_writers(load_pen_digits(strokes))[0]
        banks.append((pen_bank(pens, recipe.pen_copies, recipe.seed), recipe.pen_share))
    if fonts := find_fonts():
        printed = printed_bank(fonts, recipe.printed, recipe.seed)
        banks.append((printed, recipe.printed_share))
    if recipe.variant.none:
        banks.append((shape_bank(recipe.shapes, recipe.seed), recipe.shape_share))
    return banks


def _joined(mnist: Bank, others: Sequence[Share]) -> Bank:
    bank = mnist
    for other, _ in others:
        bank = bank.joined(other)
    return bank


def fit(
    mnist: Bank,
    others: Sequence[Share],
    recipe: Recipe,
    *,
    device: torch.device,
    checkpoint: Path | None = None,
    resume: Path | None = None,
    stop: int | None = None,
    progress: bool = True,
) -> Network:
    """Train for ``recipe.steps`` steps; return the averaged network, on the CPU, to be evaluated.

    ``stop`` ends earlier, with a checkpoint written, as an interruption would.
    """
    generator = Generator().manual_seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    net = Network(recipe.variant.architecture)
    if recipe.start:
        net.load_state_dict(load_pretrained(recipe.start).state_dict())
    net = net.to(device).train()
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = Network(net.architecture).to(device)
    mean.load_state_dict(net.state_dict())
    optimizer = torch.optim.AdamW(
        net.parameters(),
        recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        fused=device.type != "mps",
    )
    first = 0
    if resume is not None:
        first = restore(resume, recipe, net, mean, optimizer, generator)
    teachers = [load_pretrained(name).to(device) for name in recipe.teachers]
    bank = _joined(mnist, others)
    last = recipe.steps if stop is None else min(stop, recipe.steps)
    loss_mean = error_mean = None

    def make() -> tuple[Batch, Tensor]:
        index = _draw(mnist, others, recipe, generator)
        if recipe.variant.augmentation:
            batch = compose(distort(bank, index, generator), generator)
        else:
            batch = plain(bank, index, generator)
        return batch if recipe.variant.none else without_none(batch), generator.get_state()

    # A thread composes the next batch meanwhile: one, so the order of random numbers is fixed
    with (
        ThreadPoolExecutor(1) as composer,
        tqdm(initial=first, total=recipe.steps, unit="step", disable=not progress) as bar,
    ):
        coming = composer.submit(make)
        for step in range(first, last):
            batch, state = coming.result()
            coming = composer.submit(make)
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate(step)
            loss, error = _step(net, optimizer, batch, recipe, device, teachers)
            keep = min(recipe.averaging, (step + 1) / (step + 10))
            with torch.no_grad():
                for average, weight in zip(mean.parameters(), net.parameters(), strict=True):
                    average.lerp_(weight, 1 - keep)
            if step % 20 == 0:
                loss_mean = _running(loss_mean, float(loss))
                error_mean = _running(error_mean, float(error))
                bar.set_postfix(loss=f"{loss_mean:.4f}", error=f"{error_mean:.2%}", refresh=False)
            bar.update()
            done = step + 1
            if checkpoint is not None and (done % CHECKPOINT_EVERY == 0 or done == last):
                save_checkpoint(checkpoint, done, recipe, net, mean, optimizer, state)
    return mean.cpu().eval()


def finish(net: Network, recipe: Recipe) -> None:
    """Give a trained network the numbers it is saved with, in place.

    Its answer "none" is made less ready: six windows in ten are none in training, so where a digit
    at the edge of its reach ties with none, none would win too often. (Chosen on training digits:
    99.1 instead of 98.8 % of the shifted ones are read, strings as before.) Then all weights are
    rounded to half precision, as the file has them, so that what is measured is what is saved.
    """
    with torch.no_grad():
        if net.architecture.none:
            output = net.get_submodule("output")
            output.bias[NONE_CLASS] += recipe.none_bias  # type: ignore[index,operator]
            if not recipe.variant.none:
                output.weight[NONE_CLASS] = 0.0  # type: ignore[operator]
                output.bias[NONE_CLASS] = NEVER  # type: ignore[operator]
    net.load_state_dict({name: value.half() for name, value in net.state_dict().items()})


def _running(mean: float | None, value: float) -> float:
    return value if mean is None else 0.98 * mean + 0.02 * value


def _draw(mnist: Bank, others: Sequence[Share], recipe: Recipe, generator: Generator) -> Tensor:
    """Numbers of the digits of a batch, in the bank that joins all."""
    counts = [round(recipe.batch * share) for _, share in others]
    parts = [torch.randint(len(mnist.labels), (recipe.batch - sum(counts),), generator=generator)]
    first = len(mnist.labels)
    for (bank, _), count in zip(others, counts, strict=True):
        parts.append(torch.randint(len(bank.labels), (count,), generator=generator) + first)
        first += len(bank.labels)
    return torch.cat(parts)[torch.randperm(recipe.batch, generator=generator)]


def logits(net: Network, strips: Tensor) -> Tensor:
    """Compute (B, W′, classes) of strips (B, 1, 32, W), with max pooling before the activation.

    Both orders give the same maps, since activations are monotonic; this one trains twice as fast.
    """
    layers = net.architecture.layers
    x = net.entered(F.pad(strips, (net.architecture.rim,) * 4))
    postponed = "identity"
    for layer, above in pairwise(layers):
        if not layer.has_weights:
            x = activation(pool(x, layer), postponed)
            postponed = "identity"
        elif above.pooling == "max":
            x, postponed = net.sums(layer, x), layer.activation
        else:
            x = activation(net.sums(layer, x), layer.activation)
    return net.sums(layers[-1], x).squeeze(2).transpose(1, 2)


def _step(
    net: Network,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    recipe: Recipe,
    device: torch.device,
    teachers: Sequence[Network] = (),
) -> tuple[Tensor, Tensor]:
    """One step of descent; the loss and the share missed of the windows with a clear answer."""
    strips = batch.strips.to(device, memory_format=torch.channels_last)
    wanted = batch.targets[..., : net.architecture.classes].to(device)
    weights = batch.weights.to(device)
    if teachers:
        count = alone(len(strips))
        said = taught(wanted[:count], strips[:count], teachers, recipe.teaching)
        wanted = torch.cat([said, wanted[count:]])
    with torch.autocast(device.type, torch.bfloat16, enabled=recipe.bfloat16):
        scores = logits(net, strips)
    if net.architecture.none and not recipe.variant.none:
        scores[..., NONE_CLASS] = NEVER
    log_probs = F.log_softmax(scores.float(), 2)
    loss = -((wanted * log_probs).sum(2) * weights).mean()
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    missed = scores.argmax(2) != wanted.argmax(2)
    clear = (weights == 1) & (wanted.amax(2) > 0.9)
    return loss.detach(), missed[clear].float().mean()


def taught(wanted: Tensor, strips: Tensor, teachers: Sequence[Network], share: float) -> Tensor:
    """Mix the targets (B, W′, classes) of windows with a digit with the mean probabilities of
    teachers, a ``share`` of them; those of none stay as they are.

    Only digits that stand alone are taught so: where digits overlap, the teachers miss many.

    What is learned of digits is kept while none is learned anew (Hinton, Vinyals, Dean, "Distilling
    the knowledge in a neural network", 2015; Li, Hoiem, "Learning without forgetting", 2016).
    """
    with torch.no_grad():
        seen = torch.stack([logits(one, strips).softmax(2) for one in teachers]).mean(0)
    has_digit = (wanted[..., NONE_CLASS] < 0.9).unsqueeze(2)
    return torch.where(has_digit, wanted.lerp(seen, share), wanted)


def save_weights(
    net: Network, out: Path, recipe: Recipe, figures: dict[str, Any], bank: Bank
) -> None:
    """Write the weights in half precision, with recipe, figures and colour scales as metadata.

    The colour scales are those of strips made of ``bank``. Raises UserError.
    """
    generator = Generator().manual_seed(recipe.seed)
    index = torch.randint(len(bank.labels), (SCALE_STRIPS,), generator=generator)
    strips = compose(distort(bank, index, generator), generator).strips
    scales = net.colour_scales(strips)
    if net.architecture.none and not recipe.variant.none:
        # The class that never wins would stretch the scale of the others
        scales.update({name: min(value, 0.5 * -NEVER) for name, value in scales.items()})
    metadata = {
        "architecture": architecture_to_json(net.architecture),
        "recipe": asdict(recipe),
        "figures": figures,
        "scales": scales,
    }
    store({name: value.numpy() for name, value in net.state_dict().items()}, metadata, out)
