"""Diagonals and triangles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..core.arguments import axis_of
from ..core.base import raw
from ..core.op import Op
from .index import Place
from .looking import Looking
from .shape import View

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["block_diag", "diag", "diag_embed", "diagflat", "diagonal", "tril", "triu"]


class Diagonal(Looking):
    """y = the diagonal of x over axes i and j, as the last axis: a view.   dx = zeros with dy on the diagonal."""

    def forward(ctx, x, offset, i, j):
        ctx.shape, ctx.params = x.shape, {"offset": offset, "i": i, "j": j}
        length = max(min(x.shape[i] + min(offset, 0), x.shape[j] - max(offset, 0)), 0)
        others = [axis for axis in range(x.ndim) if axis not in (i, j)]
        start = [slice(None)] * x.ndim
        start[i], start[j] = slice(min(max(-offset, 0), x.shape[i]), None), slice(min(max(offset, 0), x.shape[j]), None)
        shape = (*[x.shape[axis] for axis in others], length)
        strides = (*[x.strides[axis] for axis in others], x.strides[i] + x.strides[j])
        return as_strided(x[tuple(start)], shape, strides)

    def backward(ctx, g):
        return Place.apply(g, shape=ctx.shape, op=Diagonal, params=ctx.params)


class Tril(Op):
    """y = the lower triangle of x, up to diagonal k; zeros above.   dx = the lower triangle of dy."""

    def forward(ctx, x, k):
        ctx.k = k
        return np.tril(x, k)

    def backward(ctx, g):
        return Tril.apply(g, k=ctx.k)


class Triu(Op):
    """y = the upper triangle of x, from diagonal k on; zeros below.   dx = the upper triangle of dy."""

    def forward(ctx, x, k):
        ctx.k = k
        return np.triu(x, k)

    def backward(ctx, g):
        return Triu.apply(g, k=ctx.k)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal over dimensions dim1 and dim2, as the last dimension: a view. offset > 0 lies above the main one.

    >>> import gradus
    >>> gradus.tensor([[1, 2], [3, 4]]).diagonal()
    tensor([1, 4])
    """
    ndim = raw(input).ndim
    i, j = axis_of(dim1, ndim, "diagonal"), axis_of(dim2, ndim, "diagonal")
    if i == j:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return Diagonal.apply(input, offset=offset, i=i, j=j)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices over new dimensions dim1 and dim2: the last dimension of `input` on their diagonals, else zeros.

    >>> import gradus
    >>> gradus.diag_embed(gradus.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    shape = raw(input).shape
    ndim = len(shape) + 1
    i, j = axis_of(dim1, ndim, "diag_embed"), axis_of(dim2, ndim, "diag_embed")
    if i == j:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = shape[-1] + abs(offset)
    rest = iter(shape[:-1])
    full = tuple([size if axis in (i, j) else next(rest) for axis in range(ndim)])
    return Place.apply(input, shape=full, op=Diagonal, params={"offset": offset, "i": i, "j": j})


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix; or the matrix with a 1-D tensor on its diagonal.

    >>> import gradus
    >>> gradus.diag(gradus.tensor([1, 2])), gradus.diag(gradus.tensor([[1, 2], [3, 4]]))
    (tensor([[1, 0],
            [0, 2]]), tensor([1, 4]))
    """
    ndim = raw(input).ndim
    if ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D; see diagonal() and diag_embed()")
    if ndim == 1:
        return diag_embed(input, diagonal)
    return Diagonal.apply(input, offset=diagonal, i=0, j=1)


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with the flattened input on its diagonal.

    >>> import gradus
    >>> gradus.diagflat(gradus.tensor([[1, 2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(View.apply(input, shape=(raw(input).size,)), offset)


def block_diag(*tensors: Any) -> Tensor:
    """The matrix with these matrices along its diagonal and zeros elsewhere; 1-D tensors are rows.

    >>> import gradus
    >>> gradus.block_diag(gradus.tensor([[1]]), gradus.tensor([2, 3]))
    tensor([[1, 0, 0],
            [0, 2, 3]])
    """
    from .join import cat
    from .pad import pad
    from .shape import atleast_2d

    blocks = [atleast_2d(x) for x in tensors]
    width, before, rows = sum(raw(x).shape[1] for x in blocks), 0, []
    for block in blocks:
        n = raw(block).shape[1]
        rows.append(pad(block, (before, width - before - n)))
        before += n
    return cat(rows)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle of each matrix, up to `diagonal` (0 the main one, above it if positive); zeros elsewhere.

    >>> import gradus
    >>> gradus.tril(gradus.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    _need_matrix(input, "tril")
    return Tril.apply(input, k=diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle of each matrix, from `diagonal` on (0 the main one, above it if positive); zeros elsewhere.

    >>> import gradus
    >>> gradus.triu(gradus.ones(2, 2), diagonal=1)
    tensor([[0., 1.],
            [0., 0.]])
    """
    _need_matrix(input, "triu")
    return Triu.apply(input, k=diagonal)


def _need_matrix(input: Any, name: str) -> None:
    if raw(input).ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions, got {raw(input).ndim}")
