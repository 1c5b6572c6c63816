"""The memory of the most recently used: what is read stays, what is not goes, bytes are counted."""

from hypothesis import given
from hypothesis import strategies as st

from viz.scene.recent import Recent

PIECE = 10_000
ROOM = 3 * (PIECE + 1_000)  # a value's own objects count some hundred bytes


def test_the_least_recently_used_goes_first():
    kept: Recent[str, int] = Recent(ROOM)
    for number, key in enumerate("abc"):
        kept.put(key, number, PIECE)
    assert kept.get("a") == 0
    kept.put("d", 3, PIECE)
    assert [kept.get(key) for key in "abcd"] == [0, None, 2, 3]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 2 * ROOM)), max_size=40))
def test_no_more_than_its_room_and_always_the_newest_that_fits(puts):
    kept: Recent[str, int] = Recent(ROOM)
    sizes: dict[str, int] = {}
    for key, size in puts:
        kept.put(key, size, size)
        sizes[key] = size
        held = [size for key, size in sizes.items() if kept.get(key) is not None]
        assert sum(held) <= ROOM
        assert (kept.get(key) == size) or size > ROOM - 1_000
