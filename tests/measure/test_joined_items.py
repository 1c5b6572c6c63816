"""Items joined to parts: all boxes at once give what comparing each pair of them does."""

from hypothesis import given
from hypothesis import strategies as st

from viz.measure.difficulty import DOT_PX, JOINED_PX, joined_items
from viz.scene import Group, Scene, Stroke
from viz.scene.hits import item_bounds


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 20), st.floats(0, 9)), max_size=12))
def test_the_same_items_are_joined_as_pair_by_pair(spots):
    lines = [Stroke([(x, y), (x + side, y + side)], 1.0) for x, y, side in spots]
    scene = Scene(32, 64, tuple(Group.of([line]) for line in lines))
    parts = []
    for index in range(len(scene.items)):
        items, box = [index], item_bounds(scene, index)
        for part in [part for part in parts if apart(part[1], box) < JOINED_PX]:
            parts.remove(part)
            ends = list(zip(part[1], box, strict=True))
            items, box = part[0] + items, (*map(min, ends[:2]), *map(max, ends[2:]))
        parts.append((items, box))
    large = [(sorted(items), box) for items, box in parts
             if max(box[2] - box[0], box[3] - box[1]) >= DOT_PX]  # fmt: skip
    assert [(sorted(items), box) for items, box in joined_items(scene)] == large


def apart(one, other):
    """How far two boxes are apart, along the axis on which that is more."""
    across = max(one[0], other[0]) - min(one[2], other[2])
    return max(across, max(one[1], other[1]) - min(one[3], other[3]))
