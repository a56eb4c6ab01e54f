"""Reductions, many numbers to one: sums, means, products, logarithms of sums of exponentials, all and any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axes_of, axis_of, numpy_names
from ..core.base import TensorBase, raw
from ..core.op import Op, cast

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["all", "any", "count_nonzero", "logsumexp", "mean", "nanmean", "nansum", "prod", "sum"]


# How the arguments of a reduction are read, and how its gradient goes back to every element ---------------------------


def operand(x: Any, name: str) -> Any:
    """The array of a tensor (or an array itself).

    Raises:
        TypeError: `x` is neither.
    """
    if isinstance(x, TensorBase):
        return x.array
    if isinstance(x, (np.ndarray, np.generic)):
        return x
    raise TypeError(f"{name}(): expected a Tensor, got {type(x).__name__}; make one with gradus.tensor(data)")


def reduced_axes(dim: Any, keepdim: Any, ndim: int, name: str) -> tuple[int, ...] | None:
    """The axes that `dim` means, as NumPy wants them: None where everything is reduced.

    Raises:
        IndexError: a dim is out of range.
        RuntimeError: a dim is named twice.
        TypeError: `keepdim` is no bool, as in x.sum(0, 1) where x.sum((0, 1)) is meant.
    """
    if keepdim is not False and keepdim is not True:
        raise TypeError(
            f"{name}: keepdim must be a bool, got {keepdim!r}; several dims go into a tuple: {name}(dim=(0, 1))"
        )
    if dim is None:
        return None
    axes = axes_of(dim, ndim, name)
    return axes if ndim else None


def kept_shape(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape of a reduction that keeps its dimensions: 1 on every axis that is reduced."""
    return tuple([1 if axes is None or i in axes else n for i, n in enumerate(shape)])


def spread(g: Any, shape: tuple[int, ...], axes: tuple[int, ...] | None, keepdim: bool) -> Any:
    """`g`, the gradient of a reduction's result, at every element of the input: a view in which it is repeated."""
    if isinstance(g, TensorBase):
        return (g if keepdim else g.reshape(kept_shape(shape, axes))).expand(shape)  # type: ignore[attr-defined, union-attr]
    if axes is None:
        everywhere = np.ndarray(shape, g.dtype, g, 0, (0,) * len(shape))  # as broadcast_to, ten times as quick
        everywhere.flags.writeable = False
        return everywhere
    return np.broadcast_to(g if keepdim else g.reshape(kept_shape(shape, axes)), shape)


def total(x: Any, axes: tuple[int, ...] | None, keepdim: bool) -> Any:
    """Σ x over the axes; integers and bools add up in int64, float16 in float32."""
    code = x.dtype.char
    if code in "fd":
        if axes == (0,) and x.ndim > 1 and x.flags.c_contiguous and x.size:
            return over_rows(x.reshape(len(x), -1)).reshape((1, *x.shape[1:]) if keepdim else x.shape[1:])
        return np.add.reduce(x, axis=axes, keepdims=keepdim)
    if code == "e":
        return np.add.reduce(x, axis=axes, keepdims=keepdim, dtype=np.float32).astype(np.float16)
    return np.add.reduce(x, axis=axes, keepdims=keepdim, dtype=np.int64)


_BLOCK = 64
_ones = {np.dtype(t): np.ones(_BLOCK, t) for t in (np.float32, np.float64)}


def over_rows(x: np.ndarray) -> np.ndarray:
    """Σ over the rows of x, (n, m) → (m): ones · x, in blocks.

    NumPy adds row after row, so that the rounding error grows with n; sums of sums of blocks are as exact as pairwise
    summation, and the product with a vector of ones is four times as quick.
    """
    ones, n = _ones[x.dtype], len(x)
    if n <= _BLOCK:
        return np.dot(ones[:n], x)
    whole = n - n % _BLOCK
    sums = over_rows(np.matmul(ones, x[:whole].reshape(-1, _BLOCK, x.shape[1])))
    return sums if whole == n else sums + np.dot(ones[: n - whole], x[whole:])


def in_type(op: type[Op], input: Any, dtype: Any, **params: Any) -> Any:
    """The operation on `input` cast to a type, with a result of that type; None leaves both to the operation."""
    if dtype is None:
        return op.apply(input, **params)
    wanted = dtypes.find(dtype)
    return cast(op.apply(cast(input, wanted), **params), wanted)


# Sums and means -------------------------------------------------------------------------------------------------------


class Sum(Op):
    """y = Σ x over the axes.   dx = dy, at every element.   x: (…, n, …) → y: (…)."""

    def forward(ctx, x, axes, keepdim):
        ctx.shape, ctx.axes, ctx.keepdim = x.shape, axes, keepdim
        return total(x, axes, keepdim)

    def backward(ctx, g):
        return spread(g, ctx.shape, ctx.axes, ctx.keepdim)


