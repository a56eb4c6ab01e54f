"""Exponentials, logarithms, roots, and the functions made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import raw
from ..core.op import Op
from ..kernels import special
from .select import Where

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "logit",
    "rsqrt",
    "sigmoid",
    "sqrt",
    "xlogy",
]

LN2, LN10 = 0.6931471805599453, 2.302585092994046
TWO_OVER_SQRT_PI = 1.1283791670955126  # 2/√π


class Exp(Op):
    """y = eˣ.   dx = dy · y."""

    floats = True

    def forward(ctx, x):
        y = np.exp(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * y


class Exp2(Op):
    """y = 2ˣ.   dx = dy · y · ln 2."""

    floats = True

    def forward(ctx, x):
        y = np.exp2(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * (y * LN2)


class Expm1(Op):
    """y = eˣ − 1, exact near 0.   dx = dy · (y + 1)."""

    floats = True

    def forward(ctx, x):
        y = np.expm1(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * (y + 1)


class Log(Op):
    """y = ln x.   dx = dy / x."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.log(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / x


class Log2(Op):
    """y = log₂ x.   dx = dy / (x ln 2)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.log2(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / (x * LN2)


class Log10(Op):
    """y = log₁₀ x.   dx = dy / (x ln 10)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.log10(x, dtype=np.float64).astype(x.dtype)  # NumPy's own float32 form gives 2.0000002 for 100

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / (x * LN10)


