"""Tensor methods that change the shape or the order of the elements, and that make new tensors like this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.inplace import bump, check, share_with_history
from ..ops import create, diagonal as diagonals, expand as expanding, join, rearrange, shape, stride
from .inplace import in_place


def _turned(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The method `name` that makes a tensor the view `function(self, …)` of its own memory."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        check(self, name)
        before = share_with_history(self)
        before.base, before.parent, before.epoch = self.base, self.parent, self.epoch
        view = function(before, *args, **kwargs)
        self.array, self.node, self.index, self.requires_grad = view.array, view.node, view.index, view.requires_grad
        if self.base is not None:
            self.base, self.parent, self.epoch = view.base, view.parent, view.epoch
        bump(self, name)
        return self

    method.__name__ = name
    method.__doc__ = f"`{function.__name__}`, of this tensor itself; returns it."
    return method


class ShapeMethods:
    """reshape, transpose, expand, split and their like."""

    reshape, view, view_as, reshape_as = shape.reshape, shape.view, shape.view_as, shape.reshape_as
    flatten, unflatten, ravel = shape.flatten, shape.unflatten, shape.ravel
    squeeze, unsqueeze = shape.squeeze, shape.unsqueeze
    transpose = swapdims = shape.transpose
    swapaxes, t, adjoint = shape.swapaxes, shape.t, shape.adjoint
    permute = shape.permute
    movedim = moveaxis = shape.movedim
    expand, expand_as, broadcast_to = expanding.expand, expanding.expand_as, expanding.broadcast_to
    clone, contiguous = shape.clone, shape.contiguous
    split, split_with_sizes, chunk, tensor_split = join.split, join.split_with_sizes, join.chunk, join.tensor_split
    hsplit, vsplit, dsplit, unbind = join.hsplit, join.vsplit, join.dsplit, join.unbind

    flip, fliplr, flipud, rot90, roll = (
        rearrange.flip,
        rearrange.fliplr,
        rearrange.flipud,
        rearrange.rot90,
        rearrange.roll,
    )
    repeat, tile, repeat_interleave = rearrange.repeat, rearrange.tile, rearrange.repeat_interleave
    diag, diag_embed, diagflat = diagonals.diag, diagonals.diag_embed, diagonals.diagflat
    diagonal, tril, triu = diagonals.diagonal, diagonals.tril, diagonals.triu
    as_strided, unfold = stride.as_strided, stride.unfold

    squeeze_, unsqueeze_ = _turned(shape.squeeze, "squeeze_"), _turned(shape.unsqueeze, "unsqueeze_")
    transpose_ = swapdims_ = _turned(shape.transpose, "transpose_")
    swapaxes_, t_ = _turned(shape.swapaxes, "swapaxes_"), _turned(shape.t, "t_")
    tril_, triu_ = in_place(diagonals.tril, "tril_"), in_place(diagonals.triu, "triu_")

    @property
    def T(self) -> Any:
        """The dimensions in reverse order: a matrix transposed."""
        return shape.permute(self, tuple(range(self.array.ndim))[::-1])

    @property
    def mT(self) -> Any:
        """The last two dimensions exchanged: each matrix of a batch transposed."""
        return shape.adjoint(self)

    mH = mT

    @property
    def H(self) -> Any:
        """A matrix transposed (and conjugated, were there complex numbers)."""
        if self.array.ndim not in (0, 2):
            raise RuntimeError(
                f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor. Use .mT"
            )
        return shape.adjoint(self)

    # new tensors of this one's dtype ----------------------------------------------------------------------------------

    def new_tensor(self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
        """A new leaf with a copy of `data`, in this tensor's dtype."""
        return create.tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)

    def new_zeros(self, *sizes: Any, dtype: Any = None, **options: Any) -> Any:
        """Zeros of this tensor's dtype."""
        return create.zeros(*sizes, dtype=dtype or self.dtype, **options)

    def new_ones(self, *sizes: Any, dtype: Any = None, **options: Any) -> Any:
        """Ones of this tensor's dtype."""
        return create.ones(*sizes, dtype=dtype or self.dtype, **options)

    def new_empty(self, *sizes: Any, dtype: Any = None, **options: Any) -> Any:
        """A tensor of this dtype with whatever numbers the memory held."""
        return create.empty(*sizes, dtype=dtype or self.dtype, **options)

    def new_full(self, size: Any, fill_value: Any, *, dtype: Any = None, **options: Any) -> Any:
        """`fill_value` everywhere, in this tensor's dtype."""
        return create.full(size, fill_value, dtype=dtype or self.dtype, **options)

    def new(self, *args: Any, device: Any = None) -> Any:
        """torch's old constructor, in this dtype: `new(2, 3)` is uninitialised, `new([1, 2])` holds data."""
        from ..ops.legacy import legacy_tensor

        return legacy_tensor(type(self), args, dtypes.of(self.array))

    # another size of the same memory ----------------------------------------------------------------------------------

    def resize(self, *sizes: Any) -> Any:
        """torch's old name of `reshape`; the number of elements must stay."""
        return shape.reshape(self, *sizes)

    def resize_(self, *sizes: Any, memory_format: Any = None) -> Any:
        """Take another size, in place: the first elements in memory are kept, what is added is 0.

        Raises:
            RuntimeError: the tensor requires a gradient, which could not be kept.

        >>> import gradus
        >>> gradus.tensor([1, 2, 3, 4]).resize_(2, 1)
        tensor([[1],
                [2]])
        """
        if self.requires_grad:
            raise RuntimeError("resize_: cannot resize variables that require grad")
        target = create.shape_of(sizes, None, "resize_")
        count = int(np.prod(target))
        memory = stride.memory_from(self.array)
        if memory.size < count:
            memory = np.concatenate([memory, np.zeros(count - memory.size, memory.dtype)])
        self.array = memory[:count].reshape(target)
        bump(self, "resize_")
        return self

    def resize_as_(self, the_template: Any, memory_format: Any = None) -> Any:
        """`resize_` to the size of another tensor."""
        return self.resize_(the_template.array.shape)

    def set_(self, source: Any) -> Any:
        """Show the memory of `source`, in place, from now on sharing its changes."""
        check(self, "set_")
        self.array, self.version = source.array, source.version
        bump(self, "set_")
        return self
