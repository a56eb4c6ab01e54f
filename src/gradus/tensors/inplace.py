"""Tensor methods that change the tensor itself: the out-of-place operation, written into its own memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.base import raw, wrap
from ..core.inplace import assign
from ..core.op import cast
from ..ops import arithmetic, compare, exponential, piecewise, rounding, select, trigonometry


def in_place(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The method `name` that computes `function(self, …)` and writes the result into self.

    >>> import gradus
    >>> x = gradus.tensor([1.0, 4.0])
    >>> in_place(gradus.sqrt, "sqrt_")(x)
    tensor([1., 2.])
    >>> x
    tensor([1., 2.])
    """

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return assign(self, function(self, *args, **kwargs), name)

    method.__name__ = name
    method.__doc__ = f"`{function.__name__}`, written into this tensor's own memory; returns it."
    return method


def assign_value(t: Any, value: Any, name: str) -> Any:
    """Write `value` (a tensor that broadcasts to t's shape, of any dtype) into `t`."""
    value = cast(value, t.dtype)
    if value.array.shape != t.array.shape:
        value = value.expand(t.array.shape)
    return assign(t, value, name)


class InPlaceMethods:
    """add_, mul_, copy_ and their like."""

    add_ = __iadd__ = in_place(arithmetic.add, "add_")
    sub_ = subtract_ = __isub__ = in_place(arithmetic.sub, "sub_")
    mul_ = multiply_ = __imul__ = in_place(arithmetic.mul, "mul_")
    div_ = divide_ = __itruediv__ = in_place(arithmetic.div, "div_")
    floor_divide_ = __ifloordiv__ = in_place(arithmetic.floor_divide, "floor_divide_")
    remainder_ = __imod__ = in_place(arithmetic.remainder, "remainder_")
    fmod_ = in_place(arithmetic.fmod, "fmod_")
    pow_ = __ipow__ = in_place(arithmetic.pow, "pow_")
    neg_ = in_place(arithmetic.neg, "neg_")
    square_ = in_place(arithmetic.square, "square_")
    addcmul_ = in_place(arithmetic.addcmul, "addcmul_")
    addcdiv_ = in_place(arithmetic.addcdiv, "addcdiv_")
    lerp_ = in_place(arithmetic.lerp, "lerp_")

    exp_ = in_place(exponential.exp, "exp_")
    exp2_ = in_place(exponential.exp2, "exp2_")
    expm1_ = in_place(exponential.expm1, "expm1_")
    log_ = in_place(exponential.log, "log_")
    log2_ = in_place(exponential.log2, "log2_")
    log10_ = in_place(exponential.log10, "log10_")
    log1p_ = in_place(exponential.log1p, "log1p_")
    sqrt_ = in_place(exponential.sqrt, "sqrt_")
    rsqrt_ = in_place(exponential.rsqrt, "rsqrt_")
    sigmoid_ = in_place(exponential.sigmoid, "sigmoid_")
    erf_ = in_place(exponential.erf, "erf_")
    erfc_ = in_place(exponential.erfc, "erfc_")
    erfinv_ = in_place(exponential.erfinv, "erfinv_")
    logit_ = in_place(exponential.logit, "logit_")
    xlogy_ = in_place(exponential.xlogy, "xlogy_")

    sin_ = in_place(trigonometry.sin, "sin_")
    cos_ = in_place(trigonometry.cos, "cos_")
    tan_ = in_place(trigonometry.tan, "tan_")
    asin_ = in_place(trigonometry.asin, "asin_")
    acos_ = in_place(trigonometry.acos, "acos_")
    atan_ = in_place(trigonometry.atan, "atan_")
    sinh_ = in_place(trigonometry.sinh, "sinh_")
    cosh_ = in_place(trigonometry.cosh, "cosh_")
    tanh_ = in_place(trigonometry.tanh, "tanh_")
    asinh_ = in_place(trigonometry.asinh, "asinh_")
    acosh_ = in_place(trigonometry.acosh, "acosh_")
    atanh_ = in_place(trigonometry.atanh, "atanh_")
    atan2_ = in_place(trigonometry.atan2, "atan2_")
    hypot_ = in_place(trigonometry.hypot, "hypot_")
    sinc_ = in_place(trigonometry.sinc, "sinc_")
    deg2rad_ = in_place(trigonometry.deg2rad, "deg2rad_")
    rad2deg_ = in_place(trigonometry.rad2deg, "rad2deg_")

    abs_ = in_place(rounding.abs, "abs_")
    sign_ = in_place(rounding.sign, "sign_")
    floor_ = in_place(rounding.floor, "floor_")
    ceil_ = in_place(rounding.ceil, "ceil_")
    trunc_ = in_place(rounding.trunc, "trunc_")
    frac_ = in_place(rounding.frac, "frac_")
    round_ = in_place(rounding.round, "round_")
    nan_to_num_ = in_place(rounding.nan_to_num, "nan_to_num_")

    eq_ = in_place(compare.eq, "eq_")
    ne_ = in_place(compare.ne, "ne_")
    lt_ = in_place(compare.lt, "lt_")
    le_ = in_place(compare.le, "le_")
    gt_ = in_place(compare.gt, "gt_")
    ge_ = in_place(compare.ge, "ge_")
    logical_and_ = in_place(compare.logical_and, "logical_and_")
    logical_or_ = in_place(compare.logical_or, "logical_or_")
    logical_xor_ = in_place(compare.logical_xor, "logical_xor_")
    bitwise_and_ = __iand__ = in_place(compare.bitwise_and, "bitwise_and_")
    bitwise_or_ = __ior__ = in_place(compare.bitwise_or, "bitwise_or_")
    bitwise_xor_ = __ixor__ = in_place(compare.bitwise_xor, "bitwise_xor_")
    bitwise_not_ = in_place(compare.bitwise_not, "bitwise_not_")

    clamp_ = clip_ = in_place(select.clamp, "clamp_")
    clamp_min_ = in_place(select.clamp_min, "clamp_min_")
    clamp_max_ = in_place(select.clamp_max, "clamp_max_")
    copysign_ = in_place(select.copysign, "copysign_")

    relu_ = in_place(piecewise.relu, "relu_")

    def copy_(self, src: Any, non_blocking: bool = False) -> Any:
        """Copy the numbers of `src` (broadcast, and cast to this dtype) into this tensor.

        >>> import gradus
        >>> gradus.zeros(2, 2).copy_(gradus.tensor([1, 2]))
        tensor([[1., 2.],
                [1., 2.]])
        """
        return assign_value(self, src if hasattr(src, "array") else wrap(raw(src)), "copy_")
