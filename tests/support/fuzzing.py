"""Hostile use at random: a little in every run, a hundred times as much by ``make fuzz``.

Each case has a number and draws from a generator of its own, which the seed and the number decide.
A failure names both: with them in ``FUZZ_SEED`` and ``FUZZ_CASE`` the case runs alone.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

TIMES = int(os.environ.get("FUZZ", "1"))
"""By how much what every run tries is multiplied."""
SEED = int(os.environ.get("FUZZ_SEED", "12"))
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

ALONE = os.environ.get("FUZZ_CASE")
"""The number of the one case that is to run."""


def amount(usual: int, most: int | None = None) -> int:
    """How many are tried, where every run tries ``usual``; never more than ``most``."""
    return min(usual * TIMES, most or usual * TIMES)


def numbers(usual: int) -> range:
    """The numbers of the cases, where every run has ``usual``."""
    return range(amount(usual)) if ALONE is None else range(int(ALONE), int(ALONE) + 1)


@contextmanager
def case(number: int) -> Iterator[random.Random]:
    """Try one case with what is drawn from its generator; what fails says which it was."""
    try:
        yield random.Random(f"{SEED}-{number}")
    except BaseException as error:
        error.add_note(f"FUZZ_SEED={SEED} FUZZ_CASE={number} runs this case alone")
        raise


def check_sentence(error: Exception) -> None:
    """Check that this is one sentence as a user should read it."""
    sentence = str(error)
    assert sentence[:1].isprintable() and sentence.endswith((".", "?")), sentence
    assert len(sentence) < 600 and not _UNFIT.search(sentence), sentence
