"""Recipes: all that a training run depends on besides its data, and those of the networks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viz.nets.variants import MAIN, VARIANTS, Variant

FURTHER_STEPS = 10_000
FURTHER_RATE = 5e-4
"""Of a network that is trained further from its own weights."""

OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")
LOSSES = ("cross-entropy", "squares", "scaled-squares", "distances")


@dataclass(frozen=True)
class LearningRecipe:
    """All that learning depends on besides architecture and examples; part of the metadata.

    ``rate`` is held for the first half of ``passes`` over the examples and then falls to 0, if it
    ``falls``. ``loss``: the cross-entropy, or half the sum of squares of tanh(logits) − target,
    +1 for the class and −1 for the others, or the same of 1.7159·tanh(⅔ logits), as in 1989, which
    reaches ±1 where it is steep; "distances": the cross-entropy with one more class, whose logit is
    −1, so that a logit that is minus a distance goes to 0 itself, not only above the others (LeCun
    et al. 1998, eq. 9, j = 1). ``frozen``: arrays that are not trained. ``by_fan_in``: in each
    layer the rate is divided by the root of a unit's links, so that all layers learn about equally
    fast (LeCun et al., "Efficient BackProp", 1998, §4.7).
    Raises ValueError for what cannot be.
    """

    optimizer: str = "adam"
    rate: float = 1e-3
    batch: int = 64
    passes: int = 5
    seed: int = 1
    momentum: float = 0.9
    weight_decay: float = 0.0
    loss: str = "cross-entropy"
    falls: bool = True
    frozen: tuple[str, ...] = ()
    by_fan_in: bool = False

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS or self.loss not in LOSSES:
            raise ValueError(f"there is no {self.optimizer!r} with {self.loss!r}")
        if not (self.rate > 0 and self.batch > 0 and self.passes > 0 and self.seed >= 0):
            raise ValueError("rate, batch and passes are positive, the seed is no less than 0")

    def rate_at(self, step: int, steps: int) -> float:
        """Compute the learning rate of a step, 0 … steps − 1."""
        return self.rate * min(1.0, 2 * (1 - step / steps)) if self.falls else self.rate


@dataclass(frozen=True)
class Recipe:
    """All that a training run depends on besides its data; part of the weights' metadata."""

    seed: int = 1
    steps: int = 36_000
    batch: int = 160  # strips of four windows
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warmup: int = 500
    decay_share: float = 0.5  # of the run, in which the learning rate falls to zero
    averaging: float = 0.999
    pen_share: float = 0.37  # of the digits, where there are pen strokes
    pen_copies: int = 12
    printed_share: float = 0.04  # of the digits, where there are fonts
    printed: int = 8_000
    shape_share: float = 0.08  # of what is drawn, shapes that are no digit
    shapes: int = 24_000
    bfloat16: bool = False
    none_bias: float = -1.0  # added to the bias of "none" after training
    network: str = MAIN  # of viz.nets.variants
    start: str = ""  # the shipped network whose weights are started from
    teachers: tuple[str, ...] = ()  # shipped networks whose mean probabilities are learned, too
    teaching: float = 0.5  # their share in the target of a window with a digit

    @property
    def variant(self) -> Variant:
        """Which network, and what it is trained with."""
        return VARIANTS[self.network]

    def rate(self, step: int) -> float:
        """Compute the learning rate of a step, 0 … steps − 1."""
        left = (self.steps - step) / (self.steps * self.decay_share)
        return self.learning_rate * min(1.0, (step + 1) / self.warmup, left)


def recipe_for(
    network: str, seed: int = 1, steps: int | None = None, start: str | None = None
) -> Recipe:
    """Return how each of the shipped networks was trained; ``start`` names another to start from.

    Those with other poolings start from the default model's weights and are fitted to the new
    pooling in a quarter of the steps; the other two start afresh, and so does that of the notes.
    A network that starts from its own weights is trained further, gently, and the main one is then
    taught what it and its relative with average pooling say of digits that stand alone. What starts
    from other weights has its products in bfloat16, which is faster on processors made for it.

    The main weights that ship are from such a run, of seed 7, after 60,000 steps of seed 6 that had
    the full rate of 1.5e-3, falling after three tenths.
    """
    if start == network:
        afresh = recipe_for(network, seed, steps or FURTHER_STEPS)
        teachers = (MAIN, "average") if network == MAIN else ()
        return replace(
            afresh, start=start, learning_rate=FURTHER_RATE, warmup=200, decay_share=1.0,
            bfloat16=True, teachers=teachers,
        )  # fmt: skip
    if start is not None:
        return replace(recipe_for(network, seed, steps), start=start)
    if network == MAIN:
        return Recipe(seed, steps or Recipe.steps)
    if network == "notes":  # small: half precision would cost it a tenth of its accuracy
        return Recipe(
            seed, steps or 20_000, learning_rate=2e-3, weight_decay=0.005,
            none_bias=0.0, network=network,
        )  # fmt: skip
    start = MAIN if network in ("average", "blur") else ""
    none_bias = Recipe.none_bias if VARIANTS[network].none and start else 0.0
    usual = 8_000 if start or not VARIANTS[network].augmentation else 12_000
    return Recipe(
        seed,
        steps or usual,
        bfloat16=bool(start),
        none_bias=none_bias,
        network=network,
        start=start,
    )
