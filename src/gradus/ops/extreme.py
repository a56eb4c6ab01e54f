"""The largest and the smallest: max, min, amax, amin, aminmax, argmax, argmin.

Where several elements are the largest, `max()` and `amax` share the gradient evenly among them; `max(dim)`, which names
one of them by its index, gives it all to that one. nan wins against every number, as the largest and as the smallest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import axis_of, numpy_names
from ..core.base import TensorBase, raw, wrap
from ..core.op import Op
from .reduce import kept_shape, operand, reduced_axes, spread
from .results import named
from .select import maximum, minimum, where

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["amax", "amin", "aminmax", "argmax", "argmin", "max", "min"]

MaxResult, MinResult = named("max", "values", "indices"), named("min", "values", "indices")
AminmaxResult = named("aminmax", "min", "max")


# The value alone: ties share the gradient -----------------------------------------------------------------------------


class _Extreme(Op):
    """y = the extreme element over the axes.   dx = dy / k at each of the k elements that equal y, 0 elsewhere."""

    ufunc: Any = None

    def forward(ctx, x, axes, keepdim):
        ctx.axes, ctx.keepdim = axes, keepdim
        y = ctx.ufunc.reduce(x, axis=axes, keepdims=keepdim)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        x, y = map(raw, ctx.saved)
        ties = x == y.reshape(kept_shape(x.shape, ctx.axes))
        shares = np.true_divide(ties, np.add.reduce(ties, axis=ctx.axes, keepdims=True), dtype=x.dtype)
        return spread(g, x.shape, ctx.axes, ctx.keepdim) * shares


class Amax(_Extreme):
    """y = the largest x over the axes.   dx = dy / k at each of the k elements that equal y, 0 elsewhere."""

    ufunc = np.maximum


class Amin(_Extreme):
    """y = the smallest x over the axes.   dx = dy / k at each of the k elements that equal y, 0 elsewhere."""

    ufunc = np.minimum


class MaxOfAll(Op):
    """y = the largest of all elements.   dx = dy / k at each of the k elements that equal y, 0 elsewhere."""

    torch_name = "Max"

    def forward(ctx, x):
        y = np.maximum.reduce(x, axis=None)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        return shared_evenly(g, *map(raw, ctx.saved))


class MinOfAll(Op):
    """y = the smallest of all elements.   dx = dy / k at each of the k elements that equal y, 0 elsewhere."""

    torch_name = "Min"

    def forward(ctx, x):
        y = np.minimum.reduce(x, axis=None)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        return shared_evenly(g, *map(raw, ctx.saved))


def shared_evenly(g: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """g / k at each of the k elements of x that equal y (that are nan, if y is), 0 elsewhere."""
    ties = np.isnan(x) if np.isnan(y) else x == y
    return where(ties, g / np.count_nonzero(ties), 0.0)


# The value and its index: the gradient goes there ---------------------------------------------------------------------


class Chosen(Op, register=False):
    """y = the one element along an axis that `choose` points at; also its index.   dx = dy there, 0 elsewhere."""

    def choose(ctx, x: Any, axis: int, **params: Any) -> Any:
        """The index of the chosen element on each line, with the axis kept."""
        raise NotImplementedError

    def forward(ctx, x, axis, keepdim, **params):
        ctx.shape, ctx.axis = x.shape, axis
        lines = x if x.ndim else x.reshape(1)
        index = ctx.choose(lines, axis, **params)
        y = np.take_along_axis(lines, index, axis)
        if not keepdim or not x.ndim:
            y, index = y.squeeze(axis), index.squeeze(axis)
        ctx.save(index)
        return y, index

    def backward(ctx, g, _):
        (index,) = ctx.saved
        kept = kept_shape(ctx.shape, (ctx.axis,))
        return place(g.reshape(kept), raw(index).reshape(kept), ctx.axis, ctx.shape)


def place(g: Any, index: Any, axis: int, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with `g` at the positions `index` along the axis: the derivative of taking them from there."""
    if not shape:
        return g
    if isinstance(g, TensorBase):
        from .scatter import scatter

        return scatter(wrap(np.zeros(shape, g.array.dtype)), axis, index, g)  # type: ignore[arg-type]
    out = np.zeros(shape, g.dtype)
    np.put_along_axis(out, index, g, axis)
    return out


