"""Where a dataset's files are on this machine, and whether they are right.

They are looked for, in this order, in the folder that the caller names, in $GRADUS_DATA, and in the user's cache, which
is where downloads go. In each, a file may be packed (name.gz) or not, and lie in the folder itself, in mnist/, or in
MNIST/raw/, where torchvision puts it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradus.datasets.check import check_file
from gradus.datasets.registry import BUNDLED, Entry, File, entry
from gradus.errors import BadFile, Environment
from gradus.io.files import shown

if TYPE_CHECKING:
    from gradus.datasets.download import Progress
    from gradus.datasets.transport import Opener


@dataclass(frozen=True)
class Found:
    """A file and where it lies: in "data_dir", "GRADUS_DATA" or "cache", or "bundled" with gradus."""

    file: File
    path: Path
    where: str


@dataclass(frozen=True)
class FileStatus:
    """One file of a dataset: `path` and `where` are None if it is not on this machine."""

    file: str
    path: Path | None
    where: str | None


@dataclass(frozen=True)
class Status:
    """Whether a dataset can be loaded without a download."""

    name: str
    ready: bool
    files: tuple[FileStatus, ...]


@dataclass(frozen=True)
class Check:
    """What `verify` found out about one file."""

    file: str
    ok: bool
    detail: str


def cache_folder(name: str) -> Path:
    """The folder of the user's cache in which a dataset's downloads lie."""
    import platformdirs

    return platformdirs.user_cache_path("gradus") / name


def find(dataset: Entry, file: File, data_dir: str | os.PathLike[str] | None = None) -> Found | None:
    """Where a file of a dataset lies, or None.

    Raises:
        BadFile: `data_dir` is no folder.
    """
    irregular = None
    for where, folder in _folders(dataset, data_dir):
        for name in (f"{file.name}.gz", file.name, file.name.replace("-idx", ".idx")):
            path = folder / name
            if path.is_file():
                return Found(file, path, where)
            if irregular is None and os.path.lexists(path):
                irregular = Found(file, path, where)
    return irregular  # a folder or a broken link: reading it will say so


def _folders(dataset: Entry, data_dir: str | os.PathLike[str] | None) -> Iterator[tuple[str, Path]]:
    if dataset.files and not dataset.mirrors:
        yield "bundled", BUNDLED
        return
    if data_dir:
        root = Path(os.path.expanduser(data_dir))
        if not root.is_dir():
            raise BadFile(f"{shown(root)}: is no folder; it was named as the one with the data")
        yield from (("data_dir", folder) for folder in _below(root, dataset.name))
    if named := os.environ.get("GRADUS_DATA"):
        yield from (("GRADUS_DATA", folder) for folder in _below(Path(os.path.expanduser(named)), dataset.name))
    yield "cache", cache_folder(dataset.name)


def _below(root: Path, name: str) -> tuple[Path, ...]:
    return root, root / name, root / name.upper() / "raw"


def advice(dataset: Entry) -> str:
    """What to do by hand when a download is impossible."""
    names = ", ".join(f"{file.name}.gz" for file in dataset.files)
    named = os.environ.get("GRADUS_DATA")
    wrong = f" (which now names {named}, no folder)" if named and not os.path.isdir(os.path.expanduser(named)) else ""
    cache = cache_folder(dataset.name)
    return f"put {names} into a folder and name it with --data-dir or $GRADUS_DATA{wrong}, or into {cache}"


def obtain(
    dataset: Entry,
    file: File,
    data_dir: str | os.PathLike[str] | None = None,
    *,
    progress: Progress | None = None,
    opener: Opener | None = None,
) -> Found:
    """Find a file, or download it into the cache. Raises what `find` and `download` raise."""
    return find(dataset, file, data_dir) or renew(dataset, file, progress=progress, opener=opener)


def renew(dataset: Entry, file: File, *, progress: Progress | None = None, opener: Opener | None = None) -> Found:
    """Download a file into the cache, in place of what may be there."""
    from gradus.datasets.download import download  # loads ssl and http: not for those who need no network

    folder = cache_folder(dataset.name)
    path = download(file, dataset.mirrors, folder, advice=advice(dataset), progress=progress, opener=opener)
    return Found(file, path, "cache")


# --- what commands ask -----------------------------------------------------------------------------------------------


def status(name: str, data_dir: str | os.PathLike[str] | None = None) -> Status:
    """Which of a dataset's files are on this machine. Nothing is read or downloaded.

    >>> status("digits").ready
    True
    """
    dataset = entry(name)
    found = [(file, find(dataset, file, data_dir)) for file in dataset.files]
    files = tuple(FileStatus(file.name, *((got.path, got.where) if got else (None, None))) for file, got in found)
    return Status(name, all(got for _, got in found), files)


def fetch(
    name: str,
    data_dir: str | os.PathLike[str] | None = None,
    *,
    progress: Progress | None = None,
    opener: Opener | None = None,
) -> list[Path]:
    """See to it that a dataset is on this machine: download what is missing, and what is damaged in the cache.

    Returns:
        The paths of its files; none for a dataset that is generated.

    Raises:
        BadFile, IntegrityError: a file in a folder of the user's own is damaged.
        Network: a download failed, or is forbidden by $GRADUS_OFFLINE.
    """
    dataset = entry(name)
    paths = []
    for file in dataset.files:
        found = obtain(dataset, file, data_dir, progress=progress, opener=opener)
        try:
            check_file(found.path, file)
        except (BadFile, Environment):
            if found.where != "cache":
                raise
            found = renew(dataset, file, progress=progress, opener=opener)
        paths.append(found.path)
    return paths


def verify(name: str, data_dir: str | os.PathLike[str] | None = None) -> list[Check]:
    """Compare the SHA-256 of each of a dataset's files with the recorded one. Nothing is downloaded.

    >>> [check.ok for check in verify("digits")]
    [True, True]
    """
    dataset = entry(name)
    return [_verify(file, find(dataset, file, data_dir)) for file in dataset.files]


def _verify(file: File, found: Found | None) -> Check:
    if found is None:
        return Check(file.name, False, "not on this machine")
    try:
        check_file(found.path, file)
    except (BadFile, Environment) as error:
        return Check(file.name, False, str(error))
    return Check(file.name, True, f"{shown(found.path)}: SHA-256 as recorded")
