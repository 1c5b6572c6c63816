"""Scene files made hostile at random: each opens wholly, or is refused with one sentence."""

from __future__ import annotations

import io

import numpy as np
from fuzzing import case, check_sentence, numbers
from hostile_scenes import hostile_scene
from scene_files import IDS

from viz.errors import UserError
from viz.recording import transfer
from viz.scene import rasterize_scene
from viz.session import files

CASES = 500


def check_opened(content: files.Content) -> None:
    """Check that what was opened can be saved and comes back, and can be drawn."""
    session = content.session
    data = files.dumps(session, IDS, content.file, content.checksum).encode()
    again = files.parse(data, IDS)
    checksum = "" if content.file is None else content.checksum  # of that file
    assert again == files.Content(session, content.file, checksum)
    assert files.dumps(again.session, IDS, again.file, again.checksum).encode() == data
    assert transfer.load_any(io.BytesIO(transfer.dumps(session))) == session
    compared = () if session.comparison is None else (session.comparison.scene,)
    for scene in (session.scene, *compared):
        image = rasterize_scene(scene)
        assert image.shape == (scene.height, scene.width)
        assert np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1


def test_a_scene_file_opens_wholly_or_is_refused_with_a_sentence() -> None:
    opened = 0
    for each in numbers(CASES):
        with case(each) as rng:
            try:
                content = files.parse(hostile_scene(rng), IDS)
            except UserError as error:
                check_sentence(error)
                continue
            check_opened(content)
            opened += 1
    assert opened > len(numbers(CASES)) / 10 - 1, "hardly anything was tried but the parser"
