"""One step of an optimiser on one parameter: arrays in, changed in place.

The order of operations is torch's, so that float32 results agree to the last digits. `g` is never changed; `scratch` arrays are the
caller's, of the parameter's shape, so that a step allocates nothing.
"""

from __future__ import annotations

from math import sqrt

import numpy as np


def sgd(p: np.ndarray, g: np.ndarray, lr: float, scratch: np.ndarray) -> None:
    """p ← p − lr · g."""
    np.multiply(g, lr, out=scratch)
    np.subtract(p, scratch, out=p)


def momentum(buffer: np.ndarray, g: np.ndarray, mu: float, dampening: float, scratch: np.ndarray) -> None:
    """b ← mu · b + (1 − dampening) · g."""
    np.multiply(buffer, mu, out=buffer)
    if dampening:
        np.multiply(g, 1 - dampening, out=scratch)
        g = scratch
    np.add(buffer, g, out=buffer)


def moving_mean(mean: np.ndarray, g: np.ndarray, weight: float, scratch: np.ndarray) -> None:
    """m ← m + weight · (g − m)."""
    np.subtract(g, mean, out=scratch)
    np.multiply(scratch, weight, out=scratch)
    np.add(mean, scratch, out=mean)


def moving_square(square: np.ndarray, g: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """v ← β · v + (1 − β) · g²."""
    np.multiply(square, beta, out=square)
    np.multiply(g, g, out=scratch)
    np.multiply(scratch, 1 - beta, out=scratch)
    np.add(square, scratch, out=square)


def descend(
    p: np.ndarray, mean: np.ndarray, square: np.ndarray, lr: float, root: float, eps: float, scratch: np.ndarray
) -> None:
    """p ← p − lr · m / (√v / root + eps)."""
    np.sqrt(square, out=scratch)
    if root != 1:
        np.divide(scratch, root, out=scratch)
    np.add(scratch, eps, out=scratch)
    np.divide(mean, scratch, out=scratch)
    np.multiply(scratch, lr, out=scratch)
    np.subtract(p, scratch, out=p)


def adam(
    p: np.ndarray,
    g: np.ndarray,
    mean: np.ndarray,
    square: np.ndarray,
    largest: np.ndarray | None,
    step: float,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    scratch: np.ndarray,
) -> None:
    """m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − lr · m̂ / (√v̂ + eps), hats for the corrected bias (Kingma and Ba, 2015)."""
    moving_mean(mean, g, 1 - beta1, scratch)
    moving_square(square, g, beta2, scratch)
    if largest is not None:
        np.maximum(largest, square, out=largest)
        square = largest
    descend(p, mean, square, lr / (1 - beta1**step), sqrt(1 - beta2**step), eps, scratch)
