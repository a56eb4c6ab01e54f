"""Straight lines first: linear classifiers with two losses, their derivatives by loops and by matrices.

A sample x (n,) gets one score for each of C classes: s = x·W + b, W: (n, C), b: (C,). The largest score wins. A loss
says how wrong the scores are; its derivative says how to turn W and b. Both losses are averaged over the m samples, and
a penalty keeps the weights small (the biases are free):

    J = (1/m) Σ_samples loss(s, y) + reg·Σ W²

Each `…_naive` writes the definition down with loops. Its `…_vectorized` twin gives the same numbers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradus.classic.activations import softmax

Array = NDArray[Any]
LossAndGradients = tuple[float, Array, Array]


# ---- multiclass hinge loss: the true class must lead every other by a margin of 1 ----------------------------------


def svm_loss_naive(W: Array, b: Array, X: Array, y: Array, reg: float = 0.0) -> LossAndGradients:
    """loss(s, y) = Σ_{c≠y} max(0, s_c − s_y + 1), with loops over samples and classes.

    Every class that comes too close pushes its own column by x, and the true class's column by −x.
    W: (n, C), b: (C,), X: (m, n), y: (m,) whole numbers below C.   Returns J, dJ/dW (n, C), dJ/db (C,).
    Weston and Watkins, "Support vector machines for multi-class pattern recognition", 1999.
    """
    _check(W, b, X, y)
    m, (n, num_classes) = len(X), W.shape
    loss, dW, db = 0.0, np.zeros((n, num_classes)), np.zeros(num_classes)
    for i in range(m):
        scores = X[i] @ W + b
        for c in range(num_classes):
            margin = scores[c] - scores[y[i]] + 1.0
            if c != y[i] and margin > 0:
                loss += margin
                dW[:, c] += X[i]
                dW[:, y[i]] -= X[i]
                db[c] += 1.0
                db[y[i]] -= 1.0
    return float(loss / m + reg * np.sum(W * W)), dW / m + 2.0 * reg * W, db / m


def svm_loss_vectorized(W: Array, b: Array, X: Array, y: Array, reg: float = 0.0) -> LossAndGradients:
    """The same as `svm_loss_naive`, at once.

    ∂loss/∂s_c = 1 where class c comes too close, and for the true class minus the number of those.
    """
    _check(W, b, X, y)
    scores, rows = X @ W + b, np.arange(len(X))
    margins = np.maximum(scores - scores[rows, y][:, np.newaxis] + 1.0, 0.0)  # (m, C)
    margins[rows, y] = 0.0
    dscores = (margins > 0).astype(np.float64)
    dscores[rows, y] = -dscores.sum(axis=1)
    return _through_the_scores(margins.sum(), dscores, W, X, reg)


# ---- softmax loss: the true class must be the likely one -----------------------------------------------------------


def softmax_loss_naive(W: Array, b: Array, X: Array, y: Array, reg: float = 0.0) -> LossAndGradients:
    """loss(s, y) = −ln p_y with p = softmax(s), with loops over samples and classes.

    ∂loss/∂s_c = p_c − [c = y]: what was predicted less what was true.
    W: (n, C), b: (C,), X: (m, n), y: (m,) whole numbers below C.   Returns J, dJ/dW (n, C), dJ/db (C,).
    """
    _check(W, b, X, y)
    m, (n, num_classes) = len(X), W.shape
    loss, dW, db = 0.0, np.zeros((n, num_classes)), np.zeros(num_classes)
    for i in range(m):
        scores = X[i] @ W + b
        scores = scores - scores.max()  # the probabilities stay the same, and no exponent overflows
        log_total = np.log(sum(np.exp(score) for score in scores))
        loss += log_total - scores[y[i]]
        for c in range(num_classes):
            dscore = np.exp(scores[c] - log_total) - (c == y[i])
            dW[:, c] += dscore * X[i]
            db[c] += dscore
    return float(loss / m + reg * np.sum(W * W)), dW / m + 2.0 * reg * W, db / m


def softmax_loss_vectorized(W: Array, b: Array, X: Array, y: Array, reg: float = 0.0) -> LossAndGradients:
    """The same as `softmax_loss_naive`, at once."""
    _check(W, b, X, y)
    scores, rows = X @ W + b, np.arange(len(X))
    scores = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[rows, y]  # (m,)
    dscores = softmax(scores, axis=1)
    dscores[rows, y] -= 1.0
    return _through_the_scores(losses.sum(), dscores, W, X, reg)


def _through_the_scores(total: float, dscores: Array, W: Array, X: Array, reg: float) -> LossAndGradients:
    """From the summed loss and ∂loss/∂scores (m, C) to J, dJ/dW and dJ/db: s = x·W + b, so dW = Xᵀ·ds and db = Σ ds."""
    m = len(X)
    return float(total / m + reg * np.sum(W * W)), X.T @ dscores / m + 2.0 * reg * W, dscores.sum(axis=0) / m


def _check(W: Array, b: Array, X: Array, y: Array) -> None:
    shapes = f"W {np.shape(W)}, b {np.shape(b)}, X {np.shape(X)}, y {np.shape(y)}"
    if np.ndim(W) != 2 or np.ndim(X) != 2 or np.shape(W)[0] != np.shape(X)[1] or np.shape(b) != np.shape(W)[1:]:
        raise ValueError(f"needs W (n, C), b (C,), X (m, n), y (m,); got {shapes}")
    if np.shape(y) != np.shape(X)[:1] or len(X) == 0 or not np.issubdtype(np.asarray(y).dtype, np.integer):
        raise ValueError(f"needs one whole number y for each of at least one sample; got {shapes}")
    if np.min(y) < 0 or np.max(y) >= len(b):
        raise ValueError(f"y must lie in 0..{len(b) - 1} for {len(b)} classes; got {np.min(y)}..{np.max(y)}")


# ---- the classifiers: one loss each, trained by stochastic gradient descent ----------------------------------------


class LinearClassifier:
    """What the two classifiers share: scores, minibatch gradient descent, prediction. `loss` is what sets them apart.

    learning_rate: step size.   reg: strength of the penalty reg·Σ W².   epochs: passes over the data.
    batch_size: samples in a step (None: all).   seed: of the order in which samples are visited, new in every epoch.
    After `fit`: W_ (n, C), b_ (C,), classes_ (the labels, sorted), losses_ (J before every step).
    """

    loss: Callable[..., LossAndGradients]

    def __init__(
        self,
        learning_rate: float = 0.1,
        reg: float = 1e-4,
        epochs: int = 50,
        batch_size: int | None = 64,
        seed: int | None = 0,
    ) -> None:
        if not learning_rate > 0 or reg < 0 or epochs < 1 or (batch_size is not None and batch_size < 1):
            raise ValueError(
                f"{type(self).__name__}: needs learning_rate > 0, reg ≥ 0, epochs ≥ 1, batch_size ≥ 1 or None; "
                f"got {learning_rate}, {reg}, {epochs}, {batch_size}"
            )
        self.learning_rate, self.reg, self.epochs = learning_rate, reg, epochs
        self.batch_size, self.seed = batch_size, seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> LinearClassifier:
        """Learn from X (samples, n) and the labels y (samples,)."""
        X, y = np.asarray(X, dtype=np.float64), np.asarray(y)
        if X.ndim != 2 or y.shape != X.shape[:1] or len(X) == 0:
            raise ValueError(
                f"{type(self).__name__}: X must be (samples, n), y (samples,); got {X.shape} and {y.shape}"
            )
        self.classes_, y = np.unique(y, return_inverse=True)
        # one layer has no hidden neurons that could stay alike, so here zeros are a good start
        self.W_, self.b_ = np.zeros((X.shape[1], len(self.classes_))), np.zeros(len(self.classes_))
        self.losses_: list[float] = []
        rng, size = np.random.default_rng(self.seed), self.batch_size or len(X)
        for _ in range(self.epochs):
            order = rng.permutation(len(X))
            for batch in (order[start : start + size] for start in range(0, len(X), size)):
                loss, dW, db = self.loss(self.W_, self.b_, X[batch], y[batch], self.reg)
                self.losses_.append(loss)
                self.W_ = self.W_ - self.learning_rate * dW
                self.b_ = self.b_ - self.learning_rate * db
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """The scores X·W + b, shape (samples, C)."""
        X = np.asarray(X, dtype=np.float64)
        if not hasattr(self, "W_"):
            raise ValueError(f"{type(self).__name__}: call fit(X, y) first")
        if X.ndim != 2 or X.shape[1] != len(self.W_):
            raise ValueError(f"{type(self).__name__}: X must be (samples, {len(self.W_)}), got {X.shape}")
        return X @ self.W_ + self.b_

    def predict(self, X: ArrayLike) -> Array:
        """The label with the largest score, shape (samples,); of equal scores the smallest label."""
        best = self.decision_function(X).argmax(axis=1)
        return self.classes_[best]

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of samples, 0 to 1, whose label is predicted right."""
        return float(np.mean(self.predict(X) == np.asarray(y)))


class LinearSVM(LinearClassifier):
    """A linear classifier that wants every true class ahead by a margin of 1 (multiclass hinge loss).

    >>> X = [[0.0, 0.0], [0.0, 3.0], [3.0, 0.0]]
    >>> LinearSVM().fit(X, ["a", "b", "c"]).predict(X)
    array(['a', 'b', 'c'], dtype='<U1')
    """

    loss = staticmethod(svm_loss_vectorized)


class SoftmaxClassifier(LinearClassifier):
    """A linear classifier whose scores become probabilities (cross-entropy); with two classes, logistic regression.

    >>> X = [[0.0, 0.0], [0.0, 3.0], [3.0, 0.0]]
    >>> model = SoftmaxClassifier(epochs=500).fit(X, ["a", "b", "c"])
    >>> model.predict(X), bool(model.predict_proba(X).min(axis=1).max() < 0.1)
    (array(['a', 'b', 'c'], dtype='<U1'), True)
    """

    loss = staticmethod(softmax_loss_vectorized)

    def predict_proba(self, X: ArrayLike) -> Array:
        """The probability of each class, shape (samples, C); every row sums to 1."""
        return softmax(self.decision_function(X), axis=1)
