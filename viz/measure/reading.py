"""Reading: the digits on a canvas, decoded from the outputs of all its windows.

One digit answers in one to three neighbouring windows of a row (they lie 4 px apart) and in up to
four rows, and the windows between digits say none. ``read`` finds the rows in which lines of
writing lie, merges each with the rows beside it, and finds the likeliest division of its windows
into none and segments of one to three windows per digit: a hidden semi-Markov model, solved exactly
by dynamic programming (Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77, 1989, § IV.D).
Since what follows a segment does not depend on its class, the best class of every possible segment
is found first, for all at once, and the rest is a recursion of scalars.

A twelfth state, [?], stands for something that is no class in particular; it wins where the
windows see ink at their centre but are divided between classes, as for a 3 drawn through a 5, and
replaces a digit with a strong competing class even in its most confident window.

The constants below were tuned on strings of MNIST's training digits, not on test digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viz.nets.architecture import CLASSES, NONE_CLASS

Floats = NDArray[np.float32]

UNDECIDED = "[?]"

FLOOR = -4.0
"""No window speaks more strongly against a class than this log-probability."""

SEGMENT_COST = np.array([1.2, 1.4, 2.1], np.float32)
"""What a digit costs, in log-probability, that answers in 1, 2 or 3 windows."""

DIP = 6.0
"""What the middle of three windows lacks where it says less for a class than both beside it counts
so many times more: one digit is seen best in the middle, two equal ones side by side are not."""

CLEAR = 0.55
"""Least share among digits (none excluded) in a digit's most confident window; below, it is [?]."""

EDGE = 0.6
"""Discount for a segment at either end of the canvas, since windows beyond might answer too. Twice
this is the cost of a segment of one, so a canvas of one window reads as its likeliest class."""

DOUBT = 0.45
"""The least share among digits (none excluded) that a class needs to be preferred to [?]."""

FOLD = (0.1, 1.0, 0.1)
"""The say of the row above, of a line's own row and of the row below."""

LINE_EVIDENCE = 0.5
"""Windows' worth of digits that a row must hold to be a line of writing."""

LINE_REACH = 3
"""Rows on either side that belong to a line: within 12 px another row answers for the same one."""

SEEN = 2
"""Rows on either side of a line's own in which its digits' most confident windows are sought."""


@dataclass(frozen=True)
class ReadDigit:
    """One digit read: its class, or None for [?]; its place in windows, from the first one
    (a window's centre lies at pixel 16 + 4·position); its probability; its line, from 0.
    """

    digit: int | None
    row: float
    column: float
    confidence: float
    line: int


@dataclass(frozen=True)
class Reading:
    """What a canvas says. ``text``: its digits, [?] where undecided, lines joined by newlines.

    ``winners`` (W′,) int64 and ``probabilities`` (W′,) float32: the likeliest class, 10 = none,
    of each column of windows, taken in the row that is most confident of a digit there.
    ``lines``: how it was read; one line without segments where nothing is.
    """

    text: str
    digits: tuple[ReadDigit, ...]
    winners: NDArray[np.int64]
    probabilities: Floats
    lines: tuple[Line, ...] = ()

    def segment_of(self, window: tuple[int, int]) -> Segment | None:
        """Return the segment that was read from a window (row, column), if one was."""
        row, column = window
        near = [
            (abs(line.row - row), segment)
            for line in self.lines
            if abs(line.row - row) <= SEEN
            for segment in line.segments
            if segment.start <= column < segment.end
        ]
        return min(near, key=lambda found: found[0])[1] if near else None


class Doubt(Enum):
    """The rule that made a segment [?]."""

    SEGMENT = DOUBT
    """On the whole segment no class had this share: windows are divided, or disagree."""
    WINDOW = CLEAR
    """Even in the most confident window no class had more than this share."""


@dataclass(frozen=True)
class Segment:
    """A segment: windows of a line, one to three, ``start`` to before ``end``, read as one digit.

    ``ahead``: the log-odds of that digit against none in all of them, minus the segment's cost.
    ``window`` (row, column) is the digit's most confident one, ``shares`` the digit itself and its
    strongest rival there, each with its probability among digits (none excluded). ``doubt``: the
    rule by which it is [?], None for a digit; with ``Doubt.SEGMENT`` the ``shares`` are the two
    largest on the whole segment, the geometric mean over its windows.
    """

    digit: ReadDigit
    start: int
    end: int
    ahead: float
    window: tuple[int, int]
    shares: tuple[tuple[int, float], tuple[int, float]]
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Evidence:
    """The log-probabilities by which a segment was decided.

    ``terms`` (11, windows): what each of its windows says for each digit and, last, for [?], none
    below ``FLOOR`` but for a middle that ``DIP`` lowers; ``none`` (windows,): for none. ``cost``:
    that of the segment, less ``EDGE`` for each end of the canvas that it touches.
    """

    terms: Floats
    none: Floats
    cost: float

    @property
    def sums(self) -> Floats:
        """(11,): the sum over the windows for each digit and for [?]; the largest decides."""
        return np.asarray(self.terms.sum(1))

    def likeliest(self, count: int) -> list[int]:
        """The states of the largest sums, largest first, but for those that every window excludes;
        10 is [?]."""
        found: list[int] = np.argsort(-self.sums, kind="stable")[:count].tolist()
        return [state for state in found if self.terms[state].max() > FLOOR]


