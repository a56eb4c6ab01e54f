"""Six small worlds on the plane (one is a curve), each made to show what a network can and cannot do.

Every generator returns x, float32 (n, features), and y, int64 (n,) with class numbers, or float32 (n, 1) for the curve.
`noise` is the standard deviation of a normal disturbance added to every coordinate; without it the shapes are exact.
Equal arguments give equal arrays. moons, circles and blobs have scikit-learn's geometry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradus.datasets.arguments import flag, real, whole

Examples = tuple[np.ndarray, np.ndarray]
Seed = int | Sequence[int]


def xor(n: int = 400, noise: float = 0.1, seed: Seed = 0, shuffle: bool = True) -> Examples:
    """The exclusive or: y = a ⊕ b at the corners (a, b) of the unit square. No straight line separates it.

    Source: M. Minsky, S. Papert, "Perceptrons", 1969.

    >>> x, y = xor(4, noise=0, shuffle=False)
    >>> x.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    corner = np.arange(whole("n", n, 4)) % 4
    a, b = corner // 2, corner % 2
    return _finish(np.stack((a, b), axis=1), a ^ b, noise, seed, shuffle)


def moons(n: int = 400, noise: float = 0.1, seed: Seed = 0, shuffle: bool = True) -> Examples:
    """Two interleaved half circles of radius 1: class 0 around (0, 0), class 1 upside down around (1, ½).

    >>> x, y = moons(4, noise=0, shuffle=False)
    >>> x.round(1).tolist(), y.tolist()
    ([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.5], [2.0, 0.5]], [0, 0, 1, 1])
    """
    first = whole("n", n, 2) // 2
    upper, lower = np.linspace(0, np.pi, first), np.linspace(0, np.pi, n - first)
    x = np.concatenate((_on_circle(upper), np.array([1, 0.5]) - _on_circle(lower)))
    return _finish(x, np.arange(n) >= first, noise, seed, shuffle)


def circles(
    n: int = 400, noise: float = 0.05, seed: Seed = 0, shuffle: bool = True, *, factor: float = 0.5
) -> Examples:
    """A circle of radius 1, class 0, around one of radius `factor`, class 1.

    >>> x, y = circles(4, noise=0, shuffle=False)
    >>> x.round(1).tolist(), y.tolist()
    ([[1.0, 0.0], [-1.0, 0.0], [0.5, 0.0], [-0.5, 0.0]], [0, 0, 1, 1])
    """
    first = whole("n", n, 2) // 2
    outer, inner = (np.arange(count) * (2 * np.pi / count) for count in (first, n - first))
    x = np.concatenate((_on_circle(outer), _on_circle(inner) * real("factor", factor, 0, 1)))
    return _finish(x, np.arange(n) >= first, noise, seed, shuffle)


def spirals(
    n: int = 400,
    noise: float = 0.02,
    seed: Seed = 0,
    shuffle: bool = True,
    *,
    classes: int = 2,
    turns: float = 1.5,
) -> Examples:
    """Arms that wind around each other: r = t, angle = 2π·(turns·t + class/classes), t from 0.05 to 1.

    Source: K. Lang, M. Witbrock, "Learning to tell two spirals apart", 1988.
    """
    label = _shares(whole("n", n, 2), whole("classes", classes, 2, n))
    t = np.concatenate([np.linspace(0.05, 1, count) for count in np.bincount(label)])
    x = t[:, None] * _on_circle(2 * np.pi * (real("turns", turns, 0, 100) * t + label / classes))
    return _finish(x, label, noise, seed, shuffle)


def blobs(n: int = 400, noise: float = 1.0, seed: Seed = 0, shuffle: bool = True, *, classes: int = 3) -> Examples:
    """Round clouds of standard deviation `noise` around centres that lie evenly on a circle of radius 4."""
    label = _shares(whole("n", n, 2), whole("classes", classes, 2, n))
    return _finish(4 * _on_circle(2 * np.pi * label / classes), label, noise, seed, shuffle)


def sine(n: int = 400, noise: float = 0.1, seed: Seed = 0, shuffle: bool = True) -> Examples:
    """A curve to fit: y = sin(x) + noise, x uniform in [−π, π). Only y is disturbed.

    >>> x, y = sine(100, noise=0)
    >>> x.shape, y.shape, bool(np.allclose(y, np.sin(x)))
    ((100, 1), (100, 1), True)
    """
    random = np.random.default_rng(seed)
    x = random.uniform(-np.pi, np.pi, (whole("n", n, 1), 1))
    if not flag("shuffle", shuffle):
        x.sort(axis=0)
    y = np.sin(x) + real("noise", noise, 0, 1e6) * random.standard_normal((n, 1))
    return x.astype(np.float32), y.astype(np.float32)


# ---------------------------------------------------------------------------------------------------------------------


def _on_circle(angle: np.ndarray) -> np.ndarray:
    """(n,) angles → (n, 2) points on the unit circle."""
    return np.stack((np.cos(angle), np.sin(angle)), axis=1)


def _shares(n: int, classes: int) -> np.ndarray:
    """n labels in rising order, each class n/classes times; the first classes have the remainder."""
    return np.sort(np.arange(n) % classes)


def _finish(x: np.ndarray, y: np.ndarray, noise: float, seed: Seed, shuffle: bool) -> Examples:
    random = np.random.default_rng(seed)
    x = x + real("noise", noise, 0, 1e6) * random.standard_normal(x.shape)
    order = random.permutation(len(x)) if flag("shuffle", shuffle) else slice(None)
    return x[order].astype(np.float32), y[order].astype(np.int64)
