"""Whether a file is the one that the registry means: its unpacked content has the size and the SHA-256 given there."""

from __future__ import annotations

import hashlib
import os

from gradus.datasets.registry import File
from gradus.errors import IntegrityError
from gradus.io.gz import open_content


def check_file(path: str | os.PathLike[str], file: File) -> None:
    """Read a file, plain or gzip, from front to end in bounded memory.

    Raises:
        BadFile: it is no regular file, or its gzip data is damaged.
        IntegrityError: it holds something else.
    """
    digest, size = hashlib.sha256(), 0
    with open_content(path) as content:
        while piece := content.read_some(2**18):
            digest.update(piece)
            size += len(piece)
            if size > file.size:
                raise IntegrityError(f"{content.name}: holds more than the {file.size:,} bytes of {file.name}")
        if size < file.size:
            raise IntegrityError(f"{content.name}: holds {size:,} bytes, {file.name} has {file.size:,}")
        if digest.hexdigest() != file.sha256:
            was, expected = digest.hexdigest()[:12], file.sha256[:12]
            raise IntegrityError(f"{content.name}: is not {file.name}, its SHA-256 is {was}…, expected {expected}…")