@dataclass(frozen=True)
class Line:
    """How one line was read. ``row``: the row of windows that looks at it straight on, which, with
    a tenth of the rows above and below, was merged into ``segments``."""

    row: int
    segments: tuple[Segment, ...]


def read(log_probs: ArrayLike) -> Reading:
    """Read the log-probabilities of a row (11, W′) or of all windows (11, H′, W′) of a canvas.

    Of a network without "none" there are ten. Values that are no numbers count as "none". Raises
    ValueError for other shapes.
    """
    probs = _probabilities(log_probs)
    something = 1 - probs[NONE_CLASS]
    rows, lines = _lines(something), list[Line]()
    for row in rows:
        scores = _scores(_fold(probs, row))
        if decoded := _decode(*scores):  # else something was seen, but no digit: no line of writing
            lines.append(Line(row, _place(probs, scores[0], decoded, row, len(lines))))
    if not lines:
        lines.append(Line((rows or [int((something**2).sum(1).argmax())])[0], ()))
    return _as_reading(probs, tuple(lines))


def evidence(log_probs: ArrayLike, line: Line, segment: Segment) -> Evidence:
    """Return the log-probabilities that decided a segment of a line, as ``read`` weighed them.

    ``segment.ahead`` is the sum of its state, less that of none, less the cost.
    """
    scores, silence = _scores(_fold(_probabilities(log_probs), line.row))
    own = slice(segment.start, segment.end)
    ends = (segment.start == 0) + (segment.end == len(silence))
    cost = float(SEGMENT_COST[segment.end - segment.start - 1]) - EDGE * ends
    return Evidence(_terms(scores[:, own]), np.array(silence[own], np.float32), cost)


def _probabilities(log_probs: ArrayLike) -> Floats:
    """(11, H′, W′) probabilities of what ``read`` takes; none's are 0 in a network without it."""
    array = np.asarray(log_probs, np.float32)
    if array.ndim == 2:
        array = array[:, None]
    if array.ndim != 3 or array.shape[0] not in (NONE_CLASS, CLASSES) or array.size == 0:
        raise ValueError(f"log-probabilities are (11, W′) or (11, H′, W′), not {array.shape}")
    if len(array) == NONE_CLASS:
        array = np.concatenate([array, np.full_like(array[:1], -np.inf)])
    probs: Floats = np.exp(array)
    if not np.isfinite(probs).all():
        broken = ~np.isfinite(probs).all(0)
        probs[:, broken] = 0
        probs[NONE_CLASS, broken] = 1
    return probs


def _as_reading(probs: Floats, lines: tuple[Line, ...]) -> Reading:
    digits = [segment.digit for line in lines for segment in line.segments]
    texts = [
        "".join(
            UNDECIDED if segment.digit.digit is None else str(segment.digit.digit)
            for segment in line.segments
        )
        for line in lines
    ]
    best = probs[:, (1 - probs[NONE_CLASS]).argmax(0), np.arange(probs.shape[2])]
    text = "\n".join(text for text in texts if text)
    return Reading(text, tuple(digits), best.argmax(0), best.max(0), lines)


