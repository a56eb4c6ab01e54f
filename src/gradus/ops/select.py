"""Choosing between values: where, the larger, the smaller, clamping to a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import TensorBase, raw, wrap
from ..core.dtype import get_default_dtype, promote_operands
from ..core.op import Op, nothing

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "fmax",
    "fmin",
    "heaviside",
    "maximum",
    "minimum",
    "where",
]


class Where(Op):
    """z = x where the condition holds, else y.   dx = dz there, 0 elsewhere;  dy the other way round."""

    promotes = True

    @classmethod
    def prepare(cls, inputs):
        condition, *rest = inputs
        return (condition, *super().prepare(tuple(rest)))

    def forward(ctx, condition, x, y):
        ctx.condition = condition
        if not isinstance(x, (np.ndarray, np.generic)) and isinstance(y, (np.ndarray, np.generic)):
            x = y.dtype.type(x)  # np.where would widen to the Python number's type
        elif not isinstance(y, (np.ndarray, np.generic)) and isinstance(x, (np.ndarray, np.generic)):
            y = x.dtype.type(y)
        return np.where(condition, x, y)

    def backward(ctx, g):
        dx = Where.apply(ctx.condition, g, 0.0) if ctx.needs[1] else None
        return None, dx, Where.apply(ctx.condition, 0.0, g) if ctx.needs[2] else None


class Maximum(Op):
    """z = the larger of x and y; nan wins.   dz goes to the larger, half to each of equals."""

    promotes = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.maximum(x, y)

    def backward(ctx, g):
        x, y = map(raw, ctx.saved)
        return shared(g, x > y, x < y, x == y, ctx.needs)


class Minimum(Op):
    """z = the smaller of x and y; nan wins.   dz goes to the smaller, half to each of equals."""

    promotes = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.minimum(x, y)

    def backward(ctx, g):
        x, y = map(raw, ctx.saved)
        return shared(g, x < y, x > y, x == y, ctx.needs)


class Fmax(Op):
    """z = the larger of x and y, a number before nan.   dz goes to the one chosen, x of equals."""

    promotes = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.fmax(x, y)

    def backward(ctx, g):
        x, y = map(raw, ctx.saved)
        chosen = (x >= y) | np.isnan(y)
        return Where.apply(chosen, g, 0.0), Where.apply(chosen, 0.0, g)


class Fmin(Op):
    """z = the smaller of x and y, a number before nan.   dz goes to the one chosen, x of equals."""

    promotes = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.fmin(x, y)

    def backward(ctx, g):
        x, y = map(raw, ctx.saved)
        chosen = (x <= y) | np.isnan(y)
        return Where.apply(chosen, g, 0.0), Where.apply(chosen, 0.0, g)


def shared(g: Any, first: Any, second: Any, equal: Any, needs: tuple[bool, ...]) -> tuple[Any, Any]:
    """The gradient split between two operands: all to the one that won, half to equals, all to both beside a nan."""
    whole = Where.apply(equal, g * 0.5, g)
    dx = Where.apply(second, 0.0, whole) if needs[0] else None
    return dx, Where.apply(first, 0.0, whole) if needs[1] else None


class Clamp(Op):
    """y = x kept within [low, high].   dx = dy where low ≤ x ≤ high, else 0."""

    def forward(ctx, x, low, high):
        ctx.save(x)
        ctx.low, ctx.high = low, high
        return _limit(x, low, high)

    def backward(ctx, g):
        (x,) = map(raw, ctx.saved)
        inside = np.ones(x.shape, bool)
        if ctx.low is not None:
            inside &= x >= ctx.low
        if ctx.high is not None:
            inside &= x <= ctx.high
        return g * inside


def _limit(x, low, high):
    if x.dtype.kind != "f" and float in (type(low), type(high)):
        x = x.astype(get_default_dtype().numpy)
    if low is not None:
        x = np.maximum(x, low)
    return np.minimum(x, high) if high is not None else x


class Copysign(Op):
    """z = |x| with the sign of y.   dx = dz · sign x · sign y (0 where x = 0),  dy = 0."""

    promotes = floats = True

    def forward(ctx, x, y):
        z = np.copysign(x, y)
        ctx.save(x, z)
        return z

    def backward(ctx, g):
        x, z = map(raw, ctx.saved)
        return g * np.where(x == 0, np.zeros_like(z), np.sign(x) * np.sign(z)), nothing(g)


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, `other` elsewhere; with the condition alone, the indices where it holds.

    Shapes of the three broadcast. The branch not taken gets a gradient of exactly 0; what that 0 meets further back may
    still make nan (0 · inf), so guard the input of the branch, not its result.

    Raises:
        RuntimeError: the condition is not boolean.

    >>> import gradus
    >>> x = gradus.tensor([-1.0, 2.0])
    >>> gradus.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    mask = raw(condition)
    if isinstance(condition, TensorBase) and mask.dtype != bool:
        if mask.dtype != np.uint8:
            raise RuntimeError(
                f"where: expected condition to be a boolean tensor, but got a tensor with dtype {mask.dtype.name}"
            )
        mask = mask.astype(bool)
    if isinstance(condition, TensorBase) and not isinstance(input, TensorBase) and not isinstance(other, TensorBase):
        input = wrap(np.asarray(input, dtype=promote_operands([input, other]).numpy))
    return Where.apply(mask, input, other)


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two tensors, element by element; nan where either is nan. Equal elements share the gradient.

    >>> import gradus
    >>> gradus.maximum(gradus.tensor([1.0, 5.0]), gradus.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    return Maximum.apply(input, other)


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two tensors, element by element; nan where either is nan. Equal elements share the gradient.

    >>> import gradus
    >>> gradus.minimum(gradus.tensor([1.0, 5.0]), gradus.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return Minimum.apply(input, other)


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two tensors, element by element; nan only where both are nan.

    >>> import gradus
    >>> gradus.fmax(gradus.tensor([1.0, float("nan")]), gradus.tensor([3.0, 2.0]))
    tensor([3., 2.])
    """
    return Fmax.apply(input, other)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two tensors, element by element; nan only where both are nan.

    >>> import gradus
    >>> gradus.fmin(gradus.tensor([1.0, float("nan")]), gradus.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return Fmin.apply(input, other)


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Each element kept within [min, max]; the gradient passes where it was within, the bounds included.

    Args:
        min, max: numbers or tensors that broadcast; None for no bound on that side.
    Raises:
        RuntimeError: both are None.

    >>> import gradus
    >>> gradus.clamp(gradus.tensor([-2.0, 0.5, 3.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("clamp: at least one of 'min' or 'max' must not be None")
    if not isinstance(min, TensorBase) and not isinstance(max, TensorBase):
        return Clamp.apply(input, low=min, high=max)
    if min is not None:
        input = _bounded(input, min, input < min)
    return input if max is None else _bounded(input, max, input > max)


def _bounded(input: Any, bound: Any, outside: Any) -> Any:
    """`bound` where the input lies outside of it (and where either is nan, nan)."""
    limited = where(outside, bound, input)
    bad = np.isnan(raw(bound)) if isinstance(bound, TensorBase) and bound.array.dtype.kind == "f" else np.False_
    return where(wrap(np.broadcast_to(bad, limited.array.shape)), bound, limited) if bad.any() else limited


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """Each element, but not below `min`.

    >>> import gradus
    >>> gradus.clamp_min(gradus.tensor([-2.0, 3.0]), 0)
    tensor([0., 3.])
    """
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """Each element, but not above `max`.

    >>> import gradus
    >>> gradus.clamp_max(gradus.tensor([-2.0, 3.0]), 0)
    tensor([-2.,  0.])
    """
    return clamp(input, max=max)


def copysign(input: Tensor, other: Any) -> Tensor:
    """|input| with the sign of `other`.

    >>> import gradus
    >>> gradus.copysign(gradus.tensor([1.0, 2.0]), gradus.tensor([-1.0, 1.0]))
    tensor([-1.,  2.])
    """
    return Copysign.apply(input, other)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """The step: 0 below zero, 1 above, `values` at zero. It has no gradient.

    >>> import gradus
    >>> gradus.heaviside(gradus.tensor([-1.0, 0.0, 2.0]), gradus.tensor([0.5]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    return wrap(np.heaviside(input.array, values.array).astype(input.array.dtype, copy=False))


clip = clamp
