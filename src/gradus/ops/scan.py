"""Scans: every element becomes the sum, product or extreme of all elements up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axis_of, numpy_names
from ..core.base import TensorBase, raw
from ..core.op import Op
from .reduce import in_type, operand
from .results import named
from .shape import clone

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "diff", "logcumsumexp"]

CummaxResult, CumminResult = named("cummax", "values", "indices"), named("cummin", "values", "indices")


def accumulate(ufunc: np.ufunc, x: np.ndarray, axis: int, reverse: bool = False) -> np.ndarray:
    """The scan of x with an operation, from the front or from the back; added up in a wider type, as torch does."""
    if x.ndim == 0:
        return x.astype(np.int64) if x.dtype.kind != "f" else x.copy()
    line = x[_from_the_back(axis)] if reverse else x
    if x.dtype.kind != "f":
        y = ufunc.accumulate(line, axis, dtype=np.int64)
    elif x.dtype == np.float64:
        y = ufunc.accumulate(line, axis)
    else:
        y = ufunc.accumulate(line, axis, dtype=np.float64).astype(x.dtype)
    return y[_from_the_back(axis)] if reverse else y


def _from_the_back(axis: int) -> tuple[slice, ...]:
    return (slice(None),) * axis + (slice(None, None, -1),)


class CumSum(Op):
    """yₖ = Σ x₀ … xₖ along the axis.   dxᵢ = Σ dyₖ over k ≥ i: the same sum from the back."""

    torch_name = "Cumsum"

    def forward(ctx, x, axis, reverse=False):
        ctx.axis, ctx.reverse = axis, reverse
        return accumulate(np.add, x, axis, reverse)

    def backward(ctx, g):
        return CumSum.apply(g, axis=ctx.axis, reverse=not ctx.reverse)


class CumProd(Op):
    """yₖ = Π x₀ … xₖ along the axis.   dxᵢ = Lᵢ Sᵢ with L the product before i and Sᵢ = dyᵢ + xᵢ₊₁ Sᵢ₊₁.

    Lᵢ Sᵢ is the sum over k ≥ i of dyₖ times the other factors of yₖ. Where no x is 0 it is (Σ dyₖ yₖ over k ≥ i) / xᵢ.
    """

    torch_name = "Cumprod"

    def forward(ctx, x, axis):
        ctx.axis = axis
        y = accumulate(np.multiply, x, axis)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        x, y = ctx.saved
        if x.ndim == 0:
            return g
        if raw(x).all():
            return CumSum.apply(g * y, axis=ctx.axis, reverse=True) / x
        return product_before(x, ctx.axis) * products_after(g, x, ctx.axis)


def product_before(x: Any, axis: int) -> Any:
    """Lᵢ = Π x₀ … xᵢ₋₁, which is 1 at the front."""
    from .join import cat

    front = (slice(None),) * axis
    return CumProd.apply(cat([np.ones_like(raw(x)[(*front, slice(0, 1))]), x[(*front, slice(0, -1))]], axis), axis=axis)


def products_after(g: Any, x: Any, axis: int) -> Any:
    """Sᵢ = gᵢ + xᵢ₊₁ Sᵢ₊₁, from the back."""
    from .join import cat

    front, n = (slice(None),) * axis, x.shape[axis]
    sums = [g[(*front, slice(n - 1, n))]]
    for i in range(n - 1, 0, -1):
        sums.append(g[(*front, slice(i - 1, i))] + x[(*front, slice(i, i + 1))] * sums[-1])
    return cat(sums[::-1], axis)


def product_of_others(x: Any, axis: int | None) -> Any:
    """At each element the product of all others along the axis (None: of all): those before it times those after it."""
    if x.ndim == 0:
        return np.ones_like(raw(x))
    if axis is None:
        return product_of_others(x.reshape(-1), 0).reshape(x.shape)
    return product_before(x, axis) * _reversed(product_before(_reversed(x, axis), axis), axis)


def _reversed(x: Any, axis: int) -> Any:
    return x.flip(axis) if isinstance(x, TensorBase) else np.flip(x, axis)  # type: ignore[attr-defined]


class LogCumSumExp(Op):
    """yₖ = log Σ exp x₀ … exp xₖ along the axis.   dxᵢ = Σ dyₖ exp(xᵢ − yₖ) over k ≥ i, added up as logarithms too."""

    torch_name = "Logcumsumexp"

    def forward(ctx, x, axis, reverse=False):
        ctx.axis, ctx.reverse = axis, reverse
        y = accumulate(np.logaddexp, x, axis, reverse)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        from .exponential import exp

        x, y = ctx.saved
        positive, negative = [
            exp(LogCumSumExp.apply(_log_where(raw(part) > 0, part) - y, axis=ctx.axis, reverse=not ctx.reverse) + x)
            for part in (g, -g)
        ]
        return positive - negative


def _log_where(condition: Any, x: Any) -> Any:
    """log x where the condition holds, elsewhere the lowest number: as good as the logarithm of 0, but finite."""
    from .exponential import log
    from .select import where

    return where(condition, log(where(condition, x, 1.0)), float(np.finfo(raw(x).dtype).min))


class _CumExtreme(Op):
    """yₖ = the extreme of x₀ … xₖ along the axis, and the index of its last occurrence.   dy goes to that index."""

    ufunc: Any = None

    def forward(ctx, x, axis):
        ctx.axis, ctx.shape = axis, x.shape
        if x.ndim == 0:
            index = np.zeros((), np.int64)
            ctx.save(index)
            return x.copy(), index
        y = ctx.ufunc.accumulate(x, axis)
        reached = (x == y) | np.isnan(x)
        place = np.arange(x.shape[axis]).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
        index = np.maximum.accumulate(np.where(reached, place, 0), axis)
        ctx.save(index)
        return y, index

    def backward(ctx, g, _):
        from .scatter import scatter_add

        (index,) = ctx.saved
        if not ctx.shape:
            return g
        return scatter_add(np.zeros(ctx.shape, raw(g).dtype), ctx.axis, raw(index), g)


class CumMax(_CumExtreme):
    """yₖ = the largest of x₀ … xₖ along the axis, and the index of its last occurrence.   dy goes to that index."""

    torch_name = "Cummax"
    ufunc = np.maximum


class CumMin(_CumExtreme):
    """yₖ = the smallest of x₀ … xₖ along the axis, and the index of its last occurrence.   dy goes to that index."""

    torch_name = "Cummin"
    ufunc = np.minimum


# The functions --------------------------------------------------------------------------------------------------------


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The sums of all elements up to each along `dim`; integers and bools give int64.

    >>> import gradus
    >>> gradus.cumsum(gradus.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), dim=1)
    tensor([[ 1.,  3.,  6.],
            [ 4.,  9., 15.]])
    """
    axis = axis_of(dim, operand(input, "cumsum").ndim, "cumsum")
    return in_type(CumSum, input, dtype, axis=axis)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The products of all elements up to each along `dim`; integers and bools give int64. Gradients are exact at zeros.

    >>> import gradus
    >>> gradus.cumprod(gradus.tensor([1.0, 2.0, 3.0, 4.0]), dim=0)
    tensor([ 1.,  2.,  6., 24.])
    """
    axis = axis_of(dim, operand(input, "cumprod").ndim, "cumprod")
    return in_type(CumProd, input, dtype, axis=axis)


@numpy_names
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """log Σ exp of all elements up to each along `dim`, without overflow.

    >>> import gradus
    >>> gradus.logcumsumexp(gradus.tensor([0.0, 0.0, 1000.0]), dim=0)
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    x = operand(input, "logcumsumexp")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"logcumsumexp: not implemented for {dtypes.of(x).name}; use x.float()")
    return LogCumSumExp.apply(input, axis=axis_of(dim, x.ndim, "logcumsumexp"))


