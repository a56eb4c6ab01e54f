"""One neuron: the logical one of 1943, and the one that every network today is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradus.classic.activations import sigmoid


def neuron(
    inputs: ArrayLike, weights: ArrayLike, bias: float, activation: Callable[[Any], Any] = sigmoid
) -> NDArray[Any] | np.floating[Any]:
    """Multiply each input by a weight, add a bias, bend the sum: y = f(w·x + b).

    inputs: (n,) for one sample, or (samples, n).   weights: (n,), how much each input counts, and for which side.
    bias: how easily the neuron fires.   activation: f, any function of an array; the sigmoid if not given.
    Returns one number for one sample, else (samples,). Raises ValueError where inputs and weights do not fit.

    >>> float(neuron([2.0, 3.0], [1.0, -1.0], bias=1.0))  # σ(2 − 3 + 1) = σ(0)
    0.5
    """
    x, w = np.asarray(inputs), np.asarray(weights)
    if w.ndim != 1 or x.ndim not in (1, 2) or x.shape[-1] != w.shape[0]:
        raise ValueError(f"neuron: one weight for each input; got inputs {x.shape} and weights {w.shape}")
    return activation(x @ w + bias)


def mcculloch_pitts(inputs: ArrayLike, threshold: float, inhibitory: ArrayLike = ()) -> NDArray[np.int64] | np.int64:
    """Fire (1) if at least `threshold` of the inputs fire and no inhibitory input does, else rest (0).

    inputs, inhibitory: 0 or 1, the last axis counts the inputs. Nothing is learned: the threshold is chosen by hand.
    With two inputs a threshold of 2 is AND, a threshold of 1 is OR; one inhibitory input and threshold 0 is NOT.
    McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.

    >>> pairs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> mcculloch_pitts(pairs, threshold=2), mcculloch_pitts(pairs, threshold=1)
    (array([0, 0, 0, 1]), array([0, 1, 1, 1]))
    >>> int(mcculloch_pitts([], threshold=0, inhibitory=[1]))
    0
    """
    excitation, veto = _binary(inputs).sum(axis=-1), _binary(inhibitory).any(axis=-1)
    return np.int64(1) * ((excitation >= threshold) & ~veto)


def _binary(signals: ArrayLike) -> NDArray[Any]:
    signals = np.asarray(signals)
    if not np.isin(signals, (0, 1)).all():
        raise ValueError("mcculloch_pitts: every input is 0 or 1 (it rests or fires); for other numbers use neuron()")
    return signals
