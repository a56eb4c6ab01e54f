from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, strategies as st

from gradus.errors import BadFile, Usage
from gradus.io import rows as module
from gradus.io.rows import open_rows


@pytest.fixture
def write(tmp_path):
    def write_file(content: bytes):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        return path

    return write_file


def read(path, delimiter=","):
    with open_rows(path, delimiter) as rows:
        return list(rows)


def refusal(path) -> str:
    with pytest.raises(BadFile) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1)))
def test_what_pythons_writer_writes_is_read_back(tmp_path_factory, table):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    path.write_bytes(text.getvalue().encode())
    assert [row.cells for row in read(path)] == table


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_of_every_system(write, end):
    found = read(write(end.join([b"a,b", b"1,2", b'"3', b'4",5'])))
    newline = end.decode()
    assert found == [(1, ["a", "b"]), (2, ["1", "2"]), (3, [f"3{newline}4", "5"])]


def test_empty_lines_may_only_be_at_the_end(write):
    assert len(read(write(b"a,b\n1,2\n\n\r\n"))) == 2
    assert "line 3 is empty, but rows follow it" in refusal(write(b"a,b\n1,2\n\n3,4\n"))
    assert read(write(b"")) == read(write(b"\n\n")) == []


def test_a_byte_order_mark_is_taken_off(write):
    assert read(write(b"\xef\xbb\xbfa,b\n"))[0].cells == ["a", "b"]


def test_ragged_rows(write):
    assert "line 2: 1 value, expected 2 as on the first line" in refusal(write(b"1,2\n3\n"))
    assert "line 3: 3 values, expected 2" in refusal(write(b"1,2\n3,4\n5,6,7\n"))


def test_the_line_is_that_on_which_the_row_begins(write):
    assert "line 4: 1 value" in refusal(write(b'a,b\n"x\ny",2\n"3\n"\n'))


def test_a_quote_that_is_not_closed(write):
    assert "line 2: a quote is opened and not closed" in refusal(write(b'a,b\n1,"2\n3,4\n'))
    long = b'a,b\n1,"2\n' + b"3,4\n" * 40_000
    assert "line 2: a value of more than 131,072 characters; is a quote not closed?" in refusal(write(long))


def test_something_after_a_closing_quote(write):
    assert "line 1: something stands between a closing quote and the next value" in refusal(write(b'"a"b,c\n'))


def test_nul(write):
    assert "line 2: a NUL at character 3" in refusal(write(b"a,b\n1,\0\n"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_unicode_than_utf8(write, encoding):
    assert "UTF-" in refusal(write("a,b\n1,2\n".encode(encoding)))


@pytest.mark.parametrize("before", [0, 1, 100, 8190, 8191, 8192, 8193, 20_000])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_invalid_utf8_by_its_offset(write, before, mark):
    text = mark + b"x" * before
    assert f"not UTF-8, byte 0xff at offset {len(text):,}" in refusal(write(text + b"\xffy,b\n"))
    assert f"not UTF-8, byte 0xc3 at offset {len(text):,}" in refusal(write(text + b"\xc3"))
    assert f"not UTF-8, byte 0xed at offset {len(text):,}" in refusal(write(text + b"\xed\xa0\x80,b\n"))


def test_invalid_utf8_after_a_character_that_straddles_two_reads(write):
    text = b"x" * 8191 + "é".encode() + b"abc"
    assert f"offset {len(text):,}" in refusal(write(text + b"\xff"))


def test_too_many_columns(write):
    assert "1,000,000 columns, more than the limit of 100,000" in refusal(write(b"," * 999_999 + b"\n"))


def test_a_line_or_a_file_that_is_too_long(write, monkeypatch):
    monkeypatch.setattr(module, "MAX_TABLE_LINE", 100)
    assert len(read(write(b"x" * 98 + b"\n"))) == 1
    assert "line 2 is longer than 100 characters" in refusal(write(b"a\n" + b"x" * 100 + b"\n"))
    monkeypatch.setattr(module, "MAX_TABLE_BYTES", 5)
    assert "6 bytes, more than the limit of 5" in refusal(write(b"123456"))


def test_other_delimiters(write):
    assert read(write(b"1;2\n"), ";")[0].cells == ["1", "2"]
    for wrong in ("", ";;", '"', "\n"):
        with pytest.raises(Usage, match="delimiter"):
            read(write(b"1,2\n"), wrong)
