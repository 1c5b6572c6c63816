"""What is told of the papers: a time line, and where the lecture's notes say something else."""

from __future__ import annotations

from viz.errors import UserError
from viz.i18n import UNKNOWN, number, tr
from viz.nets.networks import pretrained_path
from viz.nets.weights import read_metadata


def time_line() -> tuple[tuple[str, str, str, str, str], ...]:
    """Return rows: year, who, what, data, test error. Figures are the papers' own."""
    return (
        ("1980", tr("Fukushima"), tr("Neocognitron, local layers"), tr("drawn patterns"), "–"),
        (
            "1986",
            tr("Rumelhart, Hinton, Williams"),
            tr("backpropagation"),
            tr("small patterns"),
            "–",
        ),
        (
            "1989",
            tr("LeCun (report)"),
            tr("five nets: sharing helps"),
            tr("320 digits, 160 to test"),
            "1.6 %",
        ),
        (
            "1989",
            tr("LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel"),
            tr("stride 2, 9,760 parameters"),
            tr("7,291 digits, 2,007 to test"),
            "5.0 %",
        ),
        (
            "1990",
            tr("LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel"),
            tr("averages, 2,578 parameters"),
            tr("9,840 digits, 2,707 to test"),
            "3.4 %",
        ),
        (
            "1998",
            tr("LeCun, Bottou, Bengio, Haffner"),
            tr("LeNet-5, 60,000 parameters"),
            tr("60,000 digits, 10,000 to test"),
            "0.95 %",
        ),
    )


def of_the_program() -> tuple[str, ...]:
    """Return which network of the program each row of the time line is about; "" for none."""
    return "", "", "", "zip-1989", "lenet-1990", "lenet5-1998"


def own_errors() -> tuple[str, ...]:
    """Return for each row of the time line the MNIST test error of the network that ships."""
    return tuple(_own_error(name) if name else UNKNOWN for name in of_the_program())


def _own_error(name: str) -> str:
    try:
        figures = read_metadata(pretrained_path(name))["figures"]
        return f"{number(float(figures['test']), 2)} %"
    except (UserError, KeyError, TypeError, ValueError):
        return UNKNOWN


def sources() -> tuple[str, ...]:
    """Return what each row of the time line rests on, for its tip."""
    return (
        tr("Fukushima, “Neocognitron”, Biological Cybernetics 36: trained layer by layer, without "
           "an error to descend on."),
        tr("Rumelhart, Hinton, Williams, in “Parallel Distributed Processing” 1: T and C are told "
           "apart by local weights that are shared."),
        tr("LeCun, “Generalization and network design strategies”, CRG-TR-89-4, Toronto: digits "
           "drawn with a mouse."),
        tr("LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel, Neural Computation 1: zip "
           "codes of the US mail."),
        tr("LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel, NIPS 2: zip codes and "
           "printed digits."),
        tr("LeCun, Bottou, Bengio, Haffner, Proceedings of the IEEE 86: MNIST; 0.8 % with "
           "distorted digits."),
    )  # fmt: skip


def differences() -> tuple[tuple[str, str, str], ...]:
    """Return where the notes differ from the papers: subject, the notes, the papers."""
    return (
        (tr("sizes, 1990"), "32 → 28 → 14 → 10 → 5 → 1", "28 → 24 → 12 → 8 → 4 → 1"),
        (tr("kernels, 1990"), tr("16, as in LeNet-5"), tr("4; then 20, for 12 maps")),
        (tr("pooling"), tr("average"), tr("average × coefficient + bias")),
        (tr("non-linearity"), tr("a “logistic”"), "1.7159 tanh(⅔ a)"),
        (tr("C3, 1998"), tr("all maps, 2,416 parameters"), tr("60 of 96 pairs, 1,516")),
        (tr("output, 1998"), tr("850 weights and biases"), tr("distances to 10 bitmaps")),
    )
