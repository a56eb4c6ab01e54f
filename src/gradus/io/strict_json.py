"""JSON as its standard says, and nothing more: for files that another program may have damaged.

Python's own reader keeps the last of two equal keys, accepts NaN and Infinity, turns 1e999 into infinity and dies on
deep nesting. Each of these hides a broken file, so each is refused here, with the file's name and the reason.
"""

from __future__ import annotations

import json
import math
import os
import re
from typing import Any

from gradus.errors import BadFile
from gradus.io.atomic import read_bytes, write_bytes

MAX_BYTES = 16_000_000
MAX_DEPTH = 64
MAX_DIGITS = 400  # of one number: every float64 and every 1,024-bit integer fits

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_BRACKET = re.compile(r"[\[\]{}]")


def load(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Any:
    """The value in a JSON file. Raises BadFile, naming the file and what is wrong in it."""
    return loads(read_bytes(path, max_bytes), source=str(path), max_bytes=max_bytes)


def loads(text: str | bytes, *, source: str = "JSON", max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text.

    Args:
        text: the text, or its UTF-8 bytes.
        source: what to call it in errors.
        max_bytes, max_depth: limits, checked before anything is built.

    Raises:
        BadFile: not UTF-8, not JSON, a key given twice, a number that is not finite or absurdly long, half a
            surrogate pair, too large or nested too deep.

    >>> loads('{"epochs": 5, "lr": 0.1}')
    {'epochs': 5, 'lr': 0.1}
    >>> loads('{"lr": 0.1, "lr": 0.2}', source="state.json")
    Traceback (most recent call last):
    ...
    gradus.errors.BadFile: state.json: the key 'lr' is given twice
    """
    if len(text) > max_bytes:
        raise BadFile(f"{source}: {len(text):,} bytes of JSON, more than the limit of {max_bytes:,}")
    text = _decode(text, source)
    try:
        _check_depth(text, max_depth)
        value = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
        if _SURROGATE.search(text):
            dumps(value).encode()
    except UnicodeEncodeError:
        raise BadFile(f"{source}: half a surrogate pair in a text") from None
    except json.JSONDecodeError as error:
        raise BadFile(f"{source}: not JSON: {error.msg}, line {error.lineno} column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{source}: {error}") from None
    return value


def dumps(value: Any, *, indent: int | None = None) -> str:
    """The JSON text of a value; refuses what `loads` would refuse, so that nothing is written that cannot be read."""
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)


def dump(path: str | os.PathLike[str], value: Any, *, indent: int | None = 2) -> None:
    """Write a JSON file, whole or not at all."""
    write_bytes(path, (dumps(value, indent=indent) + "\n").encode())


def _decode(text: str | bytes, source: str) -> str:
    if isinstance(text, str):
        return text
    if text.startswith(b"\xef\xbb\xbf"):
        raise BadFile(f"{source}: starts with a byte-order mark; save it as UTF-8 without one")
    try:
        return text.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise BadFile(f"{source}: not UTF-8: byte 0x{text[error.start]:02x} at offset {error.start}") from None


def _check_depth(text: str, limit: int) -> None:
    if text.count("[") + text.count("{") <= limit:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > limit:
            raise ValueError(f"nested deeper than {limit} levels")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:80]!r} is given twice")
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:40]} is out of range")
    return number


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"an integer of {len(digits):,} digits")
    return int(digits)
