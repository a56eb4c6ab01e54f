"""IDX, the format of MNIST: a magic number, the dimensions, then the numbers themselves.

    byte 0, 1     zero
    byte 2        the type of the numbers: 08 uint8, 09 int8, 0B int16, 0C int32, 0D float32, 0E float64
    byte 3        the number of dimensions, d
    4·d bytes     each dimension, as a big-endian unsigned 32-bit integer
    the rest      the numbers, big-endian, last dimension fastest

Nothing in it says where it ends, so a file is accepted only if its length is exactly what its header declares.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
"""

from __future__ import annotations

import gzip
import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradus.errors import BadFile, Usage
from gradus.io.atomic import write_bytes
from gradus.io.files import shown
from gradus.io.gz import MAGIC, Content, open_content
from gradus.io.limits import MAX_IDX_BYTES, MAX_IDX_DIMENSIONS

_TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
_CODES = {dtype.newbyteorder("="): code for code, dtype in _TYPES.items()}


# --- reading ---------------------------------------------------------------------------------------------------------


def read_idx(
    path: str | os.PathLike[str],
    *,
    shape: Sequence[int | None] | None = None,
    dtype: np.typing.DTypeLike | None = None,
    max_bytes: int = MAX_IDX_BYTES,
) -> np.ndarray:
    """The array in an IDX file, plain or gzip, in this machine's byte order.

    Args:
        path: the file; whether it is gzip is seen from its content, not from its name.
        shape: the shape it must have, None for a dimension of any length, e.g. (None, 28, 28).
        dtype: the type it must have, e.g. np.uint8.
        max_bytes: the largest array to accept. The header is checked against it, and against the file's size, before
            the array is allocated.

    Raises:
        BadFile: anything that the format does not allow, another shape or type than asked for, too few bytes or one too
            many, and all that gradus.io.gz refuses.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_idx(os.path.join(folder, "labels"), np.array([7, 2, 1], dtype=np.uint8))
    ...     read_idx(os.path.join(folder, "labels"), shape=(None,))
    array([7, 2, 1], dtype=uint8)
    """
    with open_content(path) as content:
        stored, found = _read_header(content)
        _check_expected(content.name, stored, found, shape, dtype)
        size = _checked_size(content, stored, found, max_bytes)
        array = np.empty(found, stored)
        filled = content.fill(array.reshape(-1).view(np.uint8).data)
        if filled < size:
            raise BadFile(f"{content.name}: {_declares(found)}, {size:,} bytes, but holds only {filled:,}")
        if not content.at_end():
            raise BadFile(f"{content.name}: holds more bytes than the {size:,} it declares ({_times(found)})")
    return array if stored.isnative else array.byteswap(inplace=True).view(stored.newbyteorder("="))


def _read_header(content: Content) -> tuple[np.dtype, tuple[int, ...]]:
    name, magic = content.name, content.read(4)
    if magic.startswith(MAGIC):
        raise BadFile(f"{name}: is gzip inside gzip; unpack it once")
    if len(magic) < 4:
        raise BadFile(f"{name}: {len(magic)} bytes are too few for an IDX file, which begins with 4")
    if magic[:2] != b"\0\0":
        hint = "; its byte order is reversed" if magic[2:] == b"\0\0" else ""
        raise BadFile(f"{name}: not an IDX file, it begins with {magic.hex(' ')}, expected 00 00{hint}")
    if magic[2] not in _TYPES:
        raise BadFile(f"{name}: IDX type {magic[2]:02x} at byte 2 is none of {bytes(_TYPES).hex(' ')}")
    dimensions = magic[3]
    if not 1 <= dimensions <= MAX_IDX_DIMENSIONS:
        raise BadFile(f"{name}: {dimensions} dimensions at byte 3, expected 1 to {MAX_IDX_DIMENSIONS}")
    sizes = content.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise BadFile(f"{name}: the header ends after {4 + len(sizes)} bytes, expected {4 + 4 * dimensions}")
    return _TYPES[magic[2]], tuple(np.frombuffer(sizes, ">u4").tolist())


def _check_expected(
    name: str,
    stored: np.dtype,
    found: tuple[int, ...],
    shape: Sequence[int | None] | None,
    dtype: np.typing.DTypeLike | None,
) -> None:
    if dtype is not None and stored.newbyteorder("=") != np.dtype(dtype):
        raise BadFile(f"{name}: holds numbers of type {stored.name}, expected {np.dtype(dtype).name}")
    if shape is None:
        return
    if len(found) != len(shape):
        hint = {(1, 3): "; this looks like a file of labels", (3, 1): "; this looks like a file of images"}
        raise BadFile(
            f"{name}: has {len(found)} dimensions ({_times(found)}), expected {len(shape)} ({_times(shape)})"
            f"{hint.get((len(found), len(shape)), '')}"
        )
    if any(expected not in (None, got) for expected, got in zip(shape, found)):
        raise BadFile(f"{name}: has the shape {_times(found)}, expected {_times(shape)}")


def _checked_size(content: Content, stored: np.dtype, found: tuple[int, ...], max_bytes: int) -> int:
    # NumPy multiplies the dimensions that are not zero even where another one is, so they must be small too.
    if math.prod(max(length, 1) for length in found) * stored.itemsize > max_bytes:
        raise BadFile(f"{content.name}: {_declares(found)}, more than the limit of {max_bytes:,} bytes")
    size, header = math.prod(found) * stored.itemsize, 4 + 4 * len(found)
    if header + size > content.most:
        raise BadFile(
            f"{content.name}: {_declares(found)}, {header + size:,} bytes with the header, "
            f"but the file holds at most {content.most:,}"
        )
    return size


def _declares(shape: Sequence[int | None]) -> str:
    return f"declares {_times(shape)} numbers"


def _times(shape: Sequence[int | None]) -> str:
    return " × ".join("n" if size is None else f"{size:,}" for size in shape)


# --- writing ---------------------------------------------------------------------------------------------------------


def write_idx(path: str | os.PathLike[str], array: np.ndarray) -> None:
    """Write an array as IDX; as gzip if the name ends in .gz. Equal arrays give equal bytes.

    Raises:
        Usage: a type that IDX lacks (it has uint8, int8, int16, int32, float32, float64), or not 1 to 4 dimensions.
        Environment: the folder is missing, full or read-only; nothing is left behind.
    """
    array = np.asarray(array)
    native = array.dtype.newbyteorder("=")
    if native not in _CODES:
        raise Usage(f"write_idx: IDX has no type {native.name}; convert to one of {', '.join(d.name for d in _CODES)}")
    if not 1 <= array.ndim <= MAX_IDX_DIMENSIONS:
        raise Usage(f"write_idx: expected 1 to {MAX_IDX_DIMENSIONS} dimensions, got {array.ndim}")
    if max(array.shape) >= 2**32:
        raise Usage(f"write_idx: a dimension of {max(array.shape):,} does not fit into 32 bits, in {shown(path)}")
    code = _CODES[native]
    header = bytes((0, 0, code, array.ndim)) + np.array(array.shape, ">u4").tobytes()
    content = header + array.astype(_TYPES[code], order="C").tobytes()
    packed = os.fspath(path).endswith(".gz")
    write_bytes(path, gzip.compress(content, mtime=0) if packed else content)
