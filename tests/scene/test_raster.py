"""Rasterising: exact under whole-pixel shifts, smooth under others, as much ink as pen."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import distances_to

from viz.scene import Group, Noise, Scene, Stroke, Transform, raster, rasterize, rasterize_scene
from viz.scene.digits import number
from viz.scene.exposure import add_noise
from viz.scene.raster import SOFTNESS, Cancelled, cancellable
from viz.scene.recent import Recent

# Pointers and files give points on some grid; finer than any of them is enough
coordinates = st.integers(-20 * 1024, 84 * 1024).map(lambda n: n / 1024)
lines = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=40)
widths = st.floats(0.3, 12)


def tapered(line, width: float) -> Stroke:
    """A stroke whose width varies between half its pen's and one and a half of it."""
    return Stroke(line, width, widths=np.random.default_rng(len(line)).uniform(0.5, 1.5, len(line)))


def wandering(count: int, step: float, height: int, width: int) -> np.ndarray:
    """A polyline (count, 2) that wanders over a canvas, with a jump across it now and then."""
    rng = np.random.default_rng(count)
    return np.cumsum(rng.normal(0, step, (count, 2)), axis=0) % (width, height)


@given(lines, widths, st.booleans(), st.integers(-40, 40), st.integers(-20, 20))
def test_a_whole_pixel_shift_moves_the_very_same_bits(line, width, is_tapered, dx, dy):
    stroke = tapered(line, width) if is_tapered else Stroke(line, width)
    here = rasterize([stroke], 32, 64)
    there = rasterize([stroke.moved(dx, dy)], 32, 64)
    y0, y1 = max(0, dy), min(32, 32 + dy)
    x0, x1 = max(0, dx), min(64, 64 + dx)
    assert np.array_equal(there[y0:y1, x0:x1], here[y0 - dy : y1 - dy, x0 - dx : x1 - dx])


@settings(max_examples=50)  # each of up to 39 passes over the largest canvas
@given(
    lines
    | st.builds(
        wandering, st.integers(2, 40), st.sampled_from([2.0, 60.0]), st.just(128), st.just(512)
    ),
    st.floats(0.3, 30),
)
def test_ink_depends_only_on_the_distance_from_the_polyline(line, width):
    """Every pixel against the definition in plain double precision."""
    image = rasterize([Stroke(line, width)], 128, 512)
    y, x = np.mgrid[0.5:128, 0.5:512]
    distance = distances_to(np.array(line), x, y)
    u = np.clip((width / 2 + SOFTNESS - distance) / (2 * SOFTNESS), 0, 1)
    ink = u * u * (3 - 2 * u) * min(1, width / (2 * SOFTNESS)) ** 0.5
    assert image.shape == (128, 512) and image.dtype == np.float32
    assert np.abs(image - ink).max() < 2e-3


@settings(max_examples=30)
@given(
    st.builds(wandering, st.integers(1, 20), st.sampled_from([0.5, 4.0, 30.0]), st.just(40),
              st.just(90)),
    st.floats(1.0, 12),
)  # fmt: skip
def test_a_stroke_of_varying_width_is_the_discs_along_it(line, width):
    """Every pixel against 400 discs along each segment, in plain double precision."""
    stroke = tapered(line, width)
    y, x = np.mgrid[0.5:40, 0.5:90]
    expected = np.zeros((40, 90))
    places = np.linspace(0, len(line) - 1, 400 * max(1, len(line) - 1) + 1)
    at = [np.interp(places, np.arange(len(line)), column) for column in (*line.T, stroke.widths)]
    nearest = np.full((40, 90), np.inf)
    for px, py, share in zip(*at, strict=True):
        nearest = np.minimum(nearest, np.hypot(x - px, y - py) - width * share / 2)
    u = np.clip((SOFTNESS - nearest) / (2 * SOFTNESS), 0, 1)
    expected = u * u * (3 - 2 * u)
    image = rasterize([stroke], 40, 90)
    thin = min(1.0, (width / (4 * SOFTNESS)) ** 0.5)  # no disc is paler than the thinnest
    assert (image <= expected + 0.02).all()
    assert (image >= expected * thin - 0.02).all()
    if thin == 1:
        assert np.abs(image - expected).max() < 0.02


def test_widths_of_one_are_the_pen_itself_and_others_follow_them():
    line = [(4, 16), (28, 16), (60, 16)]
    plain = rasterize([Stroke(line, 4)], 32, 64)
    assert rasterize([Stroke(line, 4, widths=[1, 1, 1])], 32, 64) == pytest.approx(plain, abs=1e-6)
    image = rasterize([Stroke(line, 4, widths=[0.5, 1, 1.5])], 32, 64)
    for x, width in ((4.5, 2 + 2 * 0.5 / 24), (28, 4), (59.5, 6 - 2 * 0.5 / 32)):
        assert image[:, int(x)].sum() == pytest.approx(width, rel=0.02)
    dot = rasterize([Stroke([(16, 16)], 4, widths=[1.5])], 32, 32)
    assert dot == pytest.approx(rasterize([Stroke([(16, 16)], 6)], 32, 32), abs=1e-6)


@given(lines, widths, st.floats(0, 6.28))
def test_a_small_shift_changes_every_pixel_little(line, width, heading):
    step = 0.02
    stroke = Stroke(line, width)
    moved = stroke.moved(step * np.cos(heading), step * np.sin(heading))
    change = np.abs(rasterize([moved], 32, 64) - rasterize([stroke], 32, 64))
    # The smoothstep's steepest slope is 3/2 over its length 2·SOFTNESS; points lie on a grid
    assert change.max() <= 1.5 / (2 * SOFTNESS) * (step + 2 / 4096) + 1e-4


