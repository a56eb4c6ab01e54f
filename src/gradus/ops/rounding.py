"""Size, sign and rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.base import wrap
from ..core.op import Op, nothing
from .floating import FloatingOp

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "abs",
    "absolute",
    "ceil",
    "fix",
    "floor",
    "frac",
    "nan_to_num",
    "round",
    "sgn",
    "sign",
    "signbit",
    "trunc",
]


class Abs(Op):
    """y = |x|.   dx = dy · sign x (0 at 0)."""

    def forward(ctx, x):
        if x.dtype.kind == "b":
            raise NotImplementedError("abs: not implemented for bool, which has no sign")
        ctx.save(x)
        return np.abs(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * sign(x)


class Sign(Op):
    """y = −1, 0 or 1.   dx = 0."""

    def forward(ctx, x):
        return _sign(x) if x.dtype.kind == "f" else np.sign(x) if x.dtype.kind != "b" else x.copy()

    def backward(ctx, g):
        return nothing(g)


def _sign(x):
    """np.sign, but 0 for nan."""
    y = np.sign(x)
    return np.where(np.isnan(y), y.dtype.type(0), y)


class Floor(Op):
    """y = ⌊x⌋.   dx = 0."""

    def forward(ctx, x):
        return np.floor(x) if x.dtype.kind == "f" else x.copy()

    def backward(ctx, g):
        return nothing(g)


class Ceil(Op):
    """y = ⌈x⌉.   dx = 0."""

    def forward(ctx, x):
        return np.ceil(x) if x.dtype.kind == "f" else x.copy()

    def backward(ctx, g):
        return nothing(g)


class Trunc(Op):
    """y = x without its fraction.   dx = 0."""

    def forward(ctx, x):
        return np.trunc(x) if x.dtype.kind == "f" else x.copy()

    def backward(ctx, g):
        return nothing(g)


class Frac(FloatingOp):
    """y = x − trunc x.   dx = dy."""

    def forward(ctx, x):
        return x - np.trunc(x)

    def backward(ctx, g):
        return g


class Round(Op):
    """y = x rounded to `decimals` places, halves to even.   dx = 0."""

    def forward(ctx, x, decimals):
        return np.round(x, decimals) if x.dtype.kind == "f" or decimals < 0 else x.copy()

    def backward(ctx, g):
        return nothing(g)


class NanToNum(Op):
    """y = x with nan, inf and −inf replaced by numbers.   dx = dy where x is finite, else 0."""

    def forward(ctx, x, nan, posinf, neginf):
        ctx.finite = np.isfinite(x)
        return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)

    def backward(ctx, g):
        return g * ctx.finite


def abs(input: Tensor) -> Tensor:
    """The absolute value; its derivative at 0 is taken as 0.

    >>> import gradus
    >>> gradus.abs(gradus.tensor([-1.5, 2.0]))
    tensor([1.5000, 2.0000])
    """
    return Abs.apply(input)


def sign(input: Tensor) -> Tensor:
    """−1, 0 or 1 by the sign of each element; 0 for nan.

    >>> import gradus
    >>> gradus.sign(gradus.tensor([-3.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """
    return Sign.apply(input)


def floor(input: Tensor) -> Tensor:
    """The largest integer not above each element.

    >>> import gradus
    >>> gradus.floor(gradus.tensor([-0.5, 1.5]))
    tensor([-1.,  1.])
    """
    return Floor.apply(input)


def ceil(input: Tensor) -> Tensor:
    """The smallest integer not below each element.

    >>> import gradus
    >>> gradus.ceil(gradus.tensor([-1.5, 1.5]))
    tensor([-1.,  2.])
    """
    return Ceil.apply(input)


def trunc(input: Tensor) -> Tensor:
    """Each element without its fraction, so rounded toward zero.

    >>> import gradus
    >>> gradus.trunc(gradus.tensor([-1.5, 1.5]))
    tensor([-1.,  1.])
    """
    return Trunc.apply(input)


def frac(input: Tensor) -> Tensor:
    """The fraction of each element, with its sign.

    >>> import gradus
    >>> gradus.frac(gradus.tensor([-1.5, 1.25]))
    tensor([-0.5000,  0.2500])
    """
    return Frac.apply(input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Each element rounded to `decimals` places, halves to the even neighbour.

    >>> import gradus
    >>> gradus.round(gradus.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    """
    return Round.apply(input, decimals=decimals)


def nan_to_num(input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """nan, inf and −inf replaced: by 0 and the largest and smallest finite numbers, unless given.

    >>> import gradus
    >>> gradus.nan_to_num(gradus.tensor([1.0, float("nan"), float("inf")]), posinf=9.0)
    tensor([1., 0., 9.])
    """
    return NanToNum.apply(input, nan=nan or 0.0, posinf=posinf, neginf=neginf)


def signbit(input: Tensor) -> Tensor:
    """Whether the sign is negative; True for −0.

    >>> import gradus
    >>> gradus.signbit(gradus.tensor([-1.0, 0.0]))
    tensor([ True, False])
    """
    return wrap(np.signbit(input.array))


absolute, fix, sgn = abs, trunc, sign
