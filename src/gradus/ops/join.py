"""Joining tensors, and taking them apart."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axis_of, numpy_names, sizes_of
from ..core.base import TensorBase, raw
from ..core.op import Op, cast
from .index import FULL, Slice
from .shape import atleast_1d, atleast_2d, atleast_3d, reshape

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "cat",
    "chunk",
    "column_stack",
    "concat",
    "concatenate",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "row_stack",
    "split",
    "split_with_sizes",
    "stack",
    "tensor_split",
    "unbind",
    "vsplit",
    "vstack",
]


class Cat(Op):
    """y = the inputs one after the other along `dim`.   dxᵢ = the part of dy that xᵢ became."""

    def forward(ctx, *xs, dim):
        ctx.dim, ctx.sizes = dim, [x.shape[dim] for x in xs]
        return np.concatenate(xs, dim)

    def backward(ctx, g):
        parts, start = [], 0
        for size, need in zip(ctx.sizes, ctx.needs, strict=True):
            parts.append(Slice.apply(g, key=_range(ctx.dim, start, start + size)) if need else None)
            start += size
        return tuple(parts)


class Stack(Op):
    """y = the inputs side by side along a new axis `dim`.   dxᵢ = dy at position i of that axis."""

    def forward(ctx, *xs, dim):
        ctx.dim = dim
        return np.stack(xs, dim)

    def backward(ctx, g):
        before = (FULL,) * ctx.dim
        return tuple([Slice.apply(g, key=(*before, i, ...)) if need else None for i, need in enumerate(ctx.needs)])


class Split(Op):
    """y₁, y₂, … = consecutive parts of x along `dim`, as views.   dx = the dyᵢ one after the other."""

    view = True

    def forward(ctx, x, sizes, dim):
        ctx.dim = dim
        ends = np.cumsum(sizes).tolist()
        return tuple([x[_range(dim, end - size, end)] for size, end in zip(sizes, ends, strict=True)])

    def backward(ctx, *gs):
        return Cat.apply(*gs, dim=ctx.dim)


class Unbind(Op):
    """y₁, y₂, … = the slices of x along `dim`, as views without that axis.   dx = the dyᵢ stacked."""

    view = True

    def forward(ctx, x, dim):
        ctx.dim = dim
        before = (FULL,) * dim
        return tuple([x[(*before, i, ...)] for i in range(x.shape[dim])])

    def backward(ctx, *gs):
        return Stack.apply(*gs, dim=ctx.dim)


def _range(dim: int, start: int, stop: int) -> tuple[Any, ...]:
    return (*(FULL,) * dim, slice(start, stop), ...)


# joining --------------------------------------------------------------------------------------------------------------


def _tensors(tensors: Any, name: str) -> list[Any]:
    """The tensors to join, brought to their common dtype."""
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    first = None
    for i, x in enumerate(tensors):
        if not isinstance(x, (TensorBase, np.ndarray)):
            raise TypeError(f"{name}: expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
        d = raw(x).dtype
        if first is None:
            first = d
        elif d != first:
            target = dtypes.promote_operands([raw(y) for y in tensors])
            return [cast(y, target) for y in tensors]
    return list(tensors)


@numpy_names
def cat(tensors: Any, dim: int = 0, *, out: Any = None) -> Tensor:
    """The tensors one after the other along dimension `dim`; 1-D tensors without elements are skipped.

    Raises:
        ValueError: there are none.
        RuntimeError: a tensor is 0-d, or sizes differ in another dimension than `dim`.

    >>> import gradus
    >>> gradus.cat([gradus.tensor([[1, 2]]), gradus.tensor([[3, 4]])], dim=1)
    tensor([[1, 2, 3, 4]])
    """
    xs = _tensors(tensors, "cat")
    if not xs:
        raise ValueError("cat: expected a non-empty list of Tensors")
    for i, x in enumerate(xs):
        if not raw(x).ndim:
            raise RuntimeError(f"cat: zero-dimensional tensor (at position {i}) cannot be concatenated; use stack()")
    kept = [x for x in xs if raw(x).shape != (0,)] or xs[:1]
    shape = raw(kept[0]).shape
    axis = axis_of(dim, len(shape), "cat")
    try:
        result = Cat.apply(*kept, dim=axis)
    except ValueError:
        raise _unequal(kept, axis) from None
    return result if out is None else _into(out, result)


def _unequal(xs: list[Any], axis: int) -> RuntimeError:
    first = raw(xs[0]).shape
    for i, x in enumerate(xs):
        shape = raw(x).shape
        if len(shape) != len(first):
            return RuntimeError(f"cat: Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        for d, (a, b) in enumerate(zip(first, shape, strict=True)):
            if a != b and d != axis:
                return RuntimeError(
                    f"cat: Sizes of tensors must match except in dimension {axis}. Expected size {a} but got size "
                    f"{b} for tensor number "
                    f"{i} in the list (shapes {', '.join(str(list(raw(y).shape)) for y in xs)})."
                )
    return RuntimeError(
        f"cat: shapes {', '.join(str(list(raw(y).shape)) for y in xs)} do not fit together along dimension {axis}"
    )


def _into(out: Any, result: Any) -> Any:
    from .create import finished

    return finished(result.array, out=out)


concat = concatenate = cat


@numpy_names
def stack(tensors: Any, dim: int = 0, *, out: Any = None) -> Tensor:
    """Tensors of one shape side by side along a new dimension `dim`.

    Raises:
        RuntimeError: there are none, or shapes differ.

    >>> import gradus
    >>> gradus.stack([gradus.tensor([1, 2]), gradus.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    xs = _tensors(tensors, "stack")
    if not xs:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = raw(xs[0]).shape
    for i, x in enumerate(xs):
        if raw(x).shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(raw(x).shape)} at entry {i}"
            )
    result = Stack.apply(*xs, dim=axis_of(dim, len(first) + 1, "stack"))
    return result if out is None else _into(out, result)


