"""Tensor methods that act on each element: maths, rounding, comparison, choice, activation."""

from __future__ import annotations

from typing import Any

from ..ops import compare, exponential, piecewise, rounding, select, softmax, trigonometry


class ElementwiseMethods:
    """exp, log, sin, abs, round, ==, <, clamp, where, sigmoid and their like."""

    exp, exp2, expm1 = exponential.exp, exponential.exp2, exponential.expm1
    log, log2, log10, log1p = exponential.log, exponential.log2, exponential.log10, exponential.log1p
    sqrt, rsqrt, sigmoid = exponential.sqrt, exponential.rsqrt, exponential.sigmoid
    erf, erfc, erfinv = exponential.erf, exponential.erfc, exponential.erfinv
    logaddexp, logaddexp2 = exponential.logaddexp, exponential.logaddexp2
    xlogy, logit = exponential.xlogy, exponential.logit

    sin, cos, tan = trigonometry.sin, trigonometry.cos, trigonometry.tan
    asin = arcsin = trigonometry.asin
    acos = arccos = trigonometry.acos
    atan = arctan = trigonometry.atan
    sinh, cosh, tanh = trigonometry.sinh, trigonometry.cosh, trigonometry.tanh
    asinh, acosh, atanh = trigonometry.asinh, trigonometry.acosh, trigonometry.atanh
    atan2 = arctan2 = trigonometry.atan2
    hypot, sinc = trigonometry.hypot, trigonometry.sinc
    deg2rad, rad2deg = trigonometry.deg2rad, trigonometry.rad2deg

    abs = absolute = __abs__ = rounding.abs
    sign = sgn = rounding.sign
    floor, ceil, frac, round = rounding.floor, rounding.ceil, rounding.frac, rounding.round
    trunc = fix = rounding.trunc
    nan_to_num, signbit = rounding.nan_to_num, rounding.signbit

    eq = __eq__ = compare.eq
    ne = not_equal = __ne__ = compare.ne
    lt = less = __lt__ = compare.lt
    le = less_equal = __le__ = compare.le
    gt = greater = __gt__ = compare.gt
    ge = greater_equal = __ge__ = compare.ge
    logical_and, logical_or = compare.logical_and, compare.logical_or
    logical_xor, logical_not = compare.logical_xor, compare.logical_not
    bitwise_and = __and__ = __rand__ = compare.bitwise_and
    bitwise_or = __or__ = __ror__ = compare.bitwise_or
    bitwise_xor = __xor__ = __rxor__ = compare.bitwise_xor
    bitwise_not = __invert__ = compare.bitwise_not
    bitwise_left_shift = __lshift__ = compare.bitwise_left_shift
    bitwise_right_shift = __rshift__ = compare.bitwise_right_shift
    isnan, isinf, isfinite = compare.isnan, compare.isinf, compare.isfinite
    isposinf, isneginf, isreal = compare.isposinf, compare.isneginf, compare.isreal
    isclose, allclose, equal = compare.isclose, compare.allclose, compare.equal

    maximum, minimum = select.maximum, select.minimum
    fmax, fmin = select.fmax, select.fmin
    clamp = clip = select.clamp
    clamp_min, clamp_max = select.clamp_min, select.clamp_max
    copysign, heaviside = select.copysign, select.heaviside

    relu = piecewise.relu
    softmax, log_softmax = softmax.softmax, softmax.log_softmax

    def where(self, condition: Any, other: Any) -> Any:
        """This tensor where the condition holds, `other` elsewhere.

        >>> import gradus
        >>> x = gradus.tensor([-1.0, 2.0])
        >>> x.where(x > 0, 0.0)
        tensor([0., 2.])
        """
        return select.where(condition, self, other)

    def __pos__(self) -> Any:
        return self

    __hash__ = object.__hash__  # a class that defines == must say that it is still hashed by identity
