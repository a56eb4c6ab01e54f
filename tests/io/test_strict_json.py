from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, strategies as st

from gradus.errors import BadFile, Environment
from gradus.io import strict_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    # half a surrogate pair is no text
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('abc"\\é', max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_reads_what_it_writes_and_what_the_standard_library_writes(value):
    assert strict_json.loads(strict_json.dumps(value)) == value
    assert strict_json.loads(json.dumps(value, indent=2).encode()) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not JSON: Expecting value, line 1 column 1"),
        (b'\xef\xbb\xbf{"a": 1}', "starts with a byte-order mark; save it as UTF-8 without one"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8: byte 0xff at offset 0"),
        (b'{"a": "\xe9"}', "not UTF-8: byte 0xe9 at offset 7"),
        (b"// comment\n{}", "not JSON: Expecting value, line 1 column 1"),
        (b"[1,]", "not JSON: "),
        (b"[1] 2", "not JSON: Extra data, line 1 column 5"),
        (b'{"lr": 1, "lr": 2}', "the key 'lr' is given twice"),
        (b'{"a": {"b": 1, "b": 1}}', "the key 'b' is given twice"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"[1e999]", "the number 1e999 is out of range"),
        (b"[" + b"9" * 5000 + b"]", "an integer of 5,000 digits"),
        (b'["\\ud800"]', "half a surrogate pair in a text"),
        (b'{"\\udc00": 1}', "half a surrogate pair in a text"),
        (b'["a\nb"]', "not JSON: Invalid control character at, line 1 column 4"),
        (b"[" * 65 + b"]" * 65, "nested deeper than 64 levels"),
        (b"[" * 100_000, "nested deeper than 64 levels"),
        (b'{"a":' * 100_000, "nested deeper than 64 levels"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(BadFile) as error:
        strict_json.loads(text, source="state.json")
    assert str(error.value).startswith(f"state.json: {message}")


def test_brackets_in_texts_are_not_depth():
    assert strict_json.loads(json.dumps(["[" * 1000, '\\"[[[', "{"])) == ["[" * 1000, '\\"[[[', "{"]
    assert strict_json.loads("[" * 64 + "]" * 64)


def test_a_whole_surrogate_pair_is_a_character():
    assert strict_json.loads(b'["\\ud83d\\ude00"]') == ["\U0001f600"]


def test_size_is_checked_before_anything_else():
    with pytest.raises(BadFile, match="20 bytes of JSON, more than the limit of 10"):
        strict_json.loads(b"x" * 20, max_bytes=10)


def test_writing_refuses_what_reading_would():
    with pytest.raises(ValueError, match="not JSON compliant"):
        strict_json.dumps({"loss": float("nan")})


def test_files(tmp_path):
    path = tmp_path / "a.json"
    strict_json.dump(path, {"ok": True})
    assert strict_json.load(path) == {"ok": True}
    assert os.listdir(tmp_path) == ["a.json"]
    with pytest.raises(BadFile, match="cannot be opened, No such file or directory"):
        strict_json.load(tmp_path / "b.json")
    with pytest.raises(BadFile, match="is a folder"):
        strict_json.load(tmp_path)
    with pytest.raises(BadFile, match="more than the limit of 3"):
        strict_json.load(path, max_bytes=3)


def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadFile, match="is a pipe"):
        strict_json.load(tmp_path / "pipe")


def test_writing_into_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(Environment, match="cannot write: No such file or directory"):
        strict_json.dump(tmp_path / "no" / "a.json", {})
    assert os.listdir(tmp_path) == []
