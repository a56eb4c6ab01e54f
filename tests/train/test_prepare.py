from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from gradus.datasets import Data, load
from gradus.errors import BadFile, Usage
from gradus.train import config
from gradus.train.prepare import About, Scale, digest, measure, prepare, split


def settings(**values):
    return config.from_dict({"data": values}).data


# --- the split -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "share", "aside"), [(10, 0.2, 2), (10, 0.0, 0), (1437, 0.1, 144), (5, 0.5, 2)])
def test_a_split_holds_everything_once(count, share, aside):
    kept, apart = split(count, share, seed=3)
    assert len(apart) == aside
    assert sorted([*kept, *apart]) == list(range(count))
    assert (np.diff(kept) > 0).all()


def test_a_split_depends_on_the_seed_alone():
    assert split(100, 0.3, 1)[1].tolist() == split(100, 0.3, 1)[1].tolist()
    assert split(100, 0.3, 1)[1].tolist() != split(100, 0.3, 2)[1].tolist()


def test_the_split_of_seed_0_never_changes():
    """The order is NumPy's legacy permutation, which it promises to keep."""
    assert split(12, 0.5, 0)[1].tolist() == [2, 4, 6, 8, 10, 11]


def test_something_must_be_left_to_learn_from():
    with pytest.raises(Usage, match=r"data.val: 0.9 of 4 examples leaves 0 to learn from; use a smaller share"):
        split(4, 0.9, 0)


# --- the scale -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_standardize_is_sklearns(offset):
    x = (np.random.RandomState(0).randn(3000, 4) * [1, 10, 0.1, 3] + offset).astype(np.float32)
    expected = StandardScaler().fit(x.astype(np.float64))
    scale = measure(x, "standardize")
    assert np.allclose(scale.mean, expected.mean_, rtol=1e-6)
    assert np.allclose(scale.deviation, expected.scale_, rtol=1e-5)


def test_normalize_has_one_mean_and_deviation():
    x = (np.random.RandomState(0).randn(3000, 4) * [1, 10, 0.1, 3] + [0, 5, 0, 1]).astype(np.float32)
    scale = measure(x, "normalize")
    assert scale.mean.shape == scale.deviation.shape == (1,)
    assert scale.mean[0] == pytest.approx(x.mean(dtype=np.float64), rel=1e-6)
    assert scale.deviation[0] == pytest.approx(x.std(dtype=np.float64), rel=1e-6)


def test_unit_and_none():
    x = np.array([[-4.0, 2.0], [1.0, 0.0]], np.float32)
    assert measure(x, "unit").apply(x).tolist() == [[-1.0, 0.5], [0.25, 0.0]]
    assert measure(x, "none").apply(x).tolist() == x.tolist()


@pytest.mark.parametrize("how", ["none", "unit", "normalize", "standardize"])
def test_constant_features_stay_finite_and_scaling_can_be_undone(how):
    x = np.array([[0.0, 7.0, 1.0], [0.0, 7.0, 3.0]], np.float32)
    scale = measure(x, how)
    scaled = scale.apply(x)
    assert np.isfinite(scaled).all()
    assert np.allclose(scale.undo(scaled), x, atol=1e-6)
    assert np.isfinite(measure(np.zeros((3, 2), np.float32), how).apply(x)).all()


def test_applying_leaves_the_argument_alone_unless_told_otherwise():
    x = np.ones((2, 2), np.float32)
    scale = Scale(np.array([1.0], np.float32), np.array([2.0], np.float32))
    assert scale.apply(x) is not x
    assert x.tolist() == [[1, 1], [1, 1]]
    assert scale.apply(x, in_place=True) is x


# --- prepare ---------------------------------------------------------------------------------------------------------


def test_the_scale_is_measured_on_the_training_part_only():
    data = load("blobs", n=100)
    prepared = prepare(data, settings(name="blobs", val=0.3, scale="standardize"), seed=0)
    assert np.allclose(prepared.train.x.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(prepared.train.x.std(axis=0), 1, atol=1e-5)
    assert not np.allclose(prepared.val.x.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(prepared.about.inputs.undo(prepared.test.x), data.x_test, atol=1e-5)
    assert (len(prepared.train.x), len(prepared.val.x), len(prepared.test.x)) == (70, 30, 50)


def test_the_dataset_is_left_alone():
    data = load("digits")
    before = digest(data)
    prepare(data, settings(val=0.0, scale="standardize"), seed=0)
    assert digest(data) == before


def test_targets_of_a_regression_are_scaled_too():
    x = np.arange(40, dtype=np.float32)[:, None]
    data = Data("houses", x, 1000 * x + 5e5, x[:5], 1000 * x[:5] + 5e5, task="regression")
    prepared = prepare(data, settings(val=0.0), seed=0)
    assert prepared.train.y.std() == pytest.approx(1, abs=1e-4)
    assert np.allclose(prepared.about.targets.undo(prepared.test.y), data.y_test, rtol=1e-5)
    assert prepared.about.outputs == 1


def test_about_survives_json():
    about = prepare(load("digits"), settings(scale="standardize"), seed=0).about
    again = About.from_json(json.loads(json.dumps(about.to_json())), "data.json")
    assert again.to_json() == about.to_json()
    assert again.inputs.deviation.dtype == np.float32
    assert (again.features, again.outputs, again.image_shape) == (64, 10, [8, 8])


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": None},
        {"inputs": {"mean": [0.0]}},
        {"inputs": {"mean": [0.0], "deviation": [[1.0]]}},
        {"inputs": {"mean": [0.0] * 3, "deviation": [1.0] * 3}},
        {"classes": []},
        {"task": None, "extra": 1},
    ],
)
def test_a_malformed_about(change):
    plain = {**prepare(load("digits"), settings(), seed=0).about.to_json(), **change}
    with pytest.raises(BadFile, match=r"^data\.json: "):
        About.from_json(plain, "data.json")


def test_digests_differ_where_data_differ():
    assert digest(load("moons")) == digest(load("moons"))
    assert digest(load("moons")) != digest(load("moons", seed=1))
