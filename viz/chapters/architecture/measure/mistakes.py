"""The lines of a class of LeNet-5, as they are with the mistakes of the notes' one, and mended."""

from __future__ import annotations

from dataclasses import dataclass

BATCH = 8
"""Samples that are run at once."""

LINES: tuple[tuple[str, str, str], ...] = (
    ("", "self.conv1 = nn.Conv2d(1, 20, 5)", ""),
    ("channels", "self.conv2 = nn.Conv2d(20, 20, 5)", "self.conv2 = nn.Conv2d(20, 50, 5)"),
    ("size", "self.fc1 = nn.Linear(50 * 4 * 4, 500)", "self.fc1 = nn.Linear(50 * 5 * 5, 500)"),
    ("classes", "self.fc2 = nn.Linear(500, 10)", "self.fc2 = nn.Linear(500, 11)"),
    ("", "x = F.max_pool2d(F.relu(self.conv1(x)), 2)", ""),
    ("", "x = F.max_pool2d(F.relu(self.conv2(x)), 2)", ""),
    ("view", "x = x.view(-1, 800)", "x = x.flatten(1)"),
    ("argument", "x = F.relu(self.fc1)", "x = F.relu(self.fc1(x))"),
    ("", "return F.log_softmax(self.fc2(x), 1)", ""),
)
"""The mistake that a line has, the line as it is with it, and mended."""

MISTAKES = tuple(name for name, _, _ in LINES if name)


@dataclass(frozen=True)
class Effect:
    """What happens with one mistake, or with none (``mistake`` ""): rows and columns of the output,
    or what torch says (``error``); and what it says of a sample of class 10, where that is none of
    the classes. ``difference`` from the program's network, with every mistake mended."""

    mistake: str
    error: str = ""
    shape: tuple[int, int] = (0, 0)
    target_error: str = ""
    difference: float = 0.0