def _shares(digits: Floats, state: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """A window's digit ``state`` and the likeliest other of its digits (10,), each with its share
    of their sum."""
    shares = digits / max(float(digits.sum()), 1e-6)
    first, second = _likeliest(shares)
    return (state, float(shares[state])), second if first[0] == state else first


def _shares_throughout(scores: Floats) -> tuple[tuple[int, float], tuple[int, float]]:
    """Return the two likeliest digits of a segment's scores (11, length), each with its share.

    The first share is less than ``DOUBT`` exactly where [?] scores higher."""
    total = _terms(scores).mean(1)
    return _likeliest(np.float32(DOUBT) * np.exp(total[:NONE_CLASS] - total[NONE_CLASS]))


def _likeliest(shares: Floats) -> tuple[tuple[int, float], tuple[int, float]]:
    first, second = np.argsort(-shares, kind="stable")[:2].tolist()
    return (first, float(shares[first])), (second, float(shares[second]))


def _lines(something: Floats) -> list[int]:
    """The rows of windows that look at lines of writing straight on, from the top."""
    if len(something) == 1:
        return [0]
    evidence = (something**2).sum(1)
    smooth = evidence * FOLD[1]
    smooth[1:] += FOLD[0] * evidence[:-1]
    smooth[:-1] += FOLD[2] * evidence[1:]
    rows: list[int] = []
    while smooth.max() > LINE_EVIDENCE:
        row = int(smooth.argmax())
        rows.append(row)
        smooth[max(0, row - LINE_REACH) : row + LINE_REACH + 1] = 0
    return sorted(rows)


def _fold(probs: Floats, row: int) -> Floats:
    """(11, W′): a row's probabilities, with the rows beside it having their say."""
    folded = FOLD[1] * probs[:, row]
    total = FOLD[1]
    for beside, weight in ((row - 1, FOLD[0]), (row + 1, FOLD[2])):
        if 0 <= beside < probs.shape[1]:
            folded = folded + weight * probs[:, beside]
            total += weight
    return np.asarray(folded / np.float32(total))


def _scores(probs: Floats) -> tuple[Floats, list[float]]:
    """What each window of a line's probabilities (11, W′) says for each state, [?] being row 10,
    and for none."""
    states = probs.copy()
    states[NONE_CLASS] = DOUBT * (1 - probs[NONE_CLASS])
    scores = np.maximum(np.log(np.maximum(states, 1e-6)), FLOOR)
    return scores, np.maximum(np.log(np.maximum(probs[NONE_CLASS], 1e-6)), FLOOR).tolist()


def _dip(scores: Floats) -> Floats:
    """(11, W′ − 2): what the middle of each three windows in a row loses by ``DIP``."""
    beside = np.minimum(scores[:, :-2], scores[:, 2:])
    return np.asarray(np.float32(DIP) * np.maximum(beside - scores[:, 1:-1], 0))


def _terms(scores: Floats) -> Floats:
    """What each window of a segment, of its scores (11, length), says in it."""
    terms = scores.copy()
    if scores.shape[1] == len(SEGMENT_COST):
        terms[:, 1:2] -= _dip(scores)
    return terms


def _decode(scores: Floats, silence: list[float]) -> list[tuple[int, int, int, float]]:
    """Return the segments of a line's ``_scores``: state, first window, last window + 1, score.

    The score is the segment's log-odds against none in the same windows.
    """
    width = len(silence)
    best_segments: list[tuple[list[float], list[int]]] = []  # per length: score and state by start
    total = scores
    for length, cost in enumerate(SEGMENT_COST[:width], 1):
        if length > 1:
            total = total[:, :-1] + scores[:, length - 1 :]
        if length == len(SEGMENT_COST):
            total = total - _dip(scores)
        best = total.argmax(0)
        score = total[best, np.arange(best.size)] - cost
        score[0] += EDGE
        score[-1] += EDGE
        best_segments.append((score.tolist(), best.tolist()))

    value = [0.0]
    steps = [0]  # the length of the segment that ends before here, 0 for none
    for end in range(1, width + 1):
        top, chosen = value[end - 1] + silence[end - 1], 0
        for length in range(1, min(len(best_segments), end) + 1):
            reached = value[end - length] + best_segments[length - 1][0][end - length]
            if reached > top:
                top, chosen = reached, length
        value.append(top)
        steps.append(chosen)

    segments: list[tuple[int, int, int, float]] = []
    end = width
    while end > 0:
        length = steps[end]
        if length:
            start = end - length
            ahead = best_segments[length - 1][0][start] - sum(silence[start:end])
            segments.append((best_segments[length - 1][1][start], start, end, ahead))
        end -= length or 1
    return segments[::-1]


def _place(
    probs: Floats, scores: Floats, decoded: list[tuple[int, int, int, float]], row: int, line: int
) -> tuple[Segment, ...]:
    """Return the segments of a line, each with the centre of its evidence and its confidence."""
    top = max(0, row - SEEN)
    near = probs[:, top : row + SEEN + 1]
    weight = 1 - near[NONE_CLASS] + np.float32(1e-6)  # of the windows, by row
    mass = weight.sum(0).tolist()
    moment = (weight * np.arange(top, top + len(weight))[:, None]).sum(0).tolist()
    most_confident = near[:NONE_CLASS].max(1)
    rows = near[:NONE_CLASS].argmax(1)
    clear = most_confident / np.take_along_axis(weight[None], rows[:, None], 1)[:, 0]
    segments = []
    for state, start, end, ahead in decoded:
        total = sum(mass[start:end])
        doubt = Doubt.SEGMENT if state == NONE_CLASS else None
        if doubt:
            state = int(most_confident[:, start:end].max(1).argmax())
        at = start + int(most_confident[state, start:end].argmax())
        if not doubt and clear[state, at] <= CLEAR:
            doubt = Doubt.WINDOW
        digit = ReadDigit(
            digit=None if doubt else state,
            row=sum(moment[start:end]) / total,
            column=sum(mass[k] * k for k in range(start, end)) / total,
            confidence=min(1.0, float(most_confident[state, at])),
            line=line,
        )
        window = top + int(rows[state, at]), at
        shares = (
            _shares_throughout(scores[:, start:end])
            if doubt is Doubt.SEGMENT
            else _shares(probs[:NONE_CLASS, *window], state)
        )
        segments.append(Segment(digit, start, end, ahead, window, shares, doubt))
    return tuple(segments)