class Mean(Op):
    """y = Σ x / n over the axes, n elements for each y.   dx = dy / n, at every element."""

    def forward(ctx, x, axes, keepdim):
        ctx.shape, ctx.axes, ctx.keepdim = x.shape, axes, keepdim
        ctx.n = count(x.shape, axes)
        if x.dtype == np.float16:
            return (np.add.reduce(x, axis=axes, keepdims=keepdim, dtype=np.float32) / np.float32(ctx.n)).astype(
                np.float16
            )
        return np.true_divide(total(x, axes, keepdim), x.dtype.type(ctx.n))

    def backward(ctx, g):
        return spread(g / ctx.n if ctx.n else g, ctx.shape, ctx.axes, ctx.keepdim)


class NanSum(Op):
    """y = Σ x over the axes, nan counting as 0.   dx = dy, and 0 where x is nan."""

    torch_name = "Nansum"

    def forward(ctx, x, axes, keepdim):
        ctx.shape, ctx.axes, ctx.keepdim = x.shape, axes, keepdim
        if x.dtype.kind != "f":
            return total(x, axes, keepdim)
        missing = np.isnan(x)
        ctx.save(missing)
        return total(np.where(missing, x.dtype.type(0), x), axes, keepdim)

    def backward(ctx, g):
        (missing,) = ctx.saved
        return spread(g, ctx.shape, ctx.axes, ctx.keepdim) * ~missing


def count(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> int:
    """How many elements are reduced to one."""
    n = 1
    for i, size in enumerate(shape):
        if axes is None or i in axes:
            n *= size
    return n


@numpy_names
def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or over the dimensions `dim`; 0 if there are none.

    Args:
        input: any shape; integers and bools give int64.
        dim: an int, or a tuple of ints; None means all.
        keepdim: keep the reduced dimensions, with size 1.
        dtype: cast to this type first, and the type of the result.
    Raises:
        IndexError: `dim` is out of range.

    >>> import gradus
    >>> x = gradus.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> gradus.sum(x), x.sum(dim=0), x.sum(1, keepdim=True).shape
    (tensor(10.), tensor([4., 6.]), gradus.Size([2, 1]))
    """
    x = operand(input, "sum")
    return in_type(Sum, input, dtype, axes=reduced_axes(dim, keepdim, x.ndim, "sum"), keepdim=keepdim)


@numpy_names
def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or over the dimensions `dim`; nan if there are none.

    Args:
        input: any shape, floating.
        dim, keepdim, dtype: as for `sum`.
    Raises:
        RuntimeError: integers or bools without a floating `dtype`.

    >>> import gradus
    >>> gradus.mean(gradus.tensor([[1.0, 2.0], [3.0, 6.0]]), dim=1)
    tensor([1.5000, 4.5000])
    """
    x = operand(input, "mean")
    if dtype is not None:
        input = cast(input, dtypes.find(dtype))
    kind = dtypes.of(raw(input))
    if kind.category != dtypes.FLOATING:
        whose = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {whose} dtype must be either a floating point or complex dtype. "
            f"Got: {kind.legacy_name.removesuffix('Tensor')}; use x.float().mean() or mean(dtype=gradus.float32)"
        )
    return Mean.apply(input, axes=reduced_axes(dim, keepdim, x.ndim, "mean"), keepdim=keepdim)


@numpy_names
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over `dim`, in which nan counts as 0.

    >>> import gradus
    >>> gradus.nansum(gradus.tensor([1.0, float("nan"), 3.0]))
    tensor(4.)
    """
    x = operand(input, "nansum")
    return in_type(NanSum, input, dtype, axes=reduced_axes(dim, keepdim, x.ndim, "nansum"), keepdim=keepdim)


@numpy_names
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over `dim` of the elements that are not nan.

    Raises:
        RuntimeError: integers or bools.

    >>> import gradus
    >>> gradus.nanmean(gradus.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    x = operand(input, "nanmean")
    if x.dtype.kind != "f":
        got = dtypes.of(x).legacy_name.removesuffix("Tensor")
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {got}")
    there = np.add.reduce(~np.isnan(x), axis=reduced_axes(dim, keepdim, x.ndim, "nanmean"), keepdims=keepdim)
    return nansum(input, dim, keepdim, dtype=dtype) / np.asarray(there, x.dtype)


# Products -------------------------------------------------------------------------------------------------------------


class Prod(Op):
    """y = Π x over the axis.   dxᵢ = dy · Π of the other elements, which is y / xᵢ where no element is 0."""

    def forward(ctx, x, axis, keepdim):
        ctx.axis, ctx.keepdim = axis, keepdim
        wide = np.int64 if x.dtype.kind != "f" else np.float32 if x.dtype == np.float16 else x.dtype
        y = np.multiply.reduce(x, axis=axis, keepdims=keepdim, dtype=wide)
        y = y.astype(np.float16) if x.dtype == np.float16 else y
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        x, y = ctx.saved
        axes = None if ctx.axis is None else (ctx.axis,)
        g = spread(g, x.shape, axes, ctx.keepdim)
        if raw(x).all():
            return g * (spread(y, x.shape, axes, ctx.keepdim) / x)
        from .scan import product_of_others

        return g * product_of_others(x, ctx.axis)


@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or over one dimension; 1 if there are none. Its gradient is exact at zeros too.

    Args:
        input: any shape; integers and bools give int64.
        dim: one int, or None for all.
        keepdim, dtype: as for `sum`.
    Raises:
        TypeError: `dim` is a tuple.

    >>> import gradus
    >>> x = gradus.tensor([2.0, 0.0, 3.0], requires_grad=True)
    >>> x.prod().backward()
    >>> x.grad
    tensor([0., 6., 0.])
    """
    ndim = operand(input, "prod").ndim
    axis = None if dim is None else axis_of(dim, ndim, "prod")
    return in_type(Prod, input, dtype, axis=axis if ndim else None, keepdim=keepdim)


