"""The same elements in another order, or several times over: copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import axes_of, axis_of, numpy_names, sizes_of
from ..core.base import raw, wrap
from ..core.op import Op
from .expand import Expand
from .pick import IndexSelect
from .shape import Unsqueeze, View

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["flip", "fliplr", "flipud", "repeat_interleave", "roll", "rot90", "tile"]


class Flip(Op):
    """y = x in reverse order along `dims`.   dx = dy in reverse order."""

    def forward(ctx, x, dims):
        ctx.dims = dims
        return np.flip(x, dims).copy() if x.ndim else x.copy()

    def backward(ctx, g):
        return Flip.apply(g, dims=ctx.dims)


class Rot90(Op):
    """y = x turned by k · 90 degrees in the plane of `dims`.   dx = dy turned back."""

    def forward(ctx, x, k, dims):
        ctx.k, ctx.dims = k, dims
        return np.rot90(x, k, dims).copy()

    def backward(ctx, g):
        return Rot90.apply(g, k=-ctx.k, dims=ctx.dims)


class Roll(Op):
    """y = x moved by `shifts` along `dims` (None: as one flat sequence), what leaves at one end entering at the other.

    dx = dy moved back.
    """

    def forward(ctx, x, shifts, dims):
        ctx.shifts, ctx.dims = shifts, dims
        return np.roll(x, shifts, dims)

    def backward(ctx, g):
        return Roll.apply(g, shifts=tuple([-s for s in ctx.shifts]), dims=ctx.dims)


class Repeat(Op):
    """y = x side by side, `times` along each axis.   dx = Σ dy over the repeats."""

    def forward(ctx, x, times):
        ctx.times, ctx.shape = times, (1,) * (len(times) - x.ndim) + x.shape
        ctx.own = x.shape
        return np.tile(x, times)

    def backward(ctx, g):
        pairs = [n for pair in zip(ctx.times, ctx.shape, strict=True) for n in pair]
        return View.apply(View.apply(g, shape=tuple(pairs)).sum(tuple(range(0, len(pairs), 2))), shape=ctx.own)


@numpy_names
def flip(input: Tensor, *axes: Any, dims: Any = None) -> Tensor:
    """In reverse order along each of `dims`; a copy.

    >>> import gradus
    >>> gradus.tensor([[1, 2], [3, 4]]).flip(0)
    tensor([[3, 4],
            [1, 2]])
    """
    if not axes and dims is None:
        raise TypeError('flip() missing 1 required positional arguments: "dims"')
    axes = sizes_of(axes if dims is None else (dims,), "flip")
    return Flip.apply(input, dims=axes_of(axes, raw(input).ndim, "flip") if axes else ())


def fliplr(input: Tensor) -> Tensor:
    """In reverse order along dimension 1.

    >>> import gradus
    >>> gradus.fliplr(gradus.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    if raw(input).ndim < 2:
        raise RuntimeError(f"fliplr: Input must be >= 2-d, got {raw(input).ndim}-d")
    return Flip.apply(input, dims=(1,))


def flipud(input: Tensor) -> Tensor:
    """In reverse order along dimension 0.

    >>> import gradus
    >>> gradus.flipud(gradus.tensor([1, 2]))
    tensor([2, 1])
    """
    if raw(input).ndim < 1:
        raise RuntimeError("flipud: Input must be >= 1-d, got 0-d")
    return Flip.apply(input, dims=(0,))


def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Turned by k · 90 degrees in the plane of two dimensions, from the first toward the second.

    >>> import gradus
    >>> gradus.rot90(gradus.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    ndim = raw(input).ndim
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected total rotation dims == 2, but got dims = {len(dims)}")
    i, j = axis_of(dims[0], ndim, "rot90"), axis_of(dims[1], ndim, "rot90")
    if ndim < 2 or i == j:
        raise RuntimeError(
            f"rot90: expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    return Rot90.apply(input, k=k, dims=(i, j))


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Moved by `shifts` along `dims`, what leaves at one end entering at the other; without `dims`, as one sequence.

    >>> import gradus
    >>> gradus.arange(4).roll(1)
    tensor([3, 0, 1, 2])
    """
    moves = sizes_of((shifts,), "roll")
    if dims is None:
        if len(moves) != 1:
            raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(moves)}, dims:0")
        return Roll.apply(input, shifts=moves, dims=None)
    axes = tuple([axis_of(d, raw(input).ndim, "roll") for d in sizes_of((dims,), "roll")])
    if len(moves) != len(axes):
        raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(moves)}, dims:{len(axes)}")
    return Roll.apply(input, shifts=moves, dims=axes)


def repeat(self: Tensor, *sizes: Any, repeats: Any = None) -> Tensor:
    """Side by side, so many times along each dimension; more numbers than dimensions add leading ones.

    >>> import gradus
    >>> gradus.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = sizes_of(sizes if repeats is None else (repeats,), "repeat")
    if len(times) < raw(self).ndim:
        raise RuntimeError(
            "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: "
            f"{list(times)} for shape "
            f"{list(raw(self).shape)}"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"repeat: Trying to create tensor with negative dimension, from repeats {list(times)}")
    return Repeat.apply(self, times=times)


def tile(input: Tensor, *sizes: Any, dims: Any = None) -> Tensor:
    """`repeat` that takes missing leading numbers as 1.

    >>> import gradus
    >>> gradus.tile(gradus.tensor([[1], [2]]), (2,))
    tensor([[1, 1],
            [2, 2]])
    """
    times = sizes_of(sizes if dims is None else (dims,), "tile")
    return repeat(input, (1,) * (raw(input).ndim - len(times)) + times)


@numpy_names
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each slice along `dim` several times in a row: as often as `repeats` (one int, or one a slice) says.

    Without `dim` the input is flattened. Called with one int tensor only, the indices 0, 1, … repeated so often.

    >>> import gradus
    >>> gradus.tensor([1, 2]).repeat_interleave(2)
    tensor([1, 1, 2, 2])
    >>> gradus.repeat_interleave(gradus.tensor([[1, 2], [3, 4]]), gradus.tensor([1, 2]), dim=0)
    tensor([[1, 2],
            [3, 4],
            [3, 4]])
    """
    if repeats is None:
        counts = raw(input)
        return wrap(np.repeat(np.arange(counts.size), counts))
    if dim is None:
        input, dim = View.apply(input, shape=(raw(input).size,)), 0
    shape = raw(input).shape
    axis = axis_of(dim, len(shape), "repeat_interleave")
    counts = np.asarray(raw(repeats))
    if (counts < 0).any():
        raise RuntimeError(f"repeat_interleave: Repeats must be non-negative, got {counts.min()}")
    if counts.size == 1:
        return _each(input, int(counts.item()), axis)
    if counts.size != shape[axis]:
        raise RuntimeError(
            "repeat_interleave: repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{counts.size} and "
            f"input.size({axis}) = {shape[axis]}"
        )
    if output_size is not None and output_size != counts.sum():
        raise RuntimeError(
            f"repeat_interleave: allocated size does not match required size: output_size={output_size}, sum "
            f"{counts.sum()}"
        )
    return IndexSelect.apply(input, np.repeat(np.arange(counts.size), counts), dim=axis)


def _each(input: Any, times: int, axis: int) -> Any:
    """Every slice equally often: a new axis, expanded and merged."""
    shape = raw(input).shape
    before, n, after = shape[:axis], shape[axis] if shape else 1, shape[axis + 1 :]
    wide = Expand.apply(Unsqueeze.apply(input, shape=(*before, n, 1, *after)), shape=(*before, n, times, *after))
    return View.apply(wide, shape=(*before, n * times, *after))
