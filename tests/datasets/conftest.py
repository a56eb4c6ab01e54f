"""A small file of a dataset, and a server on this machine to download it from."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator

import pytest

from gradus.datasets.registry import File
from gradus.datasets.transport import make_opener
from tests.datasets.mirror import IMAGE, Mirror


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is reached directly, whatever its user's settings are."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    server = Mirror()
    yield server
    server.close()


@pytest.fixture
def loopback():
    """Opens http on this machine."""
    return make_opener(("http",))


@pytest.fixture
def impatient():
    """Opens http on this machine; waits a second for more."""
    return make_opener(("http",), stall=1)


@pytest.fixture
def file() -> File:
    """A small file of a dataset."""
    return File("tiny-idx1-ubyte", len(IMAGE), hashlib.sha256(IMAGE).hexdigest(), (40_000,))


@pytest.fixture
def packed() -> bytes:
    """The bytes that a mirror should send for it."""
    return gzip.compress(IMAGE, mtime=0)
