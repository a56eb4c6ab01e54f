"""The perceptron: what one straight line can learn, step by step as scikit-learn's, and why XOR is out of its reach."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.linear_model import Perceptron as SklearnPerceptron

from gradus.classic import Perceptron

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND, OR, NAND, XOR, XNOR = [0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]


@pytest.mark.parametrize("y", [AND, OR, NAND])
def test_it_learns_and_or_nand(y):
    model = Perceptron().fit(X, y)
    np.testing.assert_array_equal(model.predict(X), y)
    assert model.score(X, y) == 1.0
    assert model.converged_ and model.mistakes_[-1] == 0
    assert all(model.mistakes_[:-1]), "it stops after the first epoch without a mistake"


def test_the_weights_on_and_step_by_step():
    # worked out by hand: w1, w2, b after each of the first two epochs over 00, 01, 10, 11
    for epochs, expected in ((1, [1, 1, 0]), (2, [2, 1, -1])):
        model = Perceptron(epochs=epochs).fit(X, AND)
        assert [*model.weights_, model.bias_] == expected


@pytest.mark.parametrize("learning_rate", [1.0, 0.25])
@pytest.mark.parametrize("epochs", [1, 3, 10])
def test_every_epoch_ends_where_sklearn_ends(epochs, learning_rate):
    rng = np.random.default_rng(1)
    points = rng.standard_normal((60, 3))
    labels = np.where(points @ [1.0, -2.0, 0.5] + 0.3 * rng.standard_normal(60) > 0.2, "yes", "no")
    oracle = SklearnPerceptron(shuffle=False, tol=None, max_iter=epochs, eta0=learning_rate).fit(points, labels)
    model = Perceptron(learning_rate, epochs).fit(points, labels)
    assert len(model.mistakes_) == epochs and not model.converged_
    np.testing.assert_allclose(model.weights_, oracle.coef_[0], rtol=1e-9, atol=1e-12)
    assert model.bias_ == pytest.approx(oracle.intercept_[0], abs=1e-12)
    np.testing.assert_array_equal(model.predict(points), oracle.predict(points))


def test_on_separable_data_the_mistakes_end_within_novikoffs_bound():
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 1, (400, 2))
    direction = np.array([0.6, 0.8])
    points = points[np.abs(points @ direction) > 0.1]
    model = Perceptron(epochs=1000).fit(points, points @ direction > 0)
    radius = np.sqrt((points**2).sum(axis=1).max() + 1)  # the bias is a weight on a constant 1
    assert model.converged_
    assert sum(model.mistakes_) <= (radius / 0.1) ** 2


@pytest.mark.parametrize("y", [XOR, XNOR])
def test_xor_is_never_learned(y):
    """The four inequalities contradict each other, so training goes round in a circle and at most 3 of 4 are right."""
    signs = np.where(np.array(y) == 1, 1, -1)[:, None]
    inequalities = -signs * np.hstack([X, np.ones((4, 1))])  # t·(w·x + b) ≥ 1 for all four points
    assert linprog(np.zeros(3), inequalities, -np.ones(4), bounds=[(None, None)] * 3).status == 2, "infeasible"

    model = Perceptron(epochs=1000).fit(X, y)
    assert not model.converged_ and len(model.mistakes_) == 1000 and min(model.mistakes_) > 0
    assert model.score(X, y) <= 0.75
    visited = [tuple(Perceptron(epochs=n).fit(X, y).weights_) for n in range(1, 30)]
    assert len(set(visited)) < 10, "the weights come back to where they were: more epochs will not help"


def test_no_line_on_a_fine_grid_gets_all_four_of_xor():
    grid = np.linspace(-2, 2, 17)
    best = max(np.mean(((X @ [w1, w2] + b) > 0) == XOR) for w1, w2, b in product(grid, grid, grid))
    assert best == 0.75


def test_a_third_feature_makes_xor_separable():
    lifted = np.column_stack([X, X[:, 0] * X[:, 1]])
    assert Perceptron().fit(lifted, XOR).score(lifted, XOR) == 1.0


def test_data_is_left_alone_and_labels_come_back_as_they_were():
    points, labels = X.astype(float), np.array(["off", "off", "off", "on"])
    copy = points.copy()
    assert list(Perceptron().fit(points, labels).predict(points)) == list(labels)
    np.testing.assert_array_equal(points, copy)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: Perceptron().fit(X, [0, 1]), r"got \(4, 2\) and \(2,\)"),
        (lambda: Perceptron().fit(X[:, 0], AND), r"got \(4,\) and \(4,\)"),
        (lambda: Perceptron().fit(X, [0, 0, 0, 0]), "two kinds of labels, got 1"),
        (lambda: Perceptron().fit(X, [0, 1, 2, 3]), "two kinds of labels, got 4"),
        (lambda: Perceptron().predict(X), r"call fit\(X, y\) first"),
        (lambda: Perceptron().fit(X, AND).predict([[1, 2, 3]]), r"must be \(samples, 2\), got \(1, 3\)"),
        (lambda: Perceptron(learning_rate=0), "learning_rate > 0"),
        (lambda: Perceptron(epochs=0), "epochs ≥ 1"),
    ],
)
def test_mistakes_are_named(action, message):
    with pytest.raises(ValueError, match=message):
        action()
