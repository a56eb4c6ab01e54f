from __future__ import annotations

import gzip
import os
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as npst

from gradus.errors import BadFile, Usage
from gradus.io.idx import read_idx, write_idx

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)


def idx(shape, payload=b"", code=0x08, ndim=None) -> bytes:
    """An IDX file, put together by hand from the format's description."""
    ndim = len(shape) if ndim is None else ndim
    return bytes([0, 0, code, ndim]) + b"".join(struct.pack(">I", size) for size in shape) + payload


GOOD = idx((3, 4, 5), IMAGES.tobytes())


@pytest.fixture
def write(tmp_path):
    def write_file(content: bytes, name="file"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_file


def refusal(path, **options) -> str:
    with pytest.raises(BadFile) as caught:
        read_idx(path, **options)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


# --- accepted --------------------------------------------------------------------------------------------------------


def test_a_file_put_together_by_hand_is_read(write):
    array = read_idx(write(GOOD))
    assert array.dtype == np.uint8 and np.array_equal(array, IMAGES)
    assert array.flags.writeable and array.flags.c_contiguous


@pytest.mark.parametrize(
    ("code", "dtype"), [(0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")]
)
def test_every_type_is_read_in_this_machines_byte_order(write, code, dtype):
    values = np.array([1, 2, 100], dtype)
    array = read_idx(write(idx((3,), values.astype(np.dtype(dtype).newbyteorder(">")).tobytes(), code)))
    assert array.dtype == np.dtype(dtype) and array.dtype.isnative
    assert array.tolist() == [1, 2, 100]


def test_a_dimension_of_zero_gives_an_empty_array(write):
    assert read_idx(write(idx((0, 28, 28)))).shape == (0, 28, 28)


def test_gzip_is_seen_from_the_content_whatever_the_name(write):
    assert np.array_equal(read_idx(write(gzip.compress(GOOD), "images")), IMAGES)
    assert np.array_equal(read_idx(write(GOOD, "images.gz")), IMAGES)


@settings(max_examples=50)
@given(npst.arrays(st.sampled_from(["u1", "i1", "i2", "i4", "f4", "f8"]), npst.array_shapes(max_dims=4)), st.booleans())
def test_what_is_written_is_read_back(tmp_path_factory, array, packed):
    path = tmp_path_factory.mktemp("idx") / ("array.gz" if packed else "array")
    write_idx(path, array)
    back = read_idx(path)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_equal_arrays_give_equal_bytes_also_transposed_and_big_endian(tmp_path):
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    for name, one in enumerate((array, np.asfortranarray(array), array.astype(">i4"))):
        write_idx(tmp_path / f"{name}.gz", one)
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


@pytest.mark.parametrize("array", [np.zeros(3, np.int64), np.zeros(3, bool), np.array(1.0), np.zeros((1,) * 5, "u1")])
def test_what_the_format_lacks_is_not_written(tmp_path, array):
    with pytest.raises(Usage, match="write_idx"):
        write_idx(tmp_path / "file", array)
    assert not list(tmp_path.iterdir())


# --- refused, in the order of the list of adversarial inputs ---------------------------------------------------------


def test_too_short_to_be_idx(write):
    assert "is empty" in refusal(write(b""))
    assert "is empty" not in refusal(write(gzip.compress(b"")))
    for count in (1, 2, 3):
        assert f"{count} bytes are too few" in refusal(write(GOOD[:count]))


def test_first_two_bytes(write):
    assert "begins with 89 50 4e 47, expected 00 00" in refusal(write(b"\x89PNG\r\n\x1a\n"))
    assert "byte order is reversed" in refusal(write(b"\x03\x08\0\0" + GOOD[4:]))


def test_unknown_type(write):
    for code in set(range(256)) - {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E}:
        assert f"IDX type {code:02x} at byte 2" in refusal(write(idx((3,), b"abc", code)))


def test_number_of_dimensions(write):
    for ndim in (0, 5, 255):
        assert f"{ndim} dimensions at byte 3, expected 1 to 4" in refusal(write(idx((1,) * ndim, b"a")))


def test_header_cut_off(write):
    for length in range(4, 16):
        assert f"the header ends after {length} bytes, expected 16" in refusal(write(GOOD[:length]))


def test_declared_sizes_are_unsigned_and_checked_before_anything_is_allocated(write):
    big = 2**32 - 1
    tracemalloc.start()
    try:
        for shape in ((2**31 + 1,), (big,), (big, big), (big, big, big, big), (0, big, big), (2**16, 2**16)):
            assert "more than the limit of" in refusal(write(idx(shape, b"abc")))
            assert "more than the limit of" in refusal(write(gzip.compress(idx(shape, b"abc"))))
        within = idx((2**30,), b"abc")
        assert "but the file holds at most 11" in refusal(write(within))
        assert "but the file holds at most" in refusal(write(gzip.compress(within)))
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_too_few_and_too_many_bytes(write):
    assert "3 × 4 × 5 numbers, 76 bytes with the header, but the file holds at most 75" in refusal(write(GOOD[:-1]))
    assert "holds more bytes than the 60 it declares" in refusal(write(GOOD + b"x"))
    assert "60 bytes, but holds only 59" in refusal(write(gzip.compress(GOOD[:-1])))
    assert "holds more bytes than the 60 it declares" in refusal(write(gzip.compress(GOOD + b"x")))
    assert "holds more bytes than the 0 it declares" in refusal(write(idx((0, 28, 28), b"x")))


def test_labels_given_as_images_and_images_given_as_labels(write):
    labels = write(idx((3,), b"\1\2\3"), "labels")
    assert "looks like a file of labels" in refusal(labels, shape=(None, 4, 5))
    assert "looks like a file of images" in refusal(write(GOOD), shape=(None,))


def test_another_shape_or_type_than_asked_for(write):
    path = write(GOOD)
    assert "has the shape 3 × 4 × 5, expected n × 28 × 28" in refusal(path, shape=(None, 28, 28))
    assert "numbers of type uint8, expected float32" in refusal(path, dtype=np.float32)
    assert np.array_equal(read_idx(path, shape=(None, 4, 5), dtype=np.uint8), IMAGES)


def test_little_endian_sizes(write):
    content = b"\0\0\x08\1" + struct.pack("<I", 60_000) + bytes(60_000)
    assert "declares 1,625,948,160 numbers" in refusal(write(content))


def test_folders_pipes_and_devices(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is a folder" in refusal(tmp_path)
    assert "is a pipe" in refusal(tmp_path / "pipe")
    assert "is a device" in refusal("/dev/zero")


def test_a_file_that_grows_while_it_is_read(write):
    path = write(GOOD)
    real = np.empty

    def grow(*args):
        with path.open("ab") as file:
            file.write(b"more")
        return real(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "empty", grow)
        assert "holds more bytes" in refusal(path)


def test_ten_gigabytes_of_nothing(tmp_path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(GOOD)
        file.truncate(10 * 2**30)
    assert "holds more bytes than the 60" in refusal(path)


def test_gzip_inside_gzip(write):
    assert "gzip inside gzip" in refusal(write(gzip.compress(gzip.compress(GOOD))))


def test_a_limit_of_the_callers_own(write):
    assert "more than the limit of 59 bytes" in refusal(write(GOOD), max_bytes=59)
    assert read_idx(write(GOOD), max_bytes=60).shape == (3, 4, 5)


# --- anything at all -------------------------------------------------------------------------------------------------


def mutations(good: bytes):
    change = st.tuples(st.integers(0, len(good)), st.integers(0, 8), st.binary(max_size=8))

    def apply(changes):
        content = good
        for at, removed, inserted in changes:
            content = content[:at] + inserted + content[at + removed :]
        return content

    return st.lists(change, min_size=1, max_size=4).map(apply)


@settings(max_examples=500)
@given(
    st.one_of(mutations(GOOD), mutations(gzip.compress(GOOD, mtime=0)), mutations(GOOD).map(gzip.compress), st.binary())
)
def test_a_mutated_file_is_read_or_refused_in_bounded_memory(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("mutated") / "file"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        assert isinstance(read_idx(path), np.ndarray)
    except BadFile as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2 * len(content) * 1032 + 2**22
