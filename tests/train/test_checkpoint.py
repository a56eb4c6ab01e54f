from __future__ import annotations

import errno
import json
import os
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from gradus.errors import BadFile, Environment, IntegrityError
from gradus.train import checkpoint
from gradus.train.checkpoint import Snapshot


def snapshot(step: int) -> Snapshot:
    weights = {"0.weight": np.full((2, 3), step, np.float32), "0.bias": np.zeros(2, np.float32)}
    return Snapshot(
        {"model": weights, "optimizer": {"0.step": np.array(float(step))}, "best": {}}, {"step": step, "epoch": 1}
    )


def same(a: Snapshot, b: Snapshot) -> bool:
    return a.state == b.state and all(
        set(a.tensors[group]) == set(b.tensors[group])
        and all(np.array_equal(a.tensors[group][name], array) for name, array in b.tensors[group].items())
        for group in b.tensors
    )


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "checkpoints"


# --- the good days ---------------------------------------------------------------------------------------------------


def test_what_is_saved_is_loaded(folder):
    path = checkpoint.save(folder, snapshot(7))
    assert path == folder / "step-00000007"
    assert names(path) == [
        "MANIFEST.json",
        "best.safetensors",
        "model.safetensors",
        "optimizer.safetensors",
        "state.json",
    ]
    loaded = checkpoint.load(folder)
    assert loaded.path == path
    assert loaded.damaged == []
    assert same(loaded.snapshot, snapshot(7))


def test_the_last_two_are_kept_and_the_newest_is_loaded(folder):
    for step in (5, 9, 10, 123456789):
        checkpoint.save(folder, snapshot(step))
    assert names(folder) == ["step-00000010", "step-123456789"]
    assert checkpoint.load(folder).snapshot.state["step"] == 123456789


def test_saving_the_same_step_twice_changes_nothing(folder):
    first = checkpoint.save(folder, snapshot(3))
    before = (first / "MANIFEST.json").stat().st_mtime_ns
    checkpoint.save(folder, snapshot(3))
    assert (first / "MANIFEST.json").stat().st_mtime_ns == before
    assert names(folder) == ["step-00000003"]


def test_there_may_be_none(folder):
    assert checkpoint.load(folder) is None
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "step-abc").mkdir()
    (folder / ".tmp-1-ab").mkdir()
    assert checkpoint.load(folder) is None


def test_there_is_no_pickle_and_no_pointer_file(folder):
    path = checkpoint.save(folder, snapshot(1))
    assert {file.suffix for file in path.iterdir()} == {".safetensors", ".json"}


# --- damage ----------------------------------------------------------------------------------------------------------


def flip(path, at=-1):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def edit(path, **changes):
    manifest = json.loads((path / "MANIFEST.json").read_text())
    (path / "MANIFEST.json").write_text(json.dumps({**manifest, **changes}))


DAMAGE = {
    "a flipped bit in the weights": (lambda p: flip(p / "model.safetensors"), "its SHA-256 differs"),
    "a flipped bit in the state": (lambda p: flip(p / "state.json", 3), "its SHA-256 differs"),
    "a shortened file": (lambda p: os.truncate(p / "model.safetensors", 50), "50 bytes, the manifest says"),
    "an empty file": (lambda p: os.truncate(p / "optimizer.safetensors", 0), "0 bytes, the manifest says"),
    "a tail of zeros": (lambda p: flip_tail(p / "model.safetensors"), "its SHA-256 differs"),
    "a missing file": (lambda p: (p / "best.safetensors").unlink(), "best.safetensors: missing"),
    "an extra file": (lambda p: (p / "evil.pt").write_bytes(b""), "evil.pt: not in the manifest"),
    "a missing manifest": (lambda p: (p / "MANIFEST.json").unlink(), "MANIFEST.json: cannot be opened"),
    "an empty manifest": (lambda p: (p / "MANIFEST.json").write_bytes(b""), "not JSON"),
    "a manifest that is a list": (lambda p: (p / "MANIFEST.json").write_text("[]"), "not a manifest"),
    "a newer manifest": (lambda p: edit(p, schema=2, gradus="9.3"), "made by gradus 9.3, this is"),
    "a path in the manifest": (lambda p: edit(p, files={"../x": {"bytes": 1, "sha256": ""}}), "malformed"),
    "no files in the manifest": (lambda p: edit(p, files={}), "not in the manifest"),
    "a size that is a text": (lambda p: edit(p, files={"state.json": {"bytes": "1", "sha256": ""}}), "malformed"),
    "a file instead of a folder": (lambda p: (shutil.rmtree(p), p.write_bytes(b"")), "expected a folder"),
    "a link instead of a folder": (lambda p: (p.rename(p.with_name("x")), p.symlink_to("x")), "expected a folder"),
    "a folder instead of a file": (lambda p: ((p / "state.json").unlink(), (p / "state.json").mkdir()), "is a folder"),
}


