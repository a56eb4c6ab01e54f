"""Losses of regression and of yes-or-no questions: how wrong a prediction is, as one number to make small."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import TensorBase, raw
from ..core.op import Op
from .activation import LogSigmoid
from .exponential import exp, log, sigmoid
from .floating import FloatingOp
from .rounding import Abs
from .select import Where

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__: list[str] = []

REDUCTIONS = ("mean", "sum", "none")


def reduction_of(name: str, reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction, also from torch's old keywords size_average and reduce.

    >>> reduction_of("mse_loss", "sum")
    'sum'
    """
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            stacklevel=4,
        )
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"{name}: {reduction} is not a valid value for reduction; choose one of {', '.join(REDUCTIONS)}"
        )
    return reduction


def reduced(loss: Any, reduction: str) -> Any:
    """The mean or the sum of elementwise losses, or these themselves."""
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss


def weighted(loss: Any, weight: Any, reduction: str) -> Any:
    """`reduced` with a factor for each element; a mean is then over the sum of the factors."""
    if weight is None:
        return reduced(loss, reduction)
    loss = weight * loss
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(loss, reduction)


def same_shape(name: str, input: Any, target: Any) -> None:
    """Refuse shapes that broadcasting would let pass: (N, 1) against (N,) would silently give N² differences."""
    if input.array.shape != target.array.shape:
        raise ValueError(
            f"{name}: input has shape {tuple(input.shape)} but target has shape {tuple(target.shape)}; they must be "
            "equal (gradus does not broadcast in losses: reshape or expand one of them)"
        )


class MSELoss(FloatingOp):
    """L = mean (x − t)².   dx = dL · 2 (x − t) / n,  dt = −dx.   (Without the division by n for a sum.)"""

    promotes = True

    def forward(ctx, x, t, reduction):
        ctx.save(x, t)
        ctx.scale = 1 / max(x.size, 1) if reduction == "mean" else 1
        d = x - t
        if reduction == "none":
            return d * d
        total = np.dot(d.ravel(), d.ravel())
        return total * d.dtype.type(ctx.scale) if d.size or reduction == "sum" else d.dtype.type(np.nan)

    def backward(ctx, g):
        x, t = ctx.saved
        dx = (x - t) * (g * (2 * ctx.scale))
        return dx, -dx if ctx.needs[1] else None


class Huber(FloatingOp):
    """l = scale · (½ d² / β where |d| < β, else |d| − ½ β), d = x − t.   dx = dl · scale · (d / β, or sign d) = −dt."""

    promotes = True

    def forward(ctx, x, t, beta, scale):
        ctx.save(x, t)
        ctx.beta, ctx.scale = beta, scale
        d = np.abs(x - t)
        near = d * d * (0.5 / beta) if beta else d
        return np.where(d < beta, near, d - 0.5 * beta) * scale

    def backward(ctx, g):
        x, t = ctx.saved
        d = x - t
        array = raw(d)
        slope = Where.apply(np.abs(array) < ctx.beta, d / (ctx.beta or 1), np.sign(array))
        dx = g * (slope * ctx.scale)
        return dx, -dx if ctx.needs[1] else None


class BCE(Op):
    """l = −(t ln p + (1 − t) ln(1 − p)), logarithms kept ≥ −100.

    dp = dl · (p − t) / max(p (1 − p), 1e-12),  dt = dl · (ln(1 − p) − ln p).
    """

    def forward(ctx, p, t):
        ctx.save(p, t)
        return (t - 1) * np.maximum(np.log1p(-p), -100) - t * np.maximum(np.log(p), -100)

    def backward(ctx, g):
        p, t = ctx.saved
        spread = p * (1 - p)
        dp = g * ((p - t) / Where.apply(raw(spread) < 1e-12, 1e-12, spread))
        return dp, g * (log(1 - p) - log(p)) if ctx.needs[1] else None


