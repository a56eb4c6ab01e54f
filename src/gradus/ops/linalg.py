"""Norms and other numbers of vectors and matrices: gradus.norm, dist, trace, and what gradus.linalg holds."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axes_of, numpy_names
from ..core.base import raw
from ..core.op import Op, cast
from .arithmetic import sub
from .einsum import in_best_order
from .extreme import amax, amin
from .matmul import matmul
from .reduce import kept_shape, operand, reduced_axes, sum as sum_over, total
from .select import where
from .shape import unsqueeze

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["dist", "norm", "trace"]


class VectorNorm(Op):
    """y = (Σ |x|ᵖ)^(1/p) over the axes: p = ∞ the largest |x|, −∞ the smallest, 0 how many are not 0.

    dx = dy · sign(x) · (|x| / y)ᵖ⁻¹, 0 where y = 0; for ±∞ dy · sign(x) / k at each of the k elements with |x| = y.
    """

    torch_name = "LinalgVectorNorm"

    def forward(ctx, x, p, axes, keepdim):
        ctx.p, ctx.axes, ctx.keepdim = p, axes, keepdim
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        y = np.asarray(length(wide, p, axes, keepdim)).astype(x.dtype, copy=False)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        x, y = ctx.saved
        if ctx.p == 0:
            return None
        kept = kept_shape(x.shape, ctx.axes)
        g, y = g.reshape(kept), y.reshape(kept)
        if ctx.p == 2:
            return x * (g / (y + (raw(y) == 0)))
        sign = (raw(x) > 0).astype(raw(x).dtype) - (raw(x) < 0)
        if abs(ctx.p) == inf:
            return sign * ctx.reached(raw(x), raw(y)) * g
        if ctx.p == 1:
            return sign * g
        return sign * ctx.scaled(x * sign, y, g)

    def reached(ctx, x, y):
        """1/k at each of the k elements whose magnitude is the norm, 0 elsewhere."""
        hit = (np.abs(x) == y) | np.isnan(x) & np.isnan(y)
        return np.true_divide(hit, np.add.reduce(hit, axis=ctx.axes, keepdims=True), dtype=x.dtype)

    def scaled(ctx, size, y, g):
        """g · (|x| / y)ᵖ⁻¹, and 0 where x = 0."""
        zero = raw(size) == 0
        powers = where(zero, 0.0, where(zero, 1.0, size) ** (ctx.p - 1))
        if ctx.p < 1:
            return powers * g * y ** (1 - ctx.p)
        return powers * (g / (y + (raw(y) == 0)) ** (ctx.p - 1))


def length(x: np.ndarray, p: float, axes: tuple[int, ...] | None, keepdim: bool) -> Any:
    """The p-norm over the axes."""
    if p == 2:
        if axes is None and not keepdim:
            flat = x.reshape(-1)
            return np.sqrt(np.dot(flat, flat))
        return np.sqrt(total(np.square(x), axes, keepdim))
    size = np.abs(x)
    if p == inf:
        return np.maximum.reduce(size, axis=axes, keepdims=keepdim)
    if p == -inf:
        return np.minimum.reduce(size, axis=axes, keepdims=keepdim)
    if p == 0:
        return total((size != 0).astype(x.dtype), axes, keepdim)
    if p == 1:
        return total(size, axes, keepdim)
    return total(size**p, axes, keepdim) ** (1 / p)


def vector_norm(x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The p-norm (Σ |x|ᵖ)^(1/p), of all elements or over `dim`; its gradient at 0 is 0.

    Args:
        x: any shape, floating.
        ord: p: any number, ∞ and −∞ (largest and smallest magnitude) and 0 (how many are not 0) among them.
        dim: an int, a tuple of ints, or None for all.
        dtype: cast to this type first.
    Raises:
        RuntimeError: integers, or p < 0 or ∞ of no elements.

    >>> import gradus
    >>> x = gradus.tensor([3.0, -4.0])
    >>> vector_norm(x), vector_norm(x, 1), vector_norm(x, float("inf"))
    (tensor(5.), tensor(7.), tensor(4.))
    """
    if dtype is not None:
        wanted = dtypes.find(dtype)
        if wanted.itemsize < raw(x).itemsize:
            raise RuntimeError(f"linalg.vector_norm: dtype {wanted.name} would narrow the input, {raw(x).dtype.name}")
        x = cast(x, wanted)
    array = operand(x, "linalg.vector_norm")
    if array.dtype.kind != "f":
        got = dtypes.of(array).legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {got}; use x.float()"
        )
    axes = reduced_axes(dim, keepdim, array.ndim, "linalg.vector_norm")
    if not array.size and (ord < 0 or ord == inf):
        _refuse_no_identity(array.shape, axes, ord)
    return VectorNorm.apply(x, p=ord, axes=axes, keepdim=keepdim)


def _refuse_no_identity(shape: tuple[int, ...], axes: tuple[int, ...] | None, p: float) -> None:
    """Of no elements there is neither a largest nor a smallest."""
    empty = [axis for axis in axes or () if not shape[axis]]
    if axes is None or empty:
        where_ = (
            "an empty tensor because"
            if axes is None
            else f"the dimension {empty[0]} because this dimension is empty and"
        )
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {p} norm on {where_} the operation does not have an identity"
        )


