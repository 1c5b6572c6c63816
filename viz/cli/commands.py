"""The commands: run, read, render, demos, bench, train, evaluate.

Each takes its parsed arguments and returns the text for stdout, or an exit code. Imports of Qt and
torch wait until a command needs them, so that the window is on the screen before torch is loaded.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz import disk, display
from viz.cli import streams
from viz.errors import UserError, plain
from viz.i18n import tr
from viz.nets.experiments import EXPERIMENTS, PAPERS
from viz.nets.variants import MAIN

if TYPE_CHECKING:
    from viz.cli.renderer import Look
    from viz.model.demonstration import Demonstration
    from viz.nets.network import Network
    from viz.nets.networks import TrainedNetwork
    from viz.pictures.placing import Step
    from viz.scene import Scene
    from viz.session.lecture import Lecture
    from viz.session.session import Session
    from viz.window.placed_pictures import Picture

SCALING = (
    "QT_SCALE_FACTOR",
    "QT_SCREEN_SCALE_FACTORS",
    "QT_ENABLE_HIGHDPI_SCALING",
    "QT_USE_PHYSICAL_DPI",
    "QT_FONT_DPI",
)
"""Settings of a screen by which Qt would change the size of a rendered picture or of its text."""


def run(arguments: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""

    opened = _opened(arguments.file) if arguments.file else None
    _check_input(arguments)
    if obstacle := display.obstacle():
        raise UserError(
            obstacle
            + " "
            + tr("Without a display, `main.py render --out window.png` draws into a file.")
        )
    from viz import preload

    preload.start()
    from viz import app

    # Saving writes back to the file, but never overwrites an image that was opened
    path = arguments.file if opened is not None and _can_be_saved(arguments.file) else None
    return app.run(opened, path, _weights(arguments), welcome=True)


def _can_be_saved(file: Path) -> bool:
    """Whether a file that was opened is a scene file or a lecture, by its name and its bytes."""
    from viz.scene import formats

    if file.suffix.lower() == ".json":
        return formats.is_scene(disk.read(file, 1024))
    return file.suffix.lower() == ".zip"


def _opened(file: Path) -> Session | Scene | Lecture | Picture:
    """What a file holds, a lecture by its name. Raises UserError if it cannot be opened."""
    from viz.chapters.registry import known_ids
    from viz.session import files, lecture_files

    if lecture_files.is_lecture(file):
        return lecture_files.load(file, known_ids())
    content = files.content_or_picture(file, known_ids())
    if not isinstance(content, bytes):
        return content.opened
    from viz.pictures import placing  # which imports OpenCV
    from viz.window.placed_pictures import placed

    return placed(placing.opened(content, file.name), file.name)


def read(arguments: argparse.Namespace) -> int:
    """Read every file in one pass each, and answer one after the other as they are read.

    A file that cannot be opened is told, in its place and on stderr, and does not keep the others
    from being read; the exit code is 2 then.
    """
    _check_input(arguments)
    network = _weights(arguments)
    if network is not None:
        from viz.nets.opening import sentence

        print(sentence(network), file=sys.stderr)
    about = {} if network is None else {"weights": _about(network)}
    write: Callable[[dict[str, Any]], None] = _write_text
    if arguments.json:
        write = _JsonList(about)
    elif arguments.csv:
        write = _write_csv
        streams.write(_csv_line("file", "text", "confidence", "error"))
    code = 0
    for file in arguments.files:
        try:
            answer = _answer(file, network)
        except UserError as error:
            answer, code = {"file": file, "error": str(error)}, 2
            text = str(error)
            name = plain(file)
            streams.complain(text if name in text else f"{name}: {text}")
        write(answer)
    if isinstance(write, _JsonList):
        write.end()
    return code


class _JsonList:
    """Writes the one JSON object of ``read --json``, a file at a time."""

    def __init__(self, about: dict[str, Any]) -> None:
        begin = json.dumps(about, allow_nan=False)[:-1]
        streams.write(begin + (", " if about else "") + '"files": [')
        self._separator = ""

    def __call__(self, answer: dict[str, Any]) -> None:
        streams.write(self._separator + json.dumps(answer, allow_nan=False))
        self._separator = ",\n"

    def end(self) -> None:
        streams.write("]}\n")


def _write_text(answer: dict[str, Any]) -> None:
    """A file's answer for people: its text, then what wins in each window, a row a line."""
    if "error" in answer:
        return  # stderr has it
    lines = [f"{plain(answer['file'])}: {answer['text']}"]
    for place in sorted({(window["page"], window["row"]) for window in answer["windows"]}):
        cells = [one for one in answer["windows"] if (one["page"], one["row"]) == place]
        lines.append("  " + "  ".join(f"{c['class']} {c['probability']:.2f}" for c in cells))
    streams.write("\n".join(lines) + "\n")