# Log-sum-exp ----------------------------------------------------------------------------------------------------------


class LogSumExp(Op):
    """y = log Σ exp x over the axes, with the maximum taken out so that nothing overflows.   dx = dy · exp(x − y)."""

    torch_name = "Logsumexp"
    floats = True

    def forward(ctx, x, axes, keepdim):
        ctx.axes, ctx.keepdim = axes, keepdim
        top = np.maximum.reduce(x, axis=axes, keepdims=True, initial=-np.inf)
        top = np.where(np.isinf(top), x.dtype.type(0), top)
        y = np.log(np.add.reduce(np.exp(x - top), axis=axes, keepdims=True)) + top
        y = y if keepdim else y.reshape([n for i, n in enumerate(x.shape) if axes is not None and i not in axes])
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        from .exponential import exp

        x, y = ctx.saved
        g, y = [spread(v, x.shape, ctx.axes, ctx.keepdim) for v in (g, y)]
        return g * exp(x - y)


@numpy_names
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """log Σ exp(input) over `dim`, without overflow; −inf if there are no elements. Its gradient is the softmax.

    Args:
        input: any shape; integers become the default float.
        dim: an int or a tuple of ints.

    >>> import gradus
    >>> gradus.logsumexp(gradus.tensor([100.0, 100.0]), dim=0)
    tensor(100.6931)
    """
    return LogSumExp.apply(
        input, axes=reduced_axes(dim, keepdim, operand(input, "logsumexp").ndim, "logsumexp"), keepdim=keepdim
    )


# All, any, how many ---------------------------------------------------------------------------------------------------


class AllTrue(Op):
    """y = whether every x over the axes is true (not 0).   No gradient.   Bool, but uint8 for uint8."""

    torch_name = "All"
    differentiable = False

    def forward(ctx, x, axes, keepdim):
        y = np.logical_and.reduce(x, axis=axes, keepdims=keepdim)
        return y.astype(np.uint8) if x.dtype == np.uint8 else y


class AnyTrue(Op):
    """y = whether some x over the axes is true (not 0).   No gradient.   Bool, but uint8 for uint8."""

    torch_name = "Any"
    differentiable = False

    def forward(ctx, x, axes, keepdim):
        y = np.logical_or.reduce(x, axis=axes, keepdims=keepdim)
        return y.astype(np.uint8) if x.dtype == np.uint8 else y


class CountNonzero(Op):
    """y = how many x over the axes are not 0.   No gradient."""

    differentiable = False

    def forward(ctx, x, axes):
        return np.add.reduce(x != 0, axis=axes, dtype=np.int64)


def _truth_axes(dim: Any, keepdim: Any, ndim: int, name: str) -> tuple[int, ...] | None:
    """As `reduced_axes`, but an empty tuple of dims reduces nothing, as torch has it for all and any."""
    if isinstance(dim, Sequence) and not dim:
        return ()
    return reduced_axes(dim, keepdim, ndim, name)


@numpy_names
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true, in all or over `dim` (an int or a tuple); True if there are none. nan is true.

    >>> import gradus
    >>> gradus.all(gradus.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    return AllTrue.apply(input, axes=_truth_axes(dim, keepdim, operand(input, "all").ndim, "all"), keepdim=keepdim)


@numpy_names
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether at least one element is true, in all or over `dim` (an int or a tuple). nan is true.

    >>> import gradus
    >>> gradus.any(gradus.tensor([[True, False], [False, False]]), dim=1)
    tensor([ True, False])
    """
    return AnyTrue.apply(input, axes=_truth_axes(dim, keepdim, operand(input, "any").ndim, "any"), keepdim=keepdim)


@numpy_names
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """The number of elements that are not 0, in all or over `dim`.

    >>> import gradus
    >>> gradus.count_nonzero(gradus.tensor([[0, 1], [2, 3]]), dim=1)
    tensor([1, 2])
    """
    return CountNonzero.apply(
        input, axes=reduced_axes(dim, False, operand(input, "count_nonzero").ndim, "count_nonzero")
    )
