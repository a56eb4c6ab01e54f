"""Tensor methods that change the shape or the order of the elements, and that make new tensors like this one."""

from __future__ import annotations

from typing import Any

from ..ops import join, shape


class ShapeMethods:
    """reshape, transpose, expand, split and their like."""

    reshape, view, view_as, reshape_as = shape.reshape, shape.view, shape.view_as, shape.reshape_as
    flatten, unflatten, ravel = shape.flatten, shape.unflatten, shape.ravel
    squeeze, unsqueeze = shape.squeeze, shape.unsqueeze
    transpose = swapdims = shape.transpose
    swapaxes, t, adjoint = shape.swapaxes, shape.t, shape.adjoint
    permute = shape.permute
    movedim = moveaxis = shape.movedim
    expand, expand_as, broadcast_to = shape.expand, shape.expand_as, shape.broadcast_to
    clone, contiguous = shape.clone, shape.contiguous
    split, split_with_sizes, chunk, tensor_split = join.split, join.split_with_sizes, join.chunk, join.tensor_split
    hsplit, vsplit, dsplit, unbind = join.hsplit, join.vsplit, join.dsplit, join.unbind

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
