"""Products of matrices and vectors, and the linear layer."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.backward import unbroadcast
from ..core.base import raw
from ..core.op import Op, mismatch
from .arithmetic import mul
from .reduce import operand, over_rows

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "bmm",
    "dot",
    "ger",
    "inner",
    "matmul",
    "mm",
    "mv",
    "outer",
    "vdot",
]


class Mm(Op):
    """C = A B.   dA = dC Bᵀ,  dB = Aᵀ dC.   A: (n, k), B: (k, m) → C: (n, m)."""

    def forward(ctx, a, b):
        ctx.save(a if ctx.needs[1] else None, b if ctx.needs[0] else None)
        return product(a, b)

    def backward(ctx, g):
        a, b = ctx.saved
        return g @ b.T if ctx.needs[0] else None, a.T @ g if ctx.needs[1] else None

    @classmethod
    def explain(cls, arrays, error):
        return misfit(*arrays)


class Mv(Op):
    """y = A x.   dA = dy xᵀ,  dx = Aᵀ dy.   A: (n, k), x: (k) → y: (n)."""

    def forward(ctx, a, x):
        ctx.save(a if ctx.needs[1] else None, x if ctx.needs[0] else None)
        return product(a, x)

    def backward(ctx, g):
        a, x = ctx.saved
        return g.reshape((-1, 1)) * x if ctx.needs[0] else None, a.T @ g if ctx.needs[1] else None

    explain = Mm.explain


class Dot(Op):
    """z = Σ xᵢ yᵢ.   dx = dz · y,  dy = dz · x.   x, y: (k) → z: a number."""

    def forward(ctx, x, y):
        ctx.save(x if ctx.needs[1] else None, y if ctx.needs[0] else None)
        return product(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g * y if ctx.needs[0] else None, g * x if ctx.needs[1] else None

    explain = Mm.explain


class Bmm(Op):
    """C = A B for each pair of a batch.   dA = dC Bᵀ,  dB = Aᵀ dC.   A: (b, n, k), B: (b, k, m) → C: (b, n, m)."""

    def forward(ctx, a, b):
        ctx.save(a if ctx.needs[1] else None, b if ctx.needs[0] else None)
        return product(a, b)

    def backward(ctx, g):
        a, b = ctx.saved
        return g @ b.mT if ctx.needs[0] else None, a.mT @ g if ctx.needs[1] else None

    explain = Mm.explain


class Matmul(Op):
    """C = A B over the last two axes; the batches before them broadcast.   A: (…, n, k), B: (…, k, m) → C: (…, n, m).

    dA = dC Bᵀ,  dB = Aᵀ dC, summed over what was broadcast. A vector is a row on the left, a column on the right.
    """

    def forward(ctx, a, b):
        ctx.save(a, b)
        if b.ndim == 2:  # one matrix for the whole batch: a single product of matrices
            return product(rows_of(a), b).reshape((*a.shape[:-1], b.shape[1]))
        return product(a, b)

    def backward(ctx, g):
        a, b = ctx.saved
        left = a if a.ndim > 1 else a.reshape((1, -1))
        right = b if b.ndim > 1 else b.reshape((-1, 1))
        g = g if a.ndim > 1 else g.reshape((*g.shape[:-1], 1, g.shape[-1]))
        g = g if b.ndim > 1 else g.reshape((*g.shape, 1))
        da, db = ctx.shared_matrix(left, right, g) if right.ndim == 2 else ctx.batches(left, right, g)
        return da if da is None else da.reshape(a.shape), db if db is None else db.reshape(b.shape)

    def shared_matrix(ctx, a, b, g):
        """The gradients where one matrix b multiplies the whole batch."""
        rows = rows_of(g)
        return rows @ b.T if ctx.needs[0] else None, rows_of(a).T @ rows if ctx.needs[1] else None

    def batches(ctx, a, b, g):
        da = unbroadcast(g @ b.mT, tuple(a.shape)) if ctx.needs[0] else None
        return da, unbroadcast(a.mT @ g, tuple(b.shape)) if ctx.needs[1] else None

    explain = Mm.explain


def product(a: np.ndarray, b: np.ndarray) -> Any:
    """np.matmul, of equal types only; float16 is multiplied as float32."""
    if a.dtype is not b.dtype and a.dtype != b.dtype:
        raise RuntimeError(
            f"matmul: expected m1 and m2 to have the same dtype, but got: {dtypes.of(a).name} != {dtypes.of(b).name}"
        )
    if a.dtype.char == "?":
        raise NotImplementedError("matmul: not implemented for bool; use x.int() or x.float()")
    if a.dtype.char == "e":
        return np.matmul(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    return np.matmul(a, b)


def rows_of(x: Any) -> Any:
    """A batch of vectors as the rows of one matrix: (…, k) → (n, k)."""
    return x if x.ndim == 2 else x.reshape((prod(x.shape[:-1]), x.shape[-1]))


def misfit(a: Any, b: Any, name: str = "matmul") -> RuntimeError:
    """The error for matrices that cannot be multiplied: torch's sentence, and both shapes in full."""
    rule = f"; {name} got shapes {tuple(a.shape)} and {tuple(b.shape)}, and the "
    if b.ndim == 1:
        if a.ndim == 1:
            sizes = f"expected tensor [{a.size}] and src [{b.size}] to have the same number of elements"
            return RuntimeError(
                f"inconsistent tensor size, {sizes}, but got {a.size} and {b.size} elements respectively"
            )
        n = a.size // max(1, a.shape[-1])
        mat = f"size mismatch, got input ({n}), mat ({n}x{a.shape[-1]}), vec ({len(b)})"
        return RuntimeError(f"{mat}{rule}last size of the first must be the length of the second")
    n = a.size // max(1, a.shape[-1])
    if b.ndim == 2:
        mats = f"mat1 and mat2 shapes cannot be multiplied ({n}x{a.shape[-1]} and {b.shape[0]}x{b.shape[1]})"
        return RuntimeError(f"{mats}{rule}last size of the first must be the first of the second")
    if a.shape[-1] != b.shape[-2]:
        sizes = f"[{b.shape[0]}, {a.shape[-1]}] but got: [{b.shape[0]}, {b.shape[-2]}]"
        return RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {sizes}{rule}last size of the first must "
            "be the last but one of the second"
        )
    return RuntimeError(
        f"{name}: {mismatch([a.shape[:-2], b.shape[:-2]])} (the batches of {tuple(a.shape)} and {tuple(b.shape)})"
    )


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The product of matrices, vectors, or batches of matrices: Python's @.

    Args:
        input: (…, n, k), or (k) for a row that is dropped from the result.
        other: (…, k, m), or (k) for a column that is dropped from the result. Leading dimensions broadcast.
    Returns:
        (…, n, m).
    Raises:
        RuntimeError: the shapes do not fit, the types differ, or an input is 0-d.

    >>> import gradus
    >>> a = gradus.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> a @ a, gradus.matmul(a, gradus.tensor([1.0, -1.0])), (gradus.ones(5, 3, 2) @ a).shape
    (tensor([[ 7., 10.],
            [15., 22.]]), tensor([-1., -1.]), gradus.Size([5, 3, 2]))
    """
    m, n = operand(input, "matmul").ndim, operand(other, "matmul").ndim
    if m == 2 == n:
        return Mm.apply(input, other)
    if not (m and n):
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {m}D and {n}D; multiply by a number with *"
        )
    if n == 1:
        return Dot.apply(input, other) if m == 1 else Mv.apply(input, other) if m == 2 else Matmul.apply(input, other)
    return Matmul.apply(input, other)


def _dims(name: str, wanted: tuple[int, ...], *tensors: Any) -> None:
    """Refuse tensors whose numbers of dimensions are not as wanted."""
    got = tuple([operand(t, name).ndim for t in tensors])
    if got != wanted:
        kinds = ", ".join(("a number", "a 1D vector", "a 2D matrix", "a 3D batch of matrices")[n] for n in wanted)
        shapes = ", ".join(str(tuple(raw(t).shape)) for t in tensors)
        raise RuntimeError(f"{name}: expected {kinds}, but got shapes {shapes}; matmul takes any number of dimensions")


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices: (n, k), (k, m) → (n, m).

    >>> import gradus
    >>> gradus.mm(gradus.ones(2, 3), gradus.ones(3, 1))
    tensor([[3.],
            [3.]])
    """
    _dims("mm", (2, 2), input, mat2)
    return Mm.apply(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector: (n, k), (k) → (n).

    >>> import gradus
    >>> gradus.mv(gradus.tensor([[1.0, 2.0], [3.0, 4.0]]), gradus.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    _dims("mv", (2, 1), input, vec)
    return Mv.apply(input, vec)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices: (b, n, k), (b, k, m) → (b, n, m). Nothing broadcasts.

    >>> import gradus
    >>> gradus.bmm(gradus.ones(4, 2, 3), gradus.ones(4, 3, 5)).shape
    gradus.Size([4, 2, 5])
    """
    _dims("bmm", (3, 3), input, mat2)
    a, b = raw(input), raw(mat2)
    if b.shape[:2] != (a.shape[0], a.shape[2]):
        raise RuntimeError(
            "bmm: Expected size for first two dimensions of batch2 tensor to be: "
            f"[{a.shape[0]}, {a.shape[2]}] but got: [{b.shape[0]}, {b.shape[1]}]; got shapes {a.shape} and {b.shape}"
        )
    return Bmm.apply(input, mat2)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors: Σ xᵢ yᵢ.

    >>> import gradus
    >>> gradus.dot(gradus.tensor([1.0, 2.0]), gradus.tensor([3.0, 4.0]))
    tensor(11.)
    """
    m, n = operand(input, "dot").ndim, operand(tensor, "dot").ndim
    if m != 1 or n != 1:
        raise RuntimeError(f"dot: 1D tensors expected, but got {m}D and {n}D tensors; see matmul and inner")
    return Dot.apply(input, tensor)


vdot = dot


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The outer product of two vectors, xᵢ yⱼ: (n), (m) → (n, m).

    >>> import gradus
    >>> gradus.outer(gradus.tensor([1.0, 2.0]), gradus.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    _dims("outer", (1, 1), input, vec2)
    return mul(input.reshape((-1, 1)), vec2)


ger = outer


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Σ over the last dimension of both: (…₁, k), (…₂, k) → (…₁, …₂); with a 0-d tensor their product.

    >>> import gradus
    >>> gradus.inner(gradus.ones(2, 3), gradus.ones(4, 3)).shape
    gradus.Size([2, 4])
    """
    a, b = operand(input, "inner"), operand(other, "inner")
    if not (a.ndim and b.ndim):
        return mul(input, other)
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(a.shape)} and {list(b.shape)}"
        )
    rows, columns = [x.reshape((prod(x.shape[:-1]), x.shape[-1])) for x in (input, other)]
    flat = matmul(rows, columns.T)
    return flat.reshape((*a.shape[:-1], *b.shape[:-1]))


# The linear layer: most of the time of most networks goes into it, so it is one fused operation -----------------------


class Linear(Op):
    """y = x Wᵀ + b.   dx = dy W,  dW = Σ dyᵀ x,  db = Σ dy, summed over the batch.

    x: (…, in), W: (out, in), b: (out) or None → y: (…, out).
    """

    torch_name = "Addmm"

    @staticmethod
    def composed(x, weight, bias):
        y = x @ weight.T
        return y if bias is None else y + bias

    def forward(ctx, x, weight, bias):
        ctx.save(x if ctx.needs[1] else None, weight if ctx.needs[0] else None)
        ctx.shape = x.shape
        y = product(rows_of(x), weight.T)
        if bias is not None:
            if bias.dtype != y.dtype:
                raise RuntimeError(
                    f"linear: self and mat2 must have the same dtype, but got {dtypes.of(bias).name} (bias) and "
                    f"{dtypes.of(y).name}"
                )
            np.add(y, bias, out=y)  # into the fresh product: no second array
        return y if x.ndim == 2 else y.reshape((*x.shape[:-1], len(weight)))

    def backward(ctx, g):
        x, weight = ctx.saved
        rows = rows_of(g)
        dx = dw = db = None
        if ctx.needs[0]:
            dx = product(rows, weight)
            dx = dx if len(ctx.shape) == 2 else dx.reshape(ctx.shape)
        if ctx.needs[1]:
            dw = product(rows.T, rows_of(x))
        if ctx.needs[2]:
            db = column_sums(rows)
        return dx, dw, db

    @classmethod
    def explain(cls, arrays, error):
        x, weight, _ = arrays
        sentence = str(misfit(x, weight.T)).partition(";")[0]
        return RuntimeError(
            f"{sentence}; linear: input has {x.shape[-1]} features but weight expects {weight.shape[1]} "
            f"(weight is (out, in) = {weight.shape})"
        )


def column_sums(x: np.ndarray) -> np.ndarray:
    """Σ over the rows of a matrix."""
    if x.dtype.char in "fd" and x.flags.c_contiguous and len(x):
        return over_rows(x)
    return np.add.reduce(x, axis=0)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y = x Wᵀ + b.

    Args:
        input: (…, in).
        weight: (out, in), or (in) for a single output whose dimension is dropped.
        bias: (out), or none.
    Returns:
        (…, out).
    Raises:
        RuntimeError: the number of features differs, or the types do.

    >>> import gradus
    >>> w = gradus.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> linear(gradus.ones(4, 2), w, gradus.tensor([0.0, 0.0, 1.0]))[0]
    tensor([ 3.,  7., 12.])
    """
    x, w = operand(input, "linear"), operand(weight, "linear")
    if not x.ndim or not 1 <= w.ndim <= 2:
        raise RuntimeError(
            "linear: both arguments to linear need to be at least 1D and weight at most 2D, but they are "
            f"{x.ndim}D and {w.ndim}D"
        )
    if w.ndim == 1:
        if bias is not None:
            raise RuntimeError(
                "linear: mat2 must be a matrix, got 1-D tensor; a bias needs a weight of shape (out, in)"
            )
        return matmul(input, weight)
    if bias is not None and operand(bias, "linear").shape != w.shape[:1]:
        if raw(bias).ndim < 2 and raw(bias).size != 1:
            raise RuntimeError(
                f"linear: The expanded size of the tensor ({len(w)}) must match the existing size ({raw(bias).size}): "
                f"bias of shape {raw(bias).shape} does not fit weight (out, in) = {w.shape}; it must be ({len(w)},)"
            )
        return Linear.composed(input, weight, bias)
    return Linear.apply(input, weight, bias)
