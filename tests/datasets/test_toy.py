from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn.datasets import make_blobs, make_circles, make_moons

from gradus.datasets import toy
from gradus.errors import Usage

PLANE = [toy.xor, toy.moons, toy.circles, toy.spirals, toy.blobs]


@pytest.mark.parametrize("n", [2, 3, 7, 100])
def test_moons_are_scikit_learns(n):
    x, y = toy.moons(n, noise=0, shuffle=False)
    expected_x, expected_y = make_moons(n, shuffle=False)
    np.testing.assert_allclose(x, expected_x, atol=1e-7)
    np.testing.assert_array_equal(y, expected_y)


@pytest.mark.parametrize("n", [2, 3, 7, 100])
@pytest.mark.parametrize("factor", [0.3, 0.8])
def test_circles_are_scikit_learns(n, factor):
    x, y = toy.circles(n, noise=0, shuffle=False, factor=factor)
    expected_x, expected_y = make_circles(n, shuffle=False, factor=factor)
    np.testing.assert_allclose(x, expected_x, atol=1e-7)
    np.testing.assert_array_equal(y, expected_y)


@pytest.mark.parametrize(("n", "classes"), [(3, 3), (10, 3), (11, 4), (100, 5)])
def test_blobs_are_scikit_learns_around_centres_on_a_circle(n, classes):
    x, y = toy.blobs(n, noise=0, shuffle=False, classes=classes)
    centres = 4 * np.array([[np.cos(a), np.sin(a)] for a in 2 * np.pi * np.arange(classes) / classes])
    expected_x, expected_y = make_blobs(n, centers=centres, cluster_std=0, shuffle=False)
    np.testing.assert_allclose(x, expected_x, atol=1e-6)
    np.testing.assert_array_equal(y, expected_y)


def test_the_spread_of_noise_is_its_standard_deviation():
    for noise in (0.1, 2.0):
        x, y = toy.blobs(30_000, noise=noise, classes=2, shuffle=False)
        assert np.allclose([x[y == one].std(axis=0) for one in (0, 1)], noise, rtol=0.03)


def test_xor_is_the_truth_table():
    x, y = toy.xor(400, noise=0)
    assert ((x[:, 0] != x[:, 1]) == y).all() and np.bincount(y).tolist() == [200, 200]


def test_spirals_wind_around_each_other():
    x, y = toy.spirals(300, noise=0, shuffle=False, classes=3, turns=2)
    radius, angle = np.hypot(*x.T), np.unwrap(np.arctan2(x[:100, 1], x[:100, 0]))
    assert np.bincount(y).tolist() == [100, 100, 100]
    np.testing.assert_allclose(radius[:100], np.linspace(0.05, 1, 100), atol=1e-6)
    assert angle[-1] - angle[0] == pytest.approx(2 * np.pi * 2 * 0.95, abs=1e-3)
    third = np.array([[np.cos(2 * np.pi / 3), np.sin(2 * np.pi / 3)], [-np.sin(2 * np.pi / 3), np.cos(2 * np.pi / 3)]])
    np.testing.assert_allclose(x[:100] @ third, x[100:200], atol=1e-6)


def test_sine_is_a_curve():
    x, y = toy.sine(1000, noise=0)
    np.testing.assert_allclose(y, np.sin(x), atol=1e-6)
    assert x.min() >= -np.pi and x.max() < np.pi and np.ptp(x) > 6
    assert np.std(toy.sine(10_000, noise=0.3)[1] - np.sin(toy.sine(10_000, noise=0.3)[0])) == pytest.approx(
        0.3, rel=0.05
    )
    assert (np.diff(toy.sine(50, shuffle=False)[0][:, 0]) >= 0).all()


@given(st.sampled_from([*PLANE, toy.sine]), st.integers(4, 60), st.floats(0, 3), st.integers(0, 2**32))
def test_shapes_types_and_repeatability(generator, n, noise, seed):
    x, y = generator(n, noise=noise, seed=seed)
    again = generator(n, noise=noise, seed=seed)
    assert x.dtype == np.float32 and len(x) == len(y) == n and np.isfinite(x).all()
    assert y.dtype == (np.float32 if generator is toy.sine else np.int64)
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(y, again[1])


@pytest.mark.parametrize("generator", PLANE)
def test_shuffling_changes_the_order_only(generator):
    x, y = generator(50, seed=3)
    plain_x, plain_y = generator(50, seed=3, shuffle=False)
    together = [sorted(np.c_[a, b].tolist()) for a, b in ((x, y), (plain_x, plain_y))]
    assert together[0] == together[1] and not np.array_equal(x, plain_x)
    assert (np.diff(plain_y) >= 0).all() or generator is toy.xor


@pytest.mark.parametrize("generator", [*PLANE, toy.sine])
def test_another_seed_gives_other_examples(generator):
    assert not np.array_equal(generator(20, seed=0)[0], generator(20, seed=1)[0])


@pytest.mark.parametrize(
    ("generator", "options", "name"),
    [
        (toy.xor, {"n": 3}, "n"),
        (toy.moons, {"n": 10.0}, "n"),
        (toy.moons, {"n": True}, "n"),
        (toy.moons, {"n": 10**9}, "n"),
        (toy.moons, {"noise": -0.1}, "noise"),
        (toy.moons, {"noise": float("nan")}, "noise"),
        (toy.sine, {"noise": "0.1"}, "noise"),
        (toy.moons, {"shuffle": 1}, "shuffle"),
        (toy.circles, {"factor": 1.5}, "factor"),
        (toy.spirals, {"classes": 1}, "classes"),
        (toy.blobs, {"n": 4, "classes": 5}, "classes"),
    ],
)
def test_a_wrong_option_is_named(generator, options, name):
    with pytest.raises(Usage, match=f"^{name}: expected"):
        generator(**options)
