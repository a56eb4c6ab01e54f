"""The perceptron: the first machine that learned its weights from examples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


class Perceptron:
    """One neuron with a step, which draws a straight line between two classes and moves it after every mistake.

        prediction: the second class where w·x + b > 0, else the first
        mistake on (x, t), t = ±1:   w ← w + η·t·x,   b ← b + η·t        (a point on the line itself counts as one)

    If some line separates the classes, the mistakes come to an end (Novikoff, 1962). If none does, they never end.

    It learns AND and OR. It cannot learn XOR, however long it tries. XOR asks for

        b ≤ 0,    w₁ + b > 0,    w₂ + b > 0,    w₁ + w₂ + b ≤ 0

    The two in the middle add up to w₁ + w₂ + 2b > 0, the two outer ones to w₁ + w₂ + 2b ≤ 0: no w and b satisfy both.
    A layer of neurons before this one solves it (see `gradus.classic.train`).

    learning_rate: η, only the scale of w and b.   epochs: passes over the data, at most; one without mistake ends it.
    After `fit`: weights_ (n,), bias_, mistakes_ (one count for each epoch), converged_ (whether the last count is 0),
    classes_ (the two labels, sorted). Samples are visited in the given order, starting from w = 0, b = 0.
    Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the brain", 1958.

    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> Perceptron().fit(X, [0, 0, 0, 1]).predict(X)
    array([0, 0, 0, 1])
    >>> xor = Perceptron(epochs=1000).fit(X, [0, 1, 1, 0])
    >>> xor.converged_, len(xor.mistakes_)
    (False, 1000)
    """

    def __init__(self, learning_rate: float = 1.0, epochs: int = 100) -> None:
        if not learning_rate > 0 or epochs < 1:
            raise ValueError(f"Perceptron: needs learning_rate > 0 and epochs ≥ 1; got {learning_rate} and {epochs}")
        self.learning_rate = learning_rate
        self.epochs = epochs

    def fit(self, X: ArrayLike, y: ArrayLike) -> Perceptron:
        """Learn from X (samples, n) and the labels y (samples,), of which there must be two kinds."""
        X, y = np.asarray(X, dtype=np.float64), np.asarray(y)
        if X.ndim != 2 or y.shape != X.shape[:1]:
            raise ValueError(f"Perceptron: X must be (samples, features) and y (samples,); got {X.shape} and {y.shape}")
        self.classes_ = np.unique(y)
        if len(self.classes_) != 2:
            raise ValueError(f"Perceptron: y must hold two kinds of labels, got {len(self.classes_)}")
        targets = np.where(y == self.classes_[1], 1.0, -1.0)
        self.weights_, self.bias_ = np.zeros(X.shape[1]), 0.0
        self.mistakes_: list[int] = []
        while len(self.mistakes_) < self.epochs and 0 not in self.mistakes_[-1:]:
            self.mistakes_.append(self._epoch(X, targets))
        self.converged_ = self.mistakes_[-1] == 0
        return self

    def _epoch(self, X: Array, targets: Array) -> int:
        mistakes = 0
        for x, target in zip(X, targets):
            if target * (x @ self.weights_ + self.bias_) <= 0:
                self.weights_ = self.weights_ + self.learning_rate * target * x
                self.bias_ += self.learning_rate * target
                mistakes += 1
        return mistakes

    def decision_function(self, X: ArrayLike) -> Array:
        """w·x + b for each sample: above 0 on the second class's side of the line."""
        X = np.asarray(X, dtype=np.float64)
        if not hasattr(self, "weights_"):
            raise ValueError("Perceptron: call fit(X, y) first")
        if X.ndim != 2 or X.shape[1] != self.weights_.size:
            raise ValueError(f"Perceptron: X must be (samples, {self.weights_.size}), got {X.shape}")
        return X @ self.weights_ + self.bias_

    def predict(self, X: ArrayLike) -> Array:
        """The label of each sample, shape (samples,)."""
        side = self.decision_function(X) > 0
        return self.classes_[side.astype(np.intp)]

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of samples, 0 to 1, whose label is predicted right."""
        return float(np.mean(self.predict(X) == np.asarray(y)))
