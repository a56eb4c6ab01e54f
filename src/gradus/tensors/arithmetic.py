"""Tensor methods of arithmetic: Python's operators, and their named forms."""

from __future__ import annotations

from typing import Any

from ..ops import arithmetic


class ArithmeticMethods:
    """+ − * / // % ** and their named forms."""

    add = __add__ = __radd__ = arithmetic.add
    sub = subtract = __sub__ = arithmetic.sub
    __rsub__ = arithmetic.rsub
    mul = multiply = __mul__ = __rmul__ = arithmetic.mul
    div = divide = true_divide = __truediv__ = arithmetic.div
    floor_divide = __floordiv__ = arithmetic.floor_divide
    remainder = __mod__ = arithmetic.remainder
    fmod = arithmetic.fmod
    neg = negative = __neg__ = arithmetic.neg
    square = arithmetic.square
    pow = __pow__ = arithmetic.pow
    float_power = arithmetic.float_power
    reciprocal = arithmetic.reciprocal
    addcmul, addcdiv, lerp = arithmetic.addcmul, arithmetic.addcdiv, arithmetic.lerp

    def __rtruediv__(self, other: Any) -> Any:
        return arithmetic.div(other, self)

    def __rfloordiv__(self, other: Any) -> Any:
        return arithmetic.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Any:
        return arithmetic.remainder(other, self)

    def __rpow__(self, other: Any) -> Any:
        return arithmetic.pow(other, self)
