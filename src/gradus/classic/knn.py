"""k nearest neighbours: nothing is learned, everything is remembered.

Three ways to the same distances, each faster than the one before: two loops, one loop, none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
CHUNK = 256  # samples compared at once, so that the table of distances stays small


class KNearestNeighbors:
    """Label a sample as the majority of its k nearest training samples: distance d(a, b) = √Σ (aᵢ − bᵢ)².

    Ties: of equally near neighbours the one that came first in the training data counts as nearer; of equally frequent
    labels the smallest wins. `loops` (2, 1 or 0) picks the way to compute distances. With 0 they come from
    |a|² + |b|² − 2·a·b, where numbers that are large beside their differences cancel: use 1 loop for such data.

    k: how many neighbours vote.   After `fit`: classes_ (the labels, sorted).
    Cover and Hart, "Nearest neighbor pattern classification", 1967. The idea of the three ways: Stanford's CS231n.

    >>> knn = KNearestNeighbors(k=1).fit([[0.0, 0.0], [3.0, 4.0]], ["near", "far"])
    >>> knn.predict([[1.0, 1.0], [3.0, 3.0]])
    array(['near', 'far'], dtype='<U4')
    >>> knn.distances_no_loops([[0.0, 0.0]])
    array([[0., 5.]])
    """

    def __init__(self, k: int = 5) -> None:
        if k < 1:
            raise ValueError(f"KNearestNeighbors: k must be at least 1, got {k}")
        self.k = k

    def fit(self, X: ArrayLike, y: ArrayLike) -> KNearestNeighbors:
        """Remember X (samples, n) and the labels y (samples,); there must be at least k samples."""
        X, y = np.array(X, dtype=np.float64), np.asarray(y)
        if X.ndim != 2 or y.shape != X.shape[:1]:
            raise ValueError(f"KNearestNeighbors: X must be (samples, n), y (samples,); got {X.shape} and {y.shape}")
        if len(X) < self.k:
            raise ValueError(f"KNearestNeighbors: k={self.k} neighbours cannot be found among {len(X)} samples")
        self.X_ = X
        self.classes_, self.labels_ = np.unique(y, return_inverse=True)
        return self

    def distances_two_loops(self, X: ArrayLike) -> Array:
        """The definition: one pair of samples at a time. Returns (samples of X, training samples)."""
        X = self._check(X)
        distances = np.zeros((len(X), len(self.X_)))
        for i, a in enumerate(X):
            for j, b in enumerate(self.X_):
                distances[i, j] = np.sqrt(np.sum((a - b) ** 2))
        return distances

    def distances_one_loop(self, X: ArrayLike) -> Array:
        """One sample against all training samples at a time: a (n,) is broadcast over (training samples, n)."""
        X = self._check(X)
        distances = np.zeros((len(X), len(self.X_)))
        for i, a in enumerate(X):
            distances[i] = np.sqrt(np.sum((a - self.X_) ** 2, axis=1))
        return distances

    def distances_no_loops(self, X: ArrayLike) -> Array:
        """All at once: |a − b|² = |a|² + |b|² − 2·a·b turns the work into one matrix product."""
        X = self._check(X)
        squares = np.sum(X**2, axis=1)[:, np.newaxis] + np.sum(self.X_**2, axis=1)  # (samples, training samples)
        return np.sqrt(np.maximum(squares - 2.0 * (X @ self.X_.T), 0.0))  # rounding may leave a little below 0

    def predict(self, X: ArrayLike, loops: int = 0) -> Array:
        """The label of each sample, shape (samples,)."""
        X = self._check(X)
        ways = {2: self.distances_two_loops, 1: self.distances_one_loop, 0: self.distances_no_loops}
        if loops not in ways:
            raise ValueError(f"KNearestNeighbors: loops must be 0, 1 or 2, got {loops}")
        winners = [self._vote(ways[loops](X[start : start + CHUNK])) for start in range(0, len(X), CHUNK)]
        return self.classes_[np.concatenate(winners)] if winners else self.classes_[:0]

    def _vote(self, distances: Array) -> Array:
        nearest = np.argsort(distances, axis=1, kind="stable")[:, : self.k]
        votes = np.zeros((len(distances), len(self.classes_)), dtype=np.intp)
        np.add.at(votes, (np.arange(len(distances))[:, np.newaxis], self.labels_[nearest]), 1)
        return votes.argmax(axis=1)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of samples, 0 to 1, whose label is predicted right."""
        return float(np.mean(self.predict(X) == np.asarray(y)))

    def _check(self, X: ArrayLike) -> Array:
        X = np.asarray(X, dtype=np.float64)
        if not hasattr(self, "X_"):
            raise ValueError("KNearestNeighbors: call fit(X, y) first")
        if X.ndim != 2 or X.shape[1] != self.X_.shape[1]:
            raise ValueError(f"KNearestNeighbors: X must be (samples, {self.X_.shape[1]}), got {X.shape}")
        return X
