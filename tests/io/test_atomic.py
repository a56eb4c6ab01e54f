from __future__ import annotations

import os
import threading

import pytest

from gradus.errors import BadFile, Environment
from gradus.io.atomic import read_bytes, write_bytes


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "a"
    for content in (b"old", b"", bytes(range(256))):
        write_bytes(path, content)
        assert read_bytes(path, 1000) == content
        assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file(call, tmp_path, monkeypatch):
    path = tmp_path / "a"
    write_bytes(path, b"old")

    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(Environment, match="a: cannot write: Input/output error"):
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_reader_never_sees_a_part(tmp_path):
    path = tmp_path / "a"
    contents = [bytes([i]) * 100_000 for i in range(2)]
    write_bytes(path, contents[0])
    writer = threading.Thread(target=lambda: [write_bytes(path, contents[i % 2]) for i in range(40)])
    writer.start()
    seen = set()
    while writer.is_alive():
        seen.add(path.read_bytes())
    writer.join()
    assert seen <= set(contents)


def test_the_limit_is_checked_before_reading(tmp_path):
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 2**40)
    with pytest.raises(BadFile, match="a: 1,099,511,627,776 bytes, more than the limit of 10"):
        read_bytes(path, 10)


def test_the_name_of_a_file_may_be_as_long_as_the_system_allows(tmp_path):
    write_bytes(tmp_path / ("x" * 255), b"")
    assert os.listdir(tmp_path) == ["x" * 255]
    with pytest.raises(Environment, match="File name too long"):
        write_bytes(tmp_path / ("x" * 256), b"")
    assert os.listdir(tmp_path) == ["x" * 255]
