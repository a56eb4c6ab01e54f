"""Parameters as one long vector, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...core.inplace import bump
from ...ops.join import cat


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """All parameters, flattened and joined.

    >>> import gradus
    >>> gradus.nn.utils.parameters_to_vector(gradus.nn.Linear(2, 3).parameters()).shape
    gradus.Size([9])
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Write a vector made by parameters_to_vector back into the parameters.

    Raises:
        ValueError: the vector has another length.
    """
    several = list(parameters)
    count = sum(p.numel() for p in several)
    if vec.numel() != count:
        raise ValueError(f"vector_to_parameters: the vector has {vec.numel()} elements but the parameters have {count}")
    start = 0
    for p in several:
        end = start + p.numel()
        np.copyto(p.array, vec.array[start:end].reshape(p.array.shape), casting="same_kind")
        bump(p, "vector_to_parameters")
        start = end