def matrix_norm(
    A: Tensor, ord: float | str = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """A norm of matrices: "fro" √(Σ a²); ±1 the largest or smallest sum of magnitudes in a column, ±∞ in a row.

    Raises:
        RuntimeError: another order, or fewer than two dimensions.
        NotImplementedError: 2, −2 and "nuc", which need singular values.

    >>> import gradus
    >>> matrix_norm(gradus.tensor([[1.0, -2.0], [3.0, 4.0]]), ord=1)
    tensor(6.)
    """
    ndim = operand(A, "linalg.matrix_norm").ndim
    if ndim < 2:
        raise RuntimeError(f"linalg.matrix_norm: The input tensor A must have at least 2 dimensions, got {ndim}")
    axes = axes_of(dim, ndim, "linalg.matrix_norm")
    if len(axes) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {dim}")
    if ord == "fro":
        return vector_norm(A, 2, axes, keepdim, dtype=dtype)
    if ord in (2, -2, "nuc"):
        raise NotImplementedError(
            f"linalg.matrix_norm: order {ord!r} needs singular values, which gradus does not have"
        )
    if ord not in (1, -1, inf, -inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    within, across = axes if ord in (1, -1) else axes[::-1]
    sums = vector_norm(A, 1, within, True, dtype=dtype)
    extreme = (amax if ord > 0 else amin)(sums, across, True)  # type: ignore[operator]
    return extreme if keepdim else sum_over(extreme, axes)


def linalg_norm(
    A: Tensor, ord: float | str | None = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """linalg.norm: a vector norm over one dimension, a matrix norm over two; without `ord` √(Σ a²) over all.

    >>> import gradus
    >>> a = gradus.tensor([[3.0, 0.0], [4.0, 0.0]])
    >>> linalg_norm(a), linalg_norm(a, 1), linalg_norm(a, 1, dim=1)
    (tensor(5.), tensor(7.), tensor([3., 4.]))
    """
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    ndim = operand(A, "linalg.norm").ndim
    if dim is None and ndim not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {ndim}D.")
    if (ndim == 1) if dim is None else isinstance(dim, int) or len(dim) == 1:
        return vector_norm(A, ord, dim, keepdim, dtype=dtype)  # type: ignore[arg-type]
    return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)


@numpy_names
def norm(
    input: Tensor,
    p: float | str | None = "fro",
    dim: Any = None,
    keepdim: bool = False,
    out: Any = None,
    dtype: Any = None,
) -> Tensor:
    """The p-norm of all elements or over `dim`: (Σ |x|ᵖ)^(1/p); "fro" is p = 2. Its gradient at 0 is 0.

    >>> import gradus
    >>> x = gradus.tensor([[3.0, 4.0], [6.0, 8.0]])
    >>> x.norm(dim=1), x.norm(1)
    (tensor([ 5., 10.]), tensor(21.))
    """
    if p == "nuc":
        return matrix_norm(input, "nuc", (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"norm: Order {p} not supported; give a number, 'fro' or 'nuc'")
    return vector_norm(input, 2 if p is None or p == "fro" else p, dim, keepdim, dtype=dtype)  # type: ignore[arg-type]


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input − other, which may broadcast.

    >>> import gradus
    >>> gradus.dist(gradus.tensor([1.0, 2.0]), gradus.tensor([4.0, 6.0]))
    tensor(5.)
    """
    return vector_norm(sub(input, other), p)


class Trace(Op):
    """y = Σ Aᵢᵢ.   dA = dy · I.   A: (n, m) → y: a number."""

    def forward(ctx, a):
        ctx.shape = a.shape
        return total(np.diagonal(a), None, False)

    def backward(ctx, g):
        return g * np.eye(*ctx.shape, dtype=raw(g).dtype)


def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    >>> import gradus
    >>> gradus.trace(gradus.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    ndim = operand(input, "trace").ndim
    if ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {ndim}")
    return Trace.apply(input)


def multi_dot(tensors: Any) -> Tensor:
    """The product of several matrices, multiplied in the order that costs least; the first and the last may be vectors.

    >>> import gradus
    >>> multi_dot([gradus.ones(2, 3), gradus.ones(3, 4), gradus.ones(4)]).shape
    gradus.Size([2])
    """
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    first, *middle, last = tensors
    row, column = operand(first, "multi_dot").ndim == 1, operand(last, "multi_dot").ndim == 1
    matrices = [unsqueeze(first, 0) if row else first, *middle, unsqueeze(last, 1) if column else last]
    shapes = [operand(m, "multi_dot").shape for m in matrices]
    if any(len(s) != 2 for s in shapes):
        raise RuntimeError(f"multi_dot(): expected matrices (vectors only at the ends), got shapes {shapes}")
    if len(matrices) == 2:
        return matmul(first, last)
    y = in_best_order(matrices, shapes)
    return y.reshape([n for n, dropped in zip(raw(y).shape, (row, column), strict=True) if not dropped])