class Max(Chosen):
    """y = the largest x along the axis, and its first index.   dx = dy at that index, 0 elsewhere."""

    def forward(ctx, x, axis, keepdim):
        ctx.shape, ctx.axis = x.shape, axis
        axis = axis if x.ndim else None
        index = x.argmax(axis, keepdims=keepdim)
        ctx.save(index)
        return np.maximum.reduce(x, axis=axis, keepdims=keepdim), index


class Min(Chosen):
    """y = the smallest x along the axis, and its first index.   dx = dy at that index, 0 elsewhere."""

    def forward(ctx, x, axis, keepdim):
        ctx.shape, ctx.axis = x.shape, axis
        axis = axis if x.ndim else None
        index = x.argmin(axis, keepdims=keepdim)
        ctx.save(index)
        return np.minimum.reduce(x, axis=axis, keepdims=keepdim), index


class ArgMax(Op):
    """y = the first index of the largest x (nan wins), along an axis or in the flattened input.   No gradient."""

    torch_name = "Argmax"
    differentiable = False

    def forward(ctx, x, axis, keepdim):
        return x.argmax(axis, keepdims=keepdim)


class ArgMin(Op):
    """y = the first index of the smallest x (nan wins), along an axis or in the flattened input.   No gradient."""

    torch_name = "Argmin"
    differentiable = False

    def forward(ctx, x, axis, keepdim):
        return x.argmin(axis, keepdims=keepdim)


# Errors ---------------------------------------------------------------------------------------------------------------


def refuse_empty(x: Any, axes: tuple[int, ...] | None, name: str, error: type[Exception] = RuntimeError) -> None:
    """There is no largest among no elements.

    Raises:
        RuntimeError or `error`: all is reduced and there is no element.
        IndexError: a dimension that is reduced has size 0.
    """
    if x.size:
        return
    if axes is None:
        raise error(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. "
            "Specify the reduction dim with the 'dim' argument."
        )
    for axis in axes:
        if not x.shape[axis]:
            raise IndexError(
                f"{name}(): Expected reduction dim {axis} to have non-zero size; the input has shape {x.shape}"
            )


def one_axis(dim: Any, x: Any, name: str, instead: str = "") -> int:
    """The axis of a reduction over exactly one dimension that must not be empty.

    Raises:
        TypeError: `dim` is not an int.
        IndexError: it is out of range, or of size 0.
    """
    if isinstance(dim, (tuple, list)):
        raise TypeError(f"{name}(): argument 'dim' must be int, not {type(dim).__name__}{instead}")
    axis = axis_of(dim, x.ndim, name)
    refuse_empty(x, (axis,) if x.ndim else (), name)
    return axis


# The functions --------------------------------------------------------------------------------------------------------


