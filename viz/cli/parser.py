"""The command line's grammar: commands, options, help, and the conversion of their values."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from viz import __version__, disk, resources
from viz.chapters.registry import chapter_ids
from viz.cli import commands
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import INPUTS
from viz.nets.experiments import EXPERIMENTS
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
            tr("{text} is not a window size; write it like 1920x1080", text=repr(text))
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
    return _number(text, 1, 4, tr("{text} is not a scale; choose one from 1 to 4"))


def _seconds(text: str) -> float:
    return _number(
        text, 0, sys.float_info.max, tr("{text} is not a time; give seconds, such as 2.5")
    )


def _speed(text: str) -> float:
    return _number(text, 1 / 16, 16, tr("{text} is not a speed; choose one from 1/16 to 16"))


def _hours(text: str) -> float:
    """Hours, more than none and at most a week."""
    return _number(
        text, math.ulp(0), 168, tr("{text} is not a number of hours; give one such as 0.5")
    )


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,9}", text):
        raise argparse.ArgumentTypeError(
            tr("{text} is not a positive whole number", text=repr(text))
        )
    return int(text)


def _rate(text: str) -> int:
    value = _count(text)
    if value > MOST_RATE:
        raise argparse.ArgumentTypeError(
            tr("{text} is more than {most} frames per second", text=repr(text), most=MOST_RATE)
        )
    return value


def _seed(text: str) -> int:
    if not re.fullmatch(r"\d{1,19}", text) or int(text) >= 1 << 63:
        raise argparse.ArgumentTypeError(tr("{text} is no seed, 0 or more", text=repr(text)))
    return int(text)


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|cuda(:\d{1,2})?|mps", text):
        raise argparse.ArgumentTypeError(tr("{text} is not cpu, cuda or mps", text=repr(text)))
    return text


def _name(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError(tr("{text} is no name", text=repr(text)))
    return text


def _typed_file(text: str) -> str:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(tr("{text} is no path of a file", text=repr(text)))
    return text


def _path(text: str) -> Path:
    if disk.is_address(_typed_file(text)):
        raise argparse.ArgumentTypeError(
            tr("{text} is an address, not a file: download it first", text=text)
        )
    return Path(text)


class _Parser(argparse.ArgumentParser):
    """Tells a mistake in one sentence, as every command does, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        raise UserError(
            tr("{message}; see `{program} --help`.", message=message, program=self.prog)
        )


def _file(group: argparse._ActionsContainer, name: str, text: str, **more: Any) -> None:
    """Add an option whose value is a file's path."""
    group.add_argument(name, type=_path, metavar="FILE", help=text, **more)


