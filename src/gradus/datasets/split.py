"""Putting examples aside for the test."""

from __future__ import annotations

import numpy as np


def every_nth(labels: np.ndarray, share: float) -> np.ndarray:
    """A mask of the examples for the test: evenly spaced among those of each class, in the order given.

    Line the examples up class by class, each class in the order given, and walk along: an example is taken whenever
    `share` times the number of steps passes a whole number. So exactly round-up(share·n) are taken, each class has its
    share of them to within one, and no random number decides.

    Args:
        labels: (n,) class numbers.
        share: from 0 to 1.

    Returns:
        bool (n,).

    >>> every_nth(np.array([0, 1, 0, 1, 0, 1, 0, 1]), 0.25).astype(int)
    array([1, 1, 0, 0, 0, 0, 0, 0])
    """
    steps = np.arange(len(labels) + 1)
    # A share such as 0.2 is not exact in binary; without the rounding, 5 · 0.2 may pass 1 one step late.
    passed = np.ceil(np.round(steps * share, 9))
    taken = np.empty(len(labels), bool)
    taken[np.argsort(labels, kind="stable")] = np.diff(passed) > 0
    return taken


def shuffled(count: int, seed: int) -> np.ndarray:
    """The numbers 0 … count − 1 in an order that depends on the seed only, with every version of NumPy."""
    # RandomState's permutation is frozen by NumPy's promise; that of newer generators may change.
    return np.random.RandomState(seed).permutation(count)
