"""Views that show the same memory more than once: sliding windows, and strides of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided

from ..core.arguments import axis_of, sizes_of
from ..core.base import raw
from ..core.op import Op
from .looking import Looking

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["as_strided"]


class Unfold(Looking):
    """y[…i…, k] = x[…i·step + k…]: windows along `dim`, as a view.   dx = Σ dy of the windows that show an element."""

    def forward(ctx, x, dim, size, step):
        ctx.params = {"dim": dim, "size": size, "step": step}
        ctx.shape = x.shape
        if not x.ndim:
            return strided(x, (size,), (0,))
        shape, strides = list(x.shape), list(x.strides)
        shape[dim] = (x.shape[dim] - size) // step + 1
        strides[dim] *= step
        return strided(x, (*shape, size), (*strides, x.strides[dim]))

    def backward(ctx, g):
        return Fold.apply(g, shape=ctx.shape, **ctx.params)


class Fold(Op):
    """y = zeros of `shape`, with each window of x added where Unfold took it.   dx = the windows of dy."""

    torch_name = "UnfoldBackward"

    def forward(ctx, x, shape, dim, size, step):
        ctx.params = {"dim": dim, "size": size, "step": step}
        y = np.zeros(shape, x.dtype)
        if not shape:
            return y + x.sum()
        along, count = np.moveaxis(y, dim, -1), x.shape[dim]
        windows = np.moveaxis(x, dim, -2)
        for k in range(size):
            along[..., k : k + step * (count - 1) + 1 : step] += windows[..., k]
        return y

    def backward(ctx, g):
        return Unfold.apply(g, **ctx.params)


class AsStrided(Looking):
    """y[i, j, …] = memory[offset + i·stride₀ + j·stride₁ + …], counted from x's first element.

    dx = Σ dy over the places that show an element.
    """

    def forward(ctx, x, size, stride, offset):
        ctx.params = {"size": size, "stride": stride, "offset": offset}
        ctx.shape, ctx.stride = x.shape, tuple(s // x.itemsize for s in x.strides)
        ctx.dense = x.flags.c_contiguous
        owner = _owner(x)
        first = _address(x) + offset * x.itemsize
        low, high = _extent(first, size, stride, x.itemsize)
        have_low, have_high = _extent(
            _address(owner), owner.shape, [s // x.itemsize for s in owner.strides], x.itemsize
        )
        if 0 not in size and not have_low <= low <= high <= have_high:
            raise RuntimeError(
                f"as_strided: sizes {list(size)}, strides {list(stride)}, storage offset "
                f"{(first - have_low) // x.itemsize}, and itemsize "
                f"{x.itemsize} are out of bounds for storage of size {have_high - have_low}"
            )
        memory = strided(owner, ((have_high - have_low) // x.itemsize,), (x.itemsize,))
        return strided(memory[(first - have_low) // x.itemsize :], size, [s * x.itemsize for s in stride])

    def backward(ctx, g):
        from .index import Index, IndexAdded
        from .shape import View

        shown = _places(ctx.params["size"], ctx.params["stride"]) + ctx.params["offset"]
        own = _places(ctx.shape, ctx.stride)
        low = min(int(shown.min(initial=0)), int(own.min(initial=0)))
        size = max(int(shown.max(initial=0)), int(own.max(initial=0))) - low + 1
        memory = IndexAdded.apply(
            View.apply(g, shape=(shown.size,)), shown.ravel() - low, layout=(True,), shape=(size,)
        )
        return Index.apply(memory, own - low, layout=(True,))


def _owner(x: np.ndarray) -> np.ndarray:
    """The array that owns the memory that x shows."""
    while isinstance(x.base, np.ndarray) and x.base.itemsize == x.itemsize:
        x = x.base
    return x


def memory_from(x: np.ndarray) -> np.ndarray:
    """The memory behind x from its first element on, in one dimension."""
    owner = _owner(x)
    _, end = _extent(_address(owner), owner.shape, [s // x.itemsize for s in owner.strides], x.itemsize)
    return strided(x, ((end - _address(x)) // x.itemsize if x.size else 0,), (x.itemsize,))


def _address(x: np.ndarray) -> int:
    return x.__array_interface__["data"][0]


def _extent(first: int, size: Any, stride: Any, itemsize: int) -> tuple[int, int]:
    """The first byte that a strided array touches, and the one behind its last."""
    reach = [(n - 1) * s * itemsize for n, s in zip(size, stride, strict=True)]
    return first + sum(r for r in reach if r < 0), first + sum(r for r in reach if r > 0) + itemsize


def _places(size: tuple[int, ...], stride: tuple[int, ...]) -> np.ndarray:
    """Where each element lies, counted from the first."""
    places = np.zeros(size, np.intp)
    for axis, (n, s) in enumerate(zip(size, stride, strict=True)):
        places += (np.arange(n) * s).reshape(-1, *[1] * (len(size) - 1 - axis))
    return places


def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of the memory behind `input`, with this shape and these steps between neighbours, in elements.

    Args:
        storage_offset: the first element, counted from the start of the memory; None for that of `input`.
    Raises:
        RuntimeError: it would reach beyond the memory.

    >>> import gradus
    >>> gradus.arange(4).as_strided((3, 2), (1, 1))
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    sizes, steps = sizes_of((size,), "as_strided"), sizes_of((stride,), "as_strided")
    if len(sizes) != len(steps):
        raise RuntimeError(f"as_strided: mismatch in length of strides and shape: {list(sizes)} and {list(steps)}")
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"as_strided: sizes must not be negative, got {list(sizes)}")
    array = raw(input)
    offset = 0  # counted from the input's first element, so that the view can be taken again from a copy of its base
    if storage_offset is not None:
        offset = storage_offset - (_address(array) - _address(_owner(array))) // array.itemsize
    return AsStrided.apply(input, size=sizes, stride=steps, offset=offset)


def unfold(self: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """The windows of `size` elements that start every `step` along `dimension`, as a new last dimension: a view.

    >>> import gradus
    >>> gradus.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    shape = raw(self).shape
    axis = axis_of(dimension, len(shape), "unfold")
    n = shape[axis] if shape else 1
    if size > n:
        raise RuntimeError(f"unfold: maximum size for tensor at dimension {axis} is {n} but size is {size}")
    if size < 0:
        raise RuntimeError(f"unfold: size is {size} but must be >= 0")
    if step <= 0:
        raise RuntimeError(f"unfold: step is {step} but must be > 0")
    return Unfold.apply(self, dim=axis, size=size, step=step)
