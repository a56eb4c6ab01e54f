"""Dropout: in training, values are set to 0 with probability p, the others scaled so that the expectation stays.

Srivastava et al., 2014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from warnings import warn

import numpy as np

from ..core.inplace import assign
from ..core.op import Op
from ..core.random import default_generator, fill

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["alpha_dropout", "dropout", "feature_alpha_dropout", "feature_dropout"]

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
    tensor([0., 0., 2., 0., 0., 0.])
    """
    return _drop("dropout", input, p, training, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, L) or (C, L).

    >>> import gradus
    >>> gradus.nn.functional.dropout1d(gradus.ones(1, 4, 2), training=False).sum()
    tensor(8.)
    """
    _check("dropout1d", p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input; it takes (C, L) or (N, C, L)"
        )
    return _with_batch("dropout1d", input, p, training, inplace, input.ndim == 3)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, H, W) (Tompson et al., 2015).

    As in torch, three dimensions are read as (N, C, L), not as (C, H, W), and any others are accepted, with a warning.

    >>> import gradus
    >>> gradus.nn.functional.dropout2d(gradus.ones(1, 4, 2, 2), training=False).sum()
    tensor(16.)
    """
    _check("dropout2d", p)
    if input.ndim == 3:
        warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. Use dropout1d for that, or give it "
            "as (1, C, H, W).",
            stacklevel=3,
        )
    elif input.ndim != 4:
        _warn_dimensions("dropout2d", input.ndim, "dropout1d or dropout3d")
    return _drop("dropout2d", input, p, training, inplace, whole=True)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of (N, C, D, H, W) or (C, D, H, W).

    >>> import gradus
    >>> gradus.nn.functional.dropout3d(gradus.ones(1, 2, 2, 2, 2), training=False).sum()
    tensor(16.)
    """
    _check("dropout3d", p)
    if input.ndim not in (4, 5):
        _warn_dimensions("dropout3d", input.ndim, "dropout1d or dropout2d")
    return _with_batch("dropout3d", input, p, training, inplace, input.ndim == 5)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Drop whole channels: dimension 1 of input.

    >>> import gradus
    >>> gradus.feature_dropout(gradus.ones(1, 4, 2), 0.5, False).sum()
    tensor(8.)
    """
    return _drop("feature_dropout", input, p, train, False, whole=True)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and variance of what selu gives (Klambauer et al., 2017).

    >>> import gradus
    >>> gradus.alpha_dropout(gradus.ones(3), 0.5, False)
    tensor([1., 1., 1.])
    """
    return _drop("alpha_dropout", input, p, training, inplace, alpha=True)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels: dimension 1 of input.

    >>> import gradus
    >>> gradus.feature_alpha_dropout(gradus.ones(1, 4, 2), 0.5, False).sum()
    tensor(8.)
    """
    return _drop("feature_alpha_dropout", input, p, training, inplace, whole=True, alpha=True)


def _drop(
    name: str, input: Any, p: float, training: bool, inplace: bool, whole: bool = False, alpha: bool = False
) -> Any:
    """Elements, or whole channels, set to 0; with alpha to where selu saturates, keeping mean and variance."""
    _check(name, p)
    if not training or p == 0 or input.array.size == 0:
        return input
    array = input.array
    if array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: expected a floating tensor, got {input.dtype.name}, which cannot hold the scaled values"
        )
    kind = array.dtype.type
    if p == 1:
        result = Dropout.apply(input, noise=kind(0))
    elif alpha:
        keep = _keep(name, p, array, whole)
        a = 1.0 / ((ALPHA_PRIME * ALPHA_PRIME * p + 1) * (1 - p)) ** 0.5
        shift = np.where(keep, kind(0), kind(ALPHA_PRIME * a)) + kind(-ALPHA_PRIME * a * p)
        result = Dropout.apply(input, noise=keep * kind(a)) + shift
    else:
        wide = np.float64 if kind is np.float64 else np.float32
        result = Dropout.apply(input, noise=_keep(name, p, array, whole) * kind(wide(1) / wide(1 - p)))
    return assign(input, result, f"{name}(inplace=True)") if inplace else result


def _keep(name: str, p: float, x: np.ndarray, whole: bool) -> np.ndarray:
    """Which elements or channels stay; drawn in the order of the elements in memory, as torch does."""
    if not whole:
        keep = np.empty_like(x, dtype=bool)
    elif x.ndim < 2:
        raise RuntimeError(f"{name}: feature dropout requires at least 2 dimensions in the input, got shape {x.shape}")
    else:
        keep = np.empty(x.shape[:2] + (1,) * (x.ndim - 2), bool)
    fill(keep, lambda shape: default_generator.bernoulli(1 - p, shape))
    return keep


def _with_batch(name: str, input: Any, p: float, training: bool, inplace: bool, batched: bool) -> Any:
    """Without a batch dimension, one is added for the drawing and taken off again."""
    if batched:
        return _drop(name, input, p, training, inplace, whole=True)
    result = _drop(name, input.unsqueeze(0), p, training, inplace, whole=True).squeeze(0)
    return input if inplace else result


def _check(name: str, p: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: dropout probability has to be between 0 and 1, but got {p}")


def _warn_dimensions(name: str, ndim: int, others: str) -> None:
    warn(
        f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will result in an error in a future "
        f"release. Use {others}, whichever fits the input.",
        stacklevel=4,
    )
