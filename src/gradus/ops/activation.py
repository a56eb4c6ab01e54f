"""Activations in smooth curves: what a neuron does with its weighted sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.arguments import axis_of
from ..core.base import raw
from ..core.op import Op
from ..kernels import special
from .exponential import erf, exp, sigmoid
from .floating import FloatingOp
from .piecewise import done
from .select import Where
from .trigonometry import tanh

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["celu", "selu"]

SQRT_HALF = 0.7071067811865476  # 1/√2
BELL = 0.3989422804014327  # 1/√(2π), the height of the bell curve
GELU_SLOPE, GELU_CUBIC = 0.7978845608028654, 0.044715  # √(2/π), and the coefficient of Hendrycks and Gimpel
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # the fixed point of Klambauer et al., 2017


class Elu(FloatingOp):
    """y = scale · (x where x > 0, else α (e^(x/τ) − 1)).   dx = dy · scale · (1, or α/τ · e^(x/τ)).

    elu has τ = scale = 1, celu τ = α, selu fixed α and scale.
    """

    def forward(ctx, x, alpha, tau, scale):
        ctx.save(x)
        ctx.alpha, ctx.tau, ctx.scale = alpha, tau, scale
        return np.where(x <= 0, np.expm1(x / tau) * alpha, x) * scale

    def backward(ctx, g):
        (x,) = ctx.saved
        curved = raw(x) <= 0
        negative = Where.apply(curved, x, 0.0)
        return Where.apply(curved, g * exp(negative / ctx.tau) * (ctx.scale * ctx.alpha / ctx.tau), g * ctx.scale)


class Gelu(FloatingOp):
    """y = x · Φ(x), Φ the area under the bell curve φ up to x.   dx = dy · (Φ(x) + x φ(x))."""

    def forward(ctx, x):
        ctx.save(x)
        return x * ((special.erf(x * SQRT_HALF) + 1) * 0.5)

    def backward(ctx, g):
        (x,) = ctx.saved
        area = (erf(x * SQRT_HALF) + 1) * 0.5
        return g * (area + x * exp(x * x * -0.5) * BELL)


class GeluTanh(FloatingOp):
    """y = ½ x (1 + t), t = tanh u, u = √(2/π) (x + 0.044715 x³).   dx = dy · ½ (1 + t + x (1 − t²) u′)."""

    torch_name = "Gelu"

    def forward(ctx, x):
        ctx.save(x)
        return x * 0.5 * (np.tanh((x + x * x * x * GELU_CUBIC) * GELU_SLOPE) + 1)

    def backward(ctx, g):
        (x,) = ctx.saved
        square = x * x
        t = tanh((x + square * x * GELU_CUBIC) * GELU_SLOPE)
        slope = (square * (3 * GELU_CUBIC) + 1) * GELU_SLOPE
        return g * (((t + 1) + x * (1 - t * t) * slope) * 0.5)


class Silu(FloatingOp):
    """y = x · σ(x).   dx = dy · σ(x) (1 + x (1 − σ(x)))."""

    def forward(ctx, x):
        ctx.save(x)
        return x / (1 + np.exp(-x))

    def backward(ctx, g):
        (x,) = ctx.saved
        s = sigmoid(x)
        return g * (s * (x * (1 - s) + 1))


class Mish(FloatingOp):
    """y = x · tanh(s), s = ln(1 + eˣ).   dx = dy · (tanh s + x (1 − tanh² s) σ(x))."""

    def forward(ctx, x):
        ctx.save(x)
        return x * np.tanh(np.logaddexp(x, 0))

    def backward(ctx, g):
        (x,) = ctx.saved
        t = tanh(Softplus.apply(x, beta=1, threshold=20))
        return g * (t + x * (1 - t * t) * sigmoid(x))


class Softplus(FloatingOp):
    """y = ln(1 + e^(βx)) / β, and x itself above the threshold.   dx = dy · σ(βx), 1 above the threshold."""

    def forward(ctx, x, beta, threshold):
        ctx.save(x)
        ctx.beta, ctx.threshold = beta, threshold
        scaled = x * beta
        y = np.where(scaled > threshold, x, np.log1p(np.exp(np.minimum(scaled, threshold))) / beta)
        return y.astype(x.dtype, copy=False)

    def backward(ctx, g):
        (x,) = ctx.saved
        return Where.apply(raw(x) * ctx.beta > ctx.threshold, g, g * sigmoid(x * ctx.beta))


class LogSigmoid(FloatingOp):
    """y = ln σ(x).   dx = dy · σ(−x)."""

    def forward(ctx, x):
        ctx.save(x)
        return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * sigmoid(-x)


class Softsign(Op):
    """y = x / (1 + |x|).   dx = dy / (1 + |x|)²."""

    floats = True

    def forward(ctx, x):
        ctx.save(x)
        return x / (np.abs(x) + 1)

    def backward(ctx, g):
        from .rounding import abs

        (x,) = ctx.saved
        return g / (abs(x) + 1) ** 2


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else α (eˣ − 1) (Clevert et al., 2016).

    >>> import gradus
    >>> gradus.nn.functional.elu(gradus.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return done(Elu.apply(input, alpha=alpha, tau=1.0, scale=1.0), input, inplace)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """elu with the α and scale that keep mean 0 and variance 1 through layers (Klambauer et al., 2017).

    >>> import gradus
    >>> gradus.selu(gradus.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return done(Elu.apply(input, alpha=SELU_ALPHA, tau=1.0, scale=SELU_SCALE), input, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else α (e^(x/α) − 1): elu with a smooth slope at 0 for every α (Barron, 2017).

    >>> import gradus
    >>> gradus.celu(gradus.tensor([-1.0, 2.0]), alpha=0.5)
    tensor([-0.4323,  2.0000])
    """
    if alpha == 0:
        raise RuntimeError("celu: alpha must not be 0, as x is divided by it")
    return done(Elu.apply(input, alpha=alpha, tau=alpha, scale=1.0), input, inplace)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """input · Φ(input), Φ the normal distribution function (Hendrycks and Gimpel, 2016).

    Args:
        approximate: "none" for the exact form, "tanh" for the approximation that GPT-2 uses.

    >>> import gradus
    >>> gradus.nn.functional.gelu(gradus.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    forms = {"none": Gelu, "tanh": GeluTanh}
    if approximate not in forms:
        raise RuntimeError(f"gelu: approximate argument must be either none or tanh, got {approximate!r}")
    return forms[approximate].apply(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input · σ(input), also called swish (Elfwing et al., 2018).

    >>> import gradus
    >>> gradus.nn.functional.silu(gradus.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """
    return done(Silu.apply(input), input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input · tanh(softplus(input)) (Misra, 2019).

    >>> import gradus
    >>> gradus.nn.functional.mish(gradus.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """
    return done(Mish.apply(input), input, inplace)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """ln(1 + e^(βx)) / β, a smooth relu; above the threshold of βx it is x itself.

    >>> import gradus
    >>> gradus.nn.functional.softplus(gradus.tensor([0.0, 2.0]))
    tensor([0.6931, 2.1269])
    """
    return Softplus.apply(input, beta=beta, threshold=threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """ln σ(input), without overflow.

    >>> import gradus
    >>> gradus.nn.functional.logsigmoid(gradus.tensor([0.0, -1000.0]))
    tensor([-6.9315e-01, -1.0000e+03])
    """
    return LogSigmoid.apply(input)


def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|).

    >>> import gradus
    >>> gradus.nn.functional.softsign(gradus.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return Softsign.apply(input)


def tanhshrink(input: Tensor) -> Tensor:
    """input − tanh(input).

    >>> import gradus
    >>> gradus.nn.functional.tanhshrink(gradus.tensor([1.0]))
    tensor([0.2384])
    """
    return input - tanh(input)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half of a dimension times σ of the second half: a gate (Dauphin et al., 2017).

    >>> import gradus
    >>> gradus.nn.functional.glu(gradus.tensor([3.0, 0.0]))
    tensor([1.5000])
    """
    axis = axis_of(dim, input.ndim, "glu")
    if input.ndim == 0 or input.shape[axis] % 2:
        size = input.shape[axis] if input.ndim else 1
        raise RuntimeError(f"glu: halving dimension must be even, but dimension {dim} is size {size}")
    value, gate = input.chunk(2, axis)
    return value * sigmoid(gate)
