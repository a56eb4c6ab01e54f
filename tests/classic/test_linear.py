"""Linear classifiers: loops against matrices against PyTorch against finite differences, and scikit-learn's optimum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from gradus.classic import (
    LinearSVM,
    SoftmaxClassifier,
    softmax_loss_naive,
    softmax_loss_vectorized,
    svm_loss_naive,
    svm_loss_vectorized,
)

F = torch.nn.functional
LOSSES = {
    "svm": (svm_loss_naive, svm_loss_vectorized, lambda s, y: F.multi_margin_loss(s, y) * s.shape[1]),
    "softmax": (softmax_loss_naive, softmax_loss_vectorized, F.cross_entropy),
}
REG = 0.3


def problem(scale: float = 1.0):
    rng = np.random.default_rng(0)
    W, b = scale * rng.standard_normal((5, 4)), rng.standard_normal(4)
    return W, b, rng.standard_normal((9, 5)), rng.integers(0, 4, 9)


@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
@pytest.mark.parametrize("name", LOSSES)
def test_loops_and_matrices_equal_torch(name, scale):
    naive, vectorized, theirs = LOSSES[name]
    W, b, X, y = problem(scale)
    tW, tb = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    expected = theirs(torch.tensor(X) @ tW + tb, torch.tensor(y)) + REG * (tW * tW).sum()
    expected.backward()
    for loss_function in (naive, vectorized):
        loss, dW, db = loss_function(W, b, X, y, REG)
        assert loss == pytest.approx(expected.item(), rel=1e-12)
        np.testing.assert_allclose(dW, tW.grad.numpy(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(db, tb.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_equal_finite_differences(name):
    for loss_function in LOSSES[name][:2]:
        W, b, X, y = problem()
        _, dW, db = loss_function(W, b, X, y, REG)
        for array, gradient in ((W, dW), (b, db)):
            for index in np.ndindex(array.shape):
                kept = array[index]
                array[index] = kept + 1e-6
                above = loss_function(W, b, X, y, REG)[0]
                array[index] = kept - 1e-6
                below = loss_function(W, b, X, y, REG)[0]
                array[index] = kept
                assert gradient[index] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_the_losses_before_anything_is_learned():
    W, b, X, y = np.zeros((5, 10)), np.zeros(10), *problem()[2:]
    assert svm_loss_vectorized(W, b, X, y)[0] == pytest.approx(9.0), "9 other classes, each 1 inside the margin"
    assert softmax_loss_vectorized(W, b, X, y)[0] == pytest.approx(np.log(10))


def test_the_penalty_spares_the_biases_and_leaves_the_arrays_alone():
    W, b, X, y = problem()
    copies = [a.copy() for a in (W, b, X, y)]
    for naive, vectorized, _ in LOSSES.values():
        for loss_function in (naive, vectorized):
            np.testing.assert_allclose(loss_function(W, b, X, y, 5.0)[2], loss_function(W, b, X, y, 0.0)[2])
    for array, copy in zip((W, b, X, y), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def blobs(seed: int = 0):
    rng = np.random.default_rng(seed)
    centres = np.array([[0.0, 4.0], [4.0, -2.0], [-4.0, -2.0]])
    y = rng.integers(0, 3, 300)
    return centres[y] + rng.standard_normal((300, 2)), np.array(["ash", "birch", "cedar"])[y]


def test_at_sklearns_optimum_our_softmax_gradient_is_zero():
    X, labels = blobs()
    y = np.unique(labels, return_inverse=True)[1]
    oracle = LogisticRegression(C=1 / (2 * 0.01 * len(X)), tol=1e-10, max_iter=10_000).fit(X, y)
    _, dW, db = softmax_loss_vectorized(oracle.coef_.T, oracle.intercept_, X, y, reg=0.01)
    np.testing.assert_allclose(dW, 0.0, atol=1e-6)
    np.testing.assert_allclose(db, 0.0, atol=1e-6)


def test_batch_descent_reaches_sklearns_probabilities():
    X, labels = blobs()
    oracle = LogisticRegression(C=1 / (2 * 0.01 * len(X)), tol=1e-10, max_iter=10_000).fit(X, labels)
    model = SoftmaxClassifier(learning_rate=0.3, reg=0.01, epochs=5000, batch_size=None).fit(X, labels)
    assert (np.diff(model.losses_) <= 1e-12).all()
    np.testing.assert_allclose(model.predict_proba(X), oracle.predict_proba(X), atol=1e-4)
    np.testing.assert_array_equal(model.predict(X), oracle.predict(X))


@pytest.mark.parametrize("kind", [LinearSVM, SoftmaxClassifier])
def test_minibatch_descent_separates_blobs_and_reads_most_digits(kind):
    X, labels = blobs()
    assert kind().fit(X, labels).score(X, labels) > 0.97
    images, digits = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(images / 16, digits, test_size=360, random_state=0)
    model = kind(epochs=30).fit(X_train, y_train)
    assert model.score(X_test, y_test) > 0.93
    assert np.mean(model.losses_[-20:]) < 0.3 * np.mean(model.losses_[:20])


@pytest.mark.parametrize("kind", [LinearSVM, SoftmaxClassifier])
def test_xor_is_beyond_a_straight_line(kind):
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    assert kind(epochs=500, batch_size=None).fit(X, y).score(X, y) <= 0.75


def test_the_seed_decides_the_order_and_every_sample_counts():
    X, labels = blobs()
    runs = [LinearSVM(seed=s, batch_size=7, epochs=2).fit(X, labels) for s in (1, 1, 2)]
    assert runs[0].losses_ == runs[1].losses_ != runs[2].losses_
    assert len(runs[0].losses_) == 2 * 43, "300 samples are 42 batches of 7 and one of 6"


def test_probabilities_are_probabilities():
    X, labels = blobs()
    model = SoftmaxClassifier(epochs=5).fit(X, labels)
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(X))


@pytest.mark.parametrize("loss_function", [f for losses in LOSSES.values() for f in losses[:2]])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda W, b, X, y: (W.T, b, X, y), r"needs W \(n, C\).*got W \(4, 5\), b \(4,\), X \(9, 5\), y \(9,\)"),
        (lambda W, b, X, y: (W, b[:, None], X, y), r"b \(4, 1\)"),
        (lambda W, b, X, y: (W, b, X, y[:3]), "one whole number y for each"),
        (lambda W, b, X, y: (W, b, X, y * 1.0), "one whole number y for each"),
        (lambda W, b, X, y: (W, b, X[:0], y[:0]), "at least one sample"),
        (lambda W, b, X, y: (W, b, X, y - 4), r"y must lie in 0\.\.3 for 4 classes; got -4\.\.-?\d"),
        (lambda W, b, X, y: (W, b, X, y + 3), r"y must lie in 0\.\.3"),
    ],
)
def test_shapes_and_labels_that_do_not_fit_are_named(loss_function, change, message):
    with pytest.raises(ValueError, match=message):
        loss_function(*change(*problem()))


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: LinearSVM(learning_rate=0), "LinearSVM: needs learning_rate > 0"),
        (lambda: SoftmaxClassifier(batch_size=0), "SoftmaxClassifier: needs .*batch_size ≥ 1 or None"),
        (lambda: LinearSVM().fit([[1.0]], [1, 2]), r"got \(1, 1\) and \(2,\)"),
        (lambda: LinearSVM().predict([[1.0]]), r"call fit\(X, y\) first"),
        (lambda: LinearSVM().fit([[1.0], [2.0]], [1, 2]).predict([[1.0, 2.0]]), r"\(samples, 1\), got \(1, 2\)"),
    ],
)
def test_mistakes_of_the_classifiers_are_named(action, message):
    with pytest.raises(ValueError, match=message):
        action()
