from __future__ import annotations

import json
import os
import struct
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as npst
from safetensors.torch import load_file, save as torch_bytes, save_file

from gradus.errors import BadFile, Environment, Usage
from gradus.io import safetensors

ARRAYS = st.sampled_from(["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]).flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)


def packed(header: object, data: bytes = b"") -> bytes:
    """A file put together by hand from the format's description."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


# --- what is written ------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.dictionaries(st.text("abc.é", min_size=1, max_size=6), ARRAYS, max_size=4))
def test_reads_what_it_writes(arrays):
    found, metadata = safetensors.loads(safetensors.dumps(arrays, {"format": "pt"}))
    assert metadata == {"format": "pt"}
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0)[::-2],
        np.broadcast_to(np.float32(3), (2, 3)),
        np.arange(3, dtype=">f4"),
        np.float64(2.5),
    ],
    ids=["transposed", "negative step", "broadcast", "big endian", "0-d"],
)
def test_any_layout_in_memory(array):
    found, _ = safetensors.loads(safetensors.dumps({"x": array}))
    assert np.array_equal(found["x"], array)
    assert found["x"].shape == np.shape(array)


def test_the_file_is_torchs_and_the_other_way_round(tmp_path):
    ours = {"0.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "0.bias": np.array([1, 2], dtype=np.int64)}
    safetensors.save(tmp_path / "ours", ours)
    theirs = load_file(tmp_path / "ours")
    assert all(np.array_equal(theirs[name].numpy(), array) for name, array in ours.items())
    save_file(theirs, tmp_path / "theirs")
    found = safetensors.load(tmp_path / "theirs")
    assert all(np.array_equal(found[name], array) for name, array in ours.items())


def test_bfloat16_is_widened():
    values = torch.tensor([1.5, -2.25, 3e38, 1e-38])
    found, _ = safetensors.loads(torch_bytes({"x": values.bfloat16()}))
    assert np.array_equal(found["x"], values.bfloat16().float().numpy())


def test_what_is_loaded_is_ones_own_memory(tmp_path):
    safetensors.save(tmp_path / "x", {"x": np.zeros(3)})
    first = safetensors.load(tmp_path / "x")["x"]
    first += 1
    assert safetensors.load(tmp_path / "x")["x"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"x": np.array(["text"])}, "'x' has dtype <U4, which the format cannot hold"),
        ({"x": np.array([1 + 2j])}, "'x' has dtype complex128, which the format cannot hold"),
        ({"a\nb": np.zeros(1)}, "a control character in the tensor name"),
        ({"a" * 2000: np.zeros(1)}, "a tensor name of 2,000 characters"),
    ],
)
def test_refuses_to_write(tensors, message, tmp_path):
    with pytest.raises(Usage, match=message):
        safetensors.save(tmp_path / "x", tensors)
    assert os.listdir(tmp_path) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x"
    safetensors.save(path, {"x": np.zeros(3)})
    before = path.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Environment, match=r"cannot write: No space left on device"):
        safetensors.save(path, {"x": np.ones(3)})
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["x"]


# --- what is refused ------------------------------------------------------------------------------------------------

FOUR = b"\0\0\0\0"
DUPLICATE = b'{"a":' + json.dumps(entry()).encode() + b',"a":' + json.dumps(entry()).encode() + b"}"
HOSTILE = {
    "empty": (b"", "0 bytes, too short"),
    "seven bytes": (b"\0" * 7, "7 bytes, too short"),
    "zeros": (b"\0" * 64, "not JSON"),
    "huge header length": (b"\xff" * 8 + b"{}", "declares a header of 18,446,744,073,709,551,615 bytes"),
    "header longer than the file": (struct.pack("<Q", 100) + b"{}", "declares a header of 100 bytes"),
    "header is a list": (packed([]), "not a JSON object"),
    "header is not UTF-8": (packed(b'{"\xff": 1}'), "not UTF-8"),
    "header is nested": (packed(b"[" * 9999), "nested deeper than 4"),
    "duplicate name": (packed(DUPLICATE, FOUR), "given twice"),
    "unknown field": (packed({"a": {**entry(), "code": "x"}}, FOUR), "exactly dtype, shape and data_offsets"),
    "missing field": (packed({"a": {"dtype": "F32", "shape": []}}, FOUR), "exactly dtype, shape and data_offsets"),
    "entry is a number": (packed({"a": 3}), "exactly dtype, shape and data_offsets"),
    "unknown dtype": (packed({"a": entry("F4")}, FOUR), "unsupported dtype 'F4'"),
    "dtype is a list": (packed({"a": entry(["F32"])}, FOUR), "unsupported dtype"),
    "shape is a number": (packed({"a": {**entry(), "shape": 1}}, FOUR), "no list of at most 32"),
    "33 dimensions": (packed({"a": entry(shape=[1] * 33)}, FOUR), "no list of at most 32"),
    "negative size": (packed({"a": entry(shape=[-1])}, FOUR), ""),
    "fractional size": (packed({"a": entry(shape=[1.0])}, FOUR), ""),
    "sizes overflow": (packed({"a": entry(shape=[2**62, 2**62])}, FOUR), ""),
    "size beyond the file": (packed({"a": entry(shape=[2**40], offsets=(0, 2**42))}, FOUR), ""),
    "shape differs from offsets": (packed({"a": entry(shape=[2])}, FOUR), ""),
    "offsets backwards": (packed({"a": entry(offsets=(4, 0))}, FOUR), ""),
    "offsets overlap": (packed({"a": entry(), "b": entry()}, FOUR), ""),
    "a hole": (packed({"a": entry(), "b": entry(offsets=(8, 12))}, FOUR * 3), ""),
    "one byte missing": (packed({"a": entry()}, FOUR[:3]), ""),
    "one byte more": (packed({"a": entry()}, FOUR + b"\0"), ""),
    "truth value 2": (packed({"a": entry("BOOL", [4])}, b"\0\1\2\0"), "bytes other than 0 and 1"),
    "metadata is a list": (packed({"__metadata__": []}), "__metadata__ holds something else than text"),
    "metadata holds a number": (packed({"__metadata__": {"a": 1}}), "__metadata__ holds something else than text"),
    "control character in a name": (packed({"a\0b": entry()}, FOUR), "control character"),
    "long name": (packed({"a" * 1025: entry()}, FOUR), "a tensor name of 1,025 characters"),
    "a pickle": (b"\x80\x04\x95" + b"\0" * 60, "declares a header of"),
    "a zip": (b"PK\x03\x04" + b"\0" * 60, "declares a header of"),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_refuses(content, message, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadFile) as error:
        safetensors.load(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_name_that_is_a_path_is_only_a_name():
    found, _ = safetensors.loads(packed({"../../etc/passwd": entry()}, FOUR))
    assert list(found) == ["../../etc/passwd"]


GOOD = safetensors.dumps({"weight": np.arange(6, dtype=np.float32), "flags": np.array([True, False])})


@settings(max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, len(GOOD)))
def test_damage_is_refused_or_harmless(at, byte, end):
    damaged = bytearray(GOOD[:end])
    if at < end:
        damaged[at] = byte
    try:
        found, _ = safetensors.loads(bytes(damaged))
    except BadFile:
        return
    assert sum(array.nbytes for array in found.values()) <= 2 * len(GOOD)


def test_reading_runs_nothing(tmp_path):
    path = tmp_path / "x"
    safetensors.save(path, {"x": np.zeros(3)})
    seen = []
    recording = True
    sys.addaudithook(lambda event, _: seen.append(event) if recording else None)
    safetensors.load(path)
    recording = False
    assert not {"exec", "compile", "import", "os.system", "subprocess.Popen", "socket.connect"} & set(seen)
