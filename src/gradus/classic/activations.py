"""The bends between the layers: each function, and right beneath it how a gradient passes back through it.

Without a bend a stack of layers is one layer: W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂).

In every `…_backward(dA, Z)`: Z is what went into the activation, dA the gradient of the cost with respect to what came
out, and the answer is the gradient with respect to Z. All arrays have one shape.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LEAKY_SLOPE = 0.01


def relu(Z: Array) -> Array:
    """max(0, z): passes what is positive, stops the rest. Range [0, ∞).

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    return np.maximum(Z, 0.0)


def relu_backward(dA: Array, Z: Array) -> Array:
    """dA where z > 0, else 0. A neuron whose z is negative for every sample gets no gradient: it is dead."""
    return dA * (Z > 0)


def leaky_relu(Z: Array) -> Array:
    """z where z > 0, else 0.01·z: a ReLU that cannot die.

    >>> leaky_relu(np.array([-2.0, 3.0]))
    array([-0.02,  3.  ])
    """
    return np.where(Z > 0, Z, LEAKY_SLOPE * Z)


def leaky_relu_backward(dA: Array, Z: Array) -> Array:
    """dA where z > 0, else 0.01·dA."""
    return dA * np.where(Z > 0, 1.0, LEAKY_SLOPE)


def tanh(Z: Array) -> Array:
    """(eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ): squeezes into (−1, 1), centred on 0.

    >>> tanh(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    return np.tanh(Z)


def tanh_backward(dA: Array, Z: Array) -> Array:
    """dA·(1 − a²) with a = tanh z. Far from 0 almost nothing passes: the neuron saturates."""
    A = np.tanh(Z)
    return dA * (1.0 - A * A)


def sigmoid(Z: Array) -> Array:
    """1/(1 + e⁻ᶻ): squeezes into (0, 1), so it can be read as a probability.

    For z ≥ 0 the formula is used as it stands; for z < 0 as eᶻ/(1 + eᶻ), which is the same fraction. So the exponent
    is never positive and nothing overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(Z))  # in (0, 1]
    return np.where(np.asarray(Z) >= 0, 1.0, small) / (1.0 + small)


def sigmoid_backward(dA: Array, Z: Array) -> Array:
    """dA·a·(1 − a) with a = σ(z). At most a quarter passes, so gradients shrink from layer to layer."""
    A = sigmoid(Z)
    return dA * A * (1.0 - A)


def softmax(Z: Array, axis: int = 0) -> Array:
    """e^{z_c} / Σ_k e^{z_k}: turns the scores along `axis` into probabilities that sum to 1.

    Subtracting the largest score first changes nothing (it cancels) and keeps every exponent at or below 0.

    >>> softmax(np.array([[1000.0], [1000.0], [-1000.0]]))
    array([[0.5],
           [0.5],
           [0. ]])
    """
    exponentials = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


# The output layer needs no backward functions here: with its own cross-entropy the two derivatives cancel to A − Y.
OUTPUT: dict[str, Callable[[Array], Array]] = {"sigmoid": sigmoid, "softmax": softmax}
HIDDEN: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "relu": (relu, relu_backward),
    "leaky_relu": (leaky_relu, leaky_relu_backward),
    "tanh": (tanh, tanh_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
}


def choose(table: dict[str, Any], name: str, argument: str) -> Any:
    """table[name], or a ValueError that lists the choices and guesses which one was meant."""
    if name in table:
        return table[name]
    guess = get_close_matches(str(name), table, n=1)
    hint = f"; did you mean {guess[0]!r}?" if guess else ""
    raise ValueError(f"{argument}={name!r} is unknown; choose from {', '.join(map(repr, table))}{hint}")
