from __future__ import annotations

import os
import socket

import pytest

from gradus.errors import BadFile, Environment
from gradus.io.files import open_regular, shown, size_of


def test_a_regular_file_is_read_and_measured(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    with open_regular(path) as file:
        assert (size_of(file), file.read()) == (3, b"abc")
    assert file.closed


def refusal(path) -> str:
    with pytest.raises(BadFile) as caught, open_regular(path):
        pass
    message = str(caught.value)
    assert message.startswith(f"{shown(path)}: ") and "\n" not in message
    return message


def test_what_is_no_regular_file_is_refused_by_its_kind(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    os.symlink(tmp_path / "nowhere", tmp_path / "link")
    with socket.socket(socket.AF_UNIX) as server:
        cwd = os.getcwd()
        os.chdir(tmp_path)  # the path of a socket must be short
        server.bind("socket")
        os.chdir(cwd)
        assert "No such device" in refusal(tmp_path / "socket")
    assert "is a folder" in refusal(tmp_path)
    assert "is a pipe" in refusal(tmp_path / "pipe")
    assert "is a device" in refusal("/dev/zero")
    assert "No such file" in refusal(tmp_path / "link")
    assert "No such file" in refusal(tmp_path / "missing")
    assert "too long" in refusal(tmp_path / ("a" * 300))
    assert "null" in refusal("nul\0nul")


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "growing"
    path.write_bytes(b"abc")
    with pytest.raises(BadFile, match="changed while it was read, from 3 bytes"), open_regular(path) as file:
        file.read()
        with path.open("ab") as writer:
            writer.write(b"d")


def test_permission_denied_is_the_environments_fault(tmp_path, monkeypatch):
    def deny(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", deny)
    with pytest.raises(Environment, match="permission denied"), open_regular(tmp_path / "secret"):
        pass


def test_a_name_is_shown_on_one_line_and_can_be_encoded():
    assert shown("a b/ü.csv") == "a b/ü.csv"
    for name in ("new\nline", "\x1b[31mred", os.fsdecode(b"latin-\xe9")):
        assert shown(name).isascii() and shown(name).isprintable()
