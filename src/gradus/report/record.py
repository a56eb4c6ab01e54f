"""What a run directory holds, read with patience: a run that was interrupted, or edited, still has a story to tell."""

from __future__ import annotations

import json
import os
import struct
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradus.errors import BadFile, Environment

LARGEST = 64 * 2**20  # bytes of one file; a report that embeds more would not open
LONGEST_TEXT = 2**16  # bytes of one text in a PNG, unpacked
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# the order in which a reader wants them; others follow by name
FIGURES = ("loss", "accuracy", "learning", "boundary", "decision", "regression", "fit", "confusion", "mis", "weights")


@dataclass(frozen=True)
class Picture:
    """A PNG and its words. width and height are in pixels."""

    name: str
    content: bytes
    width: int
    height: int
    title: str
    alt: str
    caption: str


@dataclass
class Record:
    """Everything that was found; what was not is empty. ``problems`` says in words what could not be read."""

    name: str
    config_text: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read(run_dir: str | os.PathLike[str]) -> Record:
    """The record of the run in ``run_dir``.

    Errors: BadFile when there is no such folder, or neither config.toml nor metrics.jsonl in it.
    """
    path = Path(run_dir)
    if not path.is_dir():
        raise BadFile(f"{path}: no such run directory")
    if not any((path / name).exists() for name in ("config.toml", "metrics.jsonl")):
        raise BadFile(f"{path}: not a run: there is neither config.toml nor metrics.jsonl in it")
    record = Record(name=path.resolve().name)
    _read_config(record, path / "config.toml")
    _read_environment(record, path / "environment.json")
    _read_metrics(record, path / "metrics.jsonl")
    _read_pictures(record, path / "figures")
    return record


def _bytes(record: Record, path: Path) -> bytes:
    """The content of a file, empty where there is none; what stands in the way is noted."""
    if not path.exists():
        return b""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise OSError(0, f"not a file of at most {LARGEST:,} bytes")
        return path.read_bytes()
    except OSError as error:
        record.problems.append(f"{path.name}: {error.strerror}")
        return b""


def _read_config(record: Record, path: Path) -> None:
    record.config_text = _bytes(record, path).decode(errors="replace")
    try:
        record.config = tomllib.loads(record.config_text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        record.problems.append(f"{path.name} is not TOML: {error}")


def _read_environment(record: Record, path: Path) -> None:
    content = _bytes(record, path)
    if content:
        record.environment = _object(record, content, path.name)


def _read_metrics(record: Record, path: Path) -> None:
    *lines, unfinished = _bytes(record, path).split(b"\n")
    epochs: dict[Any, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        event = _object(record, line, f"{path.name}, line {number}") if line.strip() else {}
        if event.get("event") == "epoch":
            epochs[str(event.get("epoch", number))] = event  # a run that was resumed may tell an epoch again
            record.done = {}
        elif event.get("event") == "done":
            record.done = event
    record.history = list(epochs.values())
    if unfinished.strip():
        record.problems.append(f"{path.name}: the last line was cut off; it is left out")


def _object(record: Record, content: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(content.decode(errors="replace"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        record.problems.append(f"{name} is not a JSON object; it is left out")
        return {}
    return value


# ---------------------------------------------------------------------------------------------------------------------
# Pictures


def _read_pictures(record: Record, folder: Path) -> None:
    try:
        paths = sorted(folder.glob("*.png"), key=lambda path: (_rank(path.stem), path.name))
    except OSError as error:
        raise Environment(f"{folder}: {error.strerror or error}") from error
    for path in paths:
        content = _bytes(record, path)
        picture = as_picture(path.stem, content)
        if picture is None:
            record.problems.append(f"figures/{path.name} is not a whole PNG; it is left out")
        else:
            record.pictures.append(picture)


def _rank(stem: str) -> int:
    return next((place for place, start in enumerate(FIGURES) if stem.startswith(start)), len(FIGURES))


def as_picture(name: str, content: bytes) -> Picture | None:
    """The PNG with its size and its words; a name with neither gets its file name for both. None when it is no PNG."""
    if not content.startswith(SIGNATURE + b"\x00\x00\x00\rIHDR") or not content.rstrip(b"\0").endswith(
        b"IEND\xaeB`\x82"
    ):
        return None
    width, height = struct.unpack(">II", content[16:24])
    texts = dict(_texts(content))
    title = texts.get("Title") or name.replace("_", " ").replace("-", " ")
    alt = texts.get("Description") or title
    return Picture(name, content, width, height, title, alt, texts.get("Comment", ""))


def _texts(content: bytes) -> Iterator[tuple[str, str]]:
    """The keywords and texts of a PNG (chunks tEXt and iTXt, PNG specification section 11.3.3)."""
    for kind, data in _chunks(content):
        keyword, _, rest = data.partition(b"\0")
        if kind == b"tEXt":
            yield keyword.decode("latin-1"), rest.decode("latin-1")
        elif kind == b"iTXt" and len(rest) >= 2:
            packed, text = rest[0] == 1, rest[2:].split(b"\0", 2)[-1]
            yield keyword.decode("latin-1"), _unpacked(text, packed).decode(errors="replace")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _unpacked(text: bytes, packed: bool) -> bytes:
    if not packed:
        return text
    try:
        return zlib.decompressobj().decompress(text, LONGEST_TEXT)
    except zlib.error:
        return b""
