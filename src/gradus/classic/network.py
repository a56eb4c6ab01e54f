"""A network of any depth, written by hand: forward, cost, backward, update.

Every column is a sample. For layer l, with m samples:

    Zₗ = Wₗ·Aₗ₋₁ + bₗ        Wₗ: (n_out, n_in)   Aₗ₋₁: (n_in, m)   bₗ: (n_out, 1)   Zₗ: (n_out, m)
    Aₗ = f(Zₗ)               A₀ = X, and the last A is the prediction AL

Parameters are a dict of W1, b1, W2, b2, …; gradients one of dW1, db1, dW2, db2, …

Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", Nature, 1986.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradus.classic.activations import HIDDEN, OUTPUT, choose
from gradus.classic.losses import binary_cross_entropy, categorical_cross_entropy, samples_of

Array = NDArray[Any]
Cache = tuple[Array, Array, Array, Array]


def forward(
    X: Array, parameters: dict[str, Array], hidden: str = "relu", output: str = "sigmoid"
) -> tuple[Array, list[Cache]]:
    """Send the samples through all layers, and remember on the way what `backward` will need.

    X: (features, m).   hidden: 'relu', 'leaky_relu', 'tanh' or 'sigmoid', after every layer but the last.
    output: 'sigmoid' (each row answers a yes-or-no question) or 'softmax' (the rows are classes, one of them is true).
    Returns AL: (outputs, m), and caches: one (A_prev, W, b, Z) for each layer, from the first to the last.
    Raises ValueError where shapes do not fit, with both of them.

    >>> parameters = {"W1": np.array([[1.0, -1.0]]), "b1": np.array([[0.5]])}
    >>> AL, caches = forward(np.array([[2.0], [2.5]]), parameters)
    >>> AL, len(caches)
    (array([[0.5]]), 1)
    """
    bend, _ = choose(HIDDEN, hidden, "hidden")
    squash = choose(OUTPUT, output, "output")
    depth = number_of_layers(parameters)
    A, caches = np.asarray(X), []
    for layer in range(1, depth + 1):
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        check_layer(A, W, b, layer)
        Z = W @ A + b  # (n_out, m)
        caches.append((A, W, b, Z))
        A = squash(Z) if layer == depth else bend(Z)
    return A, caches


def compute_cost(AL: Array, Y: Array, output: str | None = None) -> float:
    """How wrong the predictions are: cross-entropy, averaged over the samples.

    AL, Y: (outputs, m). One row: binary cross-entropy; more rows: categorical, with Y one-hot. For several yes-or-no
    questions at once say output='sigmoid', and the rows' binary costs are added up.

    >>> round(compute_cost(np.array([[0.9, 0.2]]), np.array([[1, 0]])), 4)
    0.1643
    """
    samples_of(AL, Y)
    output = output or usual_output(np.shape(AL)[0])
    choose(OUTPUT, output, "output")
    return binary_cross_entropy(AL, Y) if output == "sigmoid" else categorical_cross_entropy(AL, Y)


def backward(
    AL: Array, Y: Array, caches: list[Cache], hidden: str = "relu", output: str = "sigmoid"
) -> dict[str, Array]:
    """How the cost changes with every weight and bias: the chain rule, from the last layer to the first.

        dZ_L = A_L − Y                   cross-entropy after sigmoid or softmax: the two derivatives cancel to this
        dWₗ  = (1/m)·dZₗ·Aₗ₋₁ᵀ           (n_out, n_in), as Wₗ
        dbₗ  = (1/m)·Σ_samples dZₗ       (n_out, 1), as bₗ
        dAₗ₋₁ = Wₗᵀ·dZₗ                  blame flows back along the weights it came by
        dZₗ₋₁ = dAₗ₋₁ · f′(Zₗ₋₁)

    AL, caches: from `forward`.   Y: (outputs, m).   hidden, output: as given to `forward`. The result is the derivative
    of `compute_cost(AL, Y, output)`. dZ and dA are not averaged: the 1/m of the mean is applied in dW and db.

    >>> parameters = {"W1": np.array([[1.0, -1.0]]), "b1": np.array([[0.5]])}
    >>> X, Y = np.array([[2.0], [2.5]]), np.array([[1.0]])
    >>> AL, caches = forward(X, parameters)
    >>> backward(AL, Y, caches)
    {'dW1': array([[-1.  , -1.25]]), 'db1': array([[-0.5]])}
    """
    _, bend_backward = choose(HIDDEN, hidden, "hidden")
    choose(OUTPUT, output, "output")
    m = samples_of(AL, Y)
    gradients = {}
    dZ = AL - Y
    for layer in range(len(caches), 0, -1):
        A_prev, W, _, _ = caches[layer - 1]
        gradients[f"dW{layer}"] = dZ @ A_prev.T / m
        gradients[f"db{layer}"] = dZ.sum(axis=1, keepdims=True) / m
        if layer > 1:
            Z_prev = caches[layer - 2][3]
            dZ = bend_backward(W.T @ dZ, Z_prev)
    return gradients


def update_parameters(
    parameters: dict[str, Array], gradients: dict[str, Array], learning_rate: float
) -> dict[str, Array]:
    """One step downhill: θ ← θ − α·∂J/∂θ for every parameter θ, as a new dict; the given one is left as it is.

    >>> update_parameters({"W1": np.array([[1.0]])}, {"dW1": np.array([[4.0]])}, learning_rate=0.25)
    {'W1': array([[0.]])}
    """
    updated = {}
    for name, value in parameters.items():
        gradient = gradients.get(f"d{name}")
        if gradient is None or np.shape(gradient) != np.shape(value):
            got = "nothing" if gradient is None else str(np.shape(gradient))
            raise ValueError(f"update_parameters: d{name} must have the shape of {name}, {np.shape(value)}; got {got}")
        updated[name] = value - learning_rate * gradient
    return updated


def usual_output(rows: int) -> str:
    """'sigmoid' for one output row (yes or no), 'softmax' for more (one of several classes)."""
    return "sigmoid" if rows == 1 else "softmax"


def number_of_layers(parameters: dict[str, Array]) -> int:
    depth = len(parameters) // 2
    expected = {f"{kind}{layer}" for layer in range(1, depth + 1) for kind in "Wb"}
    if not parameters or set(parameters) != expected:
        raise ValueError(f"parameters must be W1, b1, W2, b2, … without gaps; got {', '.join(parameters) or 'none'}")
    return depth


def check_layer(A: Array, W: Array, b: Array, layer: int) -> None:
    if np.ndim(A) != 2 or np.ndim(W) != 2 or W.shape[1] != A.shape[0]:
        what = "X" if layer == 1 else f"A{layer - 1}"
        turn = "; did you mean X.T?" if layer == 1 and np.ndim(A) == 2 and A.shape[1] == np.shape(W)[-1] else ""
        raise ValueError(
            f"forward: {what} must be features × samples with one row for each column of W{layer}; "
            f"got {what} {np.shape(A)} and W{layer} {np.shape(W)}{turn}"
        )
    if np.shape(b) != (W.shape[0], 1):  # a flat b would be added along the samples
        raise ValueError(f"forward: b{layer} must be {(W.shape[0], 1)}, a row for each of W{layer}; got {np.shape(b)}")
