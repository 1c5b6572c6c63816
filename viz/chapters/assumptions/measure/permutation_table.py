"""The table of ``evaluate --permutation``: six small networks on MNIST's test digits, as they are
and permuted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viz.chapters.assumptions.measure.locality import KINDS, NAMES
from viz.nets import load_pretrained
from viz.nets.data import Digits, load_mnist
from viz.nets.experiments import EXPERIMENTS, PERMUTATION, examples
from viz.nets.learning import score

PLAIN, PERMUTED = "plain", "permuted"


@dataclass(frozen=True)
class Row:
    """One network on one kind of test digits: the share that it answers wrongly, 0 … 1."""

    network: str
    kind: str
    parameters: int
    trained: str
    tested: str
    error: float


@dataclass(frozen=True)
class PermutationTable:
    """All rows, over ``samples`` digits each, and the seconds it took."""

    rows: tuple[Row, ...]
    samples: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return for JSON: ``permutation`` (its seed), ``samples``, ``rows``, ``seconds``."""
        rows = [
            {
                "network": row.network, "kind": row.kind, "parameters": row.parameters,
                "trained": row.trained, "tested": row.tested, "error": round(row.error, 5),
            }
            for row in self.rows
        ]  # fmt: skip
        return {
            "permutation": PERMUTATION, "samples": self.samples, "rows": rows,
            "seconds": round(self.seconds, 1),
        }  # fmt: skip

    def as_table(self) -> str:
        """Write the table as text: a line for each network, a column for each kind of digits."""
        errors = {(row.network, row.tested): row.error for row in self.rows}
        width = max(len(row.network) for row in self.rows)
        lines = [f"{'network':<{width}}  parameters  trained on  error, plain  error, permuted"]
        for row in self.rows:
            if row.tested == PLAIN:
                plain, permuted = (errors[row.network, tested] for tested in (PLAIN, PERMUTED))
                lines.append(
                    f"{row.network:<{width}}  {row.parameters:10,}  {row.trained:<10}  "
                    f"{plain:12.2%}  {permuted:15.2%}"
                )
        return "\n".join(lines)


def evaluate(
    data: Path | None, progress: Callable[[Iterable[str]], Iterable[str]] = iter
) -> PermutationTable:
    """Measure the table on MNIST's test digits; ``data`` as for ``load_mnist``.

    Raises UserError where these, or the weights, cannot be read.
    """
    return measure(load_mnist(data, test=True), progress)


def measure(
    digits: Digits, progress: Callable[[Iterable[str]], Iterable[str]] = iter
) -> PermutationTable:
    """Measure the table on digits (N, 28, 28)."""
    began = time.perf_counter()
    tests = {tested: examples(data, digits) for tested, data in EXPERIMENTS[NAMES[0]].tests}
    rows = []
    for name in progress(NAMES):
        net, experiment = load_pretrained(name), EXPERIMENTS[name]
        trained = PLAIN if experiment.data.permutation is None else PERMUTED
        kind = next(kind for kind in KINDS if name.split("-")[1] == kind)
        rows += [
            Row(
                name, kind, experiment.architecture.parameters, trained, tested,
                score(net, shown).error,
            )
            for tested, shown in tests.items()
        ]  # fmt: skip
    return PermutationTable(tuple(rows), len(digits), time.perf_counter() - began)
