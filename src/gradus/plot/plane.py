"""What a classifier says all over the plane: the numbers behind a decision boundary."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gradus.errors import Usage

RESOLUTION = 241  # points of the grid along either axis

Predict = Callable[[np.ndarray], np.ndarray]


class Survey(NamedTuple):
    """The answers of a classifier. Shares are its probabilities, (…, C), in the order of the labels."""

    labels: np.ndarray  # (C,)
    across: np.ndarray  # (RESOLUTION, RESOLUTION) first feature
    up: np.ndarray  # (RESOLUTION, RESOLUTION) second feature
    shares: np.ndarray  # (RESOLUTION, RESOLUTION, C)
    at_examples: np.ndarray  # (n, C)


def survey(predict: Predict, X: np.ndarray, y: np.ndarray) -> Survey:
    """Ask ``predict`` once, about a grid around the examples X (n, 2) and about the examples themselves.

    >>> found = survey(lambda points: points[:, 0] > 0, np.array([[-1.0, 0.0], [1.0, 0.5]]), np.array([0, 1]))
    >>> found.shares.shape, found.at_examples.tolist()
    ((241, 241, 2), [[1.0, 0.0], [0.0, 1.0]])
    """
    across, up = np.meshgrid(_ticks(X[:, 0]), _ticks(X[:, 1]))
    plane = np.column_stack([across.ravel(), up.ravel()]).astype(X.dtype)
    labels, shares = understood(predict(np.concatenate([plane, X])), len(plane) + len(X), y)
    return Survey(labels, across, up, shares[: len(plane)].reshape(*across.shape, -1), shares[len(plane) :])


def _ticks(values: np.ndarray) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    margin = 0.12 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, RESOLUTION)


def understood(output: np.ndarray, count: int, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What predict returned about ``count`` points → the labels, and for every point (count, C) shares that sum to 1.

    output: (count, C) or (C, count) probabilities or scores; or ``count`` numbers in any shape: labels, or, for two
    classes, the probability of the second (all between 0 and 1) or its score (positive where it is predicted).
    """
    output = np.asarray(output)
    if output.ndim == 2 and output.shape[1] == count and output.shape[0] > 1:
        output = output.T
    if np.issubdtype(output.dtype, np.floating) and not np.isfinite(output).all():
        raise Usage("decision_boundary: predict returned numbers that are not finite (a diverged training?)")
    if output.ndim == 2 and output.shape[0] == count and output.shape[1] > 1:
        return _from_columns(output.astype(np.float64), y)
    if output.size != count:
        expected = "expected (n, classes) or (n,)"
        raise Usage(f"decision_boundary: predict returned shape {output.shape} for {count} points; {expected}")
    return _from_numbers(output.ravel(), y)


def _from_columns(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels, columns = np.unique(y), scores.shape[1]
    if np.isin(labels, np.arange(columns)).all():
        labels = np.arange(columns)
    elif len(labels) != columns:
        raise Usage(f"decision_boundary: predict has {columns} classes, y has the labels {labels.tolist()[:8]}")
    if scores.min() < 0 or not np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return labels, scores / scores.sum(axis=1, keepdims=True)


def _from_numbers(values: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels = np.unique(y)
    if not np.issubdtype(values.dtype, np.floating) or np.isin(values, labels).all():
        labels = np.union1d(labels, values)
        return labels, (values[:, None] == labels).astype(np.float64)
    if len(labels) > 2:
        raise Usage(f"decision_boundary: predict returned one number a point, but y has {len(labels)} classes")
    certain = values.min() >= 0 and values.max() <= 1
    second = values.astype(np.float64) if certain else 1 / (1 + np.exp(-np.clip(values.astype(np.float64), -500, 500)))
    return labels if len(labels) == 2 else np.arange(2), np.column_stack([1 - second, second])