def flip_tail(path):
    content = path.read_bytes()
    path.write_bytes(content[:-8] + bytes(8) if any(content[-8:]) else content[:-8] + b"\1" * 8)


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_checkpoint_is_named_kept_and_passed_over(damage, message, folder):
    checkpoint.save(folder, snapshot(1))
    newest = checkpoint.save(folder, snapshot(2))
    damage(newest)
    loaded = checkpoint.load(folder)
    assert loaded.snapshot.state["step"] == 1
    ((path, reason),) = loaded.damaged
    assert path == newest
    assert message in reason
    assert str(newest) in reason
    assert os.path.lexists(newest)


def test_when_all_are_damaged_each_is_named(folder):
    for step in (1, 2):
        flip(checkpoint.save(folder, snapshot(step)) / "model.safetensors")
    with pytest.raises(IntegrityError, match=r"no usable checkpoint: .*step-00000002.*step-00000001"):
        checkpoint.load(folder)


def test_a_checkpoint_of_another_step_is_refused(folder):
    checkpoint.save(folder, snapshot(2)).rename(folder / "step-00000003")
    with pytest.raises(BadFile, match="does not belong to this folder's step"):
        checkpoint.load(folder)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_flipped_bit_and_every_cut_is_found(folder, data):
    shutil.rmtree(folder, ignore_errors=True)
    path = checkpoint.save(folder, snapshot(1))
    file = path / data.draw(st.sampled_from(names(path)))
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    file.write_bytes(content)
    try:
        found = checkpoint.load(folder)
    except BadFile:
        return
    # What the manifest says about itself (white space, the version that made it) may change without harm.
    assert file.name == "MANIFEST.json"
    assert same(found.snapshot, snapshot(1))


def test_a_damaged_checkpoint_does_not_stand_in_the_way_of_a_new_one(folder):
    flip(checkpoint.save(folder, snapshot(4)) / "model.safetensors")
    checkpoint.save(folder, snapshot(4))
    assert same(checkpoint.load(folder).snapshot, snapshot(4))
    assert any(name.startswith("damaged-step-00000004-") for name in names(folder))


def test_newer_checkpoints_that_were_passed_over_are_not_removed(folder):
    for step in (1, 2, 8, 9):
        checkpoint.save(folder, snapshot(step))
    flip(folder / "step-00000009" / "model.safetensors")
    for step in (9, 10, 11, 12):
        checkpoint.save(folder, snapshot(step))
    assert [name for name in names(folder) if not name.startswith("damaged")] == ["step-00000011", "step-00000012"]
    assert sum(name.startswith("damaged-step-00000009") for name in names(folder)) == 1


# --- faults while saving ---------------------------------------------------------------------------------------------

CALLS = [("fsync", os), ("rename", Path), ("mkdir", Path)]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("nth", range(9))
def test_a_disk_that_fails_at_any_call_costs_nothing(folder, monkeypatch, nth, code):
    checkpoint.save(folder, snapshot(1))
    before = names(folder)
    calls = 0

    def failing(real):
        def call(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls == nth + 1:
                raise OSError(code, os.strerror(code))
            return real(*args, **kwargs)

        return call

    for name, owner in CALLS:
        monkeypatch.setattr(owner, name, failing(getattr(owner, name)))
    try:
        checkpoint.save(folder, snapshot(2))
        saved = True
    except Environment as error:
        saved = False
        assert "cannot save" in str(error)
    monkeypatch.undo()
    loaded = checkpoint.load(folder)
    assert loaded.damaged == []
    if saved:
        assert loaded.snapshot.state["step"] == 2
    else:
        assert set(before) <= set(names(folder))
        assert not any(name.startswith(".tmp-") for name in names(folder))


def test_a_process_that_dies_at_any_call_leaves_a_sound_checkpoint(folder):
    """Killed before its n-th call to the file system, for every n until it lives; then the folder is looked at."""
    checkpoint.save(folder, snapshot(1))
    died = 0
    for nth in range(60):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn when there are threads beside
            pid = os.fork()
        if pid == 0:
            die_at(nth)
            try:
                checkpoint.save(folder, snapshot(2 + nth))
            finally:
                os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        loaded = checkpoint.load(folder)
        assert loaded.damaged == []
        assert same(loaded.snapshot, snapshot(loaded.snapshot.state["step"]))
        if status == 0:
            assert loaded.snapshot.state["step"] == 2 + nth
            break
        died += 1
    assert died > 20
    assert not any(name.startswith(".tmp-") for name in names(folder)), "what the dead left behind is swept up"


def die_at(nth: int) -> None:
    """End this process at the n-th event among opening, making, renaming, removing and flushing."""
    import sys

    count = 0

    def hook(event, _args):
        nonlocal count
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "os.scandir"):
            count += 1
            if count > nth:
                os._exit(9)

    real = os.fsync

    def fsync(handle):
        hook("open", ())
        real(handle)

    os.fsync = fsync
    sys.addaudithook(hook)
