from __future__ import annotations

import gzip
import os
import tracemalloc
import zlib

import pytest
from hypothesis import given, strategies as st

from gradus.errors import BadFile
from gradus.io.gz import open_content, read_content

TEXT = b"The quick brown fox jumps over the lazy dog. " * 40
PACKED = gzip.compress(TEXT, mtime=0)


@pytest.fixture
def write(tmp_path):
    def write_file(content: bytes):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return write_file


def refusal(path, limit=10_000) -> str:
    with pytest.raises(BadFile) as caught:
        read_content(path, limit=limit)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


def header(flags: int) -> bytes:
    return PACKED[:3] + bytes([flags]) + PACKED[4:10]


def test_gzip_and_plain_content_are_told_apart_by_their_first_bytes(write):
    assert read_content(write(PACKED), limit=len(TEXT)) == TEXT
    assert read_content(write(TEXT), limit=len(TEXT)) == TEXT


def test_a_limit_is_exact(write):
    assert read_content(write(PACKED), limit=len(TEXT)) == TEXT
    assert f"holds more than {len(TEXT) - 1:,} bytes" in refusal(write(PACKED), len(TEXT) - 1)
    assert f"holds more than {len(TEXT) - 1:,} bytes" in refusal(write(TEXT), len(TEXT) - 1)


# --- what Python's reader does with each of these is in the comment --------------------------------------------------


def test_an_empty_file_is_refused(write):  # nothing, without a word
    assert "is empty" in refusal(write(b""))


@pytest.mark.parametrize("kept", [2, 9, 10, 11, len(PACKED) - 9, len(PACKED) - 8, len(PACKED) - 1])
def test_a_file_that_was_cut_off_is_refused(write, kept):  # EOFError
    assert f"cut off, it ends after {kept} bytes" in refusal(write(PACKED[:kept]))


def test_a_wrong_checksum_or_length_is_refused(write):  # BadGzipFile
    for at, words in ((-8, "incorrect data check"), (-4, "incorrect length check")):
        damaged = bytearray(PACKED)
        damaged[at] ^= 1
        assert words in refusal(write(bytes(damaged)))


def test_damaged_deflate_data_is_refused(write):  # zlib.error
    damaged = PACKED[:10] + b"\xff" * 20 + PACKED[30:]
    assert "damaged gzip data, invalid block type" in refusal(write(damaged))


def test_an_unknown_method_and_reserved_flags_are_refused(write):
    assert "unknown compression method" in refusal(write(PACKED[:2] + b"\x07" + PACKED[3:]))
    for bit in (0x20, 0x40, 0x80):
        assert "unknown header flags" in refusal(write(header(bit) + PACKED[10:]))


def test_what_follows_the_end_is_refused(write):
    at = f"at byte {len(PACKED)}"
    assert f"something follows the end of the gzip data, {at}" in refusal(write(PACKED + b"garbage"))
    assert f"something follows the end of the gzip data, {at}" in refusal(write(PACKED + bytes(8)))  # accepted
    assert f"a second gzip member follows the end of the gzip data, {at}" in refusal(write(PACKED + PACKED))  # accepted


def test_what_follows_a_long_file_is_found_at_its_byte(write):
    packed = gzip.compress(os.urandom(600_000), mtime=0)
    assert f"at byte {len(packed):,}" in refusal(write(packed + b"x" * 5), limit=600_000)


def test_long_optional_header_fields_are_accepted(write):
    name, comment, extra = b"n" * 65_536 + b"\0", b"c" * 65_536 + b"\0", b"\xff\xff" + b"e" * 65_535
    assert read_content(write(header(0x04 | 0x08 | 0x10) + extra + name + comment + PACKED[10:]), limit=9_999) == TEXT


def test_the_time_in_the_header_does_not_matter(write):
    assert read_content(write(gzip.compress(TEXT, mtime=1234567890)), limit=9_999) == TEXT


def test_gzip_inside_gzip_is_unpacked_once(write):
    assert read_content(write(gzip.compress(PACKED)), limit=9_999) == PACKED


def test_a_bomb_is_stopped_at_the_limit_in_bounded_memory(write):
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush()  # 300 MiB in 300 KiB
    path = write(bomb)
    tracemalloc.start()
    try:
        assert "holds more than 1,048,576 bytes" in refusal(path, limit=2**20)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_changes_nothing(tmp_path_factory, at, flip):
    damaged = bytearray(PACKED)
    damaged[at] ^= flip
    path = tmp_path_factory.mktemp("flip") / "file"
    path.write_bytes(damaged)
    try:
        content = read_content(path, limit=len(TEXT))
    except BadFile:
        return
    # Only the header's time, level and system may change unnoticed; without its magic a file is plain.
    assert content == (TEXT if at >= 2 else bytes(damaged))


def test_reading_in_small_steps_gives_the_same_bytes(write):
    with open_content(write(PACKED)) as content:
        pieces = list(iter(lambda: content.read_some(7), b""))
    assert b"".join(pieces) == TEXT and max(map(len, pieces)) == 7
