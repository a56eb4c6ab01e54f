"""The rows of a CSV file (RFC 4180), strictly: every row as long as the first, every quote closed, every byte UTF-8.

Python's csv module accepts a row that is too short, a quote that swallows the rest of the file, and a NUL. Each is
refused here, with the number of the line on which the row begins.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from gradus.errors import BadFile, Usage
from gradus.io.files import open_regular, shown, size_of
from gradus.io.limits import MAX_TABLE_BYTES, MAX_TABLE_COLUMNS, MAX_TABLE_LINE

_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """The cells of one row, and the line, counted from 1, on which it begins."""

    line: int
    cells: list[str]


@contextmanager
def open_rows(path: str | os.PathLike[str], delimiter: str = ",") -> Iterator[Iterator[Row]]:
    """The rows of a file, one at a time. Empty lines may only be at the end.

    Raises:
        BadFile: see `gradus.io.table.read_csv`.
    """
    if not (isinstance(delimiter, str) and len(delimiter) == 1 and delimiter not in '"\r\n\0'):
        raise Usage(f"the delimiter is {delimiter!r}, expected one character such as ',' or ';'")
    with open_regular(path) as file:
        name = shown(path)
        _skip_byte_order_mark(file, name)
        text = io.TextIOWrapper(file, "utf-8", newline="")  # "": lines end at \n, \r\n or \r, and keep their ends
        try:
            yield _rows(_lines(text, file, name), name, delimiter)
        finally:
            text.detach()


def _rows(lines: Iterator[str], name: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = empty = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(f"{name}: line {line}: {_in_words(error)}") from None
        if not cells:
            empty = empty or line
            continue
        if empty:
            raise BadFile(f"{name}: line {empty} is empty, but rows follow it")
        width = width or len(cells)
        if width > MAX_TABLE_COLUMNS:
            raise BadFile(f"{name}: line {line}: {width:,} columns, more than the limit of {MAX_TABLE_COLUMNS:,}")
        if len(cells) != width:
            raise BadFile(f"{name}: line {line}: {_values(len(cells))}, expected {width:,} as on the first line")
        yield Row(line, cells)


def _skip_byte_order_mark(file: BinaryIO, name: str) -> None:
    if size_of(file) > MAX_TABLE_BYTES:
        raise BadFile(f"{name}: {size_of(file):,} bytes, more than the limit of {MAX_TABLE_BYTES:,}")
    start = file.read(3)
    if start.startswith(_WIDE_BOMS):
        raise BadFile(f"{name}: is text in UTF-16 or UTF-32, seen at byte 0; save it as UTF-8")
    if start != _BOM:
        file.seek(0)


def _lines(text: io.TextIOWrapper, file: BinaryIO, name: str) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(MAX_TABLE_LINE):
            number += 1
            if len(line) == MAX_TABLE_LINE:
                raise BadFile(f"{name}: line {number} is longer than {MAX_TABLE_LINE:,} characters")
            if "\0" in line:
                raise BadFile(f"{name}: line {number}: a NUL at character {line.index(chr(0)) + 1}; not a UTF-8 text")
            yield line
    except UnicodeDecodeError as error:
        # The decoder was given the piece read last, so that piece ends where the file stands now.
        at = file.tell() - len(error.object) + error.start
        raise BadFile(f"{name}: not UTF-8, byte 0x{error.object[error.start]:02x} at offset {at:,}") from None


def _in_words(error: csv.Error) -> str:
    reason = str(error)
    if "end of data" in reason:
        return "a quote is opened and not closed"
    if "field larger" in reason:
        return f"a value of more than {csv.field_size_limit():,} characters; is a quote not closed?"
    if "expected after" in reason:
        return "something stands between a closing quote and the next value"
    return reason


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count:,} values"
