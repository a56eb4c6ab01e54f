from __future__ import annotations

import socket
import ssl
import urllib.error

import pytest

from gradus.datasets.transport import ForbiddenUrl, make_opener
from tests.datasets.mirror import redirect, send, stall


def test_what_a_server_sends_is_read(mirror, loopback):
    mirror.answers["/file"] = send(b"content")
    with loopback(mirror.url + "file") as response:
        assert response.read1(100) == b"content"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "ftp://127.0.0.1/x", "file:///etc/hostname", "data:,x", "x"])
def test_only_https_is_opened(url):
    with pytest.raises(ForbiddenUrl, match="expected https"):
        make_opener()(url)


def test_a_redirect_to_another_scheme_is_refused(mirror, loopback):
    mirror.answers["/file"] = redirect("ftp://127.0.0.1/file")
    with pytest.raises(ForbiddenUrl, match="ftp scheme in ftp://127.0.0.1/file, expected http"):
        loopback(mirror.url + "file")


def test_redirects_are_followed_five_times(mirror, loopback):
    for step in range(10):
        mirror.answers[f"/{step}"] = redirect(f"/{step + 1}")
    mirror.answers["/10"] = send(b"there")
    with loopback(mirror.url + "5") as response:
        assert response.read1(10) == b"there"
    with pytest.raises(urllib.error.HTTPError, match="infinite loop") as caught:
        loopback(mirror.url + "4")
    caught.value.close()
    assert mirror.asked[-6:] == ["/4", "/5", "/6", "/7", "/8", "/9"]


def test_a_redirect_loop_ends(mirror, loopback):
    mirror.answers["/file"] = redirect("/file")
    with pytest.raises(urllib.error.HTTPError) as caught:
        loopback(mirror.url + "file")
    caught.value.close()
    assert len(mirror.asked) <= 2


def test_a_server_that_stalls_is_given_up(mirror, impatient):
    mirror.answers["/file"] = stall(bytes(1000))
    with impatient(mirror.url + "file") as response:
        assert len(response.read1(1000)) == 100
        with pytest.raises(TimeoutError):
            response.read1(1000)


def test_a_connection_that_does_not_come_about_is_given_up_before_a_stall(monkeypatch):
    waited = []

    def never(address, timeout, source):
        waited.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", never)
    for url, opener in (("http", make_opener(("http",), connect=0.2, stall=30)), ("https", make_opener())):
        with pytest.raises(urllib.error.URLError, match="timed out"):
            opener(f"{url}://127.0.0.1/")
    assert waited == [0.2, 4.0]


def test_certificates_are_checked(mirror):
    with pytest.raises(urllib.error.URLError) as caught:
        make_opener(connect=2)(mirror.url.replace("http", "https"))
    assert isinstance(caught.value.reason, ssl.SSLError)
