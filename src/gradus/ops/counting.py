"""Counting: distinct values, how often each occurs, histograms, membership. None of these has a gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axis_of, numpy_names
from ..core.op import Op
from .reduce import operand

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["bincount", "histc", "isin", "unique", "unique_consecutive"]


class Unique(Op):
    """y = the distinct values (or slices along an axis) in order; which of them each x is; how often each occurs."""

    differentiable = False

    def forward(ctx, x, axis):
        y, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=axis, equal_nan=False)
        return y, inverse.reshape(x.shape if axis is None else -1), counts


class UniqueConsecutive(Op):
    """y = x without values (or slices along an axis) that equal the one before; each x's run; how long each run is."""

    differentiable = False

    def forward(ctx, x, axis):
        lines = x.reshape(-1) if axis is None else np.moveaxis(x, axis, 0)
        starts = np.ones(len(lines), bool)
        starts[1:] = (lines[1:] != lines[:-1]).any(axis=tuple(range(1, lines.ndim)))
        run = np.add.accumulate(starts, dtype=np.int64) - 1
        y, counts = lines[starts], np.bincount(run)
        return y if axis is None else np.moveaxis(y, 0, axis), run.reshape(x.shape) if axis is None else run, counts


@numpy_names
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements in order, or the distinct slices along `dim`. Every nan is distinct.

    Args:
        sorted: whether they must be in order; here they always are.
        return_inverse: also the index that each element has among the distinct ones.
        return_counts: also how often each distinct one occurs.
    Returns:
        A tensor, or a tuple of the tensors asked for.

    >>> import gradus
    >>> gradus.unique(gradus.tensor([3, 1, 2, 1]), return_counts=True)
    (tensor([1, 2, 3]), tensor([2, 1, 1]))
    """
    x = operand(input, "unique")
    axis = None if dim is None or not x.ndim else axis_of(dim, x.ndim, "unique")
    return _asked_for(Unique.apply(input, axis=axis), return_inverse, return_counts)


@numpy_names
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without those that equal the one before; or the slices along `dim`. Arguments as for `unique`.

    >>> import gradus
    >>> gradus.unique_consecutive(gradus.tensor([1, 1, 2, 2, 1]))
    tensor([1, 2, 1])
    """
    x = operand(input, "unique_consecutive")
    axis = None if dim is None or not x.ndim else axis_of(dim, x.ndim, "unique_consecutive")
    return _asked_for(UniqueConsecutive.apply(input, axis=axis), return_inverse, return_counts)


def _asked_for(found: tuple[Any, Any, Any], return_inverse: bool, return_counts: bool) -> Any:
    values, inverse, counts = found
    parts = (values, *([inverse] if return_inverse else []), *([counts] if return_counts else []))
    return parts if len(parts) > 1 else values


class BinCount(Op):
    """yₖ = how many x are k, or the sum of their weights.   No gradient."""

    torch_name = "Bincount"
    differentiable = False

    def forward(ctx, x, weights, minlength):
        y = np.bincount(x, weights, minlength)
        return y.astype(np.float32) if weights is not None and weights.dtype == np.float32 else y


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2 … occurs, or the sum of the weights of its occurrences.

    Args:
        input: (n,), integers from 0.
        weights: (n,).
        minlength: the least length of the result.
    Raises:
        RuntimeError: negative numbers, other shapes, or a negative minlength.

    >>> import gradus
    >>> gradus.bincount(gradus.tensor([1, 1, 3]))
    tensor([0, 2, 0, 1])
    """
    x = operand(input, "bincount")
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount: not implemented for {dtypes.of(x).name}; it counts integers")
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength should be >= 0, got {minlength}")
    if x.ndim != 1 or (x.size and x.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and operand(weights, "bincount").shape != x.shape:
        raise RuntimeError("bincount: weights should be 1-d and have the same length as input")
    return BinCount.apply(input, weights, minlength=minlength)


class HistC(Op):
    """yₖ = how many x lie in the k-th of equally wide bins from low to high; the last one holds high.   No gradient."""

    torch_name = "Histc"
    differentiable = False

    def forward(ctx, x, bins, low, high):
        x = x[(x >= low) & (x <= high)]
        place = ((x - low) / (high - low) * bins).astype(np.int64)
        return np.bincount(np.minimum(place, bins - 1), minlength=bins).astype(x.dtype)


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """A histogram: how many elements lie in each of `bins` equally wide bins from `min` to `max`, in the input's dtype.

    Args:
        min, max: the range; where both are equal, that of the elements. What lies outside is not counted.
    Raises:
        RuntimeError: bins < 1, max < min, or a range that is not finite.

    >>> import gradus
    >>> gradus.histc(gradus.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    x = operand(input, "histc")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"histc: not implemented for {dtypes.of(x).name}; use x.float()")
    if bins < 1:
        raise RuntimeError(f"histc: bins must be > 0, but got {bins}")
    if min > max:
        raise RuntimeError(f"histc: max must be larger than min, got min {min} and max {max}")
    low, high = float(min), float(max)
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if low == high:
        low, high = low - 1, high + 1
    if not np.isfinite(high - low):
        raise RuntimeError(f"histc: range of [{low}, {high}] is not finite")
    return HistC.apply(input, bins=bins, low=low, high=high)


class IsIn(Op):
    """y = whether x is among the test elements.   No gradient."""

    torch_name = "Isin"
    differentiable = False

    def forward(ctx, x, test, assume_unique, invert):
        return np.isin(x, test, assume_unique=assume_unique, invert=invert)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element is among the test elements.

    Args:
        elements, test_elements: tensors; one of them may be a number.
        invert: whether it is not.

    >>> import gradus
    >>> gradus.isin(gradus.tensor([[1, 2], [3, 4]]), gradus.tensor([2, 3]))
    tensor([[False,  True],
            [ True, False]])
    """
    for x in (elements, test_elements):
        if not isinstance(x, (int, float)) or (x is test_elements and isinstance(elements, (int, float))):
            operand(x, "isin")
    return IsIn.apply(elements, test_elements, assume_unique=assume_unique, invert=invert)
