"""Opening a URL as a download needs it: https only, also after a redirect, and never waiting for ever."""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from gradus._version import __version__

CONNECT_SECONDS = 4.0  # two mirrors that do not answer are given up within ten seconds
STALL_SECONDS = 30.0  # without a byte
REDIRECTS = 5

Opener = Callable[[str], AbstractContextManager[Any]]  # of a response, with headers and read1()


class ForbiddenUrl(OSError):
    """A URL, or one that it redirects to, of a scheme that is not allowed."""


def make_opener(
    schemes: Collection[str] = ("https",), *, connect: float = CONNECT_SECONDS, stall: float = STALL_SECONDS
) -> Opener:
    """A function that opens a URL for reading.

    Args:
        schemes: the only ones allowed, for the URL itself and for every redirect. Tests that serve files on their own
            machine allow "http"; gradus itself never does.
        connect: seconds to wait for a connection.
        stall: seconds to wait for the next bytes.
    """

    class HTTPConnection(_Patient, http.client.HTTPConnection):
        seconds = stall

    class HTTPSConnection(_Patient, http.client.HTTPSConnection):
        seconds = stall

    class HTTPHandler(urllib.request.HTTPHandler):
        def http_open(self, request: urllib.request.Request) -> Any:
            return self.do_open(HTTPConnection, request)

    class HTTPSHandler(urllib.request.HTTPSHandler):
        def https_open(self, request: urllib.request.Request) -> Any:
            return self.do_open(HTTPSConnection, request, context=_trust())

    class Redirects(urllib.request.HTTPRedirectHandler):
        max_redirections = REDIRECTS
        max_repeats = 1

        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            _check_scheme(newurl, schemes)
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    director = urllib.request.build_opener(HTTPHandler, HTTPSHandler, Redirects)
    director.addheaders = [("User-Agent", f"gradus/{__version__}")]

    def open_url(url: str) -> AbstractContextManager[Any]:
        _check_scheme(url, schemes)
        return director.open(url, timeout=connect)

    return open_url


class _Patient:
    """Quick to give up a connection that does not come about, patient with one that does."""

    seconds: float
    sock: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock.settimeout(self.seconds)


def _check_scheme(url: str, schemes: Collection[str]) -> None:
    scheme = urlsplit(url).scheme
    if scheme not in schemes:
        raise ForbiddenUrl(f"{scheme or 'no'} scheme in {url}, expected {' or '.join(schemes)}")


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:  # a Python that came without the system's certificates
        try:
            import certifi
        except ImportError:
            return context
        context.load_verify_locations(certifi.where())
    return context
