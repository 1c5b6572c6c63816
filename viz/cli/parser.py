"""The command line's grammar: commands, options, help, and the conversion of their values."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from viz import __version__, resources
from viz.chapters.registry import chapter_ids
from viz.cli import commands
from viz.i18n import tr
from viz.nets.architecture import INPUTS
from viz.nets.variants import MAIN, VARIANTS
from viz.window.sizes import LEAST_SIZE

LARGEST = 16_384
"""The longest side of a rendered window in pixels."""
MOST_RATE = 120


def _size(text: str) -> tuple[int, int]:
    """``1920x1080`` → (1920, 1080), width and height in pixels."""
    match = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", text.strip())
    sides = tuple(map(int, match.groups())) if match else ()
    if len(sides) != 2 or min(sides) < 1 or max(sides) > LARGEST:
        raise argparse.ArgumentTypeError(
            tr("{text} is no window size such as 1920x1080", text=repr(text))
        )
    return sides


def _number(text: str, least: float, most: float, complaint: str) -> float:
    """The number in a text; ``complaint``, with a field ``text``, says that none in range is."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(complaint.format(text=repr(text)))
    return value


def _factor(text: str) -> float:
    return _number(text, 1, 4, tr("{text} is no scale from 1 to 4"))


def _seconds(text: str) -> float:
    return _number(text, 0, sys.float_info.max, tr("{text} is no time in seconds"))


def _speed(text: str) -> float:
    return _number(text, 1 / 16, 16, tr("{text} is no speed from 1/16 to 16"))


def _hours(text: str) -> float:
    """Hours, more than none and at most a week."""
    return _number(text, math.ulp(0), 168, tr("{text} is no number of hours"))


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,9}", text):
        raise argparse.ArgumentTypeError(tr("{text} is no positive number", text=repr(text)))
    return int(text)


def _rate(text: str) -> int:
    value = _count(text)
    if value > MOST_RATE:
        raise argparse.ArgumentTypeError(
            tr("{text} is more than {most} frames a second", text=repr(text), most=MOST_RATE)
        )
    return value


def _file(group: argparse._ActionsContainer, name: str, text: str, **more: Any) -> None:
    """Add an option whose value is a file's path."""
    group.add_argument(name, type=Path, metavar="FILE", help=text, **more)