def hstack(tensors: Any) -> Tensor:
    """Joined column-wise: along dimension 1, or 0 for 1-D tensors.

    >>> import gradus
    >>> gradus.hstack((gradus.tensor([1, 2]), gradus.tensor([3])))
    tensor([1, 2, 3])
    """
    xs = [atleast_1d(x) for x in tensors]
    return cat(xs, 0 if raw(xs[0]).ndim == 1 else 1)


def vstack(tensors: Any) -> Tensor:
    """Joined row-wise: along dimension 0, 1-D tensors being rows.

    >>> import gradus
    >>> gradus.vstack((gradus.tensor([1, 2]), gradus.tensor([3, 4])))
    tensor([[1, 2],
            [3, 4]])
    """
    return cat([atleast_2d(x) for x in tensors], 0)


row_stack = vstack


def dstack(tensors: Any) -> Tensor:
    """Joined depth-wise: along dimension 2, after `atleast_3d`.

    >>> import gradus
    >>> gradus.dstack((gradus.tensor([1, 2]), gradus.tensor([3, 4])))
    tensor([[[1, 3],
             [2, 4]]])
    """
    return cat([atleast_3d(x) for x in tensors], 2)


def column_stack(tensors: Any) -> Tensor:
    """Joined column-wise, 1-D tensors being columns.

    >>> import gradus
    >>> gradus.column_stack((gradus.tensor([1, 2]), gradus.tensor([3, 4])))
    tensor([[1, 3],
            [2, 4]])
    """
    return cat([x if raw(x).ndim > 1 else reshape(x, -1, 1) for x in tensors], 1)


# taking apart ---------------------------------------------------------------------------------------------------------


def _parts(input: Any, sizes: list[int], axis: int) -> tuple[Any, ...]:
    if len(sizes) == 1:  # an op with one output returns it bare
        return (Slice.apply(input, key=_range(axis, 0, sizes[0])),)
    return Split.apply(input, sizes=tuple(sizes), dim=axis)


@numpy_names
def split(
    tensor: Tensor, split_size_or_sections: Any = None, dim: int = 0, *, split_size: Any = None
) -> tuple[Tensor, ...]:
    """Parts along `dim`, as views: all of one size (the last may be smaller), or of the sizes in a list.

    Raises:
        RuntimeError: the sizes do not sum to that of the dimension, or are negative.

    >>> import gradus
    >>> gradus.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    >>> gradus.arange(5).split([1, 4])
    (tensor([0]), tensor([1, 2, 3, 4]))
    """
    size = split_size if split_size_or_sections is None else split_size_or_sections
    if isinstance(size, (list, tuple)):
        return split_with_sizes(tensor, size, dim)
    shape = raw(tensor).shape
    if not shape:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    axis = axis_of(dim, len(shape), "split")
    if not hasattr(size, "__index__"):
        raise TypeError(f"split(): argument 'split_size' must be int or tuple of ints, not {type(size).__name__}")
    size, n = size.__index__(), shape[axis]
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and n:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}")
    whole, rest = divmod(n, size) if size else (1, 0)
    return _parts(tensor, [size] * whole + [rest] * bool(rest) or [0], axis)


