"""How good predictions are. Each number equals scikit-learn's of the same name."""

from __future__ import annotations

import numpy as np


def accuracy(true: np.ndarray, predicted: np.ndarray) -> float:
    """The share of predictions that are right. true, predicted: (n,) class numbers.

    >>> accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]))
    0.75
    """
    return float(np.mean(np.asarray(true) == np.asarray(predicted)))


def confusion_matrix(true: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) counts: row, what it is; column, what was said.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    cells = np.asarray(true) * classes + np.asarray(predicted)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def precision_recall(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each class: of those called so, the share that is; of those that are, the share called so. 0 where there
    are none.

    >>> [share.tolist() for share in precision_recall(np.array([[1, 1], [0, 2]]))]
    [[1.0, 0.6666666666666666], [0.5, 1.0]]
    """
    right = np.diag(matrix)
    return _share(right, matrix.sum(axis=0)), _share(right, matrix.sum(axis=1))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def mean_absolute_error(true: np.ndarray, predicted: np.ndarray) -> float:
    """The mean distance between prediction and truth, in the units of the truth.

    >>> mean_absolute_error(np.array([1.0, 2.0]), np.array([1.5, 2.0]))
    0.25
    """
    return float(np.mean(np.abs(np.asarray(true, dtype=np.float64) - predicted)))


def softmax(logits: np.ndarray) -> np.ndarray:
    """exp(z) / Σ exp(z) along the last axis, in float64, shifted so that nothing overflows.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    shifted = np.asarray(logits, dtype=np.float64)
    powers = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
