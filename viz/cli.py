"""The command line: run (default), read, render, bench, train, evaluate.

Imports of Qt and torch wait until a command needs them, so that the window is on the screen before
torch is loaded and ``--help`` answers at once. Results go to stdout, everything else to stderr;
with ``--json`` stdout holds one JSON object. Exit codes: 0; 1 for a broken pipe; 2 for a mistake
that the user can mend, told in one sentence; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz import __version__, display
from viz.errors import UserError
from viz.i18n import tr

if TYPE_CHECKING:
    from viz.scene import Scene

SIDES = (640, 16_384)
"""The smallest and the largest side of a rendered window in pixels."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. ``argv`` defaults to the process's arguments."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an odd file name must not break a message
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments)
        sys.stdout.flush()
    except UserError as error:
        print(f"lenetscope: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # What is still buffered has nowhere to go; without this Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _run(arguments: argparse.Namespace) -> int:
    scene = _open(arguments.file) if arguments.file else None
    if obstacle := display.obstacle():
        raise UserError(
            obstacle + " " + tr("Without one, `main.py render --out window.png` draws into a file.")
        )
    from viz import preload

    preload.start()
    from viz import app

    return app.run(scene)


def _read(arguments: argparse.Namespace) -> int:
    scenes = [(file, _open(file)) for file in arguments.files]
    answers = _answers(scenes)
    if arguments.json:
        print(json.dumps({"files": answers}))
        return 0
    for answer in answers:
        print(f"{answer['file']}: {answer['text']}")
        for row in sorted({window["row"] for window in answer["windows"]}):
            cells = [window for window in answer["windows"] if window["row"] == row]
            print("  " + "  ".join(f"{c['class']} {c['probability']:.2f}" for c in cells))
    return 0


def _answers(scenes: Sequence[tuple[Path, Scene]]) -> list[dict[str, Any]]:
    """What ``read --json`` says about each file; the README documents it."""
    import numpy as np
    import torch

    from viz.measure.reading import read
    from viz.nets import load_pretrained
    from viz.scene import rasterize_scene

    net = load_pretrained()
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
                "digits": [
                    {
                        "digit": found.digit,
                        "row": float(found.row),
                        "column": float(found.column),
                        "confidence": float(found.confidence),
                        "line": int(found.line),
                    }
                    for found in reading.digits
                ],
            }
        )
    return answers


def _window(row: int, column: int, scores: list[float]) -> dict[str, Any]:
    """One position of the output: its winning class and all eleven probabilities."""
    best = max(range(len(scores)), key=scores.__getitem__)
    return {
        "row": row,
        "column": column,
        "class": "none" if best == 10 else str(best),
        "probability": scores[best],
        "probabilities": scores,
    }


def _render(arguments: argparse.Namespace) -> int:
    out: Path = arguments.out
    if out.suffix.lower() != ".png":
        raise UserError(tr("{file} must end in .png: that is what render writes.", file=out))
    if not out.absolute().parent.is_dir():
        raise UserError(tr("There is no folder {folder}; make it first.", folder=out.parent))
    if arguments.scene:
        scene = _open(arguments.scene)
    else:
        from viz.scene import digits

        scene = digits.number(arguments.digits)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported, which reads it once
    if missing := display.missing_library("libqoffscreen.so"):
        raise UserError(missing)
    from viz import app

    app.render(scene, out, arguments.size, arguments.theme, arguments.scale)
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    from viz import bench

    figures = bench.measure()
    print(json.dumps(figures) if arguments.json else bench.as_table(figures))
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from viz.nets.training import train

    chosen = {"steps": arguments.steps} if arguments.steps is not None else {}
    train(
        arguments.data,
        arguments.strokes,
        arguments.out,
        seed=arguments.seed,
        device=arguments.device,
        resume=arguments.resume,
        checkpoint=arguments.checkpoint,
        download=arguments.download,
        **chosen,
    )
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from viz.nets.evaluation import evaluate

    result = evaluate(arguments.data, arguments.strokes, arguments.weights, seed=arguments.seed)
    print(json.dumps(result.as_json()) if arguments.json else result.as_table())
    return 0


def _open(file: Path) -> Scene:
    """The scene of a scene file, or an image placed on a canvas that fits it."""
    from viz.scene import Scene, files, images

    if file.suffix.lower() == ".json":
        return files.load(file)
    return images.place(Scene(32, 32), images.read_image(file))


