"""Comparisons and logic: answers are bool tensors without gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import TensorBase, raw, wrap
from ..core.op import Op

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "allclose",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "le",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "not_equal",
]


class _Comparison(Op):
    """A NumPy ufunc of two operands that is constant between jumps, so without a derivative."""

    promotes = True
    differentiable = False
    ufunc: Callable[..., Any]

    def forward(ctx, x, y):
        return type(ctx).ufunc(x, y)


class Eq(_Comparison):
    """z = (x = y)."""

    ufunc = np.equal


class Ne(_Comparison):
    """z = (x ≠ y)."""

    ufunc = np.not_equal


class Lt(_Comparison):
    """z = (x < y)."""

    ufunc = np.less


class Le(_Comparison):
    """z = (x ≤ y)."""

    ufunc = np.less_equal


class Gt(_Comparison):
    """z = (x > y)."""

    ufunc = np.greater


class Ge(_Comparison):
    """z = (x ≥ y)."""

    ufunc = np.greater_equal


class LogicalAnd(_Comparison):
    """z = x ≠ 0 and y ≠ 0."""

    ufunc = np.logical_and


class LogicalOr(_Comparison):
    """z = x ≠ 0 or y ≠ 0."""

    ufunc = np.logical_or


class LogicalXor(_Comparison):
    """z = exactly one of x, y is not 0."""

    ufunc = np.logical_xor


class BitwiseAnd(_Comparison):
    """z = the bits that x and y share."""

    ufunc = np.bitwise_and


class BitwiseOr(_Comparison):
    """z = the bits of either."""

    ufunc = np.bitwise_or


class BitwiseXor(_Comparison):
    """z = the bits of exactly one."""

    ufunc = np.bitwise_xor


class LeftShift(_Comparison):
    """z = x · 2ʸ."""

    ufunc = np.left_shift


class RightShift(_Comparison):
    """z = ⌊x / 2ʸ⌋."""

    ufunc = np.right_shift


def _comparable(other: Any) -> bool:
    """Whether an operand of ==, which may be anything, is numbers; None and strings equal no number."""
    return isinstance(other, (TensorBase, int, float, np.ndarray, np.generic))


def eq(input: Tensor, other: Any) -> Tensor:
    """input = other, element by element.

    >>> import gradus
    >>> gradus.eq(gradus.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return Eq.apply(input, other) if _comparable(other) else NotImplemented


def ne(input: Tensor, other: Any) -> Tensor:
    """input ≠ other, element by element.

    >>> import gradus
    >>> gradus.ne(gradus.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return Ne.apply(input, other) if _comparable(other) else NotImplemented


def lt(input: Tensor, other: Any) -> Tensor:
    """input < other, element by element.

    >>> import gradus
    >>> gradus.tensor([1, 2]) < 2
    tensor([ True, False])
    """
    return Lt.apply(input, other)


def le(input: Tensor, other: Any) -> Tensor:
    """input ≤ other, element by element.

    >>> import gradus
    >>> gradus.tensor([1, 2]) <= 1
    tensor([ True, False])
    """
    return Le.apply(input, other)


def gt(input: Tensor, other: Any) -> Tensor:
    """input > other, element by element.

    >>> import gradus
    >>> gradus.tensor([1, 2]) > 1
    tensor([False,  True])
    """
    return Gt.apply(input, other)


def ge(input: Tensor, other: Any) -> Tensor:
    """input ≥ other, element by element.

    >>> import gradus
    >>> gradus.tensor([1, 2]) >= 2
    tensor([False,  True])
    """
    return Ge.apply(input, other)


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both are other than 0.

    >>> import gradus
    >>> gradus.logical_and(gradus.tensor([0, 2]), gradus.tensor([1, 1]))
    tensor([False,  True])
    """
    return LogicalAnd.apply(input, other)


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether either is other than 0.

    >>> import gradus
    >>> gradus.logical_or(gradus.tensor([0, 2]), gradus.tensor([0, 0]))
    tensor([False,  True])
    """
    return LogicalOr.apply(input, other)


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether exactly one is other than 0.

    >>> import gradus
    >>> gradus.logical_xor(gradus.tensor([0, 2]), gradus.tensor([1, 1]))
    tensor([ True, False])
    """
    return LogicalXor.apply(input, other)


def logical_not(input: Tensor) -> Tensor:
    """Whether each element is 0.

    >>> import gradus
    >>> gradus.logical_not(gradus.tensor([0, 2]))
    tensor([ True, False])
    """
    return wrap(np.logical_not(input.array))


def _integers(name: str, *operands: Any) -> None:
    for x in operands:
        if np.asarray(raw(x)).dtype.kind == "f":
            raise RuntimeError(
                f"{name}: expected integer or bool operands, got a floating one; bits of floats are not defined"
            )


def bitwise_and(input: Any, other: Any) -> Tensor:
    """The bits that both have; for bools, both.

    >>> import gradus
    >>> gradus.tensor([6, 3]) & 2
    tensor([2, 2])
    """
    _integers("bitwise_and", input, other)
    return BitwiseAnd.apply(input, other)


def bitwise_or(input: Any, other: Any) -> Tensor:
    """The bits of either; for bools, either.

    >>> import gradus
    >>> gradus.tensor([True, False]) | gradus.tensor([False, False])
    tensor([ True, False])
    """
    _integers("bitwise_or", input, other)
    return BitwiseOr.apply(input, other)


def bitwise_xor(input: Any, other: Any) -> Tensor:
    """The bits of exactly one.

    >>> import gradus
    >>> gradus.tensor([6, 3]) ^ 2
    tensor([4, 1])
    """
    _integers("bitwise_xor", input, other)
    return BitwiseXor.apply(input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """Every bit flipped; for bools, not.

    >>> import gradus
    >>> ~gradus.tensor([True, False])
    tensor([False,  True])
    """
    _integers("bitwise_not", input)
    return wrap(np.bitwise_not(input.array))


def bitwise_left_shift(input: Any, other: Any) -> Tensor:
    """input · 2^other, on integers.

    >>> import gradus
    >>> gradus.tensor([1, 3]) << 2
    tensor([ 4, 12])
    """
    _integers("bitwise_left_shift", input, other)
    return LeftShift.apply(input, other)


def bitwise_right_shift(input: Any, other: Any) -> Tensor:
    """⌊input / 2^other⌋, on integers.

    >>> import gradus
    >>> gradus.tensor([8, 12]) >> 2
    tensor([2, 3])
    """
    _integers("bitwise_right_shift", input, other)
    return RightShift.apply(input, other)


def isnan(input: Tensor) -> Tensor:
    """Whether each element is nan.

    >>> import gradus
    >>> gradus.isnan(gradus.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return wrap(np.isnan(input.array))


def isinf(input: Tensor) -> Tensor:
    """Whether each element is inf or −inf.

    >>> import gradus
    >>> gradus.isinf(gradus.tensor([1.0, float("inf")]))
    tensor([False,  True])
    """
    return wrap(np.isinf(input.array))


def isfinite(input: Tensor) -> Tensor:
    """Whether each element is neither nan nor infinite.

    >>> import gradus
    >>> gradus.isfinite(gradus.tensor([1.0, float("inf")]))
    tensor([ True, False])
    """
    return wrap(np.isfinite(input.array))


def isposinf(input: Tensor) -> Tensor:
    """Whether each element is +inf.

    >>> import gradus
    >>> gradus.isposinf(gradus.tensor([float("-inf"), float("inf")]))
    tensor([False,  True])
    """
    return wrap(input.array == np.inf)


def isneginf(input: Tensor) -> Tensor:
    """Whether each element is −inf.

    >>> import gradus
    >>> gradus.isneginf(gradus.tensor([float("-inf"), float("inf")]))
    tensor([ True, False])
    """
    return wrap(input.array == -np.inf)


def isreal(input: Tensor) -> Tensor:
    """True everywhere: gradus has no complex numbers.

    >>> import gradus
    >>> gradus.isreal(gradus.tensor([1.0]))
    tensor([True])
    """
    return wrap(np.ones(input.array.shape, bool))


def _same_dtype(name: str, input: Any, other: Any) -> None:
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"{name}: expected both of one dtype, got {input.dtype.name} and {other.dtype.name}")


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether |input − other| ≤ atol + rtol · |other|, element by element; infinities are close to themselves only.

    Raises:
        RuntimeError: the dtypes differ.

    >>> import gradus
    >>> gradus.isclose(gradus.tensor([1.0, 2.0]), gradus.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    _same_dtype("isclose", input, other)
    with np.errstate(all="ignore"):
        return wrap(np.isclose(input.array, other.array, rtol, atol, equal_nan))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for every element.

    >>> import gradus
    >>> gradus.allclose(gradus.tensor([1.0]), gradus.tensor([1.0 + 1e-6]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have one shape and equal elements.

    >>> import gradus
    >>> gradus.equal(gradus.tensor([1, 2]), gradus.tensor([1, 2]))
    True
    """
    return input.array.shape == other.array.shape and bool((input.array == other.array).all())


greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne
