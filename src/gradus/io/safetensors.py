"""Named arrays in one file, in the safetensors format: a JSON header, then raw bytes. Reading it can run no code.

The safetensors library does the packing and its own checks. Three things are added: a file is written whole or not at
all; whatever is wrong with a file that is read becomes one `BadFile` that names it; and some oddities that the
library lets pass (a key given twice, an unknown field, a truth value that is neither 0 nor 1) are refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from gradus.errors import BadFile, Usage
from gradus.io import strict_json
from gradus.io.atomic import read_bytes, write_bytes

MAX_FILE_BYTES = 1 << 36
MAX_HEADER_BYTES = 100_000_000
MAX_TENSORS = 100_000
MAX_DIMENSIONS = 32
MAX_NAME = 1_024

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


def save(
    path: str | os.PathLike[str], tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None
) -> None:
    """Write named arrays to `path`, whole or not at all.

    Args:
        tensors: array by name; any layout in memory, any of the dtypes float64/32/16, int64 … int8, uint64 … uint8,
            bool.
        metadata: further text by name. Several entries are stored in no fixed order.

    Raises:
        Usage: a name or a dtype that the format cannot hold.
        Environment: the file cannot be written.
    """
    write_bytes(path, dumps(tensors, metadata))


def dumps(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file; see `save`."""
    from safetensors.numpy import save as pack

    arrays = {name: _packable(name, array) for name, array in tensors.items()}
    return pack(arrays, dict(metadata) if metadata else None)


def load(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file by name, each with its own memory. bfloat16 is widened to float32.

    Raises:
        BadFile: missing, not regular, damaged, or outside the format. Nothing is allocated for a size that the file
            declares but does not hold.

    >>> import tempfile, os, numpy as np
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> save(path, {"weight": np.eye(2, dtype=np.float32)})
    >>> load(path)["weight"].tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return load_with_metadata(path)[0]


def load_with_metadata(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays and the metadata of a safetensors file; see `load`."""
    return loads(read_bytes(path, MAX_FILE_BYTES), source=str(path))


def loads(content: bytes, *, source: str = "safetensors") -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays and the metadata in the bytes of a safetensors file; `source` is its name in errors."""
    import safetensors

    header = _read_header(content, source)
    metadata = header.pop("__metadata__", {})
    _check_metadata(metadata, source)
    _check_entries(header, source)
    try:
        unpacked = safetensors.deserialize(content)
    except Exception as error:  # the library's own class, and what its bindings raise beside it
        raise BadFile(f"{source}: {_plain(error)}") from None
    return {name: _array(name, entry, source) for name, entry in unpacked}, metadata


def _packable(name: str, array: np.ndarray) -> np.ndarray:
    if problem := _name_problem(name):
        raise Usage(f"safetensors: {problem}")
    array = np.asarray(array)
    stored = array.dtype.newbyteorder("<")
    if stored.str.lstrip("|<") not in {code.lstrip("<") for code in (*DTYPES.values(), "b1")}:
        raise Usage(f"safetensors: {name!r} has dtype {array.dtype}, which the format cannot hold")
    return np.asarray(array, dtype=stored, order="C")


def _read_header(content: bytes, source: str) -> dict:
    if len(content) < 8:
        raise BadFile(f"{source}: {len(content)} bytes, too short for a safetensors file")
    length = int.from_bytes(content[:8], "little")
    if length > min(MAX_HEADER_BYTES, len(content) - 8):
        raise BadFile(
            f"{source}: declares a header of {length:,} bytes, the file has {len(content):,}; not safetensors"
        )
    header = strict_json.loads(
        content[8 : 8 + length], source=f"{source}: header", max_bytes=MAX_HEADER_BYTES, max_depth=4
    )
    if not isinstance(header, dict):
        raise BadFile(f"{source}: header is not a JSON object")
    return header


def _check_metadata(metadata: object, source: str) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise BadFile(f"{source}: header: __metadata__ holds something else than text")


def _check_entries(header: dict, source: str) -> None:
    if len(header) > MAX_TENSORS:
        raise BadFile(f"{source}: {len(header):,} tensors, more than the limit of {MAX_TENSORS:,}")
    for name, entry in header.items():
        if problem := _name_problem(name) or _entry_problem(name, entry):
            raise BadFile(f"{source}: header: {problem}")


def _name_problem(name: str) -> str:
    if len(name) > MAX_NAME:
        return f"a tensor name of {len(name):,} characters, more than {MAX_NAME:,}"
    if any(character < " " or character == "\x7f" for character in name):
        return f"a control character in the tensor name {name!r}"
    return ""


def _entry_problem(name: str, entry: object) -> str:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        return f"{name!r} must have exactly dtype, shape and data_offsets"
    if entry["dtype"] not in list(DTYPES):
        return f"{name!r} has the unsupported dtype {entry['dtype']!r}; supported: {', '.join(DTYPES)}"
    if not isinstance(entry["shape"], list) or len(entry["shape"]) > MAX_DIMENSIONS:
        return f"{name!r} has a shape that is no list of at most {MAX_DIMENSIONS} sizes"
    return ""


def _array(name: str, entry: dict, source: str) -> np.ndarray:
    # The library hands out its own copy of each tensor's bytes (a bytearray), so a view on it is already ours.
    array = np.frombuffer(entry["data"], dtype=DTYPES[entry["dtype"]])
    if entry["dtype"] == "BF16":
        array = (array.astype("<u4") << 16).view("<f4")
    if entry["dtype"] == "BOOL" and (array.view("u1") > 1).any():
        raise BadFile(f"{source}: {name!r} is BOOL but holds bytes other than 0 and 1")
    return array.reshape(entry["shape"])


def _plain(error: Exception) -> str:
    return str(error).removeprefix("Error while deserializing: ") or type(error).__name__
