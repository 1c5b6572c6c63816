"""Augmentation: batches of strips of canvas with their windows' targets, composed on tensors.

Two stages. ``distort`` turns digits of the bank into patches of their own: scaled, rotated,
squeezed, slanted, bent a little, thinned or thickened. ``compose`` lays up to four patches on a
strip of canvas, four windows wide (alone, in strings that touch or overlap, above one another,
drawn through one another, or none at all) and spoils it with contrast and noise.

The label policy, on which the reading of whole canvases hangs, is ``targets``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from viz.nets.architecture import CLASSES, NONE_CLASS, WINDOW
from viz.nets.bank import BANK_SIDE, Bank

PATCH_SIDE = 46
"""A patch, its outermost rows and columns blank, holds a digit 1.4 times MNIST's size, turned."""

STRIDE = 4
STRIP = 4
"""Windows in a strip: they share most of the convolutions, so four cost less than two apart."""

STRIP_WIDTH = WINDOW + STRIDE * (STRIP - 1)
REACH = STRIDE * (STRIP - 1) // 2
"""How far the first and the last window's centres lie from the strip's."""

SURE_X, LOST_X = 3.5, 5.0
SURE_Y, LOST_Y = 6.5, 9.5
"""A digit up to SURE pixels off the centre is the window's answer; from LOST on it is none."""

TIE, TIE_ALIKE = 2.0, 4.0
"""Two digits whose distances from the centre differ by less share the window; two of one class, by
less than the second: between them some window has to say none, or a 1 beside a 1 is read as one."""

KINDS = ("alone", "string", "stacked", "far", "through", "blank")
"""What ``compose`` makes strips of, in their order in a batch."""

ENDS = (0.32, 0.82, 0.87, 0.91, 0.97)
"""The shares of a batch up to which it does, but for the last."""

INK = 0.2
"""The grey from which a pixel counts as ink in a digit's bounding box."""


@dataclass(frozen=True)
class Patches:
    """Distorted digits: ``images`` (P, 46, 46) in [0, 1], ``labels`` (P,), and ``shift`` (P, 2),
    the sub-pixel (x, y) by which each centre lies off the patch's.
    """

    images: Tensor
    labels: Tensor
    shift: Tensor


@dataclass(frozen=True)
class Batch:
    """``strips`` (B, 1, 32, 44) in [0, 1]; of each strip's four windows the ``targets``
    (B, 4, 11), probabilities, and the ``weights`` (B, 4) in the loss.
    """

    strips: Tensor
    targets: Tensor
    weights: Tensor


def _uniform(generator: Generator, count: int, low: float, high: float) -> Tensor:
    return torch.rand(count, generator=generator).mul_(high - low).add_(low)


def _normal(generator: Generator, count: int, sigma: float) -> Tensor:
    return torch.randn(count, generator=generator).mul_(sigma)


def distort(bank: Bank, index: Tensor, generator: Generator) -> Patches:
    """Distort the digits ``index`` (P,) of the bank, each at random.

    Nearly half are only shaken mildly; of the others each kind of distortion takes its share, over
    the whole range that the program's sliders and the evaluation cover.
    """
    count = len(index)
    images = _stroke_width(bank.images[index].float().div_(255).unsqueeze(1), generator)
    uniform, normal = partial(_uniform, generator, count), partial(_normal, generator, count)
    strong = uniform(0, 1) < 0.55

    def mixed(mild: Tensor, wide: Tensor, share: float) -> Tensor:
        return torch.where(strong & (uniform(0, 1) < share), wide, mild)

    height = bank.heights[index].clamp(min=11)  # a dash is not blown up to a digit's height
    scale = mixed(normal(0.06).exp_(), uniform(0.57, 1.43), 0.35)
    scale = torch.minimum(torch.maximum(scale, 11 / height), 29 / height)
    angle = mixed(normal(7.0), uniform(-42, 42), 0.35).mul_(math.pi / 180)
    angle *= bank.labels[index] != NONE_CLASS  # turned, a lying line would become a 1
    squeeze = mixed(normal(0.06).exp_(), uniform(math.log(0.67), math.log(1.45)).exp_(), 0.3)
    slant = mixed(normal(0.08), uniform(-0.43, 0.43), 0.3)
    # Three squeezes in ten keep the area, the others the height
    scale = torch.where(uniform(0, 1) < 0.3, scale * squeeze.rsqrt(), scale)
    shift = torch.rand(count, 2, generator=generator) - 0.5

    # L = R(angle) · [[scale·squeeze, −slant·scale], [0, scale]] as in viz.scene.Transform
    cos, sin = angle.cos(), angle.sin()
    a, b, d = scale * squeeze, -slant * scale, scale
    linear = torch.stack(
        [
            torch.stack([cos * a, cos * b - sin * d], 1),
            torch.stack([sin * a, sin * b + cos * d], 1),
        ],
        1,
    )
    inverse = torch.linalg.inv(linear)
    origin = -(inverse @ shift.unsqueeze(2)) / (BANK_SIDE / 2)
    theta = torch.cat([inverse * (PATCH_SIDE / BANK_SIDE), origin], 2)
    grid = _elastic(count, generator) + theta[:, None, None, :, 2]
    across = (torch.arange(PATCH_SIDE) + 0.5) * (2 / PATCH_SIDE) - 1
    grid += theta[:, None, None, :, 0] * across[None, None, :, None]
    grid += theta[:, None, None, :, 1] * across[None, :, None, None]
    patches = F.grid_sample(images, grid, align_corners=False).squeeze(1)
    patches[:, (0, -1)] = 0
    patches[:, :, (0, -1)] = 0
    return Patches(patches, bank.labels[index], shift)