def _write_csv(answer: dict[str, Any]) -> None:
    sure = answer.get("confidence")
    streams.write(
        _csv_line(
            answer["file"],
            answer.get("text", ""),
            "" if sure is None else f"{sure:.4f}",
            answer.get("error", ""),
        )
    )


def _csv_line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _check_input(arguments: argparse.Namespace) -> None:
    """Raise UserError for --input without --weights: ours have their own."""
    if arguments.input is not None and arguments.weights is None:
        raise UserError(tr("--input describes the network of --weights; add --weights FILE."))


def _weights(arguments: argparse.Namespace) -> TrainedNetwork | None:
    """The network of --weights, made known by its name. Raises UserError if it cannot be used."""
    if arguments.weights is None:
        return None
    from viz.nets.opening import open_weights

    return open_weights(arguments.weights, arguments.input)


def _about(network: TrainedNetwork) -> dict[str, Any]:
    """What ``read --json`` says of weights that were opened."""
    from viz.nets.opening import input_of

    return {
        "file": str(network.file),
        "sha256": network.checksum,
        "input": input_of(network),
        "read": dict(network.metadata.get("read") or {}),
        "classes": network.architecture.classes,
        "window": network.architecture.window,
        "parameters": network.architecture.parameters,
    }


def _answer(name: str, network: TrainedNetwork | None) -> dict[str, Any]:
    """What ``read --json`` says about a file, by its name as typed; the README documents it.

    Raises UserError if it cannot be opened.
    """
    if disk.is_address(name):
        raise UserError(
            tr("{name} is an address, not a file: download it, then name the file.", name=name)
        )
    import numpy as np

    from viz.measure.pictures import read_pages
    from viz.nets import load_pretrained

    net = load_pretrained(MAIN if network is None else network.name)
    pages, overlaps, steps = _pages(Path(name), net)
    answer = read_pages(net, pages, overlaps)
    scores = [np.exp(log_probs.astype(np.float64)) for log_probs in answer.log_probs]
    return {
        "file": name,
        "text": answer.text,
        "confidence": answer.confidence,
        "pages": [[scene.height, scene.width] for scene in pages],
        "windows": [
            _window(page, row, column, probs[:, row, column].tolist())
            for page, probs in enumerate(scores)
            for row in range(probs.shape[1])
            for column in range(probs.shape[2])
        ],
        "digits": [asdict(digit) for digit in answer.digits],
        "steps": [asdict(step) for step in steps],
    }


def _pages(file: Path, net: Network) -> tuple[Sequence[Scene], Sequence[int], Sequence[Step]]:
    """The canvas of a scene file, or those of a picture, as ``read_pages`` takes them, and what was
    done to the picture, drawn as the network reads it most confidently. Raises UserError."""
    from viz.chapters.registry import known_ids
    from viz.session import files

    content = files.content_or_picture(file, known_ids())
    if not isinstance(content, bytes):
        return (content.session.scene,), (0,), ()
    from viz.measure.pictures import chooser_of
    from viz.pictures.placing import read_picture  # which imports OpenCV

    placed = read_picture(content, str(file), chooser_of(net))
    return placed.pages, placed.overlaps, placed.steps


def _window(page: int, row: int, column: int, scores: list[float]) -> dict[str, Any]:
    """One position of a page's output: its winning class and the probabilities of all."""
    best = max(range(len(scores)), key=scores.__getitem__)
    return {
        "page": page,
        "row": row,
        "column": column,
        "class": "none" if best == 10 else str(best),
        "probability": scores[best],
        "probabilities": scores,
    }


