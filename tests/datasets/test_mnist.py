from __future__ import annotations

import dataclasses
import gzip
import hashlib
import os

import numpy as np
import pytest

from gradus import datasets
from gradus.datasets import registry, store
from gradus.datasets.check import check_file
from gradus.datasets.registry import entry
from gradus.errors import BadFile, Network
from gradus.io.gz import read_content
from gradus.io.idx import read_idx, write_idx
from tests.datasets.mirror import send

FILES = {file.name: file for file in entry("mnist").files}
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"

# Of the unpacked files, as published with them.
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    TEST_IMAGES: "2646ac647ad5339dbf082846283269ea",
    TEST_LABELS: "27ae3e4e09519cfbb04c329615203637",
}


@pytest.fixture
def copy(data_root, tmp_path):
    """A folder with links to MNIST's files, of which a test may replace some."""
    for name in FILES:
        os.symlink(data_root / "mnist" / f"{name}.gz", tmp_path / f"{name}.gz")

    def replace(name: str, array: np.ndarray) -> None:
        (tmp_path / f"{name}.gz").unlink()
        write_idx(tmp_path / name, array)

    replace.folder = tmp_path
    return replace


def labels(data_root) -> np.ndarray:
    return read_idx(data_root / "mnist" / f"{TEST_LABELS}.gz")


@pytest.mark.parametrize("name", FILES)
def test_the_recorded_hashes_are_of_the_published_files(data_root, name):
    content = read_content(data_root / "mnist" / f"{name}.gz", limit=FILES[name].size)
    assert len(content) == FILES[name].size
    assert hashlib.md5(content).hexdigest() == MD5[name]
    assert hashlib.sha256(content).hexdigest() == FILES[name].sha256


def test_all_of_mnist(data_root):
    data = datasets.load("mnist", data_root, raw=True)
    assert data.x_train.shape == (60_000, 784) and data.x_test.shape == (10_000, 784)
    assert data.x_train.dtype == np.uint8 and data.y_train.dtype == np.int64
    assert np.bincount(data.y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert data.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert data.image_shape == (28, 28) and data.classes == tuple("0123456789") and data.licence == "CC BY-SA 3.0"
    # The mean and deviation by which everybody normalizes it.
    assert data.x_train.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert data.x_train.std() / 255 == pytest.approx(0.3081, abs=5e-5)


def test_scaled_pixels_are_those_of_torchvision(data_root):
    data = datasets.load("mnist", data_root, n_train=50, n_test=20)
    raw = datasets.load("mnist", data_root, raw=True, n_train=50, n_test=20)
    assert len(data.x_train) == len(data.y_train) == 50 and len(data.x_test) == len(data.y_test) == 20
    assert data.x_train.dtype == np.float32
    np.testing.assert_array_equal(data.x_train, raw.x_train.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(data.x_test[7], raw.x_test[7] / np.float32(255))


def test_verify_and_status(data_root):
    assert [check.ok for check in datasets.verify("mnist", data_root)] == [True] * 4
    assert datasets.status("mnist", data_root).ready


# --- files that are not MNIST's --------------------------------------------------------------------------------------


def test_too_few_images_are_not_mnist(copy, data_root):
    copy(TEST_IMAGES, np.zeros((9_999, 28, 28), np.uint8))
    with pytest.raises(BadFile, match="has the shape 9,999 × 28 × 28, expected 10,000 × 28 × 28"):
        datasets.load("mnist", copy.folder)


def test_images_and_labels_that_were_swapped(copy, data_root):
    copy(TEST_IMAGES, labels(data_root))
    with pytest.raises(BadFile, match="looks like a file of labels"):
        datasets.load("mnist", copy.folder)


def test_a_label_out_of_range_is_named_by_its_index(copy, data_root):
    changed = labels(data_root)
    changed[1234] = 10
    copy(TEST_LABELS, changed)
    with pytest.raises(BadFile, match="the label at index 1,234 is 10, expected 0 to 9"):
        datasets.load("mnist", copy.folder)


def test_fashion_mnist_under_mnists_names_is_noticed(copy, data_root):
    copy(TEST_LABELS, np.repeat(np.arange(10, dtype=np.uint8), 1000))
    with pytest.raises(BadFile, match="not MNIST's labels, the digit 0 is there 1,000 times, expected 980"):
        datasets.load("mnist", copy.folder)


# --- the cache -------------------------------------------------------------------------------------------------------


@pytest.fixture
def cached(home, data_root, monkeypatch):
    """MNIST in the cache, and nowhere else."""
    monkeypatch.delenv("GRADUS_DATA", raising=False)
    folder = store.cache_folder("mnist")
    folder.mkdir(parents=True)
    for name in FILES:
        os.symlink(data_root / "mnist" / f"{name}.gz", folder / f"{name}.gz")
    return folder


@pytest.fixture
def mirrored(data_root, mirror, loopback, monkeypatch):
    """MNIST's mirrors, played by this machine."""
    for name in FILES:
        mirror.answers[f"/{name}.gz"] = send((data_root / "mnist" / f"{name}.gz").read_bytes())
    monkeypatch.setitem(registry.ENTRIES, "mnist", dataclasses.replace(entry("mnist"), mirrors=(mirror.url,)))
    return mirror


def test_a_first_load_downloads_and_a_second_does_not(home, mirrored, loopback, monkeypatch):
    monkeypatch.delenv("GRADUS_DATA", raising=False)
    told = set()
    for _ in range(2):
        data = datasets.mnist.load_mnist(raw=True, opener=loopback, progress=lambda name, *_: told.add(name))
        assert len(data.x_train) == 60_000
    assert sorted(mirrored.asked) == sorted(f"/{name}.gz" for name in FILES) and told == set(FILES)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", gzip.compress(b"\0\0\x08\1\0\0\0\1\7", mtime=0)], ids=["empty", "page", "other"]
)
def test_a_damaged_file_in_the_cache_is_downloaded_again(cached, mirrored, loopback, content):
    path = cached / f"{TEST_LABELS}.gz"
    path.unlink()
    path.write_bytes(content)
    data = datasets.mnist.load_mnist(raw=True, opener=loopback)
    assert data.y_test[0] == 7 and mirrored.asked == [f"/{TEST_LABELS}.gz"]
    check_file(path, FILES[TEST_LABELS])


def test_offline_a_damaged_file_is_told_and_left(cached, monkeypatch):
    path = cached / f"{TEST_LABELS}.gz"
    path.unlink()
    path.write_bytes(b"damaged")
    monkeypatch.setenv("GRADUS_OFFLINE", "1")
    with pytest.raises(BadFile, match=f"{path}: not an IDX file.*; GRADUS_OFFLINE forbids to download it again"):
        datasets.load("mnist")
    assert path.read_bytes() == b"damaged"


def test_offline_without_files(home, monkeypatch):
    monkeypatch.delenv("GRADUS_DATA", raising=False)
    monkeypatch.setenv("GRADUS_OFFLINE", "1")
    with pytest.raises(Network) as caught:
        datasets.load("mnist")
    assert all(f"{name}.gz" in str(caught.value) for name in FILES) and "\n" not in str(caught.value)
