from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits as sklearn_digits
from sklearn.neighbors import KNeighborsClassifier

from gradus import datasets
from gradus.datasets.digits import load_digits
from gradus.datasets.registry import BUNDLED, entry


def test_all_digits_of_scikit_learns_copy_are_there_once():
    data, reference = load_digits(), sklearn_digits()
    x, y = np.concatenate((data.x_train, data.x_test)), np.concatenate((data.y_train, data.y_test))
    ours = sorted(np.c_[x * 16, y].tolist())
    assert ours == sorted(np.c_[reference.data, reference.target].tolist())


def test_the_split_is_fixed_and_has_a_fifth_of_every_digit():
    data, reference = load_digits(), sklearn_digits()
    assert data.x_train.shape == (1437, 64) and data.x_test.shape == (360, 64)
    assert np.bincount(data.y_test).tolist() == [36, 36, 36, 36, 37, 36, 36, 36, 35, 36]
    # every fifth, walking along all zeros, then all ones, and so on
    chosen = np.sort(np.argsort(reference.target, kind="stable")[::5])
    np.testing.assert_array_equal(data.x_test * 16, reference.data[chosen])
    np.testing.assert_array_equal(data.y_test, reference.target[chosen])


def test_types_and_what_is_told():
    data = load_digits()
    assert data.x_train.dtype == np.float32 and data.x_train.min() == 0 and data.x_train.max() == 1
    assert data.y_train.dtype == np.int64 and data.classes == tuple("0123456789")
    assert data.image_shape == (8, 8) and data.licence == "CC BY 4.0" and "Alpaydin" in data.source
    assert "CC BY 4.0" in (BUNDLED / "LICENCE.md").read_text(encoding="utf-8")


def test_neighbours_tell_the_test_digits_apart():
    data = load_digits()
    assert KNeighborsClassifier(1).fit(data.x_train, data.y_train).score(data.x_test, data.y_test) > 0.97


def test_the_files_have_the_recorded_hashes():
    assert [check.ok for check in datasets.verify("digits")] == [True, True]
    assert sum(file.size for file in entry("digits").files) < 120_000


@pytest.fixture
def script():
    """scripts/make_digits.py as a module."""
    path = Path(__file__).parents[2] / "scripts" / "make_digits.py"
    spec = importlib.util.spec_from_file_location("make_digits", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_makes_the_same_bytes_again(script, tmp_path):
    made = script.make(tmp_path)
    assert [file.name for file in made] == [file.name for file in entry("digits").files]
    assert all(file.read_bytes() == (BUNDLED / file.name).read_bytes() for file in made)
    assert script.check()


def test_the_script_notices_a_difference(script, tmp_path, monkeypatch, capsys):
    for file in script.make(tmp_path):
        file.write_bytes(file.read_bytes()[:-1] + b"\x07")
    monkeypatch.setattr(script, "BUNDLED", tmp_path)
    monkeypatch.setattr("sys.argv", ["make_digits.py", "--check"])
    assert script.main() == 1 and "different" in capsys.readouterr().out