@pytest.mark.parametrize("width", [1.8, 2.4, 4.0, 8.0])
def test_a_line_has_as_much_ink_as_it_is_wide(width):
    image = rasterize([Stroke([(-20, 16.3), (84, 16.3)], width)], 32, 64)
    assert image[:, 32].sum() == pytest.approx(width, rel=0.01)


def test_a_thinner_pen_gives_less_ink():
    ink = [
        rasterize([Stroke([(4, 16), (28, 16)], w)], 32, 32).sum() for w in (0.05, 0.5, 1, 1.6, 2)
    ]
    assert ink == sorted(ink)
    assert ink[0] > 0


def test_strokes_overlap_as_their_maximum_and_pale_ink_is_paler():
    cross = [Stroke([(4, 16), (28, 16)], 3, 0.25), Stroke([(16, 4), (16, 28)], 3)]
    pale, full = (rasterize([stroke], 32, 32) for stroke in cross)
    assert np.array_equal(rasterize(cross, 32, 32), np.maximum(pale, full))
    same = rasterize([Stroke(cross[0].points, 3)], 32, 32)
    assert np.array_equal(pale, same * np.float32(0.25))


@pytest.mark.parametrize("count", [15, 255, 256, 257, 300, 4095, 4096, 4097, 4400])
@pytest.mark.parametrize("is_tapered", [False, True])
def test_a_long_stroke_that_grows_is_what_it_is_at_once(count, is_tapered, monkeypatch):
    line = wandering(count, 1.5, 128, 512)
    shares = np.random.default_rng(1).uniform(0.5, 1.5, count + 1) if is_tapered else None

    def pulled(line):
        return Stroke(line, widths=None if shares is None else shares[: len(line)])

    for shorter in (count - 1, count // 2):
        rasterize([pulled(line[:shorter])], 128, 512)
    kept = rasterize([pulled(line)], 128, 512)
    for memory in ("_of_strokes", "_of_points"):
        monkeypatch.setattr(raster, memory, Recent(0))
    assert np.array_equal(rasterize([pulled(line)], 128, 512), kept)
    moved = rasterize([pulled(line).moved(1024, 1024).moved(-1023, -1024)], 128, 512)
    assert np.array_equal(moved[:, 1:], kept[:, :-1])
    grown = rasterize([pulled([*line, (256.5, 64.5)])], 128, 512)
    assert (grown >= kept).all()
    assert grown[64, 256] > 0.8


def test_threads_rasterise_the_same_at_the_same_time(monkeypatch):
    scenes = [number(text, width=128) for text in ("31", "47", "28", "905")]
    alone = [rasterize_scene(scene) for scene in scenes]
    for kept in ("_of_strokes", "_of_points"):  # too small: what is kept comes and goes
        monkeypatch.setattr(raster, kept, Recent(20_000))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(rasterize_scene, scenes * 50))
    for image, expected in zip(together, alone * 50, strict=True):
        assert np.array_equal(image, expected)


def test_a_scene_is_given_up_between_strokes():
    scene = number("8888", width=256)
    asked = []
    with cancellable(lambda: bool(asked.append(0))):
        rasterize_scene(scene)
    assert len(asked) >= sum(len(item.strokes) for item in scene.items)
    with pytest.raises(Cancelled), cancellable(lambda: True):
        rasterize_scene(scene)
    assert rasterize_scene(scene).any()  # no longer cancellable


def test_a_long_stroke_is_given_up_within_it():
    """And nothing is kept of it that would be missing when it is wanted again."""
    stroke = Stroke(wandering(3_000, 5, 128, 512))
    answers = iter([False] * 5)
    with pytest.raises(Cancelled), cancellable(lambda: next(answers, True)):
        rasterize([stroke], 128, 512)
    whole = rasterize([stroke], 128, 512)
    assert np.array_equal(whole, rasterize([Stroke(stroke.points)], 128, 512))


def test_far_away_and_enormous_strokes_do_no_harm():
    assert not rasterize([Stroke([(1e9, 1e9), (2e9, 1e9)])], 32, 32).any()
    assert rasterize([Stroke([(-1e8, 16), (1e8, 16)], 2.4)], 32, 32)[16].min() > 0.9
    assert (rasterize([Stroke([(16, 16)], 1e5)], 32, 32) == 1).all()
    wandering_pen = Stroke(wandering(9_000, 50, 128, 512), 1e25)
    assert (rasterize([wandering_pen], 128, 512) == 1).all()


def test_the_scene_draws_its_items_through_their_transforms():
    stroke = Stroke([(10, 10), (14, 22)])
    group = Group((stroke,), (0, 0), Transform(dx=3))
    image = rasterize_scene(Scene(32, 64, (group,), Transform(dy=2)))
    assert np.array_equal(image, rasterize([stroke.moved(3, 2)], 32, 64))


def test_noise_is_repeatable_bounded_and_as_strong_as_said():
    image = np.full((128, 512), 0.5, np.float32)
    noisy = add_noise(image, Noise(sigma=0.1, seed=7))
    assert np.array_equal(noisy, add_noise(image, Noise(sigma=0.1, seed=7)))
    assert not np.array_equal(noisy, add_noise(image, Noise(sigma=0.1, seed=8)))
    assert noisy.std() == pytest.approx(0.1, rel=0.02)
    assert noisy.min() >= 0
    assert noisy.max() <= 1
    speckled = add_noise(image, Noise(salt_pepper=0.2, seed=7))
    assert (speckled == 0).mean() == pytest.approx(0.1, abs=0.01)
    assert (speckled == 1).mean() == pytest.approx(0.1, abs=0.01)
    assert (speckled == 0.5).mean() == pytest.approx(0.8, abs=0.01)
    assert add_noise(image, Noise()) is image