def render(arguments: argparse.Namespace) -> int:
    """Draw the real window, on no screen, into a picture or film of exactly the size asked for."""
    from viz.cli import render_options
    from viz.recording.take import Take

    if arguments.lecture is not None:
        return _render_lecture(arguments)
    out: Path = arguments.out
    _end_with_window(out)
    render_options.check_out(out, arguments.size)
    _check_input(arguments)
    network = _weights(arguments)
    shown = render_options.shown(arguments, None if network is None else network.name)
    session = shown.at(0.0) if isinstance(shown, Take) else shown
    times = render_options.times(arguments, shown)
    look = _prepared(arguments)
    from viz.cli.renderer import rendering
    from viz.recording import video

    start, played = render_options.beginning(arguments, session), session.demonstration
    if not times:
        with rendering(start, look) as made:
            made.settle()
            if played is not None and start is not session:
                made.seek(played.time)
            video.write_png(made.frame(), out)
        return 0
    with video.film(out, render_options.rate(arguments)) as film, rendering(start, look) as made:
        made.settle()
        frames = made.follow(shown, times) if isinstance(shown, Take) else made.play(times)
        for frame in render_options.counted(frames, len(times), lines=arguments.progress):
            film.add(frame)
    return 0


def _end_with_window(out: Path) -> None:
    """If a window waits for the film, end when that is killed, and leave nothing."""
    from viz.recording.parent import end_with_parent

    part = disk.part_of(Path(os.path.realpath(out)), os.getpid())

    def clean() -> None:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)

    end_with_parent(clean)


def _prepared(arguments: argparse.Namespace) -> Look:
    """How pictures look; from here on Qt paints on no screen. Raises UserError if it cannot."""
    for name in SCALING:
        os.environ.pop(name, None)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported, which reads it once
    if missing := display.missing_library("libqoffscreen.so"):
        raise UserError(missing)
    from viz.cli.renderer import Look

    if arguments.progress and hasattr(os, "nice"):  # another program waits, and may be live itself
        os.nice(10)
    return Look(arguments.size, arguments.theme, arguments.scale, arguments.stage)


def _render_lecture(arguments: argparse.Namespace) -> int:
    """Draw every step of a lecture, and a page that shows them with titles and notes."""
    from viz.cli import handout, render_options

    lecture, sessions = render_options.lecture(arguments)
    folder = handout.make_folder(arguments.out)
    names = handout.names([step.title for step in lecture.steps])
    look = _prepared(arguments)
    from viz.cli.renderer import picture
    from viz.recording import video

    # A window for each: what a step shows must not depend on the steps before it
    frames = (picture(session, look) for session in sessions)
    counted = render_options.counted(frames, len(sessions), lines=arguments.progress)
    for name, frame in zip(names, counted, strict=True):
        video.write_png(frame, folder / name)
    disk.write(handout.page(lecture, names, look.size), folder / handout.PAGE)
    return 0


def demos(arguments: argparse.Namespace) -> str:
    """List demonstrations, all or those named, with what the network reads off each over time."""
    from viz.chapters.registry import by_id, demonstrations

    chosen = tuple(map(by_id, arguments.ids)) or demonstrations()
    from viz.measure.timeline import timeline
    from viz.nets import load_pretrained

    load = cache(load_pretrained)

    def of_main(demo: Demonstration, time: float) -> Network:
        return load(demo.network_at(time, MAIN))

    listed = []
    for demo in chosen:
        spans = timeline(partial(of_main, demo), demo.scene_at, demo.duration)
        answers = [
            {"from": round(span.begin, 3), "to": round(span.end, 3), "text": span.text}
            for span in spans
        ]
        listed.append(
            {
                "id": demo.id,
                "chapter": demo.chapter,
                "title": demo.title,
                "duration": round(demo.duration, 3),
                "watch": demo.watch,
                "proves": demo.proves,
                "answers": answers,
            }
        )
    if arguments.json:
        return json.dumps({"demonstrations": listed}, allow_nan=False)
    return "\n\n".join(map(_demo_as_text, listed))


def _demo_as_text(demo: dict[str, Any]) -> str:
    """Four lines about a demonstration, as ``demos`` prints them; two decimals, because it is
    looked at every 0.05 s."""
    read = "  ".join(
        f"{answer['from']:.2f} {answer['text'].replace(chr(10), ' / ') or '–'}"
        for answer in demo["answers"]
    )
    return "\n".join(
        (
            f"{demo['id']}  ({demo['chapter']}, {demo['duration']:.1f} s)  {demo['title']}",
            "  " + tr("watch: {text}", text=demo["watch"]),
            "  " + tr("shows: {text}", text=demo["proves"]),
            "  " + tr("answers, each with its time in s: {text}", text=read),
        )
    )


def bench(arguments: argparse.Namespace) -> str:
    """Measure latency, throughput and start-up on this machine."""
    from viz import bench

    figures = bench.measure(3600 * arguments.hours if arguments.hours else bench.ENDURANCE_S)
    return json.dumps(figures, allow_nan=False) if arguments.json else bench.as_table(figures)


