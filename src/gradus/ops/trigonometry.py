"""Angles and their hyperbolic cousins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.base import raw
from ..core.op import Op
from .exponential import sqrt
from .select import Where

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "acos",
    "acosh",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "deg2rad",
    "hypot",
    "rad2deg",
    "sin",
    "sinc",
    "sinh",
    "tan",
    "tanh",
]


class Sin(Op):
    """y = sin x.   dx = dy · cos x."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.sin(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * cos(x)


class Cos(Op):
    """y = cos x.   dx = −dy · sin x."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.cos(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return -g * sin(x)


class Tan(Op):
    """y = tan x.   dx = dy · (1 + y²)."""

    floats = True

    def forward(ctx, x):
        y = np.tan(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * (1 + y * y)


class Asin(Op):
    """y = arcsin x.   dx = dy / √(1 − x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.arcsin(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / sqrt(1 - x * x)


class Acos(Op):
    """y = arccos x.   dx = −dy / √(1 − x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.arccos(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return -g / sqrt(1 - x * x)


class Atan(Op):
    """y = arctan x.   dx = dy / (1 + x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.arctan(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / (1 + x * x)


class Sinh(Op):
    """y = sinh x.   dx = dy · cosh x."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.sinh(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * cosh(x)


class Cosh(Op):
    """y = cosh x.   dx = dy · sinh x."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.cosh(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * sinh(x)


class Tanh(Op):
    """y = tanh x.   dx = dy · (1 − y²)."""

    floats = True

    def forward(ctx, x):
        y = np.tanh(x)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return g * (1 - y * y)


class Asinh(Op):
    """y = arsinh x.   dx = dy / √(1 + x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.arcsinh(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / sqrt(1 + x * x)


class Acosh(Op):
    """y = arcosh x.   dx = dy / √(x² − 1)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.arccosh(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / sqrt(x * x - 1)


class Atanh(Op):
    """y = artanh x.   dx = dy / (1 − x²)."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return np.arctanh(x)

    def backward(ctx, g):
        (x,) = ctx.saved
        return g / (1 - x * x)


class Atan2(Op):
    """z = the angle of the point (x, y), in (−π, π].   dy = dz · x / (x² + y²),  dx = −dz · y / (x² + y²)."""

    promotes = floats = True

    def forward(ctx, y, x):
        ctx.save(y, x)
        return np.arctan2(y, x)

    def backward(ctx, g):
        y, x = ctx.saved
        square = x * x + y * y
        g = Where.apply(raw(square) == 0, 0.0, g / square)
        return g * x, -g * y


class Hypot(Op):
    """z = √(x² + y²).   dx = dz · x / z,  dy = dz · y / z."""

    promotes = floats = True

    def forward(ctx, x, y):
        z = np.hypot(x, y)
        ctx.save(x, y, z)
        return z

    def backward(ctx, g):
        x, y, z = ctx.saved
        return g * (x / z), g * (y / z)


class Sinc(Op):
    """y = sin(πx) / πx, 1 at 0.   dx = dy · (cos πx − y) / x."""

    floats = True

    def forward(ctx, x):
        y = np.sinc(x)
        ctx.save(x)
        return y

    def backward(ctx, g):
        (x,) = ctx.saved
        zero = raw(x) == 0
        safe = Where.apply(zero, 1.0, x)
        angle = safe * float(np.pi)
        return Where.apply(zero, 0.0, g * ((cos(angle) - sin(angle) / angle) / safe))


def sin(input: Tensor) -> Tensor:
    """The sine of an angle in radians.

    >>> import gradus
    >>> gradus.sin(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    return Sin.apply(input)


def cos(input: Tensor) -> Tensor:
    """The cosine of an angle in radians.

    >>> import gradus
    >>> gradus.cos(gradus.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    return Cos.apply(input)


def tan(input: Tensor) -> Tensor:
    """The tangent of an angle in radians.

    >>> import gradus
    >>> gradus.tan(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return Tan.apply(input)


def asin(input: Tensor) -> Tensor:
    """The arc sine, in radians; nan outside [−1, 1].

    >>> import gradus
    >>> gradus.asin(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    return Asin.apply(input)


def acos(input: Tensor) -> Tensor:
    """The arc cosine, in radians; nan outside [−1, 1].

    >>> import gradus
    >>> gradus.acos(gradus.tensor([1.0, 0.0]))
    tensor([0.0000, 1.5708])
    """
    return Acos.apply(input)


def atan(input: Tensor) -> Tensor:
    """The arc tangent, in radians.

    >>> import gradus
    >>> gradus.atan(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return Atan.apply(input)


def sinh(input: Tensor) -> Tensor:
    """The hyperbolic sine.

    >>> import gradus
    >>> gradus.sinh(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return Sinh.apply(input)


def cosh(input: Tensor) -> Tensor:
    """The hyperbolic cosine.

    >>> import gradus
    >>> gradus.cosh(gradus.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return Cosh.apply(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent: a smooth step from −1 to 1.

    >>> import gradus
    >>> gradus.tanh(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return Tanh.apply(input)


def asinh(input: Tensor) -> Tensor:
    """The inverse hyperbolic sine.

    >>> import gradus
    >>> gradus.asinh(gradus.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    return Asinh.apply(input)


def acosh(input: Tensor) -> Tensor:
    """The inverse hyperbolic cosine; nan below 1.

    >>> import gradus
    >>> gradus.acosh(gradus.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    return Acosh.apply(input)


def atanh(input: Tensor) -> Tensor:
    """The inverse hyperbolic tangent; nan outside [−1, 1].

    >>> import gradus
    >>> gradus.atanh(gradus.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    return Atanh.apply(input)


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle in radians, in (−π, π], of the point with ordinate `input` and abscissa `other`.

    >>> import gradus
    >>> gradus.atan2(gradus.tensor([1.0]), gradus.tensor([-1.0]))
    tensor([2.3562])
    """
    return Atan2.apply(input, other)


def hypot(input: Tensor, other: Tensor) -> Tensor:
    """√(input² + other²), without overflow on the way.

    >>> import gradus
    >>> gradus.hypot(gradus.tensor([3.0]), gradus.tensor([4.0]))
    tensor([5.])
    """
    return Hypot.apply(input, other)


def sinc(input: Tensor) -> Tensor:
    """sin(πx) / πx, which is 1 at 0.

    >>> import gradus
    >>> gradus.sinc(gradus.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    return Sinc.apply(input)


def deg2rad(input: Tensor) -> Tensor:
    """Degrees to radians.

    >>> import gradus
    >>> gradus.deg2rad(gradus.tensor([180.0]))
    tensor([3.1416])
    """
    return input * (float(np.pi) / 180)


def rad2deg(input: Tensor) -> Tensor:
    """Radians to degrees.

    >>> import gradus
    >>> gradus.rad2deg(gradus.tensor([3.141592653589793]))
    tensor([180.])
    """
    return input * (180 / float(np.pi))


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
