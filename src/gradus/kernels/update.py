"""One step of an optimiser on one parameter: arrays in, changed in place.

Each kernel is written for a whole array and run over blocks of it (`in_blocks`): what a block needs stays in the cache
from the first line to the last, and the working memory is two blocks instead of another copy of the parameters. The
order of operations is torch's, so that float32 results agree to the last digits. `g` is never changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from math import sqrt
from typing import Any

import numpy as np

BLOCK = 32768  # numbers; five arrays of float32 then take 640 KB: measured best between 4,096 and the whole


class _Workspace(threading.local):
    """Two blocks for intermediate results, of each dtype and for each thread."""

    def __init__(self) -> None:
        self.pairs: dict[np.dtype, np.ndarray] = {}

    def like(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Two arrays of p's shape."""
        pair = self.pairs.get(p.dtype)
        if pair is None:
            self.pairs[p.dtype] = pair = np.empty((2, BLOCK), p.dtype)
        a, b = pair
        return a[: p.size].reshape(p.shape), b[: p.size].reshape(p.shape)


_workspace = _Workspace()


def in_blocks(kernel: Callable[..., None]) -> Callable[..., None]:
    """Run kernel(*arrays, scratch, **settings) block by block.

    `arrays` are the parameter, its gradient, and what is remembered of it (None: nothing), all of one shape.
    """

    @wraps(kernel)
    def run(p: np.ndarray, *others: np.ndarray | None, **settings: Any) -> None:
        if p.size <= BLOCK:
            kernel(p, *others, _workspace.like(p), **settings)
            return
        row = p.reshape(-1)  # a view, or a copy where p's numbers do not lie in a row
        rows = [None if a is None else a.reshape(-1) for a in others]
        for start in range(0, p.size, BLOCK):
            block = slice(start, start + BLOCK)
            part = row[block]
            kernel(part, *[None if a is None else a[block] for a in rows], _workspace.like(part), **settings)
        if not p.flags.c_contiguous:
            p[...] = row.reshape(p.shape)

    return run


@in_blocks
def sgd(p, g, buffer, scratch, *, lr, momentum, dampening, nesterov, weight_decay, first):
    """p ← p − lr · g, where momentum replaces g by b ← momentum · b + (1 − dampening) · g (its first value: g)."""
    a, b = scratch
    if weight_decay:
        g = with_decay(g, p, weight_decay, a)
    if buffer is not None:
        if first:
            buffer[...] = g
        else:
            buffer *= momentum
            buffer += np.multiply(g, 1 - dampening, out=b) if dampening else g
        g = np.add(g, np.multiply(buffer, momentum, out=b), out=b) if nesterov else buffer
    p -= np.multiply(g, lr, out=b)


@in_blocks
def adam(p, g, mean, square, largest, scratch, *, step, lr, beta1, beta2, eps, weight_decay, decoupled):
    """m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − lr · m̂ / (√v̂ + eps), hats for the corrected bias."""
    a, b = scratch
    if weight_decay:
        if decoupled:
            p *= 1 - lr * weight_decay
        else:
            g = with_decay(g, p, weight_decay, a)
    move_mean(mean, g, 1 - beta1, b)
    move_square(square, g, beta2, b)
    if largest is not None:
        square = np.maximum(largest, square, out=largest)
    np.sqrt(square, out=b)
    b /= sqrt(1 - beta2**step)
    b += eps
    np.divide(mean, b, out=b)
    b *= lr / (1 - beta1**step)
    p -= b


@in_blocks
def rmsprop(p, g, square, mean, buffer, scratch, *, lr, alpha, eps, weight_decay, momentum):
    """v ← α v + (1 − α) g²,  p ← p − lr · g / (√v + eps); with a mean of g its square is taken off v."""
    a, b = scratch
    if weight_decay:
        g = with_decay(g, p, weight_decay, a)
    move_square(square, g, alpha, b)
    if mean is not None:
        move_mean(mean, g, 1 - alpha, b)
        square = np.subtract(square, np.multiply(mean, mean, out=b), out=b)
    np.sqrt(square, out=b)
    b += eps
    np.divide(g, b, out=b)
    if buffer is not None:
        buffer *= momentum
        buffer += b
        b[...] = buffer
    b *= lr
    p -= b


@in_blocks
def adagrad(p, g, total, scratch, *, lr, eps, weight_decay):
    """v ← v + g²,  p ← p − lr · g / (√v + eps)."""
    a, b = scratch
    if weight_decay:
        g = with_decay(g, p, weight_decay, a)
    total += np.multiply(g, g, out=b)
    np.sqrt(total, out=b)
    b += eps
    np.divide(g, b, out=b)
    b *= lr
    p -= b


def with_decay(g: np.ndarray, p: np.ndarray, weight_decay: float, out: np.ndarray) -> np.ndarray:
    """g + weight_decay · p, the gradient of a loss with ½ weight_decay · Σ p² added, in `out`."""
    np.multiply(p, weight_decay, out=out)
    out += g
    return out


def move_mean(mean: np.ndarray, g: np.ndarray, weight: float, scratch: np.ndarray) -> None:
    """m ← m + weight · (g − m)."""
    np.subtract(g, mean, out=scratch)
    scratch *= weight
    mean += scratch


def move_square(square: np.ndarray, g: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """v ← β · v + (1 − β) · g²."""
    np.multiply(g, g, out=scratch)
    scratch *= 1 - beta
    square *= beta
    square += scratch
