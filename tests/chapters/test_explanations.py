"""What F2 tells: of each chapter and each instrument of the registry whole sentences and a formula,
and the present numbers in it."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from lab import Lab, NewLab

from viz.chapters.chapter import Chapter
from viz.chapters.instrument import Instrument
from viz.chapters.registry import chapters
from viz.chapters.unit import Unit
from viz.i18n import number as written
from viz.i18n import percent
from viz.measure.shift_map import kept_share
from viz.model.snapshot import Snapshot
from viz.model.snapshot import Unit as At
from viz.scene import Scene
from viz.scene.digits import number
from viz.scene.shifts import shifted

KINDS = [*{kind.id: kind for one in chapters() for kind in one.instrument_types()}.values()]
EXPLAINED: list[Chapter | type[Instrument]] = [*chapters(), *KINDS]
NAMES = [one.id for one in EXPLAINED]

MARKUP = {"b", "i", "sub", "sup", "br"}

PRIVATE = (
    r"\b(runs|rivals?|surest|turned over|side digits|right class|augmentations?-free|hand of)\b"
)
"""Words that stand for others in the list of ``Words on screen``."""


class Plain(HTMLParser):
    """The text of rich text; ``faults`` are marks that are not closed, or not ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.faults, self._open = "", list[str](), list[str]()
        self.feed(html)
        self.close()
        self.faults += self._open

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in MARKUP or attrs:
            self.faults.append(tag)
        if tag == "br":
            self.text += "\n"
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def plain(html: str) -> str:
    found = Plain(html)
    assert found.faults == []
    return found.text


def sentences(text: str) -> list[str]:
    """What ends with a full stop or a question mark and is followed by a beginning."""
    return re.split(r"(?<=[.?!])\s+(?=[A-Z\[√])", text)


def formula_of(chapter: str, snapshot: Snapshot, window: tuple[int, int]) -> str:
    record = next(one for one in chapters() if one.id == chapter)
    return plain(record.formula(snapshot, window))


def answered(lab: Lab) -> tuple[Snapshot, tuple[int, int]]:
    lab.ask_again()
    snapshot, window = lab.document.snapshot, lab.document.shown_window()
    assert snapshot is not None and window is not None
    return snapshot, window


@pytest.mark.parametrize("one", EXPLAINED, ids=NAMES)
def test_each_has_three_to_six_whole_sentences(one: Chapter | type[Instrument]) -> None:
    text = plain(one.explanation)
    found = sentences(text)
    assert 3 <= len(found) <= 6, found
    for sentence in found:
        assert sentence.endswith((".", "?")), f"no sentence: {sentence}"
        assert len(sentence.split()) >= 4, f"no sentence: {sentence}"
    assert not re.search(r"[{}]|  ", text)
    assert len(text) <= 540, "at most so much is read in a hall"
    assert not re.search(PRIVATE, text)


@pytest.mark.parametrize("chapter", chapters(), ids=lambda one: one.id)
@pytest.mark.parametrize("network", ["max", "notes"])
def test_each_chapter_has_a_formula_with_the_present_numbers(
    chapter: Chapter, network: str, new_lab: NewLab
) -> None:
    lab = new_lab(number("31"))
    lab.document.set_network(network)
    text = plain(chapter.formula(*answered(lab)))
    assert "=" in text and re.search(r"\d", text) and "{" not in text
    lab.document.apply(Scene(32, 32), "clear")
    assert plain(chapter.formula(*answered(lab)))
    snapshot, _ = answered(lab)
    assert plain(chapter.formula(snapshot, (3, 40)))  # of the canvas before, still on the screen


@pytest.mark.parametrize("kind", KINDS, ids=[kind.id for kind in KINDS])
def test_each_instrument_has_a_formula_whatever_it_shows(
    kind: type[Instrument], new_lab: NewLab
) -> None:
    lab = new_lab(number("31"))
    early = kind(lab.context)
    assert plain(early.formula()), "before anything is known"
    view = lab.show(kind.id)
    text = plain(view.formula())
    assert re.search(r"[=≠]", text) and re.search(r"\d", text) and "{" not in text
    assert text != plain(early.formula()) or kind.id == "pooling-toy", "the present numbers"
    for scene in (Scene(32, 32), number("7")):
        lab.go(scene)
        assert plain(view.formula())
    lab.document.set_network("notes")
    lab.settle()
    assert plain(view.formula())


# The numbers


def test_displacement_tells_the_expected_shift_of_the_first_layer_with_a_stride(
    new_lab: NewLab,
) -> None:
    scene = number("3")
    lab = new_lab(scene)
    view = lab.show("displacement")
    assert "expected shift in S2 = input shift / stride\n= 0 px / 2 = 0 units" in plain(
        view.formula()
    )
    lab.go(shifted(scene, 3, 0))
    measured = written(round(view.result.measured.measured["S2"][0], 2))
    assert plain(view.formula()).endswith(f"= 3 px / 2 = 1.5 units, measured {measured}")
    lab.go(shifted(scene, 2, -1))
    assert "= (2, −1) px / 2 = (1, −0.5) units" in plain(view.formula())


