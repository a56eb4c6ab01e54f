"""Files that are either whole or absent, whatever happens while they are written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gradus.errors import BadFile, Environment
from gradus.io.files import open_regular, shown, size_of


def write_bytes(path: str | os.PathLike[str], content: bytes | memoryview) -> None:
    """Replace the file at `path` by `content`: a reader, or a crash, sees the old file or the new one, never a part.

    The bytes go to a temporary file beside it, which is flushed to the disk and then renamed; the folder is flushed
    last, because the rename lives there.

    Raises:
        Environment: the folder is missing, read-only or full. Nothing is left behind.
    """
    path = Path(path)
    # Its own name would make the temporary file's name too long where it is as long as the system allows.
    draft = path.with_name(f".{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        write_new(draft, content)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Environment(f"{path}: cannot write: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def write_new(path: Path, content: bytes | memoryview) -> None:
    """Create `path`, write `content` and wait until the disk has it."""
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the disk knows the names in a folder. Systems that cannot open a folder have no need of it."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_bytes(path: str | os.PathLike[str], limit: int) -> bytes:
    """The whole of a regular file of at most `limit` bytes.

    Raises:
        BadFile: it is missing, a folder, a pipe or a device, or larger than `limit`.
        Environment: permission denied.
    """
    with open_regular(path) as file:
        size = size_of(file)
        if size > limit:
            raise BadFile(f"{shown(path)}: {size:,} bytes, more than the limit of {limit:,}")
        return file.read(size)
