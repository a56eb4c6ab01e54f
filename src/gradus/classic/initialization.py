"""Where a network starts. Biases start at 0; the weights must differ, and have the right size.

If all weights of a layer are equal, its neurons compute the same, get the same gradient, and stay equal for ever. If
they are too large, activations saturate or explode. If they are too small, the signal fades from layer to layer. The
last three methods below are standard deviations that keep the size of the signal constant, each for one kind of
activation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradus.classic.activations import choose

SCALE: dict[str, Callable[[int, int], float]] = {
    # Two that fail: nothing breaks the symmetry; everything saturates.
    "zeros": lambda n_in, n_out: 0.0,
    "large": lambda n_in, n_out: 100.0,
    # For tanh and sigmoid. Glorot and Bengio, 2010, weigh the forward against the backward signal; "Xavier" is what
    # many textbooks call the half of it that looks at the forward signal alone.
    "xavier": lambda n_in, n_out: np.sqrt(1.0 / n_in),
    "glorot": lambda n_in, n_out: np.sqrt(2.0 / (n_in + n_out)),
    # For ReLU, which stops half of the signal: twice the variance makes up for it. He et al., 2015.
    "he": lambda n_in, n_out: np.sqrt(2.0 / n_in),
}


def initialize_parameters(
    layer_dims: Sequence[int], method: str = "he", seed: int | None = None
) -> dict[str, NDArray[Any]]:
    """Parameters of a network whose layers have these sizes: W1, b1, W2, b2, … in one dict.

    layer_dims: neurons of each layer from the input on, such as [784, 128, 10].
    method: 'he' for ReLU (the default), 'xavier' or 'glorot' for tanh and sigmoid, 'zeros' or 'large' to see them fail.
    Wₗ: (neurons of layer l, neurons of layer l−1), normal around 0.   bₗ: (neurons of layer l, 1), zeros.
    Raises ValueError for an unknown method or for sizes that are no positive whole numbers.

    >>> {name: array.shape for name, array in initialize_parameters([2, 4, 1], seed=0).items()}
    {'W1': (4, 2), 'b1': (4, 1), 'W2': (1, 4), 'b2': (1, 1)}
    """
    sizes = list(layer_dims)
    if len(sizes) < 2 or not all(isinstance(n, (int, np.integer)) and n > 0 for n in sizes):
        raise ValueError(f"layer_dims must be two or more positive whole numbers, from input to output; got {sizes}")
    scale = choose(SCALE, method, "method")
    rng = np.random.default_rng(seed)
    parameters = {}
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = scale(n_in, n_out) * rng.standard_normal((n_out, n_in))
        parameters[f"b{layer}"] = np.zeros((n_out, 1))
    return parameters