def train(arguments: argparse.Namespace) -> int:
    """Train the network anew; everything it says is progress."""
    for out in (arguments.out, arguments.checkpoint):
        if out is not None:
            disk.check_writable(out)
    for file in (arguments.strokes, arguments.resume):
        if file is not None:
            disk.check_file(file)
    if arguments.network in EXPERIMENTS or arguments.network in PAPERS:
        return _train_experiment(arguments)
    from viz.measure.evaluation import evaluate
    from viz.nets.training import train

    train(
        arguments.data,
        arguments.strokes,
        arguments.out,
        lambda net, data, strokes: evaluate(net, data, strokes).as_json(),
        seed=arguments.seed,
        device=arguments.device,
        start=arguments.start,
        resume=arguments.resume,
        checkpoint=arguments.checkpoint,
        download=arguments.download,
        network=arguments.network,
        steps=arguments.steps,
    )
    return 0


def _train_experiment(arguments: argparse.Namespace) -> int:
    """Train one of the small networks, or of a paper, by its own recipe but for the seed."""
    from viz.nets.data import download_mnist
    from viz.nets.experiment_training import train

    given = {
        "--start": arguments.start, "--resume": arguments.resume, "--steps": arguments.steps,
        "--strokes": arguments.strokes, "--checkpoint": arguments.checkpoint,
        "--device": arguments.device,
    }  # fmt: skip
    if foreign := [name for name, value in given.items() if value is not None]:
        raise UserError(
            tr(
                "The network {network} is trained in a minute by a recipe of its own; leave out "
                "{options}.",
                network=arguments.network,
                options=", ".join(foreign),
            )
        )

    folder = download_mnist(arguments.data) if arguments.download else arguments.data
    train(arguments.network, folder, arguments.out, arguments.seed, streams.complain)
    return 0


def evaluate(arguments: argparse.Namespace) -> str:
    """Measure the accuracy table, or one of pictures, permuted pixels or the nets of 1989."""
    from viz.measure.evaluation import evaluate
    from viz.nets import load_pretrained
    from viz.nets.opening import open_weights

    if arguments.permutation:
        return _evaluate_permutation(arguments)
    if arguments.history:
        return _evaluate_history(arguments)
    if arguments.strokes is not None:
        disk.check_file(arguments.strokes)
    if arguments.pictures is not None and (arguments.data or arguments.strokes):
        raise UserError(
            tr("--pictures is a table of its own; leave out --data and --strokes, or it.")
        )
    name = MAIN if arguments.weights is None else open_weights(arguments.weights).name
    net = load_pretrained(name)
    if arguments.pictures is not None:
        from tqdm import tqdm

        from viz.measure.pictures import measure_pictures

        table = measure_pictures(net, arguments.pictures, partial(tqdm, unit="picture"))
        if arguments.json:
            return json.dumps(table.as_json(), allow_nan=False)
        return table.as_table()
    result = evaluate(net, arguments.data, arguments.strokes, seed=arguments.seed)
    return json.dumps(result.as_json(), allow_nan=False) if arguments.json else result.as_table()


def _evaluate_permutation(arguments: argparse.Namespace) -> str:
    """Measure the six networks of locality."""
    from tqdm import tqdm

    from viz.chapters.assumptions.measure.permutation_table import evaluate

    others = (arguments.strokes, arguments.weights, arguments.pictures)
    if arguments.history or any(value is not None for value in others):
        raise UserError(
            tr("--permutation is a table of its own; leave out --strokes, --weights, --pictures "
               "and --history.")
        )  # fmt: skip
    table = evaluate(arguments.data, partial(tqdm, unit="network"))
    return json.dumps(table.as_json(), allow_nan=False) if arguments.json else table.as_table()


def _evaluate_history(arguments: argparse.Namespace) -> str:
    """Run the races of 1989."""
    from tqdm import tqdm

    from viz.measure.race import history

    given = (arguments.data, arguments.strokes, arguments.weights, arguments.pictures)
    if any(value is not None for value in given):
        raise UserError(
            tr("--history has digits and nets of its own; leave out --data, --strokes, --weights "
               "and --pictures.")
        )  # fmt: skip
    found = history(progress=partial(tqdm, unit="race"))
    return json.dumps(found.as_json(), allow_nan=False) if arguments.json else found.as_table()