def _size(text: str) -> tuple[int, int]:
    """``1920x1080`` → (1920, 1080), width and height in pixels."""
    match = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", text.strip())
    sides = tuple(map(int, match.groups())) if match else ()
    if len(sides) != 2 or not all(SIDES[0] // 2 <= side <= SIDES[1] for side in sides):
        raise argparse.ArgumentTypeError(
            tr("{text} is no window size such as 1920x1080", text=repr(text))
        )
    return sides


def _factor(text: str) -> float:
    """A projection scale from 1 to 4."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 4:
        raise argparse.ArgumentTypeError(tr("{text} is no scale from 1 to 4", text=repr(text)))
    return value


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,9}", text):
        raise argparse.ArgumentTypeError(tr("{text} is no positive number", text=repr(text)))
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lenetscope",
        description=tr("See a convolutional network at work: LeNet-5 on a live canvas."),
        epilog=tr("Without a command the window opens. `lenetscope read --help` explains read."),
    )
    parser.add_argument("--version", action="version", version=f"lenetscope {__version__}")
    parser.set_defaults(command=_run, file=None)
    commands = parser.add_subparsers(title=tr("commands"), metavar="COMMAND")

    def command(name: str, text: str, examples: Sequence[str]) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=text,
            description=text,
            epilog="\n".join([tr("examples:"), *(f"  lenetscope {line}" for line in examples)]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(command=globals()[f"_{name}"])
        return added

    def as_json(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--json", action="store_true", help=tr("print one JSON object, and nothing else")
        )

    def data(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--data",
            type=Path,
            metavar="DIR",
            help=tr("folder with MNIST's idx files (default: $MNIST_DIR, then the cache)"),
        )
        added.add_argument(
            "--strokes", type=Path, metavar="FILE", help=tr("pen trajectories, a UNIPEN text file")
        )

    run = command("run", tr("open the window (the default)"), ["run", "run drawing.scene.json"])
    run.add_argument("file", type=Path, nargs="?", help=tr("a scene file or an image to open"))

    read = command(
        "read",
        tr("read digits off images or scene files"),
        ["read photo.png", "read --json *.scene.json"],
    )
    read.add_argument("files", type=Path, nargs="+", metavar="FILE", help=tr("image or scene file"))
    as_json(read)

    render = command(
        "render",
        tr("draw the window into a PNG file; needs no display"),
        [
            "render --digits 31 --out window.png",
            "render --scene drawing.scene.json --size 1920x1080 --theme light --out window.png",
        ],
    )
    what = render.add_mutually_exclusive_group()
    what.add_argument("--scene", type=Path, metavar="FILE", help=tr("scene file or image to show"))
    what.add_argument("--digits", default="31", help=tr("digits to show (default: 31)"))
    render.add_argument(
        "--size",
        type=_size,
        default=(1920, 1080),
        metavar="WxH",
        help=tr("width and height of the window in pixels (default: 1920x1080)"),
    )
    render.add_argument("--theme", choices=("dark", "light"), default="dark")
    render.add_argument(
        "--scale",
        type=_factor,
        default=1.0,
        metavar="S",
        help=tr("projection scale, how much larger all text is (default: 1)"),
    )
    render.add_argument(
        "--out", type=Path, required=True, metavar="FILE.png", help=tr("the file to write")
    )

    bench = command(
        "bench", tr("measure latency, throughput and start-up here"), ["bench", "bench --json"]
    )
    as_json(bench)

    train = command(
        "train",
        tr("train the network anew"),
        [
            "train --download --out mine.safetensors",
            "train --data mnist --strokes pendigits-orig.tra.gz --out mine.safetensors",
            "train --resume mine.ckpt --out mine.safetensors",
        ],
    )
    data(train)
    train.add_argument(
        "--out",
        type=Path,
        default=Path("lenet5.safetensors"),
        metavar="FILE",
        help=tr("weights file to write (default: lenet5.safetensors)"),
    )
    train.add_argument("--seed", type=int, default=1, help=tr("same seed, same weights"))
    train.add_argument("--steps", type=_count, metavar="N", help=tr("number of gradient steps"))
    train.add_argument("--device", metavar="NAME", help=tr("cpu, cuda or mps (default: the best)"))
    train.add_argument(
        "--resume", type=Path, metavar="FILE", help=tr("checkpoint to continue from")
    )
    train.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help=tr("where checkpoints go (default: beside --out)"),
    )
    train.add_argument(
        "--download", action="store_true", help=tr("fetch MNIST into the cache first")
    )

    evaluate = command(
        "evaluate",
        tr("print the accuracy table on MNIST's test images and on pen strokes"),
        ["evaluate --data mnist", "evaluate --strokes pendigits-orig.tra.gz --json"],
    )
    data(evaluate)
    evaluate.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help=tr("weights to test (default: those that come with the program)"),
    )
    evaluate.add_argument("--seed", type=int, default=1, help=tr("of the random test distortions"))
    as_json(evaluate)
    return parser