def _stroke_width(images: Tensor, generator: Generator) -> Tensor:
    """A ninth thinned by up to 1 px, a fifth thickened by up to 2: (P, 1, S, S) → the same.

    Grey erosion and dilation at twice the resolution, blended with the image for what is between.
    """
    thin, thick = len(images) // 9, len(images) // 5
    if thin == 0:
        return images
    part = F.interpolate(images[: thin + thick], scale_factor=2, mode="bilinear")
    amount = torch.rand(thin + thick, 1, 1, 1, generator=generator)
    first, rest = part[:thin], part[thin:]
    thinned = -F.max_pool2d(-first, 3, 1, 1)
    one = F.max_pool2d(rest, 3, 1, 1)
    two = F.max_pool2d(one, 3, 1, 1)
    thinned = first.lerp(thinned, amount[:thin])
    more = amount[thin:] * 2
    thickened = rest.lerp(one, more.clamp(max=1)).lerp(two, (more - 1).clamp(min=0))
    done = F.avg_pool2d(torch.cat([thinned, thickened]), 2)
    return torch.cat([done, images[thin + thick :]])


def _elastic(count: int, generator: Generator) -> Tensor:
    """A smooth random displacement (P, 46, 46, 2) of the sampling grid, 0 … 1.2 px strong."""
    coarse = torch.randn(count, 6, 6, 2, generator=generator)
    coarse *= torch.rand(count, 1, 1, 1, generator=generator) * (1.2 * 2 / BANK_SIDE)
    # Bicubic interpolation is linear: the images of six unit impulses, as a matrix (46, 6)
    impulses = torch.eye(6).view(1, 6, 6, 1)
    bend = (
        F.interpolate(impulses, (PATCH_SIDE, 1), mode="bicubic", align_corners=True).view(6, -1).T
    )
    wide = bend @ coarse.view(count, 6, 12)
    return bend @ wide.view(count, PATCH_SIDE, 6, 2)