@numpy_names
def split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of these sizes along `dim`, as views.

    >>> import gradus
    >>> gradus.split_with_sizes(gradus.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    shape = raw(input).shape
    axis = axis_of(dim, len(shape), "split_with_sizes")
    sizes = list(sizes_of((tuple(split_sizes),), "split_with_sizes"))
    if any(n < 0 for n in sizes) or sum(sizes) != shape[axis]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {shape[axis]} (input tensor's size at dimension "
            f"{axis}) and have only "
            f"non-negative entries, but got split_sizes={sizes}"
        )
    return _parts(input, sizes, axis)


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` parts of equal size along `dim`, as views; the last may be smaller.

    >>> import gradus
    >>> gradus.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    shape = raw(input).shape
    if not shape:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = shape[axis_of(dim, len(shape), "chunk")]
    if n == 0:
        return split_with_sizes(input, [0] * chunks, dim)
    return split(input, -(-n // chunks), dim)


@numpy_names
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts along `dim`, as views: so many of nearly equal size (an int), or cut at these places (ints, 1-D tensor).

    >>> import gradus
    >>> gradus.arange(5).tensor_split(3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    >>> gradus.arange(5).tensor_split([1, 3])
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    shape = raw(input).shape
    if not shape:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    axis = axis_of(dim, len(shape), "tensor_split")
    n, cuts = shape[axis], raw(indices_or_sections)
    if np.ndim(cuts) == 0:
        parts = cuts.__index__()
        if parts <= 0:
            raise RuntimeError(f"tensor_split: number of sections must be larger than 0, got {parts}")
        base, extra = divmod(n, parts)
        cuts = np.cumsum([base + (i < extra) for i in range(parts)])[:-1]
    bounds = [None, *(int(c) for c in cuts), None]
    return tuple([Slice.apply(input, key=(*(FULL,) * axis, slice(a, b), ...)) for a, b in pairwise(bounds)])


def _split_along(name: str, input: Any, cuts: Any, axis: int, least: int) -> Any:
    shape = raw(input).shape
    if len(shape) < least:
        raise RuntimeError(
            f"{name} requires a tensor with at least {least} dimension, but got a tensor with {len(shape)} dimensions!"
        )
    if isinstance(cuts, int) and shape[axis] % cuts:
        raise RuntimeError(
            f"{name} attempted to split along dimension {axis}, but the size of the dimension {shape[axis]} is not "
            "divisible by the "
            f"split_size {cuts}!"
        )
    return tensor_split(input, cuts, axis)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` column-wise: along dimension 1, or 0 for a 1-D tensor; equal parts only.

    >>> import gradus
    >>> gradus.hsplit(gradus.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    return _split_along("hsplit", input, indices_or_sections, 0 if raw(input).ndim == 1 else 1, 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` row-wise: along dimension 0; equal parts only.

    >>> import gradus
    >>> gradus.vsplit(gradus.tensor([[1], [2]]), 2)
    (tensor([[1]]), tensor([[2]]))
    """
    return _split_along("vsplit", input, indices_or_sections, 0, 2)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` depth-wise: along dimension 2; equal parts only.

    >>> import gradus
    >>> [part.shape for part in gradus.dsplit(gradus.zeros(1, 2, 4), 2)]
    [gradus.Size([1, 2, 2]), gradus.Size([1, 2, 2])]
    """
    return _split_along("dsplit", input, indices_or_sections, 2, 3)


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along `dim`, as views without that dimension.

    >>> import gradus
    >>> gradus.tensor([[1, 2], [3, 4]]).unbind()
    (tensor([1, 2]), tensor([3, 4]))
    """
    shape = raw(input).shape
    if not shape:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions; unbind needs at least one")
    axis = axis_of(dim, len(shape), "unbind")
    if shape[axis] == 1:  # an op with one output returns it bare
        return (Slice.apply(input, key=(*(FULL,) * axis, 0, ...)),)
    return Unbind.apply(input, dim=axis) if shape[axis] else ()
