from __future__ import annotations

import gzip
import multiprocessing
import os
import subprocess
import sys
import textwrap
import time
from itertools import pairwise
from pathlib import Path

import pytest

from gradus.datasets import download as module
from gradus.datasets.check import check_file
from gradus.datasets.download import download, set_aside
from gradus.datasets.offline import is_offline
from gradus.datasets.transport import make_opener
from gradus.errors import Environment, Network
from tests.datasets.mirror import IMAGE, redirect, send, stall, status

PATH = "/tiny-idx1-ubyte.gz"


@pytest.fixture
def fetch(tmp_path, mirror, loopback, file):
    """Download the small file from the mirror into a folder that is not there yet."""

    def run(mirrors=(mirror.url,), **options) -> Path:
        options = {"opener": loopback, "pauses": (0, 0), "advice": "put it there", **options}
        return download(file, mirrors, tmp_path / "cache" / "tiny", **options)

    run.folder = tmp_path / "cache" / "tiny"
    return run


def refusal(fetch, **options) -> str:
    with pytest.raises(Network) as caught:
        fetch(**options)
    assert list(fetch.folder.glob("*")) == []  # nothing is left, neither a part nor a temporary file
    assert "\n" not in str(caught.value) and str(caught.value).endswith("; put it there")
    return str(caught.value)


# --- what works ------------------------------------------------------------------------------------------------------


def test_a_file_is_fetched_once_into_a_folder_that_is_made(fetch, mirror, file, packed, capfd):
    mirror.answers[PATH] = send(packed)
    path = fetch()
    assert path == fetch.folder / "tiny-idx1-ubyte.gz" and path.read_bytes() == packed
    assert mirror.asked == [PATH] and [one.name for one in fetch.folder.iterdir()] == [path.name]
    assert capfd.readouterr() == ("", "")  # who calls says what goes on


@pytest.mark.parametrize("content", [gzip.compress(IMAGE, 1, mtime=0), IMAGE], ids=["packed", "plain"])
def test_a_copy_packed_otherwise_or_not_at_all_is_as_good(fetch, mirror, file, content):
    mirror.answers[PATH] = send(content)
    check_file(fetch(), file)


def test_a_length_that_is_not_told_is_no_hindrance(fetch, mirror, file, packed):
    mirror.answers[PATH] = send(packed, length=0)
    check_file(fetch(), file)


def test_the_next_mirror_is_asked_when_one_fails(fetch, mirror, file, packed):
    mirror.answers["/bad" + PATH], mirror.answers["/good" + PATH] = send(b"<html>"), send(packed)
    check_file(fetch([f"{mirror.url}bad/", "http://127.0.0.1:1/", f"{mirror.url}good/"]), file)


def test_a_redirect_is_followed(fetch, mirror, file, packed):
    mirror.answers[PATH], mirror.answers["/elsewhere"] = redirect("/elsewhere"), send(packed)
    check_file(fetch(), file)


@pytest.mark.parametrize("first", [status(503), "cut"])
def test_what_may_pass_is_tried_again(fetch, mirror, file, packed, first):
    answers = [send(packed, kept=1000) if first == "cut" else first, send(packed)]
    mirror.answers[PATH] = lambda handler: answers.pop(0)(handler)
    check_file(fetch(), file)
    assert len(mirror.asked) == 2


def test_progress_is_told(fetch, mirror, packed):
    mirror.answers[PATH] = send(packed)
    told = []
    fetch(progress=lambda *args: told.append(args))
    assert told[-1] == ("tiny-idx1-ubyte", len(packed), len(packed))
    assert all(a[1] < b[1] for a, b in pairwise(told))


# --- what does not ---------------------------------------------------------------------------------------------------


def test_an_answer_that_is_cut_off(fetch, mirror, packed):
    mirror.answers[PATH] = send(packed, kept=1000)
    assert f"sent 1,000 of {len(packed):,} bytes" in refusal(fetch)
    mirror.answers[PATH] = send(packed, length=0, kept=1000)
    assert "sent another file: the gzip data is cut off" in refusal(fetch)