def compose(patches: Patches, generator: Generator) -> Batch:
    """Make a strip for every patch (B = P), which others of the batch keep company.

    In this order: digits alone; strings; digits above one another; digits far off; two digits
    drawn through one another; blanks.
    """
    count = len(patches.labels)
    strings, stacked, far, through = (slice(a, b) for a, b in pairwise(_ends(count)))
    uniform, normal = partial(_uniform, generator, count), partial(_normal, generator, count)

    def whole(low: int, high: int) -> Tensor:
        return torch.randint(low, high + 1, (count,), generator=generator)

    # Slot 0 is the strip's own digit; 1 stands to its left or above it, 2 to its right or below
    # it, 3 to the right of 2
    slots = torch.stack([torch.arange(count), *(whole(0, count - 1) for _ in range(3))], 1)
    shown = torch.zeros(count, 4, dtype=torch.bool)
    shown[: through.stop, 0] = True

    # Half of the digits stand before a window's centre, as MNIST's do, half anywhere
    before = uniform(0, 1) < 0.5
    x = torch.where(before, STRIDE * whole(0, STRIP - 1) - REACH + normal(1.2), uniform(-11, 11))
    y = torch.where(before, normal(1.6), uniform(-8, 8))
    y[strings] = torch.where(uniform(0, 1) < 0.5, normal(1.6), y)[strings]
    y[stacked] = uniform(-16, 16)[stacked]
    u = uniform(-1, 1)
    low_or_high = u.sign() * (10 + 14 * u.abs())
    y[far] = low_or_high[far]
    y[strings] = torch.where(uniform(0, 1) < 0.1, low_or_high, y)[strings]
    offsets = torch.stack([x, y], 1).round_().long().unsqueeze(1).repeat(1, 4, 1)

    left, right = _ink_range(patches.images.amax(1))
    top, bottom = _ink_range(patches.images.amax(2))
    own, first, second, third = slots.unbind(1)
    jitter = torch.where(before, uniform(-1.5, 1.5), uniform(-6, 6)).round_().long()
    kind = uniform(0, 1)
    gap = torch.where(
        kind < 0.55, whole(-6, 0), torch.where(kind < 0.75, whole(0, 7), whole(-6, 14))
    )
    # A string, with gaps between the inks
    lateral = offsets.clone()
    lateral[:, 1, 0] += left[own] - right[first] - 1 - gap.roll(1)
    lateral[:, 2, 0] += right[own] - left[second] + 1 + gap
    lateral[:, 3, 0] = lateral[:, 2, 0] + right[second] - left[third] + 1 + gap.roll(2)
    for slot in (1, 2, 3):
        lateral[:, slot, 1] += jitter.roll(slot)
    offsets[strings] = lateral[strings]
    company = uniform(0, 1)
    shown[strings, 1] = (company < 0.75)[strings]
    shown[strings, 2] = (company > 0.2)[strings]
    shown[strings, 3] = (company > 0.4)[strings]
    # Lines above and below, straight or askew
    aside = torch.where(before, uniform(-3, 3), uniform(-16, 16)).round_().long()
    rows = offsets.clone()
    rows[:, 1, 1] += top[own] - bottom[first] - 1 - gap.abs()
    rows[:, 2, 1] += bottom[own] - top[second] + 1 + gap.roll(1).abs()
    rows[:, 1, 0] += aside
    rows[:, 2, 0] += aside.roll(1)
    offsets[stacked] = rows[stacked]
    shown[stacked, 1] = (company < 0.6)[stacked]
    shown[stacked, 2] = (company > 0.4)[stacked]
    # Two digits at one place
    offsets[through, 1, 0] += whole(-2, 2)[through]
    offsets[through, 1, 1] += whole(-2, 2)[through]
    shown[through, 1] = True

    strips = _lay(patches.images, slots, offsets, shown, uniform(0, 1) < 0.5)
    centres = (offsets + patches.shift[slots]).repeat_interleave(STRIP, 0)
    middles = torch.arange(STRIP) * STRIDE - REACH
    centres[:, :, 0] -= middles.repeat(count).unsqueeze(1)
    labels = patches.labels[slots].repeat_interleave(STRIP, 0)
    classes, weights = targets(centres, labels, shown.repeat_interleave(STRIP, 0))
    return Batch(
        _spoil(strips, generator).unsqueeze(1),
        classes.view(count, STRIP, CLASSES),
        weights.view(count, STRIP),
    )


def _ends(count: int) -> list[int]:
    return [round(count * share) for share in ENDS]


def alone(count: int) -> int:
    """Return how many strips of a batch of ``count``, the first ones, hold one digit alone."""
    return _ends(count)[0]


def kinds(count: int) -> tuple[str, ...]:
    """Name of each strip of a batch what ``compose`` makes it of, one of ``KINDS``."""
    starts, ends = [0, *_ends(count)], [*_ends(count), count]
    parts = zip(KINDS, starts, ends, strict=True)
    return tuple(kind for kind, start, end in parts for _ in range(start, end))


def plain(bank: Bank, index: Tensor, generator: Generator) -> Batch:
    """Make strips without augmentation: each digit of ``index`` (P,) as the bank has it.

    It lies in the middle of one of its strip's windows; one strip in twelve is blank. Windows
    8 px off and more are none; those 4 px off count for nothing, else the net would see shifted
    digits after all.
    """
    count = len(index)
    margin = (PATCH_SIDE - BANK_SIDE) // 2
    images = F.pad(bank.images[index].float().div_(255), (margin,) * 4)
    place = torch.randint(0, STRIP, (count,), generator=generator)
    shown = torch.rand(count, generator=generator) >= 1 / 12
    offsets = torch.zeros(count, 1, 2, dtype=torch.long)
    offsets[:, 0, 0] = STRIDE * place - REACH
    slots = torch.arange(count).unsqueeze(1)
    strips = _lay(images, slots, offsets, shown.unsqueeze(1), torch.zeros(count, dtype=torch.bool))
    away = (torch.arange(STRIP) - place.unsqueeze(1)).abs()
    hit = (away == 0) & shown.unsqueeze(1)
    label = torch.where(hit, bank.labels[index].unsqueeze(1), NONE_CLASS)
    weights = torch.where((away == 1) & shown.unsqueeze(1), 0.0, 1.0)
    return Batch(strips.unsqueeze(1), F.one_hot(label, CLASSES).float(), weights)


def without_none(batch: Batch) -> Batch:
    """Change the targets to those of ten classes: windows count by how much of them is a digit."""
    digits = batch.targets[..., :NONE_CLASS]
    share = digits.sum(2)
    wanted = torch.zeros_like(batch.targets)
    wanted[..., :NONE_CLASS] = digits / share.clamp(min=1e-6).unsqueeze(2)
    return Batch(batch.strips, wanted, batch.weights * share)


