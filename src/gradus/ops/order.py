"""Order: sorting, the k largest, the k-th smallest, places in a sorted sequence. nan is larger than every number.

Of equal elements the first comes first, in every function here. torch says so only of stable sorts: where elements are
equal, its topk and kthvalue may name other ones of them.
"""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import axis_of, numpy_names
from ..core.base import raw
from ..core.op import Op
from .extreme import Chosen, place
from .reduce import operand
from .results import named

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["argsort", "bucketize", "kthvalue", "msort", "searchsorted", "sort", "topk"]

SortResult, TopkResult = named("sort", "values", "indices"), named("topk", "values", "indices")
KthvalueResult = named("kthvalue", "values", "indices")

_FEW = 256  # below so many elements a line is sorted whole to find its largest


def order_of(x: np.ndarray, axis: int, descending: bool) -> np.ndarray:
    """The indices that sort x along the axis; equal elements keep their order."""
    if not descending:
        return np.argsort(x, axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(np.argsort(np.flip(x, axis), axis, kind="stable"), axis)


class Sort(Op):
    """y = x in order along the axis, and the indices of its elements in x.   dx at those indices = dy."""

    def forward(ctx, x, axis, descending):
        ctx.axis, ctx.shape = axis, x.shape
        index = order_of(x, axis, descending) if x.ndim else np.zeros((), np.int64)
        ctx.save(index)
        return np.take_along_axis(x, index, axis) if x.ndim else x.copy(), index

    def backward(ctx, g, _):
        (index,) = ctx.saved
        return place(g, raw(index), ctx.axis, ctx.shape)


class ArgSort(Op):
    """y = the indices that sort x along the axis.   No gradient."""

    torch_name = "Argsort"
    differentiable = False

    def forward(ctx, x, axis, descending):
        return order_of(x, axis, descending) if x.ndim else np.zeros((), np.int64)


class TopK(Op):
    """y = the k largest (or smallest) x along the axis, and their indices.   dx at those indices = dy, 0 elsewhere."""

    torch_name = "Topk"

    def forward(ctx, x, k, axis, largest):
        ctx.axis, ctx.shape = axis, x.shape
        if x.ndim == 0:
            index = np.zeros((), np.int64)
            y = x.copy()
        else:
            index = first_k(x, k, axis, largest)
            y = np.take_along_axis(x, index, axis)
        ctx.save(index)
        return y, index

    def backward(ctx, g, _):
        (index,) = ctx.saved
        return place(g, raw(index), ctx.axis, ctx.shape) if ctx.shape else g.reshape(())


def first_k(x: np.ndarray, k: int, axis: int, largest: bool) -> np.ndarray:
    """The indices of the k largest (or smallest) elements of each line, in order."""
    n = x.shape[axis]
    if n <= _FEW or 4 * k > n or not k or not x.size or np.isnan(np.maximum.reduce(x, axis=None)):
        return order_of(x, axis, largest)[(slice(None),) * axis + (slice(0, k),)]
    lines = np.moveaxis(x, axis, -1)
    kth = n - k if largest else k - 1
    limit = np.partition(lines, kth, -1)[..., kth, None]
    chosen = lines >= limit if largest else lines <= limit
    if np.count_nonzero(chosen) > k * (chosen.size // n):
        chosen = without_late_ties(lines, limit, chosen, k)
    index = (np.flatnonzero(chosen) % n).reshape((*lines.shape[:-1], k))
    index = np.take_along_axis(index, order_of(np.take_along_axis(lines, index, -1), lines.ndim - 1, largest), -1)
    return np.moveaxis(index, -1, axis)


def without_late_ties(lines: np.ndarray, limit: np.ndarray, chosen: np.ndarray, k: int) -> np.ndarray:
    """Exactly k chosen on each line: of those that equal the limit, only as many as are needed, from the front."""
    ties = lines == limit
    beyond = chosen & ~ties
    needed = k - np.add.reduce(beyond, axis=-1, keepdims=True)
    return beyond | ties & (np.add.accumulate(ties, -1, dtype=np.int64) <= needed)


class Kthvalue(Chosen):
    """y = the k-th smallest x along the axis, and its index.   dx = dy at that index, 0 elsewhere."""

    def choose(ctx, x, axis, k):
        return np.argsort(x, axis, kind="stable")[(slice(None),) * axis + (slice(k - 1, k),)]


@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements in order along `dim`, and the indices that they had.

    Args:
        descending: the largest first.
        stable: equal elements keep their order; here they always do.
    Returns:
        (values, indices), both of the input's shape.

    >>> import gradus
    >>> values, indices = gradus.sort(gradus.tensor([3.0, 1.0, 2.0]), descending=True)
    >>> values, indices
    (tensor([3., 2., 1.]), tensor([0, 2, 1]))
    """
    axis = axis_of(dim, operand(input, "sort").ndim, "sort")
    return SortResult(Sort.apply(input, axis=axis, descending=descending))


@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that sort along `dim`; equal elements keep their order.

    >>> import gradus
    >>> gradus.argsort(gradus.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    return ArgSort.apply(input, axis=axis_of(dim, operand(input, "argsort").ndim, "argsort"), descending=descending)


def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension.

    >>> import gradus
    >>> gradus.msort(gradus.tensor([[3, 1], [2, 5]]))
    tensor([[2, 1],
            [3, 5]])
    """
    return sort(input, 0).values


@numpy_names
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest elements along `dim`, largest first, and their indices.

    Args:
        k: from 0 to the size of the dimension.
        largest: False for the k smallest, smallest first.
        sorted: whether they must be in order; here they always are.
    Returns:
        (values, indices), with size k in that dimension. Among equal elements the first ones are taken.
    Raises:
        RuntimeError: k is out of range, or the tensor is bool.

    >>> import gradus
    >>> values, indices = gradus.topk(gradus.tensor([1.0, 5.0, 3.0, 4.0]), k=2)
    >>> values, indices
    (tensor([5., 4.]), tensor([1, 3]))
    """
    x = operand(input, "topk")
    if x.dtype == bool:
        raise RuntimeError("topk does not support bool dtypes on CPU; use x.int().topk(k)")
    axis = axis_of(dim, x.ndim, "topk")
    size = x.shape[axis] if x.ndim else 1
    k = index(k)
    if not 0 <= k <= size:
        raise RuntimeError(f"topk: selected index k out of range: k is {k}, dimension {dim} has size {size}")
    return TopkResult(TopK.apply(input, k=k, axis=axis, largest=largest))


@numpy_names
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element along `dim` (k from 1), and its index, as (values, indices).

    Raises:
        RuntimeError: k is out of range.

    >>> import gradus
    >>> gradus.kthvalue(gradus.tensor([4.0, 1.0, 3.0]), 2).values
    tensor(3.)
    """
    x = operand(input, "kthvalue")
    axis = axis_of(dim, x.ndim, "kthvalue")
    size = x.shape[axis] if x.ndim else 1
    if not size:
        raise IndexError(f"kthvalue(): Expected reduction dim {axis} to have non-zero size")
    if not 1 <= k <= size:
        raise RuntimeError(
            f"kthvalue(): selected number k out of range for dimension {axis}: k is {k}, the size is {size}"
        )
    return KthvalueResult(Kthvalue.apply(input, axis=axis, keepdim=keepdim, k=k))


class SearchSorted(Op):
    """y = where each value belongs in the sorted sequence.   No gradient."""

    torch_name = "Searchsorted"
    differentiable = False

    def forward(ctx, sequence, values, sorter, side, dtype):
        if sequence.ndim == 1:
            return np.asarray(np.searchsorted(sequence, values, side, sorter), dtype)
        y = np.empty(values.shape, dtype)
        for line in np.ndindex(sequence.shape[:-1]):
            y[line] = np.searchsorted(sequence[line], values[line], side, None if sorter is None else sorter[line])
        return y


def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """The index at which each value would be inserted to keep the sequence sorted.

    Args:
        sorted_sequence: (n,), or (…, n) for a sequence per line.
        input: values, a number or any shape; (…, m) with the same leading dimensions for a sequence per line.
        side, right: "left" before equal elements (the default), "right" or right=True behind them.
        sorter: indices that sort the sequence, if it is not sorted.
        out_int32: int32 instead of int64.

    >>> import gradus
    >>> gradus.searchsorted(gradus.tensor([1, 3, 5]), gradus.tensor([0, 3, 9]))
    tensor([0, 1, 3])
    """
    sequence, values = (
        operand(sorted_sequence, "searchsorted"),
        input if isinstance(input, (int, float)) else operand(input, "searchsorted"),
    )
    side = _side(side, right)
    if not sequence.ndim:
        raise RuntimeError("searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if sequence.ndim > 1 and sequence.shape[:-1] != np.shape(values)[:-1]:
        raise RuntimeError(
            "searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(sequence.shape)} and input value "
            f"tensor {list(np.shape(values))}"
        )
    if sorter is not None and operand(sorter, "searchsorted").shape != sequence.shape:
        raise RuntimeError(
            "searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
            f"{list(sequence.shape)} and got sorter tensor {list(raw(sorter).shape)}"
        )
    return SearchSorted.apply(sorted_sequence, input, sorter, side=side, dtype=np.int32 if out_int32 else np.int64)


def _side(side: str | None, right: bool) -> str:
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    return side or ("right" if right else "left")


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The index of the bucket that each value falls into: i where boundaries[i−1] < value ≤ boundaries[i].

    Args:
        boundaries: (n,), sorted.
        right: boundaries[i−1] ≤ value < boundaries[i] instead.

    >>> import gradus
    >>> gradus.bucketize(gradus.tensor([0.5, 3.0, 9.0]), gradus.tensor([1.0, 3.0, 5.0]))
    tensor([0, 1, 3])
    """
    if operand(boundaries, "bucketize").ndim != 1:
        raise RuntimeError(f"bucketize: boundaries tensor must be 1 dimension, but got dim({raw(boundaries).ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
