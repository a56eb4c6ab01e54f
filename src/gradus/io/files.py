"""Opening what may be anything: a folder, a pipe, a device, a name with a newline in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from gradus.errors import BadFile, Environment

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def shown(path: str | os.PathLike[str]) -> str:
    r"""A file's name as an error prints it: on one line and encodable, whatever bytes the name is made of.

    >>> shown("digits.csv"), shown("two\nlines")
    ('digits.csv', "'two\\nlines'")
    """
    name = os.fspath(path)
    return name if name.isprintable() else ascii(name)


@contextmanager
def open_regular(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A regular file, open for reading bytes; its size must be the same when the reader is done.

    Raises:
        BadFile: it is missing, a folder, a pipe or a device, or it changed while it was read.
        Environment: permission denied.
    """
    name = shown(path)
    with _open(path, name) as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            kind = _KINDS.get(stat.S_IFMT(before.st_mode), "something else")
            raise BadFile(f"{name}: is {kind}, expected a regular file")
        try:
            yield file
        except OSError as error:
            raise BadFile(f"{name}: cannot be read, {error.strerror or error}") from error
        if os.fstat(file.fileno()).st_size != before.st_size:
            raise BadFile(f"{name}: changed while it was read, from {before.st_size:,} bytes")


def _open(path: str | os.PathLike[str], name: str) -> BinaryIO:
    try:
        return open(path, "rb", opener=_open_without_waiting)
    except IsADirectoryError:
        raise BadFile(f"{name}: is a folder, expected a regular file") from None
    except PermissionError:
        raise Environment(f"{name}: permission denied; make it readable for this user") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise BadFile(f"{name}: cannot be opened, {getattr(error, 'strerror', None) or error}") from None


def _open_without_waiting(path: str, flags: int) -> int:
    # Opening a pipe that nobody writes to would wait for ever; with this flag it opens at once and is then refused.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def size_of(file: BinaryIO) -> int:
    """The size of an open file, in bytes."""
    return os.fstat(file.fileno()).st_size
