"""Cross-entropy: how surprised a prediction is by the truth. Sure and wrong costs without limit.

Predictions A and truth Y are outputs × samples. Costs are summed over the outputs and averaged over the m samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
EPSILON = 1e-15  # probabilities are kept this far from 0 and 1, so that a cost stays finite: at most −ln ε ≈ 34.5


def binary_cross_entropy(A: Array, Y: Array) -> float:
    """J = −(1/m) Σ [y·ln a + (1 − y)·ln(1 − a)]: each output answers a yes-or-no question of its own.

    A: probabilities, Y: 0 or 1, both outputs × samples.

    >>> round(binary_cross_entropy(np.array([[0.5, 0.5]]), np.array([[0, 1]])), 4)
    0.6931
    """
    m = samples_of(A, Y)
    A = np.clip(np.asarray(A, dtype=np.float64), EPSILON, 1.0 - EPSILON)
    return float(-np.sum(Y * np.log(A) + (1.0 - Y) * np.log1p(-A)) / m)


def categorical_cross_entropy(A: Array, Y: Array) -> float:
    """J = −(1/m) Σ_samples Σ_classes y·ln a: the outputs are one choice between classes.

    A: probabilities that sum to 1 down each column, Y: one-hot, both classes × samples. A network that guesses among
    C classes pays ln C.

    >>> round(categorical_cross_entropy(np.full((10, 3), 0.1), one_hot([7, 0, 9], 10)), 4)
    2.3026
    """
    m = samples_of(A, Y)
    A = np.clip(np.asarray(A, dtype=np.float64), EPSILON, 1.0)
    return float(-np.sum(Y * np.log(A)) / m)


def one_hot(labels: Any, num_classes: int | None = None) -> Array:
    """Class numbers as columns: a 1 in the row of the class, 0 elsewhere. Shape (num_classes, samples).

    >>> one_hot([2, 0], 3)
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"one_hot: labels must be whole numbers in one dimension, got {labels.dtype} {labels.shape}")
    classes = int(labels.max(initial=-1)) + 1 if num_classes is None else num_classes
    if labels.size and not (0 <= labels.min() and labels.max() < classes):
        raise ValueError(f"one_hot: labels run from {labels.min()} to {labels.max()}, outside 0..{classes - 1}")
    return (np.arange(classes)[:, np.newaxis] == labels).astype(np.float64)


def samples_of(A: Array, Y: Array) -> int:
    """m, after checking that prediction and truth have one shape (outputs, m) with m ≥ 1."""
    if np.ndim(A) != 2 or np.shape(A) != np.shape(Y):
        hint = " (for class numbers use one_hot, for a row of 0 and 1 use Y.reshape(1, -1))" if np.ndim(Y) == 1 else ""
        raise ValueError(f"predictions and Y must both be outputs × samples, got {np.shape(A)} and {np.shape(Y)}{hint}")
    if np.shape(A)[1] == 0:
        raise ValueError(f"there are no samples: the shape is {np.shape(A)}")
    return int(np.shape(A)[1])