@numpy_names
def cummax(input: Tensor, dim: int) -> Any:
    """The largest element up to each along `dim`, and the index of its last occurrence, as (values, indices).

    >>> import gradus
    >>> values, indices = gradus.cummax(gradus.tensor([1.0, 3.0, 2.0, 3.0]), dim=0)
    >>> values, indices
    (tensor([1., 3., 3., 3.]), tensor([0, 1, 1, 3]))
    """
    return CummaxResult(CumMax.apply(input, axis=axis_of(dim, operand(input, "cummax").ndim, "cummax")))


@numpy_names
def cummin(input: Tensor, dim: int) -> Any:
    """The smallest element up to each along `dim`, and the index of its last occurrence, as (values, indices).

    >>> import gradus
    >>> gradus.cummin(gradus.tensor([3.0, 1.0, 2.0]), dim=0).values
    tensor([3., 1., 1.])
    """
    return CumminResult(CumMin.apply(input, axis=axis_of(dim, operand(input, "cummin").ndim, "cummin")))


@numpy_names
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences between neighbours along `dim`, taken n times; for bools, whether neighbours differ.

    Args:
        prepend, append: joined to the front and the back first.
    Raises:
        RuntimeError: a 0-d input, or n < 0.

    >>> import gradus
    >>> gradus.diff(gradus.tensor([1, 4, 9, 16]), n=2)
    tensor([2, 2])
    """
    x = operand(input, "diff")
    if not x.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional; got a 0-d tensor")
    if n < 0:
        raise RuntimeError(f"diff: order must be non-negative but got {n}")
    axis = axis_of(dim, x.ndim, "diff")
    if prepend is not None or append is not None:
        from .join import cat

        input = cat([t for t in (prepend, input, append) if t is not None], axis)
    front = (slice(None),) * axis
    for _ in range(min(n, raw(input).shape[axis])):
        after, before = input[(*front, slice(1, None))], input[(*front, slice(0, -1))]
        input = after != before if raw(input).dtype == bool else after - before
    return input if n else clone(input)
