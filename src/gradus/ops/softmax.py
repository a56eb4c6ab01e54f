"""Softmax: scores into probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axis_of
from ..core.base import raw
from ..core.op import Op, cast
from ..core.random import default_generator
from .exponential import exp

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["log_softmax", "softmax"]


class Softmax(Op):
    """y = eˣ / Σ eˣ along a dimension.   dx = y · (dy − Σ dy · y)."""

    def forward(ctx, x, dim):
        ctx.dim = dim
        y = np.exp(x - x.max(axis=dim, keepdims=True, initial=-np.inf))
        y /= y.sum(axis=dim, keepdims=True)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return y * (g - (g * y).sum(axis=ctx.dim, keepdims=True))


class LogSoftmax(Op):
    """y = x − ln Σ eˣ along a dimension.   dx = dy − eʸ · Σ dy."""

    def forward(ctx, x, dim):
        ctx.dim = dim
        shifted = x - x.max(axis=dim, keepdims=True, initial=-np.inf)
        y = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g - exp(y) * g.sum(axis=ctx.dim, keepdims=True)


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """eˣ / Σ eˣ along `dim`: positive numbers that add up to 1. Differs from torch: `dim` must be given.

    Raises:
        TypeError: dim is missing. RuntimeError: integers without dtype=. IndexError: dim is out of range.

    >>> import gradus
    >>> gradus.softmax(gradus.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    return _normalised(Softmax, "softmax", input, dim, dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """ln softmax along `dim`, without overflow. Differs from torch: `dim` must be given.

    >>> import gradus
    >>> gradus.log_softmax(gradus.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    return _normalised(LogSoftmax, "log_softmax", input, dim, dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """softmax(−input): the smallest gets the most.

    >>> import gradus
    >>> gradus.nn.functional.softmin(gradus.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([0.6652, 0.2447, 0.0900])
    """
    return _normalised(Softmax, "softmin", -input, dim, dtype)


def _normalised(op: type[Op], name: str, input: Any, dim: int | None, dtype: Any) -> Any:
    if dim is None:
        raise TypeError(f"{name}: dim is required: which dimension adds up to 1? For a batch of rows it is dim=-1")
    if dtype is not None:
        input = cast(input, dtypes.find(dtype))
    array = raw(input)
    if array.dtype.kind != "f":
        raise NotImplementedError(
            f"{name}: expected a floating tensor, got {array.dtype.name}; pass dtype=gradus.float32 or convert it"
        )
    axis = axis_of(dim, array.ndim, name)
    return op.apply(input, dim=axis) if array.ndim else op.apply(input.reshape(1), dim=0).reshape(())


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A sample of one-hot vectors that gradients pass through (Jang et al., 2017).

    Args:
        tau: temperature; the lower, the nearer to one-hot.
        hard: return one-hot vectors, with the soft ones' gradient.

    >>> import gradus
    >>> gradus.nn.functional.gumbel_softmax(gradus.zeros(3), hard=True).sum()
    tensor(1.)
    """
    noise = -np.log(default_generator.exponential(logits.array.shape, logits.array.dtype, 1.0))
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    axis = axis_of(dim, logits.ndim, "gumbel_softmax")
    one_hot = np.zeros_like(soft.array)
    np.put_along_axis(one_hot, soft.array.argmax(axis=axis, keepdims=True), 1, axis)
    return soft + (one_hot - soft.detach())