def test_another_content(fetch, mirror):
    mirror.answers[PATH] = send(gzip.compress(IMAGE[:-1] + b"x"))
    assert "sent another file: is not tiny-idx1-ubyte, its SHA-256 is" in refusal(fetch)
    assert mirror.asked == [PATH]  # asking again would not help


def test_a_page_to_log_in_with_status_200(fetch, mirror):
    mirror.answers[PATH] = send(b"\n <!doctype html><title>Log in</title>")
    assert "sent a web page instead of the file" in refusal(fetch)


def test_a_body_that_is_too_large_is_cut_off(fetch, mirror):
    limit = 40_008 + 40 + 4096
    mirror.answers[PATH] = send(b"", length=10**10)
    assert f"offers 10,000,000,000 bytes, expected at most {limit:,}" in refusal(fetch)
    mirror.answers[PATH] = send(bytes(10**7), length=0)
    assert f"sends more than {limit:,} bytes" in refusal(fetch)


def test_a_bomb_is_not_unpacked(fetch, mirror):
    mirror.answers[PATH] = send(gzip.compress(bytes(10**7)))
    assert "holds more than the 40,008 bytes" in refusal(fetch)


def test_a_server_that_stalls(fetch, mirror, packed, impatient):
    mirror.answers[PATH] = stall(packed)
    assert "broke off: timed out" in refusal(fetch, opener=impatient, pauses=(0,))


def test_a_server_that_drips_is_given_up_when_time_is_over(fetch, mirror, packed, monkeypatch):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for at in range(40):
            handler.wfile.write(packed[at : at + 1])
            handler.wfile.flush()
            time.sleep(0.05)

    mirror.answers[PATH] = drip
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.5)
    assert "took longer than" in refusal(fetch)


def test_a_server_that_says_no(fetch, mirror):
    for code in (404, 403, 500):
        mirror.answers[PATH] = status(code)
        assert f"answered {code}" in refusal(fetch)
    assert len(mirror.asked) == 1 + 1 + 2  # only the server's own fault is tried again


def test_a_server_that_is_down_or_talks_nonsense(fetch, mirror):
    assert "no connection, Connection refused" in refusal(fetch, mirrors=["http://127.0.0.1:1/"])
    mirror.answers[PATH] = lambda handler: handler.wfile.write(b"nonsense\r\n\r\n")
    assert "no answer" in refusal(fetch)


def test_every_url_and_its_failure_are_told(fetch, mirror):
    message = refusal(fetch, mirrors=[f"{mirror.url}a/", "http://127.0.0.1:1/"])
    assert message.startswith("tiny-idx1-ubyte: cannot be downloaded, tried ")
    assert f"{mirror.url}a{PATH} (answered 404 Not Found)" in message
    assert f"http://127.0.0.1:1{PATH} (no connection" in message


def test_by_default_only_https_is_asked(fetch, mirror, packed):
    mirror.answers[PATH] = send(packed)
    assert "expected https" in refusal(fetch, opener=None)
    assert mirror.asked == []


def test_a_proxy_that_is_down(fetch, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    assert "no connection, Connection refused" in refusal(
        fetch, opener=make_opener(), mirrors=["https://a.invalid/", "https://b.invalid/"]
    )


# --- offline ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "offline"), [("1", True), ("yes", True), ("0", False), ("", False), ("False", False)]
)
def test_what_the_variable_means(monkeypatch, value, offline):
    monkeypatch.setenv("GRADUS_OFFLINE", value)
    assert is_offline() is offline


def test_offline_nothing_is_asked(fetch, mirror, monkeypatch):
    monkeypatch.setenv("GRADUS_OFFLINE", "1")
    assert "GRADUS_OFFLINE forbids to download it" in refusal(fetch)
    assert mirror.asked == []


