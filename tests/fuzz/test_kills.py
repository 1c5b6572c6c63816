"""Killed at a random moment of random use, the program has lost nothing that is older than 2 s."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from fuzzing import SEED, TIMES, amount
from random_user import BEAT_MS, digest

from viz.chapters.registry import known_ids
from viz.model import autosave
from viz.session import files

LOST_S = 2.0
"""So much work may be lost."""

AT_ONCE = 4
LONGEST_S = 5.0 if TIMES == 1 else 12.0
"""How long one is used at most."""
KILLS = amount(4, most=200)
PATIENCE_S = 120.0
PROGRAM = Path(__file__).parents[1] / "support" / "random_user.py"


@dataclass
class Victim:
    """A program in use; everything of its user's lies in ``home``."""

    seed: str
    home: Path
    process: subprocess.Popen[bytes]
    killed: float = 0.0

    @property
    def log(self) -> list[list[str]]:
        """What its user noted; the last line may have been cut off."""
        path = self.home / "log"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [line.split() for line in lines if line.endswith("\n")]

    @property
    def folder(self) -> Path:
        return folder_in(self.home)


def folder_in(home: Path) -> Path:
    return home / "state" / "lenetscope" / "autosave"


def start(seed: str, home: Path) -> Victim:
    home.mkdir(parents=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "ignore"}
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    # The network answers only where there is time for it: torch takes seconds to load
    arguments = [seed, home / "log", home / "a.scene.json", folder_in(home), str(int(TIMES > 1))]
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    with (home / "stderr").open("wb") as said:
        process = subprocess.Popen(command, env=environment, stderr=said)
    return Victim(seed, home, process)


def kill_one_after_another(victims: list[Victim], moments: random.Random) -> None:
    """Kill each at a moment of its own, counted from when it was ready."""
    due = [0.0] * len(victims)
    after = [moments.uniform(0.3, LONGEST_S) for _ in victims]
    deadline = time.monotonic() + PATIENCE_S
    while not all(victim.killed for victim in victims):
        for number, victim in enumerate(victims):
            if victim.killed:
                continue
            said = (victim.home / "stderr").read_text(errors="replace")
            assert victim.process.poll() is None, f"{victim.seed} ended by itself: {said[-2000:]}"
            if not due[number] and any(line[0] == "kept" for line in victim.log):
                due[number] = float(victim.log[0][1]) + after[number]
            if due[number] and time.monotonic() >= due[number]:
                victim.killed = time.monotonic()
                victim.process.send_signal(signal.SIGKILL)
                victim.process.wait()
        assert time.monotonic() < deadline, "they did not become ready in time"
        time.sleep(0.01)


def allowed(victim: Victim) -> float:
    """How many seconds may be lost: so many more as the machine left the program without."""
    beats = [float(line[1]) for line in victim.log if line[0] == "beat"]
    recent = [beat for beat in beats if beat > victim.killed - 3 * LOST_S]
    gaps = (after - before for before, after in pairwise([*recent, victim.killed]))
    return LOST_S + sum(max(0.0, gap - 2 * BEAT_MS / 1000) for gap in gaps)


def recovered(victim: Victim) -> set[str]:
    """What the next starts bring back."""
    found: set[str] = set()
    damaged: list[str] = []
    ids = known_ids()
    while one := autosave.recover(
        lambda data: files.parse(data, ids), victim.folder, damaged.append
    ):
        found.add(digest(one[0].session.scene))
    assert not damaged, damaged
    assert not list(victim.folder.glob("*.part")), "temporary files are left"
    return found


def check(victim: Victim) -> bool:
    """Check that what comes back holds all that was kept at some moment that is recent enough; tell
    whether there was anything to lose at each of them."""
    log, since = victim.log, victim.killed - allowed(victim)
    states = [(float(line[1]), set(line[2:])) for line in log if line[0] == "kept"]
    ends = [*(when for when, _ in states[1:]), victim.killed]
    recent = [kept for (_, kept), end in zip(states, ends, strict=True) if end >= since]
    if states[0][0] >= since:
        recent.append(set())  # it had only just begun
    found = recovered(victim)
    vanished = any(line[0] == "vanished" and float(line[1]) > since for line in log)
    assert vanished or any(kept <= found for kept in recent), (
        f"seed {victim.seed}, killed at {victim.killed}, {len(found)} came back, "
        f"of {[len(kept) for kept in recent]}; see {victim.home}"
    )
    file = victim.home / "a.scene.json"
    if file.exists():
        files.load(file, known_ids())  # the older one or the newer one, whole
    autosave.clear(victim.folder)
    return all(recent) and not vanished


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_kill_at_any_moment_costs_two_seconds_at_most(tmp_path: Path) -> None:
    moments, at_stake = random.Random(SEED), 0
    for first in range(0, KILLS, AT_ONCE):
        numbers = range(first, min(KILLS, first + AT_ONCE))
        victims = [start(f"{SEED}-{number}", tmp_path / str(number)) for number in numbers]
        try:
            kill_one_after_another(victims, moments)
        finally:
            for victim in victims:
                victim.process.kill()
                victim.process.wait()
        for victim in victims:
            at_stake += check(victim)
    assert at_stake >= KILLS / 4, "mostly there was nothing to lose"
