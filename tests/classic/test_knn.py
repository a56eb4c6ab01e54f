"""k nearest neighbours: three ways to one table of distances, and scikit-learn's predictions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from gradus.classic import KNearestNeighbors
from gradus.classic.knn import CHUNK


def test_two_loops_one_loop_and_no_loop_equal_scipy():
    rng = np.random.default_rng(0)
    train, test = rng.standard_normal((20, 7)), rng.standard_normal((11, 7))
    model = KNearestNeighbors().fit(train, rng.integers(0, 3, 20))
    expected = cdist(test, train)
    for distances in (model.distances_two_loops, model.distances_one_loop, model.distances_no_loops):
        np.testing.assert_allclose(distances(test), expected, rtol=1e-12)


def test_the_distance_of_a_point_to_itself_is_never_nan():
    points = np.random.default_rng(1).standard_normal((50, 64)) * 1e3
    distances = KNearestNeighbors(k=1).fit(points, np.arange(50)).distances_no_loops(points)
    np.testing.assert_allclose(np.diag(distances), 0.0, atol=1e-2)
    assert not np.isnan(distances).any()


@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("loops", [0, 1, 2])
def test_predictions_equal_sklearn(k, loops):
    rng = np.random.default_rng(2)
    train, labels, test = rng.standard_normal((80, 4)), rng.integers(0, 4, 80), rng.standard_normal((60, 4))
    oracle = KNeighborsClassifier(k, algorithm="brute").fit(train, labels)
    model = KNearestNeighbors(k).fit(train, labels)
    np.testing.assert_array_equal(model.predict(test, loops), oracle.predict(test))
    assert model.score(test, labels[:60]) == oracle.score(test, labels[:60])


def test_digits_in_several_chunks():
    images, labels = load_digits(return_X_y=True)
    model = KNearestNeighbors(k=3).fit(images[:1200], labels[:1200])
    assert len(images[1200:]) > 2 * CHUNK
    assert model.score(images[1200:], labels[1200:]) > 0.95


def test_of_equally_near_neighbours_the_first_counts_as_nearer():
    for loops in (0, 1, 2):
        assert KNearestNeighbors(k=1).fit([[1.0], [-1.0]], ["b", "a"]).predict([[0.0]], loops) == ["b"]


def test_of_equally_frequent_labels_the_smallest_wins():
    model = KNearestNeighbors(k=4).fit([[0.0], [1.0], [2.0], [3.0]], ["z", "m", "z", "m"])
    assert model.predict([[0.0]]) == ["m"]


def test_it_keeps_its_own_copy_of_the_data():
    train = np.array([[0.0], [10.0]])
    model = KNearestNeighbors(k=1).fit(train, [0, 1])
    train[:] = train[::-1].copy()
    np.testing.assert_array_equal(model.predict([[1.0], [9.0]]), [0, 1])


def test_no_samples_give_no_predictions():
    model = KNearestNeighbors(k=1).fit([[0.0]], ["a"])
    assert model.predict(np.zeros((0, 1))).shape == (0,)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: KNearestNeighbors(k=0), "k must be at least 1, got 0"),
        (lambda: KNearestNeighbors(k=3).fit([[0.0], [1.0]], [0, 1]), "k=3 neighbours cannot be found among 2 samples"),
        (lambda: KNearestNeighbors().fit([0.0, 1.0], [0, 1]), r"got \(2,\) and \(2,\)"),
        (lambda: KNearestNeighbors().fit([[0.0], [1.0]], [0]), r"got \(2, 1\) and \(1,\)"),
        (lambda: KNearestNeighbors().predict([[0.0]]), r"call fit\(X, y\) first"),
        (lambda: KNearestNeighbors(k=1).fit([[0.0]], [0]).predict([[0.0, 1.0]]), r"\(samples, 1\), got \(1, 2\)"),
        (lambda: KNearestNeighbors(k=1).fit([[0.0]], [0]).predict([[0.0]], loops=3), "loops must be 0, 1 or 2, got 3"),
    ],
)
def test_mistakes_are_named(action, message):
    with pytest.raises(ValueError, match=message):
        action()
