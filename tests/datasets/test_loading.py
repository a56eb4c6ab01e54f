from __future__ import annotations

import inspect
import json
import subprocess
import sys

import numpy as np
import pytest

from gradus import datasets
from gradus.datasets import toy
from gradus.errors import Usage

TOYS = ("xor", "moons", "circles", "spirals", "blobs", "sine")


@pytest.mark.parametrize("name", TOYS)
def test_generated_datasets(name):
    data = datasets.load(name, n=60, seed=5)
    x, y = getattr(toy, name)(60, seed=5)
    np.testing.assert_array_equal(data.x_train, x)
    np.testing.assert_array_equal(data.y_train, y)
    assert data.x_test.shape == (30, x.shape[1]) and not np.array_equal(data.x_test, x[:30])
    assert len(data.feature_names) == x.shape[1] and data.name == name
    assert data.task == ("regression" if name == "sine" else "classification")
    assert len(data.classes) == (0 if name == "sine" else y.max() + 1)
    np.testing.assert_array_equal(datasets.load(name, n=60, seed=5).x_test, data.x_test)


def test_the_size_of_the_test():
    assert len(datasets.load("moons", n=10, n_test=7).x_test) == 7
    assert len(datasets.load("blobs", n=4, classes=4).x_test) == 4


def test_the_truth_table_of_xor():
    data = datasets.load("xor", n=4, noise=0)
    assert sorted(data.x_train.tolist()) == sorted(data.x_test.tolist()) == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_a_table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,label\n" + "1,x\n2,y\n" * 5)
    for name in (f"csv:{path}", str(path)):
        data = datasets.load(name, test=0.5, seed=1)
        assert len(data.x_train) == len(data.x_test) == 5 and data.classes == ("x", "y")


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("mnits", {}, "unknown dataset 'mnits'; did you mean 'mnist'"),
        ("", {}, "unknown dataset ''"),
        ("csv:", {}, "expected the name of a file"),
        ("moons", {"nois": 0.1}, "unknown option 'nois'; did you mean 'noise'"),
        ("moons", {"factor": 0.1}, "unknown option 'factor'"),
        ("moons", {"seed": -1}, "seed: expected"),
        ("moons", {"n_test": 0}, "n: expected"),
        ("digits", {"noise": 0.1}, "it has no options"),
        ("csv:table.csv", {"lable": "y"}, "did you mean 'label'"),
        ("mnist", {"n_train": 60_001}, "n_train: expected a whole number from 1 to 60,000"),
        ("mnist", {"raw": 1}, "raw: expected true or false"),
    ],
)
def test_a_wrong_name_or_option_is_answered(name, options, words):
    with pytest.raises(Usage) as caught:
        datasets.load(name, **options)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_every_dataset_is_described_with_options_that_exist():
    assert set(datasets.names()) == {*TOYS, "digits", "mnist"}
    for name in datasets.names():
        about = json.loads(json.dumps(datasets.describe(name)))
        assert about["name"] == name and about["about"] and about["licence"] and about["source"]
        if name in TOYS:
            assert {"n", "n_test", "noise", "seed"} <= set(about["options"])
            assert set(about["options"]) - {"n_test"} <= set(inspect.signature(getattr(toy, name)).parameters)
    assert datasets.describe("csv:x.csv")["options"]["test"] == 0.2
    with pytest.raises(Usage, match="did you mean 'digits'"):
        datasets.describe("digit")


def test_neither_plots_nor_the_network_are_loaded_for_data_that_is_here():
    code = (
        "import sys; from gradus import datasets; datasets.load('digits'); datasets.load('moons'); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"ssl", "http.client", "pooch", "requests", "PIL", "matplotlib", "platformdirs"} & set(loaded)