def make_parser() -> argparse.ArgumentParser:
    """Build the parser; its result has as ``command`` a function of ``viz.cli.commands``."""
    parser = argparse.ArgumentParser(
        prog="lenetscope",
        description=tr("See a convolutional network at work: LeNet-5 on a live canvas."),
        epilog=tr("Without a command the window opens. `lenetscope read --help` explains read."),
    )
    parser.add_argument("--version", action="version", version=f"lenetscope {__version__}")
    parser.set_defaults(command=commands.run, file=None, weights=None, input=None)
    subparsers = parser.add_subparsers(title=tr("commands"), metavar="COMMAND")

    def command(name: str, text: str, examples: Sequence[str]) -> argparse.ArgumentParser:
        added = subparsers.add_parser(
            name,
            help=text,
            description=text,
            epilog="\n".join([tr("examples:"), *(f"  lenetscope {line}" for line in examples)]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(command=getattr(commands, name))
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
        _file(added, "--strokes", tr("pen trajectories, a UNIPEN text file"))

    def weights(added: argparse.ArgumentParser) -> None:
        _file(
            added,
            "--weights",
            tr(
                "a network of your own that answers: weights that train has written, or a PyTorch "
                "state dict of the class in the lecture's notes"
            ),
        )
        added.add_argument(
            "--input",
            choices=tuple(INPUTS),
            help=tr(
                "what that network's input is: 0 … 1, MNIST's mean and deviation, -1 … 1, or dark "
                "on light (default: what reads most of the pen digits that ship)"
            ),
        )

    run = command("run", tr("open the window (the default)"), ["run", "run drawing.scene.json"])
    run.add_argument("file", type=Path, nargs="?", help=tr("a scene file or an image to open"))
    weights(run)

    read = command(
        "read",
        tr("read digits off images or scene files"),
        ["read photo.png", "read --json *.scene.json", "read --weights mine.pt photo.png"],
    )
    _file(read, "files", tr("image or scene file"), nargs="+")
    weights(read)
    as_json(read)

    render = command(
        "render",
        tr(
            "draw the window into a PNG, a demonstration into a GIF or MP4, or a lecture into a "
            "handout; needs no display"
        ),
        [
            "render --digits 31 --out window.png",
            "render --scene drawing.scene.json --size 1920x1080 --theme light --out window.png",
            "render --chapter binding --time 2.5 --size 1920x1080 --out moment.png",
            "render --demo 35-53 --stage --rate 60 --out film.mp4",
            "render --lecture mine.lecture.json --stage --theme light --out handout",
        ],
    )
    what = render.add_mutually_exclusive_group()
    _file(
        what,
        "--scene",
        tr("scene file or image to show, with all that the file says of the screen"),
    )
    what.add_argument("--digits", help=tr("digits to show (default: 31)"))
    what.add_argument(
        "--demo", metavar="ID", help=tr("demonstration to show; `lenetscope demos` lists them")
    )
    _file(
        what,
        "--lecture",
        tr(
            "lecture to show, a picture for each step and a page with titles and notes (default: "
            "the one that comes with the program)"
        ),
        nargs="?",
        const=resources.lecture(),
    )
    what.add_argument(  # a session or take, which only the window's Record command can send
        "--stdin", action="store_true", help=argparse.SUPPRESS
    )
    render.add_argument(
        "--chapter",
        choices=chapter_ids(),
        help=tr("chapter to show; without --demo, --digits or --scene its first demonstration"),
    )
    render.add_argument(
        "--instrument",
        metavar="NAME",
        help=tr(
            "the chapter's instrument to show, by its name, such as residual, or its number, "
            "counted from 1 (default: the one that the demonstration is about)"
        ),
    )
    render.add_argument(
        "--enlarge",
        metavar="NAME",
        help=tr(
            "what has the whole stage: canvas, scores, instrument, a layer such as C3, or one map "
            "of it such as C3:7"
        ),
    )
    render.add_argument(
        "--network", choices=tuple(VARIANTS), help=tr("the network that answers (default: max)")
    )
    weights(render)
    render.add_argument(
        "--time",
        type=_seconds,
        metavar="S",
        help=tr(
            "seconds of the demonstration: the moment a picture shows (default: its middle, or "
            "that of the scene file), or where a film begins (default: 0)"
        ),
    )
    render.add_argument(
        "--rate",
        type=_rate,
        metavar="HZ",
        help=tr("frames a second of a film, 1 to 120 (default: 30; a GIF 20, 50 at most)"),
    )
    render.add_argument(
        "--speed",
        type=_speed,
        metavar="X",
        help=tr("how fast a film plays the demonstration, 1/16 to 16 (default: 1)"),
    )
    render.add_argument(
        "--size",
        type=_size,
        default=(1920, 1080),
        metavar="WxH",
        help=tr(
            "width and height of the picture in pixels (default: 1920x1080; {least} at least: in "
            "less, maps and instruments have no room)",
            least="{}x{}".format(*LEAST_SIZE),
        ),
    )
    render.add_argument(
        "--stage",
        action="store_true",
        help=tr("canvas, answer, maps and instruments alone, without menus and controls"),
    )
    render.add_argument(
        "--explain",
        action="store_true",
        help=tr("explain chapter and instrument in the place of the maps, as F2 does"),
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
        "--progress",
        action="store_true",
        help=tr(
            "print “frame 12/480” for every frame of a film, for programs to read; "
            "work in the background"
        ),
    )
    _file(
        render,
        "--out",
        tr("the file to write: .png, .gif or .mp4; of a lecture the folder, made if missing"),
        required=True,
    )

    demos = command(
        "demos",
        tr("list the demonstrations and what the network reads off each"),
        ["demos", "demos 31-61 35-53 --json"],
    )
    demos.add_argument(
        "ids", nargs="*", metavar="ID", help=tr("demonstrations to list (default: all)")
    )
    as_json(demos)

    bench = command(
        "bench",
        tr("measure latency, throughput and start-up here"),
        ["bench", "bench --json", "bench --hours 2"],
    )
    as_json(bench)
    bench.add_argument(
        "--hours",
        type=_hours,
        metavar="H",
        help=tr("how long demonstrations are looped to watch memory (default: 30 s)"),
    )

    train = command(
        "train",
        tr("train the network anew"),
        [
            "train --download --out mine.safetensors",
            "train --data mnist --strokes pendigits-orig.tra.gz --out mine.safetensors",
            "train --start max --steps 8000 --strokes pendigits-orig.tra.gz --out mine.safetensors",
            "train --resume mine.ckpt --out mine.safetensors",
        ],
    )
    data(train)
    out = Path("lenet5.safetensors")
    _file(train, "--out", tr("weights file to write (default: {file})", file=out), default=out)
    train.add_argument(
        "--network",
        choices=tuple(VARIANTS),
        default=MAIN,
        help=tr("which of the shipped networks, by what it does otherwise (default: max)"),
    )
    train.add_argument("--seed", type=int, default=1, help=tr("same seed, same weights"))
    train.add_argument("--steps", type=_count, metavar="N", help=tr("number of gradient steps"))
    train.add_argument("--device", metavar="NAME", help=tr("cpu, cuda or mps (default: the best)"))
    train.add_argument(
        "--start",
        choices=tuple(VARIANTS),
        help=tr("the shipped network whose weights are trained further (default: random weights)"),
    )
    _file(train, "--resume", tr("checkpoint to continue from"))
    _file(train, "--checkpoint", tr("where checkpoints go (default: beside --out)"))
    train.add_argument(
        "--download", action="store_true", help=tr("fetch MNIST into the cache first")
    )

    evaluate = command(
        "evaluate",
        tr("print the accuracy table on MNIST's test images and on pen strokes"),
        ["evaluate --data mnist", "evaluate --strokes pendigits-orig.tra.gz --json"],
    )
    data(evaluate)
    _file(evaluate, "--weights", tr("weights to test (default: those that come with the program)"))
    evaluate.add_argument("--seed", type=int, default=1, help=tr("of the random test distortions"))
    as_json(evaluate)
    return parser
