"""Torch's modes stay where they were set: no generator hands one over to whoever waits for it."""

from __future__ import annotations

import ast
from pathlib import Path

import viz

MODES = ("inference_mode", "no_grad")


def test_nothing_is_yielded_inside_a_mode() -> None:
    """A mode set in a generator would hold outside of it until its next step, or for ever."""
    found = []
    for file in Path(viz.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.With):
                continue
            if any(mode in ast.dump(item) for item in node.items for mode in MODES):
                inner = [n for part in node.body for n in ast.walk(part)]
                found += [
                    (file.name, n.lineno) for n in inner if isinstance(n, ast.Yield | ast.YieldFrom)
                ]
    assert found == []
