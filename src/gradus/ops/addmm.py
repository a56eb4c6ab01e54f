"""β · input + α · a product of matrices or vectors: BLAS's gemm and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core import dtype as dtypes
from ..core.base import raw
from ..core.op import Op
from .matmul import bmm, mm, mv, outer
from .reduce import operand

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["addbmm", "addmm", "addmv", "addr", "baddbmm"]


class ScaledSum(Op):
    """z = β x + α y.   dx = β dz,  dy = α dz.   x broadcasts to y's shape, which z has; with β = 0 it is not read."""

    torch_name = "Addmm"
    promotes = True

    def forward(ctx, x, y, beta, alpha):
        ctx.beta, ctx.alpha = beta, alpha
        z = y if alpha == 1 else y * alpha
        return z.copy() if beta == 0 else z + (x if beta == 1 else x * beta)

    def backward(ctx, g):
        return g * ctx.beta, g * ctx.alpha


def _plus(name: str, input: Any, product: Any, beta: float, alpha: float) -> Any:
    """beta · input + alpha · product, where the input may broadcast and has the product's type."""
    x, y = operand(input, name), raw(product)
    if x.ndim > y.ndim or any(n not in (1, m) for n, m in zip(x.shape[::-1], y.shape[::-1], strict=False)):
        raise RuntimeError(
            f"{name}: the input of shape {x.shape} does not expand to the shape {y.shape} of the product"
        )
    if x.dtype != y.dtype:
        kinds = f"{dtypes.of(x).name} and {dtypes.of(y).name}"
        raise RuntimeError(f"{name}: self and mat2 must have the same dtype, but got {kinds}")
    if y.dtype.kind != "f":
        beta, alpha = int(beta), int(alpha)
    return ScaledSum.apply(input, product, beta=beta, alpha=alpha)


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β · input + α · mat1 mat2: (n, m) or what broadcasts to it, (n, k), (k, m) → (n, m).

    >>> import gradus
    >>> gradus.addmm(gradus.tensor([1.0, 2.0]), gradus.ones(2, 3), gradus.ones(3, 2), alpha=10)
    tensor([[31., 32.],
            [31., 32.]])
    """
    return _plus("addmm", input, mm(mat1, mat2), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β · input + α · mat vec: (n) or what broadcasts to it, (n, k), (k) → (n).

    >>> import gradus
    >>> gradus.addmv(gradus.ones(2), gradus.ones(2, 3), gradus.ones(3))
    tensor([4., 4.])
    """
    return _plus("addmv", input, mv(mat, vec), beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β · input + α · vec1 vec2ᵀ: (n, m) or what broadcasts to it, (n), (m) → (n, m).

    >>> import gradus
    >>> gradus.addr(gradus.zeros(2, 2), gradus.tensor([1.0, 2.0]), gradus.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    return _plus("addr", input, outer(vec1, vec2), beta, alpha)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β · input + α · batch1 batch2: (b, n, m) or what broadcasts to it, (b, n, k), (b, k, m) → (b, n, m).

    >>> import gradus
    >>> gradus.baddbmm(gradus.zeros(1), gradus.ones(4, 2, 3), gradus.ones(4, 3, 5)).shape
    gradus.Size([4, 2, 5])
    """
    return _plus("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β · input + α · Σ of batch1 batch2 over the batch: (n, m) or what broadcasts, (b, n, k), (b, k, m) → (n, m).

    >>> import gradus
    >>> gradus.addbmm(gradus.zeros(1), gradus.ones(4, 2, 3), gradus.ones(4, 3, 1))
    tensor([[12.],
            [12.]])
    """
    return _plus("addbmm", input, bmm(batch1, batch2).sum(0), beta, alpha)