class Log1p(Op):
    """y = ln(1 + x), exact near 0.   dx = dy / (1 + x)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.log1p(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / (x + 1)


class Sqrt(Op):
    """y = √x.   dx = dy / 2y (inf at 0)."""

    floats = True

    def forward(ctx, x):
        y = np.sqrt(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g / (2 * y)


class Rsqrt(Op):
    """y = 1/√x.   dx = −½ dy · y³."""

    floats = True

    def forward(ctx, x):
        y = 1 / np.sqrt(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * (-0.5 * (y * y * y))


class Sigmoid(Op):
    """y = 1 / (1 + e⁻ˣ).   dx = dy · y · (1 − y)."""

    floats = True

    def forward(ctx, x):
        y = 1 / (1 + np.exp(-x))
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * ((1 - y) * y)


class Erf(Op):
    """y = 2/√π ∫₀ˣ e^(−t²) dt.   dx = dy · 2/√π · e^(−x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return special.erf(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * (TWO_OVER_SQRT_PI * exp(-(x * x)))


class Erfc(Op):
    """y = 1 − erf x.   dx = −dy · 2/√π · e^(−x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return special.erfc(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * (-TWO_OVER_SQRT_PI * exp(-(x * x)))


class Erfinv(Op):
    """y = erf⁻¹ x.   dx = dy · √π/2 · e^(y²)."""

    floats = True

    def forward(ctx, x):
        y = special.erfinv(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * (exp(y * y) / TWO_OVER_SQRT_PI)


class Logit(Op):
    """y = ln(p / (1 − p)), p = x kept within [ε, 1 − ε].   dx = dy / (p (1 − p)), 0 where ε cut x."""

    floats = True

    def forward(ctx, x, eps):
        low, high = (0, 1) if eps is None else (eps, 1 - eps)
        ctx.beyond, ctx.slope = (x < low) | (x > high), np.nan if eps is None else 0.0
        ctx.save(x)
        p = x if eps is None else np.clip(x, x.dtype.type(low), x.dtype.type(high))
        return np.log(p / (1 - p))

    def backward(ctx, g):
        (x,) = ctx.saved
        return Where.apply(ctx.beyond, ctx.slope, g / (x * (1 - x)))


class LogAddExp(Op):
    """z = ln(eˣ + eʸ), without overflow.   dx = dz · σ(x − y),  dy = dz · σ(y − x)."""

    promotes = floats = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.logaddexp(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g * sigmoid(x - y), g * sigmoid(y - x)


class LogAddExp2(Op):
    """z = log₂(2ˣ + 2ʸ), without overflow.   dx = dz · σ((x − y) ln 2),  dy = dz · σ((y − x) ln 2)."""

    promotes = floats = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.logaddexp2(x, y)

    def backward(ctx, g):
        x, y = ctx.saved
        return g * sigmoid((x - y) * LN2), g * sigmoid((y - x) * LN2)


class XLogY(Op):
    """z = x ln y, with 0 ln 0 = 0.   dx = dz · ln y,  dy = dz · x / y."""

    promotes = floats = True

    def forward(ctx, x, y):
        ctx.save(x, y)
        z = x * np.log(y if isinstance(y, (np.ndarray, np.generic)) else x.dtype.type(y))
        return np.where((x == 0) & ~np.isnan(y), z.dtype.type(0), z)

    def backward(ctx, g):
        x, y = ctx.saved
        dx = Where.apply((raw(x) == 0) & (raw(y) <= 0), 0.0, g * log(y)) if ctx.needs[0] else None
        return dx, g * x / y


def exp(input: Tensor) -> Tensor:
    """eˣ, element by element.

    >>> import gradus
    >>> gradus.exp(gradus.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    return Exp.apply(input)


def exp2(input: Tensor) -> Tensor:
    """2ˣ, element by element.

    >>> import gradus
    >>> gradus.exp2(gradus.tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    return Exp2.apply(input)


def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, without losing digits near 0.

    >>> import gradus
    >>> gradus.expm1(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    return Expm1.apply(input)


def log(input: Tensor) -> Tensor:
    """The natural logarithm; −inf at 0, nan below.

    >>> import gradus
    >>> gradus.log(gradus.tensor([1.0, 2.0]))
    tensor([0.0000, 0.6931])
    """
    return Log.apply(input)


def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2.

    >>> import gradus
    >>> gradus.log2(gradus.tensor([1.0, 8.0]))
    tensor([0., 3.])
    """
    return Log2.apply(input)


def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10.

    >>> import gradus
    >>> gradus.log10(gradus.tensor([1.0, 100.0]))
    tensor([0., 2.])
    """
    return Log10.apply(input)


def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), without losing digits near 0.

    >>> import gradus
    >>> gradus.log1p(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    return Log1p.apply(input)


def sqrt(input: Tensor) -> Tensor:
    """The square root; nan below 0. Its derivative at 0 is inf.

    >>> import gradus
    >>> gradus.sqrt(gradus.tensor([4.0, 2.0]))
    tensor([2.0000, 1.4142])
    """
    return Sqrt.apply(input)


def rsqrt(input: Tensor) -> Tensor:
    """1 / √input.

    >>> import gradus
    >>> gradus.rsqrt(gradus.tensor([4.0, 1.0]))
    tensor([0.5000, 1.0000])
    """
    return Rsqrt.apply(input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e⁻ˣ): a smooth step from 0 to 1.

    >>> import gradus
    >>> gradus.sigmoid(gradus.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """
    return Sigmoid.apply(input)


def erf(input: Tensor) -> Tensor:
    """The error function, the area under a bell curve between −x and x.

    >>> import gradus
    >>> gradus.erf(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8427])
    """
    return Erf.apply(input)


def erfc(input: Tensor) -> Tensor:
    """1 − erf(x), without losing digits for large x.

    >>> import gradus
    >>> gradus.erfc(gradus.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    return Erfc.apply(input)


def erfinv(input: Tensor) -> Tensor:
    """The inverse of erf; ±inf at ±1, nan beyond.

    >>> import gradus
    >>> gradus.erfinv(gradus.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    return Erfinv.apply(input)


def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """ln(eˣ + eʸ), without overflow.

    >>> import gradus
    >>> gradus.logaddexp(gradus.tensor([1000.0]), gradus.tensor([1000.0]))
    tensor([1000.6932])
    """
    return LogAddExp.apply(input, other)


def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """log₂(2ˣ + 2ʸ), without overflow.

    >>> import gradus
    >>> gradus.logaddexp2(gradus.tensor([3.0]), gradus.tensor([3.0]))
    tensor([4.])
    """
    return LogAddExp2.apply(input, other)


def xlogy(input: Any, other: Any) -> Tensor:
    """input · ln(other), 0 where input is 0.

    >>> import gradus
    >>> gradus.xlogy(gradus.tensor([0.0, 2.0]), gradus.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return XLogY.apply(input, other)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """ln(p / (1 − p)), the inverse of sigmoid; with `eps`, p is first clamped to [eps, 1 − eps].

    >>> import gradus
    >>> gradus.logit(gradus.tensor([0.5, 0.8808]))
    tensor([0.0000, 2.0000])
    """
    return Logit.apply(input, eps=eps)