def make_parser() -> argparse.ArgumentParser:
    """Build the parser; its result has as ``command`` a function of ``viz.cli.commands``."""
    parser = _Parser(
        prog="lenetscope",
        description=tr("See a convolutional network at work: LeNet-5 on a live canvas."),
        epilog=tr(
            "Without a command, the window opens. `lenetscope read --help` explains the "
            "command read."
        ),
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

    def as_json(added: argparse._ActionsContainer) -> None:
        added.add_argument(
            "--json", action="store_true", help=tr("print one JSON object, and nothing else")
        )

    def data(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--data",
            type=_path,
            metavar="DIR",
            help=tr("folder with MNIST's idx files (default: $MNIST_DIR, then the cache)"),
        )
        _file(added, "--strokes", tr("pen trajectories: a UNIPEN text file"))

    def weights(added: argparse.ArgumentParser) -> None:
        _file(
            added,
            "--weights",
            tr(
                "the weights of a network of your own to use: a file that `train` has written, or "
                "a PyTorch state dict of the class in the lecture's notes"
            ),
        )
        added.add_argument(
            "--input",
            choices=tuple(INPUTS),
            help=tr(
                "the input range of that network: 0 … 1, MNIST's mean and deviation, -1 … 1, or "
                "dark on light (default: the one that reads most of the included pen digits)"
            ),
        )

    run = command("run", tr("open the window (the default)"), ["run", "run drawing.scene.json"])
    run.add_argument("file", type=_path, nargs="?", help=tr("a scene file or an image to open"))
    weights(run)

    read = command(
        "read",
        tr("read the digits in images or scene files"),
        [
            "read photo.png",
            "read --json *.scene.json",
            "read --csv photos/*.jpg",
            "read --weights mine.pt photo.png",
        ],
    )
    read.add_argument(
        "files", type=_typed_file, nargs="+", metavar="FILE", help=tr("image or scene file")
    )
    weights(read)
    form = read.add_mutually_exclusive_group()
    as_json(form)
    form.add_argument(
        "--csv",
        action="store_true",
        help=tr("print a table of file, text, confidence of the least certain digit, and error"),
    )

    render = command(
        "render",
        tr(
            "render the window as a PNG, a demonstration as a GIF or MP4, or a lecture as a "
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
        tr("scene file or image to show, with the screen as the file describes it"),
    )
    what.add_argument("--digits", help=tr("digits to show (default: 31)"))
    what.add_argument(
        "--demo", metavar="ID", help=tr("demonstration to show; `lenetscope demos` lists them")
    )
    _file(
        what,
        "--lecture",
        tr(
            "lecture to show: an image for each step and a page with titles and notes (default: "
            "the included lecture)"
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
        help=tr("chapter to show; without --demo, --digits or --scene, its first demonstration"),
    )
    render.add_argument(
        "--instrument",
        type=_name,
        metavar="NAME",
        help=tr(
            "instrument of the chapter to show, by its name, such as residual, or its number, "
            "counted from 1 (default: the instrument of the demonstration)"
        ),
    )
    render.add_argument(
        "--enlarge",
        type=_name,
        metavar="NAME",
        help=tr(
            "what fills the whole stage: canvas, scores, instrument, a layer such as C3, or one of "
            "its maps such as C3:7"
        ),
    )
    render.add_argument(
        "--network", choices=tuple(VARIANTS), help=tr("the network to use (default: max)")
    )
    weights(render)
    render.add_argument(
        "--time",
        type=_seconds,
        metavar="S",
        help=tr(
            "time in the demonstration, in seconds: the moment that an image shows (default: the "
            "middle, or the time in the scene file), or where a film begins (default: 0)"
        ),
    )
    render.add_argument(
        "--rate",
        type=_rate,
        metavar="HZ",
        help=tr("frames per second of a film, 1 to 120 (default: 30; for a GIF 20, at most 50)"),
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
            "width and height of the image in pixels (default: 1920x1080; at least {least}, so "
            "that maps and instruments have room)",
            least="{}x{}".format(*LEAST_SIZE),
        ),
    )
    render.add_argument(
        "--stage",
        action="store_true",
        help=tr("show only canvas, answer, maps and instruments, without menus and controls"),
    )
    render.add_argument(
        "--explain",
        action="store_true",
        help=tr("show the explanation of chapter and instrument in place of the maps, as F2 does"),
    )
    render.add_argument("--theme", choices=("dark", "light"), default="dark")
    render.add_argument(
        "--scale",
        type=_factor,
        default=1.0,
        metavar="S",
        help=tr("projection scale: the factor by which all text is enlarged (default: 1)"),
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
        tr("the file to write: .png, .gif or .mp4; for a lecture the folder, created if missing"),
        required=True,
    )

    demos = command(
        "demos",
        tr("list the demonstrations and the answers of the network in each"),
        ["demos", "demos 31-61 35-53 --json"],
    )
    demos.add_argument(
        "ids", nargs="*", metavar="ID", help=tr("demonstrations to list (default: all)")
    )
    as_json(demos)

    bench = command(
        "bench",
        tr("measure latency, throughput and start-up on this machine"),
        ["bench", "bench --json", "bench --hours 2"],
    )
    as_json(bench)
    bench.add_argument(
        "--hours",
        type=_hours,
        metavar="H",
        help=tr("hours for which demonstrations are looped to watch memory (default: 30 s)"),
    )

    train = command(
        "train",
        tr("train the network from scratch"),
        [
            "train --download --out mine.safetensors",
            "train --data mnist --strokes pendigits-orig.tra.gz --out mine.safetensors",
            "train --start max --strokes pendigits-orig.tra.gz --out mine.safetensors",
            "train --resume mine.ckpt --out mine.safetensors",
        ],
    )
    data(train)
    out = Path("lenet5.safetensors")
    _file(train, "--out", tr("weights file to write (default: {file})", file=out), default=out)
    train.add_argument(
        "--network",
        choices=(*VARIANTS, *EXPERIMENTS),
        metavar="NAME",
        default=MAIN,
        help=tr(
            "which of the included networks: {names}, or a small one of the chapters (default: "
            "max)",
            names=", ".join(VARIANTS),
        ),
    )
    train.add_argument(
        "--seed",
        type=_seed,
        default=1,
        help=tr("random seed: the same seed gives the same weights"),
    )
    train.add_argument("--steps", type=_count, metavar="N", help=tr("number of gradient steps"))
    train.add_argument(
        "--device",
        type=_device,
        metavar="NAME",
        help=tr("cpu, cuda or mps (default: the fastest available)"),
    )
    train.add_argument(
        "--start",
        choices=tuple(VARIANTS),
        help=tr("included network whose weights are trained further (default: random weights)"),
    )
    _file(train, "--resume", tr("checkpoint to continue from"))
    _file(train, "--checkpoint", tr("file for checkpoints (default: beside --out)"))
    train.add_argument(
        "--download", action="store_true", help=tr("download MNIST into the cache first")
    )

    evaluate = command(
        "evaluate",
        tr(
            "print the accuracy table on MNIST's test images and on pen strokes, or how many "
            "pictures of a folder are read wholly right"
        ),
        [
            "evaluate --data mnist",
            "evaluate --strokes pendigits-orig.tra.gz --json",
            "evaluate --pictures photos",
            "evaluate --permutation --json",
            "evaluate --history --json",
        ],
    )
    data(evaluate)
    _file(evaluate, "--weights", tr("weights to test (default: the included ones)"))
    evaluate.add_argument(
        "--pictures",
        type=_path,
        metavar="DIR",
        help=tr(
            "folder of pictures instead, each called KIND-anything__ANSWER, with _ between lines "
            "and nothing behind __ where there is nothing to be read"
        ),
    )
    evaluate.add_argument(
        "--permutation",
        action="store_true",
        help=tr(
            "instead, the errors of three small networks, fully, locally connected and "
            "convolutional, on MNIST's test images as they are and with permuted pixels"
        ),
    )
    evaluate.add_argument(
        "--history",
        action="store_true",
        help=tr(
            "train the five nets of 1989 with 20 seeds instead, and print their counts and scores "
            "(takes minutes)"
        ),
    )
    evaluate.add_argument(
        "--seed", type=_seed, default=1, help=tr("random seed of the test distortions")
    )
    as_json(evaluate)
    return parser
