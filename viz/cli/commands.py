"""The commands: run, read, render, demos, bench, train, evaluate.

Each takes its parsed arguments and returns the text for stdout, or an exit code. Imports of Qt and
torch wait until a command needs them, so that the window is on the screen before torch is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz import display
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.variants import MAIN

if TYPE_CHECKING:
    from viz.cli.renderer import Look
    from viz.nets.networks import TrainedNetwork
    from viz.scene import Scene
    from viz.session.lecture import Lecture
    from viz.session.session import Session

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
    is_image = opened is not None and arguments.file.suffix.lower() not in (".json", ".zip")
    path = None if is_image else arguments.file
    return app.run(opened, path, _weights(arguments), welcome=True)


def _opened(file: Path) -> Session | Scene | Lecture:
    """What a file holds, a lecture by its name. Raises UserError if it cannot be opened."""
    from viz.chapters.registry import known_ids
    from viz.cli import render_options
    from viz.session import lecture_files

    if lecture_files.is_lecture(file):
        return lecture_files.load(file, known_ids())
    return render_options.opened(file)


def read(arguments: argparse.Namespace) -> str:
    """Read every file in one pass each; nothing is printed if one of them cannot be opened."""
    scenes = [(file, _open(file)) for file in arguments.files]
    _check_input(arguments)
    network = _weights(arguments)
    if network is not None:
        from viz.nets.opening import sentence

        print(sentence(network), file=sys.stderr)
    answers = _answers(scenes, network)
    if arguments.json:
        result: dict[str, Any] = {"files": answers}
        if network is not None:
            result["weights"] = _about(network)
        return json.dumps(result, allow_nan=False)
    lines = []
    for answer in answers:
        lines.append(f"{answer['file']}: {answer['text']}")
        for row in sorted({window["row"] for window in answer["windows"]}):
            cells = [window for window in answer["windows"] if window["row"] == row]
            lines.append("  " + "  ".join(f"{c['class']} {c['probability']:.2f}" for c in cells))
    return "\n".join(lines)


def _check_input(arguments: argparse.Namespace) -> None:
    """Raise UserError for --input without --weights: ours have their own."""
    if arguments.input is not None and arguments.weights is None:
        raise UserError(tr("--input says what --weights were trained to see; name these, too."))


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


def _answers(
    scenes: Sequence[tuple[Path, Scene]], network: TrainedNetwork | None
) -> list[dict[str, Any]]:
    """What ``read --json`` says about each file; the README documents it."""
    import numpy as np
    import torch

    from viz.measure.reading import read
    from viz.nets import load_pretrained
    from viz.scene import rasterize_scene

    net = load_pretrained(MAIN if network is None else network.name)
    answers = []
    for file, scene in scenes:
        image = torch.from_numpy(rasterize_scene(scene))
        with torch.inference_mode():
            log_probs = net(image[None, None])["output"][0].numpy()
        reading = read(log_probs)
        scores = np.exp(log_probs.astype(np.float64))
        answers.append(
            {
                "file": str(file),
                "text": reading.text,
                "size": [scene.height, scene.width],
                "windows": [
                    _window(row, column, scores[:, row, column].tolist())
                    for row in range(scores.shape[1])
                    for column in range(scores.shape[2])
                ],
                "digits": [asdict(digit) for digit in reading.digits],
            }
        )
    return answers


def _window(row: int, column: int, scores: list[float]) -> dict[str, Any]:
    """One position of the output: its winning class and the probabilities of all."""
    best = max(range(len(scores)), key=scores.__getitem__)
    return {
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
    from viz import disk
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
    from viz.measure.timeline import timeline
    from viz.nets import load_pretrained

    chosen = tuple(map(by_id, arguments.ids)) or demonstrations()
    net = load_pretrained()
    listed = []
    for demo in chosen:
        spans = timeline(net, demo.scene_at, demo.duration)
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
            "  " + tr("proves: {text}", text=demo["proves"]),
            "  " + tr("read, from second: {text}", text=read),
        )
    )


def bench(arguments: argparse.Namespace) -> str:
    """Measure latency, throughput and start-up on this machine."""
    from viz import bench

    figures = bench.measure(3600 * arguments.hours if arguments.hours else bench.ENDURANCE_S)
    return json.dumps(figures, allow_nan=False) if arguments.json else bench.as_table(figures)


def train(arguments: argparse.Namespace) -> int:
    """Train the network anew; everything it says is progress."""
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


def evaluate(arguments: argparse.Namespace) -> str:
    """Measure the accuracy table."""
    from viz.measure.evaluation import evaluate
    from viz.nets import load_pretrained
    from viz.nets.opening import open_weights

    name = MAIN if arguments.weights is None else open_weights(arguments.weights).name
    net = load_pretrained(name)
    result = evaluate(net, arguments.data, arguments.strokes, seed=arguments.seed)
    return json.dumps(result.as_json(), allow_nan=False) if arguments.json else result.as_table()


def _open(file: Path) -> Scene:
    """The scene of a scene file, or an image placed on a canvas that fits it."""
    from viz.cli import render_options
    from viz.session.session import Session

    shown = render_options.opened(file)
    return shown.scene if isinstance(shown, Session) else shown
