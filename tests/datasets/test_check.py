from __future__ import annotations

import gzip

import pytest

from gradus.datasets.check import check_file
from gradus.errors import BadFile, IntegrityError
from tests.datasets.mirror import IMAGE


def test_packed_or_not_the_content_counts(tmp_path, file):
    path = tmp_path / "file"
    for content in (IMAGE, gzip.compress(IMAGE), gzip.compress(IMAGE, 1, mtime=5)):
        path.write_bytes(content)
        check_file(path, file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (IMAGE[:-1], "holds 40,007 bytes, tiny-idx1-ubyte has 40,008"),
        (IMAGE + b"x", "holds more than the 40,008 bytes"),
        (IMAGE[:-1] + b"x", "is not tiny-idx1-ubyte, its SHA-256 is"),
        (gzip.compress(bytes(10**7), mtime=0), "holds more than the 40,008 bytes"),
        (gzip.compress(IMAGE, mtime=0)[:-1], "cut off"),
        (b"", "is empty"),
    ],
)
def test_another_content_is_refused(tmp_path, file, content, words):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=words) as caught:
        check_file(path, file)
    assert isinstance(caught.value, IntegrityError) or words in ("cut off", "is empty")