def test_offline_no_socket_is_opened(tmp_path):
    code = """
        import sys
        events = []
        sys.addaudithook(lambda event, args: events.append(event) if event.startswith(("socket.", "urllib.")) else None)
        from gradus import datasets
        from gradus.errors import Network
        try:
            datasets.load("mnist")
        except Network as error:
            print(error)
        print([event for event in events])
    """
    names = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "GRADUS_OFFLINE": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "GRADUS_DATA"} | names
    command = [sys.executable, "-c", textwrap.dedent(code)]
    lines = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0].startswith(
        "train-images-idx3-ubyte: not on this machine, and GRADUS_OFFLINE forbids to download it"
    )
    assert "t10k-labels-idx1-ubyte.gz into a folder and name it with --data-dir or $GRADUS_DATA" in lines[0]
    assert lines[1:] == ["[]"]


# --- the folder ------------------------------------------------------------------------------------------------------


def test_what_was_there_is_replaced(fetch, mirror, file, packed):
    mirror.answers[PATH] = send(packed)
    target = fetch()
    for damaged in (b"", packed[:100], packed[:-1] + b"\0"):
        target.write_bytes(damaged)
        check_file(fetch(), file)
    target.unlink()
    target.symlink_to("/nowhere")
    check_file(fetch(), file)
    target.unlink()
    os.mkfifo(target)
    check_file(fetch(), file)


def test_a_folder_of_that_name_is_renamed_not_removed(fetch, mirror, file, packed):
    mirror.answers[PATH] = send(packed)
    for number in (1, 2):
        (fetch.folder / "tiny-idx1-ubyte.gz").mkdir(parents=True)
        (fetch.folder / "tiny-idx1-ubyte.gz" / "mine.txt").write_text("work")
        check_file(fetch(), file)
        assert (fetch.folder / f"tiny-idx1-ubyte.gz.folder-{number}" / "mine.txt").read_text() == "work"
        (fetch.folder / "tiny-idx1-ubyte.gz").unlink()


def test_nothing_to_set_aside(tmp_path):
    set_aside(tmp_path / "missing")
    assert not list(tmp_path.iterdir())


def test_what_killed_downloads_left_is_removed_after_a_day(fetch, mirror, packed):
    mirror.answers[PATH] = send(packed)
    fetch.folder.mkdir(parents=True)
    for name, age in (("tmpold", 2 * 86_400), ("tmpnew", 10), ("other", 2 * 86_400)):
        (fetch.folder / name).write_bytes(b"part")
        os.utime(fetch.folder / name, (time.time() - age,) * 2)
    fetch()
    assert sorted(one.name for one in fetch.folder.iterdir()) == ["other", "tiny-idx1-ubyte.gz", "tmpnew"]


def test_a_folder_that_cannot_be_made(tmp_path, fetch, mirror, packed):
    mirror.answers[PATH] = send(packed)
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(Environment, match="cannot be made or read"):
        fetch()


def test_a_full_disk(fetch, mirror, packed, monkeypatch):
    mirror.answers[PATH] = send(packed)

    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(Environment, match="cannot be written, No space left on device"):
        fetch()
    assert list(fetch.folder.iterdir()) == []


def fetch_in_a_process(file, url: str, folder: Path) -> None:
    """What each of several processes does."""
    download(file, [url], folder, opener=make_opener(("http",)))
    check_file(folder / "tiny-idx1-ubyte.gz", file)


def test_several_processes_at_once_leave_one_good_file(tmp_path, mirror, file, packed):
    mirror.answers[PATH] = send(packed)
    spawn = multiprocessing.get_context("spawn")
    jobs = [spawn.Process(target=fetch_in_a_process, args=(file, mirror.url, tmp_path)) for _ in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0] * 4
    assert [one.name for one in tmp_path.iterdir()] == ["tiny-idx1-ubyte.gz"]


def test_a_download_that_is_killed_leaves_nothing_that_looks_whole(tmp_path, mirror, file, packed):
    mirror.answers[PATH] = stall(packed)
    job = multiprocessing.get_context("spawn").Process(target=fetch_in_a_process, args=(file, mirror.url, tmp_path))
    job.start()
    deadline = time.monotonic() + 60
    while not mirror.asked and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    job.kill()
    job.join()
    assert not (tmp_path / "tiny-idx1-ubyte.gz").exists()
    mirror.answers[PATH] = send(packed)
    check_file(download(file, [mirror.url], tmp_path, opener=make_opener(("http",))), file)
