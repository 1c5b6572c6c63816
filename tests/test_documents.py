"""README and ARCHITECTURE say what is so: modules, keys, commands, chapters, figures."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest

from viz import bench
from viz.chapters.equivariance.measure.stored_consistency import stored_consistency
from viz.chapters.learning.measure.series import shipped
from viz.chapters.registry import chapters
from viz.cli import parser as cli_parser
from viz.i18n import percent
from viz.measure.race import stored
from viz.model.command import Command
from viz.nets.experiments import EXPERIMENTS
from viz.nets.networks import trained
from viz.nets.papers import links
from viz.nets.variants import VARIANTS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

KEYS = {
    "group": "{} groups",
    "mnist": "{} puts one of MNIST's",
    "pre": "{} switches to pre-activations",
    "projection": "{} enlarges all text",
    "shortcuts": "{} lists every command",
    "play": "{} plays and pauses",
    "previous": "{} and PgDown",
    "next": "{} (clickers) step",
    "step_back": "{} and . go by frames",
    "step_on": "{} do so while presenting",
    "slower": "{} and ] change the speed",
    "faster": "{} change the speed",
    "loop": "{} loops",
    "present": "{} takes the whole screen",
    "freeze": "{} keeps the present state",
    "record": "{} writes the window",
    "edges": "{} switches them off",
    "enlarge": "{} over anything",
    "enlarge_map": "{} one map",
    "explain": "{} explains the chapter",
    "lecture_add": "{} adds the present screen",
    "blank": "{} or . blanks",
    "hide_answer": "{} covers answer",
    "again": "{} plays the present one again",
    "previous_instrument": "{} and Ctrl+PgDown",
    "next_instrument": "{}, or Alt and a number",
}
"""What the README says that the keys of commands do."""


def _table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading of the README, row by row."""
    section = README.split(f"## {heading}\n")[1]
    table = section[section.index("\n| ") :].strip().split("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.split("\n")[2:]]


def test_every_module_has_its_place_in_the_architecture() -> None:
    rooms = ARCHITECTURE.split("## ")[1]
    missing = []
    for module in (ROOT / "viz").rglob("*.py"):
        parts = module.relative_to(ROOT / "viz").parts
        if parts[-1] == "__init__.py" or (parts[0] == "chapters" and len(parts) > 2):
            continue  # of a chapter's folder it says what stands in each
        if len(parts) == 1:
            name = rf"\b{parts[0]}"
        elif parts[0] == "views" and len(parts) == 2:
            name = rf"\b{module.stem}\b"
        else:  # its folder will do
            name = rf"\b{parts[-2]}/"
        if not re.search(name, rooms):
            missing.append(module)
    assert missing == []


def test_every_module_that_the_architecture_names_exists() -> None:
    there = {path.name for path in (*ROOT.glob("*.py"), *ROOT.glob("[vt]*/**/*.py"))}
    assert set(re.findall(r"\b\w+\.py\b", ARCHITECTURE)) <= there


@pytest.mark.parametrize("command", KEYS)
def test_keys_do_what_the_readme_says(command: str, rows: list[Command]) -> None:
    text = " ".join(re.sub(r"[*`]", "", README).split())
    text = text.replace("Page", "Pg").replace("space plays", "Space plays")  # Qt's names of keys
    (row,) = [row for row in rows if row.id == command]
    keys = row.shortcut.split(", ")
    assert any(f" {KEYS[command].format(key)}" in text for key in keys)


def test_no_key_of_the_readme_is_left_unchecked(rows: list[Command]) -> None:
    checked = {key for row in rows if row.id in KEYS for key in row.shortcut.split(", ")}
    text = README.replace("Page", "Pg")
    assert set(re.findall(r"\b(?:Ctrl\+[\w+]+|F\d+)\b", text)) <= checked


def test_the_commands_and_their_options_are_those_of_the_parser(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = cli_parser.make_parser()
    _, commands = parser.format_help().split("\ncommands:\n")
    rows = {row[0].strip("`").split()[0]: row[0] for row in _table("Command line")}
    assert list(rows) == re.findall(r"^    (\w+)", commands, re.MULTILINE)
    for name, row in rows.items():
        with pytest.raises(SystemExit):
            parser.parse_args([name, "--help"])
        positionals, options = _arguments(capsys.readouterr().out)
        assert set(re.findall(r"--[\w-]+", row)) <= set(options)
        assert all(positional.upper() in row for positional in positionals), name


def _arguments(help_: str) -> tuple[list[str], list[str]]:
    """The positional arguments and the long options that a command's help explains."""
    before, options = help_.split("\noptions:\n")
    _, _, positionals = before.partition("\npositional arguments:\n")
    names = re.findall(r"^  (\S+)", positionals, re.MULTILINE)
    return names, re.findall(r"^  .*?(--[\w-]+)", options.split("\n\n")[0], re.MULTILINE)


def test_the_chapters_are_those_of_the_registry() -> None:
    """In the same order; one that is being built need not be written up yet."""
    listed = [(number, title) for number, title, _ in _table("The chapters")]
    titles = [(str(chapter.number), chapter.title) for chapter in chapters()]
    assert listed and listed == titles[: len(listed)]


def test_the_instruments_of_a_chapter_are_those_that_it_has() -> None:
    for chapter, (_, _, text) in zip(chapters(), _table("The chapters"), strict=False):
        titles = [kind.title for kind in chapter.instrument_types()]
        assert re.findall(r"\*([A-Z0-9][\w ?]+)\*", text) == titles, chapter.title


def test_the_figures_of_bench_have_the_readmes_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    live = ("updates_per_s", "gui_block_ms", "rss_mb", "flood", "screen")
    latency = {"p50": 1.0, "p99": 1.0}
    found = {
        "floor": latency,
        "drag": {**dict.fromkeys(live), "latency_ms": latency},
        "turning": {"chapters": {"live": latency}, "turning": {"worst_ms": 1.0}},
        "training": {"chapters": {"live": latency}},
    }

    def part(name: str, *_: object) -> dict[str, Any]:
        return found.get(name, {})

    monkeypatch.setattr(bench, "_part", part)
    monkeypatch.setattr(
        bench, "_starts", lambda _: dict.fromkeys(("window_s", "first_maps_s", "import_torch_s"))
    )
    monkeypatch.setattr(bench, "display_for_bench", lambda: contextlib.nullcontext({}))
    monkeypatch.setattr(bench.psutil, "cpu_percent", lambda _: 0.0)
    named = [key.strip("` ") for first, _ in _table("Bench") for key in first.split(",")]
    assert sorted(named) == sorted(bench.measure())


def _figures(network: str) -> dict[str, dict[str, Any]]:
    """The accuracy table in the metadata of a network's weights, by test."""
    rows = trained(network).metadata["figures"]["rows"]
    return {row["test"]: row for row in rows}


def test_the_accuracy_is_that_of_the_weights() -> None:
    said = [
        [test, percent(row["correct"], 2), percent(row["target"], 1), f"{row['samples']:,}"]
        for test, row in _figures("max").items()
    ]
    assert _table("Accuracy") == said


def test_the_accuracy_of_the_relatives_is_that_of_their_weights() -> None:
    consistency = stored_consistency()
    rows = _table("Training")
    relatives = [name for name, variant in VARIANTS.items() if not variant.paper]
    assert [row[0].removesuffix(" (main)") for row in rows] == relatives
    for name, row in zip(relatives, rows, strict=True):
        figures = _figures(name)
        shares = (
            figures["MNIST test, centred"]["error"],
            figures["shift ±6, ±3 px"]["correct"],
            figures["strings, gaps 0…12 px"]["correct"],
        )
        last = percent(consistency[name], 2) if name in consistency else "–"
        assert row[1:] == [*(percent(share, 2) for share in shares), last]


def test_the_small_networks_have_the_errors_of_the_readme() -> None:
    section = README.split("\n| small network |")[1].split("\n\n")[0]
    said = [line.strip("| ").split(" | ") for line in section.split("\n")[2:]]
    expected = []
    for name in EXPERIMENTS:
        network = trained(name)
        errors = ", ".join(
            f"{test} {error:.2f} %".removeprefix("test ")
            for test, error in network.metadata["figures"].items()
            if test != "training"
        )
        expected.append([name, f"{network.architecture.parameters:,}", errors])
    assert said == expected


def test_the_run_that_ships_has_the_error_of_the_readme() -> None:
    last = shipped().states[-1]
    said = f"takes {last.step} steps over as many digits to a test error of {percent(last.error)}"
    assert said in " ".join(README.split())


def test_the_networks_of_papers_have_the_counts_and_the_errors_of_the_readme() -> None:
    for name, parameters, connections, error, _ in _table("Networks of papers"):
        architecture = VARIANTS[name].architecture
        assert (parameters, connections) == (
            f"{architecture.parameters:,}", f"{links(architecture):,}"
        )  # fmt: skip
        assert error == f"{trained(name).metadata['figures']['test']:.2f} %"


def test_the_race_of_1989_has_the_figures_of_the_readme() -> None:
    rows, kept = _table("The race of 1989"), stored().figures["nets"]
    assert [row[1:3] for row in rows] == [
        [f"{net['parameters']:,}", f"{net['links']:,}"] for net in kept
    ]
    for row, net in zip(rows, kept, strict=True):
        assert row[3:] == [
            f"{net['score_mean']:.1f} %", f"{net['spread']:.1f}", f"{net['published']:.1f} %"
        ]  # fmt: skip


def test_the_python_example_reads_a_1(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out == "1\n"