def test_residuals_are_those_that_are_measured(new_lab: NewLab) -> None:
    scene = number("3")
    lab = new_lab(scene)
    difference = lab.show("difference")
    lab.go(shifted(scene, 1, 0))
    name = difference.map[0]
    interior = difference.result.measured.layers[name].interior
    assert f"= {written(interior, 3) if interior > 1e-6 else '0'} in the interior of {name}" in (
        plain(difference.formula())
    )
    residual = lab.show("residual")
    lab.go(scene)
    lab.go(shifted(scene, 1, 0))
    value = written(residual.here.interior["S2"], 3)
    assert plain(residual.formula()).endswith(f"= {value} in S2 at dx = 1, dy = 0 px")


def test_the_live_formula_adds_up(new_lab: NewLab) -> None:
    snapshot, window = answered(new_lab(number("3")))
    row, column = window
    logits = snapshot.maps["output pre"][:, row, column].astype(float)
    best = int(logits.argmax())
    total = math.log(np.exp(logits).sum())
    assert formula_of("live", snapshot, window).split("\n")[1] == (
        f"log p({best}) = {written(logits[best], 3)} − {written(total, 3)} = "
        f"{written(logits[best] - total, 3)}, p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
        f"{written(math.exp(logits[best] - total), 3)}"
    )


def test_sizes_and_strides_are_those_of_the_network_and_the_canvas(new_lab: NewLab) -> None:
    found = answered(new_lab(Scene(36, 64)))
    assert formula_of("sliding-window", *found) == (
        "columns = ⌊(64 − 32) / 4⌋ + 1 = 9\nrows = ⌊(36 − 32) / 4⌋ + 1 = 2"
    )
    assert formula_of("pooling", *found).endswith("rows of S2 = ⌊(32 − 2) / 2⌋ + 1 = 16")
    assert formula_of("equivariance", *found).endswith(
        "1 in C1; 0.5 in S2, C3; 0.25 in S4, C5, output"
    )


@pytest.mark.parametrize("network", ["average", "blur", "notes"])
def test_what_the_sizes_say_holds_for_the_other_networks(network: str, new_lab: NewLab) -> None:
    lab = new_lab(Scene(41, 67))
    lab.document.set_network(network)
    found = answered(lab)
    for chapter in ("sliding-window", "pooling"):
        for units, size, stride, sum_ in re.findall(
            r"⌊\((\d+) − (\d+)\) / (\d+)⌋ \+ 1 = (\d+)", formula_of(chapter, *found)
        ):
            assert (int(units) - int(size)) // int(stride) + 1 == int(sum_)


def test_counts_are_what_is_seen(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    histogram = lab.show("histogram")
    assert lab.document.snapshot is not None
    values = lab.document.snapshot.maps["C1"]
    zeros = int((values == 0).sum())
    assert plain(histogram.formula()) == (
        f"silent units of C1 = {zeros:,} / {values.size:,} = {percent(zeros / values.size)}"
    )
    shift_map = lab.show("shift-map")
    share = kept_share(shift_map.result.classes)
    assert plain(shift_map.formula()).endswith(f"= {round(25 * share)} / 25 = {percent(share)}")
    cost = lab.show("cost")
    windows, one, whole, times = re.findall(r"[\d,.]+", plain(cost.formula()).split("\n")[1])
    assert (windows, one) == ("9", "3,522,500")
    assert float(times) == pytest.approx(9 * 3_522_500 / int(whole.replace(",", "")), abs=0.005)


def test_pooling_formulas_follow_the_operator_and_the_drag(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    toy = lab.show("pooling-toy")
    toy.view.signal.move_to(1.0)
    assert plain(toy.formula()) == "y = max xi\n‖P(x′) − P(x)‖ = 0.00, ‖x′ − x‖ = 1.41"
    toy.operator.set(toy=True, size=2, stride=2)  # as the notes have it
    toy.view.signal.set([0, 1, 0, 0, 0, 0, 0, 0])
    toy.view.signal.move_to(1.0)
    assert "‖P(x′) − P(x)‖ = 1.41" in plain(toy.formula())
    toy.operator.set(kind="lp", p=3.0)
    assert plain(toy.formula()).split("\n")[0] == "y = ((1/n) Σ |xi|p)1/p, p = 3"
    maps = lab.show("pooling-maps")
    assert plain(maps.formula()).endswith("rows = ⌊(28 − 2) / 2⌋ + 1 = 14")


def test_log_odds_are_the_sum_less_the_cost(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    reading = lab.show("reading")
    sum_, cost, ahead = (
        float(text.replace("−", "-"))
        for text in re.findall(r"−?\d+\.\d", plain(reading.formula()).split("\n")[1])
    )
    assert sum_ - cost == pytest.approx(ahead, abs=0.11)
    assert plain(reading.formula()).endswith("for 3 in 2 windows")


def test_a_unit_that_is_pinned_is_written_out(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    unit = lab.put(Unit(lab.context))
    assert plain(unit.formula()) == ("parameters of C1 = weights + biases = 500 + 20 = 520")
    lab.document.pin(At("C1", 4, 14, 12))
    lab.settle()
    trace = lab.document.snapshot.trace  # type: ignore[union-attr]
    assert trace is not None
    text = plain(unit.formula())
    assert text.startswith("y = max(0, b + Σ x·w)") and text.endswith(written(trace.activation, 3))
