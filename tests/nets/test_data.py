"""MNIST's files: read back as written, refused with one sentence when damaged, hostile or gone."""

import gzip
import hashlib
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from viz.errors import UserError
from viz.nets import data
from viz.nets.data import (
    MissingMnistError,
    download_mnist,
    find_data,
    load_mnist,
    read_bytes,
    read_idx,
)

files = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write_mnist(folder: Path, count: int = 5, *, packed: bool = True, part: str = "train") -> None:
    rng = np.random.default_rng(count)
    for name, array in (
        (f"{part}-images-idx3-ubyte", rng.integers(0, 256, (count, 28, 28))),
        (f"{part}-labels-idx1-ubyte", np.arange(count) % 10),
    ):
        raw = idx(array)
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(raw))
        else:
            (folder / name).write_bytes(raw)


@files
@given(array=arrays.arrays(np.uint8, arrays.array_shapes(max_dims=4, max_side=6)), packed=...)
def test_idx_file_reads_back_as_written(tmp_path, array, packed: bool):
    raw = idx(array)
    file = tmp_path / "x"
    file.write_bytes(gzip.compress(raw) if packed else raw)
    np.testing.assert_array_equal(read_idx(file), array)


@files
@given(cut=st.integers(1, 60), packed=...)
def test_truncated_idx_file_is_refused(tmp_path, cut, packed: bool):
    raw = idx(np.arange(60).reshape(3, 4, 5))
    whole = gzip.compress(raw) if packed else raw
    file = tmp_path / "x"
    file.write_bytes(whole[: len(whole) - cut])
    with pytest.raises(UserError):
        read_idx(file)


@files
@example(raw=struct.pack(">B3I", 3, 2**31, 2**31, 2**31))  # a header that promises far too much
@given(raw=st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_user_errors(tmp_path, raw):
    file = tmp_path / "x"
    for start in (b"", b"\x00\x00\x08", b"\x1f\x8b\x08\x00"):
        file.write_bytes(start + raw)
        try:
            array = read_idx(file)
        except UserError:
            continue
        assert idx(array) == start + raw


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_in_place_of_a_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "t10k-images-idx3-ubyte")
    with pytest.raises(UserError, match="no file"):
        read_bytes(tmp_path / "t10k-images-idx3-ubyte")


def test_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "MAX_BYTES", 1000)
    file = tmp_path / "x.gz"
    file.write_bytes(gzip.compress(bytes(100_000)))
    with pytest.raises(UserError, match="larger"):
        read_bytes(file)


@pytest.mark.parametrize("packed", [True, False])
def test_digits_load_from_packed_and_plain_files(tmp_path, packed):
    write_mnist(tmp_path, 12, packed=packed)
    digits = load_mnist(tmp_path)
    assert digits.images.shape == (12, 28, 28)
    assert digits.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert len(digits) == 12


def test_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(MissingMnistError, match=r"t10k-images.*--download"):
        load_mnist(tmp_path, test=True)


@pytest.mark.parametrize("labels", [np.zeros(4), np.full(5, 10)])
def test_labels_that_do_not_fit_are_refused(tmp_path, labels):
    write_mnist(tmp_path, 5)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    with pytest.raises(UserError, match="do not hold"):
        load_mnist(tmp_path)


def test_folder_is_the_argument_then_the_variable_then_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "named"))
    assert find_data(tmp_path) == tmp_path
    assert find_data() == tmp_path / "named"
    monkeypatch.delenv("MNIST_DIR")
    assert find_data() == data.cache_folder()


class Answer(io.BytesIO):
    headers: dict[str, str] = {}  # noqa: RUF012 - as http.client's answer has it, and never changed


@pytest.fixture
def mirrors(tmp_path, monkeypatch):
    """A network of two mirrors: the first is down, the second serves what the test puts there."""
    source, served = tmp_path / "source", {}
    source.mkdir()
    for part in ("train", "t10k"):
        write_mnist(source, 5, part=part)
    for file in source.iterdir():
        raw = file.read_bytes()
        served[file.name] = raw
        checksum = hashlib.md5(gzip.decompress(raw)).hexdigest()
        monkeypatch.setitem(data.CHECKSUMS, file.stem, checksum)

    def urlopen(url, timeout):
        if url.startswith(data.MIRRORS[0]):
            raise OSError("no route")
        return Answer(served[url.rsplit("/", 1)[1]])

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return served


def test_download_falls_back_to_the_second_mirror_and_loads(tmp_path, mirrors):
    folder = download_mnist(tmp_path / "cache")
    assert sorted(f.name for f in folder.iterdir()) == sorted(mirrors)
    assert len(load_mnist(folder)) == len(load_mnist(folder, test=True)) == 5


def test_download_with_a_wrong_checksum_leaves_nothing_behind(tmp_path, mirrors):
    mirrors["train-images-idx3-ubyte.gz"] = gzip.compress(b"something else")
    with pytest.raises(UserError, match="train-images"):
        download_mnist(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("train-images*"))


def test_download_replaces_a_damaged_file_and_keeps_whole_ones(tmp_path, mirrors):
    folder = download_mnist(tmp_path / "cache")
    whole, damaged = folder / "t10k-labels-idx1-ubyte.gz", folder / "train-labels-idx1-ubyte.gz"
    damaged.write_bytes(b"\x1f\x8b broken")
    kept = whole.stat().st_mtime_ns
    download_mnist(folder)
    assert load_mnist(folder).labels.tolist() == [0, 1, 2, 3, 4]
    assert whole.stat().st_mtime_ns == kept
