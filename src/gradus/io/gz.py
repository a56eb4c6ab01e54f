"""gzip (RFC 1952) read forward in bounded steps: one member, whole, with nothing after it.

Python's own reader returns nothing for an empty file, accepts zeros after the end and reads member after member; each
of these hides a file that was cut or glued together, so each is refused here. Memory is bounded by what the caller asks
for, never by what the file claims.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from gradus.errors import BadFile
from gradus.io.files import open_regular, shown, size_of
from gradus.io.limits import MAX_DEFLATE_RATIO

MAGIC = b"\x1f\x8b"
_PACKED = 2**18  # bytes read from the file at a time
_STEP = 2**18  # bytes handed on at a time: small enough to stay in the processor's cache


class Content:
    """The bytes of a plain file, from front to end."""

    def __init__(self, file: BinaryIO, name: str):
        self.file, self.name = file, name
        self.most = size_of(file)  # no more bytes than these can come

    def read_some(self, size: int) -> bytes:
        """From 1 to `size` bytes; none at the end."""
        return self.file.read(size)

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only if the content ends before."""
        pieces = []
        while size and (piece := self.read_some(min(size, _STEP))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def fill(self, view: memoryview) -> int:
        """Write the next bytes into `view` until it is full or the content ends; the number of bytes written."""
        filled = 0
        while filled < len(view) and (piece := self.read_some(min(len(view) - filled, _STEP))):
            view[filled : filled + len(piece)] = piece
            filled += len(piece)
        return filled

    def at_end(self) -> bool:
        """Whether nothing follows. Reads one byte to find out."""
        return not self.read_some(1)


class GzipContent(Content):
    """The bytes inside a gzip file, from front to end; the checksum at its end is checked when the end is reached."""

    def __init__(self, file: BinaryIO, name: str):
        super().__init__(file, name)
        self.most = self.most * MAX_DEFLATE_RATIO
        self._inflate = zlib.decompressobj(wbits=31)  # 31: a gzip header and trailer around a window of 2¹⁵ bytes

    def read_some(self, size: int) -> bytes:
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self.file.read(_PACKED)
            piece = self._unpack(packed, size)
            if piece:
                return piece
            if not packed and not self._inflate.eof:
                raise BadFile(f"{self.name}: the gzip data is cut off, it ends after {size_of(self.file):,} bytes")
        self._refuse_leftovers()
        return b""

    def _unpack(self, packed: bytes, size: int) -> bytes:
        try:
            return self._inflate.decompress(packed, size)
        except zlib.error as error:
            reason = str(error).rpartition(": ")[2]
            raise BadFile(f"{self.name}: damaged gzip data, {reason} before byte {self.file.tell():,}") from None

    def _refuse_leftovers(self) -> None:
        extra = self._inflate.unused_data or self.file.read(1)
        if extra:
            at = self.file.tell() - len(extra)
            kind = "a second gzip member" if extra.startswith(MAGIC) else "something"
            raise BadFile(f"{self.name}: {kind} follows the end of the gzip data, at byte {at:,}")


@contextmanager
def open_content(path: str | os.PathLike[str]) -> Iterator[Content]:
    """What a file holds, unpacked if it begins as gzip does: the name's ending is not asked.

    Raises:
        BadFile: it is no regular file, empty, or its gzip data is damaged, cut off or followed by something.
    """
    name = shown(path)
    with open_regular(path) as file:
        magic = file.read(2)
        if not magic:
            raise BadFile(f"{name}: is empty")
        file.seek(0)
        yield GzipContent(file, name) if magic == MAGIC else Content(file, name)


def read_content(path: str | os.PathLike[str], *, limit: int) -> bytes:
    """All the bytes that a file holds, unpacked if they are gzip.

    Args:
        path: the file, gzip or plain.
        limit: the largest number of bytes to accept; a file that holds more is refused after `limit` + 1 of them.

    Raises:
        BadFile: as `open_content`, or more than `limit` bytes.
    """
    with open_content(path) as content:
        data = content.read(limit)
        if not content.at_end():
            raise BadFile(f"{content.name}: holds more than {limit:,} bytes when unpacked")
        return data