@numpy_names
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; or along `dim`, with its index; or of two tensors, element by element.

    Args:
        input: any shape.
        dim: None for all elements; an int for values and first indices along that dimension; a tensor as `maximum`.
        keepdim: keep the reduced dimension, with size 1.
    Returns:
        A 0-d tensor, or (values, indices) with those names, or a tensor of the broadcast shape.
    Raises:
        RuntimeError, IndexError: there is no element to choose from.

    >>> import gradus
    >>> x = gradus.tensor([[1.0, 5.0], [7.0, 3.0]])
    >>> x.max(), x.max(dim=1).values, x.max(dim=1).indices, gradus.max(x, 4 * gradus.ones(2))
    (tensor(7.), tensor([5., 7.]), tensor([1, 0]), tensor([[4., 5.],
            [7., 4.]]))
    """
    other = dim if isinstance(dim, (TensorBase, np.ndarray)) else other
    if other is not None:
        return maximum(input, other)
    x = operand(input, "max")
    if dim is None:
        refuse_empty(x, None, "max")
        return MaxOfAll.apply(input)
    return MaxResult(Max.apply(input, axis=one_axis(dim, x, "max", "; amax takes several dims"), keepdim=keepdim))


@numpy_names
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; or along `dim`, with its index; or of two tensors, element by element. See `max`.

    >>> import gradus
    >>> values, indices = gradus.tensor([[1.0, 5.0], [7.0, 3.0]]).min(dim=0)
    >>> values, indices
    (tensor([1., 3.]), tensor([0, 1]))
    """
    other = dim if isinstance(dim, (TensorBase, np.ndarray)) else other
    if other is not None:
        return minimum(input, other)
    x = operand(input, "min")
    if dim is None:
        refuse_empty(x, None, "min")
        return MinOfAll.apply(input)
    return MinResult(Min.apply(input, axis=one_axis(dim, x, "min", "; amin takes several dims"), keepdim=keepdim))


@numpy_names
def amax(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The largest element over `dim` (an int, a tuple of ints, or all); equal ones share the gradient evenly.

    >>> import gradus
    >>> x = gradus.tensor([1.0, 3.0, 3.0], requires_grad=True)
    >>> gradus.amax(x).backward()
    >>> x.grad
    tensor([0.0000, 0.5000, 0.5000])
    """
    x = operand(input, "amax")
    axes = reduced_axes(dim, keepdim, x.ndim, "amax")
    refuse_empty(x, axes, "amax")
    return Amax.apply(input, axes=axes, keepdim=keepdim)


@numpy_names
def amin(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The smallest element over `dim` (an int, a tuple of ints, or all); equal ones share the gradient evenly.

    >>> import gradus
    >>> gradus.amin(gradus.tensor([[1.0, 5.0], [7.0, 3.0]]), dim=(0, 1))
    tensor(1.)
    """
    x = operand(input, "amin")
    axes = reduced_axes(dim, keepdim, x.ndim, "amin")
    refuse_empty(x, axes, "amin")
    return Amin.apply(input, axes=axes, keepdim=keepdim)


@numpy_names
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element, of all or along one dimension, as (min, max) with those names.

    >>> import gradus
    >>> low, high = gradus.aminmax(gradus.tensor([3.0, 1.0, 2.0]))
    >>> low, high
    (tensor(1.), tensor(3.))
    """
    x = operand(input, "aminmax")
    if dim is None and not x.size:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    if dim is not None:
        one_axis(dim, x, "aminmax")
    return AminmaxResult((amin(input, dim, keepdim), amax(input, dim, keepdim)))


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the first largest element along `dim`, or in the flattened input; nan counts as largest.

    Raises:
        RuntimeError: a bool tensor.
        IndexError: there is no element to choose from.

    >>> import gradus
    >>> logits = gradus.tensor([[0.1, 2.0, -1.0], [3.0, 0.0, 1.0]])
    >>> logits.argmax(dim=1), logits.argmax()
    (tensor([1, 0]), tensor(3))
    """
    return _index(ArgMax, "argmax", input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the first smallest element along `dim`, or in the flattened input; nan counts as smallest.

    >>> import gradus
    >>> gradus.argmin(gradus.tensor([[0.1, 2.0, -1.0], [3.0, 0.0, 1.0]]), dim=1)
    tensor([2, 1])
    """
    return _index(ArgMin, "argmin", input, dim, keepdim)


def _index(op: type[Op], name: str, input: Any, dim: Any, keepdim: bool) -> Any:
    x = operand(input, name)
    if x.dtype == bool:
        raise RuntimeError(f"{name}(): does not support bool input; use x.int().{name}()")
    if dim is None:
        refuse_empty(x, None, name, IndexError)
        return op.apply(input, axis=None, keepdim=keepdim)
    axis = one_axis(dim, x, name)
    return op.apply(input, axis=axis if x.ndim else None, keepdim=keepdim)
