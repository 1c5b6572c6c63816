"""Checkpoints: the whole state of a training run in a file, to go on from to the same bits."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Generator, Tensor

from viz import disk
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.network import Network
from viz.nets.recipe import Recipe


def save_checkpoint(
    file: Path,
    step: int,
    recipe: Recipe,
    net: Network,
    mean: Network,
    optimizer: torch.optim.Optimizer,
    state: Tensor,
) -> None:
    """Write the state after ``step`` steps; ``state`` is the generator's before the next batch.

    Raises UserError if the file cannot be written.
    """
    stored = io.BytesIO()
    torch.save(
        {
            "step": step,
            "recipe": asdict(recipe),
            "net": net.state_dict(),
            "mean": mean.state_dict(),
            "optimizer": optimizer.state_dict(),
            "generator": state,
        },
        stored,
    )
    disk.write(stored.getvalue(), file, make_folder=True)


def restore(
    file: Path,
    recipe: Recipe,
    net: Network,
    mean: Network,
    optimizer: torch.optim.Optimizer,
    generator: Generator,
) -> int:
    """Put everything back as the checkpoint has it; return the number of steps done.

    Raises UserError for a damaged file and for one of another recipe.
    """
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        kept = {**state["recipe"], "steps": recipe.steps}
        net.load_state_dict(state["net"])
        mean.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        generator.set_state(state["generator"])
        step = int(state["step"])
    except Exception as error:  # torch.load raises whatever a damaged pickle makes it raise
        raise UserError(
            tr(
                "{file} is damaged or not a checkpoint of LeNetScope; train again without "
                "--resume.",
                file=file,
            )
        ) from error
    if kept != asdict(recipe):
        raise UserError(
            tr(
                "{file} belongs to a run with another seed or recipe; train again without "
                "--resume.",
                file=file,
            )
        )
    return step
