"""Embedding: a row of a table for every index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import TensorBase, raw
from ..core.op import Op

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__: list[str] = []


class Embedding(Op):
    """y = W[i].   dW[r] = Σ dy over the places where i = r, 0 for the padding row.   W: (V, D), i: any → y: (*i, D)."""

    def forward(ctx, weight, index, padding_idx, by_frequency):
        ctx.index, ctx.rows, ctx.padding_idx, ctx.by_frequency = index, len(weight), padding_idx, by_frequency
        return weight[index]

    def backward(ctx, g):
        g = AddRows.apply(g, index=ctx.index, rows=ctx.rows)
        if ctx.by_frequency:
            counts = np.bincount(ctx.index.ravel(), minlength=ctx.rows)
            g = g * (1 / np.maximum(counts, 1)).astype(raw(g).dtype)[:, None]
        if ctx.padding_idx is not None:
            mask = np.ones((ctx.rows, 1), raw(g).dtype)
            mask[ctx.padding_idx] = 0
            g = g * mask
        return g, None


class AddRows(Op):
    """y[r] = Σ x over the places where i = r, the adjoint of taking rows.   dx = dy[i].   x: (*i, D) → y: (rows, D)."""

    def forward(ctx, x, index, rows):
        ctx.index = index
        return sum_rows(x.reshape(index.size, *x.shape[index.ndim :]), index.ravel(), rows)

    def backward(ctx, g):
        return g[ctx.index]


def sum_rows(x: np.ndarray, index: np.ndarray, rows: int) -> np.ndarray:
    """Add each row of x (n, …) to row `index[n]` of a table of `rows`; sorted by target, each sum is one pass."""
    out = np.zeros((rows, *x.shape[1:]), x.dtype)
    if index.size:
        order = np.argsort(index, kind="stable")
        target = index[order]
        first = np.flatnonzero(np.concatenate(([True], target[1:] != target[:-1])))
        out[target[first]] = np.add.reduceat(x[order], first, axis=0)
    return out


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of `weight` (V, D) at the indices `input` (any shape): shape (*input, D).

    Args:
        padding_idx: the row that gets no gradient.
        scale_grad_by_freq: divide a row's gradient by how often it occurs in input.
        sparse: accepted; gradients are dense.
    Raises:
        IndexError: an index is outside 0 … V − 1. RuntimeError: indices are not integers, or weight is no matrix.
        NotImplementedError: max_norm is given.

    >>> import gradus
    >>> table = gradus.tensor([[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]])
    >>> gradus.nn.functional.embedding(gradus.tensor([2, 1]), table)
    tensor([[ 2., 20.],
            [ 1., 10.]])
    """
    if max_norm is not None:
        raise NotImplementedError(
            "embedding: max_norm, which changes the table in place, is not offered; scale the rows yourself"
        )
    if weight.array.ndim != 2:
        raise RuntimeError(f"embedding: 'weight' must be 2-D (V, D), got shape {weight.array.shape}")
    index, rows = raw(input), weight.array.shape[0]
    if not isinstance(input, TensorBase) or index.dtype.kind not in "iu":
        raise RuntimeError(
            f"embedding: expected an integer tensor of indices, got {getattr(index, 'dtype', type(input).__name__)}"
        )
    if index.size and (index.min() < 0 or index.max() >= rows):
        bad: Any = index[(index < 0) | (index >= rows)].flat[0]
        raise IndexError(
            f"embedding: index out of range in self: index {bad}, but weight has {rows} rows (0 to {rows - 1})"
        )
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise RuntimeError(f"embedding: padding_idx {padding_idx} must be within the {rows} rows of weight")
        padding_idx %= rows
    return Embedding.apply(weight, index, padding_idx=padding_idx, by_frequency=scale_grad_by_freq)
