from __future__ import annotations

import dataclasses
import gzip
import os
from pathlib import Path

import pytest

from gradus import datasets
from gradus.datasets import registry, store
from gradus.datasets.check import check_file
from gradus.errors import BadFile, Network, Usage
from tests.datasets.mirror import IMAGE, send

NAME = "tiny-idx1-ubyte"


@pytest.fixture
def tiny(home, mirror, file, packed, monkeypatch):
    """A dataset of one small file, which the mirror has; no folder of the user's, an empty cache."""
    monkeypatch.delenv("GRADUS_DATA", raising=False)
    mirror.answers[f"/{NAME}.gz"] = send(packed)
    dataset = registry.Entry("tiny", "a small file", files=(file,), mirrors=(mirror.url,))
    monkeypatch.setitem(registry.ENTRIES, "tiny", dataset)
    return dataset


@pytest.fixture
def put(packed):
    def put_file(path: Path, content: bytes | None = None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if content is not None else packed if path.suffix == ".gz" else IMAGE)
        return path

    return put_file


# --- finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "tiny", "TINY/raw"])
@pytest.mark.parametrize("name", [f"{NAME}.gz", NAME, "tiny.idx1-ubyte"])
def test_a_file_is_found_under_each_of_its_names(tiny, put, tmp_path, monkeypatch, folder, name):
    path = put(tmp_path / "data" / folder / name)
    found = store.find(tiny, tiny.files[0], tmp_path / "data")
    assert found.path == path and found.where == "data_dir"
    monkeypatch.setenv("GRADUS_DATA", str(tmp_path / "data"))
    found = store.find(tiny, tiny.files[0])
    assert found.path == path and found.where == "GRADUS_DATA"


def test_the_order_is_folder_variable_cache(tiny, put, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADUS_DATA", str(tmp_path / "variable"))
    find = lambda: store.find(tiny, tiny.files[0], tmp_path)  # noqa: E731
    assert find() is None
    put(store.cache_folder("tiny") / f"{NAME}.gz")
    assert find().where == "cache"
    put(tmp_path / "variable" / NAME)
    assert find().where == "GRADUS_DATA"
    put(tmp_path / "tiny" / NAME)
    assert find().where == "data_dir"


def test_the_home_may_be_written_short(tiny, put, home):
    put(home / "my data" / NAME)
    assert store.find(tiny, tiny.files[0], "~/my data").where == "data_dir"


def test_a_folder_that_is_named_must_exist(tiny, tmp_path):
    for wrong in (tmp_path / "missing", "~nobody-of-this-name/data"):
        with pytest.raises(BadFile, match="is no folder"):
            store.find(tiny, tiny.files[0], wrong)


def test_a_regular_file_elsewhere_goes_before_a_folder_of_the_same_name(tiny, put, tmp_path):
    (tmp_path / NAME).mkdir()
    assert store.find(tiny, tiny.files[0], tmp_path).path == tmp_path / NAME
    put(store.cache_folder("tiny") / f"{NAME}.gz")
    assert store.find(tiny, tiny.files[0], tmp_path).where == "cache"


# --- status, fetch, verify -------------------------------------------------------------------------------------------


def test_status_tells_where_files_are_and_loads_nothing(tiny, put, mirror, tmp_path):
    assert datasets.status("tiny") == datasets.Status("tiny", False, (datasets.FileStatus(NAME, None, None),))
    path = put(tmp_path / NAME, b"not looked at")
    assert datasets.status("tiny", tmp_path).files == (datasets.FileStatus(NAME, path, "data_dir"),)
    assert datasets.status("tiny", tmp_path).ready and not mirror.asked
    assert datasets.status("moons") == datasets.Status("moons", True, ())


def test_fetch_downloads_what_is_missing_once(tiny, file, mirror, loopback):
    for _ in range(2):
        (path,) = datasets.fetch("tiny", opener=loopback)
        check_file(path, file)
    assert path == store.cache_folder("tiny") / f"{NAME}.gz" and len(mirror.asked) == 1
    assert datasets.fetch("digits") and datasets.fetch("moons") == []


def test_fetch_takes_what_the_user_has(tiny, put, mirror, tmp_path):
    path = put(tmp_path / NAME)
    assert datasets.fetch("tiny", tmp_path) == [path] and not mirror.asked


@pytest.mark.parametrize("damage", ["empty", "cut off", "flipped", "another", "folder", "link", "pipe"])
def test_fetch_mends_the_cache_but_not_the_users_files(tiny, file, packed, put, loopback, tmp_path, damage):
    content = {
        "empty": b"",
        "cut off": packed[:-5],
        "flipped": packed[:-5] + b"\0" + packed[-4:],
        "another": gzip.compress(IMAGE[:-1] + b"x"),
    }
    for path in (store.cache_folder("tiny") / f"{NAME}.gz", tmp_path / "data" / f"{NAME}.gz"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if damage == "folder":
            path.mkdir()
        elif damage == "link":
            path.symlink_to("/nowhere")
        elif damage == "pipe":
            os.mkfifo(path)
        else:
            path.write_bytes(content[damage])
    assert [check.ok for check in datasets.verify("tiny")] == [False]
    (mended,) = datasets.fetch("tiny", opener=loopback)
    check_file(mended, file)
    assert [check.ok for check in datasets.verify("tiny")] == [True]
    if damage in content:
        with pytest.raises(BadFile, match=str(tmp_path / "data")):
            datasets.fetch("tiny", tmp_path / "data", opener=loopback)


def test_verify_says_what_is_wrong_with_which_file(tiny, put, tmp_path):
    assert datasets.verify("tiny") == [datasets.Check(NAME, False, "not on this machine")]
    path = put(tmp_path / NAME)
    assert datasets.verify("tiny", tmp_path) == [datasets.Check(NAME, True, f"{path}: SHA-256 as recorded")]
    put(path, IMAGE[:-1])
    (check,) = datasets.verify("tiny", tmp_path)
    assert not check.ok and check.detail == f"{path}: holds 40,007 bytes, {NAME} has 40,008"
    assert datasets.verify("moons") == []


def test_when_no_mirror_has_it_the_way_by_hand_is_told(tiny, mirror, loopback, monkeypatch):
    mirror.answers.clear()
    by_hand = f"put {NAME}.gz into a folder and name it with --data-dir or \\$GRADUS_DATA, or into "
    with pytest.raises(Network, match=by_hand + str(store.cache_folder("tiny"))):
        datasets.fetch("tiny", opener=loopback)
    monkeypatch.setenv("GRADUS_OFFLINE", "1")
    with pytest.raises(Network, match=by_hand):
        datasets.fetch("tiny", opener=loopback)
    monkeypatch.setenv("GRADUS_DATA", "/nowhere")
    with pytest.raises(Network, match=r"\$GRADUS_DATA \(which now names /nowhere, no folder\), or into "):
        datasets.fetch("tiny", opener=loopback)


def test_unknown_names(home):
    for ask in (datasets.status, datasets.fetch, datasets.verify):
        with pytest.raises(Usage, match="did you mean 'mnist'"):
            ask("mnits")


def test_what_is_told_can_be_made_into_json(tiny):
    status = dataclasses.asdict(datasets.status("tiny"))
    assert status == {"name": "tiny", "ready": False, "files": ({"file": NAME, "path": None, "where": None},)}
