"""Fetching a file of a dataset: into a temporary file, checked there, and moved into place only if it is the right one.

So a cache holds whole files or none, however often a download is killed and however many processes download at once.
"""

from __future__ import annotations

import errno
import http.client
import logging
import os
import time
import urllib.error
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gradus.datasets.check import check_file
from gradus.datasets.offline import is_offline
from gradus.datasets.registry import File
from gradus.datasets.transport import Opener, make_opener
from gradus.errors import BadFile, Environment, Network
from gradus.io.files import shown

TOTAL_SECONDS = 600.0
PAUSES = (0.0, 1.0, 2.0)  # seconds before each round over the mirrors
_PIECE = 2**16
_ABANDONED_SECONDS = 24 * 3600

Progress = Callable[[str, int, int | None], None]  # name of the file, bytes so far, bytes in all if known


class _Failed(Exception):
    """One attempt at one URL came to nothing; `again` says whether another may succeed."""

    def __init__(self, reason: str, again: bool = False):
        super().__init__(reason)
        self.again = again


def download(
    file: File,
    mirrors: Sequence[str],
    folder: Path,
    *,
    advice: str = "",
    progress: Progress | None = None,
    opener: Opener | None = None,
    pauses: Sequence[float] = PAUSES,
) -> Path:
    """Fetch `file` from the first mirror that has it, as folder/name.gz.

    Args:
        file: what to fetch. Its SHA-256, of the unpacked content, decides whether what came is it.
        mirrors: URLs of folders.
        folder: where to put it; made if missing.
        advice: what to do by hand, told when every mirror fails.
        progress: called with (name, bytes so far, bytes in all or None).
        opener: opens a URL; see `make_opener`. Default: https only.
        pauses: seconds to wait before each round over the mirrors.

    Raises:
        Network: offline, or no mirror has it: the URLs tried, why each failed, and `advice`.
        Environment: the folder cannot be written, or the disk is full.
    """
    urls = [f"{mirror}{file.name}.gz" for mirror in mirrors]
    if is_offline():
        raise Network(f"{file.name}: not on this machine, and GRADUS_OFFLINE forbids to download it; {advice}")
    _prepare(folder)
    target = folder / f"{file.name}.gz"
    fetch = _Fetch(file, opener or make_opener(), progress)
    failures: dict[str, str] = {}
    for pause in pauses:
        time.sleep(pause)
        for url in list(urls):
            try:
                return fetch.into(target, url)
            except _Failed as failed:
                failures[url] = str(failed)
                if not failed.again:
                    urls.remove(url)
        if not urls:
            break
    tried = ", ".join(f"{url} ({reason})" for url, reason in failures.items())
    raise Network(f"{file.name}: cannot be downloaded, tried {tried}; {advice}")


class _Fetch:
    """One file from one URL at a time."""

    def __init__(self, file: File, opener: Opener, progress: Progress | None):
        self.file, self.opener, self.progress = file, opener, progress
        # Data that does not compress grows a little in gzip; nothing honest is larger.
        self.limit = file.size + file.size // 1000 + 4096
        self.deadline = time.monotonic() + TOTAL_SECONDS

    def into(self, target: Path, url: str) -> Path:
        """Fetch, check and move to `target`."""
        import pooch

        pooch.get_logger().setLevel(logging.WARNING)  # gradus says itself what it does
        try:
            set_aside(target)
            pooch.retrieve(url, known_hash=None, fname=target.name, path=target.parent, downloader=self.receive)
        except OSError as error:
            raise Environment(f"{shown(target.parent)}: cannot be written, {error.strerror or error}") from error
        return target

    def receive(self, url: str, output_file: str | os.PathLike[str], _: Any) -> None:
        """Pooch's hook: write what the URL holds to a temporary file, and refuse what is not the file looked for."""
        with self._open(url) as response:
            self._copy(response, Path(output_file))
        self._check(Path(output_file))

    def _open(self, url: str) -> Any:
        try:
            return self.opener(url)
        except urllib.error.HTTPError as error:
            error.close()
            raise _Failed(f"answered {error.code} {error.reason}", again=error.code >= 500) from None
        except urllib.error.URLError as error:
            raise _Failed(f"no connection, {_plain(error.reason)}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _Failed(f"no answer, {_plain(error)}") from None

    def _copy(self, response: Any, output: Path) -> None:
        total = _length(response)
        if total is not None and total > self.limit:
            raise _Failed(f"offers {total:,} bytes, expected at most {self.limit:,}")
        done = 0
        with output.open("wb") as sink:
            while piece := self._next(response):
                done += len(piece)
                if done > self.limit:
                    raise _Failed(f"sends more than {self.limit:,} bytes")
                sink.write(piece)
                if self.progress:
                    self.progress(self.file.name, done, total)
        if total is not None and done < total:
            raise _Failed(f"sent {done:,} of {total:,} bytes", again=True)

    def _next(self, response: Any) -> bytes:
        if time.monotonic() > self.deadline:
            raise _Failed(f"took longer than {TOTAL_SECONDS:.0f} s")
        try:
            return response.read1(_PIECE)  # what is there, without waiting for a whole piece
        except (OSError, http.client.HTTPException) as error:
            raise _Failed(f"broke off: {_plain(error)}", again=True) from None

    def _check(self, output: Path) -> None:
        with output.open("rb") as file:
            start = file.read(64).lstrip()
        if start.startswith(b"<"):
            raise _Failed("sent a web page instead of the file")
        try:
            check_file(output, self.file)
        except BadFile as error:
            raise _Failed("sent another file: " + str(error).removeprefix(f"{shown(output)}: ")) from None


def _length(response: Any) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else None


def _plain(reason: object) -> str:
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return " ".join(str(text).split())[:120]


# --- the folder ------------------------------------------------------------------------------------------------------


def _prepare(folder: Path) -> None:
    """Make the folder, and remove what downloads that were killed have left in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for draft in folder.glob("tmp*"):
            if draft.is_file() and time.time() - draft.stat().st_mtime > _ABANDONED_SECONDS:
                draft.unlink(missing_ok=True)
    except OSError as error:
        if error.errno == errno.ENOENT:  # another process has just removed it too
            return
        raise Environment(f"{shown(folder)}: cannot be made or read, {error.strerror or error}") from error


def set_aside(path: Path) -> None:
    """Make way at `path`: a file, link or pipe is removed; a folder, which may hold somebody's work, is renamed."""
    if path.is_dir() and not path.is_symlink():
        number = 1
        while (aside := path.with_name(f"{path.name}.folder-{number}")).exists():
            number += 1
        path.rename(aside)
    else:
        path.unlink(missing_ok=True)
