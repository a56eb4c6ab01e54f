"""Cross-entropies against PyTorch, scikit-learn and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss

from gradus.classic import binary_cross_entropy, categorical_cross_entropy, one_hot


def test_binary_cross_entropy_equals_torch_and_sklearn():
    rng = np.random.default_rng(0)
    A, Y = rng.uniform(0.01, 0.99, (1, 50)), rng.integers(0, 2, (1, 50))
    ours = binary_cross_entropy(A, Y)
    expected = torch.nn.functional.binary_cross_entropy(torch.tensor(A), torch.tensor(Y, dtype=torch.float64))
    assert ours == pytest.approx(expected.item(), rel=1e-12)
    assert ours == pytest.approx(log_loss(Y[0], A[0]), rel=1e-12)


def test_binary_cross_entropy_of_several_rows_is_their_sum():
    rng = np.random.default_rng(1)
    A, Y = rng.uniform(0.01, 0.99, (3, 20)), rng.integers(0, 2, (3, 20))
    rows = [binary_cross_entropy(A[[i]], Y[[i]]) for i in range(3)]
    assert binary_cross_entropy(A, Y) == pytest.approx(sum(rows), rel=1e-12)


def test_categorical_cross_entropy_equals_torch_and_sklearn():
    rng = np.random.default_rng(2)
    scores, labels = rng.standard_normal((4, 30)), rng.integers(0, 4, 30)
    A = np.exp(scores) / np.exp(scores).sum(axis=0)
    ours = categorical_cross_entropy(A, one_hot(labels, 4))
    expected = torch.nn.functional.cross_entropy(torch.tensor(scores.T), torch.tensor(labels))
    assert ours == pytest.approx(expected.item(), rel=1e-12)
    assert ours == pytest.approx(log_loss(labels, A.T, labels=range(4)), rel=1e-12)


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_guessing_costs_the_logarithm_of_the_number_of_classes(classes):
    A = np.full((classes, 5), 1 / classes)
    assert categorical_cross_entropy(A, one_hot([0, 1, 1, 0, 1], classes)) == pytest.approx(math.log(classes))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sure_and_wrong_is_finite_and_large_and_sure_and_right_is_free(dtype):
    wrong, right = np.array([[0.0, 1.0]], dtype=dtype), np.array([[1.0, 0.0]], dtype=dtype)
    Y = np.array([[1, 0]])
    assert binary_cross_entropy(wrong, Y) == pytest.approx(-math.log(1e-15), rel=1e-3)
    assert binary_cross_entropy(right, Y) == pytest.approx(0.0, abs=1e-14)
    assert categorical_cross_entropy(wrong.T, Y.T) == pytest.approx(-math.log(1e-15))
    assert categorical_cross_entropy(right.T, Y.T) == 0.0


def test_one_hot():
    np.testing.assert_array_equal(one_hot([1, 0, 2]), [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    assert one_hot([1, 0], num_classes=5).shape == (5, 2)
    assert one_hot(np.array([], dtype=int), 3).shape == (3, 0)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 3], 3, r"run from 0 to 3, outside 0\.\.2"),
        ([-1, 0], 3, r"run from -1 to 0, outside 0\.\.2"),
        ([0.5], 3, "whole numbers"),
        ([[0]], 3, r"one dimension, got int64 \(1, 1\)"),
    ],
)
def test_one_hot_names_what_is_wrong(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        one_hot(labels, classes)


def test_shapes_that_differ_are_named_with_the_way_out():
    with pytest.raises(ValueError, match=r"\(1, 4\) and \(4,\) \(for class numbers .* Y\.reshape\(1, -1\)\)"):
        binary_cross_entropy(np.full((1, 4), 0.5), np.zeros(4))
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(4, 3\)$"):
        categorical_cross_entropy(np.full((3, 4), 0.5), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="no samples"):
        binary_cross_entropy(np.zeros((1, 0)), np.zeros((1, 0)))
