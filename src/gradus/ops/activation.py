"""Activations: what a neuron does with its weighted sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.arguments import axis_of
from ..core.base import raw
from ..core.op import Op
from ..core.random import default_generator
from ..kernels import special
from .exponential import erf, exp, sigmoid
from .select import Where
from .trigonometry import tanh

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["celu", "prelu", "relu", "rrelu", "selu", "threshold"]

SQRT_HALF = 0.7071067811865476  # 1/√2
BELL = 0.3989422804014327  # 1/√(2π), the height of the bell curve
GELU_SLOPE, GELU_CUBIC = 0.7978845608028654, 0.044715  # √(2/π), and the coefficient of Hendrycks and Gimpel
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # the fixed point of Klambauer et al., 2017


class Relu(Op):
    """y = max(0, x).   dx = dy where x > 0, else 0."""

    def forward(ctx, x):
        y = np.maximum(x, 0)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return Where.apply(~(raw(y) <= 0), g, 0.0)


class LeakyRelu(Op):
    """y = x where x > 0, else slope · x.   dx = dy, or slope · dy."""

    def forward(ctx, x, slope):
        ctx.save(x)
        ctx.slope = slope
        return np.where(x > 0, x, x * slope)

    def backward(ctx, g):
        (x,) = ctx.saved
        return Where.apply(raw(x) > 0, g, g * ctx.slope)


class Elu(Op):
    """y = scale · (x where x > 0, else α (e^(x/τ) − 1)).   dx = dy · scale · (1, or α/τ · e^(x/τ)).

    elu has τ = scale = 1, celu τ = α, selu fixed α and scale.
    """

    def forward(ctx, x, alpha, tau, scale):
        ctx.save(x)
        ctx.alpha, ctx.tau, ctx.scale = alpha, tau, scale
        return np.where(x > 0, x, np.expm1(np.minimum(x, 0) / tau) * alpha) * scale

    def backward(ctx, g):
        (x,) = ctx.saved
        positive = raw(x) > 0
        negative = Where.apply(positive, 0.0, x)
        return Where.apply(positive, g * ctx.scale, g * exp(negative / ctx.tau) * (ctx.scale * ctx.alpha / ctx.tau))


class Gelu(Op):
    """y = x · Φ(x), Φ the area under the bell curve φ up to x.   dx = dy · (Φ(x) + x φ(x))."""

    def forward(ctx, x):
        ctx.save(x)
        return x * ((special.erf(x * SQRT_HALF) + 1) * 0.5)

    def backward(ctx, g):
        (x,) = ctx.saved
        area = (erf(x * SQRT_HALF) + 1) * 0.5
        return g * (area + x * exp(x * x * -0.5) * BELL)


class GeluTanh(Op):
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


class Silu(Op):
    """y = x · σ(x).   dx = dy · σ(x) (1 + x (1 − σ(x)))."""

    def forward(ctx, x):
        ctx.save(x)
        return x / (1 + np.exp(-x))

    def backward(ctx, g):
        (x,) = ctx.saved
        s = sigmoid(x)
        return g * (s * (x * (1 - s) + 1))


class Mish(Op):
    """y = x · tanh(s), s = ln(1 + eˣ).   dx = dy · (tanh s + x (1 − tanh² s) σ(x))."""

    def forward(ctx, x):
        ctx.save(x)
        return x * np.tanh(np.logaddexp(x, 0))

    def backward(ctx, g):
        (x,) = ctx.saved
        t = tanh(Softplus.apply(x, beta=1, threshold=20))
        return g * (t + x * (1 - t * t) * sigmoid(x))


class Softplus(Op):
    """y = ln(1 + e^(βx)) / β, and x itself above the threshold.   dx = dy · σ(βx), 1 above the threshold."""

    def forward(ctx, x, beta, threshold):
        ctx.save(x)
        ctx.beta, ctx.threshold = beta, threshold
        scaled = x * beta
        return np.where(scaled > threshold, x, np.log1p(np.exp(np.minimum(scaled, threshold))) / beta).astype(
            x.dtype, copy=False
        )

    def backward(ctx, g):
        (x,) = ctx.saved
        return Where.apply(raw(x) * ctx.beta > ctx.threshold, g, g * sigmoid(x * ctx.beta))


class LogSigmoid(Op):
    """y = ln σ(x).   dx = dy · σ(−x)."""

    def forward(ctx, x):
        ctx.save(x)
        return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))

    def backward(ctx, g):
        (x,) = ctx.saved
        return g * sigmoid(-x)


class Hardtanh(Op):
    """y = x kept within [low, high].   dx = dy strictly within, 0 at the bounds and outside."""

    def forward(ctx, x, low, high):
        ctx.save(x)
        ctx.low, ctx.high = low, high
        return np.clip(x, low, high)

    def backward(ctx, g):
        (x,) = map(raw, ctx.saved)
        return Where.apply((x <= ctx.low) | (x >= ctx.high), 0.0, g)


class Hardsigmoid(Op):
    """y = (x + 3) / 6 kept within [0, 1].   dx = dy / 6 where −3 < x < 3, else 0."""

    def forward(ctx, x):
        ctx.save(x)
        return np.clip(x + 3, 0, 6) / 6

    def backward(ctx, g):
        (x,) = map(raw, ctx.saved)
        return Where.apply((x > -3) & (x < 3), g / 6, 0.0)


class Hardswish(Op):
    """y = x · hardsigmoid(x).   dx = dy · (x/3 + ½) for −3 < x < 3, 0 below, dy above."""

    def forward(ctx, x):
        ctx.save(x)
        return x * np.clip(x + 3, 0, 6) / 6

    def backward(ctx, g):
        (x,) = ctx.saved
        array = raw(x)
        return Where.apply(array <= -3, 0.0, Where.apply(array < 3, g * (x / 3 + 0.5), g))


class Softsign(Op):
    """y = x / (1 + |x|).   dx = dy / (1 + |x|)²."""

    def forward(ctx, x):
        ctx.save(x)
        return x / (np.abs(x) + 1)

    def backward(ctx, g):
        from .rounding import abs

        (x,) = ctx.saved
        return g / (abs(x) + 1) ** 2


class Softshrink(Op):
    """y = x moved toward 0 by λ, 0 within λ of it.   dx = dy where |x| > λ, else 0."""

    def forward(ctx, x, lambd):
        ctx.outside = np.abs(x) > lambd
        return np.where(np.isnan(x), x, np.where(ctx.outside, x - np.sign(x) * lambd, x * 0))

    def backward(ctx, g):
        return Where.apply(ctx.outside, g, 0.0)


class Hardshrink(Op):
    """y = x where |x| > λ, else 0.   dx = dy there, else 0."""

    def forward(ctx, x, lambd):
        ctx.outside = ~(np.abs(x) <= lambd)
        return np.where(ctx.outside, x, x.dtype.type(0))

    def backward(ctx, g):
        return Where.apply(ctx.outside, g, 0.0)


class Threshold(Op):
    """y = x where x > threshold, else value.   dx = dy there, else 0."""

    def forward(ctx, x, threshold, value):
        ctx.above = ~(x <= threshold)
        return np.where(ctx.above, x, x.dtype.type(value))

    def backward(ctx, g):
        return Where.apply(ctx.above, g, 0.0)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(0, input); its derivative at 0 is taken as 0.

    >>> import gradus
    >>> gradus.relu(gradus.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return _done(Relu.apply(input), input, inplace)


def _done(result: Tensor, input: Tensor, inplace: bool) -> Tensor:
    if not inplace:
        return result
    from ..core.inplace import assign

    return assign(input, result, "activation(inplace=True)")


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where positive, else negative_slope · input (Maas et al., 2013).

    >>> import gradus
    >>> gradus.nn.functional.leaky_relu(gradus.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
    return _done(LeakyRelu.apply(input, slope=negative_slope), input, inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else α (eˣ − 1) (Clevert et al., 2016).

    >>> import gradus
    >>> gradus.nn.functional.elu(gradus.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _done(Elu.apply(input, alpha=alpha, tau=1.0, scale=1.0), input, inplace)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """elu with the α and scale that keep mean 0 and variance 1 through layers (Klambauer et al., 2017).

    >>> import gradus
    >>> gradus.selu(gradus.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return _done(Elu.apply(input, alpha=SELU_ALPHA, tau=1.0, scale=SELU_SCALE), input, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else α (e^(x/α) − 1): elu with a smooth slope at 0 for every α (Barron, 2017).

    >>> import gradus
    >>> gradus.celu(gradus.tensor([-1.0, 2.0]), alpha=0.5)
    tensor([-0.4323,  2.0000])
    """
    if alpha == 0:
        raise RuntimeError("celu: alpha must not be 0, as x is divided by it")
    return _done(Elu.apply(input, alpha=alpha, tau=alpha, scale=1.0), input, inplace)


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
    return _done(Silu.apply(input), input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input · tanh(softplus(input)) (Misra, 2019).

    >>> import gradus
    >>> gradus.nn.functional.mish(gradus.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """
    return _done(Mish.apply(input), input, inplace)


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


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input kept within [min_val, max_val]; no gradient at the bounds.

    >>> import gradus
    >>> gradus.nn.functional.hardtanh(gradus.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is larger than max_val {max_val}")
    return _done(Hardtanh.apply(input, low=min_val, high=max_val), input, inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, input), 6).

    >>> import gradus
    >>> gradus.nn.functional.relu6(gradus.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """(input + 3) / 6 kept within [0, 1]: sigmoid by straight lines.

    >>> import gradus
    >>> gradus.nn.functional.hardsigmoid(gradus.tensor([-4.0, 0.0]))
    tensor([0.0000, 0.5000])
    """
    return _done(Hardsigmoid.apply(input), input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input · hardsigmoid(input) (Howard et al., 2019).

    >>> import gradus
    >>> gradus.nn.functional.hardswish(gradus.tensor([-4.0, 1.0]))
    tensor([-0.0000, 0.6667])
    """
    return _done(Hardswish.apply(input), input, inplace)


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


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """input moved toward 0 by lambd, and 0 within lambd of it.

    >>> import gradus
    >>> gradus.nn.functional.softshrink(gradus.tensor([-1.0, 0.2]))
    tensor([-0.5000,  0.0000])
    """
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambda must be greater or equal to 0, but found to be {lambd}")
    return Softshrink.apply(input, lambd=lambd)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """input, but 0 within lambd of 0.

    >>> import gradus
    >>> gradus.nn.functional.hardshrink(gradus.tensor([-1.0, 0.2]))
    tensor([-1.,  0.])
    """
    return Hardshrink.apply(input, lambd=lambd)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """input where it exceeds the threshold, else value.

    >>> import gradus
    >>> gradus.threshold(gradus.tensor([0.5, 2.0]), 1.0, -1.0)
    tensor([-1.,  2.])
    """
    return _done(Threshold.apply(input, threshold=threshold, value=value), input, inplace)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """input where positive, else weight · input, the weight learned (He et al., 2015).

    Shapes: input (N, C, …), weight (C,) or (1,).

    >>> import gradus
    >>> gradus.prelu(gradus.tensor([[-1.0, 2.0]]), gradus.tensor([0.25]))
    tensor([[-0.2500,  2.0000]])
    """
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.numel() != 1:
        if weight.numel() != channels:
            raise RuntimeError(
                f"prelu: weight has {weight.numel()} elements but input has {channels} channels (its shape is {tuple(input.shape)})"
            )
        weight = weight.reshape(-1, *[1] * max(input.ndim - 2, 0))
    return Where.apply(raw(input) > 0, input, input * weight)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """leaky_relu with a slope drawn from [lower, upper] for each element in training, their mean in evaluation (Xu et al., 2015).

    >>> import gradus
    >>> gradus.rrelu(gradus.tensor([-24.0, 2.0]))
    tensor([-5.5000,  2.0000])
    """
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    x, kind = input.array, input.array.dtype.type
    low, high = float(kind(lower)), float(kind(upper))
    slopes, negative = np.ones_like(x), x <= 0
    slopes[negative] = default_generator.uniform(int(negative.sum()), np.float64) * (high - low) + low
    return _done(Where.apply(~negative, input, input * slopes), input, inplace)


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
