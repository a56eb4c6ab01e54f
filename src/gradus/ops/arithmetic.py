"""Arithmetic: sums, products, quotients, powers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import TensorBase, raw
from ..core.dtype import float64
from ..core.op import Op, cast, nothing

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "add",
    "addcdiv",
    "addcmul",
    "div",
    "divide",
    "float_power",
    "floor_divide",
    "fmod",
    "lerp",
    "mul",
    "multiply",
    "neg",
    "negative",
    "pow",
    "reciprocal",
    "remainder",
    "rsub",
    "square",
    "sub",
    "subtract",
    "true_divide",
]


class Add(Op):
    """z = x + y.   dx = dz,  dy = dz.   x, y: any shapes that broadcast → z: the broadcast shape."""

    promotes = True

    def forward(ctx, x, y):
        return np.add(x, y)

    def backward(ctx, g):
        return g, g


class Sub(Op):
    """z = x − y.   dx = dz,  dy = −dz."""

    promotes = True

    def forward(ctx, x, y):
        return np.subtract(x, y)

    def backward(ctx, g):
        return g, -g if ctx.needs[1] else None


class Mul(Op):
    """z = x · y.   dx = dz · y,  dy = dz · x."""

    promotes = True

    def forward(ctx, x, y):
        ctx.save(x if ctx.needs[1] else None, y if ctx.needs[0] else None)
        return np.multiply(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g * y if ctx.needs[0] else None, g * x if ctx.needs[1] else None


class Div(Op):
    """z = x / y.   dx = dz / y,  dy = −dz · x / y²."""

    promotes = floats = True

    def forward(ctx, x, y):
        ctx.save(x if ctx.needs[1] else None, y)
        return np.true_divide(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g / y if ctx.needs[0] else None, -g * (x / y) / y if ctx.needs[1] else None


class Neg(Op):
    """y = −x.   dx = −dy."""

    def forward(ctx, x):
        if x.dtype == bool:
            raise RuntimeError("neg: negation of a bool tensor is not supported; use ~ or logical_not()")
        return np.negative(x)

    def backward(ctx, g):
        return -g


class Square(Op):
    """y = x².   dx = 2x · dy."""

    torch_name = "Pow"

    def forward(ctx, x):
        ctx.save(x)
        return np.square(x, dtype=np.int64 if x.dtype.kind == "b" else None)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * (2 * x)


class Pow(Op):
    """z = xʸ.   dx = dz · y · xʸ⁻¹ (0 where y = 0),  dy = dz · xʸ · ln x (0 where x = 0 and y ≥ 0)."""

    promotes = True

    def forward(ctx, x, y):
        kinds = {np.asarray(v).dtype.kind for v in (x, y)}
        if "f" not in kinds and np.any(np.asarray(y) < 0):
            raise RuntimeError("pow: Integers to negative integer powers are not allowed; make the base floating")
        z = np.power(x, y) if kinds != {"b"} else np.greater_equal(x, y)  # 0⁰ = 0¹ + 1: true unless 0¹
        ctx.save(x, y, z)
        return z

    def backward(ctx, g):
        x, y, z = ctx.saved
        return ctx.to_base(g, x, y) if ctx.needs[0] else None, ctx.to_exponent(g, x, y, z) if ctx.needs[1] else None

    def to_base(ctx, g, x, y):
        if not isinstance(y, (np.ndarray, np.generic, TensorBase)):  # a Python number
            return nothing(g) if y == 0 else g * (y * x ** (y - 1))
        zero = raw(y) == 0
        return _choose(zero, 0.0, g * (y * Pow.apply(x, _choose(zero, 1.0, y) - 1)))

    def to_exponent(ctx, g, x, y, z):
        from .exponential import log

        base = raw(x)
        flat = (base == 0) & (raw(y) >= 0)
        if not isinstance(x, (np.ndarray, np.generic, TensorBase)):
            return _choose(flat, 0.0, g * z * float(np.log(base)))
        return _choose(flat, 0.0, g * z * log(_choose(flat, 1.0, x)))


def _choose(condition: Any, value: Any, other: Any) -> Any:
    """`value` where the condition holds, else `other`."""
    from .select import where

    return where(condition, value, other)


class FloorDivide(Op):
    """z = ⌊x / y⌋.   No gradient: it is constant between jumps."""

    promotes = True
    differentiable = False

    def forward(ctx, x, y):
        _refuse_integer_zero("floor_divide", x, y)
        return np.floor_divide(x, y)


class TruncDivide(Op):
    """z = x / y rounded toward zero.   dx = 0,  dy = 0."""

    promotes = True

    def forward(ctx, x, y):
        _refuse_integer_zero("div", x, y)
        return np.trunc(np.true_divide(x, y)).astype(np.result_type(x, y), copy=False)

    def backward(ctx, g):
        return nothing(g), nothing(g)


class FloorDiv(Op):
    """z = ⌊x / y⌋ as `div(rounding_mode="floor")` gives it.   dx = 0,  dy = 0."""

    promotes = True

    def forward(ctx, x, y):
        _refuse_integer_zero("div", x, y)
        return np.floor_divide(x, y)

    def backward(ctx, g):
        return nothing(g), nothing(g)


class Remainder(Op):
    """z = x − y·⌊x / y⌋: the sign of the divisor, as Python's %.   dx = dz,  dy = −dz · ⌊x / y⌋."""

    promotes = True

    def forward(ctx, x, y):
        _refuse_integer_zero("remainder", x, y)
        ctx.save(x, y)
        return np.remainder(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g, -g * np.floor_divide(raw(x), raw(y)) if ctx.needs[1] else None


class Fmod(Op):
    """z = x − y·trunc(x / y): the sign of the dividend, as C's fmod.   dx = dz,  dy = −dz · trunc(x / y)."""

    promotes = True

    def forward(ctx, x, y):
        _refuse_integer_zero("fmod", x, y)
        ctx.save(x, y)
        return np.fmod(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g, -g * np.trunc(raw(x) / raw(y)) if ctx.needs[1] else None


def _refuse_integer_zero(name: str, x: Any, y: Any) -> None:
    """Integers have no infinity to answer a division by zero with."""
    kinds = {np.asarray(v).dtype.kind for v in (x, y)}
    if not kinds & {"f"} and np.any(np.asarray(y) == 0):
        raise ZeroDivisionError(f"{name}: an integer tensor was divided by 0; make it floating to get inf or nan")


def add(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input + alpha · other, element by element.

    Args:
        input, other: tensors or numbers whose shapes broadcast.
        alpha: a number that multiplies `other`.
    Raises:
        RuntimeError: the shapes do not broadcast.

    >>> import gradus
    >>> gradus.add(gradus.tensor([1.0, 2.0]), 3, alpha=2)
    tensor([7., 8.])
    """
    return Add.apply(input, other if alpha == 1 else _times(other, alpha))


def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input − alpha · other, element by element.

    Raises:
        RuntimeError: the shapes do not broadcast, or one of them is bool.

    >>> import gradus
    >>> gradus.sub(gradus.tensor([5, 7]), 2)
    tensor([3, 5])
    """
    if _is_bool(input) or _is_bool(other):
        raise RuntimeError(
            "sub: Subtraction with a bool tensor is not supported; use ^ for what differs between two masks, "
            "~ to invert one, or .int() to count with it"
        )
    return Sub.apply(input, other if alpha == 1 else _times(other, alpha))


def rsub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """other − alpha · input.

    >>> import gradus
    >>> gradus.rsub(gradus.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    return sub(other, input, alpha=alpha)


def _is_bool(x: Any) -> bool:
    return x.array.dtype == np.bool_ if isinstance(x, TensorBase) else isinstance(x, bool)


def _times(other: Any, alpha: float) -> Any:
    return other * alpha if isinstance(other, (int, float)) else Mul.apply(other, alpha)


def mul(input: Any, other: Any) -> Tensor:
    """input · other, element by element.

    >>> import gradus
    >>> gradus.mul(gradus.tensor([1.0, 2.0]), gradus.tensor([[3.0], [4.0]]))
    tensor([[3., 6.],
            [4., 8.]])
    """
    return Mul.apply(input, other)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other, element by element; integers give the default float unless rounded.

    Args:
        rounding_mode: None, "trunc" (toward zero) or "floor" (downward).

    >>> import gradus
    >>> gradus.div(gradus.tensor([7, -7]), 2), gradus.div(gradus.tensor([7, -7]), 2, rounding_mode="trunc")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -3]))
    """
    if rounding_mode is None:
        return Div.apply(input, other)
    ops = {"trunc": TruncDivide, "floor": FloorDiv}
    if rounding_mode not in ops:
        raise RuntimeError(
            f"div: expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}"
        )
    return ops[rounding_mode].apply(input, other)


def floor_divide(input: Any, other: Any) -> Tensor:
    """⌊input / other⌋, element by element: Python's //. It has no gradient.

    Raises:
        ZeroDivisionError: integers divided by 0.

    >>> import gradus
    >>> gradus.tensor([7, -7]) // 2
    tensor([ 3, -4])
    """
    return FloorDivide.apply(input, other)


def remainder(input: Any, other: Any) -> Tensor:
    """input − other·⌊input / other⌋: Python's %, with the divisor's sign.

    >>> import gradus
    >>> gradus.remainder(gradus.tensor([-3.0, 3.0]), 2)
    tensor([1., 1.])
    """
    return Remainder.apply(input, other)


def fmod(input: Any, other: Any) -> Tensor:
    """The remainder with the dividend's sign, as in C.

    >>> import gradus
    >>> gradus.fmod(gradus.tensor([-3.0, 3.0]), 2)
    tensor([-1.,  1.])
    """
    return Fmod.apply(input, other)


def neg(input: Tensor) -> Tensor:
    """−input.

    >>> import gradus
    >>> -gradus.tensor([1.0, -2.0])
    tensor([-1.,  2.])
    """
    return Neg.apply(input)


def square(input: Tensor) -> Tensor:
    """input².

    >>> import gradus
    >>> gradus.square(gradus.tensor([3.0, -2.0]))
    tensor([9., 4.])
    """
    return Square.apply(input)


def pow(input: Any, exponent: Any) -> Tensor:
    """input to the power of exponent, element by element; 0⁰ = 1.

    Raises:
        RuntimeError: integers to a negative integer power.

    >>> import gradus
    >>> gradus.pow(gradus.tensor([2.0, 3.0]), 3), 2 ** gradus.arange(4)
    (tensor([ 8., 27.]), tensor([1, 2, 4, 8]))
    """
    squared = type(exponent) in (int, float) and exponent == 2
    if squared and isinstance(input, TensorBase) and input.array.dtype.kind == "f":
        return Square.apply(input)
    if type(exponent) is int and exponent < 0 and isinstance(input, TensorBase) and input.array.dtype.kind == "u":
        raise RuntimeError("pow: Integers to negative integer powers are not allowed; make the base floating")
    return Pow.apply(input, exponent)


def float_power(input: Any, exponent: Any) -> Tensor:
    """input to the power of exponent, computed in float64.

    >>> import gradus
    >>> gradus.float_power(gradus.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=gradus.float64)
    """
    return Pow.apply(*[cast(v, float64) if isinstance(v, TensorBase) else v for v in (input, exponent)])


def reciprocal(input: Tensor) -> Tensor:
    """1 / input.

    >>> import gradus
    >>> gradus.reciprocal(gradus.tensor([2.0, 4.0]))
    tensor([0.5000, 0.2500])
    """
    return Div.apply(1.0, input)


def addcmul(input: Tensor, tensor1: Any, tensor2: Any, *, value: float = 1) -> Tensor:
    """input + value · tensor1 · tensor2.

    >>> import gradus
    >>> gradus.addcmul(gradus.ones(2), gradus.tensor([1.0, 2.0]), gradus.tensor([3.0, 4.0]), value=0.5)
    tensor([2.5000, 5.0000])
    """
    return add(input, Mul.apply(tensor1, tensor2), alpha=value)


def addcdiv(input: Tensor, tensor1: Any, tensor2: Any, *, value: float = 1) -> Tensor:
    """input + value · tensor1 / tensor2.

    >>> import gradus
    >>> gradus.addcdiv(gradus.ones(2), gradus.tensor([1.0, 2.0]), gradus.tensor([4.0, 4.0]))
    tensor([1.2500, 1.5000])
    """
    return Add.apply(input, Div.apply(tensor1 if value == 1 else _times(tensor1, value), tensor2))


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight · (end − input): the point a fraction `weight` of the way to `end`.

    >>> import gradus
    >>> gradus.lerp(gradus.tensor([0.0, 10.0]), gradus.tensor([10.0, 20.0]), 0.5)
    tensor([ 5., 15.])
    """
    if raw(input).dtype.kind != "f":
        raise NotImplementedError(f"lerp: not implemented for {raw(input).dtype.name}; convert the input with .float()")
    near = np.abs(raw(weight)) < 0.5  # counted from the nearer end, so that weight 1 gives `end` to the last digit
    if near.ndim:
        start, part = _choose(near, input, end), _choose(near, weight, weight - 1)
    else:
        start, part = (input, weight) if near else (end, weight - 1)
    return Add.apply(start, Mul.apply(part, Sub.apply(end, input)))


multiply = mul
divide = true_divide = div
subtract = sub
negative = neg
