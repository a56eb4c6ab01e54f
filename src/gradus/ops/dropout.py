"""Dropout: in training, each value is kept with probability 1 − p and scaled so that the expectation stays (Srivastava et al., 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.op import Op
from ..core.random import default_generator, fill

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["alpha_dropout", "dropout", "feature_dropout"]

ALPHA_PRIME = -1.7580993408473766  # −scale · α of selu: where selu saturates


class Dropout(Op):
    """y = x · noise, noise being 0 or 1/(1 − p).   dx = dy · noise."""

    torch_name = "Mul"

    def forward(ctx, x, noise):
        ctx.save(noise)
        return x * noise

    def backward(ctx, g):
        (noise,) = ctx.saved
        return g * noise


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to 0 with probability p and scale the others by 1/(1 − p); in evaluation, `input` itself.

    The mask comes from the global random stream, as torch's does.

    Raises:
        ValueError: p is not within [0, 1].

    >>> import gradus
    >>> _ = gradus.manual_seed(0)
    >>> gradus.dropout(gradus.ones(6), 0.5)
    tensor([2., 0., 2., 2., 2., 2.])
    """
    return _drop("dropout", input, p, training, inplace, input.array.shape)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, L) or (C, L).

    >>> import gradus
    >>> gradus.nn.functional.dropout1d(gradus.ones(1, 4, 2), training=False).sum()
    tensor(8.)
    """
    return _drop_channels("dropout1d", input, p, training, inplace, 1)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, H, W) (Tompson et al., 2015).

    >>> import gradus
    >>> gradus.nn.functional.dropout2d(gradus.ones(1, 4, 2, 2), training=False).sum()
    tensor(16.)
    """
    return _drop("dropout2d", input, p, training, inplace, _channels(input))


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, D, H, W).

    >>> import gradus
    >>> gradus.nn.functional.dropout3d(gradus.ones(1, 2, 2, 2, 2), training=False).sum()
    tensor(16.)
    """
    return _drop_channels("dropout3d", input, p, training, inplace, 3)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Drop whole channels: dimension 1 of input.

    >>> import gradus
    >>> gradus.feature_dropout(gradus.ones(1, 4, 2), 0.5, False).sum()
    tensor(8.)
    """
    return _drop("feature_dropout", input, p, train, False, _channels(input))


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and variance of what selu gives (Klambauer et al., 2017).

    >>> import gradus
    >>> gradus.alpha_dropout(gradus.ones(3), 0.5, False)
    tensor([1., 1., 1.])
    """
    _check("alpha_dropout", p)
    if not training or p == 0 or input.array.size == 0:
        return input
    if p == 1:
        return _finish(Dropout.apply(input, noise=input.array.dtype.type(0)), input, inplace)
    keep = _keep(p, input.array)
    a = 1.0 / ((ALPHA_PRIME * ALPHA_PRIME * p + 1) * (1 - p)) ** 0.5
    kind = input.array.dtype.type
    noise = np.where(keep, kind(a), kind(0))
    shift = np.where(keep, kind(0), kind(ALPHA_PRIME * a)) + kind(-ALPHA_PRIME * a * p)
    return _finish(Dropout.apply(input, noise=noise) + shift, input, inplace)


def _check(name: str, p: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: dropout probability has to be between 0 and 1, but got {p}")


def _keep(p: float, like: np.ndarray) -> np.ndarray:
    """Which elements stay; drawn in the order of `like`'s elements in memory, as torch does."""
    keep = np.empty_like(like, dtype=bool)
    fill(keep, lambda shape: default_generator.bernoulli(1 - p, shape))
    return keep


def _channels(input: Any) -> tuple[int, ...]:
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"feature dropout requires at least 2 dimensions in the input, got shape {shape}")
    return shape[:2] + (1,) * (len(shape) - 2)


def _drop_channels(name: str, input: Any, p: float, training: bool, inplace: bool, spatial: int) -> Any:
    """Without a batch dimension, one is added for the drawing and taken off again."""
    if input.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(
            f"{name}: Expected {spatial + 1}D or {spatial + 2}D input, but received a {input.ndim}D input."
        )
    if input.ndim == spatial + 2:
        return _drop(name, input, p, training, inplace, _channels(input))
    return _drop(name, input.unsqueeze(0), p, training, inplace, (1, *_channels(input.unsqueeze(0))[1:])).squeeze(0)


def _drop(name: str, input: Any, p: float, training: bool, inplace: bool, shape: tuple[int, ...]) -> Any:
    _check(name, p)
    if not training or p == 0 or input.array.size == 0:
        return input
    kind = input.array.dtype.type
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: expected a floating tensor, got {input.array.dtype.name}; result type Float can't be cast to it"
        )
    like = input.array if shape == input.array.shape else np.empty(shape, bool)
    noise = kind(0) if p == 1 else _keep(p, like) * kind(1 / (1 - p))
    return _finish(Dropout.apply(input, noise=noise), input, inplace)


def _finish(result: Any, input: Any, inplace: bool) -> Any:
    if not inplace:
        return result
    from ..core.inplace import assign

    return assign(input, result, "dropout(inplace=True)")