class BCEWithLogits(FloatingOp):
    """l = (1 − t) x + (1 + (w − 1) t) ln(1 + e⁻ˣ), which is −(w t ln σ(x) + (1 − t) ln(1 − σ(x))).

    dx = dl · ((1 + (w − 1) t) (σ(x) − 1) + 1 − t),  dt = −dl · (x + (w − 1) ln σ(x)),  dw = −dl · t ln σ(x).
    """

    promotes = True

    def forward(ctx, x, t, w):
        ctx.save(x, t, w)
        softplus = np.maximum(-x, 0) + np.log1p(np.exp(-np.abs(x)))
        return (1 - t) * x + (softplus if w is None else (1 + (w - 1) * t) * softplus)

    def backward(ctx, g):
        x, t, w = ctx.saved
        if w is None:
            return g * (sigmoid(x) - t), -g * x if ctx.needs[1] else None, None
        dx = g * ((1 + (w - 1) * t) * (sigmoid(x) - 1) + (1 - t))
        log_sigmoid = LogSigmoid.apply(x)
        dt = -g * (x + (w - 1) * log_sigmoid) if ctx.needs[1] else None
        return dx, dt, -g * t * log_sigmoid if ctx.needs[2] else None


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The mean squared error, mean (input − target)².

    Args:
        input, target: tensors of one shape.
        reduction: "mean", "sum" or "none".
        weight: a factor for each element; the mean is then over the sum of weights.
    Raises:
        ValueError: the shapes differ (torch broadcasts, with a warning).

    >>> import gradus
    >>> gradus.nn.functional.mse_loss(gradus.tensor([1.0, 2.0]), gradus.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = reduction_of("mse_loss", reduction, size_average, reduce)
    same_shape("mse_loss", input, target)
    if weight is None:
        return MSELoss.apply(input, target, reduction=reduction)
    return weighted(MSELoss.apply(input, target, reduction="none"), weight, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The mean absolute error, mean |input − target|; its derivative where they are equal is taken as 0.

    Args:
        weight: a factor for each element; the mean is then over the sum of weights.

    >>> import gradus
    >>> gradus.nn.functional.l1_loss(gradus.tensor([1.0, 2.0]), gradus.tensor([1.0, 4.0]))
    tensor(1.)
    """
    reduction = reduction_of("l1_loss", reduction, size_average, reduce)
    same_shape("l1_loss", input, target)
    return weighted(Abs.apply(input - target), weight, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """Squared error near 0 (within beta), absolute error beyond (Girshick, 2015).

    >>> import gradus
    >>> gradus.nn.functional.smooth_l1_loss(gradus.tensor([0.5, 3.0]), gradus.tensor([0.0, 0.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    reduction = reduction_of("smooth_l1_loss", reduction, size_average, reduce)
    same_shape("smooth_l1_loss", input, target)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return reduced(Huber.apply(input, target, beta=beta, scale=1.0), reduction)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """½ d² where |d| ≤ delta, else delta (|d| − ½ delta), d = input − target (Huber, 1964).

    >>> import gradus
    >>> gradus.nn.functional.huber_loss(gradus.tensor([0.5, 3.0]), gradus.zeros(2), delta=2.0, reduction="none")
    tensor([0.1250, 4.0000])
    """
    reduction = reduction_of("huber_loss", reduction)
    same_shape("huber_loss", input, target)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}")
    return weighted(Huber.apply(input, target, beta=delta, scale=delta), weight, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−(t ln p + (1 − t) ln(1 − p)) for probabilities p = input in [0, 1]; logarithms are kept ≥ −100.

    Prefer binary_cross_entropy_with_logits: it takes the scores before the sigmoid and never overflows.

    Raises:
        ValueError: the shapes differ. RuntimeError: input or target is outside [0, 1].

    >>> import gradus
    >>> gradus.nn.functional.binary_cross_entropy(gradus.tensor([0.9, 0.2]), gradus.tensor([1.0, 0.0]))
    tensor(0.1643)
    """
    reduction = reduction_of("binary_cross_entropy", reduction, size_average, reduce)
    same_shape("binary_cross_entropy", input, target)
    for name, x in (("input", input.array), ("target", target.array)):
        if x.size and not (x.min() >= 0 and x.max() <= 1):
            raise RuntimeError(
                f"binary_cross_entropy: all elements of {name} should be between 0 and 1, got {x.min():g} to "
                f"{x.max():g}"
            )
    loss = BCE.apply(input, target)
    return reduced(loss if weight is None else loss * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross-entropy of scores x = input before the sigmoid, stable for any size of them.

    Args:
        target: probabilities, of input's shape.
        weight: a factor for each element, broadcast.
        pos_weight: a factor for the positive class, broadcast: above 1 it buys recall, below 1 precision.

    >>> import gradus
    >>> gradus.nn.functional.binary_cross_entropy_with_logits(gradus.tensor([2.0, -1000.0]), gradus.tensor([1.0, 0.0]))
    tensor(0.0635)
    """
    reduction = reduction_of("binary_cross_entropy_with_logits", reduction, size_average, reduce)
    same_shape("binary_cross_entropy_with_logits", input, target)
    loss = BCEWithLogits.apply(input, target, pos_weight)
    return reduced(loss if weight is None else loss * weight, reduction)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """ln(1 + e^(−t x)) for targets t of −1 or 1.

    >>> import gradus
    >>> gradus.nn.functional.soft_margin_loss(gradus.tensor([2.0]), gradus.tensor([1.0]))
    tensor(0.1269)
    """
    reduction = reduction_of("soft_margin_loss", reduction, size_average, reduce)
    same_shape("soft_margin_loss", input, target)
    return reduced(-LogSigmoid.apply(input * target), reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of counts under a Poisson distribution of rate e^input (or input).

    Args:
        full: add Stirling's approximation of ln t! for targets above 1.

    >>> import gradus
    >>> gradus.nn.functional.poisson_nll_loss(gradus.tensor([0.0]), gradus.tensor([2.0]))
    tensor(1.)
    """
    reduction = reduction_of("poisson_nll_loss", reduction, size_average, reduce)
    loss = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        stirling = target * log(target) - target + 0.5 * log(target * (2 * float(np.pi)))
        loss = loss + Where.apply(target.array > 1, stirling, 0.0)
    return reduced(loss, reduction)


def _fitting(var: Any, input: Any) -> Any:
    """The variance with a shape that broadcasts to input's: the same, one dimension short, or 1 in one dimension."""
    mine, wanted = tuple(var.shape), tuple(input.shape)
    if mine == wanted:
        return var
    if mine == wanted[:-1]:
        return var.unsqueeze(-1)
    if len(mine) == len(wanted) and sum(b for a, b in zip(wanted, mine, strict=True) if a != b) == 1:
        return var
    raise ValueError(
        f"gaussian_nll_loss: var is of incorrect size {mine} for input of shape {wanted}; it must equal it, lack the "
        "last dimension, or have 1 in one dimension"
    )


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """½ (ln σ² + (input − target)² / σ²), the negative log-likelihood under normal distributions of variance `var`.

    Args:
        full: add the constant ½ ln 2π.
        eps: the least variance.

    >>> import gradus
    >>> gradus.nn.functional.gaussian_nll_loss(gradus.tensor([1.0]), gradus.tensor([3.0]), gradus.tensor([1.0]))
    tensor(2.)
    """
    reduction = reduction_of("gaussian_nll_loss", reduction)
    from .create import full_like

    spread = var if isinstance(var, TensorBase) else full_like(input.detach(), var)
    if (spread.array < 0).any():
        raise ValueError("gaussian_nll_loss: var has negative entry/entries")
    spread = _fitting(spread, input)
    constant = spread.detach()
    kept = spread + (constant.clamp(min=eps) - constant)  # clamped in value, with the gradient passing through
    loss = 0.5 * (log(kept) + (input - target) ** 2 / kept)
    return reduced(loss + 0.5 * float(np.log(2 * np.pi)) if full else loss, reduction)