def _ink_range(profile: Tensor) -> tuple[Tensor, Tensor]:
    """First and last inked position (P,) of profiles (P, 46), from the patch's middle."""
    inked = (profile > INK).to(torch.int8)
    middle = PATCH_SIDE // 2
    last = PATCH_SIDE - 1 - inked.flip(1).argmax(1)
    return inked.argmax(1) - middle, last - middle


def _lay(images: Tensor, slots: Tensor, offsets: Tensor, shown: Tensor, added: Tensor) -> Tensor:
    """Strips (B, 32, 44) with the shown patches at their offsets (B, K, 2) from the middle.

    Ink overlaps as the maximum, or, where ``added``, as the sum clipped to 1.
    """
    edge = PATCH_SIDE - 1  # blank, as all of a patch's rim is
    columns = torch.arange(STRIP_WIDTH) + (PATCH_SIDE - STRIP_WIDTH) // 2
    rows = torch.arange(WINDOW) + (PATCH_SIDE - WINDOW) // 2
    columns = (columns - offsets[:, :, :1]).clamp_(0, edge)
    rows = (rows - offsets[:, :, 1:]).clamp_(0, edge)
    rows = torch.where(shown.unsqueeze(2), rows, 0)
    flat = (slots.unsqueeze(2) * PATCH_SIDE + rows).mul_(PATCH_SIDE)
    ink = images.reshape(-1).take(flat.unsqueeze(3) + columns.unsqueeze(2))
    return torch.where(added[:, None, None], ink.sum(1).clamp_(max=1), ink.amax(1))


def targets(centres: Tensor, labels: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
    """Decide what each window should say: (B, 11) probabilities, and the loss's weights (B,).

    ``centres`` (B, K, 2): the digits' (x, y) from the window's centre; ``labels``, ``shown``
    (B, K). The nearest digit of the line is the answer as far as SURE, none from LOST on, mixed
    between. Where the second-nearest is about as near (TIE): none, if there is room for a gap
    between them; and half and half, at half the weight, if both lie at one place.
    """
    x, y = centres.abs().unbind(2)
    on_line = shown & (y < LOST_Y)
    presence = ((LOST_X - x) / (LOST_X - SURE_X)).clamp(0, 1)
    presence = presence * ((LOST_Y - y) / (LOST_Y - SURE_Y)).clamp(0, 1) * on_line
    near, order = torch.where(on_line, x, 1e3).sort(1)
    label = labels.gather(1, order[:, :2])
    alike = label[:, 0] == label[:, 1]
    lead = ((near[:, 1] - near[:, 0]) / torch.where(alike, TIE_ALIKE, TIE)).clamp(0, 1)
    share = presence.gather(1, order[:, :2])
    tied = (lead < 1) & (near[:, 0] < 1.75)
    together = tied & (near[:, 1] < 2.6)
    half = torch.where(alike, 1.0, 0.5)
    first = torch.where(together, half, torch.where(tied, 1.0, lead)) * share[:, 0]
    second = torch.where(together, 1 - half, 0.0) * share[:, 1]
    wanted = torch.zeros(len(labels), CLASSES)
    wanted.scatter_add_(1, label, torch.stack([first, second], 1))
    wanted[:, NONE_CLASS] += 1 - first - second  # besides the share of shapes
    weights = torch.where(together, 0.5, torch.where(tied, lead, 1.0))
    return wanted, weights


def _spoil(strips: Tensor, generator: Generator) -> Tensor:
    """Contrast, blur, hard edges and noise, each on its share of the strips, in place."""

    def amount(part: Tensor, low: float, high: float) -> Tensor:
        return torch.rand(len(part), 1, 1, generator=generator).mul_(high - low).add_(low)

    part = strips[0::9]
    blurred = F.avg_pool2d(part.unsqueeze(1), 3, 1, 1, count_include_pad=False).squeeze(1)
    strips[0::9] = part.lerp(blurred, amount(part, 0, 0.8))
    part = strips[1::8]
    strips[1::8] = part.sub(amount(part, 0.3, 0.6)).mul_(amount(part, 1.2, 5)).add_(0.5)
    strips.clamp_(0, 1)
    part = strips[2::7]
    part *= amount(part, 0.4, 1)
    part = strips[3::10]
    part += torch.randn(part.shape, generator=generator).mul_(amount(part, 0, 0.37))
    part = strips[4::13]
    u = torch.rand(part.shape, generator=generator)
    salt = amount(part, 0, 0.065)
    part.masked_fill_(u < salt, 0.0).masked_fill_(u > 1 - salt, 1.0)
    return strips.clamp_(0, 1)
