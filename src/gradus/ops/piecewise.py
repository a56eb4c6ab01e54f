"""Activations made of straight lines: relu and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.base import raw
from ..core.inplace import assign
from ..core.op import Op
from ..core.random import default_generator
from .floating import FloatingOp
from .select import Where

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["prelu", "relu", "rrelu", "threshold"]


class Relu(Op):
    """y = max(0, x).   dx = dy where x > 0, else 0."""

    def forward(ctx, x):
        if x.dtype.kind == "b":
            raise RuntimeError("relu: Boolean inputs not supported for relu; a bool is never negative")
        y = np.maximum(x, 0)
        ctx.save(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved
        return Where.apply(~(raw(y) <= 0), g, 0.0)


class LeakyRelu(FloatingOp):
    """y = x where x > 0, else slope · x.   dx = dy, or slope · dy."""

    def forward(ctx, x, slope):
        ctx.save(x)
        ctx.slope = slope
        return np.where(x > 0, x, x * slope)

    def backward(ctx, g):
        (x,) = ctx.saved
        return Where.apply(raw(x) > 0, g, g * ctx.slope)


class Hardtanh(Op):
    """y = x kept within [low, high].   dx = dy strictly within, 0 at the bounds and outside."""

    def forward(ctx, x, low, high):
        ctx.save(x)
        ctx.low, ctx.high = low, high
        if x.dtype.kind == "b" or (x.dtype.kind == "u" and low < 0):
            raise RuntimeError(f"hardtanh: not supported for {x.dtype.name} between {low} and {high}")
        return np.clip(x, x.dtype.type(low), x.dtype.type(high))

    def backward(ctx, g):
        (x,) = map(raw, ctx.saved)
        return Where.apply((x <= ctx.low) | (x >= ctx.high), 0.0, g)


class Hardsigmoid(FloatingOp):
    """y = (x + 3) / 6 kept within [0, 1].   dx = dy / 6 where −3 < x < 3, else 0."""

    def forward(ctx, x):
        ctx.save(x)
        return np.clip(x + 3, 0, 6) / 6

    def backward(ctx, g):
        (x,) = map(raw, ctx.saved)
        return Where.apply((x > -3) & (x < 3), g / 6, 0.0)


class Hardswish(FloatingOp):
    """y = x · hardsigmoid(x).   dx = dy · (x/3 + ½) for −3 < x < 3, 0 below, dy above."""

    def forward(ctx, x):
        ctx.save(x)
        return x * np.clip(x + 3, 0, 6) / 6

    def backward(ctx, g):
        (x,) = ctx.saved
        array = raw(x)
        return Where.apply(array <= -3, 0.0, Where.apply(array < 3, g * (x / 3 + 0.5), g))


class Softshrink(FloatingOp):
    """y = x moved toward 0 by λ, 0 within λ of it.   dx = dy where |x| > λ, else 0."""

    def forward(ctx, x, lambd):
        ctx.outside = ~(np.abs(x) <= lambd)
        return np.where(ctx.outside, x - np.sign(x) * lambd, x.dtype.type(0))

    def backward(ctx, g):
        return Where.apply(ctx.outside, g, 0.0)


class Hardshrink(FloatingOp):
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
    return done(Relu.apply(input), input, inplace)


def done(result: Tensor, input: Tensor, inplace: bool) -> Tensor:
    """The result, or the input changed to it."""
    if not inplace:
        return result
    return assign(input, result, "activation(inplace=True)")


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where positive, else negative_slope · input (Maas et al., 2013).

    >>> import gradus
    >>> gradus.nn.functional.leaky_relu(gradus.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
    return done(LeakyRelu.apply(input, slope=negative_slope), input, inplace)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """input where positive, else weight · input, the weight learned (He et al., 2015).

    Shapes: input (N, C, …), weight (C,) or (1,).

    >>> import gradus
    >>> gradus.prelu(gradus.tensor([[-1.0, 2.0]]), gradus.tensor([0.25]))
    tensor([[-0.2500,  2.0000]])
    """
    if not input.is_floating_point():
        raise NotImplementedError(f"prelu: not implemented for {input.dtype.name}; convert the input with .float()")
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.numel() == 1:
        weight = weight.reshape(())
    else:
        if weight.numel() != channels:
            raise RuntimeError(
                f"prelu: weight has {weight.numel()} elements but input has {channels} channels "
                f"(its shape is {tuple(input.shape)})"
            )
        weight = weight.reshape(-1, *[1] * max(input.ndim - 2, 0))
    return Where.apply(raw(input) > 0, input, input * weight)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """leaky_relu with a slope drawn from [lower, upper] for each element in training, with their mean in evaluation.

    Xu et al., 2015.

    >>> import gradus
    >>> gradus.rrelu(gradus.tensor([-24.0, 2.0]))
    tensor([-5.5000,  2.0000])
    """
    if training and lower > upper:
        raise RuntimeError(f"rrelu: lower bound should be less than or equal to the upper bound, got {lower} > {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    x, kind = input.array, input.array.dtype.type
    low, high = float(kind(lower)), float(kind(upper))
    slopes, negative = np.ones_like(x), x <= 0
    slopes[negative] = default_generator.uniform(int(negative.sum()), np.float64) * (high - low) + low
    return done(Where.apply(~negative, input, input * slopes), input, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input kept within [min_val, max_val]; no gradient at the bounds.

    >>> import gradus
    >>> gradus.nn.functional.hardtanh(gradus.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is larger than max_val {max_val}")
    return done(Hardtanh.apply(input, low=min_val, high=max_val), input, inplace)


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
    return done(Hardsigmoid.apply(input), input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input · hardsigmoid(input) (Howard et al., 2019).

    >>> import gradus
    >>> gradus.nn.functional.hardswish(gradus.tensor([-4.0, 1.0]))
    tensor([-0.0000, 0.6667])
    """
    return done(Hardswish.apply(input), input, inplace)


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
    return done(Threshold.apply(input, threshold=threshold, value=value), input, inplace)
