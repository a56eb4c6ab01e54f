"""The training loop of the network by hand: forward, cost, backward, update, again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradus.classic.initialization import initialize_parameters
from gradus.classic.losses import samples_of
from gradus.classic.network import (
    backward,
    compute_cost,
    forward,
    number_of_layers,
    update_parameters,
    usual_output,
)

Array = NDArray[Any]


def train(
    X: Array,
    Y: Array,
    layer_dims: Sequence[int],
    learning_rate: float = 0.01,
    num_iterations: int = 1000,
    *,
    hidden: str = "relu",
    output: str | None = None,
    method: str = "he",
    batch_size: int | None = None,
    seed: int | None = None,
    parameters: dict[str, Array] | None = None,
    print_every: int | None = 100,
) -> tuple[dict[str, Array], list[float]]:
    """Gradient descent from a random start; the parameters it ends with, and the cost before every step.

    X: (features, m).   Y: (outputs, m): 0 and 1, or one-hot.   layer_dims: from the features to the outputs.
    hidden, output: as in `forward`; output None means sigmoid for one output row, softmax for more.
    method, seed: as in `initialize_parameters`; or go on from `parameters`, which are left as they are.
    batch_size: samples for each step, drawn anew in every pass over the data. None takes them all (batch gradient
    descent), 1 is stochastic gradient descent: noisy steps, but many; 32 to 128 is the usual middle.
    print_every: a line with the cost every so many steps; None or 0 for silence.
    Raises ValueError where shapes do not fit each other or layer_dims.

    >>> X, Y = np.array([[0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0, 1, 1, 0]])
    >>> parameters, costs = train(X, Y, [2, 8, 1], learning_rate=0.5, num_iterations=1000, seed=0, print_every=500)
    step 0: cost 0.7374
    step 500: cost 0.0040
    >>> predict(X, parameters)
    array([0, 1, 1, 0])
    """
    X, Y = np.asarray(X), np.asarray(Y)
    _check_data(X, Y, layer_dims)
    output = output or usual_output(layer_dims[-1])
    if output == "softmax" and layer_dims[-1] == 1:
        raise ValueError("train: softmax over one output row is always 1; use output='sigmoid' or two rows")
    if parameters is None:
        parameters = initialize_parameters(layer_dims, method, seed)
    batches = _batches(X.shape[1], batch_size, seed)
    costs: list[float] = []
    for step in range(num_iterations):
        batch = next(batches)
        AL, caches = forward(X[:, batch], parameters, hidden, output)
        costs.append(compute_cost(AL, Y[:, batch], output))
        gradients = backward(AL, Y[:, batch], caches, hidden, output)
        parameters = update_parameters(parameters, gradients, learning_rate)
        if print_every and step % print_every == 0:
            print(f"step {step}: cost {costs[-1]:.4f}")
    return parameters, costs


def predict(X: Array, parameters: dict[str, Array], hidden: str = "relu") -> Array:
    """The class of each sample, as m whole numbers: with one output row 1 where it is above ½, else the largest row.

    X: (features, m).   hidden: as in training.
    """
    rows = np.shape(parameters[f"W{number_of_layers(parameters)}"])[0]
    AL, _ = forward(X, parameters, hidden, usual_output(rows))
    return (AL[0] > 0.5).astype(np.int64) if rows == 1 else AL.argmax(axis=0)


def accuracy(X: Array, Y: Array, parameters: dict[str, Array], hidden: str = "relu") -> float:
    """The share of samples, 0 to 1, whose class is predicted right.   Y: (outputs, m), as in training."""
    predicted, Y = predict(X, parameters, hidden), np.asarray(Y)
    if Y.ndim != 2 or Y.shape[1] != predicted.size:
        raise ValueError(f"accuracy: Y must be outputs × {predicted.size} samples, got {Y.shape}")
    truth = Y[0] > 0.5 if Y.shape[0] == 1 else Y.argmax(axis=0)
    return float(np.mean(predicted == truth))


def _batches(m: int, batch_size: int | None, seed: int | None) -> Iterator[Any]:
    """Which samples each step looks at, without end; every pass over the data is shuffled anew."""
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"train: batch_size must be at least 1, or None for all samples; got {batch_size}")
    rng = np.random.default_rng(seed)
    while True:
        if batch_size is None or batch_size >= m:
            yield slice(None)
        else:
            order = rng.permutation(m)
            yield from (order[start : start + batch_size] for start in range(0, m, batch_size))


def _check_data(X: Array, Y: Array, layer_dims: Sequence[int]) -> None:
    if X.ndim != 2 or Y.ndim != 2 or X.shape[1] != Y.shape[1]:
        raise ValueError(f"train: X must be features × samples, Y outputs × samples; got {X.shape} and {Y.shape}")
    samples_of(Y, Y)
    if len(layer_dims) < 2 or (layer_dims[0], layer_dims[-1]) != (X.shape[0], Y.shape[0]):
        raise ValueError(
            f"train: layer_dims must run from {X.shape[0]} features (rows of X) to {Y.shape[0]} outputs (rows of Y); "
            f"got {list(layer_dims)}"
        )
