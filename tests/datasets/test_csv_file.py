from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from gradus.datasets.csv_file import load_csv
from gradus.errors import BadFile, Usage


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    reference = load_iris()
    path = tmp_path_factory.mktemp("iris") / "iris.csv"
    rows = [f"{','.join(map(str, x))},{reference.target_names[y]}" for x, y in zip(reference.data, reference.target)]
    path.write_text("a,b,c,d,kind\n" + "\n".join(rows) + "\n")
    return path


def everything(data) -> list:
    return sorted(
        np.c_[np.concatenate((data.x_train, data.x_test)), np.concatenate((data.y_train, data.y_test))].tolist()
    )


def test_a_table_is_split_class_by_class(iris):
    data, reference = load_csv(iris, label="kind"), load_iris()
    assert everything(data) == sorted(np.c_[reference.data.astype(np.float32), reference.target].tolist())
    assert np.bincount(data.y_train).tolist() == [40, 40, 40] and np.bincount(data.y_test).tolist() == [10, 10, 10]
    assert data.classes == ("setosa", "versicolor", "virginica") and data.feature_names == ("a", "b", "c", "d")
    assert data.name == f"csv:{iris}" and data.task == "classification" and data.image_shape is None


def test_the_seed_decides_the_split(iris):
    first, again, other = (load_csv(iris, label="kind", seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_test, other.x_test) and everything(first) == everything(other)
    assert len(np.unique(np.diff(first.y_train))) > 1  # not class after class


def test_the_share_for_the_test(iris):
    for share, count in ((0, 0), (0.1, 15), (0.5, 75)):
        data = load_csv(iris, label="kind", test=share)
        assert len(data.x_test) == len(data.y_test) == count and len(data.x_train) == 150 - count


def test_a_regression(iris):
    data = load_csv(iris, label="d", task="regression", drop="kind")
    assert data.feature_names == ("a", "b", "c") and data.classes == () and data.task == "regression"
    assert data.y_train.shape == (120, 1) and data.y_train.dtype == np.float32


@pytest.mark.parametrize("drop", [["a", "c"], ("a", "c"), "a,c", " a , c "])
def test_columns_to_leave_out(iris, drop):
    assert load_csv(iris, label="kind", drop=drop).feature_names == ("b", "d")


def test_what_cannot_be_learned_from(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,label\n1,x\n2,x\n")
    with pytest.raises(BadFile, match="every row has the label 'x'"):
        load_csv(path)
    path.write_text("a,label\n1,x\n2,y\n")
    with pytest.raises(Usage, match=r"test=0\.99 of 2 rows leaves none"):
        load_csv(path, test=0.99)


@pytest.mark.parametrize(
    "options", [{"test": 1.0}, {"test": -0.1}, {"seed": -1}, {"seed": 1.5}, {"task": "clustering"}]
)
def test_options_out_of_range(iris, options):
    with pytest.raises(Usage):
        load_csv(iris, **{"label": "kind", **options})


def test_the_label_must_be_there(iris):
    with pytest.raises(Usage, match=r"no column 'label' \(it has a, b, c, d, kind\)"):
        load_csv(iris)
